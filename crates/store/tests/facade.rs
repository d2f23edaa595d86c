//! How a flow's transaction behaves, the same on every engine.

mod support;

use holdspace_store::{Config, DbError, Done, Sql, Store, Tx, sql, sqlite_is_safe, vals};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use support::{Folder, Rig, entry, fresh_command, practice, recorded, write};

const ADD: Sql = sql!("INSERT INTO subject_lock (subject) VALUES ($1)");
const ALL: Sql = sql!("SELECT subject FROM subject_lock ORDER BY subject");
const HEAD: Sql = sql!("SELECT seq FROM audit_head WHERE practice = $1");

fn names(store: &Store) -> Vec<String> {
    store.read(|tx| tx.query(ALL, vals![])?.iter().map(|row| row.get(0)).collect::<Result<_, DbError>>()).expect("read")
}

fn add(tx: &mut Tx<'_>, name: &str) -> Result<(), DbError> {
    tx.execute(ADD, vals![name]).map(|_| ())
}

on_every_engine! {
    what_a_flow_wrote_is_there_with_its_entry;
    a_refusal_leaves_nothing_behind;
    a_swallowed_error_keeps_nothing;
    an_attempt_may_fail_and_the_flow_go_on;
    a_panic_is_contained;
    values_are_bound_by_their_number;
    a_missing_value_has_a_type;
    wrong_values_are_told_before_they_do_harm;
    faults_have_the_same_kind;
    a_read_may_not_write;
    bookkeeping_may_not_touch_a_fact;
    an_empty_statement_is_skipped;
    many_writers_at_once_all_get_their_own_answer;
    one_flow_may_leave_several_entries;
}

fn what_a_flow_wrote_is_there_with_its_entry(rig: &Rig) {
    let first = rig.store.write(|tx| add(tx, "a").map(|()| recorded(1, "thp_a"))).expect("written");
    let second = rig.store.write(|tx| add(tx, "b").map(|()| recorded(2, "thp_a"))).expect("written");
    assert_eq!((first.answer, second.answer), (1, 2));
    assert_eq!((first.receipt.seq, second.receipt.seq), (1, 2));
    assert_eq!(names(&rig.store), ["a", "b"]);
}

