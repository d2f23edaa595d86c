//! The JSON API under `/api/v1`: reads and parses, calls a flow, answers. Names and shapes are those of the contract.

mod appointments;
mod attendance;
mod audit;
mod availability;
mod contact;
mod conversations;
mod disruptions;
mod guidance;
mod hooks;
mod ledger;
mod live;
mod messages;
mod money;
mod moves;
mod offers;
mod openapi;
mod pathways;
mod people;
mod policy;
mod preferences;
mod push;
mod relationships;
pub(crate) mod reliability;
mod request;
mod reserved_slots;
mod risk;
mod slots;
mod templates;
mod tickets;
pub mod wire;

use crate::actor::Scoped;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::once::{Answered, Once};
use crate::flow::{self, Ask, Failed, Flow};
use crate::routes::{Answer, Route};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{HeaderValue, Response, StatusCode};
use domain::audit::Hash;
use domain::id::Ids;
use serde::Serialize;
use serde_json::Value;
use store::command::Key;
use store::{Done, Tx};

/// The API's part of the route table.
pub fn routes() -> Vec<Route> {
    [
        appointments::routes(),
        attendance::routes(),
        audit::routes(),
        availability::routes(),
        contact::routes(),
        conversations::routes(),
        disruptions::routes(),
        guidance::routes(),
        ledger::routes(),
        live::routes(),
        messages::routes(),
        money::routes(),
        hooks::routes(),
        moves::routes(),
        offers::routes(),
        openapi::routes(),
        pathways::routes(),
        people::routes(),
        policy::routes(),
        preferences::routes(),
        push::routes(),
        relationships::routes(),
        reserved_slots::routes(),
        risk::routes(),
        reliability::routes(),
        slots::routes(),
        templates::routes(),
        tickets::routes(),
    ]
    .concat()
}

/// JSON with this status.
fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    let text = serde_json::to_string(body).map_err(Problem::fault)?;
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// JSON of something that has a revision.
fn json_with_revision(status: StatusCode, body: &impl Serialize, revision: Option<u32>) -> Answer {
    let mut response = json(status, body)?;
    if let Some(tag) = revision.and_then(|revision| HeaderValue::from_str(&format!("\"{revision}\"")).ok()) {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

/// Runs a write of the API, once for the caller's key, and answers it with its receipt.
async fn write<A: Scoped, F>(app: App, call: Call<A>, status: StatusCode, mut flow: F) -> Answer
where
    F: FnMut(&mut Tx, &App, &Ask) -> Flow<Done<flow::Answer>> + Send + 'static,
{
    let ask = ask(&call);
    let (inner, asked) = (app.clone(), ask.clone());
    let answered: Answered<Value> = flow::once::write(&app, &ask, once(&call), move |tx| {
        let mut done = flow(tx, &inner, &asked)?;
        wire::keep_confidence(&mut done.answer.obligations, &asked.who.scope());
        Ok(Done { answer: wire::Act::of(&done.answer), audit: done.audit, more: done.more })
    })
    .await?;
    let mut body = answered.answer;
    let revision = body["appointment"]["revision"].as_u64().and_then(|n| u32::try_from(n).ok());
    if let (Some(object), Some(receipt)) = (body.as_object_mut(), answered.receipt) {
        object.insert("receipt".into(), wire::receipt(receipt));
    }
    json_with_revision(status, &body, revision)
}

/// Runs a write whose answer is an object of its own, once for the caller's key.
async fn write_value<A: Scoped, F>(app: App, call: Call<A>, status: StatusCode, mut flow: F) -> Answer
where
    F: FnMut(&mut Tx, &App, &Ask, &mut Ids) -> Flow<Done<Value>> + Send + 'static,
{
    let ask = ask(&call);
    let (inner, asked) = (app.clone(), ask.clone());
    let answered: Answered<Value> = flow::once::write(&app, &ask, once(&call), move |tx| {
        let mut ids = Ids::new(asked.command, asked.now);
        flow(tx, &inner, &asked, &mut ids)
    })
    .await?;
    let mut body = answered.answer;
    if let (Some(object), Some(receipt)) = (body.as_object_mut(), answered.receipt) {
        object.insert("receipt".into(), wire::receipt(receipt));
    }
    json(status, &body)
}

/// Looks at what a write would do.
async fn preview<A: Scoped, F>(app: App, call: Call<A>, mut flow: F) -> Answer
where
    F: FnMut(&mut Tx, &App, &Ask) -> Flow<flow::Answer> + Send + 'static,
{
    let (inner, ask) = (app.clone(), ask(&call));
    let scope = ask.clone();
    let mut answer = app.store.read_async(move |tx: &mut Tx| flow(tx, &inner, &ask)).await?;
    wire::keep_confidence(&mut answer.obligations, &scope.who.scope());
    json(StatusCode::OK, &wire::Act::of(&answer))
}

/// Reads.
async fn read<T, F>(app: &App, flow: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnMut(&mut Tx) -> Flow<T> + Send + 'static,
{
    Ok(app.store.read_async(flow).await?)
}

/// Who asks, when, under which command.
fn ask<A: Scoped>(call: &Call<A>) -> Ask {
    Ask { who: call.scope().into(), now: call.now, command: call.command }
}

fn once<A: Scoped>(call: &Call<A>) -> Option<Once> {
    let idempotency = call.idempotency()?;
    let principal = call.scope().signature();
    // One key is one request, whatever its address: the fingerprint holds method, address and body.
    let key = Key { principal, route: "api".to_owned(), key: idempotency.key.clone() };
    Some(Once { key, request: Hash::from_bytes(idempotency.fingerprint) })
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Refused(refusal) => (*refusal).into(),
            Failed::Store(error) => error.into(),
            Failed::Fault(why) => Self::fault(why),
            Failed::Nothing { .. } => {
                Self::new(StatusCode::CONFLICT, "nothing_to_do", "That is so already; nothing was changed.")
            }
            Failed::Replay(_) => Self::fault("a replay that nobody answered"),
        }
    }
}

/// Things on one page of a list where nothing is said.
const PAGE_USUAL: u32 = 50;
/// Things on one page of a list at most.
const PAGE_MAX: u32 = 200;

fn page_size(asked: Option<u32>) -> Result<u32, Problem> {
    match asked {
        None => Ok(PAGE_USUAL),
        Some(n @ 1..=PAGE_MAX) => Ok(n),
        Some(_) => Err(Problem::field("limit", "out_of_range", format!("Ask for 1 to {PAGE_MAX} at once."))),
    }
}

fn cursor(text: Option<String>) -> Result<Option<store::Cursor>, Problem> {
    text.map(|text| text.parse()).transpose().map_err(|_| {
        Problem::field(
            "cursor",
            "cursor_unknown",
            "Send the cursor of the last page as it was, or none to begin again.",
        )
    })
}
