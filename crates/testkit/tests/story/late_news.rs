//! What had to wait is not told for its own sake: news that is over stays unsent, nobody is told twice who knows, and only a
//! person who opens a page counts as one who knows.

use crate::calendars::link_in;
use crate::steps::{act, booked, cancelled_with_times, messages, owed_by, put_letters_away, text};
use domain::access::Scope;
use domain::id::RelationshipId;
use domain::message::{MessageKind, MessageState};
use domain::person::{Channel, PersonRef};
use domain::policy::Preset;
use domain::practice::Relationship;
use domain::time::Span;
use holdspace_testkit::world::{Engine, House, Plan, Way, World};
use serde_json::{Value, json};

/// A clinic whose gateway does not answer, with an appointment at two on Thursday of a client who is told by text.
fn begin(engine: Engine) -> (World, House, Value) {
    let settings = [
        ("HOLDSPACE_SMS_KIND", "kannel"),
        ("HOLDSPACE_SMS_URL", "http://127.0.0.1:9"),
        ("HOLDSPACE_SMS_USER", "us"),
        ("HOLDSPACE_SMS_PASSWORD", "ours"),
        ("HOLDSPACE_SMS_FROM", "+447700900100"),
    ];
    let plan = Plan::on(engine).only(Preset::Clinic).client_on("+447700900477");
    let world = settings.into_iter().fold(plan, |plan, (name, value)| plan.setting(name, value)).begin();
    let house = world.house(Preset::Clinic).clone();
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["sms"], "voicemail": false })).good();
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-26 13:55"));
    put_letters_away(&world, &house);
    world.api(&house.therapist).post(&act(&appointment, "running-late"), &json!({ "minutes": 10 })).good();
    world.work();
    (world, house, appointment)
}

fn late_text(world: &World, appointment: &Value) -> MessageState {
    let is_it = |m: &&domain::message::Message| {
        m.kind == MessageKind::RunningLate && m.channel == Channel::Sms && matches!(m.to, PersonRef::Client(_))
    };
    messages(world, appointment).iter().rfind(is_it).expect("a text").state
}

fn end(world: &World, house: &House) {
    put_letters_away(world, house);
    world.ignore_letters();
    world.ignore_jobs();
}

fn is_over(engine: Engine) {
    let (world, house, appointment) = begin(engine);
    assert_eq!(late_text(&world, &appointment), MessageState::Pending, "the gateway does not answer");
    world.advance_to(house.local("2026-11-26 15:30"));
    assert_eq!(late_text(&world, &appointment), MessageState::Superseded, "it does not ring in the night");
    end(&world, &house);
}

// proves: A-02
#[test]
fn that_somebody_is_late_is_told_to_nobody_once_it_is_over_on_sqlite() {
    is_over(Engine::Sqlite);
}

#[test]
fn that_somebody_is_late_is_told_to_nobody_once_it_is_over_on_postgres() {
    is_over(Engine::Postgres);
}

fn sent_by_hand(engine: Engine) {
    let (world, house, appointment) = begin(engine);
    let therapist = world.signed_in(&house.therapist);
    let here = format!("/t/appointments/{}", text(&appointment["id"]));
    assert!(therapist.open(&format!("{here}/call")).body.contains("the gateway does not answer"));
    assert_eq!(therapist.send(&format!("{here}/attempt"), &[("result", "sent"), ("channel", "sms")]).status, 303);
    assert_eq!(late_text(&world, &appointment), MessageState::Cancelled, "the same text does not go again");
    end(&world, &house);
}

// proves: V-11
#[test]
fn a_text_that_was_sent_by_hand_does_not_go_again_on_sqlite() {
    sent_by_hand(Engine::Sqlite);
}

#[test]
fn a_text_that_was_sent_by_hand_does_not_go_again_on_postgres() {
    sent_by_hand(Engine::Postgres);
}

fn spoken_with(engine: Engine) {
    let (world, house, appointment) = begin(engine);
    let attempt = json!({ "client": house.client.id, "appointment": appointment["id"], "channel": "phone", "result": "reached",
        "at": world.now(), "agreed": "They wait" });
    world.api(&house.therapist).post("/api/v1/contact-attempts", &attempt).good();
    assert_eq!(late_text(&world, &appointment), MessageState::Cancelled);
    end(&world, &house);
}

// proves: V-12
#[test]
fn who_was_spoken_with_gets_no_old_news_of_the_moment_on_sqlite() {
    spoken_with(Engine::Sqlite);
}

#[test]
fn who_was_spoken_with_gets_no_old_news_of_the_moment_on_postgres() {
    spoken_with(Engine::Postgres);
}

