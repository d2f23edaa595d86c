//! The day itself: who is told first, what the clocks ask, what may be said when, and what follows.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{PaymentState, State};
use domain::attendance::{LateAnswer, Plan, TechnicalSide};
use domain::contact::AttemptResult;
use domain::decide::{CaseOutcome, Command, Connection, Due, Live, MakeUpDecision, Missed, Settle};
use domain::disruption::DisruptionKind;
use domain::ledger::EntryKind;
use domain::message::{CalendarMethod, MessageKind};
use domain::obligation::{ObligationKind, ObligationState};
use domain::offer::OfferState;
use domain::person::{Channel, PersonRef, Role};
use domain::policy::Preset;
use domain::reason::Fault;
use domain::time::Instant;
use serde_json::json;

fn live(act: Live) -> Command {
    Command::Live(act)
}

fn late(minutes: u32) -> Command {
    live(Live::RunningLate(minutes))
}

fn missed_by(reported_by: Role, fault: Fault) -> Command {
    live(Live::Missed(Missed { reported_by, fault }))
}

fn connected(apologised: bool, plan: Plan, ends_at: Option<Instant>) -> Command {
    live(Live::Connected(Connection { apologised, plan, ends_at }))
}

/// Ten past two in a clinic; the therapist missed it, alone.
fn missed() -> (Story, Instant) {
    let mut story = Story::booked(Preset::Clinic);
    let now = story.start() + minutes(12);
    story.act(&the_therapist(), missed_by(Role::Therapist, Fault::Therapist), now).expect("said");
    (story, now)
}

fn readers(story: &Story, kind: MessageKind) -> Vec<PersonRef> {
    story.notices.iter().filter(|notice| notice.kind == kind).map(|notice| notice.to).collect()
}

// proves
#[test]
fn a_late_therapist_tells_the_client_first_and_then_the_practice_with_clocks_of_minutes() {
    let mut story = Story::booked(Preset::Clinic);
    let now = story.start() - minutes(5);
    let outcome = story.act(&the_therapist(), late(10), now).expect("said");
    assert_eq!(readers(&story, MessageKind::RunningLate), [to_client(), to_admin()]);
    assert!(outcome.notices.iter().all(|notice| notice.urgent && notice.send_at == now));
    assert_eq!(told(&outcome, to_client(), MessageKind::RunningLate).facts.minutes, Some(10));
    for kind in [ObligationKind::InformClient, ObligationKind::NotifyPractice] {
        let owed = duty(&outcome, kind);
        let times = (owed.due_at, owed.breach_at, owed.second_breach_at);
        assert_eq!(times, (now + minutes(5), Some(now + minutes(15)), Some(now + minutes(30))), "{kind}");
    }
    assert_eq!(duty(&outcome, ObligationKind::ConfirmPlan).due_at, story.appointment().end);
    assert_eq!((story.case().kind, &story.appointment().state), (DisruptionKind::RunningLate, &State::Booked));
}

// proves: A-04
#[test]
fn the_order_of_notice_is_the_practices_own() {
    let mut story = Story::new(Preset::Clinic);
    story.set_policy(json!({ "order_of_notice.late": "practice_first" }));
    let at = story.local("2026-03-01 12:00");
    story.run(None, &the_therapist(), book_at(story.start(), Some(yes_at(at))), at).expect("booked");
    story.act(&the_therapist(), late(10), story.start()).expect("said");
    assert_eq!(readers(&story, MessageKind::RunningLate), [to_admin(), to_client()]);
}

// proves
#[test]
fn a_new_estimate_replaces_the_older_one_and_keeps_the_first_clock() {
    let mut story = Story::booked(Preset::Clinic);
    let now = story.start() - minutes(5);
    story.act(&the_therapist(), late(10), now).expect("said");
    story.act(&the_therapist(), late(20), now + minutes(3)).expect("said again");
    let notice = story.appointment().attendance.late_notice.expect("a notice");
    assert_eq!((notice.minutes, notice.answer), (20, None));
    assert_eq!(story.of_kind(ObligationKind::InformClient).due_at, now + minutes(5));
    let open = story.obligations.iter().filter(|o| o.kind == ObligationKind::InformClient).count();
    assert_eq!((open, story.appointment().sequence), (1, 0), "one duty, and no calendar is touched");
}

