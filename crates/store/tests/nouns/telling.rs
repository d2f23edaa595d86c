//! What clients said about being told, and the words that practices tell them in.

use crate::support::{Rig, minutes};
use crate::world::*;
use domain::id::Id;
use domain::message::MessageKind;
use domain::person::{Channel, Locale, PersonRef};
use domain::risk::EmergencyContact;
use domain::telling::address::{AddressChange, What};
use domain::telling::consent::{OwnQuiet, Source};
use domain::telling::template::{Template, TemplateWords};
use holdspace_store::{DbError, address, person, practice, risk, template};

crate::on_both_engines! {
    what_a_client_said_is_read_with_the_person;
    a_new_address_waits_and_one_of_a_kind_at_most;
    an_emergency_contact_is_there_for_two_roles;
    a_practices_words_stay_in_versions_and_it_is_seen_that_they_changed;
}

fn what_a_client_said_is_read_with_the_person(rig: &Rig) {
    settle(rig);
    let dan = see(rig, |tx| person::load(tx, PersonRef::Client(DAN))).expect("Dan");
    assert!(dan.preference.file.is_empty());
    let mut said = dan.clone();
    let no = said.preference.file.clone().consent(Channel::Sms, false, Source::Text, minutes(3)).expect("a no");
    let quiet =
        OwnQuiet { from: "22:00".parse().expect("a time"), to: "07:00".parse().expect("a time"), urgent: false };
    said.preference.file = no.wrong("+447700900999", Source::Staff, minutes(4));
    said.preference.file.quiet = Some(quiet);
    said.preference.file.safe_content = true;
    (said.email, said.phone) = (Some("new@example.org".into()), Some("+447700900999".into()));
    (said.locale, said.zone) = (Locale::EnUs, "America/New_York".parse().expect("a zone"));
    let kept = said.clone();
    assert!(save(rig, move |tx| person::update_contact(tx, DAN, &kept)));
    assert_eq!(see(rig, |tx| person::load(tx, PersonRef::Client(DAN))).expect("Dan"), said);
}

fn change(n: u8, what: What) -> AddressChange {
    let to = if what == What::Email { "new@example.org" } else { "+447700900999" };
    AddressChange {
        id: Id::from_bytes([n; 16]),
        practice: ELM,
        client: DAN,
        what,
        to: to.into(),
        asked_at: minutes(i64::from(n)),
        tries: 0,
        ended_at: None,
    }
}

fn a_new_address_waits_and_one_of_a_kind_at_most(rig: &Rig) {
    settle(rig);
    for (n, what) in [(1, What::Email), (2, What::Email), (3, What::Phone)] {
        save(rig, move |tx| address::put(tx, &change(n, what)));
    }
    let waits = see(rig, |tx| address::open_of(tx, DAN));
    assert_eq!(waits, [change(2, What::Email), change(3, What::Phone)]);
    let first = see(rig, |tx| address::load(tx, Id::from_bytes([1; 16]))).expect("it stays");
    assert_eq!(first.ended_at, Some(minutes(2)));
    assert!(save(rig, |tx| address::try_once(tx, Id::from_bytes([3; 16]), 5)));
    assert_eq!(see(rig, |tx| address::load(tx, Id::from_bytes([3; 16]))).expect("it").tries, 1);
    assert!(save(rig, |tx| address::end(tx, DAN, What::Phone, minutes(5))));
    assert!(!save(rig, |tx| address::end(tx, DAN, What::Phone, minutes(6))));
    assert_eq!(see(rig, |tx| address::open_of(tx, DAN)), [change(2, What::Email)]);
}

fn an_emergency_contact_is_there_for_two_roles(rig: &Rig) {
    settle(rig);
    let rosa = EmergencyContact {
        practice: ELM,
        client: DAN,
        name: "Rosa Reyes".into(),
        phone: "+447700900499".into(),
        relation: "sister".into(),
        set_by: PersonRef::Client(DAN),
        set_at: minutes(3),
    };
    save(rig, move |tx| risk::put_contact(tx, &rosa));
    assert_eq!(see(rig, |tx| risk::contact_since(tx, DAN)), Some(minutes(3)));
    for who in [Who::Olive, Who::Ada, Who::Dan, Who::Hal, Who::Job, Who::LinkOfDan] {
        assert_eq!(see(rig, move |tx| who.look(|scope| risk::contact(tx, scope, DAN))), None);
    }
    assert!(save(rig, |tx| risk::drop_contact(tx, DAN)));
    assert!(!save(rig, |tx| risk::drop_contact(tx, DAN)));
    assert_eq!(see(rig, |tx| risk::contact_since(tx, DAN)), None);
}

fn version(n: u32, words: Option<&str>) -> Template {
    let words = words.map(|text| TemplateWords { subject: text.into(), letter: text.into(), short: text.into() });
    let (kind, locale) = (MessageKind::RunningLate, Locale::EnGb);
    Template { practice: ELM, kind, locale, version: n, words, made_at: minutes(i64::from(n)), made_by: "test".into() }
}

fn a_practices_words_stay_in_versions_and_it_is_seen_that_they_changed(rig: &Rig) {
    settle(rig);
    let since = |rig: &Rig| see(rig, |tx| practice::load(tx, ELM)).expect("a practice").templates;
    assert_eq!(since(rig), None);
    for (n, words) in [(1, Some("one")), (2, Some("two")), (3, None)] {
        let change = Id::from_bytes([n as u8; 16]);
        save(rig, move |tx| template::insert(tx, &version(n, words), change));
        assert_eq!(since(rig), Some(change));
        assert_eq!(see(rig, |tx| template::latest(tx, ELM)), [version(n, words)]);
    }
    let all = see(rig, |tx| template::versions(tx, ELM, MessageKind::RunningLate, Locale::EnGb, 2));
    assert_eq!(all, [version(3, None), version(2, Some("two"))]);
    let again =
        crate::support::write(&rig.store, |tx| template::insert(tx, &version(3, None), Id::from_bytes([9; 16])));
    assert!(matches!(again, Err(DbError::Unique(_))), "{again:?}");
}
