//! Who and what there is in a fresh demo.

use crate::world::{Demo, MONDAY, of_role, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use testkit::scratch::Scratch;

#[test]
fn four_practices_have_everybody_whom_a_check_may_look_for() {
    let scratch = Scratch::new("demo-people");
    let demo = Demo::start(&scratch.join("data"), &["--now", MONDAY]);
    let practices = demo.practices();
    let found: Vec<_> = practices.iter().map(|p| (text(p, "preset"), text(p, "time_zone"))).collect();
    let expected = [
        ("network", "Europe/London"),
        ("insurance", "America/New_York"),
        ("marketplace", "Europe/London"),
        ("clinic", "Europe/London"),
    ];
    assert_eq!(found, expected);
    for practice in &practices {
        for role in ["owner", "admin", "support", "clinical_lead", "risk_duty"] {
            assert!(!of_role(practice, role).is_empty(), "{} has no {role}", practice["name"]);
        }
        assert!(of_role(practice, "therapist").len() >= 2 && of_role(practice, "client").len() >= 8);
        every_preference_is_there(practice);
        the_diary_is_alive(&demo, practice);
    }
    nobody_is_real(&demo, &practices);
    sundays_are_worked(&demo, &practices);
    demo.stop();
}

fn every_preference_is_there(practice: &Value) {
    let clients = of_role(practice, "client");
    let prefers = |channel: &str| clients.iter().any(|client| client["prefers"] == channel);
    assert!(prefers("sms") && prefers("email") && prefers("phone") && prefers("in_app"));
    assert!(clients.iter().any(|c| c["prefers"] == "phone" && c["voicemail"] == false));
    assert!(of_role(practice, "therapist").iter().all(|therapist| therapist.get("prefers").is_none()));
}

fn the_diary_is_alive(demo: &Demo, practice: &Value) {
    let admin = text(of_role(practice, "admin")[0], "api_token");
    let appointments = demo.all(admin, "/api/v1/appointments");
    let mut attended: BTreeMap<&str, u32> = BTreeMap::new();
    let mut clients_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for appointment in &appointments {
        let (client, therapist) = (text(appointment, "client"), text(appointment, "therapist"));
        *attended.entry(client).or_default() += u32::from(appointment["state"] == "attended");
        clients_of.entry(therapist).or_default().insert(client);
    }
    let new =
        of_role(practice, "client").iter().filter(|c| attended.get(text(c, "id")).is_none_or(|n| *n == 0)).count();
    assert_eq!(new, 1, "one client of {} is new", practice["name"]);
    assert!(clients_of.len() >= 2 && clients_of.values().all(|clients| clients.len() >= 2));

    let booked = |day: &str| {
        let on = |a: &&Value| a["state"] == "booked" && text(a, "start").starts_with(day);
        appointments.iter().filter(on).count()
    };
    assert!(booked("2026-03-09") > 0 && booked("2026-03-10") > 0, "something is on today and tomorrow");
    let days: BTreeSet<&str> =
        appointments.iter().filter(|a| a["state"] == "booked").map(|a| &text(a, "start")[..10]).collect();
    assert!(days.len() >= 14, "most days of the next weeks have something: {days:?}");
    let states: BTreeSet<&str> = appointments.iter().map(|a| text(a, "state")).collect();
    let ends = ["cancelled_by_client", "cancelled_by_therapist", "cancelled_by_practice", "client_no_show"];
    for state in ends.into_iter().chain(["attended", "awaiting_update", "therapist_no_show"]) {
        assert!(states.contains(state), "{} has nothing {state}", practice["name"]);
    }
    assert!(appointments.iter().any(|a| a["pending_move"].is_string()), "a client is asked for another time");
    let captured = |a: &Value| a["state"] == "booked" && a["payment"]["state"] == "captured";
    assert_eq!(appointments.iter().any(captured), practice["preset"] == "marketplace");
    something_is_open(demo, admin);
    every_page_has_something_on_it(demo, practice);
}

fn every_page_has_something_on_it(demo: &Demo, practice: &Value) {
    let token = |role: &str| text(of_role(practice, role)[0], "api_token");
    let open = |role: &str, path: &str| demo.all(token(role), path);
    let cases = open("admin", "/api/v1/disruptions?state=open");
    for kind in ["running_late", "therapist_missed", "client_no_show"] {
        assert!(cases.iter().any(|case| case["kind"] == kind), "{} has no case of {kind}", practice["name"]);
    }
    assert_eq!(open("admin", "/api/v1/change-requests").len(), 1, "the team is asked for something");
    assert!(open("support", "/api/v1/tickets").iter().any(|one| one["state"] == "open" && one["due_at"].is_string()));
    let policy = format!("/api/v1/practices/{}/policy", text(practice, "id"));
    assert_eq!(demo.get_as(token("owner"), &policy)["version"], 2, "there are two versions to compare");
    let of_therapists = of_role(practice, "therapist").into_iter();
    let duties = of_therapists.flat_map(|one| demo.all(text(one, "api_token"), "/api/v1/obligations"));
    assert!(duties.into_iter().any(|duty| duty["kind"] == "review_risk"), "a screening is to be looked at again");
    let slots = demo.all(token("admin"), "/api/v1/reserved-slots");
    assert_eq!(slots.iter().any(|slot| slot["state"] == "paused"), practice["preset"] != "clinic");
}

fn something_is_open(demo: &Demo, admin: &str) {
    let cases = demo.all(admin, "/api/v1/disruptions?state=open");
    let duties: Vec<Value> =
        cases.iter().flat_map(|case| case["obligations"].as_array().expect("duties").clone()).collect();
    let is = |kind: &str, state: &str| duties.iter().any(|duty| duty["kind"] == kind && duty["state"] == state);
    assert!(is("next_step", "escalated"), "a client has waited too long for a next step");
    assert!(is("keep_promise", "open"), "a promise is still to be kept");
    assert!(is("next_step", "open"), "an offer is still open");
}

fn nobody_is_real(demo: &Demo, practices: &[Value]) {
    for person in practices.iter().flat_map(|p| p["people"].as_array().expect("people")) {
        let (email, phone) = (text(person, "email"), text(person, "phone"));
        assert!(email.ends_with(".example") || email.ends_with("@example.org"), "{email}");
        assert!(phone.starts_with("+447700900") || phone.starts_with("+1202555"), "{phone}");
    }
    let letters = demo.outbox("");
    assert!(!letters.is_empty());
    for letter in &letters {
        let arrived = [("email", "sent"), ("sms", "delivered"), ("in_app", "delivered"), ("in_app", "read")];
        assert!(arrived.contains(&(text(letter, "channel"), text(letter, "status"))), "{letter}");
        for real in ["0333 222", "vhg.co.uk"] {
            assert!(!text(letter, "body").contains(real), "{letter}");
        }
        assert!(!text(letter, "body").contains("{link}") && !text(letter, "body").contains("{receipt}"), "{letter}");
    }
    let some = text(&letters[0], "to_person");
    assert!(demo.outbox(&format!("?to_person={some}")).iter().all(|letter| letter["to_person"] == some));
    assert!(demo.outbox("?kind=cancellation&since=2026-03-08T00:00:00Z").len() < letters.len());
    let (status, problem) = demo.post("/demo/inbound", &Value::Null);
    assert_eq!((status, problem["code"].as_str()), (422, Some("object_expected")), "{problem}");
    assert!(text(&problem, "detail").ends_with("what came is null."), "{problem}");
    let to_client = |letter: &&Value| text(letter, "to_person").starts_with("cli_") && letter["channel"] == "email";
    let newest = letters.iter().filter(to_client).max_by_key(|letter| text(letter, "sent_at")).expect("a letter");
    let answer = json!({ "channel": "email", "from": newest["to"], "body": "Thank you, see you then." });
    assert_eq!(demo.post("/demo/inbound", &answer), (200, json!({ "ticket": null })), "it lands on what it answers");
}

fn sundays_are_worked(demo: &Demo, practices: &[Value]) {
    for practice in practices.iter().filter(|p| p["preset"] == "insurance" || p["preset"] == "marketplace") {
        let admin = text(of_role(practice, "admin")[0], "api_token");
        // In New York midnight is at 04:00 UTC by then, in London at 00:00 on the last Sunday before the change.
        let (from, to) = match text(practice, "preset") {
            "insurance" => ("2026-03-22T04:00:00Z", "2026-03-22T22:00:00Z"),
            _ => ("2026-03-22T00:00:00Z", "2026-03-22T18:00:00Z"),
        };
        let first_slots = of_role(practice, "therapist").into_iter().filter_map(|therapist| {
            let path = format!("/api/v1/therapists/{}/slots?from={from}&to={to}&kind=video", text(therapist, "id"));
            let slots = demo.get_as(admin, &path)["items"].as_array().expect("slots").clone();
            slots.first().map(|slot| text(slot, "start").to_owned())
        });
        assert!(first_slots.into_iter().any(|start| start == from), "{} begins at midnight", practice["name"]);
    }
}

#[test]
fn two_demos_that_begin_at_one_moment_are_the_same() {
    let (one, other) = (Scratch::new("demo-one"), Scratch::new("demo-other"));
    let (one, other) = (Demo::monday(&one, "marketplace"), Demo::monday(&other, "marketplace"));
    assert_eq!(one.get("/demo/people"), other.get("/demo/people"));
    assert_eq!(one.outbox(""), other.outbox(""));
    let later = Scratch::new("demo-later");
    let later = Demo::start(&later.join("data"), &["--now", "2026-03-10T08:00:00Z", "--preset", "marketplace"]);
    assert_ne!(one.practices()[0]["id"], later.practices()[0]["id"]);
}

#[test]
fn a_demo_can_begin_at_any_hour_of_any_day() {
    // A Saturday night, the hour in which London's clocks go forward, the one in which they go back, New Year.
    for now in ["2026-11-21T23:30:00Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z", "2027-01-01T00:00:00Z"] {
        let scratch = Scratch::new("demo-hour");
        let demo = Demo::start(&scratch.join("data"), &["--now", now, "--preset", "clinic"]);
        let practices = demo.practices();
        let admin = text(of_role(&practices[0], "admin")[0], "api_token");
        something_is_open(&demo, admin);
        assert!(demo.all(admin, "/api/v1/appointments?state=booked").len() >= 20, "{now}");
    }
}
