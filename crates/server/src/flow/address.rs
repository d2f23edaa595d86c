//! A new address or number of a client: asked for, shown to be theirs, and only then used. And whom to turn to in danger,
//! which no message is ever written to.

use super::settings::{client_in_scope, client_to_change, entry, source};
use super::{Ask, Failed, Flow, Tools, letter};
use domain::access::Scope;
use domain::id::{AddressChangeId, ClientId, Ids};
use domain::message::{LinkTo, Message, MessageKind, MessageState};
use domain::person::{Channel, Person, PersonRef};
use domain::refusal::Refusal;
use domain::risk::{EmergencyContact, may_read_contact};
use domain::telling::address::{self, AddressChange, Shown, What};
use domain::telling::consent::Source;
use serde_json::json;
use store::{Done, Tx};

/// Asks for a new address or number. A link goes to the address, a code to the number where texts can be sent; else
/// somebody of the practice speaks with them. What was there before goes on being used.
///
/// # Errors
/// Those of [`AddressChange::asked`]; not found.
pub fn change(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    client: ClientId,
    what: What,
    typed: &str,
) -> Flow<Done<AddressChange>> {
    let person = client_to_change(tx, ask, client)?;
    let mut ids = Ids::new(ask.command, ask.now);
    let change = AddressChange::asked(ids.mint(), &person, what, typed, ask.now)?;
    store::address::put(tx, &change)?;
    if let Some(channel) = shown_by(tools, &person, what) {
        let message = question(tx, tools, ask, &person, &change, channel, &mut ids)?;
        letter::put(tx, &message)?;
    }
    let details = json!({ "what": what, "source": source(ask), "change": change.id });
    let entry = entry(tools, ask, person.practice, "address_change_asked", &client.to_string(), details);
    Ok(Done::new(change, entry))
}

/// By which way the new address can show itself to be theirs; none where only a person can tell. Who wrote STOP gets no
/// code either.
pub fn shown_by(tools: &Tools, person: &Person, what: What) -> Option<Channel> {
    match what {
        What::Email => Some(Channel::Email),
        What::Phone => (tools.reach.sms && !person.preference.file.refuses(Channel::Sms)).then_some(Channel::Sms),
    }
}

/// The message that goes to the new address, and to no other.
fn question(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    person: &Person,
    change: &AddressChange,
    channel: Channel,
    ids: &mut Ids,
) -> Flow<Message> {
    let practice = store::practice::load(tx, person.practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let written = tools.writer.confirm_address(channel, &practice, person, ask.now);
    Ok(Message {
        id: ids.mint(),
        practice: person.practice,
        command: ask.command,
        appointment: None,
        revision: 0,
        to: person.id,
        address: change.to.clone(),
        channel,
        kind: MessageKind::ConfirmAddress,
        urgent: true,
        subject: written.subject,
        text: written.text,
        html: written.html,
        calendar: None,
        link: Some(LinkTo::Address(change.id)),
        written_at: ask.now,
        send_at: ask.now,
        state: MessageState::Pending,
        handed_at: None,
        last_reply: None,
    })
}

/// What waits to be confirmed behind a link.
pub fn waiting(tx: &mut Tx, ask: &Ask, id: AddressChangeId) -> Flow<Option<AddressChange>> {
    Ok(store::address::load(tx, id)?.filter(|change| change.is_open(ask.now)))
}

/// They opened the link that went to the new address and pressed the button.
///
/// # Errors
/// 409 `link_over` where the link is old, used, or overtaken.
pub fn by_link(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AddressChangeId) -> Flow<Done<Person>> {
    let over = "This link is not in use any more. Ask for a new one where you changed the address.";
    let seen = waiting(tx, ask, id)?.ok_or_else(|| Refusal::conflict("link_over", over))?;
    let found = store::person::lock(tx, PersonRef::Client(seen.client))?;
    let person = found.ok_or_else(|| Refusal::not_found("client"))?;
    // As it stands now: a newer one may have overtaken it meanwhile.
    let change = waiting(tx, ask, id)?.ok_or_else(|| Refusal::conflict("link_over", over))?;
    confirm(tx, tools, ask, &change, person, Shown::Link, None)
}

/// What came of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Code {
    /// It was the one.
    Right,
    /// It was another; that it was typed is counted.
    Wrong,
}

