//! The less usual acts of the demo's past, so that each page has something on it: lateness, what was missed, a question
//! to the client, requests to the team and to support, a paused hour, a second version of the policy.

use super::acts::{book_at, free, free_from, keep, three_times};
use super::on_file::about;
use super::plant::of_role;
use super::stage::{Planted, Stage, actor};
use crate::flow::{Flow, Who, case, live, moves, settings, ticket};
use domain::appointment::Initiator;
use domain::contact::AttemptResult;
use domain::decide::{AskTeam, AskToMove, Attempt, FileAct, Keep, Live, Missed};
use domain::id::{AppointmentId, Ids};
use domain::person::{Channel, PersonRef, Role};
use domain::reason::{Fault, Reason};
use domain::ticket::TicketKind;
use domain::time::{Instant, Interval, Span};
use serde_json::{Map, Value, json};

/// Something that somebody does. Clients and weeks count as in [`Planted::booked`].
#[derive(Debug, Clone, Copy)]
pub enum Turn {
    /// An appointment beside the weekly ones, at the first free start of a window.
    BookWithin(Interval),
    /// The therapist says that they will be late.
    RunsLate,
    /// The therapist rings a client who has not come; nobody answers.
    RingsInVain,
    /// The client did not come.
    ClientMisses,
    /// The therapist did not come, and says so.
    TherapistMisses,
    /// The therapist asks the client for another time.
    AsksToMove,
    /// The therapist asks the team to rearrange what has begun.
    AsksTeam,
    /// The therapist asks support for help.
    AsksSupport,
    /// The weekly hour that is kept for the client is kept no longer, for now.
    Pauses,
    /// The owner makes a second version of the policy.
    RewordsReason,
}

/// Performs one. Where what it is about was never booked, nothing happens.
///
/// # Errors
/// Faults of the store.
pub fn perform(stage: &mut Stage, house: &mut Planted, client: usize, week: i64, turn: Turn) -> Flow<()> {
    if let Turn::BookWithin(window) = turn {
        return book_within(stage, house, client, week, window);
    }
    if let Turn::Pauses = turn {
        return pause(stage, house, client);
    }
    if let Turn::RewordsReason = turn {
        return reword(stage, house);
    }
    let Some((id, time)) = house.booked.get(&(client, week)).copied() else { return Ok(()) };
    let missed = Missed { reported_by: Role::Therapist, fault: Fault::Therapist };
    match turn {
        Turn::RunsLate => of_the_day(stage, house, client, id, Live::RunningLate(15)),
        Turn::RingsInVain => ring_in_vain(stage, house, client, id),
        Turn::ClientMisses => of_the_day(stage, house, client, id, Live::ClientNoShow),
        Turn::TherapistMisses => of_the_day(stage, house, client, id, Live::Missed(missed)),
        Turn::AsksToMove => ask_to_move(stage, house, client, id, time),
        Turn::AsksTeam => ask_team(stage, house, client, id),
        Turn::AsksSupport => ask_support(stage, house, client, id),
        Turn::BookWithin(_) | Turn::Pauses | Turn::RewordsReason => Ok(()),
    }
}

fn book_within(stage: &mut Stage, house: &mut Planted, client: usize, week: i64, window: Interval) -> Flow<()> {
    let Some(slot) = free(stage, house, client, window.from, window.to - window.from)?.first().copied() else {
        return Ok(());
    };
    if let Some(answer) = book_at(stage, house, client, slot.from)? {
        keep(house, client, week, &answer);
    }
    Ok(())
}

fn by_therapist(stage: &mut Stage, house: &Planted, client: usize) -> crate::flow::Ask {
    stage.ask(Who::Actor(actor(&house.therapist_of(client).person)))
}

fn of_the_day(stage: &mut Stage, house: &Planted, client: usize, id: AppointmentId, act: Live) -> Flow<()> {
    let (ask, tools) = (by_therapist(stage, house, client), stage.app.tools.clone());
    stage.act(move |tx| live::act(tx, &tools, &ask, id, act.clone(), None)).map(drop)
}

