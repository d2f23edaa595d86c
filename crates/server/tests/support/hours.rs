//! Working hours, over the API and on the page: what is offered follows them, and what is booked stays.

use crate::house::*;
use crate::office::*;
use crate::page::Reader;
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Request};
use domain::person::PersonRef;
use domain::policy::Preset;
use holdspace_server::routes::router;
use serde_json::{Value, json};
use tower::ServiceExt as _;

fn path(of: PersonRef) -> String {
    format!("/api/v1/therapists/{of}/availability")
}

/// The hours as they are, ready to be changed and sent back.
async fn hours(house: &House, of: PersonRef) -> Value {
    let (status, mut found) = get(house, SAM, &path(of)).await;
    assert_eq!(status, 200, "{found}");
    let fields = found.as_object_mut().expect("an object");
    fields.retain(|name, _| matches!(name.as_str(), "weekly" | "exceptions" | "kinds"));
    found
}

async fn put(house: &House, who: PersonRef, of: PersonRef, query: &str, body: &Value) -> Reply {
    send(house, who, Method::PUT, &format!("{}{query}", path(of)), body.clone()).await
}

/// The starts on this day, by video, as staff see them.
async fn starts(house: &House, of: PersonRef, day: &str) -> Vec<String> {
    let path = format!("/api/v1/therapists/{of}/slots?from={day}T00:00:00Z&to={day}T23:59:00Z&kind=video");
    let (status, found) = get(house, SAM, &path).await;
    assert_eq!(status, 200, "{found}");
    let items = found["items"].as_array().expect("items").iter();
    items.map(|slot| slot["start"].as_str().expect("a start")[11..16].to_owned()).collect()
}

#[tokio::test]
async fn hours_are_the_therapists_own_and_the_practices_to_run() {
    let house = the_house(Preset::Clinic).await;
    for (who, status) in [(MAYA, 200), (SAM, 200), (RUTH, 200), (OWEN, 404), (SUE, 404), (client(GRACE), 404)] {
        assert_eq!(get(&house, who, &path(MAYA)).await.0, status, "{who} reads");
        let body = hours(&house, MAYA).await;
        assert_eq!(put(&house, who, MAYA, "", &body).await.0, status, "{who} writes");
    }
    let (_, found) = get(&house, MAYA, &path(MAYA)).await;
    assert_eq!((&found["time_zone"], found["weekly"].as_array().map(Vec::len)), (&json!("Europe/London"), Some(5)));
    let dearer = json!({ "weekly": [], "exceptions": [], "kinds": { "video": { "minutes": 50,
        "start_every_minutes": 30, "buffer_after_minutes": 0, "price": { "amount_minor": 9900, "currency": "GBP" } } } });
    let (status, refused) = put(&house, MAYA, MAYA, "", &dearer).await;
    assert_eq!((status, &refused["code"]), (422, &json!("set_by_practice")));
    assert_eq!(put(&house, SAM, MAYA, "", &dearer).await.0, 200);
}

#[tokio::test]
async fn what_is_offered_follows_a_closed_day_and_a_break_and_what_is_booked_stays() {
    let house = the_house(Preset::Clinic).await;
    assert!(!starts(&house, MAYA, "2026-11-26").await.is_empty());
    assert!(starts(&house, MAYA, "2026-12-01").await.contains(&"13:00".to_owned()), "it ends before two");
    let mut wish = hours(&house, MAYA).await;
    wish["exceptions"] = json!([{ "first": "2026-11-26", "last": "2026-11-27", "open": null },
        { "first": "2026-12-05", "last": "2026-12-05", "open": { "from": "10:00", "to": "12:00", "kinds": ["video"] } }]);
    wish["kinds"]["video"]["buffer_after_minutes"] = json!(30);

    let (status, look) = put(&house, MAYA, MAYA, "?preview=true", &wish).await;
    assert_eq!((status, &look["preview"]), (200, &json!(true)), "{look}");
    assert!(!starts(&house, MAYA, "2026-11-26").await.is_empty(), "a preview changes nothing");
    let (status, kept) = put(&house, MAYA, MAYA, "", &wish).await;
    assert_eq!(status, 200, "{kept}");
    let booked = house.appointment(DANIELA, "2026-11-26T09:30:00Z");
    assert_eq!(kept["outside"][0]["appointment"], json!(booked), "{kept}");
    assert_eq!((&kept["outside"][0]["why"], &kept["outside"]), (&json!("day_closed"), &look["outside"]));
    assert!(kept["receipt"]["seq"].is_u64(), "{kept}");

    assert_eq!(starts(&house, MAYA, "2026-11-26").await, Vec::<String>::new());
    assert_eq!(starts(&house, MAYA, "2026-12-05").await, ["10:00", "10:30", "11:00"], "a Saturday with hours");
    let tuesday = starts(&house, MAYA, "2026-12-01").await;
    assert!(!tuesday.contains(&"13:00".to_owned()) && tuesday.contains(&"12:30".to_owned()), "{tuesday:?}");
    let (_, still) = get(&house, MAYA, &format!("/api/v1/appointments/{booked}")).await;
    assert_eq!(still["state"], "booked");
}

