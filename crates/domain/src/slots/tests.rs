use super::*;
use crate::money::{Currency, Money};
use crate::schedule::{Away, TimeOfDay, WeeklyHours};
use crate::time::{Weekday, Zone};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::collections::BTreeMap;

const VIDEO: MeetingKind = MeetingKind::Video;

fn time(minutes: u16) -> TimeOfDay {
    TimeOfDay::from_minutes(minutes).expect("a time of day")
}

fn schedule(zone: &str, weekly: Vec<WeeklyHours>, setup: KindSetup) -> Schedule {
    let zone: Zone = zone.parse().expect("a zone");
    Schedule { zone, weekly, exceptions: vec![], kinds: BTreeMap::from([(VIDEO, setup)]), away: Vec::new() }
}

fn setup(minutes: u16, start_every_minutes: u16, buffer_after_minutes: u16) -> KindSetup {
    KindSetup { minutes, start_every_minutes, buffer_after_minutes, price: Money::new(6000, Currency::GBP) }
}

/// Everything from one day to another, asked long before.
fn days(schedule: &Schedule, first: Date, last: Date) -> Search {
    let (from, to) = (schedule.zone.start_of(first), schedule.zone.start_of(last));
    Search { from, to, now: from - Span::hours(24), min_notice: Span::ZERO, horizon: Span::hours(24 * 60) }
}

fn starts_of(found: &[Interval], zone: &Zone) -> Vec<String> {
    found.iter().map(|slot| slot.from.in_zone(zone).strftime("%H:%M%:z").to_string()).collect()
}

fn nine_to_twelve(setup: KindSetup) -> Schedule {
    schedule("Europe/London", vec![WeeklyHours::new(Weekday::Monday, time(540), time(720))], setup)
}

const MONDAY: Date = date(2026, 3, 9);

#[test]
fn a_start_that_the_clocks_skip_is_not_there_and_one_they_repeat_is_there_twice() {
    let cases = [
        ("Europe/London", date(2027, 3, 28), 10),
        ("Europe/London", date(2027, 10, 31), 14),
        ("America/New_York", date(2027, 3, 14), 10),
        ("America/New_York", date(2027, 11, 7), 14),
        ("Europe/London", date(2027, 6, 6), 12),
    ];
    for (zone, sunday, expected) in cases {
        let weekly = vec![WeeklyHours::new(Weekday::Sunday, TimeOfDay::MIDNIGHT, time(360))];
        let own = schedule(zone, weekly, setup(30, 30, 0));
        let next = sunday.tomorrow().expect("a day");
        assert_eq!(free(&own, VIDEO, &[], days(&own, sunday, next)).len(), expected, "{zone} {sunday}");
    }
}

#[test]
fn the_two_starts_of_a_repeated_hour_have_their_own_offsets() {
    let weekly = vec![WeeklyHours::new(Weekday::Sunday, time(30), time(150))];
    let own = schedule("Europe/London", weekly, setup(30, 30, 0));
    let autumn = free(&own, VIDEO, &[], days(&own, date(2027, 10, 31), date(2027, 11, 1)));
    let expected = ["00:30+01:00", "01:00+01:00", "01:30+01:00", "01:00+00:00", "01:30+00:00", "02:00+00:00"];
    assert_eq!(starts_of(&autumn, &own.zone), expected);
    let spring = free(&own, VIDEO, &[], days(&own, date(2027, 3, 28), date(2027, 3, 29)));
    assert_eq!(starts_of(&spring, &own.zone), ["00:30+00:00", "02:00+01:00"]);
}

#[test]
fn starts_count_from_the_opening_and_the_appointment_ends_inside_the_window() {
    let own = nine_to_twelve(setup(50, 30, 0));
    let found = free(&own, VIDEO, &[], days(&own, MONDAY, date(2026, 3, 10)));
    assert_eq!(
        starts_of(&found, &own.zone),
        ["09:00+00:00", "09:30+00:00", "10:00+00:00", "10:30+00:00", "11:00+00:00"]
    );
    assert!(found.iter().all(|slot| slot.to - slot.from == Span::minutes(50)));
}

