//! Reads what people read: the words of letters and texts, and what letters put into a diary. Written apart from the
//! code that writes them, so that a wrong hour in a message is a client at the door at a wrong hour.

use domain::person::Locale;
use domain::time::{Instant, Zone};
use jiff::civil::{Date, Time};

/// What a message says about an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// It is on, at this time, UTC.
    On(Instant),
    /// It is off; it was to be at this time, UTC.
    Off(Instant),
    /// Something else.
    Other,
}

/// Everything that a reader takes from a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What it says about the appointment.
    pub says: Says,
    /// Whether it says that it replaces an older one.
    pub is_update: bool,
    /// Until when the appointment may be changed free, UTC.
    pub free_until: Option<Instant>,
    /// Times to choose from, UTC.
    pub offered: Vec<Instant>,
    /// The secret of the link.
    pub link: Option<String>,
    /// Whether it speaks of a fee.
    pub fee: bool,
    /// As of when it holds, where a text says so, UTC to the minute.
    pub as_of: Option<Instant>,
}

/// The reader: whose English, whose clock, and the year in which they read.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    /// Which English.
    pub locale: Locale,
    /// Whose clock.
    pub zone: &'a Zone,
    /// When it was written, UTC: days without a year are of this one.
    pub written: Instant,
}

/// Words that say what a message is about, and whether the time stands behind or before them.
const MARKS: [(&str, bool, bool); 8] = [
    ("has a new time", true, true),
    ("is now on", true, true),
    ("is cancelled", false, false),
    ("is canceled", false, false),
    ("booked with", true, true),
    ("stays as it was, on", true, true),
    ("would like to find another time for", true, true),
    ("is asked for another time for", true, true),
];

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Reader<'_> {
    /// Reads the words of a message.
    pub fn read(&self, text: &str) -> Reading {
        Reading {
            says: self.says(text),
            is_update: text.contains("Update:"),
            free_until: text.find("free until ").and_then(|at| self.moments(&text[at..]).first().map(|(_, at)| *at)),
            offered: text.lines().filter_map(|line| self.offered(line)).collect(),
            link: link(text),
            fee: text.contains("The fee is"),
            as_of: text.lines().find_map(|line| self.as_of(line)),
        }
    }

    fn says(&self, text: &str) -> Says {
        let found = MARKS.iter().find_map(|(words, is_on, behind)| {
            let at = text.find(words)?;
            let time = if *behind {
                self.moments(&text[at..]).first().copied()
            } else {
                self.moments(&text[..at]).last().copied()
            };
            time.map(|(_, time)| if *is_on { Says::On(time) } else { Says::Off(time) })
        });
        found.unwrap_or(Says::Other)
    }

    /// A line of a list of times: "- Tuesday 24 November, 14:00" or "1: Tuesday 24 November, 14:00".
    fn offered(&self, line: &str) -> Option<Instant> {
        let item = line.strip_prefix("- ").or_else(|| {
            let (number, item) = line.split_once(": ")?;
            number.parse::<u8>().ok().map(|_| item)
        })?;
        if !DAYS.iter().any(|day| item.starts_with(day)) {
            return None;
        }
        self.moments(item).first().map(|(_, at)| *at)
    }

    /// Every moment in the text, with its place.
    fn moments(&self, text: &str) -> Vec<(usize, Instant)> {
        let mut found = Vec::new();
        for day in DAYS {
            for (at, _) in text.match_indices(day) {
                if let Some(moment) = self.moment(&text[at + day.len()..]) {
                    found.push((at, moment));
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// The moment behind the name of a day: " 24 November, 14:00" or ", November 24, 2:00 PM".
    fn moment(&self, behind: &str) -> Option<Instant> {
        let split = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | ';' | ')');
        let mut words = behind.split(split).filter(|word| !word.is_empty()).take(7);
        let (first, second) = (words.next()?, words.next()?);
        let (day, month) = if self.locale == Locale::EnUs { (second, first) } else { (first, second) };
        let month = MONTHS.iter().position(|known| *known == month)? as i8 + 1;
        let mut next = words.next()?;
        let mut year = self.written.in_zone(self.zone).year();
        if next.len() == 4 && !next.contains(':') {
            year = next.parse().ok()?;
            next = words.next()?;
        }
        let (hour, minute) = next.split_once(':')?;
        let mut hour: i8 = hour.parse().ok()?;
        let mut letters = words.next();
        if self.locale == Locale::EnUs {
            hour = hour % 12 + if letters? == "PM" { 12 } else { 0 };
            letters = words.next();
        }
        let date = Date::new(year, month, day.parse().ok()?).ok()?;
        let time = Time::new(hour, minute.parse().ok()?, 0, 0).ok()?;
        self.on_the_clock(date, time, letters)
    }

    /// "As of Tue 14:00." or "As of Tue 2:00 PM.": of the last seven days.
    fn as_of(&self, line: &str) -> Option<Instant> {
        let mut words = line.strip_prefix("As of ")?.strip_suffix('.')?.split_whitespace();
        let (day, clock, mut letters) = (words.next()?, words.next()?, words.next());
        let (hour, minute) = clock.split_once(':')?;
        let mut hour: i8 = hour.parse().ok()?;
        if self.locale == Locale::EnUs {
            hour = hour % 12 + if letters? == "PM" { 12 } else { 0 };
            letters = words.next();
        }
        let time = Time::new(hour, minute.parse().ok()?, 0, 0).ok()?;
        let today = self.written.in_zone(self.zone).date();
        let days = (0..7).filter_map(|back| today.checked_sub(jiff::Span::new().days(back)).ok());
        let known = |date: &Date| DAYS[date.weekday().to_monday_zero_offset() as usize].starts_with(day);
        let moments = days.filter(known).filter_map(|date| self.on_the_clock(date, time, letters));
        moments.max()
    }

    /// The moment that this reader's clock shows; of two, the one whose letters stand behind it.
    fn on_the_clock(&self, date: Date, time: Time, letters: Option<&str>) -> Option<Instant> {
        let twice = self.zone.time_zone().to_ambiguous_zoned(date.to_datetime(time));
        let (early, late) = (twice.clone().earlier().ok()?, twice.later().ok()?);
        let is_late = letters.is_some_and(|letters| late.strftime("%Z").to_string() == letters);
        Some(Instant::from(if is_late { &late } else { &early }))
    }
}

/// The secret of our link in the text.
fn link(text: &str) -> Option<String> {
    let (_, behind) = text.split_once("/r/")?;
    let secret: String = behind.chars().take_while(char::is_ascii_alphanumeric).collect();
    (!secret.is_empty()).then_some(secret)
}

/// What the calendar part of a letter says.
pub fn diary(calendar: &str) -> Option<Says> {
    let line = |name: &str| calendar.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let start = line("DTSTART:")?;
    let (date, time) = start.strip_suffix('Z')?.split_once('T')?;
    let moment = format!(
        "{}-{}-{}T{}:{}:{}Z",
        date.get(..4)?,
        date.get(4..6)?,
        date.get(6..8)?,
        time.get(..2)?,
        time.get(2..4)?,
        time.get(4..6)?
    );
    let start = moment.parse().ok()?;
    Some(if line("METHOD:")? == "CANCEL" { Says::Off(start) } else { Says::On(start) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Instant {
        text.parse().expect("a moment")
    }

    #[test]
    fn both_englishes_and_the_hour_that_comes_twice_are_read_as_people_read_them() {
        let london: Zone = "Europe/London".parse().expect("a zone");
        let new_york: Zone = "America/New_York".parse().expect("a zone");
        let written = moment("2026-10-20T09:00:00Z");
        let british = Reader { locale: Locale::EnGb, zone: &london, written };
        let american = Reader { locale: Locale::EnUs, zone: &new_york, written };
        let read = british.read("You're booked with Ruth: Sunday 25 October, 01:30 GMT, 50 minutes, by video.");
        assert_eq!(read.says, Says::On(moment("2026-10-25T01:30:00Z")));
        let read = british.read("Update: your appointment on Sunday 25 October, 01:30 BST, is cancelled.");
        assert_eq!((read.says, read.is_update), (Says::Off(moment("2026-10-25T00:30:00Z")), true));
        let read = american.read(
            "has a new time.\n- New time: Monday, November 2, 2:00 PM\n- Old time: Sunday, \
             November 1, 2:00 PM\nYou can change or cancel it free until Friday, October 30, 2026, 12:05 AM.",
        );
        assert_eq!(read.says, Says::On(moment("2026-11-02T19:00:00Z")));
        assert_eq!(read.free_until, Some(moment("2026-10-30T04:05:00Z")));
        let read = british.read("held for you:\n1: Tuesday 3 November, 14:00\n2: x\nhttps://a.example/r/abc012\n");
        assert_eq!((read.offered.len(), read.link.as_deref(), read.as_of), (1, Some("abc012"), None));
        let as_of = |reader: &Reader, text: &str| reader.read(text).as_of;
        assert_eq!(as_of(&british, "It is off.\nAs of Sat 23:05.\nhttps://x"), Some(moment("2026-10-17T22:05:00Z")));
        assert_eq!(as_of(&american, "It is off.\nAs of Mon 12:30 PM."), Some(moment("2026-10-19T16:30:00Z")));
    }
}
