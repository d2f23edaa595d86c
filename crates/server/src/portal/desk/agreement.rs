//! How and when the client agreed to a time: asked wherever a time is booked for somebody else (H-09).

use super::words;
use crate::body::Raw;
use crate::error::FieldErrors;
use crate::when::When;
use domain::appointment::Agreement;
use domain::practice::AgreementHow;

/// The part of a form that asks for the client's yes.
#[derive(Debug, Clone)]
pub struct AgreementView {
    /// The ways of saying yes.
    pub hows: Vec<Choice>,
    /// The day, as a date field has it.
    pub day: String,
    /// The time, as a time field has it.
    pub time: String,
}

/// One choice among few.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What it reads.
    pub label: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>, is_chosen: bool) -> Self {
        Self { value: value.into(), label: label.into(), is_chosen }
    }
}

impl AgreementView {
    /// As it was sent, or fresh: now, and no way chosen, because only the person knows.
    pub fn of(raw: &Raw, when: &When) -> Self {
        let how = |how: &AgreementHow| {
            let words = crate::when::capital(words::agreed(*how));
            Choice::new(how.as_str(), words, raw.get("agreed_how") == how.as_str())
        };
        let or_now = |field: &str, now: String| match raw.get(field) {
            "" => now,
            typed => typed.to_owned(),
        };
        Self {
            hows: AgreementHow::ALL.iter().filter(|how| **how != AgreementHow::Portal).map(how).collect(),
            day: or_now("agreed_day", when.date_value(when.now)),
            time: or_now("agreed_time", when.time_value(when.now)),
        }
    }
}

/// Reads the client's yes from a form; says what is missing.
pub fn read(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<Agreement> {
    let how: Option<AgreementHow> = raw.get("agreed_how").parse().ok();
    if how.is_none() {
        errors.push("agreed_how", "Say how the client agreed to this time. Only book what they said yes to.");
    }
    let at = typed(raw, when, "agreed_day", "agreed_time");
    if at.is_none() {
        errors.push("agreed_day", "Enter the day and time when the client agreed.");
    }
    Some(Agreement { how: how?, at: at? })
}

/// A day and a time of a form. The minute that is now is taken as now, so that nothing lies in the future by seconds.
pub fn typed(raw: &Raw, when: &When, day: &str, time: &str) -> Option<domain::time::Instant> {
    let at = when.typed(raw.get(day), raw.get(time))?;
    Some(at)
}
