//! A conversation in the portal: somebody writes, somebody opens it. A client's words are taken in as a text of theirs would
//! be and read by a job (`flow::reply`); words to a client are a message that is there at once, and that they know of when
//! they have opened it.

use super::letter::entry;
use super::{Ask, Failed, Flow, Tools, appointment, jobs, load, nudge, settings, ticket};
use crate::words::clean;
use domain::access::Scope;
use domain::audit::Entry;
use domain::conversation::{Between, Line, LineId, Thread, checked, is_open};
use domain::decide::Command;
use domain::id::{AppointmentId, ClientId, Ids, RelationshipId};
use domain::inbound::Inbound;
use domain::message::{Message, MessageKind, MessageState};
use domain::obligation::ObligationKind;
use domain::person::{Channel, Person, PersonRef};
use domain::practice::Relationship;
use domain::refusal::Refusal;
use domain::telling::answer::Question;
use domain::time::Span;
use load::Mode;
use serde_json::json;
use store::job::{Job, Priority};
use store::{Cursor, Done, Page, Tx};

/// Lines that one person may write in an hour.
const LINES_AN_HOUR: u32 = 60;
/// Lines of a conversation that one look shows and so opens; older ones are opened by looking again.
pub const LINES_SHOWN: u32 = 100;
/// Conversations of one client that are looked at.
const THREADS_MAX: u32 = 50;
/// Appointments that a client's words may be about.
const NEAR: u32 = 20;
/// How long a question may be answered here, as by text.
const ANSWERED_WITHIN: Span = Span::hours(14 * 24);

/// A conversation as a page of it shows it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The two.
    pub pair: Relationship,
    /// The client.
    pub client: Person,
    /// The therapist.
    pub therapist: Person,
    /// Its lines, newest first.
    pub lines: Page<Line>,
}

/// One conversation, if whoever asks may see it.
pub fn find(tx: &mut Tx, ask: &Ask, id: RelationshipId, after: Option<&Cursor>, limit: u32) -> Flow<Found> {
    let scope = ask.who.scope();
    let pair = pair(tx, ask, id)?;
    let missing = || Refusal::not_found("conversation");
    let client = store::person::load(tx, PersonRef::Client(pair.client))?.ok_or_else(missing)?;
    let therapist = store::person::load(tx, PersonRef::Therapist(pair.therapist))?.ok_or_else(missing)?;
    let lines = store::conversation::lines(tx, &scope, id, after, limit)?;
    Ok(Found { pair, client, therapist, lines })
}

/// The conversations of whoever asks: those in which a client waits to be read first.
pub fn list(tx: &mut Tx, ask: &Ask, limit: u32) -> Flow<Vec<Thread>> {
    Ok(store::conversation::threads(tx, &ask.who.scope(), limit)?)
}

/// Writes a line: the client's own words, or words to them. Gives its id.
///
/// # Errors
/// Not found; those of [`checked`] and [`is_open`]; `too_many` for one who writes more than anybody reads.
pub fn write(tx: &mut Tx, tools: &Tools, ask: &Ask, id: RelationshipId, words: &str) -> Flow<Done<LineId>> {
    let words = checked(words)?;
    let pair = pair(tx, ask, id)?;
    is_open(&pair)?;
    let used = store::tally::take(tx, &format!("lines {}", ask.who.scope().signature()), Span::hours(1), ask.now)?;
    if used > LINES_AN_HOUR {
        let detail =
            "That is a lot for one hour, so nothing more is taken just now. Call the practice if it cannot wait.";
        return Err(Refusal::conflict("too_many", detail).into());
    }
    let words = clean::lines(words).join("\n");
    let (line, entries) = match ask.who.scope().limits().client {
        Some(_) => (said(tx, ask, &pair, &words)?, Vec::new()),
        None => told(tx, tools, ask, &pair, &words)?,
    };
    let subjects = vec![line.to_string(), pair.id.to_string(), pair.client.to_string()];
    let own = entry(tools, ask, pair.practice, "conversation_written", subjects, json!({}));
    Ok(Done::new(line, own).and(entries))
}

