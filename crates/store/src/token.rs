//! Tokens: sign-in links, tokens of programs, and links in messages, each by the hash of its secret.

use crate::error::DbError;
use crate::row::Row;
use crate::session::{Manner, Place, VISITOR_WIDTH, Visitor, visitor_columns, visitor_from};
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::{Purpose, Via};
use domain::id::{ClientId, PracticeId, TokenId};
use domain::person::PersonRef;
use domain::time::Instant;

/// A sign-in link that was asked for and can still be used: for whom, and until when.
pub fn asked(tx: &mut Tx<'_>, token: TokenId, now: Instant) -> Result<Option<(PersonRef, Instant)>, DbError> {
    let row = tx.query_opt(ASKED, vals![token, now])?;
    row.map(|row| Ok((row.parse(0, "sign_in_token.person")?, row.get(1)?))).transpose()
}

/// Somebody who may be sent a sign-in link.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// Who.
    pub visitor: Visitor,
    /// The address as the practice wrote it.
    pub email: String,
}

/// A live link of a message.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its row.
    pub token: TokenId,
    /// Its practice.
    pub practice: PracticeId,
    /// Whose things.
    pub client: ClientId,
    /// The client's name.
    pub name: String,
    /// What it may be used for.
    pub purpose: Purpose,
    /// How the client reads.
    pub manner: Manner,
    /// The practice.
    pub place: Place,
}

const ADDRESSEES: Sql = sql!(
    "SELECT ",
    visitor_columns!(),
    ", p.email FROM person p JOIN practice q ON q.id = p.practice
     WHERE (p.email = $1 OR p.email = $2) AND p.active = 1 ORDER BY p.id LIMIT 5"
);
const ASK: Sql =
    sql!("INSERT INTO sign_in_token (id, secret_hash, person, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)");
const IS_LIVE: Sql = sql!(
    "SELECT id FROM sign_in_token
     WHERE secret_hash = $1 AND used_at IS NULL AND expires_at > $2 AND person IS NOT NULL"
);
// One statement, so that two who press at once cannot both have it.
const USE: Sql = sql!(
    "UPDATE sign_in_token SET used_at = $2
     WHERE secret_hash = $1 AND used_at IS NULL AND expires_at > $2 AND person IS NOT NULL
     RETURNING id, person"
);
const ASKED: Sql = sql!(
    "SELECT person, expires_at FROM sign_in_token
     WHERE id = $1 AND used_at IS NULL AND expires_at > $2 AND person IS NOT NULL"
);
const SWEEP: Sql = sql!("DELETE FROM sign_in_token WHERE expires_at < $1");
const PERSON: Sql = sql!(
    "SELECT ",
    visitor_columns!(),
    " FROM person p JOIN practice q ON q.id = p.practice WHERE p.id = $1 AND p.active = 1"
);
const BEARER: Sql = sql!(
    "SELECT ",
    visitor_columns!(),
    " FROM api_token t JOIN person p ON p.id = t.person JOIN practice q ON q.id = p.practice
     WHERE t.secret_hash = $1 AND t.revoked_at IS NULL AND p.active = 1"
);
const ADD_API: Sql =
    sql!("INSERT INTO api_token (id, secret_hash, person, label, made_at) VALUES ($1, $2, $3, $4, $5)");
const REVOKE_API: Sql = sql!("UPDATE api_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL");
const LINK: Sql = sql!(
    "SELECT ",
    visitor_columns!(),
    ", l.id, l.practice, l.purpose, l.object
     FROM link_token l JOIN person p ON p.id = l.client JOIN practice q ON q.id = l.practice
     WHERE l.secret_hash = $1 AND (l.expires_at IS NULL OR l.expires_at > $2) AND p.active = 1"
);

/// Everyone whom an address belongs to, as typed or in small letters: at most five.
pub fn addressees(tx: &mut Tx<'_>, email: &str) -> Result<Vec<Addressee>, DbError> {
    let rows = tx.query(ADDRESSEES, vals![email, email.to_ascii_lowercase()])?;
    let read = |row: &Row| Ok(Addressee { visitor: visitor_from(row, Via::Portal)?, email: row.get(VISITOR_WIDTH)? });
    rows.iter().map(read).collect()
}

