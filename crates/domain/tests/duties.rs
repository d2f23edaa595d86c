//! Who owes what: reaching the client, voicemail, notes, promises, what happens when nobody acts, and when a case closes.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::contact::AttemptResult;
use domain::decide::{Asker, Attempt, Command, Due, JobToWake, NextStep, Settle, WriteNote, voicemail_needs_a_reason};
use domain::message::MessageKind;
use domain::obligation::{ObligationKind, ObligationState};
use domain::person::{Channel, Role};
use domain::policy::Preset;
use domain::refusal::Class;
use domain::time::Instant;
use serde_json::json;

/// Called off three hours before, with a promise for the next day at noon.
fn promised(preset: Preset) -> (Story, Instant, Instant) {
    let mut story = Story::booked(preset);
    let (now, by) = (story.start() - hours(3), story.local("2026-03-11 12:00"));
    story.act(&the_therapist(), by_therapist(promising(by)), now).expect("cancelled");
    (story, now, by)
}

fn note(at: Instant) -> Command {
    Command::Note(WriteNote {
        informed_at: at,
        informed_how: Channel::Phone,
        agreed: "To speak tomorrow".into(),
        on_behalf_of: None,
    })
}

// proves: V-10
#[test]
fn a_voicemail_does_not_count_as_telling_a_client_who_did_not_ask_for_voicemail() {
    for channel in [Channel::Phone, Channel::Voicemail] {
        let (mut story, now, _) = promised(Preset::Network);
        let at = now + minutes(2);
        let outcome = story.act(&the_therapist(), tried(channel, AttemptResult::LeftVoicemail, at), at).expect("noted");
        assert!(outcome.attempt.is_some() && outcome.obligations.is_empty(), "on file, and nothing is met by it");
        assert!(story.of_kind(ObligationKind::InformClient).is_owed());
    }
    let (mut story, now, _) = promised(Preset::Network);
    story.base.client.preference.voicemail = true;
    let at = now + minutes(2);
    story.act(&the_therapist(), tried(Channel::Voicemail, AttemptResult::LeftVoicemail, at), at).expect("noted");
    assert!(!story.of_kind(ObligationKind::InformClient).is_owed(), "unless they prefer it");
}

// proves: V-10
#[test]
fn a_voicemail_wants_a_reason_at_short_notice_and_keeps_it() {
    let wants = |story: &Story, is_told| {
        let about = story.appointments.last().cloned().expect("an appointment");
        let (parameters, preference) = (&story.base.policy.parameters, &story.base.client.preference);
        voicemail_needs_a_reason(parameters, &about, preference, is_told)
    };
    let (mut story, now, _) = promised(Preset::Network);
    assert!(wants(&story, false));
    assert!(!wants(&story, true), "they know already");
    story.base.client.preference.voicemail = true;
    assert!(!wants(&story, false), "they prefer it");
    story.base.client.preference.voicemail = false;
    let at = now + minutes(2);
    let made = Attempt { channel: Channel::Voicemail, result: AttemptResult::LeftVoicemail, at, agreed: None };
    let because = |why: &str| Command::AttemptBecause(made.clone(), why.to_owned());
    let refused = story.act(&the_therapist(), because(" "), at).expect_err("a reason that says something");
    assert_eq!((refused.code, refused.field), ("required", Some("reason")));
    let outcome = story.act(&the_therapist(), because("The text came back"), at).expect("on file");
    assert_eq!(outcome.attempt.expect("an attempt").reason.as_deref(), Some("The text came back"));
    assert!(story.of_kind(ObligationKind::InformClient).is_owed(), "it tells nobody all the same");
}

// proves: V-10
#[test]
fn a_practice_may_decide_that_voicemail_counts() {
    let mut story = Story::new(Preset::Clinic);
    story.set_policy(json!({ "inform.voicemail_counts": true }));
    let (booked_at, start) = (story.local("2026-03-01 12:00"), story.start());
    story.run(None, &the_therapist(), book_at(start, Some(yes_at(booked_at))), booked_at).expect("booked");
    let now = start - hours(3);
    story.act(&the_therapist(), by_therapist(promising(now + hours(20))), now).expect("cancelled");
    story.act(&the_therapist(), tried(Channel::Phone, AttemptResult::LeftVoicemail, now), now).expect("noted");
    assert!(!story.of_kind(ObligationKind::InformClient).is_owed());
}

