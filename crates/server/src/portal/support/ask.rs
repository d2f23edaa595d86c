//! *Get help*: whom to call first, then a request, with the client handed over where there is one (V-11, V-17 to V-19).

use super::public::{Number, crisis};
use super::views::{kind, short_kind};
use super::{Portal, save};
use crate::actor::{Client, Scoped};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::ticket::{self, NewHandOver, NewTicket};
use crate::portal::desk::{self, Choice, Desk, read, relationship_choices};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::id::RelationshipId;
use domain::person::{Channel, PersonRef};
use domain::ticket::{BODY_MAX, TicketKind};
use store::{Done, Tx};

#[derive(Template)]
#[template(path = "support/ask.html")]
struct AskPage {
    shell: Shell,
    base: &'static str,
    errors: FieldErrors,
    is_therapist: bool,
    kinds: Vec<(Choice, &'static str)>,
    numbers: &'static [Number],
    about: String,
    appointment: String,
    others: Vec<Choice>,
    clients: Vec<Choice>,
    channels: Vec<Choice>,
    is_handing_over: bool,
    typed: Raw,
    day: String,
    time: String,
    max: usize,
}

/// What each kind is for, and how soon somebody answers.
fn hint(kind: TicketKind) -> &'static str {
    match kind {
        TicketKind::Technical => "Support answers. With less than two hours left it goes to them as urgent.",
        TicketKind::Clinical => "A client is unhappy or can’t wait, or an absence could do harm. Within a working day.",
        TicketKind::Risk => "Goes to risk duty at once. Please call as well: you’ll see the number.",
        TicketKind::Admin => "Your account, time away, coming back, additional sessions.",
    }
}

/// GET.
pub(super) async fn page<D: Desk + Portal>(app: App, call: Call<D>) -> Answer {
    let raw = call.raw_query();
    show(&app, &call, raw, FieldErrors::default(), StatusCode::OK).await
}

async fn show<D: Desk + Portal>(
    app: &App,
    call: &Call<D>,
    raw: Raw,
    errors: FieldErrors,
    status: StatusCode,
) -> Answer {
    let (ask, when) = (call.ask(), When::of(call));
    let (inner, sent) = (when.clone(), raw.clone());
    let (about, others, clients) = read(app, move |tx| {
        let about = match sent.get("appointment").parse() {
            Ok(id) => desk::story_of(tx, &ask.who, &inner, id)
                .ok()
                .map(|story| format!("{}, {}", story.client.name, inner.moment(story.appointment.start))),
            Err(_) => None,
        };
        let others = if D::is_therapist() { Vec::new() } else { colleagues(tx, &ask, sent.get("on_behalf_of"))? };
        let clients = relationship_choices::<D>(tx, &ask, sent.get("client").parse().ok())?;
        Ok((about.unwrap_or_default(), others, clients))
    })
    .await?;
    let chosen = raw.get("kind");
    let ways = [Channel::Phone, Channel::Sms, Channel::Email];
    let or = |field: &str, usual: String| match raw.get(field) {
        "" => usual,
        typed => typed.to_owned(),
    };
    let soon = when.now + domain::time::Span::hours(2);
    let page = AskPage {
        shell: Shell::new(app, call, "Get help").at(&format!("{}/help", D::BASE)).with(&errors),
        base: D::BASE,
        errors,
        is_therapist: D::is_therapist(),
        kinds: TicketKind::ALL
            .iter()
            .map(|one| {
                let is = chosen == one.as_str() || (chosen.is_empty() && *one == TicketKind::Technical);
                (Choice::new(one.as_str(), kind(*one), is), hint(*one))
            })
            .collect(),
        numbers: crisis(&call.zone(), call.locale()),
        appointment: if about.is_empty() { String::new() } else { raw.get("appointment").to_owned() },
        about,
        others,
        clients,
        channels: ways
            .into_iter()
            .map(|way| {
                let is = raw.get("channel") == way.word();
                Choice::new(way.word(), crate::when::capital(desk::words::channel(way)), is)
            })
            .collect(),
        is_handing_over: !raw.get("client").is_empty(),
        day: or("by_day", when.date_value(soon)),
        time: or("by_time", when.time_value(soon)),
        typed: raw,
        max: BODY_MAX,
    };
    page_with(status, &page)
}

