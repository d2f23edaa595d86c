//! What clients said about being told counts from that moment: STOP, a wrong number, a new address, words that say nothing.

use crate::steps::{act, booked, put_letters_away, text};
use domain::message::{Message, MessageKind, MessageState};
use domain::person::{Channel, PersonRef};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::kannel::Kannel;
use holdspace_testkit::world::{Engine, House, Plan, World};
use outside::sms::{Fate, Receipt};
use serde_json::{Value, json};
use server::flow::{self, Ask, Failed, Who};
use store::DbError;

const NUMBER: &str = "+447700900412";

/// A world with a gateway, and its client, who prefers texts, booked for Thursday at two.
fn begin(engine: Engine, kannel: &Kannel, prefers: &Value) -> (World, Value) {
    let world = Plan::on(engine).only(Preset::Clinic).texting(kannel).client_on(NUMBER).begin();
    let house = world.house(Preset::Clinic).clone();
    world.api(&house.admin).put(&preference(&house), prefers).good();
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    put_letters_away(&world, &house);
    (world, appointment)
}

fn texts_first() -> Value {
    json!({ "channels": ["sms", "email"], "voicemail": false })
}

fn preference(house: &House) -> String {
    format!("/api/v1/clients/{}/contact-preference", house.client.id)
}

/// What was written to the client, of this kind, by each way.
fn told(world: &World, appointment: &Value, kind: MessageKind) -> Vec<Message> {
    let id = text(&appointment["id"]).parse().expect("an id");
    let kept = world.app.store.read(move |tx| store::message::of_appointment(tx, id));
    let kept = kept.unwrap_or_else(|why: DbError| panic!("{why}"));
    kept.into_iter().filter(|m| m.kind == kind && matches!(m.to, PersonRef::Client(_))).collect()
}

/// The client wrote STOP, or START.
fn wrote(world: &World, house: &House, stop: bool) {
    let PersonRef::Client(client) = house.client.id else { panic!("a client") };
    let (app, now) = (world.app.clone(), world.now());
    let ask = Ask { who: Who::System("reply"), now, command: app.dice.command(now) };
    let tools = app.tools.clone();
    let said = app.store.write(move |tx| match stop {
        true => flow::settings::stop_texts(tx, &tools, &ask, client),
        false => flow::settings::start_texts(tx, &tools, &ask, client),
    });
    said.map(drop).map_err(|why: Failed| format!("{why:?}")).expect("it is new");
}

fn runs_late(world: &World, house: &House, appointment: &Value, minutes: u32) {
    world.api(&house.therapist).post(&act(appointment, "running-late"), &json!({ "minutes": minutes })).good();
}

/// A text that was written before STOP does not go; the letter behind it goes at once. START brings texts back.
fn stops(engine: Engine) {
    let kannel = Kannel::start();
    let (world, appointment) = begin(engine, &kannel, &texts_first());
    let house = world.house(Preset::Clinic).clone();
    world.advance_to(house.local("2026-11-26 13:55"));
    put_letters_away(&world, &house);
    runs_late(&world, &house, &appointment, 10);
    wrote(&world, &house, true);
    world.work();
    let texts: Vec<_> = told(&world, &appointment, MessageKind::RunningLate);
    let of = |channel| texts.iter().find(|message| message.channel == channel).expect("one by this way");
    assert_eq!(of(Channel::Sms).state, MessageState::Undeliverable);
    assert_eq!(of(Channel::Sms).handed_at, None, "it never left");
    assert_eq!(world.read_letters(&house.client).len(), 1, "the letter behind it goes at once");
    let kept = world.api(&house.admin).get(&preference(&house)).good();
    assert_eq!(kept["channels"], json!(["sms", "email"]), "the order is kept");
    assert_eq!((&kept["consents"][1]["channel"], &kept["consents"][1]["given"]), (&json!("sms"), &json!(false)));
    world
        .api(&house.admin)
        .put(&preference(&house), &json!({ "channels": ["sms"], "consents": { "sms": true } }))
        .refused(409, "opted_out");
    runs_late(&world, &house, &appointment, 15);
    world.work();
    assert!(
        told(&world, &appointment, MessageKind::RunningLate).iter().filter(|m| m.channel == Channel::Sms).count() == 1
    );
    wrote(&world, &house, false);
    runs_late(&world, &house, &appointment, 20);
    assert!(
        told(&world, &appointment, MessageKind::RunningLate).iter().filter(|m| m.channel == Channel::Sms).count() == 2
    );
    world.ignore_letters();
    world.ignore_jobs();
}

