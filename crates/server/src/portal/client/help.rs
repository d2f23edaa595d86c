//! Whom to ask, and whom to call when it cannot wait. The same numbers stand at the foot of every page.

use super::super::support::{client_kinds, crisis};
use crate::actor::Client;
use crate::app::App;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::guide;
use crate::portal::desk::read;
use crate::portal::{Shell, page_with};
use crate::routes::{Answer, Route, get};
use askama::Template;
use axum::http::StatusCode;
use domain::guidance::Guide;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/c/help", help).about("help").says("Whom to ask, and whom to call when it cannot wait")]
}

#[derive(Template)]
#[template(path = "client/help.html")]
struct HelpPage {
    shell: Shell,
    errors: FieldErrors,
    numbers: &'static [(&'static str, &'static str)],
    kinds: Vec<(&'static str, &'static str)>,
    guides: Vec<Guide>,
    body: String,
}

async fn help(app: App, call: Call<Client>) -> Answer {
    show(&app, &call, FieldErrors::default(), StatusCode::OK).await
}

/// The page with what was typed and what is wrong.
pub(in crate::portal) async fn show(app: &App, call: &Call<Client>, errors: FieldErrors, status: StatusCode) -> Answer {
    let practice = call.actor.practice;
    let guides = read(app, move |tx| guide::for_clients(tx, practice)).await?;
    let page = HelpPage {
        shell: Shell::new(app, call, "Help").with(&errors),
        errors,
        numbers: crisis(&call.zone(), call.locale()),
        kinds: client_kinds(),
        guides,
        body: call.raw().get("body").to_owned(),
    };
    page_with(status, &page)
}
