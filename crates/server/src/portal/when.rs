//! Moments as pages write them, on the reader's own clock: "Tuesday 24 November, 14:00", "Tuesday, November 24, 2:00 PM".
//! "today" and "tomorrow" are for screens only; a message never says them alone.

use crate::actor::Manner;
use domain::person::Locale;
use domain::time::{Instant, Interval, Span, Zone};
use jiff::Zoned;
use jiff::civil::Date;

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

impl When {
    /// For a reader with this manner.
    pub fn new(manner: Manner, now: Instant) -> Self {
        Self { locale: manner.locale, zone: manner.zone, now }
    }

    /// "Tuesday 24 November, 14:00"; in the hour that an autumn night has twice also "BST" or "GMT".
    pub fn moment(&self, at: Instant) -> String {
        format!("{}, {}", self.day(at), self.clock(at))
    }

    /// The same, and what the clock of another place shows where the two differ:
    /// "Tuesday 24 November, 09:00 (14:00 in London)".
    pub fn moment_both(&self, at: Instant, agreed: &Zone) -> String {
        match self.elsewhere(at, agreed) {
            Some(there) => format!("{} ({there})", self.moment(at)),
            None => self.moment(at),
        }
    }

    /// "today at 14:00", "tomorrow at 14:00", "yesterday at 14:00", else "Tuesday 24 November at 14:00".
    pub fn near(&self, at: Instant) -> String {
        format!("{} at {}", self.near_day(at), self.clock(at))
    }

    /// The same inside a sentence: "today at 14:00", "on Tuesday 24 November at 14:00".
    pub fn on(&self, at: Instant) -> String {
        let near = self.near(at);
        if near.starts_with(['t', 'y']) { near } else { format!("on {near}") }
    }

    /// "today", "tomorrow", "yesterday", else "Tuesday 24 November".
    pub fn near_day(&self, at: Instant) -> String {
        let (day, today) = (self.date(at), self.date(self.now));
        match (day, today) {
            _ if day == today => "today".to_owned(),
            _ if today.tomorrow().is_ok_and(|next| next == day) => "tomorrow".to_owned(),
            _ if today.yesterday().is_ok_and(|last| last == day) => "yesterday".to_owned(),
            _ => self.day(at),
        }
    }

    /// "Tuesday 24 November", with the year where it is not this one.
    pub fn day(&self, at: Instant) -> String {
        let here = self.here(at);
        let this_year = here.year() == self.here(self.now).year();
        let pattern = match (self.locale, this_year) {
            (Locale::EnGb, true) => "%A %-d %B",
            (Locale::EnGb, false) => "%A %-d %B %Y",
            (Locale::EnUs, true) => "%A, %B %-d",
            (Locale::EnUs, false) => "%A, %B %-d, %Y",
        };
        here.strftime(pattern).to_string()
    }

    /// "2 September 2026": a date that is only a date.
    pub fn date_words(&self, at: Instant) -> String {
        let pattern = match self.locale {
            Locale::EnGb => "%-d %B %Y",
            Locale::EnUs => "%B %-d, %Y",
        };
        self.here(at).strftime(pattern).to_string()
    }

    /// "Tue 24 Nov": where there is little room.
    pub fn short_day(&self, at: Instant) -> String {
        let pattern = match self.locale {
            Locale::EnGb => "%a %-d %b",
            Locale::EnUs => "%a, %b %-d",
        };
        self.here(at).strftime(pattern).to_string()
    }

    /// "14:00" or "2:00 PM".
    pub fn clock(&self, at: Instant) -> String {
        clock(self.locale, &self.here(at), &self.zone)
    }

    /// "14:00 to 14:50".
    pub fn range(&self, time: Interval) -> String {
        format!("{} to {}", self.clock(time.from), self.clock(time.to))
    }

    /// What the clock of another place shows, where it differs from the reader's: "14:00 in London", with the day
    /// where that differs too.
    pub fn elsewhere(&self, at: Instant, place: &Zone) -> Option<String> {
        let (here, there) = (self.here(at), at.in_zone(place));
        if here.offset() == there.offset() {
            return None;
        }
        let day = if here.date() == there.date() { String::new() } else { format!("{}, ", weekday(&there)) };
        Some(format!("{day}{} in {}", clock(self.locale, &there, place), town(place)))
    }

