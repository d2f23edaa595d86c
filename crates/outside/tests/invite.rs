//! Calendar text that we write: golden texts, another parser's view of them, and properties.

use calcard::icalendar::{ICalendar, ICalendarProperty, ICalendarValue};
use domain::time::{Interval, Span, Zone};
use holdspace_outside::ical::read::read;
use holdspace_outside::ical::write::{FeedEvent, Invite, Method, NEUTRAL_SUMMARY, Party, feed, invite};
use holdspace_outside::ical::{escape, fold, unescape};
use proptest::prelude::*;

fn example(method: Method) -> Invite {
    Invite {
        method,
        uid: "apt_01k9zzzzzzzzzzzzzzzzzzzzzz@app.example.org".into(),
        sequence: 3,
        stamp: "2026-03-06T17:40:05.999Z".parse().expect("a moment"),
        start: "2026-03-09T08:00:00Z".parse().expect("a moment"),
        end: "2026-03-09T08:50:00Z".parse().expect("a moment"),
        summary: NEUTRAL_SUMMARY.into(),
        organizer: Party { name: "The Elms; Bath".into(), email: "practice@example.org".parse().expect("an address") },
        attendee: Party { name: "Zoë \"Zo\" Example".into(), email: "zoe@example.com".parse().expect("an address") },
        location: Some("12 High Street, Bath".into()),
        url: Some("https://app.example.org/a/apt_01k9zzzzzzzzzzzzzzzzzzzzzz?from=calendar".into()),
        description: "Room 2, first floor; ring twice.\nSomebody will come down.".into(),
    }
}

fn event(number: u32) -> FeedEvent {
    let start = "2026-03-09T08:00:00Z".parse::<domain::time::Instant>().expect("a moment");
    let start = start + Span::hours(24 * i64::from(number));
    FeedEvent {
        uid: format!("apt_{number}@app.example.org"),
        sequence: number,
        stamp: "2026-03-01T00:00:00Z".parse().expect("a moment"),
        start,
        end: start + Span::minutes(50),
        summary: NEUTRAL_SUMMARY.into(),
        location: None,
        url: None,
        description: String::new(),
        cancelled: number == 2,
    }
}

fn golden(text: &str) -> String {
    text.replace('\n', "\r\n")
}

#[test]
fn an_invitation_reads_exactly_so() {
    assert_eq!(invite(&example(Method::Request)), golden(include_str!("golden/request.ics")));
}

#[test]
fn a_cancellation_is_of_the_whole_event_and_says_so() {
    let text = invite(&example(Method::Cancel));
    assert_eq!(text, golden(include_str!("golden/cancel.ics")));
    assert!(!text.contains("RECURRENCE-ID"));
}

#[test]
fn a_feed_has_no_method_and_keeps_cancelled_appointments_visible_as_such() {
    let text = feed("Appointments", &[event(1), event(2)]);
    assert_eq!(text, golden(include_str!("golden/feed.ics")));
    let window = Interval::new(event(0).start, event(9).end);
    let diary = read(text.as_bytes(), &Zone::utc(), window);
    assert_eq!(diary.problems, vec![]);
    let seen: Vec<_> = diary.events.iter().map(|e| (e.start, e.end, e.busy, e.cancelled)).collect();
    assert_eq!(seen, vec![(event(1).start, event(1).end, true, false), (event(2).start, event(2).end, false, true)]);
}

#[test]
fn nothing_in_it_says_what_the_appointment_is_for() {
    let text = [invite(&example(Method::Request)), invite(&example(Method::Cancel))].concat().to_lowercase();
    assert!(!text.contains("therap") && !text.contains("session") && !text.contains("patient"));
    assert!(text.contains("class:private"));
}

/// What an independent parser finds in our text: one value of one property.
fn found(text: &str, property: &ICalendarProperty) -> Option<ICalendarValue> {
    let calendar = ICalendar::parse(text).expect("calcard reads it");
    let entries = calendar.components.iter().flat_map(|component| component.entries.iter());
    entries.into_iter().find(|entry| entry.name == *property)?.values.first().cloned()
}

#[test]
fn another_parser_finds_the_same_facts() {
    let text = invite(&example(Method::Request));
    let words = |property| match found(&text, &property) {
        Some(ICalendarValue::Text(text)) => text.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(words(ICalendarProperty::Uid), example(Method::Request).uid);
    assert_eq!(words(ICalendarProperty::Description), example(Method::Request).description);
    assert_eq!(words(ICalendarProperty::Location), "12 High Street, Bath");
    assert_eq!(found(&text, &ICalendarProperty::Sequence), Some(ICalendarValue::Integer(3)));
    let Some(ICalendarValue::PartialDateTime(start)) = found(&text, &ICalendarProperty::Dtstart) else {
        panic!("a start")
    };
    assert_eq!(start.to_timestamp(), Some(1_773_043_200));
}

fn unfold(text: &str) -> String {
    text.replace("\r\n ", "")
}

proptest! {
    #[test]
    fn folding_keeps_every_line_short_and_comes_undone(line in "[^\\p{Cc}]{0,300}") {
        let mut folded = String::new();
        fold(&line, &mut folded);
        prop_assert!(folded.ends_with("\r\n"));
        prop_assert!(folded.split("\r\n").all(|piece| piece.len() <= 75));
        prop_assert_eq!(unfold(folded.strip_suffix("\r\n").expect("an end")), line);
    }

    #[test]
    fn escaping_comes_undone(text in any::<String>()) {
        let plain = text.replace("\r\n", "\n").replace('\r', "\n");
        let plain: String = plain.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        let escaped = escape(&text);
        prop_assert!(!escaped.contains(['\r', '\n']));
        prop_assert_eq!(unescape(&escaped), plain);
    }

    /// Whatever the words, the text has one event, and it says what was put in.
    #[test]
    fn what_is_written_is_read(summary in any::<String>(), description in any::<String>(), name in any::<String>(),
        location in any::<String>(), uid in "[ -~]{1,120}", start in 0i64..4_000_000_000, length in 1i64..86_400) {
        let start = domain::time::Instant::from_micros(start * 1_000_000);
        let end = start + Span::seconds(length);
        let mut strange = Invite { summary, description, uid, start, end, location: Some(location.clone()), url: Some(location), ..example(Method::Request) };
        strange.attendee.name = name;
        let text = invite(&strange);
        let diary = read(text.as_bytes(), &Zone::utc(), Interval::new(start, end));
        prop_assert_eq!(diary.problems, vec![]);
        prop_assert_eq!(diary.events.len(), 1);
        prop_assert_eq!((diary.events[0].start, diary.events[0].end), (start, end));
        prop_assert_eq!(&diary.events[0].uid, &strange.uid.trim());
        prop_assert_eq!(text.matches("\r\nBEGIN:").count(), 1);
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
    }
}
