//! A client calls it off, alone or through somebody who types it in: notice decides, judged by when their word arrived.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{Cancellation, Initiator, PaymentState, State};
use domain::decide::{Cancel, Command, Due, NextStep, Outcome};
use domain::ledger::EntryKind;
use domain::message::{LinkTo, MessageKind};
use domain::money::Money;
use domain::obligation::ObligationKind;
use domain::policy::Preset;
use domain::reason::Reason;
use domain::refusal::Class;
use domain::time::Instant;
use serde_json::json;

fn how(outcome: &Outcome) -> Cancellation {
    match &outcome.appointment.as_ref().expect("an appointment").state {
        State::Cancelled(how) => how.clone(),
        other => panic!("{other:?}"),
    }
}

fn entries(outcome: &Outcome) -> Vec<(EntryKind, i64)> {
    outcome.ledger.iter().map(|entry| (entry.kind, entry.amount.amount_minor)).collect()
}

// proves: G-02, G-03, G-04
#[test]
fn insurance_lets_a_client_cancel_at_24_hours_to_the_second_and_names_whom_to_contact_after() {
    let story = Story::booked(Preset::Insurance);
    let (about, start) = (Some(story.appointment().id), story.start());
    let exactly = story.preview(about, &the_client(), by_client(), start - hours(24)).expect("exactly 24 hours");
    assert!(!how(&exactly).late && exactly.ledger.is_empty());
    assert_eq!(told(&exactly, to_client(), MessageKind::Cancellation).facts.fee, None);

    let refusal = refused(story.preview(about, &the_client(), by_client(), start - hours(24) + seconds(1)));
    assert_eq!((refusal.code, refusal.class), ("inside_notice_window", Class::Forbidden));
    let contact = refusal.contact.expect("whom to contact");
    assert_eq!((contact.therapist.as_str(), contact.phone.as_str()), ("Ruth Okafor", "0333 222 0710"));
    assert_eq!(contact.fee, Some(Money::new(4000, price(Preset::Insurance).currency)), "the therapist's own fee");
    assert!(refusal.detail.contains("Ruth"), "{}", refusal.detail);
}

// proves: G-04
#[test]
fn a_therapists_fee_never_goes_above_the_practices_cap_and_none_set_is_none() {
    let fee = |own: Option<i64>| {
        let mut story = Story::new(Preset::Insurance);
        let currency = price(Preset::Insurance).currency;
        story.base.therapist.late_cancel_fee = own.map(|amount| Money::new(amount, currency));
        let (now, start) = (story.local("2026-03-01 12:00"), story.start());
        story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
        let refusal = refused(story.act(&the_client(), by_client(), start - hours(2)));
        refusal.contact.expect("whom to contact").fee.map(|fee| fee.amount_minor)
    };
    assert_eq!(fee(Some(30_000)), Some(20_000));
    assert_eq!(fee(None), None);
}

// proves: A-20
#[test]
fn a_clinic_refuses_inside_the_window_and_expects_the_price() {
    let story = Story::booked(Preset::Clinic);
    let (about, start) = (Some(story.appointment().id), story.start());
    story.preview(about, &the_client(), by_client(), start - hours(24)).expect("in time");
    let refusal = refused(story.preview(about, &the_client(), by_client(), start - hours(24) + seconds(1)));
    assert_eq!(refusal.code, "inside_notice_window");
    assert_eq!(refusal.contact.expect("whom to contact").fee, Some(price(Preset::Clinic)));
}

// proves: V-17
#[test]
fn a_networks_clients_contact_the_therapist_at_any_notice_and_pay_no_fee() {
    let mut story = Story::booked(Preset::Network);
    let (about, start) = (Some(story.appointment().id), story.start());
    for before in [hours(200), hours(1)] {
        let refusal = refused(story.preview(about, &the_client(), by_client(), start - before));
        assert_eq!((refusal.code, refusal.class), ("contact_only", Class::Forbidden));
        let contact = refusal.contact.expect("whom to contact");
        assert_eq!((contact.email.as_str(), contact.fee), ("help@example.org", None));
    }
    let outcome = story.act(&the_therapist(), by_client(), start - hours(1)).expect("typed in for them");
    assert!(how(&outcome).late && outcome.ledger.is_empty(), "late, and free");
    assert_eq!(story.appointment().payment.state, PaymentState::None);
}

