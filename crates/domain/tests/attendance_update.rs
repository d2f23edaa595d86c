//! The attendance update: four questions, a minute or two, and everything that follows from the answers.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{PaymentState, State};
use domain::attendance::{Attended, WeeklySpace};
use domain::decide::{BookNow, Command, Correct, Due, FileAct, Keep, Outcome, UpdateAttendance};
use domain::disruption::DisruptionKind;
use domain::ledger::EntryKind;
use domain::message::{LinkTo, MessageKind};
use domain::obligation::{ObligationKind, ObligationState};
use domain::person::{PersonRef, Role};
use domain::policy::Preset;
use domain::refusal::Refusal;
use domain::reserved::{Pattern, ReservedState};
use domain::time::{Instant, Weekday};
use serde_json::json;

fn answers(attended: Attended) -> UpdateAttendance {
    UpdateAttendance {
        attended,
        therapist_ready_at: None,
        client_arrived_at: None,
        started_at: None,
        ended_at: None,
        continues: None,
        weekly_space: None,
        reserve_slot: false,
        refund: false,
        next: None,
    }
}

fn update(wish: UpdateAttendance) -> Command {
    Command::File(FileAct::Update(Box::new(wish)))
}

/// Booked, paid where the practice takes payment, and over for ten minutes.
fn over(preset: Preset) -> (Story, Instant) {
    let mut story = Story::booked(preset);
    if let Some(at) = story.appointment().payment.due_at {
        story.due(Due::Capture, at.max(story.start() - hours(48)));
    }
    let end = story.appointment().end;
    story.due(Due::AppointmentEnd, end);
    (story, end + minutes(10))
}

fn with_tuesday(story: &mut Story, now: Instant) {
    let pattern = Pattern {
        weekday: Weekday::Tuesday,
        local_time: "14:00".parse().expect("a time of day"),
        minutes: 50,
        every_weeks: 1,
        from: None,
    };
    story.run(None, &the_therapist(), Command::File(FileAct::Keep(Keep::Add(pattern))), now).expect("kept");
}

fn made(story: &mut Story, wish: UpdateAttendance, now: Instant) -> Outcome {
    story.act(&the_therapist(), update(wish), now).expect("updated")
}

// proves: H-01, H-02
#[test]
fn an_update_says_that_it_took_place_and_settles_the_duty_of_making_it() {
    for preset in [Preset::Network, Preset::Insurance, Preset::Marketplace, Preset::Clinic] {
        let (mut story, now) = over(preset);
        assert_eq!(story.owed(), [ObligationKind::AttendanceUpdate], "{preset}");
        let outcome = made(&mut story, answers(Attended::Yes), now);
        let after = story.appointment();
        assert_eq!((&after.state, after.attendance_code()), (&State::Attended, Some("5")), "{preset}");
        assert_eq!(after.attendance.minutes(), Some(50), "as planned unless somebody says otherwise");
        assert!(story.owed().is_empty(), "{preset}: {:?}", story.owed());
        assert_eq!(outcome.record.word, "attendance_updated");
        assert!(outcome.disruption.is_none(), "a normal session raises no alarm");
    }
}

// proves: H-01
#[test]
fn nobody_says_how_it_went_before_it_is_over_or_twice() {
    let mut story = Story::booked(Preset::Marketplace);
    let early = story.appointment().end - seconds(1);
    assert_eq!(code(story.act(&the_therapist(), update(answers(Attended::Yes)), early)), "not_ended");
    let end = story.appointment().end;
    made(&mut story, answers(Attended::Yes), end);
    assert_eq!(code(story.act(&the_therapist(), update(answers(Attended::No)), end + minutes(1))), "already_updated");
}

