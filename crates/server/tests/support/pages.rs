//! Help on pages, as a person without JavaScript meets it.

use crate::house::*;
use crate::office::*;
use crate::page::Reader;
use axum::body::{Body, to_bytes};
use axum::http::Request;

use domain::policy::Preset;
use holdspace_server::routes::router;
use tower::ServiceExt as _;

// proves: V-11, V-17
#[tokio::test]
async fn a_therapist_asks_for_help_and_support_answers() {
    let house = the_house(Preset::Network).await;
    let mut maya = Reader::of(&house, MAYA).await;
    let apt = house.appointment(GRACE, "2026-11-24T10:30:00Z");
    maya.go(&format!("/t/appointments/{apt}")).await;
    maya.follow("Get help with this").await;
    assert!(maya.text().contains("About Grace Lim") && maya.text().contains("020 7946 0018"), "{}", maya.text());
    maya.press("Ask for help", &[("kind", "technical"), ("body", "")]).await;
    assert!(maya.text().contains("Write in a few words what it is about."), "{}", maya.text());
    maya.press("Ask for help", &[("kind", "technical"), ("body", "The video link does not open.")]).await;
    assert!(maya.text().contains("Please call as well: 020 7946 0018"), "{}", maya.text());
    let mut sue = Reader::of(&house, SUE).await;
    sue.go("/p/tickets").await;
    sue.follow("Technical: Maya Okafor").await;
    sue.press("I’ll take it", &[]).await;
    assert!(sue.text().contains("Sue Hart has it"), "{}", sue.text());
    sue.press("Send the answer", &[("body", "Here is a new one.")]).await;
    maya.go("/t/tickets").await;
    maya.follow("Technical: Maya Okafor").await;
    assert!(maya.text().contains("Sue Hart answered Here is a new one."), "{}", maya.text());
    maya.press("It’s done: close it", &[]).await;
    assert!(maya.text().contains("Closed."), "{}", maya.text());
}

// proves: V-11
#[tokio::test]
async fn a_client_is_handed_over_and_the_therapist_sees_when_it_is_done() {
    let house = the_house(Preset::Network).await;
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go("/t/help").await;
    let daniel = maya.option("Daniel Reyes");
    let fields =
        [("client", daniel.as_str()), ("text", "Maya is ill."), ("by_day", "2026-11-24"), ("by_time", "10:00")];
    maya.press("Ask for help", &fields).await;
    assert!(maya.text().contains("Please tell Daniel Reyes"), "{}", maya.text());
    let here = maya.path.replace("/t/", "/p/");
    let mut sue = Reader::of(&house, SUE).await;
    sue.go(&here).await;
    sue.press("Put it on file", &[("result", "reached")]).await;
    assert!(sue.text().contains("Daniel Reyes was told"), "{}", sue.text());
    maya.go("/t/tickets").await;
    assert!(maya.text().contains("Answered"), "{}", maya.text());
}

async fn stranger(house: &House, path: &str) -> (u16, String) {
    let request = Request::builder().uri(path).body(Body::empty()).expect("a request");
    let (parts, body) = router(&house.app).oneshot(request).await.expect("an answer").into_parts();
    let bytes = to_bytes(body, 1_000_000).await.expect("a body");
    (parts.status.as_u16(), String::from_utf8_lossy(&bytes).into_owned())
}

// proves: G-05, G-18, H-16
#[tokio::test]
async fn a_client_reads_a_guide_without_signing_in_and_says_whether_it_helped() {
    let house = the_house(Preset::Insurance).await;
    let (_, found) = get(&house, MAYA, "/api/v1/guidance?about=cancel").await;
    let path = |audience: &str| {
        let all = found["items"].as_array().expect("a list");
        let guide = all.iter().find(|guide| guide["audience"] == audience).expect("one");
        format!("/guides/{}", guide["id"].as_str().expect("an id"))
    };
    let (status, html) = stranger(&house, &path("client")).await;
    assert_eq!(status, 200);
    for words in ["How to cancel your appointment", "On this page", "24 hours", "Did this answer your question?", "999"]
    {
        assert!(html.contains(words), "{words}");
    }
    assert!(!html.contains("{support_phone}") && html.contains("020 7946 0018"));
    assert_eq!(stranger(&house, &path("therapist")).await.0, 303, "those for colleagues ask to sign in");
    let (status, help) = stranger(&house, &format!("/help/{PRACTICE}")).await;
    assert!(status == 200 && help.contains("How to cancel your appointment") && help.contains("116 123"));
    let mut daniel = Reader::of(&house, client(DANIEL)).await;
    daniel.go(&path("client")).await;
    daniel.press("Yes", &[]).await;
    assert!(daniel.text().contains("Thank you."), "{}", daniel.text());
    daniel.go(&path("therapist")).await;
    assert_eq!(daniel.status, 404);
}

