//! Book, cancel and reschedule: the three acts on an appointment before it begins.

use super::{Answer, Ask, Failed, Flow, Tools, load, save};
use domain::decide::{Asker, Book, Cancel, Command, Reschedule, Situation, decide};
use domain::id::{AppointmentId, Ids, RelationshipId};
use domain::refusal::Refusal;
use domain::time::Instant;
use load::Mode;
use store::{Done, Tx};

/// Books a time (T3, the client's own booking).
pub fn book(tx: &mut Tx, tools: &Tools, ask: &Ask, relationship: RelationshipId, wish: Book) -> Flow<Done<Answer>> {
    book_with(tx, tools, ask, relationship, wish, false)
}

/// The same; `accepts` says that the client said yes to today's policy and terms as well (H-05).
pub fn book_with(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    relationship: RelationshipId,
    wish: Book,
    accepts: bool,
) -> Flow<Done<Answer>> {
    let situation = load::relationship(tx, tools, ask, relationship, &[wish.start], Mode::Change)?;
    change(tx, tools, ask, situation, booking(wish, accepts))
}

/// What booking would do.
pub fn preview_book(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    relationship: RelationshipId,
    wish: Book,
    accepts: bool,
) -> Flow<Answer> {
    let situation = load::relationship(tx, tools, ask, relationship, &[wish.start], Mode::Preview)?;
    look(tools, ask, situation, booking(wish, accepts))
}

fn booking(wish: Book, accepts: bool) -> Command {
    if accepts { Command::BookAccepting(wish) } else { Command::Book(wish) }
}

/// Calls an appointment off (T7 to T10); `seen` is the revision that the person was looking at.
pub fn cancel(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    wish: Cancel,
    seen: Option<u32>,
) -> Flow<Done<Answer>> {
    let situation = cancel_situation(tx, tools, ask, id, &wish, seen, Mode::Change)?;
    change(tx, tools, ask, situation, Command::Cancel(wish))
}

/// What cancelling would do.
pub fn preview_cancel(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId, wish: Cancel) -> Flow<Answer> {
    let situation = cancel_situation(tx, tools, ask, id, &wish, None, Mode::Preview)?;
    look(tools, ask, situation, Command::Cancel(wish))
}

/// Moves an appointment (T4, T5, T6 with agreement).
pub fn reschedule(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    wish: Reschedule,
    seen: Option<u32>,
) -> Flow<Done<Answer>> {
    let situation = load::appointment(tx, tools, ask, id, &[wish.start], Mode::Change)?;
    check_seen(&situation, seen)?;
    change(tx, tools, ask, situation, Command::Reschedule(wish))
}

/// What moving would do.
pub fn preview_reschedule(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId, wish: Reschedule) -> Flow<Answer> {
    let situation = load::appointment(tx, tools, ask, id, &[wish.start], Mode::Preview)?;
    look(tools, ask, situation, Command::Reschedule(wish))
}

/// Decides and saves; [`Failed::Nothing`] where there is nothing to save.
pub(super) fn change(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    situation: Situation,
    command: Command,
) -> Flow<Done<Answer>> {
    let mut ids = Ids::new(ask.command, ask.now);
    let outcome = decide(&situation, &Asker::of(&ask.who.scope()), command, ask.now, &mut ids)?;
    if outcome.record.word.is_empty() {
        return Err(Failed::Nothing { look_again: outcome.wakes.iter().find_map(|wake| wake.at) });
    }
    save::save(tx, tools, ask, &situation, outcome, &mut ids)
}

/// Decides and saves nothing.
pub(super) fn look(tools: &Tools, ask: &Ask, situation: Situation, command: Command) -> Flow<Answer> {
    let mut ids = Ids::new(ask.command, ask.now);
    let outcome = decide(&situation, &Asker::of(&ask.who.scope()), command, ask.now, &mut ids)?;
    Ok(save::preview(tools, ask, &situation, outcome, &mut ids))
}

fn cancel_situation(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    wish: &Cancel,
    seen: Option<u32>,
    mode: Mode,
) -> Flow<Situation> {
    let mut starts: Vec<Instant> = wish.next_step.offer_slots.clone();
    starts.extend(wish.next_step.book.map(|book| book.start));
    let mut situation = load::appointment(tx, tools, ask, id, &starts, mode)?;
    check_seen(&situation, seen)?;
    if let Some(next) = wish.next_step.next_appointment {
        situation.next_appointment = store::appointment::load(tx, &ask.who.scope(), next)?;
    }
    Ok(situation)
}

pub(super) fn check_seen(situation: &Situation, seen: Option<u32>) -> Result<(), Failed> {
    let now = situation.appointment.as_ref().map(|appointment| appointment.revision);
    match seen {
        Some(seen) if now != Some(seen) => Err(Refusal::stale().into()),
        _ => Ok(()),
    }
}
