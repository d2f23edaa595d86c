//! Raising a request: who may, how fast it goes, who is written to at once, and the duty on the appointment's file.

use super::super::letter::{self, person_of};
use super::super::{Ask, Failed, Flow, Tools, jobs, settings};
use super::{page_for, rules, set_clock, written_down};
use crate::words::Plain;
use domain::appointment::Appointment;
use domain::audit::Entry;
use domain::id::{AppointmentId, ClientId, Ids, PracticeId};
use domain::message::MessageKind;
use domain::obligation::Obligation;
use domain::person::{Channel, Person, PersonRef, Role};
use domain::policy::Policy;
use domain::policy::obligations::{Given, Setting, Trigger, owed};
use domain::practice::Practice;
use domain::refusal::Refusal;
use domain::ticket::{
    BODY_MAX, Contact, HandOver, Line, LineKind, Route, Ticket, TicketKind, TicketState, checked_words, deadlines,
    route,
};
use domain::time::{Instant, Interval, Span};
use serde_json::json;
use store::job::{Job, Priority};
use store::{Done, Tx};

/// What support is to tell a client in the therapist's place (V-11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHandOver {
    /// Which client.
    pub client: ClientId,
    /// By which way.
    pub channel: Channel,
    /// The words.
    pub text: String,
    /// By when, UTC.
    pub deadline: Instant,
}

/// A request that is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    /// What is asked for.
    pub kind: TicketKind,
    /// The appointment that it is about.
    pub appointment: Option<AppointmentId>,
    /// Whose word it is, where the office types it for somebody who phones (V-17).
    pub on_behalf_of: Option<PersonRef>,
    /// The words.
    pub body: String,
    /// What support is to tell a client.
    pub hand_over: Option<NewHandOver>,
}

/// A request that was raised, and whom to turn to beside it.
#[derive(Debug, Clone)]
pub struct Raised {
    /// The request.
    pub ticket: Ticket,
    /// Whom to turn to.
    pub contact: Contact,
}

/// Whom to turn to beside a request of this kind.
pub(super) fn contact(tx: &mut Tx, kind: TicketKind, practice: &Practice) -> Flow<Contact> {
    let on_duty = match kind {
        TicketKind::Risk => store::person::of_roles(tx, practice.id, &[Role::RiskDuty])?,
        _ => Vec::new(),
    };
    Ok(Contact::of(kind, practice, &on_duty))
}

/// Raises a request.
pub fn raise(tx: &mut Tx, tools: &Tools, ask: &Ask, ids: &mut Ids, wish: NewTicket) -> Flow<Done<Raised>> {
    let (by, role) = person_of(ask).ok_or_else(|| Refusal::not_found("person"))?;
    let practice_id = ask.who.scope().limits().practice.ok_or_else(|| Refusal::not_found("practice"))?;
    let practice = store::practice::load(tx, practice_id)?.ok_or_else(|| Refusal::not_found("practice"))?;
    if !wish.kind.may_be_raised_by(role) {
        let detail = format!(
            "Please don't wait for a form: call {}, or in an emergency your emergency number.",
            practice.support_phone
        );
        return Err(Refusal::forbidden("speak_to_somebody", detail).into());
    }
    let on_behalf_of = checked_other(tx, practice_id, role, by, wish.on_behalf_of)?;
    let about = match wish.appointment {
        Some(id) => {
            let found = store::appointment::load(tx, &ask.who.scope(), id)?;
            Some(found.ok_or_else(|| Refusal::not_found("appointment"))?)
        }
        None => None,
    };
    let body = checked_words("body", &wish.body)?;
    let hand_over = match wish.hand_over {
        Some(given) => Some(checked_hand_over(tx, ask, role, wish.kind, given)?),
        None => None,
    };
    let raised = NewRow { by: Some(by), on_behalf_of, from_address: None, kind: wish.kind, body, hand_over };
    save(tx, tools, ask, ids, practice, about, raised)
}

