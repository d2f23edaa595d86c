//! What is on file, over the wire: updates, corrections, reserved times, relationships, screenings, notes.

use crate::steps::{act, booked_for, booking, duty, moment, owed_by, text};
use domain::policy::Preset;
use domain::time::Span;
use holdspace_testkit::world::{Engine, House, Plan, World};
use serde_json::{Value, json};

/// The client's appointment of Thursday at two, over for ten minutes.
fn over(world: &World, house: &House) -> Value {
    let first = booked_for(world, house, &house.client, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-26 15:00"));
    first
}

fn reserved(world: &World, house: &House, of: usize, weekday: &str, time: &str) -> holdspace_testkit::world::Reply {
    let body = json!({ "relationship": house.relationships[of], "weekday": weekday, "local_time": time,
        "minutes": 50, "every_weeks": 1 });
    world.api(&house.therapist).post("/api/v1/reserved-slots", &body)
}

// The heart of the marketplace's guide: say how it went, lose the weekly time, add it back, book again.
fn the_weekly_time_goes_and_comes_back(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Marketplace).begin();
    let house = world.house(Preset::Marketplace).clone();
    let therapist = world.api(&house.therapist);
    let first = booked_for(&world, &house, &house.client, "2026-11-26 14:00");
    therapist.post(&act(&first, "attendance"), &json!({ "attended": "yes" })).refused(422, "not_ended");
    let slot = reserved(&world, &house, 0, "thursday", "14:00").good();
    assert_eq!((slot["state"].as_str(), slot["local_time"].as_str()), (Some("active"), Some("14:00")));
    reserved(&world, &house, 1, "thursday", "14:30").refused(409, "slot_taken");

    let other = booking(&house, &house.newcomer, house.local("2026-12-03 14:00"), world.now());
    world.api(&house.therapist).post("/api/v1/appointments", &other).refused(409, "slot_taken");
    let window = "from=2026-12-03T00:00:00Z&to=2026-12-04T00:00:00Z&kind=video";
    let free = format!("/api/v1/therapists/{}/slots?{window}", house.therapist.id);
    let starts = |who: &holdspace_testkit::world::Member| -> Vec<String> {
        let found = world.api(who).get(&free).good();
        found["items"].as_array().expect("items").iter().map(|slot| text(&slot["start"]).to_owned()).collect()
    };
    let kept = house.local("2026-12-03 14:00").to_string();
    assert!(starts(&house.client).contains(&kept), "its own client finds it");
    assert!(!starts(&house.newcomer).contains(&kept) && !starts(&house.therapist).contains(&kept));

    world.advance_to(house.local("2026-11-26 15:00"));
    world.ignore_letters();
    let body = json!({ "attended": "late", "client_arrived_at": house.local("2026-11-26 14:06"), "continue": "no",
        "weekly_space": null, "reserve_slot": false, "refund": false, "next": null });
    let preview = therapist.post(&format!("{}?preview=true", act(&first, "attendance")), &body).good();
    assert_eq!(preview["preview"], true);
    let done = therapist.post(&act(&first, "attendance"), &body).good();
    let after = &done["appointment"];
    assert_eq!((after["state"].as_str(), after["attendance"]["nhs_code"].as_str()), (Some("attended"), Some("6")));
    assert_eq!(done["reserved_slot"]["state"], "removed");
    assert!(text(&done["reserved_slot"]["banner"]).contains("has been removed"), "{done}");
    assert!(starts(&house.newcomer).contains(&kept), "free for others now");
    therapist.post(&act(&first, "attendance"), &body).refused(409, "already_updated");

    let id = text(&slot["id"]);
    let back = therapist.post(&format!("/api/v1/reserved-slots/{id}/restore"), &json!({})).good();
    assert_eq!(back["state"], "active");
    let own = json!({ "therapist": house.therapist.id, "client": house.client.id, "start": kept, "kind": "video" });
    let booked = world.api(&house.client).post("/api/v1/appointments", &own).good();
    assert_eq!(booked["appointment"]["reserved_slot"], slot["id"], "“no” is not the end (H-08)");
    let gone = therapist.call("DELETE", &format!("/api/v1/reserved-slots/{id}"), &[], "").good();
    assert_eq!(gone["state"], "removed");
    world.work();
    world.ignore_letters();
}

// proves: H-01, H-02, H-03, H-07, H-08, H-11, H-12, H-13
#[test]
fn the_weekly_time_goes_with_a_banner_and_comes_back_on_sqlite() {
    the_weekly_time_goes_and_comes_back(Engine::Sqlite);
}

// proves: H-01, H-02, H-03, H-07, H-08, H-11, H-12, H-13
#[test]
fn the_weekly_time_goes_with_a_banner_and_comes_back_on_postgres() {
    the_weekly_time_goes_and_comes_back(Engine::Postgres);
}

