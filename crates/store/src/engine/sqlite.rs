//! SQLite: one writer thread that commits many commands at once, and a pool of reader threads.

use super::command::{Command, Ran};
use super::queue::{Queue, Refused};
use super::sqlite_tx::{Database, control};
use crate::error::DbError;
use crate::tx::{Engine, May, Tx};
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Commands that one COMMIT may carry.
const BATCH: usize = 64;
/// Commands that may wait; more are answered `Busy`.
const WAITING: usize = 4_096;

type Commands = Queue<Box<dyn Command>>;

/// Commands wait here for the writer or a reader.
pub(crate) struct SqliteEngine {
    writes: Arc<Commands>,
    reads: Arc<Commands>,
    threads: Vec<JoinHandle<()>>,
    writable: bool,
    /// Held while the store is open, so that no second process writes.
    _lock: Option<File>,
}

impl SqliteEngine {
    /// Opens the file for this process alone.
    pub fn open(path: &Path, readers: usize) -> Result<Self, DbError> {
        let lock = lock_file(path)?;
        let writer = Database::writer(path)?;
        let mut engine = Self::readers(path, readers, Some(lock))?;
        let writes = engine.writes.clone();
        engine.threads.push(spawn("store-writer", move || write_loop(&writer, &writes))?);
        engine.writable = true;
        Ok(engine)
    }

    /// Opens the file for reading, beside the process that writes it.
    pub fn open_read_only(path: &Path, readers: usize) -> Result<Self, DbError> {
        Self::readers(path, readers, None)
    }

    fn readers(path: &Path, readers: usize, lock: Option<File>) -> Result<Self, DbError> {
        let queue = || Arc::new(Queue::new(WAITING));
        let mut engine = Self { writes: queue(), reads: queue(), threads: Vec::new(), writable: false, _lock: lock };
        for _ in 0..readers.max(1) {
            let (database, reads) = (Database::reader(path)?, engine.reads.clone());
            engine.threads.push(spawn("store-reader", move || read_loop(&database, &reads))?);
        }
        Ok(engine)
    }

    /// Hands a command to its thread; one that cannot wait is answered at once.
    pub fn submit(&self, command: Box<dyn Command>) {
        let queue = match command.may() {
            May::Read => &self.reads,
            _ if !self.writable => return command.finish(Err(DbError::ReadOnly)),
            _ => &self.writes,
        };
        match queue.push(command) {
            Ok(()) => {}
            Err(Refused::Full(command)) => command.finish(Err(DbError::Busy)),
            Err(Refused::Closed(command)) => command.finish(Err(DbError::Stopped)),
        }
    }
}

impl Drop for SqliteEngine {
    fn drop(&mut self) {
        self.writes.close();
        self.reads.close();
        join_all(&mut self.threads);
    }
}

/// Waits until every thread has finished what waits. A flow may hold the last handle on its store, so this may run
/// on one of these very threads, which cannot wait for itself.
pub(crate) fn join_all(threads: &mut Vec<JoinHandle<()>>) {
    let own = std::thread::current().id();
    for thread in threads.drain(..).filter(|thread| thread.thread().id() != own) {
        // Flows' panics are caught inside, so a thread ends well or not at all.
        let _ = thread.join();
    }
}

/// Takes the lock beside the database, or says who has it.
fn lock_file(path: &Path) -> Result<File, DbError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let cannot = |why: String| DbError::Unavailable(format!("{}: {why}", Path::new(&name).display()));
    let file = File::options().create(true).truncate(false).write(true).open(&name);
    let file = file.map_err(|e| cannot(e.to_string()))?;
    file.try_lock().map_err(|_| {
        cannot("another holdspace process uses this database; stop it first, or use PostgreSQL".to_owned())
    })?;
    Ok(file)
}

pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, DbError> {
    let builder = std::thread::Builder::new().name(name.to_owned());
    builder.spawn(work).map_err(|e| DbError::Unavailable(format!("cannot start a thread: {e}")))
}

