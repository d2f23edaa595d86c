//! A therapist's record and listing (E-08 to E-11).

use super::{json, read, write_value};
use crate::actor::{Colleague, Manager};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::standing::{self, Standing};
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::id::{AppealId, AppointmentId, TherapistId};
use domain::listing::{Listing, ListingState, Wish};
use domain::policy::explain;
use domain::policy::reliability::EventKind;
use domain::practice::Practice;
use domain::refusal::Refusal;
use domain::standing::Appeal;
use domain::time::{Instant, Zone};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json as object};
use store::Done;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Colleague>("/api/v1/therapists/{id}/reliability", report)
            .about("therapist")
            .says("What counts in a therapist’s record and why, and how they are listed"),
        post::<Colleague>("/api/v1/therapists/{id}/reliability/appeals", appeal)
            .about("therapist")
            .audits("event_appealed")
            .says("Say why an event should not count"),
        post::<Manager>("/api/v1/appeals/{id}/decide", decide)
            .about("therapist")
            .audits("appeal_decided")
            .says("Decide an appeal, with a reason"),
        post::<Colleague>("/api/v1/therapists/{id}/listing", list)
            .about("therapist")
            .audits("listing_changed")
            .says("Hide a profile, close to new clients, or be listed again"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AppealBody {
    appointment: AppointmentId,
    kind: EventKind,
    words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Decided {
    Uphold,
    Exclude,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DecideBody {
    decision: Decided,
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListingBody {
    state: ListingState,
    from: Option<String>,
    until: Option<String>,
    reason: Option<String>,
}

async fn report(app: App, call: Call<Colleague>) -> Answer {
    let (ask, id): (_, TherapistId) = (super::ask(&call), call.id("id")?);
    let now = call.now;
    let tools = app.tools.clone();
    let (standing, practice) = read(&app, move |tx| {
        let standing = standing::standing(tx, &tools, &ask, id)?;
        let practice = store::practice::load(tx, standing.therapist.person.practice)?;
        Ok((standing, practice.ok_or_else(|| Refusal::not_found("practice"))?))
    })
    .await?;
    json(StatusCode::OK, &wire(&standing, &practice, now))
}

fn wire(standing: &Standing, practice: &Practice, now: Instant) -> Value {
    let record = &standing.report;
    let events: Vec<Value> = record
        .lines
        .iter()
        .map(|line| {
            let why = explain(&line.event.judged.why, practice.locale.language(), &practice.zone);
            object!({ "appointment": line.event.appointment, "kind": line.event.kind, "at": line.event.at,
                "counts": line.counts, "weight": line.weight, "why": standing_why(line, why),
                "appeal": line.appeal.as_ref().map(appeal_wire) })
        })
        .collect();
    let suggestions: Vec<Value> = record
        .suggestions
        .iter()
        .map(|suggestion| object!({ "suggestion": suggestion.word(), "text": suggestion.text() }))
        .collect();
    object!({
        "score": record.score, "window_days": record.window_days, "events": events,
        "listing": listing_wire(&standing.therapist.listing, now), "kept": record.is_kept, "counted": record.counted,
        "weight": record.weight, "sample": record.sample, "min_sample": record.min_sample,
        "interval": record.interval.map(|sure| object!({ "low": sure.low, "high": sure.high, "confidence": 95 })),
        "threshold": record.threshold, "clean": record.is_clean, "suggestions": suggestions,
    })
}

/// Why a line counts or not, in the end.
pub(crate) fn standing_why(line: &domain::standing::Line, judged: String) -> String {
    match line.appeal.as_ref().and_then(|appeal| appeal.decision.as_ref()) {
        Some(decision) if !line.counts => format!("It does not count: {}", decision.reason),
        _ => judged,
    }
}

fn appeal_wire(appeal: &Appeal) -> Value {
    object!({ "id": appeal.id, "words": appeal.words, "at": appeal.at, "state": appeal.state,
        "decision": appeal.decision })
}

fn listing_wire(listing: &Listing, now: Instant) -> Value {
    object!({ "state": listing.at(now), "set_to": listing.state, "from": listing.from, "until": listing.until,
        "reason": listing.reason, "by": listing.by })
}

async fn appeal(app: App, call: Call<Colleague>) -> Answer {
    let (id, body): (TherapistId, AppealBody) = (call.id("id")?, call.json()?);
    write_value(app, call, StatusCode::CREATED, move |tx, app, ask, ids| {
        let event = (body.appointment, body.kind);
        let done = standing::appeal(tx, &app.tools, ask, ids, id, event, &body.words)?;
        Ok(Done { answer: appeal_wire(&done.answer), audit: done.audit, more: done.more })
    })
    .await
}

async fn decide(app: App, call: Call<Manager>) -> Answer {
    let (id, body): (AppealId, DecideBody) = (call.id("id")?, call.json()?);
    write_value(app, call, StatusCode::OK, move |tx, app, ask, _| {
        let exclude = body.decision == Decided::Exclude;
        let done = standing::decide(tx, &app.tools, ask, id, exclude, &body.reason)?;
        Ok(Done { answer: appeal_wire(&done.answer), audit: done.audit, more: done.more })
    })
    .await
}

async fn list(app: App, call: Call<Colleague>) -> Answer {
    let (id, body): (TherapistId, ListingBody) = (call.id("id")?, call.json()?);
    let (zone, now) = (call.zone(), call.now);
    let (from, until) = (moment("from", body.from, &zone)?, moment("until", body.until, &zone)?);
    let wish = Wish { state: body.state, from, until, reason: body.reason };
    write_value(app, call, StatusCode::OK, move |tx, app, ask, _| {
        let done = standing::list(tx, &app.tools, ask, id, wish.clone())?;
        let answer = object!({ "therapist": id, "listing": listing_wire(&done.answer.listing, now) });
        Ok(Done { answer, audit: done.audit, more: done.more })
    })
    .await
}

/// A moment, or a day, which means its beginning on the caller's clock.
fn moment(field: &'static str, text: Option<String>, zone: &Zone) -> Result<Option<Instant>, Problem> {
    let Some(text) = text else { return Ok(None) };
    if let Ok(at) = text.parse::<Instant>() {
        return Ok(Some(at));
    }
    let day = text.parse::<Date>();
    let message = "Send a moment such as 2026-12-01T00:00:00Z, or a day such as 2026-12-01.";
    day.map(|day| Some(zone.start_of(day))).map_err(|_| Problem::field(field, "malformed", message))
}
