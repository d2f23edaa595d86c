//! Letters to the support address, as a mail server hands them over.

use crate::steps::text;
use domain::policy::Preset;
use holdspace_testkit::exim::Exim;
use holdspace_testkit::wait;
use holdspace_testkit::world::{Engine, House, Plan, World};
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport as _};
use serde_json::{Value, json};

fn hook(world: &World) -> String {
    format!("{}/hooks/mail/{}", world.url(), world.app.tools.link_key.hook("mail"))
}

/// Hands a letter over; status and answer.
fn hand_over(url: &str, letter: &str) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.post(url).send(letter.as_bytes()).expect("an answer");
    (answer.status().as_u16(), answer.body_mut().read_json().expect("JSON"))
}

fn letter(house: &House, from: &str, id: &str, words: &str) -> String {
    let to = &house.practice.support_email;
    format!("From: {from}\r\nTo: Support <{to}>\r\nMessage-ID: <{id}@example.org>\r\n\r\n{words}\r\n")
}

fn requests(world: &World, house: &House) -> Vec<Value> {
    let found = world.api(&house.support).get("/api/v1/tickets").good();
    found["items"].as_array().expect("requests").clone()
}

fn becomes_a_request_once(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Marketplace).begin();
    let house = world.house(Preset::Marketplace);
    world.ignore_letters();
    let url = hook(&world);
    let first = letter(house, &house.therapist.email.to_uppercase(), "1", "I cannot sign in.");
    let (status, answer) = hand_over(&url, &first);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(hand_over(&url, &first), (200, answer.clone()), "handed over again it is the same request");
    let stranger = letter(house, "stranger@example.net", "2", "Do you have times on Sundays?");
    hand_over(&url, &stranger);
    let raised = requests(&world, house);
    assert_eq!(raised.len(), 2, "{raised:?}");
    let own = raised.iter().find(|one| one["id"] == answer["ticket"]).expect("the therapist's own");
    assert_eq!(own["raised_by"], house.therapist.id.to_string());
    assert!(own["due_at"].is_string(), "with a clock: {own}");

    let rows = world.rows();
    let away = first.replace("To:", "Auto-Submitted: auto-replied\r\nTo:").replace("<1@", "<3@");
    assert_eq!(hand_over(&url, &away), (200, json!({ "ticket": null })), "what a machine wrote is left");
    let elsewhere = first.replace(&house.practice.support_email, "somebody@else.example").replace("<1@", "<4@");
    let (status, refused) = hand_over(&url, &elsewhere);
    assert_eq!((status, text(&refused["code"])), (422, "address_unknown"));
    let (status, refused) = hand_over(&url, "no letter");
    assert_eq!((status, text(&refused["code"])), (422, "not_a_letter"));
    let guessed = format!("{}/hooks/mail/{}", world.url(), "0".repeat(26));
    assert_eq!(hand_over(&guessed, &letter(house, "a@example.org", "5", "Hello")).0, 404);
    assert_eq!(world.rows(), rows, "and nothing has changed");
    let by_envelope = format!("{url}?to={}", house.practice.support_email);
    assert_eq!(hand_over(&by_envelope, &elsewhere).0, 200, "what the mail server says counts before the letter");
    world.work();
}

// proves: E-12, V-11
#[test]
fn a_letter_to_the_support_address_becomes_one_request_on_sqlite() {
    becomes_a_request_once(Engine::Sqlite);
}

#[test]
fn a_letter_to_the_support_address_becomes_one_request_on_postgres() {
    becomes_a_request_once(Engine::Postgres);
}

// proves: E-12
#[test]
fn a_real_mail_server_hands_it_over() {
    let world = Plan::on(Engine::Sqlite).only(Preset::Network).begin();
    let house = world.house(Preset::Network);
    world.ignore_letters();
    let exim = Exim::start();
    exim.hand_support_to(&format!("{}?to={}", hook(&world), house.practice.support_email));
    let written = Message::builder()
        .from(house.therapist.email.parse().expect("an address"))
        .to("support@practice.test".parse().expect("an address"))
        .subject("Help")
        .header(ContentType::TEXT_PLAIN)
        .body("The screen stays dark – please ring me.".to_owned());
    sender(&exim).send(&written.expect("a letter")).expect("Exim takes it");
    let raised = wait::until("the request", || requests(&world, house).into_iter().next());
    assert_eq!(raised["body"], "The screen stays dark – please ring me.");
    assert_eq!(raised["raised_by"], house.therapist.id.to_string());
    world.work();
}

fn sender(exim: &Exim) -> SmtpTransport {
    let pem = std::fs::read(&exim.ca_pem).expect("the authority's certificate");
    let trusted = Certificate::from_pem(&pem).expect("a certificate");
    let tls = TlsParameters::builder("localhost".to_owned()).add_root_certificate(trusted).build().expect("TLS");
    SmtpTransport::builder_dangerous("127.0.0.1")
        .port(exim.port)
        .tls(Tls::Required(tls))
        .credentials(Credentials::new(exim.user.to_owned(), exim.password.to_owned()))
        .build()
}
