//! A client's own booking link: shown to whoever passes it on by hand, sent by the way that the client prefers, and sent again
//! to a client who lost it (G-12 to G-14).

use super::letter::entry;
use super::load::{self, Mode};
use super::{Ask, Failed, Flow, Tools, Who, jobs, ticket};
use crate::words::About;
use domain::access::{Actor, Purpose, Scope, Via};
use domain::appointment::Appointment;
use domain::audit::Entry;
use domain::decide::Situation;
use domain::id::{AppointmentId, ClientId, Ids, PracticeId, RelationshipId, TokenId};
use domain::message::{Facts, LinkTo, Message, MessageKind, MessageState, Notice};
use domain::person::{Channel, Person, PersonRef, Role};
use domain::practice::{Relationship, RelationshipState};
use domain::refusal::Refusal;
use domain::telling::address::{self, Typed};
use domain::telling::made::MadeFrom;
use domain::telling::route;
use domain::time::{Instant, Span};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::appointment::{Filter, Order};
use store::job::{Job, Priority};
use store::link::Link;
use store::{Done, LONGEST_PAGE, Tx};

/// How often in an hour a client is sent their links because somebody asked who was not signed in.
const ASKED_MAX: u32 = 3;
/// What the office reads where there is no way to send it.
const CALL_THEM: &str = "Somebody asked for this client's booking link, with an address or number that is on their file. There \
                         is no way to write to them that they agreed to, so please call the number on file.";
/// Clients that one address or number may be of: a household shares some.
const CLIENTS_MAX: usize = 10;
/// Therapists of one client whose links are sent.
const PAIRS_MAX: u32 = 5;

/// The address, and that it opens something: makes the link's row where no message has done so yet.
/// [`Failed::Nothing`] where it is there already.
pub fn booking(tx: &mut Tx, tools: &Tools, ask: &Ask, id: RelationshipId) -> Flow<Done<String>> {
    let found = store::relationship::load(tx, &ask.who.scope(), id)?.ok_or_else(|| Refusal::not_found("client"))?;
    let link = LinkTo::Booking(id);
    if store::link::by_hash(tx, secret_hash(tools, link))?.is_some() {
        return Err(Failed::Nothing { look_again: None });
    }
    open(tx, tools, ask, found.practice, found.client, id)?;
    let subjects = vec![id.to_string(), found.client.to_string()];
    let entry = entry(tools, ask, found.practice, "booking_link_made", subjects, json!({}));
    Ok(Done::new(tools.link_key.url(&tools.base_url, link), entry))
}

/// Makes the link's row, where it is not there yet.
pub(super) fn open(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    practice: PracticeId,
    client: ClientId,
    id: RelationshipId,
) -> Flow<()> {
    let link = LinkTo::Booking(id);
    let row = Link {
        id: tools.link_key.token(link),
        practice,
        client,
        purpose: Purpose::Book(id),
        secret_hash: secret_hash(tools, link),
        created_at: ask.now,
        expires_at: None,
    };
    Ok(store::link::ensure(tx, &row)?)
}

fn secret_hash(tools: &Tools, link: LinkTo) -> [u8; 32] {
    Sha256::digest(tools.link_key.secret(link).as_bytes()).into()
}

/// Sends the link by the way that the client prefers: a text waits until their quiet hours are over. `about` is the
/// appointment from whose page it is sent.
///
/// # Errors
/// Not found; 409 `not_active`; 409 `on_its_way` where one has not gone yet; 422 `address_missing` where no way may be used.
pub fn send(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: RelationshipId,
    about: Option<AppointmentId>,
) -> Flow<Done<Message>> {
    let situation = load::relationship(tx, tools, ask, id, &[], Mode::Preview)?;
    if situation.relationship.state != RelationshipState::Active {
        let detail = "Nothing can be booked with them now. Work together again first.";
        return Err(Refusal::conflict("not_active", detail).into());
    }
    if let Some(about) = about {
        let found = store::appointment::load(tx, &ask.who.scope(), about)?;
        found.filter(|found| found.relationship == id).ok_or_else(|| Refusal::not_found("appointment"))?;
    }
    if is_on_its_way(tx, ask, id, situation.client.id)? {
        let detail = "Their link is on its way already. A text waits until their quiet hours are over.";
        return Err(Refusal::conflict("on_its_way", detail).into());
    }
    let channel = route::one_way(&situation.client, tools.reach).ok_or_else(|| {
        let detail = "There is no address or number that may be used. Call them, or ask for an address first.";
        Refusal::invalid("address_missing", "client", detail)
    })?;
    let mut ids = Ids::new(ask.command, ask.now);
    let (message, made) = written(tx, tools, ask, &mut ids, &situation, channel)?;
    let message = Message { appointment: about, ..message };
    let entry = put(tx, tools, ask, &situation.relationship, &message, made.as_ref())?;
    Ok(Done::new(message, entry))
}

