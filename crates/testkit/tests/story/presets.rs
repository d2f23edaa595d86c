//! The four presets over the wire: who may do what at which notice, and a preview that tells the truth and does nothing.

use crate::steps::{act, booked_for, cancelled_with_promise, cancelled_with_times, owed_by, put_letters_away, text};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::world::{Engine, House, Plan, Reply, World};
use serde_json::{Value, json};

fn by_client() -> Value {
    json!({ "initiator": "client" })
}

/// The client calls it off themselves, three hours before.
fn late_by_client(world: &World, preset: Preset, path: &str) -> (Reply, House) {
    let house = world.house(preset).clone();
    let first = booked_for(world, &house, &house.client, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-26 11:00"));
    put_letters_away(world, &house);
    (world.api(&house.client).post(&format!("{}{path}", act(&first, "cancel")), &by_client()), house)
}

// proves: G-02, G-03, G-04
#[test]
fn inside_the_notice_window_insurance_says_whom_to_contact_and_what_it_costs() {
    let world = Plan::on(Engine::Memory).only(Preset::Insurance).begin();
    let (reply, house) = late_by_client(&world, Preset::Insurance, "");
    reply.refused(403, "inside_notice_window");
    let contact = &reply.json()["contact"];
    assert_eq!(contact["therapist"], house.therapist.name.as_str());
    assert_eq!(contact["phone"], house.practice.support_phone.as_str());
    assert_eq!(contact["fee"]["amount_minor"], 4000, "{contact}");
}

#[test]
fn inside_the_notice_window_the_clinic_names_whom_to_contact() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let (reply, house) = late_by_client(&world, Preset::Clinic, "");
    reply.refused(403, "inside_notice_window");
    assert_eq!(reply.json()["contact"]["email"], house.practice.support_email.as_str());
}

// proves: H-05, H-10
#[test]
fn the_marketplace_lets_clients_go_late_and_says_first_that_the_money_stays() {
    let world = Plan::on(Engine::Memory).only(Preset::Marketplace).begin();
    let (preview, house) = late_by_client(&world, Preset::Marketplace, "?preview=true");
    let preview = preview.good();
    assert_eq!(preview["preview"], true);
    assert!(preview["because"].as_array().is_some_and(|because| !because.is_empty()));
    assert_eq!(preview["appointment"]["payment"]["state"], "captured");
    let path = act(&preview["appointment"], "cancel");
    let done = world.api(&house.client).post(&path, &by_client()).good();
    assert_eq!(done["appointment"]["state"], "cancelled_by_client");
    assert_eq!(
        (done["appointment"]["payment"]["state"].as_str(), done["ledger"].as_array().map(Vec::len)),
        (Some("captured"), Some(0))
    );
    world.work();
    world.ignore_letters();
}

#[test]
fn a_client_of_the_network_contacts_the_therapist_at_any_notice() {
    let world = Plan::on(Engine::Memory).only(Preset::Network).begin();
    let house = world.house(Preset::Network);
    let first = booked_for(&world, house, &house.client, "2026-12-17 14:00");
    let reply = world.api(&house.client).post(&act(&first, "cancel"), &by_client());
    reply.refused(403, "contact_only");
    let contact = &reply.json()["contact"];
    assert_eq!((contact["therapist"].as_str(), contact["fee"].is_null()), (Some(house.therapist.name.as_str()), true));
}

// proves: V-07, V-08, G-08, E-02, A-08
#[test]
fn in_no_preset_may_a_therapist_leave_a_client_without_a_way_on() {
    let world = Plan::on(Engine::Memory).begin();
    for house in &world.houses {
        let first = booked_for(&world, house, &house.client, "2026-11-26 14:00");
        let body = json!({ "initiator": "therapist", "reason": "therapist_illness", "note": "Unwell" });
        let before = world.rows();
        let api = world.api(&house.therapist);
        api.post(&act(&first, "cancel"), &body).refused(422, "next_step_required");
        let silent = json!({ "initiator": "therapist", "next_step": { "booking_link": true } });
        api.post(&act(&first, "cancel"), &silent).refused(422, "reason_required");
        if house.preset != Preset::Marketplace {
            let mut refund = body.clone();
            refund["next_step"] = json!({ "refund": true });
            api.post(&act(&first, "cancel"), &refund).refused(422, "next_step_not_allowed");
        }
        assert_eq!(world.rows(), before, "{}", house.preset);
    }
}

// proves: E-04
#[test]
fn a_new_clients_refund_goes_through_the_team() {
    let world = Plan::on(Engine::Memory).only(Preset::Marketplace).begin();
    let house = world.house(Preset::Marketplace);
    let first = booked_for(&world, house, &house.newcomer, "2026-11-26 14:00");
    let refund = json!({ "initiator": "therapist", "reason": "therapist_illness", "next_step": { "refund": true } });
    world.api(&house.therapist).post(&act(&first, "cancel"), &refund).refused(422, "team_request_required");
    world.api(&house.support).post(&act(&first, "cancel"), &refund).good();
    world.work();
    world.ignore_letters();
}

