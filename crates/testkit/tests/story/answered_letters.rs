//! What comes back by mail: a client's answer to a letter, letters that prove nothing, and word that one did not arrive.

use crate::replies::{inbound, the_therapist_reads};
use crate::steps::{act, booked, booked_for, booking, messages, put_letters_away, text};
use domain::message::{MessageKind, MessageState};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::wait;
use holdspace_testkit::world::{Engine, House, Plan, Way, World};
use serde_json::json;

/// Hands a letter over as a mail server would.
fn hand_over(world: &World, letter: &str) -> u16 {
    hand_over_bytes(world, letter.as_bytes()).0
}

/// Status and answer.
fn hand_over_bytes(world: &World, letter: &[u8]) -> (u16, String) {
    let url = format!("{}/hooks/mail/{}", world.url(), world.app.tools.link_key.hook("mail"));
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let answer = agent.post(&url).header("content-type", "message/rfc822").send(letter);
    let mut answer = answer.expect("it answers");
    (answer.status().as_u16(), answer.body_mut().read_to_string().expect("words"))
}

/// A letter from this address to the one that our messages come from; `above` are more header lines.
fn letter(world: &World, from: &str, name: &str, above: &str, words: &str) -> Vec<u8> {
    let to = world.app.tools.from.as_str();
    format!("From: {from}\r\nTo: {to}\r\nMessage-ID: <{name}@example.org>\r\n{above}\r\n{words}\r\n").into_bytes()
}

/// What the client's words were understood as, the newest first, once all are read.
fn understood(world: &World, house: &House) -> Vec<String> {
    world.work();
    inbound(world, house).into_iter().map(|said| said.understood.expect("it was read")).collect()
}

