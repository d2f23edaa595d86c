//! Letters and texts that arrive from outside, as a person would have written them.

use crate::actor::Public;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::reply::{self, Said};
use crate::flow::{Ask, Failed, Flow, Who, once, ticket};
use crate::routes::Answer;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response};
use domain::id::{Ids, MessageId};
use domain::person::Channel;
use domain::telling::answer::Question;
use domain::time::{Instant, Span};
use serde::Deserialize;
use serde_json::json;
use store::{Done, Tx};

#[derive(Debug, Deserialize)]
struct Arriving {
    channel: Channel,
    from: String,
    /// The address written to; the support address of the sender's practice where nothing is said.
    to: Option<String>,
    body: String,
}

/// `POST /demo/inbound`: what a client writes back, by text or letter, lands on what it answers; other mail to a support
/// address becomes a request for help.
pub async fn receive(app: App, call: Call<Public>) -> Answer {
    let arriving: Arriving = call.json()?;
    if !matches!(arriving.channel, Channel::Email | Channel::Sms) {
        return Err(Problem::field("channel", "channel_unknown", "Texts and letters arrive here: sms or email."));
    }
    let ask = Ask { who: Who::System("inbound"), now: call.now, command: call.command };
    if arriving.to.is_none() && is_reply(&app, &ask, &arriving).await? {
        app.nudge.ring();
        return Ok(answer(None));
    }
    if arriving.channel == Channel::Sms {
        // Whoever it was learns nothing.
        return Ok(answer(None));
    }
    let (tools, inner) = (app.tools.clone(), ask.clone());
    let done: once::Answered<String> = once::write(&app, &ask, None, move |tx| {
        let raised = receive_mail(tx, &tools, &inner, &arriving)?;
        Ok(Done { answer: raised.answer.ticket.id.to_string(), audit: raised.audit, more: raised.more })
    })
    .await?;
    Ok(answer(Some(&done.answer)))
}

fn answer(ticket: Option<&str>) -> Response<Body> {
    let mut response = Response::new(Body::from(json!({ "ticket": ticket }).to_string()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Takes it in where it is from a client. A mail program names the letter that is answered; here that is the last one with
/// a question, else the last.
async fn is_reply(app: &App, ask: &Ask, arriving: &Arriving) -> Flow<bool> {
    let mut said = Said {
        channel: arriving.channel,
        address: arriving.from.trim().to_lowercase(),
        body: arriving.body.clone(),
        reference: format!("demo:{}", ask.command),
        answers: Vec::new(),
    };
    let ask = ask.clone();
    let written = move |tx: &mut Tx<'_>| {
        if said.channel == Channel::Email {
            said.answers = letters_to(tx, &said.address, ask.now)?;
        }
        reply::take_in(tx, &ask, &said)
    };
    app.store.write_unaudited_async(written).await
}

fn letters_to(tx: &mut Tx<'_>, address: &str, now: Instant) -> Flow<Vec<MessageId>> {
    let mut sent = Vec::new();
    for person in store::person::by_email(tx, address)? {
        sent.extend(store::message::told(tx, person.id, now - Span::hours(14 * 24))?);
    }
    sent.retain(|message| message.channel == Channel::Email);
    sent.sort_by_key(|message| Question::of(message.kind, message.link).is_none());
    Ok(sent.iter().map(|message| message.id).collect())
}

fn receive_mail(
    tx: &mut Tx<'_>,
    tools: &crate::flow::Tools,
    ask: &Ask,
    arriving: &Arriving,
) -> Flow<Done<ticket::Raised>> {
    let practice = match &arriving.to {
        Some(to) => ticket::practice_of_address(tx, to)?,
        None => store::person::by_email(tx, &arriving.from)?.first().map(|person| person.practice),
    };
    let practice = practice.ok_or_else(|| {
        Failed::from(domain::refusal::Refusal::invalid("address_unknown", "to", "Nobody here has that address."))
    })?;
    let mut ids = Ids::new(ask.command, ask.now);
    ticket::by_mail(tx, tools, ask, &mut ids, practice, &arriving.from, &arriving.body)
}