/// Whether a message with the link has not gone yet.
fn is_on_its_way(tx: &mut Tx, ask: &Ask, id: RelationshipId, client: PersonRef) -> Flow<bool> {
    let (kind, since) = (Some(MessageKind::BookingLink), Some(ask.now - Span::hours(48)));
    let wanted = store::message::Filter { to: Some(client), kind, since, ..Default::default() };
    let sent = store::message::list(tx, &Scope::System("booking_link"), &wanted, None, LONGEST_PAGE)?;
    let waits = |message: &Message| matches!(message.state, MessageState::Pending | MessageState::Leased);
    Ok(sent.items.iter().any(|message| message.link == Some(LinkTo::Booking(id)) && waits(message)))
}

/// The text with their link did not get there: the same by letter. Gives the entries of the record, none where they may have
/// no letter.
pub(super) fn by_letter(tx: &mut Tx, tools: &Tools, ask: &Ask, lost: &Message) -> Flow<Vec<Entry>> {
    let client = store::person::load(tx, lost.to)?.filter(|client| client.address(Channel::Email).is_some());
    let (Some(_), Some(LinkTo::Booking(pair))) = (client, lost.link) else { return Ok(Vec::new()) };
    let situation = load::relationship(tx, tools, ask, pair, &[], Mode::Preview)?;
    let mut ids = Ids::new(ask.command, ask.now);
    let (message, made) = written(tx, tools, ask, &mut ids, &situation, Channel::Email)?;
    Ok(vec![put(tx, tools, ask, &situation.relationship, &message, made.as_ref())?])
}

/// Puts it on its way; the entry for the record.
fn put(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    pair: &Relationship,
    message: &Message,
    made: Option<&MadeFrom>,
) -> Flow<Entry> {
    open(tx, tools, ask, pair.practice, pair.client, pair.id)?;
    store::message::insert_made(tx, message, made)?;
    let (subject, practice) = (message.id.to_string(), message.practice);
    let job =
        Job { kind: jobs::DELIVER, subject: &subject, practice, priority: Priority::Normal, due_at: message.send_at };
    store::job::enqueue(tx, &job)?;
    let mut subjects = vec![pair.client.to_string(), pair.id.to_string(), message.id.to_string()];
    subjects.extend(message.appointment.map(|id| id.to_string()));
    let details = json!({ "channel": message.channel });
    Ok(entry(tools, ask, pair.practice, "booking_link_sent", subjects, details))
}

/// The message in words, stored and not yet opened: the practice's own where it has any and there is an appointment to
/// read their facts from.
fn written(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    situation: &Situation,
    channel: Channel,
) -> Flow<(Message, Option<MadeFrom>)> {
    let (to, pair) = (&situation.client, &situation.relationship);
    let newest = newest(tx, ask, pair)?;
    let link = LinkTo::Booking(pair.id);
    let (words, made) = match &newest {
        Some(appointment) => {
            let about = About { situation, to, appointment, now: ask.now };
            let notice = notice(to, appointment, channel, link, ask.now);
            let template = tools.writer.version(&notice, &about);
            let words = tools.writer.write(&notice, &about);
            (words, Some(MadeFrom { template, facts: notice.facts }))
        }
        None => {
            let therapist = &situation.therapist.person;
            (tools.writer.booking_link(channel, &situation.practice, to, therapist, ask.now), None)
        }
    };
    // A text waits for the morning, whoever asked for it.
    let send_at = match channel {
        Channel::Sms => route::text_may_go(to, &situation.policy_today.parameters, ask.now),
        _ => ask.now,
    };
    let message = Message {
        address: to.address(channel).unwrap_or_default().to_owned(),
        channel,
        subject: words.subject,
        text: words.text,
        html: words.html,
        link: Some(link),
        send_at,
        ..Message::letter(ids.mint(), ask.command, to, MessageKind::BookingLink, ask.now)
    };
    Ok((message, made))
}

