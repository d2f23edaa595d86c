//! What did not get through stands before the office until it has gone once more, or somebody says how it was seen to.

use crate::steps::{booked, put_letters_away, text};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::world::{Engine, Plan, Way, World};
use serde_json::{Value, json};

fn waiting(world: &World, who: &holdspace_testkit::world::Member) -> Vec<Value> {
    let found = world.api(who).get("/api/v1/undelivered").good();
    found["messages"].as_array().expect("a list").clone()
}

fn is_seen_to(engine: Engine) {
    let world = Plan::on(engine).by(Way::Exim).only(Preset::Clinic).client_at("hardbounce-daniel@clients.test").begin();
    let house = world.house(Preset::Clinic).clone();
    booked(&world, &house, "2026-11-26 14:00");
    booked(&world, &house, "2026-12-03 14:00");
    world.advance(Span::minutes(4));
    let lost = waiting(&world, &house.admin);
    assert_eq!(lost.len(), 2, "{lost:?}");
    assert!(text(&lost[0]["why"]).starts_with("550"), "{lost:?}");
    world.api(&house.therapist).get("/api/v1/undelivered").refused(404, "not_found");
    let act = |id: &Value, act: &str| format!("/api/v1/messages/{}/{act}", text(id));
    let admin = world.api(&house.admin);
    admin.post(&act(&lost[0]["id"], "settle"), &json!({ "reason": " " })).refused(422, "required");
    admin.post(&act(&lost[0]["id"], "settle"), &json!({ "reason": "Told on the phone" })).good();
    admin.post(&act(&lost[0]["id"], "again"), &json!({})).refused(409, "seen_to");
    assert_eq!(waiting(&world, &house.admin).len(), 1);
    // Still the wrong address: it comes back.
    admin.post(&act(&lost[1]["id"], "again"), &json!({})).good();
    world.advance(Span::minutes(1));
    assert_eq!(waiting(&world, &house.admin).len(), 1, "it was tried, and refused again");
    put_letters_away(&world, &house);
    world.ignore_letters();
    world.ignore_jobs();
}

#[test]
fn the_office_tries_again_or_says_how_it_was_seen_to_on_sqlite() {
    is_seen_to(Engine::Sqlite);
}

#[test]
fn the_office_tries_again_or_says_how_it_was_seen_to_on_postgres() {
    is_seen_to(Engine::Postgres);
}
