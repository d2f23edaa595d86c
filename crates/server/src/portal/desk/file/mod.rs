//! The desk's pages about the record: updates, corrections, reserved times, clients, notes and the dispute file.

pub mod booking_link;
pub mod clients;
pub mod contact;
pub mod correct;
pub mod dispute;
pub mod end;
pub mod gone;
pub mod notes;
pub mod slots;
pub mod update;
pub mod updates;

use super::Desk;
use crate::app::App;
use crate::call::Call;
use crate::flow::once::Answered;
use crate::flow::{self, Ask, Failed, Flow};
use store::{Done, Tx};

/// Runs a write of a form, once for the form's key, and answers what `keep` takes of it.
async fn write<D: Desk, F>(
    app: &App,
    call: &Call<D>,
    keep: fn(&flow::Answer) -> String,
    mut act: F,
) -> Result<String, Failed>
where
    F: FnMut(&mut Tx, &App, &Ask) -> Flow<Done<flow::Answer>> + Send + 'static,
{
    let ask = super::ask(call);
    let (inner, asked) = (app.clone(), ask.clone());
    let answered: Answered<String> = flow::once::write(app, &ask, super::once(call), move |tx| {
        let done = act(tx, &inner, &asked)?;
        Ok(Done { answer: keep(&done.answer), audit: done.audit, more: done.more })
    })
    .await?;
    Ok(answered.answer)
}

/// The id of a reserved time that has just gone with a banner; empty where none has.
fn gone_slot(answer: &flow::Answer) -> String {
    let slot = answer.reserved.slot.as_ref().filter(|_| answer.reserved.banner.is_some());
    slot.map(|slot| slot.id.to_string()).unwrap_or_default()
}

/// Nothing of it is of use to the page.
fn nothing(_: &flow::Answer) -> String {
    String::new()
}
