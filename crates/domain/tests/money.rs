//! Money follows fault and notice: taken once, given back by choice, carried to a new time, never lost and never doubled.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{Initiator, PaymentState};
use domain::decide::{Cancel, Command, Due, JobToWake, NextStep, Outcome};
use domain::ledger::EntryKind;
use domain::message::MessageKind;
use domain::obligation::ObligationKind;
use domain::policy::Preset;
use domain::time::Instant;
use serde_json::json;

/// Paid at the cutoff; then the therapist calls it off three hours before, with that way on.
fn paid_then_called_off(new_client: bool, step: impl Fn(&Story) -> NextStep) -> (Story, Instant, Outcome) {
    let mut story =
        if new_client { Story::new_client(Preset::Marketplace) } else { Story::booked(Preset::Marketplace) };
    story.due(Due::Capture, story.start() - hours(48));
    assert_eq!((story.appointment().payment.state, story.balance()), (PaymentState::Captured, 0));
    let now = story.start() - hours(3);
    let step = step(&story);
    let outcome = story.act(&the_therapist(), by_therapist(step), now).expect("cancelled");
    (story, now, outcome)
}

fn thursday(story: &Story) -> NextStep {
    offering(&[story.local("2026-03-12 10:00"), story.local("2026-03-12 12:00")])
}

fn of_kind(story: &Story, kind: EntryKind) -> Vec<i64> {
    story.ledger.iter().filter(|entry| entry.kind == kind).map(|entry| entry.amount.amount_minor).collect()
}

// proves: H-06, H-10
#[test]
fn a_payment_is_taken_once_at_its_moment_and_the_account_says_so() {
    let mut story = Story::booked(Preset::Marketplace);
    let due = story.start() - hours(48);
    let early = story.due(Due::Capture, due - seconds(1));
    assert!(early.record.word.is_empty() && early.ledger.is_empty());
    let outcome = story.due(Due::Capture, due);
    assert_eq!(outcome.record.word, "payment_taken");
    assert_eq!((story.appointment().revision, story.appointment().sequence), (2, 0));
    assert_eq!((of_kind(&story, EntryKind::Charge), of_kind(&story, EntryKind::Payment)), (vec![6500], vec![-6500]));
    assert!(story.due(Due::Capture, due + hours(1)).ledger.is_empty(), "never twice");
}

// proves: E-02
#[test]
fn a_paid_client_whom_the_therapist_cancels_on_asks_for_the_money_and_it_is_due_to_them() {
    let (mut story, now, outcome) = paid_then_called_off(false, thursday);
    assert!(outcome.ledger.is_empty(), "they have not chosen yet");
    let facts = &told(&outcome, to_client(), MessageKind::Cancellation).facts;
    assert_eq!((facts.paid, facts.fee), (Some(price(Preset::Marketplace)), None), "told what stands to their good");
    let outcome = story.act(&the_client(), Command::Decline { refund: true }, now + hours(1)).expect("declined");
    assert_eq!(story.appointment().payment.state, PaymentState::RefundDue);
    assert_eq!((of_kind(&story, EntryKind::Credit), story.balance()), (vec![-6500], -6500));
    let notice = told(&outcome, to_therapist(), MessageKind::Refund);
    assert_eq!(notice.revision, story.appointment().revision, "it tells the appointment as it is now");
}

// proves: E-02, E-07
#[test]
fn the_clients_wish_for_the_money_may_be_noted_when_cancelling_and_is_paid_once() {
    let (mut story, now, outcome) = paid_then_called_off(false, |_| with_refund());
    assert_eq!(story.appointment().payment.state, PaymentState::RefundDue);
    assert_eq!(of_kind(&story, EntryKind::Credit), [-6500]);
    assert!(!duty(&outcome, ObligationKind::NextStep).is_owed(), "that was their way on");
    story.due(Due::RefundChoice, now + hours(24));
    assert_eq!(story.balance(), -6500, "not a second time");
}

// proves: E-02
#[test]
fn with_no_answer_while_the_offer_lives_the_money_goes_back_by_itself() {
    let (mut story, now, _) = paid_then_called_off(false, thursday);
    let outcome = story.due(Due::OfferExpiry, now + hours(24));
    assert_eq!(outcome.ledger.len(), 1);
    assert_eq!((story.appointment().payment.state, story.balance()), (PaymentState::RefundDue, -6500));
}

