//! The policy of a practice: one typed, versioned document, and the decisions that follow from it.
//!
//! Every decision names the rules that it used (`RuleUse`); `explain` makes a sentence of each. A booking keeps the
//! version that its client accepted, so a later change alters nothing that is already booked.

mod change;
pub(crate) mod choices;
mod deadline;
pub mod explain;
mod kinds_of_duty;
pub mod lateness;
pub mod money;
pub mod next_step;
pub mod notice;
pub mod obligations;
mod page;
pub mod parameter;
pub mod parameters;
mod reasons;
pub mod reliability;
pub mod replay;
mod rule;
pub mod rules;
pub mod self_service;
pub mod terms;
pub mod what_if;
pub mod working;

pub use change::FieldProblem;
pub use choices::*;
pub use deadline::{Deadline, NotADeadline};
pub use explain::{Language, explain};
pub use kinds_of_duty::{ObligationKind, OwnerRole};
pub use page::page;
pub use parameters::Parameters;
pub use reasons::{ReasonRule, Reasons};
pub use rule::{RuleUse, Value};
pub use terms::Terms;

use choices::words;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

words! {
    /// Where a practice's policy started from.
    Preset {
        /// A network of therapists with funders (seed 000).
        Network = "network",
        /// Therapy paid by insurers (seed 001).
        Insurance = "insurance",
        /// A marketplace where clients choose a therapist and pay (seeds 002 and 003).
        Marketplace = "marketplace",
        /// A clinic with associates (seed 004).
        Clinic = "clinic",
    }
}

impl Preset {
    const fn text(self) -> &'static str {
        match self {
            Self::Network => include_str!("../presets/network.toml"),
            Self::Insurance => include_str!("../presets/insurance.toml"),
            Self::Marketplace => include_str!("../presets/marketplace.toml"),
            Self::Clinic => include_str!("../presets/clinic.toml"),
        }
    }
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Where it started from.
    pub preset: Preset,
    /// Counts up with each change; a preset as it comes is version 1.
    pub version: u32,
    /// What it says.
    pub parameters: Parameters,
    /// What a pathway or a therapist changed about it; none where the practice's own version stands as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Box<Terms>>,
}

/// The document is not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a policy document: {0}")]
pub struct NotAPolicy(pub String);

impl Policy {
    /// The preset as it comes.
    pub fn preset(preset: Preset) -> Self {
        static READ: OnceLock<Vec<Policy>> = OnceLock::new();
        let all = READ.get_or_init(|| {
            // The texts are part of the program and a test reads each of them.
            Preset::ALL.iter().map(|preset| Self::from_toml(preset.text()).expect("a preset is a policy")).collect()
        });
        all[preset as usize].clone()
    }

    /// The document as TOML, always in the same order.
    ///
    /// # Errors
    /// Never for a policy that was read or set; the format itself reports it.
    pub fn to_toml(&self) -> Result<String, NotAPolicy> {
        toml::to_string(self).map_err(|why| NotAPolicy(why.to_string()))
    }

    /// The policy that a TOML document describes.
    ///
    /// # Errors
    /// `NotAPolicy`, naming the line, the unknown or missing parameter, or the value that will not do.
    pub fn from_toml(text: &str) -> Result<Self, NotAPolicy> {
        let policy: Self = toml::from_str(text).map_err(|why| NotAPolicy(why.to_string()))?;
        let problems = policy.problems();
        let all: Vec<_> = problems.iter().map(|p| format!("{}: {}", p.field, p.message)).collect();
        if all.is_empty() { Ok(policy) } else { Err(NotAPolicy(all.join("; "))) }
    }
}

#[cfg(test)]
mod tests;
