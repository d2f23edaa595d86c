//! What a gateway says became of a text. Said twice, late or out of order, it changes nothing that stands already.

use super::{Ask, Failed, Flow, Tools};
use domain::audit::Entry;
use domain::id::MessageId;
use domain::message::{Message, MessageState};
use domain::person::{Channel, PersonRef};
use domain::refusal::Refusal;
use domain::telling::consent::Source;
use domain::time::Instant;
use outside::sms::{Fate, Receipt};
use serde_json::json;
use store::{Done, Tx};

/// Keeps what was said. What waited behind a text that arrived is not sent any more; behind one that failed it goes now.
/// The answer is the message, where it is now nobody's to deliver and a person must tell them.
///
/// # Errors
/// Not found; nothing where nothing new was said.
pub fn heard(tx: &mut Tx, tools: &Tools, ask: &Ask, id: MessageId, said: &Receipt) -> Flow<Done<Option<Message>>> {
    let message = store::message::load(tx, id)?.ok_or_else(|| Refusal::not_found("message"))?;
    let state = match said.fate {
        Fate::Delivered => MessageState::Delivered,
        Fate::Failed => MessageState::Undeliverable,
        Fate::OnItsWay => return Err(Failed::Nothing { look_again: None }),
    };
    if !store::message::record(tx, id, state, &said.words, ask.now)? {
        return Err(Failed::Nothing { look_again: None });
    }
    let answer = match state {
        MessageState::Delivered => {
            store::message::cancel_behind(tx, &message)?;
            None
        }
        _ => {
            number_unknown(tx, &message, &said.words, ask.now)?;
            (!store::message::send_behind(tx, &message, ask.now)?).then(|| message.clone())
        }
    };
    Ok(Done::new(answer, entry(tools, ask, &message, state, said)))
}

/// Where the network says that nobody has this number, it is not used any more until it is changed or somebody says that
/// it is right. True where that is new.
pub fn number_unknown(tx: &mut Tx, message: &Message, words: &str, now: Instant) -> Flow<bool> {
    let PersonRef::Client(client) = message.to else { return Ok(false) };
    if message.channel != Channel::Sms || !outside::sms::says_no_such_number(words) {
        return Ok(false);
    }
    let Some(mut person) = store::person::load(tx, message.to)? else { return Ok(false) };
    let is_theirs = person.phone.as_deref() == Some(message.address.as_str());
    if !is_theirs || person.preference.file.is_wrong(&message.address) {
        return Ok(false);
    }
    let file = std::mem::take(&mut person.preference.file);
    person.preference.file = file.wrong(&message.address, Source::Network, now);
    store::person::update_preference(tx, client, &person.preference)?;
    Ok(true)
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
