//! What clients write back. It waits from the moment that it comes in until it is read; its words are never changed.

use crate::error::DbError;
use crate::page::{Cursor, Page, rows_for};
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::Scope;
use domain::id::{AppointmentId, ClientId, InboundId};
use domain::inbound::Inbound;

macro_rules! inbound_columns {
    () => {
        "i.id, i.practice, i.client, i.answers, i.appointment, i.channel, i.address, i.body, i.received_at, \
         i.understood"
    };
}
const INSERT: Sql = sql!(
    "INSERT INTO inbound (id, practice, client, answers, appointment, channel, address, body, received_at, understood,
         reference) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (reference) DO NOTHING"
);
const LOAD: Sql = sql!("SELECT ", inbound_columns!(), " FROM inbound i WHERE i.id = $1");
const READ: Sql = sql!("UPDATE inbound SET understood = $2, appointment = $3 WHERE id = $1");
// $1 practice, $2 therapist, $3 client.
macro_rules! in_scope {
    () => {
        " FROM inbound i WHERE (CAST($1 AS TEXT) IS NULL OR i.practice = $1)
              AND (CAST($2 AS TEXT) IS NULL
                  OR EXISTS (SELECT 1 FROM appointment a WHERE a.id = i.appointment AND a.therapist = $2)
                  OR (i.appointment IS NULL AND EXISTS (
                      SELECT 1 FROM relationship r WHERE r.client = i.client AND r.therapist = $2)))
              AND (CAST($3 AS TEXT) IS NULL OR i.client = $3)"
    };
}
const OF_APPOINTMENT: Sql =
    sql!("SELECT ", inbound_columns!(), in_scope!(), " AND i.appointment = $4 ORDER BY i.received_at, i.id");
const LIST: Sql = sql!(
    "SELECT ",
    inbound_columns!(),
    in_scope!(),
    " AND (CAST($4 AS TEXT) IS NULL OR i.client = $4) AND (i.received_at, i.id) < ($5, $6)
      ORDER BY i.received_at DESC, i.id DESC LIMIT $7"
);

/// Puts it down; `reference` is the other side's own name for it. False where it was there already.
#[must_use = "where it is false it was taken in before"]
pub fn insert(tx: &mut Tx<'_>, inbound: &Inbound, reference: &str) -> Result<bool, DbError> {
    let values = vals![
        inbound.id,
        inbound.practice,
        inbound.client,
        inbound.answers,
        inbound.appointment,
        inbound.channel.word(),
        &inbound.address,
        &inbound.body,
        inbound.received_at,
        inbound.understood.as_deref(),
        reference
    ];
    Ok(tx.execute(INSERT, values)? == 1)
}

/// One, for the job that reads it.
pub fn load(tx: &mut Tx<'_>, id: InboundId) -> Result<Option<Inbound>, DbError> {
    tx.query_opt(LOAD, vals![id])?.map(|row| from_row(&row)).transpose()
}

/// It was read: what it was understood as, and what it is about.
pub fn read(tx: &mut Tx<'_>, inbound: &Inbound) -> Result<(), DbError> {
    tx.execute(READ, vals![inbound.id, inbound.understood.as_deref(), inbound.appointment]).map(|_| ())
}

/// What was written about an appointment, as far as it is in scope, in order.
pub fn of_appointment(tx: &mut Tx<'_>, scope: &Scope<'_>, appointment: AppointmentId) -> Result<Vec<Inbound>, DbError> {
    let limits = scope.limits();
    let rows = tx.query(OF_APPOINTMENT, vals![limits.practice, limits.therapist, limits.client, appointment])?;
    rows.iter().map(from_row).collect()
}

/// What came in, newest first; of one client where one is named.
pub fn list(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    client: Option<ClientId>,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Inbound>, DbError> {
    let limits = scope.limits();
    let after = after.cloned().unwrap_or_else(Cursor::highest);
    let values = vals![limits.practice, limits.therapist, limits.client, client, after.at, &after.id, rows_for(limit)];
    let rows = tx.query(LIST, values)?;
    let items = rows.iter().map(from_row).collect();
    Page::of(items, limit, |inbound| (inbound.received_at, inbound.id.to_string()))
}

fn from_row(row: &Row) -> Result<Inbound, DbError> {
    let mut columns = Columns::of(row);
    Ok(Inbound {
        id: columns.parse("inbound.id")?,
        practice: columns.parse("inbound.practice")?,
        client: columns.parse("inbound.client")?,
        answers: columns.parse_opt("inbound.answers")?,
        appointment: columns.parse_opt("inbound.appointment")?,
        channel: columns.parse("inbound.channel")?,
        address: columns.get()?,
        body: columns.get()?,
        received_at: columns.get()?,
        understood: columns.get()?,
    })
}
