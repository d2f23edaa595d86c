//! The practice's working days and the end of its working day, for deadlines and for notice in working days.

use super::parameters::Practice;
use crate::time::{Instant, Span, Weekday, Zone};
use jiff::ToSpan;
use jiff::civil::Date;

/// No search for a working day looks further than this.
const LONGEST_SEARCH_DAYS: usize = 400;

/// Working days of one practice in its zone.
#[derive(Debug, Clone, Copy)]
pub struct WorkingTime<'a> {
    practice: &'a Practice,
    zone: &'a Zone,
}

impl<'a> WorkingTime<'a> {
    /// The working time that these parameters describe, in the practice's zone.
    pub const fn new(practice: &'a Practice, zone: &'a Zone) -> Self {
        Self { practice, zone }
    }

    /// Whether the practice works on this day.
    pub fn works_on(&self, day: Date) -> bool {
        self.practice.working_days.contains(&Weekday::from(day.weekday())) && !self.practice.holidays.contains(&day)
    }

    /// The end of the working day that `from` falls in, `later` working days on. After the end of a working day,
    /// and on days off, the next working day is the one meant.
    pub fn end_of_working_day(&self, from: Instant, later: usize) -> Instant {
        let today = self.zone.day_of(from);
        let mut left = later;
        for day in today.series(1.day()).take(LONGEST_SEARCH_DAYS) {
            let end = self.end_on(day);
            if !self.works_on(day) || end <= from {
                continue;
            }
            if left == 0 {
                return end;
            }
            left -= 1;
        }
        from + Span::hours(24 * (later as i64 + 1))
    }

    /// The moment from which exactly `notice` of working days' time is left until `start`: days off count nothing,
    /// working days count whole, from midnight to midnight.
    pub fn back_from(&self, start: Instant, notice: Span) -> Instant {
        let mut left = notice;
        let mut until = start;
        let mut day = self.zone.day_of(start);
        for _ in 0..LONGEST_SEARCH_DAYS {
            let midnight = self.zone.start_of(day);
            if self.works_on(day) {
                let there = until - midnight;
                if there >= left {
                    return until - left;
                }
                left = Span::micros(left.as_micros() - there.as_micros());
            }
            until = midnight;
            let Ok(before) = day.yesterday() else { break };
            day = before;
        }
        until - left
    }

    fn end_on(&self, day: Date) -> Instant {
        let end = self.practice.working_day_end.on(day);
        end.to_zoned(self.zone.time_zone()).map(|z| Instant::from(&z)).unwrap_or_else(|_| self.zone.start_of(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, Preset};

    fn at(text: &str) -> Instant {
        text.parse().expect("a moment")
    }

    #[test]
    fn a_weekend_and_a_holiday_count_nothing() {
        let mut practice = Policy::preset(Preset::Clinic).parameters.practice;
        let london: Zone = "Europe/London".parse().expect("a zone");
        let working = WorkingTime::new(&practice, &london);
        assert_eq!(working.back_from(at("2026-03-09T14:00:00Z"), Span::hours(24)), at("2026-03-06T14:00:00Z"));
        assert_eq!(working.back_from(at("2026-03-08T14:00:00Z"), Span::hours(24)), at("2026-03-06T00:00:00Z"));
        assert_eq!(working.end_of_working_day(at("2026-03-06T17:00:00Z"), 0), at("2026-03-06T18:00:00Z"));
        assert_eq!(working.end_of_working_day(at("2026-03-06T18:00:00Z"), 0), at("2026-03-09T18:00:00Z"));
        assert_eq!(working.end_of_working_day(at("2026-03-06T17:00:00Z"), 2), at("2026-03-10T18:00:00Z"));
        practice.holidays = vec![jiff::civil::date(2026, 3, 9)];
        let working = WorkingTime::new(&practice, &london);
        assert_eq!(working.end_of_working_day(at("2026-03-07T09:00:00Z"), 0), at("2026-03-10T18:00:00Z"));
        assert_eq!(working.back_from(at("2026-03-10T14:00:00Z"), Span::hours(24)), at("2026-03-06T14:00:00Z"));
    }
}
