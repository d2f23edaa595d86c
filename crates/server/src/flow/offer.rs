//! The client's answer to offered times, and their first look at them.

use super::appointment::{change, look};
use super::{Answer, Ask, Flow, Tools, load};
use domain::access::Purpose;
use domain::decide::Command;
use domain::id::OfferId;
use domain::time::Instant;
use load::Mode;
use store::{Done, Tx};

/// Takes one of the times (T1).
pub fn accept(tx: &mut Tx, tools: &Tools, ask: &Ask, id: OfferId, start: Instant) -> Flow<Done<Answer>> {
    let situation = load::offer(tx, tools, ask, id, &[start], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Accept { start })
}

/// What taking it would do.
pub fn preview_accept(tx: &mut Tx, tools: &Tools, ask: &Ask, id: OfferId, start: Instant) -> Flow<Answer> {
    let situation = load::offer(tx, tools, ask, id, &[start], Mode::Preview)?;
    look(tools, ask, situation, Command::Accept { start })
}

/// Wants none of them; perhaps the money back.
pub fn decline(tx: &mut Tx, tools: &Tools, ask: &Ask, id: OfferId, refund: bool) -> Flow<Done<Answer>> {
    let mut situation = load::offer(tx, tools, ask, id, &[], Mode::Change)?;
    if refund {
        load::account(tx, &mut situation)?;
    }
    change(tx, tools, ask, situation, Command::Decline { refund })
}

/// The client has opened the page: they know.
pub fn seen(tx: &mut Tx, tools: &Tools, ask: &Ask, id: OfferId) -> Flow<Done<Answer>> {
    let situation = load::offer(tx, tools, ask, id, &[], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Seen)
}

/// The client has opened the page behind one of their links: whatever case waits to be told to them, they know.
pub fn opened(tx: &mut Tx, tools: &Tools, ask: &Ask, purpose: Purpose) -> Flow<Done<Answer>> {
    let situation = match purpose {
        Purpose::ChooseTime(id) => return seen(tx, tools, ask, id),
        Purpose::Book(id) => load::relationship(tx, tools, ask, id, &[], Mode::Change)?,
        Purpose::Manage(id) => load::appointment(tx, tools, ask, id, &[], Mode::Change)?,
    };
    change(tx, tools, ask, situation, Command::Seen)
}
