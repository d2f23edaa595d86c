//! Words to a client: an e-mail with a neutral subject, on their file (G-13).

use super::{json, write_value};
use crate::actor::{Colleague, Staff};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::flow::letter::{self, Attach, Words};
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::id::{AppointmentId, ClientId, GuideId};
use domain::message::Message;
use serde::Deserialize;
use serde_json::{Value, json as object};
use store::{Done, Tx};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post::<Colleague>("/api/v1/messages", send)
            .about("message")
            .audits("message_written")
            .says("Send practical words to a client, with their booking link or a guide"),
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
