//! "Ask the team to change this": what has begun is rearranged by the team (E-06).

use super::agreement::{self, AgreementView};
use super::slots::{self, DayView};
use super::story::{self, Story};
use super::{Desk, ask, read, refused, write};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow;
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::decide::AskTeam;
use domain::id::AppointmentId;
use domain::time::Instant;

/// Days ahead that the form shows.
const DAYS: i64 = 14;

#[derive(Template)]
#[template(path = "desk/ask_team.html")]
struct AskTeamPage {
    shell: Shell,
    base: &'static str,
    errors: FieldErrors,
    story: Story,
    when: When,
    action: String,
    days: Vec<DayView>,
    agreement: AgreementView,
    reason: String,
}

/// GET: a fresh form.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, Raw::default(), FieldErrors::default(), StatusCode::OK).await
}

/// POST: asks.
pub async fn ask_team<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, raw, when): (AppointmentId, _, _) = (call.id("id")?, call.raw().clone(), When::of(&call));
    let mut errors = FieldErrors::default();
    let Ok(start) = raw.get("start").parse::<Instant>() else {
        errors.push("start", "Choose the new time.");
        return show(&app, &call, raw, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    // The client's yes may follow: then the team gets it before anything is moved.
    let agreement = if raw.get("agreed_how").is_empty() { None } else { agreement::read(&raw, &when, &mut errors) };
    let wish = AskTeam { start, reason: raw.get("words").trim().to_owned(), agreement };
    let done =
        write(&app, &call, move |tx, app, ask| flow::moves::ask_team(tx, &app.tools, ask, id, wish.clone())).await;
    match done {
        Ok(_) => Ok(redirect(&format!("{}/appointments/{id}?done=asked-team", D::BASE))),
        Err(failed) => {
            let refusal = refused(failed)?;
            let mut errors = FieldErrors::default();
            for error in refusal.errors.0 {
                let field = if error.field == "reason" { "words".to_owned() } else { error.field.to_string() };
                errors.push(&field, &error.message);
            }
            show(&app, &call, raw, errors, refusal.status).await
        }
    }
}

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(call));
    let (ask, inner, sent, tools) = (ask(call), when.clone(), raw.clone(), app.tools.clone());
    let (story, days) = read(app, move |tx| {
        let story = story::load(tx, &ask.who, &inner, id)?;
        let about = &story.appointment;
        let free = slots::free(tx, &tools, &ask, about.therapist, about.client, about.kind, DAYS)?;
        let days = slots::by_day(&free, &inner, sent.get("start"));
        Ok((story, days))
    })
    .await?;
    if story.is_pending(&when) || !story.appointment.state.is_live() {
        return Ok(redirect(&format!("{}/appointments/{id}", D::BASE)));
    }
    let page = AskTeamPage {
        shell: Shell::new(app, call, "Ask the team to change this").at(&D::appointments()).with(&errors),
        base: D::BASE,
        errors,
        action: format!("{}/appointments/{id}/ask-team", D::BASE),
        days,
        agreement: AgreementView::of(&raw, &when),
        reason: raw.get("words").to_owned(),
        story,
        when,
    };
    page_with(status, &page)
}
