//! When a therapist works: weekly hours and exceptions in the therapist's zone, and how each kind of appointment is cut.
//!
//! A window is wall time: a moment is inside it when the clock on the therapist's wall shows a time inside it. So where
//! clocks go forward a window is shorter in elapsed time, and where they go back it is longer, or falls into two pieces.

use crate::money::Money;
use crate::policy::choices::words;
use crate::time::{Interval, Weekday, Zone};
use jiff::ToSpan;
use jiff::civil::{self, Date};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

mod away;
mod hours;
mod wall;
pub use away::Away;
pub use hours::{BUFFER, Cut, Hours, MINUTES, Prices, Written, Wrong};
pub(crate) use wall::{Offsets, Run};

/// Minutes since midnight, 0 to 1440; in text `09:30`, and `24:00` for the end of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

/// The text is not a time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time of day such as 09:30, from 00:00 to 24:00")]
pub struct NotATimeOfDay;

impl TimeOfDay {
    /// The beginning of a day.
    pub const MIDNIGHT: Self = Self(0);
    /// The end of a day.
    pub const END_OF_DAY: Self = Self(24 * 60);

    /// This many minutes after midnight, if the day has that many.
    pub const fn from_minutes(minutes: u16) -> Option<Self> {
        if minutes <= Self::END_OF_DAY.0 { Some(Self(minutes)) } else { None }
    }
    /// At the full hour, of at most 24.
    pub const fn from_hours(hours: u8) -> Self {
        Self(if hours <= 24 { hours as u16 * 60 } else { Self::END_OF_DAY.0 })
    }
    /// Minutes after midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }
    /// This time on that day; `24:00` is the next day's midnight.
    pub fn on(self, day: Date) -> civil::DateTime {
        let midnight = day.at(0, 0, 0, 0);
        midnight.checked_add(i64::from(self.0).minutes()).unwrap_or(midnight)
    }
}
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}
impl FromStr for TimeOfDay {
    type Err = NotATimeOfDay;
    fn from_str(text: &str) -> Result<Self, NotATimeOfDay> {
        let (hours, minutes) = text.split_once(':').ok_or(NotATimeOfDay)?;
        let two = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok()).flatten().ok_or(NotATimeOfDay)
        };
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        if minutes > 59 {
            return Err(NotATimeOfDay);
        }
        Self::from_minutes(hours * 60 + minutes).ok_or(NotATimeOfDay)
    }
}
impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

words! {
    /// How two people meet.
    MeetingKind {
        /// In one room.
        InPerson = "in_person",
        /// By video.
        Video = "video",
        /// By telephone.
        Phone = "phone",
    }
}

words! {
    /// Why a booking is outside the hours.
    Outside {
        /// The weekly hours do not reach it.
        WeeklyHours = "weekly_hours",
        /// Its day is closed.
        DayClosed = "day_closed",
        /// Its day has other hours, which do not reach it.
        DayDiffers = "day_differs",
        /// Its kind is no longer offered.
        NotOffered = "not_offered",
    }
}

/// Which kinds of meeting a window is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kinds(u8);

impl Kinds {
    /// Every kind.
    pub const ALL: Self = Self(0b111);

    /// These kinds.
    pub fn of(kinds: &[MeetingKind]) -> Self {
        Self(kinds.iter().fold(0, |all, kind| all | 1 << *kind as u8))
    }
    /// Whether this kind is among them.
    pub const fn has(self, kind: MeetingKind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }
    /// The kinds, in order.
    pub fn iter(self) -> impl Iterator<Item = MeetingKind> {
        MeetingKind::ALL.iter().copied().filter(move |kind| self.has(*kind))
    }
}
impl Serialize for Kinds {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(self.iter())
    }
}
impl<'de> Deserialize<'de> for Kinds {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Self::of(&Vec::deserialize(d)?))
    }
}

/// A window that comes back every week, in the therapist's zone. It never crosses midnight; `to` may be `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeklyHours {
    /// The day of the week.
    pub weekday: Weekday,
    /// When it opens.
    pub from: TimeOfDay,
    /// When it closes; a window that closes before it opens is never open.
    pub to: TimeOfDay,
    /// The first day on which it holds; from always if none.
    pub valid_from: Option<Date>,
    /// The last day on which it holds; for good if none.
    pub valid_to: Option<Date>,
    /// What it is for.
    pub kinds: Kinds,
}

impl WeeklyHours {
    /// A window for every kind of meeting that holds for good.
    pub const fn new(weekday: Weekday, from: TimeOfDay, to: TimeOfDay) -> Self {
        Self { weekday, from, to, valid_from: None, valid_to: None, kinds: Kinds::ALL }
    }
    fn holds_on(&self, day: Date) -> bool {
        self.weekday == Weekday::from(day.weekday())
            && self.valid_from.is_none_or(|first| first <= day)
            && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// Days on which the weekly hours do not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The first day.
    pub first: Date,
    /// The last day, the first itself for a single day.
    pub last: Date,
    /// The hours of those days instead; none is closed. Several exceptions of one day add up.
    pub open: Option<OpenHours>,
}

/// A window of a single day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenHours {
    /// When it opens.
    pub from: TimeOfDay,
    /// When it closes.
    pub to: TimeOfDay,
    /// What it is for.
    pub kinds: Kinds,
}

