//! Free times over the wire: by the terms of the two people, and nothing that a booking would refuse.

use crate::steps::{booked, booked_for, booking, text};
use domain::policy::Preset;
use domain::time::{Instant, Span};
use holdspace_testkit::world::{Engine, House, Member, Plan, World};
use serde_json::json;

/// The starts that this person is shown within two days of a moment.
fn starts(world: &World, house: &House, who: &Member, query: &str, from: Instant) -> Vec<String> {
    let window = format!("from={from}&to={}&kind=video{query}", from + Span::hours(48));
    let path = format!("/api/v1/therapists/{}/slots?{window}", house.therapist.id);
    let found = world.api(who).get(&path).good();
    found["items"].as_array().expect("items").iter().map(|slot| text(&slot["start"]).to_owned()).collect()
}

// proves: G-02, V-20
#[test]
fn a_client_on_a_pathway_is_shown_the_times_of_its_own_terms() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let owner = world.api(&house.owner);
    let set = json!({ "set": { "slot.horizon_days": 7, "booking.min_notice_hours": 48 } });
    owner.put(&format!("/api/v1/practices/{}/policy", house.practice.id), &set).good();
    let overrides = json!({ "slot.horizon_days": 30, "booking.min_notice_hours": 2 });
    let made = owner.post("/api/v1/pathways", &json!({ "name": "Funded", "overrides": overrides })).good();
    let member = format!("/api/v1/relationships/{}/pathway", house.relationships[0]);
    world.api(&house.admin).put(&member, &json!({ "pathway": made["id"] })).good();

    world.advance_to(house.local("2026-11-24 09:00"));
    let (soon, far) = (house.local("2026-11-25 10:00"), house.local("2026-12-09 10:00"));
    for (start, day) in [(soon, "2026-11-25 00:00"), (far, "2026-12-09 00:00")] {
        let from = house.local(day);
        let shown = |who, query: &str| starts(&world, &house, who, query, from).contains(&start.to_string());
        assert!(shown(&house.client, ""), "{day}: by the pathway");
        assert!(!shown(&house.newcomer, ""), "{day}: by the practice");
        let own =
            json!({ "therapist": house.therapist.id, "client": house.client.id, "kind": "video", "start": start });
        world.api(&house.client).post("/api/v1/appointments?preview=true", &own).good();
        let other = json!({ "therapist": house.therapist.id, "client": house.newcomer.id, "kind": "video",
            "start": start });
        world
            .api(&house.newcomer)
            .post("/api/v1/appointments?preview=true", &other)
            .refused(422, "outside_availability");
    }
    let from = house.local("2026-12-09 00:00");
    let of = |who: &Member| starts(&world, &house, &house.therapist, &format!("&client={}", who.id), from);
    assert!(
        of(&house.client).contains(&far.to_string()) && of(&house.newcomer).is_empty(),
        "the therapist sees the same"
    );
}

// proves: H-09
#[test]
fn every_time_that_is_shown_can_be_booked_and_the_one_that_begins_now_is_not_shown() {
    let world = Plan::on(Engine::Memory).only(Preset::Clinic).begin();
    let house = world.house(Preset::Clinic).clone();
    let set = json!({ "set": { "booking.min_notice_hours": 0 } });
    world.api(&house.owner).put(&format!("/api/v1/practices/{}/policy", house.practice.id), &set).good();
    booked(&world, &house, "2026-11-26 14:00");
    booked_for(&world, &house, &house.newcomer, "2026-11-26 16:00");
    let now = house.local("2026-11-26 10:00");
    world.advance_to(now - Span::seconds(1));
    assert!(starts(&world, &house, &house.client, "", now).contains(&now.to_string()), "still to come");
    world.advance_to(now);
    for (who, query) in [(&house.client, String::new()), (&house.therapist, format!("&client={}", house.client.id))] {
        let shown = starts(&world, &house, who, &query, now);
        assert!(!shown.contains(&now.to_string()), "{shown:?}");
        assert!(shown.len() > 5, "{shown:?}");
        for start in shown {
            let wish = booking(&house, &house.client, start.parse().expect("a start"), now);
            world.api(who).post("/api/v1/appointments?preview=true", &wish).good();
        }
    }
    let gone = booking(&house, &house.client, now, now);
    world.api(&house.therapist).post("/api/v1/appointments", &gone).refused(422, "in_the_past");
    // Who no longer works with the therapist is shown none.
    let end = format!("/api/v1/relationships/{}/pause", house.relationships[1]);
    world.api(&house.therapist).post(&end, &json!({})).good();
    assert!(starts(&world, &house, &house.newcomer, "", now).is_empty());
    world.ignore_letters();
    world.ignore_jobs();
}
