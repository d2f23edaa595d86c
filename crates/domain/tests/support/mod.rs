//! One practice of each preset with one therapist and one client, and the short words that the stories are told in.
#![allow(dead_code, reason = "each story uses its own part of the support")]

pub mod people;
pub mod story;

pub use people::*;
pub use story::Story;

use domain::appointment::{Agreement, Initiator};
use domain::decide::{Attempt, Book, BookNow, Cancel, Command, NextStep, Outcome, Reschedule};
use domain::message::{MessageKind, Notice};
use domain::obligation::{Obligation, ObligationKind};
use domain::person::PersonRef;
use domain::practice::AgreementHow;
use domain::reason::Reason;
use domain::refusal::Refusal;
use domain::schedule::MeetingKind;
use domain::time::{Instant, Span};

/// A moment in UTC.
pub fn utc(text: &str) -> Instant {
    text.parse().unwrap_or_else(|_| panic!("{text} is not a moment"))
}

pub fn minutes(n: i64) -> Span {
    Span::minutes(n)
}

pub fn hours(n: i64) -> Span {
    Span::hours(n)
}

pub fn seconds(n: i64) -> Span {
    Span::seconds(n)
}

/// The client said yes on the phone then.
pub fn yes_at(at: Instant) -> Agreement {
    Agreement { how: AgreementHow::Phone, at }
}

pub fn book_at(start: Instant, agreement: Option<Agreement>) -> Command {
    Command::Book(Book { start, kind: MeetingKind::Video, agreement })
}

/// Calling off with what each side usually says.
pub fn call_off(initiator: Initiator, next_step: NextStep) -> Cancel {
    let (reason, note) = match initiator {
        Initiator::Client => (None, None),
        Initiator::Therapist => (Some(Reason::TherapistIllness), Some("Ill since this morning".to_owned())),
        Initiator::Practice => (Some(Reason::PracticeRoomOrClosure), Some("Water damage".to_owned())),
    };
    Cancel { initiator, reason, note, received_at: None, next_step, share_reason: false, words: None }
}

pub fn by_therapist(next_step: NextStep) -> Command {
    Command::Cancel(call_off(Initiator::Therapist, next_step))
}

pub fn by_practice(next_step: NextStep) -> Command {
    Command::Cancel(call_off(Initiator::Practice, next_step))
}

pub fn by_client() -> Command {
    Command::Cancel(call_off(Initiator::Client, NextStep::default()))
}

/// Somebody types in that the client's word came at that moment.
pub fn by_client_received(at: Instant) -> Command {
    Command::Cancel(Cancel { received_at: Some(at), ..call_off(Initiator::Client, NextStep::default()) })
}

pub fn move_to(start: Instant, initiator: Initiator, agreement: Option<Agreement>) -> Command {
    let reason = match initiator {
        Initiator::Client => None,
        Initiator::Therapist => Some(Reason::TherapistTrainingMeeting),
        Initiator::Practice => Some(Reason::PracticeRoomOrClosure),
    };
    Command::Reschedule(Reschedule { start, initiator, agreement, reason, received_at: None })
}

pub fn offering(starts: &[Instant]) -> NextStep {
    NextStep { offer_slots: starts.to_vec(), ..NextStep::default() }
}

pub fn promising(by: Instant) -> NextStep {
    NextStep { promise_contact_by: Some(by), ..NextStep::default() }
}

pub fn with_link() -> NextStep {
    NextStep { booking_link: true, ..NextStep::default() }
}

pub fn with_refund() -> NextStep {
    NextStep { refund: true, ..NextStep::default() }
}

pub fn booking_now(start: Instant, agreement: Agreement) -> NextStep {
    NextStep { book: Some(BookNow { start, agreement }), ..NextStep::default() }
}

pub fn tried(channel: domain::person::Channel, result: domain::contact::AttemptResult, at: Instant) -> Command {
    Command::Attempt(Attempt { channel, result, at, agreed: None })
}

/// The one duty of this kind that the outcome opens or changes.
pub fn duty(outcome: &Outcome, kind: ObligationKind) -> &Obligation {
    let found: Vec<&Obligation> = outcome.obligations.iter().filter(|o| o.kind == kind).collect();
    assert_eq!(found.len(), 1, "{kind} in {:#?}", outcome.obligations);
    found[0]
}

pub fn duty_kinds(outcome: &Outcome) -> Vec<ObligationKind> {
    let mut kinds: Vec<_> = outcome.obligations.iter().map(|o| o.kind).collect();
    kinds.sort();
    kinds
}

pub fn told(outcome: &Outcome, to: PersonRef, kind: MessageKind) -> &Notice {
    let found: Vec<&Notice> = outcome.notices.iter().filter(|n| n.to == to && n.kind == kind).collect();
    assert_eq!(found.len(), 1, "{kind} to {to} in {:#?}", outcome.notices);
    found[0]
}

/// The word of the refusal; fails the test where the command was accepted.
pub fn refused(answer: Result<Outcome, Refusal>) -> Refusal {
    match answer {
        Ok(outcome) => panic!("should have been refused, but {} happened", outcome.record.word),
        Err(refusal) => refusal,
    }
}

pub fn code(answer: Result<Outcome, Refusal>) -> &'static str {
    refused(answer).code
}