/// Somebody else answers: the number is not used until it was confirmed, and the practice sees why.
fn is_wrong(engine: Engine) {
    let kannel = Kannel::start();
    let (world, appointment) = begin(engine, &kannel, &texts_first());
    let house = world.house(Preset::Clinic).clone();
    let attempt = json!({ "client": house.client.id, "appointment": appointment["id"], "channel": "phone", "result": "wrong_number" });
    world.api(&house.therapist).post("/api/v1/contact-attempts", &attempt).good();
    let kept = world.api(&house.client).get(&preference(&house)).good();
    assert_eq!(kept["wrong_number"]["number"], NUMBER);
    world.advance_to(house.local("2026-11-26 13:55"));
    put_letters_away(&world, &house);
    runs_late(&world, &house, &appointment, 10);
    let ways: Vec<Channel> = told(&world, &appointment, MessageKind::RunningLate).iter().map(|m| m.channel).collect();
    assert_eq!(ways, [Channel::Email]);
    let confirm = format!("/api/v1/clients/{}/address-changes/confirm", house.client.id);
    world.api(&house.admin).post(&confirm, &json!({ "what": "phone" })).refused(422, "word_required");
    world.api(&house.admin).post(&confirm, &json!({ "what": "phone", "word": "Spoke with him." })).good();
    runs_late(&world, &house, &appointment, 15);
    let ways: Vec<Channel> = told(&world, &appointment, MessageKind::RunningLate).iter().map(|m| m.channel).collect();
    assert!(ways.contains(&Channel::Sms), "{ways:?}");
    world.ignore_letters();
    world.ignore_jobs();
}

/// The network says that nobody has the number: nothing goes there any more, and the letter behind the text goes at once.
fn is_nobodys(engine: Engine) {
    let kannel = Kannel::start();
    let (world, appointment) = begin(engine, &kannel, &texts_first());
    let house = world.house(Preset::Clinic).clone();
    world.advance_to(house.local("2026-11-26 13:55"));
    put_letters_away(&world, &house);
    runs_late(&world, &house, &appointment, 10);
    let waiting = told(&world, &appointment, MessageKind::RunningLate);
    let text_message = waiting.iter().find(|message| message.channel == Channel::Sms).expect("a text").id;
    let (app, now) = (world.app.clone(), world.now());
    let ask = Ask { who: Who::System("receipt"), now, command: app.dice.command(now) };
    let (tools, said) = (app.tools.clone(), Receipt { fate: Fate::Failed, words: "undelivered 30005".into() });
    let heard = app.store.write(move |tx| flow::receipt::heard(tx, &tools, &ask, text_message, &said));
    heard.map(drop).map_err(|why: Failed| format!("{why:?}")).expect("it is new");
    let kept = world.api(&house.admin).get(&preference(&house)).good();
    assert_eq!((&kept["wrong_number"]["number"], &kept["wrong_number"]["source"]), (&json!(NUMBER), &json!("network")));
    runs_late(&world, &house, &appointment, 15);
    let texts = told(&world, &appointment, MessageKind::RunningLate);
    assert_eq!(texts.iter().filter(|message| message.channel == Channel::Sms).count(), 1, "no second text goes there");
    world.ignore_letters();
    world.ignore_jobs();
}