// proves: E-10
#[tokio::test]
async fn a_therapist_hides_the_profile_for_a_month_and_reads_what_it_does() {
    let house = the_house(Preset::Marketplace).await;
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go("/t/record").await;
    assert!(maya.text().contains("Clients you already see are not affected"), "{}", maya.text());
    let fields = [("state", "hidden_by_therapist"), ("from_month", "2026-12"), ("until_month", "2026-11")];
    maya.press("Save", &fields).await;
    assert!(maya.text().contains("The last month is before the first one."), "{}", maya.text());
    maya.press("Save", &[("state", "hidden_by_therapist"), ("from_month", "2026-12"), ("until_month", "2026-12")])
        .await;
    assert!(
        maya.text().contains("From Tuesday 1 December hidden by choice until Friday 1 January 2027"),
        "{}",
        maya.text()
    );
    let mut sam = Reader::of(&house, SAM).await;
    sam.go("/p/therapists").await;
    assert!(sam.text().contains("hidden by choice"), "{}", sam.text());
    sam.follow("Maya Okafor").await;
    sam.press("Save", &[("state", "closed_to_new"), ("reason", "As agreed on the phone")]).await;
    assert!(sam.text().contains("Closed to new clients."), "{}", sam.text());
}

// proves: G-13
#[tokio::test]
async fn a_therapist_writes_to_a_client_from_the_appointment() {
    let house = the_house(Preset::Insurance).await;
    let mut maya = Reader::of(&house, MAYA).await;
    let apt = house.appointment(DANIEL, "2026-11-24T14:00:00Z");
    maya.go(&format!("/t/appointments/{apt}")).await;
    maya.follow("Send Daniel a message").await;
    assert!(maya.text().contains("nothing clinical"), "{}", maya.text());
    maya.press("Send it", &[("body", "See you at two."), ("attach", "booking_link")]).await;
    assert!(maya.text().contains("Your message to Daniel is on its way, and on file."), "{}", maya.text());
    assert!(maya.text().contains("Message to"), "it is in what was sent: {}", maya.text());
}

// proves: V-20, V-21
#[tokio::test]
async fn the_office_changes_a_guide_after_seeing_how_it_will_look() {
    let house = the_house(Preset::Network).await;
    let mut sam = Reader::of(&house, SAM).await;
    sam.go("/p/guides").await;
    sam.follow("Pathways compared").await;
    sam.follow("Change it").await;
    sam.press("Show it first", &[("text", "## North\n\nCall {support_phone}. <script>x</script>")]).await;
    assert!(sam.text().contains("Nothing is kept yet") && sam.text().contains("Call 020 7946 0018."), "{}", sam.text());
    assert!(!sam.html.contains("<script>x"));
    sam.press("Keep the change", &[]).await;
    assert!(sam.text().contains("version 2"), "{}", sam.text());
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go("/t/guides?about=pathways").await;
    assert!(maya.h1() == "Pathways compared" && maya.link("Change it").is_none());
}

// proves: V-19
#[tokio::test]
async fn a_client_asks_the_office_and_sees_only_their_own() {
    let house = the_house(Preset::Network).await;
    let mut daniel = Reader::of(&house, client(DANIEL)).await;
    daniel.go("/c/help").await;
    daniel.press("Send it", &[("kind", "admin"), ("body", "May I have a receipt?")]).await;
    assert!(daniel.text().contains("Sent. You see here"), "{}", daniel.text());
    let here = daniel.path.clone();
    let mut grace = Reader::of(&house, client(GRACE)).await;
    grace.go(&here).await;
    assert_eq!(grace.status, 404);
}

#[tokio::test]
async fn a_file_is_put_beside_a_guide_and_what_will_not_do_is_said_there() {
    let house = the_house(Preset::Clinic).await;
    let mut sam = Reader::of(&house, SAM).await;
    sam.go("/p/guides/new").await;
    sam.press("Add the guide", &[("title", "How to park"), ("audience", "client"), ("text", "Behind the house.")])
        .await;
    sam.follow("Change it").await;
    assert!(sam.text().contains("At most 512 KB."), "{}", sam.text());
    let tries: [(&str, &str, &[u8], &str); 5] = [
        ("", "application/octet-stream", b"", "Choose a file first."),
        ("map.html", "text/html", b"<p>", "map.html is of another kind."),
        ("map.pdf", "application/pdf", b"<script>", "The file is not what its type says."),
        ("a/b.txt", "text/plain", b"x", "Name the file with letters"),
        ("map.txt", "text/plain", &[b'x'; 600 * 1024], "A file may have at most 512 KB."),
    ];
    for (name, kind, bytes, says) in tries {
        sam.upload("Add the file", (name, kind, bytes)).await;
        assert_eq!(sam.status, 422, "{}", sam.text());
        assert!(sam.text().contains(says) && sam.title().starts_with("Error: "), "{says}: {}", sam.text());
        assert_eq!(sam.faults(), Vec::<String>::new());
    }
    sam.upload("Add the file", ("Map of the car park.pdf", "application/pdf", b"%PDF-1.7 \r\n--edg is near")).await;
    assert!(sam.text().contains("The file is with the guide now."), "{}", sam.text());
    sam.follow("Map of the car park.pdf").await;
    assert!(sam.html.starts_with("%PDF-1.7 \r\n--edg is near"), "{}", sam.html);
    sam.go("/p/guides").await.follow("How to park").await.follow("Change it").await;
    sam.press("Remove", &[]).await;
    assert!(sam.text().contains("The file is taken away.") && sam.link("Map of").is_none(), "{}", sam.text());
}
