//! The owner reads the policy, changes it, compares versions, asks "what if", and replays a year.

use crate::house::*;
use crate::page::Reader;
use domain::policy::Preset;
use holdspace_server::work;

async fn ruth(house: &House) -> Reader {
    let mut ruth = Reader::of(house, RUTH).await;
    ruth.go("/p/policy").await;
    ruth
}

// proves: H-05
#[tokio::test]
async fn the_owner_changes_a_value_sees_what_would_change_and_publishes_it() {
    let house = House::of(Preset::Clinic).await;
    let mut ruth = ruth(&house).await;
    assert!(ruth.text().contains("Version 1") && ruth.text().contains("24 hours"), "{}", ruth.text());
    ruth.go("/p/policy/sections/cancelling").await;
    ruth.press("See what would change", &[("client_cancel.notice_hours", "72")]).await;
    assert_eq!(ruth.h1(), "What would change", "{}", ruth.text());
    assert!(ruth.text().contains("24 hours") && ruth.text().contains("72 hours"), "{}", ruth.text());
    ruth.press("Publish version 2", &[]).await;
    assert!(ruth.text().contains("Published.") && ruth.text().contains("Version 2"), "{}", ruth.text());
    ruth.go("/p/policy/compare?a=1&b=2").await;
    assert!(ruth.text().contains("72 hours"), "{}", ruth.text());
    ruth.go("/p/policy/versions").await;
    assert!(ruth.text().contains("Ruth Adler"), "{}", ruth.text());
}

#[tokio::test]
async fn what_will_not_do_is_named_and_what_was_typed_stays() {
    let house = House::of(Preset::Clinic).await;
    let mut ruth = ruth(&house).await;
    ruth.go("/p/policy/sections/cancelling").await;
    ruth.press("See what would change", &[("client_cancel.notice_hours", "9999")]).await;
    assert_eq!(ruth.status, 422);
    assert!(ruth.title().starts_with("Error: "), "{}", ruth.title());
    assert!(ruth.text().contains("must be a whole number from 0 to 720"), "{}", ruth.text());
    assert_eq!(ruth.values("client_cancel.notice_hours"), ["9999"]);
    ruth.press("See what would change", &[("client_cancel.notice_hours", "24")]).await;
    assert!(ruth.text().contains("Nothing: every value is as it was."), "{}", ruth.text());
}

#[tokio::test]
async fn what_is_at_odds_with_another_value_is_named_with_that_value_and_the_remedy() {
    let house = House::of(Preset::Clinic).await;
    let mut ruth = ruth(&house).await;
    let section = domain::policy::parameter::find("late.client_checkin_min").expect("a parameter").section;
    ruth.go(&format!("/p/policy/sections/{section}")).await;
    ruth.press("See what would change", &[("late.client_checkin_min", "45")]).await;
    assert_eq!(ruth.status, 422);
    assert!(ruth.text().contains("late.client_checkin_min must not be after no_show.grace_min"), "{}", ruth.text());
    assert_eq!(ruth.values("late.client_checkin_min"), ["45"], "what was typed stays");
    ruth.press("See what would change", &[("late.client_checkin_min", "-1")]).await;
    assert_eq!(ruth.status, 422);
    assert!(ruth.text().contains("late.client_checkin_min must be a whole number from"), "{}", ruth.text());
}

#[tokio::test]
async fn the_office_reads_the_policy_and_does_not_change_it() {
    let house = House::of(Preset::Clinic).await;
    let mut sam = Reader::of(&house, SAM).await;
    sam.go("/p/policy").await;
    assert!(sam.text().contains("Only the practice’s owner can change it."), "{}", sam.text());
    sam.go("/p/policy/sections/cancelling").await;
    assert_eq!(sam.status, 404);
}

