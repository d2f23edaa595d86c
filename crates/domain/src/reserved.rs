//! A weekly time kept for one client (H-02, H-03, H-11 to H-13, `rulings` 6). It is never a booking and costs nothing: it
//! keeps other clients out of that time until the client books into it.
//!
//! It is wall time in the therapist's zone, so 14:00 stays 14:00 when the clocks change. A week may be let go without
//! the others; a pause of the relationship, a holiday or a week without a booking leave it as it is.

use crate::id::{PracticeId, RelationshipId, ReservedSlotId};
use crate::policy::GapRule;
use crate::policy::choices::words;
use crate::refusal::Refusal;
use crate::schedule::TimeOfDay;
use crate::time::{Instant, Interval, Span, Weekday, Zone};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// Where a reserved time stands; a relationship without one has `none` on the wire.
    ReservedState {
        /// Kept.
        Active = "active",
        /// Not kept for now; others may book it until it is resumed.
        Paused = "paused",
        /// Given up; it can be added back.
        Removed = "removed",
    }
}

/// Weeks that may lie between two of its times at most.
const EVERY_WEEKS_MAX: u8 = 2;
/// Minutes that one may last at most.
const MINUTES_MAX: u16 = 240;
/// For so long ahead two patterns are compared, and gaps looked for: two years hold every change of the clocks twice.
const AHEAD: Span = Span::hours(24 * 731);

/// One reserved time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReservedSlot {
    /// Which.
    pub id: ReservedSlotId,
    /// Whose practice.
    pub practice: PracticeId,
    /// For whom.
    pub relationship: RelationshipId,
    /// On which day of the week.
    pub weekday: Weekday,
    /// At which time on the therapist's wall.
    pub local_time: TimeOfDay,
    /// How long, in minutes.
    pub minutes: u16,
    /// Every week (1) or every other week (2).
    pub every_weeks: u8,
    /// The first day, which is one of that weekday; every other week counts from it.
    pub first: Date,
    /// Days that were let go, one by one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub released: BTreeSet<Date>,
    /// Where it stands.
    pub state: ReservedState,
}

/// A wish for a reserved time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pattern {
    /// On which day of the week.
    pub weekday: Weekday,
    /// At which time on the therapist's wall.
    pub local_time: TimeOfDay,
    /// How long, in minutes.
    pub minutes: u16,
    /// Every week (1) or every other week (2).
    pub every_weeks: u8,
    /// Not before this day; today where nothing is said.
    pub from: Option<Date>,
}

impl Pattern {
    /// Checks what is asked for, apart from whether the time is anybody's.
    ///
    /// # Errors
    /// 422 naming the field.
    pub fn check(&self) -> Result<(), Refusal> {
        if !(1..=EVERY_WEEKS_MAX).contains(&self.every_weeks) {
            let detail = "Keep the time every week (1) or every other week (2).";
            return Err(Refusal::invalid("out_of_range", "every_weeks", detail));
        }
        if !(5..=MINUTES_MAX).contains(&self.minutes) {
            let detail = format!("Keep between 5 and {MINUTES_MAX} minutes.");
            return Err(Refusal::invalid("out_of_range", "minutes", detail));
        }
        if self.local_time == TimeOfDay::END_OF_DAY {
            return Err(Refusal::invalid("out_of_range", "local_time", "Give a time from 00:00 to 23:59."));
        }
        Ok(())
    }

    /// Its first day: the next one of that weekday, today included while its time is still to come.
    pub fn first_day(&self, zone: &Zone, now: Instant) -> Date {
        let today = zone.day_of(now);
        let mut day = self.from.map_or(today, |from| from.max(today));
        while Weekday::from(day.weekday()) != self.weekday {
            day = later(day, 1);
        }
        if begin(zone, day, self.local_time) <= now { later(day, 7) } else { day }
    }

    /// When it begins for the first time, UTC.
    pub fn first_start(&self, zone: &Zone, now: Instant) -> Instant {
        begin(zone, self.first_day(zone, now), self.local_time)
    }
}

impl ReservedSlot {
    /// Whether it keeps others out now.
    pub fn is_kept(&self) -> bool {
        self.state == ReservedState::Active
    }

    /// Its times that touch the range, each with its day on the therapist's wall; days that were let go are left out.
    /// Where the clocks skip the time it begins as much later as they skip; where they repeat it, the first time.
    pub fn times(&self, zone: &Zone, range: Interval) -> Vec<(Date, Interval)> {
        let step = 7 * i32::from(self.every_weeks.max(1));
        let mut day = self.first;
        // A day early, so that a time that goes past midnight is found.
        let earliest = zone.day_of(range.from - Span::hours(24));
        let behind = earliest.since(self.first).map_or(0, |gone| gone.get_days());
        if behind > 0 {
            day = later(day, (behind + step - 1) / step * step);
        }
        let last = zone.day_of(range.to);
        let mut times = Vec::new();
        while day <= last {
            let begins = begin(zone, day, self.local_time);
            let time = Interval::new(begins, begins + Span::minutes(self.minutes.into()));
            if time.meets(range) && !self.released.contains(&day) {
                times.push((day, time));
            }
            day = later(day, step);
        }
        times
    }