/// Keeps a request for a sign-in link; `person` is empty where nobody has the address. Forgets those before
/// `forget_before`.
pub fn ask(
    tx: &mut Tx<'_>,
    token: TokenId,
    secret_hash: [u8; 32],
    person: Option<PersonRef>,
    made_at: Instant,
    expires_at: Instant,
) -> Result<(), DbError> {
    let person = person.map(|person| person.to_string());
    tx.execute(ASK, vals![token, secret_hash, person, made_at, expires_at]).map(drop)
}

/// Forgets requests that ran out before this moment.
pub fn sweep(tx: &mut Tx<'_>, before: Instant) -> Result<u64, DbError> {
    tx.execute(SWEEP, vals![before])
}

/// Whether a sign-in link could be used now.
pub fn is_live(tx: &mut Tx<'_>, secret_hash: [u8; 32], now: Instant) -> Result<bool, DbError> {
    Ok(tx.query_opt(IS_LIVE, vals![secret_hash, now])?.is_some())
}

/// Uses a sign-in link up: its person, if it was live and they may still sign in. Works once.
pub fn use_up(tx: &mut Tx<'_>, secret_hash: [u8; 32], now: Instant) -> Result<Option<Visitor>, DbError> {
    let Some(row) = tx.query_opt(USE, vals![secret_hash, now])? else { return Ok(None) };
    person(tx, row.parse(1, "sign_in_token.person")?)
}

/// A person who may sign in.
pub fn person(tx: &mut Tx<'_>, person: PersonRef) -> Result<Option<Visitor>, DbError> {
    let row = tx.query_opt(PERSON, vals![person.to_string()])?;
    row.map(|row| visitor_from(&row, Via::Portal)).transpose()
}

/// The person whose program holds this token.
pub fn bearer(tx: &mut Tx<'_>, secret_hash: [u8; 32]) -> Result<Option<Visitor>, DbError> {
    let row = tx.query_opt(BEARER, vals![secret_hash])?;
    row.map(|row| visitor_from(&row, Via::Api)).transpose()
}

/// Gives a person's program a token. An audited flow only.
pub fn add_api(
    tx: &mut Tx<'_>,
    token: TokenId,
    secret_hash: [u8; 32],
    person: PersonRef,
    label: &str,
    now: Instant,
) -> Result<(), DbError> {
    tx.execute(ADD_API, vals![token, secret_hash, person.to_string(), label, now]).map(drop)
}

/// Takes a program's token away; false where it was away before. An audited flow only.
pub fn revoke_api(tx: &mut Tx<'_>, token: TokenId, now: Instant) -> Result<bool, DbError> {
    Ok(tx.execute(REVOKE_API, vals![token, now])? == 1)
}

/// The live link with this secret.
pub fn link(tx: &mut Tx<'_>, secret_hash: [u8; 32], now: Instant) -> Result<Option<Link>, DbError> {
    tx.query_opt(LINK, vals![secret_hash, now])?.map(|row| link_from(&row)).transpose()
}

fn link_from(row: &Row) -> Result<Link, DbError> {
    let visitor = visitor_from(row, Via::Link)?;
    let PersonRef::Client(client) = visitor.actor.person else { return Err(row.corrupt("link_token.client")) };
    let object = VISITOR_WIDTH + 3;
    let purpose = match row.text(VISITOR_WIDTH + 2)? {
        "choose_time" => Purpose::ChooseTime(row.parse(object, "link_token.object")?),
        "book" => Purpose::Book(row.parse(object, "link_token.object")?),
        "manage" => Purpose::Manage(row.parse(object, "link_token.object")?),
        _ => return Err(row.corrupt("link_token.purpose")),
    };
    Ok(Link {
        token: row.get(VISITOR_WIDTH)?,
        practice: row.get(VISITOR_WIDTH + 1)?,
        client,
        name: visitor.actor.name,
        purpose,
        manner: visitor.manner,
        place: visitor.place,
    })
}
