//! One request: what was asked, who has it, what was said, and what can be done.

use super::views::{LineView, kind, line, name, state};
use super::{Portal, save};
use crate::app::App;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::ticket::{self, Thread};
use crate::portal::desk::words::result as result_words;
use crate::portal::desk::{self, Choice, People, dial, read};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::Due;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::contact::AttemptResult;
use domain::id::TicketId;
use domain::person::{Channel, Person, PersonRef};
use domain::ticket::{Act, BODY_MAX, Contact, Ticket, TicketState};
use store::Done;

/// What support is to tell a client.
struct HandOverView {
    client: Person,
    dial: String,
    way: String,
    text: String,
    by: Due,
    is_done: bool,
}

#[derive(Template)]
#[template(path = "support/request.html")]
struct RequestPage {
    shell: Shell,
    base: &'static str,
    here: String,
    errors: FieldErrors,
    ticket: Ticket,
    title: &'static str,
    state: (String, &'static str),
    due: Option<Due>,
    facts: Vec<(&'static str, String)>,
    lines: Vec<LineView>,
    contact: Contact,
    dial: String,
    is_urgent: bool,
    owes_a_call: bool,
    is_worker: bool,
    is_closed: bool,
    hand_over: Option<HandOverView>,
    channels: Vec<Choice>,
    results: Vec<Choice>,
    typed: String,
    is_new: bool,
    max: usize,
}

/// GET.
pub(super) async fn page<A: Portal>(app: App, call: Call<A>) -> Answer {
    show(&app, &call, FieldErrors::default(), StatusCode::OK).await
}

/// POST: the act that the pressed button names.
pub(super) async fn act<A: Portal>(app: App, call: Call<A>) -> Answer {
    let (id, raw): (TicketId, _) = (call.id("id")?, call.raw().clone());
    let words = raw.get("body").to_owned();
    let act = match raw.get("act") {
        "acknowledge" => Some(Act::Acknowledge),
        "answer" => Some(Act::Answer(words)),
        "reply" => Some(Act::Reply(words)),
        "note" => Some(Act::Note(words)),
        "phoned" => Some(Act::Phoned(words)),
        "close" => Some(Act::Close(words)),
        _ => None,
    };
    let done = match act {
        Some(act) => {
            save(&app, &call, move |tx, app, ask, _| {
                let done = ticket::act(tx, &app.tools, ask, id, act.clone())?;
                Ok(Done { answer: (), audit: done.audit, more: done.more })
            })
            .await
        }
        None => {
            let channel = raw.get("channel").parse::<Channel>().unwrap_or(Channel::Phone);
            let result = raw.get("result").parse::<AttemptResult>().unwrap_or(AttemptResult::NoAnswer);
            let agreed = Some(raw.get("agreed").trim().to_owned()).filter(|words| !words.is_empty());
            save(&app, &call, move |tx, app, ask, _| {
                let done = ticket::tell(tx, &app.tools, ask, id, channel, result, agreed.clone())?;
                Ok(Done { answer: (), audit: done.audit, more: done.more })
            })
            .await
        }
    };
    match done {
        Ok(()) if raw.get("act") == "close" => Ok(redirect(&format!("{}/tickets?done=closed", A::HOME))),
        Ok(()) => Ok(redirect(&format!("{}/tickets/{id}", A::HOME))),
        Err(failed) => {
            let refused = desk::refused(failed)?;
            show(&app, &call, refused.errors, refused.status).await
        }
    }
}

async fn show<A: Portal>(app: &App, call: &Call<A>, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, ask, when): (TicketId, _, _) = (call.id("id")?, call.ask(), When::of(call));
    let inner = when.clone();
    let (thread, lines, facts, taken, hand_over) = read(app, move |tx| {
        let thread = ticket::thread(tx, &ask, id)?;
        let mut people = People::default();
        let mut lines = Vec::new();
        for one in &thread.lines {
            lines.push(line(tx, &mut people, &inner, one)?);
        }
        let facts = facts(tx, &mut people, &inner, &thread.ticket)?;
        let taken = name(tx, &mut people, thread.ticket.acknowledged.map(|done| done.by))?;
        let hand_over = hand_over(tx, &mut people, &inner, &thread.ticket)?;
        Ok((thread, lines, facts, taken, hand_over))
    })
    .await?;
    let Thread { ticket, contact, .. } = thread;
    let role = call.actor.role;
    let is_worker = role.is_staff() && ticket.is_worked_by(role);
    let ways = [Channel::Phone, Channel::Sms, Channel::Email];
    let page = RequestPage {
        shell: Shell::new(app, call, kind(ticket.kind)).at(&format!("{}/tickets", A::HOME)).with(&errors),
        base: A::HOME,
        here: format!("{}/tickets/{id}", A::HOME),
        errors,
        title: kind(ticket.kind),
        state: state(&ticket, &taken),
        due: ticket.is_waiting().then(|| when.due(ticket.due_at)),
        facts,
        lines,
        dial: dial(&contact.phone),
        contact,
        is_urgent: ticket.route == domain::ticket::Route::Urgent && ticket.is_waiting(),
        owes_a_call: ticket.owes_a_call(),
        is_worker,
        is_closed: ticket.state == TicketState::Closed,
        hand_over,
        channels: ways
            .into_iter()
            .map(|way| Choice::new(way.word(), crate::when::capital(desk::words::channel(way)), false))
            .collect(),
        results: AttemptResult::ALL.iter().map(|one| Choice::new(one.as_str(), result_words(*one), false)).collect(),
        typed: call.raw().get("body").to_owned(),
        is_new: call.raw_query().get("new") == "yes",
        max: BODY_MAX,
        ticket,
    };
    page_with(status, &page)
}

fn facts(
    tx: &mut store::Tx,
    people: &mut People,
    when: &When,
    ticket: &Ticket,
) -> Result<Vec<(&'static str, String)>, store::DbError> {
    let mut facts = Vec::new();
    match (&ticket.from_address, ticket.raised_by) {
        (Some(address), None) => facts.push(("From", address.clone())),
        _ => facts.push(("Asked by", name(tx, people, ticket.raised_by)?)),
    }
    if ticket.on_behalf_of.is_some() {
        facts.push(("For", name(tx, people, ticket.on_behalf_of)?));
    }
    facts.push(("Came", when.brief(ticket.opened_at)));
    if let Some(done) = ticket.acknowledged {
        let by = name(tx, people, Some(done.by))?;
        facts.push(("Taken by", format!("{by}, {}", when.brief(done.at))));
    }
    if let Some(done) = ticket.phoned {
        let by = name(tx, people, Some(done.by))?;
        facts.push(("Phoned", format!("{by}, {}", when.brief(done.at))));
    }
    Ok(facts)
}

fn hand_over(
    tx: &mut store::Tx,
    people: &mut People,
    when: &When,
    ticket: &Ticket,
) -> Result<Option<HandOverView>, store::DbError> {
    let Some(given) = &ticket.hand_over else { return Ok(None) };
    let Some(client) = people.find(tx, PersonRef::Client(given.client))?.cloned() else { return Ok(None) };
    Ok(Some(HandOverView {
        dial: client.number().map(dial).unwrap_or_default(),
        way: desk::words::channel(given.channel).to_owned(),
        text: given.text.clone(),
        by: when.due(given.deadline),
        is_done: given.done.is_some(),
        client,
    }))
}