/// How appointments of one kind are cut out of the windows (rulings 16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindSetup {
    /// How long one lasts, in elapsed minutes.
    pub minutes: u16,
    /// One may start every so many minutes of wall time from the window's opening.
    pub start_every_minutes: u16,
    /// How long the therapist keeps free after it.
    pub buffer_after_minutes: u16,
    /// What it costs.
    pub price: Money,
}

impl KindSetup {
    /// Fifty minutes, a start every thirty, nothing kept free after.
    pub const fn usual(price: Money) -> Self {
        Self { minutes: 50, start_every_minutes: 30, buffer_after_minutes: 0, price }
    }
}

/// When one therapist works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Where the therapist's clock hangs.
    pub zone: Zone,
    /// The weekly hours.
    pub weekly: Vec<WeeklyHours>,
    /// The days that differ.
    pub exceptions: Vec<Exception>,
    /// How each kind of appointment is cut; a kind that is absent is not offered.
    pub kinds: BTreeMap<MeetingKind, KindSetup>,
    /// When they are not free whatever the hours say, by the diary that says so; one entry for each diary.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub away: Vec<Away>,
}

impl Schedule {
    /// Takes the busy times of one diary over, in place of what it said before; no times at all forget it.
    pub fn set_away(&mut self, away: Away) {
        self.away.retain(|before| before.source() != away.source());
        if !away.times().is_empty() {
            self.away.push(away);
            self.away.sort_by(|a, b| a.source().cmp(b.source()));
        }
    }

    /// What the therapist's diaries take of this range, in no order.
    pub fn away_during(&self, range: Interval) -> impl Iterator<Item = Interval> {
        self.away.iter().flat_map(move |away| away.during(range)).copied()
    }

    /// The windows of one day for this kind of meeting, in the order in which they were written.
    fn windows_of(&self, day: Date, kind: MeetingKind, mut each: impl FnMut(TimeOfDay, TimeOfDay)) {
        let mut excepted = false;
        for exception in self.exceptions.iter().filter(|e| e.first <= day && day <= e.last) {
            excepted = true;
            if let Some(open) = exception.open.filter(|open| open.kinds.has(kind) && open.from < open.to) {
                each(open.from, open.to);
            }
        }
        if excepted {
            return;
        }
        for hours in self.weekly.iter().filter(|h| h.from < h.to && h.kinds.has(kind) && h.holds_on(day)) {
            each(hours.from, hours.to);
        }
    }

    /// The working time for this kind of meeting between two moments, as moments: sorted, apart from each other, and
    /// cut to the range; time that a diary takes is left out. A window that the clocks split is given in its pieces.
    pub fn working(&self, kind: MeetingKind, range: Interval) -> Vec<Interval> {
        away::without(self.open(kind, range), &merge(self.away_during(range).collect()))
    }

    /// The same, whatever the diaries say.
    fn open(&self, kind: MeetingKind, range: Interval) -> Vec<Interval> {
        let offsets = Offsets::new(&self.zone, range);
        let mut found = Vec::new();
        for (day, midnight) in offsets.days() {
            self.windows_of(day, kind, |from, to| {
                offsets.runs(midnight, from, to, |run| found.push(run.interval()));
            });
        }
        found.retain_mut(|piece| {
            *piece = Interval::new(piece.from.max(range.from), piece.to.min(range.to));
            piece.from < piece.to
        });
        merge(found)
    }

    /// Why a booking of this kind and time is outside the hours, diaries aside; none where it is inside. What is outside
    /// stays as it is, and whoever changes the hours is told.
    pub fn outside(&self, kind: MeetingKind, interval: Interval) -> Option<Outside> {
        if !self.kinds.contains_key(&kind) {
            return Some(Outside::NotOffered);
        }
        if self.open(kind, interval).contains(&interval) {
            return None;
        }
        let day = self.zone.day_of(interval.from);
        let of_day = || self.exceptions.iter().filter(|one| one.first <= day && day <= one.last);
        Some(match of_day().next() {
            None => Outside::WeeklyHours,
            Some(_) if of_day().all(|one| one.open.is_none()) => Outside::DayClosed,
            Some(_) => Outside::DayDiffers,
        })
    }

    /// Whether the whole interval is inside one stretch of working time. Whoever books by hand is not bound to the
    /// starts that are offered, only to this.
    pub fn covers(&self, kind: MeetingKind, interval: Interval) -> bool {
        self.working(kind, interval).contains(&interval)
    }

    /// Calls `each` with the pieces of constant offset of every window of the days around the range, and with the
    /// moment by which whatever starts in that piece must have ended.
    pub(crate) fn each_run(&self, kind: MeetingKind, range: Interval, mut each: impl FnMut(&[Run])) {
        let offsets = Offsets::new(&self.zone, range);
        let mut runs = Vec::with_capacity(4);
        for (day, midnight) in offsets.days() {
            runs.clear();
            self.windows_of(day, kind, |from, to| offsets.runs(midnight, from, to, |run| runs.push(run)));
            if !runs.is_empty() {
                each(&runs);
            }
        }
    }
}

/// The same time, as sorted intervals that neither meet nor touch.
pub fn merge(mut intervals: Vec<Interval>) -> Vec<Interval> {
    if !intervals.is_sorted() {
        intervals.sort_unstable();
    }
    intervals.dedup_by(|next, kept| {
        let joins = next.from <= kept.to;
        if joins {
            kept.to = kept.to.max(next.to);
        }
        joins
    });
    intervals
}

#[cfg(test)]
mod tests;
