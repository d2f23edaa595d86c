//! Guides, and words to a client.

use crate::house::*;
use crate::office::*;
use axum::http::Method;
use domain::policy::Preset;
use serde_json::{Value, json};

async fn about(house: &House, who: domain::person::PersonRef, topic: &str) -> Vec<Value> {
    let (status, found) = get(house, who, &format!("/api/v1/guidance?about={topic}")).await;
    assert_eq!(status, 200);
    found["items"].as_array().expect("a list").clone()
}

// proves: G-05, V-20, H-16, E-14
#[tokio::test]
async fn guides_are_found_by_what_they_are_about_and_clients_see_their_own() {
    let house = the_house(Preset::Insurance).await;
    let of_maya = about(&house, MAYA, "cancel").await;
    assert_eq!(of_maya.len(), 2, "one for therapists, one to send to clients");
    for field in ["id", "title", "author", "author_role", "audience", "collection", "version", "updated_at", "url"] {
        assert!(!of_maya[0][field].is_null(), "{field}");
    }
    let of_daniel = about(&house, client(DANIEL), "cancel").await;
    assert_eq!(of_daniel.len(), 1);
    assert_eq!(of_daniel[0]["title"], "How to cancel your appointment");
    assert!(about(&house, client(DANIEL), "risk").await.is_empty());
    let for_therapists = of_maya.iter().find(|guide| guide["audience"] == "therapist").expect("one");
    let path = format!("/api/v1/guidance/{}", for_therapists["id"].as_str().expect("an id"));
    assert_eq!(get(&house, client(DANIEL), &path).await.0, 404);
    let (_, whole) = get(&house, MAYA, &path).await;
    assert!(whole["text"].as_str().is_some_and(|text| text.contains("## How to cancel")));
}

// proves: V-21, H-16
#[tokio::test]
async fn the_practice_changes_a_guide_and_every_version_stays() {
    let house = the_house(Preset::Network).await;
    let guide = about(&house, SAM, "pathways").await.remove(0);
    let path = format!("/api/v1/guidance/{}", guide["id"].as_str().expect("an id"));
    let words = json!({"title": "Our pathways", "author": "Sam Turner", "author_role": "Practice admin",
        "audience": "therapist", "collection": "Working with clients", "language": "en-GB", "text": "## North\n\nSix."});
    assert_eq!(send(&house, MAYA, Method::PUT, &path, words.clone()).await.0, 404, "not hers to change");
    let (status, changed) = send(&house, SAM, Method::PUT, &path, words).await;
    assert_eq!((status, changed["version"].as_u64()), (200, Some(2)));
    let file = json!({"name": "DNA policy.pdf", "content_type": "application/pdf", "content": "JVBERi0xLjcK"});
    let (status, kept) = post(&house, SAM, &format!("{path}/files"), file).await;
    assert_eq!((status, kept["size"].as_u64()), (201, Some(9)), "{kept}");
    let bad = json!({"name": "x.pdf", "content_type": "application/pdf", "content": "PHNjcmlwdD4="});
    let (status, refused) = post(&house, SAM, &format!("{path}/files"), bad).await;
    assert_eq!((status, refused["code"].as_str()), (422, Some("not_that_kind")));
    let large = json!({"name": "x.txt", "content_type": "text/plain", "content": "YWFh".repeat(100_000)});
    assert_eq!(post(&house, SAM, &format!("{path}/files"), large).await.0, 201, "larger than other bodies may be");
    let (_, whole) = get(&house, MAYA, &path).await;
    assert_eq!(whole["versions"].as_array().map(Vec::len), Some(2));
    assert_eq!(whole["files"].as_array().map(Vec::len), Some(2));
    assert_eq!(post(&house, MAYA, &format!("{path}/feedback"), json!({"helped": true})).await.0, 200);
    assert_eq!(get(&house, MAYA, &path).await.1["feedback"], json!({"yes": 1, "no": 0}));
}

// proves: G-05, G-13
#[tokio::test]
async fn words_to_a_client_go_by_email_with_a_neutral_subject_and_onto_their_file() {
    let house = the_house(Preset::Insurance).await;
    let guide = about(&house, client(DANIEL), "cancel").await.remove(0)["id"].clone();
    let apt = house.appointment(DANIEL, "2026-11-24T14:00:00Z");
    let body = json!({"client": client(DANIEL), "appointment": apt, "body": "Here is how it works.",
        "attach": {"guidance": guide}});
    for _ in 0..2 {
        let (status, sent) = post(&house, MAYA, "/api/v1/messages", body.clone()).await;
        assert_eq!((status, sent["subject"].as_str()), (201, Some("A message for you")), "{sent}");
    }
    let link = json!({"client": client(DANIEL), "body": "Book when it suits you.", "attach": {"booking_link": true}});
    assert_eq!(post(&house, MAYA, "/api/v1/messages", link).await.0, 201);
    let sent: Vec<_> =
        letters(&house, client(DANIEL)).await.into_iter().filter(|(kind, ..)| kind == "message").collect();
    assert_eq!(sent.len(), 3, "nothing stops a second one about the same appointment");
    let with_guide = sent.iter().filter(|(_, _, text)| text.contains("/guides/gui_")).count();
    assert_eq!((with_guide, sent.iter().filter(|(_, _, text)| text.contains("{link}")).count()), (2, 1));
    assert!(sent[0].2.contains("Maya at Alder House Therapy writes:"), "{}", sent[0].2);
    let (_, record) = get(&house, SAM, &format!("/api/v1/audit?subject={apt}")).await;
    assert!(record.to_string().contains("message_written"));
    let code = |body: Value| async { post(&house, MAYA, "/api/v1/messages", body).await.1["code"].clone() };
    assert_eq!(code(json!({"client": client(DANIEL), "body": " "})).await, "required");
    assert_eq!(code(json!({"client": client(DANIEL), "body": "x".repeat(2001)})).await, "too_long");
    assert_eq!(code(json!({"client": client(MARCUS), "body": "Hello"})).await, "not_found", "he is not hers");
    let risk = about(&house, MAYA, "risk").await.remove(0)["id"].clone();
    let wrong = json!({"client": client(DANIEL), "body": "Hello", "attach": {"guidance": risk}});
    assert_eq!(code(wrong).await, "not_for_clients");
}
