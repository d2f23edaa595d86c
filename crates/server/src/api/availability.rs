//! When a therapist works.

use super::{json_with_revision, once, read};
use crate::actor::Planner;
use crate::app::App;
use crate::call::Call;
use crate::error::{FieldError, FieldErrors};
use crate::flow;
use crate::flow::hours::{self, Planned};
use crate::routes::{Answer, Route, get, put};
use axum::http::StatusCode;
use domain::id::TherapistId;
use domain::schedule::{Hours, Written};
use serde_json::{Value, json as object};
use store::Done;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Planner>("/api/v1/therapists/{id}/availability", one)
            .about("therapist")
            .says("When a therapist works: weekly hours, days that differ, and how each kind is cut"),
        put::<Planner>("/api/v1/therapists/{id}/availability", change)
            .about("therapist")
            .audits("hours_changed")
            .previews()
            .says("Change when a therapist works; what is booked stays as it is, and is named"),
    ]
}

/// The hours; `outside` is there where they were just looked at or changed.
fn wire(planned: &Planned, is_preview: bool) -> Value {
    let schedule = &planned.therapist.schedule;
    let outside: Vec<Value> = planned
        .outside
        .iter()
        .map(
            |(booked, why)| object!({ "appointment": booked.id, "start": booked.start, "end": booked.end, "why": why }),
        )
        .collect();
    let written = schedule.written();
    let mut body = object!({ "therapist": planned.therapist.id, "time_zone": schedule.zone, "weekly": written.weekly,
        "exceptions": written.exceptions, "kinds": written.kinds, "outside": outside,
        "revision": schedule.fingerprint() });
    if is_preview {
        body["preview"] = Value::Bool(true);
    }
    body
}

fn revision(body: &Value) -> Option<u32> {
    body["revision"].as_u64().and_then(|n| u32::try_from(n).ok())
}

async fn one(app: App, call: Call<Planner>) -> Answer {
    let (ask, id): (_, TherapistId) = (super::ask(&call), call.id("id")?);
    let body = wire(&read(&app, move |tx| hours::today(tx, &ask, id)).await?, false);
    json_with_revision(StatusCode::OK, &body, revision(&body))
}

async fn change(app: App, call: Call<Planner>) -> Answer {
    let (id, seen): (TherapistId, _) = (call.id("id")?, call.if_match()?);
    let hours = Hours::parse(call.json::<Written>()?).map_err(|wrong| {
        let error =
            |one: domain::schedule::Wrong| FieldError { field: one.field, code: one.code, message: one.message };
        FieldErrors(wrong.into_iter().map(error).collect())
    })?;
    let (ask, inner) = (super::ask(&call), app.clone());
    let asked = ask.clone();
    if call.preview {
        let body = wire(&read(&app, move |tx| hours::look(tx, &asked, id, &hours, seen)).await?, true);
        return json_with_revision(StatusCode::OK, &body, None);
    }
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let done = hours::change(tx, &inner.tools, &asked, id, &hours, seen)?;
        Ok(Done::new(wire(&done.answer, false), done.audit))
    })
    .await?;
    let mut body = done.answer;
    if let (Some(object), Some(receipt)) = (body.as_object_mut(), done.receipt) {
        object.insert("receipt".into(), super::wire::receipt(receipt));
    }
    json_with_revision(StatusCode::OK, &body, revision(&body))
}