/// A letter to the support address becomes a request (E-12). Whoever has that address in the practice is the one who
/// asks; a stranger's is kept as it came. The letter's thread is not followed: every letter is a request of its own.
pub fn by_mail(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    practice: PracticeId,
    from: &str,
    body: &str,
) -> Flow<Done<Raised>> {
    let practice = store::practice::load(tx, practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let known = store::person::by_email(tx, from)?.into_iter().find(|person| person.practice == practice.id);
    let body: String = body.trim().chars().take(BODY_MAX).collect();
    let body = if body.is_empty() { "(The letter had no words.)".to_owned() } else { body };
    let raised = NewRow {
        by: known.map(|person| person.id),
        on_behalf_of: None,
        from_address: Some(from.to_owned()),
        kind: TicketKind::Technical,
        body,
        hand_over: None,
    };
    save(tx, tools, ask, ids, practice, None, raised)
}

/// What a client wrote back about no appointment that we know of: the office reads it.
pub fn by_reply(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    client: &Person,
    from: &str,
    body: &str,
) -> Flow<Done<Raised>> {
    let practice = store::practice::load(tx, client.practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let body: String = body.trim().chars().take(BODY_MAX).collect();
    let body = if body.is_empty() { "(It had no words.)".to_owned() } else { body };
    let raised = NewRow {
        by: Some(client.id),
        on_behalf_of: None,
        from_address: Some(from.to_owned()),
        kind: TicketKind::Admin,
        body,
        hand_over: None,
    };
    save(tx, tools, ask, ids, practice, None, raised)
}

/// A client cannot be written to: the office is asked to call, at most once a day. Gives the entries of the record.
pub fn for_client(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    client: &Person,
    from: &str,
    body: &str,
) -> Flow<Vec<Entry>> {
    if store::tally::take(tx, &format!("call {}", client.id), Span::hours(24), ask.now)? > 1 {
        return Ok(Vec::new());
    }
    let practice = store::practice::load(tx, client.practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let raised = NewRow {
        by: None,
        on_behalf_of: Some(client.id),
        from_address: Some(from.to_owned()),
        kind: TicketKind::Admin,
        body: body.to_owned(),
        hand_over: None,
    };
    let done = save(tx, tools, ask, ids, practice, None, raised)?;
    Ok(std::iter::once(done.audit).chain(done.more).collect())
}

/// As whom the house itself asks.
const HOUSE: &str = "Holdspace";

/// The house itself asks the office to look at something. While a request about the same matter is open there is no second
/// one: then nothing.
pub(in crate::flow) fn by_house(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    practice: PracticeId,
    matter: &str,
    details: &str,
) -> Flow<Option<Done<Raised>>> {
    // Of two workers who ask at once the second sees the first one's request.
    store::occupancy::lock(tx, &[&practice.to_string()], ask.now)?;
    let open = store::ticket::open_of_nobody(tx, practice, TicketKind::Technical)?;
    if open.iter().any(|one| one.from_address.as_deref() == Some(HOUSE) && one.body.starts_with(matter)) {
        return Ok(None);
    }
    let practice = store::practice::load(tx, practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let raised = NewRow {
        by: None,
        on_behalf_of: None,
        from_address: Some(HOUSE.to_owned()),
        kind: TicketKind::Technical,
        body: format!("{matter} {details}").chars().take(BODY_MAX).collect(),
        hand_over: None,
    };
    save(tx, tools, ask, ids, practice, None, raised).map(Some)
}

struct NewRow {
    by: Option<PersonRef>,
    on_behalf_of: Option<PersonRef>,
    from_address: Option<String>,
    kind: TicketKind,
    body: String,
    hand_over: Option<HandOver>,
}

fn save(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    practice: Practice,
    about: Option<Appointment>,
    new: NewRow,
) -> Flow<Done<Raised>> {
    let policy = rules(tx, tools, &practice)?;
    let time = about
        .as_ref()
        .map(Appointment::interval)
        .or(new.hand_over.as_ref().map(|h| Interval::new(h.deadline, h.deadline + domain::time::Span::minutes(1))));
    let clock = deadlines(&policy.parameters, &practice, new.kind, time, ask.now);
    let due_at = new.hand_over.as_ref().map_or(clock.due, |hand_over| clock.due.min(hand_over.deadline));
    let new_is_handed = new.hand_over.is_some();
    let mut ticket = Ticket {
        id: ids.mint(),
        practice: practice.id,
        kind: new.kind,
        route: route(&policy.parameters, new.kind, time, ask.now),
        appointment: about.as_ref().map(|about| about.id),
        relationship: about.as_ref().map(|about| about.relationship),
        raised_by: new.by,
        on_behalf_of: new.on_behalf_of,
        from_address: new.from_address,
        body: new.body.clone(),
        hand_over: new.hand_over,
        opened_at: ask.now,
        due_at,
        breach_at: clock.breach.map(|at| if new_is_handed { at.min(due_at) } else { at }),
        second_breach_at: clock.second_breach,
        escalated: 0,
        state: TicketState::Open,
        acknowledged: None,
        phoned: None,
        obligation: None,
    };
    if let Some(about) = &about {
        ticket.obligation = open_duty(tx, ask, ids, &practice, &policy, about, new.kind)?;
    }
    store::ticket::put(tx, &ticket)?;
    let line = Line { ticket: ticket.id, at: ask.now, by: ticket.raised_by, kind: LineKind::Raised, words: new.body };
    store::ticket::add_line(tx, &line)?;
    set_clock(tx, &ticket)?;
    let contact = contact(tx, ticket.kind, &practice)?;
    tell_team(tx, tools, ask, ids, &practice, &ticket, &contact)?;
    let kind = matches!(ticket.kind, TicketKind::Technical | TicketKind::Admin).then_some(ticket.kind);
    let details = json!({ "kind": kind, "route": ticket.route, "due_at": ticket.due_at,
        "handed_over": ticket.hand_over.is_some() });
    let entry = written_down(tools, ask, &ticket, "ticket_raised", details);
    Ok(Done::new(Raised { ticket, contact }, entry))
}

/// The duty on the appointment's file that goes with a worry (V-18, V-19).
fn open_duty(
    tx: &mut Tx,
    ask: &Ask,
    ids: &mut Ids,
    practice: &Practice,
    policy: &Policy,
    about: &Appointment,
    kind: TicketKind,
) -> Flow<Option<domain::id::ObligationId>> {
    let trigger = match kind {
        TicketKind::Clinical => Trigger::ClinicalWorry,
        TicketKind::Risk => Trigger::RiskWorry,
        TicketKind::Technical | TicketKind::Admin => return Ok(None),
    };
    let setting =
        Setting { now: ask.now, start: about.start, end: about.end, given: Given::Nothing, money_open: false };
    let Some(owed) = owed(&policy.parameters, &practice.zone, trigger, &setting).into_iter().next() else {
        return Ok(None);
    };
    let case = store::disruption::open_of(tx, about.id)?.map(|case| case.id);
    let duty = Obligation::open(owed, about, case, ask.now, ids);
    store::obligation::put(tx, &duty, about.therapist, about.client)?;
    if let Some(due_at) = duty.next_look() {
        let subject = duty.id.to_string();
        let (practice, priority) = (practice.id, Priority::Normal);
        let job = Job { kind: jobs::OBLIGATION_CLOCK, subject: &subject, practice, priority, due_at };
        store::job::enqueue(tx, &job)?;
    }
    Ok(Some(duty.id))
}

/// Those whose work it is are written to at once; for a worry about safety somebody is asked to phone as well.
fn tell_team(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    practice: &Practice,
    ticket: &Ticket,
    contact: &Contact,
) -> Flow<()> {
    let urgent = ticket.route == Route::Urgent;
    let words = if urgent { "It is urgent." } else { "" };
    let mut told: Vec<PersonRef> = ticket.raised_by.into_iter().collect();
    for person in letter::team(tx, practice.id, ticket.kind.team())? {
        if told.contains(&person.id) {
            continue;
        }
        told.push(person.id);
        write(tx, tools, ask, ids, practice, ticket, &person, MessageKind::Ticket, words)?;
    }
    if ticket.kind == TicketKind::Risk {
        let words = format!(
            "Somebody asks for the person on duty. Please ring {} now, in case the message is not seen at once.",
            contact.phone
        );
        for person in store::person::of_roles(tx, practice.id, &[Role::Support, Role::Admin])? {
            if !told.contains(&person.id) {
                write(tx, tools, ask, ids, practice, ticket, &person, MessageKind::CallTask, &words)?;
            }
        }
    }
    Ok(())
}

#[allow(clippy::too_many_arguments)]
fn write(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    practice: &Practice,
    ticket: &Ticket,
    to: &Person,
    kind: MessageKind,
    words: &str,
) -> Flow<()> {
    let page = page_for(tools, ticket, to);
    let page = page.as_ref().map(|url| (url.as_str(), "See the request"));
    let plain = Plain { kind, words, sender: None, with_booking_link: false, page };
    letter::send(tx, tools, ask, ids, to, practice, &plain, ticket.route == Route::Urgent).map(drop)
}

/// The office may type for somebody of the practice who phones.
fn checked_other(
    tx: &mut Tx,
    practice: PracticeId,
    role: Role,
    by: PersonRef,
    other: Option<PersonRef>,
) -> Result<Option<PersonRef>, Failed> {
    let Some(other) = other.filter(|other| *other != by) else { return Ok(None) };
    if !role.is_staff() {
        let detail = "Only the office asks in somebody else's name. Leave this out.";
        return Err(Refusal::forbidden("on_behalf_not_yours", detail).into());
    }
    let known = store::person::load(tx, other)?.is_some_and(|person| person.practice == practice && person.active);
    match known {
        true => Ok(Some(other)),
        false => {
            let detail = "Name somebody of this practice.";
            Err(Refusal::invalid("person_unknown", "on_behalf_of", detail).into())
        }
    }
}

fn checked_hand_over(
    tx: &mut Tx,
    ask: &Ask,
    role: Role,
    kind: TicketKind,
    given: NewHandOver,
) -> Result<HandOver, Failed> {
    if role == Role::Client || kind != TicketKind::Technical {
        let detail = "Only a therapist, or the office for one, hands a client over, in a technical request.";
        return Err(Refusal::invalid("hand_over_not_allowed", "hand_over", detail).into());
    }
    settings::client_in_scope(tx, ask, given.client)?;
    let text = checked_words("hand_over.text", &given.text)?;
    if given.deadline <= ask.now {
        return Err(
            Refusal::invalid("in_the_past", "hand_over.deadline", "Choose a moment that is still to come.").into()
        );
    }
    if !given.channel.can_be_preferred() && given.channel != Channel::Voicemail {
        return Err(Refusal::invalid("channel_unknown", "hand_over.channel", "Say how to reach them.").into());
    }
    Ok(HandOver { client: given.client, channel: given.channel, text, deadline: given.deadline, done: None })
}

/// The practice whose support address this is.
pub fn practice_of_address(tx: &mut Tx, address: &str) -> Flow<Option<PracticeId>> {
    for id in store::practice::ids(tx)? {
        let its = store::practice::load(tx, id)?.is_some_and(|p| p.support_email.eq_ignore_ascii_case(address.trim()));
        if its {
            return Ok(Some(id));
        }
    }
    Ok(None)
}