fn looked_at_by_a_program(engine: Engine) {
    let world = Plan::on(engine).by(Way::Exim).only(Preset::Marketplace).begin();
    let house = world.house(Preset::Marketplace).clone();
    let first = booked(&world, &house, "2026-11-25 14:00");
    let body = cancelled_with_times(&house, &["2026-11-27 10:00", "2026-11-27 12:00"]);
    world.advance_to(house.local("2026-11-25 10:00"));
    put_letters_away(&world, &house);
    world.api(&house.therapist).post(&act(&first, "cancel"), &body).good();
    world.work();
    let link = link_in(&world.read_letter(&house.client));
    let owed = || owed_by(&world.api(&house.admin), "inform_client").len();
    assert_eq!(owed(), 1, "sending is not telling");
    let page = world.stranger().call("GET", &link, &[("accept", "text/html")], "");
    assert_eq!(page.status, 200);
    assert_eq!(owed(), 1, "a program that looks whether links are safe is not the client");
    assert_eq!(world.visitor().open(&link).status, 200);
    assert_eq!(owed(), 0, "a person opened it");
    end(&world, &house);
}

// proves: V-10
#[test]
fn a_program_that_follows_links_is_not_a_client_who_knows_on_sqlite() {
    looked_at_by_a_program(Engine::Sqlite);
}

#[test]
fn a_program_that_follows_links_is_not_a_client_who_knows_on_postgres() {
    looked_at_by_a_program(Engine::Postgres);
}

/// A new address that does not exist: trying again would confirm it from the old one.
#[test]
fn what_shows_a_new_address_to_be_theirs_is_not_sent_to_the_old_one() {
    let world = Plan::on(Engine::Sqlite).by(Way::Exim).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let changes = format!("/api/v1/clients/{}/address-changes", house.client.id);
    world.api(&house.client).post(&changes, &json!({ "email": "hardbounce-new@clients.test" })).good();
    world.advance(Span::minutes(1));
    let found = world.api(&house.admin).get("/api/v1/undelivered").good();
    let lost = found["messages"].as_array().expect("a list").clone();
    assert_eq!(lost.len(), 1, "{lost:?}");
    let again = format!("/api/v1/messages/{}/again", text(&lost[0]["id"]));
    world.api(&house.admin).post(&again, &json!({})).refused(409, "address_wrong");
    let asked = world.api(&house.admin).get("/api/v1/tickets").good();
    assert!(asked.to_string().contains("did not get through"), "the office is asked to call: {asked}");
    end(&world, &house);
}

/// A client of two therapists: word that something waits for them goes as long as something does.
#[test]
fn a_client_who_has_opened_one_of_two_conversations_still_hears_of_the_other() {
    let (world, house, _) = begin(Engine::Sqlite);
    let other = RelationshipId::from_bytes([77; 16]);
    let (first, PersonRef::Therapist(therapist)) = (house.relationships[0], house.colleague.id) else {
        panic!("the colleague is a therapist")
    };
    world.arrange(&house, move |tx| {
        let with_first = store::relationship::load(tx, &Scope::System("test"), first)?.expect("the first therapist's");
        store::relationship::insert(tx, &Relationship { id: other, therapist, ..with_first })
    });
    let write = |who, pair: RelationshipId| {
        let path = format!("/api/v1/conversations/{pair}/lines");
        world.api(who).post(&path, &json!({ "words": "The door code is new." })).good();
    };
    write(&house.therapist, house.relationships[0]);
    write(&house.colleague, other);
    world.work();
    let nudges = || {
        let wanted = ["message_waiting", "pending"];
        let rows = world.rows()["message"].clone();
        rows.iter().filter(|row| wanted.iter().all(|word| row.contains(word))).count()
    };
    assert!(nudges() > 0, "the gateway does not answer, so it waits");
    let browser = world.signed_in(&house.client);
    assert_eq!(browser.open(&format!("/c/conversation/{other}")).status, 200);
    assert!(nudges() > 0, "the other one is unread");
    assert_eq!(browser.open(&format!("/c/conversation/{}", house.relationships[0])).status, 200);
    assert_eq!(nudges(), 0);
    end(&world, &house);
}

/// The gateway does not answer, and meanwhile the client has another number.
fn goes_to_the_new_number(engine: Engine) {
    let (world, house, appointment) = begin(engine);
    let changes = format!("/api/v1/clients/{}/address-changes", house.client.id);
    let admin = world.api(&house.admin);
    admin.post(&changes, &json!({ "phone": "+44 7700 900588" })).good();
    let known = json!({ "what": "phone", "word": "They rang from it" });
    admin.post(&format!("{changes}/confirm"), &known).good();
    let waits = messages(&world, &appointment).into_iter().filter(|m| m.state == MessageState::Pending);
    let numbers: Vec<String> = waits.filter(|m| m.channel == Channel::Sms).map(|m| m.address).collect();
    assert!(!numbers.is_empty() && numbers.iter().all(|number| number == "+447700900588"), "{numbers:?}");
    end(&world, &house);
}

#[test]
fn what_waits_for_the_old_number_goes_to_the_new_one_on_sqlite() {
    goes_to_the_new_number(Engine::Sqlite);
}

#[test]
fn what_waits_for_the_old_number_goes_to_the_new_one_on_postgres() {
    goes_to_the_new_number(Engine::Postgres);
}
