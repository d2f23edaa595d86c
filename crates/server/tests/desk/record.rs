//! The record's pages, walked as a therapist, an admin and a stranger would.

use crate::house::*;
use crate::page::Reader;
use domain::id::AppointmentId;
use domain::policy::Preset;
use holdspace_server::flow::{self, Ask, Failed, Who};

const EARLY: &str = "2026-11-24T08:00:00Z";

/// Aisha's session at eight is over, and the clock has noticed.
async fn aisha_is_over(house: &House) -> AppointmentId {
    let id = house.appointment(AISHA, EARLY);
    let ask = Ask { who: Who::System("test"), now: now(), command: house.app.dice.command(now()) };
    let tools = house.app.tools.clone();
    let done = house.app.store.write_async(move |tx| flow::due::appointment_end(tx, &tools, &ask, id)).await;
    done.map(drop).map_err(|why: Failed| format!("{why:?}")).expect("ended");
    id
}

// proves: H-01, H-02, H-03, H-07, H-11, H-12, H-13
#[tokio::test]
async fn the_update_removes_the_reserved_slot_with_a_banner_and_one_tap_adds_it_back() {
    let house = House::of(Preset::Marketplace).await;
    aisha_is_over(&house).await;
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go("/t/slots").await;
    let aisha = maya.option("Aisha Rahman");
    maya.press("Reserve it", &[("relationship", &aisha), ("weekday", "tuesday"), ("local_time", "08:00")]).await;
    assert!(maya.text().contains("Nobody else can book that time"), "{}", maya.text());
    maya.go("/t").await;
    assert!(maya.text().contains("Awaiting Updates"), "{}", maya.text());
    maya.go("/t/updates").await.follow("Aisha Rahman").await;
    assert!(maya.text().contains("No, I don’t want to rebook"), "{}", maya.text());
    maya.press("Save update", &[("continue", "no")]).await;
    assert_eq!(maya.status, 422);
    assert!(maya.text().contains("Say whether the client attended"), "{}", maya.text());
    maya.press("Save update", &[("attended", "yes"), ("continue", "no")]).await;
    let text = maya.text();
    assert!(text.contains("reserved slot, Tuesdays 08:00, has been removed"), "{text}");
    maya.press("Add it back", &[]).await;
    let text = maya.text();
    assert!(text.contains("Tuesdays 08:00") && !text.contains("has been removed"), "{text}");
    maya.go("/t/updates").await;
    assert!(maya.text().contains("All caught up"), "{}", maya.text());
}

// proves: V-14, V-15, V-17
#[tokio::test]
async fn a_network_calls_them_clinical_note_and_opening_one_goes_on_record() {
    let house = House::of(Preset::Network).await;
    let id = house.appointment(DANIEL, "2026-11-24T14:00:00Z");
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go(&format!("/t/appointments/{id}")).await;
    assert!(maya.text().contains("Clinical Note") && maya.text().contains("Attendance"), "{}", maya.text());
    maya.go(&format!("/t/appointments/{id}/note")).await;
    maya.press("Save the note", &[("informed_how", "phone"), ("agreed", "A call on Thursday")]).await;
    assert!(!maya.text().contains("A call on Thursday"), "a note is opened on purpose");
    maya.press("Open the notes", &[]).await;
    assert!(maya.text().contains("A call on Thursday") && maya.text().contains("Maya Okafor"), "{}", maya.text());
    maya.go(&format!("/t/appointments/{id}")).await;
    assert!(maya.text().contains("Read the contact notes, Maya Okafor"), "{}", maya.text());
}

// proves: E-06, V-13
#[tokio::test]
async fn the_record_is_set_right_and_both_accounts_stand_in_the_dispute_file() {
    let house = House::of(Preset::Marketplace).await;
    let id = aisha_is_over(&house).await;
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go(&format!("/t/appointments/{id}/update")).await;
    maya.press("Save update", &[("attended", "no")]).await;
    maya.go(&format!("/t/appointments/{id}/correct")).await;
    maya.press("Set it right", &[("state", "attended"), ("reason", "She was there")]).await;
    assert!(maya.text().contains("The record is set right"), "{}", maya.text());
    maya.press("Put it on file", &[("words", "I took her for somebody else.")]).await;
    let mut sam = Reader::of(&house, SAM).await;
    sam.go(&format!("/p/disputes/new?appointment={id}")).await;
    sam.press("Make the file", &[]).await;
    let text = sam.text();
    for words in [
        "I took her for somebody else.",
        "from client no show to attended",
        "because: She was there",
        "holdspace audit verify",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

// proves: H-14, H-15
#[tokio::test]
async fn ending_lists_what_is_called_off_and_hides_the_client() {
    let house = House::of(Preset::Marketplace).await;
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go(&format!("/t/clients/{}/end", relationship(GRACE))).await;
    assert!(maya.text().contains("Tuesday 1 December"), "{}", maya.text());
    maya.press("End the relationship", &[("reason", "The work is done")]).await;
    assert!(maya.text().contains("Ended. The client is hidden"), "{}", maya.text());
    maya.go("/t/clients").await;
    assert!(!maya.text().contains("Grace Lim"), "{}", maya.text());
    maya.go("/t/clients?show=ended").await.follow("Grace Lim").await;
    maya.press("Work together again", &[]).await;
    assert!(maya.text().contains("You work together again"), "{}", maya.text());
}

// proves: V-19, V-20
#[tokio::test]
async fn a_flag_is_seen_by_the_therapist_and_by_no_admin() {
    let house = House::of(Preset::Network).await;
    aisha_is_over(&house).await;
    let mut maya = Reader::of(&house, MAYA).await;
    let page = format!("/clients/{}", relationship(AISHA));
    maya.go(&format!("/t{page}")).await;
    maya.press("Keep the screening", &[("flag", "yes"), ("review_day", "2026-12-24")]).await;
    assert!(maya.text().contains("More care"), "{}", maya.text());
    for path in ["/t", "/t/updates", "/t/clients"] {
        maya.go(path).await;
        assert!(maya.text().contains("More care"), "{path}: {}", maya.text());
    }
    let mut sam = Reader::of(&house, SAM).await;
    for path in ["/p", "/p/updates", "/p/clients", &format!("/p{page}")] {
        sam.go(path).await;
        let text = sam.text();
        assert!(
            !text.contains("More care") && !text.contains("Risk screening") && !text.contains("risk screening"),
            "{path}: {text}"
        );
    }
}

// proves: H-05
#[tokio::test]
async fn anybody_reads_the_terms_of_each_version_at_an_address_of_their_own() {
    let house = House::of(Preset::Marketplace).await;
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go(&format!("/terms/{PRACTICE}")).await;
    let text = maya.text();
    assert!(text.contains("version 1") && text.contains("With Maya Okafor") && text.contains("48 hours"), "{text}");
    maya.go(&format!("/terms/{PRACTICE}/1")).await;
    assert_eq!(maya.status, 200);
    maya.go(&format!("/terms/{PRACTICE}/9")).await;
    assert_eq!(maya.status, 404);
}
