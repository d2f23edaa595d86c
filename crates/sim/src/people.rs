//! People: what they saw, what they believe because of it, and what they do.

mod client;
mod desk;
mod inbox;
mod live;
pub mod reading;
mod therapist;

use crate::world::Post;
use domain::id::AppointmentId;
use domain::time::Instant;
use reading::Says;
use std::collections::BTreeMap;

/// Whose desk somebody looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// The therapist's own list.
    Therapist,
    /// The office's list.
    Office,
}

/// Something that somebody has in mind. Clients are named by their place in the practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// A client books a time.
    Books(usize),
    /// A client calls an appointment off.
    ClientCancels(AppointmentId),
    /// A client moves one.
    ClientMoves(AppointmentId),
    /// The therapist calls one off.
    TherapistCancels(AppointmentId),
    /// The therapist asks for another time.
    TherapistAsks(AppointmentId),
    /// The therapist moves one, having asked.
    TherapistMoves(AppointmentId),
    /// The practice calls one off.
    PracticeCancels(AppointmentId),
    /// Whoever of the staff made the last edit takes it back.
    Undoes(AppointmentId),
    /// Everything of today is called off.
    IsIll,
    /// The start is near: the therapist sees whether they are late.
    Near(AppointmentId, Instant),
    /// Therapist and client meet after lateness.
    Connects(AppointmentId),
    /// A client waits and nobody comes.
    ReportsNobody(AppointmentId),
    /// The therapist waits and nobody comes.
    GivesUp(AppointmentId, Instant),
    /// The therapist says what came of it.
    Updates(AppointmentId, Instant),
    /// A client opens the link of a message in their inbox.
    Opens {
        /// Which client.
        client: usize,
        /// Which message, by its place in the inbox.
        message: usize,
    },
    /// Somebody looks at what is owed.
    Looks(Desk),
}

/// How somebody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// They did it themselves, or agreed to it, or saw it on a page.
    Own,
    /// A letter, which says when it was written.
    Letter,
    /// A text.
    Text,
    /// Somebody told them on the phone.
    Phone,
}

/// What somebody believes about one appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Belief {
    /// What.
    pub says: Says,
    /// Of when the news is, as far as they can tell, UTC.
    pub of: Instant,
    /// How they know.
    pub source: Source,
}

/// A message in somebody's inbox.
#[derive(Debug, Clone)]
pub struct Seen {
    /// When it arrived, UTC.
    pub at: Instant,
    /// What arrived.
    pub post: Post,
    /// What it is about; the world knows, whoever reads must find out.
    pub about: Option<AppointmentId>,
    /// Which revision it tells.
    pub revision: u32,
    /// What it says.
    pub reading: reading::Reading,
}

/// One person's mind.
#[derive(Debug, Clone, Default)]
pub struct Mind {
    /// Everything that arrived, in order.
    pub inbox: Vec<Seen>,
    /// What they believe.
    pub beliefs: BTreeMap<AppointmentId, Belief>,
    /// What they came to believe, and when, UTC, in order.
    pub history: Vec<(Instant, AppointmentId, Belief)>,
    /// Until when they were told that they may change it free, UTC.
    pub free_until: BTreeMap<AppointmentId, Instant>,
}

impl Mind {
    /// What they believe about an appointment.
    pub fn says(&self, about: AppointmentId) -> Option<Says> {
        self.beliefs.get(&about).map(|belief| belief.says)
    }

    /// Whether they believe that it is on at that time.
    pub fn expects(&self, about: AppointmentId, at: Instant) -> bool {
        self.says(about) == Some(Says::On(at))
    }
}
