//! A practice's policy: read by its people, changed by its owner.

use super::{json, once, read};
use crate::actor::{Colleague, Manager, Owner};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::flow::replay::Side;
use crate::flow::what_if::{Judged, Question};
use crate::routes::{Answer, Route, get, post, put};
use axum::http::StatusCode;
use domain::id::{AppointmentId, PracticeId, ReplayId};
use domain::policy::self_service::SelfService;
use domain::policy::what_if::Happening;
use domain::policy::{Language, Policy, explain};
use domain::time::Instant;
use serde::Deserialize;
use serde_json::{Map, Value, json as object};
use store::Tx;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Colleague>("/api/v1/practices/{id}/policy", one).about("policy").says("Today's policy"),
        put::<Owner>("/api/v1/practices/{id}/policy", set)
            .about("policy")
            .audits("policy_changed")
            .says("Make the next version of the policy"),
        get::<Colleague>("/api/v1/practices/{id}/policy/versions", versions)
            .about("policy")
            .says("Every version: when it was made and by whom"),
        post::<Colleague>("/api/v1/practices/{id}/policy/what-if", what_if)
            .about("policy")
            .says("What each policy would make of one thing that happens to one appointment; nothing is changed"),
        post::<Manager>("/api/v1/practices/{id}/policy/replays", replay)
            .about("policy")
            .says("Replay the past year under two policies; a job does it"),
        get::<Manager>("/api/v1/practices/{id}/policy/replays/{replay}", replayed)
            .about("policy")
            .says("How far a replay is, and what came of it"),
    ]
}

/// Versions that a list shows.
const VERSIONS_MAX: u32 = 500;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionQuery {
    version: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhatIfBody {
    appointment: AppointmentId,
    what: Happening,
    at: Instant,
    #[serde(default)]
    versions: Vec<u32>,
    #[serde(default)]
    set: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetBody {
    set: Map<String, Value>,
}

fn wire(policy: &Policy) -> Value {
    object!({ "preset": policy.preset, "version": policy.version, "parameters": policy.values() })
}

/// Today's policy, or the version that is asked for.
async fn one(app: App, call: Call<Colleague>) -> Answer {
    let (ask, id): (_, PracticeId) = (super::ask(&call), call.id("id")?);
    let VersionQuery { version } = call.query()?;
    let found = read(&app, move |tx| {
        let today = flow::settings::policy_in_scope(tx, &ask, id)?;
        let Some(version) = version else { return Ok(Some(today)) };
        Ok(store::policy::load(tx, id, version)?)
    });
    json(StatusCode::OK, &wire(&found.await?.ok_or_else(Problem::not_found)?))
}

async fn versions(app: App, call: Call<Colleague>) -> Answer {
    let (ask, id): (_, PracticeId) = (super::ask(&call), call.id("id")?);
    let found = read(&app, move |tx| {
        flow::settings::policy_in_scope(tx, &ask, id)?;
        Ok(store::policy::versions(tx, id, VERSIONS_MAX)?)
    });
    let items: Vec<Value> = found
        .await?
        .iter()
        .map(|made| object!({ "version": made.version, "at": made.made_at, "by": made.made_by }))
        .collect();
    json(StatusCode::OK, &object!({ "items": items, "next": null }))
}

/// Judged by what was agreed at booking, then by today's version, or by the versions and changes that are named.
async fn what_if(app: App, call: Call<Colleague>) -> Answer {
    let (ask, id): (_, PracticeId) = (super::ask(&call), call.id("id")?);
    let body: WhatIfBody = call.json()?;
    let language = call.caller().manner().locale.language();
    let tools = app.tools.clone();
    let answer = read(&app, move |tx| {
        let today = flow::settings::policy_in_scope(tx, &ask, id)?;
        let mut sides: Vec<Side> = body.versions.iter().map(|v| Side { version: *v, set: Map::new() }).collect();
        if !body.set.is_empty() || sides.is_empty() {
            sides.push(Side { version: today.version, set: body.set.clone() });
        }
        let question = Question { appointment: body.appointment, what: body.what, at: body.at, sides };
        flow::what_if::look(tx, &tools, &ask, &question)
    });
    let answer = answer.await?;
    let judged: Vec<Value> = answer.judged.iter().map(|one| verdict(one, &answer, language)).collect();
    json(StatusCode::OK, &object!({ "appointment": answer.appointment.id, "judged": judged }))
}

fn verdict(one: &Judged, answer: &flow::what_if::Answer, language: Language) -> Value {
    let verdict = &one.verdict;
    let because: Vec<Value> = verdict
        .because
        .iter()
        .map(|rule| object!({ "rule": rule.rule, "text": explain(rule, language, &answer.practice.zone) }))
        .collect();
    object!({ "version": one.policy.version, "agreed": one.agreed, "draft": one.is_draft, "cutoff": verdict.cutoff,
        "self_service": verdict.self_service.map(|service| match service {
            SelfService::Allowed => "allowed",
            SelfService::AllowedWithFee { .. } => "allowed_with_fee",
            SelfService::Refused(why) => why.code(),
        }),
        "cost": verdict.money.cost(), "refund": verdict.money.refund, "payment": verdict.money.payment_after,
        "counts": verdict.counted.as_ref().map(|counted| counted.counts), "because": because })
}

/// A replay is bookkeeping: it changes nothing about anybody, so there is no entry for it.
async fn replay(app: App, call: Call<Manager>) -> Answer {
    let (ask, id, question): (_, PracticeId, flow::replay::Question) =
        (super::ask(&call), call.id("id")?, call.json()?);
    let asked = app.store.write_unaudited_async(move |tx: &mut Tx| flow::replay::ask_for(tx, &ask, id, &question));
    let asked = asked.await?;
    app.nudge.ring();
    json(StatusCode::ACCEPTED, &object!({ "id": asked }))
}

async fn replayed(app: App, call: Call<Manager>) -> Answer {
    let (ask, id, replay): (_, PracticeId, ReplayId) = (super::ask(&call), call.id("id")?, call.id("replay")?);
    let found = read(&app, move |tx| flow::replay::one(tx, &ask, id, replay)).await?;
    let result: Value = found.result.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    json(
        StatusCode::OK,
        &object!({ "id": found.id, "since": found.asked_at - flow::replay::BACK,
        "until": found.asked_at, "total": found.total, "seen": found.seen, "result": result }),
    )
}

async fn set(app: App, call: Call<Owner>) -> Answer {
    let (id, SetBody { set }): (PracticeId, _) = (call.id("id")?, call.json()?);
    let (ask, inner) = (super::ask(&call), app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let done = flow::settings::policy(tx, &inner.tools, &asked, id, &set)?;
        Ok(store::Done::new(wire(&done.answer), done.audit))
    });
    json(StatusCode::OK, &done.await?.answer)
}
