//! One VEVENT as values.

use super::lines::{Component, Property};
use super::rule::Rule;
use super::value::{self, Length};
use super::zones::{Stamp, Zones};
use super::{Place, Problems};
use crate::ical::unescape;
use domain::time::{Instant, Span, Zone};
use jiff::SignedDuration;

/// The longest summary that we keep, in characters.
const LONGEST_SUMMARY: usize = 500;

/// How long each time of an event lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// From DTEND: by the stopwatch (RFC 5545 3.8.5.3).
    Exact(Span),
    /// From DURATION, or for whole days: days on the wall, then seconds by the stopwatch.
    Nominal(Length),
}

/// What an event is one time of, and whether the change holds from then on.
#[derive(Debug)]
pub(super) struct Recurrence {
    pub of: Stamp,
    pub and_future: bool,
}

/// One VEVENT.
#[derive(Debug)]
pub(super) struct Event {
    pub line: u32,
    pub uid: String,
    /// SEQUENCE, then the order in the file: the greater of two versions wins.
    pub sequence: i64,
    pub start: Stamp,
    pub extent: Extent,
    pub rules: Vec<(Rule, Place)>,
    pub except_rules: Vec<(Rule, Place)>,
    pub dates: Vec<(Stamp, Extent)>,
    pub except_dates: Vec<Stamp>,
    pub recurrence: Option<Recurrence>,
    pub summary: String,
    pub busy: bool,
    pub cancelled: bool,
}

/// The event that a VEVENT states; none where it has no usable start.
pub(super) fn parse(raw: &Component, zones: &Zones, problems: &mut Problems) -> Option<Event> {
    let Some(property) = raw.get("DTSTART") else {
        problems.add(raw.place, "this event has no DTSTART", "Give it a start, or remove it.");
        return None;
    };
    let start = zones.stamp(property, &property.value, problems)?;
    let extent = extent(raw, &start, zones, problems);
    let word = |name: &str| raw.get(name).map(|p| p.value.trim().to_ascii_uppercase()).unwrap_or_default();
    let cancelled = word("STATUS") == "CANCELLED";
    let free = word("TRANSP") == "TRANSPARENT" || word("X-MICROSOFT-CDO-BUSYSTATUS") == "FREE";
    let recurrence = raw.get("RECURRENCE-ID").and_then(|property| {
        let and_future = property.parameter("RANGE").is_some_and(|r| r.eq_ignore_ascii_case("THISANDFUTURE"));
        Some(Recurrence { of: zones.stamp(property, &property.value, problems)?, and_future })
    });
    Some(Event {
        line: raw.place.0,
        uid: raw.get("UID").map(|p| unescape(p.value.trim())).unwrap_or_default(),
        sequence: raw.get("SEQUENCE").and_then(|p| value::digits(p.value.trim())).unwrap_or(0),
        extent,
        rules: rules(raw, "RRULE", problems),
        except_rules: rules(raw, "EXRULE", problems),
        dates: dates(raw, extent, zones, problems),
        except_dates: stamps(raw, "EXDATE", zones, problems),
        recurrence,
        summary: summary(raw),
        busy: !free && !cancelled,
        cancelled,
        start,
    })
}

fn summary(raw: &Component) -> String {
    raw.get("SUMMARY").map(|p| unescape(&p.value).chars().take(LONGEST_SUMMARY).collect()).unwrap_or_default()
}

/// From DTEND, or DURATION, or what RFC 5545 3.6.1 says where both are absent: a whole day, or no time at all.
fn extent(raw: &Component, start: &Stamp, zones: &Zones, problems: &mut Problems) -> Extent {
    let default = match start {
        Stamp::Day(_) => Extent::Nominal(Length { days: 1, seconds: 0 }),
        Stamp::Time(..) => Extent::Exact(Span::ZERO),
    };
    if let Some(property) = raw.get("DTEND") {
        let Some(end) = zones.stamp(property, &property.value, problems) else { return default };
        let extent = until(start, &end);
        if extent.is_backwards() {
            let what = format!("this event ends before it starts: {}", property.value.trim());
            problems.add(property.place, what, "It was read from end to start: mend the two.");
        }
        return extent;
    }
    let Some(property) = raw.get("DURATION") else { return default };
    match value::length(&property.value).filter(|length| length.days >= 0 && length.seconds >= 0) {
        // A whole-day event of no days is that day.
        Some(Length { days: 0, .. }) if matches!(start, Stamp::Day(_)) => default,
        Some(length) => Extent::Nominal(length),
        None => {
            let what = format!("this is not a length of time: {:.40}", property.value.trim());
            problems.add(property.place, what, "Write PT50M for fifty minutes or P1D for a day.");
            default
        }
    }
}

