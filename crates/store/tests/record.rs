//! The record: a chain that holds, a file that anybody can check, and idempotency keys.

mod support;

use domain::audit::{Hash, Trusted, verify};
use domain::time::Span;
use holdspace_store::audit::{self, ChainBroken};
use holdspace_store::command::{self, Key, Lookup};
use holdspace_store::{DbError, Done, Sql, Store, sql, vals};
use std::sync::{Arc, Barrier};
use support::{Rig, entry, fresh_command, noon, practice};

on_every_engine! {
    a_practices_entries_form_one_chain;
    an_export_is_checked_without_the_store;
    erased_details_leave_the_chain_whole;
    any_change_of_a_row_is_found;
    a_receipt_is_found_by_its_command;
    a_key_gets_the_same_answer_again;
    a_key_used_for_something_else_is_refused;
    two_requests_with_one_key_do_one_thing;
    an_answer_belongs_to_a_claimed_key;
}

const KEY: [u8; 32] = [3; 32];

fn act(store: &Store, practice_number: u8, subjects: &'static [&'static str]) {
    let command = fresh_command();
    store
        .write(move |_| Ok::<_, DbError>(Done::new((), entry(practice(practice_number), command, subjects))))
        .expect("written");
}

fn some_history(store: &Store) {
    act(store, 1, &["cli_bea", "apt_1"]);
    act(store, 1, &["cli_carl", "apt_2", "thp_ada", "obl_1", "msg_1", "led_1"]);
    act(store, 2, &["cli_dora"]);
    act(store, 1, &["apt_1", "cli_bea"]);
}

fn chain(store: &Store, number: u8) -> Result<u64, ChainBroken> {
    let checked = store.read(move |tx| audit::check_chain(tx, practice(number))).expect("read");
    checked.map(|last| last.map_or(0, |receipt| receipt.seq))
}

fn trusted() -> Trusted {
    Trusted::Key(ed25519_dalek::SigningKey::from_bytes(&KEY).verifying_key().to_bytes())
}

fn a_practices_entries_form_one_chain(rig: &Rig) {
    some_history(&rig.store);
    assert_eq!(chain(&rig.store, 1), Ok(3));
    assert_eq!(chain(&rig.store, 2), Ok(1));
    assert_eq!(chain(&rig.store, 9), Ok(0), "a practice without a record");
    assert_eq!(rig.store.read(audit::practices), Ok(vec![practice(1), practice(2)]));
    let about = rig.store.read(|tx| audit::entries(tx, practice(1), "cli_bea", 0, 10)).expect("read");
    let numbers: Vec<u64> = about.iter().map(|recorded| recorded.receipt.seq).collect();
    assert_eq!(numbers, [1, 3]);
    assert_eq!(about[0].entry.subjects, ["apt_1", "cli_bea"]);
    let second = rig.store.read(|tx| audit::entries(tx, practice(1), "cli_bea", 1, 1)).expect("read");
    assert_eq!(second[0].receipt.seq, 3);
    assert_eq!(rig.store.read(|tx| audit::entries(tx, practice(2), "cli_bea", 0, 10)), Ok(vec![]));
}

fn an_export_is_checked_without_the_store(rig: &Rig) {
    some_history(&rig.store);
    let file = rig.store.read(|tx| audit::export(tx, practice(1), "cli_bea", &KEY)).expect("exported");
    let summary = verify(&file, trusted()).expect("it holds");
    assert_eq!((summary.entries, summary.whole, summary.erased), (3, 2, 0));
    let head = rig.store.read(|tx| audit::head(tx, practice(1))).expect("read").expect("a head");
    assert_eq!(summary.head, head.hash);
    assert!(!String::from_utf8_lossy(&file).contains("cli_carl"));
    for position in (0..file.len()).step_by(7) {
        let mut forged = file.clone();
        forged[position] ^= 4;
        assert!(verify(&forged, trusted()).is_err(), "byte {position}");
    }
}

fn erased_details_leave_the_chain_whole(rig: &Rig) {
    some_history(&rig.store);
    let erased = support::write(&rig.store, |tx| audit::erase_details(tx, practice(1), "cli_bea"));
    assert_eq!(erased, Ok(2));
    assert_eq!(chain(&rig.store, 1), Ok(4));
    let file = rig.store.read(|tx| audit::export(tx, practice(1), "cli_bea", &KEY)).expect("exported");
    assert_eq!(verify(&file, trusted()).expect("it holds").erased, 2);
    assert!(!String::from_utf8_lossy(&file).contains("agreed by phone"));
}

const FORGERIES: &[Sql] = &[
    sql!("UPDATE audit_entry SET actor = 'thp_eve' WHERE practice = $1 AND seq = 2"),
    sql!("UPDATE audit_entry SET at = at - 1 WHERE practice = $1 AND seq = 2"),
    sql!("UPDATE audit_entry SET details = '{}' WHERE practice = $1 AND seq = 2"),
    sql!("UPDATE audit_entry SET subjects = 'cli_eve' WHERE practice = $1 AND seq = 2"),
    sql!("UPDATE audit_entry SET digest = hash WHERE practice = $1 AND seq = 2"),
    sql!("UPDATE audit_entry SET hash = digest WHERE practice = $1 AND seq = 2"),
    sql!("DELETE FROM audit_entry WHERE practice = $1 AND seq = 2"),
    sql!("DELETE FROM audit_entry WHERE practice = $1 AND seq = 3"),
    sql!("UPDATE audit_head SET seq = 9 WHERE practice = $1"),
];