fn write_loop(database: &Database, queue: &Commands) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.take(BATCH, &mut batch) {
        commit_batch(database, &mut batch);
    }
}

fn read_loop(database: &Database, queue: &Commands) {
    let mut one = Vec::with_capacity(1);
    while queue.take(1, &mut one) {
        for mut command in one.drain(..) {
            let fate = read_one(database, command.as_mut());
            command.finish(fate);
        }
    }
}

/// Commits the whole batch with one COMMIT. Where that fails each is tried alone, so that one bad command does not
/// take its neighbours with it. Answers leave only after the commit, refusals too: a refusal may rest on the work of
/// a neighbour.
fn commit_batch(database: &Database, batch: &mut Vec<Box<dyn Command>>) {
    let fate = run_batch(database, batch);
    let alone = matches!(fate, Err(DbError::NotCommitted(_))) && batch.len() > 1;
    for mut command in batch.drain(..) {
        let fate = if alone { run_batch(database, std::slice::from_mut(&mut command)) } else { fate.clone() };
        command.finish(fate);
    }
}

fn run_batch(database: &Database, batch: &mut [Box<dyn Command>]) -> Result<(), DbError> {
    let connection = &database.connection;
    let fate = control(connection, "BEGIN IMMEDIATE")
        .and_then(|()| batch.iter_mut().try_for_each(|command| run_one(database, command.as_mut())))
        .and_then(|()| control(connection, "COMMIT"));
    let Err(fault) = fate else { return Ok(()) };
    if !connection.is_autocommit() {
        // Nothing can be done about a ROLLBACK that fails; the next BEGIN will say so.
        let _ = control(connection, "ROLLBACK");
    }
    Err(match fault {
        kept @ (DbError::NotCommitted(_) | DbError::Busy | DbError::Unavailable(_)) => kept,
        other => DbError::NotCommitted(other.to_string()),
    })
}

fn run_one(database: &Database, command: &mut dyn Command) -> Result<(), DbError> {
    let connection = &database.connection;
    control(connection, "SAVEPOINT command")?;
    database.renew_budget(command.may());
    let mut tx = Tx::new(Engine::Sqlite(connection), command.may());
    let ran = command.run(&mut tx);
    database.lift_budget();
    if connection.is_autocommit() {
        let why = tx.failed().map_or("SQLite ended the transaction".to_owned(), DbError::to_string);
        return Err(DbError::NotCommitted(why));
    }
    if ran == Ran::Undo {
        control(connection, "ROLLBACK TO SAVEPOINT command")?;
    }
    control(connection, "RELEASE SAVEPOINT command")
}

fn read_one(database: &Database, command: &mut dyn Command) -> Result<(), DbError> {
    let connection = &database.connection;
    control(connection, "BEGIN")?;
    database.renew_budget(May::Read);
    command.run(&mut Tx::new(Engine::Sqlite(connection), May::Read));
    database.lift_budget();
    if connection.is_autocommit() { Ok(()) } else { control(connection, "ROLLBACK") }
}

/// One connection in memory, used by whoever calls: for the simulator and for tests. Same flows, same savepoints.
pub(crate) struct MemoryEngine(Mutex<Database>);

impl MemoryEngine {
    pub fn open() -> Result<Self, DbError> {
        Database::memory().map(|database| Self(Mutex::new(database)))
    }

    /// Another one with the same data, as they are now.
    pub fn twin(&self) -> Result<Self, DbError> {
        self.with(Database::twin).map(|database| Self(Mutex::new(database)))
    }

    /// Runs the command here and now. A flow that calls its own store would wait for itself.
    pub fn submit(&self, mut command: Box<dyn Command>) {
        let database = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fate = if command.may() == May::Read {
            read_one(&database, command.as_mut())
        } else {
            run_batch(&database, std::slice::from_mut(&mut command))
        };
        drop(database);
        command.finish(fate);
    }

    pub fn with<R>(&self, act: impl FnOnce(&Database) -> R) -> R {
        act(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