/// A new number gets a code, and is used once it was typed; a stranger who got it by mistake can do nothing with it.
fn moves_to_a_new_number(engine: Engine) {
    let kannel = Kannel::start();
    let (world, _) = begin(engine, &kannel, &texts_first());
    let house = world.house(Preset::Clinic).clone();
    let changes = format!("/api/v1/clients/{}/address-changes", house.client.id);
    let asked = world.api(&house.client).post(&changes, &json!({ "phone": "+44 7700 900512" })).good();
    assert_eq!(asked["shown_by"], "sms");
    world.work();
    let said = kannel.text_to("447700900512");
    let code: String = said
        .rsplit("Your code to confirm this number:")
        .next()
        .expect("the code")
        .chars()
        .filter(char::is_ascii_digit)
        .take(6)
        .collect();
    assert_eq!(code.len(), 6, "{said}");
    let kept = world.api(&house.client).get(&preference(&house)).good();
    assert_eq!(kept["unconfirmed"]["phone"], "+447700900512");
    let confirm = format!("{changes}/confirm");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    world.api(&house.client).post(&confirm, &json!({ "code": wrong })).refused(422, "code_wrong");
    world.api(&house.client).post(&confirm, &json!({ "code": code })).good();
    world.api(&house.client).post(&confirm, &json!({ "code": code })).refused(409, "code_over");
    let client = house.client.id;
    let now = world.app.store.read(move |tx| store::person::load(tx, client));
    let now = now.unwrap_or_else(|why: DbError| panic!("{why}")).expect("a client");
    assert_eq!(now.phone.as_deref(), Some("+447700900512"));
    world.ignore_letters();
    world.ignore_jobs();
}

/// Whatever happens, nothing is ever written to the emergency contact, and nobody reads it without a decision.
fn keeps_the_emergency_contact_out_of_it(engine: Engine) {
    let kannel = Kannel::start();
    let (world, appointment) = begin(engine, &kannel, &texts_first());
    let house = world.house(Preset::Clinic).clone();
    let contact = format!("/api/v1/clients/{}/emergency-contact", house.client.id);
    let rosa = json!({ "name": "Rosa Reyes", "phone": "+44 7700 900499", "relation": "sister" });
    world.api(&house.client).put(&contact, &rosa).good();
    for member in house.everybody() {
        let (status, _) = world.api(member).get(&contact).problem();
        assert!(status == 404 || status == 403, "{}: {status}", member.id);
    }
    world.advance_to(house.local("2026-11-26 13:55"));
    runs_late(&world, &house, &appointment, 10);
    world.advance(Span::minutes(40));
    let wish =
        json!({ "initiator": "therapist", "reason": "therapist_illness", "next_step": { "booking_link": true } });
    world.api(&house.therapist).post(&act(&appointment, "cancel"), &wish);
    world.advance(Span::minutes(40));
    let rows = world.rows();
    assert_eq!(rows["emergency_contact"].len(), 1);
    for (table, rows) in &rows {
        let named = rows.iter().any(|row| row.contains("900499") || row.contains("Rosa"));
        assert!(!named || *table == "emergency_contact", "{table}");
    }
    world.ignore_letters();
    world.ignore_jobs();
}

/// Whoever was told before reads which message the new one replaces, on their own clock.
fn names_the_message_that_it_replaces(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    put_letters_away(&world, &house);
    let written = told(&world, &appointment, MessageKind::Confirmation)[0].written_at.in_zone(&house.practice.zone);
    world.advance(Span::minutes(75));
    let wish =
        json!({ "initiator": "therapist", "reason": "therapist_illness", "next_step": { "booking_link": true } });
    world.api(&house.therapist).post(&act(&appointment, "cancel"), &wish).good();
    world.advance(Span::minutes(3));
    let letter = world.read_letters(&house.client).pop().expect("a letter").parsed();
    let words = format!("This replaces our message of {}.", written.strftime("%H:%M"));
    for kind in ["text/plain", "text/html"] {
        assert!(letter.part(kind).is_some_and(|text| text.contains(&words)), "{words}: {letter:?}");
    }
    world.ignore_letters();
    world.ignore_jobs();
}

