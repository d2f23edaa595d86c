//! What rings keeps quiet hours at every try: it was written for a moment by day, and the line was down until it was night
//! (N13).

use crate::app::App;
use crate::flow::Flow;
use domain::access::Scope;
use domain::message::{Message, MessageKind};
use domain::person::{Channel, Person};
use domain::telling::route;
use domain::time::{Instant, Span};
use store::job::Leased;
use store::{DbError, Tx};

/// What goes so soon after its moment goes as it was written: nothing has changed since.
const AT_ONCE: Span = Span::minutes(5);

/// When the reader's morning comes, where it rings, had to wait, and they are asleep now.
pub(super) fn asleep(app: &App, job: &Leased, message: &Message, to: &Person, now: Instant) -> Flow<Option<Instant>> {
    let rings = matches!(message.channel, Channel::Sms | Channel::Push);
    let waited = job.attempts > 1 || message.send_at + AT_ONCE < now;
    // Who has just asked for it is awake.
    let asked_for = matches!(message.kind, MessageKind::Help | MessageKind::ConfirmAddress);
    let Some(about) = message.appointment.filter(|_| rings && waited && !asked_for) else { return Ok(None) };
    let (practice, cache) = (message.practice, app.tools.policies.clone());
    let found = app.store.read(move |tx: &mut Tx| {
        let about = store::appointment::load(tx, &Scope::System("deliver"), about)?;
        Ok::<_, DbError>(about.zip(cache.latest(tx, practice)?))
    })?;
    let Some((about, policy)) = found else { return Ok(None) };
    let at = route::rings_at(message.kind, about.start, to, &policy.parameters, now);
    Ok(Some(at).filter(|at| *at > now))
}
