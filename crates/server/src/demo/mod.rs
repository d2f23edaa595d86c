//! A living practice to look at and to test against: made-up people, a caught post, a clock that can be moved on. Mounted
//! by `holdspace demo` and absent otherwise.

mod acts;
pub mod cast;
pub mod catcher;
mod day;
mod history;
mod inbound;
mod kept;
pub mod machine;
mod on_file;
pub mod outbox;
mod pages;
mod people;
mod plant;
mod portal;
mod routes;
mod stage;
mod story;
mod wire;

use crate::app::{App, Parts};
use crate::clock::{Clock, Pace};
use crate::config::Config;
use crate::dice::Dice;
use crate::flow::{Failed, Tools};
use crate::keys::Keys;
use crate::rate::Rates;
use crate::routes::{Route, table};
use crate::words::Writer;
use crate::work::{Nudge, post_letter};
use axum::Router;
use catcher::{Catcher, Faults};
use domain::policy::Preset;
use domain::telling::route::Reach;
use domain::time::{Instant, Span};
use kept::{Kept, KeptClock};
use machine::{Attendant, Machine};
use outbox::Outbox;
use outside::address::EmailAddress;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{DbError, Store};

/// The seed of everything that is made up.
const SEED: &str = "1";
/// The database's name in the data directory.
const DATABASE: &str = "demo.sqlite";
/// The outbox's name in the data directory.
const OUTBOX: &str = "outbox.jsonl";

/// Where letters of the demo come from: a name that is kept for examples (RFC 2606).
const NO_REPLY: &str = "appointments@holdspace.example";
/// How long a request may take: moving time on by a year takes a while.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(600);

/// What a demo is to be.
#[derive(Debug, Clone)]
pub struct Wish {
    /// As for `serve`; its data directory is where the demo lives.
    pub config: Config,
    /// Where the clock stands; it runs with the machine's where nothing is said. Not heard where the data is used.
    pub now: Option<Instant>,
    /// Only this practice; all four where nothing is said. Not heard where the data is used.
    pub preset: Option<Preset>,
}

/// The demo cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A file of the data directory.
    #[error("{path}: {source}. Choose another directory with --data, or empty this one")]
    File {
        /// Which.
        path: PathBuf,
        /// What the machine said.
        source: std::io::Error,
    },
    /// The database.
    #[error("database {path}: {source}")]
    Database {
        /// Which.
        path: PathBuf,
        /// What it said.
        source: DbError,
    },
    /// The demo's past could not be played.
    #[error("the demo's data could not be made: {0}")]
    Story(String),
}

/// A running demo. Its worker ends when it is dropped.
pub struct Demo {
    /// The application.
    pub app: App,
    /// Whether the data was there already.
    pub is_used: bool,
    parts: Arc<Handles>,
    _attendant: Attendant,
}

/// What the demo's own pages reach beside the application.
pub struct Handles {
    /// Every letter.
    pub outbox: Arc<Outbox>,
    /// What misbehaves.
    pub faults: Arc<Faults>,
    /// The time machine.
    pub machine: Arc<Machine>,
}

impl Demo {
    /// Opens the demo of this data directory; where there is none, one is made.
    ///
    /// # Errors
    /// [`DemoError`] names the file and the remedy.
    pub fn open(wish: Wish) -> Result<Self, DemoError> {
        let dir = wish.config.data_dir.clone();
        let at = |name: &str| dir.join(name);
        std::fs::create_dir_all(&dir).map_err(|source| DemoError::File { path: dir.clone(), source })?;
        let kept_at = at(kept::FILE);
        let before = Kept::read(&kept_at).map_err(|source| DemoError::File { path: kept_at.clone(), source })?;
        let store = open_store(&at(DATABASE), before.is_none())?;
        if before.is_none() {
            sweep(&at(OUTBOX))?;
        }
        let outbox = Outbox::open(&at(OUTBOX)).map_err(|source| DemoError::File { path: at(OUTBOX), source })?;
        let (outbox, faults) = (Arc::new(outbox), Arc::new(Faults::default()));
        let clock = match (&before, wish.now) {
            (Some(Kept { clock: KeptClock::Standing(at), .. }), _) => Clock::standing(*at),
            (Some(Kept { clock: KeptClock::Ahead(by), .. }), _) => Clock::shifted(*by),
            (None, Some(now)) => Clock::standing(now),
            (None, None) => Clock::shifted(Span::ZERO),
        };
        if before.is_none() {
            let begins = clock.now();
            play(&wish, &store, &outbox, begins)?;
        }
        let runs = before.as_ref().map_or(0, |kept| kept.runs) + 1;
        let app = application(wish.config, store, clock, runs);
        let post = Arc::new(Catcher::new(app.clone(), outbox.clone(), faults.clone()));
        let machine = Arc::new(Machine::new(app.clone(), post, kept_at, runs));
        machine.keep();
        let attendant = Attendant::start(app.clone(), machine.clone());
        let parts = Arc::new(Handles { outbox, faults, machine });
        Ok(Self { app, is_used: before.is_some(), parts, _attendant: attendant })
    }

