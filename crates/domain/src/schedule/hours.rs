//! Working hours as somebody writes them down, and what has to be true of them before anybody is offered a time.

use super::{Exception, KindSetup, Kinds, MeetingKind, Schedule, TimeOfDay, WeeklyHours};
use crate::money::{Currency, Money};
use crate::refusal::Refusal;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Weekly windows that one therapist may have.
pub const WEEKLY_MAX: usize = 100;
/// Stretches of days that differ.
pub const EXCEPTIONS_MAX: usize = 400;
/// Minutes that an appointment may last, and that may lie between two starts.
pub const MINUTES: RangeInclusive<u16> = 5..=480;
/// Minutes that may be kept free after it.
pub const BUFFER: RangeInclusive<u16> = 0..=120;

/// How one kind of appointment is cut, as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// How long one lasts, in elapsed minutes.
    pub minutes: u16,
    /// One may start every so many minutes from the window's opening.
    pub start_every_minutes: u16,
    /// How long the therapist keeps free after it.
    pub buffer_after_minutes: u16,
    /// What it costs; none leaves the price as it is.
    pub price: Option<Money>,
}

/// Working hours as they were written: nobody has looked at them yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// The weekly hours.
    pub weekly: Vec<WeeklyHours>,
    /// The days that differ.
    pub exceptions: Vec<Exception>,
    /// How each kind is cut; a kind that is absent is not offered.
    pub kinds: BTreeMap<MeetingKind, Cut>,
}

/// What is wrong with one field of written hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which field, for example `weekly[2].to`.
    pub field: String,
    /// The stable word.
    pub code: &'static str,
    /// What to do about it.
    pub message: String,
}

/// Working hours in which every window opens before it closes and no two of one kind overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours(Written);

/// Who writes, as far as prices go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prices {
    /// Whoever runs the practice sets them.
    MaySet,
    /// A therapist leaves them as they are.
    AsTheyAre,
}

impl Hours {
    /// Reads written hours.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and the remedy.
    pub fn parse(mut written: Written) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        counts(&written, &mut wrong);
        if wrong.is_empty() {
            weekly(&written.weekly, &mut wrong);
            exceptions(&written.exceptions, &mut wrong);
            kinds(&written.kinds, &mut wrong);
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        written.weekly.sort_by_key(|window| (window.weekday, window.from, window.to, window.valid_from));
        written.exceptions.sort_by_key(|one| (one.first, one.last, one.open.map(|open| open.from)));
        Ok(Self(written))
    }
}

impl Schedule {
    /// The hours as somebody would write them down.
    pub fn written(&self) -> Written {
        let cut = |setup: &KindSetup| Cut {
            minutes: setup.minutes,
            start_every_minutes: setup.start_every_minutes,
            buffer_after_minutes: setup.buffer_after_minutes,
            price: Some(setup.price),
        };
        Written {
            weekly: self.weekly.clone(),
            exceptions: self.exceptions.clone(),
            kinds: self.kinds.iter().map(|(kind, setup)| (*kind, cut(setup))).collect(),
        }
    }

    /// A number that changes whenever the written hours do, and with nothing else: what somebody says that they saw.
    pub fn fingerprint(&self) -> u32 {
        let text = serde_json::to_vec(&self.written()).unwrap_or_default();
        let hash = Sha256::digest(&text);
        u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
    }

    /// The same therapist's schedule with these hours. The clock and what other diaries take stay.
    ///
    /// # Errors
    /// `price_required`, `set_by_practice`, `wrong_currency` or `not_an_amount`, about `kinds`.
    pub fn with_hours(&self, hours: Hours, prices: Prices, currency: Currency) -> Result<Self, Refusal> {
        let Written { weekly, exceptions, kinds } = hours.0;
        let mut setups = BTreeMap::new();
        for (kind, cut) in kinds {
            let known = self.kinds.get(&kind).map(|setup| setup.price);
            let price = price(kind, cut.price, known, prices, currency)?;
            let Cut { minutes, start_every_minutes, buffer_after_minutes, .. } = cut;
            setups.insert(kind, KindSetup { minutes, start_every_minutes, buffer_after_minutes, price });
        }
        Ok(Self { zone: self.zone.clone(), weekly, exceptions, kinds: setups, away: self.away.clone() })
    }
}

fn price(
    kind: MeetingKind,
    wanted: Option<Money>,
    known: Option<Money>,
    prices: Prices,
    currency: Currency,
) -> Result<Money, Refusal> {
    let refused = |code, detail: String| Refusal::invalid(code, "kinds", detail);
    let Some(price) = wanted.or(known) else {
        let detail = match prices {
            Prices::MaySet => format!("kinds.{kind}.price: say what it costs; 0 is free."),
            Prices::AsTheyAre => format!("kinds.{kind}: it has no price yet. Ask your practice to add it."),
        };
        return Err(refused("price_required", detail));
    };
    if prices == Prices::AsTheyAre && known != Some(price) {
        let detail = format!("kinds.{kind}.price: your practice sets prices. Leave it out, or ask them to change it.");
        return Err(refused("set_by_practice", detail));
    }
    if price.currency != currency {
        let detail = format!("kinds.{kind}.price: this practice charges in {}.", currency.code());
        return Err(refused("wrong_currency", detail));
    }
    if price.amount_minor < 0 {
        return Err(refused("not_an_amount", format!("kinds.{kind}.price: a price is nothing or more.")));
    }
    Ok(price)
}

