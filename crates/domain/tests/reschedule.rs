//! An appointment takes another time: same id, same UID, SEQUENCE + 1, and a missed cutoff stays missed.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{Initiator, PaymentState, State};
use domain::decide::{Command, Due, JobToWake, OccupancyChange, Reschedule};
use domain::message::{CalendarMethod, LinkTo, MessageKind};
use domain::obligation::{ObligationKind, ObligationState};
use domain::person::Role;
use domain::policy::{Preset, Value};
use domain::practice::AgreementHow;
use domain::reason::Reason;
use domain::refusal::Class;
use domain::time::Interval;
use serde_json::json;

// proves: G-17, E-05, G-10
#[test]
fn a_move_keeps_id_and_uid_counts_the_sequence_up_and_tells_both() {
    for preset in [Preset::Insurance, Preset::Marketplace, Preset::Clinic] {
        let mut story = Story::booked(preset);
        let (before, now) = (story.appointment().clone(), story.start() - hours(72));
        let start = story.local("2026-03-12 10:00");
        let outcome = story.act(&the_client(), move_to(start, Initiator::Client, None), now).expect("moved");
        let moved = story.appointment();
        assert_eq!(story.appointments.len(), 1, "no second appointment");
        assert_eq!((moved.id, moved.uid()), (before.id, before.uid()));
        assert_eq!((moved.revision, moved.sequence, &moved.state), (2, 1, &State::Booked));
        assert_eq!((moved.start, moved.end), (start, start + minutes(50)));
        assert_eq!((moved.agreement.how, moved.agreement.at), (AgreementHow::Portal, now));
        for person in [to_client(), to_therapist()] {
            let notice = told(&outcome, person, MessageKind::Rescheduled);
            assert_eq!((notice.calendar, notice.revision), (Some(CalendarMethod::Request), 2));
            assert_eq!(notice.facts.old_time, Some(before.interval()));
            assert_eq!(notice.facts.time, moved.interval());
        }
        assert_eq!(told(&outcome, to_client(), MessageKind::Rescheduled).link, Some(LinkTo::Appointment(before.id)));
        let case = outcome.disruption.as_ref().expect("a case");
        assert_eq!((case.kind.as_str(), case.closed_at), ("rescheduled", Some(now)), "nothing is owed");
    }
}

// proves: E-05
#[test]
fn the_old_time_is_freed_and_the_new_one_taken_in_both_diaries_with_their_clocks() {
    let mut story = Story::booked(Preset::Clinic);
    let now = story.start() - hours(72);
    let overlapping = story.start() + minutes(30);
    let outcome =
        story.act(&the_client(), move_to(overlapping, Initiator::Client, None), now).expect("half an hour on");
    let id = story.appointment().id;
    let slot = Interval::new(overlapping, overlapping + minutes(50));
    let expected = [
        OccupancyChange::ReleaseAppointment(id),
        OccupancyChange::Take(to_therapist(), id, slot),
        OccupancyChange::Take(to_client(), id, slot),
    ];
    assert_eq!(outcome.occupancy, expected);
    let at = |job| outcome.wakes.iter().find(|wake| wake.job == job).and_then(|wake| wake.at);
    let reminder = overlapping - hours(72);
    assert!(at(JobToWake::AppointmentEnd(id)).is_some_and(|at| reminder - minutes(15) <= at && at <= reminder));
    assert_eq!(at(JobToWake::Capture(id)), Some(overlapping), "the payment moves along");
    assert_eq!(story.appointment().payment.due_at, Some(overlapping));
}

// proves: G-02, G-03
#[test]
fn a_client_moves_alone_only_where_they_may_cancel_alone() {
    let ask = |preset, before_start| {
        let story = Story::booked(preset);
        let command = move_to(story.local("2026-03-12 10:00"), Initiator::Client, None);
        story.preview(Some(story.appointment().id), &the_client(), command, story.start() - before_start)
    };
    ask(Preset::Insurance, hours(24)).expect("exactly 24 hours");
    for preset in [Preset::Insurance, Preset::Clinic] {
        let refusal = refused(ask(preset, seconds(24 * 3600 - 1)));
        assert_eq!((refusal.code, refusal.class), ("inside_notice_window", Class::Forbidden));
        assert!(refusal.contact.expect("whom to contact").fee.is_some());
    }
    let refusal = refused(ask(Preset::Network, hours(200)));
    assert_eq!((refusal.code, refusal.contact.expect("whom to contact").fee), ("contact_only", None));
    ask(Preset::Marketplace, hours(2)).expect("with its consequences");
}

