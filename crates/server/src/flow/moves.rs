//! Asking to move, requests for a time, what is asked of the team, and taking an edit back.

use super::appointment::{change, check_seen, look};
use super::{Answer, Ask, Failed, Flow, Tools, load};
use domain::change_request::Wish;
use domain::decide::{AnswerTeam, AskRefund, AskTeam, AskToMove, Command, DeclineRequest, Moves, Situation};
use domain::id::{AppointmentId, ChangeRequestId, OfferId};
use domain::refusal::Refusal;
use domain::time::Instant;
use load::Mode;
use store::{Done, Tx};

/// Asks the client for another time (T6); `seen` is the revision that the therapist was looking at.
pub fn ask(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    wish: AskToMove,
    seen: Option<u32>,
) -> Flow<Done<Answer>> {
    let situation = load::appointment(tx, tools, ask, id, &wish.offer_slots, Mode::Change)?;
    check_seen(&situation, seen)?;
    change(tx, tools, ask, situation, Command::Moves(Moves::Ask(wish)))
}

/// What asking would do.
pub fn preview_ask(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId, wish: AskToMove) -> Flow<Answer> {
    let situation = load::appointment(tx, tools, ask, id, &wish.offer_slots, Mode::Preview)?;
    look(tools, ask, situation, Command::Moves(Moves::Ask(wish)))
}

/// No longer asks.
pub fn withdraw(tx: &mut Tx, tools: &Tools, ask: &Ask, id: OfferId) -> Flow<Done<Answer>> {
    let situation = load::offer(tx, tools, ask, id, &[], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Moves(Moves::Withdraw))
}

/// Books a time that the client asked for (T2), in the light of the case that it answers.
pub fn confirm(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId) -> Flow<Done<Answer>> {
    let seen = store::appointment::load(tx, &ask.who.scope(), id)?.ok_or_else(|| Refusal::not_found("appointment"))?;
    let mut situation = load::relationship(tx, tools, ask, seen.relationship, &[], Mode::Change)?;
    // Read again under the lock: of two who answer at once the second sees the first one's answer.
    situation.next_appointment = store::appointment::load(tx, &ask.who.scope(), id)?;
    situation.obligations.extend(store::obligation::of_appointment(tx, id)?);
    change(tx, tools, ask, situation, Command::Moves(Moves::Confirm))
}

/// Declines a time that the client asked for.
pub fn decline(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId, wish: DeclineRequest) -> Flow<Done<Answer>> {
    let situation = load::appointment(tx, tools, ask, id, &[], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Moves(Moves::DeclineRequest(wish)))
}

/// Asks the team to rearrange what has begun (E-06).
pub fn ask_team(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId, wish: AskTeam) -> Flow<Done<Answer>> {
    let situation = load::with_account(tx, tools, ask, id, &[], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Moves(Moves::AskTeam(wish)))
}

/// Asks the team for a client's money (E-04).
pub fn ask_refund(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId, wish: AskRefund) -> Flow<Done<Answer>> {
    let situation = load::with_account(tx, tools, ask, id, &[], Mode::Change)?;
    change(tx, tools, ask, situation, Command::Moves(Moves::AskRefund(wish)))
}

/// The team answers a request.
pub fn answer_team(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: ChangeRequestId,
    answer: AnswerTeam,
) -> Flow<Done<Answer>> {
    let scope = ask.who.scope();
    let seen = store::change_request::load(tx, &scope, id)?.ok_or_else(|| Refusal::not_found("request"))?;
    let mut starts: Vec<Instant> = Vec::new();
    if let Wish::Move { start, .. } = seen.wish {
        starts.push(start);
    }
    if let AnswerTeam::Approve { start, .. } = &answer {
        starts.extend(*start);
    }
    let mut situation = load::with_account(tx, tools, ask, seen.appointment, &starts, Mode::Change)?;
    situation.request = store::change_request::load(tx, &scope, id)?;
    change(tx, tools, ask, situation, Command::Moves(Moves::AnswerTeam(answer)))
}

/// Takes the last staff edit back (`rulings` 14).
pub fn undo(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId) -> Flow<Done<Answer>> {
    let mut situation = load::appointment(tx, tools, ask, id, &[], Mode::Change)?;
    situation.undo = open_undo(tx, &situation)?;
    change(tx, tools, ask, situation, Command::Moves(Moves::Undo))
}

/// The way back from the last edit, unless one of its messages has left.
fn open_undo(tx: &mut Tx, situation: &Situation) -> Result<Option<domain::undo::Undo>, Failed> {
    let Some(about) = situation.appointment.as_ref() else { return Ok(None) };
    let undo = store::undo::of(tx, about.id)?;
    let Some(undo) = undo else { return Ok(None) };
    let has_left = store::undo::has_left(tx, about.id, undo.revision)?;
    Ok(Some(undo).filter(|_| !has_left))
}
