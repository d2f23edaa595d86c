//! A staff edit that can still be taken back: its messages and the freed time wait so long (`rulings` 14).

use crate::appointment::Before;
use crate::id::{AppointmentId, PracticeId};
use crate::policy::money::PlannedEntry;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// What taking an edit back needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// The appointment that was edited.
    pub appointment: AppointmentId,
    /// Whose practice.
    pub practice: PracticeId,
    /// Its revision after the edit: once anything else has happened to it, the edit stands.
    pub revision: u32,
    /// Until when, UTC; from then on the messages go.
    pub until: Instant,
    /// How it stood and what was posted.
    pub memory: Memory,
}

/// How the appointment stood before, and what the edit posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The appointment.
    pub before: Before,
    /// Entries of the edit on the client's account.
    pub posted: Vec<PlannedEntry>,
}

impl Undo {
    /// Whether it may still be taken back, the appointment being at this revision.
    pub fn is_open(&self, revision: u32, now: Instant) -> bool {
        now < self.until && revision == self.revision
    }
}
