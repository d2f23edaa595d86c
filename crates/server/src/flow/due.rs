//! What falls due by itself. Each is an idempotent look at the present state; when nothing is due, nothing happens.

use super::appointment::change;
use super::{Answer, Ask, Failed, Flow, Tools, case, load};
use domain::decide::{Command, Due};
use domain::id::{AppointmentId, ObligationId, OfferId};
use domain::message::MessageKind;
use domain::person::PersonRef;
use load::Mode;
use store::{Done, Tx};

/// The scheduled end of an appointment (T17).
pub fn appointment_end(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId) -> Flow<Done<Answer>> {
    let mut situation = load::appointment(tx, tools, ask, id, &[], Mode::Change)?;
    let told = store::message::of_appointment(tx, id)?;
    let to_client = told.iter().filter(|told| told.to == situation.client.id && told.kind.names_the_time());
    situation.live.client_told_at = to_client.map(|told| told.send_at).max();
    change(tx, tools, ask, situation, Command::Due(Due::AppointmentEnd))
}

/// The moment to take a payment.
pub fn capture(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId) -> Flow<Done<Answer>> {
    let situation = load::with_account(tx, tools, ask, id, &[], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Due(Due::Capture))
}

/// The end of an offer.
pub fn offer_expiry(tx: &mut Tx, tools: &Tools, ask: &Ask, id: OfferId) -> Flow<Done<Answer>> {
    let situation = load::offer(tx, tools, ask, id, &[], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Due(Due::OfferExpiry))
}

/// The client has not chosen what becomes of their money.
pub fn refund_choice(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId) -> Flow<Done<Answer>> {
    let situation = load::appointment(tx, tools, ask, id, &[], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Due(Due::RefundChoice))
}

/// Whether somebody else has taken a time that was cancelled late; the client hears of it once.
pub fn slot_refilled(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId) -> Flow<Done<Answer>> {
    let situation = load::with_account(tx, tools, ask, id, &[], Mode::Change)?;
    let told = store::message::of_appointment(tx, id)?.iter().any(|message| message.kind == MessageKind::FeeWaived);
    if told {
        return Err(Failed::Nothing { look_again: None });
    }
    let taken = match &situation.appointment {
        Some(ended) => store::appointment::is_taken(tx, ended)?,
        None => false,
    };
    change(tx, tools, ask, situation, Command::Due(Due::SlotRefilled { taken }))
}

/// The client has not answered whether their appointment moves (`rulings` 4).
pub fn move_unanswered(tx: &mut Tx, tools: &Tools, ask: &Ask, id: OfferId) -> Flow<Done<Answer>> {
    let situation = load::offer(tx, tools, ask, id, &[], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Due(Due::MoveUnanswered))
}

/// Nobody has answered a time that a client asked for (T2).
pub fn request_expiry(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId) -> Flow<Done<Answer>> {
    let situation = load::appointment(tx, tools, ask, id, &[], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Due(Due::RequestExpiry))
}

/// A message of this appointment could not be delivered to this person (U3).
pub fn undeliverable(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId, to: PersonRef) -> Flow<Done<Answer>> {
    let situation = load::appointment(tx, tools, ask, id, &[], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Due(Due::Undeliverable(to)))
}

/// The clock of a duty.
pub fn obligation_clock(tx: &mut Tx, tools: &Tools, ask: &Ask, id: ObligationId) -> Flow<Done<Answer>> {
    let situation = case::of_obligation(tx, tools, ask, id)?;
    change(tx, tools, ask, situation, Command::Due(Due::ObligationClock(id)))
}
