//! Another time, on pages: asked of the client, recorded with their yes, asked of the team once it has begun.

use crate::house::*;
use crate::page::Reader;
use domain::policy::Preset;

const AGREED: [(&str, &str); 1] = [("agreed_how", "phone")];

// proves: G-11
#[tokio::test]
async fn a_client_is_asked_for_another_time_and_the_question_is_taken_back() {
    let house = House::of(Preset::Clinic).await;
    let mut maya = Reader::of(&house, MAYA).await;
    let id = house.appointment(DANIEL, "2026-12-01T14:00:00Z");
    maya.go(&format!("/t/appointments/{id}/ask-to-move")).await;
    let free = maya.values("offer_slots");
    maya.press("Ask Daniel", &[("offer_slots", ""), ("reason", "")]).await;
    assert_eq!(maya.status, 422, "{}", maya.text());
    let asked = [("offer_slots", free[0].as_str()), ("reason", "therapist_training_meeting")];
    maya.press("Ask Daniel", &asked).await;
    maya.go(&format!("/t/appointments/{id}")).await;
    assert!(maya.text().contains("Daniel is asked for another time"), "{}", maya.text());
    assert_eq!(maya.faults(), Vec::<String>::new());
    maya.press("Don’t ask any more", &[]).await;
    assert!(maya.text().contains("The time stands. Daniel is told."), "{}", maya.text());
}

// proves: H-09
#[tokio::test]
async fn a_move_is_recorded_only_with_the_clients_yes() {
    let house = House::of(Preset::Clinic).await;
    let mut maya = Reader::of(&house, MAYA).await;
    let id = house.appointment(DANIEL, "2026-12-01T14:00:00Z");
    maya.go(&format!("/t/appointments/{id}/reschedule")).await;
    let to = [("initiator", "client"), ("start", "2026-12-02T15:00:00Z")];
    maya.press("Move it", &to).await;
    assert_eq!(maya.status, 422);
    assert!(maya.text().contains("Say how the client agreed"), "{}", maya.text());
    maya.press("Move it", &[to.as_slice(), &AGREED].concat()).await;
    maya.go(&format!("/t/appointments/{id}")).await;
    assert!(maya.text().contains("2 December") || maya.text().contains("2 Dec"), "{}", maya.text());
}

// proves: E-06
#[tokio::test]
async fn the_team_gives_another_time_than_the_one_that_was_asked_for() {
    let house = House::of(Preset::Clinic).await;
    let (mut maya, mut sam) = (Reader::of(&house, MAYA).await, Reader::of(&house, SAM).await);
    let id = house.appointment(AISHA, "2026-11-24T08:00:00Z");
    maya.go(&format!("/t/appointments/{id}/ask-team")).await;
    let start = maya.values("start")[0].clone();
    maya.press("Ask the team", &[("start", &start), ("words", "The fire alarm went off")]).await;
    assert!(maya.text().contains("The team has been asked"), "{}", maya.text());
    sam.go("/p/requests").await;
    assert!(sam.text().contains("The fire alarm went off"), "{}", sam.text());
    assert_eq!(sam.faults(), Vec::<String>::new());
    sam.press("Move it", &[("which", "other"), ("start_day", "")]).await;
    assert_eq!(sam.status, 422);
    assert!(sam.text().contains("Enter the day and the time"), "{}", sam.text());
    let other = [("which", "other"), ("start_day", "2026-12-03"), ("start_time", "15:00")];
    sam.press("Move it", &other).await;
    assert_eq!((sam.status.as_u16(), sam.values("start_day")), (422, vec!["2026-12-03".to_owned()]), "{}", sam.text());
    sam.press("Move it", &[other.as_slice(), &AGREED].concat()).await;
    assert!(sam.text().contains("Done. Everyone concerned is told."), "{}", sam.text());
    sam.go(&format!("/p/appointments/{id}")).await;
    assert!(sam.text().contains("3 Dec"), "{}", sam.text());
}
