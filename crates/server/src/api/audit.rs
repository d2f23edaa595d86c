//! The record: what happened to a person or an appointment, and the file that proves it.

use super::{json, read};
use crate::actor::{AnyRole, Manager};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::routes::{Answer, Route, get};
use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json as object};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<AnyRole>("/api/v1/audit", entries).about("audit").says("The record of one appointment or person"),
        get::<Manager>("/api/v1/audit/export", export).about("audit").says("The signed file of one subject"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubjectQuery {
    subject: String,
}

async fn entries(app: App, call: Call<AnyRole>) -> Answer {
    let (SubjectQuery { subject }, ask) = (call.query()?, super::ask(&call));
    let practice = call.actor.practice;
    let found = read(&app, move |tx| {
        if !flow::record::may_see(tx, &ask, &subject)? {
            return Ok(None);
        }
        Ok(Some(store::audit::entries(tx, practice, &subject, 0, super::PAGE_MAX)?))
    });
    let found = found.await?.ok_or_else(Problem::not_found)?;
    let items: Vec<Value> = found
        .iter()
        .map(|kept| {
            object!({ "seq": kept.receipt.seq, "hash": kept.receipt.hash.to_string(), "at": kept.entry.at,
                "actor": kept.entry.actor, "on_behalf_of": kept.entry.on_behalf_of, "word": kept.entry.word,
                "subjects": kept.entry.subjects, "details": kept.entry.opening.as_ref().map(|opening| &opening.details) })
        })
        .collect();
    json(StatusCode::OK, &object!({ "items": items, "next": null }))
}

async fn export(app: App, call: Call<Manager>) -> Answer {
    let SubjectQuery { subject } = call.query()?;
    let (practice, inner, name) = (call.actor.practice, app.clone(), subject.clone());
    let bytes =
        read(&app, move |tx| Ok(store::audit::export(tx, practice, &subject, &inner.keys.signing().to_bytes())?))
            .await?;
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/jsonl"));
    let file: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let shown = format!("attachment; filename=\"{file}.jsonl\"");
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&shown).map_err(Problem::fault)?);
    Ok(response)
}