/// A practice's own words by the API: refused by their parts, tried out, kept, compared, let go.
fn words_its_messages(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let (owner, here) = (world.api(&house.owner), "/api/v1/message-templates/client_late/en-GB");
    let all = owner.get("/api/v1/message-templates").good();
    assert_eq!(all["items"].as_array().map(Vec::len), Some(20), "ten kinds in two Englishes");
    world.api(&house.support).get(here).refused(404, "not_found");
    owner.get("/api/v1/message-templates/fee/en-GB").refused(404, "not_found");
    let house_words = owner.get(here).good();
    let own = |short: &str| json!({ "subject": "About {{ day }}", "letter": "{{ clock }}, {{ first_name }}?", "short": short });
    booked(&world, &house, "2026-11-26 14:00");
    world.work();
    owner.put(here, &own("{{ o_clock }}?")).refused(422, "unknown_variable");
    owner.put(here, &own("Your therapy, {{ clock }}?")).refused(422, "not_neutral");
    let read = owner.post(&format!("{here}/preview"), &own("{{ clock }}\u{2014}still coming?")).good();
    assert!(text(&read["short"]["text"]).starts_with("14:00-still coming?"), "{read}");
    assert_eq!((&read["short"]["alphabet"], &read["short"]["parts"]), (&json!("gsm7"), &json!(1)));
    assert!(
        text(&read["text"]).starts_with("14:00, Daniel?") && text(&read["subject"]).starts_with("About Thursday"),
        "{read}"
    );
    let kept = owner.put(here, &own("{{ clock }}?")).good();
    assert_eq!((&kept["version"], &kept["own"]), (&json!(1), &json!(true)));
    owner.put(here, &own("{{ clock }}?")).refused(409, "nothing_changed");
    let stale = json!({ "subject": "a", "letter": "{{ clock }}", "short": "{{ clock }}", "version": 0 });
    owner.put(here, &stale).refused(412, "stale");
    let diff = owner.get(&format!("{here}/compare?a=0&b=1")).good();
    assert_eq!(diff["subject"][1], json!({ "sign": "+", "line": "About {{ day }}" }));
    world.ignore_letters();
    owner.post(&format!("{here}/test"), &own("{{ clock }}?")).good();
    world.work();
    let letter = world.read_letter(&house.owner).parsed();
    assert!(letter.part("text/plain").is_some_and(|text| text.starts_with("14:00, Owen?")), "{letter:?}");
    let back = owner.call("DELETE", here, &[], "").good();
    assert_eq!((&back["own"], &back["short"]), (&json!(false), &house_words["short"]));
    assert_eq!(owner.get(&format!("{here}/versions")).good()["items"].as_array().map(Vec::len), Some(2));
    world.ignore_letters();
    world.ignore_jobs();
}

macro_rules! on_both {
    ($($story:ident: $sqlite:ident, $postgres:ident;)*) => {$(
        #[test]
        fn $sqlite() {
            $story(Engine::Sqlite);
        }
        #[test]
        fn $postgres() {
            $story(Engine::Postgres);
        }
    )*};
}

on_both! {
    is_wrong: a_wrong_number_is_not_used_until_it_is_confirmed_on_sqlite,
        a_wrong_number_is_not_used_until_it_is_confirmed_on_postgres;
    is_nobodys: a_number_that_the_network_does_not_know_is_not_used_on_sqlite,
        a_number_that_the_network_does_not_know_is_not_used_on_postgres;
    moves_to_a_new_number: a_new_number_is_used_once_its_code_was_typed_on_sqlite,
        a_new_number_is_used_once_its_code_was_typed_on_postgres;
    names_the_message_that_it_replaces: an_update_names_the_message_that_it_replaces_on_sqlite,
        an_update_names_the_message_that_it_replaces_on_postgres;
    words_its_messages: a_practice_words_its_messages_by_the_api_on_sqlite,
        a_practice_words_its_messages_by_the_api_on_postgres;
    keeps_the_emergency_contact_out_of_it: nothing_is_ever_written_to_an_emergency_contact_on_sqlite,
        nothing_is_ever_written_to_an_emergency_contact_on_postgres;
}

// proves: V-05, G-10
#[test]
fn no_text_goes_after_stop_and_the_letter_goes_at_once_on_sqlite() {
    stops(Engine::Sqlite);
}

#[test]
fn no_text_goes_after_stop_and_the_letter_goes_at_once_on_postgres() {
    stops(Engine::Postgres);
}
