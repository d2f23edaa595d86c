//! What a parameter is: its name, what it means, what values it takes, and which of two values is kinder to the client.

use super::Deadline;
use super::choices::words;
use crate::money::Money;
use crate::reason::Reason;
use crate::schedule::TimeOfDay;
use serde_json::Value;
use std::cmp::Ordering;

pub use super::parameters::ALL;

/// One parameter of a policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// The dotted name. `obligation.<kind>.due` and `reasons.<code>.enabled` stand for one name for each kind and code.
    pub name: &'static str,
    /// What its group is about, in a sentence; empty where it stands alone.
    pub about: &'static str,
    /// What it means, in a sentence or two.
    pub what: &'static str,
    /// The part of the policy that it belongs to.
    pub section: Section,
    /// The unit of its value; empty where it has none.
    pub unit: &'static str,
    /// Which of two values wins where a practice and a pathway or therapist differ.
    pub kinder: Kinder,
    /// What values it takes.
    pub allowed: Allowed,
}

words! {
    /// The parts of a policy, in the order in which people read it.
    Section {
        /// When and how clients call off or move.
        Cancelling = "cancelling",
        /// What being late or away costs a client.
        Fees = "fees",
        /// Taking payment and giving it back.
        Money = "money",
        /// When a therapist or the practice calls off: what the client is given.
        NextStep = "next_step",
        /// Who is told, how and by when.
        Telling = "telling",
        /// Lateness, and what happens on the day.
        OnTheDay = "on_the_day",
        /// Booking, reserved times and beginning to work together.
        Booking = "booking",
        /// Therapists' record, listing and absences.
        Therapists = "therapists",
        /// Help and escalation.
        Help = "help",
        /// Notes, corrections, claims and calendars.
        Record = "record",
        /// The practice's own working days.
        Calendar = "calendar",
        /// By when each kind of duty is done.
        Duties = "duties",
    }
}

impl Section {
    /// What it is called on a page.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Cancelling => "When clients cancel or move",
            Self::Fees => "Fees",
            Self::Money => "Payment and refunds",
            Self::NextStep => "When a therapist cancels",
            Self::Telling => "Telling people",
            Self::OnTheDay => "On the day",
            Self::Booking => "Booking",
            Self::Therapists => "Therapists",
            Self::Help => "Help and escalation",
            Self::Record => "The record",
            Self::Calendar => "Working days",
            Self::Duties => "Duties and their clocks",
        }
    }
}

/// The direction that is kinder to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinder {
    /// The shorter time. No value is longer than any.
    Shorter,
    /// The longer time. No value is shorter than any.
    Longer,
    /// The smaller number; `false` before `true`. No value is larger than any.
    Lower,
    /// The larger number; `true` before `false`. No value is smaller than any.
    Higher,
    /// The word that `allowed` names first.
    First,
    /// Both sets together.
    AsSet,
    /// Neither: the practice's own value stands.
    None,
}

/// What values a parameter takes, as JSON.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Allowed {
    /// `true` or `false`.
    YesNo,
    /// A whole number from the first to the second.
    Number(u32, u32),
    /// The same, or `null`.
    NumberOrNull(u32, u32),
    /// One of these words, the kindest first where one is kinder.
    Word(&'static [&'static str]),
    /// A list of some of these words, each at most once.
    Words(&'static [&'static str]),
    /// A text of at most this many characters.
    Text(usize),
    /// The same, or `null`.
    TextOrNull(usize),
    /// A list of texts of at most this many characters each.
    Texts(usize),
    /// An amount of money that is not negative, or `null`.
    MoneyOrNull,
    /// A time of day such as `18:00`, up to `24:00`.
    Time,
    /// A list of dates.
    Dates,
    /// A list of whole hours, each from the first to the second.
    Hours(u32, u32),
    /// Steps `{"within_hours", "percent"}`.
    Tiers,
    /// `PT5M`, `same_working_day` or `2_working_days`.
    Deadline,
    /// The same, or `null`.
    DeadlineOrNull,
}

impl Parameter {
    /// What it means, with what its group is about, so that it can be read alone.
    pub fn sentence(&self) -> String {
        format!("{} {}", self.about, self.what).trim_start().to_owned()
    }
}

