//! What therapists ask of the team: changes after the start (E-06), new clients' money (E-04). The team answers here.

use crate::actor::{Staff, Team};
use crate::app::App;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::{self, Failed};
use crate::portal::desk::{self, Agreed, People, When};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use askama::Template;
use axum::http::StatusCode;
use domain::change_request::{ChangeRequest, Wish};
use domain::decide::AnswerTeam;
use domain::id::ChangeRequestId;
use domain::person::Role;

/// Requests on the page at most.
const MANY: u32 = 100;

/// One request.
struct RequestView {
    id: String,
    client: String,
    appointment: String,
    was: String,
    wish: String,
    reason: String,
    asked: String,
    /// Whether the client's yes is still to be had.
    needs_yes: bool,
    is_refund: bool,
}

#[derive(Template)]
#[template(path = "practice/requests.html")]
struct RequestsPage {
    shell: Shell,
    errors: FieldErrors,
    requests: Vec<RequestView>,
    agreement: Agreed,
    is_team: bool,
    done: &'static str,
}

/// GET.
pub(super) async fn page(app: App, call: Call<Staff>) -> Answer {
    let is_team = matches!(call.actor.role, Role::Admin | Role::Support);
    show(&app, &call, is_team, FieldErrors::default(), StatusCode::OK).await
}

/// POST: does what was asked.
pub(super) async fn approve(app: App, call: Call<Team>) -> Answer {
    let (raw, when) = (call.raw().clone(), When::of(&call));
    let mut errors = FieldErrors::default();
    let agreement =
        if raw.get("agreed_how").is_empty() { None } else { desk::read_agreement(&raw, &when, &mut errors) };
    answer(app, call, AnswerTeam::Approve { start: None, agreement }, "done").await
}

/// POST: says why not.
pub(super) async fn decline(app: App, call: Call<Team>) -> Answer {
    let reason = call.raw().get("words").trim().to_owned();
    answer(app, call, AnswerTeam::Decline { reason }, "declined").await
}

async fn answer(app: App, call: Call<Team>, answer: AnswerTeam, word: &str) -> Answer {
    let id: ChangeRequestId = call.id("id")?;
    let done = desk::write_as(&app, &call, move |tx, app, ask| {
        flow::moves::answer_team(tx, &app.tools, ask, id, answer.clone())
    })
    .await;
    match done {
        Ok(_) => Ok(redirect(&format!("/p/requests?done={word}"))),
        Err(Failed::Refused(refusal)) if refusal.code != "not_found" => {
            let mut errors = FieldErrors::default();
            errors.push("", refusal.detail.clone());
            show(&app, &call, true, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(failed) => Err(failed.into()),
    }
}

async fn show<A: crate::actor::Scoped>(
    app: &App,
    call: &Call<A>,
    is_team: bool,
    errors: FieldErrors,
    status: StatusCode,
) -> Answer {
    let (ask, when) = (desk::ask(call), When::of(call));
    let inner = when.clone();
    let requests = desk::read(app, move |tx| {
        let mut people = People::default();
        let mut views = Vec::new();
        for request in store::change_request::open(tx, &ask.who.scope(), MANY)? {
            let about = store::appointment::load(tx, &ask.who.scope(), request.appointment)?;
            let client = people.find(tx, domain::person::PersonRef::Client(request.client))?.map(|p| p.name.clone());
            let by = people.find(tx, request.asked_by)?.map(|p| p.name.clone()).unwrap_or_default();
            if let (Some(about), Some(client)) = (about, client) {
                views.push(view(&request, client, &by, inner.day_range(about.interval()), &inner));
            }
        }
        Ok(views)
    })
    .await?;
    let page = RequestsPage {
        shell: Shell::new(app, call, "Asked of the team").at("/p/requests").with(&errors),
        errors,
        requests,
        agreement: Agreed::of(call.raw(), &when),
        is_team,
        done: match call.raw_query().get("done") {
            "done" => "Done. Everyone concerned is told.",
            "declined" => "Declined. Whoever asked hears why.",
            _ => "",
        },
    };
    page_with(status, &page)
}

fn view(request: &ChangeRequest, client: String, by: &str, was: String, when: &When) -> RequestView {
    let (wish, needs_yes, is_refund) = match request.wish {
        Wish::Move { start, agreement } => (format!("Move it to {}", when.moment(start)), agreement.is_none(), false),
        Wish::Refund { amount } => (format!("Give back {amount}"), false, true),
    };
    RequestView {
        id: request.id.to_string(),
        client,
        appointment: request.appointment.to_string(),
        was,
        wish,
        reason: request.reason.clone(),
        asked: format!("{by}, {}", when.brief(request.asked_at)),
        needs_yes,
        is_refund,
    }
}
