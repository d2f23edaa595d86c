//! Free times as radios by day, on the client's own clock, a week at a time.

use super::words::kind_words;
use crate::flow::slots::{self, Wanted};
use crate::flow::{Ask, Flow, Tools};
use crate::when::{When, later};
use domain::id::TherapistId;
use domain::schedule::MeetingKind;
use domain::time::{Instant, Interval, Span, Zone};
use jiff::civil::Date;
use store::Tx;

/// How far one page looks ahead for a week that has free times.
const WINDOW: Span = Span::hours(24 * 28);
/// Days on one page.
const DAYS_SHOWN: i32 = 7;

/// One time to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// What the form sends: RFC 3339, UTC.
    pub value: String,
    /// "14:00 to 14:50".
    pub label: String,
    /// "14:00".
    pub start: String,
    /// How they meet, and what the therapist's clock shows where it differs.
    pub detail: String,
    /// What the therapist's clock shows where it differs: "14:00 in London".
    pub elsewhere: String,
}

/// The times of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Day {
    /// "Thursday 26 November".
    pub heading: String,
    /// Its times.
    pub slots: Vec<Slot>,
}

/// One page of free times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Times {
    /// Days that have any.
    pub days: Vec<Day>,
    /// The first day of the page before, as the query says it.
    pub earlier: Option<String>,
    /// The first day of the next page.
    pub later: Option<String>,
}

/// What free times are looked for.
#[derive(Debug, Clone)]
pub(super) struct Search {
    /// Whose.
    pub therapist: TherapistId,
    /// The clock on the therapist's wall.
    pub zone: Zone,
    /// What kind.
    pub kind: MeetingKind,
    /// The first day wanted, on the client's clock; today where nothing is said.
    pub from: Option<Date>,
    /// How far ahead times are shown at all.
    pub horizon: Span,
}

/// The first week from the wanted day on that has free times, with the ways to the weeks around it.
pub(super) fn load(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, search: &Search, when: &When) -> Flow<Times> {
    let today = when.date(ask.now);
    let from = search.from.map_or(today, |day| day.max(today));
    let window = Interval::new(when.zone.start_of(from), when.zone.start_of(from) + WINDOW);
    let wanted = Wanted { therapist: search.therapist, client: None, kind: search.kind, window };
    let free = slots::free(tx, tools, ask, wanted)?;
    let first = free.first().map_or(from, |slot| when.date(slot.from));
    let end = later(first, DAYS_SHOWN);
    let (shown, after): (Vec<Interval>, Vec<Interval>) = free.into_iter().partition(|slot| when.date(slot.from) < end);
    let next = match after.first() {
        Some(slot) => Some(when.date(slot.from)),
        None if window.to < ask.now + search.horizon => Some(when.date(window.to)),
        None => None,
    };
    Ok(Times {
        days: by_day(&shown, search.kind, &search.zone, when),
        earlier: (first > today).then(|| later(first, -DAYS_SHOWN).max(today)).filter(|day| *day < first).map(text),
        later: next.map(text),
    })
}

/// Times grouped by the day on the client's wall.
pub(super) fn by_day(times: &[Interval], kind: MeetingKind, therapist: &Zone, when: &When) -> Vec<Day> {
    let mut days: Vec<(Date, Day)> = Vec::new();
    for time in times {
        let (date, slot) = (when.date(time.from), slot(*time, kind, therapist, when));
        match days.last_mut() {
            Some((last, day)) if *last == date => day.slots.push(slot),
            _ => days.push((date, Day { heading: when.day(time.from), slots: vec![slot] })),
        }
    }
    days.into_iter().map(|(_, day)| day).collect()
}

fn slot(time: Interval, kind: MeetingKind, therapist: &Zone, when: &When) -> Slot {
    let elsewhere = when.elsewhere(time.from, therapist).unwrap_or_default();
    let detail = match elsewhere.as_str() {
        "" => kind_words(kind).to_owned(),
        there => format!("{}, {there}", kind_words(kind)),
    };
    Slot { value: time.from.to_string(), label: when.range(time), start: when.clock(time.from), detail, elsewhere }
}

/// The day that a query names, if it names one.
pub(super) fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

/// The moment that a form names, if it names one.
pub(super) fn moment(text: &str) -> Option<Instant> {
    text.parse().ok()
}

fn text(day: Date) -> String {
    day.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::person::Locale;

    // proves: V-07
    #[test]
    fn times_stand_under_the_day_on_the_client_s_wall() {
        let (london, auckland) =
            ("Europe/London".parse().expect("a zone"), "Pacific/Auckland".parse().expect("a zone"));
        let at = |text: &str| text.parse::<Instant>().expect("a moment");
        let when = When { locale: Locale::EnGb, zone: auckland, now: at("2026-11-24T09:12:00Z") };
        let times = ["2026-11-26T10:00:00Z", "2026-11-26T14:00:00Z"]
            .map(|start| Interval::new(at(start), at(start) + Span::minutes(50)));
        let days = by_day(&times, MeetingKind::Video, &london, &when);
        let headings: Vec<_> = days.iter().map(|day| day.heading.as_str()).collect();
        assert_eq!(headings, ["Thursday 26 November", "Friday 27 November"]);
        assert_eq!(days[1].slots[0].label, "03:00 to 03:50");
        assert_eq!(days[1].slots[0].detail, "Online, Thursday, 14:00 in London");
        assert_eq!(days[1].slots[0].value, "2026-11-26T14:00:00Z");
    }
}
