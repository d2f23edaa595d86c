//! What clients write back, and how much of something was used.

use crate::support::{Rig, minutes, noon};
use crate::world::*;
use domain::access::Scope;
use domain::id::{Id, InboundId};
use domain::inbound::Inbound;
use domain::person::Channel;
use domain::time::Span;
use holdspace_store::{appointment, inbound, tally};

crate::on_both_engines! {
    what_is_handed_over_twice_is_one;
    it_waits_until_it_is_read_and_its_words_stay;
    only_those_who_work_with_them_see_what_clients_write;
    a_tally_counts_within_its_period_and_begins_anew_after_it;
}

fn inb(n: u8) -> InboundId {
    Id::from_bytes([n; 16])
}

fn a_text(n: u8) -> Inbound {
    Inbound {
        id: inb(n),
        practice: ELM,
        client: DAN,
        answers: None,
        appointment: None,
        channel: Channel::Sms,
        address: "+447700900412".into(),
        body: format!("Text {n}"),
        received_at: minutes(n.into()),
        understood: None,
    }
}

fn take_in(rig: &Rig, text: Inbound, reference: &'static str) -> bool {
    save(rig, move |tx| inbound::insert(tx, &text, reference))
}

fn what_is_handed_over_twice_is_one(rig: &Rig) {
    settle(rig);
    assert!(take_in(rig, a_text(1), "sms:7"));
    assert!(!take_in(rig, a_text(2), "sms:7"), "the gateway's own name for it says so");
    assert!(take_in(rig, a_text(3), "sms:8"));
    assert_eq!(listed(rig), [3, 1], "newest first");
}

fn listed(rig: &Rig) -> Vec<u8> {
    let page = see(rig, |tx| inbound::list(tx, &Scope::System("test"), Some(DAN), None, 10));
    page.items.iter().map(|one| one.id.bytes()[0]).collect()
}

fn it_waits_until_it_is_read_and_its_words_stay(rig: &Rig) {
    settle(rig);
    save(rig, |tx| appointment::insert(tx, &an_appointment(1)));
    take_in(rig, a_text(1), "sms:1");
    let found = see(rig, |tx| inbound::load(tx, inb(1))).expect("it is there");
    assert_eq!(found, a_text(1));
    let read = Inbound { understood: Some("wait".into()), appointment: Some(apt(1)), ..a_text(1) };
    let kept = read.clone();
    save(rig, move |tx| inbound::read(tx, &kept));
    let about = see(rig, |tx| inbound::of_appointment(tx, &Scope::System("test"), apt(1)));
    assert_eq!(about, [read]);
}

fn only_those_who_work_with_them_see_what_clients_write(rig: &Rig) {
    settle(rig);
    save(rig, |tx| appointment::insert(tx, &an_appointment(1)));
    take_in(rig, Inbound { appointment: Some(apt(1)), ..a_text(1) }, "sms:1");
    only_those_who_may_see(rig, |tx, scope| Ok(inbound::of_appointment(tx, scope, apt(1))?.len() == 1));
}

fn a_tally_counts_within_its_period_and_begins_anew_after_it(rig: &Rig) {
    let take = |what: &'static str, at| {
        rig.store.write_unaudited(move |tx| tally::take(tx, what, Span::hours(1), at)).expect("counted")
    };
    assert_eq!((take("texts a", noon()), take("texts a", minutes(59)), take("texts b", noon())), (1, 2, 1));
    assert_eq!(take("texts a", minutes(60)), 1, "the next hour");
    assert_eq!(take("texts a", minutes(61)), 2);
    let many = |at| rig.store.write_unaudited(move |tx| tally::take_many(tx, "texts a", 6, Span::hours(1), at));
    assert_eq!(many(minutes(62)), Ok(8));
    assert_eq!(many(minutes(120)), Ok(6), "the next hour");
}
