//! Moments as a reader writes them: "Tuesday 24 November, 14:00", with the place where two clocks differ.

use domain::person::Locale;
use domain::time::{Instant, Zone};
use jiff::Zoned;

/// How one reader is told moments that were agreed on another clock.
#[derive(Debug, Clone)]
pub struct When<'a> {
    /// Which English.
    pub locale: Locale,
    /// The clock that was agreed: the appointment's.
    pub agreed: &'a Zone,
    /// The reader's clock.
    pub reader: &'a Zone,
    /// Now, UTC: the year is left out while it is this one.
    pub now: Instant,
}

impl When<'_> {
    /// Day and time on the agreed clock, and on the reader's own where that differs:
    /// "Tuesday 24 November, 14:00 London, 09:00 for you".
    pub fn moment(&self, at: Instant) -> String {
        let (there, here) = (at.in_zone(self.agreed), at.in_zone(self.reader));
        let day = self.day_of(&there);
        let clock = self.clock(&there, self.agreed);
        if there.offset() == here.offset() {
            return format!("{day}, {clock}");
        }
        let own = self.clock(&here, self.reader);
        let own_day = if there.date() == here.date() { String::new() } else { format!("{}, ", self.day_of(&here)) };
        format!("{day}, {clock} {}, {own_day}{own} for you", place(&there, self.agreed))
    }

    /// The day alone, on the agreed clock: "Tuesday 24 November".
    pub fn day(&self, at: Instant) -> String {
        self.day_of(&at.in_zone(self.agreed))
    }

    /// The time of day alone, on the reader's own clock: "14:00".
    pub fn time_of_day(&self, at: Instant) -> String {
        self.clock(&at.in_zone(self.reader), self.reader)
    }

    /// Time and day on the reader's own clock: "09:12, Tuesday 24 November 2026". The year always stands there.
    pub fn as_of(&self) -> String {
        let here = self.now.in_zone(self.reader);
        let day = match self.locale {
            Locale::EnGb => here.strftime("%A %-d %B %Y"),
            Locale::EnUs => here.strftime("%A, %B %-d, %Y"),
        };
        format!("{}, {day}", self.clock(&here, self.reader))
    }

    fn day_of(&self, at: &Zoned) -> String {
        let this_year = at.year() == self.now.in_zone(self.reader).year();
        let pattern = match (self.locale, this_year) {
            (Locale::EnGb, true) => "%A %-d %B",
            (Locale::EnGb, false) => "%A %-d %B %Y",
            (Locale::EnUs, true) => "%A, %B %-d",
            (Locale::EnUs, false) => "%A, %B %-d, %Y",
        };
        at.strftime(pattern).to_string()
    }

    /// The time of day; in the hour that an autumn night has twice, with the zone's letters.
    fn clock(&self, at: &Zoned, zone: &Zone) -> String {
        let twice = zone.time_zone().to_ambiguous_timestamp(at.datetime()).is_ambiguous();
        let pattern = match (self.locale, twice) {
            (Locale::EnGb, false) => "%H:%M",
            (Locale::EnGb, true) => "%H:%M %Z",
            (Locale::EnUs, false) => "%-I:%M %p",
            (Locale::EnUs, true) => "%-I:%M %p %Z",
        };
        at.strftime(pattern).to_string()
    }
}

/// The town of a zone: "London" of `Europe/London`; zones without one by their distance from UTC.
fn place(at: &Zoned, zone: &Zone) -> String {
    match zone.name().rsplit_once('/') {
        Some((area, town)) if area != "Etc" => town.replace('_', " "),
        _ if at.offset().is_zero() => "UTC".into(),
        _ => format!("UTC{}", at.strftime("%:z")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(locale: Locale, agreed: &str, reader: &str, at: &str) -> String {
        let (agreed, reader) = (agreed.parse().expect("a zone"), reader.parse().expect("a zone"));
        let now = "2026-11-24T09:12:00Z".parse().expect("a moment");
        When { locale, agreed: &agreed, reader: &reader, now }.moment(at.parse().expect("a moment"))
    }

    #[test]
    fn each_reader_finds_their_own_way_of_writing_a_time() {
        let at = "2026-11-24T14:00:00Z";
        assert_eq!(read(Locale::EnGb, "Europe/London", "Europe/London", at), "Tuesday 24 November, 14:00");
        assert_eq!(read(Locale::EnUs, "Europe/London", "Europe/London", at), "Tuesday, November 24, 2:00 PM");
        let next_year = "2027-01-05T14:00:00Z";
        assert_eq!(read(Locale::EnGb, "Europe/London", "Europe/London", next_year), "Tuesday 5 January 2027, 14:00");
        assert_eq!(
            read(Locale::EnUs, "Europe/London", "Europe/London", next_year),
            "Tuesday, January 5, 2027, 2:00 PM"
        );
    }

    #[test]
    fn a_reader_elsewhere_reads_both_clocks_and_their_own_day() {
        let at = "2026-11-24T14:00:00Z";
        let new_york = read(Locale::EnGb, "Europe/London", "America/New_York", at);
        assert_eq!(new_york, "Tuesday 24 November, 14:00 London, 09:00 for you");
        let sydney = read(Locale::EnUs, "America/New_York", "Australia/Sydney", at);
        assert_eq!(sydney, "Tuesday, November 24, 9:00 AM New York, Wednesday, November 25, 1:00 AM for you");
        assert_eq!(read(Locale::EnGb, "Europe/London", "Africa/Abidjan", at), "Tuesday 24 November, 14:00");
        assert_eq!(read(Locale::EnGb, "Etc/UTC", "Europe/Paris", at), "Tuesday 24 November, 14:00 UTC, 15:00 for you");
    }

    #[test]
    fn the_hour_that_comes_twice_is_told_apart() {
        let (first, second) = ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
        assert_eq!(read(Locale::EnGb, "Europe/London", "Europe/London", first), "Sunday 25 October, 01:30 BST");
        assert_eq!(read(Locale::EnGb, "Europe/London", "Europe/London", second), "Sunday 25 October, 01:30 GMT");
    }
}
