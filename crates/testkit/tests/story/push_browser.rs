//! Notices in a real browser: its service worker shows what is pushed to it, and pressing it opens the conversation. The
//! notice comes by the debugger, for the maker's own push service is out on the Internet.

use crate::steps::{booked, put_letters_away, text};
use domain::policy::Preset;
use holdspace_testkit::browser::run_file;
use holdspace_testkit::world::{Engine, Plan};
use serde_json::json;
use std::path::Path;

// proves: V-05
#[test]
fn a_notice_is_shown_in_a_browser_and_opens_the_conversation() {
    let world = Plan::on(Engine::Sqlite).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    booked(&world, &house, "2026-11-26 14:00");
    let path = format!("/api/v1/conversations/{}/lines", house.relationships[0]);
    world.api(&house.therapist).post(&path, &json!({ "words": "The lift is out today." })).good();
    world.work();
    put_letters_away(&world, &house);
    let signed_in = world.signed_in(&house.client).cookies();
    let cookies: Vec<_> =
        signed_in.iter().map(|(name, value)| json!({ "name": name, "value": value, "url": world.url() })).collect();
    let payload = json!({ "title": house.practice.name, "body": "There is something new for you. Open to see.",
        "url": "/c/conversation", "tag": "conversation" });
    let args = json!({ "base": world.url(), "cookies": cookies, "payload": payload.to_string(),
        "conversation": format!("{}/c/conversation/{}", world.url(), house.relationships[0]) });
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/story/push/notice.mjs");
    let seen = run_file(&story, &args).unwrap_or_else(|why| panic!("{why}"));
    assert!(text(&seen["off"]).contains("Off in this browser.") && text(&seen["off"]).contains("Turn on"), "{seen}");
    assert_eq!(seen["shown"]["title"], house.practice.name.as_str());
    assert_eq!(seen["shown"]["body"], "There is something new for you. Open to see.");
    assert!(text(&seen["opened"]).ends_with("/c/conversation"), "{seen}");
    assert!(text(&seen["main"]).contains("The lift is out today."), "{seen}");
    assert!(text(&seen["failed"]).contains("did not work"), "{seen}");
    assert_eq!(seen["on"], "On in this browser.");
    assert!(text(&seen["listed"]).contains("Chrome on"), "{}", seen["listed"]);
    assert!(text(&seen["denied"]).contains("blocked"), "{seen}");
    assert!(text(&seen["without"]).contains("has to run scripts"), "{seen}");
    assert!(text(&seen["talk"]).contains("I am outside."), "{seen}");
    world.work();
    put_letters_away(&world, &house);
}
