//! Guides: what is about something, one with its text, changes, files and answers (G-05, G-18, V-20).

use super::wire::Page;
use super::{json, read, write_value};
use crate::actor::{AnyRole, Colleague};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::guide;
use crate::routes::{Answer, Route, delete, get, post, put};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::guidance::{ATTACHMENT_MAX, Audience, FileKind, Guide, Topic, Words};
use domain::id::GuideId;
use domain::person::Locale;
use serde::Deserialize;
use serde_json::{Value, json as object};
use store::Done;

/// Bytes of a body that carries a file: base64 takes a third more.
const FILE_BODY_MAX: usize = ATTACHMENT_MAX / 3 * 4 + 4_096;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<AnyRole>("/api/v1/guidance", list).about("guide").says("The guides about something, or all"),
        get::<AnyRole>("/api/v1/guidance/{id}", one).about("guide").says("One guide with its text, files and versions"),
        post::<Colleague>("/api/v1/guidance", add)
            .about("guide")
            .audits("guide_added")
            .says("Add a guide of the practice’s own"),
        put::<Colleague>("/api/v1/guidance/{id}", change)
            .about("guide")
            .audits("guide_changed")
            .says("Change a guide; earlier versions stay"),
        post::<Colleague>("/api/v1/guidance/{id}/files", attach)
            .about("guide")
            .audits("guide_file_added")
            .at_most(FILE_BODY_MAX)
            .says("Put a small file with a guide"),
        delete::<Colleague>("/api/v1/guidance/{id}/files/{file}", detach)
            .about("guide")
            .audits("guide_file_removed")
            .says("Take a file away"),
        post::<AnyRole>("/api/v1/guidance/{id}/feedback", feedback)
            .about("guide")
            .audits("guide_answered")
            .says("Say whether it answered the question"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    about: Option<Topic>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsBody {
    about: Option<Topic>,
    title: String,
    author: String,
    author_role: String,
    audience: Audience,
    collection: String,
    #[serde(default)]
    language: Locale,
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileBody {
    name: String,
    content_type: FileKind,
    content: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeedbackBody {
    helped: bool,
}

async fn list(app: App, call: Call<AnyRole>) -> Answer {
    let (ListQuery { about }, ask) = (call.query()?, super::ask(&call));
    let guides = read(&app, move |tx| guide::library(tx, &ask, about)).await?;
    let items: Vec<Value> = guides.iter().map(|guide| wire(&app, guide)).collect();
    json(StatusCode::OK, &Page { items, next: None })
}

async fn one(app: App, call: Call<AnyRole>) -> Answer {
    let (ask, id): (_, GuideId) = (super::ask(&call), call.id("id")?);
    let (shelf, versions) = read(&app, move |tx| {
        let shelf = guide::shelf(tx, Some(&ask.who), id)?;
        Ok((shelf, store::guide::versions(tx, id)?))
    })
    .await?;
    let mut body = wire(&app, &shelf.guide);
    body["text"] = object!(shelf.guide.words.text);
    body["files"] = shelf
        .files
        .iter()
        .map(|file| object!({ "id": file.id, "name": file.name, "content_type": file.kind, "size": file.size }))
        .collect();
    body["related"] = shelf.related.iter().map(|guide| wire(&app, guide)).collect();
    body["feedback"] = object!({ "yes": shelf.answers.yes, "no": shelf.answers.no });
    body["versions"] = versions
        .iter()
        .map(|guide| object!({ "version": guide.version, "updated_at": guide.updated_at, "by": guide.updated_by }))
        .collect();
    json(StatusCode::OK, &body)
}

async fn add(app: App, call: Call<Colleague>) -> Answer {
    let body: WordsBody = call.json()?;
    let (about, words) = (body.about.unwrap_or(Topic::Other), words(body));
    write_value(app, call, StatusCode::CREATED, move |tx, app, ask, ids| {
        let done = guide::add(tx, &app.tools, ask, ids, about, words.clone())?;
        Ok(Done { answer: wire(app, &done.answer), audit: done.audit, more: done.more })
    })
    .await
}

async fn change(app: App, call: Call<Colleague>) -> Answer {
    let (id, body): (GuideId, WordsBody) = (call.id("id")?, call.json()?);
    let words = words(body);
    write_value(app, call, StatusCode::OK, move |tx, app, ask, _| {
        let done = guide::change(tx, &app.tools, ask, id, words.clone())?;
        Ok(Done { answer: wire(app, &done.answer), audit: done.audit, more: done.more })
    })
    .await
}

async fn attach(app: App, call: Call<Colleague>) -> Answer {
    let (id, body): (GuideId, FileBody) = (call.id("id")?, call.json()?);
    let bytes = STANDARD
        .decode(body.content.as_bytes())
        .map_err(|_| Problem::field("content", "malformed", "Send the file's bytes as base64."))?;
    let (name, kind) = (body.name, body.content_type);
    write_value(app, call, StatusCode::CREATED, move |tx, app, ask, ids| {
        let done = guide::attach(tx, &app.tools, ask, ids, id, (name.clone(), kind, bytes.clone()))?;
        let file = &done.answer;
        let answer = object!({ "id": file.id, "name": file.name, "content_type": file.kind, "size": file.size });
        Ok(Done { answer, audit: done.audit, more: done.more })
    })
    .await
}

async fn detach(app: App, call: Call<Colleague>) -> Answer {
    let (id, file) = (call.id("id")?, call.id("file")?);
    write_value(app, call, StatusCode::OK, move |tx, app, ask, _| {
        let done = guide::detach(tx, &app.tools, ask, id, file)?;
        Ok(Done { answer: object!({ "id": file }), audit: done.audit, more: done.more })
    })
    .await
}

async fn feedback(app: App, call: Call<AnyRole>) -> Answer {
    let (id, FeedbackBody { helped }): (GuideId, _) = (call.id("id")?, call.json()?);
    write_value(app, call, StatusCode::OK, move |tx, app, ask, _| {
        let done = guide::answer(tx, &app.tools, ask, Some(&ask.who), id, helped)?;
        Ok(Done { answer: object!({ "id": id, "helped": helped }), audit: done.audit, more: done.more })
    })
    .await
}

fn words(body: WordsBody) -> Words {
    Words {
        title: body.title,
        author: body.author,
        author_role: body.author_role,
        audience: body.audience,
        collection: body.collection,
        language: body.language,
        text: body.text,
    }
}

fn wire(app: &App, guide: &Guide) -> Value {
    let words = &guide.words;
    object!({
        "id": guide.id, "about": guide.about, "title": words.title, "author": words.author,
        "author_role": words.author_role, "audience": words.audience, "collection": words.collection,
        "language": words.language, "version": guide.version, "updated_at": guide.updated_at,
        "url": guide::address(&app.tools.base_url, guide.id),
    })
}
