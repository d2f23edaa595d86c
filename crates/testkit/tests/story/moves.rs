//! Asking to move, requests for a time, undo, the team's requests and money acts, over the wire.

use crate::steps::{act, agreed, booked, booked_for, booking, cancelled_with_promise, duty, put_letters_away, text};
use domain::policy::Preset;
use domain::time::{Instant, Span};
use holdspace_testkit::browser::run_file;
use holdspace_testkit::world::{Engine, House, Plan, World};
use serde_json::{Value, json};
use std::path::Path;

fn asking(house: &House, walls: &[&str]) -> Value {
    let starts: Vec<Instant> = walls.iter().map(|wall| house.local(wall)).collect();
    json!({ "offer_slots": starts, "initiator": "therapist", "reason": "therapist_training_meeting" })
}

fn appointment(world: &World, house: &House, id: &Value) -> Value {
    world.api(&house.admin).get(&format!("/api/v1/appointments/{}", text(id))).good()
}

fn offer_path(answer: &Value, act: &str) -> String {
    format!("/api/v1/offers/{}/{act}", text(&answer["next_step"]["offer"]["id"]))
}

/// Booked for Friday week and asked to move, with two times held.
fn asked(world: &World, house: &House) -> (Value, Value) {
    let first = booked(world, house, "2026-12-04 14:00");
    let body = asking(house, &["2026-12-07 10:00", "2026-12-07 12:00"]);
    let answer = world.api(&house.therapist).post(&act(&first, "reschedule"), &body).good();
    (first, answer)
}

// proves: H-09, E-01, E-05
#[test]
fn a_therapist_asks_and_the_client_moves_the_same_appointment() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let world = Plan::on(engine).only(Preset::Marketplace).begin();
        let house = world.house(Preset::Marketplace).clone();
        let (first, answer) = asked(&world, &house);
        assert_eq!(
            (text(&answer["appointment"]["state"]), answer["appointment"]["pending_move"].is_null()),
            ("booked", false)
        );
        assert_eq!(answer["reliability"]["counts"], true);
        assert_eq!(answer["messages"][0]["kind"], "offer");
        let without = json!({ "start": house.local("2026-12-07 15:00"), "initiator": "therapist",
            "reason": "therapist_training_meeting" });
        world.api(&house.therapist).post(&act(&first, "reschedule"), &without).refused(422, "agreement_required");
        let chosen = json!({ "start": house.local("2026-12-07 12:00") });
        let moved = world.api(&house.client).post(&offer_path(&answer, "accept"), &chosen).good();
        assert_eq!(moved["appointment"]["id"], first["id"], "the same appointment");
        assert_eq!(moved["appointment"]["sequence"], 1);
        assert_eq!(moved["appointment"]["start"], json!(house.local("2026-12-07 12:00")));
        assert!(moved["appointment"]["pending_move"].is_null());
        assert_eq!(moved["disruption"]["outcome"], "rescheduled");
        world.api(&house.therapist).post(&offer_path(&answer, "withdraw"), &json!({})).refused(409, "not_asked");
        world.work();
        put_letters_away(&world, &house);
    }
}

// proves: E-01, G-08
#[test]
fn unanswered_it_is_called_off_twelve_hours_before_the_start() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let (first, _) = asked(&world, &house);
    world.advance_to(house.local("2026-12-04 02:00") - Span::seconds(1));
    assert_eq!(appointment(&world, &house, &first["id"])["state"], "booked");
    world.advance_to(house.local("2026-12-04 02:00"));
    assert_eq!(appointment(&world, &house, &first["id"])["state"], "cancelled_by_therapist");
    let letter = world.read_letters(&house.client).pop().expect("a letter");
    assert!(letter.parsed().part("text/plain").expect("text").contains("You can book another time"));
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: E-01
#[test]
fn of_an_answer_a_withdrawal_and_another_answer_at_once_exactly_one_counts() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let world = Plan::on(engine).only(Preset::Clinic).begin();
        let house = world.house(Preset::Clinic).clone();
        let (first, answer) = asked(&world, &house);
        let start = json!({ "start": house.local("2026-12-07 10:00") });
        let acts = [("accept", true, start), ("decline", true, json!({})), ("withdraw", false, json!({}))];
        let calls = acts.map(|(word, by_client, body)| {
            let api = world.api(if by_client { &house.client } else { &house.therapist });
            let path = offer_path(&answer, word);
            std::thread::spawn(move || api.post(&path, &body).status)
        });
        let good = calls.into_iter().map(|call| call.join().expect("answered")).filter(|status| *status == 200).count();
        assert_eq!(good, 1, "one of three");
        let now = appointment(&world, &house, &first["id"]);
        assert!(now["pending_move"].is_null() && now["state"] == "booked", "{now}");
        world.work();
        put_letters_away(&world, &house);
    }
}

