//! PostgreSQL: a fixed set of worker threads, each with its own connection; one transaction per command.

use super::command::{Command, Proof, Ran};
use super::postgres_session::Session;
use super::queue::{Queue, Refused};
use super::sqlite::{join_all, spawn};
use crate::audit;
use crate::error::DbError;
use crate::store::Pooler;
use crate::tx::{Engine, May, Tx};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A command is tried again until this long after its first try.
const PATIENCE: Duration = Duration::from_secs(6);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(160);
/// Commands that may wait; more are answered `Busy`.
const WAITING: usize = 4_096;

type Commands = Queue<Box<dyn Command>>;

/// Where and how to connect.
#[derive(Clone)]
pub(crate) struct Address {
    pub url: String,
    pub pooler: Pooler,
}

/// Commands wait here for a worker.
pub(crate) struct PostgresEngine {
    commands: Arc<Commands>,
    threads: Vec<JoinHandle<()>>,
}

impl PostgresEngine {
    /// Starts the workers. The first connection is tried at once, so that a wrong address is said here.
    pub fn open(address: &Address, connections: usize) -> Result<Self, DbError> {
        let mut first = connect_aside(address)?;
        let commands = Arc::new(Queue::new(WAITING));
        let mut engine = Self { commands: commands.clone(), threads: Vec::new() };
        for _ in 0..connections.max(1) {
            let mut worker = Worker { address: address.clone(), session: first.take() };
            let commands = commands.clone();
            engine.threads.push(spawn("store-worker", move || worker.serve(&commands))?);
        }
        Ok(engine)
    }

    /// Hands a command to the workers; one that cannot wait is answered at once.
    pub fn submit(&self, command: Box<dyn Command>) {
        match self.commands.push(command) {
            Ok(()) => {}
            Err(Refused::Full(command)) => command.finish(Err(DbError::Busy)),
            Err(Refused::Closed(command)) => command.finish(Err(DbError::Stopped)),
        }
    }
}

impl Drop for PostgresEngine {
    fn drop(&mut self) {
        self.commands.close();
        join_all(&mut self.threads);
    }
}

/// Runs `act` on a thread of its own: the driver must not be used on a thread that drives async tasks.
pub(crate) fn aside<R: Send>(act: impl FnOnce() -> Result<R, DbError> + Send) -> Result<R, DbError> {
    std::thread::scope(|scope| scope.spawn(act).join())
        .unwrap_or_else(|_| Err(DbError::Unavailable("the PostgreSQL driver failed".to_owned())))
}

fn connect_aside(address: &Address) -> Result<Option<Session>, DbError> {
    aside(|| Session::connect(&address.url, address.pooler)).map(Some)
}

/// One try of one command.
enum Tried {
    /// It is over: the flow has its answer, or the engine has a fault.
    Over(Result<(), DbError>),
    /// Nothing was kept; run it again, and where there is no more patience answer with this.
    Again(DbError),
}

struct Worker {
    address: Address,
    session: Option<Session>,
}

impl Worker {
    fn serve(&mut self, queue: &Commands) {
        let mut one = Vec::with_capacity(1);
        while queue.take(1, &mut one) {
            for mut command in one.drain(..) {
                let fate = self.settle(command.as_mut());
                command.finish(fate);
            }
        }
    }

    fn settle(&mut self, command: &mut dyn Command) -> Result<(), DbError> {
        let deadline = monotonic_now() + PATIENCE;
        let mut pause = Duration::from_millis(5);
        loop {
            match self.try_once(command) {
                Tried::Over(fate) => return fate,
                Tried::Again(fault) if monotonic_now() + pause >= deadline => return Err(fault),
                Tried::Again(_) => pause_for(pause),
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn try_once(&mut self, command: &mut dyn Command) -> Tried {
        let (may, mut session) = (
            command.may(),
            match self.session() {
                Ok(session) => session,
                Err(fault) => return Tried::Again(fault),
            },
        );
        if let Err(fault) = session.begin(may) {
            return self.again(session, fault);
        }
        let mut tx = Tx::new(Engine::Postgres(&mut session), may);
        let ran = command.run(&mut tx);
        match tx.failed().cloned() {
            Some(fault @ DbError::Retry(_)) => return self.again(session, fault),
            // A standby that was not yet promoted, or a primary that was demoted.
            Some(DbError::ReadOnly) if may != May::Read => {
                session.lost = true;
                return self.again(session, DbError::Unavailable("the server takes no writes".to_owned()));
            }
            _ => {}
        }
        if ran == Ran::Undo || may == May::Read {
            self.put_back(session);
            return Tried::Over(Ok(()));
        }
        if session.is_closed() {
            return self.again(session, DbError::Retry("the connection was lost before COMMIT".to_owned()));
        }
        match session.commit() {
            Ok(()) => {
                self.session = Some(session);
                Tried::Over(Ok(()))
            }
            Err(fault @ DbError::Retry(_)) => self.again(session, fault),
            Err(DbError::Unknown) => Tried::Over(self.look_up(command.proof())),
            Err(fault) => {
                self.put_back(session);
                Tried::Over(Err(fault))
            }
        }
    }

    fn session(&mut self) -> Result<Session, DbError> {
        match self.session.take() {
            Some(session) if !session.is_closed() => Ok(session),
            _ => Session::connect(&self.address.url, self.address.pooler),
        }
    }

    /// Ends the transaction and keeps the connection, unless that is gone.
    fn put_back(&mut self, mut session: Session) {
        if !session.is_closed() && session.control("ROLLBACK").is_ok() {
            self.session = Some(session);
        }
    }

    fn again(&mut self, session: Session, fault: DbError) -> Tried {
        let lost = session.is_closed();
        self.put_back(session);
        Tried::Again(match fault {
            DbError::Retry(why) if lost => DbError::Unavailable(why),
            DbError::Retry(_) => DbError::Busy,
            other => other,
        })
    }

    /// After a COMMIT without an answer: an audited command left its entry in the chain, or it did not.
    /// Only a found entry is proof; otherwise the caller must look its command up.
    fn look_up(&mut self, proof: Option<Proof>) -> Result<(), DbError> {
        let Some((practice, receipt)) = proof else { return Err(DbError::Unknown) };
        let mut session = self.session().map_err(|_| DbError::Unknown)?;
        session.begin(May::Write).map_err(|_| DbError::Unknown)?;
        let mut tx = Tx::new(Engine::Postgres(&mut session), May::Write);
        let found = audit::is_on_record(&mut tx, practice, receipt);
        self.put_back(session);
        match found {
            Ok(true) => Ok(()),
            _ => Err(DbError::Unknown),
        }
    }
}

/// Elapsed time for patience alone; no rule reads it.
#[allow(clippy::disallowed_methods, reason = "a wait for the network needs a clock; nothing is decided by it")]
fn monotonic_now() -> Instant {
    Instant::now()
}

/// Lets the other transaction end before this one is tried again. The thread is the store's own and has nothing else to do.
#[allow(clippy::disallowed_methods, reason = "the pause between tries of a transaction; nothing can wake us earlier")]
fn pause_for(pause: Duration) {
    std::thread::sleep(pause);
}