#[test]
fn a_lateness_that_is_none_or_all_of_it_is_refused() {
    let mut story = Story::booked(Preset::Clinic);
    let start = story.start();
    for wrong in [0, 50, 300] {
        assert_eq!(code(story.act(&the_therapist(), late(wrong), start)), "out_of_range");
    }
    assert_eq!(code(story.act(&the_therapist(), late(10), start - hours(13))), "too_early");
    assert_eq!(code(story.act(&the_client(), late(10), start)), "not_found");
    assert_eq!(code(story.act(&the_therapist(), late(10), start + minutes(50))), "already_over");
    let few = story.act(&the_therapist(), late(3), start).expect("a few minutes");
    assert!(few.obligations.is_empty() && few.disruption.is_none(), "a few minutes open no case");
    assert_eq!(readers(&story, MessageKind::RunningLate), [to_client()]);
}

// proves: A-06
#[test]
fn a_client_who_waits_knows_and_the_plan_is_confirmed_when_they_connect() {
    let mut story = Story::booked(Preset::Clinic);
    let start = story.start();
    assert_eq!(code(story.act(&the_client(), live(Live::Answer(LateAnswer::Wait)), start)), "nothing_to_answer");
    story.act(&the_therapist(), late(10), start).expect("said");
    story.act(&the_client(), live(Live::Answer(LateAnswer::Wait)), start + minutes(1)).expect("answered");
    assert_eq!(story.owed(), [ObligationKind::NotifyPractice, ObligationKind::ConfirmPlan]);
    assert_eq!(readers(&story, MessageKind::LateAnswer), [to_therapist()]);
    let now = start + minutes(11);
    let full = connected(true, Plan::FullTime, None);
    story.act(&the_therapist(), full, now).expect("connected");
    let known = story.appointment().attendance.connected.expect("a plan");
    assert_eq!(known.ends_at, Some(now + minutes(50)), "the full time, counted from now");
    assert_eq!((story.owed(), &story.appointment().state), (vec![ObligationKind::NotifyPractice], &State::InProgress));
}

// proves: A-05
#[test]
fn a_shortened_plan_has_a_sane_end_and_leaves_the_money_to_a_person() {
    let mut story = Story::booked(Preset::Clinic);
    let (start, end) = (story.start(), story.appointment().end);
    let now = start + minutes(11);
    assert_eq!(code(story.act(&the_therapist(), connected(true, Plan::FullTime, None), now)), "not_running_late");
    story.act(&the_therapist(), late(10), start).expect("said");
    let shorter = |at| connected(true, Plan::Shortened, at);
    assert_eq!(code(story.act(&the_therapist(), shorter(None), now)), "ends_at_required");
    for wrong in [now, now - minutes(1), now + minutes(50), now + hours(3)] {
        assert_eq!(code(story.act(&the_therapist(), shorter(Some(wrong)), now)), "out_of_range");
    }
    story.act(&the_therapist(), shorter(Some(end)), now).expect("agreed");
    assert!(story.owed().contains(&ObligationKind::DecideMoney), "{:?}", story.owed());
    assert!(!story.owed().contains(&ObligationKind::ConfirmPlan));
}

// proves: A-05
#[test]
fn without_an_apology_the_plan_is_not_confirmed() {
    let mut story = Story::booked(Preset::Clinic);
    story.act(&the_therapist(), late(10), story.start()).expect("said");
    let plain = connected(false, Plan::FullTime, None);
    story.act(&the_therapist(), plain, story.start() + minutes(10)).expect("connected");
    assert!(story.owed().contains(&ObligationKind::ConfirmPlan));
}

