//! Saves an outcome: new state, occupancy, duties, ledger, messages and deadlines, all in the flow's transaction.

use super::answer::Links;
use super::{Answer, Ask, Flow, jobs};
use crate::config::Config;
use crate::keys::Keys;
use crate::links::LinkKey;
use crate::words::{About, Writer};
use domain::appointment::Appointment;
use domain::audit::Entry;
use domain::decide::{JobToWake, OccupancyChange, Outcome, Situation, UndoChange, Wake};
use domain::id::{Ids, MessageId};
use domain::message::{LinkTo, Message, MessageKind, MessageState, Notice};
use domain::person::{Person, PersonRef};
use domain::reserved::{ReservedSlot, ReservedState};
use domain::telling::made::MadeFrom;
use domain::telling::route::{self, Reach};
use domain::time::Instant;
use outside::address::EmailAddress;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use store::job::{Job, Priority};
use store::policy::PolicyCache;
use store::{Done, Tx};

/// What flows need beside the transaction; made once at start.
#[derive(Clone)]
pub struct Tools {
    /// Writes messages.
    pub writer: Arc<Writer>,
    /// The policy documents that were read already.
    pub policies: PolicyCache,
    /// Makes the secrets of links.
    pub link_key: LinkKey,
    /// Where this server is reached.
    pub base_url: String,
    /// The address that messages come from.
    pub from: EmailAddress,
    /// By which ways messages can go.
    pub reach: Reach,
}

impl Tools {
    /// The tools of a server with this configuration. Without a mail server messages name the host itself.
    pub fn new(config: &Config, keys: &Keys) -> Self {
        let base_url = config.base_url.to_string();
        let configured = config.smtp.as_ref().map(|smtp| smtp.from.clone());
        let from: EmailAddress = configured.unwrap_or_else(|| config.base_url.own_address());
        let writer = Arc::new(Writer::new(from.clone(), &base_url));
        let reach = Reach { sms: !config.sms.is_empty(), in_app: true, push: true };
        Self { writer, policies: PolicyCache::default(), link_key: keys.links(), base_url, from, reach }
    }

    /// How links are made.
    pub fn links(&self) -> Links<'_> {
        Links { key: &self.link_key, base_url: &self.base_url }
    }
}

/// Saves everything and gives the answer with the entry for the record.
pub fn save(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    situation: &Situation,
    outcome: Outcome,
    ids: &mut Ids,
) -> Flow<Done<Answer>> {
    let (messages, made): (Vec<_>, Vec<_>) = write_messages(tools, ask, situation, &outcome, ids).into_iter().unzip();
    appointments(tx, situation, &outcome)?;
    for change in &outcome.occupancy {
        occupancy(tx, change)?;
    }
    if let Some(relationship) = &outcome.relationship {
        store::relationship::update(tx, relationship)?;
    }
    if let Some(case) = &outcome.disruption {
        store::disruption::put(tx, case, situation.relationship.therapist, situation.relationship.client)?;
    }
    for offer in &outcome.offers {
        store::offer::put(tx, offer)?;
    }
    for duty in &outcome.obligations {
        store::obligation::put(tx, duty, situation.relationship.therapist, situation.relationship.client)?;
    }
    for entry in &outcome.ledger {
        store::ledger::append(tx, entry)?;
    }
    if let Some(attempt) = &outcome.attempt {
        store::contact::insert_attempt(tx, attempt)?;
    }
    if let (Some(spared), Some(about)) = (outcome.spared, &situation.appointment) {
        store::message::spare(tx, about.id, PersonRef::Client(about.client), spared)?;
    }
    if let Some(note) = &outcome.note {
        store::contact::insert_note(tx, note)?;
    }
    on_file(tx, situation, &outcome)?;
    for request in &outcome.requests {
        store::change_request::put(tx, request)?;
    }
    match &outcome.undo {
        Some(UndoChange::Open(undo)) => store::undo::put(tx, undo)?,
        Some(UndoChange::Taken(appointment, revision)) => store::undo::take(tx, *appointment, *revision)?,
        None => {}
    }
    for wake in &outcome.wakes {
        wake_at(tx, situation, wake)?;
    }
    for (message, made) in messages.iter().zip(&made) {
        // What waits for the same person about an earlier revision is overtaken; what others wait for is not.
        // While a message waits to be undone nothing is overtaken: that happens when it goes.
        let goes_now = message.send_at <= ask.now && message.kind.tells_the_time();
        if let (Some(appointment), true) = (message.appointment, goes_now) {
            store::message::supersede_before(tx, appointment, message.revision, message.to)?;
        }
        // A new estimate replaces the one that still waits.
        if let (Some(appointment), MessageKind::RunningLate) = (message.appointment, message.kind) {
            store::message::supersede_kind_before(tx, appointment, message.revision, message.to, message.kind)?;
        }
        send(tx, tools, situation, message, made.as_ref(), ask.now)?;
    }
    let audit = entry(tools, ask, situation, &outcome, ids);
    Ok(Done::new(Answer::new(situation, outcome, &messages, &tools.links(), false), audit))
}

