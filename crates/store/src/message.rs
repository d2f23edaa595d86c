//! Messages: the outbox. What is sent is written once, with the change that it tells, and never changed afterwards;
//! only where it stands moves on.

mod list;
mod search;
mod statements;
mod tries;

pub use list::{Filter, list};
pub use search::{Wanted, found, one};
pub use tries::{made_from, reported, tried, tries};

use crate::error::DbError;
use crate::job;
use crate::page::Page;
use crate::read::{Columns, json};
use crate::row::Row;
use crate::tx::Tx;
use crate::vals;
use crate::value::Value;
use domain::access::Scope;
use domain::decide::Spared;
use domain::id::{AppointmentId, Id, Kind, MessageId, PracticeId};
use domain::message::{LinkTo, Message, MessageKind, MessageState};
use domain::person::{Channel, PersonRef, Role};
use domain::telling::made::MadeFrom;
use domain::time::Instant;
use statements::{
    AGAIN, ARRIVED, BESIDE, CANCEL_BEHIND, CANCEL_WAITING, INSERT, LEASE, LOAD, OF_APPOINTMENT, OLDER, READDRESS,
    RECORD, SEND_BEHIND, SETTLE, SPARE_NEWS, SPARE_STUCK, SUPERSEDE, SUPERSEDE_KIND, TEXTED, TOLD, UNDELIVERED,
};

/// How many texts to a number are looked at for the question that was asked last.
const TEXTED_MAX: u32 = 20;

/// The kind of job that hands a message over; its subject is the message's id.
pub const DELIVER: &str = "deliver";

/// Adds a message. `Unique` where one tells the same person the same thing about the same revision (U1).
pub fn insert(tx: &mut Tx<'_>, message: &Message) -> Result<(), DbError> {
    insert_made(tx, message, None)
}

/// The same, with what it was made from: [`made_from`] gives it again.
pub fn insert_made(tx: &mut Tx<'_>, message: &Message, made: Option<&MadeFrom>) -> Result<(), DbError> {
    let facts = made.map(|made| json(&made.facts)).transpose()?;
    let (method, calendar) = message.calendar.as_ref().map(|(method, text)| (method.as_str(), text.as_str())).unzip();
    tx.execute(
        INSERT,
        vals![
            message.id,
            message.practice,
            message.command,
            message.appointment,
            message.revision,
            message.to.to_string(),
            &message.address,
            message.channel.word(),
            message.kind.as_str(),
            message.urgent,
            &message.subject,
            &message.text,
            &message.html,
            method,
            calendar,
            message.link.map(link_word),
            message.written_at,
            message.send_at,
            message.state.as_str(),
            message.handed_at,
            message.last_reply.as_deref(),
            made.map(|made| made.template),
            facts
        ],
    )
    .map(|_| ())
}

/// One message, if there is such a one. For the worker; whoever shows one to a person uses `list`.
pub fn load(tx: &mut Tx<'_>, id: MessageId) -> Result<Option<Message>, DbError> {
    tx.query_opt(LOAD, vals![id])?.map(|row| from_row(&row)).transpose()
}

/// Everything that was written about an appointment, in order.
pub fn of_appointment(tx: &mut Tx<'_>, appointment: AppointmentId) -> Result<Vec<Message>, DbError> {
    tx.query(OF_APPOINTMENT, vals![appointment])?.iter().map(from_row).collect()
}

/// Messages that tell this person the time at earlier revisions and still wait become `superseded`, and their jobs go.
/// Those that a worker holds are let be: they may have left. Gives how many there were.
pub fn supersede_before(
    tx: &mut Tx<'_>,
    appointment: AppointmentId,
    revision: u32,
    to: PersonRef,
) -> Result<u32, DbError> {
    // Nothing is older than the first revision, so a booking needs no statement here.
    if revision <= 1 {
        return Ok(0);
    }
    let superseded = tx.query(SUPERSEDE, vals![appointment, revision, to.to_string()])?;
    for row in &superseded {
        job::remove(tx, DELIVER, row.text(0)?)?;
    }
    Ok(superseded.len() as u32)
}

/// The same for one kind of news: a new estimate replaces the one that still waits (T11).
pub fn supersede_kind_before(
    tx: &mut Tx<'_>,
    appointment: AppointmentId,
    revision: u32,
    to: PersonRef,
    kind: MessageKind,
) -> Result<u32, DbError> {
    let superseded = tx.query(SUPERSEDE_KIND, vals![appointment, revision, to.to_string(), kind.as_str()])?;
    for row in &superseded {
        job::remove(tx, DELIVER, row.text(0)?)?;
    }
    Ok(superseded.len() as u32)
}

/// What stands beside a message that is about to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing that matters: it may go.
    Clear,
    /// A newer word about the time has left, or may have, or is about to: this one must not follow it (C2).
    Overtaken,
    /// Another one about the same appointment is in a worker's hands: this one waits for it.
    InHand,
}

