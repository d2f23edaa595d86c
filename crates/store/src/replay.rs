//! Replays of a practice's past under two policies: asked for by a person, run by a job, looked at while they run.

use crate::error::DbError;
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::id::{ClientId, PracticeId, ReplayId};
use domain::money::Money;
use domain::policy::money::TherapistFees;
use domain::policy::replay::{Ended, Past};
use domain::time::Instant;

const INSERT: Sql = sql!(
    "INSERT INTO replay (id, practice, asked_by, asked_at, question, total, seen) VALUES ($1, $2, $3, $4, $5, $6, 0)"
);
const PROGRESS: Sql = sql!("UPDATE replay SET seen = $2 WHERE id = $1");
const ANSWER: Sql = sql!("UPDATE replay SET seen = $2, result = $3, problem = $4 WHERE id = $1");
const LOAD: Sql = sql!(
    "SELECT id, practice, asked_at, question, total, seen, result, problem FROM replay WHERE id = $1 AND practice = $2"
);
const OF: Sql = sql!("SELECT id, practice, asked_at, question, total, seen, result, problem FROM replay WHERE id = $1");
const COUNT: Sql = sql!(
    "SELECT practice, count(*) FROM appointment WHERE practice = $1 AND starts_at >= $2 AND starts_at < $3
     GROUP BY practice"
);
const PAST: Sql = sql!(
    "SELECT id, client, created_at, starts_at, ends_at, price_minor, currency, state, cancellation,
         late_cancel_fee_minor, no_show_fee_minor
     FROM appointment WHERE practice = $1 AND starts_at < $3 AND (starts_at, id) > ($2, $4)
     ORDER BY starts_at, id LIMIT $5"
);

/// A replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub id: ReplayId,
    /// Whose past.
    pub practice: PracticeId,
    /// When it was asked for, UTC: the year before is replayed.
    pub asked_at: Instant,
    /// What was asked, as a document.
    pub question: String,
    /// Appointments to look at.
    pub total: u64,
    /// Looked at so far.
    pub seen: u64,
    /// What came of it, as a document.
    pub result: Option<String>,
    /// Why nothing came of it.
    pub problem: Option<String>,
}

/// Where a page of the past ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The start of the last one seen.
    pub start: Instant,
    /// Its id.
    pub id: String,
}

/// Keeps what was asked.
pub fn insert(tx: &mut Tx<'_>, asked: &Asked, by: &str) -> Result<(), DbError> {
    let Asked { id, practice, asked_at, question, total, .. } = asked;
    tx.execute(INSERT, vals![*id, *practice, by, *asked_at, question, *total as i64]).map(|_| ())
}

/// Says how far it is.
pub fn progress(tx: &mut Tx<'_>, id: ReplayId, seen: u64) -> Result<(), DbError> {
    tx.execute(PROGRESS, vals![id, seen as i64]).map(|_| ())
}

/// Keeps what came of it, or why nothing did.
pub fn answer(tx: &mut Tx<'_>, id: ReplayId, seen: u64, result: Result<String, String>) -> Result<(), DbError> {
    let (result, problem) = match result {
        Ok(result) => (Some(result), None),
        Err(problem) => (None, Some(problem)),
    };
    tx.execute(ANSWER, vals![id, seen as i64, result, problem]).map(|_| ())
}

/// One replay of this practice.
pub fn load(tx: &mut Tx<'_>, practice: PracticeId, id: ReplayId) -> Result<Option<Asked>, DbError> {
    tx.query_opt(LOAD, vals![id, practice])?.map(|row| from_row(&row)).transpose()
}

/// One replay, for the job that runs it.
pub fn of_job(tx: &mut Tx<'_>, id: ReplayId) -> Result<Option<Asked>, DbError> {
    tx.query_opt(OF, vals![id])?.map(|row| from_row(&row)).transpose()
}

/// How many appointments of a practice began in this stretch.
pub fn count(tx: &mut Tx<'_>, practice: PracticeId, from: Instant, to: Instant) -> Result<u64, DbError> {
    let row = tx.query_opt(COUNT, vals![practice, from, to])?;
    row.map_or(Ok(0), |row| row.get::<i64>(1).map(|count| count.max(0) as u64))
}

/// The next appointments that began before `to`, in order of start, after that place; those that are still on, or never
/// were, are left out of what is given, not of the place.
pub fn past(
    tx: &mut Tx<'_>,
    practice: PracticeId,
    after: &Place,
    to: Instant,
    limit: u32,
) -> Result<(Vec<Past>, u64, Option<Place>), DbError> {
    let rows = tx.query(PAST, vals![practice, after.start, to, &after.id, limit])?;
    let last = match rows.last() {
        Some(row) if rows.len() as u32 == limit => Some(Place { start: row.get(3)?, id: row.get(0)? }),
        _ => None,
    };
    let mut past = Vec::with_capacity(rows.len());
    for row in &rows {
        past.extend(past_of(row)?);
    }
    Ok((past, rows.len() as u64, last))
}

fn past_of(row: &Row) -> Result<Option<Past>, DbError> {
    let mut columns = Columns::from(row, 1);
    let client: ClientId = columns.parse("appointment.client")?;
    let (booked_at, start, end) = (columns.get()?, columns.get()?, columns.get()?);
    let minor: i64 = columns.get()?;
    let currency = columns.parse("appointment.currency")?;
    let word = columns.text()?;
    let how: Option<domain::appointment::Cancellation> = columns.json_opt("appointment.cancellation")?;
    let at = how.as_ref().map_or(start, |how| how.received_at);
    let ended = match word {
        "attended" | "awaiting_update" | "in_progress" => Ended::TookPlace,
        "cancelled_by_client" => Ended::ClientCancelled(at),
        "cancelled_by_therapist" => Ended::TherapistCancelled(at),
        "cancelled_by_practice" => Ended::PracticeCancelled(at),
        "client_no_show" | "late_not_seen" => Ended::ClientMissed,
        "therapist_no_show" => Ended::TherapistMissed,
        "technical_failure" => Ended::Technical,
        _ => return Ok(None),
    };
    let fee = |minor: Option<i64>| minor.map(|minor| Money::new(minor, currency));
    let therapist_fees = TherapistFees { late_cancel: fee(columns.get()?), no_show: fee(columns.get()?) };
    Ok(Some(Past { client, booked_at, start, end, price: Money::new(minor, currency), ended, therapist_fees }))
}

fn from_row(row: &Row) -> Result<Asked, DbError> {
    let mut columns = Columns::of(row);
    let count = |n: i64| n.max(0) as u64;
    Ok(Asked {
        id: columns.parse("replay.id")?,
        practice: columns.parse("replay.practice")?,
        asked_at: columns.get()?,
        question: columns.get()?,
        total: count(columns.get()?),
        seen: count(columns.get()?),
        result: columns.get()?,
        problem: columns.get()?,
    })
}
