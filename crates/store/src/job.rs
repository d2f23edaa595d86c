//! Jobs: what is to be done later, as rows. Enqueued in the transaction that causes them, leased before they run.
//!
//! A job is known by its kind and subject, and there is never more than one of both. Its attempts are counted when it
//! is claimed, so a job that kills its worker is known by its count. Whatever is recorded afterwards is guarded by
//! the fence: a worker whose lease ran out records nothing.

use crate::error::DbError;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::id::PracticeId;
use domain::time::{Instant, Span};

macro_rules! lease_columns {
    () => {
        "subject, kind, practice, fence, attempts, asked, lease_until, last_error"
    };
}

const ENQUEUE: Sql = sql!(
    "INSERT INTO job (kind, subject, practice, priority, due_at, fence, attempts, asked, given_up)
     VALUES ($1, $2, $3, $4, $5, 0, 0, 1, 0)
     ON CONFLICT (kind, subject) DO UPDATE SET
         due_at = CASE WHEN job.given_up = 1 OR (job.lease_until IS NULL AND excluded.due_at < job.due_at)
             THEN excluded.due_at ELSE job.due_at END,
         attempts = CASE WHEN job.given_up = 1 THEN 0 ELSE job.attempts END,
         priority = CASE WHEN excluded.priority < job.priority THEN excluded.priority ELSE job.priority END,
         asked = job.asked + 1, given_up = 0"
);
const MOVE: Sql =
    sql!("UPDATE job SET due_at = $3 WHERE kind = $1 AND subject = $2 AND lease_until IS NULL AND given_up = 0");
const REMOVE: Sql = sql!("DELETE FROM job WHERE kind = $1 AND subject = $2 AND lease_until IS NULL");
// The first job of the next practice in the alphabet of ids: one step in an index, however many wait.
const NEXT_TURN: Sql = sql!(
    "SELECT subject, kind, practice, due_at FROM job WHERE priority = $1 AND given_up = 0 AND practice > $2
     ORDER BY practice, due_at, kind, subject LIMIT 1",
    pg " FOR UPDATE SKIP LOCKED"
);
const LONGEST_DUE: Sql = sql!(
    "SELECT subject, kind FROM job WHERE priority = $1 AND given_up = 0 AND due_at <= $2
     ORDER BY due_at, kind, subject LIMIT $3"
);
const LANE_DUE: Sql = sql!("SELECT min(due_at) FROM job WHERE priority = $1 AND given_up = 0");
const FREE: Sql = sql!(
    "SELECT subject FROM job WHERE kind = $1 AND subject = $2 AND given_up = 0 AND due_at <= $3",
    pg " FOR UPDATE SKIP LOCKED"
);
// The fence is never below the moment of the lease, so a job that was done, forgotten and asked for again cannot be
// taken for its older self by a worker that comes back late.
const LEASE: Sql = sql!(
    "UPDATE job SET lease_until = $3, due_at = $3, attempts = attempts + 1,
         fence = CASE WHEN fence >= $4 THEN fence + 1 ELSE $4 END
     WHERE kind = $1 AND subject = $2 RETURNING ",
    lease_columns!()
);
const DONE: Sql = sql!("DELETE FROM job WHERE kind = $1 AND subject = $2 AND fence = $3 AND asked = $4");
// Asked for again while it ran: it is not done, it begins anew.
const DONE_BUT_ASKED: Sql = sql!(
    "UPDATE job SET lease_until = NULL, due_at = $4, attempts = 0, last_error = NULL
     WHERE kind = $1 AND subject = $2 AND fence = $3 AND lease_until IS NOT NULL"
);
const AGAIN: Sql = sql!(
    "UPDATE job SET lease_until = NULL, due_at = $4, last_error = $5
     WHERE kind = $1 AND subject = $2 AND fence = $3 AND lease_until IS NOT NULL"
);
const LATER: Sql = sql!(
    "UPDATE job SET lease_until = NULL, due_at = $4, attempts = attempts - 1
     WHERE kind = $1 AND subject = $2 AND fence = $3 AND lease_until IS NOT NULL"
);
const GIVE_UP: Sql = sql!(
    "UPDATE job SET lease_until = NULL, given_up = 1, last_error = $4
     WHERE kind = $1 AND subject = $2 AND fence = $3 AND lease_until IS NOT NULL"
);
const OVERDUE: Sql =
    sql!("SELECT ", lease_columns!(), " FROM job WHERE lease_until <= $1 ORDER BY lease_until, kind, subject LIMIT $2");
