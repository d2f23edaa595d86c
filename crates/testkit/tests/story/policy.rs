//! The policy over the wire: versions, pathways, therapists' own wishes, "what if", and a year replayed.

use crate::steps::{act, booked_for, text};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::world::{Engine, House, Member, Plan, World};
use serde_json::{Value, json};

fn policy_path(house: &House) -> String {
    format!("/api/v1/practices/{}/policy", house.practice.id)
}

fn set(world: &World, house: &House, changes: Value) -> Value {
    world.api(&house.owner).put(&policy_path(house), &json!({ "set": changes })).good()
}

/// Three hours before it begins the therapist records that the client's word arrived just now.
fn cancelled_late(world: &World, house: &House, appointment: &Value) -> Value {
    let body = json!({ "initiator": "client", "received_at": world.now() });
    world.api(&house.therapist).post(&act(appointment, "cancel"), &body).good()
}

fn balance(world: &World, house: &House, client: &Member) -> i64 {
    let found = world.api(&house.therapist).get(&format!("/api/v1/clients/{}/ledger", client.id)).good();
    found["balance"]["amount_minor"].as_i64().expect("an amount")
}

// proves: H-05
#[test]
fn each_change_is_a_version_of_the_owners_and_what_is_booked_keeps_its_own() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let first = booked_for(&world, &house, &house.client, "2026-12-10 14:00");
    let changed = set(&world, &house, json!({ "client_cancel.notice_hours": 72 }));
    assert_eq!(
        (changed["version"].as_u64(), &changed["parameters"]["client_cancel.notice_hours"]),
        (Some(2), &json!(72))
    );
    let second = booked_for(&world, &house, &house.client, "2026-12-11 14:00");
    assert_eq!((first["policy"]["version"].as_u64(), second["policy"]["version"].as_u64()), (Some(1), Some(2)));
    let path = policy_path(&house);
    let wrong = world.api(&house.owner).put(&path, &json!({ "set": { "client_cancel.notice_hours": 9999 } }));
    wrong.refused(422, "invalid_value");
    assert_eq!(wrong.json()["errors"][0]["field"], "client_cancel.notice_hours");
    let several = json!({ "set": { "client_cancel.notice_hours": -1, "no.such": 1, "undo.minutes": "three" } });
    let named = world.api(&house.owner).put(&path, &several).json();
    let errors: Vec<_> =
        named["errors"].as_array().expect("errors").iter().map(|e| (text(&e["field"]), text(&e["code"]))).collect();
    let expected = [
        ("client_cancel.notice_hours", "invalid_value"),
        ("no.such", "unknown_parameter"),
        ("undo.minutes", "invalid_value"),
    ];
    assert_eq!(errors, expected, "each by its own name: {named}");
    let at_odds = json!({ "set": { "no_show.grace_min": 5 } });
    let at_odds = world.api(&house.owner).put(&path, &at_odds);
    at_odds.refused(422, "contradiction");
    assert!(text(&at_odds.json()["errors"][0]["message"]).contains("must not be after no_show.grace_min"));
    for (body, code, field) in [
        (json!({ "set": {}, "preset": "network" }), "field_unknown", "preset"),
        (json!({ "set": [] }), "field_malformed", "set"),
        (json!({}), "field_missing", "set"),
    ] {
        let wrong = world.api(&house.owner).put(&path, &body);
        wrong.refused(422, code);
        assert_eq!(wrong.json()["errors"][0]["field"], field, "{body}");
    }
    assert_eq!(world.api(&house.admin).put(&path, &json!({ "set": {} })).status, 404, "the owner's alone");
    let versions = world.api(&house.therapist).get(&format!("{path}/versions")).good();
    assert_eq!(versions["items"].as_array().map(Vec::len), Some(2));
    let old = world.api(&house.therapist).get(&format!("{path}?version=1")).good();
    assert_eq!(old["parameters"]["client_cancel.notice_hours"], 24);
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: G-02, G-04
#[test]
fn a_pathway_makes_the_terms_kinder_and_a_booking_names_exactly_what_was_agreed() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let owner = world.api(&house.owner);
    let wish = json!({ "name": "Insured", "payer": "plan_forbids", "allowance": { "appointments": 8,
        "used_by": ["late_cancel"] }, "overrides": { "client_cancel.notice_hours": 6 } });
    let made = owner.post("/api/v1/pathways", &wish).good();
    let member = format!("/api/v1/relationships/{}/pathway", house.relationships[0]);
    world.api(&house.admin).put(&member, &json!({ "pathway": made["id"] })).good();
    let start = house.local("2026-12-10 14:00");
    let booked = booked_for(&world, &house, &house.client, "2026-12-10 14:00");
    assert_eq!(booked["policy"]["cutoff"], json!(start - Span::hours(6)));
    assert!(booked["policy"]["terms"].as_str().is_some_and(|name| name.len() == 64));
    let other = booked_for(&world, &house, &house.newcomer, "2026-12-10 16:00");
    assert_eq!(
        (&other["policy"]["terms"], &other["policy"]["cutoff"]),
        (&Value::Null, &json!(house.local("2026-12-09 16:00")))
    );

    // The pathway becomes harsher; what was booked stays as it was.
    let harsher = json!({ "name": "Insured", "payer": "plan_forbids", "overrides": {} });
    let changed = owner.put(&format!("/api/v1/pathways/{}", text(&made["id"])), &harsher).good();
    assert_eq!(changed["revision"], 2);
    world.advance_to(start - Span::hours(3));
    let done = cancelled_late(&world, &house, &booked);
    let kinds: Vec<&str> = done["ledger"].as_array().expect("entries").iter().map(|e| text(&e["kind"])).collect();
    assert_eq!(kinds, ["allowance"], "the payer forbids a fee; one of the eight is used");
    assert_eq!(balance(&world, &house, &house.client), 0);
    let twin = owner.post("/api/v1/pathways", &wish);
    twin.refused(422, "name_taken");
    let wrong = json!({ "name": "Other", "payer": null, "overrides": { "past_start_edit_role": "team" } });
    owner.post("/api/v1/pathways", &wrong).refused(422, "not_overridable");
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: V-20
#[test]
fn a_funders_appointments_are_used_by_what_was_attended_and_missed_and_given_back_by_a_correction() {
    let world = Plan::on(Engine::Memory).only(Preset::Network).begin();
    let house = world.house(Preset::Network).clone();
    let used_by = ["attended", "no_show"];
    let wish = json!({ "name": "Funded", "payer": null, "overrides": {},
        "allowance": { "appointments": 8, "used_by": used_by } });
    let made = world.api(&house.owner).post("/api/v1/pathways", &wish).good();
    let member = format!("/api/v1/relationships/{}/pathway", house.relationships[0]);
    world.api(&house.admin).put(&member, &json!({ "pathway": made["id"] })).good();
    let pair = house.relationships[0];
    let used = || {
        let found = world.app.store.read(move |tx| store::pathway::allowance_used(tx, pair));
        found.unwrap_or_else(|error: store::DbError| panic!("{error}"))
    };
    let therapist = world.api(&house.therapist);
    let mut all = Vec::new();
    for (wall, over) in [("2026-12-10 14:00", "2026-12-10 15:00"), ("2026-12-11 14:00", "2026-12-11 15:00")] {
        all.push((booked_for(&world, &house, &house.client, wall), over));
    }
    for ((appointment, over), attended) in all.iter().zip(["yes", "no"]) {
        world.advance_to(house.local(over));
        let done = therapist.post(&act(appointment, "attendance"), &json!({ "attended": attended })).good();
        let entry = &done["ledger"][0];
        assert_eq!((&entry["kind"], &entry["amount"]["amount_minor"]), (&json!("allowance"), &json!(0)), "{attended}");
    }
    assert_eq!((used(), balance(&world, &house, &house.client)), (2, 0));
    let ours = json!({ "state": "therapist_no_show", "reason": "It was us" });
    therapist.post(&act(&all[1].0, "correct"), &ours).good();
    assert_eq!(used(), 1, "what we missed is not theirs");
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: G-04
#[test]
fn a_therapist_may_be_kinder_where_fees_are_their_own_and_nowhere_else() {
    let world = Plan::on(Engine::Memory).begin();
    let wish = json!({ "overrides": { "client_cancel.notice_hours": 12 } });
    for (preset, allowed) in [(Preset::Insurance, true), (Preset::Marketplace, false)] {
        let house = world.house(preset).clone();
        let own = format!("/api/v1/therapists/{}/policy", house.therapist.id);
        let reply = world.api(&house.therapist).put(&own, &wish);
        if !allowed {
            reply.refused(403, "practice_wide");
            continue;
        }
        assert_eq!(reply.good(), wish);
        let start = house.local("2026-12-10 14:00");
        let booked = booked_for(&world, &house, &house.client, "2026-12-10 14:00");
        assert_eq!(booked["policy"]["cutoff"], json!(start - Span::hours(12)));
        assert_eq!(world.api(&house.colleague).put(&own, &wish).status, 404, "each their own");
    }
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: H-10
#[test]
fn when_somebody_else_takes_the_time_the_late_fee_falls_away_and_the_client_reads_it() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    set(&world, &house, json!({ "waive_late_fee_if_slot_refilled": true }));
    let booked = booked_for(&world, &house, &house.client, "2026-12-10 14:00");
    world.advance_to(house.local("2026-12-10 09:00"));
    cancelled_late(&world, &house, &booked);
    world.work();
    let _ = world.read_letters(&house.client);
    assert_eq!(world.accepted().len(), 2, "client and therapist");
    let paid = world.api(&house.therapist).get(&format!("/api/v1/appointments/{}", text(&booked["id"]))).good();
    assert_eq!(paid["payment"]["state"], "captured", "the fee was taken at once");
    // The same client again is nobody else.
    let start = house.local("2026-12-10 14:00");
    booked_for(&world, &house, &house.newcomer, "2026-12-10 14:00");
    world.work();
    let after = world.api(&house.therapist).get(&format!("/api/v1/appointments/{}", text(&booked["id"]))).good();
    assert_eq!(after["payment"]["state"], "refund_due");
    assert_eq!(balance(&world, &house, &house.client), -6500);
    let id = text(&booked["id"]).parse::<domain::id::AppointmentId>().expect("an id");
    let written = world.app.store.read(move |tx| store::message::of_appointment(tx, id));
    let written = written.unwrap_or_else(|error: store::DbError| panic!("{error}"));
    let told: Vec<_> = written.iter().filter(|m| m.kind.as_str() == "fee_waived").collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].text.contains("no longer due"), "{}", told[0].text);
    world.advance_to(start + Span::hours(1));
    assert_eq!(balance(&world, &house, &house.client), -6500, "once");
    world.ignore_letters();
    world.ignore_jobs();
}

