//! Appointments. What a row says is distrusted: a cancelled one without its cancellation, or one that ends before it
//! begins, is `Corrupt`.

mod list;
mod read;
mod refill;
mod statements;

pub use list::{Filter, Order, list, next_of};
pub use refill::{cancelled_late_around, is_taken};

use crate::error::DbError;
use crate::read::{json, minor_in};
use crate::tx::Tx;
use crate::vals;
use crate::value::Value;
use domain::access::Scope;
use domain::appointment::{Appointment, State};
use domain::id::{AppointmentId, RelationshipId};
use domain::time::Instant;
use read::from_row;
use statements::{ANY, ATTENDED, INSERT, LATE, LATEST_STATES, LOAD, MONEY_OPEN, UPDATE};

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

/// Appointments in scope whose money waits for a person, by their start; at most `limit` (at least one).
pub fn money_open(tx: &mut Tx<'_>, scope: &Scope<'_>, limit: u32) -> Result<Vec<Appointment>, DbError> {
    let limits = scope.limits();
    let values = vals![limits.practice, limits.therapist, limits.client, limit.max(1)];
    tx.query(MONEY_OPEN, values)?.iter().map(from_row).collect()
}

/// Whether any appointment of these two was attended (E-04).
pub fn has_attended(tx: &mut Tx<'_>, relationship: RelationshipId) -> Result<bool, DbError> {
    Ok(tx.query_opt(ATTENDED, vals![relationship])?.is_some())
}

/// Whether these two ever had an appointment, whatever became of it.
pub fn has_any(tx: &mut Tx<'_>, relationship: RelationshipId) -> Result<bool, DbError> {
    Ok(tx.query_opt(ANY, vals![relationship])?.is_some())
}

/// Whether the client has cancelled late, not come, or come too late to be seen, in any appointment of these two.
pub fn has_late(tx: &mut Tx<'_>, relationship: RelationshipId) -> Result<bool, DbError> {
    Ok(tx.query_opt(LATE, vals![relationship])?.is_some())
}

/// How many appointments of these two before that moment the client missed one after the other; those that were called
/// off in between say nothing.
pub fn missed_in_a_row(tx: &mut Tx<'_>, relationship: RelationshipId, before: Instant) -> Result<u32, DbError> {
    let mut missed = 0;
    for row in tx.query(LATEST_STATES, vals![relationship, before])? {
        if row.text(0)? != State::ClientNoShow.word() {
            break;
        }
        missed += 1;
    }
    Ok(missed)
}

/// The values from `revision` to `reserved_slot`, in the order of both statements.
fn changeable(appointment: &Appointment) -> Result<Vec<Value<'_>>, DbError> {
    let Appointment { policy, payment, agreement, price, .. } = appointment;
    let fee = |fee| minor_in(price.currency, fee, "appointment.currency");
    let cancellation = match &appointment.state {
        State::Cancelled(how) => Some((json(how)?, how.late)),
        _ => None,
    };
    let (document, late) = cancellation.unzip();
    let attendance = (!appointment.attendance.is_empty()).then(|| json(&appointment.attendance)).transpose()?;
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
        appointment.pending_move,
        attendance,
        policy.terms,
        appointment.reserved_slot
    ]
    .to_vec())
}
