//! Somebody asked for their booking link again. Known or not, it is one row, taken away when a worker looks at it.

use crate::error::DbError;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::id::TokenId;
use domain::time::Instant;

const ASK: Sql = sql!("INSERT INTO link_request (id, address, asked_at) VALUES ($1, $2, $3)");
const TAKE: Sql = sql!("DELETE FROM link_request WHERE id = $1 RETURNING address");

/// Puts down what was typed.
pub fn ask(tx: &mut Tx<'_>, id: TokenId, address: &str, now: Instant) -> Result<(), DbError> {
    tx.execute(ASK, vals![id, address, now]).map(|_| ())
}

/// Takes it away, and gives what was typed; none where it was taken before.
pub fn take(tx: &mut Tx<'_>, id: TokenId) -> Result<Option<String>, DbError> {
    tx.query_opt(TAKE, vals![id])?.map(|row| row.get(0)).transpose()
}
