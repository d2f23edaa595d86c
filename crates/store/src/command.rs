//! What was asked under an idempotency key, and what we answered: the same key gets the same answer.

use crate::error::DbError;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::audit::Hash;
use domain::id::CommandId;
use domain::time::Instant;

// The key is claimed by inserting it, so of two requests with one key the second waits for the first.
const CLAIM: Sql = sql!(
    "INSERT INTO command (principal, route, key, request_hash, command_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (principal, route, key) DO NOTHING"
);
const FIND: Sql =
    sql!("SELECT command_id, request_hash, status, body FROM command WHERE principal = $1 AND route = $2 AND key = $3");
const SAVE: Sql = sql!(
    "UPDATE command SET status = $4, body = $5 WHERE principal = $1 AND route = $2 AND key = $3 AND status IS NULL"
);
const FORGET: Sql = sql!("DELETE FROM command WHERE created_at < $1");

/// Whose key it is, and for what. All three together are unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The actor: a person's id or `token:<id>`.
    pub principal: String,
    /// The route as the route table names it.
    pub route: String,
    /// The `Idempotency-Key` as it was sent.
    pub key: String,
}

/// What we know of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// Never seen: do it, then `save` the answer in the same flow.
    New,
    /// Seen with the same request: answer this again. Its receipt is `audit::receipt_of(command)`.
    Same(Answer),
    /// Seen with another request: refuse.
    Other,
}

/// What we answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The command that did it.
    pub command: CommandId,
    /// The HTTP status.
    pub status: u32,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

/// Looks the key up and, where it is new, claims it for `command`. The claim goes with the transaction: a flow that
/// fails leaves none. Begin a flow with this, before any other lock.
pub fn lookup(
    tx: &mut Tx<'_>,
    key: &Key,
    request_hash: Hash,
    command: CommandId,
    now: Instant,
) -> Result<Lookup, DbError> {
    let Key { principal, route, key } = key;
    if tx.execute(CLAIM, vals![principal, route, key, request_hash, command, now])? == 1 {
        return Ok(Lookup::New);
    }
    let row = tx.query_one(FIND, vals![principal, route, key])?;
    if row.get::<Hash>(1)? != request_hash {
        return Ok(Lookup::Other);
    }
    from_row(&row).map(Lookup::Same)
}

/// The answer stored under a key, without claiming it: what to look at after `Unknown`.
pub fn find(tx: &mut Tx<'_>, key: &Key) -> Result<Option<Answer>, DbError> {
    let row = tx.query_opt(FIND, vals![&key.principal, &key.route, &key.key])?;
    row.map(|row| from_row(&row)).transpose()
}

/// Stores the answer of a key that `lookup` gave as `New` in this flow.
pub fn save(tx: &mut Tx<'_>, key: &Key, status: u32, body: &[u8]) -> Result<(), DbError> {
    match tx.execute(SAVE, vals![&key.principal, &key.route, &key.key, status, body])? {
        1 => Ok(()),
        _ => Err(DbError::Shape(format!("the answer of key {:?} is saved without a lookup, or twice", key.key))),
    }
}

/// Forgets keys from before this moment. Gives how many.
pub fn forget_before(tx: &mut Tx<'_>, moment: Instant) -> Result<u64, DbError> {
    tx.execute(FORGET, vals![moment])
}

fn from_row(row: &Row) -> Result<Answer, DbError> {
    let status: Option<u32> = row.get(2)?;
    let body: Option<Vec<u8>> = row.get(3)?;
    let (Some(status), Some(body)) = (status, body) else { return Err(row.corrupt("command.status")) };
    Ok(Answer { command: row.get(0)?, status, body })
}
