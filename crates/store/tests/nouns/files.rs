//! What is on file: reserved times, screenings, statements, and what a relationship keeps.

use crate::support::{Rig, minutes, noon};
use crate::world::*;
use domain::access::{Actor, Scope, Via};
use domain::id::{Id, StatementId};
use domain::person::{PersonRef, Role};
use domain::practice::{Contracting, Ending, Relationship, RelationshipFile, RelationshipState};
use domain::reserved::{ReservedSlot, ReservedState};
use domain::risk::Screening;
use domain::statement::Statement;
use domain::time::Weekday;
use holdspace_store::{reserved_slot, risk, sql, statement, therapist};
use std::collections::BTreeSet;

crate::on_both_engines! {
    reserved_times_are_kept_and_found_by_whose_they_are;
    a_screening_is_not_there_for_whoever_may_not_know_of_it;
    statements_stay_in_order_and_with_those_whose_appointment_it_is;
    a_relationship_keeps_its_file;
}

fn slot(number: u8, of: domain::id::RelationshipId) -> ReservedSlot {
    ReservedSlot {
        id: Id::from_bytes([number; 16]),
        practice: ELM,
        relationship: of,
        weekday: Weekday::Tuesday,
        local_time: "14:00".parse().expect("a time"),
        minutes: 50,
        every_weeks: 1,
        first: "2026-03-17".parse().expect("a day"),
        released: BTreeSet::from(["2026-03-24".parse().expect("a day")]),
        state: ReservedState::Active,
    }
}

fn actor(person: PersonRef, role: Role) -> Actor {
    Actor { person, practice: ELM, role, name: "Somebody".into(), via: Via::Api }
}

fn reserved_times_are_kept_and_found_by_whose_they_are(rig: &Rig) {
    settle(rig);
    let (of_dan, of_zoe) = (slot(60, ADA_DAN), slot(61, ADA_ZOE));
    let (dan, zoe) = (of_dan.clone(), of_zoe.clone());
    save(rig, move |tx| {
        reserved_slot::put(tx, &dan, ADA, DAN)?;
        reserved_slot::put(tx, &zoe, ADA, ZOE)?;
        therapist::update_reserved(tx, ADA, &[dan.clone(), zoe.clone()])
    });
    let ada = see(rig, |tx| therapist::load(tx, ADA)).expect("Ada");
    assert_eq!(ada.reserved, [of_dan.clone(), of_zoe.clone()]);
    let seen = |person: PersonRef, role: Role| {
        let who = actor(person, role);
        see(rig, move |tx| reserved_slot::list(tx, &Scope::Actor(&who), None, 10)).items
    };
    assert_eq!(seen(PersonRef::Therapist(ADA), Role::Therapist), [of_dan.clone(), of_zoe.clone()]);
    assert_eq!(seen(PersonRef::Client(ZOE), Role::Client), std::slice::from_ref(&of_zoe));
    assert_eq!(seen(PersonRef::Therapist(BEN), Role::Therapist), []);
    assert_eq!(seen(PersonRef::Staff(OLIVE), Role::Owner).len(), 2);
    let gone = of_dan.clone().in_state(ReservedState::Removed);
    let kept = gone.clone();
    save(rig, move |tx| {
        reserved_slot::put(tx, &gone, ADA, DAN)?;
        therapist::update_reserved(tx, ADA, &[])
    });
    assert_eq!(see(rig, |tx| reserved_slot::of(tx, ADA_DAN)), [kept]);
    assert!(see(rig, |tx| therapist::load(tx, ADA)).expect("Ada").reserved.is_empty());
    let (id, stranger) = (of_dan.id, actor(PersonRef::Client(ZOE), Role::Client));
    assert_eq!(see(rig, move |tx| reserved_slot::load(tx, &Scope::Actor(&stranger), id)), None);
    let column = blamed(rig, sql!("UPDATE reserved_slot SET state = 'paused'"), |tx| reserved_slot::of(tx, ADA_DAN));
    assert_eq!(column, "pattern");
}

