//! Cases and their duties.

use super::wire::{DisruptionWire, ObligationWire, Page};
use super::{json, read, write};
use crate::actor::{AnyRole, Colleague};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::decide::Settle;
use domain::id::{DisruptionId, ObligationId};
use serde::Deserialize;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<AnyRole>("/api/v1/disruptions", list).about("disruption").says("Cases, newest first"),
        get::<AnyRole>("/api/v1/disruptions/{id}", one).about("disruption").says("One case with its duties"),
        get::<Colleague>("/api/v1/obligations", owed).about("obligation").says("What is owed, most urgent first"),
        post::<Colleague>("/api/v1/obligations/{id}/meet", meet)
            .about("obligation")
            .audits("obligation_met")
            .says("Say that it is done, with what shows it"),
        post::<Colleague>("/api/v1/obligations/{id}/excuse", excuse)
            .about("obligation")
            .audits("obligation_excused")
            .says("Say why it is no longer owed"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    state: Option<Openness>,
    cursor: Option<String>,
    limit: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Openness {
    Open,
    Closed,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MeetBody {
    #[serde(default)]
    evidence: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExcuseBody {
    #[serde(default)]
    reason: String,
}

async fn list(app: App, call: Call<AnyRole>) -> Answer {
    let query: ListQuery = call.query()?;
    let (ask, limit) = (super::ask(&call), super::page_size(query.limit)?);
    let (open, after) = (query.state.map(|state| state == Openness::Open), super::cursor(query.cursor)?);
    let (items, next) = read(&app, move |tx| {
        let page = store::disruption::list(tx, &ask.who.scope(), open, after.as_ref(), limit)?;
        let mut items = Vec::with_capacity(page.items.len());
        for case in &page.items {
            let mut duties = store::obligation::of_disruption(tx, case.id)?;
            super::wire::keep_confidence(&mut duties, &ask.who.scope());
            items.push(DisruptionWire::of(case, &duties));
        }
        Ok((items, page.next))
    })
    .await?;
    json(StatusCode::OK, &Page { items, next: next.map(|cursor| cursor.to_string()) })
}

async fn one(app: App, call: Call<AnyRole>) -> Answer {
    let (ask, id): (_, DisruptionId) = (super::ask(&call), call.id("id")?);
    let found = read(&app, move |tx| {
        let Some(case) = store::disruption::load(tx, &ask.who.scope(), id)? else { return Ok(None) };
        let mut duties = store::obligation::of_disruption(tx, id)?;
        super::wire::keep_confidence(&mut duties, &ask.who.scope());
        Ok(Some(DisruptionWire::of(&case, &duties)))
    });
    json(StatusCode::OK, &found.await?.ok_or_else(Problem::not_found)?)
}

async fn owed(app: App, call: Call<Colleague>) -> Answer {
    let ask = super::ask(&call);
    let found = read(&app, move |tx| Ok(store::obligation::owed(tx, &ask.who.scope(), super::PAGE_MAX)?)).await?;
    let items: Vec<ObligationWire> = found.iter().map(Into::into).collect();
    json(StatusCode::OK, &Page { items, next: None })
}

async fn meet(app: App, call: Call<Colleague>) -> Answer {
    let (id, MeetBody { evidence }): (ObligationId, _) = (call.id("id")?, call.json()?);
    settle(app, call, Settle::Meet(id, evidence)).await
}

async fn excuse(app: App, call: Call<Colleague>) -> Answer {
    let (id, ExcuseBody { reason }): (ObligationId, _) = (call.id("id")?, call.json()?);
    settle(app, call, Settle::Excuse(id, reason)).await
}

async fn settle(app: App, call: Call<Colleague>, settle: Settle) -> Answer {
    write(app, call, StatusCode::OK, move |tx, app, ask| flow::case::settle(tx, &app.tools, ask, settle.clone())).await
}
