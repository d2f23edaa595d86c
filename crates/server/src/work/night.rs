//! What rings keeps quiet hours at every try, not only when it is written: the line may have been down until it was night, or
//! the letter that it stands behind came back then (N13).

use crate::app::App;
use crate::flow::Flow;
use domain::access::Scope;
use domain::message::{Message, MessageKind};
use domain::person::{Channel, Person};
use domain::telling::route;
use domain::time::Instant;
use store::{DbError, Tx};

/// When the reader's morning comes, where it rings and they are asleep now.
pub(super) fn asleep(app: &App, message: &Message, to: &Person, now: Instant) -> Flow<Option<Instant>> {
    let rings = matches!(message.channel, Channel::Sms | Channel::Push);
    // Who has just asked for it is awake.
    let asked_for = matches!(message.kind, MessageKind::Help | MessageKind::ConfirmAddress);
    let Some(about) = message.appointment.filter(|_| rings && !asked_for) else { return Ok(None) };
    let (practice, cache) = (message.practice, app.tools.policies.clone());
    let found = app.store.read(move |tx: &mut Tx| {
        let about = store::appointment::load(tx, &Scope::System("deliver"), about)?;
        Ok::<_, DbError>(about.zip(cache.latest(tx, practice)?))
    })?;
    let Some((about, policy)) = found else { return Ok(None) };
    let at = route::rings_at(message.kind, about.start, to, &policy.parameters, now);
    Ok(Some(at).filter(|at| *at > now))
}
