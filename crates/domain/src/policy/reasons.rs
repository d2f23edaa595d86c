//! A practice's own settings for each reason.

use crate::reason::{Reason, Treatment};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// What one reason does in this practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonRule {
    /// What this practice calls it on forms and in messages; none is our own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it may be given.
    pub enabled: bool,
    /// Whether the client is sent a link to choose a new time (G-11).
    pub sends_link: bool,
    /// How it counts in the therapist's record.
    pub reliability: Treatment,
}

/// The rule of every reason. A document may leave any out; those are as the list of reasons has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Reasons(BTreeMap<Reason, ReasonRule>);

impl Reasons {
    /// What this reason does.
    pub fn of(&self, reason: Reason) -> ReasonRule {
        self.0.get(&reason).cloned().unwrap_or_else(|| usual(reason))
    }
    /// What this practice calls it, where it has words of its own (G-07).
    pub fn label(&self, reason: Reason) -> Option<&str> {
        self.0.get(&reason)?.label.as_deref()
    }
    /// As the person who gives it says it, in the practice's words or else in ours.
    pub fn words(&self, reason: Reason) -> &str {
        self.label(reason).unwrap_or(reason.words())
    }
    /// The reasons that may be given, in the order of the list.
    pub fn enabled(&self) -> impl Iterator<Item = Reason> + '_ {
        Reason::ALL.iter().copied().filter(|reason| self.of(*reason).enabled)
    }
}

impl Default for Reasons {
    fn default() -> Self {
        Self(Reason::ALL.iter().map(|reason| (*reason, usual(*reason))).collect())
    }
}

impl<'de> Deserialize<'de> for Reasons {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut all = Self::default();
        all.0.extend(BTreeMap::<Reason, ReasonRule>::deserialize(d)?);
        Ok(all)
    }
}

const fn usual(reason: Reason) -> ReasonRule {
    ReasonRule { label: None, enabled: true, sends_link: reason.sends_link(), reliability: reason.treatment() }
}
