//! From a therapist's cancellation to a new time that stands in both calendars, with the money and the record.

use crate::calendars::{event, is_neutral, link_in};
use crate::steps::{act, booked, cancelled_with_times, duties, duty, put_letters_away, receipt, text};
use domain::audit::{Trusted, verify};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::ics::Event;
use holdspace_testkit::letter::Letter;
use holdspace_testkit::world::{Engine, House, Plan, Way, World};
use serde_json::{Value, json};

/// The receipt that stands in a letter: a number and the beginning of a hash.
fn receipt_in(letter: &Letter, receipt: &(u64, String)) -> bool {
    let (seq, hash) = receipt;
    letter.parsed().part("text/plain").is_some_and(|text| text.contains(&format!("{seq}-{}", &hash[..12])))
}

fn both_letters(world: &World, house: &House) -> [Letter; 2] {
    world.work();
    [world.read_letter(&house.therapist), world.read_letter(&house.client)]
}

/// Both got the same event.
fn event_of(letters: &[Letter; 2], method: &str) -> Event {
    let [one, other] = letters.each_ref().map(event);
    assert_eq!((one.method.as_str(), other.method.as_str()), (method, method));
    let (one, other) = (&one.events[0], &other.events[0]);
    assert_eq!((&one.uid, one.sequence, &one.start), (&other.uid, other.sequence, &other.start));
    assert!(is_neutral(&one.summary) && is_neutral(&other.summary), "{} / {}", one.summary, other.summary);
    one.clone()
}

/// The export about this appointment holds; with any one byte changed it does not.
fn the_record_holds(world: &World, house: &House, appointment: &Value) {
    let subject = text(&appointment["id"]);
    let file = world.api(&house.admin).get(&format!("/api/v1/audit/export?subject={subject}"));
    assert_eq!(file.status, 200, "{}", file.body);
    let bytes = file.body.into_bytes();
    let trusted = Trusted::Key(world.key());
    let summary = verify(&bytes, trusted).expect("a file that holds");
    assert!(summary.whole > 0 && summary.practice == house.practice.id);
    // Every 97th byte reaches every line of the file in every place.
    for at in (0..bytes.len()).step_by(97) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(verify(&changed, trusted).is_err(), "byte {at} was changed and nobody noticed");
    }
}

fn a_cancelled_time_becomes_another(engine: Engine) {
    let world = Plan::on(engine).by(Way::Exim).only(Preset::Marketplace).begin();
    let house = world.house(Preset::Marketplace);
    let (therapist, client, admin) = (world.api(&house.therapist), world.api(&house.client), world.api(&house.admin));
    let first = booked(&world, house, "2026-11-26 14:00");
    // The price is taken at the cutoff, 48 hours before.
    world.advance_to(house.local("2026-11-25 09:00"));
    put_letters_away(&world, house);
    let account = format!("/api/v1/clients/{}/ledger", house.client.id);
    assert_eq!(client.get(&account).good()["items"].as_array().map(Vec::len), Some(2), "charged and paid");

    let body = cancelled_with_times(house, &["2026-11-27 10:00", "2026-11-27 12:00"]);
    let cancelled = therapist.post(&act(&first, "cancel"), &body);
    let said = receipt(&cancelled);
    let cancelled = cancelled.good();
    let case = &cancelled["disruption"];
    assert_eq!(duty(&cancelled, "inform_client")["state"], "open", "sending is not telling");
    let letters = both_letters(&world, house);
    let gone = event_of(&letters, "CANCEL");
    assert_eq!((gone.uid.as_str(), gone.sequence, gone.status.as_str()), (&*uid(&first), 1, "CANCELLED"));
    assert!(letters.iter().all(|letter| receipt_in(letter, &said)), "the receipt stands in both letters");
    assert!(letters.iter().all(|letter| is_neutral(&letter.parsed().subject)));

    world.advance(Span::minutes(4));
    let link = link_in(&letters[1]);
    let page = world.visitor().open(&link);
    assert_eq!(page.status, 200, "{}", page.body);
    let known = ("inform_client".to_owned(), "met".to_owned());
    assert!(duties(&admin, case).contains(&known), "who opens the link knows: {:?}", duties(&admin, case));

    let offer = text(&cancelled["next_step"]["offer"]["id"]);
    let taken =
        client.post(&format!("/api/v1/offers/{offer}/accept"), &json!({ "start": house.local("2026-11-27 12:00") }));
    let said = receipt(&taken);
    let taken = taken.good();
    let second = &taken["appointment"];
    assert_eq!(second["replaces"], first["id"]);
    let letters = both_letters(&world, house);
    let made = event_of(&letters, "REQUEST");
    assert_eq!((made.uid.as_str(), made.sequence, made.status.as_str()), (&*uid(second), 0, "CONFIRMED"));
    assert_ne!(made.uid, gone.uid);
    assert!(letters.iter().all(|letter| receipt_in(letter, &said)));

    carried_over(&client.get(&account).good(), &taken, &first);
    let note = json!({ "appointment": first["id"], "informed_at": world.now(), "informed_how": "email",
        "agreed": "A new time on Friday" });
    therapist.post("/api/v1/notes", &note).good();
    let closed = admin.get(&format!("/api/v1/disruptions/{}", text(&case["id"]))).good();
    assert!(closed["closed_at"].is_string(), "{closed}");
    the_record_holds(&world, house, &first);
    the_record_holds(&world, house, second);
}

fn uid(appointment: &Value) -> String {
    format!("{}@holdspace", text(&appointment["id"]))
}

/// The payment went along: two entries that sum to nothing, and an account that owes nothing.
fn carried_over(account: &Value, taken: &Value, first: &Value) {
    let entries: Vec<_> = taken["ledger"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| {
            (
                text(&entry["kind"]),
                entry["amount"]["amount_minor"].as_i64().expect("an amount"),
                entry["appointment"].clone(),
            )
        })
        .collect();
    let second = &taken["appointment"]["id"];
    assert_eq!(entries, [("carry_over", 6500, first["id"].clone()), ("carry_over", -6500, second.clone())]);
    assert_eq!(account["balance"]["amount_minor"], 0, "{account}");
    assert_eq!(taken["appointment"]["payment"]["state"], "captured");
}

// proves: V-01, V-07, V-13, G-08, G-10, E-01, E-02
#[test]
fn a_cancelled_time_becomes_another_one_in_both_calendars_on_sqlite() {
    a_cancelled_time_becomes_another(Engine::Sqlite);
}

// proves: V-01, V-07, V-13, G-08, G-10, E-01, E-02
#[test]
fn a_cancelled_time_becomes_another_one_in_both_calendars_on_postgres() {
    a_cancelled_time_becomes_another(Engine::Postgres);
}
