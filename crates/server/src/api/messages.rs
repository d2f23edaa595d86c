//! Words to a client: an e-mail with a neutral subject, on their file (G-13).

use super::wire::{self, Page};
use super::{json, write_value};
use crate::actor::{AnyRole, Colleague, Staff};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::flow::letter::{self, Attach, Words};
use crate::flow::sent::{self, Same};
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::id::{AppointmentId, ClientId, GuideId, TherapistId};
use domain::message::{Message, MessageKind};
use domain::person::{Channel, PersonRef, Role};
use domain::time::Instant;
use serde::Deserialize;
use serde_json::{Value, json as object};
use store::message::Wanted;
use store::{Done, Tx};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post::<Colleague>("/api/v1/messages", send)
            .about("message")
            .audits("message_written")
            .says("Send practical words to a client, with their booking link or a guide"),
        get::<AnyRole>("/api/v1/messages", list)
            .about("message")
            .says("What was sent, the newest first: a client's own, a therapist's clients', or the practice's"),
        get::<Colleague>("/api/v1/messages/{id}", one)
            .about("message")
            .says("One message exactly as it was handed over, with every try"),
        get::<Staff>("/api/v1/undelivered", undelivered).about("message").says("What did not get through"),
        post::<Staff>("/api/v1/messages/{id}/again", again)
            .about("message")
            .audits("message_tried_again")
            .says("Send it once more, to the address that its reader has now"),
        post::<Staff>("/api/v1/messages/{id}/settle", settle)
            .about("message")
            .audits("message_seen_to")
            .says("Say how it was seen to in another way"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettleBody {
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    q: Option<String>,
    to_person: Option<PersonRef>,
    channel: Option<Channel>,
    kind: Option<MessageKind>,
    status: Option<String>,
    therapist: Option<TherapistId>,
    from: Option<Instant>,
    until: Option<Instant>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// A client sees what went to them, or could not; others also what waits or never went.
async fn list(app: App, call: Call<AnyRole>) -> Answer {
    let query: Query = call.query()?;
    let (ask, limit, after) = (super::ask(&call), super::page_size(query.limit)?, super::cursor(query.cursor)?);
    let unknown = || Problem::field("status", "status_unknown", "Send the word of a state, such as delivered.");
    let wanted = Wanted {
        to: query.to_person,
        channel: query.channel,
        kind: query.kind,
        states: sent::states(query.status.as_deref().unwrap_or_default()).ok_or_else(unknown)?,
        therapist: query.therapist,
        from: query.from,
        until: query.until,
        name: query.q.unwrap_or_default(),
        went: call.actor.role == Role::Client,
    };
    let read = move |tx: &mut Tx| Ok(store::message::found(tx, &ask.who.scope(), &wanted, after.as_ref(), limit)?);
    let found = super::read(&app, read).await?;
    let items = found.items.iter().map(listed).collect();
    json(StatusCode::OK, &Page { items, next: found.next.map(|cursor| cursor.to_string()) })
}

fn listed(message: &Message) -> Value {
    object!({ "id": message.id, "to_person": message.to, "to": message.address, "channel": message.channel,
        "kind": message.kind, "appointment": message.appointment, "subject": message.subject,
        "body": letter::masked(&message.text), "state": message.state.as_str(), "written_at": message.written_at,
        "send_at": message.send_at, "handed_at": message.handed_at, "why": message.last_reply })
}

async fn one(app: App, call: Call<Colleague>) -> Answer {
    let (ask, id, inner) = (super::ask(&call), call.id("id")?, app.clone());
    let found = super::read(&app, move |tx| sent::one(tx, &inner, &ask, id)).await?;
    let tries = found.tries.iter().map(|done| {
        object!({ "at": done.at, "through": done.through, "outcome": done.outcome, "reply": done.reply,
            "sha256": done.digest })
    });
    let said = found.said.iter().map(|recorded| {
        object!({ "at": recorded.entry.at, "word": recorded.entry.word, "receipt": wire::receipt(recorded.receipt) })
    });
    let mut answer = listed(&found.message);
    let more = object!({
        "bytes": found.bytes,
        "same_as_sent": match found.same { Same::Checked => Some(true), Same::Changed => Some(false), Same::NotKept => None },
        "units": found.size.map(|size| size.units),
        "parts": found.size.map(|size| size.parts),
        "tries": tries.collect::<Vec<_>>(),
        "record": said.collect::<Vec<_>>(),
        "template": found.template,
        "receipt": found.receipt.map(wire::receipt),
        "disruption": found.case.map(|case| case.id),
    });
    if let (Some(all), Value::Object(more)) = (answer.as_object_mut(), more) {
        all.extend(more);
    }
    json(StatusCode::OK, &answer)
}

async fn undelivered(app: App, call: Call<Staff>) -> Answer {
    let ask = super::ask(&call);
    let found = app.store.read_async(move |tx: &mut Tx| flow::undelivered::list(tx, &ask)).await?;
    let messages = found.messages.iter().map(|(message, _)| wire(message)).collect::<Vec<_>>();
    let jobs = found
        .jobs
        .iter()
        .map(|job| object!({ "kind": job.kind, "subject": job.subject, "attempts": job.attempts, "why": job.why }));
    json(StatusCode::OK, &object!({ "messages": messages, "jobs": jobs.collect::<Vec<_>>() }))
}

async fn again(app: App, call: Call<Staff>) -> Answer {
    let id = call.id("id")?;
    let answer = write_value(app.clone(), call, StatusCode::OK, move |tx, app, ask, _| {
        let done = flow::undelivered::again(tx, &app.tools, ask, id)?;
        Ok(Done { answer: wire(&done.answer), audit: done.audit, more: done.more })
    });
    let answer = answer.await;
    app.nudge.ring();
    answer
}

async fn settle(app: App, call: Call<Staff>) -> Answer {
    let (id, body): (_, SettleBody) = (call.id("id")?, call.json()?);
    write_value(app, call, StatusCode::OK, move |tx, app, ask, _| {
        let done = flow::undelivered::settle(tx, &app.tools, ask, id, &body.reason)?;
        Ok(Done { answer: wire(&done.answer), audit: done.audit, more: done.more })
    })
    .await
}

fn wire(message: &Message) -> Value {
    object!({ "id": message.id, "to_person": message.to, "to": message.address, "channel": message.channel,
        "kind": message.kind, "appointment": message.appointment, "subject": message.subject,
        "state": message.state.as_str(), "written_at": message.written_at, "why": message.last_reply })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    client: ClientId,
    appointment: Option<AppointmentId>,
    body: String,
    attach: Option<AttachBody>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttachBody {
    #[serde(default)]
    booking_link: bool,
    guidance: Option<GuideId>,
}

async fn send(app: App, call: Call<Colleague>) -> Answer {
    let body: Body = call.json()?;
    let attach = match body.attach {
        None | Some(AttachBody { booking_link: false, guidance: None }) => Attach::Nothing,
        Some(AttachBody { booking_link: true, guidance: None }) => Attach::BookingLink,
        Some(AttachBody { booking_link: false, guidance: Some(id) }) => Attach::Guide(id),
        Some(_) => {
            return Err(Problem::field("attach", "one_only", "Attach the booking link or a guide, not both."));
        }
    };
    let words = Words { client: body.client, appointment: body.appointment, body: body.body, attach };
    write_value(app, call, StatusCode::CREATED, move |tx, app, ask, _| {
        let done = letter::to_client(tx, &app.tools, ask, &words)?;
        let sent = &done.answer;
        let answer = object!({ "id": sent.id, "to_person": sent.to, "channel": sent.channel, "kind": sent.kind,
            "send_at": sent.send_at, "subject": sent.subject, "body": letter::masked(&sent.text) });
        Ok(Done { answer, audit: done.audit, more: done.more })
    })
    .await
}
