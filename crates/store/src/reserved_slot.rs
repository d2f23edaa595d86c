//! Weekly times that are kept for clients (H-03). The rows are all there ever were; the therapist's own row repeats those
//! that are not removed, so that a search for free times reads nothing more (`therapist::update_reserved`).

use crate::error::DbError;
use crate::page::{Cursor, Page, rows_for};
use crate::read::{Columns, json};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::{Limits, Scope};
use domain::id::{ClientId, RelationshipId, ReservedSlotId, TherapistId};
use domain::reserved::ReservedSlot;
use domain::time::Instant;

const PUT: Sql = sql!(
    "INSERT INTO reserved_slot (id, practice, relationship, therapist, client, state, pattern)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, pattern = excluded.pattern"
);
macro_rules! in_scope {
    () => {
        " AND (CAST($1 AS TEXT) IS NULL OR practice = $1) AND (CAST($2 AS TEXT) IS NULL OR therapist = $2)
          AND (CAST($3 AS TEXT) IS NULL OR client = $3)"
    };
}
macro_rules! slots {
    () => {
        "SELECT id, state, pattern FROM reserved_slot WHERE "
    };
}
macro_rules! from_there {
    () => {
        " AND id > $4 ORDER BY id LIMIT $5"
    };
}
const LOAD: Sql = sql!(slots!(), "id = $4", in_scope!());
const OF: Sql = sql!(slots!(), "relationship = $1 ORDER BY id");
// One by each index: of a client, of a therapist, of a practice, of everybody.
const LIST: [Sql; 4] = [
    sql!(slots!(), "client = $3", in_scope!(), from_there!()),
    sql!(slots!(), "therapist = $2", in_scope!(), from_there!()),
    sql!(slots!(), "practice = $1", in_scope!(), from_there!()),
    sql!(slots!(), "CAST($1 AS TEXT) IS NULL", in_scope!(), from_there!()),
];

/// Keeps a reserved time, new or changed.
pub fn put(tx: &mut Tx<'_>, slot: &ReservedSlot, therapist: TherapistId, client: ClientId) -> Result<(), DbError> {
    let pattern = json(slot)?;
    let values = vals![slot.id, slot.practice, slot.relationship, therapist, client, slot.state.as_str(), &pattern];
    tx.execute(PUT, values).map(|_| ())
}

/// One reserved time, if it is in scope.
pub fn load(tx: &mut Tx<'_>, scope: &Scope<'_>, id: ReservedSlotId) -> Result<Option<ReservedSlot>, DbError> {
    let limits = scope.limits();
    let values = vals![limits.practice, limits.therapist, limits.client, id];
    tx.query_opt(LOAD, values)?.map(|row| from_row(&row)).transpose()
}

/// Every reserved time of a relationship, those that were removed included, the oldest first.
pub fn of(tx: &mut Tx<'_>, relationship: RelationshipId) -> Result<Vec<ReservedSlot>, DbError> {
    tx.query(OF, vals![relationship])?.iter().map(from_row).collect()
}

/// The reserved times in scope, those that were removed included, the oldest first.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<ReservedSlot>, DbError> {
    let limits = scope.limits();
    let after = after.map_or("", |cursor| cursor.id.as_str());
    let way = match limits {
        Limits { client: Some(_), .. } => 0,
        Limits { therapist: Some(_), .. } => 1,
        Limits { practice: Some(_), .. } => 2,
        _ => 3,
    };
    let rows = tx.query(LIST[way], vals![limits.practice, limits.therapist, limits.client, after, rows_for(limit)])?;
    Page::of(rows.iter().map(from_row).collect(), limit, |found| (Instant::from_micros(0), found.id.to_string()))
}

fn from_row(row: &Row) -> Result<ReservedSlot, DbError> {
    let mut columns = Columns::of(row);
    let id = columns.parse("reserved_slot.id")?;
    let state = columns.parse("reserved_slot.state")?;
    let slot: ReservedSlot = columns.json("reserved_slot.pattern")?;
    // The document and its row must say the same.
    if slot.id != id || slot.state != state { Err(row.corrupt("reserved_slot.pattern")) } else { Ok(slot) }
}