fn any_change_of_a_row_is_found(rig: &Rig) {
    some_history(&rig.store);
    for forgery in FORGERIES {
        // The forged chain is looked at inside the flow and then taken back with it.
        let looked = support::write(&rig.store, move |tx| {
            tx.attempt(|tx| {
                assert_eq!(tx.execute(*forgery, vals![practice(1)])?, 1);
                let broken = audit::check_chain(tx, practice(1))?;
                assert!(broken.is_err(), "unnoticed: {forgery}");
                Err::<(), _>(DbError::Busy)
            })
        });
        assert_eq!(looked, Ok(Err(DbError::Busy)));
    }
}

fn a_receipt_is_found_by_its_command(rig: &Rig) {
    let command = fresh_command();
    let done = rig.store.write(move |_| {
        Ok::<_, DbError>(Done::new((), entry(practice(1), command, &["a"])).and([entry(practice(1), command, &["b"])]))
    });
    let receipt = done.expect("written").receipt;
    assert_eq!(receipt.seq, 1);
    assert_eq!(rig.store.read(move |tx| audit::receipt_of(tx, command)), Ok(Some(receipt)));
    let other = fresh_command();
    assert_eq!(rig.store.read(move |tx| audit::receipt_of(tx, other)), Ok(None));
}

fn key() -> Key {
    Key { principal: "per_a".into(), route: "POST /api/v1/appointments".into(), key: "k-1".into() }
}

/// A small booking flow: do it once per key.
fn book(store: &Store, key: Key, request: u8) -> Result<Lookup, DbError> {
    let id = fresh_command();
    let request = Hash::from_bytes([request; 32]);
    store
        .write(move |tx| {
            let found = command::lookup(tx, &key, request, id, noon())?;
            if found == Lookup::New {
                command::save(tx, &key, 201, b"{\"id\":1}")?;
            }
            Ok(Done::new(found, entry(practice(1), id, &["apt_1"])))
        })
        .map(|done| done.answer)
}

fn a_key_gets_the_same_answer_again(rig: &Rig) {
    assert_eq!(book(&rig.store, key(), 1), Ok(Lookup::New));
    let Ok(Lookup::Same(answer)) = book(&rig.store, key(), 1) else { panic!("it is known") };
    assert_eq!((answer.status, answer.body.as_slice()), (201, b"{\"id\":1}".as_slice()));
    let command = answer.command;
    let receipt = rig.store.read(move |tx| audit::receipt_of(tx, command)).expect("read");
    assert_eq!(receipt.map(|r| r.seq), Some(1));
    assert_eq!(rig.store.read(|tx| command::find(tx, &key())), Ok(Some(answer)));
    let forgotten =
        rig.store.write_unaudited(|tx| command::forget_before(tx, noon() + Span::seconds(1))).expect("forgotten");
    assert_eq!(forgotten, 1);
    assert_eq!(book(&rig.store, key(), 1), Ok(Lookup::New));
}

fn a_key_used_for_something_else_is_refused(rig: &Rig) {
    assert_eq!(book(&rig.store, key(), 1), Ok(Lookup::New));
    assert_eq!(book(&rig.store, key(), 2), Ok(Lookup::Other));
    let elsewhere = Key { route: "POST /api/v1/offers".into(), ..key() };
    assert_eq!(book(&rig.store, elsewhere, 2), Ok(Lookup::New));
    let somebody_else = Key { principal: "per_b".into(), ..key() };
    assert_eq!(book(&rig.store, somebody_else, 2), Ok(Lookup::New));
}

fn two_requests_with_one_key_do_one_thing(rig: &Rig) {
    let start = Arc::new(Barrier::new(16));
    let callers: Vec<_> = (0..16)
        .map(|_| {
            let (store, start) = (rig.store.clone(), start.clone());
            std::thread::spawn(move || {
                start.wait();
                book(&store, key(), 1).expect("answered")
            })
        })
        .collect();
    let answers: Vec<Lookup> = callers.into_iter().map(|caller| caller.join().expect("a caller")).collect();
    assert_eq!(answers.iter().filter(|answer| **answer == Lookup::New).count(), 1);
    assert!(answers.iter().all(|answer| *answer != Lookup::Other));
    assert_eq!(chain(&rig.store, 1), Ok(16));
}

fn an_answer_belongs_to_a_claimed_key(rig: &Rig) {
    let unclaimed = support::write(&rig.store, |tx| command::save(tx, &key(), 200, b""));
    assert!(matches!(unclaimed, Err(DbError::Shape(_))), "{unclaimed:?}");
    let failed: Result<_, DbError> = rig.store.write(|tx| -> Result<Done<()>, DbError> {
        command::lookup(tx, &key(), Hash::ZERO, fresh_command(), noon())?;
        Err(DbError::Busy)
    });
    assert_eq!(failed.map(|_| ()), Err(DbError::Busy));
    assert_eq!(book(&rig.store, key(), 1), Ok(Lookup::New), "a flow that failed leaves no claim");
}
