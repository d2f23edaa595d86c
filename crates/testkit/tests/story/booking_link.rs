//! A client's own booking link: sent from every page where they are looked at, and sent again to a client who lost it.

use crate::steps::{booked, put_letters_away, text};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::kannel::Kannel;
use holdspace_testkit::world::{Engine, House, Plan, World};
use serde_json::{Value, json};

/// The link in a letter or text, as a path.
fn link_in(words: &str, world: &World) -> String {
    let found = words.split_whitespace().find(|word| word.contains("/r/")).expect("a link");
    found.strip_prefix(world.url()).expect("our own address").to_owned()
}

fn letter_with_link(world: &World, house: &House) -> String {
    let letter = world.read_letter(&house.client).parsed();
    link_in(letter.part("text/plain").expect("plain text"), world)
}

fn record_of(world: &World, house: &House) -> Vec<Value> {
    let found = world.api(&house.admin).get(&format!("/api/v1/audit?subject={}", house.client.id)).good();
    let all = found["items"].as_array().expect("entries").clone();
    all.into_iter().filter(|entry| entry["word"] == "booking_link_sent").collect()
}

fn is_sent_from_everywhere(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Insurance).begin();
    let house = world.house(Preset::Insurance).clone();
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    let therapist = world.signed_in(&house.therapist);
    let (pair, about) = (house.relationships[0], text(&appointment["id"]).to_owned());
    let send = format!("/t/clients/{pair}/booking-link");
    // From the appointment.
    let page = therapist.open(&format!("/t/appointments/{about}")).body;
    assert!(page.contains("Send booking link"), "{page}");
    let back = format!("/t/appointments/{about}?done=link-SENT");
    let sent = therapist.send(&send, &[("act", "send"), ("appointment", &about), ("back", &back)]);
    assert_eq!(
        (sent.status, sent.header("location")),
        (303, format!("/t/appointments/{about}?done=link-email").as_str())
    );
    assert!(therapist.open(sent.header("location")).body.contains("The booking link is on its way by email"));
    world.work();
    let link = letter_with_link(&world, &house);
    assert_eq!(world.visitor().open(&link).status, 200, "it opens their free times");
    // From the Dashboard.
    therapist.open("/t");
    let shown = therapist.send("/t/booking-link", &[("relationship", &pair.to_string())]);
    let page = therapist.open(shown.header("location")).body;
    assert!(page.contains("Send booking link") && page.contains("message?attach=booking_link"), "{page}");
    let back = format!("/t?relationship={pair}&done=link-SENT#your-practice");
    let sent = therapist.send(&send, &[("act", "send"), ("back", &back)]);
    assert_eq!(sent.header("location"), format!("/t?relationship={pair}&done=link-email#your-practice"));
    therapist.open(sent.header("location"));
    let again = therapist.send(&send, &[("act", "send"), ("back", &back)]);
    assert_eq!(again.status, 409);
    assert!(again.body.contains("Their link is on its way already"), "{}", again.body);
    world.work();
    assert_eq!(letter_with_link(&world, &house), link, "it is their one link");
    // From the client's page, by the office.
    let office = world.signed_in(&house.admin);
    let page = office.open(&format!("/p/clients/{pair}")).body;
    assert!(page.contains("Send booking link by email"), "{page}");
    office.send(&format!("/p/clients/{pair}/booking-link"), &[("act", "send")]);
    world.work();
    assert_eq!(letter_with_link(&world, &house), link);
    let said = record_of(&world, &house);
    assert_eq!(said.len(), 3, "{said:?}");
    // Another therapist has no such client.
    world
        .api(&house.colleague)
        .post(&format!("/api/v1/relationships/{pair}/booking-link"), &json!({}))
        .refused(404, "not_found");
}

fn goes_by_the_way_they_prefer(engine: Engine) {
    let kannel = Kannel::start();
    let world = Plan::on(engine).only(Preset::Clinic).texting(&kannel).client_on("+447700900412").begin();
    let house = world.house(Preset::Clinic).clone();
    let (api, pair) = (world.api(&house.therapist), house.relationships[0]);
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["sms"], "voicemail": false })).good();
    let path = format!("/api/v1/relationships/{pair}/booking-link");
    let sent = api.post(&path, &json!({})).good();
    assert_eq!(sent["channel"], "sms", "{sent}");
    world.work();
    let phone = kannel.text_saying("447700900412", "own link to book");
    assert!(phone.contains("/r/"), "{phone}");
    // At night a text waits for the morning.
    world.advance_to(house.local("2026-11-24 23:00"));
    let sent = api.post(&path, &json!({})).good();
    let at: domain::time::Instant = text(&sent["send_at"]).parse().expect("a moment");
    assert!(at > world.now() + Span::hours(6), "{sent}");
    world.advance_to(at);
    put_letters_away(&world, &house);
}