// proves: H-10
#[test]
fn the_marketplace_takes_the_payment_at_exactly_48_hours_and_not_a_second_earlier() {
    let in_time = |before_start| {
        let mut story = Story::booked(Preset::Marketplace);
        let now = story.start() - before_start;
        let outcome = story.act(&the_client(), by_client(), now).expect("a client may always cancel here");
        (how(&outcome).late, entries(&outcome), story)
    };
    let (late, posted, story) = in_time(seconds(48 * 3600 + 1));
    assert!(!late && posted.is_empty());
    assert_eq!((story.appointment().payment.state, story.appointment().payment.due_at), (PaymentState::None, None));
    assert!(!story.wakes.values().any(|(job, _)| format!("{job:?}").starts_with("Capture")), "no clock is left");

    let (late, _, mut story) = in_time(hours(48));
    assert!(late);
    let at_cutoff = story.start() - hours(48);
    story.due(Due::Capture, at_cutoff);
    assert_eq!(story.appointment().payment.state, PaymentState::Captured, "the payment is processed");
    let kinds: Vec<_> = story.ledger.iter().map(|entry| (entry.kind, entry.amount.amount_minor)).collect();
    assert_eq!(kinds, [(EntryKind::Charge, 6500), (EntryKind::Payment, -6500)], "what is taken was owed");
    assert_eq!(story.balance(), 0);
}

// proves: H-10
#[test]
fn with_the_boundary_inclusive_exactly_48_hours_is_in_time() {
    let mut story = Story::new(Preset::Marketplace);
    story.set_policy(json!({ "client_cancel.boundary": "inclusive" }));
    let (now, start) = (story.local("2026-03-01 12:00"), story.start());
    story.run(None, &the_client(), book_at(start, None), now).expect("booked");
    assert!(
        !how(&story.preview(Some(story.appointment().id), &the_client(), by_client(), start - hours(48)).expect("ok"))
            .late
    );
    let outcome =
        story.preview(Some(story.appointment().id), &the_client(), by_client(), start - hours(48) + seconds(1));
    assert!(how(&outcome.expect("ok")).late);
}

// proves: H-10
#[test]
fn a_late_cancellation_of_what_was_paid_costs_the_price_and_nothing_on_top() {
    let mut story = Story::booked(Preset::Marketplace);
    let cutoff = story.start() - hours(48);
    story.due(Due::Capture, cutoff);
    let outcome = story.act(&the_client(), by_client(), cutoff + hours(10)).expect("cancelled");
    assert!(how(&outcome).late && outcome.ledger.is_empty());
    assert_eq!(story.appointment().payment.state, PaymentState::Captured);
    assert_eq!(told(&outcome, to_client(), MessageKind::Cancellation).facts.fee, Some(price(Preset::Marketplace)));
    let rules: Vec<_> = outcome.because.iter().map(|rule| rule.rule).collect();
    assert!(rules.contains(&"payment.stands"), "{rules:?}");
}

// proves: A-20, G-04
#[test]
fn a_late_word_that_somebody_types_in_costs_the_late_fee_and_no_charge_of_the_price() {
    for (preset, fee) in [(Preset::Insurance, 4000), (Preset::Clinic, 6500)] {
        let mut story = Story::booked(preset);
        let now = story.start() - hours(2);
        let outcome = story.act(&the_therapist(), by_client(), now).expect("typed in");
        assert_eq!(entries(&outcome), [(EntryKind::LateFee, fee)], "{preset}");
        assert_eq!(story.balance(), fee);
        story.due(Due::Capture, now);
        assert_eq!(story.appointment().payment.state, PaymentState::Captured);
        assert_eq!(story.balance(), 0, "the fee was taken once");
    }
}

// proves: G-02, V-13
#[test]
fn what_counts_is_when_the_clients_word_arrived_not_when_it_was_typed_in() {
    let story = Story::booked(Preset::Insurance);
    let (about, start) = (Some(story.appointment().id), story.start());
    let cutoff = start - hours(24);
    let typed = |received, now| story.preview(about, &the_therapist(), by_client_received(received), now);
    let in_time = how(&typed(cutoff, start - hours(1)).expect("typed in later"));
    assert!(!in_time.late);
    assert_eq!((in_time.received_at, in_time.recorded_at), (cutoff, start - hours(1)), "both are kept");
    assert!(how(&typed(cutoff + seconds(1), start - hours(1)).expect("typed in later")).late);
    assert_eq!(code(typed(start - hours(1), start - hours(2))), "in_the_future");
}