/// The client goes on, nothing is booked: the therapist owes it until a time is booked. Either way a receipt goes.
fn the_next_one_is_booked(engine: Engine) {
    let world = Plan::on(engine).only(Preset::Marketplace).begin();
    let house = world.house(Preset::Marketplace).clone();
    let first = over(&world, &house);
    let second = booked_for(&world, &house, &house.newcomer, "2026-11-27 10:00");
    let therapist = world.api(&house.therapist);
    let goes_on = json!({ "attended": "yes", "continue": "yes", "weekly_space": "same" });
    let done = therapist.post(&act(&first, "attendance"), &goes_on).good();
    let owed = duty(&done, "book_next");
    assert_eq!((owed["state"].as_str(), moment(&owed["due_at"])), (Some("open"), world.now() + Span::hours(24)));
    let letter = &done["messages"][0];
    assert_eq!((letter["kind"].as_str(), &letter["to_person"]), (Some("receipt"), &json!(house.client.id.to_string())));
    assert!(text(&letter["body"]).contains("You have paid the £65.00 for it."), "{letter}");
    assert_eq!(owed_by(&therapist, "book_next").len(), 1);
    world.work();
    world.ignore_letters();
    let start = house.local("2026-12-03 14:00");
    let wish = booking(&house, &house.client, start, world.now());
    let preview = therapist.post("/api/v1/appointments?preview=true", &wish).good();
    assert_eq!(duty(&preview, "book_next")["state"], "met");
    therapist.post("/api/v1/appointments", &wish).good();
    assert!(owed_by(&therapist, "book_next").is_empty(), "booked is done");

    world.advance_to(house.local("2026-11-27 11:00"));
    therapist.post(&act(&second, "attendance"), &goes_on).good();
    assert_eq!(owed_by(&therapist, "book_next").len(), 1);
    let own = json!({ "therapist": house.therapist.id, "client": house.newcomer.id, "kind": "video",
        "start": house.local("2026-12-04 10:00") });
    world.api(&house.newcomer).post("/api/v1/appointments", &own).good();
    assert!(owed_by(&therapist, "book_next").is_empty(), "the client was quicker");
    world.work();
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: H-02, H-08, H-09
#[test]
fn somebody_books_the_next_one_where_the_client_goes_on_on_sqlite() {
    the_next_one_is_booked(Engine::Sqlite);
}

// proves: H-02, H-08, H-09
#[test]
fn somebody_books_the_next_one_where_the_client_goes_on_on_postgres() {
    the_next_one_is_booked(Engine::Postgres);
}

// proves: E-06, V-13
#[test]
fn a_correction_needs_a_reason_keeps_both_states_and_tells_the_other_side() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let first = over(&world, &house);
    let therapist = world.api(&house.therapist);
    therapist.post(&act(&first, "attendance"), &json!({ "attended": "no" })).good();
    therapist.post(&act(&first, "correct"), &json!({ "state": "attended" })).refused(422, "reason_required");
    let body = json!({ "state": "attended", "reason": "A mix-up" });
    world.api(&house.client).post(&act(&first, "correct"), &body).refused(404, "not_found");
    let done = therapist.post(&act(&first, "correct"), &body).good();
    assert_eq!(done["appointment"]["state"], "attended");
    assert!(done["messages"].as_array().is_some_and(|all| all.iter().any(|m| m["kind"] == "correction")), "{done}");
    world.advance(Span::hours(60));
    let late = json!({ "state": "entered_in_error", "reason": "A double entry" });
    therapist.post(&act(&first, "correct"), &late).refused(403, "team_only");
    world.api(&house.support).post(&act(&first, "correct"), &late).good();
    let said = json!({ "words": "I was there." });
    world.api(&house.client).post(&act(&first, "statements"), &said).good();
    let all = therapist.get(&act(&first, "statements")).good();
    assert_eq!(all["items"][0]["role"], "client");
    let trail = world.api(&house.admin).get(&format!("/api/v1/audit?subject={}", text(&first["id"]))).good();
    assert!(trail.to_string().contains("A mix-up") && trail.to_string().contains("client_no_show"), "{trail}");
    world.work();
    world.ignore_letters();
}

