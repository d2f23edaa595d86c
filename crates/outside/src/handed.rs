//! What became of handing something to the outside, whichever way it went.

/// What became of a hand-off (`reliability` 3.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    /// The other side took responsibility for it.
    Accepted {
        /// Its own words, often with its own name for what it took.
        reply: String,
    },
    /// The other side said no to this one.
    Refused {
        /// The three-digit code of SMTP, or the status of HTTP.
        code: u16,
        /// Its own words, often with a finer code such as `5.1.1` or `21610`.
        reply: String,
        /// Whether trying again is pointless.
        permanent: bool,
    },
    /// Certainly not accepted, for a reason that is not this one: nobody there, in trouble, or not willing to serve us. Retry.
    NotAccepted {
        /// What went wrong, for the operator.
        why: String,
    },
    /// All of it may have left and no answer came back: it may have been accepted.
    Unknown {
        /// What went wrong, for the operator.
        why: String,
    },
}

impl Handed {
    /// Whether it speaks of the other side, not of what was handed over: then something else may fare better elsewhere.
    pub const fn is_trouble_there(&self) -> bool {
        matches!(self, Self::NotAccepted { .. } | Self::Unknown { .. })
    }
}
