//! Requests for help: raised, taken, answered, handed up, closed (V-11, V-17 to V-19, E-12).

mod raise;

pub(super) use raise::by_house;
pub use raise::{NewHandOver, NewTicket, Raised, by_mail, by_reply, for_client, practice_of_address, raise};

use super::letter::{self, entry, person_of};
use super::{Ask, Failed, Flow, Tools, case, jobs};
use crate::words::Plain;
use domain::contact::AttemptResult;
use domain::decide::Attempt;
use domain::id::{Ids, ObligationId, TicketId};
use domain::message::MessageKind;
use domain::person::{Channel, Person, Role};
use domain::practice::Practice;
use domain::refusal::Refusal;
use domain::ticket::{Act, Line, LineKind, Ticket, TicketKind};
use serde_json::{Value, json};
use store::job::{Job, Priority};
use store::{Done, Tx};

/// One request with its thread.
#[derive(Debug, Clone)]
pub struct Thread {
    /// The request.
    pub ticket: Ticket,
    /// Its lines, in order.
    pub lines: Vec<Line>,
    /// Whom to turn to beside it.
    pub contact: domain::ticket::Contact,
}

/// One request, if whoever asks may see it.
pub fn thread(tx: &mut Tx, ask: &Ask, id: TicketId) -> Flow<Thread> {
    let ticket = found(tx, ask, id)?;
    // What is for colleagues' eyes stays there.
    let working = person_of(ask).is_some_and(|(_, role)| ticket.is_worked_by(role));
    let mut lines = store::ticket::lines(tx, id)?;
    lines.retain(|line| working || line.kind != LineKind::Noted);
    let practice = practice(tx, &ticket)?;
    let contact = raise::contact(tx, ticket.kind, &practice)?;
    Ok(Thread { ticket, lines, contact })
}

/// Does something with a request.
pub fn act(tx: &mut Tx, tools: &Tools, ask: &Ask, id: TicketId, act: Act) -> Flow<Done<Ticket>> {
    let before = found(tx, ask, id)?;
    let (by, role) = person_of(ask).ok_or_else(|| Refusal::not_found("ticket"))?;
    let (after, line) = before.clone().act(act, by, role, ask.now)?;
    let mut ids = Ids::new(ask.command, ask.now);
    if line.kind == LineKind::Answered {
        tell_asker(tx, tools, ask, &mut ids, &after)?;
    }
    if line.kind == LineKind::Replied {
        tell_worker(tx, tools, ask, &mut ids, &after)?;
    }
    let word = match line.kind {
        LineKind::Acknowledged => "ticket_acknowledged",
        LineKind::Answered => "ticket_answered",
        LineKind::Closed => "ticket_closed",
        _ => "ticket_changed",
    };
    keep(tx, tools, ask, &before, after, line, word)
}

/// Support tried to reach the client of a hand-over in the therapist's place: the attempt goes on the client's file under
/// the name of whoever made it, and reaching them is the end of it (V-11).
pub fn tell(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: TicketId,
    channel: Channel,
    result: AttemptResult,
    agreed: Option<String>,
) -> Flow<Done<Ticket>> {
    let before = found(tx, ask, id)?;
    let (by, role) = person_of(ask).ok_or_else(|| Refusal::not_found("ticket"))?;
    let hand_over = before.hand_over.clone().filter(|_| before.is_worked_by(role));
    let client = hand_over.ok_or_else(|| Refusal::not_found("hand-over"))?.client;
    let words =
        format!("{}: {result}{}", channel.word(), agreed.as_deref().map(|w| format!(". {w}")).unwrap_or_default());
    let made = Attempt { channel, result, at: ask.now, agreed };
    let attempted = case::attempt(tx, tools, ask, client, before.appointment, made)?;
    let reached = matches!(result, AttemptResult::Reached | AttemptResult::Sent);
    let (after, line) = match reached {
        true => before.clone().told(words, by, ask.now)?,
        false => {
            let line = Line { ticket: id, at: ask.now, by: Some(by), kind: LineKind::Noted, words };
            (before.clone(), line)
        }
    };
    let mut ids = Ids::new(ask.command, ask.now);
    if reached {
        tell_asker(tx, tools, ask, &mut ids, &after)?;
    }
    let mut done = keep(tx, tools, ask, &before, after, line, "client_told_on_behalf")?;
    done.audit.on_behalf_of = before.asker().map(|person| person.to_string());
    Ok(done.and(std::iter::once(attempted.audit).chain(attempted.more)))
}

