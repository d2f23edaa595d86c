//! Duties and contact: attempts, notes, and what is said to be done.

use super::appointment::change;
use super::{Answer, Ask, Flow, Tools, load};
use domain::decide::{Attempt, Command, Settle, WriteNote};
use domain::id::{AppointmentId, ClientId, ObligationId};
use domain::refusal::Refusal;
use load::Mode;
use store::{Done, Tx};

/// Puts an attempt to reach the client on file; one that informs settles what waited for it (V-10).
pub fn attempt(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    client: ClientId,
    appointment: Option<AppointmentId>,
    attempt: Attempt,
) -> Flow<Done<Answer>> {
    attempt_because(tx, tools, ask, client, appointment, attempt, None)
}

/// The same with the reason why it was by this way, where the client does not prefer it (V-10).
pub fn attempt_because(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    client: ClientId,
    appointment: Option<AppointmentId>,
    attempt: Attempt,
    reason: Option<String>,
) -> Flow<Done<Answer>> {
    let situation = match appointment {
        Some(id) => load::appointment(tx, tools, ask, id, &[], Mode::Change)?,
        None => {
            let found = store::relationship::latest_of(tx, &ask.who.scope(), client)?;
            let relationship = found.ok_or_else(|| Refusal::not_found("client"))?;
            load::relationship(tx, tools, ask, relationship.id, &[], Mode::Change)?
        }
    };
    if situation.relationship.client != client {
        return Err(Refusal::not_found("client").into());
    }
    let command = match reason {
        Some(reason) => Command::AttemptBecause(attempt, reason),
        None => Command::Attempt(attempt),
    };
    change(tx, tools, ask, situation, command)
}

/// Writes the contact note (V-15).
pub fn note(tx: &mut Tx, tools: &Tools, ask: &Ask, appointment: AppointmentId, note: WriteNote) -> Flow<Done<Answer>> {
    let situation = load::appointment(tx, tools, ask, appointment, &[], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Note(note))
}

/// Meets or excuses one duty.
pub fn settle(tx: &mut Tx, tools: &Tools, ask: &Ask, settle: Settle) -> Flow<Done<Answer>> {
    let (Settle::Meet(id, _) | Settle::Excuse(id, _)) = settle;
    let situation = of_obligation(tx, tools, ask, id)?;
    change(tx, tools, ask, situation, Command::Settle(settle))
}

/// The situation of a duty.
pub(super) fn of_obligation(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: ObligationId,
) -> Flow<domain::decide::Situation> {
    let found = store::obligation::load(tx, &ask.who.scope(), id)?;
    let duty = found.ok_or_else(|| Refusal::not_found("obligation"))?;
    if let Some(appointment) = duty.appointment {
        return load::appointment(tx, tools, ask, appointment, &[], Mode::Change);
    }
    let mut situation = load::relationship(tx, tools, ask, duty.relationship, &[], Mode::Change)?;
    situation.obligations.extend(store::obligation::of_relationship(tx, duty.relationship)?);
    Ok(situation)
}
