//! Word that something waits in the portal, and nothing of what it is: to the browsers that asked for it, else by letter or
//! text.

use super::{Ask, Flow, Tools, letter};
use domain::conversation::Between;
use domain::id::Ids;
use domain::message::{Message, MessageKind};
use domain::person::{Channel, Person, PersonRef};
use domain::practice::Relationship;
use domain::refusal::Refusal;
use domain::telling::route;
use domain::time::Span;
use store::Tx;

/// Who was told so a little while ago, and has not looked, is not told again.
const QUIET: Span = Span::minutes(30);

/// It is about nothing that begins soon.
const NOT_SOON: Span = Span::hours(30 * 24);

/// The client has something to read: told by their browsers, else by letter or text, at most every half hour while they have
/// not looked.
pub(crate) fn client(tx: &mut Tx, tools: &Tools, ask: &Ask, ids: &mut Ids, between: Between) -> Flow<()> {
    let to = PersonRef::Client(between.client);
    let Some(person) = store::person::load(tx, to)?.filter(|person| person.active) else { return Ok(()) };
    let system = domain::access::Scope::System("nudge");
    let waits = store::conversation::unread(tx, &system, between.relationship, false, 2)?.len() > 1;
    if waits && store::conversation::nudged_since(tx, to, ask.now - QUIET)?.is_some() {
        return Ok(());
    }
    let Some(channel) = way(tx, tools, &person)? else { return Ok(()) };
    let practice = store::practice::load(tx, between.practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let written = tools.writer.waiting(channel, &practice, &person, ask.now);
    let address = person.address(channel).unwrap_or_default().to_owned();
    let policy = store::policy::latest(tx, practice.id)?.ok_or_else(|| Refusal::not_found("policy"))?;
    // A browser rings, so it waits for the morning as a text does; a letter disturbs nobody.
    let rings_at =
        route::rings_at(MessageKind::MessageWaiting, ask.now + NOT_SOON, &person, &policy.parameters, ask.now);
    let send_at = if channel == Channel::Email { ask.now } else { rings_at };
    let message = Message {
        send_at,
        address,
        channel,
        subject: written.subject,
        text: written.text,
        html: written.html,
        ..blank(ask, ids, &person)
    };
    letter::put(tx, &message)
}

/// How a client hears that something waits in the portal: by their browsers, else as they like best of letter and text. None
/// where they would not hear of it.
pub(super) fn way(tx: &mut Tx, tools: &Tools, to: &Person) -> Flow<Option<Channel>> {
    let browsers = !to.preference.file.refuses(Channel::Push) && store::push::has(tx, to.id)?;
    Ok(if browsers { Some(Channel::Push) } else { route::one_way(to, tools.reach) })
}

/// No browser or phone took it: a letter says the same, where they may have one. A therapist has had one already.
pub(super) fn by_letter(tx: &mut Tx, tools: &Tools, ask: &Ask, to: PersonRef) -> Flow<bool> {
    let Some(person) = store::person::load(tx, to)?.filter(|person| person.active) else { return Ok(true) };
    if !matches!(to, PersonRef::Client(_)) || person.address(Channel::Email).is_none() {
        return Ok(!matches!(to, PersonRef::Client(_)));
    }
    let practice = store::practice::load(tx, person.practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let written = tools.writer.waiting(Channel::Email, &practice, &person, ask.now);
    let mut ids = Ids::new(ask.command, ask.now);
    let (subject, text, html) = (written.subject, written.text, written.html);
    letter::put(tx, &Message { subject, text, html, ..blank(ask, &mut ids, &person) }).map(|()| true)
}

/// The therapist's browsers are told that a client wrote. The letter about it goes with what their words were understood as.
pub(super) fn therapist(tx: &mut Tx, ask: &Ask, ids: &mut Ids, pair: &Relationship) -> Flow<()> {
    let to = PersonRef::Therapist(pair.therapist);
    let Some(person) = store::person::load(tx, to)?.filter(|person| person.active) else { return Ok(()) };
    if person.preference.file.refuses(Channel::Push) || !store::push::has(tx, to)? {
        return Ok(());
    }
    let text = crate::words::PUSH_NEWS.to_owned();
    let address = String::new();
    letter::put(tx, &Message { channel: Channel::Push, address, text, ..blank(ask, ids, &person) })
}

fn blank(ask: &Ask, ids: &mut Ids, to: &Person) -> Message {
    Message::letter(ids.mint(), ask.command, to, MessageKind::MessageWaiting, ask.now)
}