fn notice(to: &Person, appointment: &Appointment, channel: Channel, link: LinkTo, now: Instant) -> Notice {
    Notice {
        to: to.id,
        channel,
        kind: MessageKind::BookingLink,
        appointment: appointment.id,
        revision: 0,
        urgent: false,
        send_at: now,
        facts: Facts::about(appointment.interval()),
        link: Some(link),
        calendar: None,
    }
}

/// The newest appointment of the two.
fn newest(tx: &mut Tx, ask: &Ask, pair: &Relationship) -> Flow<Option<Appointment>> {
    let filter = Filter {
        therapist: Some(pair.therapist),
        client: Some(pair.client),
        order: Order::Descending,
        ..Filter::default()
    };
    Ok(store::appointment::list(tx, &ask.who.scope(), &filter, None, 1)?.items.into_iter().next())
}

/// Takes down that somebody asked for their link again, whoever it is: one row and one job in one commit, known or not, so
/// that neither the answer nor its time tells anything. A worker looks who it is.
pub fn ask_again(tx: &mut Tx, id: TokenId, typed: &str, now: Instant) -> Flow<()> {
    store::link_request::ask(tx, id, typed, now)?;
    let subject = id.to_string();
    // Nobody's yet: of all the practices it belongs to none.
    let practice = PracticeId::from_bytes([0; 16]);
    let job = Job { kind: jobs::LOST_LINK, subject: &subject, practice, priority: Priority::Normal, due_at: now };
    Ok(store::job::enqueue(tx, &job)?)
}

/// Looks who it is, and sends them their links, to the address or number on file alone. What was typed is forgotten.
///
/// # Errors
/// Nothing where nobody has that address or number, or they may not be sent one more.
pub fn found_again(tx: &mut Tx, tools: &Tools, ask: &Ask, id: TokenId) -> Flow<Done<()>> {
    let nothing = || Failed::Nothing { look_again: None };
    let asked = store::link_request::take(tx, id)?.ok_or_else(nothing)?;
    let typed = address::typed(&asked).ok_or_else(nothing)?;
    let mut ids = Ids::new(ask.command, ask.now);
    let mut entries = Vec::new();
    for client in known_by(tx, &typed)? {
        entries.extend(send_theirs(tx, tools, ask, &mut ids, &client, &asked)?);
    }
    let mut entries = entries.into_iter();
    let first = entries.next().ok_or_else(nothing)?;
    Ok(Done { answer: (), audit: first, more: entries.collect() })
}

/// The clients who have this on file.
fn known_by(tx: &mut Tx, typed: &Typed) -> Flow<Vec<Person>> {
    let mut found = match typed {
        Typed::Email(email) => store::person::by_email(tx, email)?,
        Typed::Phones(numbers) => {
            let mut all = Vec::new();
            for number in numbers {
                all.extend(store::person::clients_by_phone(tx, number)?);
            }
            all
        }
    };
    found.retain(|person| person.role == Role::Client);
    found.truncate(CLIENTS_MAX);
    Ok(found)
}

/// The entries of what was sent to one client: a link for each therapist with whom they can book.
fn send_theirs(tx: &mut Tx, tools: &Tools, ask: &Ask, ids: &mut Ids, client: &Person, typed: &str) -> Flow<Vec<Entry>> {
    if store::tally::take(tx, &format!("lost link {}", client.id), Span::hours(1), ask.now)? > ASKED_MAX {
        return Ok(Vec::new());
    }
    let Some(channel) = route::one_way(client, tools.reach) else {
        return ticket::for_client(tx, tools, ask, ids, client, typed, CALL_THEM);
    };
    let actor = Actor {
        person: client.id,
        practice: client.practice,
        role: Role::Client,
        name: client.name.clone(),
        via: Via::Link,
    };
    // What is theirs is read as they may read it; that it was they who asked, nobody knows, and the record does not say so.
    let theirs = Ask { who: Who::Actor(actor), now: ask.now, command: ask.command };
    let active = Some(RelationshipState::Active);
    let pairs = store::relationship::list(tx, &theirs.who.scope(), active, None, PAIRS_MAX)?.items;
    let mut entries = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let situation = load::relationship(tx, tools, &theirs, pair.id, &[], Mode::Preview)?;
        let (message, made) = written(tx, tools, &theirs, ids, &situation, channel)?;
        entries.push(put(tx, tools, ask, &pair, &message, made.as_ref())?);
    }
    Ok(entries)
}
