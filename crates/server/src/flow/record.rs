//! Who may read what of the record.

use super::{Ask, Flow, settings};
use domain::id::{AppointmentId, DisruptionId};
use domain::person::PersonRef;
use store::Tx;

/// Whether whoever asks may read the entries about this subject: their own appointments, cases and themselves; staff
/// everything of the practice.
pub fn may_see(tx: &mut Tx, ask: &Ask, subject: &str) -> Flow<bool> {
    let scope = ask.who.scope();
    let limits = scope.limits();
    if limits.therapist.is_none() && limits.client.is_none() {
        return Ok(true);
    }
    if let Ok(id) = subject.parse::<AppointmentId>() {
        return Ok(store::appointment::load(tx, &scope, id)?.is_some());
    }
    if let Ok(id) = subject.parse::<DisruptionId>() {
        return Ok(store::disruption::load(tx, &scope, id)?.is_some());
    }
    match subject.parse::<PersonRef>() {
        Ok(PersonRef::Client(id)) => Ok(settings::client_in_scope(tx, ask, id).is_ok()),
        Ok(PersonRef::Therapist(id)) => Ok(limits.therapist == Some(id)),
        _ => Ok(false),
    }
}
