//! What happens to a request after it was raised, step by step; every step is a line of its thread.

use super::{Done, Ticket, TicketKind, TicketState, checked_words};
use crate::id::TicketId;
use crate::person::{PersonRef, Role};
use crate::policy::choices::words;
use crate::refusal::Refusal;
use crate::time::Instant;

words! {
    /// What a line of a thread tells.
    LineKind {
        /// It was raised.
        Raised = "raised",
        /// Somebody took it.
        Acknowledged = "acknowledged",
        /// Somebody wrote to the one who asked.
        Answered = "answered",
        /// The one who asked wrote again.
        Replied = "replied",
        /// A word among those who work on it.
        Noted = "noted",
        /// Somebody phoned about it.
        Phoned = "phoned",
        /// The client was told in the therapist's place.
        Told = "told",
        /// Nobody had taken it in time.
        Escalated = "escalated",
        /// It is done.
        Closed = "closed",
    }
}

/// One line of a thread. Lines are only ever added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The request.
    pub ticket: TicketId,
    /// When, UTC.
    pub at: Instant,
    /// Who; nobody for a clock, and for a stranger's e-mail.
    pub by: Option<PersonRef>,
    /// What it tells.
    pub kind: LineKind,
    /// The words, if any.
    pub words: String,
}

/// What somebody does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Takes it, by name.
    Acknowledge,
    /// Answers the one who asked.
    Answer(String),
    /// Writes again, as the one who asked.
    Reply(String),
    /// Leaves a word for the others who work on it.
    Note(String),
    /// Says that they phoned, and what came of it (V-19).
    Phoned(String),
    /// Says that it is done, with a last word if there is one.
    Close(String),
}

impl Ticket {
    /// The request after this act, with its line. Whoever answers, notes or closes has taken it by that.
    ///
    /// # Errors
    /// `not_found` where the act is not theirs, `already_closed`, `required` or `too_long`.
    pub fn act(self, act: Act, by: PersonRef, role: Role, now: Instant) -> Result<(Self, Line), Refusal> {
        let is_worker = self.is_worked_by(role);
        let is_asker = [self.raised_by, self.on_behalf_of].contains(&Some(by));
        let theirs = match act {
            Act::Acknowledge | Act::Answer(_) | Act::Note(_) => is_worker,
            Act::Reply(_) => is_asker,
            Act::Phoned(_) | Act::Close(_) => is_worker || is_asker,
        };
        if !theirs {
            return Err(Refusal::not_found("ticket"));
        }
        if self.state == TicketState::Closed {
            let detail = "This request is closed. Raise a new one, and name this one in it.";
            return Err(Refusal::conflict("already_closed", detail));
        }
        if act == Act::Acknowledge && self.acknowledged.is_some() {
            return Err(Refusal::conflict("already_acknowledged", "Somebody has taken this already."));
        }
        let id = self.id;
        let taken = if is_worker { self.acknowledged.or(Some(Done { by, at: now })) } else { self.acknowledged };
        let line = |kind, words| Line { ticket: id, at: now, by: Some(by), kind, words };
        let (state, line, acknowledged) = match act {
            Act::Acknowledge => (TicketState::Acknowledged, line(LineKind::Acknowledged, String::new()), taken),
            Act::Answer(words) => {
                (TicketState::Answered, line(LineKind::Answered, checked_words("body", &words)?), taken)
            }
            Act::Note(words) => {
                let state = if self.is_waiting() { TicketState::Acknowledged } else { self.state };
                (state, line(LineKind::Noted, checked_words("body", &words)?), taken)
            }
            Act::Reply(words) => {
                let state = if self.is_waiting() { TicketState::Open } else { TicketState::Acknowledged };
                (state, line(LineKind::Replied, checked_words("body", &words)?), self.acknowledged)
            }
            Act::Phoned(words) => {
                let line = line(LineKind::Phoned, checked_words("body", &words)?);
                let called = Self { phoned: Some(Done { by, at: now }), ..self };
                return Ok((called, line));
            }
            Act::Close(words) => {
                self.may_close(is_worker)?;
                let words = words.trim();
                let words = if words.is_empty() { String::new() } else { checked_words("body", words)? };
                (TicketState::Closed, line(LineKind::Closed, words), taken)
            }
        };
        Ok((Self { state, acknowledged, ..self }, line))
    }

    /// A worry is closed by those whose work it is, and a hand-over once the client was told.
    fn may_close(&self, is_worker: bool) -> Result<(), Refusal> {
        if self.hand_over.as_ref().is_some_and(|hand_over| hand_over.done.is_none()) && is_worker {
            let detail = "Tell the client first and say what came of it, or answer why that cannot be.";
            let answered = self.state == TicketState::Answered;
            return if answered { Ok(()) } else { Err(Refusal::conflict("hand_over_open", detail)) };
        }
        if matches!(self.kind, TicketKind::Clinical | TicketKind::Risk) && !is_worker && self.is_waiting() {
            let detail = "Somebody has to look at this before it is closed. Write again if it is no longer needed.";
            return Err(Refusal::conflict("not_acknowledged", detail));
        }
        Ok(())
    }

    /// The client was told in the therapist's place; both names stay (V-11, V-17).
    ///
    /// # Errors
    /// `not_found` where nothing was handed over, `already_told`.
    pub fn told(self, words: String, by: PersonRef, now: Instant) -> Result<(Self, Line), Refusal> {
        let Some(hand_over) = self.hand_over.clone() else { return Err(Refusal::not_found("hand-over")) };
        if hand_over.done.is_some() {
            return Err(Refusal::conflict("already_told", "The client was told already."));
        }
        let done = Done { by, at: now };
        let line = Line { ticket: self.id, at: now, by: Some(by), kind: LineKind::Told, words };
        let hand_over = Some(super::HandOver { done: Some(done), ..hand_over });
        let acknowledged = self.acknowledged.or(Some(done));
        Ok((Self { hand_over, acknowledged, state: TicketState::Answered, ..self }, line))
    }
}