fn ring_in_vain(stage: &mut Stage, house: &Planted, client: usize, id: AppointmentId) -> Flow<()> {
    let PersonRef::Client(whom) = house.clients[client].id else { return Ok(()) };
    let (ask, tools) = (by_therapist(stage, house, client), stage.app.tools.clone());
    let (channel, result, at) = (Channel::Phone, AttemptResult::NoAnswer, ask.now);
    let attempt = Attempt { channel, result, at, agreed: None };
    stage.act(move |tx| case::attempt(tx, &tools, &ask, whom, Some(id), attempt.clone())).map(drop)
}

fn ask_to_move(stage: &mut Stage, house: &Planted, client: usize, id: AppointmentId, time: Interval) -> Flow<()> {
    let offer_slots = three_times(stage, house, client, time.to + Span::hours(20))?;
    let (initiator, reason) = (Initiator::Therapist, Some(Reason::TherapistTrainingMeeting));
    let wish = AskToMove { offer_slots, initiator, reason, words: None };
    let (ask, tools) = (by_therapist(stage, house, client), stage.app.tools.clone());
    stage.act(move |tx| moves::ask(tx, &tools, &ask, id, wish.clone(), None)).map(drop)
}

fn ask_team(stage: &mut Stage, house: &Planted, client: usize, id: AppointmentId) -> Flow<()> {
    let from = stage.app.now() + Span::hours(48);
    let Some(start) = free_from(stage, house, client, from, Span::hours(24 * 5))? else { return Ok(()) };
    let reason = "The fire alarm went off after five minutes, and we could not go back in.".to_owned();
    let wish = AskTeam { start, reason, agreement: None };
    let (ask, tools) = (by_therapist(stage, house, client), stage.app.tools.clone());
    stage.act(move |tx| moves::ask_team(tx, &tools, &ask, id, wish.clone())).map(drop)
}

fn ask_support(stage: &mut Stage, house: &Planted, client: usize, id: AppointmentId) -> Flow<()> {
    let (ask, tools) = (by_therapist(stage, house, client), stage.app.tools.clone());
    let body = "My camera shows a black picture since this morning. The sound works. What can I try?".to_owned();
    let (kind, appointment) = (TicketKind::Technical, Some(id));
    let wish = ticket::NewTicket { kind, appointment, on_behalf_of: None, body, hand_over: None };
    stage.write(move |tx| ticket::raise(tx, &tools, &ask, &mut Ids::new(ask.command, ask.now), wish.clone())).map(drop)
}

fn pause(stage: &mut Stage, house: &Planted, client: usize) -> Flow<()> {
    let relationship = house.relationships[client].id;
    let kept = stage.app.store.read(move |tx| -> Flow<_> { Ok(store::reserved_slot::of(tx, relationship)?) })?;
    match kept.first() {
        Some(slot) => about(stage, house, client, FileAct::Keep(Keep::Pause(slot.id))),
        None => Ok(()),
    }
}

/// Only words: what the practice asks of anybody stays as its preset has it.
fn reword(stage: &mut Stage, house: &Planted) -> Flow<()> {
    let Some(owner) = of_role(house, Role::Owner) else { return Ok(()) };
    let (ask, tools, practice) = (stage.ask(Who::Actor(actor(owner))), stage.app.tools.clone(), house.practice.id);
    let label = json!("Training, supervision or a meeting");
    let changes: Map<String, Value> =
        std::iter::once(("reasons.therapist_training_meeting.label".to_owned(), label)).collect();
    stage.write(move |tx| settings::policy(tx, &tools, &ask, practice, &changes)).map(drop)
}

/// The last working day's one o'clock before the demo begins, so many working days back: somebody is always there.
pub fn lunch(house: &Planted, begins: Instant, back: usize) -> Instant {
    let working = |days: &i64| {
        let at = house.wall(begins, -days, 13);
        at + Span::hours(3) < begins && at.in_zone(&house.practice.zone).weekday().to_monday_one_offset() <= 5
    };
    let days = (0..14).filter(working).nth(back).unwrap_or(14);
    house.wall(begins, -days, 13)
}
