//! The words of the help page, read aloud, lead through the pages without a guess (G-09, G-14).

use crate::house::*;
use crate::page::Reader;
use domain::policy::Preset;

const TODAY: &str = "2026-11-24T14:00:00Z";

async fn at_the_desk(house: &House) -> Reader {
    let mut maya = Reader::of(house, MAYA).await;
    maya.go("/t").await;
    maya
}

// proves: G-09, G-10
#[tokio::test]
async fn a_therapist_cancels_along_the_words_of_the_help_page() {
    let house = House::of(Preset::Insurance).await;
    let mut maya = at_the_desk(&house).await;
    assert_eq!(maya.h1(), "Dashboard");
    maya.follow("Appointments").await.follow("List View").await;
    maya.press("Search", &[("q", "daniel")]).await;
    let found = maya.text();
    assert!(
        found.contains("Daniel Reyes") && found.contains("Daniela Ortiz") && !found.contains("Grace Lim"),
        "{found}"
    );
    maya.follow("Daniel Reyes").await;
    assert_eq!(maya.h1(), "Daniel Reyes, today at 14:00");
    assert!(maya.text().contains("Actions"), "{}", maya.text());
    maya.follow("Cancel appointment").await;
    assert_eq!(maya.h1(), "Cancel today’s appointment with Daniel");
    assert!(maya.text().contains("Nothing has happened yet"));
    maya.press("Cancel Appointment", &[("reason", "therapist_illness"), ("note", "Ill since this morning")]).await;
    assert_eq!(maya.h1(), "Appointment cancelled", "{}", maya.text());
    let done = maya.text();
    for words in ["Daniel Reyes", "Tuesday 24 November, 14:00 to 14:50", "What’s left", "What Daniel got", "No. "] {
        assert!(done.contains(words), "{words} in {done}");
    }
    maya.follow("See the appointment").await;
    let record = maya.text();
    for words in ["Cancelled, Maya Okafor", "Cancellation to Daniel Reyes", "Cancellation to Maya Okafor"] {
        assert!(record.contains(words), "{words} in {record}");
    }
}

// proves: G-12, G-14
#[tokio::test]
async fn a_clients_booking_link_is_found_on_the_dashboard_in_your_practice() {
    let house = House::of(Preset::Insurance).await;
    let mut maya = at_the_desk(&house).await;
    assert!(maya.text().contains("Your Practice"), "{}", maya.text());
    let daniel = maya.option("Daniel Reyes");
    maya.press("Show link", &[("relationship", &daniel)]).await;
    assert!(maya.html.contains("Copy Link") && maya.html.contains("/r/"), "{}", maya.text());
    let link = |html: &str| html.split_once("/r/").map(|(_, rest)| rest[..26].to_owned()).expect("a link");
    let first = link(&maya.html);
    let grace = maya.option("Grace Lim");
    maya.press("Show link", &[("relationship", &grace)]).await;
    assert_ne!(first, link(&maya.html));
    maya.go(&format!("/t?relationship={}", relationship(MARCUS))).await;
    assert_eq!(maya.status, 404);
}

// proves: V-08, G-07, G-08
#[tokio::test]
async fn what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost() {
    let house = House::of(Preset::Insurance).await;
    let mut maya = at_the_desk(&house).await;
    let id = house.appointment(DANIEL, TODAY);
    maya.go(&format!("/t/appointments/{id}/cancel")).await;
    let nothing = [("reason", ""), ("next", "promise"), ("promise_day", ""), ("note", "Back next week")];
    maya.press("Cancel Appointment", &nothing).await;
    assert_eq!(maya.status, 422);
    assert!(maya.title().starts_with("Error: "), "{}", maya.title());
    let said = maya.text();
    assert!(said.contains("There is a problem") && said.contains("Enter the day and time by which"), "{said}");
    assert!(said.contains("Back next week"), "{said}");
    maya.press("Cancel Appointment", &[("promise_day", "2026-11-26"), ("promise_time", "12:00")]).await;
    assert_eq!(maya.status, 422);
    assert!(
        maya.text().contains("Choose why it can’t go ahead") || maya.text().contains("Choose why it can't go ahead")
    );
    maya.press("Cancel Appointment", &[("reason", "therapist_illness")]).await;
    assert_eq!(maya.h1(), "Appointment cancelled", "{}", maya.text());
}

