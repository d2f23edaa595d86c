//! Letters that are about no change of an appointment: words to a client, and word of a request for help.

use super::{Ask, Flow, Tools, jobs};
use crate::words::{Day, Plain, Written};
use domain::audit::Entry;
use domain::id::{AppointmentId, ClientId, Ids, PracticeId, RelationshipId};
use domain::inbound::Inbound;
use domain::message::{LinkTo, Message, MessageKind};
use domain::obligation::ObligationKind;
use domain::person::{Channel, Person, PersonRef, Role};
use domain::practice::Practice;
use serde_json::{Value, json};
use store::job::{Job, Priority};
use store::{Done, Tx};

/// Letters that words to a client may have.
pub const WORDS_MAX: usize = 2_000;

/// Writes a letter and puts it on its way.
#[allow(clippy::too_many_arguments)]
pub(super) fn send(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    to: &Person,
    practice: &Practice,
    plain: &Plain<'_>,
    urgent: bool,
) -> Flow<Message> {
    let message = draft(tools, ask, ids, to, practice, plain, urgent);
    put(tx, &message)?;
    Ok(message)
}

/// The letter, not on its way.
fn draft(
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    to: &Person,
    practice: &Practice,
    plain: &Plain<'_>,
    urgent: bool,
) -> Message {
    written(ask, ids, to, plain.kind, urgent, tools.writer.plain(practice, to, plain, ask.now))
}

/// A therapist's day, put on its way.
pub(super) fn day(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    to: &Person,
    practice: &Practice,
    day: &Day,
) -> Flow<Message> {
    let words = tools.writer.digest(practice, to, day, ask.now);
    let message = written(ask, ids, to, MessageKind::Digest, false, words);
    put(tx, &message)?;
    Ok(message)
}

fn written(ask: &Ask, ids: &mut Ids, to: &Person, kind: MessageKind, urgent: bool, words: Written) -> Message {
    let Written { subject, text, html, .. } = words;
    Message { urgent, subject, text, html, ..Message::letter(ids.mint(), ask.command, to, kind, ask.now) }
}

/// Puts a message on its way.
pub(super) fn put(tx: &mut Tx, message: &Message) -> Flow<()> {
    store::message::insert(tx, message)?;
    let priority = if message.urgent { Priority::Urgent } else { Priority::Normal };
    let (subject, practice) = (message.id.to_string(), message.practice);
    let job = Job { kind: jobs::DELIVER, subject: &subject, practice, priority, due_at: message.send_at };
    Ok(store::job::enqueue(tx, &job)?)
}

/// What goes along with words to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attach {
    /// Nothing.
    Nothing,
    /// The client's own booking link (G-13).
    BookingLink,
    /// A guide for clients (G-05).
    Guide(domain::id::GuideId),
}

/// Who to turn to, for a client who wrote HELP: by the way that they wrote.
pub(super) fn how_to_reach_us(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    client: &Person,
    inbound: &Inbound,
) -> Flow<Message> {
    use domain::refusal::Refusal;
    let practice = store::practice::load(tx, client.practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let plain = Plain { kind: MessageKind::Help, words: "", sender: None, with_booking_link: false, page: None };
    let mut message = draft(tools, ask, ids, client, &practice, &plain, true);
    if inbound.channel == Channel::Sms {
        let text = tools.writer.plain_short(&practice, client, &plain, ask.now);
        let (channel, address) = (Channel::Sms, inbound.address.clone());
        message = Message { channel, address, text, subject: String::new(), html: String::new(), ..message };
    }
    put(tx, &message)?;
    Ok(message)
}

/// Words to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// To whom.
    pub client: ClientId,
    /// About which appointment, if about one.
    pub appointment: Option<AppointmentId>,
    /// The words.
    pub body: String,
    /// What goes along.
    pub attach: Attach,
}

/// Sends words to a client by e-mail (G-13): practical things only, under a neutral subject, and on their file.
pub fn to_client(tx: &mut Tx, tools: &Tools, ask: &Ask, words: &Words) -> Flow<Done<Message>> {
    let mut ids = Ids::new(ask.command, ask.now);
    let (to, practice, relationship) = reader(tx, ask, words)?;
    let body = checked(&words.body)?;
    if to.email.is_none() {
        let detail = "There is no e-mail address on file. Call instead, or add one first.";
        return Err(domain::refusal::Refusal::invalid("address_missing", "client", detail).into());
    }
    let page = match words.attach {
        Attach::Guide(id) => Some(guide_page(tx, tools, ask, id)?),
        _ => None,
    };
    if to.address(Channel::Email).is_none() {
        let detail = "They asked not to be written to by e-mail. Call instead.";
        return Err(domain::refusal::Refusal::conflict("opted_out", detail).into());
    }
    if to.preference.file.safe_content && words.attach != Attach::BookingLink {
        let detail = "They asked that messages say nothing, so these words would not reach them. Call instead.";
        return Err(domain::refusal::Refusal::conflict("safe_content", detail).into());
    }
    let sender = sender(tx, ask)?;
    let plain = Plain {
        kind: MessageKind::Message,
        words: &body,
        sender: sender.as_ref().map(Person::first_name),
        with_booking_link: words.attach == Attach::BookingLink,
        page: page.as_ref().map(|(url, title)| (url.as_str(), title.as_str())),
    };
    let mut message = draft(tools, ask, &mut ids, &to, &practice, &plain, false);
    message.appointment = words.appointment;
    if words.attach == Attach::BookingLink {
        message.link = Some(LinkTo::Booking(relationship));
        super::link::open(tx, tools, ask, practice.id, words.client, relationship)?;
    }
    put(tx, &message)?;
    if let Some(about) = words.appointment {
        answered(tx, ask, about, &message)?;
    }
    let mut subjects = vec![words.client.to_string(), relationship.to_string(), message.id.to_string()];
    subjects.extend(words.appointment.map(|id| id.to_string()));
    let attached = match words.attach {
        Attach::Nothing => Value::Null,
        Attach::BookingLink => json!("booking_link"),
        Attach::Guide(id) => json!(id),
    };
    let entry = entry(tools, ask, practice.id, "message_written", subjects, json!({ "attached": attached }));
    Ok(Done::new(message, entry))
}

