//! Times that were cancelled late, and whether somebody else has them.

use crate::error::DbError;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::appointment::Appointment;
use domain::id::AppointmentId;

// No appointment is longer than twelve hours (`occupancy::LONGEST`).
macro_rules! another_clients_around {
    () => {
        " FROM appointment WHERE therapist = $1 AND client <> $2 AND starts_at < $4 AND starts_at > $3 - 43200000000
              AND ends_at > $3"
    };
}
const CANCELLED_LATE: Sql = sql!(
    "SELECT id",
    another_clients_around!(),
    " AND state = 'cancelled_by_client' AND cancelled_late = 1 ORDER BY id LIMIT 20"
);
const TAKEN: Sql = sql!(
    "SELECT id",
    another_clients_around!(),
    " AND state IN ('booked', 'in_progress', 'awaiting_update', 'attended') LIMIT 1"
);

/// Other clients' appointments at the time of this one that were cancelled late.
pub fn cancelled_late_around(tx: &mut Tx<'_>, booked: &Appointment) -> Result<Vec<AppointmentId>, DbError> {
    let values = vals![booked.therapist, booked.client, booked.start, booked.end];
    tx.query(CANCELLED_LATE, values)?.iter().map(|row| row.parse(0, "appointment.id")).collect()
}

/// Whether another client has the time of this one.
pub fn is_taken(tx: &mut Tx<'_>, ended: &Appointment) -> Result<bool, DbError> {
    let values = vals![ended.therapist, ended.client, ended.start, ended.end];
    Ok(tx.query_opt(TAKEN, values)?.is_some())
}
