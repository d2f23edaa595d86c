//! One way out: whether it is worth trying, and how many may be busy with it at a time. A server that takes a call and says
//! nothing for half a minute would otherwise have every worker in its hands, and what goes by another way would wait.

use domain::telling::pace::Breaker;
use domain::time::Instant;
use outside::handed::Handed;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long somebody waits for a place. On a day when all is well one is free in a fraction of it.
const PATIENCE: Duration = Duration::from_secs(2);

/// One way out, whether anybody answers there, and who is busy with it.
pub(super) struct Way<W> {
    pub(super) to: W,
    breaker: Mutex<Breaker>,
    lane: Lane,
}

/// Why a way was not tried.
pub(super) const LEFT_ALONE: &str = "does not answer; it is asked again soon";

impl<W> Way<W> {
    pub(super) fn new(to: W) -> Self {
        Self { to, breaker: Mutex::default(), lane: Lane::default() }
    }

    /// Whether another one, where there is one, goes first.
    pub(super) fn goes_last(&self, urgent: bool, now: Instant) -> bool {
        self.breaker().goes_last(urgent, now)
    }

    /// Tries it, unless it met trouble for a while or `most` are busy with it and none of them comes back: then nothing.
    pub(super) fn try_it(&self, most: usize, now: Instant, hand_off: impl FnOnce(&W) -> Handed) -> Option<Handed> {
        let _place = self.lane.enter(most)?;
        self.breaker().try_now(now).ok()?;
        let handed = hand_off(&self.to);
        match &handed {
            Handed::NotAccepted { why } | Handed::Unknown { why } => {
                if self.breaker().silent(now) {
                    tracing::warn!(why, "a way out is in trouble: left alone for half a minute");
                }
            }
            Handed::Accepted { .. } | Handed::Refused { .. } => self.breaker().answered(),
        }
        Some(handed)
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Those who are busy with one way.
#[derive(Default)]
pub(super) struct Lane {
    busy: Mutex<Busy>,
    left: Condvar,
}

#[derive(Default)]
struct Busy {
    many: usize,
    /// Somebody has waited in vain since the last one came back.
    is_stuck: bool,
}

/// A place in a lane, until it is dropped.
pub(super) struct Place<'a>(&'a Lane);

impl Lane {
    /// A place, at once or within a moment. Once somebody has waited in vain nobody else does until one comes back.
    pub(super) fn enter(&self, most: usize) -> Option<Place<'_>> {
        let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |busy: &Busy| busy.many >= most;
        let waited = self.left.wait_timeout_while(busy, PATIENCE, |busy| is_full(busy) && !busy.is_stuck);
        let (mut busy, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if is_full(&busy) {
            busy.is_stuck = true;
            return None;
        }
        busy.many += 1;
        Some(Place(self))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.many -= 1;
        busy.is_stuck = false;
        self.0.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_lane_takes_nobody_until_one_comes_back() {
        let lane = Lane::default();
        let (first, second) = (lane.enter(2), lane.enter(2));
        assert!(first.is_some() && second.is_some());
        assert!(lane.enter(2).is_none() && lane.enter(2).is_none());
        drop(first);
        assert!(lane.enter(2).is_some());
    }

    #[test]
    fn whoever_panics_leaves_their_place() {
        let way = Way::new(());
        let now = Instant::from_micros(0);
        let panicked = std::thread::scope(|scope| {
            let one = scope.spawn(|| way.try_it(1, now, |()| panic!("while handing over")));
            one.join().is_err()
        });
        assert!(panicked);
        assert_eq!(
            way.try_it(1, now, |()| Handed::Unknown { why: String::new() }),
            Some(Handed::Unknown { why: String::new() })
        );
    }
}
