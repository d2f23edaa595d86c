//! Appointments: book, read, list, cancel, reschedule.

use super::request::{BookBody, CancelBody, MoveWish, RescheduleBody};
use super::wire::{AppointmentWire, Page};
use super::{json, json_with_revision, preview, read, write};
use crate::actor::AnyRole;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::decide::{Book, Cancel};
use domain::id::{AppointmentId, ClientId, TherapistId};
use domain::refusal::Refusal;
use domain::time::Instant;
use serde::Deserialize;
use store::appointment::Filter;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<AnyRole>("/api/v1/appointments", list).about("appointment").says("Appointments, by start"),
        post::<AnyRole>("/api/v1/appointments", book)
            .previews()
            .about("appointment")
            .audits("appointment_booked")
            .says("Book a time that the client agreed to"),
        get::<AnyRole>("/api/v1/appointments/{id}", one).about("appointment").says("One appointment"),
        post::<AnyRole>("/api/v1/appointments/{id}/cancel", cancel)
            .previews()
            .about("appointment")
            .audits("appointment_cancelled")
            .says("Call it off, with a next step"),
        post::<AnyRole>("/api/v1/appointments/{id}/reschedule", reschedule)
            .previews()
            .about("appointment")
            .audits("appointment_rescheduled")
            .says("Move it to a time that the client agreed to, or ask the client for another one"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    therapist: Option<TherapistId>,
    client: Option<ClientId>,
    q: Option<String>,
    from: Option<Instant>,
    to: Option<Instant>,
    state: Option<String>,
    cursor: Option<String>,
    limit: Option<u32>,
}

async fn list(app: App, call: Call<AnyRole>) -> Answer {
    let query: ListQuery = call.query()?;
    let state = query.state.map(|word| known_state(&word)).transpose()?;
    let who = super::ask(&call).who;
    let limit = super::page_size(query.limit)?;
    let after = super::cursor(query.cursor)?;
    let page = read(&app, move |tx| {
        let filter = Filter {
            therapist: query.therapist,
            client: query.client,
            words: query.q.clone(),
            from: query.from,
            to: query.to,
            states: state.iter().copied().collect(),
            ..Filter::default()
        };
        Ok(store::appointment::list(tx, &who.scope(), &filter, after.as_ref(), limit)?)
    })
    .await?;
    let items = page.items.iter().map(AppointmentWire::from).collect();
    json(StatusCode::OK, &Page { items, next: page.next.map(|cursor| cursor.to_string()) })
}

fn known_state(word: &str) -> Result<&'static str, Problem> {
    let words = domain::appointment::State::WORDS;
    words.into_iter().find(|known| *known == word).ok_or_else(|| {
        Problem::field("state", "unknown_state", format!("Use one of these states: {}.", words.join(", ")))
    })
}

async fn one(app: App, call: Call<AnyRole>) -> Answer {
    let (who, id): (_, AppointmentId) = (super::ask(&call).who, call.id("id")?);
    let found = read(&app, move |tx| Ok(store::appointment::load(tx, &who.scope(), id)?)).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    json_with_revision(StatusCode::OK, &AppointmentWire::from(&found), Some(found.revision))
}

async fn book(app: App, call: Call<AnyRole>) -> Answer {
    let body: BookBody = call.json()?;
    let (therapist, client, accepts) = (body.therapist, body.client, body.accepts_policy);
    let wish = Book { start: body.start, kind: body.kind, agreement: body.agreement };
    let find = move |tx: &mut store::Tx, who: &flow::Who| -> flow::Flow<_> {
        let found = store::relationship::of(tx, &who.scope(), therapist, client)?;
        Ok(found.ok_or_else(|| Refusal::not_found("relationship"))?.id)
    };
    if call.preview {
        return preview(app, call, move |tx, app, ask| {
            let relationship = find(tx, &ask.who)?;
            flow::appointment::preview_book(tx, &app.tools, ask, relationship, wish, accepts)
        })
        .await;
    }
    write(app, call, StatusCode::CREATED, move |tx, app, ask| {
        let relationship = find(tx, &ask.who)?;
        flow::appointment::book_with(tx, &app.tools, ask, relationship, wish, accepts)
    })
    .await
}

async fn cancel(app: App, call: Call<AnyRole>) -> Answer {
    let id: AppointmentId = call.id("id")?;
    let wish = Cancel::try_from(call.json::<CancelBody>()?)?;
    if call.preview {
        return preview(app, call, move |tx, app, ask| {
            flow::appointment::preview_cancel(tx, &app.tools, ask, id, wish.clone())
        })
        .await;
    }
    let seen = call.if_match()?;
    write(app, call, StatusCode::OK, move |tx, app, ask| {
        flow::appointment::cancel(tx, &app.tools, ask, id, wish.clone(), seen)
    })
    .await
}

async fn reschedule(app: App, call: Call<AnyRole>) -> Answer {
    let id: AppointmentId = call.id("id")?;
    let wish = MoveWish::try_from(call.json::<RescheduleBody>()?)?;
    if call.preview {
        return preview(app, call, move |tx, app, ask| match wish.clone() {
            MoveWish::Now(wish) => flow::appointment::preview_reschedule(tx, &app.tools, ask, id, wish),
            MoveWish::Ask(wish) => flow::moves::preview_ask(tx, &app.tools, ask, id, wish),
        })
        .await;
    }
    let seen = call.if_match()?;
    write(app, call, StatusCode::OK, move |tx, app, ask| match wish.clone() {
        MoveWish::Now(wish) => flow::appointment::reschedule(tx, &app.tools, ask, id, wish, seen),
        MoveWish::Ask(wish) => flow::moves::ask(tx, &app.tools, ask, id, wish, seen),
    })
    .await
}
