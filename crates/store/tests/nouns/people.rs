//! Practices, people, therapists and relationships.

use crate::support::{self, Rig, minutes};
use crate::world::*;
use domain::id::Id;
use domain::money::{Currency, Money};
use domain::person::{Channel, ContactPreference, PersonRef, Role};
use domain::practice::{AgreementHow, PolicyAcceptance, Relationship, RelationshipState, Therapist};
use holdspace_store::{Cursor, DbError, Tx, person, practice, relationship, sql, therapist};

crate::on_both_engines! {
    a_practice_and_its_people_read_back;
    people_are_found_by_role_and_by_address;
    clients_are_found_by_the_beginnings_of_their_names;
    clients_with_one_name_are_told_apart_from_page_to_page;
    only_ones_own_clients_are_found;
    a_client_says_how_to_be_reached;
    a_therapist_keeps_hours_and_fees;
    a_relationship_remembers_what_was_accepted;
    relationships_are_listed_in_scope;
    rows_of_people_are_distrusted;
}

fn a_practice_and_its_people_read_back(rig: &Rig) {
    settle(rig);
    assert_eq!(see(rig, practice::ids), [ELM, OAK]);
    assert_eq!(see(rig, |tx| practice::load(tx, OAK)), Some(a_practice(OAK, "Oak House", Currency::USD)));
    assert_eq!(see(rig, |tx| practice::load(tx, Id::from_bytes([9; 16]))), None);
    let zoe = see(rig, |tx| person::load(tx, PersonRef::Client(ZOE)));
    assert_eq!(zoe, Some(a_client(ZOE, ELM, "Zoë O'Brien")));
    let ada = see(rig, |tx| therapist::load(tx, ADA));
    assert_eq!(ada, Some(a_therapist(ADA, ELM, "Ada Byrne")));
}

fn people_are_found_by_role_and_by_address(rig: &Rig) {
    settle(rig);
    let names = |people: Vec<domain::person::Person>| people.into_iter().map(|p| p.name).collect::<Vec<_>>();
    let found = see(rig, |tx| person::of_roles(tx, ELM, &[Role::Therapist, Role::Owner]));
    assert_eq!(names(found), ["Ada Byrne", "Ben Okoro", "Olive Marsh"]);
    assert!(see(rig, |tx| person::of_roles(tx, ELM, &[])).is_empty());
    assert_eq!(names(see(rig, |tx| person::by_email(tx, "DAN@example.ORG"))), ["Dan Reyes"]);
    assert!(see(rig, |tx| person::by_email(tx, "dan@example")).is_empty());
    assert!(save(rig, |tx| person::set_active(tx, PersonRef::Client(DAN), false)));
    assert!(see(rig, |tx| person::by_email(tx, "dan@example.org")).is_empty());
    assert!(!save(rig, |tx| person::set_active(tx, PersonRef::Client(Id::from_bytes([99; 16])), false)));
}

fn found(rig: &Rig, who: Who, query: &'static str) -> Vec<String> {
    let page = see(rig, move |tx| who.look(|scope| person::find_clients(tx, scope, query, None, 10)));
    page.items.into_iter().map(|person| person.name).collect()
}

fn clients_are_found_by_the_beginnings_of_their_names(rig: &Rig) {
    settle(rig);
    assert_eq!(found(rig, Who::Olive, ""), ["Dan Reyes", "Eve Reyes-Lund", "Zoë O'Brien"]);
    assert_eq!(found(rig, Who::Olive, "REY"), ["Dan Reyes", "Eve Reyes-Lund"]);
    assert_eq!(found(rig, Who::Olive, "rey e"), ["Eve Reyes-Lund"]);
    assert_eq!(found(rig, Who::Olive, "lund eve reyes"), ["Eve Reyes-Lund"]);
    assert_eq!(found(rig, Who::Olive, "zoe obr"), ["Zoë O'Brien"]);
    assert_eq!(found(rig, Who::Olive, "Zoë O'B"), ["Zoë O'Brien"]);
    for nobody in ["eyes", "dan lund", "%", "_an", "dan' OR 1=1", "ada"] {
        assert!(found(rig, Who::Olive, nobody).is_empty(), "{nobody}");
    }
    let everywhere = rig.store.read(|tx| Who::Job.look(|scope| person::find_clients(tx, scope, "dan", None, 10)));
    assert!(matches!(everywhere, Err(DbError::Shape(_))), "{everywhere:?}");
}

