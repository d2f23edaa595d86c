//! A client and a therapist write to each other in the portal; news that is read there counts as told, and goes by another
//! way when it is not.

use crate::steps::{act, booked, messages, owed_by, put_letters_away, text};
use domain::message::MessageState;
use domain::person::Channel;
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::world::{Engine, House, Plan, World};
use serde_json::{Value, json};

/// A clinic whose client reads in the portal, with an appointment on Thursday at two.
fn begin(engine: Engine) -> (World, House, Value) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["in_app"], "voicemail": false })).good();
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    put_letters_away(&world, &house);
    (world, house, appointment)
}

fn lines(world: &World, house: &House) -> Vec<Value> {
    let path = format!("/api/v1/conversations/{}", house.relationships[0]);
    let page = world.api(&house.therapist).get(&path).good();
    page["items"].as_array().cloned().unwrap_or_default()
}

fn at(house: &House, portal: &str) -> String {
    format!("{portal}/{}", house.relationships[0])
}

fn the_client_writes(world: &World, house: &House, words: &str) -> String {
    let path = format!("{}/lines", at(house, "/api/v1/conversations"));
    world.api(&house.client).post(&path, &json!({ "words": words })).good();
    world.work();
    let said = lines(world, house).into_iter().find(|line| line["from_client"] == true).expect("it is there");
    text(&said["understood"]).to_owned()
}

fn writes_and_is_answered(engine: Engine) {
    let (world, house, _booked) = begin(engine);
    let browser = world.signed_in(&house.client);
    let page = browser.open(&at(&house, "/c/conversation"));
    assert!(page.body.contains("For times and arrangements only"), "{}", page.body);
    let sent = browser.send(&at(&house, "/c/conversation"), &[("words", "Could we begin at three? <b>")]);
    assert_eq!(sent.status, 303, "{}", sent.body);
    world.work();
    put_letters_away(&world, &house);
    assert_eq!(owed_by(&world.api(&house.therapist), "answer_client").len(), 1, "the therapist owes an answer");

    let desk = world.signed_in(&house.therapist);
    let list = desk.open("/t/conversations");
    assert!(list.body.contains("1 new") && list.body.contains("waiting</span>"), "{}", list.body);
    let shown = desk.open(&at(&house, "/t/conversations"));
    assert!(shown.body.contains("Could we begin at three? &#60;b&#62;"), "{}", shown.body);
    let seen_by_client = browser.open(&at(&house, "/c/conversation"));
    assert!(seen_by_client.body.contains("<p class=\"meta\">Read "), "the client sees that it was read");
    desk.open(&at(&house, "/t/conversations"));
    assert_eq!(desk.send(&at(&house, "/t/conversations"), &[("words", "Three is fine.")]).status, 303);
    world.work();
    assert!(owed_by(&world.api(&house.therapist), "answer_client").is_empty(), "answered");
    let nudge = world.read_letter(&house.client).parsed();
    let said = nudge.part("text/plain").expect("plain text");
    assert!(said.contains("something new") && !said.contains("Three"), "neutral: {said}");
    let answer = browser.open(&at(&house, "/c/conversation"));
    let (asked, said) = (answer.body.find("Could we begin"), answer.body.find("Three is fine."));
    assert!(asked.is_some() && asked < said, "in the order in which they were written: {}", answer.body);
    assert!(!answer.body.contains("Thank you for your message"), "the page itself says that it was sent");
    assert!(!lines(&world, &house)[0]["read_at"].is_null(), "the therapist sees that it was opened");
    put_letters_away(&world, &house);
}

#[test]
fn what_a_client_writes_is_owed_an_answer_and_gets_it_on_sqlite() {
    writes_and_is_answered(Engine::Sqlite);
}

#[test]
fn what_a_client_writes_is_owed_an_answer_and_gets_it_on_postgres() {
    writes_and_is_answered(Engine::Postgres);
}

fn waits(engine: Engine) {
    let (world, house, appointment) = begin(engine);
    world.advance_to(house.local("2026-11-26 13:55"));
    put_letters_away(&world, &house);
    world.api(&house.therapist).post(&act(&appointment, "running-late"), &json!({ "minutes": 10 })).good();
    world.work();
    let late = lines(&world, &house).into_iter().find(|line| line["kind"] == "running_late").expect("in the portal");
    assert!(text(&late["words"]).contains("10 minutes"), "{late}");
    assert_eq!(the_client_writes(&world, &house, "I'll wait, thanks"), "wait");
    assert!(owed_by(&world.api(&house.therapist), "answer_client").is_empty(), "understood, so nobody owes an answer");
    put_letters_away(&world, &house);
}

// proves: A-06
#[test]
fn a_client_who_writes_wait_is_waited_for_on_sqlite() {
    waits(Engine::Sqlite);
}

