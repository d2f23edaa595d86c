//! Rate limits: a token bucket for each class and each caller, in memory. Every process keeps its own.

use domain::time::{Instant, Span};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What kind of request it is, as far as limits go. Every route names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RateClass {
    /// Asking for a sign-in link or using one, for each network address.
    SignIn,
    /// Asking for a sign-in link for one e-mail address.
    SignInAddress,
    /// A route reached by a link in a message.
    Link,
    /// Reads.
    Read,
    /// Writes.
    Write,
    /// Stylesheets and health checks: no limit.
    Free,
}

/// A bucket of a class: so many at once, refilled evenly over `per`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many at once.
    pub burst: u32,
    /// How long an empty bucket takes to be full again.
    pub per: Span,
}

impl RateClass {
    /// The word in the route table.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignInAddress => "sign_in_address",
            Self::Link => "link",
            Self::Read => "read",
            Self::Write => "write",
            Self::Free => "free",
        }
    }

    /// The allowance at factor 1; `None` where there is no limit.
    pub const fn allowance(self) -> Option<Allowance> {
        match self {
            Self::SignIn => Some(Allowance { burst: 30, per: Span::minutes(15) }),
            Self::SignInAddress => Some(Allowance { burst: 5, per: Span::minutes(15) }),
            Self::Link => Some(Allowance { burst: 60, per: Span::minutes(1) }),
            Self::Read => Some(Allowance { burst: 300, per: Span::minutes(1) }),
            Self::Write => Some(Allowance { burst: 120, per: Span::minutes(1) }),
            Self::Free => None,
        }
    }
}

/// Too many requests; when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// After this long there is room for one more.
    pub retry_after: Span,
}

/// A bucket: how much is left, in millionths of a request, and when that was reckoned.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: i64,
    at: Instant,
}

/// One request in the unit of a bucket.
const ONE: i64 = 1_000_000;
/// How many buckets are kept before full ones are thrown away.
const MOST: usize = 100_000;

/// All buckets of this process.
#[derive(Debug)]
pub struct Rates {
    factor: u32,
    buckets: Mutex<HashMap<(RateClass, String), Bucket>>,
}

impl Rates {
    /// Limits `factor` times as generous as the table above; demos and benchmarks raise it.
    pub fn new(factor: u32) -> Self {
        Self { factor: factor.max(1), buckets: Mutex::new(HashMap::new()) }
    }

    /// Takes one request out of `key`'s bucket.
    ///
    /// # Errors
    /// [`TooMany`] where it is empty.
    pub fn take(&self, class: RateClass, key: &str, now: Instant) -> Result<(), TooMany> {
        let Some(Allowance { burst, per }) = class.allowance() else { return Ok(()) };
        let full = i64::from(burst).saturating_mul(i64::from(self.factor)).saturating_mul(ONE);
        let micros_each = (per.as_micros() / (full / ONE)).max(1);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, bucket| refilled(*bucket, now, micros_each, full) < full);
        }
        let bucket = buckets.entry((class, key.to_owned())).or_insert(Bucket { left: full, at: now });
        let left = refilled(*bucket, now, micros_each, full);
        if left < ONE {
            let wait = Span::micros((ONE - left).saturating_mul(micros_each) / ONE);
            return Err(TooMany { retry_after: wait });
        }
        *bucket = Bucket { left: left - ONE, at: bucket.at.max(now) };
        Ok(())
    }
}

fn refilled(bucket: Bucket, now: Instant, micros_each: i64, full: i64) -> i64 {
    let elapsed = (now - bucket.at).as_micros().max(0);
    bucket.left.saturating_add(elapsed.saturating_mul(ONE) / micros_each).min(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Instant {
        Instant::from_micros(1_800_000_000_000_000) + Span::minutes(minutes)
    }

    #[test]
    fn the_sixth_letter_for_one_address_waits_three_minutes() {
        let rates = Rates::new(1);
        for _ in 0..5 {
            assert_eq!(rates.take(RateClass::SignInAddress, "a@example.org", at(0)), Ok(()));
        }
        let refused = rates.take(RateClass::SignInAddress, "a@example.org", at(0));
        assert_eq!(refused, Err(TooMany { retry_after: Span::minutes(3) }));
        assert_eq!(
            rates.take(RateClass::SignInAddress, "b@example.org", at(0)),
            Ok(()),
            "another has a bucket of its own"
        );
        assert_eq!(rates.take(RateClass::SignInAddress, "a@example.org", at(3)), Ok(()));
        assert!(rates.take(RateClass::SignInAddress, "a@example.org", at(3)).is_err());
    }

    #[test]
    fn a_factor_makes_the_limit_that_much_more_generous() {
        let rates = Rates::new(10);
        for _ in 0..50 {
            assert_eq!(rates.take(RateClass::SignInAddress, "a", at(0)), Ok(()));
        }
        assert!(rates.take(RateClass::SignInAddress, "a", at(0)).is_err());
        assert_eq!(rates.take(RateClass::Free, "a", at(0)), Ok(()));
    }
}