fn clients_with_one_name_are_told_apart_from_page_to_page(rig: &Rig) {
    settle(rig);
    save(rig, |tx| (100..107).try_for_each(|n| person::insert(tx, &a_client(Id::from_bytes([n; 16]), ELM, "Kim Lee"))));
    for query in ["", "lee"] {
        let (mut seen, mut after) = (Vec::new(), None::<Cursor>);
        loop {
            let from = after.clone();
            let look = move |tx: &mut Tx<'_>| Who::Olive.look(|s| person::find_clients(tx, s, query, from.as_ref(), 2));
            let page = see(rig, look);
            assert!(page.items.len() <= 2);
            seen.extend(page.items.into_iter().filter(|p| p.name == "Kim Lee").map(|p| p.id));
            after = page.next.map(|next| next.to_string().parse().expect("a cursor"));
            if after.is_none() {
                break;
            }
        }
        let all: Vec<_> = (100..107).map(|n| PersonRef::Client(Id::from_bytes([n; 16]))).collect();
        assert_eq!(seen, all, "{query:?}");
    }
}

fn only_ones_own_clients_are_found(rig: &Rig) {
    settle(rig);
    assert_eq!(found(rig, Who::Ada, ""), ["Dan Reyes", "Zoë O'Brien"]);
    assert_eq!(found(rig, Who::Ada, "reyes"), ["Dan Reyes"]);
    assert_eq!(found(rig, Who::Hal, "reyes"), ["Ida Reyes"]);
    assert_eq!(found(rig, Who::Dan, ""), ["Dan Reyes"]);
    assert!(found(rig, Who::Dan, "eve").is_empty());
    assert_eq!(found(rig, Who::LinkOfDan, "reyes"), ["Dan Reyes"]);
}

fn a_client_says_how_to_be_reached(rig: &Rig) {
    settle(rig);
    let wish = ContactPreference {
        channels: vec![Channel::Sms, Channel::Phone],
        voicemail: true,
        asked_at: Some(minutes(3)),
        ..Default::default()
    };
    let kept = wish.clone();
    assert!(save(rig, move |tx| person::update_preference(tx, DAN, &kept)));
    let dan = see(rig, |tx| person::load(tx, PersonRef::Client(DAN))).expect("Dan");
    assert_eq!(dan.preference, wish);
    assert!(!save(rig, move |tx| person::update_preference(tx, Id::from_bytes([99; 16]), &wish)));
}

fn a_therapist_keeps_hours_and_fees(rig: &Rig) {
    settle(rig);
    assert!(save(rig, |tx| therapist::update_fees(tx, ADA, Some(gbp(3000)), None)));
    let mut hours = a_therapist(ADA, ELM, "Ada Byrne").schedule;
    hours.weekly.clear();
    let kept = hours.clone();
    assert!(save(rig, move |tx| therapist::update_schedule(tx, ADA, &kept)));
    let ada = see(rig, |tx| therapist::load(tx, ADA)).expect("Ada");
    assert_eq!((ada.late_cancel_fee, ada.no_show_fee, ada.schedule), (Some(gbp(3000)), None, hours));
    let listed = see(rig, |tx| therapist::list(tx, ELM));
    assert_eq!(listed.iter().map(|t| t.id).collect::<Vec<_>>(), [ADA, BEN]);
    let dollars = Some(Money::new(3000, Currency::USD));
    let refused = support::write(&rig.store, move |tx| therapist::update_fees(tx, ADA, None, dollars));
    assert!(matches!(refused, Err(DbError::Check(_))), "{refused:?}");
    let refused = support::write(&rig.store, move |tx| {
        let more = a_therapist(Id::from_bytes([99; 16]), ELM, "Cleo Ray");
        therapist::insert(tx, &Therapist { no_show_fee: dollars, ..more })
    });
    assert!(matches!(refused, Err(DbError::Check(_))), "{refused:?}");
}

