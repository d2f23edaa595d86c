//! Which wall clock a time is meant on: an IANA zone, Windows' name for one, or rules that the diary brings along.

use super::expand::{Budget, Occurrences};
use super::lines::{Component, Property};
use super::rule::Rule;
use super::{Problems, value, windows};
use domain::time::{Instant, Span, Zone};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::rc::Rc;

/// A wall clock.
#[derive(Debug, Clone)]
pub(super) enum Clock {
    /// A zone of the bundled database.
    Known(TimeZone),
    /// Rules of a VTIMEZONE.
    Custom(Rc<Changes>),
}

impl Clock {
    /// The moment when this clock shows `civil`. A time in a gap counts from before the gap, a time that comes twice
    /// is the first of the two (RFC 5545 3.3.5).
    pub(super) fn instant(&self, civil: DateTime) -> Instant {
        match self {
            Self::Known(zone) => match zone.to_ambiguous_zoned(civil).compatible() {
                Ok(zoned) => Instant::from(&zoned),
                Err(_) => as_if_utc(civil),
            },
            Self::Custom(changes) => changes.instant(civil),
        }
    }

    /// What this clock shows at a moment.
    pub(super) fn civil(&self, at: Instant) -> DateTime {
        match self {
            Self::Known(zone) => zone.to_datetime(at.timestamp()),
            Self::Custom(changes) => utc_civil(at + Span::seconds(changes.offset_at(at).into())),
        }
    }
}

fn utc_civil(at: Instant) -> DateTime {
    TimeZone::UTC.to_datetime(at.timestamp())
}

fn as_if_utc(civil: DateTime) -> Instant {
    TimeZone::UTC.to_ambiguous_zoned(civil).compatible().map_or(Instant::from_micros(i64::MAX), |z| Instant::from(&z))
}

/// The changes of offset that a VTIMEZONE describes, in order.
#[derive(Debug)]
pub(super) struct Changes {
    /// Seconds east of Greenwich before the first change.
    first: i32,
    /// From this moment on, this offset.
    changes: Vec<(Instant, i32)>,
}

impl Changes {
    fn offset_at(&self, at: Instant) -> i32 {
        let next = self.changes.partition_point(|(from, _)| *from <= at);
        next.checked_sub(1).map_or(self.first, |index| self.changes[index].1)
    }

    fn instant(&self, civil: DateTime) -> Instant {
        let wall = as_if_utc(civil);
        let with = |offset: i32| wall - Span::seconds(offset.into());
        let before = self.offset_at(wall - Span::hours(26));
        let after = self.offset_at(wall + Span::hours(26));
        let shows = |offset: i32| self.offset_at(with(offset)) == offset;
        if shows(before) || !shows(after) { with(before) } else { with(after) }
    }
}

/// When something is: a whole day, or a time on some clock.
#[derive(Debug, Clone)]
pub(super) enum Stamp {
    /// A whole day in the reader's zone.
    Day(Date),
    /// A time on a clock.
    Time(DateTime, Clock),
}

impl Stamp {
    /// The wall time; midnight for a day.
    pub(super) fn civil(&self) -> DateTime {
        match self {
            Self::Day(day) => day.at(0, 0, 0, 0),
            Self::Time(civil, _) => *civil,
        }
    }
}

/// The clocks of one diary.
pub(super) struct Zones {
    floating: Clock,
    named: HashMap<String, Clock>,
}

impl Zones {
    /// Reads the diary's own zones; changes are worked out up to a year past `until`.
    pub(super) fn new(
        components: &[Component],
        floating: &Zone,
        until: Instant,
        budget: &mut Budget,
        problems: &mut Problems,
    ) -> Self {
        let mut named = HashMap::new();
        for component in components {
            let Some(name) = component.get("TZID").map(|p| p.value.trim().to_owned()) else {
                problems.add(component.place, "this VTIMEZONE has no TZID", "Export the diary again.");
                continue;
            };
            let location = component.get("X-LIC-LOCATION").and_then(|p| known(p.value.trim()));
            let clock = known(&name)
                .or(location)
                .map(Clock::Known)
                .or_else(|| custom(component, until, budget, problems).map(|changes| Clock::Custom(Rc::new(changes))));
            if let Some(clock) = clock {
                named.insert(name, clock);
            }
        }
        Self { floating: Clock::Known(floating.time_zone()), named }
    }

