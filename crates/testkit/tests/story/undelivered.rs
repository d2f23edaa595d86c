//! What did not get through stands before the office until it has gone once more, or somebody says how it was seen to.

use crate::steps::{act, booked, cancelled_with_promise, messages, moment, owed_by, put_letters_away, text};
use domain::id::{CommandId, Id};
use domain::message::{Message, MessageKind, MessageState};
use domain::person::PersonRef;
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::world::{Engine, House, Plan, Way, World};
use serde_json::{Value, json};
use server::flow::{Ask, Failed, Who, given_up, jobs};
use server::work::{Call, LEASE, Outcome, Post, step};
use store::job::{Job, Priority, Turns};
use store::{DbError, Tx};

fn waiting(world: &World, who: &holdspace_testkit::world::Member) -> Vec<Value> {
    let found = world.api(who).get("/api/v1/undelivered").good();
    found["messages"].as_array().expect("a list").clone()
}

fn is_seen_to(engine: Engine) {
    let world = Plan::on(engine).by(Way::Exim).only(Preset::Clinic).client_at("hardbounce-daniel@clients.test").begin();
    let house = world.house(Preset::Clinic).clone();
    booked(&world, &house, "2026-11-26 14:00");
    booked(&world, &house, "2026-12-03 14:00");
    world.advance(Span::minutes(4));
    let lost = waiting(&world, &house.admin);
    assert_eq!(lost.len(), 2, "{lost:?}");
    assert!(text(&lost[0]["why"]).starts_with("550"), "{lost:?}");
    world.api(&house.therapist).get("/api/v1/undelivered").refused(404, "not_found");
    let act = |id: &Value, act: &str| format!("/api/v1/messages/{}/{act}", text(id));
    let admin = world.api(&house.admin);
    admin.post(&act(&lost[0]["id"], "settle"), &json!({ "reason": " " })).refused(422, "required");
    admin.post(&act(&lost[0]["id"], "settle"), &json!({ "reason": "Told on the phone" })).good();
    admin.post(&act(&lost[0]["id"], "again"), &json!({})).refused(409, "seen_to");
    assert_eq!(waiting(&world, &house.admin).len(), 1);
    // Still the wrong address: it comes back.
    admin.post(&act(&lost[1]["id"], "again"), &json!({})).good();
    world.advance(Span::minutes(1));
    assert_eq!(waiting(&world, &house.admin).len(), 1, "it was tried, and refused again");
    put_letters_away(&world, &house);
    world.ignore_letters();
    world.ignore_jobs();
}

#[test]
fn the_office_tries_again_or_says_how_it_was_seen_to_on_sqlite() {
    is_seen_to(Engine::Sqlite);
}

#[test]
fn the_office_tries_again_or_says_how_it_was_seen_to_on_postgres() {
    is_seen_to(Engine::Postgres);
}

/// Puts a job among the others that no try can do.
fn poison(world: &World, house: &House, kind: &'static str, subject: &str) {
    let (practice, due_at, subject) = (house.practice.id, world.now(), subject.to_owned());
    let put = world.app.store.write_unaudited(move |tx: &mut Tx| {
        store::job::enqueue(tx, &Job { kind, subject: &subject, practice, priority: Priority::Urgent, due_at })
    });
    put.unwrap_or_else(|why: DbError| panic!("{why}"));
}

/// Requests for help that the house itself made and nobody has closed.
fn asked_by_the_house(world: &World, house: &House) -> Vec<Value> {
    let found = world.api(&house.admin).get("/api/v1/tickets").good();
    let all = found["items"].as_array().expect("a list").clone();
    all.into_iter().filter(|one| one["from"] == "Holdspace" && one["state"] != "closed").collect()
}

/// A message that nobody can read, as no flow writes one: it can never be made ready.
fn to_nobody(world: &World, appointment: &Value) -> Message {
    let real = messages(world, appointment).into_iter().find(|one| one.kind == MessageKind::Confirmation);
    let lost = Message {
        id: Id::from_bytes([7; 16]),
        to: PersonRef::Client(Id::from_bytes([8; 16])),
        state: MessageState::Pending,
        handed_at: None,
        ..real.expect("a confirmation")
    };
    let kept = lost.clone();
    let put = world.app.store.write_unaudited(move |tx: &mut Tx| store::message::insert(tx, &kept));
    put.unwrap_or_else(|why: DbError| panic!("{why}"));
    lost
}

