//! What a gateway says became of a text. Said twice, late or out of order, it changes nothing that stands already.

use super::{Ask, Failed, Flow, Tools, due, link, load, nudge, ticket};
use domain::audit::Entry;
use domain::id::{AppointmentId, Ids, MessageId};
use domain::message::{Message, MessageKind, MessageState};
use domain::person::{Channel, PersonRef};
use domain::refusal::Refusal;
use domain::telling::consent::Source;
use domain::time::Instant;
use outside::sms::{Fate, Receipt};
use serde_json::json;
use store::{Done, Tx};

/// What the office reads where nothing else can be tried.
const CALL_THEM: &str = "Words to this client did not get through, and there is no other way to write to them that they \
                         agreed to. Please call them. What it was stands under What did not get through.";

/// Keeps what was said. What waited behind a text that arrived is not sent any more; behind one that failed it goes now,
/// and where nothing waits a person must tell them: in the same transaction, so that nothing comes between (U3).
///
/// # Errors
/// Not found; nothing where nothing new was said.
pub fn heard(tx: &mut Tx, tools: &Tools, ask: &Ask, id: MessageId, said: &Receipt) -> Flow<Done<()>> {
    let message = store::message::load(tx, id)?.ok_or_else(|| Refusal::not_found("message"))?;
    let state = match said.fate {
        Fate::Delivered => MessageState::Delivered,
        Fate::Failed => MessageState::Undeliverable,
        Fate::OnItsWay => return Err(Failed::Nothing { look_again: None }),
    };
    lock(tx, ask, &message, state)?;
    if !store::message::record(tx, id, state, &said.words, ask.now)? {
        return Err(Failed::Nothing { look_again: None });
    }
    let done = Done::new((), entry(tools, ask, &message, state, said));
    match state {
        MessageState::Delivered => {
            store::message::cancel_behind(tx, &message)?;
            Ok(done)
        }
        _ => undelivered(tx, tools, ask, &message, &said.words, done),
    }
}

/// Locks the people of a message that will not arrive.
pub(crate) fn lock(tx: &mut Tx, ask: &Ask, message: &Message, state: MessageState) -> Flow<()> {
    match message.appointment.filter(|_| state == MessageState::Undeliverable) {
        Some(about) => load::people_of(tx, ask, about),
        None => Ok(()),
    }
}

/// A message will not arrive: what waits behind it goes now, else a person must tell them (U3). Their duty's entry
/// follows the given one on the record.
pub(crate) fn undelivered<T>(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    message: &Message,
    words: &str,
    done: Done<T>,
) -> Flow<Done<T>> {
    number_unknown(tx, message, words, ask.now)?;
    if store::message::send_behind(tx, message, ask.now)? {
        return Ok(done);
    }
    let Some(about) = message.appointment else { return about_no_appointment(tx, tools, ask, message, done) };
    if message.channel == Channel::Push && is_told_besides(tx, about, message)? {
        return Ok(done);
    }
    match due::undeliverable(tx, tools, ask, about, message.to) {
        Ok(duty) => Ok(done.and(std::iter::once(duty.audit).chain(duty.more))),
        Err(Failed::Nothing { .. }) => Ok(done),
        Err(other) => Err(other),
    }
}

/// Words to a client about no appointment will not arrive: the same goes by letter where they may have one, else the office
/// calls, at most once a day for one client (U3).
fn about_no_appointment<T>(tx: &mut Tx, tools: &Tools, ask: &Ask, message: &Message, done: Done<T>) -> Flow<Done<T>> {
    if !matches!(message.to, PersonRef::Client(_)) {
        return Ok(done);
    }
    let entries = match (message.kind, message.channel) {
        (_, Channel::Email) | (MessageKind::Help, _) => Vec::new(),
        (MessageKind::MessageWaiting, _) if nudge::by_letter(tx, tools, ask, message.to)? => return Ok(done),
        (MessageKind::BookingLink, _) => link::by_letter(tx, tools, ask, message)?,
        _ => Vec::new(),
    };
    if !entries.is_empty() {
        return Ok(done.and(entries));
    }
    let Some(person) = store::person::load(tx, message.to)?.filter(|person| person.active) else { return Ok(done) };
    let mut ids = Ids::new(ask.command, ask.now);
    Ok(done.and(ticket::for_client(tx, tools, ask, &mut ids, &person, &message.address, CALL_THEM)?))
}

/// Whether the same goes, or went, by another way: a browser's notice only said that there is something.
fn is_told_besides(tx: &mut Tx, about: AppointmentId, notice: &Message) -> Flow<bool> {
    let lost = [MessageState::Superseded, MessageState::Cancelled, MessageState::Undeliverable];
    let same = |other: &Message| {
        (other.to, other.kind, other.revision) == (notice.to, notice.kind, notice.revision)
            && other.channel != Channel::Push
            && !lost.contains(&other.state)
    };
    Ok(store::message::of_appointment(tx, about)?.iter().any(same))
}

/// Where the network says that nobody has this number, it is not used any more until it is changed or somebody says that
/// it is right.
fn number_unknown(tx: &mut Tx, message: &Message, words: &str, now: Instant) -> Flow<()> {
    let PersonRef::Client(client) = message.to else { return Ok(()) };
    if message.channel != Channel::Sms || !outside::sms::says_no_such_number(words) {
        return Ok(());
    }
    let Some(mut person) = store::person::lock(tx, message.to)? else { return Ok(()) };
    let is_theirs = person.phone.as_deref() == Some(message.address.as_str());
    if !is_theirs || person.preference.file.is_wrong(&message.address) {
        return Ok(());
    }
    let file = std::mem::take(&mut person.preference.file);
    person.preference.file = file.wrong(&message.address, Source::Network, now);
    store::person::update_preference(tx, client, &person.preference)?;
    Ok(())
}

fn entry(tools: &Tools, ask: &Ask, message: &Message, state: MessageState, said: &Receipt) -> Entry {
    let mut subjects = vec![message.id.to_string(), message.to.to_string()];
    subjects.extend(message.appointment.map(|id| id.to_string()));
    Entry {
        practice: message.practice,
        command: ask.command,
        at: ask.now,
        actor: ask.who.scope().signature(),
        on_behalf_of: None,
        word: format!("message_{}", state.as_str()),
        subjects,
        details: json!({ "kind": message.kind, "channel": message.channel, "reply": said.words }),
        salt: tools.link_key.salt(ask.command),
    }
}
