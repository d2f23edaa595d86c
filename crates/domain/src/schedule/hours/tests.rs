use super::*;
use crate::schedule::{OpenHours, Outside};
use crate::slots::{Search, free};
use crate::time::{Instant, Interval, Span, Weekday};
use jiff::civil::date;

fn time(text: &str) -> TimeOfDay {
    text.parse().expect("a time")
}

fn at(text: &str) -> Instant {
    text.parse().expect("a moment")
}

fn window(weekday: Weekday, from: &str, to: &str) -> WeeklyHours {
    WeeklyHours::new(weekday, time(from), time(to))
}

fn cut() -> Cut {
    Cut { minutes: 50, start_every_minutes: 30, buffer_after_minutes: 0, price: None }
}

fn written(weekly: Vec<WeeklyHours>) -> Written {
    Written { weekly, exceptions: Vec::new(), kinds: [(MeetingKind::Video, cut())].into() }
}

fn closed(first: Date, last: Date) -> Exception {
    Exception { first, last, open: None }
}

fn schedule() -> Schedule {
    let weekly = [Weekday::Sunday, Weekday::Monday].map(|day| window(day, "09:00", "17:00")).to_vec();
    let kinds = BTreeMap::from([(MeetingKind::Video, KindSetup::usual(Money::new(6000, Currency::GBP)))]);
    let zone = "Europe/London".parse().expect("a zone");
    Schedule { zone, weekly, exceptions: Vec::new(), kinds, away: Vec::new() }
}

fn with(written: Written) -> Schedule {
    let hours = Hours::parse(written).expect("hours");
    schedule().with_hours(hours, Prices::AsTheyAre, Currency::GBP).expect("a schedule")
}

/// Field and code of everything that is wrong.
fn wrong(written: Written) -> Vec<(String, &'static str)> {
    let wrong = Hours::parse(written).expect_err("refused");
    assert!(wrong.iter().all(|one| one.message.ends_with('.')), "each says what to do: {wrong:?}");
    wrong.into_iter().map(|one| (one.field, one.code)).collect()
}

#[test]
fn hours_are_kept_in_the_order_of_the_week_and_read_back_the_same() {
    let days = vec![window(Weekday::Friday, "09:00", "12:00"), window(Weekday::Monday, "13:00", "24:00")];
    let kept = with(written(days));
    assert_eq!(kept.weekly[0].weekday, Weekday::Monday);
    assert_eq!(kept.kinds[&MeetingKind::Video].price, Money::new(6000, Currency::GBP), "the price stays");
    assert_eq!(with(kept.written()), kept);
    assert_eq!(with(kept.written()).fingerprint(), kept.fingerprint());
    assert_ne!(kept.fingerprint(), schedule().fingerprint());
}

#[test]
fn a_window_closes_after_it_opens_and_is_for_something() {
    let nothing = WeeklyHours { kinds: Kinds::of(&[]), ..window(Weekday::Monday, "09:00", "10:00") };
    let days = vec![window(Weekday::Monday, "17:00", "09:00"), nothing];
    let expected = [("weekly[0].to", "ends_before_it_begins"), ("weekly[1].kinds", "kinds_required")];
    assert_eq!(wrong(written(days)), expected.map(|(field, code)| (field.to_owned(), code)));
}

#[test]
fn two_windows_of_one_kind_never_overlap_while_both_hold() {
    let morning = window(Weekday::Monday, "09:00", "12:00");
    let noon = window(Weekday::Monday, "11:00", "14:00");
    assert_eq!(wrong(written(vec![morning, noon])), [("weekly[1].from".to_owned(), "hours_overlap")]);
    let only = |kind| Kinds::of(&[kind]);
    let apart = [
        window(Weekday::Monday, "12:00", "14:00"),
        window(Weekday::Tuesday, "11:00", "14:00"),
        WeeklyHours { valid_from: Some(date(2027, 1, 1)), ..noon },
    ];
    for other in apart {
        let first = WeeklyHours { valid_to: Some(date(2026, 12, 31)), ..morning };
        assert!(Hours::parse(written(vec![first, other])).is_ok(), "{other:?}");
    }
    let in_person = WeeklyHours { kinds: only(MeetingKind::InPerson), ..morning };
    let by_video = WeeklyHours { kinds: only(MeetingKind::Video), ..noon };
    assert!(Hours::parse(written(vec![in_person, by_video])).is_ok(), "another kind is another matter");
}

#[test]
fn days_that_differ_end_after_they_begin() {
    let open = |from, to| Some(OpenHours { from: time(from), to: time(to), kinds: Kinds::ALL });
    let day = date(2026, 12, 24);
    let exceptions = vec![
        closed(date(2026, 12, 28), date(2026, 12, 24)),
        Exception { first: day, last: day, open: open("12:00", "10:00") },
        Exception { first: day, last: day, open: open("09:00", "12:00") },
        Exception { first: day, last: date(2026, 12, 31), open: open("11:00", "13:00") },
        closed(day, day),
    ];
    let expected = [
        ("exceptions[0].last", "ends_before_it_begins"),
        ("exceptions[1].open.to", "ends_before_it_begins"),
        ("exceptions[3].open.from", "hours_overlap"),
    ];
    let found = wrong(Written { exceptions, ..written(Vec::new()) });
    assert_eq!(found, expected.map(|(field, code)| (field.to_owned(), code)));
}

