//! Who is writing to a client just now, so that two people do not tell them two things. Short-lived: a row that
//! is older than a few minutes says nothing.

use crate::error::DbError;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::id::AppointmentId;
use domain::person::PersonRef;
use domain::time::Instant;

const PUT: Sql = sql!(
    "INSERT INTO writing (appointment, person, at) VALUES ($1, $2, $3)
     ON CONFLICT (appointment, person) DO UPDATE SET at = excluded.at"
);
const CLEAR: Sql = sql!("DELETE FROM writing WHERE appointment = $1 AND (person = $2 OR at < $3)");
const OTHERS: Sql =
    sql!("SELECT person FROM writing WHERE appointment = $1 AND person <> $2 AND at >= $3 ORDER BY at, person");

/// This person is writing to the client of this appointment.
pub fn put(tx: &mut Tx<'_>, appointment: AppointmentId, person: PersonRef, now: Instant) -> Result<(), DbError> {
    tx.execute(PUT, vals![appointment, person.to_string(), now]).map(|_| ())
}

/// They no longer are; whatever is older than `stale` goes as well.
pub fn clear(tx: &mut Tx<'_>, appointment: AppointmentId, person: PersonRef, stale: Instant) -> Result<(), DbError> {
    tx.execute(CLEAR, vals![appointment, person.to_string(), stale]).map(|_| ())
}

/// The others who have been writing since that moment. Whether the appointment is in scope is for the caller to see.
pub fn others(
    tx: &mut Tx<'_>,
    appointment: AppointmentId,
    person: PersonRef,
    since: Instant,
) -> Result<Vec<PersonRef>, DbError> {
    let rows = tx.query(OTHERS, vals![appointment, person.to_string(), since])?;
    rows.iter().map(|row| row.parse(0, "writing.person")).collect()
}
