//! What falls due by itself. Each is an idempotent look at the present state; when nothing is due, nothing happens.

use super::appointment::change;
use super::{Answer, Ask, Failed, Flow, Tools, case, letter, load};
use crate::words::Plain;
use domain::decide::{Command, Due};
use domain::id::{AppointmentId, Ids, ObligationId, OfferId};
use domain::message::{MessageKind, MessageState};
use domain::person::PersonRef;
use load::Mode;
use store::{Done, Tx};

/// The scheduled end of an appointment (T17).
pub fn appointment_end(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId) -> Flow<Done<Answer>> {
    let mut situation = load::appointment(tx, tools, ask, id, &[], Mode::Change)?;
    let told = store::message::of_appointment(tx, id)?;
    // What was taken back or could not be delivered told them nothing.
    let lost = [MessageState::Superseded, MessageState::Cancelled, MessageState::Undeliverable];
    let went = told.iter().filter(|told| !lost.contains(&told.state));
    let to_client = went.filter(|told| told.to == situation.client.id && told.kind.names_the_time());
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
    let (about, practice, client) =
        (situation.appointment.is_some(), situation.practice.clone(), situation.client.clone());
    let relationship = situation.relationship.id;
    let done = change(tx, tools, ask, situation, Command::Due(Due::ObligationClock(id)))?;
    let Some(duty) = done.answer.obligations.iter().find(|duty| duty.id == id).filter(|_| !about) else {
        return Ok(done);
    };
    // It is about no appointment, so no notice of one says it.
    let page = format!("{}/p/conversations/{relationship}", tools.base_url);
    let plain = Plain {
        kind: MessageKind::Escalation,
        words: "",
        sender: Some(client.first_name()),
        with_booking_link: false,
        page: Some((&page, "Read and answer it in Holdspace")),
    };
    // What was decided made nothing new, so these ids are the command's first.
    let mut ids = Ids::new(ask.command, ask.now);
    for to in letter::team(tx, practice.id, &[duty.owner.role])? {
        letter::send(tx, tools, ask, &mut ids, &to, &practice, &plain, true)?;
    }
    Ok(done)
}