// proves: H-14, H-15
#[test]
fn an_ended_relationship_leaves_the_list_and_what_was_booked_is_called_off() {
    let world = Plan::on(Engine::Memory).only(Preset::Marketplace).begin();
    let house = world.house(Preset::Marketplace).clone();
    let first = booked_for(&world, &house, &house.client, "2026-12-17 14:00");
    let therapist = world.api(&house.therapist);
    let path = format!("/api/v1/relationships/{}", house.relationships[0]);
    therapist.post(&format!("{path}/end"), &json!({})).refused(422, "reason_required");
    let body = json!({ "reason": "The work is done", "words": "Thank you." });
    let looked = therapist.post(&format!("{path}/end?preview=true"), &body).good();
    assert_eq!(looked["cancelled"][0]["id"], first["id"]);
    let done = therapist.post(&format!("{path}/end"), &body).good();
    assert_eq!(done["relationship"]["state"], "ended");
    assert_eq!(done["cancelled"][0]["state"], "cancelled_by_therapist");
    let listed = |state: &str| therapist.get(&format!("/api/v1/relationships?state={state}")).good().to_string();
    let id = house.relationships[0].to_string();
    assert!(!listed("active").contains(&id) && listed("ended").contains(&id));
    therapist.post(&format!("{path}/reopen"), &json!({})).good();
    assert!(listed("active").contains(&id));
    let noted = json!({ "channels": ["email"], "voicemail": true, "continue": true, "policy_recap": true });
    therapist.put(&format!("{path}/contracting"), &noted).good();
    let found = therapist.get(&path).good();
    assert_eq!(
        (&found["contracting"]["preferred_contact"], &found["contracting"]["voicemail"]),
        (&json!(true), &json!(true))
    );
    therapist.post(&format!("{path}/end"), &body).good();
    world.work();
    world.ignore_letters();
}

// proves: V-19, V-20
#[test]
fn a_screening_is_not_there_for_the_office_and_its_review_is_nobody_elses_duty() {
    let world = Plan::on(Engine::Memory).only(Preset::Network).begin();
    let house = world.house(Preset::Network).clone();
    let path = format!("/api/v1/clients/{}/risk", house.client.id);
    let body = json!({ "flag": true, "review_by": world.now() + Span::hours(72) });
    for member in [&house.admin, &house.support, &house.owner, &house.client, &house.colleague] {
        assert_eq!(world.api(member).get(&path).status, 404, "{:?}", member.role);
        assert_eq!(world.api(member).put(&path, &body).status, 404, "{:?}", member.role);
    }
    let therapist = world.api(&house.therapist);
    therapist.put(&path, &json!({ "flag": true })).refused(422, "review_required");
    therapist.put(&path, &body).good();
    assert_eq!(therapist.get(&path).good()["flag"], true);
    let owed = |member| world.api(member).get("/api/v1/obligations").good().to_string();
    assert!(owed(&house.therapist).contains("review_risk"));
    assert!(!owed(&house.admin).contains("review_risk") && !owed(&house.owner).contains("review_risk"));
    therapist.put(&path, &json!({ "flag": false })).good();
    assert!(!owed(&house.therapist).contains("review_risk"));
    world.ignore_jobs();
}

// proves: V-15, V-17
#[test]
fn reading_a_note_is_itself_on_record_and_support_writes_with_both_names() {
    let world = Plan::on(Engine::Memory).only(Preset::Network).begin();
    let house = world.house(Preset::Network).clone();
    let first = over(&world, &house);
    let note = json!({ "appointment": first["id"], "informed_at": world.now(), "informed_how": "phone",
        "agreed": "A call on Thursday", "on_behalf_of": house.therapist.id });
    world.api(&house.support).post("/api/v1/notes", &note).good();
    let read = world.api(&house.admin).get(&act(&first, "notes")).good();
    assert_eq!(read["items"][0]["on_behalf_of"], house.therapist.id.to_string());
    assert_eq!(read["items"][0]["by"], house.support.id.to_string());
    let trail = world.api(&house.admin).get(&format!("/api/v1/audit?subject={}", text(&first["id"]))).good();
    assert!(trail.to_string().contains("notes_read"), "{trail}");
    assert_eq!(world.api(&house.client).get(&act(&first, "notes")).status, 404);
    let on_behalf = world.api(&house.support).post(&act(&first, "attendance"), &json!({ "attended": "yes" })).good();
    assert_eq!(on_behalf["appointment"]["state"], "attended");
    world.work();
    world.ignore_letters();
}

// proves: H-03
#[test]
fn a_wall_time_that_the_clocks_skip_is_refused_by_name() {
    let world = Plan::on(Engine::Memory).only(Preset::Insurance).begin();
    let house = world.house(Preset::Insurance).clone();
    reserved(&world, &house, 0, "sunday", "02:30").refused(422, "nonexistent_local_time");
    let slot = reserved(&world, &house, 0, "sunday", "03:30").good();
    let id = text(&slot["id"]);
    let first = text(&slot["next"][0]["date"]).to_owned();
    let therapist = world.api(&house.therapist);
    let path = format!("/api/v1/reserved-slots/{id}");
    therapist.post(&format!("{path}/release"), &json!({ "date": "2026-11-24" })).refused(422, "not_a_day_of_it");
    let released = therapist.post(&format!("{path}/release"), &json!({ "date": first })).good();
    assert_ne!(released["next"][0]["date"], first.as_str());
    assert_eq!(therapist.post(&format!("{path}/pause"), &json!({})).good()["state"], "paused");
    assert_eq!(therapist.post(&format!("{path}/resume"), &json!({})).good()["state"], "active");
    assert_eq!(world.api(&house.colleague).post(&format!("{path}/pause"), &json!({})).status, 404);
}