// proves: G-02
#[test]
fn a_word_that_came_before_the_start_still_counts_when_typed_in_after_it() {
    let mut story = Story::booked(Preset::Clinic);
    let start = story.start();
    let (about, received) = (Some(story.appointment().id), start - hours(30));
    for now in [start, start + minutes(20)] {
        let outcome = story.preview(about, &the_therapist(), by_client_received(received), now).expect("typed in late");
        assert!(!how(&outcome).late);
        let refusal = refused(story.preview(about, &the_therapist(), by_client_received(start), now));
        assert_eq!(refusal.code, "already_over", "it came at the start");
    }
    let end = start + minutes(50);
    story.due(Due::AppointmentEnd, end);
    assert_eq!(story.appointment().state, State::AwaitingUpdate);
    assert_eq!(story.owed(), [ObligationKind::AttendanceUpdate]);
    story.act(&the_therapist(), by_client_received(received), end + hours(1)).expect("typed in after the end");
    assert_eq!(story.appointment().state.word(), "cancelled_by_client");
    assert_eq!(story.owed(), [], "nobody waits for an attendance update any more");
}

// proves: G-02, G-03
#[test]
fn a_client_who_acts_alone_is_judged_by_our_clock() {
    let story = Story::booked(Preset::Marketplace);
    let (about, start) = (Some(story.appointment().id), story.start());
    let backdated = by_client_received(start - hours(100));
    let outcome = story.preview(about, &the_client(), backdated.clone(), start - hours(1)).expect("cancelled");
    assert!(how(&outcome).late, "what they say of when is not evidence");
    assert_eq!(code(story.preview(about, &the_client(), backdated, start)), "already_over");
    assert_eq!(code(story.preview(about, &the_client(), by_client(), start)), "already_over");
}

// proves: G-10
#[test]
fn a_clients_cancellation_owes_nobody_anything_and_its_case_closes_at_once() {
    for preset in [Preset::Insurance, Preset::Marketplace, Preset::Clinic] {
        let mut story = Story::booked(preset);
        let now = story.start() - hours(72);
        let outcome = story.act(&the_client(), by_client(), now).expect("cancelled");
        assert!(outcome.obligations.is_empty());
        let case = outcome.disruption.as_ref().expect("a case");
        assert_eq!((case.kind.as_str(), case.closed_at, &case.fault), ("cancelled_by_client", Some(now), &None));
        assert!(!outcome.reliability.as_ref().expect("judged").counts);
        told(&outcome, to_therapist(), MessageKind::Cancellation);
        assert_eq!(told(&outcome, to_client(), MessageKind::Cancellation).link, Some(LinkTo::Booking(RELATIONSHIP)));
    }
}

// proves: G-07, G-11
#[test]
fn a_client_need_not_say_why_and_if_they_do_the_reason_decides_about_the_link() {
    let story = Story::booked(Preset::Marketplace);
    let (about, now) = (Some(story.appointment().id), story.start() - hours(72));
    let ask = |reason| {
        let wish = Cancel { reason: Some(reason), ..call_off(Initiator::Client, NextStep::default()) };
        story.preview(about, &the_client(), Command::Cancel(wish), now)
    };
    let link = |reason| told(&ask(reason).expect("cancelled"), to_client(), MessageKind::Cancellation).link;
    assert_eq!(link(Reason::ClientIllness), Some(LinkTo::Booking(RELATIONSHIP)));
    assert_eq!(link(Reason::ClientMoved), None);
    assert_eq!(code(ask(Reason::TherapistIllness)), "reason_not_allowed");
}

// proves: H-03
#[test]
fn a_client_cannot_hold_the_therapists_times_or_promise_in_the_therapists_name() {
    let story = Story::booked(Preset::Marketplace);
    let (about, now): (_, Instant) = (Some(story.appointment().id), story.start() - hours(72));
    let slot = story.local("2026-03-12 10:00");
    for step in [offering(&[slot]), promising(now + hours(5))] {
        let wish = Command::Cancel(call_off(Initiator::Client, step));
        assert_eq!(code(story.preview(about, &the_client(), wish.clone(), now)), "next_step_not_allowed");
        story.preview(about, &the_therapist(), wish, now).expect("the therapist may offer and promise");
    }
    let rebooked = Command::Cancel(call_off(Initiator::Client, booking_now(slot, yes_at(now))));
    story.preview(about, &the_client(), rebooked, now).expect("they may take another time in the same step");
}
