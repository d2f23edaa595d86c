//! Where other servers call us: a mail server with a letter, a gateway with word of a text. The address itself proves
//! that it was given out, to an operator or with one text.

mod mail;
mod texts;

use crate::app::App;
use crate::flow::{Ask, Failed, Flow, due, receipt};
use crate::routes::Route;
use domain::id::MessageId;
use domain::message::Message;
use outside::sms::Receipt;
use store::Tx;

pub(super) fn routes() -> Vec<Route> {
    [mail::routes(), texts::routes()].concat()
}

/// Keeps what became of a message of ours. What is no news, or about none that we know, is taken alike.
async fn keep(app: &App, ask: &Ask, message: MessageId, said: Receipt) -> Flow<()> {
    let (inner, asked) = (app.clone(), ask.clone());
    let kept = app.store.write_async(move |tx: &mut Tx| receipt::heard(tx, &inner.tools, &asked, message, &said));
    let untold = match kept.await {
        Ok(committed) => committed.answer,
        Err(Failed::Nothing { .. } | Failed::Refused(_)) => return Ok(()),
        Err(other) => return Err(other),
    };
    app.nudge.ring();
    match untold {
        Some(message) => to_a_person(app, ask, &message).await,
        None => Ok(()),
    }
}

/// Nothing else can tell them, so a person must (U3).
async fn to_a_person(app: &App, ask: &Ask, message: &Message) -> Flow<()> {
    let Some(appointment) = message.appointment else { return Ok(()) };
    let (inner, asked, to) = (app.clone(), Ask { command: app.dice.command(ask.now), ..ask.clone() }, message.to);
    let told = app.store.write_async(move |tx: &mut Tx| due::undeliverable(tx, &inner.tools, &asked, appointment, to));
    match told.await {
        Ok(_) | Err(Failed::Nothing { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}
