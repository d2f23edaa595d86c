//! What was sent: found, and one message exactly as it was handed over, with every try and every word of what became of it.

use super::{Ask, Flow, letter};
use crate::app::App;
use crate::work::Parcel;
use crate::work::parcel;
use domain::appointment::Appointment;
use domain::audit::Receipt;
use domain::disruption::Disruption;
use domain::id::MessageId;
use domain::message::{Message, MessageState};
use domain::person::{Channel, Person};
use domain::refusal::Refusal;
use domain::telling::made::Try;
use domain::telling::short_text::{self, Size};
use store::Tx;
use store::audit::Recorded;

/// Entries of the record about one message at most.
const ENTRIES: u32 = 200;

/// Whether the bytes that are shown are those that went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// Their mark is the one that was kept at every try.
    Checked,
    /// Their mark is another one: a name, an address or this server's settings have changed since.
    Changed,
    /// No mark was kept, or it has not gone yet.
    NotKept,
}

/// One message as it was handed over.
#[derive(Debug, Clone)]
pub struct Exact {
    /// The message.
    pub message: Message,
    /// Its reader.
    pub to: Person,
    /// The letter with its headers, or the text; what opens something is covered. Empty where it has nowhere to go.
    pub bytes: String,
    /// How large a text is on the network; none for a letter.
    pub size: Option<Size>,
    /// Whether these are the bytes that went.
    pub same: Same,
    /// The tries, the first one first.
    pub tries: Vec<Try>,
    /// What the record says about it, in order.
    pub said: Vec<Recorded>,
    /// The version of the practice's words that it was made from, 0 for the house's; none where it was not kept.
    pub template: Option<u32>,
    /// Where the change stands on the record that it tells.
    pub receipt: Option<Receipt>,
    /// What it is about, where that may be seen.
    pub appointment: Option<Appointment>,
    /// The case that it belongs to.
    pub case: Option<Disruption>,
}

/// The states that a word stands for: one of its own, or one of a few together; none for any other word.
pub fn states(word: &str) -> Option<Vec<MessageState>> {
    match word {
        "" => Some(Vec::new()),
        "waiting" => Some(vec![MessageState::Pending, MessageState::Leased]),
        "sent" => Some(vec![MessageState::Accepted]),
        "not_sent" => Some(vec![MessageState::Superseded, MessageState::Cancelled]),
        other => other.parse().ok().map(|state| vec![state]),
    }
}

/// One message, if it is in scope.
///
/// # Errors
/// Not found; faults of the store.
pub fn one(tx: &mut Tx, app: &App, ask: &Ask, id: MessageId) -> Flow<Exact> {
    let scope = ask.who.scope();
    let message = store::message::one(tx, &scope, id)?.ok_or_else(|| Refusal::not_found("message"))?;
    let tries = store::message::tries(tx, id)?;
    let said = store::audit::entries(tx, message.practice, &id.to_string(), 0, ENTRIES)?;
    let template = store::message::made_from(tx, id)?.map(|made| made.template);
    let receipt = store::audit::receipt_of(tx, message.command)?;
    let appointment = match message.appointment {
        Some(about) => store::appointment::load(tx, &scope, about)?,
        None => None,
    };
    let case = match &appointment {
        Some(about) => store::disruption::latest_of(tx, about.id)?,
        None => None,
    };
    let found = parcel::gather(tx, message)?;
    let made = parcel::make(app, &found);
    let bytes = match &made {
        Some(made) => parcel::shown(app, &found, made),
        // What is shown in their own pages is what is stored.
        None if matches!(found.message.channel, Channel::InApp | Channel::Push) => letter::masked(&found.message.text),
        None => String::new(),
    };
    let size = match &made {
        Some(Parcel::Text(text)) => Some(short_text::size(&text.body)),
        _ => None,
    };
    let same = made.as_ref().map_or(Same::NotKept, |made| same(&tries, &parcel::digest(made)));
    Ok(Exact {
        message: found.message,
        to: found.to,
        bytes,
        size,
        same,
        tries,
        said,
        template,
        receipt,
        appointment,
        case,
    })
}

fn same(tries: &[Try], digest: &str) -> Same {
    let kept: Vec<&str> = tries.iter().filter_map(|done| done.digest.as_deref()).collect();
    match kept.iter().all(|one| *one == digest) {
        _ if kept.is_empty() => Same::NotKept,
        true => Same::Checked,
        false => Same::Changed,
    }
}
