//! The client's yes to the policy and terms, where somebody else books the first appointment.

use crate::house::*;
use crate::office::*;
use crate::page::Reader;
use domain::id::{Id, RelationshipId};
use domain::person::PersonRef;
use domain::policy::Preset;
use serde_json::{Value, json};

const NINAS: RelationshipId = Id::from_bytes([160; 16]);

fn booking(accepts: bool) -> Value {
    json!({ "therapist": MAYA.to_string(), "client": NINA.to_string(), "start": "2026-12-03T12:00:00Z", "kind": "video",
        "agreement": { "how": "phone", "at": "2026-11-24T09:00:00Z" }, "accepts_policy": accepts })
}

async fn accepted(house: &House) -> Value {
    let (status, pair) = get(house, MAYA, &format!("/api/v1/relationships/{NINAS}")).await;
    assert_eq!(status, 200, "{pair}");
    pair["accepted_policy"].clone()
}

// proves: H-05
#[tokio::test]
async fn a_therapist_who_books_notes_that_the_client_accepts_the_terms_and_how() {
    let house = the_house(Preset::Clinic).await;
    let (status, look) = post(&house, MAYA, "/api/v1/appointments?preview=true", booking(true)).await;
    assert_eq!((status, accepted(&house).await), (200, Value::Null), "{look}");
    let (status, booked) = post(&house, MAYA, "/api/v1/appointments", booking(true)).await;
    assert_eq!(status, 201, "{booked}");
    assert_eq!(accepted(&house).await, json!({ "version": 1, "at": "2026-11-24T09:00:00Z", "how": "phone" }));
    let subject = booked["appointment"]["id"].as_str().expect("an id");
    let (_, record) = get(&house, SAM, &format!("/api/v1/audit?subject={subject}")).await;
    assert!(record.to_string().contains("accepted_policy"), "{record}");
}

// proves: H-05
#[tokio::test]
async fn without_their_yes_it_is_booked_and_stays_open_until_somebody_notes_it() {
    let house = the_house(Preset::Clinic).await;
    let (status, booked) = post(&house, MAYA, "/api/v1/appointments", booking(false)).await;
    assert_eq!((status, accepted(&house).await), (201, Value::Null), "{booked}");
    let mut owen = Reader::of(&house, OWEN).await;
    owen.go("/t").await;
    assert!(owen.text().contains("Terms not accepted yet: Marcus and Yara."), "{}", owen.text());
    owen.follow("Note what they said").await;
    assert!(owen.text().contains("Terms not accepted yet"), "{}", owen.text());
    owen.follow("Marcus Bell").await;
    assert!(owen.text().contains("Policy and terms accepted Terms not accepted yet"), "{}", owen.text());
    owen.press("Keep it", &[("accepts_policy", "yes")]).await;
    assert!(owen.text().contains("Version 1"), "{}", owen.text());
    owen.go("/t").await;
    assert!(owen.text().contains("Terms not accepted yet: Yara."), "{}", owen.text());

    // Whoever has it noted is not asked for it at the next booking; the others' form asks.
    let form = |who: PersonRef, number: u8| (who, format!("/t/appointments/new?relationship={}", relationship(number)));
    let (_, path) = form(OWEN, MARCUS);
    owen.go(&path).await;
    assert!(!owen.text().contains("agrees to the policy and terms"), "{}", owen.text());
    owen.go(&form(OWEN, YARA).1).await;
    assert!(owen.text().contains("Yara agrees to the policy and terms"), "{}", owen.text());
    assert_eq!(owen.faults(), Vec::<String>::new());
    let start = owen.values("start").pop().expect("a free time");
    let yes = [("start", start.as_str()), ("agreed_how", "in_session"), ("accepts_policy", "yes")];
    owen.press("Book it", &yes).await;
    assert!(owen.status == 200 && owen.path.contains("done=booked"), "{} {}", owen.path, owen.text());
    owen.go("/t").await;
    assert!(!owen.text().contains("Terms not accepted yet"), "{}", owen.text());
}