// proves: V-10
#[tokio::test]
async fn a_voicemail_does_not_settle_that_the_client_knows_and_speaking_does() {
    let house = House::of(Preset::Network).await;
    let mut maya = at_the_desk(&house).await;
    let id = house.appointment(DANIEL, TODAY);
    maya.go(&format!("/t/appointments/{id}/cancel")).await;
    maya.press("Cancel Appointment", &[("reason", "therapist_illness"), ("note", "Ill")]).await;
    assert!(maya.text().contains("Not seen yet"), "{}", maya.text());
    // At short notice, to somebody who does not prefer voicemail: the page says why not, and asks why.
    maya.press("Left a voicemail", &[]).await;
    assert_eq!(maya.status, 422, "{}", maya.text());
    assert!(maya.text().contains("it won’t count as telling Daniel"), "{}", maya.text());
    maya.press("Left a voicemail", &[("reason", "The line is engaged")]).await;
    assert!(maya.path.ends_with("/cancelled") && maya.text().contains("Not seen yet"), "{}", maya.text());
    maya.press("I’ve spoken to them", &[]).await;
    assert!(maya.text().contains("Daniel knows."), "{}", maya.text());
}

// proves: V-14, V-15
#[tokio::test]
async fn a_contact_note_needs_when_how_and_what_was_agreed() {
    let house = House::of(Preset::Network).await;
    let mut maya = at_the_desk(&house).await;
    let id = house.appointment(DANIEL, TODAY);
    maya.go(&format!("/t/appointments/{id}/cancel")).await;
    maya.press("Cancel Appointment", &[("reason", "therapist_illness"), ("note", "Ill")]).await;
    assert!(maya.text().contains("Attendance Appointment Cancelled by Therapist/VHG"), "{}", maya.text());
    maya.follow("Write the contact note").await;
    maya.press("Save the note", &[("informed_day", ""), ("agreed", "")]).await;
    assert_eq!(maya.status, 422);
    let said = maya.text();
    assert!(said.contains("when the client was informed") && said.contains("what was agreed"), "{said}");
    let written = [("informed_day", "2026-11-24"), ("informed_time", "09:12"), ("agreed", "Will choose a time today")];
    maya.press("Save the note", &written).await;
    assert!(maya.path.contains(&id.to_string()) && maya.text().contains("Wrote the contact note"), "{}", maya.text());
}

// proves: H-09, V-16
#[tokio::test]
async fn a_booking_needs_the_clients_yes() {
    let house = House::of(Preset::Network).await;
    let mut maya = at_the_desk(&house).await;
    maya.follow("Book an appointment").await;
    let daniel = maya.option("Daniel Reyes");
    maya.press("Show free times", &[("relationship", &daniel)]).await;
    let start =
        maya.values("start").into_iter().find(|start| start.starts_with("2026-11-27")).expect("a time on Friday");
    maya.press("Book it", &[("start", &start)]).await;
    assert_eq!(maya.status, 422);
    assert!(maya.text().contains("Say how the client agreed"), "{}", maya.text());
    assert!(maya.html.contains(&format!("value=\"{start}\" checked")), "the time is kept");
    maya.press("Book it", &[("agreed_how", "phone")]).await;
    assert_eq!(maya.status, 200, "{}", maya.text());
    assert!(maya.h1().starts_with("Daniel Reyes"), "{}", maya.text());
    assert!(maya.text().contains("Booking confirmed to Daniel Reyes"), "{}", maya.text());
}

