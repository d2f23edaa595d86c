//! What one side says about an appointment in their own words, for a dispute (V-13, `ux` 4.14). Only ever added.

use crate::id::{AppointmentId, PracticeId, StatementId};
use crate::person::{PersonRef, Role};
use crate::refusal::Refusal;
use crate::time::Instant;

/// Letters that a statement may have.
const WORDS_MAX: usize = 2000;

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Which.
    pub id: StatementId,
    /// Whose practice.
    pub practice: PracticeId,
    /// The appointment that it is about.
    pub appointment: AppointmentId,
    /// Who says it.
    pub by: PersonRef,
    /// As what.
    pub role: Role,
    /// Their words.
    pub words: String,
    /// When, UTC.
    pub at: Instant,
}

/// The words, if they say something and not too much.
///
/// # Errors
/// 422 `required` or `too_long`.
pub fn words(given: &str) -> Result<String, Refusal> {
    let words = given.trim();
    if words.is_empty() {
        return Err(Refusal::invalid("required", "words", "Write what happened from your side."));
    }
    if words.chars().count() > WORDS_MAX {
        return Err(Refusal::invalid("too_long", "words", format!("Keep it under {WORDS_MAX} letters.")));
    }
    Ok(words.to_owned())
}
