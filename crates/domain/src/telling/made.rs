//! What is kept of how a message came about and went: the facts that it was made from, and every try to hand it over.

use crate::message::Facts;
use crate::policy::choices::words;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// What a message was made from: the same facts make the letter, the text, and what a person says on the phone (C7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeFrom {
    /// The version of the practice's own words; 0 is the house's.
    pub template: u32,
    /// Every claim that it makes.
    pub facts: Facts,
}

words! {
    /// What came of one try to hand a message over.
    TryOutcome {
        /// The other side has it.
        Accepted = "accepted",
        /// The other side will never take it.
        Refused = "refused",
        /// The other side certainly does not have it.
        NotYet = "not_yet",
        /// Nobody knows.
        Unknown = "unknown",
    }
}

/// One try to hand a message over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    /// When it was taken in hand, UTC.
    pub at: Instant,
    /// By which way out, in words: "kannel at 127.0.0.1:13013"; empty where nobody knows.
    pub through: String,
    /// What came of it.
    pub outcome: TryOutcome,
    /// What the other side said.
    pub reply: String,
    /// The mark of the bytes that were handed over: SHA-256 in hex, where it was kept. The same at every try (C1).
    pub digest: Option<String>,
}