/// Whether a message may go now: nothing of an older revision goes after a newer one, and nothing goes beside another
/// revision that is on its way to the same person (C2). Messages that no news overtakes may always go.
pub fn beside(tx: &mut Tx<'_>, message: &Message, now: Instant) -> Result<Beside, DbError> {
    let Some(about) = message.appointment.filter(|_| message.kind.is_overtaken() || message.kind.tells_the_time())
    else {
        return Ok(Beside::Clear);
    };
    let mut found = Beside::Clear;
    for row in &tx.query(BESIDE, vals![about, message.to.to_string(), message.revision, now])? {
        let (revision, kind): (u32, MessageKind) = (row.get(0)?, row.parse(1, "message.kind")?);
        let lease: Option<Instant> = row.get(2)?;
        if revision > message.revision && kind.tells_the_time() && message.kind.is_overtaken() {
            return Ok(Beside::Overtaken);
        }
        if lease.is_some_and(|until| until > now) && (kind.is_overtaken() || kind.tells_the_time()) {
            found = Beside::InHand;
        }
    }
    Ok(found)
}

/// A worker takes a message in hand, having claimed its job. False where there is nothing to hand over any more.
#[must_use = "where it is false the message must not be handed over"]
pub fn lease(tx: &mut Tx<'_>, id: MessageId) -> Result<bool, DbError> {
    Ok(tx.execute(LEASE, vals![id])? == 1)
}

/// Records where a message stands now and what the other side said, empty for nothing; `at` is when it was handed
/// over, kept the first time. Back to `pending` where it is to be tried again. A message that is settled, or was
/// superseded before anybody took it in hand, stays as it is: false. The fence of the worker's job guards the call.
pub fn record(tx: &mut Tx<'_>, id: MessageId, state: MessageState, reply: &str, at: Instant) -> Result<bool, DbError> {
    let reply = Some(reply).filter(|reply| !reply.is_empty());
    Ok(tx.execute(RECORD, vals![id, state.as_str(), reply, at])? == 1)
}

/// What waits to tell the same by another way later is not needed any more: this one has arrived.
pub fn cancel_behind(tx: &mut Tx<'_>, arrived: &Message) -> Result<(), DbError> {
    let Some(mut values) = behind(arrived) else { return Ok(()) };
    values.push(Value::from(arrived.send_at));
    for row in &tx.query(CANCEL_BEHIND, &values)? {
        job::remove(tx, DELIVER, row.text(0)?)?;
    }
    Ok(())
}

/// What waits to tell somebody what they know now is not needed any more.
pub fn spare(tx: &mut Tx<'_>, about: AppointmentId, to: PersonRef, spared: Spared) -> Result<(), DbError> {
    let statement = match spared {
        Spared::NewsOfTheMoment => SPARE_NEWS,
        Spared::StuckTexts => SPARE_STUCK,
        Spared::Behind => {
            let went = of_appointment(tx, about)?.into_iter().filter(|message| message.to == to);
            return went.filter(|message| message.handed_at.is_some()).try_for_each(|went| cancel_behind(tx, &went));
        }
    };
    for row in &tx.query(statement, vals![about, to.to_string()])? {
        job::remove(tx, DELIVER, row.text(0)?)?;
    }
    Ok(())
}

/// What waits for somebody's old address goes to their new one (N10); not what has been tried there.
pub fn readdress(tx: &mut Tx<'_>, to: PersonRef, channel: Channel, old: &str, new: &str) -> Result<(), DbError> {
    tx.execute(READDRESS, vals![to.to_string(), channel.word(), old, new]).map(|_| ())
}

/// Whether the text that it waits behind has arrived.
pub fn has_arrived(tx: &mut Tx<'_>, waiting: &Message) -> Result<bool, DbError> {
    let Some(mut values) = behind(waiting) else { return Ok(false) };
    values.push(Value::from(waiting.send_at));
    Ok(tx.query_opt(ARRIVED, &values)?.is_some())
}

/// Word that something waits in the portal is not needed any more: they have looked.
pub fn cancel_waiting(tx: &mut Tx<'_>, to: PersonRef) -> Result<(), DbError> {
    for row in &tx.query(CANCEL_WAITING, vals![to.to_string()])? {
        job::remove(tx, DELIVER, row.text(0)?)?;
    }
    Ok(())
}

/// What waits to tell the same by another way goes now: this one will not arrive. False where nothing waits.
#[must_use = "where it is false a person must tell them"]
pub fn send_behind(tx: &mut Tx<'_>, failed: &Message, now: Instant) -> Result<bool, DbError> {
    let Some(mut values) = behind(failed) else { return Ok(false) };
    values.push(Value::from(now));
    let waiting = tx.query(SEND_BEHIND, &values)?;
    for row in &waiting {
        job::move_to(tx, DELIVER, row.text(0)?, now)?;
    }
    Ok(!waiting.is_empty())
}

