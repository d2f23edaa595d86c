//! Handing one message over: read again, hand over, record. The same bytes at every try (C1).

use super::parcel::{self, Found, Parcel, gather};
use super::{Label, Step, finish, night, portal, push, room, silent, subject};
use crate::app::App;
use crate::flow::{Ask, Failed, Flow, Who, receipt};
use domain::access::Scope;
use domain::audit::Entry;
use domain::id::{MessageId, PushDeviceId};
use domain::message::{Message, MessageKind, MessageState};
use domain::person::{Channel, PersonRef};
use domain::telling::made::{Try, TryOutcome};
use domain::telling::pace;
use domain::time::{Instant, Span};
use serde_json::json;
use store::job::{self, Leased, Recording};
use store::message::Beside;
use store::{Done, Tx};

pub use outside::handed::Handed;

/// Waits between tries that were certainly not accepted, from the first.
const BACKOFF: [Span; 5] = [Span::seconds(5), Span::minutes(1), Span::minutes(5), Span::minutes(15), Span::minutes(30)];
/// After how many tries a message counts as undeliverable and a person takes over.
const TRIES_MAX: u32 = 40;
/// The same for a notice to browsers: it is soon old, and what waits behind it has a clock of its own.
const PUSH_TRIES_MAX: u32 = 8;
/// How long to wait for a bounce or a sign of life before the one resend of an unknown hand-off.
const UNKNOWN_WAIT: Span = Span::minutes(5);

/// How long a message waits for another one to the same person about the same appointment that is on its way.
const NEXT_IN_TURN: Span = Span::seconds(1);

/// Something to do outside.
#[derive(Debug)]
pub struct Call {
    /// The job, whose fence guards the outcome.
    pub job: Leased,
    /// What it is for.
    pub errand: Errand,
    /// What is handed over, with its late fields filled in.
    pub parcel: Parcel,
    /// When it was taken in hand, UTC.
    pub at: Instant,
    /// What is to be remembered of this try.
    pub noted: Noted,
}

/// What is remembered of a try beside what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noted {
    /// By which way out it went, as people call it; empty where nobody says.
    pub through: String,
    /// The mark of the bytes; none where nobody made one.
    pub digest: Option<String>,
}

/// What it is for.
#[derive(Debug)]
pub enum Errand {
    /// A message of the outbox, as stored before this attempt.
    Message(Box<Message>),
    /// A letter with a sign-in link to this person.
    SignIn(PersonRef),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The other side has it.
    Accepted(String),
    /// The other side will never take it.
    Refused(String),
    /// The other side certainly does not have it: try again.
    NotYet(String),
    /// Nobody knows whether the other side has it.
    Unknown(String),
    /// These browsers are there no more; beside that, the other.
    Gone(Vec<PushDeviceId>, Box<Self>),
}

impl From<Handed> for Outcome {
    fn from(handed: Handed) -> Self {
        match handed {
            Handed::Accepted { reply } => Self::Accepted(reply),
            Handed::Refused { code, reply, permanent: true } => Self::Refused(format!("{code} {reply}")),
            Handed::Refused { code, reply, permanent: false } => Self::NotYet(format!("{code} {reply}")),
            Handed::NotAccepted { why } => Self::NotYet(why),
            Handed::Unknown { why } => Self::Unknown(why),
        }
    }
}

/// What came of taking a message in hand.
enum Taken {
    /// It may go.
    Found(Box<Found>),
    /// There is nothing to hand over any more.
    Nothing,
    /// Another one about the same appointment is on its way to the same person: after that.
    Later,
}

/// Takes the message in hand and makes the letter, or settles what need not go.
pub(super) fn prepare(app: &App, job: Leased, now: Instant, passed: &dyn Fn(Label)) -> Flow<Step> {
    let (id, leased) = (subject(&job)?, job.clone());
    let taken = app.store.write_unaudited(move |tx: &mut Tx| take(tx, id, &leased, now))?;
    passed(Label::Taken);
    let found = match taken {
        Taken::Found(found) => *found,
        Taken::Later => return Ok(Step::Worked),
        Taken::Nothing => {
            finish(app, &job, None, None, now)?;
            return Ok(Step::Worked);
        }
    };
    // An attempt that began and left no word was cut off in between: it may have gone (`rulings` 1). So once more, and
    // where that was the second time, a person is asked.
    if found.message.state == MessageState::Leased && found.message.channel != Channel::InApp {
        let again = found.message.handed_at.is_some();
        let state = if again { MessageState::Undeliverable } else { MessageState::Unknown };
        let outcome = Outcome::Unknown("the attempt before was cut off".into());
        let tried = tried(&outcome, now, Noted::default());
        settle(app, &job, &found.message, state, &outcome, Some(tried), now)?;
        return Ok(Step::Worked);
    }
    let in_app = found.message.channel == Channel::InApp;
    if let (false, Err(at)) = (in_app, app.queue().go(&found.message, now)) {
        wait(app, &job, &found.message, at, now)?;
        return Ok(Step::Worked);
    }
    if let Some(morning) = night::asleep(app, &found.message, &found.to, now)? {
        wait(app, &job, &found.message, morning, now)?;
        return Ok(Step::Worked);
    }
    if let Some(why) = barred(app, &found, now)? {
        settle(app, &job, &found.message, MessageState::Undeliverable, &Outcome::Refused(why.into()), None, now)?;
        return Ok(Step::Worked);
    }
    if in_app {
        portal::deliver(app, &job, &found.message, now)?;
        return Ok(Step::Worked);
    }
    match parcel::make(app, &found) {
        Some(mut parcel) => {
            silent::name(app, &mut parcel, now)?;
            let errand = Errand::Message(Box::new(found.message));
            Ok(Step::Call(Box::new(Call { job, errand, parcel, at: now, noted: Noted::default() })))
        }
        None => {
            let outcome = Outcome::Refused("there is no address to write to".into());
            settle(app, &job, &found.message, MessageState::Undeliverable, &outcome, None, now)?;
            Ok(Step::Worked)
        }
    }
}

