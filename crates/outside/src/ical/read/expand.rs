//! When a rule happens: wall times in order, with a bound on the work.
//!
//! Everything here is wall time. Zones come in afterwards, so that 14:00 stays 14:00 when the clocks change.

use super::rule::{Frequency, Rule, Until};
use super::zones::Clock;
use domain::time::Instant;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, ToSpan};
use std::collections::VecDeque;

/// Steps that may still be spent on expanding rules, over a whole diary.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn new(steps: u64) -> Self {
        Self(steps)
    }
    /// Whether it is used up.
    pub(super) fn is_spent(&self) -> bool {
        self.0 == 0
    }
    fn spend(&mut self, steps: u64) -> bool {
        let enough = self.0 >= steps;
        self.0 = if enough { self.0 - steps } else { 0 };
        enough
    }
}

/// The wall times of a rule, from its start, in order, up to `stop`.
pub(super) struct Occurrences<'a> {
    rule: &'a Rule,
    start: DateTime,
    /// First moment of the next period (year, month, week, …) to look at.
    period: Option<DateTime>,
    ready: VecDeque<DateTime>,
    left: Option<u32>,
    stop: DateTime,
    budget: &'a mut Budget,
}

impl<'a> Occurrences<'a> {
    /// The rule's times for an event that starts at `start` on `clock`; none later than `stop`.
    pub(super) fn new(rule: &'a Rule, start: DateTime, clock: &Clock, stop: DateTime, budget: &'a mut Budget) -> Self {
        let stop = rule.until.map_or(stop, |until| stop.min(last(until, clock)));
        let period = Some(first_period(rule, start));
        Self { rule, start, period, ready: VecDeque::new(), left: rule.count, stop, budget }
    }

    /// Passes over what lies before `from` without looking at it, where the rule allows (a COUNT must be counted).
    pub(super) fn skip_to(mut self, from: DateTime) -> Self {
        let Some(period) = self.period.filter(|period| self.left.is_none() && *period < from) else { return self };
        let seconds = from.duration_since(period).as_secs();
        let months = i64::from(from.year() - period.year()) * 12 + i64::from(from.month() - period.month());
        let units = match self.rule.frequency {
            Frequency::Yearly => i64::from(from.year() - period.year()),
            Frequency::Monthly => months,
            Frequency::Weekly => seconds / (7 * 86_400),
            Frequency::Daily => seconds / 86_400,
            Frequency::Hourly => seconds / 3_600,
            Frequency::Minutely => seconds / 60,
            Frequency::Secondly => seconds,
        };
        // One period less, so that a period that `from` lies inside is looked at.
        let turns = (units / i64::from(self.rule.interval) - 1).max(0);
        self.period = advance(self.rule, period, turns).or(self.period);
        self
    }

    /// Looks at one period. False: there is nothing more.
    fn look(&mut self) -> bool {
        let Some(period) = self.period.filter(|period| *period <= self.stop) else { return false };
        self.period = advance(self.rule, period, 1);
        let times = Times::of(self.rule, self.start, period);
        if times.count() == 0 {
            return self.budget.spend(1);
        }
        let days = days(self.rule, self.start, period);
        if !self.budget.spend(1 + days.len() as u64 * times.count()) {
            return false;
        }
        let all: Vec<DateTime> = days.iter().flat_map(|day| times.on(*day)).collect();
        let chosen = positions(&all, &self.rule.by_position);
        self.ready.extend(chosen.into_iter().filter(|at| *at >= self.start));
        true
    }
}

impl Iterator for Occurrences<'_> {
    type Item = DateTime;

    fn next(&mut self) -> Option<DateTime> {
        if self.left == Some(0) {
            return None;
        }
        while self.ready.is_empty() {
            if !self.look() {
                return None;
            }
        }
        self.left = self.left.map(|left| left - 1);
        self.ready.pop_front().filter(|at| *at <= self.stop)
    }
}

/// The last wall time that a rule allows.
pub(super) fn last(until: Until, clock: &Clock) -> DateTime {
    match until {
        Until::Day(day) => day.at(23, 59, 59, 0),
        Until::Local(civil) => civil,
        Until::Utc(civil) => {
            let utc: Instant = Clock::Known(TimeZone::UTC).instant(civil);
            clock.civil(utc)
        }
    }
}

