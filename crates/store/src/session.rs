//! Who is signed in: sessions by the hash of their secret, and the person behind one.

use crate::error::DbError;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::{Actor, Via};
use domain::person::{Locale, PersonRef};
use domain::time::{Instant, Zone};

/// A person as every page and every check of rights needs them.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who.
    pub actor: Actor,
    /// How they read.
    pub manner: Manner,
    /// Their practice.
    pub place: Place,
    /// How many lines of conversations were written to them and not opened; 0 for programs.
    pub waiting: u32,
}

/// How somebody reads times and words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manner {
    /// Which English.
    pub locale: Locale,
    /// Where their clock is.
    pub zone: Zone,
}

impl Default for Manner {
    fn default() -> Self {
        Self { locale: Locale::EnGb, zone: Zone::utc() }
    }
}

/// A practice as every page names it, and whom to ask for help.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The practice's name; empty where we do not know whose page it is.
    pub name: String,
    /// Support's phone.
    pub support_phone: String,
    /// Support's address.
    pub support_email: String,
    /// Where clinical advice is asked.
    pub clinical_email: String,
    /// Where immediate risk is reported.
    pub risk_email: String,
}

/// A session that is there; whether it still counts is for the server to say.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose.
    pub visitor: Visitor,
    /// When they signed in, UTC.
    pub opened_at: Instant,
    /// When they were last here, UTC, to within a few minutes.
    pub seen_at: Instant,
}

macro_rules! visitor_columns {
    () => {
        "p.id, p.practice, p.role, p.name, p.locale, p.zone,
         q.name, q.support_phone, q.support_email, q.clinical_email, q.risk_email"
    };
}
pub(crate) use visitor_columns;

const FIND: Sql = sql!(
    "SELECT ",
    visitor_columns!(),
    ", s.opened_at, s.seen_at, CASE p.role
         WHEN 'client' THEN (SELECT count(*) FROM conversation_line l
             WHERE l.client = p.id AND l.from_client = 0 AND l.read_at IS NULL)
         WHEN 'therapist' THEN (SELECT count(*) FROM conversation_line l
             WHERE l.therapist = p.id AND l.from_client = 1 AND l.read_at IS NULL)
         ELSE 0 END
     FROM session s JOIN person p ON p.id = s.person JOIN practice q ON q.id = p.practice
     WHERE s.secret_hash = $1 AND s.ends_at > $2 AND p.active = 1"
);
const OPEN: Sql =
    sql!("INSERT INTO session (secret_hash, person, opened_at, seen_at, ends_at) VALUES ($1, $2, $3, $3, $4)");
const SEEN: Sql = sql!("UPDATE session SET seen_at = $2 WHERE secret_hash = $1 AND seen_at < $2");
const CLOSE: Sql = sql!("DELETE FROM session WHERE secret_hash = $1");
const CLOSE_ALL: Sql = sql!("DELETE FROM session WHERE person = $1");
const SWEEP: Sql = sql!("DELETE FROM session WHERE ends_at <= $1");

/// The session with this secret, if it has not ended and its person may still sign in.
pub fn find(tx: &mut Tx<'_>, secret_hash: [u8; 32], now: Instant) -> Result<Option<Session>, DbError> {
    let Some(row) = tx.query_opt(FIND, vals![secret_hash, now])? else { return Ok(None) };
    let visitor = Visitor { waiting: row.get(VISITOR_WIDTH + 2)?, ..visitor_from(&row, Via::Portal)? };
    Ok(Some(Session { visitor, opened_at: row.get(VISITOR_WIDTH)?, seen_at: row.get(VISITOR_WIDTH + 1)? }))
}

/// Opens a session of this person until `ends_at`, and forgets those that have ended.
pub fn open(
    tx: &mut Tx<'_>,
    secret_hash: [u8; 32],
    person: PersonRef,
    now: Instant,
    ends_at: Instant,
) -> Result<(), DbError> {
    tx.execute(SWEEP, vals![now])?;
    tx.execute(OPEN, vals![secret_hash, person.to_string(), now, ends_at])?;
    Ok(())
}

/// Notes that they were here.
pub fn seen(tx: &mut Tx<'_>, secret_hash: [u8; 32], now: Instant) -> Result<(), DbError> {
    tx.execute(SEEN, vals![secret_hash, now]).map(drop)
}

/// Ends one session; nothing where it has ended before.
pub fn close(tx: &mut Tx<'_>, secret_hash: [u8; 32]) -> Result<(), DbError> {
    tx.execute(CLOSE, vals![secret_hash]).map(drop)
}

/// Ends every session of a person: they left, or their address changed.
pub fn close_all(tx: &mut Tx<'_>, person: PersonRef) -> Result<u64, DbError> {
    tx.execute(CLOSE_ALL, vals![person.to_string()])
}

/// How many columns `visitor_columns` has.
pub(crate) const VISITOR_WIDTH: usize = 11;

/// The visitor in a row that begins with `visitor_columns`.
pub(crate) fn visitor_from(row: &Row, via: Via) -> Result<Visitor, DbError> {
    let actor = Actor {
        person: row.parse(0, "person.id")?,
        practice: row.parse(1, "person.practice")?,
        role: row.parse(2, "person.role")?,
        name: row.get(3)?,
        via,
    };
    let manner = Manner { locale: row.parse(4, "person.locale")?, zone: row.parse(5, "person.zone")? };
    let place = Place {
        name: row.get(6)?,
        support_phone: row.get(7)?,
        support_email: row.get(8)?,
        clinical_email: row.get(9)?,
        risk_email: row.get(10)?,
    };
    Ok(Visitor { actor, manner, place, waiting: 0 })
}
