//! Recurrence rules: the text `FREQ=WEEKLY;BYDAY=MO` as a value (RFC 5545 3.3.10).

use super::value;
use jiff::civil::{Date, DateTime, Weekday};

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Frequency {
    Secondly,
    Minutely,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// The last moment of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// That day, wholly.
    Day(Date),
    /// That wall time.
    Local(DateTime),
    /// That moment in UTC.
    Utc(DateTime),
}

/// A rule as parsed. Empty lists limit nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub frequency: Frequency,
    pub interval: i32,
    pub count: Option<u32>,
    pub until: Option<Until>,
    pub by_second: Vec<i8>,
    pub by_minute: Vec<i8>,
    pub by_hour: Vec<i8>,
    /// A weekday, and which one in the month or year; 0 for every one.
    pub by_day: Vec<(i16, Weekday)>,
    pub by_month_day: Vec<i16>,
    pub by_year_day: Vec<i16>,
    pub by_week: Vec<i16>,
    pub by_month: Vec<i8>,
    pub by_position: Vec<i16>,
    pub week_start: Weekday,
}

impl Rule {
    /// The rule that a text states, or what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut rule = Self {
            frequency: frequency(text)?,
            interval: 1,
            count: None,
            until: None,
            by_second: Vec::new(),
            by_minute: Vec::new(),
            by_hour: Vec::new(),
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_year_day: Vec::new(),
            by_week: Vec::new(),
            by_month: Vec::new(),
            by_position: Vec::new(),
            week_start: Weekday::Monday,
        };
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| wrong(part))?;
            rule.part(name.trim().to_ascii_uppercase().as_str(), value.trim()).ok_or_else(|| wrong(part))?;
        }
        Ok(rule)
    }

    fn part(&mut self, name: &str, text: &str) -> Option<()> {
        match name {
            "FREQ" => {}
            "INTERVAL" => self.interval = value::digits(text).filter(|n: &i32| *n > 0)?,
            // Some programs write COUNT=-1 for a series without a count.
            "COUNT" if text.starts_with('-') => {}
            "COUNT" => self.count = Some(value::digits(text).filter(|n: &u32| *n > 0)?),
            "UNTIL" => self.until = Some(until(text)?),
            "WKST" => self.week_start = weekday(text)?,
            "BYSECOND" => self.by_second = numbers(text, 0, 60)?.into_iter().map(|n| n.min(59) as i8).collect(),
            "BYMINUTE" => self.by_minute = small(text, 0, 59)?,
            "BYHOUR" => self.by_hour = small(text, 0, 23)?,
            "BYMONTH" => self.by_month = small(text, 1, 12)?,
            "BYDAY" => self.by_day = text.split(',').map(numbered_weekday).collect::<Option<_>>()?,
            "BYMONTHDAY" => self.by_month_day = signed(text, 31)?,
            "BYYEARDAY" => self.by_year_day = signed(text, 366)?,
            "BYWEEKNO" => self.by_week = signed(text, 53)?,
            "BYSETPOS" => self.by_position = signed(text, 366)?,
            "RSCALE" => return text.eq_ignore_ascii_case("GREGORIAN").then_some(()),
            _ => return name.starts_with("X-").then_some(()),
        }
        Some(())
    }
}

fn wrong(part: &str) -> String {
    format!("this part of the recurrence rule is not understood: {:.60}", part.trim())
}

fn frequency(text: &str) -> Result<Frequency, String> {
    let mut parts = text.split(';').filter_map(|part| part.split_once('='));
    let value = parts.find(|(name, _)| name.trim().eq_ignore_ascii_case("FREQ")).map(|(_, value)| value.trim());
    Ok(match value.map(str::to_ascii_uppercase).as_deref() {
        Some("SECONDLY") => Frequency::Secondly,
        Some("MINUTELY") => Frequency::Minutely,
        Some("HOURLY") => Frequency::Hourly,
        Some("DAILY") => Frequency::Daily,
        Some("WEEKLY") => Frequency::Weekly,
        Some("MONTHLY") => Frequency::Monthly,
        Some("YEARLY") => Frequency::Yearly,
        Some(other) => return Err(wrong(&format!("FREQ={other}"))),
        None => return Err("the recurrence rule has no FREQ".into()),
    })
}

fn until(text: &str) -> Option<Until> {
    if let Some(day) = value::date(text) {
        return Some(Until::Day(day));
    }
    let (civil, utc) = value::date_time(text)?;
    Some(if utc { Until::Utc(civil) } else { Until::Local(civil) })
}

/// Sorted, each once.
fn numbers(text: &str, least: i16, most: i16) -> Option<Vec<i16>> {
    let mut numbers = Vec::new();
    for part in text.split(',') {
        let part = part.trim();
        let (sign, digits) = match part.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, part.strip_prefix('+').unwrap_or(part)),
        };
        let number = sign * value::digits::<i16>(digits)?;
        numbers.push(Some(number).filter(|n| (least..=most).contains(n))?);
    }
    numbers.sort_unstable();
    numbers.dedup();
    Some(numbers)
}

fn small(text: &str, least: i16, most: i16) -> Option<Vec<i8>> {
    numbers(text, least, most)?.into_iter().map(|n| i8::try_from(n).ok()).collect()
}

/// From -most to most, without 0.
fn signed(text: &str, most: i16) -> Option<Vec<i16>> {
    numbers(text, -most, most).filter(|numbers| !numbers.contains(&0))
}

fn numbered_weekday(text: &str) -> Option<(i16, Weekday)> {
    let text = text.trim();
    let split = text.len().checked_sub(2).filter(|at| text.is_char_boundary(*at))?;
    let (number, day) = text.split_at(split);
    let number = if number.is_empty() { 0 } else { *signed(number, 53)?.first()? };
    Some((number, weekday(day)?))
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    })
}