#[test]
fn lengths_and_breaks_are_within_reason() {
    let bad = Cut { minutes: 4, start_every_minutes: 481, buffer_after_minutes: 121, price: None };
    let kinds = BTreeMap::from([(MeetingKind::Phone, bad)]);
    let fields: Vec<_> = wrong(Written { kinds, ..written(Vec::new()) }).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["minutes", "start_every_minutes", "buffer_after_minutes"].map(|f| format!("kinds.phone.{f}")));
    let edge = Cut { minutes: 480, start_every_minutes: 5, buffer_after_minutes: 120, price: None };
    assert!(Hours::parse(Written { kinds: [(MeetingKind::Video, edge)].into(), ..written(Vec::new()) }).is_ok());
    let none = Written { kinds: BTreeMap::new(), ..written(Vec::new()) };
    assert_eq!(wrong(none), [("kinds".to_owned(), "kinds_required")]);
    let many = vec![window(Weekday::Monday, "09:00", "10:00"); WEEKLY_MAX + 1];
    assert_eq!(wrong(written(many)), [("weekly".to_owned(), "too_many")]);
}

#[test]
fn the_practice_sets_prices_and_a_therapist_leaves_them() {
    let priced = |kind, minor| {
        let price = Some(Money::new(minor, Currency::GBP));
        Hours::parse(Written { kinds: [(kind, Cut { price, ..cut() })].into(), ..written(Vec::new()) }).expect("hours")
    };
    let code = |hours, prices| schedule().with_hours(hours, prices, Currency::GBP).map_err(|refusal| refusal.code);
    assert!(code(priced(MeetingKind::Video, 6000), Prices::AsTheyAre).is_ok());
    assert_eq!(code(priced(MeetingKind::Video, 7000), Prices::AsTheyAre), Err("set_by_practice"));
    assert!(code(priced(MeetingKind::Phone, 7000), Prices::MaySet).is_ok());
    assert_eq!(code(priced(MeetingKind::Phone, -1), Prices::MaySet), Err("not_an_amount"));
    let unpriced = Written { kinds: [(MeetingKind::Phone, cut())].into(), ..written(Vec::new()) };
    let unpriced = Hours::parse(unpriced).expect("hours");
    assert_eq!(code(unpriced, Prices::MaySet), Err("price_required"));
    let dollars = schedule().with_hours(priced(MeetingKind::Video, 6000), Prices::MaySet, Currency::USD);
    assert_eq!(dollars.map_err(|refusal| refusal.code), Err("wrong_currency"));
}

#[test]
fn whether_a_booking_is_inside_new_hours_is_told_by_the_clock_on_the_wall() {
    let ten = with(written(vec![window(Weekday::Monday, "10:00", "16:00")]));
    let hour = |start: &str| Interval::new(at(start), at(start) + Span::minutes(50));
    // Nine by UTC is ten on the wall in summer, and nine in winter.
    assert_eq!(ten.outside(MeetingKind::Video, hour("2026-07-06T09:00:00Z")), None);
    assert_eq!(ten.outside(MeetingKind::Video, hour("2026-11-23T09:00:00Z")), Some(Outside::WeeklyHours));
    assert_eq!(ten.outside(MeetingKind::Phone, hour("2026-11-23T11:00:00Z")), Some(Outside::NotOffered));
}

#[test]
fn a_day_that_the_clocks_make_longer_is_closed_from_its_midnight_to_the_next() {
    let all_day = written(vec![window(Weekday::Sunday, "00:00", "24:00"), window(Weekday::Monday, "00:00", "24:00")]);
    let sunday = date(2026, 10, 25);
    let kept = with(Written { exceptions: vec![closed(sunday, sunday)], ..all_day });
    let minutes = |start: &str| Interval::new(at(start), at(start) + Span::minutes(50));
    // Midnight of that Sunday is 23:00 UTC, the next one 00:00 UTC: twenty-five hours lie between.
    for start in ["2026-10-24T23:00:00Z", "2026-10-25T12:00:00Z", "2026-10-25T23:10:00Z"] {
        assert_eq!(kept.outside(MeetingKind::Video, minutes(start)), Some(Outside::DayClosed), "{start}");
    }
    assert_eq!(kept.outside(MeetingKind::Video, minutes("2026-10-26T00:00:00Z")), None);
}

#[test]
fn hours_in_the_night_that_clocks_skip_are_taken_and_offer_only_what_exists() {
    let night = with(written(vec![window(Weekday::Sunday, "00:30", "02:30")]));
    let (from, to) = (at("2026-03-29T00:00:00Z"), at("2026-03-29T12:00:00Z"));
    let search = Search { from, to, now: from, min_notice: Span::ZERO, horizon: Span::hours(240) };
    let starts: Vec<_> = free(&night, MeetingKind::Video, &[], search).iter().map(|s| s.from.to_string()).collect();
    // 00:30 is there; 01:00 and 01:30 are skipped; the window closes an hour of elapsed time after it opened.
    assert_eq!(starts, ["2026-03-29T00:30:00Z"]);
}