    /// Its next times from now on, at most so many.
    pub fn next_times(&self, zone: &Zone, now: Instant, count: usize) -> Vec<(Date, Interval)> {
        let weeks = i64::try_from(count).unwrap_or(52) + 1 + i64::try_from(self.released.len()).unwrap_or(0);
        let ahead = Span::hours(24 * 7 * weeks * i64::from(self.every_weeks.max(1)));
        let from = now.max(begin(zone, self.first, TimeOfDay::MIDNIGHT));
        let mut times = self.times(zone, Interval::new(from, from + ahead));
        times.retain(|(_, time)| time.from >= now);
        times.truncate(count);
        times
    }

    /// The day whose time begins at that moment, if one does.
    pub fn day_of_start(&self, zone: &Zone, start: Instant) -> Option<Date> {
        let around = Interval::new(start, start + Span::micros(1));
        self.times(zone, around).into_iter().find(|(_, time)| time.from == start).map(|(day, _)| day)
    }

    /// Whether one of its days is in its pattern at all, let go or not.
    pub fn has_day(&self, day: Date) -> bool {
        let gone = day.since(self.first).map_or(-1, |gone| gone.get_days());
        gone >= 0 && gone % (7 * i32::from(self.every_weeks.max(1))) == 0
    }

    /// The first day within the next two years on which the clocks skip its time.
    pub fn first_gap(&self, zone: &Zone, now: Instant) -> Option<Date> {
        let range = Interval::new(now, now + AHEAD);
        let mut days = self.times(zone, range).into_iter().map(|(day, _)| day);
        days.find(|day| is_skipped(zone, *day, self.local_time))
    }

    /// Whether the two ever want the same moment from now on.
    pub fn meets(&self, other: &Self, zone: &Zone, now: Instant) -> bool {
        let from = now.max(begin(zone, self.first.max(other.first), TimeOfDay::MIDNIGHT) - Span::hours(24));
        // Every other week and every week meet again after two; the clocks move both alike.
        let range = Interval::new(from, from + Span::hours(24 * 7 * 5));
        let (mine, theirs) = (self.times(zone, range), other.times(zone, range));
        mine.iter().any(|(_, time)| theirs.iter().any(|(_, taken)| taken.meets(*time)))
    }

    /// Refuses a time that the clocks skip, where the practice's rule is to refuse (`reserved_slot.gap_rule`).
    ///
    /// # Errors
    /// 422 `nonexistent_local_time`.
    pub fn check_gap(&self, zone: &Zone, rule: GapRule, now: Instant) -> Result<(), Refusal> {
        match self.first_gap(zone, now) {
            Some(day) if rule == GapRule::Refuse => {
                let detail = format!(
                    "On {day} the clocks skip {}, so there is no such time. Choose another time of day.",
                    self.local_time
                );
                Err(Refusal::invalid("nonexistent_local_time", "local_time", detail))
            }
            _ => Ok(()),
        }
    }

    /// The same time in another state.
    #[must_use]
    pub fn in_state(self, state: ReservedState) -> Self {
        Self { state, ..self }
    }

    /// The same time without one of its days (H-03); the others stay.
    ///
    /// # Errors
    /// 422 `not_a_day_of_it`.
    pub fn release(mut self, day: Date) -> Result<Self, Refusal> {
        if !self.has_day(day) {
            let detail = "That is not one of its days. Give the date of one of its weeks.";
            return Err(Refusal::invalid("not_a_day_of_it", "date", detail));
        }
        self.released.insert(day);
        Ok(self)
    }
}

fn is_skipped(zone: &Zone, day: Date, time: TimeOfDay) -> bool {
    let offset = zone.time_zone().to_ambiguous_timestamp(time.on(day)).offset();
    matches!(offset, jiff::tz::AmbiguousOffset::Gap { .. })
}

fn begin(zone: &Zone, day: Date, time: TimeOfDay) -> Instant {
    let ambiguous = zone.time_zone().to_ambiguous_timestamp(time.on(day));
    // Days of a calendar that jiff can count are moments that it can count.
    ambiguous.compatible().map_or(zone.start_of(day), Instant::from)
}

/// So many days later; the last day that there is, at the end of the calendar.
fn later(day: Date, days: i32) -> Date {
    day.checked_add(days.days()).unwrap_or(Date::MAX)
}
