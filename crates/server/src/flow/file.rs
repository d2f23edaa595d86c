//! Acts about the record: the attendance update, corrections, statements, relationships, reserved times, screenings.

use super::appointment::{change, check_seen, look};
use super::{Answer, Ask, Flow, Tools, load};
use domain::appointment::{Appointment, State};
use domain::attendance::Attended;
use domain::audit::Entry;
use domain::contact::Note;
use domain::decide::{Command, FileAct, Keep, OnFile, Situation, around};
use domain::id::{AppointmentId, ClientId, RelationshipId, ReservedSlotId};
use domain::practice::Relationship;
use domain::refusal::Refusal;
use domain::reserved::ReservedSlot;
use domain::time::Instant;
use load::Mode;
use store::appointment::Filter;
use store::{Done, Tx};

/// Bookings of two people that one act may touch.
const BOOKINGS_MAX: u32 = 200;

/// An act about one appointment; `seen` is the revision that the person was looking at.
pub fn about_appointment(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    act: FileAct,
    seen: Option<u32>,
) -> Flow<Done<Answer>> {
    let situation = of_appointment(tx, tools, ask, id, &act, Mode::Change)?;
    check_seen(&situation, seen)?;
    change(tx, tools, ask, situation, Command::File(act))
}

/// What it would do.
pub fn preview_about_appointment(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    act: FileAct,
) -> Flow<Answer> {
    let situation = of_appointment(tx, tools, ask, id, &act, Mode::Preview)?;
    look(tools, ask, situation, Command::File(act))
}

/// An act about two people.
pub fn about_two(tx: &mut Tx, tools: &Tools, ask: &Ask, id: RelationshipId, act: FileAct) -> Flow<Done<Answer>> {
    let situation = of_two(tx, tools, ask, id, &act, Mode::Change)?;
    change(tx, tools, ask, situation, Command::File(act))
}

/// What it would do.
pub fn preview_about_two(tx: &mut Tx, tools: &Tools, ask: &Ask, id: RelationshipId, act: FileAct) -> Flow<Answer> {
    let situation = of_two(tx, tools, ask, id, &act, Mode::Preview)?;
    look(tools, ask, situation, Command::File(act))
}

/// The reserved time, if it is in scope, and the relationship that it is of.
pub fn reserved(tx: &mut Tx, ask: &Ask, id: ReservedSlotId) -> Flow<ReservedSlot> {
    let found = store::reserved_slot::load(tx, &ask.who.scope(), id)?;
    Ok(found.ok_or_else(|| Refusal::not_found("reserved slot"))?)
}

/// The relationship in which this person sees the client: a therapist's own, else the one that is worked in now.
pub fn with_client(tx: &mut Tx, ask: &Ask, client: ClientId) -> Flow<Relationship> {
    let found = store::relationship::latest_of(tx, &ask.who.scope(), client)?;
    Ok(found.ok_or_else(|| Refusal::not_found("client"))?)
}

/// Reads the notes of an appointment; that somebody did goes on the record (`rulings` 10, V-15).
pub fn read_notes(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppointmentId) -> Flow<Done<Vec<Note>>> {
    let found = store::appointment::load(tx, &ask.who.scope(), id)?;
    let about = found.ok_or_else(|| Refusal::not_found("appointment"))?;
    let notes = store::contact::notes_of(tx, &ask.who.scope(), id)?;
    let subjects = vec![about.id.to_string(), about.client.to_string()];
    let read: Vec<String> = notes.iter().map(|note| note.id.to_string()).collect();
    let entry = Entry {
        practice: about.practice,
        command: ask.command,
        at: ask.now,
        actor: ask.who.scope().signature(),
        on_behalf_of: None,
        word: "notes_read".to_owned(),
        subjects,
        details: serde_json::json!({ "notes": read }),
        salt: tools.link_key.salt(ask.command),
    };
    Ok(Done::new(notes, entry))
}

