//! The world outside: a mail server and a gateway that know everything and tell the product only what it would hear,
//! and what people saw.

mod mail;
mod outage;
pub(crate) mod texts;

pub use mail::MailWorld;
pub use outage::Outage;
pub use texts::TextWorld;

use domain::id::MessageId;
use domain::person::{Channel, PersonRef};
use domain::time::{Instant, Span};
use outside::sms::Fate;
use server::work::Outcome;

/// A letter or a text on its way to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Our own name for it.
    pub id: MessageId,
    /// Whose address or number it went to.
    pub to: PersonRef,
    /// By which way.
    pub channel: Channel,
    /// When it was handed over, UTC.
    pub handed_at: Instant,
    /// When it was written, as a letter says itself, UTC; nobody can tell by a text.
    pub dated: Option<Instant>,
    /// Its subject, of a letter.
    pub subject: String,
    /// Its words.
    pub text: String,
    /// Its words as a page, of a letter.
    pub html: String,
    /// What goes into the diary, of a letter.
    pub calendar: Option<String>,
}

/// A gateway's word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The last part of the address where it was asked to report.
    pub word: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a hand-off: what the product hears, and what the world does.
#[derive(Debug, Clone)]
pub struct Handed {
    /// What the product hears.
    pub outcome: Outcome,
    /// When it reaches the person: never, once, or twice.
    pub arrives: Vec<Instant>,
    /// What the gateway tells later.
    pub receipts: Vec<(Instant, Fate)>,
    /// What happened, for the trace and the table of states.
    pub how: &'static str,
}

impl Handed {
    /// Taken, and on its way.
    pub(crate) fn taken(arrives: Vec<Instant>, how: &'static str) -> Self {
        Self { outcome: Outcome::Accepted("taken".into()), arrives, receipts: Vec::new(), how }
    }

    /// Not taken, or nobody knows.
    pub(crate) fn not(outcome: Outcome, how: &'static str) -> Self {
        Self { outcome, arrives: Vec::new(), receipts: Vec::new(), how }
    }
}

/// The usual way of a letter or a text: some seconds.
pub(crate) const USUAL: (Span, Span) = (Span::micros(200_000), Span::seconds(20));
