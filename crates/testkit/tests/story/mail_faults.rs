//! A mail server that says later, never, or nothing at all: nobody is forgotten, and nobody is told twice differently.

use crate::calendars::event;
use crate::steps::{act, booked, cancelled_with_promise, duty, messages, moment, owed_by, put_letters_away, text};
use domain::message::{MessageKind, MessageState};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::letter::Letter;
use holdspace_testkit::world::{Engine, House, Plan, Way, World};
use serde_json::{Value, json};

/// What the sender wrote: the letter without what servers on its way put in front.
fn as_sent(letter: &Letter) -> String {
    let text = letter.text().replace("\r\n", "\n");
    let at = text.find("\nMessage-ID:").or(text.find("\nFrom:")).unwrap_or_else(|| panic!("no header of ours\n{text}"));
    text[at..].to_owned()
}

fn kinds_and_states(world: &World, appointment: &Value, house: &House) -> Vec<(MessageKind, MessageState)> {
    let told = messages(world, appointment).into_iter().filter(|message| message.to == house.client.id);
    told.map(|message| (message.kind, message.state)).collect()
}

fn says_later(engine: Engine) {
    let world = Plan::on(engine).by(Way::Exim).only(Preset::Network).client_at("greyonce-daniel@clients.test").begin();
    let (house, written) = (world.house(Preset::Network), world.now());
    let first = booked(&world, house, "2026-11-26 14:00");
    let exim = world.exim.as_ref().expect("a mail server");
    world.advance(Span::minutes(3));
    assert_eq!(kinds_and_states(&world, &first, house), [(MessageKind::Confirmation, MessageState::Pending)]);
    assert!(exim.letters(&house.client.email).is_empty());
    assert!(exim.log().matches("greylisted").count() >= 2, "it was tried again meanwhile");
    exim.end_greylisting();
    world.advance(Span::minutes(10));
    assert_eq!(kinds_and_states(&world, &first, house), [(MessageKind::Confirmation, MessageState::Accepted)]);
    let letter = world.read_letter(&house.client);
    let (sent, id) = (messages(&world, &first), letter.header("Message-ID").expect("an id"));
    assert!(sent.iter().any(|message| id.contains(&message.id.to_string())), "{id}");
    let date = letter.header("Date").expect("a date");
    assert!(date.contains("12:00:00"), "dated when it was written ({written}), not when it went: {date}");
}

// proves: V-05, G-10
#[test]
fn a_server_that_says_later_gets_the_same_letter_later_on_sqlite() {
    says_later(Engine::Sqlite);
}

// proves: V-05, G-10
#[test]
fn a_server_that_says_later_gets_the_same_letter_later_on_postgres() {
    says_later(Engine::Postgres);
}

