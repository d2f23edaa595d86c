//! What therapists ask of the team: changes after the start (E-06), new clients' money (E-04). The team answers here.

use crate::actor::{Staff, Team};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldError, FieldErrors};
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
use domain::time::Instant;

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
    /// Another time may be given instead: what stands in its fields, and whether that was chosen.
    other: Option<OtherStart>,
    is_refund: bool,
}

/// The fields for another start than the one that was asked for.
struct OtherStart {
    is_chosen: bool,
    day_id: String,
    day: String,
    time: String,
    how_id: String,
}

impl OtherStart {
    /// As it was sent with this request, or the start that was asked for.
    fn of(id: ChangeRequestId, raw: &Raw, asked: Instant, when: &When) -> Self {
        let or = |field: &str, fresh: String| if raw.has("which", "other") { raw.get(field).to_owned() } else { fresh };
        Self {
            is_chosen: raw.has("which", "other"),
            day_id: format!("{id}-start_day"),
            day: or("start_day", when.date_value(asked)),
            time: or("start_time", when.time_value(asked)),
            how_id: format!("{id}-agreed_how"),
        }
    }
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
    let start = other_start(&raw, &when, &mut errors);
    if !errors.is_empty() {
        return show(&app, &call, true, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    answer(app, call, AnswerTeam::Approve { start, agreement }, "done").await
}

/// The start that is given, where it is not the one that was asked for. Times are the practice's.
fn other_start(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<Instant> {
    if raw.get("which") != "other" {
        return None;
    }
    let start = when.typed(raw.get("start_day"), raw.get("start_time"));
    if start.is_none() {
        errors.push("start_day", "Enter the day and the time to move it to, such as 09:30.");
    }
    start
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
            let field = match refusal.field {
                Some("start") => "start_day",
                Some("agreement") => "agreed_how",
                _ => "",
            };
            errors.push(field, refusal.detail.clone());
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
    let (inner, raw, pressed) = (when.clone(), call.raw().clone(), call.param("id").to_owned());
    // Several forms stand on the page: what is wrong belongs to the one that was sent.
    let of_form = |error: FieldError| match error.field.as_str() {
        "" => error,
        field => FieldError { field: format!("{pressed}-{field}"), ..error },
    };
    let errors = FieldErrors(errors.0.into_iter().map(of_form).collect());
    let requests = desk::read(app, move |tx| {
        let mut people = People::default();
        let mut views = Vec::new();
        for request in store::change_request::open(tx, &ask.who.scope(), MANY)? {
            let about = store::appointment::load(tx, &ask.who.scope(), request.appointment)?;
            let client = people.find(tx, domain::person::PersonRef::Client(request.client))?.map(|p| p.name.clone());
            let by = people.find(tx, request.asked_by)?.map(|p| p.name.clone()).unwrap_or_default();
            if let (Some(about), Some(client)) = (about, client) {
                let raw = if request.id.to_string() == pressed { raw.clone() } else { Raw::default() };
                views.push(view(&request, client, &by, inner.day_range(about.interval()), &raw, &inner));
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

fn view(request: &ChangeRequest, client: String, by: &str, was: String, raw: &Raw, when: &When) -> RequestView {
    let (wish, needs_yes, other) = match request.wish {
        Wish::Move { start, agreement } => {
            let other = OtherStart::of(request.id, raw, start, when);
            (format!("Move it to {}", when.moment(start)), agreement.is_none(), Some(other))
        }
        Wish::Refund { amount } => (format!("Give back {amount}"), false, None),
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
        is_refund: other.is_none(),
        other,
    }
}
