//! A time is booked: an explicit yes, a policy that stays, both told, both diaries taken.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{MeetingKind, PaymentState, State};
use domain::decide::{Book, Command, JobToWake, OccupancyChange};
use domain::message::{CalendarMethod, MessageKind};
use domain::policy::{Boundary, Preset};
use domain::practice::{AgreementHow, RelationshipState};
use domain::refusal::Class;
use domain::time::Interval;
use serde_json::json;

// proves: H-09, V-16
#[test]
fn a_therapist_books_what_the_client_agreed_to_and_both_get_a_confirmation_with_a_calendar_part() {
    for preset in Preset::ALL {
        let mut story = Story::new(*preset);
        let (now, start) = (story.local("2026-03-01 12:00"), story.start());
        let outcome = story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
        let booked = outcome.appointment.as_ref().expect("an appointment");
        assert_eq!((booked.state.word(), booked.revision, booked.sequence), ("booked", 1, 0));
        assert_eq!((booked.start, booked.end), (start, start + minutes(50)));
        assert_eq!(booked.agreement, yes_at(now), "when and how the client said yes stays on record");
        assert_eq!(booked.price, price(*preset));
        for person in [to_client(), to_therapist()] {
            let notice = told(&outcome, person, MessageKind::Confirmation);
            assert_eq!(notice.calendar, Some(CalendarMethod::Request));
            assert_eq!((notice.appointment, notice.revision), (booked.id, 1));
            assert_eq!(notice.facts.time, Interval::new(start, start + minutes(50)));
        }
        assert_eq!(outcome.notices.len(), 2);
        assert!(outcome.obligations.is_empty() && outcome.disruption.is_none(), "a booking is no disruption");
    }
}

// proves: H-09
#[test]
fn nothing_is_booked_without_a_recorded_yes_and_a_yes_cannot_lie_in_the_future() {
    let story = Story::new(Preset::Marketplace);
    let (now, start) = (story.local("2026-03-01 12:00"), story.start());
    for asker in [the_therapist(), an_admin(), support()] {
        let refusal = refused(story.preview(None, &asker, book_at(start, None), now));
        assert_eq!(
            (refusal.code, refusal.class, refusal.field),
            ("agreement_required", Class::Invalid, Some("agreement"))
        );
        let later = Some(yes_at(now + hours(1)));
        assert_eq!(code(story.preview(None, &asker, book_at(start, later), now)), "agreement_required");
    }
}

// proves: H-05
#[test]
fn a_client_who_books_agrees_by_booking_and_accepts_the_policy_of_that_day() {
    let mut story = Story::new(Preset::Marketplace);
    let (now, start) = (story.local("2026-03-01 12:00"), story.start());
    let outcome = story.run(None, &the_client(), book_at(start, None), now).expect("booked");
    let agreement = outcome.appointment.as_ref().expect("an appointment").agreement;
    assert_eq!((agreement.how, agreement.at), (AgreementHow::Portal, now));
    let accepted = outcome.relationship.expect("a changed relationship").accepted_policy.expect("accepted");
    assert_eq!((accepted.version, accepted.at), (1, now));

    let again = story.run(None, &the_client(), book_at(start + hours(24), None), now).expect("booked");
    assert!(again.relationship.is_none(), "the same version is accepted once");
    story.set_policy(json!({ "client_cancel.notice_hours": 72 }));
    let newer = story.run(None, &the_client(), book_at(start + hours(48), None), now).expect("booked");
    let accepted = newer.relationship.expect("a changed relationship").accepted_policy.expect("accepted");
    assert_eq!(accepted.version, 2, "a new version is accepted anew");
}

// proves: G-02, H-10
#[test]
fn the_cutoff_is_reckoned_once_at_booking_and_said_in_the_confirmation() {
    let expected = [
        (Preset::Network, 24, Boundary::Inclusive),
        (Preset::Insurance, 24, Boundary::Inclusive),
        (Preset::Marketplace, 48, Boundary::Exclusive),
        (Preset::Clinic, 24, Boundary::Inclusive),
    ];
    for (preset, notice, boundary) in expected {
        let story = Story::booked(preset);
        let policy = story.appointment().policy;
        assert_eq!((policy.preset, policy.version), (preset, 1));
        assert_eq!((policy.cutoff, policy.boundary), (story.start() - hours(notice), boundary));
        assert_eq!(policy.cutoff_floor, None);
        assert!(story.notices.iter().all(|notice| notice.facts.free_until == Some(policy.cutoff)));
    }
}