#[tokio::test]
async fn what_if_shows_what_was_agreed_and_what_today_would_make_of_it() {
    let house = House::of(Preset::Clinic).await;
    let mut ruth = ruth(&house).await;
    ruth.go("/p/policy/sections/cancelling").await;
    ruth.press("See what would change", &[("client_cancel.notice_hours", "2")]).await;
    ruth.press("Publish version 2", &[]).await;
    let id = house.appointment(DANIEL, "2026-11-24T14:00:00Z");
    let path = format!("/p/policy/what-if?appointment={id}&what=client_cancels&day=2026-11-24&time=10:00&version=2");
    ruth.go(&path).await;
    assert!(ruth.text().contains("no, they contact the therapist"), "{}", ruth.text());
    assert!(ruth.text().contains("differs") && ruth.text().contains("£0.00"), "{}", ruth.text());
    assert_eq!(ruth.faults(), Vec::<String>::new());
}

#[tokio::test]
async fn a_year_is_replayed_with_a_bar_while_it_runs_and_a_chart_with_its_table_after() {
    let house = House::of(Preset::Clinic).await;
    let mut ruth = ruth(&house).await;
    ruth.go("/p/policy/what-if").await;
    ruth.press("Replay the past year", &[]).await;
    assert!(ruth.path.starts_with("/p/policy/replays/"), "{}", ruth.path);
    assert!(ruth.text().contains("Working on it"), "{}", ruth.text());
    let app = house.app.clone();
    let worked = tokio::task::spawn_blocking(move || {
        while !matches!(work::next_call(&app, app.now()).expect("works"), work::Step::Idle(_)) {}
    });
    worked.await.expect("the worker");
    let path = ruth.path.clone();
    ruth.go(&path).await;
    assert!(!ruth.text().contains("Working on it"), "{}", ruth.text());
    assert_eq!(ruth.faults(), Vec::<String>::new());
}

#[tokio::test]
async fn a_pathway_is_added_and_somebody_is_put_on_it_and_taken_off() {
    let house = House::of(Preset::Clinic).await;
    let mut ruth = ruth(&house).await;
    ruth.go("/p/pathways").await;
    assert!(ruth.text().contains("No pathways yet."), "{}", ruth.text());
    let wrong = [("name", "Insured"), ("overrides", "client_cancel.notice: 6")];
    ruth.press("Add this pathway", &wrong).await;
    assert_eq!(ruth.status, 422);
    assert!(ruth.text().contains("names no parameter"), "{}", ruth.text());
    let right = [("name", "Insured"), ("payer", "plan_forbids"), ("overrides", "client_cancel.notice_hours: 6")];
    ruth.press("Add this pathway", &right).await;
    assert_eq!(ruth.h1(), "Insured", "{}", ruth.text());
    assert!(ruth.text().contains("6 hours"), "{}", ruth.text());
    let daniel = relationship(DANIEL).to_string();
    ruth.press("Put them on this pathway", &[("relationship", &daniel)]).await;
    assert!(ruth.text().contains("They are on this pathway now."), "{}", ruth.text());
    assert_eq!(ruth.faults(), Vec::<String>::new());
    ruth.go(&format!("/p/clients/{daniel}")).await;
    let chosen = |html: &str| html.contains("selected>Insured</option>");
    assert!(chosen(&ruth.html), "{}", ruth.text());
    ruth.press("Keep the pathway", &[("pathway", "")]).await;
    assert!(ruth.text().contains("Kept.") && !chosen(&ruth.html), "{}", ruth.text());
    let on_it = ruth.option("Insured");
    ruth.press("Keep the pathway", &[("pathway", &on_it)]).await;
    assert!(chosen(&ruth.html), "{}", ruth.text());
    let mut maya = Reader::of(&house, MAYA).await;
    maya.go(&format!("/t/clients/{daniel}")).await;
    assert!(!maya.text().contains("Keep the pathway"), "{}", maya.text());
}

#[tokio::test]
async fn every_field_of_every_section_has_a_label_and_every_form_its_proof() {
    let house = House::of(Preset::Insurance).await;
    let mut ruth = ruth(&house).await;
    assert_eq!(ruth.faults(), Vec::<String>::new());
    for section in domain::policy::parameter::Section::ALL {
        ruth.go(&format!("/p/policy/sections/{section}")).await;
        assert_eq!((ruth.status.as_u16(), ruth.faults()), (200, Vec::<String>::new()), "{section}");
    }
}