// proves: V-16, H-08
#[test]
fn where_booking_is_by_request_the_therapist_confirms_or_declines_and_silence_lets_it_go() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let policy = format!("/api/v1/practices/{}/policy", house.practice.id);
    world.api(&house.owner).put(&policy, &json!({ "set": { "booking.mode": "request" } })).good();
    let (client, therapist) = (world.api(&house.client), world.api(&house.therapist));
    let ask = |wall: &str| {
        let mut body = booking(&house, &house.client, house.local(wall), world.now());
        body.as_object_mut().expect("fields").remove("agreement");
        client.post("/api/v1/appointments", &body).good()["appointment"].clone()
    };
    let first = ask("2026-12-04 14:00");
    assert_eq!((text(&first["state"]), text(&first["payment"]["state"])), ("requested", "none"));
    therapist
        .post(&act(&first, "cancel"), &cancelled_with_promise(house.local("2026-12-03 12:00")))
        .refused(409, "not_confirmed");
    client.post(&act(&first, "confirm"), &json!({})).refused(404, "not_found");
    let booked = therapist.post(&act(&first, "confirm"), &json!({})).good();
    assert_eq!((text(&booked["appointment"]["state"]), &booked["appointment"]["id"]), ("booked", &first["id"]));
    assert_eq!(booked["appointment"]["payment"]["state"], "planned");
    therapist.post(&act(&first, "confirm"), &json!({})).refused(409, "not_requested");

    let second = ask("2026-12-07 14:00");
    let declined = therapist.post(&act(&second, "decline"), &json!({ "words": "I am away" })).good();
    assert_eq!(declined["appointment"]["state"], "cancelled_by_therapist");
    assert_eq!(declined["appointment"]["attendance"]["label"], "Request declined");
    assert_eq!(declined["reliability"]["counts"], false);

    let third = ask("2026-12-08 14:00");
    let gone = client.post(&act(&third, "cancel"), &json!({ "initiator": "client" })).good();
    assert_eq!(
        (text(&gone["appointment"]["state"]), gone["ledger"].as_array().map(Vec::len)),
        ("cancelled_by_client", Some(0))
    );

    let fourth = ask("2026-12-09 14:00");
    world.advance(Span::minutes(24 * 60 + 1));
    assert_eq!(appointment(&world, &house, &fourth["id"])["state"], "cancelled_by_practice");
    world.work();
    put_letters_away(&world, &house);
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: V-13
#[test]
fn a_staff_change_may_be_taken_back_while_its_messages_wait_and_then_no_more() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let world = Plan::on(engine).only(Preset::Clinic).begin();
        let house = world.house(Preset::Clinic).clone();
        let first = booked(&world, &house, "2026-12-04 14:00");
        let therapist = world.api(&house.therapist);
        let off =
            therapist.post(&act(&first, "cancel"), &cancelled_with_promise(house.local("2026-12-03 12:00"))).good();
        assert!(off["undo"]["until"].is_string(), "{off}");
        world.work();
        assert!(world.read_letters(&house.client).is_empty(), "nobody is told yet");
        let slots = therapist
            .get(&format!(
                "/api/v1/therapists/{}/slots?from=2026-12-04T13:00:00Z&to=2026-12-04T15:00:00Z&kind=video",
                house.therapist.id
            ))
            .good();
        let at = json!(house.local("2026-12-04 14:00"));
        assert!(slots["items"].as_array().expect("slots").iter().all(|slot| slot["start"] != at), "the time is kept");
        world.api(&house.client).post(&act(&first, "undo"), &json!({})).refused(404, "not_found");
        let back = therapist.post(&act(&first, "undo"), &json!({})).good();
        assert_eq!((text(&back["appointment"]["state"]), &back["appointment"]["start"]), ("booked", &at));
        assert!(back["disruption"]["closed_at"].is_string());
        therapist.post(&act(&first, "undo"), &json!({})).refused(409, "undo_over");
        world.advance(Span::minutes(10));
        assert!(world.read_letters(&house.client).is_empty(), "and nobody ever hears of it");

        let moved = json!({ "start": house.local("2026-12-07 10:00"), "initiator": "therapist",
            "reason": "therapist_training_meeting", "agreement": agreed(world.now()) });
        therapist.post(&act(&first, "reschedule"), &moved).good();
        world.advance(Span::minutes(3));
        therapist.post(&act(&first, "undo"), &json!({})).refused(409, "undo_over");
        assert_eq!(world.read_letters(&house.client).len(), 1, "then it goes");
        world.ignore_letters();
        world.ignore_jobs();
    }
}

