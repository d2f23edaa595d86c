//! Attempts to reach a client, and the contact note (V-12 to V-15).

use crate::id::{AppointmentId, ClientId, ContactAttemptId, NoteId, PracticeId};
use crate::person::{Channel, PersonRef};
use crate::policy::choices::words;
use crate::time::Instant;

words! {
    /// What came of an attempt.
    AttemptResult {
        /// They know: only this informs.
        Reached = "reached",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// A voicemail was left: never told, unless the client prefers it (V-10).
        LeftVoicemail = "left_voicemail",
        /// Something was sent; nobody knows whether it was read.
        Sent = "sent",
        /// Somebody else's number.
        WrongNumber = "wrong_number",
        /// It did not go.
        Failed = "failed",
    }
}

/// One try on one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactAttempt {
    /// Which.
    pub id: ContactAttemptId,
    /// Whose practice.
    pub practice: PracticeId,
    /// Who was to be reached.
    pub client: ClientId,
    /// What it was about.
    pub appointment: Option<AppointmentId>,
    /// By which way.
    pub channel: Channel,
    /// What came of it.
    pub result: AttemptResult,
    /// When, UTC.
    pub at: Instant,
    /// What was agreed, in the caller's words.
    pub agreed: Option<String>,
    /// Who tried.
    pub by: PersonRef,
    /// Why this way, where the client does not prefer it (V-10).
    pub reason: Option<String>,
}

impl ContactAttempt {
    /// Whether the client now knows: reached, or a voicemail for one who prefers it (V-10).
    pub fn informs(&self, voicemail_preferred: bool) -> bool {
        match self.result {
            AttemptResult::Reached => true,
            AttemptResult::LeftVoicemail => voicemail_preferred,
            _ => false,
        }
    }
}

/// The contact note on the client's file: when, how, and what was agreed (V-15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Which.
    pub id: NoteId,
    /// Whose practice.
    pub practice: PracticeId,
    /// The appointment that it is about.
    pub appointment: AppointmentId,
    /// When the client was informed, UTC.
    pub informed_at: Instant,
    /// By which way.
    pub informed_how: Channel,
    /// What was agreed.
    pub agreed: String,
    /// Whose word it is, where somebody else typed it (V-17).
    pub on_behalf_of: Option<PersonRef>,
    /// Who typed it.
    pub by: PersonRef,
    /// When, UTC.
    pub at: Instant,
}
