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

/// What the entries say about one appointment. A carried payment counts as the payment and the price of the
/// appointment that it went to, and no longer of the one that it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The price and fees that stand: what was charged less what was let go, minor units.
    pub charged: i64,
    /// Money that came in for it, minor units.
    pub paid: i64,
    /// Money of it that was paid out again, minor units.
    pub returned: i64,
    /// Whether a late fee, or the fee of a missed appointment, was charged before.
    pub has_fee: bool,
    /// Whether anything was posted at all.
    pub is_empty: bool,
}

impl Account {
    /// The account of one appointment among a client's entries.
    pub fn of(entries: &[LedgerEntry], appointment: AppointmentId) -> Self {
        let mut account = Self { charged: 0, paid: 0, returned: 0, has_fee: false, is_empty: true };
        for entry in entries.iter().filter(|entry| entry.appointment == Some(appointment)) {
            account.is_empty = false;
            let amount = entry.amount.amount_minor;
            match entry.kind {
                EntryKind::Charge | EntryKind::LateFee | EntryKind::NoShowFee => account.charged += amount,
                EntryKind::Waiver | EntryKind::Credit | EntryKind::WriteOff => account.charged += amount,
                EntryKind::MakeUp | EntryKind::Allowance => account.charged += amount,
                EntryKind::Payment => account.paid -= amount,
                EntryKind::Refund => account.returned += amount,
                EntryKind::CarryOver => {
                    account.paid -= amount;
                    account.charged -= amount;
                }
            }
            account.has_fee |= matches!(entry.kind, EntryKind::LateFee | EntryKind::NoShowFee);
        }
        account
    }

    /// What the client still owes for it, minor units.
    pub fn owed(&self) -> i64 {
        (self.charged - self.paid + self.returned).max(0)
    }

    /// What is due back to the client, minor units.
    pub fn due_back(&self) -> i64 {
        (self.paid - self.returned - self.charged).max(0)
    }

    /// What was taken and is kept: as much as may still be given back, minor units.
    pub fn kept(&self) -> i64 {
        (self.paid - self.returned - self.due_back()).clamp(0, self.charged.max(0))
    }
}