impl Kinder {
    /// Which value is kinder, in a few words.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Shorter => "the shorter",
            Self::Longer => "the longer",
            Self::Lower => "the lower; no before yes",
            Self::Higher => "the higher; yes before no",
            Self::First => "the one named first",
            Self::AsSet => "both together",
            Self::None => "neither: the practice's own stands",
        }
    }
}

impl Allowed {
    /// What it takes, in a few words.
    pub fn in_words(&self) -> String {
        let or_null = |text: String| format!("{text}, or null");
        match self {
            Self::YesNo => "yes or no".to_owned(),
            Self::Number(least, most) => format!("{least} to {most}"),
            Self::NumberOrNull(least, most) => or_null(format!("{least} to {most}")),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Words(words) => format!("any of {}", words.join(", ")),
            Self::Text(most) => format!("a text of at most {most} characters"),
            Self::TextOrNull(most) => or_null(format!("a text of at most {most} characters")),
            Self::Texts(most) => format!("texts of at most {most} characters"),
            Self::MoneyOrNull => or_null("an amount".to_owned()),
            Self::Time => "a time of day".to_owned(),
            Self::Dates => "dates".to_owned(),
            Self::Hours(least, most) => format!("whole numbers, {least} to {most}"),
            Self::Tiers => "steps of hours and percent".to_owned(),
            Self::Deadline => "PT5M, same_working_day or 2_working_days".to_owned(),
            Self::DeadlineOrNull => or_null("PT5M, same_working_day or 2_working_days".to_owned()),
        }
    }
}

/// The parameter that a dotted name means, whether spelled with a kind or code or with its placeholder.
pub fn find(name: &str) -> Option<&'static Parameter> {
    ALL.iter().find(|parameter| parameter.name == name || stands_for(parameter.name, name))
}

fn stands_for(pattern: &str, name: &str) -> bool {
    let (mut left, mut right) = (pattern.split('.'), name.split('.'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some("<kind>"), Some(kind)) if kind.parse::<super::ObligationKind>().is_ok() => {}
            (Some("<code>"), Some(code)) if Reason::TEXTS.contains(&code) => {}
            (Some(a), Some(b)) if a == b => {}
            _ => return false,
        }
    }
}

impl Allowed {
    /// Why this value will not do, with the remedy; `Ok` if it will.
    pub fn accepts(&self, value: &Value) -> Result<(), String> {
        match self {
            Self::NumberOrNull(..) | Self::TextOrNull(_) | Self::MoneyOrNull | Self::DeadlineOrNull
                if value.is_null() =>
            {
                Ok(())
            }
            Self::YesNo => value.is_boolean().then_some(()).ok_or("must be true or false".into()),
            Self::Number(least, most) | Self::NumberOrNull(least, most) => number(value, *least, *most),
            Self::Word(words) => word(value, words),
            Self::Words(words) => each(value, |item| word(item, words)).and_then(|()| no_twins(value)),
            Self::Text(most) | Self::TextOrNull(most) => text(value, *most),
            Self::Texts(most) => each(value, |item| text(item, *most)).and_then(|()| no_twins(value)),
            Self::MoneyOrNull => money(value),
            Self::Time => read::<TimeOfDay>(value, "must be a time of day such as 18:00").map(drop),
            Self::Dates => {
                read::<Vec<jiff::civil::Date>>(value, "must be a list of dates such as 2026-12-25").map(drop)
            }
            Self::Hours(least, most) => each(value, |item| number(item, *least, *most)),
            Self::Tiers => read::<Vec<super::Tier>>(
                value,
                "must be a list of steps such as {\"within_hours\": 24, \"percent\": 100}",
            )
            .map(drop),
            Self::Deadline | Self::DeadlineOrNull => {
                read::<Deadline>(value, "must be a length such as PT5M or PT24H, same_working_day, or 2_working_days")
                    .map(drop)
            }
        }
    }
}

/// Of two values of one parameter, the one that is kinder to the client. Equal or beyond comparison: `own` stands.
pub fn kinder(parameter: &Parameter, own: &Value, other: &Value) -> Value {
    let other_wins = match parameter.kinder {
        Kinder::Shorter | Kinder::Lower => compare(&parameter.allowed, other, own, Value::Null) == Some(Ordering::Less),
        Kinder::Longer | Kinder::Higher => {
            compare(&parameter.allowed, other, own, Value::Bool(false)) == Some(Ordering::Greater)
        }
        Kinder::First => place(&parameter.allowed, other) < place(&parameter.allowed, own),
        Kinder::AsSet => return union(&parameter.allowed, own, other),
        Kinder::None => false,
    };
    if other_wins { other.clone() } else { own.clone() }
}