#[derive(Debug, PartialEq)]
enum Refusal {
    TooLate,
    Db(DbError),
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

fn a_refusal_leaves_nothing_behind(rig: &Rig) {
    let refused: Result<_, Refusal> = rig.store.write(|tx| -> Result<Done<()>, Refusal> {
        add(tx, "a")?;
        Err(Refusal::TooLate)
    });
    assert_eq!(refused.expect_err("refused"), Refusal::TooLate);
    assert!(names(&rig.store).is_empty());
    let head = rig.store.read(|tx| tx.query(HEAD, vals![practice(1)])).expect("read");
    assert!(head.is_empty(), "a refusal is not on the record");
}

fn a_swallowed_error_keeps_nothing(rig: &Rig) {
    let swallowed = write(&rig.store, |tx| {
        add(tx, "a")?;
        let _ = add(tx, "a");
        Ok(())
    });
    assert_eq!(swallowed, Err(DbError::Poisoned));
    let went_on = write(&rig.store, |tx| {
        let _ = add(tx, "b").and_then(|()| add(tx, "b"));
        assert_eq!(add(tx, "c"), Err(DbError::Poisoned));
        Ok(())
    });
    assert_eq!(went_on, Err(DbError::Poisoned));
    assert!(names(&rig.store).is_empty());
    let in_bookkeeping = rig.store.write_unaudited(|tx| {
        let _ = add(tx, "d");
        Ok::<(), DbError>(())
    });
    assert_eq!(in_bookkeeping, Err(DbError::Poisoned));
    write(&rig.store, |tx| add(tx, "a")).expect("the next flow is not affected");
}

fn an_attempt_may_fail_and_the_flow_go_on(rig: &Rig) {
    write(&rig.store, |tx| {
        add(tx, "a")?;
        let failed = tx.attempt(|tx| {
            add(tx, "b")?;
            add(tx, "a")
        })?;
        assert!(matches!(failed, Err(DbError::Unique(_))), "{failed:?}");
        let nested = tx.attempt(|tx| {
            add(tx, "c")?;
            let inner = tx.attempt(|tx| {
                add(tx, "d")?;
                Err::<(), _>(DbError::Busy)
            })?;
            assert_eq!(inner, Err(DbError::Busy));
            add(tx, "e")
        })?;
        assert_eq!(nested, Ok(()));
        let swallowed = tx.attempt(|tx| {
            let _ = add(tx, "a");
            Ok::<(), DbError>(())
        })?;
        assert_eq!(swallowed, Err(DbError::Poisoned));
        add(tx, "f")
    })
    .expect("written");
    assert_eq!(names(&rig.store), ["a", "c", "e", "f"]);
}

fn a_panic_is_contained(rig: &Rig) {
    let panicked = write(&rig.store, |tx| {
        add(tx, "a")?;
        assert!(names_in(tx).len() > 1, "there is only one");
        Ok(())
    });
    assert!(matches!(panicked, Err(DbError::Panicked(ref why)) if why.contains("only one")), "{panicked:?}");
    write(&rig.store, |tx| add(tx, "b")).expect("the store lives");
    assert_eq!(names(&rig.store), ["b"]);
}

fn names_in(tx: &mut Tx<'_>) -> Vec<String> {
    tx.query(ALL, vals![]).expect("rows").iter().map(|row| row.get(0).expect("text")).collect()
}

fn values_are_bound_by_their_number(rig: &Rig) {
    const RENAME: Sql = sql!("UPDATE subject_lock SET subject = $2 WHERE subject = $1");
    const MINUS: Sql = sql!("SELECT $2 - $1, $1, 'a' || $3");
    write(&rig.store, |tx| {
        add(tx, "old")?;
        assert_eq!(tx.execute(RENAME, vals!["old", "new"])?, 1);
        let row = tx.query_one(MINUS, vals![4_000_000_000_i64, 9_000_000_000_i64, "b"])?;
        assert_eq!((row.get(0)?, row.get(1)?, row.text(2)?), (5_000_000_000_i64, 4_000_000_000_i64, "ab"));
        Ok(())
    })
    .expect("written");
    assert_eq!(names(&rig.store), ["new"]);
}

fn a_missing_value_has_a_type(rig: &Rig) {
    const FILTER: Sql = sql!("SELECT subject FROM subject_lock WHERE $1 IS NULL OR subject = $1 ORDER BY subject");
    const DEFAULT: Sql = sql!("SELECT COALESCE($1, 0) + 3000000000");
    write(&rig.store, |tx| {
        add(tx, "a")?;
        add(tx, "b")?;
        assert_eq!(tx.query(FILTER, vals![None::<&str>])?.len(), 2);
        assert_eq!(tx.query(FILTER, vals![Some("b")])?.len(), 1);
        assert_eq!(tx.query_one(DEFAULT, vals![None::<i64>])?.get::<i64>(0)?, 3_000_000_000);
        assert_eq!(tx.query_one(DEFAULT, vals![5_000_000_000_i64])?.get::<i64>(0)?, 8_000_000_000);
        Ok(())
    })
    .expect("read");
}

fn wrong_values_are_told_before_they_do_harm(rig: &Rig) {
    let shape = |result: Result<(), DbError>| assert!(matches!(result, Err(DbError::Shape(_))), "{result:?}");
    shape(write(&rig.store, |tx| tx.execute(ADD, vals![]).map(|_| ())));
    shape(write(&rig.store, |tx| tx.execute(ADD, vals!["a", "b"]).map(|_| ())));
    shape(write(&rig.store, |tx| tx.query_one(ALL, vals![]).map(|_| ())));
    shape(write(&rig.store, |tx| {
        add(tx, "a")?;
        tx.query_one(ALL, vals![])?.get::<i64>(0).map(|_| ())
    }));
    shape(write(&rig.store, |tx| {
        add(tx, "a")?;
        tx.query_one(ALL, vals![])?.get::<String>(1).map(|_| ())
    }));
    const FRACTION: Sql = sql!("SELECT 1.5");
    shape(write(&rig.store, |tx| tx.query(FRACTION, vals![]).map(|_| ())));
    shape(rig.store.write(|_| Ok::<_, DbError>(recorded((), "has a space"))).map(|_| ()));
    assert!(names(&rig.store).is_empty());
}

fn faults_have_the_same_kind(rig: &Rig) {
    const LONG: Sql = sql!(
        "INSERT INTO occupancy (subject, kind, owner, from_at, to_at) VALUES ('a', 'appointment', 'b', 0, 43200000001)"
    );
    const NO_OWNER: Sql =
        sql!("INSERT INTO occupancy (subject, kind, from_at, to_at) VALUES ('a', 'appointment', 0, 1)");
    let twice = write(&rig.store, |tx| add(tx, "a").and_then(|()| add(tx, "a")));
    assert!(matches!(twice, Err(DbError::Unique(_))), "{twice:?}");
    let long = write(&rig.store, |tx| tx.execute(LONG, vals![]));
    assert!(matches!(long, Err(DbError::Check(_))), "{long:?}");
    let nobody = write(&rig.store, |tx| tx.execute(NO_OWNER, vals![]));
    assert!(matches!(nobody, Err(DbError::NotNull(_))), "{nobody:?}");
    const NO_TABLE: Sql = sql!("SELECT a FROM nowhere");
    let nowhere = write(&rig.store, |tx| tx.query(NO_TABLE, vals![]).map(|_| ()));
    assert!(matches!(nowhere, Err(DbError::Other(_))), "{nowhere:?}");
}

fn a_read_may_not_write(rig: &Rig) {
    let refused = rig.store.read(|tx| add(tx, "a"));
    assert_eq!(refused, Err(DbError::ReadOnly));
    assert!(names(&rig.store).is_empty());
    write(&rig.store, |tx| add(tx, "a")).expect("writing goes on");
}

fn bookkeeping_may_not_touch_a_fact(rig: &Rig) {
    const FORGET: Sql = sql!("DELETE FROM command WHERE created_at < $1");
    let refused = rig.store.write_unaudited(|tx| add(tx, "a"));
    assert_eq!(refused, Err(DbError::NeedsAudit("subject_lock".to_owned())));
    assert_eq!(rig.store.write_unaudited(|tx| tx.execute(FORGET, vals![0_i64])), Ok(0));
}

fn an_empty_statement_is_skipped(rig: &Rig) {
    const ONLY_PG: Sql = sql!(pg "SELECT 1");
    let rows = write(&rig.store, |tx| tx.query(ONLY_PG, vals![])).expect("skipped or run");
    assert_eq!(rows.len(), usize::from(rig.is_postgres()));
}

fn many_writers_at_once_all_get_their_own_answer(rig: &Rig) {
    let runs = Arc::new(AtomicU32::new(0));
    let start = Arc::new(Barrier::new(64));
    let threads: Vec<_> = (0..64)
        .map(|n| {
            let (store, runs, start) = (rig.store.clone(), runs.clone(), start.clone());
            std::thread::spawn(move || {
                start.wait();
                let answer = write(&store, move |tx| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    add(tx, &format!("{n:02}"))?;
                    assert!(n % 8 != 0, "every eighth panics");
                    if n % 8 == 1 { Err(DbError::Busy) } else { Ok(n) }
                });
                match n % 8 {
                    0 => assert!(matches!(answer, Err(DbError::Panicked(_))), "{answer:?}"),
                    1 => assert_eq!(answer, Err(DbError::Busy)),
                    _ => assert_eq!(answer, Ok(n)),
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("the answer it should have"));
    assert_eq!(names(&rig.store).len(), 48);
    assert!(runs.load(Ordering::Relaxed) >= 64);
    let head = rig.store.read(|tx| tx.query_one(HEAD, vals![practice(1)])?.get::<i64>(0)).expect("read");
    assert_eq!(head, 48, "the record has one entry for each that was kept");
}

fn one_flow_may_leave_several_entries(rig: &Rig) {
    let done = rig.store.write(|tx| {
        add(tx, "a")?;
        let about = |n| entry(practice(n), fresh_command(), &["apt_a"]);
        Ok::<_, DbError>(Done::new((), about(2)).and([about(1), about(2)]))
    });
    assert_eq!(done.expect("written").receipt.seq, 1);
    for (n, entries) in [(1, 1), (2, 2)] {
        let head = rig.store.read(move |tx| tx.query_one(HEAD, vals![practice(n)])?.get::<i64>(0)).expect("read");
        assert_eq!(head, entries);
    }
}

#[test]
fn handlers_wait_for_their_answer_without_blocking() {
    for rig in [Rig::memory(), Rig::sqlite(), Rig::postgres()] {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let written = rig.store.write_async(|tx| add(tx, "a").map(|()| recorded(7, "thp_a"))).await;
            assert_eq!(written.expect("written").answer, 7);
            let read = rig.store.read_async(|tx| tx.query(ALL, vals![]).map(|rows| rows.len())).await;
            assert_eq!(read, Ok(1));
            let refused = rig.store.write_unaudited_async(|tx| add(tx, "b")).await;
            assert_eq!(refused, Err(DbError::NeedsAudit("subject_lock".to_owned())));
        });
    }
}

#[test]
fn only_versions_of_sqlite_that_keep_their_word_are_accepted() {
    let accepted = [3_044_006, 3_044_099, 3_050_007, 3_051_003, 3_051_004, 3_052_001, 3_053_000, 3_054_001];
    let refused = [3_007_000, 3_044_005, 3_045_000, 3_050_006, 3_051_000, 3_051_002, 3_052_000];
    assert!(accepted.iter().all(|version| sqlite_is_safe(*version).is_ok()));
    assert!(refused.iter().all(|version| sqlite_is_safe(*version).is_err()));
}

#[test]
fn a_second_process_on_the_same_file_is_refused_and_a_reader_is_not() {
    let rig = Rig::sqlite();
    let second = Store::open(rig.config.clone()).err();
    assert!(matches!(second, Some(DbError::Unavailable(ref why)) if why.contains("another")), "{second:?}");
    write(&rig.store, |tx| add(tx, "a")).expect("written");
    let reader = Store::open_read_only(rig.config.clone()).expect("a reader beside the writer");
    assert_eq!(names(&reader), ["a"]);
    assert_eq!(write(&reader, |tx| add(tx, "b")), Err(DbError::ReadOnly));
    let Rig { store, config, folder, .. } = rig;
    drop((store, reader));
    let again = Store::open(config).expect("free again");
    assert_eq!(names(&again), ["a"]);
    drop((again, folder));
}

#[test]
fn a_store_that_cannot_be_reached_says_so() {
    let folder = Folder::create();
    let nowhere = Store::open(Config::sqlite(folder.0.join("missing").join("practice.db"))).err();
    assert!(matches!(nowhere, Some(DbError::Unavailable(_))), "{nowhere:?}");
    let nobody = Store::open(Config::postgres(format!(
        "postgresql://a@{}/b",
        folder.0.display().to_string().replace('/', "%2F")
    )))
    .err();
    assert!(matches!(nobody, Some(DbError::Unavailable(_))), "{nobody:?}");
}

#[test]
fn a_runaway_statement_is_stopped_and_its_neighbours_are_kept() {
    const ENDLESS: Sql = sql!(
        "INSERT INTO subject_lock (subject)
         WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n > 0)
         SELECT 'thp' FROM up WHERE n < 0"
    );
    let rig = Rig::sqlite();
    let neighbours: Vec<_> = (0..8)
        .map(|n| {
            let store = rig.store.clone();
            std::thread::spawn(move || {
                write(&store, move |tx| {
                    add(tx, &format!("{n}"))?;
                    if n == 4 { tx.execute(ENDLESS, vals![]).map(|_| ()) } else { Ok(()) }
                })
            })
        })
        .collect();
    let kept = neighbours.into_iter().map(|thread| thread.join().expect("an answer"));
    assert_eq!(kept.filter(Result::is_ok).count(), 7);
    assert_eq!(names(&rig.store).len(), 7);
}

#[test]
fn a_flow_may_hold_the_last_handle_on_its_store() {
    for rig in [Rig::sqlite(), Rig::postgres()] {
        let Rig { store, folder, database, .. } = rig;
        let held = store.clone();
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let answer = runtime.block_on(async move {
            let read = store.clone();
            drop(store);
            read.read_async(move |tx| {
                let _last = &held;
                tx.query(ALL, vals![]).map(|rows| rows.len())
            })
            .await
        });
        assert_eq!(answer, Ok(0));
        drop((folder, database));
    }
}

#[test]
fn a_password_is_never_shown() {
    let config = Config::postgres("postgresql://practice:secret@db.example/holdspace");
    assert_eq!(format!("{config:?}"), "postgres:…db.example/holdspace");
}

#[test]
fn a_snapshot_does_not_move_while_others_write() {
    for rig in [Rig::sqlite(), Rig::postgres()] {
        write(&rig.store, |tx| add(tx, "a")).expect("written");
        let writer = rig.store.clone();
        let seen = rig.store.read(move |tx| {
            let before = tx.query(ALL, vals![])?.len();
            let other = writer.clone();
            std::thread::spawn(move || write(&other, |tx| add(tx, "b"))).join().expect("a thread").expect("written");
            Ok::<_, DbError>((before, tx.query(ALL, vals![])?.len()))
        });
        assert_eq!(seen, Ok((1, 1)));
        assert_eq!(names(&rig.store).len(), 2);
    }
}
