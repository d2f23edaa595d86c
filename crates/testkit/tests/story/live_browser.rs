//! The day itself walked in a real browser: late in two taps and an answer; missed, a new time, the outcome, a make-up.

use crate::calendars::link_in;
use crate::steps::{booked, put_letters_away, text};
use domain::policy::Preset;
use holdspace_testkit::browser::run_file;
use holdspace_testkit::letter::Letter;
use holdspace_testkit::world::{Engine, House, Member, Plan, Way, World};
use serde_json::{Value, json};
use std::path::Path;

fn walk(act: &str, args: &Value) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/story");
    run_file(&folder.join(act), args).unwrap_or_else(|why| panic!("{act}: {why}"))
}

/// The therapist asks for a link to sign in with, and gets it.
fn sign_in_link(world: &World, house: &House) -> String {
    walk("seed_001/ask.mjs", &json!({ "base": world.url(), "email": house.therapist.email }));
    let letter = letter_with(world, &house.therapist, "/sign-in/").parsed();
    let words = letter.part("text/plain").expect("plain text").to_owned();
    words.split_whitespace().find(|word| word.contains("/sign-in/")).expect("a link").to_owned()
}

/// The newest letter that says this.
fn letter_with(world: &World, member: &Member, words: &str) -> Letter {
    world.work();
    let letters = world.read_letters(member);
    let says = |letter: &Letter| letter.parsed().part("text/plain").is_some_and(|text| text.contains(words));
    letters.into_iter().rev().find(says).unwrap_or_else(|| panic!("no letter says {words}"))
}

fn link_of(world: &World, member: &Member, words: &str) -> String {
    format!("{}{}", world.url(), link_in(&letter_with(world, member, words)))
}

// proves
#[test]
fn late_in_two_taps_and_the_clients_answer_in_a_browser() {
    let world = Plan::on(Engine::Sqlite).by(Way::Exim).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    booked(&world, house, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-26 13:55"));
    let late = walk("seed_004/late.mjs", &json!({ "link": sign_in_link(&world, house) }));
    assert!(text(&late["shown"]).contains("About 10 minutes late"), "{}", text(&late["shown"]));
    let link = link_of(&world, &house.client, "expect to be about 10 minutes late today");
    walk("seed_004/answer.mjs", &json!({ "link": link }));
    let told = letter_with(&world, &house.therapist, "happy to wait").parsed();
    assert!(!told.subject.to_lowercase().contains("late"), "{}", told.subject);
    put_letters_away(&world, house);
}

// proves
#[test]
fn missed_then_a_new_time_the_outcome_and_a_make_up_in_a_browser() {
    let world = Plan::on(Engine::Sqlite).by(Way::Exim).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let first = booked(&world, house, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-26 14:12"));
    let args = json!({ "link": sign_in_link(&world, house), "base": world.url(), "appointment": first["id"] });
    let missed = walk("seed_004/missed.mjs", &args);
    let link = link_of(&world, &house.client, "I missed our appointment time today");
    let chosen = walk("seed_001/choose.mjs", &json!({ "link": link }));
    assert!(text(&chosen["shown"]).contains("You’re booked"), "{}", text(&chosen["shown"]));
    walk("seed_004/after.mjs", &json!({ "url": missed["url"], "cookies": missed["cookies"] }));
    letter_with(&world, &house.admin, "There is another time.");
    let gift = link_of(&world, &house.client, "It costs you nothing");
    walk("seed_004/take.mjs", &json!({ "link": gift }));
    world.work();
    put_letters_away(&world, house);
}
