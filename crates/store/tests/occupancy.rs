//! Time that is taken stays taken, whoever asks and however many at once.

mod support;

use holdspace_store::{DbError, Sql, Store, occupancy, sql, vals};
use std::sync::{Arc, Barrier};
use support::{Rig, minutes, noon, time, write};

on_every_engine! {
    adjacent_times_fit_and_overlapping_ones_do_not;
    a_hold_blocks_until_it_expires_and_not_after;
    releasing_frees_every_subject_of_the_owner;
    the_guard_holds_without_any_lock_or_look;
    nothing_longer_than_twelve_hours_and_nothing_backwards;
}

fn book(store: &Store, owner: &str, from: i64, to: i64) -> Result<(), DbError> {
    let owner = owner.to_owned();
    write(store, move |tx| {
        occupancy::lock(tx, &["thp_a", "cli_b"], noon())?;
        occupancy::take(tx, "thp_a", &owner, time(from, to), None)?;
        occupancy::take(tx, "cli_b", &owner, time(from, to), None)
    })
}

fn adjacent_times_fit_and_overlapping_ones_do_not(rig: &Rig) {
    book(&rig.store, "apt_1", 0, 50).expect("free");
    book(&rig.store, "apt_2", 50, 100).expect("adjacent");
    for (from, to) in [(0, 50), (-10, 1), (49, 51), (10, 20), (-60, 200)] {
        assert_eq!(book(&rig.store, "apt_3", from, to), Err(DbError::Overlap), "{from} to {to}");
    }
    let busy = rig.store.read(|tx| occupancy::busy(tx, "thp_a", time(10, 60), noon())).expect("read");
    let owners: Vec<&str> = busy.iter().map(|b| b.owner.as_str()).collect();
    assert_eq!(owners, ["apt_1", "apt_2"]);
    assert_eq!((busy[0].time, busy[0].kind), (time(0, 50), occupancy::Kind::Appointment));
    let none = rig.store.read(|tx| occupancy::busy(tx, "thp_a", time(100, 700), noon())).expect("read");
    assert!(none.is_empty());
}

fn a_hold_blocks_until_it_expires_and_not_after(rig: &Rig) {
    write(&rig.store, |tx| occupancy::take(tx, "thp_a", "off_1", time(60, 110), Some(minutes(10)))).expect("held");
    assert_eq!(book(&rig.store, "apt_1", 60, 110), Err(DbError::Overlap));
    let at = |now: i64| {
        rig.store.read(move |tx| occupancy::busy(tx, "thp_a", time(0, 600), minutes(now))).expect("read").len()
    };
    assert_eq!((at(9), at(10)), (1, 0), "an expired hold does not count even before it is cleared");
    let later = write(&rig.store, |tx| {
        occupancy::lock(tx, &["thp_a"], minutes(10))?;
        occupancy::take(tx, "thp_a", "apt_1", time(60, 110), None)
    });
    assert_eq!(later, Ok(()));
}

fn releasing_frees_every_subject_of_the_owner(rig: &Rig) {
    book(&rig.store, "apt_1", 0, 50).expect("free");
    assert_eq!(write(&rig.store, |tx| occupancy::release(tx, "apt_1")), Ok(2));
    book(&rig.store, "apt_2", 0, 50).expect("free again");
    let moved = write(&rig.store, |tx| {
        occupancy::lock(tx, &["thp_a", "cli_b"], noon())?;
        occupancy::release(tx, "apt_2")?;
        occupancy::take(tx, "thp_a", "apt_2", time(25, 75), None)
    });
    assert_eq!(moved, Ok(()), "an appointment does not stand in its own way");
}

const MOVE: Sql = sql!("UPDATE occupancy SET from_at = $2, to_at = $3 WHERE owner = $1 AND subject = 'thp_a'");

