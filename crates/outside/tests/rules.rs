//! Recurrence rules against an implementation by others: the `rrule` crate.

use domain::time::{Instant, Interval, Zone};
use holdspace_outside::ical::read::read;
use proptest::prelude::*;

/// What our reader makes of a rule, as seconds since 1970.
fn ours(start: &str, rule: &str, window: Interval) -> Vec<i64> {
    let text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:{start}\nRRULE:{rule}\nEND:VEVENT\nEND:VCALENDAR\n");
    let diary = read(text.as_bytes(), &Zone::utc(), window);
    assert_eq!(diary.problems, vec![], "{rule}");
    diary.events.iter().map(|event| event.start.micros() / 1_000_000).collect()
}

/// The same by the other implementation. The start itself always counts, as in our reader.
fn theirs(start: &str, rule: &str, window: Interval) -> Vec<i64> {
    let set: rrule::RRuleSet = format!("DTSTART:{start}\nRRULE:{rule}").parse().expect("a rule that they read");
    let inside = |seconds: &i64| (window.from..window.to).contains(&Instant::from_micros(seconds * 1_000_000));
    let first = set.get_dt_start().timestamp();
    let mut all: Vec<i64> = set
        .into_iter()
        .map(|time| time.timestamp())
        .take_while(|seconds| Instant::from_micros(seconds * 1_000_000) < window.to)
        .chain([first])
        .filter(inside)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn list(numbers: impl Strategy<Value = i32>) -> impl Strategy<Value = String> {
    proptest::collection::btree_set(numbers, 1..4)
        .prop_map(|set| set.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
}

fn signed(most: i32) -> impl Strategy<Value = i32> {
    (1..=most).prop_flat_map(|n| prop_oneof![Just(n), Just(-n)])
}

fn weekdays() -> impl Strategy<Value = String> {
    proptest::sample::subsequence(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"], 1..4).prop_map(|days| days.join(","))
}

fn numbered_weekdays() -> impl Strategy<Value = String> {
    (signed(4), weekdays())
        .prop_map(|(number, days)| days.split(',').map(|day| format!("{number}{day}")).collect::<Vec<_>>().join(","))
}

/// One more part of a rule, or none.
fn part(name: &'static str, values: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    proptest::option::weighted(0.4, values)
        .prop_map(move |value| value.map_or(String::new(), |v| format!(";{name}={v}")))
}

/// A rule of those frequencies that both implementations read alike. Left out, because the two differ on purpose:
/// BYWEEKNO without BYDAY (they take the whole week, RFC 5545 the weekday of the start), BYSETPOS in the first week
/// (they begin the week at the start), numbered and plain weekdays together.
fn rules() -> impl Strategy<Value = String> {
    let slow = (
        prop_oneof![Just("YEARLY"), Just("MONTHLY")],
        part("BYMONTH", list(1..13)),
        part("BYMONTHDAY", list(signed(31))),
        part("BYDAY", prop_oneof![weekdays().boxed(), numbered_weekdays().boxed()]),
        part("BYHOUR", list(0..24)),
        part("BYMINUTE", list(0..60)),
    )
        .prop_map(|(freq, month, day, weekday, hour, minute)| {
            format!("FREQ={freq}{month}{day}{weekday}{hour}{minute}")
        });
    let positioned = (prop_oneof![Just("YEARLY"), Just("MONTHLY")], weekdays(), list(signed(6)))
        .prop_map(|(freq, days, positions)| format!("FREQ={freq};BYDAY={days};BYSETPOS={positions}"));
    let year_days = list(signed(366)).prop_map(|days| format!("FREQ=YEARLY;BYYEARDAY={days}"));
    let weeks =
        (list(2..52), weekdays()).prop_map(|(weeks, days)| format!("FREQ=YEARLY;BYWEEKNO={weeks};BYDAY={days}"));
    let fast = (
        prop_oneof![Just("WEEKLY"), Just("DAILY"), Just("HOURLY")],
        part("BYMONTH", list(1..13)),
        part("BYDAY", weekdays()),
        part("BYHOUR", list(0..24)),
        part("WKST", prop_oneof![Just("SU".to_owned()), Just("MO".to_owned())]),
    )
        .prop_map(|(freq, month, day, hour, week)| format!("FREQ={freq}{month}{day}{hour}{week}"));
    let minutes =
        (list(0..60), 1..90).prop_map(|(minutes, step)| format!("FREQ=MINUTELY;BYMINUTE={minutes};INTERVAL={step}"));
    prop_oneof![4 => slow, 1 => positioned, 1 => year_days, 1 => weeks, 4 => fast, 1 => minutes]
}

fn ends() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        (1..40).prop_map(|count| format!(";COUNT={count}")),
        (1..=12, 1..=28).prop_map(|(month, day)| format!(";UNTIL=2026{month:02}{day:02}T120000Z")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_rule_happens_when_another_implementation_says(rule in rules(), end in ends(), interval in 1..5,
        (year, month, day, hour) in (2018i16..2026, 1i8..13, 1i8..29, 0i8..24), from in 1i8..12) {
        let rule = if rule.contains("INTERVAL") { format!("{rule}{end}") } else { format!("{rule}{end};INTERVAL={interval}") };
        let start = format!("{year}{month:02}{day:02}T{hour:02}1500Z");
        let at = |month: i8| format!("2026-{month:02}-11T07:00:00Z").parse::<Instant>().expect("a moment");
        let window = Interval::new(at(from), at(from + 1));
        prop_assert_eq!(ours(&start, &rule, window), theirs(&start, &rule, window), "{} {}", start, rule);
    }
}

#[test]
fn a_week_number_without_a_day_means_the_weekday_of_the_start() {
    let window = Interval::new(Instant::from_micros(0), "2030-01-01T00:00:00Z".parse().expect("a moment"));
    let found = ours("20260113T090000Z", "FREQ=YEARLY;BYWEEKNO=20;COUNT=2", window);
    let days: Vec<String> = found.iter().map(|s| Instant::from_micros(s * 1_000_000).to_string()).collect();
    assert_eq!(days, ["2026-01-13T09:00:00Z", "2026-05-12T09:00:00Z", "2027-05-18T09:00:00Z"]);
}
