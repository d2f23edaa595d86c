use super::*;
use crate::money::Currency;
use crate::time::Instant;
use jiff::civil::date;

fn schedule(zone: &str, weekly: Vec<WeeklyHours>) -> Schedule {
    let kinds = BTreeMap::from([(MeetingKind::Video, KindSetup::usual(Money::new(6000, Currency::GBP)))]);
    Schedule { zone: zone.parse().expect("a zone"), weekly, exceptions: vec![], kinds, away: Vec::new() }
}

fn hours(weekday: Weekday, from: &str, to: &str) -> WeeklyHours {
    WeeklyHours::new(weekday, from.parse().expect("a time"), to.parse().expect("a time"))
}

fn working(schedule: &Schedule, first: Date, last: Date) -> Vec<String> {
    let range = Interval::new(schedule.zone.start_of(first), schedule.zone.start_of(last));
    let found = schedule.working(MeetingKind::Video, range);
    found.iter().map(|piece| format!("{} {}", piece.from, piece.to)).collect()
}

#[test]
fn a_time_of_day_reads_and_writes_its_text() {
    for text in ["00:00", "09:30", "24:00"] {
        assert_eq!(text.parse::<TimeOfDay>().expect(text).to_string(), text);
    }
    for text in ["24:01", "9:30", "09:60", "0930", "-1:00", "+9:30", ""] {
        assert_eq!(text.parse::<TimeOfDay>(), Err(NotATimeOfDay), "{text}");
    }
    assert_eq!(TimeOfDay::END_OF_DAY.on(date(2026, 3, 9)), date(2026, 3, 10).at(0, 0, 0, 0));
}

#[test]
fn weekly_hours_hold_from_their_first_day_to_their_last() {
    let mut own = schedule("Europe/London", vec![hours(Weekday::Monday, "09:00", "12:00")]);
    own.weekly[0].valid_from = Some(date(2026, 3, 9));
    own.weekly[0].valid_to = Some(date(2026, 3, 16));
    let found = working(&own, date(2026, 3, 1), date(2026, 4, 1));
    assert_eq!(found, ["2026-03-09T09:00:00Z 2026-03-09T12:00:00Z", "2026-03-16T09:00:00Z 2026-03-16T12:00:00Z"]);
}

#[test]
fn nine_in_the_morning_stays_nine_in_the_morning_when_the_clocks_change() {
    let own = schedule("Europe/London", vec![hours(Weekday::Monday, "09:00", "10:00")]);
    let found = working(&own, date(2026, 3, 23), date(2026, 4, 1));
    assert_eq!(found, ["2026-03-23T09:00:00Z 2026-03-23T10:00:00Z", "2026-03-30T08:00:00Z 2026-03-30T09:00:00Z"]);
}

#[test]
fn a_window_is_as_long_as_the_clocks_make_it() {
    let own = schedule("Europe/London", vec![hours(Weekday::Sunday, "00:00", "06:00")]);
    assert_eq!(working(&own, date(2027, 3, 28), date(2027, 3, 29)), ["2027-03-28T00:00:00Z 2027-03-28T05:00:00Z"]);
    assert_eq!(working(&own, date(2027, 10, 31), date(2027, 11, 1)), ["2027-10-30T23:00:00Z 2027-10-31T06:00:00Z"]);
}

#[test]
fn a_window_that_ends_in_a_repeated_hour_is_open_twice() {
    let own = schedule("Europe/London", vec![hours(Weekday::Sunday, "00:00", "01:30")]);
    assert_eq!(
        working(&own, date(2027, 10, 31), date(2027, 11, 1)),
        ["2027-10-30T23:00:00Z 2027-10-31T00:30:00Z", "2027-10-31T01:00:00Z 2027-10-31T01:30:00Z"]
    );
    let skipped = schedule("Europe/London", vec![hours(Weekday::Sunday, "01:00", "02:00")]);
    assert!(working(&skipped, date(2027, 3, 28), date(2027, 3, 29)).is_empty());
}

