//! What clients write back, by text or letter: taken in at once, then read by a job, so that a fault loses no word of it.
//! What is understood is done in the client's own name; anything else goes to a person.

use super::letter::entry;
use super::{Ask, Failed, Flow, Tools, Who, appointment, jobs, letter, live, load, offer, settings, ticket};
use crate::words::Plain;
use domain::access::{Actor, Via};
use domain::audit::Entry;
use domain::decide::{Command, Live};
use domain::id::{AppointmentId, Ids, MessageId, OfferId, RelationshipId};
use domain::inbound::Inbound;
use domain::message::{LinkTo, Message, MessageKind};
use domain::obligation::{Obligation, ObligationKind};
use domain::offer::OfferState;
use domain::person::{Channel, Person, PersonRef, Role};
use domain::policy::obligations::{Given, Setting, Trigger, owed};
use domain::practice::{Practice, Relationship};
use domain::telling::answer::{ClientWord, Meaning, Question, meaning};
use domain::telling::reply;
use domain::time::Span;
use load::Mode;
use serde_json::json;
use store::job::{Job, Priority};
use store::{Done, Tx};

/// How long a question may be answered by text; whether it is still open is for the rules to say.
const ANSWERED_WITHIN: Span = Span::hours(14 * 24);

/// What came in, as a gateway or mail server hands it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// By text or letter.
    pub channel: Channel,
    /// The number, as `+447700900412`, or the address in lower case.
    pub address: String,
    /// The words.
    pub body: String,
    /// The other side's own name for it.
    pub reference: String,
    /// The messages that a letter says it answers, the nearest first.
    pub answers: Vec<MessageId>,
}

/// Whose it is.
struct Whose {
    client: Person,
    answers: Option<Message>,
}

/// Takes it in and has it read: a text, or a letter that proves to be the answer to one of ours. False for any other
/// letter, and where nobody here has that number: nothing is kept, and whoever wrote learns nothing.
pub fn take_in(tx: &mut Tx, ask: &Ask, said: &Said) -> Flow<bool> {
    let found = match said.channel {
        Channel::Email => of_letter(tx, said)?,
        _ => of_text(tx, ask, said)?,
    };
    found.map_or(Ok(false), |whose| keep(tx, ask, said, whose))
}

/// Takes in a letter that answers nothing of ours, and has a person read it: anybody can write a client's address as the
/// sender's, so nothing is done in the client's name. False where no client has that address: nothing is kept.
pub fn for_a_person(tx: &mut Tx, ask: &Ask, said: &Said) -> Flow<bool> {
    let mut known = store::person::by_email(tx, &said.address)?;
    known.retain(|person| person.role == Role::Client);
    // Of several who read letters there it is for whoever works with the one who was written to last.
    let mut last = Vec::new();
    for client in known {
        let sent = store::message::told(tx, client.id, ask.now - ANSWERED_WITHIN)?;
        last.push((sent.first().and_then(|message| message.handed_at), client));
    }
    let newest = last.into_iter().rev().max_by_key(|(told_at, _)| *told_at);
    newest.map_or(Ok(false), |(_, client)| keep(tx, ask, said, Whose { client, answers: None }))
}

fn keep(tx: &mut Tx, ask: &Ask, said: &Said, Whose { client, answers }: Whose) -> Flow<bool> {
    let PersonRef::Client(id) = client.id else { return Ok(false) };
    let inbound = Inbound {
        id: Ids::new(ask.command, ask.now).mint(),
        practice: client.practice,
        client: id,
        appointment: answers.as_ref().and_then(|message| message.appointment),
        answers: answers.map(|message| message.id),
        channel: said.channel,
        address: said.address.clone(),
        body: said.body.clone(),
        received_at: ask.now,
        understood: None,
    };
    if store::inbound::insert(tx, &inbound, &said.reference)? {
        let (subject, practice) = (inbound.id.to_string(), inbound.practice);
        let job = Job { kind: jobs::REPLY, subject: &subject, practice, priority: Priority::Urgent, due_at: ask.now };
        store::job::enqueue(tx, &job)?;
    }
    Ok(true)
}

