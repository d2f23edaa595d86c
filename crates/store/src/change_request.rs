//! What is asked of the team (E-04, E-06), and what the team answered.

use crate::error::DbError;
use crate::read::{Columns, json};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::Scope;
use domain::change_request::{ChangeRequest, RequestState};
use domain::id::{AppointmentId, ChangeRequestId};

macro_rules! request_columns {
    () => {
        "id, practice, relationship, therapist, client, appointment, obligation, wish, reason, asked_by, asked_at, \
         state, answer"
    };
}
macro_rules! in_scope {
    () => {
        " AND (CAST($1 AS TEXT) IS NULL OR practice = $1) AND (CAST($2 AS TEXT) IS NULL OR therapist = $2)
          AND (CAST($3 AS TEXT) IS NULL OR client = $3)"
    };
}

const PUT: Sql = sql!(
    "INSERT INTO change_request (id, practice, relationship, therapist, client, appointment, obligation, wish, reason,
         asked_by, asked_at, state, answer)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, answer = excluded.answer"
);
const LOAD: Sql = sql!("SELECT ", request_columns!(), " FROM change_request WHERE id = $4", in_scope!());
const OPEN_OF: Sql = sql!(
    "SELECT ",
    request_columns!(),
    " FROM change_request WHERE appointment = $1 AND state = 'open' ORDER BY asked_at DESC, id DESC LIMIT 1"
);
const OPEN: Sql = sql!(
    "SELECT ",
    request_columns!(),
    " FROM change_request WHERE state = 'open'",
    in_scope!(),
    " ORDER BY asked_at, id LIMIT $4"
);

/// Adds a request, or keeps its answer.
pub fn put(tx: &mut Tx<'_>, request: &ChangeRequest) -> Result<(), DbError> {
    tx.execute(
        PUT,
        vals![
            request.id,
            request.practice,
            request.relationship,
            request.therapist,
            request.client,
            request.appointment,
            request.obligation,
            json(&request.wish)?,
            &request.reason,
            request.asked_by.to_string(),
            request.asked_at,
            request.state.word(),
            json(&request.state)?
        ],
    )
    .map(|_| ())
}

/// One request, if it is in scope.
pub fn load(tx: &mut Tx<'_>, scope: &Scope<'_>, id: ChangeRequestId) -> Result<Option<ChangeRequest>, DbError> {
    let limits = scope.limits();
    let values = vals![limits.practice, limits.therapist, limits.client, id];
    tx.query_opt(LOAD, values)?.map(|row| from_row(&row)).transpose()
}

/// The request about an appointment that waits for an answer.
pub fn open_of(tx: &mut Tx<'_>, appointment: AppointmentId) -> Result<Option<ChangeRequest>, DbError> {
    tx.query_opt(OPEN_OF, vals![appointment])?.map(|row| from_row(&row)).transpose()
}

/// What waits for an answer in scope, the oldest first; at most `limit` (at least one).
pub fn open(tx: &mut Tx<'_>, scope: &Scope<'_>, limit: u32) -> Result<Vec<ChangeRequest>, DbError> {
    let limits = scope.limits();
    let values = vals![limits.practice, limits.therapist, limits.client, limit.max(1)];
    tx.query(OPEN, values)?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<ChangeRequest, DbError> {
    let mut columns = Columns::of(row);
    Ok(ChangeRequest {
        id: columns.parse("change_request.id")?,
        practice: columns.parse("change_request.practice")?,
        relationship: columns.parse("change_request.relationship")?,
        therapist: columns.parse("change_request.therapist")?,
        client: columns.parse("change_request.client")?,
        appointment: columns.parse("change_request.appointment")?,
        obligation: columns.parse("change_request.obligation")?,
        wish: columns.json("change_request.wish")?,
        reason: columns.get()?,
        asked_by: columns.parse("change_request.asked_by")?,
        asked_at: columns.get()?,
        state: {
            let word = columns.text()?;
            let state: RequestState = columns.json("change_request.answer")?;
            if state.word() != word {
                return Err(row.corrupt("change_request.state"));
            }
            state
        },
    })
}