// proves: G-02
#[test]
fn the_cutoff_counts_elapsed_hours_across_the_change_of_the_clocks() {
    let mut story = Story::new(Preset::Insurance);
    let now = story.local("2026-02-20 12:00");
    story.set_policy(json!({ "client_cancel.notice_hours": 48 }));
    // New York's clocks skip an hour on Sunday the 8th: 48 hours before Monday 10:00 it is Saturday 09:00 there.
    let start = story.local("2026-03-09 10:00");
    story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
    assert_eq!(story.appointment().policy.cutoff, story.local("2026-03-07 09:00"));
}

// proves: H-06, H-10
#[test]
fn payment_is_planned_for_the_moment_that_each_preset_names() {
    let due = |preset: Preset| {
        let story = Story::booked(preset);
        let payment = story.appointment().payment;
        let woken = story.wakes.values().find(|(job, _)| matches!(job, JobToWake::Capture(_))).map(|(_, at)| *at);
        assert_eq!(woken, payment.due_at, "the clock is set for it");
        assert!(story.ledger.is_empty(), "a plan is no entry");
        (payment.state, payment.due_at.map(|at| at - story.start()))
    };
    assert_eq!(due(Preset::Network), (PaymentState::None, None));
    assert_eq!(due(Preset::Insurance), (PaymentState::Planned, Some(minutes(50))));
    assert_eq!(due(Preset::Marketplace), (PaymentState::Planned, Some(hours(-48))));
    assert_eq!(due(Preset::Clinic), (PaymentState::Planned, Some(minutes(0))));
}

// proves: H-03
#[test]
fn a_booking_takes_both_diaries_with_the_therapists_buffer_and_sets_the_clock_of_its_end() {
    let mut story = Story::new(Preset::Clinic);
    let (now, start) = (story.local("2026-03-01 12:00"), story.start());
    let wish = Book { start, kind: MeetingKind::InPerson, agreement: Some(yes_at(now)) };
    let outcome = story.run(None, &the_therapist(), Command::Book(wish), now).expect("booked");
    let id = story.appointment().id;
    let with_buffer = Interval::new(start, start + minutes(60));
    let without = Interval::new(start, start + minutes(50));
    let expected =
        [OccupancyChange::Take(to_therapist(), id, with_buffer), OccupancyChange::Take(to_client(), id, without)];
    assert_eq!(outcome.occupancy, expected);
    let end = outcome.wakes.iter().find(|wake| wake.job == JobToWake::AppointmentEnd(id)).expect("a clock");
    let reminder = start - hours(72);
    assert!(
        end.at.is_some_and(|at| reminder - minutes(15) <= at && at <= reminder),
        "on the way to its end they are reminded"
    );
    // The kept free time refuses the next grid start that it reaches, and frees the one after.
    let next = |wall| Book { start: story.local(wall), kind: MeetingKind::Video, agreement: Some(yes_at(now)) };
    let half_past = story.preview(None, &the_therapist(), Command::Book(next("2026-03-10 14:30")), now);
    assert_eq!(code(half_past), "slot_taken");
    story.preview(None, &the_therapist(), Command::Book(next("2026-03-10 15:00")), now).expect("free");
}

// proves: H-09
#[test]
fn a_time_that_is_gone_taken_or_not_worked_is_refused_with_its_own_word() {
    let story = Story::booked(Preset::Network);
    let now = story.local("2026-03-02 12:00");
    let ask = |wall: &str| story.preview(None, &the_therapist(), book_at(story.local(wall), Some(yes_at(now))), now);
    let taken = refused(ask("2026-03-10 14:00"));
    assert_eq!((taken.code, taken.class, taken.field), ("slot_taken", Class::Conflict, Some("start")));
    assert_eq!(code(ask("2026-03-10 13:30")), "slot_taken", "the end reaches into it");
    let closed = refused(ask("2026-03-10 21:00"));
    assert_eq!((closed.code, closed.class), ("outside_availability", Class::Invalid));
    assert_eq!(code(ask("2026-03-14 10:00")), "outside_availability", "a Saturday");
    assert_eq!(code(ask("2026-03-10 19:30")), "outside_availability", "it would end after hours");
    assert_eq!(code(ask("2026-03-02 11:00")), "in_the_past");
    let phone = Book { start: story.local("2026-03-11 10:00"), kind: MeetingKind::Phone, agreement: Some(yes_at(now)) };
    assert_eq!(code(story.preview(None, &the_therapist(), Command::Book(phone), now)), "kind_not_offered");
}

