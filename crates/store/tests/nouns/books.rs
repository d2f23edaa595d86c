//! Accounts, contact on file, and links.

use crate::support::{Rig, minutes};
use crate::world::*;
use domain::access::Purpose;
use domain::contact::{AttemptResult, ContactAttempt, Note};
use domain::id::{Id, LedgerEntryId};
use domain::ledger::{EntryKind, LedgerEntry};
use domain::money::{Currency, Money};
use domain::person::{Channel, PersonRef};
use holdspace_store::link::{self, Link};
use holdspace_store::{Cursor, Sql, Tx, appointment, contact, ledger, sql};

crate::on_both_engines! {
    the_balance_is_the_sum_and_the_books_sum_to_nothing;
    each_kind_of_entry_has_its_other_account;
    an_account_is_read_from_page_to_page;
    an_account_is_seen_by_those_whose_it_is;
    broken_books_are_found_out;
    contact_is_kept_on_file;
    a_link_is_made_once_and_known_by_its_hash;
    rows_of_books_are_distrusted;
}

fn led(n: u8) -> LedgerEntryId {
    Id::from_bytes([n; 16])
}

fn an_entry(n: u8, kind: EntryKind, minor: i64) -> LedgerEntry {
    LedgerEntry {
        id: led(n),
        practice: ELM,
        client: DAN,
        appointment: Some(apt(1)),
        kind,
        amount: gbp(minor),
        reason: "Appointment of 9 March".to_owned(),
        at: minutes(i64::from(n / 4)),
        by: "system:capture".to_owned(),
    }
}

fn post(rig: &Rig, entries: Vec<LedgerEntry>) {
    save(rig, move |tx| entries.iter().try_for_each(|entry| ledger::append(tx, entry)));
}

fn booked(rig: &Rig) {
    settle(rig);
    save(rig, |tx| appointment::insert(tx, &an_appointment(1)));
}

fn balance(rig: &Rig, who: Who) -> Option<Money> {
    see(rig, move |tx| who.look(|scope| ledger::balance(tx, scope, DAN)))
}

fn stands_on(rig: &Rig, account: String) -> i64 {
    see(rig, move |tx| ledger::stands_on(tx, &account)).iter().map(|sum| sum.amount_minor).sum()
}

fn the_balance_is_the_sum_and_the_books_sum_to_nothing(rig: &Rig) {
    booked(rig);
    assert_eq!(balance(rig, Who::Dan), Some(gbp(0)));
    post(
        rig,
        vec![
            an_entry(1, EntryKind::Charge, 6000),
            an_entry(2, EntryKind::Payment, -6000),
            an_entry(3, EntryKind::LateFee, 3000),
            an_entry(4, EntryKind::Waiver, -1000),
        ],
    );
    assert_eq!(balance(rig, Who::Dan), Some(gbp(2000)));
    // A payment follows an accepted new time as two entries that sum to nothing.
    post(rig, vec![an_entry(5, EntryKind::CarryOver, 6000), an_entry(6, EntryKind::CarryOver, -6000)]);
    assert_eq!(balance(rig, Who::Dan), Some(gbp(2000)));
    assert_eq!(stands_on(rig, format!("held:{DAN}")), 0);
    assert_eq!(stands_on(rig, format!("client:{DAN}")), 2000);
    assert_eq!(stands_on(rig, format!("income:{ELM}")), -8000);
    assert_eq!(stands_on(rig, format!("bank:{ELM}")), 6000);
    assert!(see(rig, |tx| ledger::unbalanced(tx, ELM, 10)).is_empty());
    let dollars = Money::new(500, Currency::USD);
    post(rig, vec![LedgerEntry { amount: dollars, ..an_entry(7, EntryKind::Credit, 0) }]);
    let all = see(rig, |tx| Who::Olive.look(|scope| ledger::balances(tx, scope, DAN)));
    assert_eq!(all, [gbp(2000), dollars]);
    assert_eq!(balance(rig, Who::Dan), Some(gbp(2000)), "in the practice's currency");
}

