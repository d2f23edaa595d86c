//! A notice to somebody's browsers: what is handed over, and browsers that are there no more.

use super::parcel::{Parcel, Push, PushTo};
use crate::app::App;
use crate::flow::{self, Ask, Failed, Flow, Who};
use domain::id::PushDeviceId;
use domain::message::Message;
use domain::person::PersonRef;
use domain::practice::Practice;
use domain::telling::push::PushDevice;
use domain::time::{Instant, Span};
use serde_json::json;
use store::Tx;

/// How long a push service keeps a notice for a browser that is away: news of the moment is old in an hour.
const KEEP: [Span; 2] = [Span::hours(1), Span::hours(12)];

/// The parcel; none where they have no browser that asked for it. It carries the practice's name, the sentence as stored,
/// and where pressing it leads: nothing of what it is about.
pub(super) fn parcel(app: &App, message: &Message, practice: &Practice, devices: &[PushDevice]) -> Option<Parcel> {
    if devices.is_empty() {
        return None;
    }
    let url = if matches!(message.to, PersonRef::Client(_)) { "/c/conversation" } else { "/t/conversations" };
    // One notice at a time for one appointment: a newer one takes the place of an older one on the screen.
    let tag = message.appointment.map_or_else(|| "conversation".to_owned(), |id| id.to_string());
    let payload = json!({ "title": practice.name, "body": message.text, "url": url, "tag": tag }).to_string();
    let [urgent, other] = KEEP;
    let devices = devices
        .iter()
        .map(|device| PushTo { secrets: app.keys.push_secrets(message.id, device.id), device: device.clone() });
    Some(Parcel::Push(Box::new(Push {
        text: message.text.clone(),
        payload: payload.into_bytes(),
        keep: if message.urgent { urgent } else { other },
        urgent: message.urgent,
        devices: devices.collect(),
    })))
}

/// These browsers are there no more: they are not written to again.
pub(super) fn gone(app: &App, devices: Vec<PushDeviceId>, now: Instant) -> Flow<()> {
    let ask = Ask { who: Who::System("deliver"), now, command: app.dice.command(now) };
    let tools = app.tools.clone();
    let done = app.store.write(move |tx: &mut Tx| flow::push::gone(tx, &tools, &ask, &devices));
    match done {
        Ok(_) | Err(Failed::Nothing { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}
