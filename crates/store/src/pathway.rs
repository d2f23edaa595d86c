//! Pathways: who sends clients, who pays, and what that changes.

use crate::error::DbError;
use crate::read::{Columns, json};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::id::{PathwayId, PracticeId, RelationshipId};
use domain::pathway::Pathway;

const INSERT: Sql = sql!("INSERT INTO pathway (id, practice, name, revision, document) VALUES ($1, $2, $3, $4, $5)");
const UPDATE: Sql = sql!("UPDATE pathway SET name = $3, revision = $4, document = $5 WHERE id = $1 AND revision = $2");
const LOAD: Sql = sql!("SELECT id, document FROM pathway WHERE id = $1 AND practice = $2");
const LIST: Sql = sql!("SELECT id, document FROM pathway WHERE practice = $1 ORDER BY name, id LIMIT $2");
const USED: Sql = sql!(
    "SELECT a.relationship, count(DISTINCT a.id) FROM ledger_entry e JOIN appointment a ON a.id = e.appointment
     WHERE a.relationship = $1 AND e.kind = 'allowance'
         AND a.state IN ('attended', 'cancelled_by_client', 'client_no_show', 'late_not_seen') GROUP BY a.relationship"
);

/// Adds a pathway. `Unique` where the practice has one of that name.
pub fn insert(tx: &mut Tx<'_>, pathway: &Pathway) -> Result<(), DbError> {
    let values = vals![pathway.id, pathway.practice, &pathway.name, pathway.revision, json(pathway)?];
    tx.execute(INSERT, values).map(|_| ())
}

/// Keeps the next revision; false where somebody else has changed it meanwhile.
#[must_use = "where it is false nothing was saved"]
pub fn update(tx: &mut Tx<'_>, pathway: &Pathway) -> Result<bool, DbError> {
    let before = pathway.revision.saturating_sub(1);
    Ok(tx.execute(UPDATE, vals![pathway.id, before, &pathway.name, pathway.revision, json(pathway)?])? == 1)
}

/// One pathway of this practice.
pub fn load(tx: &mut Tx<'_>, practice: PracticeId, id: PathwayId) -> Result<Option<Pathway>, DbError> {
    tx.query_opt(LOAD, vals![id, practice])?.map(|row| from_row(&row)).transpose()
}

/// The pathways of a practice by name.
pub fn list(tx: &mut Tx<'_>, practice: PracticeId, limit: u32) -> Result<Vec<Pathway>, DbError> {
    tx.query(LIST, vals![practice, limit])?.iter().map(from_row).collect()
}

/// How many of the appointments that the payer allows these two have used. One that the record has been set right about
/// counts while it still is something that can use one up.
pub fn allowance_used(tx: &mut Tx<'_>, relationship: RelationshipId) -> Result<u32, DbError> {
    tx.query_opt(USED, vals![relationship])?.map_or(Ok(0), |row| row.get(1))
}

fn from_row(row: &Row) -> Result<Pathway, DbError> {
    let mut columns = Columns::from(row, 1);
    columns.json("pathway.document")
}