fn is_sent_again(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Insurance).client_on("+447700900477").begin();
    let house = world.house(Preset::Insurance).clone();
    booked(&world, &house, "2026-11-26 14:00");
    let visitor = world.visitor();
    assert!(visitor.open("/sign-in").body.contains("/lost-link"), "the way there is where they look");
    assert!(visitor.open("/r/nothinghere").body.contains("/lost-link"));
    let ask = |typed: &str| {
        visitor.open("/lost-link");
        let answer = visitor.send("/lost-link", &[("contact", typed)]);
        world.work();
        (answer.status, answer.header("location").to_owned(), answer.body)
    };
    let known = ask(&house.client.email);
    let link = letter_with_link(&world, &house);
    assert_eq!(world.visitor().open(&link).status, 200);
    // Whoever it is, the answer is the same, and nothing is kept of what they typed.
    for stranger in ["nobody@example.org", "+447700900999", &house.admin.email, &house.therapist.email] {
        assert_eq!(ask(stranger), known, "{stranger}");
    }
    assert!(world.rows()["link_request"].is_empty());
    assert_eq!(world.read_letters(&house.admin).len() + world.read_letters(&house.therapist).len(), 0);
    // By their number as they say it at home: it goes to the address on file, by the way that they prefer.
    assert_eq!(ask("07700 900477"), known);
    assert_eq!(letter_with_link(&world, &house), link);
    visitor.open("/lost-link");
    assert_eq!(visitor.send("/lost-link", &[("contact", "Daniel")]).status, 422);
    // Somebody who asks again and again does not fill their box.
    for _ in 0..4 {
        assert_eq!(ask(&house.client.email), known);
    }
    assert_eq!(world.read_letters(&house.client).len(), 1, "three in an hour");
    let said = record_of(&world, &house);
    assert!(said.iter().all(|entry| entry["actor"] == "system:lost_link") && said.len() == 3, "{said:?}");
}

/// A client whose number only is on file, with whom nobody may text: the office is asked to call, once.
fn cannot_be_written_to(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Insurance).client_on("+447700900478").begin();
    let house = world.house(Preset::Insurance).clone();
    booked(&world, &house, "2026-11-26 14:00");
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    let refusals = json!({ "channels": ["phone"], "voicemail": false,
        "consents": { "email": false, "sms": false } });
    world.api(&house.admin).put(&preference, &refusals).good();
    let visitor = world.visitor();
    for _ in 0..2 {
        visitor.open("/lost-link");
        assert_eq!(visitor.send("/lost-link", &[("contact", "07700 900478")]).status, 303);
        world.work();
    }
    let asked = world.api(&house.support).get("/api/v1/tickets").good();
    let calls = asked["items"].as_array().expect("a list").iter().filter(|one| one.to_string().contains("please call"));
    assert_eq!(calls.count(), 1, "{asked}");
    assert!(world.read_letters(&house.client).is_empty());
    put_letters_away(&world, &house);
    world.ignore_letters();
}

#[test]
fn a_client_whom_nobody_may_write_to_is_called_on_sqlite() {
    cannot_be_written_to(Engine::Sqlite);
}

#[test]
fn a_client_whom_nobody_may_write_to_is_called_on_postgres() {
    cannot_be_written_to(Engine::Postgres);
}

// proves: G-12, G-13, G-14
#[test]
fn a_booking_link_is_sent_from_every_page_on_sqlite() {
    is_sent_from_everywhere(Engine::Sqlite);
}

#[test]
fn a_booking_link_is_sent_from_every_page_on_postgres() {
    is_sent_from_everywhere(Engine::Postgres);
}

// proves: G-13, V-05
#[test]
fn a_booking_link_goes_by_the_way_that_they_prefer_on_sqlite() {
    goes_by_the_way_they_prefer(Engine::Sqlite);
}

#[test]
fn a_booking_link_goes_by_the_way_that_they_prefer_on_postgres() {
    goes_by_the_way_they_prefer(Engine::Postgres);
}

// proves: G-13
#[test]
fn a_client_who_lost_their_link_asks_for_it_and_nobody_learns_anything_on_sqlite() {
    is_sent_again(Engine::Sqlite);
}

#[test]
fn a_client_who_lost_their_link_asks_for_it_and_nobody_learns_anything_on_postgres() {
    is_sent_again(Engine::Postgres);
}
