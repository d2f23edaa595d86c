//! New addresses and numbers of clients, until they were shown to be theirs.

use crate::error::DbError;
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::id::{AddressChangeId, ClientId};
use domain::telling::address::{AddressChange, What};
use domain::time::Instant;

macro_rules! address_columns {
    () => {
        "SELECT id, practice, client, what, new_address, asked_at, tries, ended_at FROM address_change "
    };
}
const END_OPEN: Sql =
    sql!("UPDATE address_change SET ended_at = $3 WHERE client = $1 AND what = $2 AND ended_at IS NULL");
const INSERT: Sql = sql!(
    "INSERT INTO address_change (id, practice, client, what, new_address, asked_at, tries, ended_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
);
const LOAD: Sql = sql!(address_columns!(), "WHERE id = $1");
const OPEN: Sql = sql!(address_columns!(), "WHERE client = $1 AND ended_at IS NULL ORDER BY what");
const TRY: Sql = sql!(
    "UPDATE address_change SET tries = tries + 1 WHERE id = $1 AND ended_at IS NULL AND tries < $2 RETURNING tries"
);

/// Adds a change in place of the one that waited.
pub fn put(tx: &mut Tx<'_>, change: &AddressChange) -> Result<(), DbError> {
    end(tx, change.client, change.what, change.asked_at)?;
    tx.execute(
        INSERT,
        vals![
            change.id,
            change.practice,
            change.client,
            change.what.as_str(),
            &change.to,
            change.asked_at,
            change.tries,
            change.ended_at
        ],
    )
    .map(|_| ())
}

/// Ends what waits; false where nothing does.
pub fn end(tx: &mut Tx<'_>, client: ClientId, what: What, at: Instant) -> Result<bool, DbError> {
    Ok(tx.execute(END_OPEN, vals![client, what.as_str(), at])? == 1)
}

/// Counts a code that is typed, before anybody looks whether it is the one: of many typed at once no more than `most` are
/// ever looked at. False where there were as many, or the change has ended.
#[must_use = "where it is false the code must not be looked at"]
pub fn try_once(tx: &mut Tx<'_>, id: AddressChangeId, most: u32) -> Result<bool, DbError> {
    Ok(tx.query_opt(TRY, vals![id, most])?.is_some())
}

/// One change. Whether whoever asks may see it is the caller's to check: by its link, or by the client.
pub fn load(tx: &mut Tx<'_>, id: AddressChangeId) -> Result<Option<AddressChange>, DbError> {
    tx.query_opt(LOAD, vals![id])?.map(|row| from_row(&row)).transpose()
}

/// What waits for a client: of each kind one at most.
pub fn open_of(tx: &mut Tx<'_>, client: ClientId) -> Result<Vec<AddressChange>, DbError> {
    tx.query(OPEN, vals![client])?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<AddressChange, DbError> {
    let mut columns = Columns::of(row);
    Ok(AddressChange {
        id: columns.parse("address_change.id")?,
        practice: columns.parse("address_change.practice")?,
        client: columns.parse("address_change.client")?,
        what: columns.parse("address_change.what")?,
        to: columns.get()?,
        asked_at: columns.get()?,
        tries: columns.get()?,
        ended_at: columns.get()?,
    })
}
