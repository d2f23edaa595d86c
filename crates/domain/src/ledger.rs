//! The client's account: append-only entries, signed from the client's side (`rulings` 11).

use crate::id::{AppointmentId, ClientId, LedgerEntryId, PracticeId};
use crate::money::Money;
use crate::time::Instant;

pub use crate::policy::money::EntryKind;

/// One entry. What the client owes is positive; what is paid, waived or given back is negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Which.
    pub id: LedgerEntryId,
    /// Whose books.
    pub practice: PracticeId,
    /// Whose account.
    pub client: ClientId,
    /// The appointment that it is about, if one.
    pub appointment: Option<AppointmentId>,
    /// What it is.
    pub kind: EntryKind,
    /// How much, signed.
    pub amount: Money,
    /// Why, in words a person reads.
    pub reason: String,
    /// When, UTC.
    pub at: Instant,
    /// Who decided: a person's id, or the name of a job.
    pub by: String,
}
