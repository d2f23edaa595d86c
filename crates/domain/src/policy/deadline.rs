//! How long a duty may take: an elapsed length, or so many working days of the practice.

use super::working::WorkingTime;
use crate::time::{Instant, Span};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// In text `PT5M`, `PT24H`, `same_working_day` or `2_working_days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deadline {
    /// This many elapsed minutes.
    Minutes(u32),
    /// By the end of the same working day; once that is over, of the next.
    SameWorkingDay,
    /// By the end of the working day that is this many later.
    WorkingDays(u8),
}

/// The text is not a deadline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write a length such as PT5M or PT24H, same_working_day, or 2_working_days")]
pub struct NotADeadline;

/// The longest elapsed deadline: a year of minutes.
const LONGEST: i64 = 366 * 24 * 60;

impl Deadline {
    /// The moment by which it must be done, counted from `from`.
    pub fn after(self, from: Instant, working: &WorkingTime<'_>) -> Instant {
        match self {
            Self::Minutes(minutes) => from + Span::minutes(minutes.into()),
            Self::SameWorkingDay => working.end_of_working_day(from, 0),
            Self::WorkingDays(days) => working.end_of_working_day(from, days.into()),
        }
    }

    /// A length to compare deadlines by: a working day counts as nine hours on its own, then a day for each more.
    pub const fn nominal_minutes(self) -> u32 {
        match self {
            Self::Minutes(minutes) => minutes,
            Self::SameWorkingDay => 9 * 60,
            Self::WorkingDays(days) => 9 * 60 + days as u32 * 24 * 60,
        }
    }
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minutes(minutes) if *minutes > 0 && minutes % 60 == 0 => write!(f, "PT{}H", minutes / 60),
            Self::Minutes(minutes) => write!(f, "PT{minutes}M"),
            Self::SameWorkingDay => f.write_str("same_working_day"),
            Self::WorkingDays(days) => write!(f, "{days}_working_days"),
        }
    }
}
impl FromStr for Deadline {
    type Err = NotADeadline;
    fn from_str(text: &str) -> Result<Self, NotADeadline> {
        if text == "same_working_day" {
            return Ok(Self::SameWorkingDay);
        }
        if let Some(days) = text.strip_suffix("_working_days").or(text.strip_suffix("_working_day")) {
            return days.parse().ok().filter(|d| (1..=60).contains(d)).map(Self::WorkingDays).ok_or(NotADeadline);
        }
        // The parser also takes words such as "5 minutes"; a document is written one way only.
        let iso = text.starts_with('P').then_some(text).ok_or(NotADeadline)?;
        let length: jiff::SignedDuration = iso.parse().map_err(|_| NotADeadline)?;
        let whole = length.subsec_nanos() == 0 && length.as_secs() % 60 == 0;
        let minutes = length.as_mins();
        (whole && (0..=LONGEST).contains(&minutes)).then_some(Self::Minutes(minutes as u32)).ok_or(NotADeadline)
    }
}
impl Serialize for Deadline {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Deadline {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_reads_and_writes_its_text() {
        for text in ["PT5M", "PT24H", "PT0M", "same_working_day", "2_working_days"] {
            assert_eq!(text.parse::<Deadline>().expect(text).to_string(), text);
        }
        for text in ["", "5 minutes", "PT5S", "-PT5M", "0_working_days", "PT99999999H"] {
            assert_eq!(text.parse::<Deadline>(), Err(NotADeadline), "{text}");
        }
    }
}
