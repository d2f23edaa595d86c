//! Moments and lengths in words: the one vocabulary of pages and messages, on the reader's own clock and in their
//! English. "today" and "tomorrow" are for pages only: a message may be read days later.

use crate::actor::{ActorKind, Manner};
use crate::call::Call;
use domain::person::Locale;
use domain::time::{Instant, Interval, Span, Zone};
use jiff::Zoned;
use jiff::civil::{Date, Time};

/// How one reader is told moments.
#[derive(Debug, Clone)]
pub struct When {
    /// Which English.
    pub locale: Locale,
    /// The reader's clock.
    pub zone: Zone,
    /// Now, UTC: for "today", and to leave the year out while it is this one.
    pub now: Instant,
}

/// A deadline as pages show it: "by 09:28" and, smaller, "14 min left" (`ui::due`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// `over` where it has passed, `due` within the hour, else `calm`.
    pub kind: &'static str,
    /// RFC 3339, for the script that counts.
    pub at: String,
    /// True when printed, read aloud or stale.
    pub words: String,
    /// Decoration beside it.
    pub left: String,
}

impl When {
    /// For a reader with this manner.
    pub fn new(manner: Manner, now: Instant) -> Self {
        Self { locale: manner.locale, zone: manner.zone, now }
    }

    /// How this caller is told moments.
    pub fn of<A: ActorKind>(call: &Call<A>) -> Self {
        Self::new(call.manner(), call.now)
    }

    /// "14:00" or "2:00 PM"; in the hour that an autumn night has twice also "BST" or "GMT".
    pub fn clock(&self, at: Instant) -> String {
        let here = self.here(at);
        let is_twice = self.zone.time_zone().to_ambiguous_timestamp(here.datetime()).is_ambiguous();
        let letters = if is_twice { here.strftime(" %Z").to_string() } else { String::new() };
        self.write(at, "%H:%M", "%-I:%M %p") + &letters
    }

    /// "14:00 to 14:50".
    pub fn range(&self, time: Interval) -> String {
        format!("{} to {}", self.clock(time.from), self.clock(time.to))
    }

    /// "Tuesday 24 November" or "Tuesday, November 24", with the year where it is not this one.
    pub fn day(&self, at: Instant) -> String {
        self.write(at, "%A %-d %B", "%A, %B %-d") + &self.other_year(at)
    }

    /// "Tue 24 Nov", with the year where it is not this one: where there is little room.
    pub fn short_day(&self, at: Instant) -> String {
        self.write(at, "%a %-d %b", "%a, %b %-d") + &self.other_year(at)
    }

    /// "2 September 2026": a date that is only a date.
    pub fn date_words(&self, at: Instant) -> String {
        self.write(at, "%-d %B %Y", "%B %-d, %Y")
    }

    /// "today", "tomorrow", "yesterday", else "Tuesday 24 November".
    pub fn near_day(&self, at: Instant) -> String {
        self.nearby(at).map_or_else(|| self.day(at), str::to_owned)
    }

    /// "Today", "Tomorrow", "Yesterday", else "Tue 24 Nov": at the beginning of a line.
    pub fn head_day(&self, at: Instant) -> String {
        self.nearby(at).map_or_else(|| self.short_day(at), capital)
    }

    /// "Tuesday 24 November, 14:00".
    pub fn moment(&self, at: Instant) -> String {
        format!("{}, {}", self.day(at), self.clock(at))
    }

    /// "Tue 24 Nov, 14:00".
    pub fn short_moment(&self, at: Instant) -> String {
        format!("{}, {}", self.short_day(at), self.clock(at))
    }

    /// "Tuesday 24 November, 14:00 to 14:50".
    pub fn day_range(&self, time: Interval) -> String {
        format!("{}, {}", self.day(time.from), self.range(time))
    }

    /// "today at 14:00", "tomorrow at 14:00", "yesterday at 14:00", else "Tuesday 24 November at 14:00".
    pub fn near(&self, at: Instant) -> String {
        format!("{} at {}", self.near_day(at), self.clock(at))
    }

    /// The same inside a sentence: "today at 14:00", "on Tuesday 24 November at 14:00".
    pub fn on(&self, at: Instant) -> String {
        let on = if self.nearby(at).is_some() { "" } else { "on " };
        format!("{on}{}", self.near(at))
    }

    /// The shortest that is not mistaken: "14:00" today, "tomorrow 14:00", "Wed 25 Nov, 14:00".
    pub fn brief(&self, at: Instant) -> String {
        match self.nearby(at) {
            Some("today") => self.clock(at),
            Some("tomorrow") => format!("tomorrow {}", self.clock(at)),
            _ => self.short_moment(at),
        }
    }

    /// The moment here, and what the clock of another place shows where the two differ:
    /// "Tuesday 24 November, 09:00 (14:00 in London)".
    pub fn moment_both(&self, at: Instant, place: &Zone) -> String {
        match self.elsewhere(at, place) {
            Some(there) => format!("{} ({there})", self.moment(at)),
            None => self.moment(at),
        }
    }

    /// What the clock of another place shows, where it differs from the reader's: "14:00 in London", with the day
    /// where that differs too.
    pub fn elsewhere(&self, at: Instant, place: &Zone) -> Option<String> {
        let there = self.there(at, place)?;
        let day = if self.date(at) == there.date(at) { "" } else { "%A, " };
        Some(format!("{}{} in {}", there.write(at, day, day), there.clock(at), there.town(at)))
    }