// proves: E-02
#[test]
fn without_an_offer_the_choice_is_open_as_long_as_one_would_have_lived() {
    for step in [with_link(), promising(utc("2026-03-11T12:00:00Z"))] {
        let (mut story, now, outcome) = paid_then_called_off(false, |_| step.clone());
        let choice = JobToWake::RefundChoice(story.appointment().id);
        let wake = outcome.wakes.iter().find(|wake| wake.job == choice).expect("a clock");
        assert_eq!(wake.at, Some(now + hours(24)));
        let outcome = story.due(Due::RefundChoice, now + hours(24));
        assert_eq!(outcome.record.word, "refund_due");
        assert_eq!(story.appointment().payment.state, PaymentState::RefundDue);
    }
}

// proves: E-02
#[test]
fn money_is_never_forgotten_when_the_client_declines_without_a_word_about_it_or_books_at_another_price() {
    let by_clock = |story: &mut Story, now: Instant| {
        let choice = format!("{:?}", JobToWake::RefundChoice(story.appointment().id));
        let at = story.wakes.get(&choice).map(|(_, at)| *at).expect("a clock is left for the money");
        assert_eq!(at, now + hours(24));
        story.due(Due::RefundChoice, at);
        assert_eq!(story.appointment().payment.state, PaymentState::RefundDue);
    };
    let (mut declined, now, _) = paid_then_called_off(false, thursday);
    declined.act(&the_client(), Command::Decline { refund: false }, now + hours(1)).expect("declined");
    by_clock(&mut declined, now);

    let (mut elsewhere, now, _) = paid_then_called_off(false, thursday);
    elsewhere.base.therapist.schedule.kinds.values_mut().for_each(|setup| setup.price.amount_minor = 8000);
    let start = elsewhere.local("2026-03-19 10:00");
    elsewhere.run(None, &the_client(), book_at(start, None), now + hours(1)).expect("booked from the link");
    by_clock(&mut elsewhere, now);
}

// proves: E-02
#[test]
fn the_payment_follows_to_a_time_of_the_same_price_that_the_client_books_from_the_link() {
    for step in [thursday as fn(&Story) -> NextStep, |_| with_link()] {
        let (mut story, now, _) = paid_then_called_off(false, step);
        let start = story.local("2026-03-19 10:00");
        let outcome = story.run(None, &the_client(), book_at(start, None), now + hours(1)).expect("booked");
        let booked = outcome.booked.as_ref().expect("a new appointment");
        assert_eq!((booked.replaces, booked.payment.state), (Some(story.appointment().id), PaymentState::Captured));
        assert_eq!(of_kind(&story, EntryKind::CarryOver), [6500, -6500]);
        assert_eq!((story.appointment().payment.state, story.balance()), (PaymentState::None, 0));
        story.due(Due::RefundChoice, now + hours(24));
        assert_eq!(story.balance(), 0, "and does not go back as well");
    }
}

// proves: E-02
#[test]
fn the_payment_follows_an_accepted_time_in_two_entries_that_sum_to_nothing() {
    let (mut story, now, _) = paid_then_called_off(false, thursday);
    let start = story.offer().slots[0].from;
    let outcome = story.act(&the_client(), Command::Accept { start }, now + hours(1)).expect("taken");
    let moved: Vec<_> = outcome.ledger.iter().map(|e| (e.kind, e.amount.amount_minor, e.appointment)).collect();
    let (old, new) = (Some(story.appointment().id), Some(story.latest().id));
    assert_eq!(moved, [(EntryKind::CarryOver, 6500, old), (EntryKind::CarryOver, -6500, new)]);
    assert_eq!(story.appointment().payment.state, PaymentState::None);
    assert_eq!((story.latest().payment.state, story.latest().payment.due_at), (PaymentState::Captured, None));
    assert_eq!(story.balance(), 0);
    let id = story.latest().id;
    let end = story.latest().end;
    story.run(Some(id), &the_clock(), Command::Due(Due::Capture), end).expect("nothing is due");
    assert_eq!(story.balance(), 0, "it is not taken again");
}

// proves: E-02
#[test]
fn the_payment_follows_a_time_agreed_in_the_same_step_too() {
    let (mut story, now, outcome) = paid_then_called_off(false, |story| {
        booking_now(story.local("2026-03-12 10:00"), yes_at(story.start() - hours(4)))
    });
    assert_eq!(of_kind(&story, EntryKind::CarryOver), [6500, -6500]);
    assert_eq!(story.appointment().payment.state, PaymentState::None);
    assert_eq!(story.latest().payment.state, PaymentState::Captured);
    assert!(outcome.obligations.iter().all(|o| o.kind != ObligationKind::DecideMoney));
    story.due(Due::RefundChoice, now + hours(24));
    assert_eq!(story.balance(), 0, "it went along; it does not go back as well");
    let clocks: Vec<_> = story.wakes.values().map(|(job, _)| format!("{job:?}")).collect();
    assert!(clocks.iter().all(|job| !job.starts_with("Capture")), "{clocks:?}");
}