// proves: H-02
#[test]
fn arrival_and_readiness_choose_the_nhs_code_and_the_minutes_are_the_real_ones() {
    let at = |story: &Story, n: i64| Some(story.start() + minutes(n));
    let cases = [
        (Attended::Yes, Some(-2), Some(0), "5"),
        (Attended::Late, Some(6), Some(8), "5"),
        (Attended::Late, Some(6), Some(0), "6"),
        (Attended::Late, None, None, "6"),
    ];
    for (attended, arrived, ready, expected) in cases {
        let (mut story, now) = over(Preset::Clinic);
        let wish = UpdateAttendance {
            client_arrived_at: arrived.and_then(|n| at(&story, n)),
            therapist_ready_at: ready.and_then(|n| at(&story, n)),
            ..answers(attended)
        };
        made(&mut story, wish, now);
        assert_eq!(story.appointment().attendance_code(), Some(expected), "{attended} {arrived:?} {ready:?}");
    }
    let (mut story, now) = over(Preset::Clinic);
    let wish = UpdateAttendance { started_at: at(&story, 20), ended_at: at(&story, 48), ..answers(Attended::Late) };
    made(&mut story, wish, now);
    assert_eq!(story.appointment().attendance.minutes(), Some(28));
}

// proves: H-02
#[test]
fn each_answer_has_its_state_and_its_nhs_code() {
    let cases = [
        (Attended::No, State::ClientNoShow, "3"),
        (Attended::LateNotSeen, State::LateNotSeen, "7"),
        (Attended::TherapistMissed, State::TherapistNoShow, "4"),
        (Attended::Technical, State::TechnicalFailure, "4"),
    ];
    for (attended, state, nhs) in cases {
        let (mut story, now) = over(Preset::Clinic);
        made(&mut story, answers(attended), now);
        assert_eq!((&story.appointment().state, story.appointment().attendance_code()), (&state, Some(nhs)));
        assert_eq!(story.appointment().attendance.minutes(), None, "nobody was seen");
    }
}

#[test]
fn times_that_cannot_be_are_refused_by_name() {
    let (story, now) = over(Preset::Clinic);
    let refuse = |wish: UpdateAttendance| -> Refusal {
        refused(story.preview(Some(story.appointment().id), &the_therapist(), update(wish), now))
    };
    let ahead = UpdateAttendance { ended_at: Some(now + minutes(5)), ..answers(Attended::Yes) };
    assert_eq!((refuse(ahead.clone()).code, refuse(ahead).field), ("in_the_future", Some("ended_at")));
    let other_day = UpdateAttendance { client_arrived_at: Some(now - hours(30)), ..answers(Attended::Late) };
    assert_eq!(refuse(other_day).code, "not_that_day");
    let turned = UpdateAttendance {
        started_at: Some(story.start() + minutes(30)),
        ended_at: Some(story.start() + minutes(10)),
        ..answers(Attended::Yes)
    };
    assert_eq!(refuse(turned).code, "ends_before_start");
}

// proves: E-07, E-02
#[test]
fn money_goes_back_from_the_update_once_and_from_nowhere_else_after() {
    let (mut story, now) = over(Preset::Marketplace);
    assert_eq!(story.appointment().payment.state, PaymentState::Captured);
    let outcome = made(&mut story, UpdateAttendance { refund: true, ..answers(Attended::Yes) }, now);
    assert_eq!(story.appointment().payment.state, PaymentState::RefundDue);
    assert_eq!(
        outcome.ledger.iter().map(|e| (e.kind, e.amount.amount_minor)).collect::<Vec<_>>(),
        [(EntryKind::Credit, -6500)]
    );
    assert_eq!(story.balance(), -6500, "what was paid is theirs again");
    let again = story.act(&the_therapist(), by_therapist(with_refund()), now + minutes(1));
    assert_eq!(code(again), "already_over", "the cancel dialog cannot do it again");
    let twice = story.act(&the_therapist(), update(UpdateAttendance { refund: true, ..answers(Attended::Yes) }), now);
    assert_eq!(code(twice), "already_updated");
    assert_eq!(story.balance(), -6500);
}

// proves: E-04, E-07
#[test]
fn a_new_clients_refund_stays_with_the_team_and_a_practice_may_close_this_door() {
    let mut story = Story::new_client(Preset::Marketplace);
    let paid = story.appointment().payment.due_at.expect("paid at booking");
    story.due(Due::Capture, paid);
    let end = story.appointment().end;
    let wish = UpdateAttendance { refund: true, ..answers(Attended::Yes) };
    assert_eq!(code(story.act(&the_therapist(), update(wish.clone()), end)), "team_request_required");
    let mut story = Story::new(Preset::Marketplace);
    story.set_policy(json!({ "refund.entry_points": ["cancel"] }));
    let (start, now) = (story.start(), story.local("2026-03-01 12:00"));
    story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
    let end = story.appointment().end;
    assert_eq!(code(story.act(&the_therapist(), update(wish), end)), "refund_not_here");
}

