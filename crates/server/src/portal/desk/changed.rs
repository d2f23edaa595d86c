//! "This changed while you were looking": somebody else was first. Says who did what, and leads to how it is now.

use super::story;
use super::{Desk, ask, read};
use crate::app::App;
use crate::call::Call;
use crate::flow::Failed;
use crate::portal::{Shell, page_with};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::id::AppointmentId;
use domain::refusal::Class;

#[derive(Template)]
#[template(path = "desk/changed.html")]
struct ChangedPage {
    shell: Shell,
    detail: String,
    last: String,
    at: String,
    href: String,
}

/// Whether the act lost against another one, so that its form is of no more use.
pub fn is_overtaken(failed: &Failed) -> bool {
    let Failed::Refused(refusal) = failed else { return false };
    refusal.class == Class::Stale
        || matches!(refusal.code, "already_cancelled" | "already_over" | "team_only_after_start")
}

/// The page.
pub async fn page<D: Desk>(app: &App, call: &Call<D>, id: AppointmentId, failed: Failed) -> Answer {
    let Failed::Refused(refusal) = failed else { return Err(failed.into()) };
    let (ask, when) = (ask(call), When::of(call));
    let story = read(app, move |tx| story::load(tx, &ask.who, &when, id)).await?;
    let (last, at) = story.history.first().map(|line| (line.text.clone(), line.at.clone())).unwrap_or_default();
    let shell = Shell::new(app, call, "This changed while you were looking").at(&D::appointments());
    let status = if refusal.class == Class::Stale { StatusCode::PRECONDITION_FAILED } else { StatusCode::CONFLICT };
    let href = format!("{}/appointments/{id}", D::BASE);
    page_with(status, &ChangedPage { shell, detail: refusal.detail, last, at, href })
}
