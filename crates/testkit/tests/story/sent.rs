//! What was sent: found by the office and the therapist, shown byte for byte, and the client's own view of it.

use crate::steps::{agreed, booked, booked_for, booking, put_letters_away, text};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::kannel::Kannel;
use holdspace_testkit::wait;
use holdspace_testkit::world::{Api, Engine, Member, Plan, Way};
use serde_json::{Value, json};

fn sent(api: &Api, query: &str) -> Vec<Value> {
    let found = api.get(&format!("/api/v1/messages?{query}")).good();
    found["items"].as_array().expect("a list").clone()
}

fn is_found(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    booked(&world, &house, "2026-11-26 14:00");
    let colleague = json!({ "therapist": house.colleague.id, "client": house.neighbour.id,
        "start": house.local("2026-11-26 15:00"), "kind": "video", "agreement": agreed(world.now()) });
    world.api(&house.colleague).post("/api/v1/appointments", &colleague).good();
    world.work();
    put_letters_away(&world, &house);
    let (admin, therapist) = (world.api(&house.admin), world.api(&house.therapist));
    let all = sent(&admin, "");
    assert!(all.len() >= 4, "{all:?}");
    // By name, way, purpose, status, therapist and time; nothing where nothing fits.
    let name = house.client.name.split(' ').next().expect("a name");
    let theirs = sent(&admin, &format!("q={name}"));
    assert!(!theirs.is_empty() && theirs.iter().all(|one| one["to_person"] == json!(house.client.id)), "{theirs:?}");
    assert_eq!(sent(&admin, "channel=sms").len(), 0);
    assert!(sent(&admin, "kind=confirmation&status=accepted").len() >= 2);
    assert_eq!(sent(&admin, "status=undeliverable").len(), 0);
    let of_colleague = sent(&admin, &format!("therapist={}", house.colleague.id));
    assert!(!of_colleague.is_empty() && of_colleague.iter().all(|one| one["to_person"] != json!(house.client.id)));
    assert_eq!(sent(&admin, &format!("until={}", world.now() - Span::hours(1))).len(), 0);
    admin.get("/api/v1/messages?status=lost").refused(422, "status_unknown");
    // Page by page nothing is told twice.
    let first = admin.get("/api/v1/messages?limit=3").good();
    let second = admin.get(&format!("/api/v1/messages?limit=3&cursor={}", text(&first["next"]))).good();
    let ids =
        |page: &Value| page["items"].as_array().expect("items").iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
    assert!(ids(&first).iter().all(|id| !ids(&second).contains(id)));
    // A therapist sees what is about her own clients, and not another's, not even by its name.
    let hers = sent(&therapist, "");
    assert!(!hers.is_empty() && hers.iter().all(|one| one["to_person"] != json!(house.neighbour.id)), "{hers:?}");
    let foreign = all.iter().find(|one| one["to_person"] == json!(house.neighbour.id)).expect("the neighbour was told");
    let path = format!("/api/v1/messages/{}", text(&foreign["id"]));
    therapist.get(&path).refused(404, "not_found");
    admin.get(&path).good();
    world.api(&house.client).get(&path).refused(404, "not_found");
    // Words about no appointment: hers, and the office's to her client; never another therapist's.
    let words = |to: &Member| json!({ "client": to.id, "body": "The door code is 4711", "attach": null });
    admin.post("/api/v1/messages", &words(&house.client)).good();
    world.api(&house.colleague).post("/api/v1/messages", &words(&house.neighbour)).good();
    world.work();
    put_letters_away(&world, &house);
    let hers = sent(&therapist, "kind=message");
    assert!(hers.len() == 1 && hers[0]["to_person"] == json!(house.client.id), "{hers:?}");
    let theirs = sent(&world.api(&house.colleague), "kind=message");
    assert!(theirs.len() == 1 && theirs[0]["to_person"] == json!(house.neighbour.id), "{theirs:?}");
    assert_eq!(sent(&admin, "kind=message").len(), 2);
    let own = sent(&world.api(&house.client), "");
    assert!(!own.is_empty() && own.iter().all(|one| one["to_person"] == json!(house.client.id)), "{own:?}");
    assert_eq!(sent(&world.api(&house.client), &format!("to_person={}", house.neighbour.id)).len(), 0);
}

/// The letter as the mail server stored it is the letter on the page, but for the stars over the link.
fn is_shown_byte_for_byte(engine: Engine) {
    let world = Plan::on(engine).by(Way::Exim).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let body = booking(&house, &house.client, house.local("2026-11-26 14:00"), world.now());
    world.api(&house.therapist).post("/api/v1/appointments", &body).good();
    world.work();
    let letter = world.read_letter(&house.client);
    put_letters_away(&world, &house);
    let admin = world.api(&house.admin);
    let found = sent(&admin, "kind=confirmation");
    let id =
        found.iter().find(|one| one["to_person"] == json!(house.client.id)).expect("the confirmation")["id"].clone();
    let exact = admin.get(&format!("/api/v1/messages/{}", text(&id))).good();
    assert_eq!(exact["same_as_sent"], json!(true), "{exact}");
    assert_eq!(exact["tries"][0]["outcome"], "accepted", "{exact}");
    assert!(text(&exact["tries"][0]["through"]).starts_with("mail server "), "{exact}");
    assert!(exact["receipt"]["seq"].as_u64().is_some() && exact["template"] == json!(0), "{exact}");
    let shown = text(&exact["bytes"]);
    let arrived = String::from_utf8_lossy(&letter.raw).replace("\r\n", "\n");
    let (shown, secret) = (shown.replace("\r\n", "\n"), "*".repeat(26));
    assert!(shown.contains("/r/"), "{shown}");
    let lines: Vec<&str> = shown.lines().collect();
    let plain: Vec<&&str> = lines.iter().filter(|line| !line.contains('*')).collect();
    assert!(plain.iter().all(|line| arrived.contains(**line)), "{shown}\n---\n{arrived}");
    assert!(plain.len() + 6 > lines.len(), "few lines have a star: {shown}");
    assert!(shown.replace("=\n", "").contains(&secret), "the link is covered");
}