// proves: H-10
#[test]
fn a_client_who_did_not_come_pays_what_the_policy_says_and_nothing_where_the_fault_is_ours() {
    let (mut story, now) = over(Preset::Marketplace);
    made(&mut story, answers(Attended::No), now);
    assert_eq!((story.appointment().payment.state, story.balance()), (PaymentState::Captured, 0), "the price stands");
    let (mut story, now) = over(Preset::Clinic);
    let due = made(&mut story, answers(Attended::No), now).appointment.expect("it").payment.due_at;
    if let Some(due) = due {
        story.due(Due::Capture, due.max(now));
    }
    assert_eq!(story.balance(), 0, "a fee that is charged is taken: {:?}", story.ledger);
    for attended in [Attended::TherapistMissed, Attended::Technical] {
        let (mut story, now) = over(Preset::Insurance);
        made(&mut story, answers(attended), now);
        // They choose what becomes of their money; with no answer it goes back.
        story.due(Due::RefundChoice, now + hours(24));
        let charged: i64 = story
            .ledger
            .iter()
            .filter(|entry| !matches!(entry.kind, EntryKind::Payment | EntryKind::Refund))
            .map(|entry| entry.amount.amount_minor)
            .sum();
        assert_eq!(charged, 0, "{attended}: {:?}", story.ledger);
    }
}

// proves: V-19, V-20
#[test]
fn an_absence_that_the_update_tells_of_is_followed_up_as_if_it_had_been_said_on_the_day() {
    for (attended, risk) in [(Attended::No, true), (Attended::No, false), (Attended::LateNotSeen, true)] {
        let (mut story, now) = over(Preset::Network);
        story.base.live.client_at_risk = risk;
        let outcome = made(&mut story, answers(attended), now);
        let letter = told(&outcome, to_client(), MessageKind::ClientNoShow);
        assert_eq!((letter.facts.reply_by, letter.link), (Some(now + hours(72)), Some(LinkTo::Booking(RELATIONSHIP))));
        assert_eq!(duty(&outcome, ObligationKind::NextStep).due_at, now + hours(72));
        assert_eq!(outcome.disruption.as_ref().expect("a case").closed_at, None);
        let to_risk_duty: Vec<_> = outcome
            .obligations
            .iter()
            .filter(|o| o.kind == ObligationKind::EscalateRisk)
            .map(|o| o.owner.role)
            .collect();
        // Whoever came too late to be seen was seen to be well.
        let expected = if risk && attended == Attended::No { vec![Role::RiskDuty] } else { vec![] };
        assert_eq!(to_risk_duty, expected, "{attended}, flagged: {risk}");
    }
}

#[test]
fn whoever_has_a_next_time_or_wants_none_is_written_to_and_nobody_has_to_see_to_one() {
    let (mut story, now) = over(Preset::Clinic);
    let next = BookNow { start: story.local("2026-03-17 14:00"), agreement: yes_at(now) };
    let outcome = made(&mut story, UpdateAttendance { next: Some(next), ..answers(Attended::No) }, now);
    let letter = told(&outcome, to_client(), MessageKind::ClientNoShow);
    assert_eq!((letter.facts.reply_by, letter.facts.next_start), (None, Some(next.start)));
    assert!(!story.owed().contains(&ObligationKind::NextStep));
    let (mut story, now) = over(Preset::Clinic);
    let outcome = made(&mut story, UpdateAttendance { continues: Some(false), ..answers(Attended::No) }, now);
    assert_eq!(told(&outcome, to_client(), MessageKind::ClientNoShow).facts.reply_by, None);
    assert!(!story.owed().contains(&ObligationKind::NextStep));
}

#[test]
fn a_correction_ends_the_waiting_for_a_word_of_a_client_who_was_there() {
    let (mut story, now) = over(Preset::Network);
    made(&mut story, answers(Attended::No), now);
    assert!(story.owed().contains(&ObligationKind::NextStep));
    let right = Correct { state: "attended".into(), reason: "A mix-up".into() };
    story.act(&the_therapist(), Command::File(FileAct::Correct(right)), now + minutes(5)).expect("set right");
    assert!(!story.owed().contains(&ObligationKind::NextStep));
    assert!(story.case().closed_at.is_some());
}