#[tokio::test]
async fn what_will_not_do_names_its_field_and_a_stale_page_is_told_so() {
    let house = the_house(Preset::Clinic).await;
    let mut wish = hours(&house, MAYA).await;
    wish["weekly"][1]["to"] = json!("07:00");
    wish["kinds"]["video"]["minutes"] = json!(500);
    let (status, refused) = put(&house, MAYA, MAYA, "", &wish).await;
    assert_eq!((status, &refused["code"]), (422, &json!("ends_before_it_begins")));
    let fields: Vec<_> = refused["errors"].as_array().expect("errors").iter().map(|e| e["field"].clone()).collect();
    assert_eq!(fields, [json!("weekly[1].to"), json!("kinds.video.minutes")]);
    let mut odd = hours(&house, MAYA).await;
    odd["colour"] = json!("blue");
    assert_eq!(put(&house, MAYA, MAYA, "", &odd).await.1["code"], "field_unknown");

    let (_, found) = get(&house, MAYA, &path(MAYA)).await;
    let seen = found["revision"].as_u64().expect("a revision");
    let good = hours(&house, MAYA).await;
    for (tag, status) in [(seen + 1, 412), (seen, 200)] {
        let request = Request::builder().method(Method::PUT).uri(path(MAYA)).header(CONTENT_TYPE, "application/json");
        let request = request.header("authorization", format!("Bearer token-of-{MAYA}"));
        let request = request.header("if-match", format!("\"{tag}\"")).body(Body::from(good.to_string()));
        let answer = router(&house.app).oneshot(request.expect("a request")).await.expect("an answer");
        let code = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), 100_000).await.expect("a body");
        assert_eq!(code, status, "{}", String::from_utf8_lossy(&body));
    }
}

#[tokio::test]
async fn a_therapist_adds_hours_and_removes_them_without_a_script() {
    let house = the_house(Preset::Clinic).await;
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go("/t").await.follow("Working hours").await;
    assert!(maya.text().contains("London time") && maya.text().contains("Saturday Not working."), "{}", maya.text());
    assert_eq!(maya.faults(), Vec::<String>::new());
    maya.press("Add hours on Saturday", &[]).await;
    assert_eq!(maya.status, 200);
    maya.press("Save the hours", &[("from.5", "13:00"), ("to.5", "10:00")]).await;
    assert_eq!(maya.status, 422);
    assert!(maya.title().starts_with("Error: ") && maya.text().contains("Saturday: Close later"), "{}", maya.text());
    assert_eq!(maya.values("from.5"), ["13:00"], "what was typed stays");
    maya.press("Save the hours", &[("to.5", "15:00")]).await;
    assert!(maya.text().contains("Saved."), "{}", maya.text());
    assert_eq!(starts(&house, MAYA, "2026-11-28").await, ["13:00", "13:30", "14:00"]);
    maya.press(": Saturday, hours 1", &[]).await;
    maya.press("Save the hours", &[]).await;
    assert!(starts(&house, MAYA, "2026-11-28").await.is_empty());
}

