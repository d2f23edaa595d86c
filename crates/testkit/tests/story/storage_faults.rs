//! A database that cannot: the server says so, loses nothing, and is well again by itself.

use crate::steps::{booked, booking};
use domain::policy::Preset;
use holdspace_testkit::cluster::Cluster;
use holdspace_testkit::wait;
use holdspace_testkit::world::{Api, Engine, House, Plan};
use serde_json::Value;

/// Asks until the answer is not "for the moment not".
fn again(api: &Api, body: &Value) -> Value {
    wait::until("the server to be well again", || {
        let reply = api.post_with("/api/v1/appointments", &[("Idempotency-Key", "patient")], body);
        (reply.status != 503).then(|| reply.good())
    })
}

fn unavailable(api: &Api, house: &House, body: &Value) {
    let reply = api.post_with("/api/v1/appointments", &[("Idempotency-Key", "patient")], body);
    assert_eq!(reply.status, 503, "{}", reply.body);
    assert!(reply.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0), "{:?}", reply.headers);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert!(!reply.body.contains(&house.client.name), "nothing of anybody's leaks");
}

// proves: E-01
#[test]
fn while_an_own_cluster_is_away_the_api_says_so_and_then_goes_on() {
    let mut cluster = Cluster::start();
    let world = Plan::on(Engine::Given(cluster.create_database("practice"))).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let api = world.api(&house.therapist);
    let body = booking(house, &house.client, house.local("2026-11-26 14:00"), world.now());
    cluster.stop();
    unavailable(&api, house, &body);
    let reading = api.get("/api/v1/appointments");
    assert_eq!((reading.status, reading.header("retry-after").is_empty()), (503, false), "{}", reading.body);
    cluster.resume();
    let made = again(&api, &body);
    assert_eq!(made["appointment"]["state"], "booked");
    assert_eq!(world.rows()["appointment"].len(), 2, "the one of long ago, and this one once");
    world.work();
    world.ignore_letters();
}

// proves: E-01
#[test]
fn a_full_disk_keeps_what_there_is_and_takes_more_when_there_is_room() {
    let world = Plan::on(Engine::Sqlite).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let api = world.api(&house.therapist);
    let first = booked(&world, house, "2026-11-26 14:00");
    world.app.store.fill_the_disk(true).expect("the disk is full");
    let before = world.rows();
    // Free pages take a few bookings; then there is no more room.
    let refused = (0..400).find_map(|n| {
        let wall = house.local("2026-11-30 08:00") + domain::time::Span::hours(24 * 7 * n);
        let kept = world.rows();
        let reply = api.post("/api/v1/appointments", &booking(house, &house.newcomer, wall, world.now()));
        (reply.status != 201).then_some((reply, kept))
    });
    let (reply, kept) = refused.expect("the disk fills");
    assert_eq!(reply.status, 503, "{}", reply.body);
    assert_eq!(world.rows(), kept, "nothing half done");
    assert!(kept["appointment"].len() >= before["appointment"].len());
    let path = format!("/api/v1/appointments/{}", first["id"].as_str().expect("an id"));
    assert_eq!(api.get(&path).good()["id"], first["id"], "reading goes on");
    world.app.store.fill_the_disk(false).expect("there is room");
    let body = booking(house, &house.client, house.local("2026-11-27 10:00"), world.now());
    assert_eq!(again(&api, &body)["appointment"]["state"], "booked");
    world.work();
    world.ignore_letters();
}
