//! A job that no try could do: whoever it was for is told in another way, and the office is asked to look.

use super::letter::entry;
use super::ticket::by_house;
use super::{Ask, Failed, Flow, Tools, jobs, receipt};
use domain::id::{CommandId, Ids, PracticeId};
use domain::message::{Message, MessageState};
use serde_json::json;
use store::job::{Leased, Recording};
use store::{Done, Tx};

/// What the office reads first; also the mark by which an open request of the same kind is known.
const LOST: &str = "Something could not be done, though it was tried many times.";
/// The same for texts.
const NO_ROOM: &str = "No more text messages can go today: as many went as are allowed.";

/// Gives a job up. In the same transaction a message that it should have handed over counts as undeliverable, with whoever
/// takes over then (U3), and the practice has an open request for help. `second` is the request's own command.
///
/// # Errors
/// Nothing where somebody else has the job by now; a fault where it belongs to no practice, or its message is beyond help:
/// then without `its_message`.
pub fn give_up(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    second: CommandId,
    job: &Leased,
    why: &str,
    its_message: bool,
) -> Flow<Done<()>> {
    let message = if its_message { message_of(tx, job)? } else { None };
    if let Some(message) = &message {
        receipt::lock(tx, ask, message, MessageState::Undeliverable)?;
    }
    if store::job::give_up(tx, job, why)? == Recording::FenceLost {
        return Err(Failed::Nothing { look_again: None });
    }
    let details = json!({ "kind": job.kind, "subject": job.subject, "attempts": job.attempts });
    // A job may be about something that is no name at all: then the entry is about the practice.
    let is_name = !job.subject.is_empty() && !job.subject.contains(char::is_whitespace);
    let about = if is_name { job.subject.clone() } else { job.practice.to_string() };
    let mut done = Done::new((), entry(tools, ask, job.practice, "job_given_up", vec![about], details));
    if let Some(message) = &message {
        const WORDS: &str = "it could not be made ready";
        store::message::record(tx, message.id, MessageState::Undeliverable, WORDS, ask.now)?;
        done = receipt::undelivered(tx, tools, ask, message, WORDS, done)?;
    }
    let base = tools.base_url.trim_end_matches('/');
    let what = job.kind.replace('_', " ");
    let details = format!("It began with: {what} ({}). All of it, with why: {base}/p/undelivered", job.subject);
    call_office(tx, tools, ask, second, job.practice, LOST, &details, done)
}

/// The practice has sent as many texts as it may in a day.
pub fn no_room(tx: &mut Tx, tools: &Tools, ask: &Ask, practice: PracticeId, most: u32) -> Flow<Done<()>> {
    let details = format!(
        "The limit is {most} parts a day. Letters go instead, and where there is no address somebody is asked to call. Whoever \
         runs this server can raise limits.texts_per_day."
    );
    let raised = by_house(tx, tools, ask, &mut Ids::new(ask.command, ask.now), practice, NO_ROOM, &details)?;
    let raised = raised.ok_or(Failed::Nothing { look_again: None })?;
    Ok(Done { answer: (), audit: raised.audit, more: raised.more })
}

/// The message that the job should have handed over, unless it has gone or need not go.
fn message_of(tx: &mut Tx, job: &Leased) -> Flow<Option<Message>> {
    let Some(id) = Some(job).filter(|job| job.kind == jobs::DELIVER).and_then(|job| job.subject.parse().ok()) else {
        return Ok(None);
    };
    let waits = [MessageState::Pending, MessageState::Leased, MessageState::Unknown];
    Ok(store::message::load(tx, id)?.filter(|message| waits.contains(&message.state)))
}

#[allow(clippy::too_many_arguments)]
fn call_office(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    second: CommandId,
    practice: PracticeId,
    matter: &str,
    details: &str,
    done: Done<()>,
) -> Flow<Done<()>> {
    // Its letters and rows are named after a command of their own, so that nothing of the above has the same names.
    let ask = Ask { command: second, ..ask.clone() };
    let raised = by_house(tx, tools, &ask, &mut Ids::new(second, ask.now), practice, matter, details)?;
    Ok(match raised {
        Some(raised) => done.and(std::iter::once(raised.audit).chain(raised.more)),
        None => done,
    })
}