// proves: V-10
#[test]
fn what_is_urgent_goes_at_once_and_a_clients_own_act_is_theirs() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let soon = booked(&world, &house, "2026-11-26 14:00");
    let later = booked_for(&world, &house, &house.client, "2026-12-04 14:00");
    world.advance_to(house.local("2026-11-26 09:00"));
    put_letters_away(&world, &house);
    let promise = cancelled_with_promise(house.local("2026-11-27 12:00"));
    let urgent = world.api(&house.therapist).post(&act(&soon, "cancel"), &promise).good();
    assert!(urgent["undo"].is_null());
    world.api(&house.therapist).post(&act(&soon, "undo"), &json!({})).refused(409, "undo_over");
    let own = world.api(&house.client).post(&act(&later, "cancel"), &json!({ "initiator": "client" })).good();
    assert!(own["undo"].is_null());
    world.work();
    assert_eq!(world.read_letters(&house.client).len(), 2);
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: E-04, E-07
#[test]
fn a_new_clients_refund_goes_through_the_team_and_money_goes_back_once() {
    let world = Plan::on(Engine::Memory).only(Preset::Marketplace).begin();
    let house = world.house(Preset::Marketplace).clone();
    let first = booked_for(&world, &house, &house.newcomer, "2026-12-04 14:00");
    world.work();
    assert_eq!(appointment(&world, &house, &first["id"])["payment"]["state"], "captured", "prepaid");
    let therapist = world.api(&house.therapist);
    therapist.post(&act(&first, "refund"), &json!({ "reason": "Ill" })).refused(422, "team_request_required");
    for (body, field) in [(json!({ "confirm_refund": true }), "reason"), (json!({ "reason": "Ill" }), "confirm_refund")]
    {
        let refusal = therapist.post(&act(&first, "refund-request"), &body);
        assert_eq!((refusal.status, text(&refusal.json()["errors"][0]["field"])), (422, field));
    }
    let asked =
        therapist.post(&act(&first, "refund-request"), &json!({ "reason": "I am ill", "confirm_refund": true })).good();
    assert!(text(&asked["id"]).starts_with("tkt_"), "{asked}");
    assert_eq!(asked["due_at"], duty(&asked, "decide_money")["due_at"]);
    let path = format!("/api/v1/change-requests/{}/approve", text(&asked["id"]));
    therapist.post(&path, &json!({})).refused(404, "not_found");
    let done = world.api(&house.admin).post(&path, &json!({})).good();
    assert_eq!(text(&done["appointment"]["payment"]["state"]), "refund_due");
    assert_eq!(done["request"]["state"], "done");
    world.api(&house.admin).post(&path, &json!({})).refused(409, "already_answered");
    world
        .api(&house.admin)
        .post(&act(&first, "refund"), &json!({ "reason": "Again" }))
        .refused(422, "exceeds_captured");
    let settle = json!({ "how": "returned_to_card" });
    world.api(&house.admin).post(&act(&first, "settle"), &settle).good();
    world.api(&house.admin).post(&act(&first, "settle"), &settle).refused(422, "exceeds_captured");
    let account = world.api(&house.newcomer).get(&format!("/api/v1/clients/{}/ledger", house.newcomer.id)).good();
    assert_eq!(account["balance"]["amount_minor"], 0);
    let sum: i64 =
        account["items"].as_array().expect("items").iter().filter_map(|e| e["amount"]["amount_minor"].as_i64()).sum();
    assert_eq!(sum, 0, "the balance is the plain sum");
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: E-06
#[test]
fn after_the_start_the_team_rearranges_and_both_names_are_kept() {
    let world = Plan::on(Engine::Memory).only(Preset::Marketplace).begin();
    let house = world.house(Preset::Marketplace).clone();
    let first = booked(&world, &house, "2026-11-26 14:00");
    world.advance_to(house.local("2026-11-26 14:05"));
    let therapist = world.api(&house.therapist);
    let start = house.local("2026-12-07 10:00");
    let now = json!({ "start": start, "initiator": "therapist", "reason": "therapist_illness", "agreement": agreed(world.now()) });
    therapist.post(&act(&first, "reschedule"), &now).refused(403, "team_only_after_start");
    let ask = json!({ "start": start, "reason": "therapist_illness", "agreement": agreed(world.now()) });
    let asked = therapist.post(&act(&first, "change-request"), &ask).good();
    assert_eq!(duty(&asked, "answer_request")["state"], "open");
    let id = text(&asked["request"]["id"]).to_owned();
    let listed = world.api(&house.admin).get("/api/v1/change-requests").good();
    assert_eq!(listed["items"][0]["id"], id.as_str());
    let done = world.api(&house.admin).post(&format!("/api/v1/change-requests/{id}/approve"), &json!({})).good();
    assert_eq!(done["appointment"]["start"], json!(start));
    assert_eq!(
        done["ledger"].as_array().map(|l| l.iter().map(|e| text(&e["kind"]).to_owned()).collect::<Vec<_>>()),
        Some(vec!["carry_over".to_owned(), "carry_over".to_owned()])
    );
    let record =
        world.api(&house.admin).get(&format!("/api/v1/audit?subject={}", text(&first["id"]))).good().to_string();
    assert!(record.contains(&house.admin.id.to_string()) && record.contains("on_behalf_of"), "{record}");
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: G-04
#[test]
fn a_therapist_sets_fees_within_the_cap_and_lets_one_go() {
    let world = Plan::on(Engine::Memory).only(Preset::Insurance).begin();
    let house = world.house(Preset::Insurance).clone();
    let path = format!("/api/v1/therapists/{}/fees", house.therapist.id);
    let therapist = world.api(&house.therapist);
    let fee = |minor: i64| json!({ "late_cancel": { "amount_minor": minor, "currency": "USD" }, "no_show": null });
    therapist.put(&path, &fee(20001)).refused(422, "above_cap");
    therapist.put(&path, &fee(5000)).good();
    let first = booked(&world, &house, "2026-11-26 14:00");
    therapist.put(&path, &json!({ "late_cancel": null, "no_show": null })).good();
    world.advance_to(house.local("2026-11-26 11:00"));
    let late = json!({ "initiator": "client", "received_at": world.now() });
    let off = therapist.post(&act(&first, "cancel"), &late).good();
    assert_eq!(off["ledger"][0]["amount"]["amount_minor"], 5000, "as it was shown at booking");
    let waived = therapist.post(&act(&first, "waive"), &json!({ "reason": "A bereavement" })).good();
    assert_eq!(waived["ledger"][0]["kind"], "waiver");
    therapist.post(&act(&first, "waive"), &json!({ "reason": "Again" })).refused(422, "exceeds_captured");
    world.ignore_letters();
    world.ignore_jobs();
}

fn script(name: &str, args: &Value) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/story/moves");
    run_file(&folder.join(name), args).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// Where somebody is, and the cookies that say who they are.
fn cookies(world: &World, member: &holdspace_testkit::world::Member) -> Value {
    let base = world.url();
    let kept = world.signed_in(member).cookies();
    let cookies: Vec<Value> =
        kept.iter().map(|(name, value)| json!({ "name": name, "value": value, "url": base })).collect();
    json!({ "base": base, "cookies": cookies })
}

// proves: E-01, E-05, H-09
#[test]
fn a_therapist_asks_on_a_desktop_and_the_client_picks_on_a_phone_in_a_browser() {
    let world = Plan::on(Engine::Memory).only(Preset::Marketplace).begin();
    let house = world.house(Preset::Marketplace).clone();
    let first = booked(&world, &house, "2026-12-04 14:00");
    let (therapist, client) = (cookies(&world, &house.therapist), cookies(&world, &house.client));
    script("ask.mjs", &json!({ "at": therapist, "id": first["id"] }));
    let chosen = script("pick.mjs", &json!({ "at": client }));
    assert!(text(&chosen["shown"]).contains("booked"), "{chosen}");
    assert_eq!(appointment(&world, &house, &first["id"])["sequence"], 1);
    world.ignore_letters();
    world.ignore_jobs();
}

// proves: E-04
#[test]
fn a_new_clients_refund_is_asked_and_answered_and_a_change_undone_in_a_browser() {
    let world = Plan::on(Engine::Memory).only(Preset::Marketplace).begin();
    let house = world.house(Preset::Marketplace).clone();
    let first = booked_for(&world, &house, &house.newcomer, "2026-12-04 14:00");
    world.work();
    let at = |member| cookies(&world, member);
    let both = json!({ "therapist": at(&house.therapist), "admin": at(&house.admin), "client": at(&house.newcomer),
        "id": first["id"] });
    script("refund.mjs", &both);
    assert_eq!(appointment(&world, &house, &first["id"])["payment"]["state"], "refund_due");
    let second = booked(&world, &house, "2026-12-11 14:00");
    let promise = cancelled_with_promise(house.local("2026-12-10 12:00"));
    world.api(&house.therapist).post(&act(&second, "cancel"), &promise).good();
    script("undo.mjs", &json!({ "at": both["therapist"], "id": second["id"] }));
    assert_eq!(appointment(&world, &house, &second["id"])["state"], "booked");
    world.ignore_letters();
    world.ignore_jobs();
}
