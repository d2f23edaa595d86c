//! Weekly times kept for clients: wall time that survives the clocks, nobody else's to book, never a booking.

extern crate holdspace_domain as domain;

mod support;
use support::*;

use domain::decide::{Command, FileAct, Keep};
use domain::id::Id;
use domain::policy::{GapRule, Preset};
use domain::reserved::{Pattern, ReservedSlot, ReservedState};
use domain::schedule::TimeOfDay;
use domain::time::{Instant, Interval, Span, Weekday, Zone};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;

fn slot(weekday: Weekday, time: &str, first: Date, every_weeks: u8) -> ReservedSlot {
    ReservedSlot {
        id: Id::from_bytes([50; 16]),
        practice: PRACTICE,
        relationship: RELATIONSHIP,
        weekday,
        local_time: time.parse().expect("a time of day"),
        minutes: 50,
        every_weeks,
        first,
        released: BTreeSet::new(),
        state: ReservedState::Active,
    }
}

fn zone(name: &str) -> Zone {
    name.parse().expect("a zone")
}

fn pattern(weekday: Weekday, time: &str) -> Pattern {
    Pattern { weekday, local_time: time.parse().expect("a time"), minutes: 50, every_weeks: 1, from: None }
}

fn keep(wish: Keep) -> Command {
    Command::File(FileAct::Keep(wish))
}

// proves: H-03
#[test]
fn two_in_the_afternoon_stays_two_in_the_afternoon_when_the_clocks_change() {
    let london = zone("Europe/London");
    let tuesdays = slot(Weekday::Tuesday, "14:00", date(2026, 3, 17), 1);
    let range = Interval::new(utc("2026-03-17T00:00:00Z"), utc("2026-04-08T00:00:00Z"));
    let starts: Vec<String> = tuesdays.times(&london, range).iter().map(|(_, time)| time.from.to_string()).collect();
    let expected = ["2026-03-17T14:00:00Z", "2026-03-24T14:00:00Z", "2026-03-31T13:00:00Z", "2026-04-07T13:00:00Z"];
    assert_eq!(starts, expected);
}

// proves: H-03
#[test]
fn every_other_week_counts_from_its_first_day_and_one_week_is_let_go_alone() {
    let london = zone("Europe/London");
    let slot = slot(Weekday::Tuesday, "14:00", date(2026, 3, 17), 2);
    let days = |slot: &ReservedSlot| -> Vec<Date> {
        slot.next_times(&london, utc("2026-03-01T00:00:00Z"), 3).into_iter().map(|(day, _)| day).collect()
    };
    assert_eq!(days(&slot), [date(2026, 3, 17), date(2026, 3, 31), date(2026, 4, 14)]);
    assert!(slot.clone().release(date(2026, 3, 24)).is_err(), "not one of its weeks");
    let released = slot.release(date(2026, 3, 31)).expect("one of its weeks");
    assert_eq!(days(&released), [date(2026, 3, 17), date(2026, 4, 14), date(2026, 4, 28)]);
    assert_eq!(released.state, ReservedState::Active, "it goes on");
}

#[test]
fn a_time_that_the_clocks_skip_is_refused_or_moved_forward_as_the_practice_says() {
    let (new_york, now) = (zone("America/New_York"), utc("2026-01-10T12:00:00Z"));
    let sunday = slot(Weekday::Sunday, "02:30", date(2026, 1, 11), 1);
    assert_eq!(sunday.first_gap(&new_york, now), Some(date(2026, 3, 8)));
    assert_eq!(
        sunday.check_gap(&new_york, GapRule::Refuse, now).map_err(|why| why.code),
        Err("nonexistent_local_time")
    );
    assert_eq!(sunday.check_gap(&new_york, GapRule::Forward, now), Ok(()));
    let range = Interval::new(utc("2026-03-08T00:00:00Z"), utc("2026-03-09T00:00:00Z"));
    let moved = sunday.times(&new_york, range);
    assert_eq!(moved[0].1.from.in_zone(&new_york).strftime("%H:%M").to_string(), "03:30");
    let harmless = slot(Weekday::Sunday, "03:30", date(2026, 1, 11), 1);
    assert_eq!(harmless.check_gap(&new_york, GapRule::Refuse, now), Ok(()));
}

