//! The time machine: moves the clock forward, stops at every due moment on the way, and lets the worker finish there.

use super::kept::{Kept, KeptClock};
use crate::app::App;
use crate::clock::{Clock, ClockError};
use crate::flow::{Failed, Flow};
use crate::work::{Post, step};
use domain::time::{Instant, Span};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use store::{Tx, job};

/// After how many steps without rest something is wrong: a job that is always due would stop the clock for ever.
const STEPS_MAX: u32 = 100_000;

/// Why the clock did not move.
#[derive(Debug)]
pub enum Stopped {
    /// The clock's own reason.
    Clock(ClockError),
    /// The worker could not go on.
    Worker(Failed),
}

impl From<ClockError> for Stopped {
    fn from(error: ClockError) -> Self {
        Self::Clock(error)
    }
}

impl From<Failed> for Stopped {
    fn from(failed: Failed) -> Self {
        Self::Worker(failed)
    }
}

/// Moves time and runs what falls due; one at a time.
pub struct Machine {
    app: App,
    post: Arc<dyn Post>,
    turn: Mutex<()>,
    kept: PathBuf,
    runs: u32,
}

impl Machine {
    /// A machine for this application; it keeps the clock in `kept`.
    pub fn new(app: App, post: Arc<dyn Post>, kept: PathBuf, runs: u32) -> Self {
        Self { app, post, turn: Mutex::new(()), kept, runs }
    }

    /// Does everything that is due now.
    ///
    /// # Errors
    /// Faults of the store.
    pub fn catch_up(&self) -> Flow<()> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        settle(&self.app, &*self.post)
    }

    /// Moves time forward to `to` and answers the new now, when nothing is due any more.
    ///
    /// # Errors
    /// [`Stopped::Clock`] where `to` is in the past; faults of the store.
    pub fn advance_to(&self, to: Instant) -> Result<Instant, Stopped> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        run_to(&self.app, &*self.post, to, &mut || self.keep())?;
        Ok(self.app.now())
    }

    /// Moves time forward by `by`; see [`Machine::advance_to`].
    ///
    /// # Errors
    /// As there.
    pub fn advance(&self, by: Span) -> Result<Instant, Stopped> {
        self.advance_to(self.app.now() + by)
    }

    /// Writes down what the clock says, so that a demo that is started again goes on from there.
    pub fn keep(&self) {
        let clock = match &self.app.clock {
            Clock::Standing(_) => KeptClock::Standing(self.app.now()),
            Clock::Shifted(_) | Clock::System => KeptClock::Ahead(self.app.clock.offset()),
        };
        if let Err(error) = Kept::new(self.runs, clock).write(&self.kept) {
            tracing::warn!(%error, path = %self.kept.display(), "the demo's clock cannot be kept");
        }
    }
}

/// Moves the clock of `app` to `to`, stopping at every due moment; `at_stop` is called whenever it has moved.
///
/// # Errors
/// As [`Machine::advance_to`].
pub fn run_to(app: &App, post: &dyn Post, to: Instant, at_stop: &mut dyn FnMut()) -> Result<(), Stopped> {
    if to < app.now() {
        return Err(ClockError::Backwards.into());
    }
    settle(app, post)?;
    while let Some(due) = next_due(app)?.filter(|due| *due <= to) {
        if due > app.now() {
            app.clock.advance_to(due)?;
        } else {
            // It was due and nobody took it: a moment later it is looked at once more.
            app.clock.advance_to((app.now() + Span::seconds(1)).min(to))?;
        }
        at_stop();
        settle(app, post)?;
        if app.now() >= to {
            break;
        }
    }
    if app.now() < to {
        app.clock.advance_to(to)?;
    }
    at_stop();
    settle(app, post).map_err(Stopped::Worker)
}

/// Steps until nothing is due at the present moment.
fn settle(app: &App, post: &dyn Post) -> Flow<()> {
    for _ in 0..STEPS_MAX {
        if !step(app, post)? {
            return Ok(());
        }
    }
    Err(Failed::Fault(format!("the worker had no rest after {STEPS_MAX} steps at {}", app.now())))
}

fn next_due(app: &App) -> Flow<Option<Instant>> {
    app.store.read(|tx: &mut Tx<'_>| -> Flow<Option<Instant>> { Ok(job::next_due(tx)?) })
}

/// The demo's worker: takes turns with the time machine. Ends when it is dropped.
pub struct Attendant {
    stop: Arc<AtomicBool>,
    app: App,
    thread: Option<JoinHandle<()>>,
}

impl Attendant {
    /// Starts it.
    pub fn start(app: App, machine: Arc<Machine>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (own, wanted) = (app.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            while !wanted.load(Ordering::SeqCst) {
                if let Err(why) = machine.catch_up() {
                    tracing::error!(?why, "the worker cannot go on for the moment");
                }
                own.nudge.wait(&wanted);
            }
        });
        Self { stop, app, thread: Some(thread) }
    }
}

impl Drop for Attendant {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        self.app.nudge.ring();
        if let Some(thread) = self.thread.take() {
            // A panic in it was logged where it happened.
            let _ = thread.join();
        }
    }
}