// proves
#[test]
fn a_client_who_would_rather_reschedule_is_held_times_at_once_and_today_ends() {
    let mut story = Story::booked(Preset::Clinic);
    let start = story.start();
    story.act(&the_therapist(), late(20), start).expect("said");
    let answer = live(Live::Answer(LateAnswer::Reschedule));
    let outcome = story.act(&the_client(), answer, start + minutes(1)).expect("answered");
    assert_eq!(story.appointment().state.word(), "cancelled_by_therapist");
    let offer = outcome.next_step.expect("a next step").offer.expect("times");
    assert_eq!(offer.slots.len(), 3);
    assert!(offer.slots.iter().all(|slot| slot.from >= start + hours(2)));
    assert!(!story.owed().contains(&ObligationKind::InformClient), "they know: they chose it");
    assert_eq!(story.disruptions.len(), 1, "one case, from lateness to a new time");
    story.act(&the_client(), Command::Accept { start: offer.slots[0].from }, start + minutes(3)).expect("chosen");
    assert_ne!(story.latest().id, story.appointment().id);
    assert_eq!(story.latest().replaces, Some(story.appointment().id));
}

// proves
#[test]
fn a_missed_appointment_tells_the_practice_first_and_gives_the_client_priority() {
    let (story, now) = missed();
    let readers = readers(&story, MessageKind::Missed);
    assert_eq!(readers, [to_admin(), to_client(), to_therapist()]);
    let to_the_client = story.notices.iter().rfind(|n| n.to == to_client()).expect("a notice");
    assert_eq!(to_the_client.calendar, Some(CalendarMethod::Cancel));
    assert!(to_the_client.urgent && !to_the_client.facts.offered.is_empty());
    let ended = story.appointment();
    assert_eq!((&ended.state, ended.sequence), (&State::TherapistNoShow, 1));
    let owed = story.owed();
    for kind in [
        ObligationKind::InformClient,
        ObligationKind::NotifyPractice,
        ObligationKind::NextStep,
        ObligationKind::ConfirmOutcome,
        ObligationKind::AttributeFault,
        ObligationKind::ConsiderMakeup,
    ] {
        assert!(owed.contains(&kind), "{kind} in {owed:?}");
    }
    assert_eq!(story.of_kind(ObligationKind::InformClient).due_at, now + minutes(5));
    assert_eq!(story.case().fault.as_deref(), Some("therapist"));
}

// proves: A-08
#[test]
fn a_missed_appointment_costs_nothing_and_what_was_taken_is_the_clients_choice() {
    let mut story = Story::booked(Preset::Clinic);
    story.due(Due::Capture, story.start());
    assert_eq!(story.appointment().payment.state, PaymentState::Captured);
    let now = story.start() + minutes(12);
    story.act(&the_therapist(), missed_by(Role::Therapist, Fault::Therapist), now).expect("said");
    let offer = story.offer().clone();
    story.act(&the_client(), Command::Decline { refund: true }, now + minutes(9)).expect("asked");
    assert_eq!(
        (story.appointment().payment.state, &story.offer().state),
        (PaymentState::RefundDue, &OfferState::Declined { refund: true })
    );
    assert_eq!(offer.appointment, story.appointment().id);
}

// proves: A-07
#[test]
fn who_reports_a_missed_appointment_and_from_when() {
    let story = Story::booked(Preset::Insurance);
    let start = story.start();
    let at = |who: &domain::decide::Asker, by, now| {
        story.preview(Some(story.appointment().id), who, missed_by(by, Fault::Therapist), now)
    };
    assert_eq!(code(at(&the_therapist(), Role::Therapist, start - seconds(1))), "not_started");
    assert!(at(&the_therapist(), Role::Therapist, start).is_ok());
    assert_eq!(code(at(&the_client(), Role::Client, start + minutes(10) - seconds(1))), "too_early");
    assert!(at(&the_client(), Role::Client, start + minutes(10)).is_ok());
    assert_eq!(code(at(&the_client(), Role::Therapist, start + minutes(10))), "reporter_not_allowed");
    assert_eq!(code(at(&another_client(), Role::Client, start + minutes(30))), "not_found");
    assert!(at(&an_admin(), Role::Client, start).is_ok());
}