/// What the client wrote back about it is answered by this.
fn answered(tx: &mut Tx, ask: &Ask, about: AppointmentId, message: &Message) -> Flow<()> {
    let duties = store::obligation::of_appointment(tx, about)?;
    for duty in duties.iter().filter(|duty| duty.kind == ObligationKind::AnswerClient && duty.is_owed()) {
        super::ticket::settle_duty(tx, ask, duty.id, format!("answered by {}", message.id))?;
    }
    Ok(())
}

/// The client, their practice and the relationship, if whoever writes works with them.
fn reader(tx: &mut Tx, ask: &Ask, words: &Words) -> Flow<(Person, Practice, RelationshipId)> {
    use domain::refusal::Refusal;
    let scope = ask.who.scope();
    let relationship = match words.appointment {
        Some(id) => {
            let about = store::appointment::load(tx, &scope, id)?.filter(|about| about.client == words.client);
            about.ok_or_else(|| Refusal::not_found("appointment"))?.relationship
        }
        None => {
            let found = store::relationship::latest_of(tx, &scope, words.client)?;
            found.ok_or_else(|| Refusal::not_found("client"))?.id
        }
    };
    let to = super::settings::client_in_scope(tx, ask, words.client)?;
    let practice = store::practice::load(tx, to.practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    Ok((to, practice, relationship))
}

fn checked(body: &str) -> Flow<String> {
    use domain::refusal::Refusal;
    let body = body.trim();
    if body.is_empty() {
        return Err(Refusal::invalid("required", "body", "Write what they should know.").into());
    }
    if body.chars().count() > WORDS_MAX {
        let detail = format!("Keep it under {WORDS_MAX} letters. For more, a call is better.");
        return Err(Refusal::invalid("too_long", "body", detail).into());
    }
    Ok(body.to_owned())
}

fn guide_page(tx: &mut Tx, tools: &Tools, ask: &Ask, id: domain::id::GuideId) -> Flow<(String, String)> {
    let guide = super::guide::readable(tx, ask, id)?;
    if !guide.is_public() {
        let detail = "That guide is for therapists. Choose one that is written for clients.";
        return Err(domain::refusal::Refusal::invalid("not_for_clients", "attach.guidance", detail).into());
    }
    Ok((super::guide::address(&tools.base_url, guide.id), guide.words.title))
}

/// Who writes, as the client knows them.
fn sender(tx: &mut Tx, ask: &Ask) -> Flow<Option<Person>> {
    match &ask.who {
        super::Who::Actor(actor) => Ok(store::person::load(tx, actor.person)?),
        _ => Ok(None),
    }
}

/// The people of these roles who can be written to; the owners where nobody has one of them.
pub(super) fn team(tx: &mut Tx, practice: PracticeId, roles: &[Role]) -> Flow<Vec<Person>> {
    let found = store::person::of_roles(tx, practice, roles)?;
    if !found.is_empty() {
        return Ok(found);
    }
    Ok(store::person::of_roles(tx, practice, &[Role::Owner])?)
}

/// An entry of the record by whoever asks.
pub(super) fn entry(
    tools: &Tools,
    ask: &Ask,
    practice: PracticeId,
    word: &str,
    subjects: Vec<String>,
    details: Value,
) -> Entry {
    Entry {
        practice,
        command: ask.command,
        at: ask.now,
        actor: ask.who.scope().signature(),
        on_behalf_of: None,
        word: word.to_owned(),
        subjects,
        details,
        salt: tools.link_key.salt(ask.command),
    }
}

/// Who asks, where it is a person.
pub(super) fn person_of(ask: &Ask) -> Option<(PersonRef, Role)> {
    match &ask.who {
        super::Who::Actor(actor) => Some((actor.person, actor.role)),
        super::Who::Link { client, .. } => Some((PersonRef::Client(*client), Role::Client)),
        super::Who::System(_) => None,
    }
}

/// Where a link stood in words that have gone.
const LEFT_OUT: &str = "(the link is left out here)";

/// The words as they are looked at later: with their receipt, and without what opens something.
pub fn looked_at(tx: &mut Tx, message: &Message) -> Flow<String> {
    let receipt = store::audit::receipt_of(tx, message.command)?.map(|receipt| receipt.to_string()).unwrap_or_default();
    let link = if message.handed_at.is_some() { LEFT_OUT } else { super::answer::MASKED_LINK };
    Ok(message.text.replace("{link}", link).replace("{receipt}", &receipt).trim().to_owned())
}

/// The words as people are shown them: what is filled in at hand-off is masked.
pub fn masked(text: &str) -> String {
    text.replace("{link}", super::answer::MASKED_LINK).replace("{receipt}", super::answer::MASKED_RECEIPT)
}
