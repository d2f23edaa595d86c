use super::*;
use crate::id::Id;
use crate::policy::Preset;
use crate::time::Span;
use serde_json::json;

const PRICE: Money = Money::new(6000, Currency::GBP);

fn london() -> Zone {
    "Europe/London".parse().expect("a zone")
}

fn client(number: u32) -> ClientId {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Id::from_bytes(bytes)
}

fn past(number: u32, start: &str, ended: impl Fn(Instant) -> Ended) -> Past {
    let start: Instant = start.parse().expect("a moment");
    Past {
        client: client(number),
        booked_at: start - Span::hours(24 * 14),
        start,
        end: start + Span::minutes(50),
        price: PRICE,
        ended: ended(start),
        therapist_fees: TherapistFees::default(),
    }
}

fn cancelled(hours: i64) -> impl Fn(Instant) -> Ended {
    move |start| Ended::ClientCancelled(start - Span::hours(hours))
}

fn year() -> Vec<Past> {
    vec![
        past(1, "2026-01-06T10:00:00Z", |_| Ended::TookPlace),
        past(1, "2026-01-13T10:00:00Z", cancelled(30)),
        past(2, "2026-01-31T23:30:00Z", cancelled(2)),
        past(1, "2026-02-10T10:00:00Z", cancelled(30)),
        past(2, "2026-02-11T10:00:00Z", |_| Ended::ClientMissed),
        past(3, "2026-02-12T10:00:00Z", |start| Ended::TherapistCancelled(start - Span::hours(1))),
    ]
}

fn clinic(changes: serde_json::Value) -> Policy {
    Policy::preset(Preset::Clinic).set(changes.as_object().expect("names with values")).expect("fine")
}

#[test]
fn a_longer_notice_makes_more_late_and_dearer_and_the_months_add_up() {
    let (a, b) = (Policy::preset(Preset::Clinic), clinic(json!({ "client_cancel.notice_hours": 48 })));
    let of = |policy: &Policy| replay(policy, &london(), Currency::GBP, &year());
    let (own, longer) = (of(&a), of(&b));
    assert_eq!((own.all.appointments, own.all.late, own.all.missed, own.all.lost), (6, 1, 1, 2));
    assert_eq!((own.all.fees_minor, own.charged_twice), (12_000, 1));
    assert_eq!((longer.all.late, longer.all.fees_minor, longer.charged_twice), (3, 24_000, 2));
    let sum: i64 = longer.months.values().map(|month| month.fees_minor).sum();
    assert_eq!((sum, longer.months.len()), (24_000, 2));
    assert_eq!(longer.months["2026-01"].late, 2, "the evening of 31 January is January in London");
}

#[test]
fn the_first_time_is_forgiven_once_for_each_client_and_the_second_is_not() {
    let forgiving = clinic(json!({ "first_time_forgiveness": true, "client_cancel.notice_hours": 48 }));
    let totals = replay(&forgiving, &london(), Currency::GBP, &year());
    assert_eq!((totals.all.lost, totals.all.charged, totals.all.fees_minor), (4, 2, 12_000));
    assert_eq!(totals.charged_twice, 0);
}

#[test]
fn money_taken_before_a_therapist_cancels_counts_as_given_back_and_money_not_yet_taken_does_not() {
    let early = clinic(json!({ "payment.capture_at": "cutoff" }));
    let totals = replay(&early, &london(), Currency::GBP, &year());
    assert_eq!((totals.all.refunds, totals.all.refunds_minor), (1, 6000));
    let later = replay(&Policy::preset(Preset::Clinic), &london(), Currency::GBP, &year());
    assert_eq!((later.all.refunds, later.all.refunds_minor), (0, 0));
}

#[test]
fn a_past_in_two_halves_comes_to_the_same_as_in_one() {
    let (policy, zone, year) = (Policy::preset(Preset::Marketplace), london(), year());
    let mut halves = Replay::new(&policy, &zone, Currency::GBP);
    for half in year.chunks(2) {
        half.iter().for_each(|past| halves.see(past));
    }
    assert_eq!(halves.totals(), replay(&policy, &zone, Currency::GBP, &year));
    let none = replay(&policy, &zone, Currency::GBP, &[]);
    assert_eq!((none.all, none.months.len()), (Sums::default(), 0));
}

#[test]
fn another_currency_is_counted_and_costs_nothing_here() {
    let totals = replay(&Policy::preset(Preset::Clinic), &london(), Currency::USD, &year());
    assert_eq!((totals.all.lost, totals.all.fees_minor), (2, 0));
}
