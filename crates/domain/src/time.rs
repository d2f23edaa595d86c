//! Instants, zones and wall-clock words. Instants are UTC microseconds; wall time is civil time in an IANA zone.
//!
//! jiff with its bundled time-zone database is the only source of zone rules, so every machine agrees.

use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

/// A moment: microseconds since 1970-01-01T00:00:00Z. In text RFC 3339 with `Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// The text is not an RFC 3339 moment between the years 1970 and 9998.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a moment such as 2026-03-09T08:00:00Z")]
pub struct NotAMoment;

/// The latest moment that we accept, so that arithmetic on accepted moments never overflows.
const LATEST: i64 = 253_370_764_800_000_000;

impl Instant {
    /// The moment this many microseconds after 1970 began in UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
    /// Microseconds since 1970 began in UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }
    /// Whole milliseconds since 1970 began in UTC.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }
    /// This moment as jiff's type; moments outside jiff's range are clamped to it.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }
    /// This moment as a clock on the wall shows it in `zone`.
    pub fn in_zone(self, zone: &Zone) -> Zoned {
        self.timestamp().to_zoned(zone.time_zone())
    }
}

impl From<Timestamp> for Instant {
    fn from(t: Timestamp) -> Self {
        Self(t.as_microsecond())
    }
}
impl From<&Zoned> for Instant {
    fn from(z: &Zoned) -> Self {
        z.timestamp().into()
    }
}
impl Add<Span> for Instant {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}
impl Sub<Span> for Instant {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}
impl Sub for Instant {
    type Output = Span;
    fn sub(self, other: Self) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.timestamp(), f)
    }
}
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl FromStr for Instant {
    type Err = NotAMoment;
    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        let t: Timestamp = text.parse().map_err(|_| NotAMoment)?;
        let micros = t.as_microsecond();
        (0..=LATEST).contains(&micros).then_some(Self(micros)).ok_or(NotAMoment)
    }
}
impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// An elapsed length of time in microseconds; never civil days. On the wire ISO 8601, `PT10M`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(i64);

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// This many microseconds.
    pub const fn micros(n: i64) -> Self {
        Self(n)
    }
    /// This many seconds.
    pub const fn seconds(n: i64) -> Self {
        Self(n * 1_000_000)
    }
    /// This many minutes.
    pub const fn minutes(n: i64) -> Self {
        Self::seconds(n * 60)
    }
    /// This many elapsed hours.
    pub const fn hours(n: i64) -> Self {
        Self::minutes(n * 60)
    }
    /// The length in microseconds.
    pub const fn as_micros(self) -> i64 {
        self.0
    }
    /// The length in whole minutes, rounded down.
    pub const fn as_minutes(self) -> i64 {
        self.0.div_euclid(60_000_000)
    }
    /// As jiff's type.
    pub fn to_signed(self) -> SignedDuration {
        SignedDuration::from_micros(self.0)
    }
}
impl Serialize for Span {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.to_signed().serialize(s)
    }
}
impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let length = SignedDuration::deserialize(d)?;
        i64::try_from(length.as_micros()).map(Self).map_err(serde::de::Error::custom)
    }
}

/// An IANA time zone that the bundled database knows, for example `Europe/London`.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The bundled time-zone database has no such zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time zone such as Europe/London")]
pub struct NotAZone;

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }
    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
    /// As jiff's type.
    pub fn time_zone(&self) -> TimeZone {
        self.0.clone()
    }
    /// The calendar day that it is in this zone at that moment.
    pub fn day_of(&self, at: Instant) -> civil::Date {
        at.in_zone(self).date()
    }
    /// The first moment of a calendar day in this zone.
    pub fn start_of(&self, day: civil::Date) -> Instant {
        self.0.to_ambiguous_zoned(day.at(0, 0, 0, 0)).compatible().map(|z| Instant::from(&z)).unwrap_or(Instant(0))
    }
}
impl FromStr for Zone {
    type Err = NotAZone;
    fn from_str(name: &str) -> Result<Self, NotAZone> {
        TimeZone::get(name).map(Self).map_err(|_| NotAZone)
    }
}
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.name())
    }
}
impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A span of time from `from` up to, not including, `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Interval {
    /// First moment inside.
    pub from: Instant,
    /// First moment after.
    pub to: Instant,
}

impl Interval {
    /// The interval between two moments.
    pub const fn new(from: Instant, to: Instant) -> Self {
        Self { from, to }
    }
    /// Whether the two share any moment.
    pub fn meets(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

/// A day of the week, in text `monday` … `sunday`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<civil::Weekday> for Weekday {
    fn from(day: civil::Weekday) -> Self {
        match day {
            civil::Weekday::Monday => Self::Monday,
            civil::Weekday::Tuesday => Self::Tuesday,
            civil::Weekday::Wednesday => Self::Wednesday,
            civil::Weekday::Thursday => Self::Thursday,
            civil::Weekday::Friday => Self::Friday,
            civil::Weekday::Saturday => Self::Saturday,
            civil::Weekday::Sunday => Self::Sunday,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_and_writes_rfc_3339() {
        let t: Instant = "2026-03-09T08:00:00Z".parse().expect("a moment");
        assert_eq!(t.to_string(), "2026-03-09T08:00:00Z");
        assert_eq!("2026-03-09T09:00:00+01:00".parse(), Ok(t));
        assert!("2026-03-09T08:00:00".parse::<Instant>().is_err());
        assert!("yesterday".parse::<Instant>().is_err());
    }

    #[test]
    fn elapsed_hours_are_not_wall_hours_when_the_clocks_change() {
        let london: Zone = "Europe/London".parse().expect("a zone");
        let monday = london.start_of(civil::date(2026, 3, 30));
        let sunday = london.start_of(civil::date(2026, 3, 29));
        assert_eq!(monday - sunday, Span::hours(23));
    }

    #[test]
    fn intervals_that_touch_do_not_meet() {
        let at = Instant::from_micros;
        assert!(!Interval::new(at(0), at(5)).meets(Interval::new(at(5), at(9))));
        assert!(Interval::new(at(0), at(6)).meets(Interval::new(at(5), at(9))));
    }
}
