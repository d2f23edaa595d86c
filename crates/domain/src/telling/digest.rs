//! A therapist's day by letter, once in the morning: when it goes. What it says is read at that moment.

use crate::schedule::TimeOfDay;
use crate::time::{Instant, Span, Zone};
use jiff::civil::Date;

/// How long after its time a day's letter is still of use: a server that was down sends it later, and not in the evening.
const LATEST: Span = Span::hours(4);

/// When a therapist wants to read of their day, and when they last did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    /// On their own clock.
    pub at: TimeOfDay,
    /// When the last one was written, UTC.
    pub sent_at: Option<Instant>,
}

impl Digest {
    /// When people who have not said otherwise read of their day.
    pub const USUAL: TimeOfDay = TimeOfDay::from_hours(7);

    /// Whether today's is due: its time has come, not long ago, and today's has not been written.
    pub fn is_due(&self, zone: &Zone, now: Instant) -> bool {
        let today = zone.day_of(now);
        let at = self.on(zone, today);
        at <= now && now < at + LATEST && self.sent_at.is_none_or(|sent| zone.day_of(sent) < today)
    }

    /// The next time after `now`, UTC.
    pub fn next(&self, zone: &Zone, now: Instant) -> Instant {
        let today = zone.day_of(now);
        let at = self.on(zone, today);
        if at > now { at } else { self.on(zone, today.tomorrow().unwrap_or(today)) }
    }

    /// That time of a day; an hour that the clocks skip comes when they have.
    fn on(&self, zone: &Zone, day: Date) -> Instant {
        let local = self.at.on(day).to_zoned(zone.time_zone());
        local.map_or_else(|_| zone.start_of(day), |at| Instant::from(&at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().expect("a moment")
    }

    fn london() -> Zone {
        "Europe/London".parse().expect("a zone")
    }

    #[test]
    fn a_day_is_told_once_in_its_morning_and_not_in_the_afternoon() {
        let mut digest = Digest { at: Digest::USUAL, sent_at: None };
        let zone = london();
        assert!(!digest.is_due(&zone, at("2026-11-24T06:59:59Z")));
        assert!(digest.is_due(&zone, at("2026-11-24T07:00:00Z")));
        assert!(digest.is_due(&zone, at("2026-11-24T10:59:59Z")), "the server was down");
        assert!(!digest.is_due(&zone, at("2026-11-24T11:00:00Z")));
        digest.sent_at = Some(at("2026-11-24T07:00:00Z"));
        assert!(!digest.is_due(&zone, at("2026-11-24T07:00:01Z")));
        assert!(digest.is_due(&zone, at("2026-11-25T07:00:00Z")));
    }

    #[test]
    fn the_next_one_keeps_to_the_clock_on_the_wall_when_the_clocks_change() {
        let digest = Digest { at: Digest::USUAL, sent_at: None };
        let zone = london();
        assert_eq!(digest.next(&zone, at("2026-10-24T05:00:00Z")), at("2026-10-24T06:00:00Z"));
        assert_eq!(digest.next(&zone, at("2026-10-24T06:00:00Z")), at("2026-10-25T07:00:00Z"));
        let half_past_one = Digest { at: TimeOfDay::from_minutes(90).expect("a time"), sent_at: None };
        assert_eq!(half_past_one.next(&zone, at("2027-03-28T00:00:00Z")), at("2027-03-28T01:30:00Z"), "skipped");
    }
}