fn owed(world: &World, house: &House, kind: &str) -> usize {
    let owed = world.api(&house.therapist).get("/api/v1/obligations?state=open").good();
    owed["items"].as_array().expect("a list").iter().filter(|duty| duty["kind"] == kind).count()
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
    assert_eq!(hand_over(&world, &stranger), 200, "whoever wrote learns nothing");
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

/// Anybody can write the client's address as the sender's: without the name of a letter that went there, a person reads.
fn is_forged(engine: Engine) {
    let (world, house, name) = told_of_lateness(engine);
    let others = booked_for(&world, &house, &house.newcomer, "2026-11-27 14:00");
    let to_other = messages(&world, &others).into_iter().find(|message| message.to == house.newcomer.id);
    let other = format!("<{}@practice.test>", to_other.expect("they were told").id);
    let nobodys = "<msg_0123456789abcdefghjkmnpqrs@practice.test>";
    let from = &house.client.email;
    for (n, (answers, words)) in
        [(nobodys, "I'll wait"), (&other, "wait"), (nobodys, "STOP"), (&other, "1"), (nobodys, "help")]
            .into_iter()
            .enumerate()
    {
        let forged = letter(&world, from, &format!("f{n}"), &format!("In-Reply-To: {answers}\r\n"), words);
        assert_eq!(hand_over_bytes(&world, &forged), (200, r#"{"ticket":null}"#.to_owned()), "{words}");
    }
    assert_eq!(understood(&world, &house), ["unread"; 5]);
    the_therapist_reads(&world, &house, "Please read it and answer");
    assert_eq!(owed(&world, &house, "answer_client"), 1);
    world.advance(Span::seconds(1));
    // The letter's true name is what counts, wherever it stands.
    let above = format!("In-Reply-To: {nobodys}\r\nReferences: {name} {other}\r\n");
    assert_eq!(hand_over_bytes(&world, &letter(&world, from, "t1", &above, "I'll wait")).0, 200);
    assert_eq!(understood(&world, &house)[0], "wait");
    put_letters_away(&world, &house);
    world.ignore_letters();
}

/// A letter came back, so a person must tell the client; words that answer nothing do not show that they know.
fn informs_nobody(engine: Engine) {
    let (world, house, name) = told_of_lateness(engine);
    assert_eq!(hand_over(&world, &report(&house.client.email, &name)), 200);
    world.work();
    assert_eq!(owed(&world, &house, "inform_client"), 1);
    let forged = letter(&world, &house.client.email, "f1", "", "Thank you, I know.");
    assert_eq!(hand_over_bytes(&world, &forged).0, 200);
    assert_eq!(understood(&world, &house), ["unread"]);
    assert_eq!(owed(&world, &house, "inform_client"), 1, "a person must still tell them");
    put_letters_away(&world, &house);
}

/// A new letter to the address that messages come from: a client's is read by a person, a colleague's by the office, a
/// stranger's leaves nothing, and the three are answered alike.
fn writes_anew(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    put_letters_away(&world, &house);
    let before = world.rows();
    let stranger = hand_over_bytes(&world, &letter(&world, "somebody@example.net", "n1", "", "Hello"));
    assert_eq!(world.rows(), before, "nothing of a stranger's is kept");
    let client = letter(&world, &house.client.email.to_uppercase(), "n2", "", "May I bring my sister?");
    assert_eq!(
        (hand_over_bytes(&world, &client), hand_over_bytes(&world, &client)),
        (stranger.clone(), stranger.clone())
    );
    assert_eq!(understood(&world, &house), ["unread"]);
    the_therapist_reads(&world, &house, "Please read it and answer");
    assert_eq!(owed(&world, &house, "answer_client"), 1);
    let page = world.signed_in(&house.therapist).open(&format!("/t/appointments/{}", text(&appointment["id"])));
    assert!(page.body.contains("May I bring my sister?") && page.body.contains("make sure that it is theirs"));
    let colleague = letter(&world, &house.therapist.email, "n3", "", "I cannot sign in.");
    assert_eq!(
        (hand_over_bytes(&world, &colleague), hand_over_bytes(&world, &colleague)),
        (stranger.clone(), stranger)
    );
    let raised = world.api(&house.support).get("/api/v1/tickets").good();
    assert_eq!(raised["items"].as_array().map(Vec::len), Some(1), "{raised}");
    world.work();
    world.ignore_letters();
}

/// What they want no more of is a letter, so a person asks how else they wish to be told.
fn stops_by_letter(engine: Engine) {
    let (world, house, name) = told_of_lateness(engine);
    for (n, word) in ["Unsubscribe", "START"].into_iter().enumerate() {
        let above = format!("In-Reply-To: {name}\r\n");
        let stop = letter(&world, &house.client.email, &format!("s{n}"), &above, word);
        assert_eq!(hand_over_bytes(&world, &stop).0, 200);
    }
    assert_eq!(understood(&world, &house), ["unread"; 2]);
    the_therapist_reads(&world, &house, "Please read it and answer");
    let kept = world.api(&house.client).get(&format!("/api/v1/clients/{}/contact-preference", house.client.id)).good();
    assert!(!kept["consents"].to_string().contains("\"text\""), "nothing about texts: {kept}");
    put_letters_away(&world, &house);
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
    is_forged: a_letter_that_only_bears_a_clients_address_does_nothing_in_their_name_on_sqlite,
        a_letter_that_only_bears_a_clients_address_does_nothing_in_their_name_on_postgres;
    informs_nobody: a_letter_that_answers_nothing_does_not_show_that_the_client_knows_on_sqlite,
        a_letter_that_answers_nothing_does_not_show_that_the_client_knows_on_postgres;
    writes_anew: a_new_letter_is_answered_alike_whoever_wrote_and_a_person_reads_the_clients_on_sqlite,
        a_new_letter_is_answered_alike_whoever_wrote_and_a_person_reads_the_clients_on_postgres;
    stops_by_letter: stop_by_letter_is_a_persons_to_ask_about_on_sqlite,
        stop_by_letter_is_a_persons_to_ask_about_on_postgres;
    exim_says_so: a_letter_that_exim_sends_back_is_a_persons_duty_on_sqlite,
        a_letter_that_exim_sends_back_is_a_persons_duty_on_postgres;
}

/// Word that a letter of this name did not arrive at this address (RFC 3464).
fn report(to: &str, name: &str) -> String {
    format!(
        "From: Mail Delivery System <mailer-daemon@mx.example>\r\nTo: office@example.org\r\n\
         Auto-Submitted: auto-replied\r\nMessage-ID: <b1@mx.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822;{to}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {name}\r\n\r\n--b--\r\n"
    )
}

fn comes_back(engine: Engine) {
    let (world, house, name) = told_of_lateness(engine);
    let report = report(&house.client.email, &name);
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

/// Exim takes the letter and finds out later that it cannot deliver it: its own word of that comes back to our address, is
/// handed over, and a person must tell the client.
fn exim_says_so(engine: Engine) {
    let late = "latebounce-daniel@clients.test";
    let world = Plan::on(engine).only(Preset::Clinic).by(Way::Exim).client_at(late).begin();
    let house = world.house(Preset::Clinic).clone();
    let exim = world.exim.as_ref().expect("a mail server");
    world.ignore_letters();
    let body = booking(&house, &house.client, house.local("2026-11-26 14:00"), world.now());
    let appointment = world.api(&house.therapist).post("/api/v1/appointments", &body).good()["appointment"].clone();
    world.work();
    let told = || {
        messages(&world, &appointment)
            .into_iter()
            .find(|m| m.kind == MessageKind::Confirmation && m.to == house.client.id)
    };
    let message = told().expect("they are told");
    assert_eq!((message.state, owed(&world, &house, "inform_client")), (MessageState::Accepted, 0));
    let back = wait::until("the mail server's own word of it", || {
        let all = exim.letters(world.app.tools.from.as_str());
        all.into_iter().find(|letter| String::from_utf8_lossy(&letter.raw).contains(&message.id.to_string()))
    });
    assert_eq!(hand_over_bytes(&world, &back.raw), (200, r#"{"ticket":null}"#.to_owned()));
    world.work();
    let after = told().expect("it stays");
    assert_eq!(after.state, MessageState::Undeliverable, "{:?}", after.last_reply);
    assert_eq!(owed(&world, &house, "inform_client"), 1, "a person must tell them");
    assert_eq!(hand_over_bytes(&world, &back.raw).0, 200, "twice is once");
    world.work();
    assert_eq!(owed(&world, &house, "inform_client"), 1);
    world.ignore_jobs();
}
