//! How much of something was used in a period, in one row: whether there is room is known without counting.

use crate::error::DbError;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::time::{Instant, Span};

const USE: Sql = sql!(
    "INSERT INTO tally (what, period, used, ends_at) VALUES ($1, $2, $4, $3)
     ON CONFLICT (what, period) DO UPDATE SET used = tally.used + $4 RETURNING used"
);
const FORGET: Sql = sql!("DELETE FROM tally WHERE ends_at < $1");

/// Uses one of `what` in the period that `now` lies in, and gives how many it makes. Periods are counted from the epoch,
/// UTC; those that are over are forgotten when a new one begins.
pub fn take(tx: &mut Tx<'_>, what: &str, period: Span, now: Instant) -> Result<u32, DbError> {
    take_many(tx, what, 1, period, now)
}

/// The same for so many at once.
pub fn take_many(tx: &mut Tx<'_>, what: &str, many: u32, period: Span, now: Instant) -> Result<u32, DbError> {
    let number = now.micros().div_euclid(period.as_micros());
    let ends_at = Instant::from_micros((number + 1) * period.as_micros());
    let used: u32 = tx.query_one(USE, vals![what, number, ends_at, many])?.get(0)?;
    if used == many {
        tx.execute(FORGET, vals![now - period])?;
    }
    Ok(used)
}
