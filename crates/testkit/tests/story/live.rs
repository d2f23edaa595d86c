//! The day itself over the API: late, missed, the client late, a make-up; on both databases.

use crate::steps::{act, agreed, booked, booked_for, duties, duty, moment, put_letters_away, text};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::world::{Engine, Plan};
use serde_json::{Value, json};

fn kinds(answer: &Value) -> Vec<(String, String)> {
    let told = answer["messages"].as_array().expect("messages");
    told.iter().map(|m| (text(&m["kind"]).to_owned(), text(&m["to_person"])[..3].to_owned())).collect()
}

fn late_and_answered(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let (therapist, client, admin) = (world.api(&house.therapist), world.api(&house.client), world.api(&house.admin));
    let first = booked(&world, house, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-26 13:55"));
    client.post(&act(&first, "running-late"), &json!({ "minutes": 10 })).refused(404, "not_found");
    therapist.post(&act(&first, "running-late"), &json!({ "minutes": 0 })).refused(422, "out_of_range");
    let preview = therapist.post(&format!("{}?preview=true", act(&first, "running-late")), &json!({ "minutes": 10 }));
    assert_eq!(preview.good()["preview"], true);
    let late = therapist.post(&act(&first, "running-late"), &json!({ "minutes": 10 })).good();
    assert_eq!(kinds(&late), [("running_late".into(), "cli".into()), ("running_late".into(), "per".into())]);
    let case = text(&late["disruption"]["id"]).to_owned();
    assert_eq!(
        (late["disruption"]["kind"].as_str(), duty(&late, "confirm_plan")["state"].as_str()),
        (Some("running_late"), Some("open"))
    );
    let again = therapist.post(&act(&first, "running-late"), &json!({ "minutes": 20 })).good();
    assert_eq!(text(&again["disruption"]["id"]), case, "one case");
    let answer = format!("/api/v1/disruptions/{case}/late-answer");
    client.post(&answer, &json!({ "answer": "wait" })).good();
    assert!(duties(&admin, &late["disruption"]).contains(&("inform_client".into(), "met".into())));
    world.advance_to(house.local("2026-11-26 14:20"));
    let connected = json!({ "apologised": true, "plan": "full_time" });
    let met = therapist.post(&act(&first, "connected"), &connected).good();
    assert_eq!(met["appointment"]["state"], "in_progress");
    assert_eq!(duty(&met, "confirm_plan")["state"], "met");
    world.work();
    put_letters_away(&world, house);
}

fn missed_and_made_up(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let (therapist, client, admin) = (world.api(&house.therapist), world.api(&house.client), world.api(&house.admin));
    let first = booked(&world, house, "2026-11-26 14:00");
    let report = json!({ "reported_by": "therapist", "fault": "therapist" });
    world.advance_to(house.local("2026-11-26 13:59"));
    therapist.post(&act(&first, "therapist-missed"), &report).refused(422, "not_started");
    world.advance_to(house.local("2026-11-26 14:12"));
    let missed = therapist.post(&act(&first, "therapist-missed"), &report).good();
    let order: Vec<_> = kinds(&missed).into_iter().map(|(_, to)| to).collect();
    assert_eq!(order, ["per", "cli", "thp"], "the practice first");
    assert_eq!(missed["appointment"]["state"], "therapist_no_show");
    let case = text(&missed["disruption"]["id"]).to_owned();
    let on_case = |what: &str| format!("/api/v1/disruptions/{case}/{what}");
    let offer = text(&missed["next_step"]["offer"]["id"]);
    let start = missed["next_step"]["offer"]["slots"][0]["start"].clone();
    let taken = client.post(&format!("/api/v1/offers/{offer}/accept"), &json!({ "start": start })).good();
    assert_eq!(taken["appointment"]["replaces"], first["id"]);
    assert_ne!(taken["appointment"]["id"], first["id"], "another appointment, another UID");
    therapist.post(&on_case("outcome"), &json!({ "outcome": "other" })).refused(422, "text_required");
    let told = therapist.post(&on_case("outcome"), &json!({ "outcome": "rescheduled" })).good();
    assert_eq!(
        (duty(&told, "confirm_outcome")["state"].as_str(), kinds(&told)[0].0.as_str()),
        (Some("met"), "outcome")
    );
    let settled = admin.post(&on_case("fault"), &json!({ "fault": "therapist", "reason": "As they said" })).good();
    assert_eq!(duty(&settled, "attribute_fault")["state"], "met");
    admin.post(&on_case("make-up"), &json!({ "decision": "offer" })).refused(403, "therapists_own");
    let made = therapist.post(&on_case("make-up"), &json!({ "decision": "offer" })).good();
    let gift = text(&made["next_step"]["offer"]["id"]);
    let body = json!({ "start": house.local("2026-12-03 10:00") });
    let gift = client.post(&format!("/api/v1/offers/{gift}/accept"), &body).good();
    assert_eq!(gift["appointment"]["price"]["amount_minor"], 0);
    assert_eq!(
        (gift["ledger"][0]["kind"].as_str(), gift["ledger"][0]["amount"]["amount_minor"].as_i64()),
        (Some("make_up"), Some(0))
    );
    world.work();
    put_letters_away(&world, house);
}

fn a_late_client(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let therapist = world.api(&house.therapist);
    let first = booked(&world, house, "2026-11-26 14:00");
    let start = house.local("2026-11-26 14:00");
    let owed = || {
        let items = therapist.get("/api/v1/obligations").good()["items"].clone();
        items.as_array().expect("items").iter().any(|duty| duty["kind"] == "check_in_with_client")
    };
    world.advance_to(start + Span::minutes(10));
    assert!(!owed(), "10:00 is not more than ten");
    world.advance_to(start + Span::minutes(10) + Span::seconds(1));
    assert!(owed(), "10:01 is");
    therapist.post(&act(&first, "client-no-show"), &json!({})).refused(422, "grace_not_over");
    therapist.post(&act(&first, "stepped-away"), &json!({})).refused(422, "too_early");
    world.advance_to(start + Span::minutes(20));
    therapist.post(&act(&first, "client-no-show"), &json!({})).refused(422, "contact_attempt_required");
    let away = therapist.post(&act(&first, "stepped-away"), &json!({})).good();
    assert!(
        text(&away["messages"][0]["body"]).contains("step away from the screen for now since it’s been 20 minutes")
    );
    assert!(!owed(), "told is asked");
    let missed = therapist.post(&act(&first, "client-no-show"), &json!({})).good();
    assert_eq!(missed["appointment"]["state"], "client_no_show");
    assert_eq!(duty(&missed, "next_step")["state"], "open");
    let body = json!({ "therapist": house.therapist.id, "client": house.client.id, "kind": "video",
        "start": house.local("2026-12-03 10:00"), "agreement": agreed(world.now()) });
    therapist.post("/api/v1/appointments", &body).good();
    assert!(!owed());
    world.work();
    put_letters_away(&world, house);
}

/// Two clients do not come: one said on the day, one with the update after it. Of the one with a flag whoever is on duty
/// for risk hears the same minute.
fn absent_with_a_flag(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic);
    let (therapist, admin) = (world.api(&house.therapist), world.api(&house.admin));
    let first = booked(&world, house, "2026-11-26 14:00");
    let other = booked_for(&world, house, &house.newcomer, "2026-11-26 15:00");
    let again = booked(&world, house, "2026-11-27 14:00");
    let flag = json!({ "flag": true, "review_by": house.local("2026-12-20 12:00") });
    therapist.put(&format!("/api/v1/clients/{}/risk", house.client.id), &flag).good();

    world.advance_to(house.local("2026-11-26 14:25"));
    therapist.post(&act(&first, "check-in"), &json!({})).good();
    let missed = therapist.post(&act(&first, "client-no-show"), &json!({})).good();
    let risk = duty(&missed, "escalate_risk");
    assert_eq!((risk["owner_role"].as_str(), risk["state"].as_str()), (Some("risk_duty"), Some("open")), "{risk}");
    assert_eq!(moment(&risk["due_at"]), world.now(), "at once");
    assert!(!text(&missed["messages"][0]["body"]).contains("risk") && !missed["because"].to_string().contains("risk"));

    world.advance_to(house.local("2026-11-26 16:00"));
    let calm = therapist.post(&act(&other, "attendance"), &json!({ "attended": "no" })).good();
    let owed = duties(&admin, &calm["disruption"]);
    assert!(owed.contains(&("next_step".into(), "open".into())), "{owed:?}");
    assert!(owed.iter().all(|(kind, _)| kind != "escalate_risk"), "nobody else's risk: {owed:?}");
    assert_eq!(kinds(&calm), [("client_no_show".into(), "cli".into())]);

    world.advance_to(house.local("2026-11-27 15:00"));
    let told = therapist.post(&act(&again, "attendance"), &json!({ "attended": "no" })).good();
    assert_eq!(duty(&told, "escalate_risk")["owner_role"], "risk_duty");
    assert_eq!(duty(&told, "next_step")["state"], "open");
    world.work();
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: V-19, V-20
#[test]
fn risk_duty_hears_of_a_flagged_client_who_did_not_come_on_sqlite() {
    absent_with_a_flag(Engine::Sqlite);
}

// proves: V-19, V-20
#[test]
fn risk_duty_hears_of_a_flagged_client_who_did_not_come_on_postgres() {
    absent_with_a_flag(Engine::Postgres);
}

// proves
#[test]
fn late_in_the_order_of_notice_on_sqlite() {
    late_and_answered(Engine::Sqlite);
}

// proves
#[test]
fn late_in_the_order_of_notice_on_postgres() {
    late_and_answered(Engine::Postgres);
}

// proves
#[test]
fn missed_rescheduled_and_made_up_on_sqlite() {
    missed_and_made_up(Engine::Sqlite);
}

// proves
#[test]
fn missed_rescheduled_and_made_up_on_postgres() {
    missed_and_made_up(Engine::Postgres);
}

// proves
#[test]
fn a_late_client_by_the_minutes_of_the_clinic_on_sqlite() {
    a_late_client(Engine::Sqlite);
}

// proves
#[test]
fn a_late_client_by_the_minutes_of_the_clinic_on_postgres() {
    a_late_client(Engine::Postgres);
}
