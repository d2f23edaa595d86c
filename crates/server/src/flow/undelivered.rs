//! What did not get through: messages that could not be delivered, and jobs that were given up. The office tries again, or
//! says that it is seen to; both go on record.

use super::letter::entry;
use super::{Ask, Failed, Flow, Tools, jobs};
use domain::id::{MessageId, PracticeId};
use domain::message::{Message, MessageKind, MessageState};
use domain::person::Person;
use domain::refusal::Refusal;
use serde_json::json;
use store::job::{GivenUp, Job, Priority};
use store::{Done, Tx};

/// At most as many of each.
const MANY: u32 = 200;
/// Letters of a reason.
const REASON_MAX: usize = 300;

/// What waits for somebody.
#[derive(Debug, Clone)]
pub struct Undelivered {
    /// Messages with those whom they were for, the newest first.
    pub messages: Vec<(Message, Person)>,
    /// Jobs, the oldest first.
    pub jobs: Vec<GivenUp>,
}

/// Everything of the practice of whoever asks.
pub fn list(tx: &mut Tx, ask: &Ask) -> Flow<Undelivered> {
    let practice = practice(ask)?;
    let mut messages = Vec::new();
    for message in store::message::undelivered(tx, practice, MANY)? {
        let to = store::person::load(tx, message.to)?;
        messages.extend(to.map(|to| (message, to)));
    }
    Ok(Undelivered { messages, jobs: store::job::given_up(tx, practice, MANY)? })
}

/// A message goes once more: the same words, to the address that its reader has now.
pub fn again(tx: &mut Tx, tools: &Tools, ask: &Ask, id: MessageId) -> Flow<Done<Message>> {
    let message = found(tx, ask, id)?;
    still_fits(tx, ask, &message)?;
    let to = store::person::load(tx, message.to)?.ok_or_else(|| Refusal::not_found("person"))?;
    let Some(address) = to.address(message.channel).map(str::to_owned) else {
        let detail = "There is no address or number that may be used. Add one first, or say how they were told.";
        return Err(Refusal::conflict("address_missing", detail).into());
    };
    if !store::message::again(tx, id, &address, ask.now)? {
        return Err(seen_to().into());
    }
    let priority = if message.urgent { Priority::Urgent } else { Priority::Normal };
    let (subject, practice) = (id.to_string(), message.practice);
    store::job::enqueue(tx, &Job { kind: jobs::DELIVER, subject: &subject, practice, priority, due_at: ask.now })?;
    let entry = entry(tools, ask, practice, "message_tried_again", subjects(&message), json!({ "kind": message.kind }));
    Ok(Done::new(Message { state: MessageState::Pending, address, send_at: ask.now, ..message }, entry))
}

/// Whether it may be sent once more at all.
fn still_fits(tx: &mut Tx, ask: &Ask, message: &Message) -> Flow<()> {
    if message.kind == MessageKind::ConfirmAddress {
        let detail = "This showed that a new address or number is theirs, and did not get there. Ask them for it, and change \
                      it on their page.";
        return Err(Refusal::conflict("address_wrong", detail).into());
    }
    let about = message.appointment.map(|about| store::appointment::load(tx, &ask.who.scope(), about)).transpose()?;
    let over = about.flatten().and_then(|about| message.kind.over_from(about.interval()));
    if over.is_some_and(|over| over <= ask.now) {
        return Err(Refusal::conflict("too_late", "This is news no more. Say how they were told.").into());
    }
    Ok(())
}

/// Somebody has seen to it in another way.
pub fn settle(tx: &mut Tx, tools: &Tools, ask: &Ask, id: MessageId, reason: &str) -> Flow<Done<Message>> {
    let message = found(tx, ask, id)?;
    let reason = checked(reason)?;
    if !store::message::settle(tx, id, ask.now)? {
        return Err(seen_to().into());
    }
    let details = json!({ "kind": message.kind, "reason": reason });
    let entry = entry(tools, ask, message.practice, "message_seen_to", subjects(&message), details);
    Ok(Done::new(message, entry))
}

/// A job that was given up begins anew.
pub fn job_again(tx: &mut Tx, tools: &Tools, ask: &Ask, kind: &str, subject: &str) -> Flow<Done<()>> {
    let (practice, kind) = given_up(tx, ask, kind, subject)?;
    let job = Job { kind, subject, practice, priority: Priority::Normal, due_at: ask.now };
    store::job::enqueue(tx, &job)?;
    let about = vec![subject.to_owned()];
    Ok(Done::new((), entry(tools, ask, practice, "job_tried_again", about, json!({ "kind": kind }))))
}

/// A job that was given up is not wanted any more.
pub fn job_settle(tx: &mut Tx, tools: &Tools, ask: &Ask, kind: &str, subject: &str, reason: &str) -> Flow<Done<()>> {
    let (practice, kind) = given_up(tx, ask, kind, subject)?;
    let reason = checked(reason)?;
    if !store::job::let_go(tx, practice, kind, subject)? {
        return Err(seen_to().into());
    }
    let details = json!({ "kind": kind, "reason": reason });
    Ok(Done::new((), entry(tools, ask, practice, "job_seen_to", vec![subject.to_owned()], details)))
}

fn practice(ask: &Ask) -> Flow<PracticeId> {
    Ok(ask.who.scope().limits().practice.ok_or_else(|| Refusal::not_found("practice"))?)
}

fn found(tx: &mut Tx, ask: &Ask, id: MessageId) -> Flow<Message> {
    let practice = practice(ask)?;
    let message = store::message::load(tx, id)?.filter(|message| message.practice == practice);
    let message = message.ok_or_else(|| Refusal::not_found("message"))?;
    if message.state == MessageState::Undeliverable { Ok(message) } else { Err(seen_to().into()) }
}

fn given_up(tx: &mut Tx, ask: &Ask, kind: &str, subject: &str) -> Flow<(PracticeId, &'static str)> {
    let practice = practice(ask)?;
    let waits = store::job::given_up(tx, practice, MANY)?.iter().any(|job| job.kind == kind && job.subject == subject);
    let known = jobs::ALL.iter().find(|known| **known == kind).copied().filter(|_| waits);
    Ok((practice, known.ok_or_else(|| Refusal::not_found("job"))?))
}

fn checked(reason: &str) -> Result<&str, Failed> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_MAX {
        let detail = format!("Say how it was seen to, in at most {REASON_MAX} letters.");
        return Err(Refusal::invalid("required", "reason", detail).into());
    }
    Ok(reason)
}

fn subjects(message: &Message) -> Vec<String> {
    let mut subjects = vec![message.id.to_string(), message.to.to_string()];
    subjects.extend(message.appointment.map(|id| id.to_string()));
    subjects
}

fn seen_to() -> Refusal {
    Refusal::conflict("seen_to", "Somebody has seen to it meanwhile.")
}
