//! Reminders by the practice's schedule: once for each moment, of what stands, and never of what does not.

use crate::steps::{act, agreed, booked, booking, put_letters_away};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::letter::Parsed;
use holdspace_testkit::world::{Engine, House, Plan, World};
use serde_json::json;

fn begin(engine: Engine) -> (World, House) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    (world, house)
}

/// What the client was reminded of since the last look.
fn reminders(world: &World, house: &House) -> Vec<Parsed> {
    let letters = world.read_letters(&house.client);
    let is_one = |letter: &Parsed| letter.part("text/plain").is_some_and(|text| text.contains("A reminder:"));
    letters.iter().map(|letter| letter.parsed()).filter(is_one).collect()
}

fn twice(engine: Engine) {
    let (world, house) = begin(engine);
    booked(&world, &house, "2026-11-27 14:00");
    world.advance_to(house.local("2026-11-24 13:40"));
    assert!(reminders(&world, &house).is_empty(), "the clinic reminds three days and one day before");
    world.advance_to(house.local("2026-11-24 14:01"));
    let first = reminders(&world, &house);
    assert_eq!(first.len(), 1);
    assert!(first[0].part("text/plain").is_some_and(|text| text.contains("Friday 27 November, 14:00")), "{first:?}");
    assert!(!first[0].subject.contains("therapy"));
    world.advance_to(house.local("2026-11-26 14:01"));
    assert_eq!(reminders(&world, &house).len(), 1);
    world.advance_to(house.local("2026-11-27 13:59"));
    assert!(reminders(&world, &house).is_empty());
    put_letters_away(&world, &house);
    world.ignore_jobs();
}

#[test]
fn a_client_is_reminded_at_each_moment_of_the_schedule_once_on_sqlite() {
    twice(Engine::Sqlite);
}

#[test]
fn a_client_is_reminded_at_each_moment_of_the_schedule_once_on_postgres() {
    twice(Engine::Postgres);
}

#[test]
fn what_was_moved_is_reminded_of_at_its_new_time_alone() {
    let (world, house) = begin(Engine::Sqlite);
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    let later = house.local("2026-12-10 14:00");
    let body = json!({ "start": later, "initiator": "client", "agreement": agreed(world.now()) });
    world.api(&house.therapist).post(&act(&appointment, "reschedule"), &body).good();
    world.advance(Span::minutes(4));
    put_letters_away(&world, &house);
    world.advance_to(house.local("2026-11-26 15:00"));
    assert!(reminders(&world, &house).is_empty());
    world.advance_to(house.local("2026-12-07 14:01"));
    let told = reminders(&world, &house);
    assert_eq!(told.len(), 1);
    assert!(told[0].part("text/plain").is_some_and(|text| text.contains("Thursday 10 December, 14:00")), "{told:?}");
    put_letters_away(&world, &house);
    world.ignore_jobs();
}

#[test]
fn who_books_a_day_ahead_is_not_reminded_of_what_they_have_just_booked() {
    let (world, house) = begin(Engine::Sqlite);
    world.advance_to(house.local("2026-11-25 16:00"));
    booked(&world, &house, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-26 13:59"));
    assert!(reminders(&world, &house).is_empty());
    put_letters_away(&world, &house);
    world.ignore_jobs();
}

// proves: H-08
#[test]
fn a_time_that_was_asked_for_is_reminded_of_once_it_is_confirmed() {
    let (world, house) = begin(Engine::Sqlite);
    let policy = format!("/api/v1/practices/{}/policy", house.practice.id);
    world.api(&house.owner).put(&policy, &json!({ "set": { "booking.mode": "request" } })).good();
    world.advance_to(house.local("2026-11-24 08:00"));
    let mut wish = booking(&house, &house.client, house.local("2026-11-27 14:00"), world.now());
    wish.as_object_mut().expect("fields").remove("agreement");
    let asked = world.api(&house.client).post("/api/v1/appointments", &wish).good()["appointment"].clone();
    // The first look comes while it is only asked for.
    world.advance_to(house.local("2026-11-24 15:00"));
    assert!(reminders(&world, &house).is_empty());
    world.api(&house.therapist).post(&act(&asked, "confirm"), &json!({})).good();
    world.advance_to(house.local("2026-11-26 14:01"));
    assert_eq!(reminders(&world, &house).len(), 1);
    put_letters_away(&world, &house);
    world.ignore_letters();
    world.ignore_jobs();
}
