//! Every statement about appointments.

use crate::sql;
use crate::sql::Sql;

macro_rules! appointment_columns {
    () => {
        "a.id, a.practice, a.relationship, a.therapist, a.client, a.kind, a.currency, a.created_at, a.revision, \
         a.starts_at, a.ends_at, a.buffer_after, a.zone, a.state, a.sequence, a.price_minor, a.policy_preset, \
         a.policy_version, a.cutoff, a.boundary, a.late_cancel_fee_minor, a.no_show_fee_minor, a.cutoff_floor, \
         a.payment_state, a.payment_due_at, a.agreed_how, a.agreed_at, a.cancellation, a.cancelled_late, a.replaces, \
         a.pending_move, a.attendance, a.policy_terms, a.reserved_slot"
    };
}
// The columns that a change may touch come last, so that both statements share their order.
pub(super) const INSERT: Sql = sql!(
    "INSERT INTO appointment (id, practice, relationship, therapist, client, kind, currency, created_at, revision,
         starts_at, ends_at, buffer_after, zone, state, sequence, price_minor, policy_preset, policy_version, cutoff,
         boundary, late_cancel_fee_minor, no_show_fee_minor, cutoff_floor, payment_state, payment_due_at, agreed_how,
         agreed_at, cancellation, cancelled_late, replaces, pending_move, attendance, policy_terms,
         reserved_slot)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
         $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)"
);
pub(super) const UPDATE: Sql = sql!(
    "UPDATE appointment SET revision = $4, starts_at = $5, ends_at = $6, buffer_after = $7, zone = $8, state = $9,
         sequence = $10, price_minor = $11, policy_preset = $12, policy_version = $13, cutoff = $14, boundary = $15,
         late_cancel_fee_minor = $16, no_show_fee_minor = $17, cutoff_floor = $18, payment_state = $19,
         payment_due_at = $20, agreed_how = $21, agreed_at = $22, cancellation = $23, cancelled_late = $24,
         replaces = $25, pending_move = $26, attendance = $27, policy_terms = $28, reserved_slot = $29
     WHERE id = $1 AND revision = $2 AND currency = $3"
);
pub(super) const LOAD: Sql = sql!(
    "SELECT ",
    appointment_columns!(),
    " FROM appointment a WHERE a.id = $4 AND (CAST($1 AS TEXT) IS NULL OR a.practice = $1)
         AND (CAST($2 AS TEXT) IS NULL OR a.therapist = $2) AND (CAST($3 AS TEXT) IS NULL OR a.client = $3)"
);
pub(super) const ATTENDED: Sql =
    sql!("SELECT id FROM appointment WHERE relationship = $1 AND state = 'attended' LIMIT 1");
pub(super) const ANY: Sql = sql!("SELECT id FROM appointment WHERE relationship = $1 LIMIT 1");
pub(super) const LATE: Sql = sql!(
    "SELECT id FROM appointment WHERE relationship = $1
         AND (state IN ('client_no_show', 'late_not_seen') OR (state = 'cancelled_by_client' AND cancelled_late = 1))
     LIMIT 1"
);
pub(super) const LATEST_STATES: Sql = sql!(
    "SELECT state FROM appointment WHERE relationship = $1 AND starts_at < $2
         AND state IN ('attended', 'client_no_show', 'late_not_seen', 'in_progress')
     ORDER BY starts_at DESC, id DESC LIMIT 50"
);

