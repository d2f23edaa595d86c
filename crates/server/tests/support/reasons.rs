//! The practice's own list of reasons: its words, and what each does.

use crate::house::*;
use crate::office::*;
use crate::page::Reader;
use axum::http::Method;
use domain::person::PersonRef;
use domain::policy::Preset;
use domain::reason::Reason;
use serde_json::{Map, Value, json};

async fn set(house: &House, changes: Value) -> Reply {
    let path = format!("/api/v1/practices/{PRACTICE}/policy");
    send(house, RUTH, Method::PUT, &path, json!({ "set": changes })).await
}

/// Nina's appointment, booked under the policy of today.
async fn ninas(house: &House) -> String {
    let body = json!({ "therapist": MAYA.to_string(), "client": NINA.to_string(), "start": "2026-12-03T12:00:00Z",
        "kind": "video", "agreement": { "how": "phone", "at": "2026-11-24T09:00:00Z" } });
    let (status, booked) = post(house, MAYA, "/api/v1/appointments", body).await;
    assert_eq!(status, 201, "{booked}");
    booked["appointment"]["id"].as_str().expect("an id").to_owned()
}

// proves: G-07, G-11
#[tokio::test]
async fn the_owner_words_a_reason_and_it_reads_so_for_what_is_booked_from_then_on() {
    let house = the_house(Preset::Clinic).await;
    let mut ruth = Reader::of(&house, RUTH).await;
    ruth.go("/p/policy").await.follow("Reasons").await;
    assert!(ruth.text().contains("I’m ill") && ruth.text().contains("client_illness"), "{}", ruth.text());
    assert_eq!(ruth.faults(), Vec::<String>::new());
    let own = [("label.client_illness", "Under the weather"), ("label.therapist_illness", "Unwell today")];
    ruth.press("See what would change", &own).await;
    assert_eq!(ruth.h1(), "What would change", "{}", ruth.text());
    assert!(ruth.text().contains("not set") && ruth.text().contains("Under the weather"), "{}", ruth.text());
    ruth.press("Publish version 2", &[]).await;
    assert!(ruth.text().contains("Published."), "{}", ruth.text());

    let (new, old) = (ninas(&house).await, house.appointment(DANIEL, "2026-12-01T14:00:00Z"));
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go(&format!("/t/appointments/{new}/client-cancelled")).await;
    assert!(maya.text().contains("Under the weather"), "{}", maya.text());
    maya.go(&format!("/t/appointments/{old}/client-cancelled")).await;
    assert!(!maya.text().contains("Under the weather"), "booked under the words of before");
    maya.go(&format!("/t/appointments/{new}/cancel")).await;
    assert!(maya.text().contains("Unwell today"), "{}", maya.text());
    let mut nina = Reader::of(&house, PersonRef::Client(NINA)).await;
    nina.go(&format!("/c/sessions/{new}/cancel")).await;
    assert!(nina.text().contains("Under the weather"), "{} {}", nina.path, nina.text());

    let body = json!({ "initiator": "therapist", "reason": "therapist_illness", "note": "Ill", "share_reason": true,
        "next_step": { "promise_contact_by": "2026-11-25T12:00:00Z" } });
    let (status, done) = post(&house, MAYA, &format!("/api/v1/appointments/{new}/cancel"), body).await;
    assert_eq!(status, 200, "{done}");
    let told = letters(&house, PersonRef::Client(NINA)).await;
    assert!(told.iter().any(|(kind, _, text)| kind == "cancellation" && text.contains("Unwell today")), "{told:?}");
    assert!(told.iter().all(|(_, subject, _)| !subject.contains("Unwell")), "no reason in a subject");
    maya.go(&format!("/t/appointments/{new}/cancelled")).await;
    assert!(maya.text().contains("Unwell today"), "{}", maya.text());
}

// proves: G-07
#[tokio::test]
async fn a_label_is_one_short_line_and_somebody_always_has_a_reason_to_give() {
    let house = the_house(Preset::Clinic).await;
    for label in [json!("x".repeat(61)), json!("two\nlines"), json!("")] {
        let (status, refused) = set(&house, json!({ "reasons.client_illness.label": label })).await;
        assert_eq!(
            (status, &refused["errors"][0]["field"]),
            (422, &json!("reasons.client_illness.label")),
            "{refused}"
        );
    }
    let none: Map<String, Value> =
        Reason::ALL.iter().map(|reason| (format!("reasons.{reason}.enabled"), json!(false))).collect();
    let (status, refused) = set(&house, Value::Object(none)).await;
    assert_eq!((status, &refused["code"]), (422, &json!("contradiction")), "{refused}");
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("allow one again")), "{refused}");
    let (status, kept) = set(&house, json!({ "reasons.client_illness.label": "Not well" })).await;
    assert_eq!((status, &kept["parameters"]["reasons.client_illness.label"]), (200, &json!("Not well")));
    let (status, kept) = set(&house, json!({ "reasons.client_illness.label": null })).await;
    assert_eq!((status, &kept["parameters"]["reasons.client_illness.label"]), (200, &Value::Null));

    let mut ruth = Reader::of(&house, RUTH).await;
    ruth.go("/p/policy/reasons").await;
    ruth.press("See what would change", &[("enabled", ""), ("label.client_moved", "Gone elsewhere")]).await;
    assert_eq!(ruth.status, 422);
    assert!(ruth.text().contains("at least one reason to give: allow one again"), "{}", ruth.text());
    assert_eq!(ruth.values("label.client_moved"), ["Gone elsewhere"], "what was typed stays");
    let mut sam = Reader::of(&house, SAM).await;
    sam.go("/p/policy/reasons").await;
    assert_eq!(sam.status, 404, "the owner's alone");
}
