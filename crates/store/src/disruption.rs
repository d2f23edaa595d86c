//! Disruptions: the cases that open when an appointment does not go to plan.

use crate::error::DbError;
use crate::page::{Cursor, Page, rows_for};
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::Scope;
use domain::disruption::Disruption;
use domain::id::{AppointmentId, ClientId, DisruptionId, RelationshipId, TherapistId};
use domain::time::Instant;

macro_rules! disruption_columns {
    () => {
        "d.id, d.practice, d.relationship, d.appointment, d.kind, d.opened_at, d.closed_at, d.fault, d.outcome"
    };
}
macro_rules! in_scope {
    () => {
        " AND (CAST($1 AS TEXT) IS NULL OR d.practice = $1) AND (CAST($2 AS TEXT) IS NULL OR d.therapist = $2)
          AND (CAST($3 AS TEXT) IS NULL OR d.client = $3)"
    };
}

const PUT: Sql = sql!(
    "INSERT INTO disruption (id, practice, relationship, therapist, client, appointment, kind, opened_at, closed_at,
         fault, outcome)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, closed_at = excluded.closed_at, fault = excluded.fault,
         outcome = excluded.outcome"
);
const LOAD: Sql = sql!("SELECT ", disruption_columns!(), " FROM disruption d WHERE d.id = $4", in_scope!());
const OPEN_OF: Sql = sql!(
    "SELECT ",
    disruption_columns!(),
    " FROM disruption d WHERE d.appointment = $1 AND d.closed_at IS NULL ORDER BY d.opened_at DESC, d.id DESC LIMIT 1"
);
const LATEST_OF: Sql = sql!(
    "SELECT ",
    disruption_columns!(),
    " FROM disruption d WHERE d.appointment = $1 ORDER BY d.opened_at DESC, d.id DESC LIMIT 1"
);
const WAITING: Sql = sql!(
    "SELECT ",
    disruption_columns!(),
    " FROM disruption d WHERE d.relationship = $1
         AND d.kind IN ('cancelled_by_therapist', 'cancelled_by_practice', 'therapist_missed', 'technical_failure',
             'client_no_show')
         AND EXISTS (SELECT 1 FROM obligation o
             WHERE o.disruption = d.id AND o.kind IN ('next_step', 'keep_promise') AND o.state IN ('open', 'escalated'))
     ORDER BY d.opened_at DESC, d.id DESC LIMIT 1"
);
macro_rules! from_there {
    () => {
        " AND (d.opened_at, d.id) > ($4, $5) ORDER BY d.opened_at, d.id LIMIT $6"
    };
}
macro_rules! in_practice {
    () => {
        " FROM disruption d WHERE d.practice = $1"
    };
}
macro_rules! anywhere {
    () => {
        " FROM disruption d WHERE CAST($1 AS TEXT) IS NULL"
    };
}
// All cases, open ones, closed ones: within one practice, or in every practice, for jobs.
const LIST: [Sql; 3] = [
    sql!("SELECT ", disruption_columns!(), in_practice!(), in_scope!(), from_there!()),
    sql!("SELECT ", disruption_columns!(), in_practice!(), in_scope!(), " AND d.closed_at IS NULL", from_there!()),
    sql!("SELECT ", disruption_columns!(), in_practice!(), in_scope!(), " AND d.closed_at IS NOT NULL", from_there!()),
];
const LIST_ALL: [Sql; 3] = [
    sql!("SELECT ", disruption_columns!(), anywhere!(), in_scope!(), from_there!()),
    sql!("SELECT ", disruption_columns!(), anywhere!(), in_scope!(), " AND d.closed_at IS NULL", from_there!()),
    sql!("SELECT ", disruption_columns!(), anywhere!(), in_scope!(), " AND d.closed_at IS NOT NULL", from_there!()),
];