#[test]
fn a_client_who_writes_wait_is_waited_for_on_postgres() {
    waits(Engine::Postgres);
}

#[test]
fn yes_to_what_a_person_wrote_is_read_by_a_person() {
    let (world, house, appointment) = begin(Engine::Sqlite);
    world.advance_to(house.local("2026-11-26 14:11"));
    world.api(&house.therapist).post(&act(&appointment, "check-in"), &json!({})).good();
    world.work();
    let path = format!("{}/lines", at(&house, "/api/v1/conversations"));
    world.api(&house.therapist).post(&path, &json!({ "words": "Shall we talk by phone instead?" })).good();
    world.work();
    assert_eq!(the_client_writes(&world, &house, "Yes"), "unread", "it answers the person, not the question before");
    put_letters_away(&world, &house);
}

#[test]
fn stop_in_the_portal_is_a_word_like_any_other() {
    let (world, house, _) = begin(Engine::Sqlite);
    assert_eq!(the_client_writes(&world, &house, "stop"), "unread");
    let preference = world.api(&house.admin).get(&format!("/api/v1/clients/{}/contact-preference", house.client.id));
    assert!(!preference.body.contains("\"given\":false"), "{}", preference.body);
    put_letters_away(&world, &house);
}

/// The therapist missed it, which is told in the portal.
fn missed(world: &World, house: &House, appointment: &Value) {
    world.advance_to(house.local("2026-11-26 14:20"));
    put_letters_away(world, house);
    let body = json!({ "reported_by": "therapist", "fault": "therapist" });
    world.api(&house.therapist).post(&act(appointment, "therapist-missed"), &body).good();
    world.work();
}

fn unread(engine: Engine) {
    let (world, house, appointment) = begin(engine);
    missed(&world, &house, &appointment);
    let told = |channel: Channel| {
        let kinds = messages(&world, &appointment).into_iter().filter(|m| m.to == house.client.id);
        kinds.filter(|m| m.channel == channel && m.kind.as_str() == "missed").map(|m| m.state).next_back()
    };
    assert_eq!(told(Channel::InApp), Some(MessageState::Delivered));
    assert_eq!(told(Channel::Email), Some(MessageState::Pending), "a letter waits behind it");
    let nudge = world.read_letter(&house.client).parsed();
    assert!(nudge.part("text/plain").expect("plain text").contains("something new"));
    assert_eq!(owed_by(&world.api(&house.admin), "inform_client").len(), 1, "delivered is not told");
    world.advance(Span::minutes(3));
    let letter = world.read_letter(&house.client).parsed();
    assert!(letter.part("text/plain").expect("plain text").contains("missed our appointment"));
    put_letters_away(&world, &house);
}

// proves: V-05, A-10
#[test]
fn news_that_stays_unopened_in_the_portal_goes_as_a_letter_on_sqlite() {
    unread(Engine::Sqlite);
}

#[test]
fn news_that_stays_unopened_in_the_portal_goes_as_a_letter_on_postgres() {
    unread(Engine::Postgres);
}

fn read(engine: Engine) {
    let (world, house, appointment) = begin(engine);
    let browser = world.signed_in(&house.client);
    missed(&world, &house, &appointment);
    let _ = world.read_letters(&house.client);
    let home = browser.open("/c");
    assert!(home.body.contains("waiting</span>"), "the navigation says that something waits");
    let page = browser.open(&at(&house, "/c/conversation"));
    assert!(page.body.contains("I missed our appointment"), "{}", page.body);
    assert!(owed_by(&world.api(&house.admin), "inform_client").is_empty(), "read is told");
    world.advance(Span::hours(1));
    let letters = world.read_letters(&house.client);
    assert!(letters.is_empty(), "and nothing comes behind it: {:?}", letters.first().map(|l| l.header("Subject")));
    put_letters_away(&world, &house);
}

// proves: V-05, A-10
#[test]
fn news_that_is_read_in_the_portal_is_told_and_nothing_comes_behind_it_on_sqlite() {
    read(Engine::Sqlite);
}

#[test]
fn news_that_is_read_in_the_portal_is_told_and_nothing_comes_behind_it_on_postgres() {
    read(Engine::Postgres);
}

#[test]
fn a_line_that_is_sent_twice_is_one() {
    let (world, house, _) = begin(Engine::Sqlite);
    let path = format!("{}/lines", at(&house, "/api/v1/conversations"));
    let (api, body) = (world.api(&house.client), json!({ "words": "Is the door open?" }));
    let key = [("Idempotency-Key", "once")];
    let (first, second) = (api.post_with(&path, &key, &body).good(), api.post_with(&path, &key, &body).good());
    assert_eq!(first["id"], second["id"]);
    world.work();
    assert_eq!(lines(&world, &house).iter().filter(|line| line["from_client"] == true).count(), 1);
    api.post(&path, &json!({ "words": "  " })).refused(422, "required");
    api.post(&path, &json!({ "words": "x".repeat(1_001) })).refused(422, "too_long");
    put_letters_away(&world, &house);
}

