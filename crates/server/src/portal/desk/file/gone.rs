//! "Ben's reserved slot has been removed": said at the top of the screen, with one tap to add it back (H-12, H-13).

use crate::flow::{Ask, Flow};
use domain::decide::slot_name;
use domain::id::ReservedSlotId;
use domain::person::PersonRef;
use domain::refusal::Refusal;
use domain::reserved::ReservedState;
use store::Tx;

/// The banner.
#[derive(Debug, Clone)]
pub struct GoneView {
    /// Which reserved time.
    pub id: String,
    /// Whose.
    pub client: String,
    /// "Mondays 17:00".
    pub name: String,
}

/// The banner of this reserved time, while it is still removed; nothing for any other text.
pub fn of(tx: &mut Tx<'_>, ask: &Ask, id: &str) -> Flow<Option<GoneView>> {
    let Ok(id) = id.parse::<ReservedSlotId>() else { return Ok(None) };
    let found = store::reserved_slot::load(tx, &ask.who.scope(), id)?;
    let Some(slot) = found.filter(|slot| slot.state == ReservedState::Removed) else { return Ok(None) };
    let missing = || Refusal::not_found("client");
    let pair = store::relationship::load(tx, &ask.who.scope(), slot.relationship)?.ok_or_else(missing)?;
    let client = store::person::load(tx, PersonRef::Client(pair.client))?.ok_or_else(missing)?;
    Ok(Some(GoneView { id: id.to_string(), client: client.first_name().to_owned(), name: slot_name(&slot) }))
}
