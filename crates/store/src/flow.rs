//! What a flow gives back, and how it becomes a command of the engine.

use crate::audit;
use crate::engine::command::{Proof, Provable};
use crate::error::DbError;
use crate::tx::Tx;
use domain::audit::{Entry, Receipt};
use domain::id::PracticeId;

/// A flow's answer and what it did: the record is part of the result, so nothing commits without one.
#[derive(Debug, Clone)]
pub struct Done<T> {
    /// What the caller gets.
    pub answer: T,
    /// What goes on the record; the receipt is this entry's.
    pub audit: Entry,
    /// Further entries, of acts that did more than one thing.
    pub more: Vec<Entry>,
}

impl<T> Done<T> {
    /// An answer with its one entry.
    pub fn new(answer: T, audit: Entry) -> Self {
        Self { answer, audit, more: Vec::new() }
    }

    /// The same with further entries.
    pub fn and(mut self, entries: impl IntoIterator<Item = Entry>) -> Self {
        self.more.extend(entries);
        self
    }
}

/// An answer that is safely stored, with its place on the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed<T> {
    /// What the flow answered.
    pub answer: T,
    /// Where its first audit entry stands.
    pub receipt: Receipt,
    pub(crate) practice: PracticeId,
}

impl<T> Provable for Committed<T> {
    fn proof(&self) -> Option<Proof> {
        Some((self.practice, self.receipt))
    }
}

/// An answer without a record.
pub(crate) struct Plain<T>(pub T);

impl<T> Provable for Plain<T> {
    fn proof(&self) -> Option<Proof> {
        None
    }
}

/// Runs a flow and appends its entries as the last statements.
pub(crate) fn audited<T, E: From<DbError>>(
    flow: &mut impl FnMut(&mut Tx<'_>) -> Result<Done<T>, E>,
    tx: &mut Tx<'_>,
) -> Result<Committed<T>, E> {
    let done = flow(tx)?;
    if tx.failed().is_some() {
        return Err(DbError::Poisoned.into());
    }
    let practice = done.audit.practice;
    let receipt = audit::append(tx, done.audit, done.more)?;
    Ok(Committed { answer: done.answer, receipt, practice })
}