/// Of whoever was texted there last, the question that was asked last before all else; else of the only client who has
/// the number. Where several have it and nobody was written to, it is the first of them: a person reads it anyway.
fn of_text(tx: &mut Tx, ask: &Ask, said: &Said) -> Flow<Option<Whose>> {
    let sent = store::message::texted(tx, &said.address, ask.now - ANSWERED_WITHIN)?;
    let to_clients: Vec<Message> = sent.into_iter().filter(|m| matches!(m.to, PersonRef::Client(_))).collect();
    let asked = to_clients.iter().find(|message| Question::of(message.kind, message.link).is_some());
    let Some(answers) = asked.or(to_clients.first()).cloned() else {
        let client = store::person::clients_by_phone(tx, &said.address)?.into_iter().next();
        return Ok(client.map(|client| Whose { client, answers: None }));
    };
    let client = store::person::load(tx, answers.to)?;
    Ok(client.map(|client| Whose { client, answers: Some(answers) }))
}

/// Of whom the message was to that it answers, if it comes from where that message went and they are still to be found
/// there. The message's name cannot be guessed: only who got it can answer it.
fn of_letter(tx: &mut Tx, said: &Said) -> Flow<Option<Whose>> {
    for id in &said.answers {
        let Some(message) = store::message::load(tx, *id)? else { continue };
        let went_there = message.address.eq_ignore_ascii_case(&said.address);
        if !went_there || !matches!(message.to, PersonRef::Client(_)) {
            continue;
        }
        let client = store::person::load(tx, message.to)?;
        let is_theirs = |c: &Person| c.email.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(&said.address));
        if let Some(client) = client.filter(is_theirs) {
            return Ok(Some(Whose { client, answers: Some(message) }));
        }
    }
    Ok(None)
}

/// Reads what came in, and does what it says.
pub fn read(tx: &mut Tx, tools: &Tools, ask: &Ask, id: domain::id::InboundId) -> Flow<Done<()>> {
    let nothing = || Failed::Nothing { look_again: None };
    let mut inbound = store::inbound::load(tx, id)?.filter(|found| found.understood.is_none()).ok_or_else(nothing)?;
    let client = store::person::load(tx, PersonRef::Client(inbound.client))?.ok_or_else(nothing)?;
    let answers = inbound.answers.map(|id| store::message::load(tx, id)).transpose()?.flatten();
    if let Some(read) = answers.as_ref().filter(|_| inbound.is_proven()) {
        // Whoever answers has it, so what waits behind it says the same twice.
        store::message::cancel_behind(tx, read)?;
    }
    let asked = answers.as_ref().and_then(|message| Question::of(message.kind, message.link));
    let means = meaning(reply::read(&inbound.body), asked, &client.zone, inbound.received_at);
    let means = means.coming_by(inbound.channel, inbound.is_proven());
    let ask = &in_their_name(ask, &client, inbound.channel);
    if inbound.appointment.is_none() && inbound.channel != Channel::InApp {
        inbound.appointment = nearest(tx, ask)?;
    }
    let (word, entries) = match carry_out(tx, tools, ask, &inbound, &client, answers.as_ref(), means) {
        Err(Failed::Refused(_)) => (ClientWord::Unread.as_str(), unread(tx, tools, ask, &inbound, &client)?),
        Err(Failed::Nothing { .. }) => (word_of(means), Vec::new()),
        Err(other) => return Err(other),
        Ok(entries) => (word_of(means), entries),
    };
    inbound.understood = Some(word.to_owned());
    store::inbound::read(tx, &inbound)?;
    let mut subjects = vec![inbound.id.to_string(), client.id.to_string()];
    subjects.extend(inbound.appointment.map(|id| id.to_string()));
    let mut details = json!({ "channel": inbound.channel, "understood": word, "answers": inbound.answers });
    if !inbound.is_proven() {
        details["proven"] = json!(false);
    }
    let own = entry(tools, ask, inbound.practice, "reply_read", subjects, details);
    let mut all = entries.into_iter().chain([own]);
    let first = all.next().ok_or_else(nothing)?;
    Ok(Done::new((), first).and(all))
}

/// The client acts, by the way that they wrote.
fn in_their_name(ask: &Ask, client: &Person, channel: Channel) -> Ask {
    let via = match channel {
        Channel::Email => Via::Mail,
        Channel::InApp => Via::Portal,
        _ => Via::Text,
    };
    let name = client.name.clone();
    let actor = Actor { person: client.id, practice: client.practice, role: Role::Client, name, via };
    Ask { who: Who::Actor(actor), ..ask.clone() }
}

/// What a client most likely writes about: their next appointment.
fn nearest(tx: &mut Tx, ask: &Ask) -> Flow<Option<AppointmentId>> {
    let next = store::appointment::next_of(tx, &ask.who.scope(), ask.now, 1)?;
    Ok(next.first().map(|appointment| appointment.id))
}

