//! Attempts to reach a client, and the contact notes on file (V-12 to V-15). Both are only ever added.

use crate::error::DbError;
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::Scope;
use domain::contact::{ContactAttempt, Note};
use domain::id::{AppointmentId, ClientId};

const INSERT_ATTEMPT: Sql = sql!(
    "INSERT INTO contact_attempt (id, practice, client, appointment, channel, result, at, agreed, made_by,
         reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
);
const INSERT_NOTE: Sql = sql!(
    "INSERT INTO note (id, practice, appointment, informed_at, informed_how, agreed, on_behalf_of, made_by, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
);
// Whose clients a therapist may see is said by their relationships.
const ATTEMPTS: Sql = sql!(
    "SELECT id, practice, client, appointment, channel, result, at, agreed, made_by, reason FROM contact_attempt
     WHERE client = $4 AND (CAST($1 AS TEXT) IS NULL OR practice = $1)
         AND (CAST($2 AS TEXT) IS NULL OR client IN (SELECT client FROM relationship WHERE therapist = $2))
         AND (CAST($3 AS TEXT) IS NULL OR client = $3)
     ORDER BY at, id"
);
const NOTES: Sql = sql!(
    "SELECT n.id, n.practice, n.appointment, n.informed_at, n.informed_how, n.agreed, n.on_behalf_of, n.made_by, n.at
     FROM note n JOIN appointment a ON a.id = n.appointment
     WHERE n.appointment = $4 AND (CAST($1 AS TEXT) IS NULL OR n.practice = $1)
         AND (CAST($2 AS TEXT) IS NULL OR a.therapist = $2) AND (CAST($3 AS TEXT) IS NULL OR a.client = $3)
     ORDER BY n.at, n.id"
);

/// Puts an attempt on file.
pub fn insert_attempt(tx: &mut Tx<'_>, attempt: &ContactAttempt) -> Result<(), DbError> {
    tx.execute(
        INSERT_ATTEMPT,
        vals![
            attempt.id,
            attempt.practice,
            attempt.client,
            attempt.appointment,
            attempt.channel.word(),
            attempt.result.as_str(),
            attempt.at,
            attempt.agreed.as_deref(),
            attempt.by.to_string(),
            attempt.reason.as_deref()
        ],
    )
    .map(|_| ())
}

/// Puts a note on file.
pub fn insert_note(tx: &mut Tx<'_>, note: &Note) -> Result<(), DbError> {
    tx.execute(
        INSERT_NOTE,
        vals![
            note.id,
            note.practice,
            note.appointment,
            note.informed_at,
            note.informed_how.word(),
            &note.agreed,
            note.on_behalf_of.map(|person| person.to_string()),
            note.by.to_string(),
            note.at
        ],
    )
    .map(|_| ())
}

/// The attempts to reach a client, if the client is in scope, in order.
pub fn attempts_of(tx: &mut Tx<'_>, scope: &Scope<'_>, client: ClientId) -> Result<Vec<ContactAttempt>, DbError> {
    let limits = scope.limits();
    let rows = tx.query(ATTEMPTS, vals![limits.practice, limits.therapist, limits.client, client])?;
    rows.iter().map(attempt).collect()
}

/// The notes about an appointment, if it is in scope, in order. Reading a note goes on the record (`rulings` 10), so
/// this is called in a write flow.
pub fn notes_of(tx: &mut Tx<'_>, scope: &Scope<'_>, appointment: AppointmentId) -> Result<Vec<Note>, DbError> {
    let limits = scope.limits();
    let rows = tx.query(NOTES, vals![limits.practice, limits.therapist, limits.client, appointment])?;
    rows.iter().map(note).collect()
}

fn attempt(row: &Row) -> Result<ContactAttempt, DbError> {
    let mut columns = Columns::of(row);
    Ok(ContactAttempt {
        id: columns.parse("contact_attempt.id")?,
        practice: columns.parse("contact_attempt.practice")?,
        client: columns.parse("contact_attempt.client")?,
        appointment: columns.parse_opt("contact_attempt.appointment")?,
        channel: columns.parse("contact_attempt.channel")?,
        result: columns.parse("contact_attempt.result")?,
        at: columns.get()?,
        agreed: columns.get()?,
        by: columns.parse("contact_attempt.made_by")?,
        reason: columns.get()?,
    })
}

fn note(row: &Row) -> Result<Note, DbError> {
    let mut columns = Columns::of(row);
    Ok(Note {
        id: columns.parse("note.id")?,
        practice: columns.parse("note.practice")?,
        appointment: columns.parse("note.appointment")?,
        informed_at: columns.get()?,
        informed_how: columns.parse("note.informed_how")?,
        agreed: columns.get()?,
        on_behalf_of: columns.parse_opt("note.on_behalf_of")?,
        by: columns.parse("note.made_by")?,
        at: columns.get()?,
    })
}