// proves: H-03
#[test]
fn nobody_else_books_it_is_offered_it_or_moves_into_it_and_its_own_client_does() {
    let mut story = Story::booked(Preset::Marketplace);
    let (start, now) = (story.local("2026-03-17 14:00"), story.start() - hours(100));
    let theirs = ReservedSlot {
        relationship: Id::from_bytes([78; 16]),
        ..slot(Weekday::Tuesday, "14:00", date(2026, 3, 17), 1)
    };
    story.reserved.push(theirs.clone());
    let attempts = [
        story.preview(None, &the_client(), book_at(start, None), now),
        story.preview(None, &the_therapist(), book_at(start, Some(yes_at(now))), now),
        story.preview(
            Some(story.appointment().id),
            &the_therapist(),
            by_therapist(offering(&[start, story.local("2026-03-18 10:00")])),
            now,
        ),
        story.preview(
            Some(story.appointment().id),
            &the_client(),
            move_to(start, domain::appointment::Initiator::Client, None),
            now,
        ),
    ];
    for attempt in attempts {
        assert_eq!(code(attempt), "slot_taken");
    }
    story.reserved[0] = theirs.clone().release(date(2026, 3, 17)).expect("its week");
    story.preview(None, &the_client(), book_at(start, None), now).expect("that week is free");
    story.reserved[0] = theirs.clone().in_state(ReservedState::Paused);
    story.preview(None, &the_client(), book_at(start, None), now).expect("paused keeps nobody out");
    story.reserved[0] = ReservedSlot { relationship: RELATIONSHIP, ..theirs };
    let booked = story.run(None, &the_client(), book_at(start, None), now).expect("their own");
    assert_eq!(booked.appointment.expect("it").reserved_slot, Some(story.reserved[0].id));
    assert!(story.reserved[0].is_kept() && booked.ledger.is_empty(), "it was no booking and cost nothing");
}

// proves: H-03, H-13
#[test]
fn it_is_made_paused_resumed_removed_and_added_back_and_never_kept_twice() {
    let mut story = Story::new(Preset::Marketplace);
    let now = story.local("2026-03-01 12:00");
    let friday = pattern(Weekday::Friday, "10:00");
    assert_eq!(code(story.run(None, &the_client(), keep(Keep::Add(friday)), now)), "not_found");
    story.run(None, &the_therapist(), keep(Keep::Add(friday)), now).expect("kept");
    let id = story.reserved[0].id;
    assert_eq!(story.reserved[0].first, date(2026, 3, 6));
    assert_eq!(code(story.run(None, &the_therapist(), keep(Keep::Add(friday)), now)), "slot_taken");
    let acts = [
        (Keep::Pause(id), ReservedState::Paused),
        (Keep::Resume(id), ReservedState::Active),
        (Keep::Remove(id), ReservedState::Removed),
        (Keep::Restore(id), ReservedState::Active),
    ];
    for (act, state) in acts {
        let outcome = story.run(None, &the_therapist(), keep(act), now).expect("done");
        assert_eq!(story.reserved[0].state, state);
        assert_eq!(outcome.reserved_banner.is_some(), state == ReservedState::Removed);
        assert_eq!(code(story.run(None, &the_therapist(), keep(act), now)), "same_state");
    }
    let odd = Pattern { every_weeks: 3, ..friday };
    assert_eq!(code(story.run(None, &the_therapist(), keep(Keep::Add(odd)), now)), "out_of_range");
    story.set_policy(json!({ "reserved_slot.enabled": false }));
    let other = pattern(Weekday::Monday, "10:00");
    assert_eq!(code(story.run(None, &the_therapist(), keep(Keep::Add(other)), now)), "reserved_slots_off");
}

