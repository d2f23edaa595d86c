//! Every state meets every command: what may follow, and with which word the rest is refused.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::appointment::{Cancellation, Initiator, Payment, PaymentState, State};
use domain::decide::{Command, Due, Outcome};
use domain::policy::Preset;
use domain::refusal::Refusal;
use domain::time::Instant;

fn cancelled(initiator: Initiator, at: Instant) -> State {
    State::Cancelled(Cancellation {
        was_a_request: false,
        initiator,
        reason: None,
        note: None,
        received_at: at,
        recorded_at: at,
        recorded_by: "test".into(),
        label: "Cancelled".into(),
        late: false,
        short_notice: false,
    })
}

fn every_state(at: Instant) -> Vec<State> {
    let all = vec![
        State::Requested,
        State::Booked,
        State::InProgress,
        State::AwaitingUpdate,
        State::Attended,
        cancelled(Initiator::Client, at),
        cancelled(Initiator::Therapist, at),
        cancelled(Initiator::Practice, at),
        State::ClientNoShow,
        State::LateNotSeen,
        State::TherapistNoShow,
        State::TechnicalFailure,
        State::EnteredInError,
    ];
    assert_eq!(all.iter().map(State::word).collect::<Vec<_>>(), State::WORDS, "none is left out");
    all
}

/// What becomes of an appointment in each state: the next state's word, or the refusal's.
fn table(command: impl Fn(&Story) -> (domain::decide::Asker, Command), now: impl Fn(&Story) -> Instant) -> Vec<String> {
    let story = Story::booked(Preset::Clinic);
    let now = now(&story);
    let outcome = |state: State| -> Result<Outcome, Refusal> {
        let mut story = story.clone();
        story.appointments[0].state = state;
        let (asker, command) = command(&story);
        story.preview(Some(story.appointment().id), &asker, command, now)
    };
    every_state(now)
        .into_iter()
        .map(|state| match outcome(state) {
            Ok(outcome) => outcome.appointment.map_or("-".to_owned(), |a| a.state.word().to_owned()),
            Err(refusal) => refusal.code.to_owned(),
        })
        .collect()
}

const OVER: &str = "already_over";
const OFF: &str = "already_cancelled";

// proves: G-01, V-14
#[test]
fn only_what_is_to_come_is_called_off_by_therapist_or_practice() {
    let before = |story: &Story| story.start() - hours(30);
    let by = |story: &Story| promising(story.start());
    let word = "cancelled_by_therapist";
    let expected = ["not_confirmed", word, OVER, OVER, OVER, OFF, OFF, OFF, OVER, OVER, OVER, OVER, OVER];
    assert_eq!(table(|story| (the_therapist(), by_therapist(by(story))), before), expected);
    let word = "cancelled_by_practice";
    let expected = ["not_confirmed", word, OVER, OVER, OVER, OFF, OFF, OFF, OVER, OVER, OVER, OVER, OVER];
    assert_eq!(table(|story| (an_admin(), by_practice(by(story))), before), expected);
}

// proves: G-01, G-02
#[test]
fn a_clients_word_from_before_the_start_still_counts_while_nobody_has_said_how_it_went() {
    let word = "cancelled_by_client";
    let expected = [word, word, word, word, OVER, OFF, OFF, OFF, OVER, OVER, OVER, OVER, OVER];
    let received = |story: &Story| (the_therapist(), by_client_received(story.start() - hours(30)));
    assert_eq!(table(received, |story| story.start() + hours(2)), expected);
}

// proves: E-05, E-06
#[test]
fn only_what_is_booked_or_not_yet_settled_is_moved() {
    let command = |story: &Story| {
        let yes = Some(yes_at(story.start() - hours(1)));
        (an_admin(), move_to(story.local("2026-03-12 10:00"), Initiator::Client, yes))
    };
    let expected = ["not_confirmed", "booked", "booked", "booked", OVER, OFF, OFF, OFF, OVER, OVER, OVER, OVER, OVER];
    assert_eq!(table(command, |story| story.start() + hours(2)), expected);
}

// proves: H-01
#[test]
fn the_scheduled_end_moves_on_what_is_live_and_leaves_the_rest() {
    let end = |_: &Story| (the_clock(), Command::Due(Due::AppointmentEnd));
    let expected = ["-", "awaiting_update", "awaiting_update", "-", "-", "-", "-", "-", "-", "-", "-", "-", "-"];
    assert_eq!(table(end, |story| story.start() + minutes(50)), expected);
}

// proves: H-06
#[test]
fn a_payment_is_only_ever_taken_while_it_is_planned_and_due() {
    let states = [
        PaymentState::None,
        PaymentState::Captured,
        PaymentState::RefundDue,
        PaymentState::Refunded,
        PaymentState::Waived,
        PaymentState::Failed,
        PaymentState::Unknown,
    ];
    let mut story = Story::booked(Preset::Marketplace);
    let due_at = Some(story.start() - hours(48));
    for state in states {
        story.appointments[0].payment = Payment { state, due_at };
        let about = Some(story.appointment().id);
        let outcome = story.preview(about, &the_clock(), Command::Due(Due::Capture), story.start()).expect("a look");
        assert!(outcome.ledger.is_empty() && outcome.appointment.is_none(), "{state}");
    }
}

// proves: G-15
#[test]
fn what_is_not_there_is_not_found() {
    let story = Story::new(Preset::Clinic);
    let now = story.start();
    for command in [by_client(), Command::Accept { start: now }, Command::Due(Due::AppointmentEnd)] {
        assert_eq!(code(story.preview(None, &the_client(), command, now)), "not_found");
    }
}
