//! Which rule decided, with the values that it used. `explain` makes a sentence of it.

use crate::money::Money;
use crate::time::Instant;
use serde::Serialize;

/// A value that a rule used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A moment; read in the reader's zone.
    Moment(Instant),
    /// A length in hours.
    Hours(u32),
    /// A length in minutes.
    Minutes(u32),
    /// An amount.
    Money(Money),
    /// Hundredths.
    Percent(u32),
    /// A number of things.
    Count(u32),
    /// A few plain words.
    Words(&'static str),
}

/// A rule that took part in a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleUse {
    /// The rule's dotted id; `explain` knows every one.
    pub rule: &'static str,
    /// The values that it used, by name.
    pub values: Vec<(&'static str, Value)>,
}

impl RuleUse {
    /// A rule that uses no values.
    pub const fn of(rule: &'static str) -> Self {
        Self { rule, values: Vec::new() }
    }
    /// The same with one more value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        self.values.push((name, value));
        self
    }
}
