//! Exim takes letters as a stranger's server would, and the lossy proxy loses the reply to them.

use std::time::Duration;

use holdspace_testkit::exim::{Delays, Exim};
use holdspace_testkit::lossy::LossyProxy;
use lettre::message::{MultiPart, SinglePart, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport as _};

fn sender(exim: &Exim, port: u16, password: &str) -> SmtpTransport {
    let pem = std::fs::read(&exim.ca_pem).expect("the authority's certificate");
    let trusted = Certificate::from_pem(&pem).expect("a certificate");
    let tls = TlsParameters::builder("localhost".to_owned()).add_root_certificate(trusted).build().expect("TLS");
    SmtpTransport::builder_dangerous("127.0.0.1")
        .port(port)
        .tls(Tls::Required(tls))
        .credentials(Credentials::new(exim.user.to_owned(), password.to_owned()))
        .timeout(Some(Duration::from_secs(10)))
        .build()
}

fn letter(to: &str) -> Message {
    let calendar = ContentType::parse("text/calendar; method=REQUEST; charset=utf-8").expect("a content type");
    let body = MultiPart::alternative()
        .singlepart(SinglePart::plain("Ihr Termin: Größe. ".repeat(40)))
        .singlepart(SinglePart::builder().header(calendar).body("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned()));
    let letter = Message::builder()
        .from("Practice <post@practice.test>".parse().expect("an address"))
        .to(to.parse().expect("an address"))
        .subject("Your time has changed – please look")
        .message_id(Some("<msg_1@practice.test>".to_owned()));
    letter.multipart(body).expect("a letter")
}

/// What the server answered, as a code; `None` for a letter taken.
fn refusal(sender: &SmtpTransport, to: &str) -> Option<u16> {
    let error = sender.send(&letter(to)).err()?;
    Some(error.status().map_or(0, u16::from))
}

#[test]
fn a_letter_arrives_as_it_was_sent() {
    let exim = Exim::start();
    assert_eq!(refusal(&sender(&exim, exim.port, exim.password), "anna@clients.test"), None);
    let arrived = exim.wait_for_letters("anna@clients.test", 1);
    assert_eq!(arrived[0].header("Message-ID").as_deref(), Some("<msg_1@practice.test>"));
    let parsed = arrived[0].parsed();
    assert_eq!(parsed.subject, "Your time has changed – please look");
    assert!(parsed.part("text/plain").is_some_and(|text| text.contains("Größe")));
    assert_eq!(parsed.parts[1].method, "REQUEST");
    assert_eq!(parsed.defects, [""; 0]);
    assert!(exim.letters("ben@clients.test").is_empty());
}

#[test]
fn the_recipient_decides_which_fault_the_sender_meets() {
    let exim = Exim::start_with(Delays { slow_seconds: 0, hang_seconds: 60 });
    let sender = sender(&exim, exim.port, exim.password);
    assert_eq!(refusal(&sender, "hardbounce@clients.test"), Some(550));
    assert_eq!(refusal(&sender, "hardbounce-anna@clients.test"), Some(550));
    assert_eq!(refusal(&sender, "greylist@clients.test"), Some(451));
    assert_eq!(refusal(&sender, "dropconn@clients.test"), Some(550));
    assert_eq!(refusal(&sender, "slow@clients.test"), None);
    assert_eq!(refusal(&sender, "greyonce@clients.test"), Some(451));
    exim.end_greylisting();
    assert_eq!(refusal(&sender, "greyonce@clients.test"), None);
    assert_eq!(refusal(&sender, "latebounce@clients.test"), None);
    let bounce = exim.wait_for_letters("post@practice.test", 1);
    assert!(bounce[0].text().contains("5.2.2"), "{}", bounce[0].text());
}

#[test]
fn a_wrong_password_and_an_unknown_authority_are_refused() {
    let exim = Exim::start();
    assert_eq!(refusal(&sender(&exim, exim.port, "wrong"), "anna@clients.test"), Some(535));
    let trusting_others = SmtpTransport::starttls_relay("localhost").expect("TLS").port(exim.port).build();
    assert!(
        trusting_others
            .send(&letter("anna@clients.test"))
            .is_err_and(|error| error.is_tls() || error.status().is_none())
    );
    assert!(exim.all_letters().is_empty());
}

#[test]
fn a_stopped_server_refuses_and_keeps_its_letters() {
    let mut exim = Exim::start();
    let port = exim.port;
    assert_eq!(refusal(&sender(&exim, port, exim.password), "anna@clients.test"), None);
    let _arrived = exim.wait_for_letters("anna@clients.test", 1);
    exim.stop();
    assert_eq!(refusal(&sender(&exim, port, exim.password), "anna@clients.test"), Some(0));
    exim.resume();
    assert_eq!(refusal(&sender(&exim, port, exim.password), "anna@clients.test"), None);
    let _both = exim.wait_for_letters("anna@clients.test", 2);
}

#[test]
fn a_lost_reply_looks_like_failure_to_the_sender_while_the_letter_arrives() {
    let exim = Exim::start();
    let proxy = LossyProxy::in_front_of(exim.port);
    let sender = sender(&exim, proxy.port, exim.password);
    assert_eq!(refusal(&sender, "anna@clients.test"), None, "unarmed, it passes everything");
    let _first = exim.wait_for_letters("anna@clients.test", 1);

    proxy.swallow_replies(1);
    assert_eq!(refusal(&sender, "anna@clients.test"), Some(0), "no status: the connection died");
    assert_eq!(proxy.swallowed(), 1);
    let both = exim.wait_for_letters("anna@clients.test", 2);
    assert_eq!(both[0].header("Message-ID"), both[1].header("Message-ID"));

    assert_eq!(refusal(&sender, "ben@clients.test"), None, "only as many as asked for");
    proxy.cut();
    assert_eq!(refusal(&sender, "carl@clients.test"), Some(0));
    proxy.restore();
    assert_eq!(refusal(&sender, "dora@clients.test"), None);
    let _last = exim.wait_for_letters("dora@clients.test", 1);
    assert!(exim.letters("carl@clients.test").is_empty());
}