// proves: H-10
#[test]
fn a_late_move_costs_nothing_itself_and_never_sets_the_clock_back() {
    let mut story = Story::booked(Preset::Marketplace);
    let missed = story.appointment().policy.cutoff;
    story.due(Due::Capture, missed);
    let next_month = story.local("2026-04-14 14:00");
    let outcome = story
        .act(&the_client(), move_to(next_month, Initiator::Client, None), missed + hours(1))
        .expect("a late move is allowed here");
    assert!(outcome.ledger.is_empty(), "the move itself costs nothing");
    let policy = story.appointment().policy;
    assert_eq!((policy.cutoff_floor, policy.effective_cutoff()), (Some(missed), missed));
    assert_eq!(policy.cutoff, next_month - hours(48), "the cutoff of the new time is known all the same");
    assert_eq!(told(&outcome, to_client(), MessageKind::Rescheduled).facts.free_until, Some(missed));

    let later = story.local("2026-05-12 14:00");
    story.act(&the_client(), move_to(later, Initiator::Client, None), missed + hours(2)).expect("moved again");
    assert_eq!(story.appointment().policy.cutoff_floor, Some(missed), "a second move keeps the first floor");
    let wish = move_to(later + hours(1), Initiator::Therapist, Some(yes_at(missed + hours(3))));
    story.act(&the_therapist(), wish, missed + hours(3)).expect("the therapist's turn");
    assert_eq!(story.appointment().policy.cutoff_floor, Some(missed), "nobody resets it");

    let outcome = story.act(&the_client(), by_client(), missed + hours(4)).expect("cancelled a month before");
    let State::Cancelled(how) = &story.appointment().state else { panic!("cancelled") };
    assert!(how.late, "moving late and cancelling early is still late");
    assert!(outcome.ledger.is_empty());
    assert_eq!(story.appointment().payment.state, PaymentState::Captured, "the price stands");
}

// proves: H-10
#[test]
fn a_move_in_time_leaves_no_floor_and_the_new_cutoff_counts() {
    let mut story = Story::booked(Preset::Marketplace);
    let now = story.start() - hours(49);
    let start = story.local("2026-03-17 14:00");
    story.act(&the_client(), move_to(start, Initiator::Client, None), now).expect("moved");
    let moved = story.appointment();
    assert_eq!((moved.policy.cutoff_floor, moved.policy.effective_cutoff()), (None, start - hours(48)));
    assert_eq!((moved.payment.state, moved.payment.due_at), (PaymentState::Planned, Some(start - hours(48))));
    story.act(&the_client(), by_client(), start - hours(49)).expect("cancelled");
    assert_eq!(story.appointment().payment.state, PaymentState::None);
}

// proves: H-10
#[test]
fn a_floor_makes_a_planned_payment_stand_and_what_is_then_taken_was_owed() {
    let mut story = Story::booked(Preset::Marketplace);
    let cutoff = story.appointment().policy.cutoff;
    let start = story.local("2026-03-17 14:00");
    // The clock for the payment has not come by yet when the client moves, a second too late.
    story.act(&the_client(), move_to(start, Initiator::Client, None), cutoff).expect("moved late");
    story.act(&the_client(), by_client(), cutoff + hours(1)).expect("cancelled");
    let due = story.appointment().payment.due_at.expect("the payment still stands");
    story.due(Due::Capture, due);
    assert_eq!(story.appointment().payment.state, PaymentState::Captured);
    assert_eq!(story.balance(), 0, "{:#?}", story.ledger);
}

