//! The live page of the day: late, missed, the client late or not there, and what came of it.

use crate::house::*;
use crate::page::Reader;
use domain::id::AppointmentId;
use domain::policy::Preset;

/// The clock shows this on Daniel's Tuesday, and Maya looks at his live page.
async fn at_the_page(house: &House, time: &str) -> (Reader, AppointmentId) {
    house.app.clock.advance_to(at(&format!("2026-11-24T{time}:00Z"))).expect("forward");
    let id = house.appointment(DANIEL, "2026-11-24T14:00:00Z");
    let mut maya = Reader::of(house, MAYA).await;
    maya.go(&format!("/t/appointments/{id}/live")).await;
    (maya, id)
}

/// Everything is as it should be, and the page says this.
fn says(reader: &Reader, words: &str) {
    assert!(reader.text().contains(words), "no {words:?} on {}:\n{}", reader.path, reader.text());
    assert_eq!(reader.faults(), Vec::<String>::new());
}

// proves
#[tokio::test]
async fn late_is_said_with_one_button_and_the_plan_is_kept_once_they_have_connected() {
    let house = House::of(Preset::Clinic).await;
    let (mut maya, _) = at_the_page(&house, "13:50").await;
    maya.press("Send with these minutes", &[("other", "")]).await;
    assert_eq!(maya.status, 422);
    says(&maya, "Say by how many minutes.");
    maya.press("About 10 min", &[]).await;
    says(&maya, "Daniel has been written to. The practice hears of it too.");
    let (mut maya, _) = at_the_page(&house, "14:11").await;
    maya.press("Save the plan", &[]).await;
    assert_eq!(maya.status, 422);
    says(&maya, "Choose what you agreed.");
    maya.press("Save the plan", &[("plan", "shortened")]).await;
    assert_eq!(maya.status, 422);
    maya.press("Save the plan", &[("plan", "shortened"), ("ends_at", "14:50"), ("apologised", "yes")]).await;
    says(&maya, "The plan is on record.");
}

// proves
#[tokio::test]
async fn a_late_client_is_asked_told_and_only_then_called_absent() {
    let house = House::of(Preset::Clinic).await;
    let (maya, _) = at_the_page(&house, "14:05").await;
    says(&maya, "Daniel hasn’t joined yet");
    assert!(!maya.text().contains("Text now") && !maya.text().contains("They didn’t come"), "{}", maya.text());
    let (mut maya, _) = at_the_page(&house, "14:12").await;
    maya.press("Text now", &[]).await;
    says(&maya, "Daniel has been asked.");
    let (mut maya, _) = at_the_page(&house, "14:21").await;
    maya.press("I’m stepping away", &[]).await;
    says(&maya, "They can still come back until the end.");
    let (mut maya, id) = at_the_page(&house, "14:35").await;
    maya.press("They didn’t come", &[]).await;
    says(&maya, "Noted. Daniel gets a kind word and the way back.");
    maya.go(&format!("/t/appointments/{id}")).await;
    says(&maya, "Daniel Reyes");
    assert!(!maya.text().contains("Cancel appointment"), "it is over: {}", maya.text());
}

#[tokio::test]
async fn a_client_who_comes_late_is_here_from_when_they_came() {
    let house = House::of(Preset::Clinic).await;
    let (mut maya, _) = at_the_page(&house, "14:14").await;
    maya.press("Daniel is here", &[("arrived_time", "14:08")]).await;
    says(&maya, "Daniel is here.");
    assert!(!maya.text().contains("hasn’t joined yet"), "{}", maya.text());
}

// proves
#[tokio::test]
async fn a_missed_session_is_owned_and_then_settled_step_by_step() {
    let house = House::of(Preset::Clinic).await;
    let (mut maya, id) = at_the_page(&house, "14:12").await;
    maya.press("Tell the practice and Daniel", &[("fault", "therapist")]).await;
    says(&maya, "The practice and Daniel have been written to.");
    maya.press("Tell the practice", &[("outcome", "other")]).await;
    assert_eq!(maya.status, 422);
    maya.press("Tell the practice", &[("outcome", "unable_to_reach")]).await;
    says(&maya, "The practice has been told.");
    maya.press("Save my choice", &[]).await;
    says(&maya, "Choose one of the two.");
    maya.press("Save my choice", &[("decision", "decline"), ("reason", "We spoke about it")]).await;
    says(&maya, "Your decision is on record.");
    let mut sam = Reader::of(&house, SAM).await;
    sam.go(&format!("/p/appointments/{id}/live")).await;
    sam.press("Save whose side it was", &[("fault", "therapist"), ("reason", "As Maya says")]).await;
    says(&sam, "Noted.");
}

#[tokio::test]
async fn a_connection_that_failed_costs_nothing_and_gives_times() {
    let house = House::of(Preset::Marketplace).await;
    let (mut maya, _) = at_the_page(&house, "14:12").await;
    maya.press("at no charge", &[("side", "platform")]).await;
    says(&maya, "Daniel has been told and has times to choose from.");
}