/// The answer that `save` would give, without saving: ids of new things are left out by the wire, links are masked.
pub fn preview(tools: &Tools, ask: &Ask, situation: &Situation, outcome: Outcome, ids: &mut Ids) -> Answer {
    let written = write_messages(tools, ask, situation, &outcome, ids);
    let messages: Vec<_> = written.into_iter().map(|(message, _)| message).collect();
    Answer::new(situation, outcome, &messages, &tools.links(), true)
}

fn appointments(tx: &mut Tx, situation: &Situation, outcome: &Outcome) -> Flow<()> {
    for changed in outcome.appointment.iter().chain(outcome.booked.iter()) {
        let known = situation.appointment.iter().chain(situation.next_appointment.iter());
        match known.into_iter().find(|before| before.id == changed.id) {
            Some(before) if before == changed => {}
            Some(before) => {
                if !store::appointment::update(tx, changed, before.revision)? {
                    return Err(domain::refusal::Refusal::stale().into());
                }
            }
            None => insert(tx, situation, changed)?,
        }
    }
    Ok(())
}

/// What only acts about the record change.
fn on_file(tx: &mut Tx, situation: &Situation, outcome: &Outcome) -> Flow<()> {
    for changed in &outcome.others {
        if !store::appointment::update(tx, changed, changed.revision - 1)? {
            return Err(domain::refusal::Refusal::stale().into());
        }
    }
    if !outcome.reserved.is_empty() {
        let pair = &situation.relationship;
        for slot in &outcome.reserved {
            store::reserved_slot::put(tx, slot, pair.therapist, pair.client)?;
        }
        store::therapist::update_reserved(tx, pair.therapist, &kept(situation, outcome))?;
    }
    if let Some(statement) = &outcome.statement {
        store::statement::insert(tx, statement)?;
    }
    if let Some(preference) = &outcome.preference {
        let now = store::person::lock(tx, situation.client.id)?;
        if now.is_none_or(|now| now.preference != situation.client.preference) {
            // They said something meanwhile, perhaps STOP, which the older document would take back.
            return Err(domain::refusal::Refusal::stale().into());
        }
        store::person::update_preference(tx, situation.relationship.client, preference)?;
    }
    if let Some(screening) = &outcome.screening {
        store::risk::put(tx, screening)?;
    }
    Ok(())
}

/// A new appointment, with the document that it was agreed under where that is not the practice's own version, and a look
/// at whom it saves a late fee. Where the practice has no pathways and promises no such thing, that is one statement.
fn insert(tx: &mut Tx, situation: &Situation, booked: &Appointment) -> Flow<()> {
    let today = &situation.policy_today;
    if booked.policy.terms.is_some() && booked.policy.terms == today.key() {
        store::policy::agree(tx, booked.practice, today)?;
    }
    store::appointment::insert(tx, booked)?;
    if !today.parameters.waive_late_fee_if_slot_refilled {
        return Ok(());
    }
    for id in store::appointment::cancelled_late_around(tx, booked)? {
        let wake = Wake { job: JobToWake::SlotRefilled(id), at: Some(booked.created_at) };
        wake_at(tx, situation, &wake)?;
    }
    Ok(())
}