fn a_relationship_remembers_what_was_accepted(rig: &Rig) {
    settle(rig);
    let accepted = PolicyAcceptance { version: 3, at: minutes(5), how: AgreementHow::Portal };
    let changed = Relationship {
        state: RelationshipState::Paused,
        accepted_policy: Some(accepted),
        ..a_relationship(ADA_DAN, ELM, ADA, DAN)
    };
    let kept = changed.clone();
    assert!(save(rig, move |tx| relationship::update(tx, &kept)));
    assert_eq!(see(rig, |tx| Who::Job.look(|scope| relationship::of(tx, scope, ADA, DAN))), Some(changed));
    assert_eq!(see(rig, |tx| Who::Job.look(|scope| relationship::of(tx, scope, BEN, DAN))), None);
    let again = support::write(&rig.store, |tx| {
        relationship::insert(tx, &a_relationship(Id::from_bytes([99; 16]), ELM, ADA, DAN))
    });
    assert!(matches!(again, Err(DbError::Unique(_))), "two people have one relationship: {again:?}");
}

fn relationships_are_listed_in_scope(rig: &Rig) {
    settle(rig);
    let listed = |who: Who, state| {
        let page = see(rig, move |tx| who.look(|scope| relationship::list(tx, scope, state, None, 10)));
        page.items.into_iter().map(|r| r.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(Who::Olive, None), [ADA_DAN, ADA_ZOE, BEN_EVE]);
    assert_eq!(listed(Who::Ada, Some(RelationshipState::Active)), [ADA_DAN, ADA_ZOE]);
    assert_eq!(listed(Who::Dan, None), [ADA_DAN]);
    assert_eq!(listed(Who::Hal, None), [HAL_IDA]);
    assert!(listed(Who::Olive, Some(RelationshipState::Ended)).is_empty());
    only_those_who_may_see(rig, |tx, scope| Ok(relationship::load(tx, scope, ADA_DAN)?.is_some()));
    only_those_who_may_see(rig, |tx, scope| Ok(relationship::of(tx, scope, ADA, DAN)?.is_some()));
    only_those_who_may_see(rig, |tx, scope| Ok(relationship::latest_of(tx, scope, DAN)?.is_some()));

    // Dan has gone on to Ben: what is worked in now comes first, and of two alike the newer.
    let with_ben = Id::from_bytes([99; 16]);
    save(rig, move |tx| relationship::insert(tx, &a_relationship(with_ben, ELM, BEN, DAN)));
    let latest = |who: Who| see(rig, move |tx| who.look(|s| relationship::latest_of(tx, s, DAN))).map(|r| r.id);
    assert_eq!(latest(Who::Olive), Some(with_ben));
    let ended = Relationship { state: RelationshipState::Ended, ..a_relationship(with_ben, ELM, BEN, DAN) };
    assert!(save(rig, move |tx| relationship::update(tx, &ended)));
    assert_eq!(latest(Who::Olive), Some(ADA_DAN));
    assert_eq!(latest(Who::Ben), Some(with_ben), "a therapist sees their own alone");
}

fn rows_of_people_are_distrusted(rig: &Rig) {
    settle(rig);
    let dan = |tx: &mut Tx<'_>| person::load(tx, PersonRef::Client(DAN));
    assert_eq!(blamed(rig, sql!("UPDATE person SET zone = 'Mars/Base'"), dan), "zone");
    assert_eq!(blamed(rig, sql!("UPDATE person SET role = 'admin'"), dan), "role");
    assert_eq!(blamed(rig, sql!("UPDATE person SET channels = 'email pigeon'"), dan), "channels");
    let ada = |tx: &mut Tx<'_>| therapist::load(tx, ADA);
    assert_eq!(blamed(rig, sql!("UPDATE therapist SET schedule = '{}'"), ada), "schedule");
    let elm = |tx: &mut Tx<'_>| practice::load(tx, ELM);
    assert_eq!(blamed(rig, sql!("UPDATE practice SET currency = 'gbp'"), elm), "currency");
    let two = |tx: &mut Tx<'_>| Who::Job.look(|scope| relationship::of(tx, scope, ADA, DAN));
    assert_eq!(blamed(rig, sql!("UPDATE relationship SET accepted_version = 1"), two), "accepted_at");
}
