//! Lists of appointments: filters, order, and pages in which starts are alike.

use crate::appointments::cancelled;
use crate::support::{Rig, minutes};
use crate::world::*;
use domain::appointment::{Appointment, Initiator, State};
use domain::time::Span;
use holdspace_store::appointment::{self, Filter, Order};
use holdspace_store::{Cursor, DbError};

crate::on_both_engines! {
    a_list_holds_what_the_filter_wants_and_nothing_out_of_scope;
    pages_of_equal_starts_miss_and_repeat_nothing;
    a_filter_cannot_widen_a_scope;
    what_comes_next_is_what_is_on;
}

/// Dan at 60 and 120 (called off), Zoë at 120, Eve with Ben at 60, Ida at the other practice at 60.
fn a_day(rig: &Rig) {
    settle(rig);
    let at = |appointment: Appointment, start| Appointment {
        start: minutes(start),
        end: minutes(start + 50),
        ..appointment
    };
    save(rig, move |tx| {
        appointment::insert(tx, &an_appointment(1))?;
        let off = Appointment { state: cancelled(Initiator::Client, false), ..an_appointment(2) };
        appointment::insert(tx, &at(off, 120))?;
        appointment::insert(tx, &at(an_appointment_of(3, ELM, (ADA_ZOE, ADA, ZOE)), 120))?;
        appointment::insert(tx, &an_appointment_of(4, ELM, (BEN_EVE, BEN, EVE)))?;
        appointment::insert(tx, &an_appointment_of(5, OAK, (HAL_IDA, HAL, IDA)))
    });
}

fn listed(rig: &Rig, who: Who, filter: Filter) -> Vec<u8> {
    let page = see(rig, move |tx| who.look(|scope| appointment::list(tx, scope, &filter, None, 50)));
    assert_eq!(page.next, None);
    page.items.iter().map(|found| found.id.bytes()[0]).collect()
}

fn a_list_holds_what_the_filter_wants_and_nothing_out_of_scope(rig: &Rig) {
    a_day(rig);
    let all = Filter::default;
    assert_eq!(listed(rig, Who::Job, all()), [1, 4, 5, 2, 3]);
    assert_eq!(listed(rig, Who::Olive, all()), [1, 4, 2, 3]);
    assert_eq!(listed(rig, Who::Ada, all()), [1, 2, 3]);
    assert_eq!(listed(rig, Who::Dan, all()), [1, 2]);
    assert_eq!(listed(rig, Who::LinkOfDan, all()), [1, 2]);
    assert_eq!(listed(rig, Who::Hal, all()), [5]);
    assert_eq!(listed(rig, Who::Olive, Filter { order: Order::Descending, ..all() }), [3, 2, 4, 1]);
    assert_eq!(listed(rig, Who::Olive, Filter { therapist: Some(BEN), ..all() }), [4]);
    assert_eq!(listed(rig, Who::Olive, Filter { client: Some(DAN), therapist: Some(ADA), ..all() }), [1, 2]);
    let booked = Filter { states: vec!["booked"], ..all() };
    assert_eq!(listed(rig, Who::Ada, booked.clone()), [1, 3]);
    assert_eq!(listed(rig, Who::Job, Filter { order: Order::Descending, ..booked }), [3, 5, 4, 1]);
    let two = vec!["booked", "cancelled_by_client"];
    assert_eq!(listed(rig, Who::Dan, Filter { states: two, ..all() }), [1, 2]);
    assert!(listed(rig, Who::Olive, Filter { states: vec!["nonsense"], ..all() }).is_empty());
    let hour = Filter { from: Some(minutes(60)), to: Some(minutes(120)), ..all() };
    assert_eq!(listed(rig, Who::Olive, hour), [1, 4]);
    assert_eq!(listed(rig, Who::Olive, Filter { from: Some(minutes(61)), ..all() }), [2, 3]);
    for (words, expected) in [("reyes", vec![1, 4, 2]), ("rey lund", vec![4]), ("zoe", vec![3]), ("...", vec![])] {
        assert_eq!(listed(rig, Who::Olive, Filter { words: Some(words.to_owned()), ..all() }), expected, "{words}");
    }
    let one_by_name =
        Filter { words: Some("dan".to_owned()), states: vec!["booked"], order: Order::Descending, ..all() };
    assert_eq!(listed(rig, Who::Ada, one_by_name), [1]);
}

fn pages_of_equal_starts_miss_and_repeat_nothing(rig: &Rig) {
    settle(rig);
    save(rig, |tx| (1..=23).try_for_each(|n| appointment::insert(tx, &late(n))));
    for order in [Order::Ascending, Order::Descending] {
        let mut expected: Vec<u8> = (1..=23).collect();
        expected.sort_by_key(|n| (late(*n).start, *n));
        if order == Order::Descending {
            expected.reverse();
        }
        let (mut seen, mut after) = (Vec::new(), None::<Cursor>);
        loop {
            let (from, filter) = (after.clone(), Filter { order, ..Filter::default() });
            let page = see(rig, move |tx| Who::Ada.look(|s| appointment::list(tx, s, &filter, from.as_ref(), 4)));
            seen.extend(page.items.iter().map(|found| found.id.bytes()[0]));
            let Some(next) = page.next else { break };
            assert_eq!(page.items.len(), 4);
            after = Some(next.to_string().parse().expect("a cursor"));
        }
        assert_eq!(seen, expected);
    }
}

/// Seven at each start.
fn late(n: u8) -> Appointment {
    let start = minutes(60 * i64::from(n % 3));
    Appointment { start, end: start + Span::minutes(50), ..an_appointment(n) }
}

fn a_filter_cannot_widen_a_scope(rig: &Rig) {
    a_day(rig);
    assert!(listed(rig, Who::Ada, Filter { therapist: Some(BEN), ..Filter::default() }).is_empty());
    assert!(listed(rig, Who::Dan, Filter { client: Some(EVE), ..Filter::default() }).is_empty());
    assert!(listed(rig, Who::Olive, Filter { therapist: Some(HAL), ..Filter::default() }).is_empty());
    assert!(listed(rig, Who::Ada, Filter { words: Some("eve".to_owned()), ..Filter::default() }).is_empty());
    let named = Filter { words: Some("dan".to_owned()), ..Filter::default() };
    let everywhere = rig.store.read(move |tx| Who::Job.look(|s| appointment::list(tx, s, &named, None, 5)));
    assert!(matches!(everywhere, Err(DbError::Shape(_))), "{everywhere:?}");
}

fn what_comes_next_is_what_is_on(rig: &Rig) {
    a_day(rig);
    let next = |who: Who, at, limit| {
        let found = see(rig, move |tx| who.look(|scope| appointment::next_of(tx, scope, minutes(at), limit)));
        found.iter().map(|found| found.id.bytes()[0]).collect::<Vec<_>>()
    };
    assert_eq!(next(Who::Dan, 0, 5), [1], "what was called off is not next");
    assert_eq!(next(Who::Dan, 109, 5), [1], "what has begun is still on");
    assert!(next(Who::Dan, 110, 5).is_empty());
    assert_eq!(next(Who::Ada, 0, 5), [1, 3]);
    assert_eq!(next(Who::Ada, 0, 1), [1]);
    assert_eq!(next(Who::Olive, 0, 2), [1, 4]);
    assert_eq!(next(Who::Job, 0, 9), [1, 4, 5, 3]);
    save(rig, |tx| {
        let begun = Appointment { state: State::InProgress, revision: 2, ..an_appointment(1) };
        appointment::update(tx, &begun, 1).map(|_| ())
    });
    assert_eq!(next(Who::Dan, 70, 5), [1]);
}