const NEXT_DUE: Sql = sql!(
    "SELECT min(due) FROM (
         SELECT min(due_at) AS due FROM job WHERE priority = 0 AND given_up = 0
         UNION ALL SELECT min(due_at) FROM job WHERE priority = 1 AND given_up = 0
         UNION ALL SELECT min(due_at) FROM job WHERE priority = 2 AND given_up = 0
     ) AS lanes"
);
const GIVEN_UP: Sql = sql!(
    "SELECT subject, kind, practice, attempts, last_error FROM job WHERE given_up = 1 AND practice = $1
     ORDER BY due_at, kind, subject LIMIT $2"
);

const LET_GO: Sql = sql!("DELETE FROM job WHERE practice = $1 AND kind = $2 AND subject = $3 AND given_up = 1");

/// Characters of an error that are kept.
const ERROR_KEPT: usize = 500;

/// Which jobs go first when many are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody is about to travel in vain.
    Urgent = 0,
    /// The usual.
    Normal = 1,
    /// Sweeps and reports.
    Bulk = 2,
}

/// A job to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job<'a> {
    /// Which code runs it, in snake case.
    pub kind: &'static str,
    /// The id of what it is about.
    pub subject: &'a str,
    /// Whose turn it takes.
    pub practice: PracticeId,
    /// Which go first.
    pub priority: Priority,
    /// Not before this moment.
    pub due_at: Instant,
}

/// A job that a worker holds until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    /// Which code runs it.
    pub kind: String,
    /// The id of what it is about.
    pub subject: String,
    /// Whose it is.
    pub practice: PracticeId,
    /// Rises with every lease; only the newest may record.
    pub fence: i64,
    /// How often it was begun, this time included.
    pub attempts: u32,
    /// When the lease ends.
    pub lease_until: Instant,
    /// What went wrong the last time.
    pub last_error: Option<String>,
    asked: i64,
}

/// A job that was given up and waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// Which code ran it.
    pub kind: String,
    /// The id of what it is about.
    pub subject: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it was given up.
    pub why: String,
}

/// Whether what a worker found out was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Recording {
    /// It was.
    Recorded,
    /// The lease had run out and somebody else has the job: nothing was recorded.
    FenceLost,
}

impl From<u64> for Recording {
    fn from(rows: u64) -> Self {
        if rows == 0 { Self::FenceLost } else { Self::Recorded }
    }
}

/// Asks for a job. Asked again it stays one job, due at the earlier moment; asked while it runs it will run once more;
/// asked after it was given up it begins anew.
pub fn enqueue(tx: &mut Tx<'_>, job: &Job<'_>) -> Result<(), DbError> {
    let priority = job.priority as i64;
    tx.execute(ENQUEUE, vals![job.kind, job.subject, job.practice, priority, job.due_at]).map(|_| ())
}

/// Moves a waiting job to another moment, earlier or later. One that runs, or is not there, stays as it is.
pub fn move_to(tx: &mut Tx<'_>, kind: &'static str, subject: &str, due_at: Instant) -> Result<(), DbError> {
    tx.execute(MOVE, vals![kind, subject, due_at]).map(|_| ())
}

/// Removes a waiting job that is no longer wanted. One that runs stays: its worker looks at the facts anyway.
pub fn remove(tx: &mut Tx<'_>, kind: &'static str, subject: &str) -> Result<(), DbError> {
    tx.execute(REMOVE, vals![kind, subject]).map(|_| ())
}

/// How many practices are looked at for one that has something due, before the one that waits longest is served.
const LOOKED_AT: usize = 16;

/// Whose turn it was last in each lane. A worker remembers it; losing it costs a place in the line and nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turns([String; 3]);

/// Leases up to `limit` jobs that are due, urgent ones first, each practice in turn, and counts the attempt. Jobs
/// whose lease ran out are due again. Takes as long with a million waiting as with one. Commit this before running them.
pub fn claim(
    tx: &mut Tx<'_>,
    now: Instant,
    limit: u32,
    lease: Span,
    turns: &mut Turns,
) -> Result<Vec<Leased>, DbError> {
    let limit = limit as usize;
    let mut leased = Vec::new();
    for lane in [Priority::Urgent, Priority::Normal, Priority::Bulk] {
        let due: Option<Instant> = tx.query_one(LANE_DUE, vals![lane as i64])?.get(0)?;
        if due.is_none_or(|due| due > now) {
            continue;
        }
        let last = &mut turns.0[lane as usize];
        let mut idle = 0;
        while leased.len() < limit && idle < LOOKED_AT {
            let Some(first) = next_turn(tx, lane, last)? else { break };
            *last = first.practice;
            if first.due_at > now {
                idle += 1;
                continue;
            }
            leased.push(hold(tx, &first.kind, &first.subject, now, lease)?);
        }
        // Many have nothing due, or others hold what is first: whatever has waited longest is served all the same.
        let wanted = limit - leased.len();
        if wanted > 0 {
            let waiting = tx.query(LONGEST_DUE, vals![lane as i64, now, 4 * wanted as u32])?;
            for row in &waiting {
                let (subject, kind) = (row.text(0)?, row.text(1)?);
                if leased.len() < limit && tx.query_opt(FREE, vals![kind, subject, now])?.is_some() {
                    leased.push(hold(tx, kind, subject, now, lease)?);
                }
            }
        }
    }
    Ok(leased)
}

