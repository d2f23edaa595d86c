//! The application: what every handler may reach. Cheap to clone.

use crate::clock::{Clock, Pace};
use crate::config::Config;
use crate::dice::Dice;
use crate::flow::Tools;
use crate::flow::signin::PostLetter;
use crate::keys::Keys;
use crate::rate::Rates;
use crate::work::Nudge;
use domain::time::Instant;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use store::Store;

/// A handle on the application; clones share it.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What the application is made of. `serve`, `demo`, the simulator and tests each put it together.
pub struct Parts {
    /// The store.
    pub store: Store,
    /// Where now comes from.
    pub clock: Clock,
    /// How rate limits refill.
    pub pace: Pace,
    /// Where chance comes from.
    pub dice: Dice,
    /// What the operator decided.
    pub config: Config,
    /// The server's keys.
    pub keys: Keys,
    /// Rate limits of this process.
    pub rates: Rates,
    /// What flows need beside the transaction.
    pub tools: Tools,
    /// Wakes the worker of this process.
    pub nudge: Nudge,
    /// Puts a sign-in letter into the outbox, in the transaction that made its token.
    pub post_letter: PostLetter,
    /// Whether this is a demo: its routes exist only then.
    pub is_demo: bool,
}

impl App {
    /// The application made of these parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Reads the clock: once for each request or job, at its edge.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("clock", &self.clock).field("is_demo", &self.is_demo).finish_non_exhaustive()
    }
}