fn a_screening_is_not_there_for_whoever_may_not_know_of_it(rig: &Rig) {
    settle(rig);
    let found = Screening {
        practice: ELM,
        client: DAN,
        flagged: true,
        set_by: PersonRef::Therapist(ADA),
        set_at: noon(),
        review_by: Some(minutes(60)),
    };
    save(rig, move |tx| risk::put(tx, &found));
    let cases = [
        (PersonRef::Therapist(ADA), Role::Therapist, true),
        (PersonRef::Therapist(BEN), Role::Therapist, false),
        (PersonRef::Staff(OLIVE), Role::ClinicalLead, true),
        (PersonRef::Staff(OLIVE), Role::RiskDuty, true),
        (PersonRef::Staff(OLIVE), Role::Admin, false),
        (PersonRef::Staff(OLIVE), Role::Support, false),
        (PersonRef::Staff(OLIVE), Role::Owner, false),
        (PersonRef::Client(DAN), Role::Client, false),
    ];
    for (person, role, sees) in cases {
        let who = actor(person, role);
        let (one, all) = see(rig, move |tx| {
            Ok((risk::load(tx, &Scope::Actor(&who), DAN)?, risk::flagged(tx, &Scope::Actor(&who))?))
        });
        assert_eq!((one == Some(found), all.contains(&DAN)), (sees, sees), "{role:?} {person}");
    }
    assert_eq!(see(rig, |tx| risk::load(tx, &Scope::System("test"), DAN)), None, "jobs have no need of it");
    let later = Screening { flagged: false, review_by: None, ..found };
    save(rig, move |tx| risk::put(tx, &later));
    let ada = actor(PersonRef::Therapist(ADA), Role::Therapist);
    assert!(see(rig, move |tx| risk::flagged(tx, &Scope::Actor(&ada))).is_empty());
}

fn statements_stay_in_order_and_with_those_whose_appointment_it_is(rig: &Rig) {
    settle(rig);
    let about = an_appointment(70);
    let id = about.id;
    let said = move |number: u8, by: PersonRef, role: Role| Statement {
        id: StatementId::from_bytes([number; 16]),
        practice: ELM,
        appointment: id,
        by,
        role,
        words: "I was there.".into(),
        at: minutes(number.into()),
    };
    save(rig, move |tx| {
        holdspace_store::appointment::insert(tx, &about)?;
        statement::insert(tx, &said(2, PersonRef::Therapist(ADA), Role::Therapist))?;
        statement::insert(tx, &said(1, PersonRef::Client(DAN), Role::Client))
    });
    let seen = |person: PersonRef, role: Role| {
        let who = actor(person, role);
        see(rig, move |tx| statement::of(tx, &Scope::Actor(&who), id))
    };
    let both = seen(PersonRef::Staff(OLIVE), Role::Owner);
    assert_eq!(both.iter().map(|s| s.role).collect::<Vec<_>>(), [Role::Client, Role::Therapist]);
    assert_eq!(seen(PersonRef::Client(DAN), Role::Client).len(), 2);
    assert!(seen(PersonRef::Client(ZOE), Role::Client).is_empty());
}

fn a_relationship_keeps_its_file(rig: &Rig) {
    settle(rig);
    let file = RelationshipFile {
        contracting: Contracting { continues: Some(true), policy_recap: Some(noon()), ..Contracting::default() },
        ending: Some(Ending { at: noon(), by: "thp_x".into(), reason: "Done".into(), referral: None }),
    };
    let kept = Relationship { state: RelationshipState::Ended, file, ..a_relationship(ADA_DAN, ELM, ADA, DAN) };
    let changed = kept.clone();
    save(rig, move |tx| holdspace_store::relationship::update(tx, &changed));
    let found = see(rig, |tx| holdspace_store::relationship::load(tx, &Scope::System("test"), ADA_DAN));
    assert_eq!(found, Some(kept));
}