    /// The calendar day on the reader's wall.
    pub fn date(&self, at: Instant) -> Date {
        self.here(at).date()
    }

    /// "4 h 48 min", "50 min", "2 days": how long something lasts, or is still away.
    pub fn length(span: Span) -> String {
        let minutes = span.as_minutes().unsigned_abs();
        match (minutes / 60, minutes % 60) {
            (0, minutes) => format!("{minutes} min"),
            (hours, _) if hours >= 48 => format!("{} days", hours / 24),
            (hours, 0) => format!("{hours} h"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        }
    }

    fn here(&self, at: Instant) -> Zoned {
        at.in_zone(&self.zone)
    }
}

/// The town of a zone: "London" of `Europe/London`.
pub fn town(zone: &Zone) -> String {
    zone.name().rsplit('/').next().unwrap_or(zone.name()).replace('_', " ")
}

fn weekday(at: &Zoned) -> String {
    at.strftime("%A").to_string()
}

fn clock(locale: Locale, at: &Zoned, zone: &Zone) -> String {
    let twice = zone.time_zone().to_ambiguous_timestamp(at.datetime()).is_ambiguous();
    let pattern = match (locale, twice) {
        (Locale::EnGb, false) => "%H:%M",
        (Locale::EnGb, true) => "%H:%M %Z",
        (Locale::EnUs, false) => "%-I:%M %p",
        (Locale::EnUs, true) => "%-I:%M %p %Z",
    };
    at.strftime(pattern).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(locale: Locale, zone: &str) -> When {
        let zone = zone.parse().expect("a zone");
        When { locale, zone, now: "2026-11-24T09:12:00Z".parse().expect("a moment") }
    }

    fn at(text: &str) -> Instant {
        text.parse().expect("a moment")
    }

    #[test]
    fn each_reader_finds_their_own_way_of_writing_a_time() {
        let (british, american) = (when(Locale::EnGb, "Europe/London"), when(Locale::EnUs, "America/New_York"));
        assert_eq!(british.moment(at("2026-11-24T14:00:00Z")), "Tuesday 24 November, 14:00");
        assert_eq!(british.moment(at("2027-01-05T14:00:00Z")), "Tuesday 5 January 2027, 14:00");
        assert_eq!(american.moment(at("2026-11-24T19:00:00Z")), "Tuesday, November 24, 2:00 PM");
        assert_eq!(american.short_day(at("2026-11-24T19:00:00Z")), "Tue, Nov 24");
    }

    #[test]
    fn near_days_are_said_by_name() {
        let british = when(Locale::EnGb, "Europe/London");
        assert_eq!(british.near(at("2026-11-24T14:00:00Z")), "today at 14:00");
        assert_eq!(british.near(at("2026-11-25T10:00:00Z")), "tomorrow at 10:00");
        assert_eq!(british.near(at("2026-11-23T10:00:00Z")), "yesterday at 10:00");
        assert_eq!(british.near(at("2026-11-26T10:00:00Z")), "Thursday 26 November at 10:00");
    }

    #[test]
    fn two_clocks_are_shown_only_where_they_differ() {
        let (london, new_york) = ("Europe/London".parse().expect("a zone"), when(Locale::EnGb, "America/New_York"));
        let start = at("2026-11-24T14:00:00Z");
        assert_eq!(new_york.moment_both(start, &london), "Tuesday 24 November, 09:00 (14:00 in London)");
        assert_eq!(
            new_york.elsewhere(at("2026-11-25T01:00:00Z"), &london).as_deref(),
            Some("Wednesday, 01:00 in London")
        );
        assert_eq!(when(Locale::EnGb, "Africa/Abidjan").elsewhere(start, &london), None);
    }

    #[test]
    fn the_hour_that_comes_twice_is_told_apart() {
        let british = when(Locale::EnGb, "Europe/London");
        assert_eq!(british.clock(at("2026-10-25T00:30:00Z")), "01:30 BST");
        assert_eq!(british.clock(at("2026-10-25T01:30:00Z")), "01:30 GMT");
    }

    #[test]
    fn lengths_read_as_people_say_them() {
        assert_eq!(When::length(Span::minutes(50)), "50 min");
        assert_eq!(When::length(Span::minutes(288)), "4 h 48 min");
        assert_eq!(When::length(Span::hours(24)), "24 h");
        assert_eq!(When::length(Span::hours(72)), "3 days");
    }
}
