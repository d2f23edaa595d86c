//! The demo as programs see it: people, outbox, clock and faults as JSON.

use super::Handles;
use super::catcher::{Fault, Line, Mode};
use super::machine::Stopped;
use super::outbox::{Caught, Wanted};
use super::people::{HouseWire, houses};
use crate::actor::Public;
use crate::app::App;
use crate::call::Call;
use crate::clock::ClockError;
use crate::error::Problem;
use crate::routes::Answer;
use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Response};
use domain::message::MessageKind;
use domain::person::{Channel, PersonRef};
use domain::time::{Instant, Span};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// Whether a browser asks, rather than a program: it names HTML before JSON.
pub fn prefers_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    match (accept.find("text/html"), accept.find("application/json")) {
        (Some(html), Some(json)) => html < json,
        (html, None) => html.is_some(),
        (None, _) => false,
    }
}

/// `GET /demo/people`.
pub async fn people(app: App, _: Call<Public>) -> Answer {
    let practices: Vec<HouseWire> = houses(&app).await?.into_iter().map(|house| HouseWire::of(&app, house)).collect();
    answer(&json!({ "practices": practices }))
}

#[derive(Deserialize)]
struct OutboxQuery {
    to_person: Option<PersonRef>,
    channel: Option<Channel>,
    kind: Option<MessageKind>,
    since: Option<Instant>,
}

/// The letters that the query asks for, when nothing is due any more.
///
/// # Errors
/// 422 naming the field; faults of the store.
pub async fn letters(handles: &Arc<Handles>, app: &App, call: &Call<Public>) -> Result<Vec<Caught>, Problem> {
    let OutboxQuery { to_person, channel, kind, since } = call.query()?;
    catch_up(handles).await?;
    let wanted = Wanted { to_person, channel, kind, since };
    let in_app = super::portal::find(app, &wanted).await?;
    let mut all = handles.outbox.list(&wanted);
    if !in_app.is_empty() {
        all.extend(in_app);
        all.sort_by_key(|one| one.sent_at);
    }
    Ok(all)
}

/// `GET /demo/outbox`.
pub async fn outbox(handles: Arc<Handles>, app: App, call: Call<Public>) -> Answer {
    let items: Vec<_> = letters(&handles, &app, &call).await?.iter().map(letter).collect();
    answer(&json!({ "items": items }))
}

fn letter(caught: &Caught) -> serde_json::Value {
    json!({
        "id": caught.id,
        "channel": caught.channel,
        "to": caught.to,
        "to_person": caught.to_person,
        "subject": caught.subject,
        "body": caught.body,
        "attachments": caught.attachments,
        "appointment": caught.appointment,
        "kind": caught.kind,
        "status": caught.status,
        "sent_at": caught.sent_at,
        "tries": caught.tries,
    })
}

/// `GET /demo/clock`.
pub async fn clock(app: App, _: Call<Public>) -> Answer {
    now(app.now())
}

#[derive(Deserialize)]
struct Move {
    advance: Option<Span>,
    set: Option<Instant>,
}

/// `POST /demo/clock`.
pub async fn move_clock(handles: Arc<Handles>, call: Call<Public>) -> Answer {
    let wish: Move = call.json()?;
    now(travel(handles, wish.advance, wish.set).await?)
}

/// Moves the clock by a length or to a moment; answers the new now when nothing is due any more.
///
/// # Errors
/// 422 where it is neither or both, or would go back; faults of the store.
pub async fn travel(handles: Arc<Handles>, by: Option<Span>, to: Option<Instant>) -> Result<Instant, Problem> {
    let moved = match (by, to) {
        (Some(by), None) if by < Span::ZERO => return Err(backwards("advance")),
        (Some(by), None) => away(move || handles.machine.advance(by)).await?,
        (None, Some(to)) => away(move || handles.machine.advance_to(to)).await?,
        _ => {
            let message = "Send either {\"advance\":\"PT10M\"} or {\"set\":\"2026-03-09T08:00:00Z\"}.";
            return Err(Problem::field("advance", "field_missing", message));
        }
    };
    moved.map_err(|stopped| match stopped {
        Stopped::Clock(ClockError::Backwards) => backwards("set"),
        Stopped::Clock(error) => Problem::fault(error),
        Stopped::Worker(failed) => Problem::fault(format!("{failed:?}")),
    })
}

fn backwards(field: &str) -> Problem {
    Problem::field(field, "backwards", "Time only moves forward. Choose a moment that is still to come.")
}

/// `POST /demo/faults`.
pub async fn set_fault(handles: Arc<Handles>, call: Call<Public>) -> Answer {
    put_fault(&handles, call.json()?).await?;
    answer(&json!({ "faults": handles.faults.list() }))
}

/// Sets a fault for what comes; what waits already goes out before.
///
/// # Errors
/// Faults of the store.
pub async fn put_fault(handles: &Arc<Handles>, fault: Fault) -> Result<(), Problem> {
    catch_up(handles).await?;
    handles.faults.set(fault);
    Ok(())
}

/// The words of a fault's form.
pub fn fault_of(line: &str, mode: &str, to: &str) -> Option<Fault> {
    let channel = Line::ALL.into_iter().find(|known| known.word() == line)?;
    let mode = Mode::ALL.into_iter().find(|known| known.word() == mode)?;
    Some(Fault { channel, mode, to: Some(to.trim().to_owned()).filter(|to| !to.is_empty()) })
}

/// Lets the worker finish what is due now.
async fn catch_up(handles: &Arc<Handles>) -> Result<(), Problem> {
    let handles = handles.clone();
    let done = away(move || handles.machine.catch_up()).await?;
    done.map_err(|failed| Problem::fault(format!("{failed:?}")))
}

/// Runs something that takes its time off the threads that serve.
async fn away<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(Problem::fault)
}

fn now(now: Instant) -> Answer {
    answer(&json!({ "now": now }))
}

fn answer(value: &impl Serialize) -> Answer {
    let text = serde_json::to_string(value).map_err(Problem::fault)?;
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