struct First {
    subject: String,
    kind: String,
    practice: String,
    due_at: Instant,
}

/// The first job of the practice after `last`; after the last one comes the first.
fn next_turn(tx: &mut Tx<'_>, lane: Priority, last: &str) -> Result<Option<First>, DbError> {
    let mut row = tx.query_opt(NEXT_TURN, vals![lane as i64, last])?;
    if row.is_none() && !last.is_empty() {
        row = tx.query_opt(NEXT_TURN, vals![lane as i64, ""])?;
    }
    let read =
        |row: Row| Ok(First { subject: row.get(0)?, kind: row.get(1)?, practice: row.get(2)?, due_at: row.get(3)? });
    row.map(read).transpose()
}

fn hold(tx: &mut Tx<'_>, kind: &str, subject: &str, now: Instant, lease: Span) -> Result<Leased, DbError> {
    from_row(&tx.query_one(LEASE, vals![kind, subject, now + lease, now])?)
}

/// Records that a job is done. Where it was asked for again meanwhile it is due again at `now`.
pub fn done(tx: &mut Tx<'_>, job: &Leased, now: Instant) -> Result<Recording, DbError> {
    if tx.execute(DONE, vals![&job.kind, &job.subject, job.fence, job.asked])? == 1 {
        return Ok(Recording::Recorded);
    }
    tx.execute(DONE_BUT_ASKED, vals![&job.kind, &job.subject, job.fence, now]).map(Recording::from)
}

/// Records that a job is to be tried again at `due_at`, and what went wrong, if anything.
pub fn again(tx: &mut Tx<'_>, job: &Leased, due_at: Instant, error: Option<&str>) -> Result<Recording, DbError> {
    let error = error.map(shortened);
    tx.execute(AGAIN, vals![&job.kind, &job.subject, job.fence, due_at, error]).map(Recording::from)
}

/// Puts a job back that could not begin yet, as if nobody had claimed it: no try is counted.
pub fn later(tx: &mut Tx<'_>, job: &Leased, due_at: Instant) -> Result<Recording, DbError> {
    tx.execute(LATER, vals![&job.kind, &job.subject, job.fence, due_at]).map(Recording::from)
}

/// Records that a job is given up. In the same flow the caller asks somebody to look.
pub fn give_up(tx: &mut Tx<'_>, job: &Leased, why: &str) -> Result<Recording, DbError> {
    tx.execute(GIVE_UP, vals![&job.kind, &job.subject, job.fence, shortened(why)]).map(Recording::from)
}

/// The watchdog: jobs whose lease ended without a word from their worker, the longest silent first.
pub fn overdue_leases(tx: &mut Tx<'_>, now: Instant, limit: u32) -> Result<Vec<Leased>, DbError> {
    tx.query(OVERDUE, vals![now, limit])?.iter().map(from_row).collect()
}

/// When the next job may be claimed: due, or its lease over. Nothing where no job waits.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Instant>, DbError> {
    tx.query_one(NEXT_DUE, vals![])?.get(0)
}

/// A practice's jobs that were given up, oldest first.
pub fn given_up(tx: &mut Tx<'_>, practice: PracticeId, limit: u32) -> Result<Vec<GivenUp>, DbError> {
    let rows = tx.query(GIVEN_UP, vals![practice, limit])?;
    rows.iter()
        .map(|row| {
            let why = row.get::<Option<String>>(4)?.unwrap_or_default();
            Ok(GivenUp { subject: row.get(0)?, kind: row.get(1)?, attempts: row.get(3)?, why })
        })
        .collect()
}

/// A job that was given up is not wanted any more. False where there is none.
#[must_use = "where it is false there was none"]
pub fn let_go(tx: &mut Tx<'_>, practice: PracticeId, kind: &str, subject: &str) -> Result<bool, DbError> {
    Ok(tx.execute(LET_GO, vals![practice, kind, subject])? == 1)
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(ERROR_KEPT).collect()
}

fn from_row(row: &Row) -> Result<Leased, DbError> {
    Ok(Leased {
        subject: row.get(0)?,
        kind: row.get(1)?,
        practice: row.get(2)?,
        fence: row.get(3)?,
        attempts: row.get(4)?,
        asked: row.get(5)?,
        lease_until: row.get(6)?,
        last_error: row.get(7)?,
    })
}