#[test]
fn a_client_who_was_told_to_wait_waits_from_the_new_time_on() {
    let mut story = Story::booked(Preset::Insurance);
    let start = story.start();
    story.act(&the_therapist(), late(15), start).expect("said");
    let report = || missed_by(Role::Client, Fault::Therapist);
    assert_eq!(code(story.act(&the_client(), report(), start + minutes(20))), "too_early");
    story.act(&the_client(), report(), start + minutes(25)).expect("reported");
    assert!(!story.owed().contains(&ObligationKind::ConsiderMakeup), "the client's word only proposes");
    assert_eq!(code(story.act(&the_client(), report(), start + minutes(26))), "already_over");
}

// proves: A-09
#[test]
fn the_outcome_is_confirmed_to_the_practice_in_the_three_words() {
    for (outcome, text) in [
        (CaseOutcome::Rescheduled, None),
        (CaseOutcome::UnableToReach, None),
        (CaseOutcome::Other, Some("They will call next week".to_owned())),
    ] {
        let (mut story, now) = missed();
        let nothing = live(Live::Outcome(CaseOutcome::Other, Some("  ".into())));
        assert_eq!(code(story.act(&the_therapist(), nothing, now)), "text_required");
        story.act(&the_therapist(), live(Live::Outcome(outcome, text)), now + minutes(20)).expect("said");
        assert!(!story.owed().contains(&ObligationKind::ConfirmOutcome));
        assert_eq!(readers(&story, MessageKind::Outcome), [to_admin()]);
        assert_eq!(story.case().outcome.as_deref(), Some(outcome.as_str()));
    }
}

// proves
#[test]
fn the_therapist_proposes_whose_doing_it_was_and_the_practice_settles() {
    let (mut story, now) = missed();
    let say = |fault, why: &str| live(Live::Attribute(fault, why.to_owned()));
    assert_eq!(code(story.act(&the_therapist(), say(Fault::Shared, ""), now)), "reason_required");
    story.act(&the_therapist(), say(Fault::Shared, "The room was taken"), now).expect("proposed");
    assert!(story.owed().contains(&ObligationKind::AttributeFault), "the practice settles");
    assert!(!story.owed().contains(&ObligationKind::ConsiderMakeup));
    story.act(&an_admin(), say(Fault::Therapist, "The room was free"), now + hours(2)).expect("settled");
    assert!(!story.owed().contains(&ObligationKind::AttributeFault));
    assert!(story.owed().contains(&ObligationKind::ConsiderMakeup));
}

// proves: A-17
#[test]
fn an_appointment_that_the_practice_double_booked_asks_for_no_make_up() {
    for fault in [Fault::PracticeAdmin, Fault::Shared, Fault::Client] {
        let mut story = Story::booked(Preset::Clinic);
        let now = story.start() + minutes(12);
        story.act(&the_therapist(), missed_by(Role::Therapist, fault), now).expect("said");
        story.act(&an_admin(), live(Live::Attribute(fault, "As it was".into())), now).expect("settled");
        assert!(story.obligations.iter().all(|o| o.kind != ObligationKind::ConsiderMakeup), "{fault}");
        let ask = live(Live::MakeUp(MakeUpDecision::Offer, None));
        assert_eq!(code(story.act(&the_therapist(), ask, now)), "make_up_not_asked");
    }
    let mut story = Story::booked(Preset::Insurance);
    let now = story.start() + minutes(12);
    story.act(&the_therapist(), missed_by(Role::Therapist, Fault::Therapist), now).expect("said");
    assert!(!story.owed().contains(&ObligationKind::ConsiderMakeup), "this practice asks for none");
}