/// What the therapist keeps for clients after this.
fn kept(situation: &Situation, outcome: &Outcome) -> Vec<ReservedSlot> {
    let before = situation.therapist.reserved.iter();
    let untouched = before.filter(|slot| outcome.reserved.iter().all(|changed| changed.id != slot.id));
    let after = untouched.chain(outcome.reserved.iter().filter(|slot| slot.state != ReservedState::Removed));
    after.cloned().collect()
}

fn occupancy(tx: &mut Tx, change: &OccupancyChange) -> Flow<()> {
    use store::occupancy::{release, take};
    match change {
        OccupancyChange::ReleaseAppointment(id) => release(tx, &id.to_string()).map(drop)?,
        OccupancyChange::ReleaseOffer(id) => release(tx, &id.to_string()).map(drop)?,
        OccupancyChange::Take(who, id, time) => take(tx, &who.to_string(), &id.to_string(), *time, None)?,
        OccupancyChange::KeepFreed(who, id, time, until) => {
            take(tx, &who.to_string(), &id.to_string(), *time, Some(*until))?
        }
        OccupancyChange::Hold(who, id, time, until) => {
            take(tx, &who.to_string(), &id.to_string(), *time, Some(*until))?
        }
    }
    Ok(())
}

fn wake_at(tx: &mut Tx, situation: &Situation, wake: &Wake) -> Flow<()> {
    let (kind, subject) = match wake.job {
        JobToWake::AppointmentEnd(id) => (jobs::APPOINTMENT_END, id.to_string()),
        JobToWake::Capture(id) => (jobs::CAPTURE, id.to_string()),
        JobToWake::OfferExpiry(id) => (jobs::OFFER_EXPIRY, id.to_string()),
        JobToWake::RefundChoice(id) => (jobs::REFUND_CHOICE, id.to_string()),
        JobToWake::SlotRefilled(id) => (jobs::SLOT_REFILLED, id.to_string()),
        JobToWake::MoveUnanswered(id) => (jobs::MOVE_UNANSWERED, id.to_string()),
        JobToWake::RequestExpiry(id) => (jobs::REQUEST_EXPIRY, id.to_string()),
        JobToWake::ObligationClock(id) => (jobs::OBLIGATION_CLOCK, id.to_string()),
    };
    match wake.at {
        Some(due_at) => {
            let practice = situation.practice.id;
            let job = Job { kind, subject: &subject, practice, priority: Priority::Normal, due_at };
            Ok(store::job::enqueue(tx, &job)?)
        }
        None => Ok(store::job::remove(tx, kind, &subject)?),
    }
}

fn send(
    tx: &mut Tx,
    tools: &Tools,
    situation: &Situation,
    message: &Message,
    made: Option<&MadeFrom>,
    now: Instant,
) -> Flow<()> {
    if let Some(link) = message.link {
        ensure_link(tx, tools, situation, link, now)?;
    }
    store::message::insert_made(tx, message, made)?;
    let priority = if message.urgent { Priority::Urgent } else { Priority::Normal };
    let (subject, practice) = (message.id.to_string(), message.practice);
    let job = Job { kind: jobs::DELIVER, subject: &subject, practice, priority, due_at: message.send_at };
    Ok(store::job::enqueue(tx, &job)?)
}

