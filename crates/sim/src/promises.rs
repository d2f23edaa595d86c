//! The promises of `reliability` 4.2, judged from what people saw and from what stands on the record.

mod diary;
mod limits;
mod record;
mod reminders;
mod rest;
pub(crate) mod telling;

pub use record::{Shadow, Truth};

use domain::id::{AppointmentId, MessageId};
use domain::message::MessageKind;
use domain::person::PersonRef;
use domain::time::Instant;
use outside::sms::Fate;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A promise that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which, by its name in the catalogue.
    pub promise: &'static str,
    /// What was seen.
    pub what: String,
    /// When, UTC.
    pub at: Instant,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] at {}: {}", self.promise, self.at, self.what)
    }
}

/// What the judge has seen of one message's hand-offs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Handings {
    /// A hash of what was handed over, the same each time.
    pub bytes: u64,
    /// How often a server took it, or may have.
    pub taken: u32,
    /// How often it arrived.
    pub arrived: u32,
}

/// A message that a server took, or may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// To whom.
    pub to: PersonRef,
    /// About what.
    pub about: Option<AppointmentId>,
    /// When, UTC.
    pub at: Instant,
}

/// What a message tells, to whom, and when it was written, UTC: the same by whatever way.
pub(crate) type News = (AppointmentId, u32, PersonRef, MessageKind, Instant);

/// A text that a gateway took, or may have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texted {
    /// When, UTC.
    pub at: Instant,
    /// Not before when it was to go, UTC: what waits behind it was to go later.
    pub due: Instant,
    /// What the product was told became of it, and when, UTC.
    pub fate: Option<(Fate, Instant)>,
}

/// A hand-off whose outcome nobody has written down yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InFlight {
    /// Which message.
    pub message: MessageId,
    /// Which revision it tells.
    pub revision: u32,
    /// When the lease of its worker ends, UTC: after that others may take it for lost.
    pub until: Instant,
}

/// The judge: everything that it has seen.
#[derive(Debug, Clone, Default)]
pub struct Judge {
    /// The first promise that was broken.
    pub broken: Option<Broken>,
    pub(crate) chain: record::Chain,
    pub(crate) shadows: BTreeMap<AppointmentId, Shadow>,
    pub(crate) handings: BTreeMap<MessageId, Handings>,
    pub(crate) taken: BTreeMap<MessageId, Taken>,
    /// What a server refused for good: whatever stands in our own books, it did not arrive.
    pub(crate) refused: BTreeSet<MessageId>,
    /// Texts, by what they tell.
    pub(crate) texted: BTreeMap<News, Texted>,
    /// First hand-offs of texts, by number and hour of the clock.
    pub(crate) hours: BTreeMap<(String, i64), BTreeSet<MessageId>>,
    /// What each text tells.
    pub(crate) news: BTreeMap<MessageId, News>,
    /// For each appointment and person, the newest revision that was handed over telling the time.
    pub(crate) newest: BTreeMap<(AppointmentId, PersonRef), u32>,
    /// For each appointment and person, what is in flight, by worker.
    pub(crate) flying: BTreeMap<(AppointmentId, PersonRef, usize), InFlight>,
}

impl Judge {
    /// A promise is broken; the first one counts.
    pub fn accuse(&mut self, promise: &'static str, at: Instant, what: impl Into<String>) {
        if self.broken.is_none() {
            self.broken = Some(Broken { promise, what: what.into(), at });
        }
    }
}
