//! One thing of every noun, and a body that each route would take.

use crate::steps::{act, agreed, cancelled_with_times, messages, moment, text};
use domain::time::Span;
use holdspace_testkit::world::{House, Member, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One thing of each noun, by the word that stands before `{id}` in a path, or in the braces of a second one.
pub type Things = BTreeMap<&'static str, String>;

/// Books for this client, calls it off with times to choose from, and names everything that this made.
pub fn things_of(world: &World, house: &House, therapist: &Member, client: &Member, relationship: usize) -> Things {
    let appointment = book(world, house, therapist, client, "2026-12-03 14:00");
    let body = cancelled_with_times(house, &["2026-12-04 10:00", "2026-12-04 12:00"]);
    let cancelled = world.api(therapist).post(&act(&appointment, "cancel"), &body).good();
    let id = |value: &Value| text(value).to_owned();
    let mut things = Things::from([
        ("appointments", id(&appointment["id"])),
        ("offers", id(&cancelled["next_step"]["offer"]["id"])),
        ("disruptions", id(&cancelled["disruption"]["id"])),
        ("obligations", id(&cancelled["obligations"][0]["id"])),
        ("relationships", house.relationships[relationship].to_string()),
        ("therapists", therapist.id.to_string()),
        ("clients", client.id.to_string()),
        ("practices", house.practice.id.to_string()),
        ("messages", messages(world, &appointment)[0].id.to_string()),
        ("conversations", house.relationships[relationship].to_string()),
        ("push-devices", id(&world.api(client).post("/api/v1/push-devices", &a_browser()).good()["id"])),
    ]);
    things.extend(kept(world, house, therapist, relationship));
    things.extend(missed(world, house, therapist, client));
    things.extend(of_the_practice(world, house));
    things
}

fn book(world: &World, house: &House, therapist: &Member, client: &Member, wall: &str) -> Value {
    let body = json!({ "therapist": therapist.id, "client": client.id, "start": house.local(wall), "kind": "video",
        "agreement": agreed(world.now()) });
    world.api(therapist).post("/api/v1/appointments", &body).good()["appointment"].clone()
}

/// A weekly time and a request for help.
fn kept(world: &World, house: &House, therapist: &Member, relationship: usize) -> Things {
    let api = world.api(therapist);
    let weekly = json!({ "relationship": house.relationships[relationship], "weekday": "wednesday",
        "local_time": "16:00", "minutes": 50, "every_weeks": 1 });
    let slot = api.post("/api/v1/reserved-slots", &weekly).good();
    let ticket = api.post("/api/v1/tickets", &json!({ "kind": "technical", "body": "The sound fails" })).good();
    Things::from([("reserved-slots", text(&slot["id"]).to_owned()), ("tickets", text(&ticket["id"]).to_owned())])
}

/// A session that the therapist did not come to: the question to the team about it, and the therapist's appeal.
fn missed(world: &World, house: &House, therapist: &Member, client: &Member) -> Things {
    let api = world.api(therapist);
    let (from, until) = (world.now() + Span::hours(1), world.now() + Span::hours(72));
    let free = format!("/api/v1/therapists/{}/slots?from={from}&to={until}&kind=video", therapist.id);
    let start = api.get(&free).good()["items"][0]["start"].clone();
    let body = json!({ "therapist": therapist.id, "client": client.id, "start": start, "kind": "video",
        "agreement": agreed(world.now()) });
    let begun = api.post("/api/v1/appointments", &body).good()["appointment"].clone();
    world.advance_to(moment(&start) + Span::minutes(20));
    let wish = json!({ "start": house.local("2026-12-07 09:00"), "reason": "The line broke" });
    let asked = api.post(&act(&begun, "change-request"), &wish).good();
    let did_not_come = json!({ "reported_by": "therapist", "fault": "therapist" });
    api.post(&act(&begun, "therapist-missed"), &did_not_come).good();
    let appeals = format!("/api/v1/therapists/{}/reliability/appeals", therapist.id);
    let wish = json!({ "appointment": begun["id"], "kind": "missed", "words": "The building was closed" });
    let appeal = api.post(&appeals, &wish).good();
    Things::from([
        ("change-requests", text(&asked["request"]["id"]).to_owned()),
        ("appeals", text(&appeal["id"]).to_owned()),
    ])
}

/// What the whole practice shares.
fn of_the_practice(world: &World, house: &House) -> Things {
    let (owner, admin) = (world.api(&house.owner), world.api(&house.admin));
    let wish = json!({ "name": "An employer", "payer": null, "allowance": null, "overrides": {} });
    let pathway = owner.post("/api/v1/pathways", &wish).good();
    let guide = text(&admin.post("/api/v1/guidance", &a_guide()).good()["id"]).to_owned();
    let file = admin.post(&format!("/api/v1/guidance/{guide}/files"), &plain_file()).good();
    let replays = format!("/api/v1/practices/{}/policy/replays", house.practice.id);
    let replay = owner.post(&replays, &json!({ "a": { "version": 1 }, "b": { "version": 1 } })).good();
    Things::from([
        ("pathways", text(&pathway["id"]).to_owned()),
        ("guidance", guide),
        ("file", text(&file["id"]).to_owned()),
        ("replay", text(&replay["id"]).to_owned()),
    ])
}

fn a_guide() -> Value {
    json!({ "title": "Rooms", "author": "Asha Patel", "author_role": "Practice admin", "audience": "therapist",
        "collection": "Working with clients", "language": "en-GB", "text": "Book a room by ten." })
}

fn plain_file() -> Value {
    json!({ "name": "list.txt", "content_type": "text/plain", "content": "SGVsbG8=" })
}

/// A browser that asks to be told: the keys of RFC 8291's example.
fn a_browser() -> Value {
    json!({ "endpoint": "https://push.example.org/a-browser", "keys": { "auth": "BTBZMqHH6r4Tts7J_aSIgg", "p256dh":
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4" } })
}

/// A body that this route would take, so that only the thing itself can be refused. A route without one fails here.
pub fn body_for(path: &str, world: &World, house: &House, theirs: &Things) -> Value {
    let rest = path.trim_start_matches("/api/v1/").split('/').filter(|part| !part.starts_with('{'));
    let words: Vec<&str> = rest.collect();
    let (noun, act) = (words[0], words.last().copied().unwrap_or_default());
    of_an_appointment(act, world, house, theirs)
        .filter(|_| noun == "appointments")
        .or_else(|| of_the_record(noun, act, world, house, theirs))
        .unwrap_or_else(|| panic!("{path}: say here what it takes"))
}

fn of_an_appointment(act: &str, world: &World, house: &House, theirs: &Things) -> Option<Value> {
    let start = house.local("2026-12-08 09:00");
    let because = || json!({ "reason": "moved away" });
    Some(match act {
        "cancel" => cancelled_with_times(house, &["2026-12-08 10:00"]),
        "reschedule" => json!({ "start": start, "initiator": "client", "agreement": agreed(world.now()) }),
        "change-request" => json!({ "start": start, "reason": "The line broke", "agreement": agreed(world.now()) }),
        "attendance" => json!({ "attended": "yes", "continue": "no" }),
        "correct" => json!({ "state": "attended", "reason": "They came" }),
        "statements" => json!({ "words": "I waited" }),
        "running-late" => json!({ "minutes": 5 }),
        "connected" => json!({ "apologised": true, "plan": "full_time" }),
        "therapist-missed" => json!({ "reported_by": "client", "fault": "therapist" }),
        "client-arrived" => json!({ "at": world.now() }),
        "technical-failure" => json!({ "side": "platform" }),
        "check-in" | "stepped-away" | "client-no-show" | "confirm" | "undo" => json!({}),
        "decline" => json!({ "words": "That day is full" }),
        "waive" | "refund" => because(),
        "refund-request" => json!({ "reason": "moved away", "confirm_refund": true }),
        "settle" => json!({ "how": "paid_by_transfer" }),
        "carry-over" => json!({ "to": theirs["appointments"], "reason": "moved away" }),
        _ => return None,
    })
}

fn of_the_record(noun: &str, act: &str, world: &World, house: &House, theirs: &Things) -> Option<Value> {
    let because = || json!({ "reason": "moved away" });
    Some(match (noun, act) {
        (_, "accept") => json!({ "start": house.local("2026-12-04 10:00") }),
        ("offers", "decline") => json!({ "refund": false }),
        (_, "meet") => json!({ "evidence": "spoke on the phone" }),
        (_, "excuse" | "end") | ("change-requests", "decline") => because(),
        ("change-requests", "approve") => json!({ "agreement": agreed(world.now()) }),
        ("appeals", _) => json!({ "decision": "exclude", "reason": "They were there" }),
        (_, "fault") => json!({ "fault": "therapist", "reason": "The alarm failed" }),
        (_, "late-answer") => json!({ "answer": "wait" }),
        (_, "outcome") => json!({ "outcome": "rescheduled" }),
        (_, "make-up") => json!({ "decision": "offer" }),
        (_, "availability") => json!({ "weekly": [], "exceptions": [],
            "kinds": { "video": { "minutes": 50, "start_every_minutes": 30, "buffer_after_minutes": 10 } } }),
        (_, "fees") => json!({ "late_cancel": null, "no_show": null }),
        ("clients", "address-changes") => json!({ "email": "new@example.org" }),
        ("clients", "confirm") => json!({ "what": "phone", "word": "Spoke with them", "code": "123456" }),
        ("clients", "emergency-contact") => json!({ "name": "Rosa", "phone": "+447700900499", "relation": "sister" }),
        (_, "contact-preference") => json!({ "channels": ["email"], "voicemail": false }),
        ("practices", "policy") => json!({ "set": { "client_cancel.notice_hours": 72 } }),
        ("therapists", "policy") => json!({ "overrides": {} }),
        (_, "what-if") => json!({ "appointment": theirs["appointments"], "what": "client_cancels", "at": world.now() }),
        (_, "replays") => json!({ "a": { "version": 1 }, "b": { "version": 1 } }),
        (_, "pathway") => json!({ "pathway": null }),
        ("pathways", _) => json!({ "name": "Another", "payer": null, "allowance": null, "overrides": {} }),
        (_, "contracting") => json!({ "channels": ["email"], "voicemail": false, "continue": true,
            "policy_recap": true, "payment_recap": true }),
        ("messages", "settle") => because(),
        ("relationships", "booking-link") | ("conversations", "read") | ("push-devices", _) => json!({}),
        ("conversations", "lines") => json!({ "words": "Hello" }),
        (_, "again" | "reopen" | "restore" | "resume" | "pause" | "withdraw") => json!({}),
        ("reserved-slots", "release") => json!({ "date": "2026-12-02" }),
        ("reserved-slots", _) => json!({}),
        (_, "listing") => json!({ "state": "hidden_by_therapist", "until": world.now() + Span::hours(720) }),
        (_, "appeals") => json!({ "appointment": theirs["appointments"], "kind": "missed", "words": "I was there" }),
        ("clients", "risk") => json!({ "flag": true, "review_by": world.now() + Span::hours(168) }),
        ("tickets", "told") => json!({ "channel": "phone", "result": "reached", "agreed": "Tomorrow" }),
        ("tickets", _) => json!({ "body": "Thank you" }),
        ("guidance", "feedback") => json!({ "helped": true }),
        ("guidance", "files") => plain_file(),
        ("guidance", _) => a_guide(),
        _ => return None,
    })
}