// proves: V-17, G-07
#[test]
fn nobody_speaks_for_somebody_else_and_support_is_on_the_record_beside_the_therapist() {
    let world = Plan::on(Engine::Memory).begin();
    for house in &world.houses {
        let first = booked_for(&world, house, &house.client, "2026-11-26 14:00");
        let path = act(&first, "cancel");
        let promise = cancelled_with_promise(world.now() + Span::hours(20));
        world.api(&house.client).post(&path, &promise).refused(403, "initiator_not_allowed");
        let mut of_practice = promise.clone();
        of_practice["initiator"] = json!("practice");
        of_practice["reason"] = json!("practice_room_or_closure");
        world.api(&house.therapist).post(&path, &of_practice).refused(403, "initiator_not_allowed");
        world.api(&house.colleague).post(&path, &promise).refused(404, "not_found");
        world.api(&house.support).post(&path, &promise).good();

        let note = json!({ "appointment": first["id"], "informed_at": world.now(), "informed_how": "phone",
            "agreed": "To speak tomorrow", "on_behalf_of": house.therapist.id });
        world.api(&house.client).post("/api/v1/notes", &note).refused(404, "not_found");
        let by_support = world.api(&house.support).post("/api/v1/notes", &note);
        // In the marketplace nobody but the therapist writes it.
        if house.preset == Preset::Marketplace {
            by_support.refused(403, "not_on_behalf");
            continue;
        }
        by_support.good();
        let record = world.api(&house.admin).get(&format!("/api/v1/audit?subject={}", text(&first["id"]))).good();
        let entries = record["items"].as_array().expect("entries");
        let both =
            entries.iter().find(|entry| entry["on_behalf_of"] == json!(house.therapist.id)).expect("on behalf of");
        assert_eq!(both["actor"], json!(house.support.id), "{}", house.preset);
        assert!(owed_by(&world.api(&house.therapist), "inform_client").len() == 1, "it stays the therapist's to tell");
    }
    world.work();
    world.ignore_letters();
}

/// Without what only the deed has: its receipt, and ids of things that did not exist before.
fn without_new(value: &Value, known: &[String]) -> Value {
    let is_new = |value: &Value| {
        value.as_str().is_some_and(|text| {
            text.as_bytes().get(3) == Some(&b'_') && text.len() == 30 && !known.iter().any(|id| id == text)
        })
    };
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, value)| !["preview", "receipt"].contains(&name.as_str()) && !is_new(value))
            .map(|(name, value)| (name.clone(), without_new(value, known)))
            .collect(),
        Value::Array(items) => items.iter().map(|item| without_new(item, known)).collect(),
        other => other.clone(),
    }
}

fn preview_equals_deed(engine: Engine) {
    let world = Plan::on(engine).begin();
    for house in &world.houses {
        let api = world.api(&house.therapist);
        let first = booked_for(&world, house, &house.client, "2026-11-26 14:00");
        let mut known: Vec<String> = house.everybody().iter().map(|member| member.id.to_string()).collect();
        known.extend([house.practice.id.to_string(), text(&first["id"]).to_owned()]);
        known.extend(house.relationships.iter().map(ToString::to_string));
        let start = house.local("2026-11-30 10:00");
        let yes = json!({ "how": "phone", "at": world.now() });
        let deeds = [
            (
                "/api/v1/appointments".to_owned(),
                json!({ "therapist": house.therapist.id, "client": house.newcomer.id,
                "start": start, "kind": "video", "agreement": yes }),
            ),
            (
                act(&first, "reschedule"),
                json!({ "start": house.local("2026-11-26 16:00"), "initiator": "client", "agreement": yes }),
            ),
            (act(&first, "cancel"), cancelled_with_times(house, &["2026-11-27 10:00", "2026-11-27 12:00"])),
        ];
        for (path, body) in deeds {
            let before = world.rows();
            let preview = api.post(&format!("{path}?preview=true"), &body).good();
            assert_eq!(world.rows(), before, "a look at {path} changed something");
            assert_eq!((preview["preview"].as_bool(), preview["receipt"].is_null()), (Some(true), true));
            let deed = api.post(&path, &body).good();
            assert_eq!(without_new(&preview, &known), without_new(&deed, &known), "{} {path}", house.preset);
        }
    }
    world.work();
    world.ignore_letters();
}

// proves: E-01, G-01
#[test]
fn a_preview_says_what_the_deed_does_and_changes_nothing_on_sqlite() {
    preview_equals_deed(Engine::Sqlite);
}

// proves: E-01, G-01
#[test]
fn a_preview_says_what_the_deed_does_and_changes_nothing_on_postgres() {
    preview_equals_deed(Engine::Postgres);
}