// proves: V-05, A-01
#[test]
fn only_a_client_who_was_reached_is_told() {
    use AttemptResult::{Failed, NoAnswer, Sent, WrongNumber};
    for result in [NoAnswer, Sent, WrongNumber, Failed] {
        let (mut story, now, _) = promised(Preset::Clinic);
        story.act(&the_therapist(), tried(Channel::Sms, result, now), now).expect("noted");
        assert!(story.of_kind(ObligationKind::InformClient).is_owed(), "{result}");
    }
    let (mut story, now, _) = promised(Preset::Clinic);
    let future = story.act(&the_therapist(), tried(Channel::Phone, AttemptResult::Reached, now + hours(1)), now);
    assert_eq!(code(future), "in_the_future");
    story.act(&the_therapist(), tried(Channel::Phone, AttemptResult::Reached, now), now).expect("noted");
    let inform = story.of_kind(ObligationKind::InformClient);
    let ObligationState::Met { evidence, .. } = &inform.state else { panic!("{:?}", inform.state) };
    assert!(evidence.contains("att_"), "the evidence names the attempt: {evidence}");
    assert!(!story.wakes.contains_key(&format!("{:?}", JobToWake::ObligationClock(inform.id))), "its clock is off");
}

// proves: V-08
#[test]
fn telling_the_promise_gives_the_next_step_and_keeping_it_is_another_call() {
    let (mut story, now, by) = promised(Preset::Network);
    let reached = |at| tried(Channel::Phone, AttemptResult::Reached, at);
    story.act(&the_therapist(), reached(now + minutes(5)), now + minutes(5)).expect("told");
    assert_eq!(story.owed(), [ObligationKind::KeepPromise, ObligationKind::WriteContactNote]);
    story.act(&the_therapist(), note(now + minutes(5)), now + minutes(9)).expect("written");
    assert_eq!(story.case().closed_at, None, "the promise is still to be kept");
    story.act(&the_therapist(), reached(by - minutes(30)), by - minutes(30)).expect("called as promised");
    assert_eq!((story.owed(), story.case().closed_at), (vec![], Some(by - minutes(30))));
}

// proves: V-08
#[test]
fn a_client_who_opens_the_link_knows_of_the_promise() {
    let (mut story, now, _) = promised(Preset::Network);
    story.act(&the_client(), Command::Seen, now + minutes(1)).expect("seen");
    assert_eq!(story.owed(), [ObligationKind::KeepPromise, ObligationKind::WriteContactNote]);
    let again = story.act(&the_client(), Command::Seen, now + minutes(2)).expect("seen again");
    assert!(again.record.word.is_empty(), "a second look changes nothing");
}

// proves: V-07, V-08
#[test]
fn knowing_of_an_offer_is_not_an_answer_to_it() {
    let mut story = Story::booked(Preset::Network);
    let now = story.start() - hours(30);
    let slot = story.local("2026-03-12 10:00");
    story.act(&the_therapist(), by_therapist(offering(&[slot])), now).expect("cancelled");
    story.act(&the_client(), Command::Seen, now + minutes(1)).expect("seen");
    assert_eq!(story.owed(), [ObligationKind::NextStep]);
}

// proves: V-12, V-15
#[test]
fn a_contact_note_says_when_how_and_what_was_agreed_and_meets_the_duty_to_write_it() {
    let (mut story, now, _) = promised(Preset::Network);
    let blank = Command::Note(WriteNote {
        informed_at: now,
        informed_how: Channel::Phone,
        agreed: " ".into(),
        on_behalf_of: None,
    });
    let refusal = refused(story.act(&the_therapist(), blank, now));
    assert_eq!((refusal.class, refusal.field), (Class::Invalid, Some("agreed")));
    assert_eq!(refused(story.act(&the_therapist(), note(now + hours(1)), now)).field, Some("informed_at"));
    let outcome = story.act(&the_therapist(), note(now), now + minutes(9)).expect("written");
    let written = outcome.note.expect("a note");
    assert_eq!((written.informed_at, written.at, written.by), (now, now + minutes(9), to_therapist()));
    assert!(!story.of_kind(ObligationKind::WriteContactNote).is_owed());
}

// proves: V-17, A-21, A-22
#[test]
fn somebody_else_may_write_the_note_and_both_names_are_kept_while_the_duties_stay_the_therapists() {
    let (mut story, now, _) = promised(Preset::Network);
    let command = Command::Note(WriteNote {
        informed_at: now,
        informed_how: Channel::Phone,
        agreed: "To speak tomorrow".into(),
        on_behalf_of: Some(to_therapist()),
    });
    let written = story.act(&support(), command, now).expect("written").note.expect("a note");
    assert_eq!((Some(written.by), written.on_behalf_of), (support().person, Some(to_therapist())));
    story.act(&an_admin(), tried(Channel::Phone, AttemptResult::NoAnswer, now), now).expect("the office tried");
    let inform = story.of_kind(ObligationKind::InformClient);
    assert_eq!((inform.is_owed(), inform.owner.role), (true, Role::Therapist));
}