// proves
#[test]
fn a_make_up_costs_the_client_and_the_practice_nothing() {
    let (mut story, now) = missed();
    let ask = live(Live::MakeUp(MakeUpDecision::Offer, None));
    assert_eq!(code(story.act(&an_admin(), ask.clone(), now)), "therapists_own");
    story.act(&the_therapist(), ask.clone(), now).expect("offered");
    assert_eq!(readers(&story, MessageKind::MakeUp), [to_client()]);
    assert!(story.offer().is_make_up() && !story.owed().contains(&ObligationKind::ConsiderMakeup));
    let balance = story.balance();
    let start = story.local("2026-03-19 10:00");
    story.act(&the_client(), Command::Accept { start }, now + hours(1)).expect("chosen");
    let booked = story.latest().clone();
    assert_eq!((booked.start, booked.price.amount_minor, booked.payment.state), (start, 0, PaymentState::None));
    assert_eq!(booked.replaces, Some(story.appointment().id));
    let entry = story.ledger.last().expect("an entry");
    assert_eq!((entry.kind, entry.amount.amount_minor, story.balance()), (EntryKind::MakeUp, 0, balance));
    assert!(entry.reason.contains("Ruth Okafor's own expense"), "{}", entry.reason);
    assert_eq!(code(story.act(&the_therapist(), ask, now)), "make_up_not_asked");
}

// proves: A-19
#[test]
fn a_make_up_may_be_declined_with_a_reason() {
    let (mut story, now) = missed();
    let decline = |why: Option<&str>| live(Live::MakeUp(MakeUpDecision::Decline, why.map(str::to_owned)));
    assert_eq!(code(story.act(&the_therapist(), decline(None), now)), "reason_required");
    story.act(&the_therapist(), decline(Some("We have found another way")), now).expect("declined");
    assert!(!story.owed().contains(&ObligationKind::ConsiderMakeup));
    assert!(readers(&story, MessageKind::MakeUp).is_empty());
}

// proves: A-12
#[test]
fn at_ten_minutes_nobody_is_asked_and_a_second_later_the_therapist_alone_is() {
    let mut story = Story::booked(Preset::Clinic);
    let start = story.start();
    for before in [72, 24] {
        let reminded = story.due(Due::AppointmentEnd, start - hours(before));
        assert_eq!(reminded.record.word, "client_reminded");
    }
    let clock =
        story.wakes.values().find(|(job, _)| format!("{job:?}").starts_with("AppointmentEnd")).expect("a clock");
    assert_eq!(clock.1, start + minutes(10) + seconds(1));
    let early = story.due(Due::AppointmentEnd, start + minutes(10));
    assert!(early.record.word.is_empty() && early.obligations.is_empty(), "10:00 is not more than ten");
    let now = start + minutes(10) + seconds(1);
    let outcome = story.due(Due::AppointmentEnd, now);
    let owed = duty(&outcome, ObligationKind::CheckInWithClient);
    assert_eq!((owed.owner.role, owed.due_at), (Role::Therapist, now + minutes(5)));
    assert_eq!((owed.breach_at, owed.second_breach_at), (None, None), "it never escalates");
    assert_eq!(story.case().kind, DisruptionKind::ClientLate);
    let again = story.due(Due::AppointmentEnd, now + minutes(1));
    assert!(again.obligations.is_empty(), "once");
    story.due(Due::AppointmentEnd, start + minutes(50));
    assert_eq!(story.appointment().state, State::AwaitingUpdate);
}

// proves: A-12
#[test]
fn where_the_practice_does_not_ask_for_it_a_late_client_raises_no_alarm() {
    let mut story = Story::booked(Preset::Network);
    let outcome = story.due(Due::AppointmentEnd, story.start() + minutes(15));
    assert!(outcome.obligations.is_empty() && story.disruptions.is_empty());
    let away = story.act(&the_therapist(), live(Live::StepAway), story.start() + minutes(30));
    assert_eq!(code(away), "stepping_away_off");
}

