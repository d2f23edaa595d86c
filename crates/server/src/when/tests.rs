//! What each reader reads.

use super::*;

fn reader(locale: Locale, zone: &str) -> When {
    When { locale, zone: place(zone), now: at("2026-11-24T09:12:00Z") }
}

fn british() -> When {
    reader(Locale::EnGb, "Europe/London")
}

fn place(zone: &str) -> Zone {
    zone.parse().expect("a zone")
}

fn at(text: &str) -> Instant {
    text.parse().expect("a moment")
}

#[test]
fn each_reader_finds_their_own_way_of_writing_a_time() {
    let (start, american) = (at("2026-11-24T14:00:00Z"), reader(Locale::EnUs, "America/New_York"));
    assert_eq!(british().moment(start), "Tuesday 24 November, 14:00");
    assert_eq!(american.moment(start), "Tuesday, November 24, 9:00 AM");
    assert_eq!((british().short_day(start), american.short_day(start)), ("Tue 24 Nov".into(), "Tue, Nov 24".into()));
    assert_eq!(british().date_words(start), "24 November 2026");
    assert_eq!(american.date_words(start), "November 24, 2026");
    assert_eq!(british().as_of(), "09:12, Tuesday 24 November 2026");
    assert_eq!((british().as_of_brief(), american.as_of_brief()), ("Tue 09:12".into(), "Tue 4:12 AM".into()));
    let next_year = at("2027-01-05T14:00:00Z");
    assert_eq!(british().moment(next_year), "Tuesday 5 January 2027, 14:00");
    assert_eq!(american.day(next_year), "Tuesday, January 5, 2027");
}

#[test]
fn near_days_are_said_by_name() {
    let when = british();
    assert_eq!(when.near(at("2026-11-24T14:00:00Z")), "today at 14:00");
    assert_eq!(when.near(at("2026-11-23T10:00:00Z")), "yesterday at 10:00");
    assert_eq!(when.on(at("2026-11-25T10:00:00Z")), "tomorrow at 10:00");
    assert_eq!(when.on(at("2026-11-26T10:00:00Z")), "on Thursday 26 November at 10:00");
    assert_eq!(when.head_day(at("2026-11-25T14:00:00Z")), "Tomorrow");
}

#[test]
fn the_nearer_the_shorter_but_never_mistaken() {
    let when = british();
    assert_eq!(when.brief(at("2026-11-24T14:00:00Z")), "14:00");
    assert_eq!(when.brief(at("2026-11-25T14:00:00Z")), "tomorrow 14:00");
    assert_eq!(when.brief(at("2026-12-01T14:00:00Z")), "Tue 1 Dec, 14:00");
    assert_eq!(when.brief(at("2026-11-23T17:00:00Z")), "Mon 23 Nov, 17:00");
}

#[test]
fn a_deadline_says_the_clock_first() {
    let due = british().due(at("2026-11-24T09:28:00Z"));
    assert_eq!((due.kind, due.words.as_str(), due.left.as_str()), ("due", "by 09:28", "16 min left"));
    let over = british().due(at("2026-11-24T09:03:00Z"));
    assert_eq!((over.kind, over.left.as_str()), ("over", "9 min overdue"));
    assert_eq!(british().due(at("2026-11-24T14:00:00Z")).left, "4 h 48 min left");
    assert_eq!(When::length(Span::hours(51)), "2 d 3 h");
}

#[test]
fn two_clocks_are_shown_only_where_they_differ() {
    let (start, london) = (at("2026-11-24T14:00:00Z"), place("Europe/London"));
    let new_york = reader(Locale::EnGb, "America/New_York");
    assert_eq!(new_york.moment_both(start, &london), "Tuesday 24 November, 09:00 (14:00 in London)");
    assert_eq!(new_york.elsewhere(at("2026-11-25T01:00:00Z"), &london).as_deref(), Some("Wednesday, 01:00 in London"));
    assert_eq!(reader(Locale::EnGb, "Africa/Abidjan").elsewhere(start, &london), None);
}

#[test]
fn a_message_says_the_agreed_clock_and_the_reader_s_own() {
    let told = |locale, agreed, zone| reader(locale, zone).agreed(at("2026-11-24T14:00:00Z"), &place(agreed));
    let new_york = told(Locale::EnGb, "Europe/London", "America/New_York");
    assert_eq!(new_york, "Tuesday 24 November, 14:00 London, 09:00 for you");
    let sydney = told(Locale::EnUs, "America/New_York", "Australia/Sydney");
    assert_eq!(sydney, "Tuesday, November 24, 9:00 AM New York, Wednesday, November 25, 1:00 AM for you");
    assert_eq!(told(Locale::EnGb, "Europe/London", "Africa/Abidjan"), "Tuesday 24 November, 14:00");
    let paris = told(Locale::EnGb, "Etc/UTC", "Europe/Paris");
    assert_eq!(paris, "Tuesday 24 November, 14:00 UTC, 15:00 for you");
}

#[test]
fn the_hour_that_comes_twice_is_told_apart() {
    assert_eq!(british().clock(at("2026-10-25T00:30:00Z")), "01:30 BST");
    assert_eq!(british().clock(at("2026-10-25T01:30:00Z")), "01:30 GMT");
}

#[test]
fn what_is_typed_is_read_on_the_reader_s_clock() {
    let when = british();
    assert_eq!(when.typed("2026-07-01", "12:00"), Some(at("2026-07-01T11:00:00Z")));
    assert_eq!(when.typed("2026-11-31", "12:00"), None);
    assert_eq!(when.typed("2026-11-30", "25:00"), None);
    assert_eq!(when.date_value(at("2026-06-30T23:30:00Z")), "2026-07-01");
}