/// The client's own words: kept, on their way to be read, and with the therapist at once.
fn said(tx: &mut Tx, ask: &Ask, pair: &Relationship, words: &str) -> Flow<LineId> {
    let mut ids = Ids::new(ask.command, ask.now);
    let answers = question(tx, ask, pair)?;
    let about = match answers.as_ref().and_then(|message| message.appointment) {
        Some(about) => Some(about),
        None => nearest(tx, ask, pair.id)?,
    };
    let inbound = Inbound {
        id: ids.mint(),
        practice: pair.practice,
        client: pair.client,
        answers: answers.map(|message| message.id),
        appointment: about,
        channel: Channel::InApp,
        address: pair.id.to_string(),
        body: words.to_owned(),
        received_at: ask.now,
        understood: None,
    };
    let line = LineId::Said(inbound.id);
    // The command's own id: what is run again from the start is the same line.
    if store::inbound::insert(tx, &inbound, &format!("in_app:{}", ask.command))? {
        let _ = store::conversation::insert(tx, &pair.into(), line, Some(PersonRef::Client(pair.client)), ask.now)?;
        let (subject, practice) = (inbound.id.to_string(), inbound.practice);
        let job = Job { kind: jobs::REPLY, subject: &subject, practice, priority: Priority::Urgent, due_at: ask.now };
        store::job::enqueue(tx, &job)?;
        nudge::therapist(tx, ask, &mut ids, pair)?;
    }
    Ok(line)
}

/// The question that these words may answer: what was asked last about an appointment of these two, unless a person has
/// written to them since. Else what they were told last.
fn question(tx: &mut Tx, ask: &Ask, pair: &Relationship) -> Flow<Option<Message>> {
    let scope = ask.who.scope();
    let mut newest = None;
    let told = store::message::told(tx, PersonRef::Client(pair.client), ask.now - ANSWERED_WITHIN)?;
    let by_a_person = |message: &&Message| message.kind == MessageKind::Message && message.channel == Channel::InApp;
    let spoken = told.iter().filter(by_a_person).filter_map(|message| message.handed_at).max();
    // Of two at the same moment a person reads the answer.
    for message in told.into_iter().filter(|message| message.handed_at > spoken) {
        let Some(about) = message.appointment else { continue };
        let of_these_two =
            store::appointment::load(tx, &scope, about)?.is_some_and(|about| about.relationship == pair.id);
        if of_these_two && Question::of(message.kind, message.link).is_some() {
            return Ok(Some(message));
        }
        if of_these_two && newest.is_none() {
            newest = Some(message);
        }
    }
    Ok(newest)
}

/// What a client most likely writes about: the next appointment of these two, else their last.
fn nearest(tx: &mut Tx, ask: &Ask, relationship: RelationshipId) -> Flow<Option<AppointmentId>> {
    use store::appointment::{Filter, Order};
    let scope = ask.who.scope();
    let next = store::appointment::next_of(tx, &scope, ask.now, NEAR)?;
    let past = Filter { to: Some(ask.now), order: Order::Descending, ..Filter::default() };
    let past = store::appointment::list(tx, &scope, &past, None, NEAR)?.items;
    let found = next.iter().chain(&past).find(|about| about.relationship == relationship);
    Ok(found.map(|about| about.id))
}

/// Words to the client: there at once. What the client asked is answered by them, and was read.
fn told(tx: &mut Tx, tools: &Tools, ask: &Ask, pair: &Relationship, words: &str) -> Flow<(LineId, Vec<Entry>)> {
    let mut ids = Ids::new(ask.command, ask.now);
    let reader =
        store::person::load(tx, PersonRef::Client(pair.client))?.ok_or_else(|| Refusal::not_found("client"))?;
    if nudge::way(tx, tools, &reader)?.is_none() {
        let detail = "They would not hear that something waits for them here. Call instead.";
        return Err(Refusal::conflict("out_of_reach", detail).into());
    }
    let author = match &ask.who {
        super::Who::Actor(actor) => actor.person,
        _ => return Err(Refusal::not_found("conversation").into()),
    };
    let message = Message {
        address: String::new(),
        channel: Channel::InApp,
        text: words.to_owned(),
        state: MessageState::Delivered,
        handed_at: Some(ask.now),
        ..Message::letter(ids.mint(), ask.command, &reader, MessageKind::Message, ask.now)
    };
    store::message::insert(tx, &message)?;
    let line = LineId::Told(message.id);
    let _ = store::conversation::insert(tx, &pair.into(), line, Some(author), ask.now)?;
    for waiting in store::conversation::unread(tx, &ask.who.scope(), pair.id, true, LINES_SHOWN)? {
        let _ = store::conversation::mark_read(tx, waiting.id, ask.now)?;
    }
    for duty in store::obligation::owed_between(tx, pair.id, ObligationKind::AnswerClient)? {
        ticket::settle_duty(tx, ask, duty.id, format!("answered by {}", message.id))?;
    }
    nudge::client(tx, tools, ask, &mut ids, pair.into())?;
    Ok((line, Vec::new()))
}