/// Compares two values; `null` is above everything where `null_is` is null, and below everything otherwise.
fn compare(allowed: &Allowed, left: &Value, right: &Value, null_is: Value) -> Option<Ordering> {
    let null_above = null_is.is_null();
    match (left.is_null(), right.is_null()) {
        (true, true) => return Some(Ordering::Equal),
        (true, false) => return Some(if null_above { Ordering::Greater } else { Ordering::Less }),
        (false, true) => return Some(if null_above { Ordering::Less } else { Ordering::Greater }),
        (false, false) => {}
    }
    if matches!(allowed, Allowed::Deadline | Allowed::DeadlineOrNull) {
        let length = |v: &Value| v.as_str()?.parse::<Deadline>().ok();
        let (a, b) = (length(left)?, length(right)?);
        return Some(a.nominal_minutes().cmp(&b.nominal_minutes()).then_with(|| a.to_string().cmp(&b.to_string())));
    }
    if let (Value::Object(_), Value::Object(_)) = (left, right) {
        let amount = |v: &Value| serde_json::from_value::<Money>(v.clone()).ok();
        let (a, b) = (amount(left)?, amount(right)?);
        return (a.currency == b.currency).then(|| a.amount_minor.cmp(&b.amount_minor));
    }
    match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => Some(left.as_i64()?.cmp(&right.as_i64()?)),
    }
}

fn place(allowed: &Allowed, value: &Value) -> usize {
    let Allowed::Word(words) = allowed else { return 0 };
    words.iter().position(|word| value.as_str() == Some(word)).unwrap_or(words.len())
}

fn union(allowed: &Allowed, own: &Value, other: &Value) -> Value {
    let (Value::Array(own), Value::Array(other)) = (own, other) else { return own.clone() };
    let mut all: Vec<Value> = own.iter().chain(other).cloned().collect();
    let order = |value: &Value| match allowed {
        Allowed::Words(words) => words.iter().position(|word| value.as_str() == Some(word)).unwrap_or(0),
        _ => 0,
    };
    all.sort_by_cached_key(|value| (order(value), value.as_u64(), value.as_str().map(str::to_owned)));
    all.dedup();
    Value::Array(all)
}

fn read<T: serde::de::DeserializeOwned>(value: &Value, remedy: &str) -> Result<T, String> {
    serde_json::from_value(value.clone()).map_err(|_| remedy.to_owned())
}

fn number(value: &Value, least: u32, most: u32) -> Result<(), String> {
    let inside = value.as_u64().is_some_and(|n| (u64::from(least)..=u64::from(most)).contains(&n));
    inside.then_some(()).ok_or_else(|| format!("must be a whole number from {least} to {most}"))
}

fn word(value: &Value, words: &[&str]) -> Result<(), String> {
    let known = value.as_str().is_some_and(|text| words.contains(&text));
    known.then_some(()).ok_or_else(|| format!("must be one of: {}", words.join(", ")))
}

fn text(value: &Value, most: usize) -> Result<(), String> {
    let fits = value.as_str().is_some_and(|text| !text.trim().is_empty() && text.chars().count() <= most);
    fits.then_some(()).ok_or_else(|| format!("must be a text of 1 to {most} characters"))
}

fn money(value: &Value) -> Result<(), String> {
    let remedy = "must be null or an amount such as {\"amount_minor\": 6000, \"currency\": \"GBP\"}, not negative";
    let amount: Money = read(value, remedy)?;
    (amount.amount_minor >= 0).then_some(()).ok_or(remedy.into())
}

fn each(value: &Value, check: impl Fn(&Value) -> Result<(), String>) -> Result<(), String> {
    let items = value.as_array().ok_or("must be a list")?;
    if items.len() > 100 {
        return Err("must have at most 100 entries".into());
    }
    items.iter().try_for_each(|item| check(item).map_err(|why| format!("each entry {why}")))
}

fn no_twins(value: &Value) -> Result<(), String> {
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    let twins = items.iter().enumerate().any(|(n, item)| items[..n].contains(item));
    if twins { Err("must name each entry once".into()) } else { Ok(()) }
}
