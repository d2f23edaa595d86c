//! Booking a time that the client explicitly agreed to: client, kind, time, how and when they said yes (H-09, V-16).

use super::agreement::{self, AgreementView, Choice};
use super::slots::{self, DayView};
use super::{Desk, ask, next_step, read, refused, words, write};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::{self, Ask, Flow, Tools};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::decide::Book;
use domain::id::RelationshipId;
use domain::person::PersonRef;
use domain::practice::RelationshipState;
use domain::refusal::Refusal;
use domain::schedule::MeetingKind;
use domain::time::Instant;
use store::Tx;

/// People whom the form can name.
const PEOPLE: u32 = 500;
/// Days ahead that the form shows.
const DAYS: i64 = 21;

#[derive(Template)]
#[template(path = "desk/book.html")]
struct BookPage {
    shell: Shell,
    base: &'static str,
    errors: FieldErrors,
    people: Vec<Choice>,
    kinds: Vec<Choice>,
    /// The client's first name, once chosen.
    name: String,
    days: Vec<DayView>,
    agreement: AgreementView,
    relationship: String,
    kind: String,
    /// Where today's terms are, while the client has yet to accept them.
    terms: Option<String>,
    accepts: bool,
}

struct Read {
    people: Vec<Choice>,
    kinds: Vec<MeetingKind>,
    kind: Option<MeetingKind>,
    name: String,
    days: Vec<DayView>,
    terms: Option<String>,
}

/// GET: first whom and how, then the free times.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, call.raw_query(), FieldErrors::default(), StatusCode::OK).await
}

/// POST: books it.
pub async fn book<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (raw, when) = (call.raw().clone(), When::of(&call));
    let mut errors = FieldErrors::default();
    let Some((relationship, wish)) = wish(&raw, &when, &mut errors) else {
        return show(&app, &call, raw, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let accepts = raw.has("accepts_policy", "yes");
    let done = write(&app, &call, move |tx, app, ask| {
        flow::appointment::book_with(tx, &app.tools, ask, relationship, wish, accepts)
    })
    .await;
    match done {
        Ok(id) => Ok(redirect(&format!("{}/appointments/{id}?done=booked", D::BASE))),
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, raw, next_step::to_fields(refusal.errors), refusal.status).await
        }
    }
}

fn wish(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<(RelationshipId, Book)> {
    let relationship = raw.get("relationship").parse::<RelationshipId>().ok();
    if relationship.is_none() {
        errors.push("relationship", "Choose the client.");
    }
    let start = raw.get("start").parse::<Instant>().ok();
    if start.is_none() {
        errors.push("start", "Choose a time.");
    }
    let kind = raw.get("kind").parse::<MeetingKind>().ok();
    let agreement = agreement::read(raw, when, errors);
    Some((relationship?, Book { start: start?, kind: kind?, agreement: Some(agreement?) }))
}

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (asked, when) = (ask(call), When::of(call));
    let (tools, inner, words_sent) = (app.tools.clone(), when.clone(), raw.clone());
    let found: Result<Read, Problem> =
        read(app, move |tx| read_form::<D>(tx, &tools, &asked, &inner, &words_sent)).await;
    let Read { people, kinds, kind, name, days, terms } = found?;
    let kinds = kinds.into_iter().map(|k| Choice::new(k.as_str(), words::place(k), Some(k) == kind)).collect();
    let page = BookPage {
        shell: Shell::new(app, call, "Book an appointment").at(&D::appointments()).with(&errors),
        base: D::BASE,
        errors,
        people,
        kinds,
        name,
        days,
        agreement: AgreementView::of(&raw, &when),
        relationship: raw.get("relationship").to_owned(),
        kind: kind.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        terms,
        accepts: raw.has("accepts_policy", "yes"),
    };
    page_with(status, &page)
}

fn read_form<D: Desk>(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, when: &When, raw: &Raw) -> Flow<Read> {
    let chosen = raw.get("relationship").parse::<RelationshipId>().ok();
    let people = choices::<D>(tx, ask, chosen)?;
    let Some(id) = chosen else {
        let (kinds, days) = (Vec::new(), Vec::new());
        return Ok(Read { people, kinds, kind: None, name: String::new(), days, terms: None });
    };
    let found = store::relationship::load(tx, &ask.who.scope(), id)?.ok_or_else(|| Refusal::not_found("client"))?;
    let missing = || Refusal::not_found("client");
    let client = store::person::load(tx, PersonRef::Client(found.client))?.ok_or_else(missing)?;
    let therapist = store::therapist::load(tx, found.therapist)?.ok_or_else(missing)?;
    let kinds: Vec<MeetingKind> = therapist.schedule.kinds.keys().copied().collect();
    let kind = raw.get("kind").parse().ok().filter(|kind| kinds.contains(kind)).or(kinds.first().copied());
    let free = match kind {
        Some(kind) => slots::free(tx, tools, ask, found.therapist, found.client, kind, DAYS)?,
        None => Vec::new(),
    };
    let days = slots::by_day(&free, when, raw.get("start"));
    let policy = tools.policies.latest(tx, found.practice)?.ok_or_else(missing)?;
    let must_accept = found.accepted_policy.is_none_or(|accepted| accepted.version < policy.version);
    let terms = must_accept.then(|| crate::portal::terms::address(found.practice, Some(policy.version)));
    Ok(Read { people, kinds, kind, name: client.first_name().to_owned(), days, terms })
}

/// The working relationships to choose from, by the client's name; the office sees the therapist's as well.
pub fn choices<D: Desk>(tx: &mut Tx<'_>, ask: &Ask, chosen: Option<RelationshipId>) -> Flow<Vec<Choice>> {
    let scope = ask.who.scope();
    let page = store::relationship::list(tx, &scope, Some(RelationshipState::Active), None, PEOPLE)?;
    let mut people = super::People::default();
    let mut choices = Vec::with_capacity(page.items.len());
    for relationship in page.items {
        let client = people.client(tx, relationship.client)?;
        let label = match D::is_therapist() {
            true => client,
            false => format!("{client}, with {}", people.therapist(tx, relationship.therapist)?),
        };
        choices.push(Choice::new(relationship.id.to_string(), label, Some(relationship.id) == chosen));
    }
    choices.sort_by_key(|choice| choice.label.to_lowercase());
    Ok(choices)
}
