//! The phone is a task for a person: the number, what to say, the finished text where it cannot go by itself, and one tap for
//! what came of it.

use crate::steps::{act, booked, cancelled_with_promise, duty, messages, owed_by, put_letters_away, text};
use domain::message::MessageKind;
use domain::person::{Channel, PersonRef};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::world::{Engine, House, Plan, World};
use serde_json::{Value, json};

/// What the record says of attempts to reach the client, the newest last.
fn attempts(world: &World, house: &House, appointment: &str) -> Vec<Value> {
    let found = world.api(&house.admin).get(&format!("/api/v1/audit?subject={appointment}")).good();
    let all = found["items"].as_array().expect("entries").clone();
    all.into_iter().filter(|entry| entry["word"] == "contact_attempted").collect()
}

fn is_a_task(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Network).client_on("+447700900477").begin();
    let house = world.house(Preset::Network).clone();
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["phone", "email"], "voicemail": false })).good();
    let appointment = booked(&world, &house, "2026-11-24 14:00");
    world.advance_to(house.local("2026-11-24 10:00"));
    put_letters_away(&world, &house);
    let (therapist, colleague) = (world.signed_in(&house.therapist), world.signed_in(&house.colleague));
    // The therapist calls off today's appointment of a client who has agreed to no voicemail.
    let wish = cancelled_with_promise(house.local("2026-11-25 12:00"));
    let cancelled = world.api(&house.therapist).post(&act(&appointment, "cancel"), &wish).good();
    let about = text(&cancelled["appointment"]["id"]).to_owned();
    assert_eq!(duty(&cancelled, "inform_client")["state"], "open");
    let here = format!("/t/appointments/{about}");
    assert!(therapist.open(&here).body.contains(&format!("{here}/call")));
    let page = therapist.open(&format!("{here}/call")).body;
    for said in ["tel:+447700900477", "sms:+447700900477?body=", "is cancelled", "25 November, 12:00", "I sent it"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains("Texts don’t go out by themselves here.") && page.contains("data-copy=\"text\""), "{page}");
    // Of links only their own to book goes along, which colleagues may pass on by hand.
    let own = format!("/api/v1/relationships/{}/booking-link", house.relationships[0]);
    let own = world.api(&house.therapist).get(&own).good();
    assert!(page.contains(text(&own["url"])) && !page.replace(text(&own["url"]), "").contains("/r/"), "{page}");
    // A voicemail: the page says why not, and asks why. With a reason it stands on file, and tells nobody.
    let attempt = format!("{here}/attempt");
    let refused = therapist.send(&attempt, &[("result", "left_voicemail"), ("channel", "phone")]);
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("hasn’t agreed to voicemail, and this is at short notice"), "{}", refused.body);
    assert!(attempts(&world, &house, &about).is_empty(), "nothing is on file yet");
    let because = [("result", "left_voicemail"), ("channel", "phone"), ("reason", "Nobody picks up, and I must board")];
    assert_eq!(therapist.send(&attempt, &because).status, 303);
    let tried = attempts(&world, &house, &about);
    assert_eq!(tried.len(), 1, "{tried:?}");
    assert_eq!(tried[0]["details"]["reason"], "Nobody picks up, and I must board", "{tried:?}");
    assert_eq!(owed_by(&world.api(&house.therapist), "inform_client").len(), 1, "a voicemail is not telling");
    // Texted by hand: sent is not told either.
    therapist.open(&format!("{here}/call"));
    assert_eq!(therapist.send(&attempt, &[("result", "sent"), ("channel", "sms")]).status, 303);
    assert_eq!(owed_by(&world.api(&house.therapist), "inform_client").len(), 1);
    therapist.open(&format!("{here}/call"));
    assert_eq!(therapist.send(&attempt, &[("result", "no_answer"), ("channel", "phone")]).status, 303);
    therapist.open(&format!("{here}/call"));
    therapist.send(&attempt, &[("result", "reached"), ("channel", "phone"), ("agreed", "Tomorrow at noon")]);
    assert_eq!(owed_by(&world.api(&house.therapist), "inform_client").len(), 0, "they know");
    // Once they know, a voicemail needs no reason.
    therapist.open(&format!("{here}/call"));
    assert_eq!(therapist.send(&attempt, &[("result", "left_voicemail"), ("channel", "phone")]).status, 303);
    assert_eq!(attempts(&world, &house, &about).len(), 5);
    // Somebody else's number is not offered any more.
    therapist.open(&format!("{here}/call"));
    therapist.send(&attempt, &[("result", "wrong_number"), ("channel", "phone")]);
    let page = therapist.open(&format!("{here}/call")).body;
    assert!(page.contains("There is no number that may be used") && !page.contains("sms:"), "{page}");
    assert_eq!(colleague.open(&format!("{here}/call")).status, 404);
    world.work();
    put_letters_away(&world, &house);
}

/// The gateway is set up and nobody answers there: the text waits, and the page offers it to be sent by hand.
fn waits_for_the_gateway(engine: Engine) {
    let world = Plan::on(engine)
        .only(Preset::Clinic)
        .client_on("+447700900477")
        .setting("HOLDSPACE_SMS_KIND", "kannel")
        .setting("HOLDSPACE_SMS_URL", "http://127.0.0.1:9")
        .setting("HOLDSPACE_SMS_USER", "us")
        .setting("HOLDSPACE_SMS_PASSWORD", "ours")
        .setting("HOLDSPACE_SMS_FROM", "+447700900100")
        .begin();
    let house = world.house(Preset::Clinic).clone();
    let preference = format!("/api/v1/clients/{}/contact-preference", house.client.id);
    world.api(&house.admin).put(&preference, &json!({ "channels": ["sms"], "voicemail": false })).good();
    let appointment = booked(&world, &house, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-26 13:55"));
    put_letters_away(&world, &house);
    let therapist = world.signed_in(&house.therapist);
    let here = format!("/t/appointments/{}", text(&appointment["id"]));
    world.api(&house.therapist).post(&act(&appointment, "running-late"), &json!({ "minutes": 10 })).good();
    world.work();
    let page = therapist.open(&format!("{here}/call")).body;
    assert!(page.contains("the gateway does not answer"), "{page}");
    // Word for word the text that waits, but for the link that nobody else may have.
    let wrote = messages(&world, &appointment);
    let late = wrote.iter().find(|message| {
        message.kind == MessageKind::RunningLate
            && message.channel == Channel::Sms
            && matches!(message.to, PersonRef::Client(_))
    });
    let first = late.expect("a text").text.lines().next().expect("a line").replace('\'', "&#39;");
    assert!(page.contains(&first), "{first}\n{page}");
    world.advance(Span::minutes(5));
    put_letters_away(&world, &house);
    world.ignore_jobs();
    world.ignore_letters();
}

// proves: V-10, V-05, A-03
#[test]
fn a_call_is_a_task_with_its_words_and_one_tap_results_on_sqlite() {
    is_a_task(Engine::Sqlite);
}

#[test]
fn a_call_is_a_task_with_its_words_and_one_tap_results_on_postgres() {
    is_a_task(Engine::Postgres);
}

// proves: V-11, A-12
#[test]
fn a_text_that_waits_is_offered_to_be_sent_by_hand_on_sqlite() {
    waits_for_the_gateway(Engine::Sqlite);
}

#[test]
fn a_text_that_waits_is_offered_to_be_sent_by_hand_on_postgres() {
    waits_for_the_gateway(Engine::Postgres);
}