fn bounces(engine: Engine) {
    let world = Plan::on(engine).by(Way::Exim).only(Preset::Clinic).client_at("hardbounce-daniel@clients.test").begin();
    let house = world.house(Preset::Clinic);
    let first = booked(&world, house, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-25 09:00"));
    let body = cancelled_with_promise(house.local("2026-11-25 18:00"));
    let cancelled = world.api(&house.therapist).post(&act(&first, "cancel"), &body).good();
    let case = &cancelled["disruption"];
    let of_case = |duty: &&Value| duty["kind"] == "inform_client" && duty["disruption"] == case["id"];
    let planned =
        moment(&cancelled["obligations"].as_array().expect("duties").iter().find(of_case).expect("to tell")["due_at"]);
    // The letter goes once it can no longer be taken back.
    world.advance(Span::minutes(4));
    let inform = owed_by(&world.api(&house.therapist), "inform_client");
    let inform = inform.iter().find(|duty| duty["disruption"] == case["id"]).expect("the therapist must ring");
    let due = moment(&inform["due_at"]);
    assert!(due < planned && due <= world.now() + Span::minutes(15), "it hurries: {due}, planned {planned}");
    let bounced = kinds_and_states(&world, &first, house);
    assert!(bounced.contains(&(MessageKind::Cancellation, MessageState::Undeliverable)), "{bounced:?}");
    put_letters_away(&world, house);

    world.advance_to(moment(&inform["breach_at"]));
    let escalation = world.read_letters(&house.admin);
    assert!(
        escalation
            .iter()
            .any(|letter| letter.parsed().part("text/plain").is_some_and(|text| text.contains("+447700900412"))),
        "the admin reads the number"
    );
    assert!(world.read_letters(&house.owner).is_empty(), "one after the other");
    world.advance(Span::minutes(60));
    assert!(!world.read_letters(&house.owner).is_empty());
    let stands = owed_by(&world.api(&house.admin), "inform_client");
    assert!(stands.iter().all(|duty| duty["state"] == "escalated"), "{stands:?}");

    let reached = json!({ "client": house.client.id, "appointment": first["id"], "channel": "phone", "result": "reached",
        "agreed": "Will ring back on Thursday" });
    world.api(&house.admin).post("/api/v1/contact-attempts", &reached).good();
    assert_eq!(owed_by(&world.api(&house.admin), "inform_client"), Vec::<Value>::new());
    world.work();
    world.ignore_letters();
}

// proves: V-04, V-05, V-10, A-01
#[test]
fn a_letter_that_bounces_makes_a_person_ring_and_then_the_admin_and_the_owner_hear_of_it_on_sqlite() {
    bounces(Engine::Sqlite);
}

// proves: V-04, V-05, V-10, A-01
#[test]
fn a_letter_that_bounces_makes_a_person_ring_and_then_the_admin_and_the_owner_hear_of_it_on_postgres() {
    bounces(Engine::Postgres);
}

fn says_nothing(engine: Engine) {
    let world = Plan::on(engine).by(Way::Exim).only(Preset::Network).client_at("hang-daniel@clients.test").begin();
    let house = world.house(Preset::Network);
    let first = booked(&world, house, "2026-11-26 14:00");
    assert_eq!(world.accepted().get(&house.therapist.email), Some(&1), "the therapist's letter went");
    assert_eq!(kinds_and_states(&world, &first, house), [(MessageKind::Confirmation, MessageState::Pending)]);
    assert!(world.next_due().is_some_and(|due| due > world.now()), "it is tried again later");
}

// proves: V-05
#[test]
fn a_server_that_says_nothing_holds_nobody_else_up_on_sqlite() {
    says_nothing(Engine::Sqlite);
}

// proves: V-05
#[test]
fn a_server_that_says_nothing_holds_nobody_else_up_on_postgres() {
    says_nothing(Engine::Postgres);
}

fn loses_its_reply(engine: Engine) {
    let world = Plan::on(engine).by(Way::Lossy).only(Preset::Network).begin();
    let house = world.house(Preset::Network);
    let (exim, proxy) = (world.exim.as_ref().expect("a server"), world.proxy.as_ref().expect("a proxy"));
    proxy.swallow_replies(2);
    let first = booked(&world, house, "2026-12-03 14:00");
    assert_eq!(proxy.swallowed(), 2, "both letters arrived and nobody heard of it");
    assert_eq!(kinds_and_states(&world, &first, house), [(MessageKind::Confirmation, MessageState::Unknown)]);
    world.advance(Span::hours(2));
    assert_eq!(kinds_and_states(&world, &first, house), [(MessageKind::Confirmation, MessageState::Accepted)]);
    let letters = exim.wait_for_letters(&house.client.email, 2);
    assert_eq!(letters.len(), 2);
    assert_eq!(as_sent(&letters[0]), as_sent(&letters[1]));

    // And where the second reply is lost as well, a person takes over.
    let body = cancelled_with_promise(world.now() + Span::hours(20));
    proxy.swallow_replies(4);
    world.api(&house.therapist).post(&act(&first, "cancel"), &body).good();
    world.advance(Span::minutes(10));
    assert_eq!(proxy.swallowed(), 6);
    world.advance(Span::hours(2));
    let stands = kinds_and_states(&world, &first, house);
    assert_eq!(stands[1], (MessageKind::Cancellation, MessageState::Undeliverable));
    let letters = exim.wait_for_letters(&house.client.email, 4);
    assert_eq!(letters.len(), 4, "twice each and never again");
    assert_eq!(as_sent(&letters[2]), as_sent(&letters[3]));
    assert!(!owed_by(&world.api(&house.admin), "inform_client").is_empty(), "somebody has to ring");
    world.ignore_letters();
}

// proves: V-05, G-10
#[test]
fn a_lost_reply_brings_the_same_letter_once_more_and_never_a_third_time_on_sqlite() {
    loses_its_reply(Engine::Sqlite);
}

// proves: V-05, G-10
#[test]
fn a_lost_reply_brings_the_same_letter_once_more_and_never_a_third_time_on_postgres() {
    loses_its_reply(Engine::Postgres);
}

fn does_not_know_us(engine: Engine) {
    let world = Plan::on(engine).by(Way::Exim).only(Preset::Network).begin();
    let house = world.house(Preset::Network);
    let exim = world.exim.as_ref().expect("a mail server");
    exim.refuse_sender();
    let first = booked(&world, house, "2026-11-26 14:00");
    world.advance(Span::hours(1));
    assert_eq!(kinds_and_states(&world, &first, house), [(MessageKind::Confirmation, MessageState::Pending)]);
    assert!(exim.log().contains("sender address not owned by this account"), "{}", exim.log());
    assert_eq!(owed_by(&world.api(&house.admin), "inform_client"), Vec::<Value>::new(), "nobody has to ring for that");
    exim.accept_sender();
    world.advance(Span::hours(1));
    assert_eq!(kinds_and_states(&world, &first, house), [(MessageKind::Confirmation, MessageState::Accepted)]);
    world.ignore_letters();
}

// proves: V-05
#[test]
fn a_server_that_refuses_our_own_address_refuses_no_letter_on_sqlite() {
    does_not_know_us(Engine::Sqlite);
}

// proves: V-05
#[test]
fn a_server_that_refuses_our_own_address_refuses_no_letter_on_postgres() {
    does_not_know_us(Engine::Postgres);
}

fn down_for_an_hour(engine: Engine) {
    let mut world = Plan::on(engine).by(Way::Exim).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let first = booked(&world, &house, "2026-11-24 14:00");
    world.advance_to(house.local("2026-11-24 09:00"));
    put_letters_away(&world, &house);
    world.exim.as_mut().expect("a mail server").stop();
    let body = cancelled_with_promise(house.local("2026-11-24 18:00"));
    let cancelled = world.api(&house.therapist).post(&act(&first, "cancel"), &body).good();
    let inform = duty(&cancelled, "inform_client");
    world.advance_to(moment(&inform["breach_at"]));
    let owed = owed_by(&world.api(&house.admin), "inform_client");
    assert_eq!(
        (text(&owed[0]["state"]), text(&owed[0]["owner_role"])),
        ("escalated", "admin"),
        "in time, mail or no mail"
    );
    world.advance(Span::minutes(60));
    assert!(kinds_and_states(&world, &first, &house).contains(&(MessageKind::Cancellation, MessageState::Pending)));
    world.exim.as_mut().expect("a mail server").resume();
    world.advance(Span::minutes(45));
    for member in [&house.client, &house.therapist] {
        let gone = event(&world.read_letter(member));
        assert_eq!((gone.method.as_str(), gone.events[0].status.as_str()), ("CANCEL", "CANCELLED"), "{}", member.name);
    }
    assert!(!world.read_letters(&house.admin).is_empty() && !world.read_letters(&house.owner).is_empty());
}

// proves: V-04, V-05, A-01
#[test]
fn while_the_mail_server_is_down_letters_wait_and_people_are_asked_on_sqlite() {
    down_for_an_hour(Engine::Sqlite);
}

// proves: V-04, V-05, A-01
#[test]
fn while_the_mail_server_is_down_letters_wait_and_people_are_asked_on_postgres() {
    down_for_an_hour(Engine::Postgres);
}

// proves: G-10, H-15
#[test]
fn what_was_overtaken_while_the_mail_server_was_down_never_goes() {
    let mut world = Plan::on(Engine::Sqlite).by(Way::Exim).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let first = booked(&world, &house, "2026-11-26 14:00");
    world.exim.as_mut().expect("a mail server").stop();
    for wall in ["2026-11-26 16:00", "2026-11-26 18:00"] {
        let to = json!({ "start": house.local(wall), "initiator": "client", "reason": "client_work_or_schedule",
            "agreement": { "how": "phone", "at": world.now() } });
        world.api(&house.therapist).post(&act(&first, "reschedule"), &to).good();
        world.advance(Span::minutes(30));
    }
    world.exim.as_mut().expect("a mail server").resume();
    world.advance(Span::hours(2));
    let states: Vec<_> = kinds_and_states(&world, &first, &house).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, [MessageState::Accepted, MessageState::Superseded, MessageState::Accepted]);
    for member in [&house.client, &house.therapist] {
        let moved = event(&world.read_letter(member));
        let event = &moved.events[0];
        assert_eq!((moved.method.as_str(), event.sequence), ("REQUEST", 2), "{}", member.name);
        assert_eq!(event.start, house.local("2026-11-26 18:00").to_string());
    }
}
