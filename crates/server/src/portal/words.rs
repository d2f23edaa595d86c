//! Times, lengths and money in the words of pages: clock time first, countdown second; the reader's own clock and
//! English.

use crate::actor::Manner;
use domain::money::{Currency, Money};
use domain::person::Locale;
use domain::time::{Instant, Span};

/// A deadline as pages show it: `by 09:28` and, smaller, `14 min left` (`ui::due`).
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

impl Due {
    /// The deadline `at`, seen at `now`.
    pub fn new(at: Instant, now: Instant, manner: &Manner) -> Self {
        let kind = match at - now {
            left if left < Span::ZERO => "over",
            left if left <= Span::hours(1) => "due",
            _ => "calm",
        };
        Self { kind, at: at.to_string(), words: format!("by {}", near(at, now, manner)), left: left(at, now) }
    }
}

/// `14:00`, or `2:00 pm` in American English.
pub fn time(at: Instant, manner: &Manner) -> String {
    let at = at.in_zone(&manner.zone);
    match manner.locale {
        Locale::EnGb => at.strftime("%H:%M").to_string(),
        Locale::EnUs => at.strftime("%-I:%M %P").to_string(),
    }
}

/// `Tuesday 24 November`, or `Tuesday, November 24`.
pub fn day(at: Instant, manner: &Manner) -> String {
    let at = at.in_zone(&manner.zone);
    match manner.locale {
        Locale::EnGb => at.strftime("%A %-d %B").to_string(),
        Locale::EnUs => at.strftime("%A, %B %-d").to_string(),
    }
}

/// `24 November 2026`, or `November 24, 2026`: for the record.
pub fn date(at: Instant, manner: &Manner) -> String {
    let at = at.in_zone(&manner.zone);
    match manner.locale {
        Locale::EnGb => at.strftime("%-d %B %Y").to_string(),
        Locale::EnUs => at.strftime("%B %-d, %Y").to_string(),
    }
}

/// `Tuesday 24 November, 14:00`.
pub fn moment(at: Instant, manner: &Manner) -> String {
    format!("{}, {}", day(at, manner), time(at, manner))
}

/// The shortest that is not mistaken: `14:00` today, `tomorrow 14:00`, `Wed 25 Nov, 14:00`. For screens only.
pub fn near(at: Instant, now: Instant, manner: &Manner) -> String {
    let (day, today) = (manner.zone.day_of(at), manner.zone.day_of(now));
    let time = time(at, manner);
    if day == today {
        return time;
    }
    if today.tomorrow().is_ok_and(|tomorrow| tomorrow == day) {
        return format!("tomorrow {time}");
    }
    let at = at.in_zone(&manner.zone);
    match manner.locale {
        Locale::EnGb => format!("{}, {time}", at.strftime("%a %-d %b")),
        Locale::EnUs => format!("{}, {time}", at.strftime("%a, %b %-d")),
    }
}

/// `4 h 48 min`, `2 d 3 h`, `10 min`: whole minutes, rounded down, without a sign.
pub fn length(span: Span) -> String {
    let minutes = span.as_micros().unsigned_abs() / 60_000_000;
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, rest) => format!("{rest} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, rest) => format!("{hours} h {rest} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// `14 min left` or `9 min overdue`.
pub fn left(at: Instant, now: Instant) -> String {
    let word = if at < now { "overdue" } else { "left" };
    format!("{} {word}", length(at - now))
}

/// `£65.00`; a minus sign in front of what is given back.
pub fn money(money: Money) -> String {
    let sign = if money.amount_minor < 0 { "\u{2212}" } else { "" };
    let minor = money.amount_minor.unsigned_abs();
    let amount = format!("{}.{:02}", minor / 100, minor % 100);
    match money.currency {
        Currency::GBP => format!("{sign}£{amount}"),
        Currency::USD => format!("{sign}${amount}"),
        other => format!("{sign}{amount} {}", other.code()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(locale: Locale, zone: &str) -> Manner {
        Manner { locale, zone: zone.parse().expect("a zone") }
    }

    fn at(text: &str) -> Instant {
        text.parse().expect("a moment")
    }

    #[test]
    fn a_british_and_an_american_reader_see_their_own_clock() {
        let start = at("2026-11-24T14:00:00Z");
        let london = reader(Locale::EnGb, "Europe/London");
        let new_york = reader(Locale::EnUs, "America/New_York");
        assert_eq!(moment(start, &london), "Tuesday 24 November, 14:00");
        assert_eq!(moment(start, &new_york), "Tuesday, November 24, 9:00 am");
        assert_eq!(date(start, &london), "24 November 2026");
        assert_eq!(date(start, &new_york), "November 24, 2026");
    }

    #[test]
    fn the_nearer_the_shorter_but_never_mistaken() {
        let london = reader(Locale::EnGb, "Europe/London");
        let now = at("2026-11-24T09:12:00Z");
        assert_eq!(near(at("2026-11-24T14:00:00Z"), now, &london), "14:00");
        assert_eq!(near(at("2026-11-25T14:00:00Z"), now, &london), "tomorrow 14:00");
        assert_eq!(near(at("2026-12-01T14:00:00Z"), now, &london), "Tue 1 Dec, 14:00");
        assert_eq!(near(at("2026-11-23T17:00:00Z"), now, &london), "Mon 23 Nov, 17:00");
    }

    #[test]
    fn a_deadline_says_the_clock_first() {
        let london = reader(Locale::EnGb, "Europe/London");
        let now = at("2026-11-24T09:12:00Z");
        let due = Due::new(at("2026-11-24T09:28:00Z"), now, &london);
        assert_eq!((due.kind, due.words.as_str(), due.left.as_str()), ("due", "by 09:28", "16 min left"));
        let over = Due::new(at("2026-11-24T09:03:00Z"), now, &london);
        assert_eq!((over.kind, over.left.as_str()), ("over", "9 min overdue"));
        assert_eq!(Due::new(at("2026-11-24T14:00:00Z"), now, &london).left, "4 h 48 min left");
    }

    #[test]
    fn money_always_has_two_decimals() {
        assert_eq!(money(Money { amount_minor: 6500, currency: Currency::GBP }), "£65.00");
        assert_eq!(money(Money { amount_minor: -5, currency: Currency::USD }), "\u{2212}$0.05");
        assert_eq!(length(Span::hours(51)), "2 d 3 h");
    }
}