/// The client types the code that went to the new number.
///
/// # Errors
/// 409 `code_over` where there is none to type, or it was typed wrong too often.
pub fn by_code(tx: &mut Tx, tools: &Tools, ask: &Ask, client: ClientId, typed: &str) -> Flow<Done<Code>> {
    let person = client_to_change(tx, ask, client)?;
    let waits = store::address::open_of(tx, client)?;
    let change = waits.into_iter().find(|change| change.what == What::Phone && change.is_open(ask.now));
    let over = "That code is not in use any more. Write the number again, and we send another.";
    let change = change.ok_or_else(|| Refusal::conflict("code_over", over))?;
    // Counted first: of many that are typed at once no more are looked at than one after the other.
    if !store::address::try_once(tx, change.id, address::TRIES)? {
        return Err(Refusal::conflict("code_over", over).into());
    }
    let typed: String = typed.chars().filter(char::is_ascii_digit).collect();
    if typed != tools.link_key.code(change.id) {
        let details = json!({ "change": change.id });
        let entry = entry(tools, ask, person.practice, "address_code_wrong", &client.to_string(), details);
        return Ok(Done::new(Code::Wrong, entry));
    }
    let done = confirm(tx, tools, ask, &change, person, Shown::Code, None)?;
    Ok(Done { answer: Code::Right, audit: done.audit, more: done.more })
}

/// Somebody of the practice knows from the client themselves that the new address, or the number that was said to be
/// wrong, is right.
///
/// # Errors
/// 422 `word_required`; 409 `nothing_to_confirm`.
pub fn by_word(tx: &mut Tx, tools: &Tools, ask: &Ask, client: ClientId, what: What, said: &str) -> Flow<Done<Person>> {
    let mut person = client_to_change(tx, ask, client)?;
    let said = address::word(said)?;
    let waits = store::address::open_of(tx, client)?.into_iter().find(|change| change.what == what);
    if let Some(change) = waits {
        return confirm(tx, tools, ask, &change, person, Shown::Word, Some(said));
    }
    if what != What::Phone || person.preference.file.wrong_number.take().is_none() {
        let detail = "Nothing waits to be confirmed. See how it stands now.";
        return Err(Refusal::conflict("nothing_to_confirm", detail).into());
    }
    store::person::update_preference(tx, client, &person.preference)?;
    let details = json!({ "how": Shown::Word, "word": said });
    let entry = entry(tools, ask, person.practice, "number_confirmed", &client.to_string(), details);
    Ok(Done::new(person, entry))
}

fn confirm(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    change: &AddressChange,
    before: Person,
    how: Shown,
    word: Option<String>,
) -> Flow<Done<Person>> {
    let (email, phone) = (before.email.clone(), before.phone.clone());
    let after = change.made(before);
    store::person::update_contact(tx, change.client, &after)?;
    store::address::end(tx, change.client, change.what, ask.now)?;
    let (was, channel) = match change.what {
        What::Email => (email, Channel::Email),
        What::Phone => (phone, Channel::Sms),
    };
    if let Some(was) = &was {
        store::message::readdress(tx, after.id, channel, was, &change.to)?;
    }
    let details = json!({ "what": change.what, "before": was, "after": change.to, "how": how, "word": word });
    let entry = entry(tools, ask, after.practice, "address_changed", &change.client.to_string(), details);
    Ok(Done::new(after, entry))
}

/// Keeps whom to turn to when the client may be in danger, as they said it; nobody any more where it is none.
///
/// # Errors
/// Those of [`EmergencyContact::checked`]; nothing where there was none to take away.
pub fn put_emergency(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    client: ClientId,
    said: Option<(String, String, String)>,
) -> Flow<Done<()>> {
    let person = client_in_scope(tx, ask, client)?;
    let Some((name, phone, relation)) = said else {
        if !store::risk::drop_contact(tx, client)? {
            return Err(Failed::Nothing { look_again: None });
        }
        let entry = entry(tools, ask, person.practice, "emergency_contact_removed", &client.to_string(), json!({}));
        return Ok(Done::new((), entry));
    };
    let set_by = match ask.who.scope() {
        Scope::Actor(actor) => actor.person,
        _ => person.id,
    };
    let (practice, set_at) = (person.practice, ask.now);
    let contact = EmergencyContact { practice, client, name, phone, relation, set_by, set_at }.checked()?;
    store::risk::put_contact(tx, &contact)?;
    let own = source(ask) == Source::Portal;
    let details = json!({ "own_word": own });
    let entry = entry(tools, ask, person.practice, "emergency_contact_kept", &client.to_string(), details);
    Ok(Done::new((), entry))
}

/// Reads it, which goes on record: clinical lead and risk duty, after a decision about the risk (V-19).
///
/// # Errors
/// Not found; 403 `risk_decision_required`.
pub fn read_emergency(tx: &mut Tx, tools: &Tools, ask: &Ask, client: ClientId) -> Flow<Done<EmergencyContact>> {
    let person = client_in_scope(tx, ask, client)?;
    let scope = ask.who.scope();
    let Scope::Actor(actor) = &scope else { return Err(Refusal::not_found("emergency contact").into()) };
    let screening = store::risk::load(tx, &scope, client)?;
    may_read_contact(actor.role, screening.as_ref())?;
    let found = store::risk::contact(tx, &scope, client)?;
    let contact = found.ok_or_else(|| Refusal::not_found("emergency contact"))?;
    let entry = entry(tools, ask, person.practice, "emergency_contact_read", &client.to_string(), json!({}));
    Ok(Done::new(contact, entry))
}
