//! Texts to a client who prefers them, through a real gateway, and the letter that waits behind each.

use crate::steps::{act, booked, messages, put_letters_away, text};
use domain::message::{MessageKind, MessageState};
use domain::person::{Channel, PersonRef};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::kannel::Kannel;
use holdspace_testkit::wait;
use holdspace_testkit::world::{Engine, House, Plan, World};
use serde_json::{Value, json};
use store::DbError;

/// A world with a gateway, and its client, who asked for texts alone, booked for Thursday.
fn begin(engine: Engine, kannel: &Kannel, number: &'static str) -> (World, Value) {
    let world = Plan::on(engine).only(Preset::Clinic).texting(kannel).client_on(number).begin();
    let house = world.house(Preset::Clinic).clone();
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    let prefers = json!({ "channels": ["sms"], "voicemail": false });
    world.api(&house.admin).put(&preference, &prefers).good();
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    (world, appointment)
}

/// Five minutes before the start the therapist is ten minutes late, and the worker has handed over what it could.
fn runs_late(world: &World, house: &House, appointment: &Value) {
    world.advance_to(house.local("2026-11-26 13:55"));
    put_letters_away(world, house);
    world.api(&house.therapist).post(&act(appointment, "running-late"), &json!({ "minutes": 10 })).good();
    world.work();
}

/// Where the client's text and letter about the lateness stand.
fn stand(world: &World, appointment: &Value) -> [Option<MessageState>; 2] {
    let id = text(&appointment["id"]).parse().expect("an id");
    let kept = world.app.store.read(move |tx| store::message::of_appointment(tx, id));
    let kept = kept.unwrap_or_else(|why: DbError| panic!("{why}"));
    [Channel::Sms, Channel::Email].map(|channel| {
        let mut own =
            kept.iter().filter(|m| m.kind == MessageKind::RunningLate && matches!(m.to, PersonRef::Client(_)));
        own.find(|message| message.channel == channel).map(|message| message.state)
    })
}

fn until(world: &World, appointment: &Value, wanted: [MessageState; 2]) {
    let wanted = wanted.map(Some);
    wait::until(&format!("{wanted:?}"), || (stand(world, appointment) == wanted).then_some(()));
}

fn arrives(engine: Engine) {
    let kannel = Kannel::start();
    let (world, appointment) = begin(engine, &kannel, "+447700900412");
    let house = world.house(Preset::Clinic);
    runs_late(&world, house, &appointment);
    kannel.text_saying("447700900412", "Hi Daniel - I'm running behind and expect to be about 10 minutes late today.");
    until(&world, &appointment, [MessageState::Delivered, MessageState::Cancelled]);
    world.advance(Span::minutes(10));
    assert_eq!(world.read_letters(&house.client).len(), 0, "the text has arrived, so no letter goes");
    put_letters_away(&world, house);
}

fn fails(engine: Engine) {
    let kannel = Kannel::start();
    let (world, appointment) = begin(engine, &kannel, "+447700900402");
    let house = world.house(Preset::Clinic);
    runs_late(&world, house, &appointment);
    // The report may come while the worker is still at it: then the letter has gone already.
    wait::until("word that it failed", || {
        (stand(&world, &appointment)[0] == Some(MessageState::Undeliverable)).then_some(())
    });
    world.work();
    let letter = world.read_letter(&house.client).parsed();
    assert!(letter.part("text/plain").is_some_and(|text| text.contains("about 10 minutes late")), "{letter:?}");
    put_letters_away(&world, house);
}

fn is_silent(engine: Engine) {
    let kannel = Kannel::start();
    let (world, appointment) = begin(engine, &kannel, "+447700900407");
    let house = world.house(Preset::Clinic);
    runs_late(&world, house, &appointment);
    let said = kannel.text_saying("447700900407", "running behind");
    assert_eq!(said.matches("running behind").count(), 1, "{said}");
    assert_eq!(world.read_letters(&house.client).len(), 0);
    world.advance(Span::minutes(3));
    assert_eq!(world.read_letters(&house.client).len(), 1, "nothing was heard for three minutes");
    put_letters_away(&world, house);
}

// proves: V-05, A-06
#[test]
fn a_text_that_arrives_is_all_that_goes_on_sqlite() {
    arrives(Engine::Sqlite);
}

#[test]
fn a_text_that_arrives_is_all_that_goes_on_postgres() {
    arrives(Engine::Postgres);
}

#[test]
fn behind_a_text_that_fails_the_letter_goes_at_once_on_sqlite() {
    fails(Engine::Sqlite);
}

#[test]
fn behind_a_text_that_fails_the_letter_goes_at_once_on_postgres() {
    fails(Engine::Postgres);
}

#[test]
fn behind_a_silent_text_the_letter_goes_in_three_minutes_on_sqlite() {
    is_silent(Engine::Sqlite);
}

#[test]
fn behind_a_silent_text_the_letter_goes_in_three_minutes_on_postgres() {
    is_silent(Engine::Postgres);
}