/// Why it may not go at all.
fn barred(app: &App, found: &Found, now: Instant) -> Flow<Option<&'static str>> {
    if let Some(why) = unwelcome(found) {
        return Ok(Some(why));
    }
    let full = !room::is_left(app, found, now)?;
    Ok(full.then_some("there is no room for more texts today"))
}

/// Why it may not go any more: what was said since it was written counts from that moment (STOP, a wrong number). What
/// confirms a new address goes where nothing else goes yet.
fn unwelcome(found: &Found) -> Option<&'static str> {
    let (message, file) = (&found.message, &found.to.preference.file);
    if matches!(message.kind, MessageKind::ConfirmAddress | MessageKind::Help) {
        return None;
    }
    if file.refuses(message.channel) {
        return Some("they asked not to be told this way");
    }
    (message.channel == Channel::Sms && file.is_wrong(&message.address)).then_some("the number is not theirs")
}

/// The message as it stood before it was taken in hand.
fn take(tx: &mut Tx, id: MessageId, job: &Leased, now: Instant) -> Flow<Taken> {
    let Some(message) = store::message::load(tx, id)? else { return Ok(Taken::Nothing) };
    if message.state.is_final() || message.state == MessageState::Accepted {
        return Ok(Taken::Nothing);
    }
    if is_over(tx, &message, now)? {
        store::message::record(tx, id, MessageState::Superseded, "it is news no more", now)?;
        return Ok(Taken::Nothing);
    }
    if message.state != MessageState::Leased {
        match store::message::beside(tx, &message, now)? {
            Beside::Clear => {}
            Beside::InHand => {
                // A lost fence means that somebody else has it now.
                let _ = job::later(tx, job, now + NEXT_IN_TURN)?;
                return Ok(Taken::Later);
            }
            Beside::Overtaken => {
                let why = "a newer message has overtaken it";
                store::message::record(tx, id, MessageState::Superseded, why, now)?;
                return Ok(Taken::Nothing);
            }
        }
        // The receipt may have come while a worker had this one in hand and died.
        if store::message::has_arrived(tx, &message)? {
            let why = "it arrived by another way";
            store::message::record(tx, id, MessageState::Cancelled, why, now)?;
            return Ok(Taken::Nothing);
        }
        if !store::message::lease(tx, id)? {
            return Ok(Taken::Nothing);
        }
    }
    // What waited so that it could be undone overtakes older news now that it goes (`rulings` 14).
    let waited = message.send_at > message.written_at && message.kind.tells_the_time();
    if let Some(about) = message.appointment.filter(|_| waited) {
        store::message::supersede_before(tx, about, message.revision, message.to)?;
    }
    Ok(Taken::Found(Box::new(gather(tx, message)?)))
}

/// Whether it is news no more, however long it had to wait: whoever owes the client a word still owes it.
fn is_over(tx: &mut Tx, message: &Message, now: Instant) -> Flow<bool> {
    let Some(id) = message.appointment.filter(|_| message.kind.is_over_in_time()) else { return Ok(false) };
    let about = store::appointment::load(tx, &Scope::System("deliver"), id)?;
    Ok(about.is_none_or(|about| message.kind.over_from(about.interval()).is_some_and(|over| over <= now)))
}

/// Records what came of a hand-off, guarded by the fence.
pub(super) fn record(app: &App, call: Call, outcome: Outcome, now: Instant) -> Flow<()> {
    let Call { job, errand, at, noted, .. } = call;
    let Errand::Message(message) = errand else { return super::sign_in::record(app, &job, outcome, now) };
    let outcome = match outcome {
        Outcome::Gone(devices, then) => {
            push::gone(app, devices, now)?;
            *then
        }
        other => other,
    };
    let most = if message.channel == Channel::Push { PUSH_TRIES_MAX } else { TRIES_MAX };
    let tried = tried(&outcome, at, noted);
    let state = match &outcome {
        Outcome::Accepted(_) => MessageState::Accepted,
        Outcome::Refused(_) | Outcome::Gone(..) => MessageState::Undeliverable,
        Outcome::NotYet(_) if job.attempts >= most => MessageState::Undeliverable,
        Outcome::NotYet(why) => {
            let again = now + backoff(message.id.bytes(), job.attempts);
            return put_back(app, &job, &message, again, why, tried, now);
        }
        // The same letter under the same Message-ID goes once more; after that a person is asked (`reliability` 3.4).
        Outcome::Unknown(_) if message.state == MessageState::Unknown => MessageState::Undeliverable,
        Outcome::Unknown(_) => MessageState::Unknown,
    };
    settle(app, &job, &message, state, &outcome, Some(tried), now)
}

