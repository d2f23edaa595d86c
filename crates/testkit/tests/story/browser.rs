//! The therapist's guide walked in a real browser, with the e-mails as they were received.

use crate::calendars::{event, is_neutral, link_in};
use crate::steps::{booked, text};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::browser::run_file;
use holdspace_testkit::letter::Letter;
use holdspace_testkit::world::{Engine, House, Plan, Way, World};
use serde_json::{Value, json};
use std::path::Path;

/// Runs one of the story's acts.
fn act(name: &str, args: &Value) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/story/seed_001");
    run_file(&folder.join(name), args).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// The link of a letter to sign in with.
fn sign_in_link(letter: &Letter) -> String {
    let parsed = letter.parsed();
    let text = parsed.part("text/plain").expect("plain text").to_owned();
    text.split_whitespace()
        .find(|word| word.contains("/sign-in/"))
        .unwrap_or_else(|| panic!("no link in\n{text}"))
        .to_owned()
}

/// Both letters, and that both carry the same event under this method.
fn both(world: &World, house: &House, method: &str) -> [Letter; 2] {
    world.work();
    let letters = [world.read_letter(&house.therapist), world.read_letter(&house.client)];
    let read = letters.each_ref().map(event);
    assert_eq!([&read[0].method, &read[1].method], [method, method]);
    assert_eq!(read[0].events[0].uid, read[1].events[0].uid);
    assert!(letters.iter().all(|letter| is_neutral(&letter.parsed().subject)));
    letters
}

fn the_guide_works_as_written(engine: Engine) {
    let world = Plan::on(engine).by(Way::Exim).only(Preset::Insurance).begin();
    let house = world.house(Preset::Insurance);
    let first = booked(&world, house, "2026-11-26 14:00");
    let base = world.url();
    act("ask.mjs", &json!({ "base": base, "email": house.therapist.email }));
    world.work();
    let link = sign_in_link(&world.read_letter(&house.therapist));

    let cancelled = act(
        "cancel.mjs",
        &json!({ "link": link, "client": house.client.name, "reason": "I’m ill",
        "note": "Unwell since the morning" }),
    );
    let shown = text(&cancelled["shown"]);
    assert!(shown.contains(&house.client.name) && shown.contains("November 26"), "{shown}");
    // Five days ahead is in good time: the letters wait until it can no longer be taken back.
    world.advance(Span::minutes(3));
    let letters = both(&world, house, "CANCEL");
    assert_eq!(event(&letters[1]).events[0].uid, format!("{}@holdspace", text(&first["id"])));

    let chosen = act("choose.mjs", &json!({ "link": format!("{base}{}", link_in(&letters[1])) }));
    let letters = both(&world, house, "REQUEST");
    assert_eq!(event(&letters[1]).events[0].status, "CONFIRMED");
    assert!(!text(&chosen["shown"]).contains("There is a problem"), "{chosen}");

    let copied = act(
        "copy_link.mjs",
        &json!({ "base": base, "cookies": cancelled["cookies"],
        "client": house.client.name, "cancelled": cancelled["url"] }),
    );
    assert!(text(&copied["left"]).contains("Daniel knows"), "{}", text(&copied["left"]));
    let open = world.api(&house.admin).get("/api/v1/disruptions?state=open").good();
    assert_eq!(open["items"], json!([]), "the case is closed");
    let page = world.visitor().open(text(&copied["link"]));
    assert_eq!(page.status, 200, "{}", page.body);
}

// proves: G-01, G-07, G-08, G-10, G-11, G-14
#[test]
fn the_guide_to_cancelling_works_as_written_in_a_browser_on_sqlite() {
    the_guide_works_as_written(Engine::Sqlite);
}

// proves: G-01, G-07, G-08, G-10, G-11, G-14
#[test]
fn the_guide_to_cancelling_works_as_written_in_a_browser_on_postgres() {
    the_guide_works_as_written(Engine::Postgres);
}
