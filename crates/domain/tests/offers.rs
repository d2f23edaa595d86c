//! Times offered in place of an appointment: held while the offer lives, one accept wins, and the payment follows.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{Initiator, PaymentState, State};
use domain::decide::{Command, Due, JobToWake, NextStep, OccupancyChange};
use domain::message::{CalendarMethod, MessageKind};
use domain::obligation::{ObligationKind, ObligationState};
use domain::policy::Preset;
use domain::refusal::Class;
use domain::time::Instant;

/// Called off three hours before, with two times on Thursday held for the client.
fn offered(preset: Preset) -> (Story, Instant, [Instant; 2]) {
    let mut story = Story::booked(preset);
    let now = story.start() - hours(3);
    let slots = [story.local("2026-03-12 10:00"), story.local("2026-03-12 12:00")];
    story.act(&the_therapist(), by_therapist(offering(&slots)), now).expect("cancelled");
    (story, now, slots)
}

// proves: V-07, E-02
#[test]
fn taking_an_offered_time_makes_a_new_appointment_that_replaces_the_old_one() {
    for preset in Preset::ALL {
        let (mut story, now, slots) = offered(*preset);
        let later = now + hours(1);
        let outcome = story.act(&the_client(), Command::Accept { start: slots[1] }, later).expect("taken");
        let booked = outcome.booked.as_ref().expect("a new appointment");
        let ended = story.appointment();
        assert_eq!((booked.replaces, booked.start), (Some(ended.id), slots[1]));
        assert_eq!((booked.revision, booked.sequence, &booked.state), (1, 0, &State::Booked));
        assert_ne!((booked.id, booked.uid()), (ended.id, ended.uid()), "another id and another UID");
        assert_eq!(ended.state.word(), "cancelled_by_therapist", "the old one stays as it was");
        assert_eq!(booked.policy.cutoff_floor, None);
        assert_eq!(story.offer().state.word(), "accepted");
        for person in [to_client(), to_therapist()] {
            let notice = told(&outcome, person, MessageKind::Confirmation);
            assert_eq!((notice.appointment, notice.calendar), (booked.id, Some(CalendarMethod::Request)));
        }
        assert_eq!(story.owed(), [ObligationKind::WriteContactNote], "they know, and they have their time");
    }
}

// proves: V-07
#[test]
fn taking_one_time_frees_the_others_and_takes_the_offers_clock_off_the_list() {
    let (mut story, now, slots) = offered(Preset::Clinic);
    let outcome = story.act(&the_client(), Command::Accept { start: slots[0] }, now + hours(1)).expect("taken");
    assert_eq!(outcome.occupancy[0], OccupancyChange::ReleaseOffer(story.offer().id), "freed before it is taken");
    assert!(story.occupancy.iter().all(|taken| taken.3.is_none()), "nothing is held any more");
    assert!(!story.wakes.values().any(|(job, _)| *job == JobToWake::OfferExpiry(story.offer().id)));
    let start = slots[1];
    let yes = Some(yes_at(now));
    story.run(None, &the_therapist(), book_at(start, yes), now + hours(1)).expect("the other time is free");
}

// proves: V-07
#[test]
fn an_answer_comes_in_time_and_once() {
    let (story, now, slots) = offered(Preset::Network);
    let about = Some(story.appointment().id);
    let accept = |story: &Story, at| story.preview(about, &the_client(), Command::Accept { start: slots[0] }, at);
    let last = now + hours(24);
    accept(&story, last - seconds(1)).expect("a second before it ends");
    let refusal = refused(accept(&story, last));
    assert_eq!((refusal.code, refusal.class), ("offer_expired", Class::Conflict));
    assert_eq!(code(story.preview(about, &the_client(), Command::Decline { refund: false }, last)), "offer_expired");

    let other = story.preview(about, &the_client(), Command::Accept { start: slots[0] + hours(1) }, now);
    assert_eq!(code(other), "not_offered");

    let mut taken = story.clone();
    taken.act(&the_client(), Command::Accept { start: slots[0] }, now + hours(1)).expect("taken");
    assert_eq!(code(accept(&taken, now + hours(2))), "already_answered");
    let mut refused_all = story.clone();
    refused_all.act(&the_client(), Command::Decline { refund: false }, now + hours(1)).expect("declined");
    assert_eq!(code(accept(&refused_all, now + hours(2))), "already_answered");
    let mut lapsed = story.clone();
    lapsed.due(Due::OfferExpiry, last);
    assert_eq!(code(accept(&lapsed, last)), "offer_expired");
}

// proves: V-07
#[test]
fn an_offered_time_that_has_gone_by_cannot_be_taken_though_a_later_one_still_can() {
    let mut story = Story::booked(Preset::Network);
    let now = story.local("2026-03-10 09:00");
    let slots = [story.local("2026-03-10 11:00"), story.local("2026-03-12 12:00")];
    story.act(&the_therapist(), by_therapist(offering(&slots)), now).expect("cancelled");
    let noon = story.local("2026-03-10 12:00");
    let answer = story.preview(Some(story.appointment().id), &the_client(), Command::Accept { start: slots[0] }, noon);
    assert_eq!(code(answer), "offer_expired");
    story.act(&the_client(), Command::Accept { start: slots[1] }, noon).expect("Thursday is still held");
}

