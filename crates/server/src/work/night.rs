//! What rings keeps quiet hours at every try, not only when it is written: the line may have been down until it was night, or
//! the letter that it stands behind came back then (N13).

use crate::app::App;
use crate::flow::Flow;
use domain::access::Scope;
use domain::message::{Message, MessageKind};
use domain::person::{Channel, Person};
use domain::telling::route;
use domain::time::{Instant, Span};
use store::{DbError, Tx};

/// Later than any hour of the night.
const NOT_SOON: Span = Span::hours(7 * 24);

/// When the reader's morning comes, where it rings and they are asleep now.
pub(super) fn asleep(app: &App, message: &Message, to: &Person, now: Instant) -> Flow<Option<Instant>> {
    let rings = matches!(message.channel, Channel::Sms | Channel::Push);
    // Who has just asked for it is awake.
    let asked_for = matches!(message.kind, MessageKind::Help | MessageKind::ConfirmAddress);
    if !rings || asked_for {
        return Ok(None);
    }
    let (id, practice, cache) = (message.appointment, message.practice, app.tools.policies.clone());
    let found = app.store.read(move |tx: &mut Tx| {
        let about = id.map(|id| store::appointment::load(tx, &Scope::System("deliver"), id)).transpose()?;
        Ok::<_, DbError>((about.flatten(), cache.latest(tx, practice)?))
    })?;
    let (about, Some(policy)) = found else { return Ok(None) };
    // What is about no appointment is about nothing that begins soon.
    let start = about.map_or(now + NOT_SOON, |about| about.start);
    let at = route::rings_at(message.kind, start, to, &policy.parameters, now);
    Ok(Some(at).filter(|at| *at > now))
}
