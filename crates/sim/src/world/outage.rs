//! Hours in which a server is down.

use crate::chance::Chance;
use domain::time::{Instant, Interval, Span};

/// When a server is down.
#[derive(Debug, Clone, Default)]
pub struct Outage(Vec<Interval>);

impl Outage {
    /// One outage on each day with this chance: hours of the day, up to all morning; where it is certain, the whole of
    /// every working day.
    pub fn plan(rate: u16, starts: Instant, days: u32, chance: &mut Chance) -> Self {
        let mut hours = Vec::new();
        for day in 0..i64::from(days) {
            if rate >= 1000 {
                let morning = starts + Span::hours(24 * day + 5);
                hours.push(Interval::new(morning, morning + Span::hours(16)));
            } else if rate > 0 && chance.happens(rate.max(150)) {
                let from = starts + Span::hours(24 * day) + chance.between(Span::hours(5), Span::hours(16));
                hours.push(Interval::new(from, from + chance.between(Span::minutes(20), Span::hours(7))));
            }
        }
        Self(hours)
    }

    /// Whether it is down at that moment.
    pub fn is_on(&self, at: Instant) -> bool {
        self.0.iter().any(|hours| hours.from <= at && at < hours.to)
    }

    /// It is over for good.
    pub fn end(&mut self) {
        self.0.clear();
    }
}