// proves: V-07
#[test]
fn an_offer_never_outlives_its_last_time() {
    let mut story = Story::booked(Preset::Network);
    let now = story.local("2026-03-10 09:00");
    let slots = [story.local("2026-03-10 16:00"), story.local("2026-03-10 11:00")];
    story.act(&the_therapist(), by_therapist(offering(&slots)), now).expect("cancelled");
    assert_eq!(story.offer().expires_at, slots[0]);
    assert_eq!(story.offer().slots[0].from, slots[1], "in the order of time");
}

// proves: V-07
#[test]
fn a_time_that_the_client_has_filled_otherwise_is_refused_at_the_last_moment() {
    let (mut story, now, slots) = offered(Preset::Network);
    let elsewhere = domain::time::Interval::new(slots[0] - minutes(20), slots[0] + minutes(30));
    story.occupancy.push((to_client(), "apt_elsewhere".into(), elsewhere, None));
    assert_eq!(code(story.act(&the_client(), Command::Accept { start: slots[0] }, now + hours(1))), "slot_taken");
}

// proves: V-07, V-08
#[test]
fn when_an_offer_ends_unanswered_its_times_are_free_and_the_next_step_has_a_day_more() {
    let (mut story, now, _) = offered(Preset::Network);
    let early = story.due(Due::OfferExpiry, now + hours(23));
    assert!(early.record.word.is_empty() && early.offers.is_empty(), "not yet");
    let ends = now + hours(24);
    let outcome = story.due(Due::OfferExpiry, ends);
    assert_eq!(outcome.record.word, "offer_expired");
    assert_eq!(outcome.occupancy, [OccupancyChange::ReleaseOffer(story.offer().id)]);
    let next = story.of_kind(ObligationKind::NextStep);
    assert!(next.is_owed());
    assert_eq!(next.due_at, ends + hours(24));
    assert!(story.case().closed_at.is_none());
    let again = story.due(Due::OfferExpiry, ends);
    assert!(again.record.word.is_empty(), "a second look does nothing");
}

// proves: E-02
#[test]
fn declining_meets_the_next_step_and_tells_the_therapist() {
    let (mut story, now, _) = offered(Preset::Clinic);
    let outcome = story.act(&the_client(), Command::Decline { refund: false }, now + hours(1)).expect("declined");
    assert!(matches!(story.of_kind(ObligationKind::NextStep).state, ObligationState::Met { .. }));
    assert!(matches!(story.of_kind(ObligationKind::InformClient).state, ObligationState::Met { .. }));
    assert_eq!(outcome.notices.iter().map(|notice| notice.to).collect::<Vec<_>>(), [to_therapist()]);
    assert!(!story.occupancy.iter().any(|taken| taken.3.is_some()));
}

// proves: V-08
#[test]
fn a_client_who_wants_none_of_the_times_is_still_owed_the_promise() {
    let mut story = Story::booked(Preset::Network);
    let now = story.start() - hours(30);
    let by = story.local("2026-03-11 12:00");
    let step = NextStep { promise_contact_by: Some(by), ..offering(&[story.local("2026-03-12 10:00")]) };
    story.act(&the_therapist(), by_therapist(step), now).expect("cancelled");
    let mut taken = story.clone();
    story.act(&the_client(), Command::Decline { refund: false }, now + hours(1)).expect("declined");
    assert_eq!(story.owed(), [ObligationKind::KeepPromise]);
    assert!(story.case().closed_at.is_none());
    let start = taken.offer().slots[0].from;
    taken.act(&the_client(), Command::Accept { start }, now + hours(1)).expect("taken");
    assert_eq!(taken.owed(), [], "whoever has a time needs no call about one");
}

// proves: V-16
#[test]
fn a_case_is_closed_as_rescheduled_once_nothing_is_owed() {
    let mut story = Story::booked(Preset::Network);
    let now = story.start() - hours(30);
    let slot = story.local("2026-03-12 10:00");
    story.act(&the_therapist(), by_therapist(offering(&[slot])), now).expect("cancelled");
    assert_eq!(story.case().closed_at, None);
    let later = now + hours(2);
    story.act(&the_client(), Command::Accept { start: slot }, later).expect("taken");
    assert_eq!((story.case().closed_at, story.case().outcome.as_deref()), (Some(later), Some("rescheduled")));
}

// proves: H-10
#[test]
fn a_late_cancellation_of_the_clients_own_keeps_its_price_whatever_is_offered_after() {
    let late = |answer: fn(Instant) -> Command| {
        let mut story = Story::booked(Preset::Marketplace);
        let now = story.start() - hours(3);
        story.due(Due::Capture, story.start() - hours(48));
        let slot = story.local("2026-03-12 10:00");
        let wish = Command::Cancel(call_off(Initiator::Client, offering(&[slot])));
        story.act(&the_therapist(), wish, now).expect("typed in, with a time offered");
        story.act(&the_client(), answer(slot), now + hours(1)).expect("answered");
        story
    };
    let asked_back = late(|_| Command::Decline { refund: true });
    assert_eq!(asked_back.appointment().payment.state, PaymentState::Captured);
    assert_eq!(asked_back.balance(), 0, "nothing goes back by itself");
    let rebooked = late(|start| Command::Accept { start });
    assert_eq!(rebooked.appointment().payment.state, PaymentState::Captured);
    assert_eq!(rebooked.latest().payment.state, PaymentState::Planned, "the new time has a price of its own");
}
