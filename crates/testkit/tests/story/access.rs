//! What is not yours is not there, and what is refused leaves no trace.

mod things;

use crate::steps::{act, agreed, booked_for, booking, text};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::world::{Api, Engine, House, Member, Plan, World};
use serde_json::{Value, json};
use server::routes::table;
use things::{Things, body_for, things_of};

/// Tries every route of the API that names a thing, with other people's things.
fn nothing_of_theirs(world: &World, house: &House, asker: &Member, theirs: &Things, but: &[&str]) {
    let api = world.api(asker);
    let before = world.rows();
    let mut tried = 0;
    for route in table().into_iter().filter(|route| route.path.starts_with("/api/v1/") && route.path.contains("{id}")) {
        let noun = route.path.trim_start_matches("/api/v1/").split('/').next().unwrap_or_default();
        if but.contains(&noun) || but.contains(&route.path) {
            continue;
        }
        let id = theirs.get(noun).unwrap_or_else(|| panic!("{}: no such thing in this story", route.path));
        let mut path = route.path.replace("{id}", id);
        for inner in ["file", "replay"] {
            path = path.replace(&format!("{{{inner}}}"), theirs.get(inner).map_or("", String::as_str));
        }
        if path.ends_with("/slots") {
            path.push_str("?from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00Z&kind=video");
        }
        let body =
            if route.is_write() { body_for(route.path, world, house, theirs).to_string() } else { String::new() };
        let reply = api.call(route.method.as_str(), &path, &[], &body);
        assert_eq!(reply.problem(), (404, "not_found".into()), "{} {path} by {}", route.method, asker.name);
        tried += 1;
    }
    assert!(tried > 12, "{tried} routes");
    assert_eq!(world.rows(), before, "{}", asker.name);
}

#[test]
fn what_belongs_to_others_is_not_there_for_anybody_and_nothing_changes() {
    let world = Plan::on(Engine::Memory).begin();
    let (house, other) = (world.house(Preset::Marketplace), world.house(Preset::Insurance));
    let neighbours = things_of(&world, house, &house.colleague, &house.neighbour, 2);
    let foreign = things_of(&world, other, &other.therapist, &other.client, 0);
    world.work();
    for asker in house.everybody() {
        nothing_of_theirs(&world, house, asker, &foreign, &[]);
    }
    // Within the practice: another's client, and another therapist's cases. The practice itself is theirs, and colleagues
    // may see when each other is free.
    for asker in [&house.client, &house.newcomer] {
        nothing_of_theirs(&world, house, asker, &neighbours, &["practices", "guidance", "pathways"]);
    }
    let shared = ["practices", "guidance", "pathways", "/api/v1/therapists/{id}/slots"];
    nothing_of_theirs(&world, house, &house.therapist, &neighbours, &shared);
    world.ignore_letters();
}

#[test]
fn lists_and_searches_show_only_what_is_ones_own() {
    let world = Plan::on(Engine::Memory).begin();
    let (house, other) = (world.house(Preset::Marketplace), world.house(Preset::Insurance));
    let neighbours = things_of(&world, house, &house.colleague, &house.neighbour, 2);
    let foreign = things_of(&world, other, &other.therapist, &other.client, 0);
    world.work();
    let shared = ["practices", "guidance", "file", "pathways", "replay"];
    let paths = [
        "appointments",
        "appointments?q=Tom",
        "appointments?q=Daniel",
        "disruptions",
        "relationships",
        "obligations",
        "tickets",
        "change-requests",
        "reserved-slots",
    ];
    for asker in house.everybody() {
        for path in paths {
            let reply = world.api(asker).get(&format!("/api/v1/{path}"));
            for (noun, id) in &foreign {
                assert!(!reply.body.contains(id.as_str()), "{} of another practice for {}: {path}", noun, asker.name);
            }
            if [&house.client, &house.newcomer, &house.therapist].iter().any(|one| one.id == asker.id) {
                for (noun, id) in neighbours.iter().filter(|(noun, _)| !shared.contains(noun)) {
                    assert!(!reply.body.contains(id.as_str()), "{} of a neighbour for {}: {path}", noun, asker.name);
                }
            }
        }
    }
    world.ignore_letters();
}

/// A request that will not do: what is wrong with it, its body, and the refusal that it deserves.
type Bad = (&'static str, String, u16, &'static str);