fn first_period(rule: &Rule, start: DateTime) -> DateTime {
    let (date, time) = (start.date(), start.time());
    match rule.frequency {
        Frequency::Yearly => date.first_of_year().at(0, 0, 0, 0),
        Frequency::Monthly => date.first_of_month().at(0, 0, 0, 0),
        Frequency::Weekly => week_of(rule, date).at(0, 0, 0, 0),
        Frequency::Daily => date.at(0, 0, 0, 0),
        Frequency::Hourly => date.at(time.hour(), 0, 0, 0),
        Frequency::Minutely => date.at(time.hour(), time.minute(), 0, 0),
        Frequency::Secondly => date.at(time.hour(), time.minute(), time.second(), 0),
    }
}

/// The period this many turns later; none past the year 9999.
fn advance(rule: &Rule, period: DateTime, turns: i64) -> Option<DateTime> {
    let units = i64::from(rule.interval).checked_mul(turns)?;
    let span: Span = match rule.frequency {
        Frequency::Yearly => Span::new().try_years(units),
        Frequency::Monthly => Span::new().try_months(units),
        Frequency::Weekly => Span::new().try_weeks(units),
        Frequency::Daily => Span::new().try_days(units),
        Frequency::Hourly => Span::new().try_hours(units),
        Frequency::Minutely => Span::new().try_minutes(units),
        Frequency::Secondly => Span::new().try_seconds(units),
    }
    .ok()?;
    period.checked_add(span).ok()
}

/// The hours, minutes and seconds of a period's times; their product in order.
struct Times {
    hours: Vec<i8>,
    minutes: Vec<i8>,
    seconds: Vec<i8>,
}

impl Times {
    fn of(rule: &Rule, start: DateTime, period: DateTime) -> Self {
        // A part finer than the period comes from BY… or the start; one as fine or coarser is given, and limited.
        let part = |listed: &[i8], given: bool, start: i8, period: i8| match (given, listed.is_empty()) {
            (true, true) => vec![period],
            (true, false) => listed.iter().copied().filter(|n| *n == period).collect(),
            (false, true) => vec![start],
            (false, false) => listed.to_vec(),
        };
        let finest = rule.frequency;
        Self {
            hours: part(&rule.by_hour, finest <= Frequency::Hourly, start.hour(), period.hour()),
            minutes: part(&rule.by_minute, finest <= Frequency::Minutely, start.minute(), period.minute()),
            seconds: part(&rule.by_second, finest <= Frequency::Secondly, start.second(), period.second()),
        }
    }

    fn count(&self) -> u64 {
        (self.hours.len() * self.minutes.len() * self.seconds.len()) as u64
    }

    fn on(&self, day: Date) -> impl Iterator<Item = DateTime> {
        self.hours.iter().flat_map(move |hour| {
            self.minutes.iter().flat_map(move |minute| {
                self.seconds.iter().filter_map(move |second| {
                    let time = Time::new(*hour, *minute, *second, 0).ok()?;
                    Some(day.to_datetime(time))
                })
            })
        })
    }
}

/// The days of a period on which the rule happens.
fn days(rule: &Rule, start: DateTime, period: DateTime) -> Vec<Date> {
    let first = period.date();
    let length = match rule.frequency {
        Frequency::Yearly => first.days_in_year(),
        Frequency::Monthly => first.days_in_month().into(),
        Frequency::Weekly => 7,
        _ => 1,
    };
    let day_at = |index: i16| first.checked_add(i32::from(index).days()).ok();
    let matcher = Matcher::new(rule, start);
    (0..length).filter_map(day_at).filter(|day| matcher.takes(*day)).collect()
}

/// What a day must satisfy; where the rule says nothing, the start says it.
struct Matcher<'a> {
    rule: &'a Rule,
    month: Option<i8>,
    month_day: Option<i8>,
    weekday: Option<jiff::civil::Weekday>,
}

