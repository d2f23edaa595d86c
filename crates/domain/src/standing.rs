//! A therapist's record in plain counts: which events count, why, and what the practice may want to talk about
//! (E-08 to E-11). It only ever suggests; what becomes of it a person decides.

mod report;

pub use report::{Interval95, Line, Report, Sample, Suggestion, report};

use crate::id::{AppealId, AppointmentId, PracticeId, TherapistId};
use crate::person::PersonRef;
use crate::policy::choices::words;
use crate::policy::reliability::{Counted, EventKind};
use crate::refusal::Refusal;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// Letters of an appeal, and of what was decided.
pub const WORDS_MAX: usize = 1_000;

/// Something that happened, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// The appointment.
    pub appointment: AppointmentId,
    /// What.
    pub kind: EventKind,
    /// When, UTC: when it was called off or moved, when word of lateness came, when it would have begun.
    pub at: Instant,
    /// Whether it counts, and why, as the policy has it.
    pub judged: Counted,
}

words! {
    /// Where an appeal stands.
    AppealState {
        /// Nobody has decided.
        Open = "open",
        /// The event stays.
        Upheld = "upheld",
        /// The event does not count.
        Excluded = "excluded",
    }
}

/// A therapist says that an event should not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// Which.
    pub id: AppealId,
    /// Whose practice.
    pub practice: PracticeId,
    /// Whose record.
    pub therapist: TherapistId,
    /// The appointment of the event.
    pub appointment: AppointmentId,
    /// What happened there.
    pub kind: EventKind,
    /// Why it should not count.
    pub words: String,
    /// Who said so.
    pub by: PersonRef,
    /// When, UTC.
    pub at: Instant,
    /// Where it stands.
    pub state: AppealState,
    /// Who decided, when, and why.
    pub decision: Option<Decision>,
}

/// What was decided about an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Who.
    pub by: PersonRef,
    /// When, UTC.
    pub at: Instant,
    /// Why.
    pub reason: String,
}

impl Appeal {
    /// The appeal as somebody decided it.
    ///
    /// # Errors
    /// `already_decided`, `reason_required`, `too_long`.
    pub fn decide(self, exclude: bool, reason: &str, by: PersonRef, now: Instant) -> Result<Self, Refusal> {
        if self.state != AppealState::Open {
            return Err(Refusal::conflict("already_decided", "This was decided already."));
        }
        let reason = checked("reason", reason, "Say why: the therapist reads it, and it stays on record.")?;
        let state = if exclude { AppealState::Excluded } else { AppealState::Upheld };
        Ok(Self { state, decision: Some(Decision { by, at: now, reason }), ..self })
    }
}

/// The words of an appeal or a decision, trimmed and within the limit.
///
/// # Errors
/// `reason_required` or `too_long`, naming the field.
pub fn checked(field: &'static str, words: &str, remedy: &'static str) -> Result<String, Refusal> {
    let words = words.trim();
    if words.is_empty() {
        return Err(Refusal::invalid("reason_required", field, remedy));
    }
    if words.chars().count() > WORDS_MAX {
        return Err(Refusal::invalid("too_long", field, format!("Keep it under {WORDS_MAX} letters.")));
    }
    Ok(words.to_owned())
}
