//! Appointments. What a row says is distrusted: a cancelled one without its cancellation, or one that ends before it
//! begins, is `Corrupt`.

mod list;
mod read;

pub use list::{Filter, Order, list, next_of};

use crate::error::DbError;
use crate::read::{json, minor_in};
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use crate::value::Value;
use domain::access::Scope;
use domain::appointment::{Appointment, State};
use domain::id::{AppointmentId, RelationshipId};
use read::{appointment_columns, from_row};

// The columns that a change may touch come last, so that both statements share their order.
const INSERT: Sql = sql!(
    "INSERT INTO appointment (id, practice, relationship, therapist, client, kind, currency, created_at, revision,
         starts_at, ends_at, buffer_after, zone, state, sequence, price_minor, policy_preset, policy_version, cutoff,
         boundary, late_cancel_fee_minor, no_show_fee_minor, cutoff_floor, payment_state, payment_due_at, agreed_how,
         agreed_at, cancellation, cancelled_late, replaces, pending_move)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
         $24, $25, $26, $27, $28, $29, $30, $31)"
);
const UPDATE: Sql = sql!(
    "UPDATE appointment SET revision = $4, starts_at = $5, ends_at = $6, buffer_after = $7, zone = $8, state = $9,
         sequence = $10, price_minor = $11, policy_preset = $12, policy_version = $13, cutoff = $14, boundary = $15,
         late_cancel_fee_minor = $16, no_show_fee_minor = $17, cutoff_floor = $18, payment_state = $19,
         payment_due_at = $20, agreed_how = $21, agreed_at = $22, cancellation = $23, cancelled_late = $24,
         replaces = $25, pending_move = $26
     WHERE id = $1 AND revision = $2 AND currency = $3"
);
const LOAD: Sql = sql!(
    "SELECT ",
    appointment_columns!(),
    " FROM appointment a WHERE a.id = $4 AND (CAST($1 AS TEXT) IS NULL OR a.practice = $1)
         AND (CAST($2 AS TEXT) IS NULL OR a.therapist = $2) AND (CAST($3 AS TEXT) IS NULL OR a.client = $3)"
);
const ATTENDED: Sql = sql!("SELECT id FROM appointment WHERE relationship = $1 AND state = 'attended' LIMIT 1");
const LATE: Sql = sql!(
    "SELECT id FROM appointment WHERE relationship = $1
         AND (state IN ('client_no_show', 'late_not_seen') OR (state = 'cancelled_by_client' AND cancelled_late = 1))
     LIMIT 1"
);

/// Adds an appointment. Its time is taken with `occupancy::take`, in the same flow.
pub fn insert(tx: &mut Tx<'_>, appointment: &Appointment) -> Result<(), DbError> {
    let mut values = vals![
        appointment.id,
        appointment.practice,
        appointment.relationship,
        appointment.therapist,
        appointment.client,
        appointment.kind.as_str(),
        appointment.price.currency.code(),
        appointment.created_at
    ]
    .to_vec();
    values.extend(changeable(appointment)?);
    tx.execute(INSERT, &values).map(|_| ())
}

/// Keeps a changed appointment, if it still is at `expected_revision`; false where somebody else has changed it.
#[must_use = "where it is false nothing was saved"]
pub fn update(tx: &mut Tx<'_>, appointment: &Appointment, expected_revision: u32) -> Result<bool, DbError> {
    let mut values = vals![appointment.id, expected_revision, appointment.price.currency.code()].to_vec();
    values.extend(changeable(appointment)?);
    Ok(tx.execute(UPDATE, &values)? == 1)
}

/// One appointment, if it is in scope.
pub fn load(tx: &mut Tx<'_>, scope: &Scope<'_>, id: AppointmentId) -> Result<Option<Appointment>, DbError> {
    let limits = scope.limits();
    let values = vals![limits.practice, limits.therapist, limits.client, id];
    tx.query_opt(LOAD, values)?.map(|row| from_row(&row)).transpose()
}

/// Whether any appointment of these two was attended (E-04).
pub fn has_attended(tx: &mut Tx<'_>, relationship: RelationshipId) -> Result<bool, DbError> {
    Ok(tx.query_opt(ATTENDED, vals![relationship])?.is_some())
}

/// Whether the client has cancelled late, not come, or come too late to be seen, in any appointment of these two.
pub fn has_late(tx: &mut Tx<'_>, relationship: RelationshipId) -> Result<bool, DbError> {
    Ok(tx.query_opt(LATE, vals![relationship])?.is_some())
}

/// The values from `revision` to `pending_move`, in the order of both statements.
fn changeable(appointment: &Appointment) -> Result<Vec<Value<'_>>, DbError> {
    let Appointment { policy, payment, agreement, price, .. } = appointment;
    let fee = |fee| minor_in(price.currency, fee, "appointment.currency");
    let cancellation = match &appointment.state {
        State::Cancelled(how) => Some((json(how)?, how.late)),
        _ => None,
    };
    let (document, late) = cancellation.unzip();
    Ok(vals![
        appointment.revision,
        appointment.start,
        appointment.end,
        appointment.buffer_after,
        appointment.zone.name(),
        appointment.state.word(),
        appointment.sequence,
        price.amount_minor,
        policy.preset.as_str(),
        policy.version,
        policy.cutoff,
        policy.boundary.as_str(),
        fee(policy.late_cancel_fee)?,
        fee(policy.no_show_fee)?,
        policy.cutoff_floor,
        payment.state.as_str(),
        payment.due_at,
        agreement.how.as_str(),
        agreement.at,
        document,
        late,
        appointment.replaces,
        appointment.pending_move
    ]
    .to_vec())
}
