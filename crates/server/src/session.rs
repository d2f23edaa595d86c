//! Finds out who calls: by session cookie on pages, by bearer token elsewhere, by the link of a message.

use crate::actor::{Caller, LinkHolder};
use crate::app::App;
use crate::config::Limits;
use crate::dice::hash_of;
use crate::error::Problem;
use crate::security::Cookie;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use domain::access::Via;
use domain::person::Role;
use domain::time::{Instant, Span};
use store::session::Session;
use store::{DbError, session, token};

/// A session that was seen less than this long ago is not noted again.
const NOTE_EVERY: Span = Span::minutes(5);

/// Who holds this session cookie.
///
/// # Errors
/// Faults of the store.
pub async fn by_cookie(app: &App, headers: &HeaderMap, now: Instant) -> Result<Caller, Problem> {
    let Some(text) = Cookie::Session.find(headers, &app.config.base_url) else { return Ok(Caller::Nobody) };
    let hash = hash_of(text);
    let found = app.store.read_async(move |tx| session::find(tx, hash, now)).await?;
    let Some(session) = found.filter(|session| is_alive(session, &app.config.limits, now)) else {
        return Ok(Caller::Nobody);
    };
    if now - session.seen_at >= NOTE_EVERY {
        app.store.write_unaudited_async(move |tx| session::seen(tx, hash, now)).await?;
    }
    Ok(Caller::Person(Box::new(session.visitor)))
}

/// Whose program holds this bearer token. Cookies are not looked at.
///
/// # Errors
/// 401 for a token that we do not know; faults of the store.
pub async fn by_bearer(app: &App, headers: &HeaderMap) -> Result<Caller, Problem> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(Caller::Nobody) };
    let said = value.to_str().ok().and_then(|text| text.split_once(' '));
    let token = said.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let Some(token) = token else { return Err(Problem::unauthenticated()) };
    let hash = hash_of(token);
    let found = app.store.read_async(move |tx| token::bearer(tx, hash)).await?;
    found.map(|visitor| Caller::Person(Box::new(visitor))).ok_or_else(Problem::unauthenticated)
}

/// Who holds the link with this text.
///
/// # Errors
/// 404 `link_gone` for one that we do not know or that has run out; faults of the store.
pub async fn by_link(app: &App, text: &str, now: Instant) -> Result<Caller, Problem> {
    let hash = hash_of(text);
    let found: Result<_, DbError> = app.store.read_async(move |tx| token::link(tx, hash, now)).await;
    let Some(link) = found? else {
        let detail = "This link no longer works. Sign in to see your sessions, or contact your practice.";
        return Err(Problem::new(StatusCode::NOT_FOUND, "link_gone", detail));
    };
    Ok(Caller::Link(Box::new(LinkHolder {
        token: link.token,
        practice: link.practice,
        client: link.client,
        name: link.name,
        purpose: link.purpose,
        manner: link.manner,
        place: link.place,
    })))
}

/// The hash of the session's secret, where the caller came with a live one.
pub fn secret_hash(app: &App, headers: &HeaderMap, caller: &Caller) -> Option<[u8; 32]> {
    match caller {
        Caller::Person(visitor) if visitor.actor.via == Via::Portal => {
            Cookie::Session.find(headers, &app.config.base_url).map(hash_of)
        }
        _ => None,
    }
}

/// Whether a session still counts: seen lately, and not too old altogether.
fn is_alive(session: &Session, limits: &Limits, now: Instant) -> bool {
    let idle = match session.visitor.actor.role {
        Role::Client => limits.client_idle,
        _ => limits.staff_idle,
    };
    now - session.seen_at < idle && now - session.opened_at < limits.session
}
