//! Where a world's data lives.

use crate::postgres::TestDatabase;
use crate::scratch::Scratch;
use store::{Config, Pooler, Store};

/// Which database a story runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// In memory, on the caller's thread.
    Memory,
    /// A file of its own.
    Sqlite,
    /// A database of its own on a real server.
    Postgres,
    /// The database at this PostgreSQL address, which the story itself looks after.
    Given(String),
}

/// The data and what must outlive the store.
pub(super) struct Kept {
    config: Config,
    _folder: Option<Scratch>,
    _database: Option<TestDatabase>,
}

impl Kept {
    pub(super) fn new(engine: Engine) -> Self {
        match engine {
            Engine::Memory => Self { config: Config::Memory, _folder: None, _database: None },
            Engine::Sqlite => {
                let folder = Scratch::new("world");
                let config = Config::sqlite(folder.join("practice.sqlite"));
                Self { config, _folder: Some(folder), _database: None }
            }
            Engine::Postgres => {
                let database = TestDatabase::create();
                Self { config: postgres(database.url()), _folder: None, _database: Some(database) }
            }
            Engine::Given(url) => Self { config: postgres(&url), _folder: None, _database: None },
        }
    }

    pub(super) fn open(&self) -> Store {
        let store = Store::open(self.config.clone()).expect("the store opens");
        store.migrate().expect("the tables are made");
        store
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }
}

fn postgres(url: &str) -> Config {
    Config::Postgres { url: url.to_owned(), connections: 8, pooler: Pooler::None }
}
