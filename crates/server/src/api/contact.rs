//! Attempts to reach a client, and contact notes.

use super::wire::Page;
use super::{json, write};
use crate::actor::Colleague;
use crate::app::App;
use crate::call::Call;
use crate::error::{FieldError, FieldErrors, Problem};
use crate::flow;
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::contact::{AttemptResult, Note};
use domain::decide::{Attempt, WriteNote};
use domain::id::{AppointmentId, ClientId};
use domain::person::{Channel, PersonRef};
use domain::time::Instant;
use serde::Deserialize;
use serde_json::{Value, json as object};
use store::Done;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post::<Colleague>("/api/v1/contact-attempts", attempt)
            .about("contact attempt")
            .audits("contact_attempted")
            .says("Put an attempt to reach a client on file"),
        get::<Colleague>("/api/v1/appointments/{id}/notes", notes)
            .about("note")
            .audits("notes_read")
            .says("Reads the contact notes; that somebody did goes on record"),
        post::<Colleague>("/api/v1/notes", note)
            .about("note")
            .audits("note_written")
            .says("Write when and how the client was informed and what was agreed"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttemptBody {
    client: ClientId,
    appointment: Option<AppointmentId>,
    channel: Channel,
    result: AttemptResult,
    at: Option<Instant>,
    agreed: Option<String>,
    reason: Option<String>,
}

/// Every field is asked for by name, so that all missing ones are named at once (V-15).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteBody {
    appointment: Option<AppointmentId>,
    informed_at: Option<Instant>,
    informed_how: Option<Channel>,
    agreed: Option<String>,
    on_behalf_of: Option<PersonRef>,
}

async fn attempt(app: App, call: Call<Colleague>) -> Answer {
    let body: AttemptBody = call.json()?;
    let (client, appointment) = (body.client, body.appointment);
    let at = body.at.unwrap_or(call.now);
    let made = Attempt { channel: body.channel, result: body.result, at, agreed: body.agreed };
    let reason = body.reason;
    write(app, call, StatusCode::CREATED, move |tx, app, ask| {
        flow::case::attempt_because(tx, &app.tools, ask, client, appointment, made.clone(), reason.clone())
    })
    .await
}

async fn note(app: App, call: Call<Colleague>) -> Answer {
    let (appointment, note) = complete(call.json()?)?;
    write(app, call, StatusCode::CREATED, move |tx, app, ask| {
        flow::case::note(tx, &app.tools, ask, appointment, note.clone())
    })
    .await
}

async fn notes(app: App, call: Call<Colleague>) -> Answer {
    let (ask, id): (_, AppointmentId) = (super::ask(&call), call.id("id")?);
    let (inner, asked) = (app.clone(), ask.clone());
    let read = flow::once::write(&app, &ask, None, move |tx| {
        let done = flow::file::read_notes(tx, &inner.tools, &asked, id)?;
        Ok(Done::new(done.answer.iter().map(wire).collect::<Vec<Value>>(), done.audit))
    });
    json(StatusCode::OK, &Page { items: read.await?.answer, next: None })
}

fn wire(note: &Note) -> Value {
    object!({ "id": note.id, "appointment": note.appointment, "informed_at": note.informed_at,
        "informed_how": note.informed_how.word(), "agreed": note.agreed, "on_behalf_of": note.on_behalf_of,
        "by": note.by, "at": note.at })
}

fn complete(body: NoteBody) -> Result<(AppointmentId, WriteNote), Problem> {
    let agreed = body.agreed.filter(|words| !words.trim().is_empty());
    match (body.appointment, body.informed_at, body.informed_how, agreed) {
        (Some(appointment), Some(informed_at), Some(informed_how), Some(agreed)) => {
            Ok((appointment, WriteNote { informed_at, informed_how, agreed, on_behalf_of: body.on_behalf_of }))
        }
        (appointment, informed_at, informed_how, agreed) => {
            let missing = [
                ("appointment", appointment.is_none(), "Say which appointment the note is about."),
                ("informed_at", informed_at.is_none(), "Say when the client was informed."),
                ("informed_how", informed_how.is_none(), "Say how the client was informed."),
                ("agreed", agreed.is_none(), "Write what was agreed with the client."),
            ];
            let errors = missing.into_iter().filter(|(_, missing, _)| *missing);
            let errors = errors.map(|(field, _, message)| FieldError {
                field: field.to_owned(),
                code: "missing",
                message: message.to_owned(),
            });
            Err(FieldErrors(errors.collect()).into())
        }
    }
}
