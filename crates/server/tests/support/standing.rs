//! A therapist's record, what counts in it, and how they are listed.

use crate::house::*;
use crate::office::*;
use domain::person::PersonRef;
use domain::policy::Preset;
use domain::time::Span;
use serde_json::{Value, json};

async fn record(house: &House, who: PersonRef, of: PersonRef) -> Value {
    let (status, record) = get(house, who, &format!("/api/v1/therapists/{of}/reliability")).await;
    assert_eq!(status, 200, "{record}");
    record
}

async fn list(house: &House, who: PersonRef, of: PersonRef, body: Value) -> (u16, Value) {
    post(house, who, &format!("/api/v1/therapists/{of}/listing"), body).await
}

// proves: E-08, E-09, E-11
#[tokio::test]
async fn what_counts_is_shown_with_its_reason_and_what_the_client_asked_for_does_not() {
    let house = the_house(Preset::Marketplace).await;
    house.owen_cancels(MARCUS, "2026-11-24T11:00:00Z", now() - Span::minutes(70)).await;
    let apt = house.appointment(YARA, "2026-12-02T12:00:00Z");
    let moved = json!({"start": "2026-12-03T12:00:00Z", "initiator": "client",
        "agreement": {"how": "phone", "at": "2026-11-24T09:00:00Z"}});
    let (status, act) = post(&house, OWEN, &format!("/api/v1/appointments/{apt}/reschedule"), moved).await;
    assert_eq!(status, 200, "{act}");
    let seen = record(&house, OWEN, OWEN).await;
    assert_eq!((seen["window_days"].as_u64(), seen["score"].clone()), (Some(60), Value::Null), "too few for a score");
    let of = |kind: &str| seen["events"].as_array().and_then(|all| all.iter().find(|e| e["kind"] == kind)).cloned();
    let (called_off, moved) = (of("cancelled").expect("one"), of("moved").expect("one"));
    assert_eq!((called_off["counts"].as_bool(), moved["counts"].as_bool()), (Some(true), Some(false)), "{seen}");
    assert!(called_off["why"].as_str().is_some_and(|why| why.starts_with("It counts")), "{called_off}");
    assert_eq!(moved["why"], "It does not count: the client asked for it.");
    assert_eq!(seen["listing"]["state"], "listed");
    let path = format!("/api/v1/therapists/{OWEN}/reliability");
    for (who, status) in [(SAM, 200), (RUTH, 200), (MAYA, 404), (client(GRACE), 404)] {
        assert_eq!(get(&house, who, &path).await.0, status, "{who}");
    }
}

// proves: E-08, E-11
#[tokio::test]
async fn two_that_count_suggest_hiding_and_an_appeal_is_decided_with_a_reason() {
    let house = the_house(Preset::Marketplace).await;
    for (who, start) in [(MARCUS, "2026-11-24T11:00:00Z"), (YARA, "2026-11-24T12:00:00Z")] {
        house.owen_cancels(who, start, now() - Span::minutes(5)).await;
    }
    let seen = record(&house, OWEN, OWEN).await;
    assert_eq!((seen["counted"].as_u64(), seen["suggestions"][0]["suggestion"].as_str()), (Some(2), Some("hide")));
    let event = &seen["events"][0];
    let body = json!({"appointment": event["appointment"], "kind": event["kind"], "words": "The power was out."});
    let path = format!("/api/v1/therapists/{OWEN}/reliability/appeals");
    let (status, appeal) = post(&house, OWEN, &path, body.clone()).await;
    assert_eq!(status, 201, "{appeal}");
    assert_eq!(post(&house, OWEN, &path, body).await.1["code"], "already_appealed");
    let decide = format!("/api/v1/appeals/{}/decide", appeal["id"].as_str().expect("an id"));
    assert_eq!(post(&house, OWEN, &decide, json!({"decision": "exclude", "reason": "x"})).await.0, 404);
    assert_eq!(post(&house, SAM, &decide, json!({"decision": "exclude"})).await.1["code"], "reason_required");
    let body = json!({"decision": "exclude", "reason": "the whole street had no power."});
    assert_eq!(post(&house, SAM, &decide, body).await.0, 200);
    let seen = record(&house, OWEN, OWEN).await;
    assert_eq!((seen["counted"].as_u64(), seen["suggestions"].clone()), (Some(1), json!([])));
    assert!(seen.to_string().contains("It does not count: the whole street had no power."), "{seen}");
}

// proves: E-10, E-11
#[tokio::test]
async fn a_hidden_therapist_takes_no_new_clients_and_keeps_those_they_have() {
    let house = the_house(Preset::Marketplace).await;
    let wish = json!({"state": "hidden_by_therapist", "from": "2026-11-01", "until": "2027-01-01"});
    let (status, hidden) = list(&house, MAYA, MAYA, wish.clone()).await;
    assert_eq!(status, 200, "{hidden}");
    assert_eq!(hidden["listing"]["state"], "hidden_by_therapist");
    assert_eq!(list(&house, OWEN, MAYA, wish).await.0, 404, "each their own");
    let book = |who: PersonRef, start: &str| json!({"therapist": MAYA, "client": who, "start": start, "kind": "video"});
    let nina = PersonRef::Client(NINA);
    let (status, refused) = post(&house, nina, "/api/v1/appointments", book(nina, "2026-12-02T11:00:00Z")).await;
    assert_eq!((status, refused["code"].as_str()), (409, Some("not_taking_new_clients")), "{refused}");
    let grace = client(GRACE);
    let (status, booked) = post(&house, grace, "/api/v1/appointments", book(grace, "2026-12-02T11:00:00Z")).await;
    assert_eq!(status, 201, "{booked}");
    let back = json!({"state": "listed"});
    assert_eq!(list(&house, MAYA, MAYA, back).await.0, 200);
    let (status, booked) = post(&house, nina, "/api/v1/appointments", book(nina, "2026-12-02T13:00:00Z")).await;
    assert_eq!(status, 201, "{booked}");
}

// proves: E-09, E-11
#[tokio::test]
async fn only_a_person_with_a_reason_takes_a_profile_down() {
    let house = the_house(Preset::Marketplace).await;
    let drop = |reason: Value| json!({"state": "dropped", "reason": reason});
    assert_eq!(list(&house, MAYA, MAYA, drop(json!("x"))).await.1["code"], "not_your_choice");
    assert_eq!(list(&house, SAM, MAYA, drop(Value::Null)).await.1["code"], "reason_required");
    assert_eq!(list(&house, RUTH, MAYA, drop(json!("Talked through on Monday"))).await.0, 200);
    assert_eq!(list(&house, MAYA, MAYA, json!({"state": "listed"})).await.1["code"], "set_by_practice");
    assert_eq!(
        list(&house, SUE, MAYA, json!({"state": "listed", "reason": "x"})).await.0,
        404,
        "not support's to decide"
    );
}
