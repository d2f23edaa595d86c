//! A message in the portal: it is there when it is written into the conversation, and nobody outside is asked. It has been
//! told when the client opens it (`domain` 2.1); until then what waits behind it keeps waiting.

use super::deliver::Outcome;
use super::{Leased, deliver};
use crate::app::App;
use crate::flow::{self, Ask, Failed, Flow, Who};
use domain::access::Scope;
use domain::audit::Entry;
use domain::id::Ids;
use domain::message::{Message, MessageKind, MessageState};
use domain::person::Channel;
use domain::refusal::Refusal;
use domain::time::{Instant, Span};
use serde_json::json;
use store::job::{self, Recording};
use store::{Done, Tx};

/// What goes by another way so soon needs nobody to say that something waits.
const SOON: Span = Span::minutes(1);

/// Writes it into the conversation and says so to the client, who reads it there.
pub(super) fn deliver(app: &App, job: &Leased, message: &Message, now: Instant) -> Flow<()> {
    let ask = Ask { who: Who::System("deliver"), now, command: app.dice.command(now) };
    let (leased, kept, inner) = (job.clone(), message.clone(), app.clone());
    let written = app.store.write(move |tx: &mut Tx| {
        let landed = flow::conversation::land(tx, &kept, now)?;
        let between = landed.ok_or_else(|| Refusal::not_found("conversation"))?;
        if job::done(tx, &leased, now)? == Recording::FenceLost {
            return Err(Failed::Nothing { look_again: None });
        }
        store::message::record(tx, kept.id, MessageState::Delivered, "in the portal", now)?;
        if !is_told_besides(tx, &kept, now)? {
            flow::nudge::client(tx, &inner.tools, &ask, &mut Ids::new(ask.command, now), between)?;
        }
        Ok(Done::new((), entry(&inner, &kept, &ask)))
    });
    match written {
        Ok(_) | Err(Failed::Nothing { .. }) => Ok(()),
        Err(Failed::Refused(_)) => {
            let nowhere = Outcome::Refused("there is no conversation to write it into".into());
            deliver::settle(app, job, message, MessageState::Undeliverable, &nowhere, None, now)
        }
        Err(other) => Err(other),
    }
}

/// Whether the client hears of it anyway: by their browser or by another message about the same, now. Who has just written
/// needs no word that they were heard.
fn is_told_besides(tx: &mut Tx, message: &Message, now: Instant) -> Flow<bool> {
    let Some(about) = message.appointment else { return Ok(false) };
    let lost = [MessageState::Undeliverable, MessageState::Superseded, MessageState::Cancelled];
    let tells = |other: &Message| {
        let same = other.to == message.to && other.kind == message.kind && other.revision == message.revision;
        same && other.channel != Channel::InApp && !lost.contains(&other.state) && other.send_at <= now + SOON
    };
    let all = store::message::of_appointment(tx, about)?;
    Ok(message.kind == MessageKind::PassedOn || all.iter().any(tells))
}

fn entry(app: &App, message: &Message, ask: &Ask) -> Entry {
    let mut subjects = vec![message.id.to_string(), message.to.to_string()];
    subjects.extend(message.appointment.map(|id| id.to_string()));
    Entry {
        practice: message.practice,
        command: ask.command,
        at: ask.now,
        actor: Scope::System("deliver").signature(),
        on_behalf_of: None,
        word: "message_delivered".to_owned(),
        subjects,
        details: json!({ "kind": message.kind, "channel": message.channel }),
        salt: app.tools.link_key.salt(ask.command),
    }
}
