//! Wall time to moments without asking the zone for each: a range of time has few changes of offset, often none.

use super::TimeOfDay;
use crate::time::{Instant, Interval, Span, Zone};
use jiff::civil::Date;
use jiff::tz::TimeZone;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// A stretch of time in which the zone's offset stays the same.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: i64,
    to: i64,
    offset: i64,
}

/// The offsets of a zone over a range of time, and a day more on either side.
pub(crate) struct Offsets {
    stretches: Vec<Stretch>,
    first: Date,
    last: Date,
}

/// A piece of a window in which the offset stays the same. Microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// First moment inside.
    pub from: i64,
    /// First moment after.
    pub to: i64,
    /// Where the window's opening would be, reckoned with this piece's offset: starts count from here.
    pub opening: i64,
    /// The end of the stretch of moments that are inside the window without a break.
    pub closes: i64,
}

impl Run {
    pub fn interval(&self) -> Interval {
        Interval::new(Instant::from_micros(self.from), Instant::from_micros(self.to))
    }
}

impl Offsets {
    /// The offsets for every window that begins on a day that the range touches.
    pub fn new(zone: &Zone, range: Interval) -> Self {
        let (first, last) = (zone.day_of(range.from), zone.day_of(range.to));
        let zone = zone.time_zone();
        let (from, to) = (range.from - Span::hours(50), range.to + Span::hours(50));
        let seconds = |at: Instant| i64::from(zone.to_offset(at.timestamp()).seconds());
        let mut stretches = vec![Stretch { from: i64::MIN, to: i64::MAX, offset: seconds(from) * 1_000_000 }];
        for change in zone.following(from.timestamp()) {
            let at = Instant::from(change.timestamp());
            if at > to {
                break;
            }
            let end = stretches.len() - 1;
            stretches[end].to = at.micros();
            let offset = i64::from(change.offset().seconds()) * 1_000_000;
            stretches.push(Stretch { from: at.micros(), to: i64::MAX, offset });
        }
        Self { stretches, first, last }
    }

    /// Every day that the range touches, in the zone, with the wall clock's midnight in microseconds as if the zone
    /// were UTC: on the wall every day has 24 hours.
    pub fn days(&self) -> impl Iterator<Item = (Date, i64)> + use<> {
        let last = self.last;
        let midnight = self.first.to_zoned(TimeZone::UTC).map_or(0, |zoned| Instant::from(&zoned).micros());
        let days = std::iter::successors(Some(self.first), |day| day.tomorrow().ok());
        days.take_while(move |day| *day <= last).zip((midnight..).step_by(DAY as usize))
    }

    /// The pieces of the window `from` to `to` of the day with that midnight, in order. A time that the clocks skip is in none of them,
    /// a time that they repeat is in two.
    pub fn runs(&self, midnight: i64, from: TimeOfDay, to: TimeOfDay, mut each: impl FnMut(Run)) {
        let opens = midnight + i64::from(from.minutes()) * MINUTE;
        let ends = midnight + i64::from(to.minutes()) * MINUTE;
        let piece = |stretch: &Stretch| {
            let inside = (opens - stretch.offset).max(stretch.from)..(ends - stretch.offset).min(stretch.to);
            (!inside.is_empty()).then_some((inside, opens - stretch.offset))
        };
        let pieces = self.stretches.iter().filter_map(piece);
        let mut closes = 0;
        for (n, (inside, opening)) in pieces.clone().enumerate() {
            if inside.end > closes {
                closes = inside.end;
                for (next, _) in pieces.clone().skip(n + 1) {
                    if next.start == closes {
                        closes = next.end;
                    }
                }
            }
            each(Run { from: inside.start, to: inside.end, opening, closes });
        }
    }
}
