//! Alder House with the rest of its office, its guides, a client whom nobody has met, and programs that speak to it.

use crate::house::{DANIEL, GRACE, House, MAYA, OWEN, PRACTICE, RUTH, SAM, client, now};
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Request};

use domain::audit::Entry;
use domain::id::{ClientId, Id, Ids, TokenId};
use domain::person::{Channel, ContactPreference, Locale, Person, PersonRef, Role};
use domain::policy::Preset;
use domain::practice::{Relationship, RelationshipState};
use domain::time::Instant;
use holdspace_server::dice::hash_of;
use holdspace_server::flow::{self, Ask, Failed, Who};
use holdspace_server::routes::router;
use serde_json::Value;
use store::{Done, Tx};
use tower::ServiceExt as _;

pub const SUE: PersonRef = PersonRef::Staff(Id::from_bytes([50; 16]));
pub const LEA: PersonRef = PersonRef::Staff(Id::from_bytes([51; 16]));
pub const RAY: PersonRef = PersonRef::Staff(Id::from_bytes([52; 16]));
pub const NINA: ClientId = Id::from_bytes([60; 16]);

/// The house with everybody in it.
pub async fn the_house(preset: Preset) -> House {
    let house = House::of(preset).await;
    let (app, command) = (house.app.clone(), house.app.dice.command(now()));
    let done = app.store.write_async(move |tx: &mut Tx| -> flow::Flow<Done<()>> {
        let staff = [
            (SUE, Role::Support, "Sue Hart", "+44 7700 900200"),
            (LEA, Role::ClinicalLead, "Lea Stern", "+44 7700 900201"),
            (RAY, Role::RiskDuty, "Ray Young", "+44 7700 900202"),
            (PersonRef::Client(NINA), Role::Client, "Nina Lund", "+44 7700 900203"),
        ];
        for (id, role, name, phone) in staff {
            store::person::insert(tx, &somebody(id, role, name, phone))?;
        }
        let PersonRef::Therapist(therapist) = MAYA else { panic!("a therapist") };
        let pair = Relationship {
            id: Id::from_bytes([160; 16]),
            practice: PRACTICE,
            therapist,
            client: NINA,
            state: RelationshipState::Active,
            accepted_policy: None,
            pathway: None,
            file: Default::default(),
        };
        store::relationship::insert(tx, &pair)?;
        let mut ids = Ids::new(command, now());
        flow::guide::begin_with(tx, &mut ids, PRACTICE, Locale::EnGb, now())?;
        let clients = [DANIEL, GRACE].map(client);
        for who in [MAYA, OWEN, SAM, RUTH, SUE, LEA, RAY, PersonRef::Client(NINA)].into_iter().chain(clients) {
            let id: TokenId = ids.mint();
            store::token::add_api(tx, id, hash_of(&format!("token-of-{who}")), who, "test", now())?;
        }
        let entry = Entry {
            practice: PRACTICE,
            command,
            at: now(),
            actor: "system:test".into(),
            on_behalf_of: None,
            word: "office_made".into(),
            subjects: vec![PRACTICE.to_string()],
            details: Value::Null,
            salt: [0; 16],
        };
        Ok(Done::new((), entry))
    });
    done.await.map_err(|why: Failed| format!("{why:?}")).expect("an office");
    house
}

fn somebody(id: PersonRef, role: Role, name: &str, phone: &str) -> Person {
    Person {
        id,
        practice: PRACTICE,
        role,
        name: name.into(),
        email: Some(format!("{}@example.org", name.to_lowercase().replace(' ', "."))),
        phone: Some(phone.into()),
        zone: "Europe/London".parse().expect("a zone"),
        locale: Locale::EnGb,
        preference: ContactPreference {
            channels: vec![Channel::Email],
            voicemail: false,
            asked_at: Some(now()),
            ..Default::default()
        },
        active: true,
    }
}

/// What came back: the status and the body.
pub type Reply = (u16, Value);

/// A program of this person sends this.
pub async fn send(house: &House, who: PersonRef, method: Method, path: &str, body: Value) -> Reply {
    let token = format!("token-of-{who}");
    let request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, "application/json");
    let request = request.header("authorization", format!("Bearer {token}"));
    let request = request.body(Body::from(body.to_string())).expect("a request");
    let (parts, body) = router(&house.app).oneshot(request).await.expect("an answer").into_parts();
    let bytes = to_bytes(body, 4_000_000).await.expect("a body");
    (parts.status.as_u16(), serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

pub async fn post(house: &House, who: PersonRef, path: &str, body: Value) -> Reply {
    send(house, who, Method::POST, path, body).await
}

pub async fn get(house: &House, who: PersonRef, path: &str) -> Reply {
    send(house, who, Method::GET, path, serde_json::json!({})).await
}

/// Somebody at work at this moment.
pub fn ask(house: &House, who: Who, when: Instant) -> Ask {
    Ask { who, now: when, command: house.app.dice.command(when) }
}

/// Every message to this person: kind, subject and text.
pub async fn letters(house: &House, to: PersonRef) -> Vec<(String, String, String)> {
    let read = house.app.store.read_async(move |tx: &mut Tx| -> flow::Flow<_> {
        let filter = store::message::Filter { to: Some(to), ..Default::default() };
        let scope = domain::access::Scope::System("test");
        Ok(store::message::list(tx, &scope, &filter, None, 200)?.items)
    });
    let all = read.await.map_err(|why: Failed| format!("{why:?}")).expect("read");
    all.into_iter().map(|message| (message.kind.to_string(), message.subject, message.text)).collect()
}