    /// The stamp that a property's value (or one of several values) means.
    pub(super) fn stamp(&self, property: &Property, text: &str, problems: &mut Problems) -> Option<Stamp> {
        if let Some(day) = value::date(text) {
            return Some(Stamp::Day(day));
        }
        let Some((civil, utc)) = value::date_time(text) else {
            let what = format!("{} is not a date or time that exists: {:.40}", property.name, text.trim());
            problems.add(property.place, what, "Write 20260309T080000Z, 20260309T080000 with a TZID, or 20260309.");
            return None;
        };
        if property.parameter("VALUE").is_some_and(|v| v.eq_ignore_ascii_case("DATE")) {
            return Some(Stamp::Day(civil.date()));
        }
        let clock = if utc { Clock::Known(TimeZone::UTC) } else { self.clock(property, problems) };
        Some(Stamp::Time(civil, clock))
    }

    fn clock(&self, property: &Property, problems: &mut Problems) -> Clock {
        let Some(name) = property.parameter("TZID").map(str::trim).filter(|name| !name.is_empty()) else {
            return self.floating.clone();
        };
        if let Some(clock) = self.named.get(name) {
            return clock.clone();
        }
        if let Some(zone) = known(name).or_else(|| TimeZone::get(name).ok()) {
            return Clock::Known(zone);
        }
        let what = format!("the time zone {name:.80} is neither known nor described in the diary");
        problems.add(property.place, what, "It was read as the therapist's own zone: check this time.");
        self.floating.clone()
    }
}

/// A zone by its IANA name (letter case included: `Europe/lisbon` is somebody's own), by Windows' name, or by an IANA name after a prefix such as `/mozilla.org/20050126_1/`.
fn known(name: &str) -> Option<TimeZone> {
    let get = |name: &str| TimeZone::get(name).ok().filter(|zone| zone.iana_name() == Some(name));
    if matches!(name, "Z" | "UTC" | "GMT" | "tzone://Microsoft/Utc") {
        return Some(TimeZone::UTC);
    }
    if let Some(zone) = get(name).or_else(|| windows::iana(name).and_then(get)) {
        return Some(zone);
    }
    let rest = name.strip_prefix('/')?;
    let parts: Vec<&str> = rest.split('/').collect();
    (1..parts.len()).find_map(|from| get(&parts[from..].join("/")))
}

/// The changes that a VTIMEZONE's STANDARD and DAYLIGHT parts describe.
fn custom(component: &Component, until: Instant, budget: &mut Budget, problems: &mut Problems) -> Option<Changes> {
    let until = utc_civil(until).checked_add(SignedDuration::from_hours(24 * 366)).unwrap_or(DateTime::MAX);
    let mut changes = Vec::new();
    let mut first: Option<(DateTime, i32)> = None;
    for part in &component.parts {
        let Some((start, from, to)) = observance(part) else {
            let remedy = "Export the diary again, or use a zone name such as Europe/London.";
            problems.add(part.place, "this part of a time zone lacks a start or an offset", remedy);
            continue;
        };
        if first.is_none_or(|(earliest, _)| start < earliest) {
            first = Some((start, from));
        }
        for onset in onsets(part, start, until, budget, problems) {
            changes.push((as_if_utc(onset) - Span::seconds(from.into()), to));
        }
    }
    changes.sort_by_key(|(at, _)| *at);
    first.map(|(_, first)| Changes { first, changes })
}

fn observance(part: &Component) -> Option<(DateTime, i32, i32)> {
    let start = value::date_time(&part.get("DTSTART")?.value)?.0;
    let from = value::offset(&part.get("TZOFFSETFROM")?.value)?;
    Some((start, from, value::offset(&part.get("TZOFFSETTO")?.value)?))
}

/// The wall times, by the clock before each change, when a part of a zone begins to hold.
fn onsets(
    part: &Component,
    start: DateTime,
    until: DateTime,
    budget: &mut Budget,
    problems: &mut Problems,
) -> Vec<DateTime> {
    let mut onsets = vec![start];
    for dates in part.all("RDATE") {
        onsets.extend(dates.value.split(',').filter_map(|text| Some(value::date_time(text)?.0)));
    }
    for property in part.all("RRULE") {
        match Rule::parse(&property.value) {
            Ok(rule) => {
                let utc = Clock::Known(TimeZone::UTC);
                onsets.extend(Occurrences::new(&rule, start, &utc, until, budget));
            }
            Err(what) => problems.add(property.place, what, "The zone's later changes are not known: check times."),
        }
    }
    onsets.sort();
    onsets.dedup();
    onsets
}
