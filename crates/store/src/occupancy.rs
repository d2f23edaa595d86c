//! Time that is taken. Two occupancies of one subject never overlap, and the database itself says so (`rulings` 6).
//!
//! A subject is a therapist (buffers included) or a client. A write flow locks its subjects first, which also clears
//! their expired holds, then releases and takes.

use crate::error::DbError;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::time::{Instant, Interval, Span};
use std::fmt;
use std::str::FromStr;

/// No occupancy is longer; both engines' guards rely on it.
pub const LONGEST: Span = Span::hours(12);

// Two subjects at a time: an appointment has a therapist and a client. PostgreSQL locks in the order of ORDER BY.
const LOCK: Sql =
    sql!(pg "SELECT subject FROM subject_lock WHERE subject IN ($1, $2) ORDER BY subject FOR NO KEY UPDATE");
const KNOW: Sql = sql!(pg "INSERT INTO subject_lock (subject) VALUES ($1), ($2) ON CONFLICT (subject) DO NOTHING");
const CLEAR: Sql = sql!("DELETE FROM occupancy WHERE subject IN ($1, $2) AND expires_at <= $3");
const TAKE: Sql =
    sql!("INSERT INTO occupancy (subject, kind, owner, from_at, to_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)");
const RELEASE: Sql = sql!("DELETE FROM occupancy WHERE owner = $1");
const BUSY: Sql = sql!(
    "SELECT owner, kind, from_at, to_at, expires_at FROM occupancy
     WHERE subject = $1 AND from_at < $3 AND from_at > $2 - 43200000000 AND to_at > $2
         AND (expires_at IS NULL OR expires_at > $4)
     ORDER BY from_at"
);

/// Why time is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A booked appointment.
    Appointment,
    /// A time that an offer keeps free until it expires.
    Hold,
}

/// The text is not a kind of occupancy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not appointment or hold")]
pub struct NotAKind;

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Appointment => "appointment",
            Self::Hold => "hold",
        })
    }
}

impl FromStr for Kind {
    type Err = NotAKind;
    fn from_str(text: &str) -> Result<Self, NotAKind> {
        match text {
            "appointment" => Ok(Self::Appointment),
            "hold" => Ok(Self::Hold),
            _ => Err(NotAKind),
        }
    }
}

/// One stretch of a subject's time that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    /// From when to when, buffers included.
    pub time: Interval,
    /// Why.
    pub kind: Kind,
    /// The appointment or offer that it belongs to, as text.
    pub owner: String,
    /// When a hold ends by itself.
    pub expires_at: Option<Instant>,
}

/// Locks the time of these subjects until the transaction ends, in sorted order whatever order they come in, and
/// deletes their holds that expired by `now`. On SQLite the one writer is
/// the lock: the statements for it are empty there.
pub fn lock(tx: &mut Tx<'_>, subjects: &[&str], now: Instant) -> Result<(), DbError> {
    let mut sorted = subjects.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    for pair in sorted.chunks(2) {
        let (first, second) = (pair[0], pair[pair.len() - 1]);
        if tx.query(LOCK, vals![first, second])?.len() < pair.len() {
            tx.execute(KNOW, vals![first, second])?;
            tx.query(LOCK, vals![first, second])?;
        }
        tx.execute(CLEAR, vals![first, second, now])?;
    }
    Ok(())
}

/// Takes time for an appointment (`expires_at` none) or a hold. `Overlap` where any of it is taken; use
/// `Tx::attempt`, or look with `busy` first, to go on after that.
pub fn take(
    tx: &mut Tx<'_>,
    subject: &str,
    owner: &str,
    time: Interval,
    expires_at: Option<Instant>,
) -> Result<(), DbError> {
    let kind = if expires_at.is_some() { Kind::Hold } else { Kind::Appointment };
    tx.execute(TAKE, vals![subject, kind.to_string(), owner, time.from, time.to, expires_at]).map(|_| ())
}

/// Frees all time of an appointment or offer, of every subject. Gives how many stretches there were.
pub fn release(tx: &mut Tx<'_>, owner: &str) -> Result<u64, DbError> {
    tx.execute(RELEASE, vals![owner])
}

/// What of `time` the subject has taken at `now`, in order; expired holds do not count.
pub fn busy(tx: &mut Tx<'_>, subject: &str, time: Interval, now: Instant) -> Result<Vec<Busy>, DbError> {
    tx.query(BUSY, vals![subject, time.from, time.to, now])?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Busy, DbError> {
    Ok(Busy {
        owner: row.get(0)?,
        kind: row.parse(1, "occupancy.kind")?,
        time: Interval::new(row.get(2)?, row.get(3)?),
        expires_at: row.get(4)?,
    })
}
