//! As Kannel's smsbox speaks: `sendsms` (Kannel user's guide, 1.4.5, chapter "Using the HTTP interface").

use super::gateway::{Gateway, Text, answer};
use crate::handed::Handed;
use domain::telling::short_text::{self, Alphabet};

/// Ask for every report: delivered, not delivered, buffered, taken by the network, refused by it.
const EVERY_REPORT: &str = "31";

pub(super) fn hand_off(gateway: &Gateway, text: &Text<'_>) -> Handed {
    let settings = &gateway.settings;
    let mut call = gateway
        .agent()
        .get(format!("{}/cgi-bin/sendsms", settings.url.trim_end_matches('/')))
        .query("username", &settings.user)
        .query("password", settings.password.reveal())
        .query("from", &settings.from)
        .query("to", text.to)
        .query("text", text.body)
        .query("charset", "UTF-8")
        .query("dlr-mask", EVERY_REPORT)
        // Kannel fills in the kind of report and the network's own words.
        .query("dlr-url", format!("{}?type=%d&answer=%A", text.report_to));
    if short_text::size(text.body).alphabet == Alphabet::Ucs2 {
        call = call.query("coding", "2");
    }
    match answer(call.call()) {
        Ok((status, words)) => judged(status, words.trim()),
        Err(handed) => handed,
    }
}

fn judged(status: u16, words: &str) -> Handed {
    let reply: String = words.chars().take(200).collect();
    match status {
        200..=299 => Handed::Accepted { reply },
        // "Temporal failure, try again later" comes before anything was queued; the others are about our account, or too much
        // at once.
        401 | 403 | 404 | 408 | 429 | 503 => Handed::NotAccepted { why: format!("{status} {reply}") },
        500..=599 => Handed::Unknown { why: format!("{status} {reply}") },
        _ => Handed::Refused { code: status, reply, permanent: true },
    }
}