// proves: E-07
#[test]
fn money_given_back_after_a_fault_of_ours_comes_with_the_news_of_it() {
    for (attended, kind) in
        [(Attended::TherapistMissed, MessageKind::Missed), (Attended::Technical, MessageKind::TechnicalFailure)]
    {
        let (mut story, now) = over(Preset::Marketplace);
        let outcome = made(&mut story, UpdateAttendance { refund: true, ..answers(attended) }, now);
        assert_eq!(told(&outcome, to_client(), kind).facts.paid, Some(story.appointment().price));
        assert_eq!(story.appointment().payment.state, PaymentState::RefundDue);
    }
}

// proves: H-06
#[test]
fn the_client_gets_a_receipt_of_what_took_place_and_what_it_cost() {
    let (mut story, now) = over(Preset::Marketplace);
    let next = BookNow { start: story.local("2026-03-17 14:00"), agreement: yes_at(now) };
    let outcome = made(&mut story, UpdateAttendance { next: Some(next), ..answers(Attended::Yes) }, now);
    let facts = &told(&outcome, to_client(), MessageKind::Receipt).facts;
    assert_eq!((facts.paid, facts.fee), (Some(story.appointment().price), None), "taken before");
    assert_eq!((facts.minutes, facts.next_start), (Some(50), Some(next.start)));
    let (mut story, now) = over(Preset::Marketplace);
    let outcome = made(&mut story, UpdateAttendance { refund: true, ..answers(Attended::Yes) }, now);
    let facts = &told(&outcome, to_client(), MessageKind::Receipt).facts;
    assert_eq!(
        (facts.paid, story.appointment().payment.state),
        (Some(story.appointment().price), PaymentState::RefundDue)
    );
    let (mut story, now) = over(Preset::Network);
    let outcome = made(&mut story, answers(Attended::Late), now);
    let facts = &told(&outcome, to_client(), MessageKind::Receipt).facts;
    assert_eq!((facts.paid, facts.fee), (None, None), "somebody else pays");
    let (mut story, now) = over(Preset::Clinic);
    let outcome = made(&mut story, answers(Attended::No), now);
    assert!(outcome.notices.iter().all(|notice| notice.kind != MessageKind::Receipt), "it did not take place");
}

// proves: H-02, H-09
#[test]
fn a_client_who_goes_on_without_a_next_time_is_the_therapists_to_book_until_somebody_books() {
    let goes_on = UpdateAttendance { continues: Some(true), ..answers(Attended::Yes) };
    let (mut story, now) = over(Preset::Clinic);
    let outcome = made(&mut story, goes_on.clone(), now);
    let owed = duty(&outcome, ObligationKind::BookNext);
    assert_eq!((owed.owner.role, owed.due_at, owed.disruption), (Role::Therapist, now + hours(24), None));
    let mut by_client = story.clone();
    let start = story.local("2026-03-17 14:00");
    story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now + hours(1)).expect("booked");
    assert!(matches!(story.of_kind(ObligationKind::BookNext).state, ObligationState::Met { .. }));
    by_client.run(None, &the_client(), book_at(start, None), now + hours(1)).expect("booked");
    assert!(matches!(by_client.of_kind(ObligationKind::BookNext).state, ObligationState::Excused { .. }));

    // Nothing is owed where a time is in the diary, is booked with it, or nobody said that they go on.
    let (mut story, now) = over(Preset::Clinic);
    story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
    let about = story.appointments[0].id;
    story.run(Some(about), &the_therapist(), update(goes_on.clone()), now).expect("updated");
    assert!(!story.owed().contains(&ObligationKind::BookNext));
    let next = Some(BookNow { start, agreement: yes_at(now) });
    for wish in [
        UpdateAttendance { next, ..goes_on.clone() },
        answers(Attended::Yes),
        UpdateAttendance { continues: Some(false), ..goes_on },
    ] {
        let (mut story, now) = over(Preset::Clinic);
        made(&mut story, wish, now);
        assert!(!story.owed().contains(&ObligationKind::BookNext));
    }
}