/// The try, as it is put down.
fn tried(outcome: &Outcome, at: Instant, noted: Noted) -> Try {
    let came = match outcome {
        Outcome::Accepted(_) => TryOutcome::Accepted,
        Outcome::Refused(_) | Outcome::Gone(..) => TryOutcome::Refused,
        Outcome::NotYet(_) => TryOutcome::NotYet,
        Outcome::Unknown(_) => TryOutcome::Unknown,
    };
    Try { at, through: noted.through, outcome: came, reply: words(outcome), digest: noted.digest }
}

/// It certainly did not go: it waits again as it stood before, with what was said.
fn put_back(app: &App, job: &Leased, message: &Message, at: Instant, why: &str, tried: Try, now: Instant) -> Flow<()> {
    let (leased, id, was, why) = (job.clone(), message.id, message.state, why.to_owned());
    app.store.write_unaudited(move |tx: &mut Tx| -> Flow<()> {
        if job::again(tx, &leased, at, Some(&why))? == Recording::Recorded {
            store::message::record(tx, id, was, &why, now)?;
            store::message::tried(tx, id, &tried)?;
        }
        Ok(())
    })
}

/// Others go first: it waits as it stood before, and no try is counted.
fn wait(app: &App, job: &Leased, message: &Message, at: Instant, now: Instant) -> Flow<()> {
    let (leased, id, was) = (job.clone(), message.id, message.state);
    app.store.write_unaudited(move |tx: &mut Tx| -> Flow<()> {
        if job::later(tx, &leased, at)? == Recording::Recorded {
            store::message::record(tx, id, was, "", now)?;
        }
        Ok(())
    })
}

/// How long until the next try: longer each time, and not the same for all that failed together.
pub(super) fn backoff(name: [u8; 16], attempts: u32) -> Span {
    pace::wait_after(&BACKOFF, attempts, name)
}

/// Writes the state on record, and with it, in one transaction, who takes over what can't be delivered (U3).
pub(super) fn settle(
    app: &App,
    job: &Leased,
    message: &Message,
    state: MessageState,
    outcome: &Outcome,
    tried: Option<Try>,
    now: Instant,
) -> Flow<()> {
    let (leased, kept, said, inner) = (job.clone(), message.clone(), outcome.clone(), app.clone());
    let ask = Ask { who: Who::System("deliver"), now, command: app.dice.command(now) };
    let written = app.store.write(move |tx: &mut Tx| {
        receipt::lock(tx, &ask, &kept, state)?;
        let recording = match state {
            MessageState::Unknown => job::again(tx, &leased, now + UNKNOWN_WAIT, Some(&words(&said)))?,
            _ => job::done(tx, &leased, now)?,
        };
        if recording == Recording::FenceLost {
            return Err(Failed::Nothing { look_again: None });
        }
        store::message::record(tx, kept.id, state, &words(&said), now)?;
        if let Some(tried) = &tried {
            store::message::tried(tx, kept.id, tried)?;
        }
        let done = Done::new((), entry(&inner, &kept, state, &said, ask.command, now));
        match state {
            MessageState::Undeliverable => receipt::undelivered(tx, &inner.tools, &ask, &kept, &words(&said), done),
            _ => Ok(done),
        }
    });
    match written {
        Ok(_) | Err(Failed::Nothing { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}

pub(super) fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted(reply) | Outcome::Refused(reply) | Outcome::NotYet(reply) | Outcome::Unknown(reply) => {
            reply.clone()
        }
        Outcome::Gone(_, then) => words(then),
    }
}

fn entry(
    app: &App,
    message: &Message,
    state: MessageState,
    outcome: &Outcome,
    command: domain::id::CommandId,
    now: Instant,
) -> Entry {
    let mut subjects = vec![message.id.to_string(), message.to.to_string()];
    subjects.extend(message.appointment.map(|id| id.to_string()));
    Entry {
        practice: message.practice,
        command,
        at: now,
        actor: Scope::System("deliver").signature(),
        on_behalf_of: None,
        word: match state {
            MessageState::Accepted => "message_accepted".into(),
            MessageState::Undeliverable => "message_undeliverable".into(),
            _ => "message_unknown".into(),
        },
        subjects,
        details: json!({ "kind": message.kind, "channel": message.channel, "reply": words(outcome) }),
        salt: app.tools.link_key.salt(command),
    }
}
