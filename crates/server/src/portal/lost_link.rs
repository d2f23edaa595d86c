//! A client who cannot find their booking link asks for it again (G-13). The answer is the same whether or not anybody is known
//! by what was typed, and comes as fast: a worker looks later, and sends it to the address or number on file alone.

use super::{Shell, page, page_with, redirect};
use crate::actor::Public;
use crate::app::App;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow;
use crate::rate::RateClass;
use crate::routes::{Answer, Route, get, post};
use askama::Template;
use axum::http::StatusCode;
use domain::telling::address::typed;

/// The routes of these pages.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Public>("/lost-link", ask_page).about("link").says("Asks for what a lost booking link may be found by"),
        post::<Public>("/lost-link", ask)
            .about("link")
            .rate(RateClass::SignIn)
            .says("Sends a lost booking link to the address or number on file, if there is one"),
        get::<Public>("/lost-link/sent", sent).about("link").says("Says that a booking link may be on its way"),
    ]
}

#[derive(Template)]
#[template(path = "signin/lost_link.html")]
struct AskPage {
    shell: Shell,
    errors: FieldErrors,
    contact: String,
}

#[derive(Template)]
#[template(path = "signin/lost_link_sent.html")]
struct SentPage {
    shell: Shell,
}

async fn ask_page(app: App, call: Call<Public>) -> Answer {
    page(&asking(&app, &call, FieldErrors::default()))
}

async fn ask(app: App, call: Call<Public>) -> Answer {
    let said = call.raw().get("contact").trim().to_owned();
    if typed(&said).is_none() {
        let mut errors = FieldErrors::default();
        errors.push("contact", "Enter an email address, such as name@example.org, or a phone number");
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &asking(&app, &call, errors));
    }
    app.rates.take(
        RateClass::SignInAddress,
        &format!("lost link {}", said.to_ascii_lowercase()),
        app.pace.now(call.now),
    )?;
    let (id, now) = (call.ids().mint(), call.now);
    app.store.write_unaudited_async(move |tx: &mut store::Tx| flow::link::ask_again(tx, id, &said, now)).await?;
    app.nudge.ring();
    Ok(redirect("/lost-link/sent"))
}

async fn sent(app: App, call: Call<Public>) -> Answer {
    page(&SentPage { shell: Shell::new(&app, &call, "Check your messages") })
}

fn asking(app: &App, call: &Call<Public>, errors: FieldErrors) -> AskPage {
    let shell = Shell::new(app, call, "Your booking link").with(&errors);
    AskPage { shell, errors, contact: call.raw().get("contact").to_owned() }
}