impl<'a> Matcher<'a> {
    fn new(rule: &'a Rule, start: DateTime) -> Self {
        let free = rule.by_day.is_empty() && rule.by_month_day.is_empty() && rule.by_year_day.is_empty();
        let by_date = free && rule.by_week.is_empty();
        let yearly = rule.frequency == Frequency::Yearly;
        let monthly = rule.frequency == Frequency::Monthly;
        let weekly = rule.frequency == Frequency::Weekly || !rule.by_week.is_empty();
        Self {
            rule,
            month: (yearly && by_date && rule.by_month.is_empty()).then_some(start.month()),
            month_day: ((yearly || monthly) && by_date).then_some(start.day()),
            weekday: (weekly && free).then_some(start.weekday()),
        }
    }

    fn takes(&self, day: Date) -> bool {
        let rule = self.rule;
        let listed = |list: &[i16], from_front: i16, length: i16| {
            list.is_empty() || list.contains(&from_front) || list.contains(&(from_front - length - 1))
        };
        let month_length = i16::from(day.days_in_month());
        (rule.by_month.is_empty() || rule.by_month.contains(&day.month()))
            && self.month.is_none_or(|month| month == day.month())
            && self.month_day.is_none_or(|month_day| month_day == day.day())
            && self.weekday.is_none_or(|weekday| weekday == day.weekday())
            && listed(&rule.by_month_day, day.day().into(), month_length)
            && listed(&rule.by_year_day, day.day_of_year(), day.days_in_year())
            && self.takes_week(day)
            && self.takes_weekday(day, month_length)
    }

    fn takes_week(&self, day: Date) -> bool {
        if self.rule.by_week.is_empty() {
            return true;
        }
        let (number, weeks) = week_number(self.rule, day);
        self.rule.by_week.contains(&number) || self.rule.by_week.contains(&(number - weeks - 1))
    }

    /// A number counts within the month (MONTHLY, or YEARLY with BYMONTH) or the year (YEARLY), else it says nothing.
    fn takes_weekday(&self, day: Date, month_length: i16) -> bool {
        let rule = self.rule;
        let scope = match rule.frequency {
            Frequency::Yearly if rule.by_month.is_empty() => Some((day.day_of_year(), day.days_in_year())),
            Frequency::Yearly | Frequency::Monthly => Some((day.day().into(), month_length)),
            _ => None,
        };
        let fits = |number: i16| match scope {
            Some((at, length)) if number != 0 => number == (at - 1) / 7 + 1 || number == -((length - at) / 7 + 1),
            _ => true,
        };
        rule.by_day.is_empty() || rule.by_day.iter().any(|(number, weekday)| *weekday == day.weekday() && fits(*number))
    }
}

/// The first day of the week that `day` lies in.
fn week_of(rule: &Rule, day: Date) -> Date {
    let into = day.weekday().since(rule.week_start);
    day.checked_sub(i32::from(into).days()).unwrap_or(day)
}

/// A day's week number (the first week has at least four days of the year) and how many weeks that year has.
fn week_number(rule: &Rule, day: Date) -> (i16, i16) {
    let week = week_of(rule, day);
    let year = week.checked_add(3.days()).unwrap_or(week).year();
    let first = |year: i16| Date::new(year, 1, 4).map_or(week, |fourth| week_of(rule, fourth));
    let weeks = |from: Date, to: Date| {
        let hours = to.duration_since(from).as_hours();
        i16::try_from(hours / (7 * 24)).unwrap_or(0)
    };
    (weeks(first(year), week) + 1, weeks(first(year), first(year.saturating_add(1))))
}

/// The times at those positions, from the front or, where negative, from the back; all where none are listed.
fn positions(all: &[DateTime], wanted: &[i16]) -> Vec<DateTime> {
    if wanted.is_empty() {
        return all.to_vec();
    }
    let at = |position: &i16| {
        let back = usize::from(position.unsigned_abs());
        let index = if *position > 0 { back.checked_sub(1)? } else { all.len().checked_sub(back)? };
        all.get(index).copied()
    };
    let mut chosen: Vec<DateTime> = wanted.iter().filter_map(at).collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

/// A wall time this much later, held inside the calendar.
pub(super) fn shift(at: DateTime, by: SignedDuration) -> DateTime {
    at.checked_add(by).unwrap_or(if by.is_negative() { DateTime::MIN } else { DateTime::MAX })
}