/// Makes sure that the link's token exists; its id and so its secret follow from what it is for.
pub fn ensure_link(tx: &mut Tx, tools: &Tools, situation: &Situation, link: LinkTo, now: Instant) -> Flow<()> {
    let Some(purpose) = crate::links::purpose(link) else { return Ok(()) };
    let token = tools.link_key.token(link);
    let secret_hash: [u8; 32] = Sha256::digest(tools.link_key.secret(link).as_bytes()).into();
    let row = store::link::Link {
        id: token,
        practice: situation.practice.id,
        client: situation.relationship.client,
        purpose,
        secret_hash,
        created_at: now,
        expires_at: None,
    };
    Ok(store::link::ensure(tx, &row)?)
}

/// The messages in words, each with what it was made from where a client reads it.
fn write_messages(
    tools: &Tools,
    ask: &Ask,
    situation: &Situation,
    outcome: &Outcome,
    ids: &mut Ids,
) -> Vec<(Message, Option<MadeFrom>)> {
    outcome
        .notices
        .iter()
        .filter_map(|notice| {
            let to = recipient(situation, notice.to)?;
            let about = about(situation, outcome, notice)?;
            Some((route::ways(notice, to, tools.reach, &situation.policy.parameters), to, about))
        })
        .flat_map(|(ways, to, about)| ways.into_iter().map(move |notice| (notice, to, about)))
        .map(|(notice, to, about)| message(tools, ask, situation, &notice, to, about, ids.mint()))
        .collect()
}

fn about<'a>(situation: &'a Situation, outcome: &'a Outcome, notice: &Notice) -> Option<&'a Appointment> {
    let known = [outcome.appointment.as_ref(), outcome.booked.as_ref(), situation.appointment.as_ref()];
    known.into_iter().flatten().chain(&outcome.others).find(|appointment| appointment.id == notice.appointment)
}

fn recipient(situation: &Situation, to: PersonRef) -> Option<&Person> {
    let others = situation.admins.iter().chain(situation.owners.iter());
    [&situation.client, &situation.therapist.person].into_iter().chain(others).find(|person| person.id == to)
}

fn message(
    tools: &Tools,
    ask: &Ask,
    situation: &Situation,
    notice: &Notice,
    to: &Person,
    appointment: &Appointment,
    id: MessageId,
) -> (Message, Option<MadeFrom>) {
    let about = About { situation, to, appointment, now: ask.now };
    let written = tools.writer.write(notice, &about);
    let made = matches!(notice.to, PersonRef::Client(_))
        .then(|| MadeFrom { template: tools.writer.version(notice, &about), facts: notice.facts.clone() });
    let address = to.address(notice.channel).map(str::to_owned);
    let message = Message {
        id,
        practice: situation.practice.id,
        command: ask.command,
        appointment: Some(notice.appointment),
        revision: notice.revision,
        to: notice.to,
        // Without an address it can't be told this way: the worker finds it undeliverable and a person takes over (U3).
        address: address.unwrap_or_default(),
        channel: notice.channel,
        kind: notice.kind,
        urgent: notice.urgent,
        subject: written.subject,
        text: written.text,
        html: written.html,
        calendar: notice.calendar.zip(written.calendar),
        link: notice.link,
        written_at: ask.now,
        send_at: notice.send_at,
        state: MessageState::Pending,
        handed_at: None,
        last_reply: None,
    };
    (message, made)
}

/// Whose word it is, where somebody else typed it (V-17).
fn on_behalf_of(outcome: &Outcome) -> Option<PersonRef> {
    outcome.on_behalf_of.or(outcome.note.as_ref().and_then(|note| note.on_behalf_of))
}

fn entry(tools: &Tools, ask: &Ask, situation: &Situation, outcome: &Outcome, ids: &Ids) -> Entry {
    Entry {
        practice: situation.practice.id,
        command: ids.command(),
        at: ask.now,
        actor: ask.who.scope().signature(),
        on_behalf_of: on_behalf_of(outcome).map(|person| person.to_string()),
        word: outcome.record.word.to_owned(),
        subjects: outcome.record.subjects.clone(),
        details: outcome.record.details.clone(),
        salt: tools.link_key.salt(ids.command()),
    }
}