/// From one stamp to another. A whole day that ends on itself is one day: many programs write it so.
fn until(start: &Stamp, end: &Stamp) -> Extent {
    match (start, end) {
        (Stamp::Day(from), _) => {
            let days = end.civil().date().duration_since(*from).as_hours() / 24;
            Extent::Nominal(Length { days: if days == 0 { 1 } else { days }, seconds: 0 })
        }
        (Stamp::Time(from, clock), Stamp::Day(day)) => {
            Extent::Exact(clock.instant(day.at(0, 0, 0, 0)) - clock.instant(*from))
        }
        (Stamp::Time(from, clock), Stamp::Time(to, end_clock)) => {
            Extent::Exact(end_clock.instant(*to) - clock.instant(*from))
        }
    }
}

fn rules(raw: &Component, name: &'static str, problems: &mut Problems) -> Vec<(Rule, Place)> {
    let mut rules = Vec::new();
    for property in raw.all(name) {
        match Rule::parse(&property.value) {
            Ok(rule) => rules.push((rule, property.place)),
            Err(what) => {
                problems.add(property.place, what, "Only the times given without this rule were read: check the event.")
            }
        }
    }
    rules
}

fn stamps(raw: &Component, name: &'static str, zones: &Zones, problems: &mut Problems) -> Vec<Stamp> {
    let mut stamps = Vec::new();
    for property in raw.all(name) {
        stamps.extend(pieces(property).filter_map(|text| zones.stamp(property, text, problems)));
    }
    stamps
}

/// RDATE, each with its own length where it is a PERIOD.
fn dates(raw: &Component, extent: Extent, zones: &Zones, problems: &mut Problems) -> Vec<(Stamp, Extent)> {
    let mut dates = Vec::new();
    for property in raw.all("RDATE") {
        for piece in pieces(property) {
            let (from, to) = piece.split_once('/').map_or((piece, None), |(from, to)| (from, Some(to)));
            let Some(start) = zones.stamp(property, from, problems) else { continue };
            let own = to.and_then(|to| match value::length(to) {
                Some(length) => Some(Extent::Nominal(length)).filter(|_| length.days >= 0 && length.seconds >= 0),
                None => Some(until(&start, &zones.stamp(property, to, problems)?)),
            });
            dates.push((start, own.unwrap_or(extent)));
        }
    }
    dates
}

fn pieces(property: &Property) -> impl Iterator<Item = &str> {
    property.value.split(',').map(str::trim).filter(|piece| !piece.is_empty())
}

impl Extent {
    fn is_backwards(self) -> bool {
        match self {
            Self::Exact(span) => span < Span::ZERO,
            Self::Nominal(length) => length.days < 0 || length.seconds < 0,
        }
    }

    /// From when to when a time of an event lasts that starts at `start`; in order even where the event is not.
    pub(super) fn bounds(self, start: &Stamp, zone: &Zone) -> (Instant, Instant) {
        let (one, other) = self.ends(start, zone);
        (one.min(other), one.max(other))
    }

    fn ends(self, start: &Stamp, zone: &Zone) -> (Instant, Instant) {
        match (start, self) {
            (Stamp::Day(day), Self::Nominal(length)) => {
                let last = day.checked_add(SignedDuration::from_hours(24 * length.days)).unwrap_or(*day);
                (zone.start_of(*day), zone.start_of(last))
            }
            (Stamp::Day(day), Self::Exact(length)) => {
                let from = zone.start_of(*day);
                (from, from + length)
            }
            (Stamp::Time(civil, clock), Self::Exact(length)) => {
                let from = clock.instant(*civil);
                (from, from + length)
            }
            (Stamp::Time(civil, clock), Self::Nominal(length)) => {
                let days = SignedDuration::from_hours(24i64.saturating_mul(length.days).min(24 * 400_000));
                let last = clock.instant(super::expand::shift(*civil, days));
                (clock.instant(*civil), last + Span::micros(length.seconds.saturating_mul(1_000_000)))
            }
        }
    }

    /// No time of this extent lasts longer, however the clocks change.
    pub(super) fn at_most(self) -> SignedDuration {
        let day = SignedDuration::from_hours(24);
        match self {
            Self::Exact(span) => span.to_signed().abs().saturating_add(day),
            Self::Nominal(length) => {
                SignedDuration::from_secs(length.days.abs().saturating_mul(86_400).saturating_add(length.seconds.abs()))
                    .saturating_add(day)
            }
        }
    }
}
