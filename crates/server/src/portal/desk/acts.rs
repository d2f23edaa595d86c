//! One-tap acts about a move: take a change back, no longer ask, confirm or decline a time that was asked for.

use super::{Desk, write};
use crate::app::App;
use crate::call::Call;
use crate::flow::{self, Failed};
use crate::portal::redirect;
use crate::routes::Answer;
use domain::decide::DeclineRequest;
use domain::id::AppointmentId;
use domain::refusal::{Class, Refusal};

/// POST: takes the last change back, while its messages wait (`rulings` 14).
pub async fn undo<D: Desk>(app: App, call: Call<D>) -> Answer {
    let id: AppointmentId = call.id("id")?;
    let done = write(&app, &call, move |tx, app, ask| flow::moves::undo(tx, &app.tools, ask, id)).await;
    onward(&app, &call, id, done, "undone").await
}

/// POST: no longer asks the client for another time.
pub async fn withdraw<D: Desk>(app: App, call: Call<D>) -> Answer {
    let id: AppointmentId = call.id("id")?;
    let done = write(&app, &call, move |tx, app, ask| {
        let found = store::appointment::load(tx, &ask.who.scope(), id)?;
        let asked = found.ok_or_else(|| Refusal::not_found("appointment"))?.pending_move;
        let gone = || Refusal::conflict("not_asked", "This is not asked any more. See the appointment as it is now.");
        flow::moves::withdraw(tx, &app.tools, ask, asked.ok_or_else(gone)?)
    })
    .await;
    onward(&app, &call, id, done, "kept").await
}

/// POST: books a time that the client asked for (T2).
pub async fn confirm<D: Desk>(app: App, call: Call<D>) -> Answer {
    let id: AppointmentId = call.id("id")?;
    let done = write(&app, &call, move |tx, app, ask| flow::moves::confirm(tx, &app.tools, ask, id)).await;
    onward(&app, &call, id, done, "confirmed").await
}

/// POST: declines a time that the client asked for.
pub async fn decline<D: Desk>(app: App, call: Call<D>) -> Answer {
    let id: AppointmentId = call.id("id")?;
    let words = Some(call.raw().get("words").trim().to_owned()).filter(|words| !words.is_empty());
    let wish = DeclineRequest { reason: None, words };
    let done =
        write(&app, &call, move |tx, app, ask| flow::moves::decline(tx, &app.tools, ask, id, wish.clone())).await;
    onward(&app, &call, id, done, "declined").await
}

/// Back to the appointment with a word about it; where somebody was first, to who did what.
async fn onward<D: Desk>(
    app: &App,
    call: &Call<D>,
    id: AppointmentId,
    done: Result<String, Failed>,
    word: &str,
) -> Answer {
    match done {
        Ok(_) => Ok(redirect(&format!("{}/appointments/{id}?done={word}", D::BASE))),
        Err(Failed::Refused(refusal)) if refusal.class == Class::Conflict => {
            super::changed::page(app, call, id, Failed::Refused(refusal)).await
        }
        Err(failed) => Err(failed.into()),
    }
}