// proves: V-04, A-01, A-04
#[test]
fn an_uninformed_client_goes_up_to_the_admins_and_then_to_the_owner() {
    let (mut story, now, _) = promised(Preset::Clinic);
    let quiet = story.clock_of(ObligationKind::InformClient, now + minutes(29));
    assert!(quiet.record.word.is_empty() && quiet.notices.is_empty());
    assert_eq!(quiet.wakes[0].at, Some(now + minutes(30)), "it looks again at the breach");

    let first = story.clock_of(ObligationKind::InformClient, now + minutes(30));
    let duty = story.of_kind(ObligationKind::InformClient).clone();
    assert_eq!((duty.owner.role, duty.is_owed()), (Role::Admin, true), "escalated is still owed, by somebody new");
    let notice = told(&first, to_admin(), MessageKind::Escalation);
    let words = notice.facts.owed.clone().expect("what is owed");
    assert!(notice.urgent && words.contains("Daniel") && words.contains("+447700900412"), "{words}");
    assert!(story.clock_of(ObligationKind::InformClient, now + minutes(45)).notices.is_empty());

    let second = story.clock_of(ObligationKind::InformClient, now + minutes(60));
    assert_eq!(story.of_kind(ObligationKind::InformClient).owner.role, Role::Owner);
    told(&second, to_owner(), MessageKind::Escalation);
    assert_eq!(story.of_kind(ObligationKind::InformClient).next_look(), None);
    assert!(story.clock_of(ObligationKind::InformClient, now + hours(50)).notices.is_empty(), "twice and no more");
    assert_eq!(story.case().closed_at, None);

    let at = now + hours(51);
    story.act(&an_admin(), tried(Channel::Phone, AttemptResult::Reached, at), at).expect("reached at last");
    assert!(!story.of_kind(ObligationKind::InformClient).is_owed());
}

// proves: V-08
#[test]
fn a_promise_that_nobody_keeps_goes_up_too() {
    let (mut story, _, by) = promised(Preset::Network);
    assert!(story.clock_of(ObligationKind::KeepPromise, by + minutes(59)).notices.is_empty());
    let outcome = story.clock_of(ObligationKind::KeepPromise, by + hours(1));
    told(&outcome, to_admin(), MessageKind::Escalation);
    told(&story.clock_of(ObligationKind::KeepPromise, by + hours(4)), to_owner(), MessageKind::Escalation);
}

// proves: V-04
#[test]
fn every_open_duty_has_its_clock_set_when_it_opens() {
    for preset in Preset::ALL {
        let (story, _, _) = promised(*preset);
        for duty in story.obligations.iter().filter(|o| o.is_owed()) {
            let set = story.wakes.get(&format!("{:?}", JobToWake::ObligationClock(duty.id))).map(|(_, at)| *at);
            assert_eq!(set, duty.next_look(), "{}", duty.kind);
            assert!(set.is_some(), "{}", duty.kind);
        }
    }
}

// proves: V-04
#[test]
fn a_case_closes_only_when_every_duty_is_met_or_excused() {
    let (mut story, now, _) = promised(Preset::Clinic);
    let owed: Vec<_> = story.obligations.iter().filter(|o| o.is_owed()).map(|o| o.id).collect();
    let settle = |story: &mut Story, settle| story.act(&an_admin(), Command::Settle(settle), now + hours(1));
    let empty = settle(&mut story, Settle::Meet(owed[0], " ".into()));
    assert_eq!(code(empty), "evidence_required");
    assert_eq!(code(settle(&mut story, Settle::Excuse(owed[0], String::new()))), "reason_required");
    let (last, others) = owed.split_last().expect("something is owed");
    for id in others {
        settle(&mut story, Settle::Meet(*id, "spoke on the phone".into())).expect("met");
        assert_eq!(story.case().closed_at, None);
    }
    settle(&mut story, Settle::Excuse(*last, "the client has moved away".into())).expect("excused");
    assert_eq!(story.case().closed_at, Some(now + hours(1)));
    assert_eq!(code(settle(&mut story, Settle::Meet(*last, "again".into()))), "already_settled");
}

// proves: V-17
#[test]
fn what_the_office_types_in_it_need_not_be_told() {
    let notified = |asker: &Asker| {
        let mut story = Story::new(Preset::Network);
        let events = json!(["therapist_late", "therapist_no_show", "therapist_cancel", "absence"]);
        story.set_policy(json!({ "practice_notified_on": events }));
        let (booked_at, start) = (story.local("2026-03-01 12:00"), story.start());
        story.run(None, &the_therapist(), book_at(start, Some(yes_at(booked_at))), booked_at).expect("booked");
        let now = start - hours(3);
        story.act(asker, by_therapist(promising(now + hours(20))), now).expect("cancelled");
        !story.of_kind(ObligationKind::NotifyPractice).is_owed()
    };
    assert!(notified(&support()));
    assert!(!notified(&the_therapist()));
}