// proves: E-04
#[test]
fn a_new_clients_money_waits_for_the_team_whatever_the_client_answers() {
    let (mut story, now, outcome) = paid_then_called_off(true, thursday);
    let decide = duty(&outcome, ObligationKind::DecideMoney);
    assert_eq!(decide.due_at, now + hours(48));
    let mut lapsed = story.clone();
    lapsed.due(Due::OfferExpiry, now + hours(24));
    assert_eq!((lapsed.appointment().payment.state, lapsed.balance()), (PaymentState::Captured, 0));
    story.act(&the_client(), Command::Decline { refund: true }, now + hours(1)).expect("declined");
    assert_eq!((story.appointment().payment.state, story.balance()), (PaymentState::Captured, 0), "not by itself");
    assert!(story.owed().contains(&ObligationKind::DecideMoney), "the team still has to decide");
}

// proves: E-02, A-20
#[test]
fn whoever_is_not_at_fault_pays_no_fee_and_what_was_planned_falls_away() {
    for preset in Preset::ALL {
        for initiator in [Initiator::Therapist, Initiator::Practice] {
            let mut story = Story::booked(*preset);
            let now = story.start() - hours(50);
            let asker = if initiator == Initiator::Practice { an_admin() } else { the_therapist() };
            let command = Command::Cancel(call_off(initiator, promising(now + hours(5))));
            let outcome = story.act(&asker, command, now).expect("cancelled");
            assert!(outcome.ledger.is_empty(), "{preset}");
            assert_eq!(told(&outcome, to_client(), MessageKind::Cancellation).facts.fee, None);
            assert_eq!(story.appointment().payment.state, PaymentState::None);
            assert!(outcome.because.iter().any(|rule| rule.rule == "fee.not_the_clients_doing"));
            story.due(Due::Capture, story.start() + hours(1));
            assert_eq!(story.balance(), 0, "no clock takes it later");
        }
    }
}

// proves: G-04
#[test]
fn a_fee_by_steps_keeps_what_it_says_and_gives_back_the_rest() {
    let mut story = Story::new(Preset::Marketplace);
    story.set_policy(json!({ "client_cancel.tiers": [
        { "within_hours": 24, "percent": 100 }, { "within_hours": 48, "percent": 50 }
    ] }));
    let (now, start) = (story.local("2026-03-01 12:00"), story.start());
    story.run(None, &the_client(), book_at(start, None), now).expect("booked");
    story.due(Due::Capture, start - hours(48));
    let outcome = story.act(&the_client(), by_client(), start - hours(30)).expect("cancelled");
    assert_eq!(of_kind(&story, EntryKind::Credit), [-3250]);
    assert_eq!(story.appointment().payment.state, PaymentState::RefundDue);
    let fee = told(&outcome, to_client(), MessageKind::Cancellation).facts.fee.expect("what it costs");
    assert_eq!(fee.amount_minor, 3250);
}

// proves: G-04
#[test]
fn a_first_late_word_may_be_forgiven_and_then_nothing_is_taken() {
    let forgiven = |late_before| {
        let mut story = Story::new(Preset::Clinic);
        story.set_policy(json!({ "first_time_forgiveness": true }));
        story.base.late_before = late_before;
        let (now, start) = (story.local("2026-03-01 12:00"), story.start());
        story.run(None, &the_therapist(), book_at(start, Some(yes_at(now))), now).expect("booked");
        story.act(&the_therapist(), by_client(), start - hours(2)).expect("typed in");
        story.due(Due::Capture, start);
        (of_kind(&story, EntryKind::LateFee), story.appointment().payment.state)
    };
    assert_eq!(forgiven(false), (vec![], PaymentState::None));
    assert_eq!(forgiven(true), (vec![6500], PaymentState::Captured));
}

// proves: V-13
#[test]
fn every_entry_says_why_when_and_by_whom() {
    let mut story = Story::booked(Preset::Clinic);
    let now = story.start() - hours(2);
    let wish = Cancel { received_at: Some(now - hours(1)), ..call_off(Initiator::Client, NextStep::default()) };
    story.act(&the_therapist(), Command::Cancel(wish), now).expect("typed in");
    let entry = &story.ledger[0];
    assert_eq!((entry.at, entry.by.as_str()), (now, the_therapist().signature.as_str()));
    assert_eq!((entry.client, entry.appointment), (CLIENT, Some(story.appointment().id)));
    assert!(!entry.reason.is_empty());
}
