//! What several pages load.

use crate::flow::{Ask, Failed, Flow};
use domain::appointment::Appointment;
use domain::id::RelationshipId;
use domain::refusal::Refusal;
use store::Tx;

/// Upcoming sessions that a page looks through at most.
const SOON: u32 = 50;

/// The thing, or "no such thing".
pub(super) fn found<T>(thing: Option<T>, what: &'static str) -> Result<T, Failed> {
    thing.ok_or_else(|| Refusal::not_found(what).into())
}

/// The next session of a relationship that is on and not over.
pub(super) fn next_with(tx: &mut Tx<'_>, ask: &Ask, relationship: RelationshipId) -> Flow<Option<Appointment>> {
    let coming = store::appointment::next_of(tx, &ask.who.scope(), ask.now, SOON)?;
    Ok(coming
        .into_iter()
        .find(|appointment| appointment.relationship == relationship && appointment.state.is_pending()))
}
