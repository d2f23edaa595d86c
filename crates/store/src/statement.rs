//! What each side says about an appointment, in their own words (V-13). Only ever added.

use crate::error::DbError;
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::Scope;
use domain::id::AppointmentId;
use domain::statement::Statement;

const INSERT: Sql = sql!(
    "INSERT INTO statement (id, practice, appointment, made_by, role, words, at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
);
const OF: Sql = sql!(
    "SELECT s.id, s.practice, s.appointment, s.made_by, s.role, s.words, s.at
     FROM statement s JOIN appointment a ON a.id = s.appointment
     WHERE s.appointment = $4 AND (CAST($1 AS TEXT) IS NULL OR s.practice = $1)
         AND (CAST($2 AS TEXT) IS NULL OR a.therapist = $2) AND (CAST($3 AS TEXT) IS NULL OR a.client = $3)
     ORDER BY s.at, s.id"
);

/// Puts a statement on file.
pub fn insert(tx: &mut Tx<'_>, statement: &Statement) -> Result<(), DbError> {
    let Statement { id, practice, appointment, by, role, words, at } = statement;
    let values = vals![*id, *practice, *appointment, by.to_string(), role.word(), words, *at];
    tx.execute(INSERT, values).map(|_| ())
}

/// The statements about an appointment, if it is in scope, in order.
pub fn of(tx: &mut Tx<'_>, scope: &Scope<'_>, appointment: AppointmentId) -> Result<Vec<Statement>, DbError> {
    let limits = scope.limits();
    let rows = tx.query(OF, vals![limits.practice, limits.therapist, limits.client, appointment])?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Statement, DbError> {
    let mut columns = Columns::of(row);
    Ok(Statement {
        id: columns.parse("statement.id")?,
        practice: columns.parse("statement.practice")?,
        appointment: columns.parse("statement.appointment")?,
        by: columns.parse("statement.made_by")?,
        role: columns.text()?.parse().map_err(|()| row.corrupt("statement.role"))?,
        words: columns.get()?,
        at: columns.get()?,
    })
}
