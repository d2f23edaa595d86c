//! Requests for help: who asks, how fast, who took it, what was said (V-11, V-17 to V-19).

use super::wire::Page;
use super::{json, read, write_value};
use crate::actor::AnyRole;
use crate::app::App;
use crate::call::Call;
use crate::flow::ticket::{self, NewHandOver, NewTicket, Thread};
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::contact::AttemptResult;
use domain::id::{AppointmentId, ClientId, TicketId};
use domain::person::{Channel, PersonRef};
use domain::ticket::{Act, Ticket, TicketKind, TicketState};
use domain::time::Instant;
use serde::Deserialize;
use serde_json::{Value, json as object};
use store::ticket::Filter;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<AnyRole>("/api/v1/tickets", list).about("ticket").says("Requests for help, newest first"),
        get::<AnyRole>("/api/v1/tickets/{id}", one).about("ticket").says("One request with its thread"),
        post::<AnyRole>("/api/v1/tickets", raise)
            .about("ticket")
            .audits("ticket_raised")
            .says("Ask for help; also in the name of somebody who phones"),
        post::<AnyRole>("/api/v1/tickets/{id}/acknowledge", acknowledge)
            .about("ticket")
            .audits("ticket_acknowledged")
            .says("Take a request, by name"),
        post::<AnyRole>("/api/v1/tickets/{id}/answer", answer)
            .about("ticket")
            .audits("ticket_answered")
            .says("Answer whoever asked"),
        post::<AnyRole>("/api/v1/tickets/{id}/reply", reply)
            .about("ticket")
            .audits("ticket_changed")
            .says("Write again, as whoever asked"),
        post::<AnyRole>("/api/v1/tickets/{id}/note", note)
            .about("ticket")
            .audits("ticket_changed")
            .says("Leave a word for those who work on it"),
        post::<AnyRole>("/api/v1/tickets/{id}/phoned", phoned)
            .about("ticket")
            .audits("ticket_changed")
            .says("Say that somebody phoned as well"),
        post::<AnyRole>("/api/v1/tickets/{id}/told", told)
            .about("ticket")
            .audits("client_told_on_behalf")
            .says("Support tried to reach the client that was handed over"),
        post::<AnyRole>("/api/v1/tickets/{id}/close", close).about("ticket").audits("ticket_closed").says("Close it"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    state: Option<TicketState>,
    appointment: Option<AppointmentId>,
    cursor: Option<String>,
    limit: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RaiseBody {
    kind: TicketKind,
    appointment: Option<AppointmentId>,
    on_behalf_of: Option<PersonRef>,
    body: String,
    hand_over: Option<HandOverBody>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandOverBody {
    client: ClientId,
    channel: Channel,
    text: String,
    deadline: Instant,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsBody {
    #[serde(default)]
    body: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldBody {
    channel: Channel,
    result: AttemptResult,
    agreed: Option<String>,
}

async fn list(app: App, call: Call<AnyRole>) -> Answer {
    let query: ListQuery = call.query()?;
    let (ask, limit, after) = (super::ask(&call), super::page_size(query.limit)?, super::cursor(query.cursor)?);
    let filter = Filter { state: query.state, appointment: query.appointment };
    let page =
        read(&app, move |tx| Ok(store::ticket::list(tx, &ask.who.scope(), &filter, after.as_ref(), limit)?)).await?;
    let items: Vec<Value> = page.items.iter().map(wire).collect();
    json(StatusCode::OK, &Page { items, next: page.next.map(|cursor| cursor.to_string()) })
}

async fn one(app: App, call: Call<AnyRole>) -> Answer {
    let (ask, id): (_, TicketId) = (super::ask(&call), call.id("id")?);
    let Thread { ticket, lines, contact } = read(&app, move |tx| ticket::thread(tx, &ask, id)).await?;
    let mut body = wire(&ticket);
    body["contact"] = object!(contact);
    body["thread"] = lines
        .iter()
        .map(|line| object!({ "at": line.at, "by": line.by, "kind": line.kind, "words": line.words }))
        .collect();
    json(StatusCode::OK, &body)
}

async fn raise(app: App, call: Call<AnyRole>) -> Answer {
    let body: RaiseBody = call.json()?;
    let hand_over = body.hand_over.map(|given| NewHandOver {
        client: given.client,
        channel: given.channel,
        text: given.text,
        deadline: given.deadline,
    });
    let wish = NewTicket {
        kind: body.kind,
        appointment: body.appointment,
        on_behalf_of: body.on_behalf_of,
        body: body.body,
        hand_over,
    };
    write_value(app, call, StatusCode::CREATED, move |tx, app, ask, ids| {
        let done = ticket::raise(tx, &app.tools, ask, ids, wish.clone())?;
        let mut body = wire(&done.answer.ticket);
        body["contact"] = object!(done.answer.contact);
        Ok(store::Done { answer: body, audit: done.audit, more: done.more })
    })
    .await
}

async fn acknowledge(app: App, call: Call<AnyRole>) -> Answer {
    act(app, call, Act::Acknowledge).await
}

async fn answer(app: App, call: Call<AnyRole>) -> Answer {
    let WordsBody { body } = call.json()?;
    act(app, call, Act::Answer(body)).await
}

async fn reply(app: App, call: Call<AnyRole>) -> Answer {
    let WordsBody { body } = call.json()?;
    act(app, call, Act::Reply(body)).await
}

async fn note(app: App, call: Call<AnyRole>) -> Answer {
    let WordsBody { body } = call.json()?;
    act(app, call, Act::Note(body)).await
}

async fn phoned(app: App, call: Call<AnyRole>) -> Answer {
    let WordsBody { body } = call.json()?;
    act(app, call, Act::Phoned(body)).await
}

async fn close(app: App, call: Call<AnyRole>) -> Answer {
    let WordsBody { body } = call.json()?;
    act(app, call, Act::Close(body)).await
}

async fn act(app: App, call: Call<AnyRole>, act: Act) -> Answer {
    let id: TicketId = call.id("id")?;
    write_value(app, call, StatusCode::OK, move |tx, app, ask, _| {
        let done = ticket::act(tx, &app.tools, ask, id, act.clone())?;
        Ok(store::Done { answer: wire(&done.answer), audit: done.audit, more: done.more })
    })
    .await
}

async fn told(app: App, call: Call<AnyRole>) -> Answer {
    let (id, body): (TicketId, ToldBody) = (call.id("id")?, call.json()?);
    write_value(app, call, StatusCode::OK, move |tx, app, ask, _| {
        let done = ticket::tell(tx, &app.tools, ask, id, body.channel, body.result, body.agreed.clone())?;
        Ok(store::Done { answer: wire(&done.answer), audit: done.audit, more: done.more })
    })
    .await
}

fn wire(ticket: &Ticket) -> Value {
    object!({
        "id": ticket.id, "kind": ticket.kind, "route": ticket.route, "state": ticket.state,
        "appointment": ticket.appointment, "raised_by": ticket.raised_by, "on_behalf_of": ticket.on_behalf_of,
        "from": ticket.from_address, "body": ticket.body, "hand_over": ticket.hand_over, "opened_at": ticket.opened_at,
        "due_at": ticket.due_at, "acknowledged": ticket.acknowledged, "phoned": ticket.phoned,
        "owes_a_call": ticket.owes_a_call(), "obligation": ticket.obligation,
    })
}