/// Five bookings whose texts the first gateway takes and never reports; the sixth goes by the second one.
fn falls_silent(engine: Engine) {
    let (first, second) = (Kannel::start(), Kannel::start());
    let plan = Plan::on(engine).only(Preset::Clinic).texting(&first).client_on("+447700900407");
    let world = [
        ("HOLDSPACE_SMS_SECOND_KIND", "kannel"),
        ("HOLDSPACE_SMS_SECOND_URL", &second.url),
        ("HOLDSPACE_SMS_SECOND_USER", second.user),
        ("HOLDSPACE_SMS_SECOND_PASSWORD", second.password),
        ("HOLDSPACE_SMS_SECOND_FROM", "+447700900101"),
    ]
    .into_iter()
    .fold(plan, |plan, (name, value)| plan.setting(name, value))
    .begin();
    let house = world.house(Preset::Clinic).clone();
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["sms"], "voicemail": false })).good();
    for hour in 9..14 {
        booked(&world, &house, &format!("2026-12-03 {hour:02}:00"));
    }
    let parts = |kannel: &Kannel| kannel.submitted().len();
    wait::until("five texts by the first", || (parts(&first) >= 5).then_some(()));
    assert_eq!(parts(&second), 0);
    let before = parts(&first);
    world.advance(Span::minutes(6));
    booked(&world, &house, "2026-12-04 09:00");
    wait::until("a text by the second", || (parts(&second) > 0).then_some(()));
    assert_eq!(parts(&first), before, "nothing goes where nothing is heard of");
    put_letters_away(&world, &house);
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: V-05
#[test]
fn a_gateway_of_which_nothing_is_heard_is_tried_last_on_sqlite() {
    falls_silent(Engine::Sqlite);
}

#[test]
fn a_gateway_of_which_nothing_is_heard_is_tried_last_on_postgres() {
    falls_silent(Engine::Postgres);
}

/// A world in which a practice may send so many parts a day, whose own words about a booking take two, and its client, who asked
/// for texts alone.
fn with_room_for(engine: Engine, parts: &str, kannel: &Kannel, number: &'static str) -> (World, House) {
    let plan = Plan::on(engine).only(Preset::Clinic).texting(kannel).client_on(number);
    let world = plan.setting("HOLDSPACE_LIMITS_TEXTS_PER_DAY", parts).begin();
    let house = world.house(Preset::Clinic).clone();
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["sms"], "voicemail": false })).good();
    let short = format!("{{{{ time }}}}. {}", "Please be there a few minutes before. ".repeat(4));
    let words =
        json!({ "subject": "Your appointment", "letter": "Hello {{ first_name }}, {{ time }}.", "short": short });
    world.api(&house.owner).put("/api/v1/message-templates/confirmation/en-GB", &words).good();
    (world, house)
}

/// The client's text about this booking, as the office sees it.
fn text_of(world: &World, house: &House, appointment: &Value) -> Value {
    let all = messages(world, appointment);
    let own = all.iter().find(|message| message.channel == Channel::Sms).expect("a text");
    world.api(&house.admin).get(&format!("/api/v1/messages/{}", own.id)).good()
}

fn no_room_asked(world: &World, house: &House) -> usize {
    let found = world.api(&house.admin).get("/api/v1/tickets").good();
    let all = found["items"].as_array().expect("a list");
    all.iter().filter(|one| one["from"] == "Holdspace" && text(&one["body"]).contains("texts_per_day")).count()
}

fn counts_parts(engine: Engine) {
    let kannel = Kannel::start();
    let (world, house) = with_room_for(engine, "3", &kannel, "+447700900412");
    let status = |appointment: &Value| text_of(&world, &house, appointment);
    let first = booked(&world, &house, "2026-12-03 09:00");
    assert_eq!(status(&first)["parts"], 2, "{}", status(&first));
    assert_eq!(no_room_asked(&world, &house), 0);
    for hour in 10..13 {
        let lost = booked(&world, &house, &format!("2026-12-03 {hour:02}:00"));
        let stands = messages(&world, &lost).into_iter().find(|one| one.channel == Channel::Sms).expect("a text");
        assert_eq!(stands.state, MessageState::Undeliverable, "there is room for one part, and it has two");
        assert_eq!(no_room_asked(&world, &house), 1, "the office hears of it once");
    }
    world.advance(Span::hours(24));
    let next = booked(&world, &house, "2026-12-04 09:00");
    wait::until("word of the next day's", || (status(&next)["state"] == "delivered").then_some(()));
    world.ignore_letters();
    world.ignore_jobs();
}

fn counts_again(engine: Engine) {
    let kannel = Kannel::start();
    let (world, house) = with_room_for(engine, "4", &kannel, "+447700900402");
    let first = booked(&world, &house, "2026-12-03 09:00");
    let own = || messages(&world, &first).into_iter().find(|one| one.channel == Channel::Sms).expect("a text");
    let fails = || wait::until("word that it failed", || (own().state == MessageState::Undeliverable).then_some(()));
    fails();
    let again = format!("/api/v1/messages/{}/again", own().id);
    for (parts, why) in [(4, "it has gone once more"), (4, "there is no room for it now")] {
        world.api(&house.admin).post(&again, &json!({})).good();
        world.work();
        fails();
        assert_eq!(kannel.submitted().len(), parts, "{why}");
    }
    assert_eq!(own().last_reply.as_deref(), Some("there is no room for more texts today"));
    assert_eq!(no_room_asked(&world, &house), 1);
    world.ignore_letters();
    world.ignore_jobs();
}

#[test]
fn the_days_room_for_texts_is_counted_in_parts_on_sqlite() {
    counts_parts(Engine::Sqlite);
}

#[test]
fn the_days_room_for_texts_is_counted_in_parts_on_postgres() {
    counts_parts(Engine::Postgres);
}

#[test]
fn a_text_that_the_office_sends_again_takes_room_again_on_sqlite() {
    counts_again(Engine::Sqlite);
}

#[test]
fn a_text_that_the_office_sends_again_takes_room_again_on_postgres() {
    counts_again(Engine::Postgres);
}
