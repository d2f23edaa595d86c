//! Signing in by a one-time link: for everybody, without passwords. Bookkeeping, so without audit entries
//! (`rulings` 10).

use crate::app::App;
use crate::dice::{Secret, hash_of};
use crate::error::Problem;
use crate::rate::RateClass;
use domain::id::{CommandId, Ids, PracticeId, TokenId, TokenKind};
use domain::person::{Locale, PersonRef, Role};
use domain::time::{Instant, Span, Zone};
use std::sync::Arc;
use store::token::Addressee;
use store::{DbError, Tx, session, token};

/// How long a sign-in link can be used.
pub const LINK_LASTS: Span = Span::minutes(15);
/// How long a used or expired request is kept.
const KEPT: Span = Span::hours(24);

/// A letter with a sign-in link, to be put into the outbox. The link is not in it: whoever hands the letter over
/// makes it from the token (`link_of`), so that only a hash is at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLetter {
    /// The token's row; also the letter's key out there, so that it never goes out twice.
    pub token: TokenId,
    /// To whom.
    pub person: PersonRef,
    /// Their practice.
    pub practice: PracticeId,
    /// Its name, to begin the letter with.
    pub practice_name: String,
    /// Their name.
    pub name: String,
    /// Where it goes.
    pub email: String,
    /// Which English.
    pub locale: Locale,
    /// Where their clock is.
    pub zone: Zone,
    /// Until when the link can be used, UTC.
    pub expires_at: Instant,
}

/// Puts a letter into the outbox, in the transaction that made its token. It may write bookkeeping tables only.
pub type PostLetter = Arc<dyn Fn(&mut Tx<'_>, &SignInLetter) -> Result<(), DbError> + Send + Sync>;

/// Where somebody begins after signing in.
pub fn home_of(role: Role) -> &'static str {
    match role {
        Role::Client => "/c",
        Role::Therapist => "/t",
        Role::Admin | Role::Support | Role::ClinicalLead | Role::RiskDuty | Role::Owner => "/p",
    }
}

/// The address that a letter carries.
pub fn link_of(app: &App, token: TokenId) -> String {
    app.config.base_url.join(&format!("/sign-in/{}", app.keys.sign_in_text(token)))
}

/// Asks for a sign-in link. The answer and the work are the same whether or not anybody has this address: one row
/// in one commit either way.
///
/// # Errors
/// 429 where the address was asked for too often; faults of the store.
pub async fn ask(app: &App, email: &str, command: CommandId, now: Instant) -> Result<(), Problem> {
    let address = email.trim().to_owned();
    app.rates.take(RateClass::SignInAddress, &address.to_ascii_lowercase(), app.pace.now(now))?;
    let flow_app = app.clone();
    app.store
        .write_unaudited_async(move |tx| {
            token::sweep(tx, now - KEPT)?;
            let mut ids = Ids::new(command, now);
            let found = token::addressees(tx, &address)?;
            if found.is_empty() {
                keep(&flow_app, tx, ids.mint(), None, now)?;
            }
            for addressee in found {
                let token = ids.mint();
                keep(&flow_app, tx, token, Some(addressee.visitor.actor.person), now)?;
                (flow_app.post_letter)(tx, &letter(token, addressee, now))?;
            }
            Ok::<(), DbError>(())
        })
        .await?;
    app.nudge.ring();
    Ok(())
}

/// Whether the link with this text could be used now. Looking does not use it up, so a mail scanner may look.
///
/// # Errors
/// Faults of the store.
pub async fn is_live(app: &App, text: &str, now: Instant) -> Result<bool, Problem> {
    let hash = hash_of(text);
    Ok(app.store.read_async(move |tx| token::is_live(tx, hash, now)).await?)
}

/// A session that was opened.
#[derive(Debug)]
pub struct Opened {
    /// What the browser keeps.
    pub secret: Secret,
    /// Whose it is.
    pub person: PersonRef,
    /// What they are, for where they begin.
    pub role: Role,
}

/// Uses the link with this text up and opens a session; nothing where it is not live. The session that the browser
/// had before ends.
///
/// # Errors
/// Faults of the store.
pub async fn open(app: &App, text: &str, before: Option<[u8; 32]>, now: Instant) -> Result<Option<Opened>, Problem> {
    let (link, secret, ends_at) = (hash_of(text), app.dice.secret(), now + app.config.limits.session);
    let hash = secret.hash();
    let opened = app
        .store
        .write_unaudited_async(move |tx| {
            let Some(visitor) = token::use_up(tx, link, now)? else { return Ok(None) };
            if let Some(before) = before {
                session::close(tx, before)?;
            }
            session::open(tx, hash, visitor.actor.person, now, ends_at)?;
            Ok::<_, DbError>(Some(visitor.actor))
        })
        .await?;
    Ok(opened.map(|actor| Opened { secret, person: actor.person, role: actor.role }))
}

/// Opens a session for a person without a link: the demo's own doors. Nothing where there is no such person.
///
/// # Errors
/// Faults of the store.
pub async fn open_for(app: &App, person: PersonRef, now: Instant) -> Result<Option<Opened>, Problem> {
    let (secret, ends_at) = (app.dice.secret(), now + app.config.limits.session);
    let hash = secret.hash();
    let role = app
        .store
        .write_unaudited_async(move |tx| {
            let Some(visitor) = token::person(tx, person)? else { return Ok(None) };
            session::open(tx, hash, person, now, ends_at)?;
            Ok::<_, DbError>(Some(visitor.actor.role))
        })
        .await?;
    Ok(role.map(|role| Opened { secret, person, role }))
}

/// Ends a session on the server, whatever the browser keeps.
///
/// # Errors
/// Faults of the store.
pub async fn close(app: &App, session: [u8; 32]) -> Result<(), Problem> {
    Ok(app.store.write_unaudited_async(move |tx| session::close(tx, session)).await?)
}

fn keep(app: &App, tx: &mut Tx<'_>, id: TokenId, person: Option<PersonRef>, now: Instant) -> Result<(), DbError> {
    token::ask(tx, id, hash_of(&app.keys.sign_in_text(id)), person, now, now + LINK_LASTS)
}

fn letter(token: domain::id::Id<TokenKind>, to: Addressee, now: Instant) -> SignInLetter {
    let Addressee { visitor, email } = to;
    SignInLetter {
        token,
        person: visitor.actor.person,
        practice: visitor.actor.practice,
        practice_name: visitor.place.name,
        name: visitor.actor.name,
        email,
        locale: visitor.manner.locale,
        zone: visitor.manner.zone,
        expires_at: now + LINK_LASTS,
    }
}
