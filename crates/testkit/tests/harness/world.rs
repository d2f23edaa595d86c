//! A world does not end well while something was left behind.

use domain::policy::Preset;
use holdspace_testkit::world::{Engine, Plan, World};
use serde_json::json;

/// A booking whose letters wait.
fn booked() -> World {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let body = json!({ "therapist": house.therapist.id, "client": house.client.id, "kind": "video",
        "start": house.local("2026-11-26 14:00"), "agreement": { "how": "phone", "at": world.now() } });
    world.api(&house.therapist).post("/api/v1/appointments", &body).good();
    world
}

#[test]
#[should_panic(expected = "a job due since")]
fn work_that_was_not_done_is_named() {
    drop(booked());
}

#[test]
#[should_panic(expected = "1 unread letters to daniel@clinic.test")]
fn a_letter_that_nobody_read_is_named() {
    booked().work();
}

#[test]
#[should_panic(expected = "is still leased")]
fn a_lease_that_was_left_open_is_named() {
    let world = booked();
    let _call = server::work::next_call(&world.app, world.now()).expect("the store works");
}

#[test]
fn a_world_in_order_ends_well_and_what_is_left_on_purpose_is_allowed() {
    let world = booked();
    world.work();
    for member in world.houses[0].everybody() {
        let _ = world.read_letters(member);
    }
    let other = booked();
    other.ignore_jobs();
}