    /// Every route of the product and those of the demo.
    pub fn routes(&self) -> Vec<Route> {
        [table(), routes::routes(&self.parts)].concat()
    }

    /// The router with the demo's routes.
    pub fn router(&self) -> Router {
        crate::routes::build(&self.app, self.routes())
    }
}

/// Opens the database. What an interrupted start left behind is thrown away: it was never shown to anybody.
fn open_store(path: &Path, is_fresh: bool) -> Result<Store, DemoError> {
    let database = |source| DemoError::Database { path: path.to_owned(), source };
    if is_fresh && path.exists() {
        // Opening takes the lock, so that a demo which is being set up by another process is not thrown away.
        drop(Store::open(store::Config::sqlite(path)).map_err(database)?);
        for ending in ["", "-wal", "-shm"] {
            sweep(&PathBuf::from(format!("{}{ending}", path.display())))?;
        }
    }
    let store = Store::open(store::Config::sqlite(path)).map_err(database)?;
    store.migrate().map_err(database)?;
    Ok(store)
}

fn sweep(path: &Path) -> Result<(), DemoError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(DemoError::File { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Plays the days before the demo begins on a clock of their own.
fn play(wish: &Wish, store: &Store, outbox: &Arc<Outbox>, begins: Instant) -> Result<(), DemoError> {
    let clock = Clock::standing(story::curtain_up(begins));
    let app = application(wish.config.clone(), store.clone(), clock, 0);
    let post = Arc::new(Catcher::new(app.clone(), outbox.clone(), Arc::new(Faults::default())));
    let mut stage = stage::Stage::new(app, post, SEED);
    story::play(&mut stage, wish.preset, begins).map_err(|failed: Failed| DemoError::Story(format!("{failed:?}")))
}

/// The application of a demo. Its keys follow from the seed: a demo's secrets are on its own pages anyway. Chance is
/// seeded too, and differs from start to start so that no id is made twice.
fn application(config: Config, store: Store, clock: Clock, runs: u32) -> App {
    let mut config = config.for_demo();
    config.limits.request = PATIENCE;
    let keys = Keys::from_bytes(derived("link key"), derived("signing key"));
    let rates = Rates::new(config.limits.rate_factor);
    let tools = tools(&config, &keys);
    let mut seed = [0; 8];
    seed.copy_from_slice(&derived(&format!("dice {runs}"))[..8]);
    App::new(Parts {
        store,
        clock,
        pace: Pace::Real,
        dice: Dice::seeded(u64::from_be_bytes(seed)),
        config,
        keys,
        rates,
        tools,
        nudge: Nudge::default(),
        post_letter: post_letter(),
        is_demo: true,
    })
}

/// As for any server, with an address for answers that nobody has.
fn tools(config: &Config, keys: &Keys) -> Tools {
    let tools = Tools::new(config, keys);
    // The phones of the demo are its own, so texts go without a gateway.
    let tools = Tools { reach: Reach { sms: true, ..tools.reach }, ..tools };
    match NO_REPLY.parse::<EmailAddress>() {
        Ok(from) => Tools { writer: Arc::new(Writer::new(from.clone(), &tools.base_url)), from, ..tools },
        Err(_) => tools,
    }
}

fn derived(what: &str) -> [u8; 32] {
    Sha256::digest(format!("holdspace demo\n{SEED}\n{what}")).into()
}
