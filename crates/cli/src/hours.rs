//! Working hours and kinds of appointment as an operator writes them: `monday 09:00-17:00, tuesday 10:00-14:00` and
//! `video 50 6500`.

use domain::money::{Currency, Money};
use domain::schedule::{KindSetup, MeetingKind, TimeOfDay, WeeklyHours};
use domain::time::Weekday;

/// What to write for hours; part of every complaint.
const HOURS_LIKE: &str = "write hours such as \"monday 09:00-17:00, friday 09:00-13:00\"";

/// Weekly windows from their text.
///
/// # Errors
/// What is wrong with which part.
pub fn hours(text: &str) -> Result<Vec<WeeklyHours>, String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(window).collect()
}

fn window(part: &str) -> Result<WeeklyHours, String> {
    let wrong = || format!("{part:?} is not a weekly window: {HOURS_LIKE}");
    let (day, times) = part.split_once(' ').ok_or_else(wrong)?;
    let (from, to) = times.trim().split_once('-').ok_or_else(wrong)?;
    let time = |text: &str| text.trim().parse::<TimeOfDay>().map_err(|_| wrong());
    let (from, to) = (time(from)?, time(to)?);
    if to <= from {
        return Err(format!("{part:?} ends before it begins: {HOURS_LIKE}; for a night write two windows"));
    }
    Ok(WeeklyHours::new(weekday(day).ok_or_else(wrong)?, from, to))
}

fn weekday(name: &str) -> Option<Weekday> {
    serde_json::from_value(serde_json::Value::String(name.to_ascii_lowercase())).ok()
}

/// A kind of appointment as it was written, before the practice's currency is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// How they meet.
    pub kind: MeetingKind,
    /// How long one lasts.
    pub minutes: u16,
    /// What it costs, in minor units.
    pub price_minor: i64,
}

impl Kind {
    /// The kind with its price in this currency.
    pub fn setup(self, currency: Currency) -> KindSetup {
        KindSetup { minutes: self.minutes, ..KindSetup::usual(Money::new(self.price_minor, currency)) }
    }
}

/// A kind from its text: `video 50 6500` is fifty minutes by video for 65.00.
///
/// # Errors
/// What to write instead.
pub fn kind(text: &str) -> Result<Kind, String> {
    let wrong = || {
        format!(
            "{text:?} is not a kind of appointment: write such as \"video 50 6500\", minutes and price in pence or cents"
        )
    };
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [kind, minutes, price] = parts.as_slice() else { return Err(wrong()) };
    let (minutes, price_minor) = (minutes.parse().map_err(|_| wrong())?, price.parse().map_err(|_| wrong())?);
    if !(5..=480).contains(&minutes) || !(0..=10_000_000).contains(&price_minor) {
        return Err(wrong());
    }
    Ok(Kind { kind: kind.parse().map_err(|_| wrong())?, minutes, price_minor })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_read_as_people_write_them() {
        let windows = hours("monday 09:00-17:00, Friday 10:30-24:00,").expect("hours");
        let said: Vec<_> = windows.iter().map(|w| (w.weekday, w.from.to_string(), w.to.to_string())).collect();
        let expected = [(Weekday::Monday, "09:00", "17:00"), (Weekday::Friday, "10:30", "24:00")];
        assert_eq!(said, expected.map(|(day, from, to)| (day, from.to_owned(), to.to_owned())));
        for bad in ["monday", "mo 09:00-17:00", "monday 9-17", "monday 17:00-09:00", "monday 09:00"] {
            assert!(hours(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_kind_names_minutes_and_price() {
        let read = kind("in_person 50 6500").expect("a kind");
        assert_eq!(read, Kind { kind: MeetingKind::InPerson, minutes: 50, price_minor: 6_500 });
        assert_eq!(read.setup(Currency::GBP).price.to_string(), "£65.00");
        for bad in ["", "video", "video 50", "fax 50 6500", "video 2 6500", "video 50 -1"] {
            assert!(kind(bad).is_err(), "{bad}");
        }
    }
}
