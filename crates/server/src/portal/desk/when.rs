//! Moments as the reader of a page writes them, on the reader's own clock.

use crate::actor::{ActorKind, Manner};
use crate::call::Call;
use crate::portal::words::{self, Due};
use domain::person::Locale;
use domain::time::{Instant, Interval, Span, Zone};
use jiff::civil::{Date, Time};

/// How one reader is told moments.
#[derive(Debug, Clone)]
pub struct When {
    /// Which English, and where their clock is.
    pub manner: Manner,
    /// Now, UTC.
    pub now: Instant,
}

impl When {
    /// How this caller is told moments.
    pub fn of<A: ActorKind>(call: &Call<A>) -> Self {
        Self { manner: call.manner(), now: call.now }
    }

    /// The same reader's words on another clock.
    #[must_use]
    pub fn on(&self, zone: &Zone) -> Self {
        Self { manner: Manner { zone: zone.clone(), ..self.manner.clone() }, now: self.now }
    }

    /// "14:00" or "2:00 pm".
    pub fn time(&self, at: Instant) -> String {
        words::time(at, &self.manner)
    }

    /// "Tuesday 24 November", with the year where it is another one.
    pub fn day(&self, at: Instant) -> String {
        if self.is_this_year(at) {
            words::day(at, &self.manner)
        } else {
            self.write(at, "%A %-d %B %Y", "%A, %B %-d, %Y")
        }
    }

    /// "Tue 24 Nov", with the year where it is another one.
    pub fn short_day(&self, at: Instant) -> String {
        if self.is_this_year(at) {
            self.write(at, "%a %-d %b", "%a, %b %-d")
        } else {
            self.write(at, "%a %-d %b %Y", "%a, %b %-d, %Y")
        }
    }

    /// "today", "tomorrow", "yesterday", or the day.
    pub fn near_day(&self, at: Instant) -> String {
        self.nearby(at).map_or_else(|| self.day(at), str::to_owned)
    }

    /// "Today", "Tomorrow", "Yesterday", or "Tue 24 Nov": at the beginning of a line.
    pub fn head_day(&self, at: Instant) -> String {
        self.nearby(at).map_or_else(|| self.short_day(at), capital)
    }

    /// "Tuesday 24 November, 14:00".
    pub fn moment(&self, at: Instant) -> String {
        format!("{}, {}", self.day(at), self.time(at))
    }

    /// "Tue 24 Nov, 14:00".
    pub fn short_moment(&self, at: Instant) -> String {
        format!("{}, {}", self.short_day(at), self.time(at))
    }

    /// "14:00" today, "tomorrow 14:00", "Wed 25 Nov, 14:00" on another day.
    pub fn brief(&self, at: Instant) -> String {
        words::near(at, self.now, &self.manner)
    }

    /// "today at 14:00", "on Wednesday 25 November at 14:00": inside a sentence.
    pub fn in_words(&self, at: Instant) -> String {
        match self.nearby(at) {
            Some(day) => format!("{day} at {}", self.time(at)),
            None => format!("{} at {}", self.day(at), self.time(at)),
        }
    }

    /// "Tuesday 24 November, 14:00 to 14:50".
    pub fn range(&self, time: Interval) -> String {
        format!("{}, {} to {}", self.day(time.from), self.time(time.from), self.time(time.to))
    }

    /// "4 h 48 min", "3 d 2 h".
    pub fn length(span: Span) -> String {
        words::length(span)
    }

    /// The clock of something that is due.
    pub fn due(&self, at: Instant) -> Due {
        Due::new(at, self.now, &self.manner)
    }

    /// Whether that is today on this clock.
    pub fn is_today(&self, at: Instant) -> bool {
        self.manner.zone.day_of(at) == self.manner.zone.day_of(self.now)
    }

    /// Today on this clock, from its first moment up to its end.
    pub fn today(&self) -> Interval {
        self.days(self.manner.zone.day_of(self.now), 1)
    }

    /// So many days from this one on, on this clock.
    pub fn days(&self, first: Date, count: i32) -> Interval {
        Interval::new(self.manner.zone.start_of(first), self.manner.zone.start_of(later(first, count)))
    }

    /// Good morning, good afternoon, good evening.
    pub fn greeting(&self) -> &'static str {
        match self.now.in_zone(&self.manner.zone).hour() {
            0..12 => "Good morning",
            12..18 => "Good afternoon",
            _ => "Good evening",
        }
    }

    /// A day and a time that were typed, as this clock shows them. In the hour that comes twice it is the first one.
    pub fn typed(&self, day: &str, time: &str) -> Option<Instant> {
        let (day, time): (Date, Time) = (day.trim().parse().ok()?, time.trim().parse().ok()?);
        let zoned = self.manner.zone.time_zone().to_ambiguous_zoned(day.to_datetime(time)).compatible().ok()?;
        Some(Instant::from(&zoned))
    }

    /// A moment as the value of a date field.
    pub fn date_value(&self, at: Instant) -> String {
        at.in_zone(&self.manner.zone).strftime("%Y-%m-%d").to_string()
    }

    /// A moment as the value of a time field.
    pub fn time_value(&self, at: Instant) -> String {
        at.in_zone(&self.manner.zone).strftime("%H:%M").to_string()
    }

    fn nearby(&self, at: Instant) -> Option<&'static str> {
        let (day, today) = (self.manner.zone.day_of(at), self.manner.zone.day_of(self.now));
        let is = |days: i32| later(today, days) == day;
        [(0, "today"), (1, "tomorrow"), (-1, "yesterday")].into_iter().find(|(days, _)| is(*days)).map(|(_, word)| word)
    }

    fn is_this_year(&self, at: Instant) -> bool {
        self.manner.zone.day_of(at).year() == self.manner.zone.day_of(self.now).year()
    }

    fn write(&self, at: Instant, british: &str, american: &str) -> String {
        let pattern = match self.manner.locale {
            Locale::EnGb => british,
            Locale::EnUs => american,
        };
        at.in_zone(&self.manner.zone).strftime(pattern).to_string()
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
mod tests {
    use super::*;

    fn reader(locale: Locale) -> When {
        let at = |text: &str| text.parse().expect("a moment");
        let manner = Manner { zone: "Europe/London".parse().expect("a zone"), locale };
        When { manner, now: at("2026-11-24T09:12:00Z") }
    }

    fn at(text: &str) -> Instant {
        text.parse().expect("a moment")
    }

    #[test]
    fn near_days_have_words_and_others_their_date() {
        let when = reader(Locale::EnGb);
        assert_eq!(when.near_day(at("2026-11-24T14:00:00Z")), "today");
        assert_eq!(when.head_day(at("2026-11-25T14:00:00Z")), "Tomorrow");
        assert_eq!(when.near_day(at("2026-11-26T14:00:00Z")), "Thursday 26 November");
        assert_eq!(when.day(at("2027-01-05T14:00:00Z")), "Tuesday 5 January 2027");
        assert_eq!(reader(Locale::EnUs).moment(at("2026-11-24T14:00:00Z")), "Tuesday, November 24, 2:00 pm");
    }

    #[test]
    fn what_is_typed_is_read_on_the_readers_clock() {
        let when = reader(Locale::EnGb);
        assert_eq!(when.typed("2026-07-01", "12:00"), Some(at("2026-07-01T11:00:00Z")));
        assert_eq!(when.typed("2026-11-31", "12:00"), None);
        assert_eq!(when.typed("2026-11-30", "25:00"), None);
        assert_eq!(when.date_value(at("2026-06-30T23:30:00Z")), "2026-07-01");
    }
}