const fn word_of(means: Meaning) -> &'static str {
    match means {
        Meaning::Stop => "stop",
        Meaning::Start => "start",
        Meaning::Help => "help",
        Meaning::Late(answer) => answer.as_str(),
        Meaning::Take(_) => "take",
        Meaning::Says(word) => word.as_str(),
    }
}

fn carry_out(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    inbound: &Inbound,
    client: &Person,
    answers: Option<&Message>,
    means: Meaning,
) -> Flow<Vec<Entry>> {
    let offered = match answers.and_then(|message| message.link) {
        Some(LinkTo::Offer(id)) => Some(id),
        _ => None,
    };
    match (means, inbound.appointment, offered) {
        (Meaning::Stop, ..) => texts_to_number(tx, tools, ask, inbound, false),
        (Meaning::Start, ..) => texts_to_number(tx, tools, ask, inbound, true),
        (Meaning::Help, ..) => help(tx, tools, ask, inbound, client),
        (Meaning::Late(answer), Some(about), _) => {
            live::act(tx, tools, ask, about, Live::Answer(answer), None).map(entries)
        }
        (Meaning::Take(place), _, Some(id)) => take(tx, tools, ask, id, place),
        (Meaning::Says(ClientWord::NoNewTime), _, Some(id)) if is_live(tx, ask, id)? => {
            offer::decline(tx, tools, ask, id, false).map(entries)
        }
        (Meaning::Says(word), Some(about), _) if word != ClientWord::Unread => {
            say(tx, tools, ask, about, word, inbound).map(entries)
        }
        _ => unread(tx, tools, ask, inbound, client),
    }
}

/// STOP and START are about the number, whosever it is: each client who has it, in every practice, gets no more texts
/// there, or has them again where STOP had taken them away; each on their own record.
fn texts_to_number(tx: &mut Tx, tools: &Tools, ask: &Ask, inbound: &Inbound, welcome: bool) -> Flow<Vec<Entry>> {
    let mut all = Vec::new();
    let mut refused_otherwise = false;
    for client in store::person::lock_clients_by_phone(tx, &inbound.address)? {
        let PersonRef::Client(id) = client.id else { continue };
        let own = &in_their_name(ask, &client, inbound.channel);
        let done = match welcome {
            true => settings::start_texts(tx, tools, own, id),
            false => settings::stop_texts(tx, tools, own, id),
        };
        match done {
            Ok(done) => all.extend(entries(done)),
            Err(Failed::Nothing { .. }) => refused_otherwise |= client.preference.file.refuses(Channel::Sms),
            Err(other) => return Err(other),
        }
    }
    if welcome && all.is_empty() && refused_otherwise {
        // They said no in their pages or to somebody: that is not for a word by text to change, and a person asks.
        let detail = "Texts were turned off in another way.";
        return Err(domain::refusal::Refusal::conflict("not_stopped_by_text", detail).into());
    }
    if all.is_empty() { Err(Failed::Nothing { look_again: None }) } else { Ok(all) }
}

fn is_live(tx: &mut Tx, ask: &Ask, id: OfferId) -> Flow<bool> {
    let offer = store::offer::load(tx, &ask.who.scope(), id)?;
    Ok(offer.is_some_and(|offer| offer.state == OfferState::Open && offer.expires_at > ask.now))
}

/// The time at that place of the list that they were sent.
fn take(tx: &mut Tx, tools: &Tools, ask: &Ask, id: OfferId, place: usize) -> Flow<Vec<Entry>> {
    use domain::refusal::Refusal;
    let offer = store::offer::load(tx, &ask.who.scope(), id)?.ok_or_else(|| Refusal::not_found("offer"))?;
    let slot = place.checked_sub(1).and_then(|place| offer.slots.get(place));
    let start = slot.ok_or_else(|| Refusal::not_found("time"))?.from;
    super::offer::accept(tx, tools, ask, id, start).map(entries)
}

fn say(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    about: AppointmentId,
    word: ClientWord,
    inbound: &Inbound,
) -> Flow<Done<super::Answer>> {
    let mut situation = load::appointment(tx, tools, ask, about, &[], Mode::Change)?;
    // Who writes in the portal sees there that it was sent, and to whom.
    situation.live.wrote_in_portal = inbound.channel == Channel::InApp;
    situation.live.answers_nothing = inbound.channel != Channel::InApp && inbound.answers.is_none();
    appointment::change(tx, tools, ask, situation, Command::Reply(word))
}