// proves: A-12
#[test]
fn an_arrival_excuses_the_question_even_when_it_is_typed_later() {
    let mut story = Story::booked(Preset::Clinic);
    let start = story.start();
    story.due(Due::AppointmentEnd, start + minutes(11));
    let future = story.act(&the_therapist(), live(Live::Arrived(start + minutes(40))), start + minutes(12));
    assert_eq!(code(future), "out_of_range");
    story.act(&the_therapist(), live(Live::Arrived(start + minutes(9))), start + minutes(12)).expect("here");
    assert_eq!((&story.appointment().state, story.owed()), (&State::InProgress, vec![]));
    assert!(matches!(story.of_kind(ObligationKind::CheckInWithClient).state, ObligationState::Excused { .. }));
    assert!(story.case().closed_at.is_some());
    assert_eq!(code(story.act(&the_therapist(), live(Live::ClientNoShow), start + minutes(30))), "client_arrived");
}

// proves
#[test]
fn a_text_or_a_call_meets_the_question() {
    let mut story = Story::booked(Preset::Clinic);
    let start = story.start();
    assert_eq!(code(story.act(&the_therapist(), live(Live::CheckIn), start + minutes(10))), "too_early");
    let now = start + minutes(11);
    story.due(Due::AppointmentEnd, now);
    let mut called = story.clone();
    called.act(&the_therapist(), tried(Channel::Phone, AttemptResult::NoAnswer, now), now).expect("noted");
    assert!(called.owed().is_empty());
    let outcome = story.act(&the_therapist(), live(Live::CheckIn), now).expect("asked");
    assert!(story.owed().is_empty() && outcome.attempt.is_some(), "and it stands on file as a try");
    assert_eq!(readers(&story, MessageKind::ClientLate), [to_client()]);
}

// proves
#[test]
fn stepping_away_is_possible_from_twenty_minutes_on_and_decides_nothing() {
    let mut story = Story::booked(Preset::Clinic);
    let start = story.start();
    let away = || live(Live::StepAway);
    assert_eq!(code(story.act(&the_therapist(), away(), start + minutes(20) - seconds(1))), "too_early");
    let outcome = story.act(&the_therapist(), away(), start + minutes(20)).expect("away");
    assert_eq!(told(&outcome, to_client(), MessageKind::SteppedAway).facts.minutes, Some(20));
    assert_eq!(story.appointment().state, State::Booked, "the client may still come");
    assert_eq!(code(story.act(&the_therapist(), away(), start + minutes(21))), "already_stepped_away");
    let back = live(Live::Arrived(start + minutes(30)));
    story.act(&the_therapist(), back, start + minutes(30)).expect("came after all");
    assert_eq!(story.appointment().state, State::InProgress);
}

#[test]
fn a_client_is_called_absent_only_after_the_grace_and_a_try() {
    let mut story = Story::booked(Preset::Clinic);
    let start = story.start();
    let absent = || live(Live::ClientNoShow);
    assert_eq!(code(story.act(&the_therapist(), absent(), start + minutes(20) - seconds(1))), "grace_not_over");
    assert_eq!(code(story.act(&the_therapist(), absent(), start + minutes(20))), "contact_attempt_required");
    let asked = story.act(&the_therapist(), live(Live::CheckIn), start + minutes(12)).expect("asked");
    story.base.live.attempts.extend(asked.attempt);
    let now = start + minutes(20);
    let outcome = story.act(&the_therapist(), absent(), now).expect("absent");
    assert_eq!(story.appointment().state, State::ClientNoShow);
    assert_eq!(story.ledger.last().map(|e| (e.kind, e.amount.amount_minor)), Some((EntryKind::NoShowFee, 6500)));
    let follow_up = duty(&outcome, ObligationKind::NextStep);
    assert_eq!(follow_up.due_at, now + hours(72));
    assert_eq!(told(&outcome, to_client(), MessageKind::ClientNoShow).facts.reply_by, Some(now + hours(72)));
    assert!(outcome.obligations.iter().all(|o| o.kind != ObligationKind::EscalateRisk));
}

