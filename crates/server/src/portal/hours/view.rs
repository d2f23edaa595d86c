//! Working hours as the page shows them.

use super::form::{DAYS, TypedRow, until};
use crate::body::Raw;
use crate::portal::desk::{Choice, words};
use crate::when::When;
use domain::appointment::Appointment;
use domain::money::Money;
use domain::schedule::{Exception, KindSetup, Kinds, MeetingKind, Outside, Schedule};
use jiff::civil::Date;

/// One weekly window.
pub(super) struct Row {
    /// Its number in the form.
    pub at: usize,
    /// "Monday, hours 2".
    pub whose: String,
    pub from_id: String,
    pub from: String,
    pub to_id: String,
    pub to: String,
    pub kinds_id: String,
    pub kinds: Vec<Choice>,
    pub first: String,
    pub last: String,
}

/// One day of the week.
pub(super) struct Day {
    pub word: &'static str,
    pub label: &'static str,
    pub rows: Vec<Row>,
}

/// One kind of appointment.
pub(super) struct KindView {
    pub kind: &'static str,
    pub label: &'static str,
    pub is_offered: bool,
    /// Whether this person may offer it: it has a price, or they may set one.
    pub may_offer: bool,
    pub minutes_id: String,
    pub minutes: String,
    pub every_id: String,
    pub every: String,
    pub buffer_id: String,
    pub buffer: String,
    pub price_id: String,
    /// As it was typed; for whoever may set it.
    pub price: Option<String>,
    /// In words.
    pub costs: String,
}

/// A stretch of days that differ.
pub(super) struct Differs {
    /// Its number in what is kept.
    pub at: usize,
    pub days: String,
    pub what: String,
    /// Whether it is ticked to be taken away.
    pub is_dropped: bool,
}

/// The form for days that differ, as it was typed.
pub(super) struct NewDays {
    pub first: String,
    pub last: String,
    pub is_open: bool,
    pub is_closed: bool,
    pub from: String,
    pub to: String,
    pub kinds: Vec<Choice>,
}

/// A booking outside the hours.
pub(super) struct OutsideView {
    pub href: String,
    pub at: String,
    pub client: String,
    pub place: &'static str,
    pub why: &'static str,
}

impl OutsideView {
    pub(super) fn of(booked: &Appointment, why: Outside, client: String, when: &When, list: &str) -> Self {
        Self {
            href: format!("{list}/{}", booked.id),
            at: when.day_range(booked.interval()),
            client,
            place: words::place(booked.kind),
            why: match why {
                Outside::WeeklyHours => "Outside the weekly hours",
                Outside::DayClosed => "The day is closed",
                Outside::DayDiffers => "The day has other hours",
                Outside::NotOffered => "No longer offered in this way",
            },
        }
    }
}

/// The kinds that the therapist offers, as ticks.
fn ticks(schedule: &Schedule, is_chosen: impl Fn(MeetingKind) -> bool) -> Vec<Choice> {
    let offered = schedule.kinds.keys().copied();
    offered.map(|kind| Choice::new(kind.as_str(), words::place(kind), is_chosen(kind))).collect()
}

/// Each day of the week with its windows.
pub(super) fn days(rows: &[TypedRow], schedule: &Schedule) -> Vec<Day> {
    let row = |(n, (at, row)): (usize, (usize, &TypedRow)), label: &str| Row {
        at,
        whose: format!("{label}, hours {}", n + 1),
        from_id: format!("from.{at}"),
        to_id: format!("to.{at}"),
        kinds_id: format!("kinds.{at}"),
        from: row.from.clone(),
        to: row.to.clone(),
        kinds: ticks(schedule, |kind| row.kinds.iter().any(|word| word == kind.as_str())),
        first: row.first.clone(),
        last: row.last.clone(),
    };
    let day = |(word, label, _): &(&'static str, &'static str, _)| Day {
        word,
        label,
        rows: of_day(rows, word).enumerate().map(|found| row(found, label)).collect(),
    };
    DAYS.iter().map(day).collect()
}