/// The clock of a request: nobody took it in time.
pub fn clock(tx: &mut Tx, tools: &Tools, ask: &Ask, id: TicketId) -> Flow<Done<Ticket>> {
    let before = found(tx, ask, id)?;
    let Some((after, role)) = before.clone().escalate(ask.now) else {
        return Err(Failed::Nothing { look_again: before.next_look() });
    };
    let mut ids = Ids::new(ask.command, ask.now);
    let practice = practice(tx, &after)?;
    let roles = if role == Role::Owner { &[Role::Owner][..] } else { &[Role::Admin][..] };
    let words = match after.kind {
        TicketKind::Risk => {
            let contact = raise::contact(tx, after.kind, &practice)?;
            format!("Nobody on duty has taken it yet. Please ring {} now and ask them to.", contact.phone)
        }
        _ => "Its time has run out. Please see to it that somebody takes it.".to_owned(),
    };
    for person in letter::team(tx, practice.id, roles)? {
        let page = page_for(tools, &after, &person);
        let plain = Plain {
            kind: MessageKind::Ticket,
            words: &words,
            sender: None,
            with_booking_link: false,
            page: page.as_ref().map(|url| (url.as_str(), "See the request")),
        };
        letter::send(tx, tools, ask, &mut ids, &person, &practice, &plain, true)?;
    }
    let line = Line { ticket: id, at: ask.now, by: None, kind: LineKind::Escalated, words: role.word().to_owned() };
    keep(tx, tools, ask, &before, after, line, "ticket_escalated")
}

/// Saves a change with its line, its clock, the duty that goes with it, and its entry.
fn keep(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    before: &Ticket,
    after: Ticket,
    line: Line,
    word: &str,
) -> Flow<Done<Ticket>> {
    store::ticket::put(tx, &after)?;
    store::ticket::add_line(tx, &line)?;
    set_clock(tx, &after)?;
    if let (None, Some(taken), Some(duty)) = (before.acknowledged, after.acknowledged, after.obligation) {
        let name = store::person::load(tx, taken.by)?.map_or_else(|| taken.by.to_string(), |person| person.name);
        settle_duty(tx, ask, duty, format!("taken by {name}"))?;
    }
    let details = json!({ "before": before.state, "after": after.state, "line": line.kind });
    Ok(Done::new(after.clone(), written_down(tools, ask, &after, word, details)))
}

/// The entry of a request: whose it is and what was done, never what it says. What a worry is about stays off it.
pub(super) fn written_down(
    tools: &Tools,
    ask: &Ask,
    ticket: &Ticket,
    word: &str,
    details: Value,
) -> domain::audit::Entry {
    let people = [ticket.raised_by, ticket.on_behalf_of].into_iter().flatten().map(|person| person.to_string());
    let subjects = std::iter::once(ticket.id.to_string()).chain(people).collect();
    let mut entry = entry(tools, ask, ticket.practice, word, subjects, details);
    entry.on_behalf_of = ticket.on_behalf_of.filter(|_| word == "ticket_raised").map(|person| person.to_string());
    entry
}

pub(super) fn set_clock(tx: &mut Tx, ticket: &Ticket) -> Flow<()> {
    let subject = ticket.id.to_string();
    match ticket.next_look() {
        Some(due_at) => {
            let (practice, priority) = (ticket.practice, Priority::Normal);
            let job = Job { kind: jobs::TICKET_CLOCK, subject: &subject, practice, priority, due_at };
            Ok(store::job::enqueue(tx, &job)?)
        }
        None => Ok(store::job::remove(tx, jobs::TICKET_CLOCK, &subject)?),
    }
}

