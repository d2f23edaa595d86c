//! Conversations of clients and therapists about times and arrangements.

use super::wire::Page;
use super::{json, read, write_value};
use crate::actor::Writer;
use crate::app::App;
use crate::call::Call;
use crate::flow::conversation;
use crate::flow::letter::masked;
use crate::flow::{Failed, once};
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::conversation::{Line, Thread};
use domain::id::RelationshipId;
use serde::Deserialize;
use serde_json::{Value, json as object};
use store::Done;

/// Conversations in a list at most.
const MANY: u32 = 200;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Writer>("/api/v1/conversations", list)
            .about("conversation")
            .says("Conversations, those in which a client waits to be read first"),
        get::<Writer>("/api/v1/conversations/{id}", one)
            .about("conversation")
            .says("The lines of the conversation of a relationship, newest first"),
        post::<Writer>("/api/v1/conversations/{id}/lines", write)
            .about("conversation")
            .audits("conversation_written")
            .says("Write a line: times and arrangements only"),
        post::<Writer>("/api/v1/conversations/{id}/read", opened)
            .about("conversation")
            .audits("conversation_read")
            .says("Say that one has read what was written to one"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    cursor: Option<String>,
    limit: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    words: String,
}

async fn list(app: App, call: Call<Writer>) -> Answer {
    let ask = super::ask(&call);
    let found = read(&app, move |tx| conversation::list(tx, &ask, MANY)).await?;
    json(StatusCode::OK, &object!({ "items": found.iter().map(thread).collect::<Vec<_>>() }))
}

async fn one(app: App, call: Call<Writer>) -> Answer {
    let query: Query = call.query()?;
    let (ask, limit, after) = (super::ask(&call), super::page_size(query.limit)?, super::cursor(query.cursor)?);
    let id: RelationshipId = call.id("id")?;
    let found = read(&app, move |tx| conversation::find(tx, &ask, id, after.as_ref(), limit)).await?;
    let items = found.lines.items.iter().map(line).collect();
    json(StatusCode::OK, &Page { items, next: found.lines.next.map(|cursor| cursor.to_string()) })
}

async fn write(app: App, call: Call<Writer>) -> Answer {
    let (id, body): (RelationshipId, Body) = (call.id("id")?, call.json()?);
    write_value(app, call, StatusCode::CREATED, move |tx, app, ask, _| {
        let done = conversation::write(tx, &app.tools, ask, id, &body.words)?;
        Ok(Done { answer: object!({ "id": done.answer.to_string() }), audit: done.audit, more: done.more })
    })
    .await
}

async fn opened(app: App, call: Call<Writer>) -> Answer {
    let (ask, id, inner): (_, RelationshipId, _) = (super::ask(&call), call.id("id")?, app.clone());
    let asked = ask.clone();
    let done = once::write(&app, &ask, None, move |tx| conversation::opened(tx, &inner.tools, &asked, id, None));
    let lines = match done.await {
        Ok(answered) => answered.answer,
        Err(Failed::Nothing { .. }) => 0,
        Err(failed) => return Err(failed.into()),
    };
    json(StatusCode::OK, &object!({ "lines": lines }))
}

fn thread(thread: &Thread) -> Value {
    let between = thread.between;
    object!({ "relationship": between.relationship, "therapist": between.therapist, "client": between.client,
        "newest_at": thread.newest_at, "unread_of_client": thread.unread_of_client,
        "unread_by_client": thread.unread_by_client })
}

fn line(line: &Line) -> Value {
    object!({ "id": line.id.to_string(), "from_client": line.is_from_client(), "author": line.author,
        "kind": line.kind, "words": masked(&line.words), "understood": line.understood,
        "written_at": line.written_at, "read_at": line.read_at })
}