macro_rules! closed_since {
    () => {
        " AND d.closed_at >= $4"
    };
}
const CLOSED_SINCE: [Sql; 2] = [
    sql!("SELECT count(*)", in_practice!(), in_scope!(), closed_since!()),
    sql!("SELECT count(*)", anywhere!(), in_scope!(), closed_since!()),
];

/// Adds a case, or keeps what changed in it.
pub fn put(tx: &mut Tx<'_>, case: &Disruption, therapist: TherapistId, client: ClientId) -> Result<(), DbError> {
    tx.execute(
        PUT,
        vals![
            case.id,
            case.practice,
            case.relationship,
            therapist,
            client,
            case.appointment,
            case.kind.as_str(),
            case.opened_at,
            case.closed_at,
            case.fault.as_deref(),
            case.outcome.as_deref()
        ],
    )
    .map(|_| ())
}

/// One case, if it is in scope.
pub fn load(tx: &mut Tx<'_>, scope: &Scope<'_>, id: DisruptionId) -> Result<Option<Disruption>, DbError> {
    let limits = scope.limits();
    let values = vals![limits.practice, limits.therapist, limits.client, id];
    tx.query_opt(LOAD, values)?.map(|row| from_row(&row)).transpose()
}

/// The newest open case of an appointment.
pub fn open_of(tx: &mut Tx<'_>, appointment: AppointmentId) -> Result<Option<Disruption>, DbError> {
    tx.query_opt(OPEN_OF, vals![appointment])?.map(|row| from_row(&row)).transpose()
}

/// The newest case of an appointment, open or closed.
pub fn latest_of(tx: &mut Tx<'_>, appointment: AppointmentId) -> Result<Option<Disruption>, DbError> {
    tx.query_opt(LATEST_OF, vals![appointment])?.map(|row| from_row(&row)).transpose()
}

/// The newest case of these two in which the client is still owed a next step or the promised word, because somebody else than the client
/// took the appointment away, or the client did not come: a new booking answers it.
pub fn waiting_for_a_time(tx: &mut Tx<'_>, relationship: RelationshipId) -> Result<Option<Disruption>, DbError> {
    tx.query_opt(WAITING, vals![relationship])?.map(|row| from_row(&row)).transpose()
}

/// The cases in scope, the oldest first: all of them, or only open or only closed ones.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    open: Option<bool>,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Disruption>, DbError> {
    let (limits, start) = (scope.limits(), Cursor::lowest());
    let after = after.unwrap_or(&start);
    let which = match open {
        None => 0,
        Some(true) => 1,
        Some(false) => 2,
    };
    let sql = if limits.practice.is_some() { LIST[which] } else { LIST_ALL[which] };
    let place = (after.at, after.id.as_str());
    let rows =
        tx.query(sql, vals![limits.practice, limits.therapist, limits.client, place.0, place.1, rows_for(limit)])?;
    Page::of(rows.iter().map(from_row).collect(), limit, |case| (case.opened_at, case.id.to_string()))
}

/// How many cases in scope were closed at `since` or later (UTC), however long they were open.
pub fn closed_since(tx: &mut Tx<'_>, scope: &Scope<'_>, since: Instant) -> Result<u32, DbError> {
    let limits = scope.limits();
    let sql = CLOSED_SINCE[usize::from(limits.practice.is_none())];
    tx.query_one(sql, vals![limits.practice, limits.therapist, limits.client, since])?.get(0)
}

fn from_row(row: &Row) -> Result<Disruption, DbError> {
    let mut columns = Columns::of(row);
    let case = Disruption {
        id: columns.parse("disruption.id")?,
        practice: columns.parse("disruption.practice")?,
        relationship: columns.parse("disruption.relationship")?,
        appointment: columns.parse("disruption.appointment")?,
        kind: columns.parse("disruption.kind")?,
        opened_at: columns.get()?,
        closed_at: columns.get()?,
        fault: columns.get()?,
        outcome: columns.get()?,
    };
    if case.closed_at.is_some_and(|closed| closed < case.opened_at) {
        return Err(row.corrupt("disruption.closed_at"));
    }
    Ok(case)
}
