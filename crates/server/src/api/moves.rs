//! Requests for a time, what is asked of the team, and taking an edit back.

use super::wire::change_request;
use super::{json, read, write};
use crate::actor::{Colleague, Team};
use crate::app::App;
use crate::call::Call;
use crate::flow;
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::appointment::Agreement;
use domain::decide::{AnswerTeam, AskTeam, DeclineRequest};
use domain::id::{AppointmentId, ChangeRequestId};
use domain::time::Instant;
use serde::Deserialize;
use serde_json::json as object;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post::<Colleague>("/api/v1/appointments/{id}/confirm", confirm)
            .about("appointment")
            .audits("request_confirmed")
            .says("Book a time that the client asked for"),
        post::<Colleague>("/api/v1/appointments/{id}/decline", decline)
            .about("appointment")
            .audits("request_declined")
            .says("Decline a time that the client asked for"),
        post::<Colleague>("/api/v1/appointments/{id}/undo", undo)
            .about("appointment")
            .audits("edit_undone")
            .says("Take the last change back, while its messages wait"),
        post::<Colleague>("/api/v1/appointments/{id}/change-request", ask_team)
            .about("change request")
            .audits("team_asked")
            .says("Ask the team to rearrange what has begun"),
        get::<Colleague>("/api/v1/change-requests", list).about("change request").says("What waits for the team"),
        get::<Colleague>("/api/v1/change-requests/{id}", one).about("change request").says("One request to the team"),
        post::<Team>("/api/v1/change-requests/{id}/approve", approve)
            .about("change request")
            .audits("appointment_rescheduled")
            .says("Do what was asked, in the name of whoever asked"),
        post::<Team>("/api/v1/change-requests/{id}/decline", decline_request)
            .about("change request")
            .audits("team_declined")
            .says("Say why not"),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclineBody {
    reason: Option<String>,
    words: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskBody {
    start: Instant,
    #[serde(default)]
    reason: String,
    agreement: Option<Agreement>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApproveBody {
    start: Option<Instant>,
    agreement: Option<Agreement>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoBody {
    #[serde(default)]
    reason: String,
}

async fn confirm(app: App, call: Call<Colleague>) -> Answer {
    let id: AppointmentId = call.id("id")?;
    write(app, call, StatusCode::OK, move |tx, app, ask| flow::moves::confirm(tx, &app.tools, ask, id)).await
}

async fn decline(app: App, call: Call<Colleague>) -> Answer {
    let (id, body): (AppointmentId, DeclineBody) = (call.id("id")?, call.json()?);
    let wish = DeclineRequest { reason: super::request::reason(body.reason)?, words: body.words };
    write(app, call, StatusCode::OK, move |tx, app, ask| flow::moves::decline(tx, &app.tools, ask, id, wish.clone()))
        .await
}

async fn undo(app: App, call: Call<Colleague>) -> Answer {
    let id: AppointmentId = call.id("id")?;
    write(app, call, StatusCode::OK, move |tx, app, ask| flow::moves::undo(tx, &app.tools, ask, id)).await
}

async fn ask_team(app: App, call: Call<Colleague>) -> Answer {
    let (id, body): (AppointmentId, AskBody) = (call.id("id")?, call.json()?);
    let wish = AskTeam { start: body.start, reason: body.reason, agreement: body.agreement };
    write(app, call, StatusCode::OK, move |tx, app, ask| flow::moves::ask_team(tx, &app.tools, ask, id, wish.clone()))
        .await
}

/// Requests that a list answers at most.
const MOST: u32 = 200;

async fn list(app: App, call: Call<Colleague>) -> Answer {
    let ask = super::ask(&call);
    let found = read(&app, move |tx| Ok(store::change_request::open(tx, &ask.who.scope(), MOST)?)).await?;
    let items: Vec<_> = found.iter().map(change_request).collect();
    json(StatusCode::OK, &object!({ "items": items, "next": null }))
}

async fn one(app: App, call: Call<Colleague>) -> Answer {
    let (ask, id): (_, ChangeRequestId) = (super::ask(&call), call.id("id")?);
    let found = read(&app, move |tx| Ok(store::change_request::load(tx, &ask.who.scope(), id)?)).await?;
    json(StatusCode::OK, &change_request(&found.ok_or_else(crate::error::Problem::not_found)?))
}

async fn approve(app: App, call: Call<Team>) -> Answer {
    let (id, body): (ChangeRequestId, ApproveBody) = (call.id("id")?, call.json()?);
    let answer = AnswerTeam::Approve { start: body.start, agreement: body.agreement };
    write(app, call, StatusCode::OK, move |tx, app, ask| {
        flow::moves::answer_team(tx, &app.tools, ask, id, answer.clone())
    })
    .await
}

async fn decline_request(app: App, call: Call<Team>) -> Answer {
    let (id, body): (ChangeRequestId, NoBody) = (call.id("id")?, call.json()?);
    let answer = AnswerTeam::Decline { reason: body.reason };
    write(app, call, StatusCode::OK, move |tx, app, ask| {
        flow::moves::answer_team(tx, &app.tools, ask, id, answer.clone())
    })
    .await
}
