//! The one place where time is read. A request or a job reads it once and passes it down by value.

use domain::time::{Instant, Span};
use jiff::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};

/// Where `now` comes from.
#[derive(Debug)]
pub enum Clock {
    /// The machine's clock: `serve` and `work`.
    System,
    /// The machine's clock plus what was advanced, in microseconds: `demo` without `--now`.
    Shifted(AtomicI64),
    /// Stands still between advances, microseconds since 1970: `demo --now`, the simulator, tests.
    Standing(AtomicI64),
}

/// The clock cannot do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// Time only moves forward.
    #[error("time only moves forward")]
    Backwards,
    /// The machine's own clock is not ours to move.
    #[error("this clock cannot be moved; start the demo to have one that can")]
    Fixed,
}

impl Clock {
    /// A clock that runs with the machine's, this much ahead.
    pub fn shifted(by: Span) -> Self {
        Self::Shifted(AtomicI64::new(by.as_micros()))
    }

    /// A clock that stands at `at` until it is advanced.
    pub fn standing(at: Instant) -> Self {
        Self::Standing(AtomicI64::new(at.micros()))
    }

    /// The moment that it is.
    pub fn now(&self) -> Instant {
        match self {
            Self::System => machine(),
            Self::Shifted(by) => machine() + Span::micros(by.load(Ordering::SeqCst)),
            Self::Standing(at) => Instant::from_micros(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves time forward to `to` and answers the new now.
    ///
    /// # Errors
    /// [`ClockError::Backwards`] where `to` is in the past, [`ClockError::Fixed`] for the machine's own clock.
    pub fn advance_to(&self, to: Instant) -> Result<Instant, ClockError> {
        let ahead = to - self.now();
        if ahead < Span::ZERO {
            return Err(ClockError::Backwards);
        }
        match self {
            Self::System => return Err(ClockError::Fixed),
            Self::Shifted(by) => by.fetch_add(ahead.as_micros(), Ordering::SeqCst),
            Self::Standing(at) => at.fetch_max(to.micros(), Ordering::SeqCst),
        };
        Ok(self.now())
    }

    /// How far this clock is ahead of the machine's; what a demo keeps over a restart.
    pub fn offset(&self) -> Span {
        self.now() - machine()
    }
}

#[allow(clippy::disallowed_methods, reason = "the clock edge: the only reading of the machine's clock")]
fn machine() -> Instant {
    Timestamp::now().into()
}

/// The pace at which rate limits refill. Limits protect the machine, so they follow real time even where the
/// product's clock stands still; tests let them follow the injected clock.
#[derive(Debug)]
pub enum Pace {
    /// Real time.
    Real,
    /// The product's clock.
    Clock,
}

impl Pace {
    /// The moment by which buckets refill, given the product's now.
    pub fn now(&self, now: Instant) -> Instant {
        match self {
            Self::Real => machine(),
            Self::Clock => now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_only_when_told_and_only_forward() {
        let start: Instant = "2026-03-09T08:00:00Z".parse().expect("a moment");
        let clock = Clock::standing(start);
        assert_eq!(clock.now(), start);
        assert_eq!(clock.advance_to(start + Span::minutes(10)), Ok(start + Span::minutes(10)));
        assert_eq!(clock.advance_to(start), Err(ClockError::Backwards));
        assert_eq!(clock.now(), start + Span::minutes(10));
    }

    #[test]
    fn the_machine_s_own_clock_is_not_ours_to_move() {
        let far: Instant = "2300-01-01T00:00:00Z".parse().expect("a moment");
        assert_eq!(Clock::System.advance_to(far), Err(ClockError::Fixed));
        let clock = Clock::shifted(Span::hours(24));
        assert!(clock.offset() > Span::hours(23) && clock.offset() < Span::hours(25));
        assert!(clock.advance_to(far).is_ok_and(|now| now >= far));
    }
}