fn of_day<'a>(rows: &'a [TypedRow], day: &'a str) -> impl Iterator<Item = (usize, &'a TypedRow)> {
    rows.iter().enumerate().filter(move |(_, row)| row.day == day)
}

/// Every kind, offered or not.
pub(super) fn kinds(schedule: &Schedule, raw: &Raw, may_price: bool) -> Vec<KindView> {
    let is_typed = raw.get("part") == "hours";
    let usual = |price| KindSetup::usual(price);
    let view = |kind: &MeetingKind| {
        let known = schedule.kinds.get(kind);
        let shown = known.copied().unwrap_or_else(|| usual(Money::new(0, domain::money::Currency::GBP)));
        let text = |name: &str, kept: u16| match is_typed {
            true => raw.get(&format!("{name}.{kind}")).to_owned(),
            false => kept.to_string(),
        };
        let major = |price: Money| format!("{}.{:02}", price.amount_minor / 100, price.amount_minor % 100);
        let kept = known.map(|setup| major(setup.price)).unwrap_or_default();
        let price = if is_typed { raw.get(&format!("price.{kind}")).to_owned() } else { kept };
        KindView {
            kind: kind.as_str(),
            label: words::place(*kind),
            is_offered: if is_typed { raw.has("offer", kind.as_str()) } else { known.is_some() },
            may_offer: may_price || known.is_some(),
            minutes_id: format!("minutes.{kind}"),
            every_id: format!("start_every_minutes.{kind}"),
            buffer_id: format!("buffer_after_minutes.{kind}"),
            price_id: format!("price.{kind}"),
            minutes: text("minutes", shown.minutes),
            every: text("start_every_minutes", shown.start_every_minutes),
            buffer: text("buffer_after_minutes", shown.buffer_after_minutes),
            price: may_price.then_some(price),
            costs: known.map(|setup| setup.price.to_string()).unwrap_or_default(),
        }
    };
    MeetingKind::ALL.iter().map(view).collect()
}

/// The days that differ and are not over.
pub(super) fn differs(schedule: &Schedule, raw: &Raw, when: &When) -> Vec<Differs> {
    let today = when.date(when.now);
    let day = |day: Date| when.short_day(when.zone.start_of(day));
    let view = |(at, one): (usize, &Exception)| Differs {
        at,
        is_dropped: raw.has("drop", &at.to_string()),
        days: if one.first == one.last { day(one.first) } else { format!("{} to {}", day(one.first), day(one.last)) },
        what: one.open.map_or_else(
            || "Closed".to_owned(),
            |open| format!("{} to {}{}", open.from, open.to, for_kinds(open.kinds, schedule)),
        ),
    };
    schedule.exceptions.iter().enumerate().filter(|(_, one)| one.last >= today).map(view).collect()
}

/// "", or what a window is for where that is not everything: ", online".
fn for_kinds(kinds: Kinds, schedule: &Schedule) -> String {
    if schedule.kinds.keys().all(|kind| kinds.has(*kind)) {
        return String::new();
    }
    let named: Vec<String> = kinds.iter().map(|kind| words::place(kind).to_lowercase()).collect();
    format!(", {}", named.join(" and "))
}

impl NewDays {
    /// Fresh, or as it was typed.
    pub(super) fn of(raw: &Raw, schedule: &Schedule) -> Self {
        let is_typed = raw.get("part") == "hours";
        let to = raw.get("open_to");
        Self {
            first: if is_typed { raw.get("first").to_owned() } else { String::new() },
            last: if is_typed { raw.get("last").to_owned() } else { String::new() },
            is_open: raw.get("what") == "open",
            is_closed: raw.get("what") == "closed",
            from: raw.get("open_from").to_owned(),
            to: to.parse().map_or_else(|_| to.to_owned(), until),
            kinds: ticks(schedule, |kind| !is_typed || raw.has("open_kinds", kind.as_str())),
        }
    }
}
