//! The worker's threads: step after step while anything is due, then wait for a nudge or the next moment.

use super::{Call, Errand, Noted, Outcome, Step, guard, next_call, parcel, record};
use crate::app::App;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How many hand over at the same time unless somebody says otherwise. SQLite has one writer whatever their number; they wait
/// for others outside of it, at most half of them for any one server.
pub const THREADS: u8 = 8;

/// The longest wait without a look: a due moment, or another process's work, is found by then.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Who takes letters and texts: the one thing that the demo and tests put in another's place.
pub trait Post: Send + Sync {
    /// Hands the call's letter or text over.
    fn hand_off(&self, call: &Call) -> Outcome;

    /// The same, and by which way out it went, as people call it; empty where nobody says.
    fn hand_off_by(&self, call: &Call) -> (Outcome, String) {
        (self.hand_off(call), String::new())
    }

    /// So many threads will hand over at the same time.
    fn begin(&self, _threads: usize) {}
}

/// A hint that something may be due. Losing one costs a quarter of a second. Of all the threads that wait only one looks by
/// itself every quarter of a second, so that many cost no more than one.
#[derive(Default)]
pub struct Nudge {
    state: Mutex<Waiting>,
    bell: Condvar,
}

#[derive(Default)]
struct Waiting {
    asked: bool,
    has_lookout: bool,
}

impl Nudge {
    /// Says that something may be due. One thread looks, and says so to the next before it hands anything over.
    pub fn ring(&self) {
        self.state().asked = true;
        self.bell.notify_one();
    }

    /// Wakes everybody who waits, so that they see that they are to stop.
    fn ring_all(&self) {
        self.state().asked = true;
        self.bell.notify_all();
    }

    /// Waits until somebody rings, or it is to stop, or for the one who looks out a quarter of a second.
    pub(crate) fn wait(&self, stop: &AtomicBool) {
        let on = |state: &Waiting| !state.asked && !stop.load(Ordering::SeqCst);
        let others = |state: &mut Waiting| on(state) && state.has_lookout;
        let waited = self.bell.wait_while(self.state(), others);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        if on(&state) {
            state.has_lookout = true;
            let looked = self.bell.wait_timeout_while(state, LOOK_EVERY, |state| on(state));
            (state, _) = looked.unwrap_or_else(PoisonError::into_inner);
            state.has_lookout = false;
            // Whoever goes to work hands the lookout on.
            self.bell.notify_one();
        }
        state.asked = false;
    }

    fn state(&self) -> MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Worker threads of this process; they end when it is dropped, after the step at hand.
pub struct Worker {
    stop: Arc<AtomicBool>,
    app: App,
    threads: Vec<JoinHandle<()>>,
}

impl Worker {
    /// Starts as many threads.
    pub fn start(app: &App, post: Arc<dyn Post>, threads: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        post.begin(threads);
        let threads = (0..threads)
            .map(|_| {
                let (app, post, stop) = (app.clone(), post.clone(), stop.clone());
                std::thread::spawn(move || work(&app, &*post, &stop))
            })
            .collect();
        Self { stop, app: app.clone(), threads }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        self.app.nudge.ring_all();
        for thread in self.threads.drain(..) {
            // A panic in a thread was logged where it happened; there is nobody to tell it to here.
            let _ = thread.join();
        }
    }
}

fn work(app: &App, post: &dyn Post, stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        match guard::guarded(|| step(app, post)) {
            Ok(true) => {}
            Ok(false) => app.nudge.wait(stop),
            Err(why) => {
                tracing::error!(?why, "the worker cannot go on for the moment");
                app.nudge.wait(stop);
            }
        }
    }
}

/// One step at the present moment; whether there was anything to do.
///
/// # Errors
/// Faults of the store.
pub fn step(app: &App, post: &dyn Post) -> crate::flow::Flow<bool> {
    match next_call(app, app.now())? {
        Step::Idle(_) => Ok(false),
        Step::Worked => Ok(true),
        Step::Call(mut call) => {
            // There may be more, and this one may take long.
            app.nudge.ring();
            let is_message = matches!(call.errand, Errand::Message(_));
            let digest = guard::caught(|| is_message.then(|| parcel::digest(&call.parcel))).ok().flatten();
            // Whoever panics over it may have handed it over before.
            let (outcome, through) = guard::caught(|| post.hand_off_by(&call)).unwrap_or_else(|words| {
                tracing::error!(kind = call.job.kind, subject = call.job.subject, words, "a hand-off panicked");
                (Outcome::Unknown("the hand-off broke off".into()), String::new())
            });
            call.noted = Noted { through, digest };
            record(app, *call, outcome, app.now())?;
            Ok(true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn many_wait_together_look_in_turn_and_stop_together() {
        let (nudge, stop) = (Arc::new(Nudge::default()), Arc::new(AtomicBool::new(false)));
        let (looked, heard) = channel();
        let threads: Vec<_> = (0..6)
            .map(|_| {
                let (nudge, stop, looked) = (nudge.clone(), stop.clone(), looked.clone());
                std::thread::spawn(move || {
                    while !stop.load(Ordering::SeqCst) {
                        nudge.wait(&stop);
                        let _ = looked.send(());
                    }
                })
            })
            .collect();
        // Nobody rings, and somebody looks all the same; each ring brings another look.
        (0..3).for_each(|_| heard.recv().expect("a look by itself"));
        for _ in 0..20 {
            nudge.ring();
            heard.recv().expect("a look");
        }
        stop.store(true, Ordering::SeqCst);
        nudge.ring_all();
        threads.into_iter().for_each(|thread| thread.join().expect("it ends"));
    }
}