/// Whoever it was written to opens it, at the newest lines or those before `before`: the client what was written to them, the
/// therapist what the client wrote. The office's look leaves it unread for the therapist. What a client has opened they know,
/// and what waited to tell them the same by another way is not needed any more. Gives how many lines were new to them.
///
/// # Errors
/// Not found; [`Failed::Nothing`] where there was nothing new.
pub fn opened(tx: &mut Tx, tools: &Tools, ask: &Ask, id: RelationshipId, before: Option<&Cursor>) -> Flow<Done<u32>> {
    let pair = pair(tx, ask, id)?;
    let limits = ask.who.scope().limits();
    if limits.client.is_none() && limits.therapist.is_none() {
        return Err(Failed::Nothing { look_again: None });
    }
    let mut read = Vec::new();
    // What is not on the page was not seen.
    let shown = store::conversation::lines(tx, &ask.who.scope(), id, before, LINES_SHOWN)?.items;
    let theirs = |line: &Line| line.read_at.is_none() && line.is_from_client() == limits.client.is_none();
    for line in shown.into_iter().rev().filter(theirs) {
        if store::conversation::mark_read(tx, line.id, ask.now)? {
            read.push(line);
        }
    }
    if read.is_empty() {
        return Err(Failed::Nothing { look_again: None });
    }
    if let Some(client) = limits.client {
        nothing_waits(tx, ask, client)?;
    }
    let mut entries = Vec::new();
    for line in &read {
        if let LineId::Told(message) = line.id {
            entries.extend(known(tx, tools, ask, message)?);
        }
    }
    let mut subjects = vec![pair.id.to_string(), pair.client.to_string()];
    subjects.extend(read.iter().map(|line| line.id.to_string()));
    let own = entry(tools, ask, pair.practice, "conversation_read", subjects, json!({ "lines": read.len() }));
    Ok(Done::new(read.len() as u32, own).and(entries))
}

/// Word that something waits is not needed any more, once nothing waits in any conversation of theirs.
fn nothing_waits(tx: &mut Tx, ask: &Ask, client: ClientId) -> Flow<()> {
    let threads = store::conversation::threads(tx, &ask.who.scope(), THREADS_MAX)?;
    if threads.iter().all(|thread| thread.unread_by_client == 0) {
        store::message::cancel_waiting(tx, PersonRef::Client(client))?;
    }
    Ok(())
}

/// The client has read this message: what waits behind it goes no more, and where nothing newer was written to them about
/// the appointment, they know how things stand.
fn known(tx: &mut Tx, tools: &Tools, ask: &Ask, id: domain::id::MessageId) -> Flow<Vec<Entry>> {
    let Some(message) = store::message::load(tx, id)? else { return Ok(Vec::new()) };
    let Some(about) = message.appointment else { return Ok(Vec::new()) };
    store::message::cancel_behind(tx, &message)?;
    let unsent = [MessageState::Superseded, MessageState::Cancelled];
    let all = store::message::of_appointment(tx, about)?;
    let newer =
        |other: &Message| other.to == message.to && other.revision > message.revision && !unsent.contains(&other.state);
    if all.iter().any(newer) {
        return Ok(Vec::new());
    }
    let situation = load::appointment(tx, tools, ask, about, &[], Mode::Change)?;
    match appointment::change(tx, tools, ask, situation, Command::ReadInPortal) {
        Ok(done) => Ok(std::iter::once(done.audit).chain(done.more).collect()),
        Err(Failed::Nothing { .. } | Failed::Refused(_)) => Ok(Vec::new()),
        Err(other) => Err(other),
    }
}

/// A notice of the house lands in the conversation of the two whom it is about. None where there is no such conversation.
pub(crate) fn land(tx: &mut Tx, message: &Message, now: domain::time::Instant) -> Flow<Option<Between>> {
    let system = Scope::System("deliver");
    let Some(about) = message.appointment.map(|id| store::appointment::load(tx, &system, id)).transpose()?.flatten()
    else {
        return Ok(None);
    };
    if message.to != PersonRef::Client(about.client) {
        return Ok(None);
    }
    let between = Between {
        practice: about.practice,
        relationship: about.relationship,
        therapist: about.therapist,
        client: about.client,
    };
    let _ = store::conversation::insert(tx, &between, LineId::Told(message.id), None, now)?;
    Ok(Some(between))
}

/// The two, if whoever asks may see their conversation and they are of one practice.
fn pair(tx: &mut Tx, ask: &Ask, id: RelationshipId) -> Flow<Relationship> {
    let found = store::relationship::load(tx, &ask.who.scope(), id)?;
    let found = found.ok_or_else(|| Refusal::not_found("conversation"))?;
    settings::client_in_scope(tx, ask, found.client)?;
    Ok(found)
}