// proves: H-01
#[test]
fn after_the_end_an_update_is_owed_within_a_day_and_nothing_before() {
    let mut story = Story::booked(Preset::Marketplace);
    let end = story.start() + minutes(50);
    let early = story.due(Due::AppointmentEnd, end - seconds(1));
    assert!(early.record.word.is_empty() && early.appointment.is_none());
    let outcome = story.due(Due::AppointmentEnd, end);
    assert_eq!(story.appointment().state.word(), "awaiting_update");
    let update = duty(&outcome, ObligationKind::AttendanceUpdate);
    assert_eq!((update.due_at, update.breach_at), (end + hours(24), Some(end + hours(72))));
    assert_eq!((update.owner.role, update.disruption), (Role::Therapist, None), "a normal end is no disruption");
    assert!(outcome.disruption.is_none());
    let again = story.due(Due::AppointmentEnd, end + minutes(1));
    assert!(again.record.word.is_empty(), "idempotent");
}

// proves: G-08
#[test]
fn each_way_on_leaves_what_is_still_to_do() {
    let left = |step: fn(Instant) -> NextStep| {
        let mut story = Story::booked(Preset::Marketplace);
        let now = story.start() - hours(72);
        story.act(&the_therapist(), by_therapist(step(now)), now).expect("cancelled");
        story.owed()
    };
    use ObligationKind::{InformClient, KeepPromise};
    assert_eq!(left(|now| promising(now + hours(9))), [InformClient, ObligationKind::NextStep, KeepPromise]);
    assert_eq!(left(|_| with_link()), [InformClient, ObligationKind::NextStep]);
    assert_eq!(left(|now| booking_now(now + hours(96), yes_at(now))), [InformClient]);
    assert_eq!(left(|_| with_refund()), [InformClient]);
}

// proves: V-04
#[test]
fn what_is_moved_at_short_notice_and_then_called_off_is_one_case() {
    let mut story = Story::booked(Preset::Network);
    let now = story.start() - hours(3);
    let to = story.local("2026-03-10 16:00");
    let moved = move_to(to, domain::appointment::Initiator::Therapist, Some(yes_at(now)));
    story.act(&the_therapist(), moved, now).expect("moved");
    let first = story.case().id;
    story.act(&the_therapist(), by_client(), now + minutes(30)).expect("the client rings: not then either");
    assert_eq!((story.disruptions.len(), story.case().id), (1, first));
    assert_eq!((story.case().kind.as_str(), story.case().closed_at), ("cancelled_by_client", None));
    story.act(&the_therapist(), note(now), now + hours(1)).expect("written");
    assert_eq!(story.case().closed_at, Some(now + hours(1)));
}

// proves: V-10, V-11
#[test]
fn a_letter_that_comes_back_means_that_somebody_must_ring_unless_they_know_already() {
    let bounced = |story: &mut Story, to, at| story.due(Due::Undeliverable(to), at);
    let mut story = Story::booked(Preset::Network);
    let now = story.start() - hours(30);
    story.act(&the_therapist(), by_therapist(with_link()), now).expect("cancelled in good time");
    assert_eq!(story.of_kind(ObligationKind::InformClient).due_at, story.local("2026-03-09 18:00"));
    assert!(bounced(&mut story, to_therapist(), now).record.word.is_empty(), "the therapist's own copy");
    bounced(&mut story, to_client(), now + minutes(1));
    assert_eq!(story.of_kind(ObligationKind::InformClient).due_at, now + minutes(16), "minutes count now");
    assert_eq!(story.obligations.iter().filter(|o| o.kind == ObligationKind::InformClient).count(), 1);

    let at = now + minutes(5);
    story.act(&the_therapist(), tried(Channel::Phone, AttemptResult::Reached, at), at).expect("told on the phone");
    let outcome = bounced(&mut story, to_client(), now + minutes(9));
    assert!(outcome.record.word.is_empty() && outcome.obligations.is_empty(), "they know");

    let mut quiet = Story::booked(Preset::Insurance);
    bounced(&mut quiet, to_client(), now);
    assert_eq!(quiet.owed(), [ObligationKind::InformClient], "a confirmation that did not arrive is told by a person");

    // The letter of a later cancellation comes back too: that news is what must be told now.
    quiet.act(&the_therapist(), by_therapist(with_link()), now).expect("cancelled in good time");
    bounced(&mut quiet, to_client(), now + minutes(1));
    assert_eq!(quiet.of_kind(ObligationKind::InformClient).due_at, now + minutes(16), "not only the older duty");
}
