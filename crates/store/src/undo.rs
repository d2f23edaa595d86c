//! The way back from a staff edit, while its messages wait (`rulings` 14). One for each appointment: the last.

use crate::error::DbError;
use crate::job;
use crate::message::DELIVER;
use crate::read::{Columns, json};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::id::AppointmentId;
use domain::undo::Undo;

const PUT: Sql = sql!(
    "INSERT INTO edit_undo (appointment, practice, revision, until_at, memory) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (appointment) DO UPDATE SET revision = excluded.revision, until_at = excluded.until_at,
         memory = excluded.memory"
);
const OF: Sql = sql!("SELECT appointment, practice, revision, until_at, memory FROM edit_undo WHERE appointment = $1");
const REMOVE: Sql = sql!("DELETE FROM edit_undo WHERE appointment = $1");
const LEFT: Sql = sql!(
    "SELECT id FROM message WHERE appointment = $1 AND revision = $2 AND state IN ('leased', 'accepted', 'delivered',
         'unknown') LIMIT 1"
);
const TAKE_BACK: Sql = sql!(
    "UPDATE message SET state = 'superseded' WHERE appointment = $1 AND revision = $2 AND state = 'pending' RETURNING id"
);

/// Keeps the way back from an edit in place of that from an earlier one.
pub fn put(tx: &mut Tx<'_>, undo: &Undo) -> Result<(), DbError> {
    let values = vals![undo.appointment, undo.practice, undo.revision, undo.until, json(&undo.memory)?];
    tx.execute(PUT, values).map(|_| ())
}

/// The way back from the last edit of an appointment, open or not.
pub fn of(tx: &mut Tx<'_>, appointment: AppointmentId) -> Result<Option<Undo>, DbError> {
    tx.query_opt(OF, vals![appointment])?.map(|row| from_row(&row)).transpose()
}

/// Whether any message of this revision may have left.
pub fn has_left(tx: &mut Tx<'_>, appointment: AppointmentId, revision: u32) -> Result<bool, DbError> {
    Ok(tx.query_opt(LEFT, vals![appointment, revision])?.is_some())
}

/// The edit is taken back: what waits of its revision never goes.
pub fn take(tx: &mut Tx<'_>, appointment: AppointmentId, revision: u32) -> Result<(), DbError> {
    tx.execute(REMOVE, vals![appointment])?;
    for message in tx.query(TAKE_BACK, vals![appointment, revision])? {
        job::remove(tx, DELIVER, message.text(0)?)?;
    }
    Ok(())
}

fn from_row(row: &Row) -> Result<Undo, DbError> {
    let mut columns = Columns::of(row);
    Ok(Undo {
        appointment: columns.parse("edit_undo.appointment")?,
        practice: columns.parse("edit_undo.practice")?,
        revision: columns.get()?,
        until: columns.get()?,
        memory: columns.json("edit_undo.memory")?,
    })
}