// Lists: $1 practice, $2 therapist, $3 client; $4 and $5 from and to; $6 and $7 the cursor; $8 how many.
macro_rules! of_client {
    () => {
        " FROM appointment a WHERE a.client = $3 AND (CAST($1 AS TEXT) IS NULL OR a.practice = $1)
              AND (CAST($2 AS TEXT) IS NULL OR a.therapist = $2)"
    };
}
macro_rules! of_therapist {
    () => {
        " FROM appointment a WHERE a.therapist = $2 AND (CAST($1 AS TEXT) IS NULL OR a.practice = $1)
              AND CAST($3 AS TEXT) IS NULL"
    };
}
macro_rules! of_practice {
    () => {
        " FROM appointment a WHERE a.practice = $1 AND CAST($2 AS TEXT) IS NULL AND CAST($3 AS TEXT) IS NULL"
    };
}
macro_rules! of_all {
    () => {
        " FROM appointment a
          WHERE CAST($1 AS TEXT) IS NULL AND CAST($2 AS TEXT) IS NULL AND CAST($3 AS TEXT) IS NULL"
    };
}
macro_rules! up {
    () => {
        " AND a.starts_at >= $4 AND a.starts_at < $5 AND (a.starts_at, a.id) > ($6, $7)
              ORDER BY a.starts_at, a.id LIMIT $8"
    };
}
macro_rules! down {
    () => {
        " AND a.starts_at >= $4 AND a.starts_at < $5 AND (a.starts_at, a.id) < ($6, $7)
              ORDER BY a.starts_at DESC, a.id DESC LIMIT $8"
    };
}
// $9 to $21 the states, of which there are thirteen; $22 to $29 the ranges of up to four words.
macro_rules! filtered {
    () => {
        " AND (CAST($9 AS TEXT) IS NULL
                  OR a.state IN ($9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21))
              AND (CAST($22 AS TEXT) IS NULL OR a.client IN
                  (SELECT person FROM person_word WHERE practice = $1 AND word >= $22 AND word < $23))
              AND (CAST($24 AS TEXT) IS NULL OR a.client IN
                  (SELECT person FROM person_word WHERE practice = $1 AND word >= $24 AND word < $25))
              AND (CAST($26 AS TEXT) IS NULL OR a.client IN
                  (SELECT person FROM person_word WHERE practice = $1 AND word >= $26 AND word < $27))
              AND (CAST($28 AS TEXT) IS NULL OR a.client IN
                  (SELECT person FROM person_word WHERE practice = $1 AND word >= $28 AND word < $29))"
    };
}
macro_rules! still_on {
    () => {
        " AND a.ends_at > $9 AND a.state IN ('requested', 'booked', 'in_progress', 'awaiting_update')"
    };
}

pub(super) const MONEY_OPEN: Sql = sql!(
    "SELECT ",
    appointment_columns!(),
    " FROM appointment a WHERE a.payment_state IN ('refund_due', 'failed', 'unknown')
          AND (CAST($1 AS TEXT) IS NULL OR a.practice = $1) AND (CAST($2 AS TEXT) IS NULL OR a.therapist = $2)
          AND (CAST($3 AS TEXT) IS NULL OR a.client = $3) ORDER BY a.starts_at, a.id LIMIT $4"
);

/// One list by each index: of a client, of a therapist, of a practice, of everybody.
pub(super) type Ways = [Sql; 4];

pub(super) const UP: Ways = [
    sql!("SELECT ", appointment_columns!(), of_client!(), up!()),
    sql!("SELECT ", appointment_columns!(), of_therapist!(), up!()),
    sql!("SELECT ", appointment_columns!(), of_practice!(), up!()),
    sql!("SELECT ", appointment_columns!(), of_all!(), up!()),
];
pub(super) const DOWN: Ways = [
    sql!("SELECT ", appointment_columns!(), of_client!(), down!()),
    sql!("SELECT ", appointment_columns!(), of_therapist!(), down!()),
    sql!("SELECT ", appointment_columns!(), of_practice!(), down!()),
    sql!("SELECT ", appointment_columns!(), of_all!(), down!()),
];
pub(super) const FILTERED_UP: Ways = [
    sql!("SELECT ", appointment_columns!(), of_client!(), filtered!(), up!()),
    sql!("SELECT ", appointment_columns!(), of_therapist!(), filtered!(), up!()),
    sql!("SELECT ", appointment_columns!(), of_practice!(), filtered!(), up!()),
    sql!("SELECT ", appointment_columns!(), of_all!(), filtered!(), up!()),
];
pub(super) const FILTERED_DOWN: Ways = [
    sql!("SELECT ", appointment_columns!(), of_client!(), filtered!(), down!()),
    sql!("SELECT ", appointment_columns!(), of_therapist!(), filtered!(), down!()),
    sql!("SELECT ", appointment_columns!(), of_practice!(), filtered!(), down!()),
    sql!("SELECT ", appointment_columns!(), of_all!(), filtered!(), down!()),
];
pub(super) const NEXT: Ways = [
    sql!("SELECT ", appointment_columns!(), of_client!(), still_on!(), up!()),
    sql!("SELECT ", appointment_columns!(), of_therapist!(), still_on!(), up!()),
    sql!("SELECT ", appointment_columns!(), of_practice!(), still_on!(), up!()),
    sql!("SELECT ", appointment_columns!(), of_all!(), still_on!(), up!()),
];
