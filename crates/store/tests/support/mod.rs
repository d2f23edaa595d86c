//! What the stories share: a store on each engine, a practice, and entries for the record.
#![allow(dead_code, missing_docs)]

#[path = "../../../testkit/src/postgres.rs"]
pub mod postgres;

use domain::audit::Entry;
use domain::id::{CommandId, PracticeId};
use domain::time::{Instant, Interval, Span};
use holdspace_store::{Config, DbError, Done, Pooler, Store, Tx};
use postgres::TestDatabase;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// A store on one engine, and whatever must outlive it.
pub struct Rig {
    pub store: Store,
    pub config: Config,
    pub folder: Option<Folder>,
    pub database: Option<TestDatabase>,
}

/// A folder that goes when the test is over.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn create() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("holdspace-store-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    pub fn file(&self) -> PathBuf {
        self.0.join("practice.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Rig {
    pub fn memory() -> Self {
        Self {
            store: Store::memory().expect("a store in memory"),
            config: Config::Memory,
            folder: None,
            database: None,
        }
    }

    pub fn sqlite() -> Self {
        let folder = Folder::create();
        Self::open(Config::sqlite(folder.file()), Some(folder), None)
    }

    pub fn postgres() -> Self {
        Self::postgres_with(Pooler::None)
    }

    pub fn pooled() -> Self {
        Self::postgres_with(Pooler::Transaction)
    }

    fn postgres_with(pooler: Pooler) -> Self {
        let database = TestDatabase::create();
        let config = Config::Postgres { url: database.url().to_owned(), connections: 8, pooler };
        Self::open(config, None, Some(database))
    }

    fn open(config: Config, folder: Option<Folder>, database: Option<TestDatabase>) -> Self {
        let store = Store::open(config.clone()).expect("the store opens");
        store.migrate().expect("the tables are made");
        Self { store, config, folder, database }
    }

    pub fn is_postgres(&self) -> bool {
        self.database.is_some()
    }

    /// A second way in, past the store: a client of the server's own.
    pub fn raw_postgres(&self) -> ::postgres::Client {
        let url = self.database.as_ref().expect("a PostgreSQL rig").url();
        ::postgres::Client::connect(url, ::postgres::NoTls).expect("a connection")
    }
}

/// Makes a test of a story for each engine: in memory, SQLite, PostgreSQL, and PostgreSQL behind a transaction pooler.
#[macro_export]
macro_rules! on_every_engine {
    ($($(#[$meta:meta])* $story:ident;)*) => {$(
        mod $story {
            use super::support::Rig;
            $(#[$meta])*
            #[test]
            fn in_memory() {
                super::$story(&Rig::memory());
            }
            $(#[$meta])*
            #[test]
            fn on_sqlite() {
                super::$story(&Rig::sqlite());
            }
            $(#[$meta])*
            #[test]
            fn on_postgres() {
                super::$story(&Rig::postgres());
            }
            $(#[$meta])*
            #[test]
            fn on_postgres_with_unnamed_statements() {
                super::$story(&Rig::pooled());
            }
        }
    )*};
}

pub fn practice(n: u8) -> PracticeId {
    PracticeId::from_bytes([n; 16])
}

/// Command ids that never repeat within a process.
pub fn fresh_command() -> CommandId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    bytes[8..12].copy_from_slice(&std::process::id().to_be_bytes());
    CommandId::from_bytes(bytes)
}

pub fn entry(practice: PracticeId, command: CommandId, subjects: &[&str]) -> Entry {
    Entry {
        practice,
        command,
        at: noon(),
        actor: "thp_ada".to_owned(),
        on_behalf_of: None,
        word: "appointment_booked".to_owned(),
        subjects: subjects.iter().map(|s| (*s).to_owned()).collect(),
        details: serde_json::json!({"note": "agreed by phone", "minutes": 50}),
        salt: command.bytes(),
    }
}

/// An answer that leaves one entry about `subject` on the record of practice 1.
pub fn recorded<T>(answer: T, subject: &str) -> Done<T> {
    Done::new(answer, entry(practice(1), fresh_command(), &[subject]))
}

pub fn noon() -> Instant {
    "2026-03-09T12:00:00Z".parse().expect("a moment")
}

pub fn minutes(n: i64) -> Instant {
    noon() + Span::minutes(n)
}

pub fn time(from: i64, to: i64) -> Interval {
    Interval::new(minutes(from), minutes(to))
}

/// Writes with an audit entry and gives the flow's answer.
pub fn write<T: Send + 'static>(
    store: &Store,
    mut flow: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
) -> Result<T, DbError> {
    store.write(move |tx| flow(tx).map(|answer| recorded(answer, "apt_story"))).map(|done| done.answer)
}
