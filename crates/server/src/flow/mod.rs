//! One flow for each use case: load, decide, save, in one transaction. Pages, API and jobs all call these.
//!
//! A flow is plain synchronous code that may be run again from the start; everything it needs comes in by value.

pub mod address;
pub mod answer;
pub mod appointment;
pub mod call;
pub mod case;
pub mod conversation;
pub mod digest;
pub mod due;
pub mod file;
pub mod given_up;
pub mod guide;
pub mod hours;
pub mod import;
pub mod jobs;
pub mod letter;
pub mod link;
pub mod live;
pub mod load;
pub mod money;
pub mod moves;
pub(crate) mod nudge;
pub mod offer;
pub mod once;
pub mod pathway;
pub mod push;
pub mod receipt;
pub mod record;
pub mod replay;
pub mod reply;
pub mod save;
pub mod sent;
pub mod settings;
pub mod setup;
pub mod signin;
pub mod slots;
pub mod standing;
pub mod template;
pub mod ticket;
pub mod undelivered;
pub mod what_if;

use domain::access::{Actor, Purpose, Scope};
use domain::id::{ClientId, CommandId, PracticeId, TokenId};
use domain::refusal::Refusal;
use domain::time::Instant;
use store::DbError;

pub use answer::Answer;
pub use save::Tools;

/// Who asks, when, and under which command id. Read once at the edge and passed down by value.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Who asks.
    pub who: Who,
    /// Now, UTC.
    pub now: Instant,
    /// The command: ids of new things derive from it, so a rerun mints the same.
    pub command: CommandId,
}

/// The one who asks, owned, so that a flow can be run again.
#[derive(Debug, Clone)]
pub enum Who {
    /// Somebody who is signed in.
    Actor(Actor),
    /// The holder of a link.
    Link {
        /// The link.
        token: TokenId,
        /// Its practice.
        practice: PracticeId,
        /// Whose things.
        client: ClientId,
        /// What it may be used for.
        purpose: Purpose,
    },
    /// A job of ours.
    System(&'static str),
}

impl Who {
    /// What they may see.
    pub fn scope(&self) -> Scope<'_> {
        match self {
            Self::Actor(actor) => Scope::Actor(actor),
            Self::Link { token, practice, client, purpose } => {
                Scope::Token { token: *token, practice: *practice, client: *client, purpose: *purpose }
            }
            Self::System(job) => Scope::System(job),
        }
    }
}

impl From<Scope<'_>> for Who {
    fn from(scope: Scope<'_>) -> Self {
        match scope {
            Scope::Actor(actor) => Self::Actor(actor.clone()),
            Scope::Token { token, practice, client, purpose } => Self::Link { token, practice, client, purpose },
            Scope::System(job) => Self::System(job),
        }
    }
}

/// Why a flow ended without a change.
#[derive(Debug)]
pub enum Failed {
    /// A rule said no.
    Refused(Box<Refusal>),
    /// Nothing was due or everything was so already: nothing is saved and nothing goes on record.
    Nothing {
        /// When there may be something, UTC.
        look_again: Option<Instant>,
    },
    /// It was done before under the same key: this is what was answered.
    Replay(Box<once::Before>),
    /// Something of ours is broken; the words are for the log.
    Fault(String),
    /// The store could not.
    Store(DbError),
}

impl From<DbError> for Failed {
    fn from(error: DbError) -> Self {
        match error {
            // The guarantee behind the friendly check: two callers took one time at the same moment (`rulings` 6).
            DbError::Overlap => Self::Refused(Box::new(slot_taken())),
            other => Self::Store(other),
        }
    }
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

/// What a flow answers.
pub type Flow<T> = Result<T, Failed>;

fn slot_taken() -> Refusal {
    Refusal::conflict("slot_taken", "That time has just gone. See the times that are free now.")
}
