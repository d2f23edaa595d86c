//! A therapist's day by letter: once in the morning, what there is, and nothing on an empty day.

use crate::steps::{act, booked, cancelled_with_promise, put_letters_away};
use domain::policy::Preset;
use holdspace_testkit::letter::Parsed;
use holdspace_testkit::world::{Engine, House, Plan, Reply, World};

/// The therapist asks for it at seven, on the page.
fn begin(engine: Engine) -> (World, House) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    assert_eq!(choose(&world, &house, "07:00").status, 303);
    (world, house)
}

fn choose(world: &World, house: &House, at: &str) -> Reply {
    let browser = world.signed_in(&house.therapist);
    browser.open("/t/settings");
    browser.send("/t/settings/digest", &[("at", at)])
}

fn days(world: &World, house: &House) -> Vec<Parsed> {
    let letters = world.read_letters(&house.therapist);
    letters.iter().map(|letter| letter.parsed()).filter(|letter| letter.subject.starts_with("Your day")).collect()
}

fn text(letter: &Parsed) -> &str {
    letter.part("text/plain").expect("words")
}

fn every_morning(engine: Engine) {
    let (world, house) = begin(engine);
    booked(&world, &house, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-25 08:00"));
    assert!(days(&world, &house).is_empty(), "nothing to say on a day without anything");
    world.advance_to(house.local("2026-11-26 06:59"));
    assert!(days(&world, &house).is_empty());
    world.advance_to(house.local("2026-11-26 07:00"));
    let told = days(&world, &house);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].subject, "Your day: Thursday 26 November");
    assert!(text(&told[0]).contains("- 14:00 Daniel, "), "{}", text(&told[0]));
    assert!(text(&told[0]).contains("Nothing else is waiting for you."));
    world.advance_to(house.local("2026-11-26 12:00"));
    assert!(days(&world, &house).is_empty(), "once");
    put_letters_away(&world, &house);
    world.ignore_jobs();
}

#[test]
fn a_therapist_reads_of_their_day_in_the_morning_once_on_sqlite() {
    every_morning(Engine::Sqlite);
}

#[test]
fn a_therapist_reads_of_their_day_in_the_morning_once_on_postgres() {
    every_morning(Engine::Postgres);
}

#[test]
fn what_is_owed_stands_in_it_and_who_wants_none_gets_none() {
    let (world, house) = begin(Engine::Sqlite);
    let first = booked(&world, &house, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-25 15:00"));
    let promise = cancelled_with_promise(house.local("2026-11-26 12:00"));
    world.api(&house.therapist).post(&act(&first, "cancel"), &promise).good();
    put_letters_away(&world, &house);
    world.advance_to(house.local("2026-11-26 07:00"));
    let told = days(&world, &house);
    assert_eq!(told.len(), 1);
    assert!(text(&told[0]).contains("You have no appointments today"), "{}", text(&told[0]));
    assert!(text(&told[0]).contains("Contact Daniel, as promised"), "{}", text(&told[0]));
    assert_eq!(choose(&world, &house, "").status, 303);
    world.advance_to(house.local("2026-11-27 12:00"));
    assert!(days(&world, &house).is_empty());
    let wrong = choose(&world, &house, "03:10");
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("Choose one of the times, or not at all."), "{}", wrong.body);
    put_letters_away(&world, &house);
    world.ignore_letters();
    world.ignore_jobs();
}