// proves: H-09, V-16
#[test]
fn the_next_time_is_booked_in_the_same_step_only_with_the_clients_yes() {
    let (mut story, now) = over(Preset::Marketplace);
    let next = BookNow { start: story.local("2026-03-17 14:00"), agreement: yes_at(now - minutes(5)) };
    let wish = UpdateAttendance { continues: Some(true), next: Some(next), ..answers(Attended::Yes) };
    let unasked = BookNow { agreement: yes_at(now + hours(1)), ..next };
    let early = UpdateAttendance { next: Some(unasked), ..wish.clone() };
    assert_eq!(code(story.act(&the_therapist(), update(early), now)), "agreement_required");
    let contradicts = UpdateAttendance { continues: Some(false), ..wish.clone() };
    assert_eq!(code(story.act(&the_therapist(), update(contradicts), now)), "next_not_wanted");
    let outcome = made(&mut story, wish, now);
    let booked = outcome.booked.as_ref().expect("booked");
    assert_eq!((booked.start, &booked.state, booked.replaces), (next.start, &State::Booked, None));
    told(&outcome, to_client(), MessageKind::Confirmation);
}

// proves: H-07, H-08, H-11, H-12
#[test]
fn no_i_dont_want_to_rebook_removes_the_weekly_time_with_a_banner_and_leaves_the_door_open() {
    let (mut story, now) = over(Preset::Marketplace);
    with_tuesday(&mut story, now);
    let outcome = made(&mut story, UpdateAttendance { continues: Some(false), ..answers(Attended::Yes) }, now);
    let banner = outcome.reserved_banner.clone().expect("a banner");
    assert_eq!(banner, "Daniel’s reserved slot, Tuesdays 14:00, has been removed because no next session was booked.");
    assert_eq!(story.reserved[0].state, ReservedState::Removed);
    let link = told(&outcome, to_client(), MessageKind::BookingLink).link;
    assert_eq!(link, Some(LinkTo::Booking(RELATIONSHIP)), "they may still book");
    let start = story.local("2026-03-17 14:00");
    story.run(None, &the_client(), book_at(start, None), now + hours(1)).expect("and they do");
}

// proves: H-13
#[test]
fn one_tap_adds_the_weekly_time_back_unless_somebody_else_has_it_now() {
    let (mut story, now) = over(Preset::Marketplace);
    with_tuesday(&mut story, now);
    made(&mut story, UpdateAttendance { continues: Some(false), ..answers(Attended::Yes) }, now);
    let id = story.reserved[0].id;
    let restore = || Command::File(FileAct::Keep(Keep::Restore(id)));
    let mut other = story.clone();
    story.run(None, &the_therapist(), restore(), now).expect("back");
    assert_eq!(story.reserved[0].state, ReservedState::Active);
    let theirs = domain::reserved::ReservedSlot {
        id: domain::id::Id::from_bytes([77; 16]),
        relationship: domain::id::Id::from_bytes([78; 16]),
        state: ReservedState::Active,
        ..other.reserved[0].clone()
    };
    other.reserved.push(theirs);
    assert_eq!(code(other.run(None, &the_therapist(), restore(), now)), "slot_taken");
}

// proves: H-11
#[test]
fn the_weekly_time_stays_where_they_keep_it_where_a_next_time_is_booked_and_after_a_fault_of_ours() {
    let same =
        UpdateAttendance { continues: Some(true), weekly_space: Some(WeeklySpace::Same), ..answers(Attended::Yes) };
    let keeps = [
        same.clone(),
        UpdateAttendance { continues: Some(false), ..answers(Attended::TherapistMissed) },
        UpdateAttendance { continues: Some(false), ..answers(Attended::Technical) },
        answers(Attended::Yes),
    ];
    for wish in keeps {
        let (mut story, now) = over(Preset::Marketplace);
        with_tuesday(&mut story, now);
        let outcome = made(&mut story, wish.clone(), now);
        assert_eq!((story.reserved[0].state, outcome.reserved_banner), (ReservedState::Active, None), "{wish:?}");
    }
    let (mut story, now) = over(Preset::Marketplace);
    with_tuesday(&mut story, now);
    let open = UpdateAttendance { continues: Some(true), ..answers(Attended::Yes) };
    let without = story.preview(Some(story.appointment().id), &the_therapist(), update(open.clone()), now);
    assert!(without.expect("looked").reserved_banner.is_some(), "no follow-up is booked");
    let next = BookNow { start: story.local("2026-03-17 14:00"), agreement: yes_at(now) };
    let outcome = made(&mut story, UpdateAttendance { next: Some(next), ..open }, now);
    assert_eq!(outcome.reserved_banner, None);
    let filled = outcome.booked.expect("booked").reserved_slot;
    assert_eq!(filled, Some(story.reserved[0].id), "the booking fills their own weekly time");
}