fn the_guard_holds_without_any_lock_or_look(rig: &Rig) {
    book(&rig.store, "apt_1", 0, 50).expect("free");
    book(&rig.store, "apt_2", 60, 110).expect("free");
    let shift =
        |from: i64, to: i64| write(&rig.store, move |tx| tx.execute(MOVE, vals!["apt_2", minutes(from), minutes(to)]));
    assert_eq!(shift(70, 120), Ok(1), "onto part of its own old time");
    assert_eq!(shift(30, 80), Err(DbError::Overlap));
    assert_eq!(shift(50, 100), Ok(1));
    let start = Arc::new(Barrier::new(16));
    let threads: Vec<_> = (0..16)
        .map(|n| {
            let (store, start) = (rig.store.clone(), start.clone());
            std::thread::spawn(move || {
                start.wait();
                let slots = 0..10;
                slots
                    .filter(|slot| {
                        let (from, owner) = (1_000 + slot * 50, format!("apt_{n}_{slot}"));
                        let won =
                            write(&store, move |tx| occupancy::take(tx, "thp_a", &owner, time(from, from + 50), None));
                        assert!(matches!(won, Ok(()) | Err(DbError::Overlap)), "{won:?}");
                        won.is_ok()
                    })
                    .count()
            })
        })
        .collect();
    let won: usize = threads.into_iter().map(|thread| thread.join().expect("a caller")).sum();
    assert_eq!(won, 10);
}

fn nothing_longer_than_twelve_hours_and_nothing_backwards(rig: &Rig) {
    assert!(matches!(book(&rig.store, "apt_1", 0, 721), Err(DbError::Check(_))));
    let backwards = write(&rig.store, |tx| occupancy::take(tx, "thp_a", "apt_1", time(0, 0), None));
    assert!(matches!(backwards, Err(DbError::Check(_))), "{backwards:?}");
    book(&rig.store, "apt_1", 0, 720).expect("twelve hours are the most");
    assert_eq!(book(&rig.store, "apt_2", 719, 769), Err(DbError::Overlap));
}

#[test]
fn sixty_four_callers_for_a_hundred_slots_win_exactly_a_hundred_on_sqlite() {
    sixty_four_callers_for_a_hundred_slots(&Rig::sqlite());
}

#[test]
fn sixty_four_callers_for_a_hundred_slots_win_exactly_a_hundred_on_postgres() {
    sixty_four_callers_for_a_hundred_slots(&Rig::postgres());
}

/// Half of the callers want the slots, half want times shifted by half a slot; each slot is won once.
fn sixty_four_callers_for_a_hundred_slots(rig: &Rig) {
    let start = Arc::new(Barrier::new(64));
    let callers: Vec<_> = (0..64_i64)
        .map(|n| {
            let (store, start) = (rig.store.clone(), start.clone());
            std::thread::spawn(move || {
                start.wait();
                (0..100_i64).map(|slot| (slot, try_to_book(&store, n, slot))).collect::<Vec<_>>()
            })
        })
        .collect();
    let mut winners = 0;
    for caller in callers {
        for (slot, outcome) in caller.join().expect("a caller") {
            assert!(matches!(outcome, Ok(()) | Err(DbError::Overlap)), "slot {slot}: {outcome:?}");
            winners += usize::from(outcome.is_ok());
        }
    }
    assert_eq!(winners, 100);
    let taken = rig.store.read(|tx| tx.query_one(COUNT, vals![])?.get::<i64>(0)).expect("read");
    assert_eq!(taken, 200, "each of therapist and client");
}

const COUNT: Sql = sql!("SELECT count(*) FROM occupancy");

/// Each slot is 60 minutes long on its own day, and a shifted one begins 30 minutes later: the two never both fit.
fn try_to_book(store: &Store, caller: i64, slot: i64) -> Result<(), DbError> {
    let from = slot * 1_440 + (caller % 2) * 30;
    let (owner, client) = (format!("apt_{caller}_{slot}"), format!("cli_{caller}"));
    write(store, move |tx| {
        occupancy::lock(tx, &["thp_a", &client], noon())?;
        if !occupancy::busy(tx, "thp_a", time(from, from + 60), noon())?.is_empty() {
            return Err(DbError::Overlap);
        }
        occupancy::take(tx, "thp_a", &owner, time(from, from + 60), None)?;
        occupancy::take(tx, &client, &owner, time(from, from + 60), None)
    })
}