fn each_kind_of_entry_has_its_other_account(rig: &Rig) {
    booked(rig);
    for (n, kind) in (1..).zip(EntryKind::ALL.iter().copied()) {
        post(rig, vec![an_entry(n, kind, 100)]);
    }
    let unknown = LedgerEntry { appointment: None, ..an_entry(90, EntryKind::MakeUp, 100) };
    post(rig, vec![unknown]);
    assert_eq!(stands_on(rig, format!("income:{ELM}")), -600);
    assert_eq!(stands_on(rig, format!("bank:{ELM}")), -200);
    assert_eq!(stands_on(rig, format!("held:{DAN}")), -100);
    assert_eq!(stands_on(rig, format!("payer:{ELM}")), -100);
    assert_eq!(stands_on(rig, format!("liability:{ADA}")), -100);
    assert_eq!(stands_on(rig, format!("liability:{ELM}")), -100);
    assert!(see(rig, |tx| ledger::unbalanced(tx, ELM, 10)).is_empty());
}

fn an_account_is_read_from_page_to_page(rig: &Rig) {
    booked(rig);
    post(rig, (1..=11).map(|n| an_entry(n, EntryKind::Charge, 1)).collect());
    let (mut seen, mut after) = (Vec::new(), None::<Cursor>);
    loop {
        let from = after.clone();
        let page = see(rig, move |tx| Who::Dan.look(|scope| ledger::account(tx, scope, DAN, from.as_ref(), 3)));
        seen.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (1..=11).map(|n| an_entry(n, EntryKind::Charge, 1)).collect::<Vec<_>>());
}

fn an_account_is_seen_by_those_whose_it_is(rig: &Rig) {
    booked(rig);
    post(rig, vec![an_entry(1, EntryKind::Charge, 6000)]);
    only_those_who_may_see(rig, |tx, scope| Ok(!ledger::account(tx, scope, DAN, None, 5)?.items.is_empty()));
    only_those_who_may_see(rig, |tx, scope| Ok(ledger::balance(tx, scope, DAN)?.is_some()));
    only_those_who_may_see(rig, |tx, scope| Ok(!ledger::balances(tx, scope, DAN)?.is_empty()));
}

fn broken_books_are_found_out(rig: &Rig) {
    const MORE: Sql = sql!("UPDATE ledger_line SET amount_minor = amount_minor + 1 WHERE entry = $1");
    const GONE: Sql = sql!("DELETE FROM ledger_line WHERE entry = $1");
    const ELSEWHERE: Sql = sql!("UPDATE ledger_line SET account = account || 'x' WHERE entry = $1");
    const AMOUNT: Sql = sql!("UPDATE ledger_entry SET amount_minor = 7 WHERE id = $1");
    booked(rig);
    post(rig, (1..=5).map(|n| an_entry(n, EntryKind::Charge, 6000)).collect());
    for (n, harm) in (1..).zip([MORE, GONE, ELSEWHERE, AMOUNT]) {
        save(rig, move |tx| tx.execute(harm, holdspace_store::vals![led(n)]));
    }
    assert_eq!(see(rig, |tx| ledger::unbalanced(tx, ELM, 10)), [led(1), led(2), led(3), led(4)]);
    assert_eq!(see(rig, |tx| ledger::unbalanced(tx, OAK, 10)), []);
}