// proves: H-11
#[test]
fn a_practice_may_keep_every_weekly_time_or_remove_it_without_a_word() {
    for (rule, state) in [("keep", ReservedState::Active), ("remove", ReservedState::Removed)] {
        let mut story = Story::new(Preset::Marketplace);
        story.set_policy(json!({ "reserved_slot.on_no_followup": rule }));
        let (start, now) = (story.start(), story.local("2026-03-01 12:00"));
        story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
        let end = story.appointment().end;
        with_tuesday(&mut story, end);
        let outcome = made(&mut story, UpdateAttendance { continues: Some(false), ..answers(Attended::Yes) }, end);
        assert_eq!((story.reserved[0].state, outcome.reserved_banner), (state, None), "{rule}");
    }
}

// proves: H-02, H-03
#[test]
fn the_therapist_reserves_the_weekly_time_of_this_appointment_or_of_the_next_one() {
    let (mut story, now) = over(Preset::Marketplace);
    let reserve = UpdateAttendance { continues: Some(true), reserve_slot: true, ..answers(Attended::Yes) };
    made(&mut story, reserve.clone(), now);
    let slot = &story.reserved[0];
    assert_eq!((slot.weekday, slot.local_time.to_string(), slot.minutes), (Weekday::Tuesday, "14:00".into(), 50));
    assert_eq!(slot.first.to_string(), "2026-03-17", "from next week on");
    let (mut story, now) = over(Preset::Marketplace);
    let other = UpdateAttendance { weekly_space: Some(WeeklySpace::Different), ..reserve };
    assert_eq!(code(story.act(&the_therapist(), update(other.clone()), now)), "reserve_needs_a_time");
    let next = BookNow { start: story.local("2026-03-19 10:00"), agreement: yes_at(now) };
    made(&mut story, UpdateAttendance { next: Some(next), ..other }, now);
    assert_eq!(story.reserved[0].weekday, Weekday::Thursday);
}

// proves: V-17, H-01
#[test]
fn support_makes_it_for_the_therapist_where_the_practice_allows_and_both_names_stay() {
    let (mut story, now) = over(Preset::Network);
    let outcome = story.act(&support(), update(answers(Attended::Yes)), now).expect("on behalf");
    assert_eq!(outcome.on_behalf_of, Some(PersonRef::Therapist(THERAPIST)));
    let kept = story.appointment().attendance.update.clone().expect("kept");
    assert_eq!((kept.by, kept.on_behalf_of), (support().signature, Some(PersonRef::Therapist(THERAPIST))));
    let (mut story, now) = over(Preset::Marketplace);
    assert_eq!(code(story.act(&an_admin(), update(answers(Attended::Yes)), now)), "therapist_only");
    story.clock_of(ObligationKind::AttendanceUpdate, now + hours(73));
    story.act(&an_admin(), update(answers(Attended::Yes)), now + hours(73)).expect("handed up to them");
}

// proves
#[test]
fn an_update_that_says_the_therapist_missed_it_opens_the_case_with_its_duties() {
    let (mut story, now) = over(Preset::Clinic);
    let outcome = made(&mut story, answers(Attended::TherapistMissed), now);
    let case = outcome.disruption.as_ref().expect("a case");
    assert_eq!((case.kind, case.closed_at), (DisruptionKind::TherapistMissed, None));
    for kind in [ObligationKind::InformClient, ObligationKind::NextStep, ObligationKind::ConfirmOutcome] {
        assert!(duty(&outcome, kind).is_owed(), "{kind}");
    }
    assert!(matches!(story.of_kind(ObligationKind::AttendanceUpdate).state, ObligationState::Met { .. }));
}
