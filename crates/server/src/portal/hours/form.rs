//! The forms of working hours: what was typed, and what it means.

use crate::body::Raw;
use crate::error::{FieldError, FieldErrors};
use crate::portal::desk;
use domain::money::{Currency, Money};
use domain::schedule::{
    Cut, Exception, Kinds, MeetingKind, OpenHours, Schedule, TimeOfDay, WeeklyHours, Written, Wrong,
};
use domain::time::{Instant, Weekday};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The days of a week: as the form sends them, as they read.
pub(super) const DAYS: [(&str, &str, Weekday); 7] = [
    ("monday", "Monday", Weekday::Monday),
    ("tuesday", "Tuesday", Weekday::Tuesday),
    ("wednesday", "Wednesday", Weekday::Wednesday),
    ("thursday", "Thursday", Weekday::Thursday),
    ("friday", "Friday", Weekday::Friday),
    ("saturday", "Saturday", Weekday::Saturday),
    ("sunday", "Sunday", Weekday::Sunday),
];

/// Rows that a form may send.
const ROWS_MAX: usize = 150;

/// One weekly window as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TypedRow {
    pub day: String,
    pub from: String,
    pub to: String,
    pub kinds: Vec<String>,
    pub first: String,
    pub last: String,
}

impl TypedRow {
    fn is_blank(&self) -> bool {
        self.from.is_empty() && self.to.is_empty()
    }
}

/// Where in the form the parts of written hours came from, to put what is wrong beside its control.
#[derive(Debug, Default)]
pub(super) struct Places {
    rows: Vec<(usize, String)>,
    added: Option<usize>,
}

/// The weekly windows that are kept, by day.
pub(super) fn rows_of(schedule: &Schedule) -> Vec<TypedRow> {
    let mut weekly = schedule.weekly.clone();
    weekly.sort_by_key(|window| (window.weekday, window.from));
    let row = |window: &WeeklyHours| TypedRow {
        day: DAYS.iter().find(|(_, _, day)| *day == window.weekday).map_or("", |(word, _, _)| word).to_owned(),
        from: window.from.to_string(),
        to: until(window.to),
        kinds: window.kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
        first: window.valid_from.map(|day| day.to_string()).unwrap_or_default(),
        last: window.valid_to.map(|day| day.to_string()).unwrap_or_default(),
    };
    weekly.iter().map(row).collect()
}

/// The end of a window as a time field has it: it knows no 24:00.
pub(super) fn until(to: TimeOfDay) -> String {
    if to == TimeOfDay::END_OF_DAY { TimeOfDay::MIDNIGHT.to_string() } else { to.to_string() }
}

/// The rows as they were typed.
pub(super) fn typed_rows(raw: &Raw) -> Vec<TypedRow> {
    let count = raw.get("rows").parse::<usize>().unwrap_or_default().min(ROWS_MAX);
    let row = |n: usize| TypedRow {
        day: raw.get(&format!("day.{n}")).to_owned(),
        from: raw.get(&format!("from.{n}")).trim().to_owned(),
        to: raw.get(&format!("to.{n}")).trim().to_owned(),
        kinds: raw.all(&format!("kinds.{n}")).map(str::to_owned).collect(),
        first: raw.get(&format!("first.{n}")).to_owned(),
        last: raw.get(&format!("last.{n}")).to_owned(),
    };
    (0..count).map(row).collect()
}

/// The rows with one more or one less, where that is what was pressed.
pub(super) fn edited(raw: &Raw) -> Option<Vec<TypedRow>> {
    let mut rows = typed_rows(raw);
    if let Ok(at) = raw.get("remove").parse::<usize>() {
        if at < rows.len() {
            rows.remove(at);
        }
        return Some(rows);
    }
    let (day, _, _) = DAYS.iter().find(|(word, _, _)| *word == raw.get("add"))?;
    let every = MeetingKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
    rows.push(TypedRow { day: (*day).to_owned(), kinds: every, ..TypedRow::default() });
    Some(rows)
}

/// The hours that the form wishes for, all of its parts at once. Days that are over are left out.
pub(super) fn wished(
    raw: &Raw,
    schedule: &Schedule,
    currency: Currency,
    may_price: bool,
    now: Instant,
) -> Result<(Written, Places), FieldErrors> {
    let mut written = schedule.written();
    let (mut places, mut errors) = (Places::default(), FieldErrors::default());
    let today = schedule.zone.day_of(now);
    if raw.get("part") == "keep" {
        match serde_json::from_str(raw.get("wish")) {
            Ok(wish) => written = wish,
            Err(_) => errors.push("", "That form is not complete. Begin again from here."),
        }
    } else {
        written.weekly = weekly(raw, schedule, &mut places, &mut errors);
        written.kinds = kinds(raw, currency, may_price, &mut errors);
        let stays = |(at, one): &(usize, Exception)| one.last >= today && !raw.has("drop", &at.to_string());
        written.exceptions = written.exceptions.into_iter().enumerate().filter(stays).map(|(_, one)| one).collect();
        if adds_days(raw) {
            places.added = Some(written.exceptions.len());
            written.exceptions.extend(new_days(raw, schedule, &mut errors));
        }
    }
    if errors.is_empty() { Ok((written, places)) } else { Err(errors) }
}