fn of_appointment(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    act: &FileAct,
    mode: Mode,
) -> Flow<Situation> {
    let starts: Vec<Instant> = match act {
        // What was missed on our side is made good with times at once, so the next days are looked at.
        FileAct::Update(wish) if wish.attended.is_our_side() => around(ask.now),
        FileAct::Update(wish) => wish.next.iter().map(|next| next.start).collect(),
        _ => Vec::new(),
    };
    let mut situation = load::appointment(tx, tools, ask, id, &starts, mode)?;
    if matches!(act, FileAct::Update(wish) if wish.attended == Attended::No) {
        super::live::absence(tx, &mut situation)?;
    }
    situation.file = match act {
        FileAct::Update(_) => OnFile {
            upcoming: upcoming(tx, ask, &situation.relationship)?,
            reserved: store::reserved_slot::of(tx, situation.relationship.id)?,
            ..OnFile::default()
        },
        FileAct::Correct(_) => OnFile {
            entries: store::ledger::of_appointment(tx, situation.relationship.client, id)?,
            ..OnFile::default()
        },
        _ => OnFile::default(),
    };
    Ok(situation)
}

fn of_two(tx: &mut Tx, tools: &Tools, ask: &Ask, id: RelationshipId, act: &FileAct, mode: Mode) -> Flow<Situation> {
    let starts = match act {
        FileAct::Keep(wish) => next_start(tx, ask, id, wish)?.into_iter().collect(),
        _ => Vec::new(),
    };
    let mut situation = load::relationship(tx, tools, ask, id, &starts, mode)?;
    situation.file = OnFile {
        upcoming: upcoming(tx, ask, &situation.relationship)?,
        reserved: store::reserved_slot::of(tx, id)?,
        duties: store::obligation::of_relationship(tx, id)?,
        screening: store::risk::load(tx, &ask.who.scope(), situation.relationship.client)?,
        entries: Vec::new(),
    };
    if matches!(act, FileAct::End(_)) && situation.appointment.is_none() {
        situation.appointment = last(tx, ask, &situation.relationship)?;
    }
    Ok(situation)
}

/// When the time that is asked for comes next: there the diaries are looked at.
fn next_start(tx: &mut Tx, ask: &Ask, id: RelationshipId, wish: &Keep) -> Flow<Option<Instant>> {
    let Some(pair) = store::relationship::load(tx, &ask.who.scope(), id)? else { return Ok(None) };
    let Some(therapist) = store::therapist::load(tx, pair.therapist)? else { return Ok(None) };
    let zone = &therapist.schedule.zone;
    Ok(match wish {
        Keep::Add(pattern) => Some(pattern.first_start(zone, ask.now)),
        Keep::Restore(slot) | Keep::Resume(slot) => {
            let found = store::reserved_slot::load(tx, &ask.who.scope(), *slot)?;
            found.and_then(|slot| slot.next_times(zone, ask.now, 1).first().map(|(_, time)| time.from))
        }
        _ => None,
    })
}

/// What is booked for the two from now on, the soonest first.
pub fn upcoming(tx: &mut Tx, ask: &Ask, pair: &Relationship) -> Flow<Vec<Appointment>> {
    let filter = Filter {
        therapist: Some(pair.therapist),
        client: Some(pair.client),
        from: Some(ask.now),
        states: vec![State::Requested.word(), State::Booked.word()],
        ..Filter::default()
    };
    Ok(store::appointment::list(tx, &ask.who.scope(), &filter, None, BOOKINGS_MAX)?.items)
}

fn last(tx: &mut Tx, ask: &Ask, pair: &Relationship) -> Flow<Option<Appointment>> {
    let filter = Filter {
        therapist: Some(pair.therapist),
        client: Some(pair.client),
        order: store::appointment::Order::Descending,
        ..Filter::default()
    };
    Ok(store::appointment::list(tx, &ask.who.scope(), &filter, None, 1)?.items.pop())
}
