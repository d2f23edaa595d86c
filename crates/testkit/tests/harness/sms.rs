//! Texts through real gateways: Kannel bound to a message centre with a fate for each number, and a peer that speaks as
//! Twilio's API does and misbehaves on command, because no real one can be had here.

use domain::time::Span;
use holdspace_testkit::http_peer::{Act, Heard, HttpPeer};
use holdspace_testkit::kannel::Kannel;
use holdspace_testkit::wait;
use outside::handed::Handed;
use outside::mail::Secret;
use outside::sms::{Fate, Gateway, GatewaySettings, Inbound, Kind, Receipt, Text};

fn gateway(kind: Kind, url: &str, user: &str) -> Gateway {
    let settings = GatewaySettings {
        kind,
        url: url.into(),
        user: user.into(),
        password: Secret::new("secret"),
        from: "+447700900100".into(),
        whole: Span::seconds(if kind == Kind::Kannel { 20 } else { 1 }),
    };
    Gateway::new(settings).expect("settings that work")
}

/// Everybody's webhook.
fn listener() -> HttpPeer {
    HttpPeer::start(|_| Act::Say(200, String::new()))
}

fn fields(heard: &Heard) -> Vec<(String, String)> {
    let query = heard.path.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let text = if heard.body.is_empty() { query } else { &heard.body };
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// What the reports of this text came to, in any order: networks do not keep it.
fn fates(webhook: &HttpPeer, path: &str) -> Vec<Fate> {
    let calls = webhook.heard().into_iter().filter(|heard| heard.path.starts_with(&format!("{path}?")));
    calls.map(|heard| Receipt::read(Kind::Kannel, &fields(&heard)).expect("a receipt").fate).collect()
}

#[test]
fn kannel_hands_texts_on_and_reports_what_became_of_them() {
    let webhook = listener();
    let kannel = Kannel::start();
    kannel.replies_to(&format!("{}/replies", webhook.url));
    let gateway = gateway(Kind::Kannel, &kannel.url, kannel.user);
    let send = |ending: &str| {
        let (to, report) = (format!("+4477009004{ending}"), format!("{}/reports/{ending}", webhook.url));
        gateway.hand_off(&Text { to: &to, body: &format!("Your appointment {ending}"), report_to: &report })
    };
    for ending in ["12", "01", "02", "06", "07"] {
        assert!(matches!(send(ending), Handed::Accepted { .. }), "{ending}");
    }
    assert_eq!(kannel.text_to("447700900412"), "Your appointment 12");
    let finally = |ending: &str| {
        wait::until("a final report", || {
            let told = fates(&webhook, &format!("/reports/{ending}"));
            told.into_iter().find(|fate| *fate != Fate::OnItsWay)
        })
    };
    assert_eq!(finally("12"), Fate::Delivered);
    assert_eq!([finally("01"), finally("02"), finally("06")], [Fate::Failed; 3]);
    assert_eq!(kannel.text_to("447700900407"), "Your appointment 07");
    assert_eq!(fates(&webhook, "/reports/07").iter().find(|fate| **fate != Fate::OnItsWay), None);
}

#[test]
fn kannel_passes_a_reply_on_and_a_long_text_arrives_whole() {
    let webhook = listener();
    let kannel = Kannel::start();
    kannel.replies_to(&format!("{}/replies", webhook.url));
    kannel.reply("+447700900412", "Yes, in 10");
    let heard = wait::until("the reply", || webhook.heard().into_iter().find(|call| call.path.starts_with("/replies")));
    let read = Inbound::read(Kind::Kannel, &fields(&heard)).expect("a reply");
    assert_eq!((read.from.as_str(), read.body.as_str()), ("+447700900412", "Yes, in 10"));

    let gateway = gateway(Kind::Kannel, &kannel.url, kannel.user);
    let report = format!("{}/reports/1", webhook.url);
    for (to, body) in [("+447700900430", "Zażółć 😀 "), ("+447700900431", "A plain text of ours. ")] {
        let body = body.repeat(20);
        assert!(matches!(gateway.hand_off(&Text { to, body: &body, report_to: &report }), Handed::Accepted { .. }));
        assert_eq!(kannel.text_to(&to[1..]).trim_end(), body.trim_end());
    }
}

#[test]
fn kannel_with_a_wrong_password_takes_nothing() {
    let kannel = Kannel::start();
    let handed = gateway(Kind::Kannel, &kannel.url, "stranger").hand_off(&text("http://127.0.0.1:9/reports"));
    assert!(matches!(handed, Handed::NotAccepted { .. }), "{handed:?}");
    assert_eq!(kannel.submitted(), [0; 0]);
}

fn text(report_to: &str) -> Text<'_> {
    Text { to: "+447700900412", body: "Hi Zoë, 10 & 20", report_to }
}

#[test]
fn a_gateway_like_twilio_gets_the_form_that_it_documents() {
    let peer = HttpPeer::start(|_| Act::Say(201, r#"{"sid":"SM1","status":"queued"}"#.into()));
    let handed = gateway(Kind::Twilio, &peer.url, "AC1").hand_off(&text("https://alder.example/hooks/1"));
    assert_eq!(handed, Handed::Accepted { reply: "SM1".into() });
    let heard = &peer.heard()[0];
    assert_eq!((heard.method.as_str(), heard.path.as_str()), ("POST", "/2010-04-01/Accounts/AC1/Messages.json"));
    assert!(heard.headers.contains(&("authorization".into(), "Basic QUMxOnNlY3JldA==".into())), "{:?}", heard.headers);
    let sent = fields(heard);
    for (name, value) in [
        ("To", "+447700900412"),
        ("From", "+447700900100"),
        ("Body", "Hi Zoë, 10 & 20"),
        ("StatusCallback", "https://alder.example/hooks/1"),
    ] {
        assert!(sent.contains(&(name.into(), value.into())), "{name}: {sent:?}");
    }
}

#[test]
fn what_certainly_did_not_go_is_told_from_what_may_have_gone() {
    let after = |act: Act| {
        let peer = HttpPeer::start(move |_| act.clone());
        gateway(Kind::Twilio, &peer.url, "AC1").hand_off(&text("https://alder.example/hooks/1"))
    };
    assert!(matches!(after(Act::LoseReply), Handed::Unknown { .. }));
    assert!(matches!(after(Act::Hang), Handed::Unknown { .. }));
    assert!(matches!(after(Act::Say(500, "oh".into())), Handed::Unknown { .. }));
    let barred = r#"{"code":21610,"message":"Attempt to send to unsubscribed recipient"}"#;
    assert!(matches!(after(Act::Say(400, barred.into())), Handed::Refused { permanent: true, .. }));
    assert!(matches!(after(Act::Say(503, "busy".into())), Handed::NotAccepted { .. }), "turned away at the door");
    assert!(matches!(after(Act::Say(429, "{}".into())), Handed::NotAccepted { .. }));

    let nobody = format!("http://127.0.0.1:{}", wait::free_port());
    let handed = gateway(Kind::Twilio, &nobody, "AC1").hand_off(&text("https://alder.example/hooks/1"));
    assert!(matches!(handed, Handed::NotAccepted { .. }), "{handed:?}");
    let handed = gateway(Kind::Twilio, "http://localhost:9", "AC1").hand_off(&text("https://alder.example/hooks/1"));
    assert!(matches!(handed, Handed::NotAccepted { .. }), "{handed:?}");
}
