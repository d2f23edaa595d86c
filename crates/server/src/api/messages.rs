//! Words to a client: an e-mail with a neutral subject, on their file (G-13).

use super::write_value;
use crate::actor::Colleague;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::letter::{self, Attach, Words};
use crate::routes::{Answer, Route, post};
use axum::http::StatusCode;
use domain::id::{AppointmentId, ClientId, GuideId};
use serde::Deserialize;
use serde_json::json as object;
use store::Done;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post::<Colleague>("/api/v1/messages", send)
            .about("message")
            .audits("message_written")
            .says("Send practical words to a client, with their booking link or a guide"),
    ]
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