// proves: H-05
#[test]
fn a_move_keeps_the_policy_that_was_agreed_at_booking() {
    let mut story = Story::booked(Preset::Marketplace);
    story.set_policy(
        json!({ "client_cancel.notice_hours": 96, "late_cancel.fee_model": "percent", "late_cancel.percent": 10 }),
    );
    let now = story.start() - hours(72);
    let start = story.local("2026-03-17 14:00");
    let outcome = story.act(&the_client(), move_to(start, Initiator::Client, None), now).expect("moved");
    let policy = story.appointment().policy;
    assert_eq!((policy.version, policy.cutoff), (1, start - hours(48)));
    let fee = outcome.because.iter().find(|rule| rule.rule.starts_with("fee.")).expect("what it costs after");
    assert_eq!(fee.rule, "fee.full", "the fee that was agreed, not today's");
    assert!(fee.values.contains(&("amount", Value::Money(price(Preset::Marketplace)))));
}

// proves: H-09
#[test]
fn a_move_that_somebody_else_types_needs_the_clients_yes() {
    let story = Story::booked(Preset::Clinic);
    let (about, now) = (Some(story.appointment().id), story.start() - hours(72));
    let start = story.local("2026-03-12 10:00");
    for initiator in [Initiator::Client, Initiator::Therapist] {
        let refusal = refused(story.preview(about, &the_therapist(), move_to(start, initiator, None), now));
        assert_eq!((refusal.code, refusal.class), ("agreement_required", Class::Invalid));
    }
    let later = Some(yes_at(now + hours(2)));
    assert_eq!(
        code(story.preview(about, &the_therapist(), move_to(start, Initiator::Client, later), now)),
        "agreement_required"
    );
}

// proves: E-11, V-01
#[test]
fn a_therapists_rearrangement_counts_and_a_clients_does_not_whoever_types_it() {
    let story = Story::booked(Preset::Marketplace);
    let (about, now) = (Some(story.appointment().id), story.start() - hours(72));
    let start = story.local("2026-03-12 10:00");
    let counts = |initiator| {
        let command = move_to(start, initiator, Some(yes_at(now)));
        story.preview(about, &the_therapist(), command, now).expect("moved").reliability.expect("judged").counts
    };
    assert!(counts(Initiator::Therapist));
    assert!(!counts(Initiator::Client));
}

// proves: E-11
#[test]
fn a_therapist_cannot_put_a_move_on_the_practice_nor_a_client_on_the_therapist() {
    let story = Story::booked(Preset::Marketplace);
    let (about, now) = (Some(story.appointment().id), story.start() - hours(72));
    let command = |initiator| move_to(story.local("2026-03-12 10:00"), initiator, Some(yes_at(now)));
    let ask = |asker, initiator| story.preview(about, &asker, command(initiator), now);
    assert_eq!(code(ask(the_therapist(), Initiator::Practice)), "initiator_not_allowed");
    assert_eq!(code(ask(the_client(), Initiator::Therapist)), "initiator_not_allowed");
    ask(an_admin(), Initiator::Practice).expect("the practice may");
    assert_eq!(refused(ask(another_client(), Initiator::Client)).class, Class::NotFound);
}

// proves: V-12, V-15
#[test]
fn a_therapists_move_at_short_notice_owes_a_contact_note_and_the_agreement_shows_that_the_client_knows() {
    let mut story = Story::booked(Preset::Network);
    let now = story.start() - hours(3);
    let wish = move_to(story.local("2026-03-12 10:00"), Initiator::Therapist, Some(yes_at(now)));
    let outcome = story.act(&the_therapist(), wish, now).expect("moved");
    let note = duty(&outcome, ObligationKind::WriteContactNote);
    assert_eq!((note.owner.role, note.due_at), (Role::Therapist, now + hours(24)));
    let inform = duty(&outcome, ObligationKind::InformClient);
    assert!(matches!(&inform.state, ObligationState::Met { .. }), "{:?}", inform.state);
    assert_eq!(story.owed(), [ObligationKind::WriteContactNote]);
    assert!(story.case().closed_at.is_none());

    let mut early = Story::booked(Preset::Network);
    let now = early.start() - hours(72);
    let wish = move_to(early.local("2026-03-12 10:00"), Initiator::Therapist, Some(yes_at(now)));
    early.act(&the_therapist(), wish, now).expect("moved");
    assert_eq!((early.owed(), early.case().closed_at), (vec![], Some(now)), "in good time nothing is left to do");

    let mut asked = Story::booked(Preset::Network);
    let now = asked.start() - hours(3);
    let wish = move_to(asked.local("2026-03-12 10:00"), Initiator::Client, Some(yes_at(now)));
    asked.act(&the_therapist(), wish, now).expect("moved");
    assert_eq!(asked.owed(), [], "what the client asked for disrupts nobody");
}

