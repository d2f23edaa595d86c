//! Signing in and out: ask for a link, press the button behind it, sign out.

use super::{Shell, page, page_with, redirect};
use crate::actor::{AnyRole, Public};
use crate::app::App;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::signin::{self, Opened, home_of};
use crate::rate::RateClass;
use crate::routes::{Answer, Route, get, post};
use crate::security::Cookie;
use askama::Template;
use axum::body::Body;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, Response, StatusCode};
use domain::person::is_email;
use serde::Deserialize;

/// The routes of this module.
pub fn routes() -> Vec<Route> {
    vec![
        get::<Public>("/sign-in", ask_page).about("sign-in").says("Asks for the address that a link goes to"),
        post::<Public>("/sign-in", ask).about("sign-in").rate(RateClass::SignIn).says("Sends a sign-in link by e-mail"),
        get::<Public>("/sign-in/sent", sent).about("sign-in").says("Says that a link may be on its way"),
        get::<Public>("/sign-in/{token}", confirm_page)
            .about("sign-in")
            .rate(RateClass::SignIn)
            .says("The button behind a sign-in link; looking does not use it up"),
        post::<Public>("/sign-in/{token}", confirm)
            .about("sign-in")
            .rate(RateClass::SignIn)
            .says("Uses a sign-in link up and opens a session"),
        post::<AnyRole>("/sign-out", sign_out).about("session").says("Ends the session"),
    ]
}

#[derive(Template)]
#[template(path = "signin/ask.html")]
struct AskPage {
    shell: Shell,
    errors: FieldErrors,
    email: String,
    is_gone: bool,
}

#[derive(Template)]
#[template(path = "signin/sent.html")]
struct SentPage {
    shell: Shell,
}

#[derive(Template)]
#[template(path = "signin/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    action: String,
}

#[derive(Deserialize)]
struct AskForm {
    email: String,
}

async fn ask_page(app: App, call: Call<Public>) -> Answer {
    if let Some(actor) = &call.actor.0 {
        return Ok(redirect(home_of(actor.role)));
    }
    page(&asking(&app, &call, FieldErrors::default(), false))
}

async fn ask(app: App, call: Call<Public>) -> Answer {
    let typed = call.form::<AskForm>().map(|form| form.email.trim().to_owned());
    let errors = match &typed {
        Ok(email) if is_email(email) => FieldErrors::default(),
        Ok(_) => wrong_address(),
        Err(errors) if errors.of("email").is_some() => wrong_address(),
        Err(errors) => errors.clone(),
    };
    match typed {
        Ok(email) if errors.is_empty() => {
            signin::ask(&app, &email, call.command, call.now).await?;
            Ok(redirect("/sign-in/sent"))
        }
        _ => page_with(StatusCode::UNPROCESSABLE_ENTITY, &asking(&app, &call, errors, false)),
    }
}

async fn sent(app: App, call: Call<Public>) -> Answer {
    page(&SentPage { shell: Shell::new(&app, &call, "Check your email") })
}

async fn confirm_page(app: App, call: Call<Public>) -> Answer {
    if !signin::is_live(&app, call.param("token"), call.now).await? {
        return gone(&app, &call);
    }
    let action = format!("/sign-in/{}", call.param("token"));
    page(&ConfirmPage { shell: Shell::new(&app, &call, "Welcome back"), action })
}

async fn confirm(app: App, call: Call<Public>) -> Answer {
    match signin::open(&app, call.param("token"), call.session(), call.now).await? {
        Some(opened) => Ok(welcome(&app, &opened)),
        None => gone(&app, &call),
    }
}

async fn sign_out(app: App, call: Call<AnyRole>) -> Answer {
    if let Some(session) = call.session() {
        signin::close(&app, session).await?;
    }
    let mut response = redirect("/sign-in");
    response.headers_mut().append(SET_COOKIE, Cookie::Session.clear(&app.config.base_url));
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}

/// The way into the portal with a fresh session: also for the demo's own doors.
pub fn welcome(app: &App, opened: &Opened) -> Response<Body> {
    let mut response = redirect(home_of(opened.role));
    let cookie = Cookie::Session.set(&opened.secret, &app.config.base_url, app.config.limits.session);
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

fn gone(app: &App, call: &Call<Public>) -> Answer {
    page_with(StatusCode::GONE, &asking(app, call, FieldErrors::default(), true))
}

fn asking(app: &App, call: &Call<Public>, errors: FieldErrors, is_gone: bool) -> AskPage {
    let shell = Shell::new(app, call, "Sign in").with(&errors);
    AskPage { shell, errors, email: call.raw().get("email").to_owned(), is_gone }
}

fn wrong_address() -> FieldErrors {
    let mut errors = FieldErrors::default();
    errors.push("email", "Enter an email address, such as name@example.org");
    errors
}