/// What makes another message one that tells the same; none for what is about no appointment. The same reminder comes again
/// on another day, so the moment of writing counts too.
fn behind(message: &Message) -> Option<Vec<Value<'static>>> {
    let (about, to) = (message.appointment?, message.to.to_string());
    let (kind, channel) = (message.kind.as_str(), message.channel.word());
    Some(vals![about, message.revision, to, kind, channel, message.written_at].to_vec())
}

/// Whether this message may be read in scope: lines of a conversation are not for the clinical side, who see none of it.
fn may_read(scope: &Scope<'_>, message: &Message) -> bool {
    let is_line = message.channel == Channel::InApp && message.kind == MessageKind::Message;
    let clinical = matches!(scope, Scope::Actor(actor) if matches!(actor.role, Role::ClinicalLead | Role::RiskDuty));
    !(is_line && clinical)
}

/// The page without what may not be read in scope.
fn without_conversations(scope: &Scope<'_>, mut page: Page<Message>) -> Page<Message> {
    page.items.retain(|message| may_read(scope, message));
    page
}

/// What was sent by text to this number since then, the newest first: whom a text from there may be of.
pub fn texted(tx: &mut Tx<'_>, number: &str, since: Instant) -> Result<Vec<Message>, DbError> {
    tx.query(TEXTED, vals![number, since, TEXTED_MAX])?.iter().map(from_row).collect()
}

/// What this person was told since then by any way, the newest first: what a letter of theirs may answer.
pub fn told(tx: &mut Tx<'_>, to: PersonRef, since: Instant) -> Result<Vec<Message>, DbError> {
    tx.query(TOLD, vals![to.to_string(), since, TEXTED_MAX])?.iter().map(from_row).collect()
}

/// A practice's messages that could not be delivered and that nobody has seen to, the newest first.
pub fn undelivered(tx: &mut Tx<'_>, practice: PracticeId, limit: u32) -> Result<Vec<Message>, DbError> {
    tx.query(UNDELIVERED, vals![practice, limit])?.iter().map(from_row).collect()
}

/// It goes once more, to this address. False where it is none that could not be delivered, or somebody saw to it.
#[must_use = "where it is false it must not be handed over"]
pub fn again(tx: &mut Tx<'_>, id: MessageId, address: &str, now: Instant) -> Result<bool, DbError> {
    Ok(tx.execute(AGAIN, vals![id, address, now])? == 1)
}

/// Somebody has seen to it. False where there is nothing to see to.
#[must_use = "where it is false nothing was settled"]
pub fn settle(tx: &mut Tx<'_>, id: MessageId, now: Instant) -> Result<bool, DbError> {
    Ok(tx.execute(SETTLE, vals![id, now])? == 1)
}

/// When the newest message about an earlier revision was written that this person may have got already; none where
/// they cannot have got any. A newer one then says that it is an update (`rulings` 8).
pub fn older_may_have_left(
    tx: &mut Tx<'_>,
    appointment: AppointmentId,
    before: u32,
    to: PersonRef,
) -> Result<Option<Instant>, DbError> {
    tx.query_one(OLDER, vals![appointment, before, to.to_string()])?.get(0)
}

fn link_word(link: LinkTo) -> String {
    match link {
        LinkTo::Offer(id) => id.to_string(),
        LinkTo::Booking(id) => id.to_string(),
        LinkTo::Appointment(id) => id.to_string(),
        LinkTo::Address(id) => id.to_string(),
    }
}

/// The object's id says by its prefix which link it is.
pub(crate) fn link_of(word: &str) -> Option<LinkTo> {
    fn id<K: Kind>(word: &str) -> Option<Id<K>> {
        word.parse().ok()
    }
    let (offer, booking) = (id(word).map(LinkTo::Offer), id(word).map(LinkTo::Booking));
    offer.or(booking).or_else(|| id(word).map(LinkTo::Appointment)).or_else(|| id(word).map(LinkTo::Address))
}

fn from_row(row: &Row) -> Result<Message, DbError> {
    let mut columns = Columns::of(row);
    Ok(Message {
        id: columns.parse("message.id")?,
        practice: columns.parse("message.practice")?,
        command: columns.parse("message.command")?,
        appointment: columns.parse_opt("message.appointment")?,
        revision: columns.get()?,
        to: columns.parse("message.to_person")?,
        address: columns.get()?,
        channel: columns.parse("message.channel")?,
        kind: columns.parse("message.kind")?,
        urgent: columns.get()?,
        subject: columns.get()?,
        text: columns.get()?,
        html: columns.get()?,
        calendar: match (columns.parse_opt("message.calendar_method")?, columns.get()?) {
            (Some(method), Some(text)) => Some((method, text)),
            (None, None) => None,
            _ => return Err(row.corrupt("message.calendar")),
        },
        link: {
            let word: Option<String> = columns.get()?;
            word.map(|word| link_of(&word).ok_or_else(|| row.corrupt("message.link"))).transpose()?
        },
        written_at: columns.get()?,
        send_at: columns.get()?,
        state: columns.parse("message.state")?,
        handed_at: columns.get()?,
        last_reply: columns.get()?,
    })
}