#[tokio::test]
async fn a_move_is_recorded_with_who_asked_and_how_it_was_agreed() {
    let house = House::of(Preset::Network).await;
    let mut maya = at_the_desk(&house).await;
    let id = house.appointment(DANIEL, TODAY);
    maya.go(&format!("/t/appointments/{id}")).await.follow("Edit Date/Time: record a move that Daniel agreed to").await;
    let start =
        maya.values("start").into_iter().find(|start| start.starts_with("2026-11-27")).expect("a time on Friday");
    maya.press("Move it", &[("start", &start)]).await;
    assert_eq!(maya.status, 422);
    maya.press("Show what this will do", &[("initiator", "client"), ("agreed_how", "phone")]).await;
    assert!(maya.text().contains("Daniel is"), "{}", maya.text());
    maya.press("Move it", &[]).await;
    assert!(maya.h1().contains("Friday 27 November"), "{}", maya.text());
}

#[tokio::test]
async fn a_clients_late_word_is_judged_by_when_it_arrived() {
    let house = House::of(Preset::Insurance).await;
    let mut maya = at_the_desk(&house).await;
    let id = house.appointment(DANIEL, TODAY);
    maya.go(&format!("/t/appointments/{id}/client-cancelled")).await;
    assert!(maya.text().contains("When did the message arrive?"), "{}", maya.text());
    let early = [("received_day", "2026-11-23"), ("received_time", "13:00")];
    maya.press("Show what this will do", &early).await;
    assert!(maya.text().contains("in time"), "{}", maya.text());
    maya.press("Record the cancellation", &[]).await;
    assert_eq!(maya.h1(), "Appointment cancelled", "{}", maya.text());
    assert!(maya.text().contains("(in time)"), "{}", maya.text());
}

#[tokio::test]
async fn another_therapists_clients_are_not_there() {
    let house = House::of(Preset::Network).await;
    let mut maya = at_the_desk(&house).await;
    let id = house.appointment(MARCUS, "2026-11-24T11:00:00Z");
    for end in ["", "/cancel", "/cancelled", "/reschedule", "/client-cancelled", "/note"] {
        maya.go(&format!("/t/appointments/{id}{end}")).await;
        assert_eq!(maya.status, 404, "{end}");
    }
    maya.go("/t/appointments?q=marcus&show=all").await;
    assert!(maya.text().contains("No appointments for “marcus”"), "{}", maya.text());
}

#[tokio::test]
async fn somebody_who_was_second_is_told_who_was_first() {
    let house = House::of(Preset::Network).await;
    let (mut first, mut second) = (at_the_desk(&house).await, at_the_desk(&house).await);
    let path = format!("/t/appointments/{}/cancel", house.appointment(DANIEL, TODAY));
    first.go(&path).await;
    second.go(&path).await;
    let reason = [("reason", "therapist_illness"), ("note", "Ill")];
    first.press("Cancel Appointment", &reason).await;
    second.press("Cancel Appointment", &reason).await;
    assert_eq!(second.h1(), "This changed while you were looking");
    assert!(second.text().contains("Cancelled, Maya Okafor"), "{}", second.text());
    second.follow("See it now").await;
    assert_eq!(second.status, 200);
}

#[tokio::test]
async fn every_field_has_a_label_and_every_form_its_proof() {
    let house = House::of(Preset::Marketplace).await;
    let mut maya = at_the_desk(&house).await;
    let id = house.appointment(DANIEL, TODAY);
    let own = |end: &str| format!("/t/appointments/{id}{end}");
    let booking = format!("/t/appointments/new?relationship={}", relationship(DANIEL));
    let pages = ["/t".to_owned(), "/t/appointments".to_owned(), "/t/appointments?view=week".to_owned(), booking];
    let of_one = ["", "/cancel", "/reschedule", "/client-cancelled", "/note"].map(own);
    for path in pages.into_iter().chain(of_one) {
        maya.go(&path).await;
        assert_eq!(maya.status, 200, "{path}: {}", maya.text());
        assert_eq!(maya.faults(), Vec::<String>::new(), "{path}");
    }
}
