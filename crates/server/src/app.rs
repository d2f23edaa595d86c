//! The application: what every handler may reach. Cheap to clone.

use crate::clock::{Clock, Pace};
use crate::config::{Config, Database};
use crate::dice::Dice;
use crate::flow::Tools;
use crate::flow::signin::PostLetter;
use crate::keys::{KeyError, Keys};
use crate::rate::Rates;
use crate::work::{Nudge, Queue};
use domain::time::Instant;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use store::{DbError, Store};

/// A handle on the application; clones share it.
#[derive(Clone)]
pub struct App(Arc<(Parts, Queue)>);

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

/// The application cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error("database {database}: {source}")]
    Database {
        /// Which, without its password.
        database: String,
        /// What it said.
        source: DbError,
    },
    /// A key file.
    #[error(transparent)]
    Keys(#[from] KeyError),
}

impl App {
    /// Opens database and key files as the configuration says. Tables are made by `store.migrate()`.
    ///
    /// # Errors
    /// [`StartError`] names what cannot be opened and the remedy.
    pub fn open(config: Config, clock: Clock, is_demo: bool, post_letter: PostLetter) -> Result<Self, StartError> {
        let dice = Dice::System;
        let keys = Keys::load_or_create(&config.keys.link, &config.keys.signing, &dice)?;
        let keys = keys.with_push(&config.keys.push, &dice)?;
        let place = match &config.database {
            Database::Sqlite(path) => store::Config::sqlite(path),
            Database::Postgres(url) => store::Config::postgres(url),
        };
        let store = Store::open(place)
            .map_err(|source| StartError::Database { database: config.database.redacted(), source })?;
        let rates = Rates::new(config.limits.rate_factor);
        let (tools, nudge) = (Tools::new(&config, &keys), Nudge::default());
        let pace = Pace::Real;
        Ok(Self::new(Parts { store, clock, pace, dice, config, keys, rates, tools, nudge, post_letter, is_demo }))
    }

    /// The application made of these parts.
    pub fn new(parts: Parts) -> Self {
        let queue = Queue::new(&parts.config.limits);
        Self(Arc::new((parts, queue)))
    }

    /// What the worker of this process remembers between steps.
    pub(crate) fn queue(&self) -> &Queue {
        &self.0.1
    }

    /// Reads the clock: once for each request or job, at its edge.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0.0
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("clock", &self.clock).field("is_demo", &self.is_demo).finish_non_exhaustive()
    }
}
