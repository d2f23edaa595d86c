//! What stories do again and again.

use domain::id::AppointmentId;
use domain::message::Message;
use domain::time::Instant;
use holdspace_testkit::world::{Api, House, Member, Reply, World};
use serde_json::{Value, json};
use store::DbError;

/// The client's yes on the phone, just now.
pub fn agreed(at: Instant) -> Value {
    json!({ "how": "phone", "at": at })
}

/// What a booking of the house's client with their therapist sends.
pub fn booking(house: &House, client: &Member, start: Instant, now: Instant) -> Value {
    json!({ "therapist": house.therapist.id, "client": client.id, "start": start, "kind": "video",
        "agreement": agreed(now) })
}

/// The therapist books the house's client; both letters are read and put away.
pub fn booked(world: &World, house: &House, wall: &str) -> Value {
    booked_for(world, house, &house.client, wall)
}

/// The same for another client.
pub fn booked_for(world: &World, house: &House, client: &Member, wall: &str) -> Value {
    let body = booking(house, client, house.local(wall), world.now());
    let answer = world.api(&house.therapist).post("/api/v1/appointments", &body);
    let appointment = answer.good()["appointment"].clone();
    world.work();
    put_letters_away(world, house);
    appointment
}

/// Reads everybody's letters without looking at them.
pub fn put_letters_away(world: &World, house: &House) {
    for member in house.everybody() {
        let _ = world.read_letters(member);
    }
}

/// The path of an act on an appointment.
pub fn act(appointment: &Value, act: &str) -> String {
    format!("/api/v1/appointments/{}/{act}", text(&appointment["id"]))
}

/// What a therapist's cancellation with offered times sends.
pub fn cancelled_with_times(house: &House, walls: &[&str]) -> Value {
    let starts: Vec<Instant> = walls.iter().map(|wall| house.local(wall)).collect();
    let step = json!({ "offer_slots": starts });
    json!({ "initiator": "therapist", "reason": "therapist_illness", "note": "Unwell since the morning",
        "next_step": step })
}

/// What a therapist's cancellation with a promise sends.
pub fn cancelled_with_promise(by: Instant) -> Value {
    json!({ "initiator": "therapist", "reason": "therapist_illness", "note": "Unwell since the morning",
        "next_step": { "promise_contact_by": by } })
}

/// A text of an answer.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}

/// The duties of a case as the admin sees it, by kind, with their states.
pub fn duties(admin: &Api, case: &Value) -> Vec<(String, String)> {
    let found = admin.get(&format!("/api/v1/disruptions/{}", text(&case["id"]))).good();
    let duties = found["obligations"].as_array().cloned().unwrap_or_default();
    let mut duties: Vec<_> =
        duties.iter().map(|duty| (text(&duty["kind"]).to_owned(), text(&duty["state"]).to_owned())).collect();
    duties.sort();
    duties
}

/// The duty of this kind.
pub fn duty(answer: &Value, kind: &str) -> Value {
    let duties = answer["obligations"].as_array().expect("duties");
    duties.iter().find(|duty| duty["kind"] == kind).unwrap_or_else(|| panic!("nobody owes {kind}: {answer}")).clone()
}

/// A moment of an answer.
pub fn moment(value: &Value) -> Instant {
    text(value).parse().expect("a moment")
}

/// Panics where a write was not acknowledged; gives its receipt.
pub fn receipt(reply: &Reply) -> (u64, String) {
    let receipt = reply.good()["receipt"].clone();
    (receipt["seq"].as_u64().expect("a number"), text(&receipt["hash"]).to_owned())
}

/// Everything that was written about an appointment, in order.
pub fn messages(world: &World, appointment: &Value) -> Vec<Message> {
    let id: AppointmentId = text(&appointment["id"]).parse().expect("an appointment");
    let found = world.app.store.read(move |tx| store::message::of_appointment(tx, id));
    found.unwrap_or_else(|error: DbError| panic!("{error}"))
}

/// What is owed of this kind, as this program sees it.
pub fn owed_by(api: &Api, kind: &str) -> Vec<Value> {
    let owed = api.get("/api/v1/obligations").good();
    let owed = owed["items"].as_array().cloned().unwrap_or_default();
    owed.into_iter().filter(|duty| duty["kind"] == kind).collect()
}
