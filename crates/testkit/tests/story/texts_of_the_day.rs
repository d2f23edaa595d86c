//! The four texts of the associate clinic on a real gateway and a phone: word for word, in marks that every phone has, and
//! in as many parts as they are paid for.

use crate::steps::{act, booked, booked_for, put_letters_away};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::kannel::Kannel;
use holdspace_testkit::wait;
use holdspace_testkit::world::{Engine, House, Plan, World};
use serde_json::{Value, json};

const PHONE: &str = "447700900412";

/// One text as the phone put it together, and its parts.
struct Arrived {
    words: String,
    parts: Vec<Value>,
}

/// The text that begins so, once all of its parts are there.
fn arrived(kannel: &Kannel, begin: &str) -> Arrived {
    wait::until(&format!("a text that begins {begin:?}"), || {
        let own: Vec<Value> = kannel.submitted().into_iter().filter(|part| part["to"] == PHONE).collect();
        let at = own.iter().position(|part| part["text"].as_str().is_some_and(|text| text.starts_with(begin)))?;
        let whole = usize::try_from(own[at]["parts"].as_u64()?).ok()?;
        let parts = own.get(at..at + whole)?.to_vec();
        let words = parts.iter().filter_map(|part| part["text"].as_str()).collect();
        Some(Arrived { words, parts })
    })
}

/// The words of the clinic, then whose they are and the client's own link; so many parts of at most 160 or 153 marks.
fn says(kannel: &Kannel, words: &str, parts: usize) {
    let text = arrived(kannel, &words[..words.len().min(60)]);
    let rest = text.words.strip_prefix(words).unwrap_or_else(|| panic!("{words:?} is not {:?}", text.words));
    assert!(rest.starts_with("\nRuth\nhttp"), "who writes, and the link: {rest:?}");
    assert!(text.words.is_ascii(), "no mark that costs more: {:?}", text.words);
    let room = if parts == 1 { 160 } else { 153 };
    assert_eq!((text.parts.len(), text.words.len().div_ceil(room)), (parts, parts), "{:?}", text.words);
    assert!(text.parts.iter().all(|part| part["coding"] == 0), "in the basic alphabet");
}

fn prefers_texts(world: &World, house: &House) {
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["sms"], "voicemail": false })).good();
}

// proves
#[test]
fn the_four_texts_of_the_day_arrive_word_for_word_in_the_parts_that_they_are_paid_for() {
    let kannel = Kannel::start();
    let world = Plan::on(Engine::Sqlite).only(Preset::Clinic).texting(&kannel).client_on("+447700900412").begin();
    let house = world.house(Preset::Clinic).clone();
    prefers_texts(&world, &house);
    let therapist = world.api(&house.therapist);
    let (first, second) =
        (booked(&world, &house, "2026-11-26 10:00"), booked_for(&world, &house, &house.client, "2026-11-27 10:00"));
    let third = booked_for(&world, &house, &house.client, "2026-11-30 10:00");

    world.advance_to(house.local("2026-11-26 09:55"));
    therapist.post(&act(&first, "running-late"), &json!({ "minutes": 10 })).good();
    world.work();
    let late = "Hi Daniel - I'm running behind and expect to be about 10 minutes late today. I'm sorry for the delay. Are \
                you able to wait, or would you prefer to reschedule?";
    says(&kannel, late, 2);

    world.advance_to(house.local("2026-11-27 10:00") + Span::minutes(11));
    therapist.post(&act(&second, "check-in"), &json!({})).good();
    world.work();
    let check_in = "Hi Daniel - just checking in. We were scheduled for 10:00. Are you still able to make it today?";
    says(&kannel, check_in, 1);
    world.advance_to(house.local("2026-11-27 10:00") + Span::minutes(21));
    therapist.post(&act(&second, "stepped-away"), &json!({})).good();
    world.work();
    let away = "Hi Daniel - I'm going to step away from the screen for now since it's been 20 minutes past our start time. \
                If you're still able to meet today, please reply and let me know what time you'll be ready. Otherwise, we \
                can reschedule.";
    says(&kannel, away, 2);

    world.advance_to(house.local("2026-11-30 10:20"));
    let report = json!({ "reported_by": "therapist", "fault": "therapist" });
    therapist.post(&act(&third, "therapist-missed"), &report).good();
    world.work();
    let missed = "Hi Daniel - I'm very sorry, I missed our appointment time today. I understand this is disruptive. I'd \
                  like to offer you priority to reschedule - would you like me to find a new time for you?";
    let text = arrived(&kannel, &missed[..60]);
    assert!(text.words.starts_with(missed), "{:?}", text.words);
    assert_eq!(text.parts.len(), text.words.len().div_ceil(153));
    assert!(text.words.is_ascii() && text.parts.iter().all(|part| part["coding"] == 0));
    world.work();
    put_letters_away(&world, &house);
    world.ignore_letters();
    world.ignore_jobs();
}