/// Which wording a message was made from stands with it, also when the practice has other words since.
fn says_its_wording(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let (owner, here) = (world.api(&house.owner), "/api/v1/message-templates/confirmation/en-GB");
    let words = |greeting: &str| {
        json!({ "subject": "Your appointment on {{ day }}", "letter": format!("{greeting} {{{{ first_name }}}}, {{{{ time }}}}."),
            "short": "{{ time }}" })
    };
    let version_of = |client: &Member| {
        let all = sent(&owner, &format!("kind=confirmation&to_person={}", client.id));
        owner.get(&format!("/api/v1/messages/{}", text(&all[0]["id"]))).good()["template"].clone()
    };
    booked(&world, &house, "2026-11-26 14:00");
    assert_eq!(version_of(&house.client), json!(0), "the house's words");
    owner.put(here, &words("Dear")).good();
    owner.put(here, &words("Hello")).good();
    booked_for(&world, &house, &house.newcomer, "2026-11-26 15:00");
    owner.put(here, &words("Good day")).good();
    assert_eq!(version_of(&house.newcomer), json!(2));
    let office = world.signed_in(&house.owner);
    let all = sent(&owner, &format!("kind=confirmation&to_person={}", house.newcomer.id));
    let page = office.open(&format!("/p/messages/{}", text(&all[0]["id"]))).body;
    assert!(page.contains("own words, version 2") && page.contains("/versions?a=1&#38;b=2"), "{page}");
}

/// A text: what the phone got, its parts, who took it, and what it said of it; on the office's page and the client's.
fn texts_are_shown(engine: Engine) {
    let kannel = Kannel::start();
    let world = Plan::on(engine).only(Preset::Clinic).texting(&kannel).client_on("+447700900412").begin();
    let house = world.house(Preset::Clinic).clone();
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["sms"], "voicemail": false })).good();
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    let phone = kannel.text_saying("447700900412", "26 November");
    let admin = world.api(&house.admin);
    let id = wait::until("word from the phone", || {
        sent(&admin, "channel=sms&status=delivered").first().map(|one| text(&one["id"]).to_owned())
    });
    let exact = admin.get(&format!("/api/v1/messages/{id}")).good();
    assert!(exact["parts"].as_u64() >= Some(1) && exact["same_as_sent"] == json!(true), "{exact}");
    assert!(text(&exact["tries"][0]["through"]).starts_with("kannel at 127.0.0.1"), "{exact}");
    let shown = text(&exact["bytes"]);
    let before = shown.split('*').next().expect("words before the link");
    assert!(phone.contains(before.lines().next().expect("a line")), "{shown}\n{phone}");
    let words: Vec<&str> = exact["record"].as_array().expect("lines").iter().map(|one| text(&one["word"])).collect();
    assert!(words.contains(&"message_delivered"), "{words:?}");
    let office = world.signed_in(&house.admin);
    let page = office.open(&format!("/p/messages/{id}")).body;
    assert!(
        page.contains("these are the bytes that were handed over") && page.contains("characters, sent in"),
        "{page}"
    );
    let mine = world.signed_in(&house.client);
    let page = mine.open("/c/messages").body;
    assert!(page.contains("It arrived") && page.contains("Text to +447700900412"), "{page}");
    assert!(page.contains(&format!("/c/sessions/{}", text(&appointment["id"]))), "{page}");
    assert!(!page.contains(&house.neighbour.name) && !page.contains("/r/"), "{page}");
    put_letters_away(&world, &house);
}

// proves: V-13
#[test]
fn what_was_sent_is_found_by_whoever_may_see_it_on_sqlite() {
    is_found(Engine::Sqlite);
}

#[test]
fn what_was_sent_is_found_by_whoever_may_see_it_on_postgres() {
    is_found(Engine::Postgres);
}

#[test]
fn a_letter_is_shown_byte_for_byte_on_sqlite() {
    is_shown_byte_for_byte(Engine::Sqlite);
}

#[test]
fn a_letter_is_shown_byte_for_byte_on_postgres() {
    is_shown_byte_for_byte(Engine::Postgres);
}

#[test]
fn a_text_is_shown_with_its_parts_and_receipts_on_sqlite() {
    texts_are_shown(Engine::Sqlite);
}

#[test]
fn a_text_is_shown_with_its_parts_and_receipts_on_postgres() {
    texts_are_shown(Engine::Postgres);
}

#[test]
fn a_message_says_from_which_wording_it_was_made_on_sqlite() {
    says_its_wording(Engine::Sqlite);
}

#[test]
fn a_message_says_from_which_wording_it_was_made_on_postgres() {
    says_its_wording(Engine::Postgres);
}