fn nobody_could(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let first = booked(&world, &house, "2026-11-26 14:00");
    let lost = to_nobody(&world, &first);
    poison(&world, &house, jobs::DELIVER, &lost.id.to_string());
    poison(&world, &house, jobs::DELIVER, "poison");
    poison(&world, &house, jobs::DIGEST, "poison too");
    booked(&world, &house, "2026-12-03 14:00");
    world.advance(Span::minutes(11));
    let page = world.api(&house.admin).get("/api/v1/undelivered").good();
    assert_eq!(page["jobs"].as_array().map(Vec::len), Some(3), "{page}");
    let state = messages(&world, &first).into_iter().find(|one| one.id == lost.id).map(|one| one.state);
    assert_eq!(state, Some(MessageState::Undeliverable));

    let asked = asked_by_the_house(&world, &house);
    assert_eq!(asked.len(), 1, "one for all of them: {asked:?}");
    assert!(text(&asked[0]["body"]).contains("/p/undelivered"), "{asked:?}");
    let told = world.read_letters(&house.admin);
    assert_eq!(told.len(), 1, "whose work it is are written to");
    let close = format!("/api/v1/tickets/{}/close", text(&asked[0]["id"]));
    world.api(&house.admin).post(&close, &json!({ "body": "Seen to" })).good();
    poison(&world, &house, jobs::CAPTURE, "poison again");
    world.advance(Span::minutes(11));
    assert_eq!(asked_by_the_house(&world, &house).len(), 1, "the next one after that is asked about again");
    world.ignore_letters();
    world.ignore_jobs();
}

#[test]
fn the_office_is_asked_to_look_once_at_what_nobody_could_do_on_sqlite() {
    nobody_could(Engine::Sqlite);
}

#[test]
fn the_office_is_asked_to_look_once_at_what_nobody_could_do_on_postgres() {
    nobody_could(Engine::Postgres);
}

/// The letter about a cancellation waits, and its job is given up.
fn makes_a_person_ring(engine: Engine) {
    let world = Plan::on(engine).by(Way::Exim).only(Preset::Clinic).client_at("greylist-daniel@clients.test").begin();
    let house = world.house(Preset::Clinic).clone();
    let first = booked(&world, &house, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-25 09:00"));
    let body = cancelled_with_promise(house.local("2026-11-25 18:00"));
    world.api(&house.therapist).post(&act(&first, "cancel"), &body).good();
    world.advance(Span::minutes(4));
    let letter = messages(&world, &first).into_iter().find(|one| {
        one.to == house.client.id && one.kind == MessageKind::Cancellation && one.state == MessageState::Pending
    });
    let (id, now) = (letter.expect("a letter that waits").id, world.now());
    let far = now + Span::hours(2);
    let claimed = world
        .app
        .store
        .write_unaudited(move |tx: &mut Tx| store::job::claim(tx, far, 50, LEASE, &mut Turns::default()));
    let claimed = claimed.unwrap_or_else(|why: DbError| panic!("{why}"));
    let job = claimed.into_iter().find(|job| job.subject == id.to_string()).expect("its job");
    let ask = Ask { who: Who::System(jobs::DELIVER), now, command: CommandId::from_bytes([3; 16]) };
    let (tools, second) = (world.app.tools.clone(), CommandId::from_bytes([4; 16]));
    let done = world
        .app
        .store
        .write(move |tx: &mut Tx| given_up::give_up(tx, &tools, &ask, second, &job, "it panicked", true));
    assert!(done.is_ok(), "{:?}", done.map_err(|why: Failed| why).err());
    let waits = waiting(&world, &house.admin);
    assert!(waits.iter().any(|one| text(&one["id"]) == id.to_string()), "{waits:?}");
    let rings = owed_by(&world.api(&house.therapist), "inform_client");
    assert!(rings.iter().any(|duty| moment(&duty["due_at"]) <= now + Span::minutes(15)), "{rings:?}");
    assert_eq!(asked_by_the_house(&world, &house).len(), 1);
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: V-05
#[test]
fn when_the_job_of_a_letter_is_given_up_a_person_rings_on_sqlite() {
    makes_a_person_ring(Engine::Sqlite);
}

#[test]
fn when_the_job_of_a_letter_is_given_up_a_person_rings_on_postgres() {
    makes_a_person_ring(Engine::Postgres);
}

/// Breaks over letters to one address, as code of ours may.
struct Breaks {
    over: String,
}

impl Post for Breaks {
    fn hand_off(&self, call: &Call) -> Outcome {
        assert_ne!(call.parcel.to(), self.over, "it breaks over this one");
        Outcome::Accepted("250 taken".into())
    }
}

// proves: V-05
#[test]
fn a_panic_over_one_letter_ends_neither_the_worker_nor_the_others() {
    let world = Plan::on(Engine::Sqlite).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let body = crate::steps::booking(&house, &house.client, house.local("2026-12-03 14:00"), world.now());
    let first = world.api(&house.therapist).post("/api/v1/appointments", &body).good()["appointment"].clone();
    let post = Breaks { over: house.client.email.clone() };
    while step(&world.app, &post).expect("the worker goes on") {}
    let states: Vec<_> = messages(&world, &first).into_iter().map(|one| (one.to, one.state)).collect();
    assert!(states.contains(&(house.client.id, MessageState::Unknown)), "it may have gone: {states:?}");
    assert!(states.contains(&(house.therapist.id, MessageState::Accepted)), "{states:?}");
    world.ignore_jobs();
}
