//! The mail server misbehaves, in each of its ways.

use crate::clock::book;
use crate::world::{Demo, text};
use serde_json::{Value, json};
use testkit::scratch::Scratch;

fn set(demo: &Demo, mode: &str, to: Option<&str>) {
    let (status, answer) = demo.post("/demo/faults", &json!({ "channel": "email", "mode": mode, "to": to }));
    assert_eq!(status, 200, "{answer}");
}

/// The letters of a new booking: to the client, then to the therapist.
fn letters(demo: &Demo, appointment: &str) -> Vec<Value> {
    let mut found = demo.outbox("?kind=confirmation");
    found.retain(|letter| letter["appointment"] == appointment && letter["channel"] == "email");
    found
}

fn statuses(letters: &[Value]) -> Vec<&str> {
    letters.iter().map(|letter| text(letter, "status")).collect()
}

#[test]
fn every_way_to_misbehave_is_seen_in_the_outbox_and_survived() {
    let scratch = Scratch::new("demo-faults");
    let demo = Demo::monday(&scratch, "clinic");
    let practice = demo.practices().remove(0);

    set(&demo, "defer", None);
    let (deferred, token) = book(&demo, &practice);
    assert_eq!(statuses(&letters(&demo, &deferred)), ["deferred", "deferred"]);
    set(&demo, "hang", None);
    let (hung, _) = book(&demo, &practice);
    assert_eq!(statuses(&letters(&demo, &hung)), ["deferred", "deferred"], "silence is no acceptance");
    set(&demo, "ok", None);
    demo.advance("PT10M");
    for appointment in [&deferred, &hung] {
        let sent = letters(&demo, appointment);
        assert_eq!(statuses(&sent), ["sent", "sent"]);
        assert!(sent.iter().all(|letter| letter["tries"].as_u64() > Some(1)), "{sent:?}");
    }

    set(&demo, "accept_then_lose_reply", None);
    let (unknown, _) = book(&demo, &practice);
    let before = letters(&demo, &unknown);
    assert_eq!(statuses(&before), ["unknown", "unknown"], "they arrived, and nobody here knows");
    set(&demo, "ok", None);
    demo.advance("PT10M");
    let after = letters(&demo, &unknown);
    assert_eq!(statuses(&after), ["sent", "sent"]);
    let ids = |letters: &[Value]| letters.iter().map(|l| (l["id"].clone(), l["body"].clone())).collect::<Vec<_>>();
    assert_eq!(ids(&before), ids(&after), "the same letter under the same name");

    let client = text(&after[0], "to").to_owned();
    set(&demo, "reject", Some(&client));
    let (rejected, _) = book(&demo, &practice);
    let refused = letters(&demo, &rejected);
    assert_eq!(statuses(&refused), ["rejected", "sent"], "only whom it was set for");
    let entries = demo.get_as(&token, &format!("/api/v1/audit?subject={rejected}"));
    let words: Vec<&str> = entries["items"].as_array().expect("entries").iter().map(|e| text(e, "word")).collect();
    assert!(words.contains(&"message_undeliverable"), "{words:?}");

    let (status, problem) = demo.post("/demo/faults", &json!({ "channel": "email", "mode": "sulk" }));
    assert_eq!(status, 422, "{problem}");
}