fn push(wrong: &mut Vec<Wrong>, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
    wrong.push(Wrong { field: field.into(), code, message: message.into() });
}

fn counts(written: &Written, wrong: &mut Vec<Wrong>) {
    if written.weekly.len() > WEEKLY_MAX {
        push(wrong, "weekly", "too_many", format!("Write at most {WEEKLY_MAX} weekly windows; join those that touch."));
    }
    if written.exceptions.len() > EXCEPTIONS_MAX {
        let remedy =
            format!("Keep at most {EXCEPTIONS_MAX} stretches of days that differ; remove those that are over.");
        push(wrong, "exceptions", "too_many", remedy);
    }
    if written.kinds.is_empty() {
        let remedy = "Offer at least one kind of appointment. To take no new clients, change how you are listed.";
        push(wrong, "kinds", "kinds_required", remedy);
    }
}

fn weekly(windows: &[WeeklyHours], wrong: &mut Vec<Wrong>) {
    for (at, window) in windows.iter().enumerate() {
        opens(&format!("weekly[{at}]"), window.from, window.to, window.kinds, wrong);
        let ends_first = matches!((window.valid_from, window.valid_to), (Some(first), Some(last)) if last < first);
        if ends_first {
            let remedy = "The last day is before the first. Swap them, or leave one out.";
            push(wrong, format!("weekly[{at}].valid_to"), "ends_before_it_begins", remedy);
        }
        let meets = |other: &WeeklyHours| {
            other.weekday == window.weekday
                && both_hold((window.valid_from, window.valid_to), (other.valid_from, other.valid_to))
                && overlap((window.from, window.to, window.kinds), (other.from, other.to, other.kinds))
        };
        if let Some(other) = windows[..at].iter().find(|other| meets(other)) {
            push(wrong, format!("weekly[{at}].from"), "hours_overlap", joined(other.from, other.to));
        }
    }
}

fn exceptions(days: &[Exception], wrong: &mut Vec<Wrong>) {
    for (at, one) in days.iter().enumerate() {
        if one.last < one.first {
            let remedy = "The last day is before the first. Write the same day twice for a single day.";
            push(wrong, format!("exceptions[{at}].last"), "ends_before_it_begins", remedy);
        }
        let Some(open) = one.open else { continue };
        opens(&format!("exceptions[{at}].open"), open.from, open.to, open.kinds, wrong);
        let meets = |other: &&Exception| {
            let share_a_day = one.first <= other.last && other.first <= one.last;
            let hours = other.open.filter(|_| share_a_day);
            hours.is_some_and(|other| overlap((open.from, open.to, open.kinds), (other.from, other.to, other.kinds)))
        };
        if let Some(other) = days[..at].iter().find(meets).and_then(|other| other.open) {
            push(wrong, format!("exceptions[{at}].open.from"), "hours_overlap", joined(other.from, other.to));
        }
    }
}

fn kinds(cuts: &BTreeMap<MeetingKind, Cut>, wrong: &mut Vec<Wrong>) {
    for (kind, cut) in cuts {
        let fields = [
            ("minutes", cut.minutes, MINUTES),
            ("start_every_minutes", cut.start_every_minutes, MINUTES),
            ("buffer_after_minutes", cut.buffer_after_minutes, BUFFER),
        ];
        for (name, value, allowed) in fields {
            if !allowed.contains(&value) {
                let remedy = format!("Write a whole number of minutes from {} to {}.", allowed.start(), allowed.end());
                push(wrong, format!("kinds.{kind}.{name}"), "out_of_range", remedy);
            }
        }
    }
}

fn opens(place: &str, from: TimeOfDay, to: TimeOfDay, kinds: Kinds, wrong: &mut Vec<Wrong>) {
    if to <= from {
        let remedy = "Close later than you open. For hours over midnight write one window on each of the two days.";
        push(wrong, format!("{place}.to"), "ends_before_it_begins", remedy);
    }
    if kinds.iter().next().is_none() {
        let remedy = "Say what these hours are for: in person, by video or by phone.";
        push(wrong, format!("{place}.kinds"), "kinds_required", remedy);
    }
}

fn overlap(a: (TimeOfDay, TimeOfDay, Kinds), b: (TimeOfDay, TimeOfDay, Kinds)) -> bool {
    a.0 < b.1 && b.0 < a.1 && a.2.iter().any(|kind| b.2.has(kind))
}

/// Whether two stretches of days, open at either end, share a day.
fn both_hold(a: (Option<Date>, Option<Date>), b: (Option<Date>, Option<Date>)) -> bool {
    let begins_by = |first: Option<Date>, last: Option<Date>| match (first, last) {
        (Some(first), Some(last)) => first <= last,
        _ => true,
    };
    begins_by(a.0, b.1) && begins_by(b.0, a.1)
}

fn joined(from: TimeOfDay, to: TimeOfDay) -> String {
    format!("This overlaps {from} to {to} of the same day and kind. Join the two, or change one.")
}

#[cfg(test)]
mod tests;