fn weekly(raw: &Raw, schedule: &Schedule, places: &mut Places, errors: &mut FieldErrors) -> Vec<WeeklyHours> {
    let mut windows = Vec::new();
    for (n, row) in typed_rows(raw).into_iter().enumerate().filter(|(_, row)| !row.is_blank()) {
        let Some((_, label, weekday)) = DAYS.iter().find(|(word, _, _)| *word == row.day) else { continue };
        let from = time(&row.from, &format!("from.{n}"), label, errors);
        let to = time(&row.to, &format!("to.{n}"), label, errors);
        let (Some(from), Some(to)) = (from, to.map(end)) else { continue };
        let date = |text: &str| text.parse::<Date>().ok();
        windows.push(WeeklyHours {
            weekday: *weekday,
            from,
            to,
            valid_from: date(&row.first),
            valid_to: date(&row.last),
            kinds: ticked(row.kinds.iter().map(String::as_str), schedule),
        });
        places.rows.push((n, (*label).to_owned()));
    }
    windows
}

fn time(text: &str, field: &str, label: &str, errors: &mut FieldErrors) -> Option<TimeOfDay> {
    let read = text.parse().ok();
    if read.is_none() {
        errors.push(field, format!("{label}: enter a time such as 09:30. To remove the hours, clear both times."));
    }
    read
}

/// Midnight at the end of a window is the day's end.
fn end(to: TimeOfDay) -> TimeOfDay {
    if to == TimeOfDay::MIDNIGHT { TimeOfDay::END_OF_DAY } else { to }
}

/// What is ticked; all that the therapist offers stands for every kind, those to come included.
fn ticked<'a>(words: impl Iterator<Item = &'a str>, schedule: &Schedule) -> Kinds {
    let ticked: Vec<MeetingKind> = words.filter_map(|word| word.parse().ok()).collect();
    let all = !schedule.kinds.is_empty() && schedule.kinds.keys().all(|kind| ticked.contains(kind));
    if all { Kinds::ALL } else { Kinds::of(&ticked) }
}

fn kinds(raw: &Raw, currency: Currency, may_price: bool, errors: &mut FieldErrors) -> BTreeMap<MeetingKind, Cut> {
    let mut cuts = BTreeMap::new();
    for kind in MeetingKind::ALL.iter().filter(|kind| raw.has("offer", kind.as_str())) {
        let mut minutes = |name: &str| {
            let field = format!("{name}.{kind}");
            let read = raw.get(&field).trim().parse::<u16>();
            if read.is_err() {
                errors.push(&field, "Write a whole number of minutes.");
            }
            read.unwrap_or_default()
        };
        let (length, every, buffer) =
            (minutes("minutes"), minutes("start_every_minutes"), minutes("buffer_after_minutes"));
        let price = may_price.then(|| format!("price.{kind}")).and_then(|field| {
            let minor = desk::minor(raw.get(&field)).ok().flatten();
            if minor.is_none() {
                errors.push(&field, "Write what it costs, such as 60.00; 0 is free.");
            }
            minor.map(|minor| Money::new(minor, currency))
        });
        let cut = Cut { minutes: length, start_every_minutes: every, buffer_after_minutes: buffer, price };
        cuts.insert(*kind, cut);
    }
    cuts
}

/// Whether anything is typed about days that are to differ.
fn adds_days(raw: &Raw) -> bool {
    ["first", "last", "what", "open_from", "open_to"].iter().any(|field| !raw.get(field).trim().is_empty())
}

fn new_days(raw: &Raw, schedule: &Schedule, errors: &mut FieldErrors) -> Option<Exception> {
    let date = |field: &str| raw.get(field).trim().parse::<Date>().ok();
    let first = date("first");
    if first.is_none() {
        errors.push("first", "Enter the day, or the first of several.");
    }
    let last = if raw.get("last").trim().is_empty() { first } else { date("last") };
    if last.is_none() && first.is_some() {
        errors.push("last", "Enter the last day, or leave it empty for a single day.");
    }
    let open = match raw.get("what") {
        "closed" => None,
        "open" => {
            let from = time(raw.get("open_from").trim(), "open_from", "Other hours", errors);
            let to = time(raw.get("open_to").trim(), "open_to", "Other hours", errors);
            let kinds = ticked(raw.all("open_kinds"), schedule);
            Some(OpenHours { from: from?, to: end(to?), kinds })
        }
        _ => {
            errors.push("what", "Say whether you are closed then, or have other hours.");
            None
        }
    };
    Some(Exception { first: first?, last: last?, open })
}

impl Places {
    /// What is wrong, at the controls that it came from.
    pub(super) fn errors(&self, wrong: Vec<Wrong>) -> FieldErrors {
        FieldErrors(wrong.into_iter().map(|one| self.error(one)).collect())
    }

    fn error(&self, one: Wrong) -> FieldError {
        let Wrong { field, code, message } = one;
        let (list, rest) = field.split_once('[').unwrap_or((field.as_str(), ""));
        let (at, part) = rest.split_once("].").unwrap_or((rest, ""));
        let at: Option<usize> = at.parse().ok();
        let (field, message) = match (list, at.and_then(|at| self.rows.get(at))) {
            ("weekly", Some((n, label))) => {
                let control = if part == "valid_to" { "to" } else { part };
                (format!("{control}.{n}"), format!("{label}: {message}"))
            }
            ("exceptions", _) if at.is_some() && at == self.added => (part.replace("open.", "open_"), message),
            _ => (kind_control(&field), message),
        };
        FieldError { field, code, message }
    }
}

/// `kinds.video.minutes` as its control is called: `minutes.video`.
fn kind_control(field: &str) -> String {
    match field.strip_prefix("kinds.").and_then(|rest| rest.split_once('.')) {
        Some((kind, part)) => format!("{part}.{kind}"),
        None if field == "kinds" => "offer".to_owned(),
        None => String::new(),
    }
}

/// A refusal's field as its control is called.
pub(super) fn at_control(errors: FieldErrors) -> FieldErrors {
    let moved = |error: FieldError| FieldError { field: kind_control(&error.field), ..error };
    FieldErrors(errors.0.into_iter().map(moved).collect())
}
