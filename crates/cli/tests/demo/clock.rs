//! The time machine, and what is kept when a demo is started again.

use crate::world::{Demo, MONDAY, of_role, text};
use serde_json::{Value, json};
use testkit::scratch::Scratch;

/// Books tomorrow's first free time of the new client's therapist and answers the appointment's id.
pub fn book(demo: &Demo, practice: &Value) -> (String, String) {
    let therapist = of_role(practice, "therapist").into_iter().find(|t| text(t, "name").starts_with("Ruth"));
    let therapist = therapist.expect("a therapist of the clinic");
    let client = of_role(practice, "client").into_iter().find(|c| text(c, "name").starts_with("Sam"));
    let client = client.expect("a client of the clinic");
    let token = text(therapist, "api_token");
    let now = text(&demo.get("/demo/clock"), "now").to_owned();
    let day = &now[..10];
    let path = format!(
        "/api/v1/therapists/{}/slots?from={now}&to={}T23:00:00Z&kind=video",
        text(therapist, "id"),
        next_week(day)
    );
    let slots = demo.get_as(token, &path)["items"].as_array().expect("slots").clone();
    let start = slots.iter().map(|slot| text(slot, "start")).find(|start| &start[..10] > day).expect("a free time");
    let wish = json!({
        "therapist": therapist["id"], "client": client["id"], "start": start, "kind": "video",
        "agreement": { "how": "phone", "at": now },
    });
    let (status, answer) = demo.post_as(token, "/api/v1/appointments", &wish);
    assert_eq!(status, 201, "{answer}");
    (text(&answer["appointment"], "id").to_owned(), token.to_owned())
}

fn next_week(day: &str) -> String {
    let day: u32 = day[8..].parse().expect("a day of March");
    format!("2026-03-{:02}", day + 6)
}

#[test]
fn time_stops_at_every_due_moment_on_its_way() {
    let scratch = Scratch::new("demo-clock");
    let demo = Demo::monday(&scratch, "clinic");
    let practice = demo.practices().remove(0);
    assert_eq!(demo.get("/demo/clock"), json!({ "now": MONDAY }));
    let (appointment, token) = book(&demo, &practice);
    let therapist = of_role(&practice, "therapist").into_iter().find(|t| t["api_token"] == token.as_str());
    let id = text(therapist.expect("the therapist"), "id").to_owned();
    let path = format!("/api/v1/therapists/{id}/slots?from=2026-03-16T08:00:00Z&to=2026-03-18T20:00:00Z&kind=video");
    let slots = demo.get_as(&token, &path)["items"].as_array().expect("slots").clone();
    let wish = json!({
        "initiator": "therapist", "reason": "therapist_illness", "note": "Unwell.",
        "next_step": { "offer_slots": [slots[0]["start"], slots[5]["start"]] },
    });
    let (status, answer) = demo.post_as(&token, &format!("/api/v1/appointments/{appointment}/cancel"), &wish);
    assert_eq!(status, 200, "{answer}");

    assert_eq!(demo.advance("P5D".replace("P5D", "PT120H").as_str()), "2026-03-14T08:00:00Z");
    let entries = demo.get_as(&token, &format!("/api/v1/audit?subject={appointment}"));
    let entries = entries["items"].as_array().expect("entries").clone();
    let at =
        |word: &str| -> Vec<&str> { entries.iter().filter(|e| e["word"] == word).map(|e| text(e, "at")).collect() };
    assert_eq!(at("offer_expired"), ["2026-03-10T08:00:00Z"], "the offer lapses in the hour in which it was to");
    assert!(!at("obligation_escalated").is_empty());
    let moments: Vec<&str> = entries.iter().map(|entry| text(entry, "at")).collect();
    assert!(moments.is_sorted(), "things happened in the order in which they fell due: {moments:?}");
    let letters = demo.outbox(&format!("?kind=escalation&since={MONDAY}"));
    let about = letters.iter().find(|letter| letter["appointment"] == appointment.as_str()).expect("the admin is told");
    assert!(at("obligation_escalated").contains(&text(about, "sent_at")), "at the moment itself: {about}");

    let (status, problem) = demo.post("/demo/clock", &json!({ "set": MONDAY }));
    assert_eq!((status, text(&problem, "code")), (422, "backwards"));
    let (status, problem) = demo.post("/demo/clock", &json!({}));
    assert_eq!(status, 422, "{problem}");
    let (status, answer) = demo.post("/demo/clock", &json!({ "set": "2026-03-14T09:00:00Z" }));
    assert_eq!((status, answer), (200, json!({ "now": "2026-03-14T09:00:00Z" })));
}

#[test]
fn a_demo_that_is_started_again_goes_on_as_it_was() {
    let scratch = Scratch::new("demo-again");
    let data = scratch.join("data");
    let demo = Demo::start(&data, &["--now", MONDAY, "--preset", "clinic"]);
    let (first, _) = book(&demo, &demo.practices()[0]);
    demo.advance("PT10M");
    let (people, letters) = (demo.get("/demo/people"), demo.outbox(""));
    demo.stop();

    let demo = Demo::start(&data, &["--now", "2030-01-01T00:00:00Z", "--preset", "network"]);
    assert_eq!(demo.get("/demo/people"), people);
    assert_eq!(demo.outbox(""), letters);
    assert_eq!(demo.get("/demo/clock"), json!({ "now": "2026-03-09T08:10:00Z" }));
    let (second, token) = book(&demo, &demo.practices()[0]);
    assert_ne!(first, second);
    // Sam prefers texts: one to the phone, and the letter with the calendar part; and one for the therapist.
    assert_eq!(demo.outbox("").len(), letters.len() + 3);
    assert_eq!(demo.get_as(&token, &format!("/api/v1/appointments/{first}"))["state"], "booked");
    demo.stop();
}

#[test]
fn without_a_moment_to_begin_at_time_runs_and_can_be_moved_on() {
    let scratch = Scratch::new("demo-runs");
    let demo = Demo::start(&scratch.join("data"), &["--preset", "clinic"]);
    let before = text(&demo.get("/demo/clock"), "now").to_owned();
    let after = demo.advance("PT48H");
    assert!(before < after && after.as_str() < text(&demo.get("/demo/clock"), "now"));
    demo.stop();
    let demo = Demo::start(&scratch.join("data"), &[]);
    assert!(after.as_str() < text(&demo.get("/demo/clock"), "now"), "what was advanced stays");
}