/// A person reads it: whoever's appointment it is about, else the office.
fn unread(tx: &mut Tx, tools: &Tools, ask: &Ask, inbound: &Inbound, client: &Person) -> Flow<Vec<Entry>> {
    if let Some(about) = inbound.appointment {
        return say(tx, tools, ask, about, ClientWord::Unread, inbound).map(entries);
    }
    if let (Channel::InApp, Ok(pair)) = (inbound.channel, inbound.address.parse()) {
        return between_them(tx, tools, ask, pair, client);
    }
    let mut ids = Ids::new(ask.command, ask.now);
    let raised = ticket::by_reply(tx, tools, ask, &mut ids, client, &inbound.address, &inbound.body)?;
    Ok(entries(raised))
}

/// They have no appointment that it could be about: the therapist owes them an answer all the same.
fn between_them(tx: &mut Tx, tools: &Tools, ask: &Ask, id: RelationshipId, client: &Person) -> Flow<Vec<Entry>> {
    use domain::refusal::Refusal;
    let missing = || Refusal::not_found("conversation");
    let pair = store::relationship::load(tx, &ask.who.scope(), id)?.ok_or_else(missing)?;
    let practice = store::practice::load(tx, pair.practice)?.ok_or_else(missing)?;
    let policy = store::policy::latest(tx, practice.id)?.ok_or_else(missing)?;
    let waits = store::obligation::owed_between(tx, id, ObligationKind::AnswerClient)?;
    let mut ids = Ids::new(ask.command, ask.now);
    let mut opened = Vec::new();
    if waits.is_empty() {
        // Nothing is on today, so it has the time that it has on any day.
        let later = ask.now + Span::hours(30 * 24);
        let setting = Setting { now: ask.now, start: later, end: later, given: Given::Nothing, money_open: false };
        for owed in owed(&policy.parameters, &practice.zone, Trigger::ClientWrote, &setting) {
            let duty = Obligation::about(owed, &pair, ask.now, &mut ids);
            store::obligation::put(tx, &duty, pair.therapist, pair.client)?;
            if let Some(due_at) = duty.next_look() {
                let (subject, priority) = (duty.id.to_string(), Priority::Normal);
                let job =
                    Job { kind: jobs::OBLIGATION_CLOCK, subject: &subject, practice: practice.id, priority, due_at };
                store::job::enqueue(tx, &job)?;
            }
            opened.push(duty.id.to_string());
        }
    }
    // They were written to when the first of these words came; the clock of what they owe reminds them.
    if waits.is_empty() {
        client_wrote(tx, tools, ask, &mut ids, &pair, &practice, client)?;
    }
    let subjects = [vec![id.to_string(), client.id.to_string()], opened].concat();
    Ok(vec![entry(tools, ask, practice.id, "client_wrote", subjects, json!({ "word": "unread" }))])
}

/// A letter to the therapist: this client wrote, and where it can be read.
fn client_wrote(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    pair: &Relationship,
    practice: &Practice,
    client: &Person,
) -> Flow<()> {
    let to = store::person::load(tx, PersonRef::Therapist(pair.therapist))?;
    let to = to.ok_or_else(|| domain::refusal::Refusal::not_found("therapist"))?;
    let id = pair.id;
    let page = format!("{}/t/conversations/{id}", tools.base_url);
    let plain = Plain {
        kind: MessageKind::MessageWaiting,
        words: "",
        sender: Some(client.first_name()),
        with_booking_link: false,
        page: Some((&page, "Read it in Holdspace")),
    };
    letter::send(tx, tools, ask, ids, &to, practice, &plain, true).map(drop)
}

/// Who to turn to.
fn help(tx: &mut Tx, tools: &Tools, ask: &Ask, inbound: &Inbound, client: &Person) -> Flow<Vec<Entry>> {
    let mut ids = Ids::new(ask.command, ask.now);
    let message = letter::how_to_reach_us(tx, tools, ask, &mut ids, client, inbound)?;
    let subjects = vec![client.id.to_string(), message.id.to_string()];
    Ok(vec![entry(tools, ask, client.practice, "help_sent", subjects, json!({ "channel": message.channel }))])
}

fn entries<T>(done: Done<T>) -> Vec<Entry> {
    std::iter::once(done.audit).chain(done.more).collect()
}
