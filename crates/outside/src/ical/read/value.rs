//! Dates, times, offsets and durations as calendars write them.

use jiff::civil::{Date, DateTime};

/// `20260309`.
pub(super) fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() != 8 || !text.is_ascii() {
        return None;
    }
    Date::new(digits(&text[..4])?, digits(&text[4..6])?, digits(&text[6..])?).ok()
}

/// `20260309T080000`, and whether `Z` follows. A leap second counts as the one before.
pub(super) fn date_time(text: &str) -> Option<(DateTime, bool)> {
    let text = text.trim();
    if !text.is_ascii() {
        return None;
    }
    let (text, utc) = text.strip_suffix(['Z', 'z']).map_or((text, false), |text| (text, true));
    let (day, time) = text.split_once(['T', 't'])?;
    if time.len() != 6 {
        return None;
    }
    let second: i8 = digits(&time[4..])?;
    let second = if second == 60 { 59 } else { second };
    let time = jiff::civil::Time::new(digits(&time[..2])?, digits(&time[2..4])?, second, 0).ok()?;
    Some((date(day)?.to_datetime(time), utc))
}

/// `+0100` or `-043015`, in seconds east of Greenwich.
pub(super) fn offset(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => (1, text),
    };
    if !rest.is_ascii() || !(rest.len() == 4 || rest.len() == 6) {
        return None;
    }
    let hours: i32 = digits(&rest[..2])?;
    let minutes: i32 = digits(&rest[2..4])?;
    let seconds: i32 = if rest.len() == 6 { digits(&rest[4..])? } else { 0 };
    (hours < 26 && minutes < 60 && seconds < 60).then_some(sign * (hours * 3600 + minutes * 60 + seconds))
}

/// A length of time as calendars write it: whole days on the wall, then seconds by the stopwatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Length {
    /// Days and weeks, in days.
    pub days: i64,
    /// Hours, minutes and seconds, in seconds.
    pub seconds: i64,
}

/// `P1DT2H`, `PT50M`, `P2W`; a leading minus makes it negative.
pub(super) fn length(text: &str) -> Option<Length> {
    let text = text.trim();
    let (sign, text) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let mut rest = text.strip_prefix(['P', 'p'])?;
    let (mut days, mut seconds, mut clock, mut any) = (0i64, 0i64, false, false);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(['T', 't']).filter(|_| !clock) {
            clock = true;
            rest = after;
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = digits(&rest[..end])?;
        let unit = rest[end..].chars().next()?;
        match (unit.to_ascii_uppercase(), clock) {
            ('W', false) => days += 7 * number,
            ('D', false) => days += number,
            ('H', true) => seconds += 3600 * number,
            ('M', true) => seconds += 60 * number,
            ('S', true) => seconds += number,
            _ => return None,
        }
        any = true;
        rest = &rest[end + unit.len_utf8()..];
    }
    any.then_some(Length { days: sign * days, seconds: sign * seconds })
}

/// At most nine digits and nothing else.
pub(super) fn digits<N: TryFrom<i64>>(text: &str) -> Option<N> {
    if text.is_empty() || text.len() > 9 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    N::try_from(text.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_as_rfc_5545_writes_them_and_nothing_else_does() {
        assert_eq!(length("PT50M"), Some(Length { days: 0, seconds: 3000 }));
        assert_eq!(length("-P1W2DT1H"), Some(Length { days: -9, seconds: -3600 }));
        for text in ["", "P", "PT", "50M", "P1H", "PT1D", "PT5", "P1Y", "P1é", "P99999999999D"] {
            assert_eq!(length(text), None, "{text:?}");
        }
    }

    #[test]
    fn dates_and_offsets_that_do_not_exist_are_refused() {
        for text in ["20260230", "2026030", "20261301", "２０２６0309"] {
            assert_eq!(date(text), None, "{text:?}");
        }
        for text in ["20260309T250000", "20260309T0800", "20260309", "20260309T080000+01", "é0260309T080000"] {
            assert_eq!(date_time(text), None, "{text:?}");
        }
        assert_eq!((offset("-0430"), offset("+9900"), offset("01")), (Some(-16200), None, None));
    }
}