// proves: G-07
#[test]
fn a_reason_given_for_a_move_must_be_one_of_the_list() {
    let mut story = Story::new(Preset::Marketplace);
    story.set_policy(json!({ "reasons.therapist_training_meeting.enabled": false }));
    let (now, start) = (story.local("2026-03-01 12:00"), story.start());
    story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
    let ask = |reason| {
        let start = story.local("2026-03-12 10:00");
        let wish = Reschedule {
            start,
            initiator: Initiator::Therapist,
            agreement: Some(yes_at(now)),
            reason,
            received_at: None,
        };
        story.preview(Some(story.appointment().id), &the_therapist(), Command::Reschedule(wish), now)
    };
    ask(Some(Reason::TherapistIllness)).expect("on the list");
    assert_eq!(code(ask(None)), "reason_required", "as for calling off");
    assert_eq!(code(ask(Some(Reason::TherapistTrainingMeeting))), "reason_not_allowed", "switched off");
    assert_eq!(code(ask(Some(Reason::ClientIllness))), "reason_not_allowed", "not the therapist's to give");
}

// proves: E-06
#[test]
fn once_begun_only_the_team_may_move_it() {
    let mut story = Story::booked(Preset::Marketplace);
    let (about, start) = (Some(story.appointment().id), story.start());
    let to = story.local("2026-03-12 10:00");
    let ask = |story: &Story, asker, now| {
        story.preview(about, &asker, move_to(to, Initiator::Client, Some(yes_at(now))), now)
    };
    for asker in [the_therapist(), the_client()] {
        let refusal = refused(ask(&story, asker.clone(), start));
        assert_eq!((refusal.code, refusal.class), ("team_only_after_start", Class::Forbidden));
        ask(&story, asker, start - seconds(1)).expect("a second before");
    }
    for member in [an_admin(), support()] {
        ask(&story, member, start + minutes(10)).expect("the team may");
    }
    let end = start + minutes(50);
    story.due(Due::AppointmentEnd, end);
    let command = move_to(to, Initiator::Therapist, Some(yes_at(end)));
    story.act(&an_admin(), command, end + hours(1)).expect("the team may, after its end as well");
    assert_eq!((story.appointment().state.word(), story.appointment().start), ("booked", to));
    assert!(!story.owed().contains(&ObligationKind::AttendanceUpdate), "there is nothing to report on yet");
}

// proves: E-05
#[test]
fn a_new_time_that_is_taken_not_worked_gone_or_the_same_is_refused() {
    let mut story = Story::booked(Preset::Clinic);
    let now = story.start() - hours(72);
    story.run(None, &the_therapist(), book_at(story.start() + hours(2), Some(yes_at(now))), now).expect("another");
    let ask = |wall: &str| {
        let command = move_to(story.local(wall), Initiator::Client, None);
        story.preview(Some(story.appointment().id), &the_client(), command, now)
    };
    assert_eq!(code(ask("2026-03-10 16:00")), "slot_taken");
    assert_eq!(code(ask("2026-03-10 21:00")), "outside_availability");
    assert_eq!(code(ask("2026-03-06 10:00")), "in_the_past");
    assert_eq!(code(ask("2026-03-10 14:00")), "same_time");
}

// proves: G-15
#[test]
fn a_cancelled_appointment_is_not_moved() {
    let mut story = Story::booked(Preset::Clinic);
    let now = story.start() - hours(72);
    story.act(&the_client(), by_client(), now).expect("cancelled");
    let refusal = refused(story.act(&the_client(), move_to(story.start() + hours(1), Initiator::Client, None), now));
    assert_eq!((refusal.code, refusal.class), ("already_cancelled", Class::Conflict));
}