/// Bookings that will not do.
fn bad_bookings(world: &World, house: &House, appointment: &Value) -> Vec<Bad> {
    let good = booking(house, &house.client, house.local("2026-11-30 09:00"), world.now());
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body.to_string()
    };
    let start = |value: Value| with("start", value);
    let (day, foreign) = (Span::hours(24), world.house(Preset::Clinic).client.id);
    let saturday = json!(house.local("2026-11-28 09:00"));
    vec![
        ("an unknown field", with("colour", json!("red")), 422, "field_unknown"),
        ("a number for a moment", start(json!(7)), 422, "field_malformed"),
        ("a wall time without an offset", start(json!("2027-03-28T01:30:00")), 422, "field_malformed"),
        ("a day that is none", start(json!("2027-02-30T09:00:00Z")), 422, "field_malformed"),
        ("a kind that is none", with("kind", json!("telepathy")), 422, "field_malformed"),
        ("yesterday", start(json!(world.now() - day)), 422, "in_the_past"),
        ("a Saturday", start(saturday), 422, "outside_availability"),
        ("no agreement", with("agreement", Value::Null), 422, "agreement_required"),
        ("agreed tomorrow", with("agreement", agreed(world.now() + day)), 422, "agreement_required"),
        ("another practice's client", with("client", json!(foreign)), 404, "not_found"),
        ("somebody else's client", with("client", json!(house.neighbour.id)), 404, "not_found"),
        ("a taken time", start(appointment["start"].clone()), 409, "slot_taken"),
        ("not JSON", "{".into(), 400, "not_json"),
        ("a list", "[]".into(), 422, "object_expected"),
        ("too long", with("kind", json!("x".repeat(100_000))), 413, "too_large"),
    ]
}

/// Cancellations that will not do.
fn bad_cancellations(world: &World, house: &House) -> Vec<Bad> {
    let past = world.now() - Span::hours(24);
    let with =
        |step: Value| json!({ "initiator": "therapist", "reason": "therapist_illness", "next_step": step }).to_string();
    let silent = json!({ "initiator": "therapist", "next_step": { "booking_link": true } }).to_string();
    let saturday = json!({ "offer_slots": [house.local("2026-11-28 09:00")] });
    vec![
        ("no next step", with(json!({})), 422, "next_step_required"),
        ("no reason", silent, 422, "reason_required"),
        ("an offer in the past", with(json!({ "offer_slots": [past] })), 422, "in_the_past"),
        ("an offer of a Saturday", with(saturday), 422, "outside_availability"),
        ("a promise gone by", with(json!({ "promise_contact_by": past })), 422, "in_the_past"),
    ]
}

// proves: E-02, H-09
#[test]
fn a_request_that_will_not_do_is_named_and_changes_nothing() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let world = Plan::on(engine).begin();
        let house = world.house(Preset::Marketplace);
        let appointment = booked_for(&world, house, &house.client, "2026-11-26 14:00");
        let api = world.api(&house.therapist);
        let before = world.rows();
        let (book, cancel) = ("/api/v1/appointments".to_owned(), act(&appointment, "cancel"));
        let bookings = bad_bookings(&world, house, &appointment).into_iter().map(|bad| (&book, bad));
        let cancellations = bad_cancellations(&world, house).into_iter().map(|bad| (&cancel, bad));
        for (path, (what, body, status, code)) in bookings.chain(cancellations) {
            let reply = api.call("POST", path, &[("Idempotency-Key", "the-same")], &body);
            assert_eq!(reply.problem(), (status, code.to_owned()), "{what}: {}", reply.body);
            assert_eq!(reply.header("content-type"), "application/problem+json", "{what}");
        }
        let nobody = world.stranger().post("/api/v1/appointments", &json!({}));
        assert_eq!(nobody.problem(), (401, "unauthenticated".into()));
        assert_eq!(world.rows(), before);
    }
}

/// On the night when the clocks of London go forward, 01:00 to 01:59 do not exist.
// proves: H-09
#[test]
fn a_time_that_the_clocks_skip_is_neither_offered_nor_booked() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).at("2027-03-22T12:00:00Z").begin();
    let house = world.house(Preset::Clinic);
    let api: Api = world.api(&house.therapist);
    let query = "from=2027-03-28T00:00:00Z&to=2027-03-28T03:00:00Z&kind=video";
    let found = api.get(&format!("/api/v1/therapists/{}/slots?{query}", house.therapist.id)).good();
    let starts: Vec<&str> = found["items"].as_array().expect("times").iter().map(|slot| text(&slot["start"])).collect();
    let expected = ["00:00", "00:30", "01:00", "01:30", "02:00", "02:30"].map(|time| format!("2027-03-28T{time}:00Z"));
    assert_eq!(starts, expected, "half past midnight is followed by two o'clock, an hour of elapsed time never");
    let between = booking(house, &house.client, "2027-03-28T01:15:00Z".parse().expect("a moment"), world.now());
    api.post("/api/v1/appointments", &between).refused(422, "outside_availability");
}