#[test]
fn the_time_kept_free_after_counts_against_what_is_busy_but_not_against_the_window() {
    let own = nine_to_twelve(setup(50, 60, 10));
    let taken =
        Interval::new(own.zone.start_of(MONDAY) + Span::minutes(659), own.zone.start_of(MONDAY) + Span::minutes(660));
    let found = free(&own, VIDEO, &[taken], days(&own, MONDAY, date(2026, 3, 10)));
    assert_eq!(starts_of(&found, &own.zone), ["09:00+00:00", "11:00+00:00"]);
}

// proves: H-03
#[test]
fn busy_time_in_any_order_closes_what_it_meets() {
    let own = nine_to_twelve(setup(30, 30, 0));
    let at = |minutes| own.zone.start_of(MONDAY) + Span::minutes(minutes);
    let busy = [
        Interval::new(at(690), at(700)),
        Interval::new(at(540), at(570)),
        Interval::new(at(545), at(550)),
        Interval::new(at(630), at(630)),
    ];
    let found = free(&own, VIDEO, &busy, days(&own, MONDAY, date(2026, 3, 10)));
    assert_eq!(starts_of(&found, &own.zone), ["09:30+00:00", "10:00+00:00", "10:30+00:00", "11:00+00:00"]);
}

#[test]
fn nothing_is_offered_too_soon_too_far_ahead_or_of_another_kind() {
    let own = nine_to_twelve(setup(30, 30, 0));
    let all = days(&own, MONDAY, date(2026, 3, 31));
    let now = own.zone.start_of(MONDAY) + Span::minutes(540);
    let soon = Search { now, min_notice: Span::hours(2), horizon: Span::hours(24 * 7), ..all };
    let found = free(&own, VIDEO, &[], soon);
    assert_eq!(starts_of(&found, &own.zone), ["11:00+00:00", "11:30+00:00", "09:00+00:00"]);
    let at_once = free(&own, VIDEO, &[], Search { min_notice: Span::ZERO, ..soon });
    assert_eq!(starts_of(&at_once, &own.zone)[0], "09:30+00:00", "nine is this very moment");
    assert!(free(&own, MeetingKind::Phone, &[], all).is_empty());
    assert!(free(&own, VIDEO, &[], Search { to: all.from, ..all }).is_empty());
}

#[test]
fn windows_that_overlap_give_each_start_once() {
    let monday = |from, to| WeeklyHours::new(Weekday::Monday, time(from), time(to));
    let own = schedule("Europe/London", vec![monday(570, 660), monday(540, 630), monday(555, 600)], setup(30, 30, 0));
    let found = free(&own, VIDEO, &[], days(&own, MONDAY, date(2026, 3, 10)));
    let expected = ["09:00+00:00", "09:15+00:00", "09:30+00:00", "10:00+00:00", "10:30+00:00"];
    assert_eq!(starts_of(&found, &own.zone), expected);
}

const ZONES: [&str; 5] =
    ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"];

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let window = (0usize..7, 0u16..1440, 1u16..1440).prop_map(|(day, from, length)| {
        let weekday = [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
        ][day];
        WeeklyHours::new(weekday, time(from), time((from + length).min(1440)))
    });
    let cut = (1u16..120, 5u16..90, 0u16..30).prop_map(|(minutes, every, buffer)| setup(minutes, every, buffer));
    (prop::sample::select(&ZONES[..]), prop::collection::vec(window, 1..6), cut)
        .prop_map(|(zone, weekly, cut)| schedule(zone, weekly, cut))
}

/// Two weeks that begin on some day of a year, so that changes of the clocks are among them.
fn any_search(own: &Schedule, day: i16) -> Search {
    let first = date(2027, 1, 1).checked_add(jiff::Span::new().days(day)).expect("a day");
    let last = first.checked_add(jiff::Span::new().days(14)).expect("a day");
    days(own, first, last)
}

fn any_busy(own: &Schedule, day: i16, spans: &[(i64, i64)]) -> Vec<Interval> {
    let from = any_search(own, day).from;
    let at = |minutes| from + Span::minutes(minutes);
    spans.iter().map(|(start, length)| Interval::new(at(*start), at(start + length))).collect()
}

