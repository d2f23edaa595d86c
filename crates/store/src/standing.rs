//! What a therapist's record is drawn from: appointments that went another way, moves on the record, and appeals.

use crate::error::DbError;
use crate::read::{Columns, json};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::Scope;
use domain::id::{AppealId, AppointmentId, PracticeId, TherapistId};
use domain::standing::Appeal;
use domain::time::Instant;

// Whatever was called off in a window was to begin in it or after it.
const TROUBLED: Sql = sql!(
    "SELECT a.id, d.fault, d.opened_at FROM appointment a
     LEFT JOIN disruption d ON d.appointment = a.id AND d.kind IN ('therapist_missed', 'technical_failure')
     WHERE a.therapist = $1 AND a.starts_at >= $2
         AND (a.state IN ('cancelled_by_client', 'cancelled_by_therapist', 'cancelled_by_practice', 'therapist_no_show',
             'technical_failure') OR a.attendance IS NOT NULL)
     ORDER BY a.starts_at DESC, a.id LIMIT $3"
);
const CAME_DUE: Sql = sql!(
    "SELECT id FROM appointment WHERE therapist = $1 AND starts_at >= $2 AND starts_at <= $3
         AND state NOT IN ('requested', 'cancelled_by_client', 'cancelled_by_practice', 'entered_in_error',
             'client_no_show', 'late_not_seen')
     ORDER BY id LIMIT $4"
);
const MOVES: Sql = sql!(
    "SELECT e.at, e.subjects, e.details FROM audit_subject s
     JOIN audit_entry e ON e.practice = s.practice AND e.seq = s.seq
     WHERE s.practice = $1 AND s.subject = $2 AND e.word = 'appointment_rescheduled' AND e.at >= $3
         AND e.details IS NOT NULL ORDER BY e.seq DESC LIMIT $4"
);
const ADD_APPEAL: Sql = sql!(
    "INSERT INTO appeal (id, practice, therapist, appointment, kind, words, made_by, at, state, decision)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
);
const DECIDE: Sql = sql!("UPDATE appeal SET state = $2, decision = $3 WHERE id = $1");
macro_rules! appeal_columns {
    () => {
        "SELECT id, practice, therapist, appointment, kind, words, made_by, at, state, decision FROM appeal"
    };
}
const APPEALS: Sql = sql!(appeal_columns!(), " WHERE therapist = $1 ORDER BY at, id");
const OPEN_APPEALS: Sql = sql!(appeal_columns!(), " WHERE practice = $1 AND state = 'open' ORDER BY at, id LIMIT 200");
const APPEAL: Sql = sql!(
    appeal_columns!(),
    " WHERE id = $3 AND (CAST($1 AS TEXT) IS NULL OR practice = $1) AND (CAST($2 AS TEXT) IS NULL OR therapist = $2)"
);

/// Rows of one therapist's window at most.
const MANY: u32 = 5_000;

/// An appointment that did not go to plan, with what its case says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Troubled {
    /// Which.
    pub appointment: AppointmentId,
    /// Whose doing it was, once somebody has said.
    pub fault: Option<String>,
    /// When the case opened, UTC.
    pub opened_at: Option<Instant>,
}

/// A move on the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// When, UTC.
    pub at: Instant,
    /// Of which appointment.
    pub appointment: AppointmentId,
    /// What the entry says.
    pub details: serde_json::Value,
}

/// The therapist's appointments from this moment on that did not go to plan.
pub fn troubled(tx: &mut Tx<'_>, therapist: TherapistId, since: Instant) -> Result<Vec<Troubled>, DbError> {
    let rows = tx.query(TROUBLED, vals![therapist, since, MANY])?;
    rows.iter()
        .map(|row| {
            let mut columns = Columns::of(row);
            Ok(Troubled {
                appointment: columns.parse("appointment.id")?,
                fault: columns.get()?,
                opened_at: columns.get()?,
            })
        })
        .collect()
}

/// The therapist's appointments whose hour has come between the two moments, without those that others called off.
pub fn came_due(
    tx: &mut Tx<'_>,
    therapist: TherapistId,
    since: Instant,
    now: Instant,
) -> Result<Vec<AppointmentId>, DbError> {
    let rows = tx.query(CAME_DUE, vals![therapist, since, now, MANY])?;
    rows.iter().map(|row| row.parse(0, "appointment.id")).collect()
}

/// The moves of the therapist's appointments that are on record from this moment on, newest first.
pub fn moves(
    tx: &mut Tx<'_>,
    practice: PracticeId,
    therapist: TherapistId,
    since: Instant,
) -> Result<Vec<Move>, DbError> {
    let mut moves = Vec::new();
    for row in tx.query(MOVES, vals![practice, therapist, since, MANY])? {
        let mut columns = Columns::of(&row);
        let at: Instant = columns.get()?;
        let appointment = columns.text()?.split(' ').find_map(|subject| subject.parse().ok());
        let details = columns.json("audit_entry.details")?;
        moves.extend(appointment.map(|appointment| Move { at, appointment, details }));
    }
    Ok(moves)
}

/// Adds an appeal. `Unique` where there is one against this event.
pub fn add_appeal(tx: &mut Tx<'_>, appeal: &Appeal) -> Result<(), DbError> {
    tx.execute(
        ADD_APPEAL,
        vals![
            appeal.id,
            appeal.practice,
            appeal.therapist,
            appeal.appointment,
            appeal.kind.as_str(),
            &appeal.words,
            appeal.by.to_string(),
            appeal.at,
            appeal.state.as_str(),
            decision(appeal)?
        ],
    )
    .map(|_| ())
}

/// Keeps what was decided.
pub fn decide_appeal(tx: &mut Tx<'_>, appeal: &Appeal) -> Result<(), DbError> {
    tx.execute(DECIDE, vals![appeal.id, appeal.state.as_str(), decision(appeal)?]).map(|_| ())
}

fn decision(appeal: &Appeal) -> Result<Option<String>, DbError> {
    appeal.decision.as_ref().map(json).transpose()
}

/// Every appeal of a therapist, in order.
pub fn appeals(tx: &mut Tx<'_>, therapist: TherapistId) -> Result<Vec<Appeal>, DbError> {
    tx.query(APPEALS, vals![therapist])?.iter().map(from_row).collect()
}

/// The appeals of a practice that wait for a decision, in order.
pub fn open_appeals(tx: &mut Tx<'_>, practice: PracticeId) -> Result<Vec<Appeal>, DbError> {
    tx.query(OPEN_APPEALS, vals![practice])?.iter().map(from_row).collect()
}

/// One appeal, if it is in scope.
pub fn appeal(tx: &mut Tx<'_>, scope: &Scope<'_>, id: AppealId) -> Result<Option<Appeal>, DbError> {
    let limits = scope.limits();
    if limits.client.is_some() {
        return Ok(None);
    }
    tx.query_opt(APPEAL, vals![limits.practice, limits.therapist, id])?.map(|row| from_row(&row)).transpose()
}

fn from_row(row: &Row) -> Result<Appeal, DbError> {
    let mut columns = Columns::of(row);
    Ok(Appeal {
        id: columns.parse("appeal.id")?,
        practice: columns.parse("appeal.practice")?,
        therapist: columns.parse("appeal.therapist")?,
        appointment: columns.parse("appeal.appointment")?,
        kind: columns.parse("appeal.kind")?,
        words: columns.get()?,
        by: columns.parse("appeal.made_by")?,
        at: columns.get()?,
        state: columns.parse("appeal.state")?,
        decision: columns.json_opt("appeal.decision")?,
    })
}
