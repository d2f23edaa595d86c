//! Puts a practice of the demo into the store: policy, people, hours, who works with whom, and a token for each.

use super::cast::{House, client_address, is_new};
use super::stage::{Planted, Stage, keep};
use crate::app::App;
use crate::dice::Secret;
use crate::flow::setup::{self, NewPerson, NewPractice, NewTherapist};
use crate::flow::{Ask, Failed, Flow, Who};
use domain::id::Ids;
use domain::money::Money;
use domain::person::{Channel, ContactPreference, Person, PersonRef, Role};
use domain::practice::{AgreementHow, PolicyAcceptance};
use domain::time::{Instant, Span};
use std::collections::BTreeMap;
use store::{Done, Tx, token};

/// How the record names whoever set the demo up.
pub const PLANTER: &str = "demo";

/// The bearer token of a person of the demo: the same at every start.
pub fn api_token(app: &App, person: PersonRef) -> Secret {
    Secret::from_bytes(app.keys.code(b"demo api token", person.to_string().as_bytes()))
}

/// Plants a practice.
///
/// # Errors
/// Faults of the store.
pub fn plant(stage: &mut Stage, house: &'static House) -> Flow<Planted> {
    let (ask, app) = (stage.ask(Who::System(PLANTER)), stage.app.clone());
    stage.write(move |tx| planting(tx, &app, &ask, house))
}

fn planting(tx: &mut Tx<'_>, app: &App, ask: &Ask, house: &'static House) -> Flow<Done<Planted>> {
    let (mut ids, mut entries, tools) = (Ids::new(ask.command, ask.now), Vec::new(), &app.tools);
    let practice = keep(setup::practice(tx, tools, ask, &mut ids, practice_of(house))?, &mut entries);
    let mut place = 0..;
    let mut staff = Vec::new();
    for (role, name) in house.staff {
        let wish = colleague(house, role, name, place.next().unwrap_or_default());
        staff.push(keep(setup::person(tx, tools, ask, &mut ids, practice.id, wish)?, &mut entries));
    }
    let mut therapists = Vec::new();
    for healer in &house.therapists {
        let wish = colleague(house, Role::Therapist, healer.name, place.next().unwrap_or_default());
        let money = |minor| Money::new(minor, house.currency());
        let work = NewTherapist {
            schedule: healer.schedule(house),
            late_cancel_fee: healer.fees.map(|(late, _)| money(late)),
            no_show_fee: healer.fees.map(|(_, missed)| money(missed)),
        };
        therapists.push(keep(setup::therapist(tx, tools, ask, &mut ids, practice.id, wish, work)?, &mut entries));
    }
    let (mut clients, mut relationships) = (Vec::new(), Vec::new());
    for (n, guest) in house.clients.iter().enumerate() {
        let wish = client(house, n, ask.now, place.next().unwrap_or_default());
        let person = keep(setup::person(tx, tools, ask, &mut ids, practice.id, wish)?, &mut entries);
        let accepted_at = ask.now - Span::hours(24 * 60);
        let accepted = PolicyAcceptance { version: 1, at: accepted_at, how: AgreementHow::Portal };
        let accepted = Some(accepted).filter(|_| !is_new(n));
        let with = &therapists[guest.therapist];
        relationships.push(keep(setup::relationship(tx, tools, ask, &mut ids, with, &person, accepted)?, &mut entries));
        clients.push(person);
    }
    let people = staff.iter().chain(therapists.iter().map(|t| &t.person)).chain(&clients);
    for person in people {
        let hash = api_token(app, person.id).hash();
        token::add_api(tx, ids.mint(), hash, person.id, "demo", ask.now)?;
    }
    let planted = Planted { house, practice, staff, therapists, clients, relationships, booked: BTreeMap::new() };
    done(planted, entries)
}

/// An answer with all of its entries.
pub fn done<T>(answer: T, mut entries: Vec<domain::audit::Entry>) -> Flow<Done<T>> {
    if entries.is_empty() {
        return Err(Failed::Nothing { look_again: None });
    }
    let first = entries.remove(0);
    Ok(Done::new(answer, first).and(entries))
}

fn practice_of(house: &House) -> NewPractice {
    NewPractice {
        name: house.name.to_owned(),
        preset: house.preset,
        zone: house.zone(),
        locale: house.locale(),
        currency: house.currency(),
        support_phone: house.phone.to_owned(),
        support_email: format!("support@{}", house.host),
        clinical_email: format!("clinical@{}", house.host),
        risk_email: format!("risk@{}", house.host),
    }
}

fn colleague(house: &House, role: Role, name: &str, place: usize) -> NewPerson {
    NewPerson {
        role,
        name: name.to_owned(),
        email: Some(house.address(name)),
        phone: Some(house.number(place)),
        preference: ContactPreference {
            channels: vec![Channel::Email],
            voicemail: false,
            asked_at: None,
            ..Default::default()
        },
    }
}

fn client(house: &House, n: usize, now: Instant, place: usize) -> NewPerson {
    let guest = &house.clients[n];
    let mut channels = vec![guest.prefers];
    if guest.prefers != Channel::Email {
        channels.push(Channel::Email);
    }
    NewPerson {
        role: Role::Client,
        name: guest.name.to_owned(),
        email: Some(client_address(guest.name)),
        phone: Some(house.number(place)),
        preference: ContactPreference {
            channels,
            voicemail: guest.voicemail,
            asked_at: Some(now),
            ..Default::default()
        },
    }
}

/// The people of a planted practice who may act: by role.
pub fn of_role(planted: &Planted, role: Role) -> Option<&Person> {
    planted.staff.iter().find(|person| person.role == role)
}