    /// The moment on the clock that was agreed, and on the reader's own where that differs:
    /// "Tuesday 24 November, 14:00 London, 09:00 for you".
    pub fn agreed(&self, at: Instant, agreed: &Zone) -> String {
        let Some(there) = self.there(at, agreed) else { return self.moment(at) };
        let own = if self.date(at) == there.date(at) { self.clock(at) } else { self.moment(at) };
        format!("{} {}, {own} for you", there.moment(at), there.town(at))
    }

    /// The day on the clock that was agreed: "Tuesday 24 November".
    pub fn agreed_day(&self, at: Instant, agreed: &Zone) -> String {
        self.there(at, agreed).unwrap_or_else(|| self.clone()).day(at)
    }

    /// Now, with the year in any case: "09:12, Tuesday 24 November 2026".
    pub fn as_of(&self) -> String {
        format!("{}, {}", self.clock(self.now), self.write(self.now, "%A %-d %B %Y", "%A, %B %-d, %Y"))
    }

    /// The same for somebody who reads it within days, where there is little room: "Tue 09:12".
    pub fn as_of_brief(&self) -> String {
        format!("{} {}", self.write(self.now, "%a", "%a"), self.clock(self.now))
    }

    /// The clock of something that is due.
    pub fn due(&self, at: Instant) -> Due {
        let left = at - self.now;
        let (kind, word) = match left {
            _ if left < Span::ZERO => ("over", "overdue"),
            _ if left <= Span::hours(1) => ("due", "left"),
            _ => ("calm", "left"),
        };
        let words = format!("by {}", self.brief(at));
        Due { kind, at: at.to_string(), words, left: format!("{} {word}", Self::length(left)) }
    }

    /// "4 h 48 min", "2 d 3 h", "10 min": whole minutes, rounded down, without a sign.
    pub fn length(span: Span) -> String {
        let minutes = span.as_micros().unsigned_abs() / 60_000_000;
        match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
            (0, 0, rest) => format!("{rest} min"),
            (0, hours, 0) => format!("{hours} h"),
            (0, hours, rest) => format!("{hours} h {rest} min"),
            (days, 0, _) => format!("{days} d"),
            (days, hours, _) => format!("{days} d {hours} h"),
        }
    }

    /// Good morning, good afternoon, good evening.
    pub fn greeting(&self) -> &'static str {
        match self.here(self.now).hour() {
            0..12 => "Good morning",
            12..18 => "Good afternoon",
            _ => "Good evening",
        }
    }

    /// The calendar day on the reader's wall.
    pub fn date(&self, at: Instant) -> Date {
        self.zone.day_of(at)
    }

    /// Whether that is today on this clock.
    pub fn is_today(&self, at: Instant) -> bool {
        self.date(at) == self.date(self.now)
    }

    /// Today on this clock, from its first moment up to its end.
    pub fn today(&self) -> Interval {
        self.days(self.date(self.now), 1)
    }

    /// So many days from this one on, on this clock.
    pub fn days(&self, first: Date, count: i32) -> Interval {
        Interval::new(self.zone.start_of(first), self.zone.start_of(later(first, count)))
    }

    /// A day and a time that were typed, as this clock shows them. In the hour that comes twice it is the first one.
    pub fn typed(&self, day: &str, time: &str) -> Option<Instant> {
        let (day, time): (Date, Time) = (day.trim().parse().ok()?, time.trim().parse().ok()?);
        let zoned = self.zone.time_zone().to_ambiguous_zoned(day.to_datetime(time)).compatible().ok()?;
        Some(Instant::from(&zoned))
    }

    /// A moment as the value of a date field.
    pub fn date_value(&self, at: Instant) -> String {
        self.date(at).to_string()
    }

    /// A moment as the value of a time field.
    pub fn time_value(&self, at: Instant) -> String {
        self.here(at).strftime("%H:%M").to_string()
    }

    fn here(&self, at: Instant) -> Zoned {
        at.in_zone(&self.zone)
    }

    /// The same reader's words on the clock of another place, where that shows another time.
    fn there(&self, at: Instant, place: &Zone) -> Option<Self> {
        let differs = at.in_zone(place).offset() != self.here(at).offset();
        differs.then(|| Self { zone: place.clone(), ..self.clone() })
    }

    /// The town of the zone: "London" of `Europe/London`; zones without one by their distance from UTC.
    fn town(&self, at: Instant) -> String {
        let here = self.here(at);
        match self.zone.name().rsplit_once('/') {
            Some((area, town)) if area != "Etc" => town.replace('_', " "),
            _ if here.offset().is_zero() => "UTC".to_owned(),
            _ => format!("UTC{}", here.strftime("%:z")),
        }
    }

    fn nearby(&self, at: Instant) -> Option<&'static str> {
        let (day, today) = (self.date(at), self.date(self.now));
        let near = [(0, "today"), (1, "tomorrow"), (-1, "yesterday")];
        near.into_iter().find(|(days, _)| later(today, *days) == day).map(|(_, word)| word)
    }

    /// The year, where it is not this one.
    fn other_year(&self, at: Instant) -> String {
        let is_this_one = self.date(at).year() == self.date(self.now).year();
        if is_this_one { String::new() } else { self.write(at, " %Y", ", %Y") }
    }

    fn write(&self, at: Instant, british: &str, american: &str) -> String {
        let pattern = match self.locale {
            Locale::EnGb => british,
            Locale::EnUs => american,
        };
        self.here(at).strftime(pattern).to_string()
    }
}

/// The day so many days later.
pub fn later(day: Date, days: i32) -> Date {
    day.saturating_add(jiff::Span::new().days(days))
}

/// With a capital in front.
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + letters.as_str()
}

#[cfg(test)]
mod tests;
