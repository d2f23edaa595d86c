//! The store: where flows go in and answers come out. It owns every thread and every connection.

use crate::engine::command::{FlowCommand, Provable};
use crate::engine::postgres::{Address, PostgresEngine};
use crate::engine::sqlite::{MemoryEngine, SqliteEngine};
use crate::error::DbError;
use crate::flow::{Committed, Done, Plain, audited};
use crate::tx::{May, Tx};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Where the data lives. Its `Debug` shows no password.
#[derive(Clone, PartialEq, Eq)]
pub enum Config {
    /// Nowhere: one connection in memory, run on the caller's thread. For the simulator and for tests.
    Memory,
    /// An embedded SQLite file.
    Sqlite {
        /// The database file; `.lock`, `-wal` and `-shm` stand beside it.
        path: PathBuf,
        /// Threads that read.
        readers: usize,
    },
    /// A PostgreSQL server, version 15 or later.
    Postgres {
        /// `postgres://user:password@host:port/database`.
        url: String,
        /// Worker threads, each with its own connection.
        connections: usize,
        /// What stands between us and the server.
        pooler: Pooler,
    },
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::Sqlite { path, .. } => write!(f, "sqlite:{}", path.display()),
            Self::Postgres { url, .. } => {
                write!(f, "postgres:…{}", url.rsplit_once('@').map_or("", |(_, place)| place))
            }
        }
    }
}

impl Config {
    /// A SQLite file with the usual number of readers.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self::Sqlite { path: path.into(), readers: 4 }
    }

    /// A PostgreSQL server, spoken to directly, with the usual number of connections.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self::Postgres { url: url.into(), connections: 16, pooler: Pooler::None }
    }
}

/// What stands between the store and PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooler {
    /// Nothing, or a pooler in session mode: statements are prepared once and kept.
    None,
    /// A pooler in transaction mode: statements are unnamed, and no setting outlives its transaction.
    Transaction,
}

#[derive(Clone)]
pub(crate) enum Engines {
    Memory(Arc<MemoryEngine>),
    Sqlite(Arc<SqliteEngine>),
    Postgres(Arc<PostgresEngine>),
}

/// A handle on the store; clones share it. When the last is dropped, what waits is finished and the threads end.
///
/// A flow may be run more than once: it must do nothing but run statements and compute.
#[derive(Clone)]
pub struct Store {
    pub(crate) engine: Engines,
    pub(crate) config: Config,
}

impl Store {
    /// Opens the store for writing. A SQLite file is locked for this process; a second is refused.
    /// Tables are made by `migrate`.
    pub fn open(config: Config) -> Result<Self, DbError> {
        let engine = match &config {
            Config::Memory => Engines::Memory(Arc::new(MemoryEngine::open()?)),
            Config::Sqlite { path, readers } => Engines::Sqlite(Arc::new(SqliteEngine::open(path, *readers)?)),
            Config::Postgres { url, connections, pooler } => {
                let address = Address { url: url.clone(), pooler: *pooler };
                Engines::Postgres(Arc::new(PostgresEngine::open(&address, *connections)?))
            }
        };
        Ok(Self { engine, config })
    }

    /// Opens the store for reading only, beside a process that writes. Writes answer `ReadOnly` on SQLite.
    pub fn open_read_only(config: Config) -> Result<Self, DbError> {
        match &config {
            Config::Sqlite { path, readers } => {
                let engine = Engines::Sqlite(Arc::new(SqliteEngine::open_read_only(path, *readers)?));
                Ok(Self { engine, config })
            }
            _ => Self::open(config),
        }
    }

    /// An empty, migrated store in memory, run on the caller's thread: same flows, same savepoints, no disk.
    pub fn memory() -> Result<Self, DbError> {
        let store = Self::open(Config::Memory)?;
        store.migrate()?;
        Ok(store)
    }

    /// A second store in memory with the data that this one has now: whoever needs many alike sets one up and copies it.
    ///
    /// # Errors
    /// Refused for a store that is not in memory.
    pub fn twin(&self) -> Result<Self, DbError> {
        let Engines::Memory(engine) = &self.engine else {
            return Err(DbError::Unavailable("only a store in memory has twins".to_owned()));
        };
        Ok(Self { engine: Engines::Memory(Arc::new(engine.twin()?)), config: Config::Memory })
    }

    /// What the store was opened with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Runs a write flow; its audit entries are appended and all of it commits together, or none of it.
    /// The answer comes only after the commit that carries it.
    pub async fn write_async<T, E, F>(&self, flow: F) -> Result<Committed<T>, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<Done<T>, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        answer(self.submit_write(flow).await)
    }

    /// As `write_async`, for code that is not async: commands, tests, the simulator. Panics inside an async task.
    pub fn write<T, E, F>(&self, flow: F) -> Result<Committed<T>, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<Done<T>, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        answer(self.submit_write(flow).blocking_recv())
    }

    /// Runs a flow that keeps books: leases, attempts, counters, tokens. It may write only the tables of
    /// `bookkeeping::TABLES`; any other is `NeedsAudit`.
    pub async fn write_unaudited_async<T, E, F>(&self, flow: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        answer(self.submit_plain(May::KeepBooks, flow).await).map(|plain| plain.0)
    }

    /// As `write_unaudited_async`, for code that is not async. Panics inside an async task.
    pub fn write_unaudited<T, E, F>(&self, flow: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        answer(self.submit_plain(May::KeepBooks, flow).blocking_recv()).map(|plain| plain.0)
    }

    /// Runs a flow that only reads, on one snapshot of the data.
    pub async fn read_async<T, E, F>(&self, flow: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        answer(self.submit_plain(May::Read, flow).await).map(|plain| plain.0)
    }

    /// As `read_async`, for code that is not async. Panics inside an async task.
    pub fn read<T, E, F>(&self, flow: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        answer(self.submit_plain(May::Read, flow).blocking_recv()).map(|plain| plain.0)
    }

    fn submit_write<T, E, F>(&self, mut flow: F) -> oneshot::Receiver<Result<Committed<T>, E>>
    where
        F: FnMut(&mut Tx<'_>) -> Result<Done<T>, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.submit(May::Write, move |tx: &mut Tx<'_>| audited(&mut flow, tx))
    }

    fn submit_plain<T, E, F>(&self, may: May, mut flow: F) -> oneshot::Receiver<Result<Plain<T>, E>>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        self.submit(may, move |tx: &mut Tx<'_>| flow(tx).map(Plain))
    }

    fn submit<A, E, F>(&self, may: May, flow: F) -> oneshot::Receiver<Result<A, E>>
    where
        F: FnMut(&mut Tx<'_>) -> Result<A, E> + Send + 'static,
        A: Provable + Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (command, answer) = FlowCommand::with_caller(may, flow);
        match &self.engine {
            Engines::Memory(engine) => engine.submit(command),
            Engines::Sqlite(engine) => engine.submit(command),
            Engines::Postgres(engine) => engine.submit(command),
        }
        answer
    }
}

/// The engine answers every command, unless it was torn down with the command inside.
fn answer<A, E: From<DbError>>(received: Result<Result<A, E>, oneshot::error::RecvError>) -> Result<A, E> {
    received.unwrap_or_else(|_| Err(DbError::Stopped.into()))
}
