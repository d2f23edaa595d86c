//! The requests that are measured, as bytes.

use crate::dataset::{Wish, admin_token};
use crate::http::request;
use domain::time::Span;
use serde_json::{Value, json};
use std::error::Error;

/// Who asks: the practice's admin, by token; with a key of their own where `keyed`.
fn credential(practice: usize, key: Option<String>) -> String {
    let bearer = format!("Authorization: Bearer {}\r\n", admin_token(practice));
    match key {
        Some(key) => format!("{bearer}Idempotency-Key: {key}\r\n"),
        None => bearer,
    }
}

/// Booking a wish that the client agreed to on the phone.
pub fn book(wish: &Wish, keyed: bool, now: domain::time::Instant) -> Vec<u8> {
    let body = json!({ "therapist": wish.therapist, "client": wish.client, "start": wish.start, "kind": "video",
        "agreement": { "how": "phone", "at": now } });
    let key = keyed.then(|| format!("book-{}-{}", wish.client, wish.start.micros()));
    request("POST", "/api/v1/appointments", &credential(wish.practice, key), Some(&body.to_string()))
}

/// The practice calls an appointment off because the therapist is ill, and promises to be in touch.
pub fn cancel(wish: &Wish, appointment: &str, keyed: bool, now: domain::time::Instant) -> Vec<u8> {
    let body = json!({ "initiator": "therapist", "reason": "therapist_illness",
        "next_step": { "promise_contact_by": now + Span::hours(24) } });
    let key = keyed.then(|| format!("cancel-{appointment}"));
    let path = format!("/api/v1/appointments/{appointment}/cancel");
    request("POST", &path, &credential(wish.practice, key), Some(&body.to_string()))
}

/// The id of the appointment in the answer of a booking.
pub fn booked(body: &[u8]) -> Result<String, Box<dyn Error>> {
    let answer: Value = serde_json::from_slice(body)?;
    let id = answer["appointment"]["id"].as_str();
    id.map(str::to_owned).ok_or_else(|| format!("no appointment in {answer}").into())
}