#[tokio::test]
async fn what_is_typed_in_one_part_outlasts_a_button_or_a_mistake_in_another() {
    let house = the_house(Preset::Clinic).await;
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go("/t/hours").await;
    maya.press("Add hours on Saturday", &[("minutes.video", "40"), ("first", "2026-12-24"), ("what", "closed")]).await;
    assert_eq!((maya.values("minutes.video"), maya.values("first")), (vec!["40".into()], vec!["2026-12-24".into()]));
    maya.press("Save the hours", &[("from.5", "13:00"), ("to.5", "10:00")]).await;
    assert_eq!((maya.status.as_u16(), maya.values("minutes.video")), (422, vec!["40".into()]));
    maya.press("Save the hours", &[("to.5", "15:00")]).await;
    assert!(maya.text().contains("Saved.") && maya.text().contains("Thu 24 Dec"), "{}", maya.text());
    assert_eq!(maya.values("minutes.video"), ["40"]);
    assert_eq!(starts(&house, MAYA, "2026-11-28").await, ["13:00", "13:30", "14:00"]);
}

#[tokio::test]
async fn closing_a_day_with_bookings_lists_them_before_anything_is_saved() {
    let house = the_house(Preset::Clinic).await;
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go("/t/hours").await;
    assert!(maya.text().contains("None. Every week is as above."), "{}", maya.text());
    maya.press("Save the hours", &[("last", "2026-11-20")]).await;
    assert!(maya.text().contains("Enter the day") && maya.text().contains("Say whether you are closed"));
    maya.press("Save the hours", &[("first", "2026-11-26"), ("last", ""), ("what", "closed")]).await;
    assert_eq!(maya.h1(), "These stay as they are", "{}", maya.text());
    assert!(maya.text().contains("Daniela Ortiz") && maya.text().contains("The day is closed"), "{}", maya.text());
    assert!(!starts(&house, MAYA, "2026-11-26").await.is_empty(), "nothing is saved yet");
    maya.press("Save the new hours", &[]).await;
    let text = maya.text();
    assert!(text.contains("Saved.") && text.contains("Booked outside these hours"), "{text}");
    assert!(starts(&house, MAYA, "2026-11-26").await.is_empty());
    maya.follow("Daniela Ortiz").await;
    assert!(maya.text().contains("Daniela Ortiz") && maya.status == 200);
    maya.go("/t/hours").await;
    maya.press("Save the hours", &[("drop", "0")]).await;
    assert!(maya.text().contains("None. Every week is as above."), "{}", maya.text());
    assert_eq!(maya.faults(), Vec::<String>::new());
}

#[tokio::test]
async fn the_practice_offers_another_kind_at_its_price_and_a_stale_form_is_refused() {
    let house = the_house(Preset::Clinic).await;
    let (mut maya, mut sam) = (Reader::of(&house, MAYA).await, Reader::of(&house, SAM).await);
    maya.go("/t/hours").await;
    assert!(maya.text().contains("Your practice can add it"), "{}", maya.text());
    sam.go("/p/therapists").await.follow("Hours of Maya").await;
    assert!(sam.text().contains("Maya Okafor"), "{}", sam.text());
    let all = [("offer", "in_person"), ("offer", "video"), ("offer", "phone")];
    sam.press("Save the hours", &all).await;
    assert!(sam.status == 422 && sam.text().contains("Write what it costs"), "{}", sam.text());
    let with_price = [all.as_slice(), &[("price.phone", "45.00"), ("minutes.phone", "25")]].concat();
    sam.press("Save the hours", &with_price).await;
    assert!(sam.text().contains("Saved."), "{}", sam.text());
    maya.press("Save the hours", &[("minutes.video", "45")]).await;
    assert_eq!(maya.status, 412, "{}", maya.text());
    maya.go("/t/hours").await;
    assert!(maya.text().contains("£45.00"), "{}", maya.text());
    maya.press("Save the hours", &[("minutes.video", "4")]).await;
    assert!(maya.text().contains("from 5 to 480"), "{}", maya.text());
    sam.go(&format!("/p/therapists/{}/hours", client(GRACE))).await;
    assert_eq!(sam.status, 404);
}