#[test]
fn an_exception_replaces_the_hours_of_its_days() {
    let mut own = schedule(
        "Europe/London",
        vec![hours(Weekday::Monday, "09:00", "12:00"), hours(Weekday::Tuesday, "09:00", "12:00")],
    );
    let open = OpenHours { from: TimeOfDay(14 * 60), to: TimeOfDay::END_OF_DAY, kinds: Kinds::ALL };
    own.exceptions = vec![
        Exception { first: date(2026, 3, 9), last: date(2026, 3, 9), open: None },
        Exception { first: date(2026, 3, 10), last: date(2026, 3, 11), open: Some(open) },
    ];
    assert_eq!(
        working(&own, date(2026, 3, 9), date(2026, 3, 12)),
        ["2026-03-10T14:00:00Z 2026-03-11T00:00:00Z", "2026-03-11T14:00:00Z 2026-03-12T00:00:00Z"]
    );
}

#[test]
fn a_window_is_for_its_kinds_of_meeting_only() {
    let mut own = schedule("Europe/London", vec![hours(Weekday::Monday, "09:00", "12:00")]);
    own.weekly[0].kinds = Kinds::of(&[MeetingKind::InPerson, MeetingKind::Phone]);
    assert!(working(&own, date(2026, 3, 9), date(2026, 3, 10)).is_empty());
    let json = serde_json::to_string(&own).expect("writable");
    assert!(json.contains(r#""kinds":["in_person","phone"]"#), "{json}");
    assert_eq!(serde_json::from_str::<Schedule>(&json).expect("readable"), own);
}

#[test]
fn whoever_books_by_hand_stays_inside_the_hours_but_not_on_the_steps() {
    let own = schedule(
        "Europe/London",
        vec![hours(Weekday::Monday, "09:00", "10:00"), hours(Weekday::Monday, "10:00", "12:00")],
    );
    let at = |text: &str| -> Instant { text.parse().expect("a moment") };
    let asked = |from: &str, to: &str| own.covers(MeetingKind::Video, Interval::new(at(from), at(to)));
    assert!(asked("2026-03-09T09:07:00Z", "2026-03-09T09:57:00Z"));
    assert!(asked("2026-03-09T09:30:00Z", "2026-03-09T10:20:00Z"), "windows that touch are one stretch");
    assert!(!asked("2026-03-09T11:30:00Z", "2026-03-09T12:20:00Z"));
    assert!(!asked("2026-03-10T09:00:00Z", "2026-03-10T09:50:00Z"));
}

#[test]
fn merged_intervals_are_sorted_and_apart() {
    let interval = |from, to| Interval::new(Instant::from_micros(from), Instant::from_micros(to));
    let merged = merge(vec![interval(5, 9), interval(0, 2), interval(2, 3), interval(6, 7)]);
    assert_eq!(merged, [interval(0, 3), interval(5, 9)]);
}

#[test]
fn a_later_diary_of_the_same_name_takes_the_place_of_the_earlier_and_an_empty_one_forgets_it() {
    let mut own = schedule("Europe/London", vec![hours(Weekday::Monday, "09:00", "12:00")]);
    let at = |text: &str| text.parse::<Instant>().expect("a moment");
    let ten = Interval::new(at("2026-03-09T10:00:00Z"), at("2026-03-09T10:30:00Z"));
    let eleven = Interval::new(at("2026-03-09T11:00:00Z"), at("2026-03-09T18:00:00Z"));
    own.set_away(Away::new("work", vec![ten]));
    own.set_away(Away::new("home", vec![eleven]));
    let both = ["2026-03-09T09:00:00Z 2026-03-09T10:00:00Z", "2026-03-09T10:30:00Z 2026-03-09T11:00:00Z"];
    assert_eq!(working(&own, date(2026, 3, 9), date(2026, 3, 10)), both);
    own.set_away(Away::new("work", vec![]));
    assert_eq!(working(&own, date(2026, 3, 9), date(2026, 3, 10)), ["2026-03-09T09:00:00Z 2026-03-09T11:00:00Z"]);
    let text = serde_json::to_string(&own).expect("a document");
    assert_eq!(serde_json::from_str::<Schedule>(&text).expect("the same"), own);
    own.set_away(Away::new("home", vec![]));
    assert!(!serde_json::to_string(&own).expect("a document").contains("away"), "yesterday's code can read it");
}