fn contact_is_kept_on_file(rig: &Rig) {
    booked(rig);
    let attempt = |n: u8, appointment| ContactAttempt {
        id: Id::from_bytes([n; 16]),
        practice: ELM,
        client: DAN,
        appointment,
        channel: Channel::Voicemail,
        result: AttemptResult::LeftVoicemail,
        at: minutes(1),
        agreed: appointment.map(|_| "He rings back".to_owned()),
        by: PersonRef::Therapist(ADA),
        reason: appointment.map(|_| "The text came back".to_owned()),
    };
    let note = |n: u8| Note {
        id: Id::from_bytes([n; 16]),
        practice: ELM,
        appointment: apt(1),
        informed_at: minutes(2),
        informed_how: Channel::Phone,
        agreed: "Same time next week".to_owned(),
        on_behalf_of: Some(PersonRef::Therapist(ADA)).filter(|_| n == 1),
        by: PersonRef::Staff(OLIVE),
        at: minutes(3),
    };
    save(rig, move |tx| {
        contact::insert_attempt(tx, &attempt(2, None))?;
        contact::insert_attempt(tx, &attempt(1, Some(apt(1))))?;
        contact::insert_note(tx, &note(2))?;
        contact::insert_note(tx, &note(1))
    });
    let attempts = see(rig, |tx| Who::Ada.look(|scope| contact::attempts_of(tx, scope, DAN)));
    assert_eq!(attempts, [attempt(1, Some(apt(1))), attempt(2, None)]);
    let notes = see(rig, |tx| Who::Ada.look(|scope| contact::notes_of(tx, scope, apt(1))));
    assert_eq!(notes, [note(1), note(2)]);
    only_those_who_may_see(rig, |tx, scope| Ok(!contact::attempts_of(tx, scope, DAN)?.is_empty()));
    only_those_who_may_see(rig, |tx, scope| Ok(!contact::notes_of(tx, scope, apt(1))?.is_empty()));
}

fn a_link_is_made_once_and_known_by_its_hash(rig: &Rig) {
    booked(rig);
    let purposes = [Purpose::ChooseTime(Id::from_bytes([5; 16])), Purpose::Book(ADA_DAN), Purpose::Manage(apt(1))];
    let a_link = |n: u8, purpose| Link {
        id: Id::from_bytes([n; 16]),
        practice: ELM,
        client: DAN,
        purpose,
        secret_hash: [n; 32],
        created_at: minutes(0),
        expires_at: None,
    };
    let by_hash = |n: u8| see(rig, move |tx| link::by_hash(tx, [n; 32]));
    for (n, purpose) in (1..).zip(purposes) {
        save(rig, move |tx| link::ensure(tx, &a_link(n, purpose)));
        // Made again, perhaps later: the first one stays.
        save(rig, move |tx| link::ensure(tx, &Link { created_at: minutes(9), ..a_link(n, purpose) }));
        assert_eq!(by_hash(n), Some(a_link(n, purpose)));
    }
    assert_eq!(by_hash(9), None);
    assert!(save(rig, move |tx| link::rotate(tx, Purpose::Book(ADA_DAN), [20; 32], minutes(5), None)));
    assert_eq!(by_hash(2), None, "the old secret opens nothing");
    let rotated = by_hash(20).expect("the new one does");
    assert!(rotated.is_live(minutes(1_000_000)));
    save(rig, move |tx| link::expire(tx, rotated.id, minutes(30)));
    save(rig, move |tx| link::expire(tx, rotated.id, minutes(60)));
    let expired = by_hash(20).expect("it is there");
    assert_eq!(expired.expires_at, Some(minutes(30)), "the sooner end counts");
    assert!(expired.is_live(minutes(29)) && !expired.is_live(minutes(30)));
    assert!(!save(rig, |tx| link::rotate(tx, Purpose::Manage(apt(9)), [30; 32], minutes(5), None)));
}

fn rows_of_books_are_distrusted(rig: &Rig) {
    booked(rig);
    post(rig, vec![an_entry(1, EntryKind::Charge, 6000)]);
    let account = |tx: &mut Tx<'_>| Who::Dan.look(|scope| ledger::account(tx, scope, DAN, None, 5));
    assert_eq!(blamed(rig, sql!("UPDATE ledger_entry SET kind = 'gift'"), account), "kind");
    assert_eq!(blamed(rig, sql!("UPDATE ledger_entry SET currency = 'pounds'"), account), "currency");
    let link = Link {
        id: Id::from_bytes([1; 16]),
        practice: ELM,
        client: DAN,
        purpose: Purpose::Manage(apt(1)),
        secret_hash: [1; 32],
        created_at: minutes(0),
        expires_at: None,
    };
    save(rig, move |tx| link::ensure(tx, &link));
    let harm = sql!("UPDATE link_token SET purpose = 'book'");
    assert_eq!(blamed(rig, harm, |tx| link::by_hash(tx, [1; 32])), "object");
}