fn spans() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0i64..20_000, 0i64..600), 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_free_time_meets_anything_busy_or_lies_outside_the_hours(own in any_schedule(), day in 0i16..365, spans in spans()) {
        let busy = any_busy(&own, day, &spans);
        let search = any_search(&own, day);
        let buffer = Span::minutes(own.kinds[&VIDEO].buffer_after_minutes.into());
        let around = Interval::new(search.from - Span::hours(48), search.to + Span::hours(48));
        let hours = own.working(VIDEO, around);
        for slot in free(&own, VIDEO, &busy, search) {
            let kept = Interval::new(slot.from, slot.to + buffer);
            prop_assert!(!busy.iter().any(|taken| taken.from < taken.to && taken.meets(kept)));
            prop_assert!(hours.iter().any(|open| open.from <= slot.from && slot.to <= open.to));
        }
    }

    // proves: H-03
    #[test]
    fn what_a_diary_takes_is_as_busy_as_what_is_booked(own in any_schedule(), day in 0i16..365, booked in spans(), first in spans(), second in spans()) {
        let search = any_search(&own, day);
        let [booked, first, second] = [booked, first, second].map(|spans| any_busy(&own, day, &spans));
        let mut with_diaries = own.clone();
        with_diaries.set_away(Away::new("work", first.clone()));
        with_diaries.set_away(Away::new("home", second.clone()));
        let together = [booked.clone(), first, second].concat();
        prop_assert_eq!(free(&with_diaries, VIDEO, &booked, search), free(&own, VIDEO, &together, search));
    }

    #[test]
    fn free_times_are_sorted_and_each_is_there_once(own in any_schedule(), day in 0i16..365) {
        let found = free(&own, VIDEO, &[], any_search(&own, day));
        prop_assert!(found.windows(2).all(|pair| pair[0].from < pair[1].from));
    }

    #[test]
    fn more_busy_time_never_frees_any(own in any_schedule(), day in 0i16..365, some in spans(), more in spans()) {
        let (some, more) = (any_busy(&own, day, &some), any_busy(&own, day, &more));
        let search = any_search(&own, day);
        let before = free(&own, VIDEO, &some, search);
        let after = free(&own, VIDEO, &[some, more].concat(), search);
        prop_assert!(after.iter().all(|slot| before.contains(slot)));
    }

    #[test]
    fn a_start_is_free_exactly_where_it_is_among_the_free(own in any_schedule(), day in 0i16..365, spans in spans(), off in 0i64..20_000) {
        let busy = any_busy(&own, day, &spans);
        let search = any_search(&own, day);
        let found = free(&own, VIDEO, &busy, search);
        for slot in found.iter().take(10) {
            prop_assert!(is_free(&own, VIDEO, &busy, slot.from, search));
        }
        let start = search.from + Span::minutes(off);
        let listed = found.iter().any(|slot| slot.from == start);
        prop_assert_eq!(is_free(&own, VIDEO, &busy, start, search), listed);
    }

    /// The slow way: ask the zone about every minute.
    #[test]
    fn the_quick_reckoning_agrees_with_asking_the_zone_for_each_minute(own in any_schedule(), day in 0i16..365) {
        let search = any_search(&own, day);
        let search = Search { to: search.from + Span::hours(72), ..search };
        let found = free(&own, VIDEO, &[], search);
        let cut = own.kinds[&VIDEO];
        let inside = |at: Instant, window: &WeeklyHours, on: Date| {
            let wall = at.in_zone(&own.zone);
            let minute = wall.hour() as u16 * 60 + wall.minute() as u16;
            wall.date() == on && Weekday::from(wall.weekday()) == window.weekday
                && window.from.minutes() <= minute && minute < window.to.minutes()
        };
        let slow = |at: Instant| own.weekly.iter().any(|window| {
            let on = own.zone.day_of(at);
            let wall = at.in_zone(&own.zone);
            let minute = wall.hour() as u16 * 60 + wall.minute() as u16;
            inside(at, window, on)
                && (minute - window.from.minutes()).is_multiple_of(cut.start_every_minutes)
                && (0..i64::from(cut.minutes)).all(|n| inside(at + Span::minutes(n), window, on))
        });
        let mut at = search.from;
        while at < search.to {
            prop_assert_eq!(found.iter().any(|slot| slot.from == at), slow(at), "{}", at);
            at = at + Span::minutes(1);
        }
    }
}