#[test]
fn a_conversation_is_of_two_and_of_who_sees_to_arrangements() {
    let (world, house, _) = begin(Engine::Sqlite);
    the_client_writes(&world, &house, "I will bring the form.");
    let path = at(&house, "/api/v1/conversations");
    for other in [&house.newcomer, &house.neighbour, &house.colleague] {
        assert_eq!(world.api(other).get(&path).status, 404, "{}", other.name);
        let written = world.api(other).post(&format!("{path}/lines"), &json!({ "words": "Hello" }));
        assert_eq!(written.status, 404, "{}", other.name);
    }
    assert!(world.api(&house.support).get(&path).good().to_string().contains("bring the form"));
    let desk = world.signed_in(&house.admin);
    assert!(desk.open(&at(&house, "/p/conversations")).body.contains("I will bring the form."));
    assert!(
        lines(&world, &house).iter().all(|line| line["from_client"] == false || line["read_at"].is_null()),
        "the office's look leaves it unread for the therapist"
    );
    put_letters_away(&world, &house);
}

fn before_any_appointment(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let path = format!("/api/v1/conversations/{}/lines", house.relationships[1]);
    world.api(&house.newcomer).post(&path, &json!({ "words": "When could we begin?" })).good();
    world.work();
    let letter = world.read_letter(&house.therapist).parsed();
    let said = letter.part("text/plain").expect("plain text");
    assert!(said.contains("wrote to you in Holdspace") && !said.contains("begin?"), "{said}");
    assert_eq!(owed_by(&world.api(&house.therapist), "answer_client").len(), 1);
    world.advance(Span::hours(9));
    assert!(!world.read_letters(&house.admin).is_empty(), "the duty has a clock and went up");
    world.api(&house.admin).post(&path, &json!({ "words": "Maya calls you tomorrow." })).good();
    world.work();
    assert!(owed_by(&world.api(&house.admin), "answer_client").is_empty());
    put_letters_away(&world, &house);
}

#[test]
fn a_client_who_has_no_appointment_yet_is_owed_an_answer_too_on_sqlite() {
    before_any_appointment(Engine::Sqlite);
}

#[test]
fn a_client_who_has_no_appointment_yet_is_owed_an_answer_too_on_postgres() {
    before_any_appointment(Engine::Postgres);
}

fn takes_an_offered_time(engine: Engine) {
    let (world, house, appointment) = begin(engine);
    missed(&world, &house, &appointment);
    assert_eq!(the_client_writes(&world, &house, "1"), "take");
    let cases = world.api(&house.admin).get("/api/v1/disruptions").good();
    assert_eq!(cases["items"][0]["outcome"], "rescheduled", "{cases}");
    put_letters_away(&world, &house);
}

// proves
#[test]
fn one_takes_the_first_of_the_times_in_the_conversation_on_sqlite() {
    takes_an_offered_time(Engine::Sqlite);
}

#[test]
fn one_takes_the_first_of_the_times_in_the_conversation_on_postgres() {
    takes_an_offered_time(Engine::Postgres);
}

/// More lines than a page shows: what is not on the page was not opened.
#[test]
fn a_long_conversation_is_opened_page_by_page() {
    let (world, house, _) = begin(Engine::Sqlite);
    let path = at(&house, "/api/v1/conversations");
    for hour in 0..2 {
        for number in 0..55 {
            let words = format!("Word {number} of hour {hour}.");
            world.api(&house.therapist).post(&format!("{path}/lines"), &json!({ "words": words })).good();
        }
        world.advance(Span::hours(1));
    }
    put_letters_away(&world, &house);
    let unread = || {
        let list = world.api(&house.client).get("/api/v1/conversations").good();
        list["items"][0]["unread_by_client"].as_u64().expect("a number")
    };
    let (all, browser) = (unread(), world.signed_in(&house.client));
    assert!(all >= 110, "{all}");
    let newest = browser.open(&at(&house, "/c/conversation")).body;
    assert!(newest.contains("Word 54 of hour 1.") && !newest.contains("Word 0 of hour 0."), "{newest}");
    assert_eq!(unread(), all - 100);
    let (_, older) = newest.split_once("?before=").expect("a way to the older ones");
    let older = older.split('"').next().expect("the end");
    let page = browser.open(&format!("{}?before={older}", at(&house, "/c/conversation"))).body;
    assert!(page.contains("Word 0 of hour 0.") && page.contains("The newest lines"), "{page}");
    assert_eq!(unread(), 0);
    put_letters_away(&world, &house);
}