// proves: V-19
#[test]
fn an_absent_client_at_risk_goes_to_risk_duty_the_same_minute() {
    let mut story = Story::booked(Preset::Network);
    story.base.live.client_at_risk = true;
    story.base.live.missed_in_a_row = 2;
    let now = story.start() + minutes(30);
    let asked = story.act(&the_therapist(), live(Live::CheckIn), now).expect("asked");
    story.base.live.attempts.extend(asked.attempt);
    let outcome = story.act(&the_therapist(), live(Live::ClientNoShow), now).expect("absent");
    let risk = duty(&outcome, ObligationKind::EscalateRisk);
    assert_eq!((risk.owner.role, risk.due_at), (Role::RiskDuty, now));
    assert!(outcome.because.iter().any(|rule| rule.rule == "no_show.release_prompt"), "a text and nothing else");
}

// proves: V-11
#[test]
fn a_technical_failure_costs_nothing_and_both_are_told_with_times_at_once() {
    let mut story = Story::booked(Preset::Clinic);
    let start = story.start();
    let failed = || live(Live::TechnicalFailure(TechnicalSide::Platform));
    assert_eq!(code(story.act(&the_client(), failed(), start - minutes(1))), "not_started");
    let outcome = story.act(&the_client(), failed(), start + minutes(5)).expect("said");
    assert_eq!(readers(&story, MessageKind::TechnicalFailure), [to_client(), to_therapist()]);
    assert_eq!(duty_kinds(&outcome), [ObligationKind::NextStep, ObligationKind::AttributeFault]);
    assert!(outcome.next_step.is_some_and(|step| step.offer.is_some()));
    assert_eq!((story.balance(), &story.appointment().state), (0, &State::TechnicalFailure));
    story.act(&an_admin(), live(Live::Attribute(Fault::Therapist, "Cable".into())), start + hours(1)).expect("settled");
    assert!(!story.owed().contains(&ObligationKind::ConsiderMakeup), "a make-up is for missed ones");
}

// proves
#[test]
fn what_the_office_tells_the_client_does_not_discharge_the_therapist() {
    let (mut story, now) = missed();
    let reached = || tried(Channel::Phone, AttemptResult::Reached, now + minutes(2));
    story.act(&an_admin(), reached(), now + minutes(2)).expect("noted");
    let own = story.of_kind(ObligationKind::InformClient).clone();
    assert!(own.is_owed(), "the therapist still owes the word");
    let meet = Command::Settle(Settle::Meet(own.id, "I rang them".into()));
    assert_eq!(code(story.act(&an_admin(), meet, now + minutes(3))), "therapists_own");
    story.act(&the_therapist(), reached(), now + minutes(4)).expect("noted");
    assert!(!story.of_kind(ObligationKind::InformClient).is_owed());
}

// proves: A-22
#[test]
fn once_it_has_passed_to_the_practice_its_word_counts() {
    let (mut story, now) = missed();
    let later = now + minutes(15);
    story.clock_of(ObligationKind::InformClient, later);
    story.act(&an_admin(), tried(Channel::Phone, AttemptResult::Reached, later), later).expect("noted");
    assert!(!story.of_kind(ObligationKind::InformClient).is_owed());
}

// proves
#[test]
fn the_practice_knows_once_somebody_of_it_has_looked() {
    let (mut story, now) = missed();
    let by_therapist = story.act(&the_therapist(), live(Live::SeenByPractice), now).expect("nothing");
    assert!(by_therapist.record.word.is_empty());
    story.act(&an_admin(), live(Live::SeenByPractice), now + minutes(1)).expect("seen");
    assert!(!story.owed().contains(&ObligationKind::NotifyPractice));
}