// proves: H-09
#[test]
fn a_client_cannot_be_in_two_places() {
    let mut story = Story::new(Preset::Network);
    let (now, start) = (story.local("2026-03-01 12:00"), story.start());
    let elsewhere = Interval::new(start + minutes(30), start + minutes(80));
    story.occupancy.push((to_client(), "apt_elsewhere".into(), elsewhere, None));
    assert_eq!(code(story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now)), "slot_taken");
}

// proves: H-14
#[test]
fn where_two_people_no_longer_work_together_nothing_is_booked() {
    for state in [RelationshipState::Ended, RelationshipState::Paused] {
        let mut story = Story::new(Preset::Marketplace);
        story.base.relationship.state = state;
        let (now, start) = (story.local("2026-03-01 12:00"), story.start());
        let refusal = refused(story.run(None, &the_client(), book_at(start, None), now));
        assert_eq!((refusal.code, refusal.class), ("relationship_not_active", Class::Conflict));
    }
}

// proves: H-08
#[test]
fn the_least_notice_for_booking_binds_clients_and_not_the_therapist_who_has_their_yes() {
    let story = Story::new(Preset::Marketplace);
    let (start, soon) = (story.start(), story.start() - minutes(90));
    assert_eq!(code(story.preview(None, &the_client(), book_at(start, None), soon)), "outside_availability");
    story.preview(None, &the_client(), book_at(start, None), start - hours(2)).expect("two hours are enough");
    story.preview(None, &the_therapist(), book_at(start, Some(yes_at(soon))), soon).expect("agreed just now");
}

// proves: H-05
#[test]
fn a_later_change_of_the_policy_does_not_touch_what_is_booked() {
    let mut story = Story::booked(Preset::Insurance);
    let before = story.appointment().clone();
    story.set_policy(json!({ "client_cancel.notice_hours": 72, "client_cancel.boundary": "exclusive" }));
    let (exactly, now) = (before.start - hours(24), before.start - hours(24));
    let outcome = story.act(&the_client(), by_client(), now).expect("the old notice holds");
    let ended = outcome.appointment.expect("an appointment");
    let State::Cancelled(how) = &ended.state else { panic!("cancelled") };
    assert!(!how.late, "exactly 24 hours at {exactly}");
    assert_eq!(ended.policy, before.policy);
}

// proves: A-11
#[test]
fn booking_by_the_link_answers_the_open_case_and_may_take_a_time_that_was_held_for_this_client() {
    let mut story = Story::booked(Preset::Network);
    let now = story.local("2026-03-09 12:00");
    let (held, other) = (story.local("2026-03-12 10:00"), story.local("2026-03-12 12:00"));
    story.act(&the_therapist(), by_therapist(offering(&[held, other])), now).expect("cancelled");
    let later = now + hours(2);
    let outcome = story.run(None, &the_client(), book_at(held, None), later).expect("the time was held for them");
    assert_eq!(outcome.offers[0].state.word(), "withdrawn");
    assert_eq!(story.owed(), []);
    assert_eq!(story.case().closed_at, Some(later), "nothing is owed any more");
    let free = story.occupancy.iter().all(|taken| taken.2.from != other);
    assert!(free, "the other held time is free again");
}

// proves: H-09
#[test]
fn a_new_appointment_has_an_id_of_its_own_from_the_command() {
    let mut story = Story::booked(Preset::Clinic);
    let now = story.local("2026-03-01 12:00");
    let start = story.start() + hours(24);
    let asked = story.preview(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("free");
    let booked = story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
    assert_eq!(asked.appointment, booked.appointment, "the preview names the same");
    assert_ne!(story.appointments[0].id, story.appointments[1].id);
    assert_ne!(story.appointment().uid(), story.latest().uid());
}