/// The therapists whom the office may type for.
fn colleagues(tx: &mut Tx, ask: &crate::flow::Ask, chosen: &str) -> crate::flow::Flow<Vec<Choice>> {
    let Some(practice) = ask.who.scope().limits().practice else { return Ok(Vec::new()) };
    let all = store::therapist::list(tx, practice)?;
    Ok(all
        .into_iter()
        .filter(|therapist| therapist.person.active)
        .map(|therapist| {
            let id = therapist.id.to_string();
            let is = id == chosen;
            Choice::new(id, therapist.person.name, is)
        })
        .collect())
}

/// POST.
pub(super) async fn raise<A: Portal + Again>(app: App, call: Call<A>) -> Answer {
    let (raw, when) = (call.raw().clone(), When::of(&call));
    let mut errors = FieldErrors::default();
    let Some((wish, relationship)) = wish(&raw, &when, &mut errors) else {
        return A::again(&app, &call, raw, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let done = save(&app, &call, move |tx, app, ask, ids| {
        let mut wish = wish.clone();
        if let (Some(hand_over), Some(id)) = (&mut wish.hand_over, relationship) {
            let found = store::relationship::load(tx, &ask.who.scope(), id)?;
            hand_over.client = found.ok_or_else(|| domain::refusal::Refusal::not_found("client"))?.client;
        }
        let done = ticket::raise(tx, &app.tools, ask, ids, wish)?;
        Ok(Done { answer: done.answer.ticket.id.to_string(), audit: done.audit, more: done.more })
    })
    .await;
    match done {
        Ok(id) => Ok(redirect(&format!("{}/tickets/{id}?new=yes", A::HOME))),
        Err(failed) => {
            let refused = desk::refused(failed)?;
            let mut named = FieldErrors::default();
            for error in refused.errors.0 {
                let field = match error.field.as_str() {
                    "hand_over.text" => "text",
                    "hand_over.deadline" => "by_day",
                    "hand_over" => "client",
                    field => field,
                };
                named.push(field, error.message);
            }
            A::again(&app, &call, raw, named, refused.status).await
        }
    }
}

fn wish(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<(NewTicket, Option<RelationshipId>)> {
    let kind = raw.get("kind").parse::<TicketKind>().ok();
    if kind.is_none() {
        errors.push("kind", "Choose what it is about.");
    }
    let relationship = raw.get("client").parse::<RelationshipId>().ok();
    let hand_over = match relationship {
        None => None,
        Some(_) => {
            let deadline = when.typed(raw.get("by_day"), raw.get("by_time"));
            if deadline.is_none() {
                errors.push("by_day", "Say by when the client should know.");
            }
            Some(NewHandOver {
                // Filled in from the relationship that was chosen.
                client: domain::id::Id::from_bytes([0; 16]),
                channel: raw.get("channel").parse().unwrap_or(Channel::Phone),
                text: raw.get("text").to_owned(),
                deadline: deadline?,
            })
        }
    };
    let body = match (raw.get("body").trim(), hand_over.is_some()) {
        ("", true) => "Please tell my client for me.".to_owned(),
        (body, _) => body.to_owned(),
    };
    let wish = NewTicket {
        kind: kind?,
        appointment: raw.get("appointment").parse().ok(),
        on_behalf_of: raw.get("on_behalf_of").parse::<PersonRef>().ok(),
        body,
        hand_over,
    };
    Some((wish, relationship))
}

/// Shows the form again with what was typed and what is wrong.
pub(super) trait Again: Scoped {
    /// The page.
    fn again(
        app: &App,
        call: &Call<Self>,
        raw: Raw,
        errors: FieldErrors,
        status: StatusCode,
    ) -> impl Future<Output = Answer> + Send;
}

impl<D: Desk + Portal> Again for D {
    async fn again(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
        show(app, call, raw, errors, status).await
    }
}

impl Again for Client {
    async fn again(app: &App, call: &Call<Self>, _: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
        crate::portal::client::help_again(app, call, errors, status).await
    }
}

/// What a client chooses between.
pub(crate) fn client_kinds() -> Vec<(&'static str, &'static str)> {
    [TicketKind::Admin, TicketKind::Technical].map(|kind| (kind.as_str(), client_words(kind))).to_vec()
}

fn client_words(kind: TicketKind) -> &'static str {
    match kind {
        TicketKind::Technical => "Something doesn’t work",
        TicketKind::Admin => "A question about my sessions",
        other => short_kind(other),
    }
}