#[test]
fn what_if_judges_an_appointment_by_what_was_agreed_by_today_and_by_a_draft_and_changes_nothing() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let booked = booked_for(&world, &house, &house.client, "2026-12-10 14:00");
    set(&world, &house, json!({ "client_cancel.notice_hours": 48 }));
    let at = house.local("2026-12-09 10:00");
    let before = world.rows();
    let body = json!({ "appointment": booked["id"], "what": "client_cancels", "at": at, "versions": [2],
        "set": { "late_cancel.fee_model": "percent", "late_cancel.percent": 50 } });
    let path = format!("{}/what-if", policy_path(&house));
    let answer = world.api(&house.therapist).post(&path, &body).good();
    let costs: Vec<_> =
        answer["judged"].as_array().expect("judged").iter().map(|j| &j["cost"]["amount_minor"]).collect();
    assert_eq!(costs, [&json!(0), &json!(6500), &json!(3250)], "agreed, today, draft");
    assert_eq!(answer["judged"][1]["self_service"], "inside_notice_window");
    let why = answer["judged"][2]["because"].as_array().expect("rules");
    assert!(why.iter().all(|rule| text(&rule["text"]).ends_with('.')), "{why:?}");
    assert_eq!(world.rows(), before);
    world.ignore_letters();
    world.ignore_jobs();
}

