//! What comes back by mail: a client's answer to a letter, and word that a letter did not arrive.

use crate::replies::{inbound, the_therapist_reads};
use crate::steps::{act, booked, put_letters_away, text};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::world::{Engine, House, Plan, World};
use serde_json::json;

/// Hands a letter over as a mail server would.
fn hand_over(world: &World, letter: &str) -> u16 {
    let url = format!("{}/hooks/mail/{}", world.url(), world.app.tools.link_key.hook("mail"));
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let answer = agent.post(&url).header("content-type", "message/rfc822").send(letter.as_bytes());
    answer.expect("it answers").status().as_u16()
}

/// Five minutes before the start the client has a letter that their therapist is late; gives the letter's name.
fn told_of_lateness(engine: Engine) -> (World, House, String) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-26 13:55"));
    put_letters_away(&world, &house);
    world.api(&house.therapist).post(&act(&appointment, "running-late"), &json!({ "minutes": 10 })).good();
    world.work();
    let name = world.read_letter(&house.client).header("Message-ID").expect("it has a name");
    put_letters_away(&world, &house);
    (world, house, name)
}

fn answers_a_letter(engine: Engine) {
    let (world, house, name) = told_of_lateness(engine);
    let letter = format!(
        "From: Daniel <{}>\r\nTo: office@example.org\r\nMessage-ID: <r1@example.org>\r\nIn-Reply-To: {name}\r\n\r\n\
         I'll wait, thanks\r\n\r\nOn 26 November, we wrote:\r\n> Are you able to wait\r\n",
        house.client.email
    );
    assert_eq!((hand_over(&world, &letter), hand_over(&world, &letter)), (200, 200), "twice is once");
    world.work();
    the_therapist_reads(&world, &house, "they are happy to wait");
    assert_eq!(inbound(&world, &house).len(), 1);
    // The same words from somebody else's address answer nothing of Daniel's.
    let stranger = letter.replace(&house.client.email, "somebody@example.net").replace("r1@", "r2@");
    assert_eq!(hand_over(&world, &stranger), 422);
    assert_eq!(inbound(&world, &house).len(), 1);
    put_letters_away(&world, &house);
}

// proves: A-06
#[test]
fn a_client_who_answers_the_letter_is_waited_for_on_sqlite() {
    answers_a_letter(Engine::Sqlite);
}

#[test]
fn a_client_who_answers_the_letter_is_waited_for_on_postgres() {
    answers_a_letter(Engine::Postgres);
}

fn comes_back(engine: Engine) {
    let (world, house, name) = told_of_lateness(engine);
    let report = format!(
        "From: Mail Delivery System <mailer-daemon@mx.example>\r\nTo: office@example.org\r\n\
         Auto-Submitted: auto-replied\r\nMessage-ID: <b1@mx.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822;{}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {name}\r\n\r\n--b--\r\n",
        house.client.email
    );
    assert_eq!(hand_over(&world, &report), 200);
    world.work();
    let owed = world.api(&house.therapist).get("/api/v1/obligations?state=open").good();
    let duties = owed["items"].as_array().expect("a list");
    let inform = duties.iter().find(|duty| duty["kind"] == "inform_client").expect("a person must tell them");
    let due: domain::time::Instant = text(&inform["due_at"]).parse().expect("a moment");
    assert!(due <= world.now() + Span::minutes(15), "within minutes: {inform}");
    put_letters_away(&world, &house);
}

#[test]
fn a_letter_that_comes_back_is_a_persons_duty_on_sqlite() {
    comes_back(Engine::Sqlite);
}

#[test]
fn a_letter_that_comes_back_is_a_persons_duty_on_postgres() {
    comes_back(Engine::Postgres);
}
