//! A notice to somebody's browsers: what is handed over, and browsers that are there no more.

use super::parcel::{Found, Parcel, Push, PushTo};
use crate::app::App;
use crate::flow::{self, Ask, Failed, Flow, Who};
use domain::id::PushDeviceId;
use domain::person::PersonRef;
use domain::time::{Instant, Span};
use serde_json::json;
use store::Tx;

/// What stands above the sentence where a name would say too much.
const SAFE_TITLE: &str = "Something new";
/// How long a push service keeps a notice for a browser that is away: news of the moment is old in an hour.
const KEEP: [Span; 2] = [Span::hours(1), Span::hours(12)];

/// The parcel; none where they have no browser that asked for it. It carries the practice's name where that may be read, the sentence as stored,
/// and where pressing it leads: nothing of what it is about.
pub(super) fn parcel(app: &App, found: &Found) -> Option<Parcel> {
    let Found { message, practice, to, devices, .. } = found;
    if devices.is_empty() {
        return None;
    }
    // Whoever asked that messages say nothing does not read there whose client they are.
    let title = if to.preference.file.safe_content { SAFE_TITLE } else { &practice.name };
    let url = if matches!(message.to, PersonRef::Client(_)) { "/c/conversation" } else { "/t/conversations" };
    // One notice at a time for one appointment: a newer one takes the place of an older one on the screen.
    let tag = message.appointment.map_or_else(|| "conversation".to_owned(), |id| id.to_string());
    let payload = json!({ "title": title, "body": message.text, "url": url, "tag": tag }).to_string();
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