#[test]
fn a_year_is_replayed_in_the_background_and_adds_up() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let booked = booked_for(&world, &house, &house.client, "2026-12-10 14:00");
    world.advance_to(house.local("2026-12-09 10:00"));
    let early = json!({ "initiator": "client", "received_at": world.now() });
    world.api(&house.therapist).post(&act(&booked, "cancel"), &early).good();
    world.advance_to(house.local("2026-12-11 10:00"));
    let path = format!("{}/replays", policy_path(&house));
    let body = json!({ "a": { "version": 1 }, "b": { "version": 1, "set": { "client_cancel.notice_hours": 48 } } });
    let asked = world.api(&house.owner).post(&path, &body);
    assert_eq!(asked.status, 202, "{}", asked.body);
    let one = format!("{path}/{}", text(&asked.json()["id"]));
    assert_eq!(world.api(&house.owner).get(&one).good()["result"], Value::Null, "not yet");
    world.work();
    let done = world.api(&house.owner).get(&one).good();
    assert_eq!((done["seen"].as_u64(), done["total"].as_u64()), (Some(2), Some(2)));
    let (a, b) = (&done["result"]["a"]["all"], &done["result"]["b"]["all"]);
    assert_eq!((&a["late"], &a["fees_minor"]), (&json!(0), &json!(0)));
    assert_eq!((&b["late"], &b["fees_minor"], &b["lost"]), (&json!(1), &json!(6500), &json!(1)));
    assert_eq!(world.api(&house.therapist).get(&one).status, 404, "for whoever runs the practice");
    world.ignore_letters();
    world.ignore_jobs();
}
