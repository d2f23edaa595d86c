//! A client's own booking link from their page, an appointment's or the Dashboard: sent by the way that they prefer, or shown
//! for whoever passes it on by hand (G-13, G-14).

use super::clients;
use crate::app::App;
use crate::call::Call;
use crate::flow;
use crate::flow::Failed;
use crate::portal::desk::{Desk, ask, once_of, onward, refused, words};
use crate::portal::redirect;
use crate::routes::Answer;
use domain::id::{AppointmentId, RelationshipId};
use domain::person::Channel;
use store::Done;

/// POST: sends it, or makes sure that it opens something and shows it.
pub async fn act<D: Desk>(app: App, call: Call<D>) -> Answer {
    let id: RelationshipId = call.id("id")?;
    if call.raw().has("act", "show") {
        return show::<D>(&app, &call, id).await;
    }
    let about: Option<AppointmentId> = call.raw().get("appointment").parse().ok();
    let (asked, inner) = (ask(&call), app.clone());
    let taken = asked.clone();
    let sent = flow::once::write(&app, &asked, once_of(&call), move |tx| {
        let done = flow::link::send(tx, &inner.tools, &taken, id, about)?;
        Ok(Done { answer: done.answer.channel.word().to_owned(), audit: done.audit, more: done.more })
    })
    .await;
    match sent {
        Ok(sent) => {
            app.nudge.ring();
            let back = call.raw().get("back");
            if back.is_empty() {
                return Ok(redirect(&format!("{}/clients/{id}?done=link-{}", D::BASE, sent.answer)));
            }
            onward::<D>(&back.replace("SENT", &sent.answer))
        }
        Err(failed) => {
            let mut refusal = refused(failed)?;
            // There is no field to lead to: it is said on top.
            refusal.errors.0.iter_mut().for_each(|error| error.field.clear());
            clients::show(&app, &call, refusal.errors, refusal.status).await
        }
    }
}

async fn show<D: Desk>(app: &App, call: &Call<D>, id: RelationshipId) -> Answer {
    let (asked, inner) = (ask(call), app.clone());
    let taken = asked.clone();
    match flow::once::write(app, &asked, None, move |tx| flow::link::booking(tx, &inner.tools, &taken, id)).await {
        Ok(_) | Err(Failed::Nothing { .. }) => {
            Ok(redirect(&format!("{}/clients/{id}?done=link-shown#booking-link", D::BASE)))
        }
        Err(failed) => Err(failed.into()),
    }
}

/// "The booking link is on its way by text." for what a page was told in its address.
pub fn sent(word: &str) -> Option<String> {
    let channel: Channel = word.strip_prefix("link-")?.parse().ok()?;
    Some(format!("The booking link is on its way by {}, and on file.", words::channel(channel)))
}