#[test]
fn a_time_whose_next_week_somebody_else_has_booked_cannot_be_kept() {
    let mut story = Story::new(Preset::Marketplace);
    let now = story.local("2026-03-01 12:00");
    let monday = story.local("2026-03-02 10:00");
    let taken = Interval::new(monday, monday + minutes(50));
    story.occupancy.push((to_therapist(), "apt_of_somebody_else".into(), taken, None));
    let wish = keep(Keep::Add(pattern(Weekday::Monday, "10:00")));
    assert_eq!(code(story.run(None, &the_therapist(), wish, now)), "slot_taken");
}

fn zones() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "UTC"])
}

proptest! {
    // proves: H-03
    #[test]
    fn over_years_of_changing_clocks_each_time_is_on_its_day_at_its_wall_time_or_just_after_a_gap(
        name in zones(),
        minute in 0u16..1440,
        first_day in 0i32..400,
        every_weeks in 1u8..=2,
        weeks in 1usize..160,
    ) {
        let zone = zone(name);
        let first = date(2025, 1, 1).checked_add(jiff::ToSpan::days(first_day)).expect("a day");
        let slot = ReservedSlot {
            weekday: Weekday::from(first.weekday()),
            local_time: TimeOfDay::from_minutes(minute).expect("of a day"),
            ..slot(Weekday::Monday, "00:00", first, every_weeks)
        };
        let now = zone.start_of(first);
        let times = slot.next_times(&zone, now, weeks);
        prop_assert_eq!(times.len(), weeks);
        for (n, (day, time)) in times.iter().enumerate() {
            let ahead = i32::try_from(n).expect("few") * 7 * i32::from(every_weeks);
            prop_assert_eq!(*day, first.checked_add(jiff::ToSpan::days(ahead)).expect("a day"));
            prop_assert_eq!(time.to - time.from, Span::minutes(50));
            let wall = time.from.in_zone(&zone);
            let shown = i32::from(wall.hour()) * 60 + i32::from(wall.minute());
            let late = shown - i32::from(minute) + if wall.date() == *day { 0 } else { 1440 };
            prop_assert!((0..=60).contains(&late), "{} shows {}", slot.local_time, wall);
            prop_assert!(late == 0 || slot.check_gap(&zone, GapRule::Refuse, now).is_err());
            // Whoever asks for the stretch around it finds it, and the stretch right after it is free of it.
            prop_assert_eq!(slot.day_of_start(&zone, time.from), Some(*day));
            let after = Interval::new(time.to, time.to + Span::minutes(1));
            prop_assert!(slot.times(&zone, after).is_empty());
        }
    }

    #[test]
    fn two_patterns_meet_exactly_where_a_time_of_one_meets_a_time_of_the_other(
        a in (0i32..14, 0u16..1440, 1u8..=2),
        b in (0i32..14, 0u16..1440, 1u8..=2),
    ) {
        let zone = zone("Europe/London");
        let made = |(day, minute, every_weeks): (i32, u16, u8)| {
            let first = date(2026, 5, 4).checked_add(jiff::ToSpan::days(day)).expect("a day");
            ReservedSlot {
                weekday: Weekday::from(first.weekday()),
                local_time: TimeOfDay::from_minutes(minute).expect("of a day"),
                ..slot(Weekday::Monday, "00:00", first, every_weeks)
            }
        };
        let (a, b, now) = (made(a), made(b), Instant::from(&date(2026, 5, 1).to_zoned(zone.time_zone()).expect("a day")));
        let whole = Interval::new(now, now + Span::hours(24 * 120));
        let truth = a.times(&zone, whole).iter().any(|(_, x)| b.times(&zone, whole).iter().any(|(_, y)| x.meets(*y)));
        prop_assert_eq!(a.meets(&b, &zone, now), truth);
        prop_assert_eq!(a.meets(&b, &zone, now), b.meets(&a, &zone, now));
    }
}