/// Meets a duty on file, with what shows it, and its case where nothing else is owed (V-18, V-19).
pub(super) fn settle_duty(tx: &mut Tx, ask: &Ask, id: ObligationId, evidence: String) -> Flow<()> {
    let system = domain::access::Scope::System("ticket");
    let Some(duty) = store::obligation::load(tx, &system, id)?.filter(domain::obligation::Obligation::is_owed) else {
        return Ok(());
    };
    let (relationship, case) = (duty.relationship, duty.disruption);
    let met = duty.meet(evidence, ask.now)?;
    let Some(pair) = store::relationship::load(tx, &system, relationship)? else { return Ok(()) };
    store::obligation::put(tx, &met, pair.therapist, pair.client)?;
    store::job::remove(tx, jobs::OBLIGATION_CLOCK, &id.to_string())?;
    let Some(case) = case.map(|case| store::disruption::load(tx, &system, case)).transpose()?.flatten() else {
        return Ok(());
    };
    let all = store::obligation::of_disruption(tx, case.id)?;
    Ok(store::disruption::put(tx, &case.settle(&all, ask.now), pair.therapist, pair.client)?)
}

/// Whoever asked reads that there is an answer; the words themselves stay in Holdspace where they may be private.
fn tell_asker(tx: &mut Tx, tools: &Tools, ask: &Ask, ids: &mut Ids, ticket: &Ticket) -> Flow<()> {
    let practice = practice(tx, ticket)?;
    let Some(asker) = ticket.asker() else { return Ok(()) };
    let Some(to) = store::person::load(tx, asker)?.filter(|to| to.active && to.address(Channel::Email).is_some())
    else {
        return Ok(());
    };
    let page = page_for(tools, ticket, &to);
    let plain = Plain {
        kind: MessageKind::TicketAnswer,
        words: "",
        sender: None,
        with_booking_link: false,
        page: page.as_ref().map(|url| (url.as_str(), "Read it in Holdspace")),
    };
    letter::send(tx, tools, ask, ids, &to, &practice, &plain, false).map(drop)
}

/// Whoever took the request reads that the asker wrote again.
fn tell_worker(tx: &mut Tx, tools: &Tools, ask: &Ask, ids: &mut Ids, ticket: &Ticket) -> Flow<()> {
    let practice = practice(tx, ticket)?;
    let taken = match ticket.acknowledged {
        Some(done) => store::person::load(tx, done.by)?.filter(|person| person.active),
        None => None,
    };
    let to = match taken {
        Some(person) => vec![person],
        None => letter::team(tx, practice.id, ticket.kind.team())?,
    };
    for person in to {
        let page = page_for(tools, ticket, &person);
        let plain = Plain {
            kind: MessageKind::Ticket,
            words: "Whoever asked has written again.",
            sender: None,
            with_booking_link: false,
            page: page.as_ref().map(|url| (url.as_str(), "See the request")),
        };
        letter::send(tx, tools, ask, ids, &person, &practice, &plain, false)?;
    }
    Ok(())
}

/// The request's page in the portal of this person; none where they may not see it.
pub(super) fn page_for(tools: &Tools, ticket: &Ticket, person: &Person) -> Option<String> {
    let base = tools.base_url.trim_end_matches('/');
    let portal = match person.role {
        Role::Client => "/c",
        Role::Therapist => "/t",
        _ => "/p",
    };
    let seen = ticket.is_seen_by(person.id, person.role);
    seen.then(|| format!("{base}{portal}/tickets/{}", ticket.id))
}

fn found(tx: &mut Tx, ask: &Ask, id: TicketId) -> Flow<Ticket> {
    Ok(store::ticket::load(tx, &ask.who.scope(), id)?.ok_or_else(|| Refusal::not_found("ticket"))?)
}

fn practice(tx: &mut Tx, ticket: &Ticket) -> Flow<Practice> {
    Ok(store::practice::load(tx, ticket.practice)?.ok_or_else(|| Refusal::not_found("practice"))?)
}

/// Today's rules of a practice.
pub(super) fn rules(tx: &mut Tx, tools: &Tools, practice: &Practice) -> Flow<std::sync::Arc<domain::policy::Policy>> {
    Ok(tools.policies.latest(tx, practice.id)?.ok_or_else(|| Refusal::not_found("policy"))?)
}
