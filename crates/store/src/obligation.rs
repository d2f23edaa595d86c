//! Obligations: who owes what to whom by when. `message` holds what is sent; here is what people owe (`rulings` 1).

use crate::error::DbError;
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use crate::value::Value;
use domain::access::{Limits, Scope};
use domain::id::{AppointmentId, ClientId, DisruptionId, ObligationId, RelationshipId, TherapistId};
use domain::obligation::{Obligation, ObligationKind, ObligationState, Owner};
use domain::person::Role;
use domain::risk;
use domain::time::Instant;

macro_rules! obligation_columns {
    () => {
        "id, practice, disruption, relationship, appointment, kind, owner_role, owner_person, opened_at, due_at, \
         breach_at, second_breach_at, state, changed_at, words, times"
    };
}
macro_rules! in_scope {
    () => {
        " AND (CAST($1 AS TEXT) IS NULL OR practice = $1) AND (CAST($2 AS TEXT) IS NULL OR therapist = $2)
          AND (CAST($3 AS TEXT) IS NULL OR client = $3)"
    };
}

const PUT: Sql = sql!(
    "INSERT INTO obligation (id, practice, disruption, relationship, therapist, client, appointment, kind, owner_role,
         owner_person, opened_at, due_at, breach_at, second_breach_at, state, changed_at, words, times)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
     ON CONFLICT (id) DO UPDATE SET disruption = excluded.disruption, owner_role = excluded.owner_role,
         owner_person = excluded.owner_person, due_at = excluded.due_at, breach_at = excluded.breach_at,
         second_breach_at = excluded.second_breach_at, state = excluded.state, changed_at = excluded.changed_at,
         words = excluded.words, times = excluded.times"
);
const LOAD: Sql = sql!("SELECT ", obligation_columns!(), " FROM obligation WHERE id = $4", in_scope!());
const OF_APPOINTMENT: Sql =
    sql!("SELECT ", obligation_columns!(), " FROM obligation WHERE appointment = $1 ORDER BY opened_at, id");
const OF_RELATIONSHIP: Sql = sql!(
    "SELECT ",
    obligation_columns!(),
    " FROM obligation WHERE relationship = $1 AND appointment IS NULL ORDER BY opened_at, id"
);
const NEXT_TO_BOOK: Sql = sql!(
    "SELECT ",
    obligation_columns!(),
    " FROM obligation WHERE relationship = $1 AND kind = 'book_next' AND state IN ('open', 'escalated')
      ORDER BY opened_at, id"
);
const OWED_BETWEEN: Sql = sql!(
    "SELECT ",
    obligation_columns!(),
    " FROM obligation WHERE relationship = $1 AND kind = $2 AND state IN ('open', 'escalated') ORDER BY opened_at, id"
);
const OF_DISRUPTION: Sql =
    sql!("SELECT ", obligation_columns!(), " FROM obligation WHERE disruption = $1 ORDER BY opened_at, id");
macro_rules! of_therapist {
    () => {
        " FROM obligation WHERE state IN ('open', 'escalated') AND therapist = $2"
    };
}
macro_rules! in_practice {
    () => {
        " FROM obligation WHERE state IN ('open', 'escalated') AND practice = $1"
    };
}
macro_rules! anywhere {
    () => {
        " FROM obligation WHERE state IN ('open', 'escalated') AND CAST($1 AS TEXT) IS NULL"
    };
}
// A review of a risk screening is there only for those who may know of one.
macro_rules! in_confidence {
    () => {
        " AND (kind <> 'review_risk' OR CAST($5 AS BIGINT) = 1)"
    };
}
macro_rules! by_target {
    () => {
        " ORDER BY due_at, id LIMIT $4"
    };
}
// A case is a disruption, or what is owed about an appointment that went to plan.
macro_rules! cases {
    () => {
        "SELECT count(DISTINCT CASE WHEN kind = 'inform_client' AND due_at < $4
                 THEN coalesce(disruption, appointment) END),
             count(DISTINCT CASE WHEN kind = 'inform_client' AND due_at >= $4
                 THEN coalesce(disruption, appointment) END),
             count(DISTINCT CASE WHEN kind IN ('next_step', 'keep_promise') THEN coalesce(disruption, appointment) END),
             count(DISTINCT CASE WHEN kind = 'decide_money' THEN coalesce(disruption, appointment) END),
             count(DISTINCT CASE WHEN kind = 'write_contact_note' THEN coalesce(disruption, appointment) END),
             count(DISTINCT coalesce(disruption, appointment))"
    };
}
macro_rules! these_first {
    () => {
        " ORDER BY CASE WHEN kind IN ($6, $7) THEN 0 ELSE 1 END, due_at, id LIMIT $4"
    };
}
macro_rules! counts {
    () => {
        "SELECT count(*), count(*) FILTER (WHERE due_at <= $4), count(*) FILTER (WHERE state = 'escalated')"
    };
}
const OWED: [Sql; 3] = [
    sql!("SELECT ", obligation_columns!(), of_therapist!(), in_scope!(), in_confidence!(), by_target!()),
    sql!("SELECT ", obligation_columns!(), in_practice!(), in_scope!(), in_confidence!(), by_target!()),
    sql!("SELECT ", obligation_columns!(), anywhere!(), in_scope!(), in_confidence!(), by_target!()),
];
const COUNTS: [Sql; 3] = [
    sql!(counts!(), of_therapist!(), in_scope!(), in_confidence!()),
    sql!(counts!(), in_practice!(), in_scope!(), in_confidence!()),
    sql!(counts!(), anywhere!(), in_scope!(), in_confidence!()),
];

const OWED_FIRST: [Sql; 3] = [
    sql!("SELECT ", obligation_columns!(), of_therapist!(), in_scope!(), in_confidence!(), these_first!()),
    sql!("SELECT ", obligation_columns!(), in_practice!(), in_scope!(), in_confidence!(), these_first!()),
    sql!("SELECT ", obligation_columns!(), anywhere!(), in_scope!(), in_confidence!(), these_first!()),
];
const CASES: [Sql; 3] = [
    sql!(cases!(), of_therapist!(), in_scope!(), in_confidence!()),
    sql!(cases!(), in_practice!(), in_scope!(), in_confidence!()),
    sql!(cases!(), anywhere!(), in_scope!(), in_confidence!()),
];

/// In how many cases something is owed. A case counts once in each number that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cases {
    /// The client has not been told, and the target for it has passed.
    pub untold_overdue: u32,
    /// The client is being told, inside the target.
    pub untold_in_time: u32,
    /// A next step or a promised word is owed.
    pub no_next_step: u32,
    /// Somebody has to decide about the money.
    pub money: u32,
    /// A contact note is to be written.
    pub notes: u32,
    /// All of them.
    pub all: u32,
}

/// How much is owed in a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Open or escalated.
    pub owed: u32,
    /// Of these, past their target.
    pub overdue: u32,
    /// Of these, handed up.
    pub escalated: u32,
}

/// Adds a duty, or keeps what changed in it. `therapist` and `client` are its relationship's.
pub fn put(tx: &mut Tx<'_>, duty: &Obligation, therapist: TherapistId, client: ClientId) -> Result<(), DbError> {
    let mut values = vals![
        duty.id,
        duty.practice,
        duty.disruption,
        duty.relationship,
        therapist,
        client,
        duty.appointment,
        duty.kind.as_str(),
        duty.owner.role.word(),
        duty.owner.person.map(|person| person.to_string()),
        duty.opened_at,
        duty.due_at,
        duty.breach_at,
        duty.second_breach_at,
        duty.state.word()
    ]
    .to_vec();
    values.extend(particulars(&duty.state));
    tx.execute(PUT, &values).map(|_| ())
}

/// One duty, if it is in scope.
pub fn load(tx: &mut Tx<'_>, scope: &Scope<'_>, id: ObligationId) -> Result<Option<Obligation>, DbError> {
    let limits = scope.limits();
    let values = vals![limits.practice, limits.therapist, limits.client, id];
    let found: Option<Obligation> = tx.query_opt(LOAD, values)?.map(|row| from_row(&row)).transpose()?;
    Ok(found.filter(|duty| duty.kind != ObligationKind::ReviewRisk || may_know_of_risk(scope)))
}

/// Whether whoever asks may know of risk screenings: a client's safety is for the therapist and the clinical team alone.
fn may_know_of_risk(scope: &Scope<'_>) -> bool {
    match scope {
        Scope::Actor(actor) => risk::may_see(actor.role),
        Scope::Token { .. } => risk::may_see(Role::Client),
        Scope::System(_) => true,
    }
}

/// Every duty about an appointment, those that are done included, in the order in which they opened.
pub fn of_appointment(tx: &mut Tx<'_>, appointment: AppointmentId) -> Result<Vec<Obligation>, DbError> {
    tx.query(OF_APPOINTMENT, vals![appointment])?.iter().map(from_row).collect()
}

/// The duties about two people themselves, whatever is booked, in the order in which they opened.
pub fn of_relationship(tx: &mut Tx<'_>, relationship: RelationshipId) -> Result<Vec<Obligation>, DbError> {
    tx.query(OF_RELATIONSHIP, vals![relationship])?.iter().map(from_row).collect()
}

/// The duties to book a next appointment for these two, whichever appointment they came from: any booking meets them.
pub fn next_to_book(tx: &mut Tx<'_>, relationship: RelationshipId) -> Result<Vec<Obligation>, DbError> {
    tx.query(NEXT_TO_BOOK, vals![relationship])?.iter().map(from_row).collect()
}

/// What is owed of this kind between these two, whatever it is about.
pub fn owed_between(
    tx: &mut Tx<'_>,
    relationship: RelationshipId,
    kind: ObligationKind,
) -> Result<Vec<Obligation>, DbError> {
    tx.query(OWED_BETWEEN, vals![relationship, kind.as_str()])?.iter().map(from_row).collect()
}

/// Every duty of a case, those that are done included, in the order in which they opened.
pub fn of_disruption(tx: &mut Tx<'_>, disruption: DisruptionId) -> Result<Vec<Obligation>, DbError> {
    tx.query(OF_DISRUPTION, vals![disruption])?.iter().map(from_row).collect()
}

/// What is owed in scope, by its target; at most `limit` (at least one).
pub fn owed(tx: &mut Tx<'_>, scope: &Scope<'_>, limit: u32) -> Result<Vec<Obligation>, DbError> {
    let limits = scope.limits();
    let sight = i64::from(may_know_of_risk(scope));
    let values = vals![limits.practice, limits.therapist, limits.client, limit.max(1), sight];
    tx.query(OWED[way(limits)], values)?.iter().map(from_row).collect()
}

/// What is owed in scope as `owed`, but the duties of these kinds before all others.
pub fn owed_first(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    kinds: [ObligationKind; 2],
    limit: u32,
) -> Result<Vec<Obligation>, DbError> {
    let (limits, [one, other]) = (scope.limits(), kinds.map(ObligationKind::as_str));
    let sight = i64::from(may_know_of_risk(scope));
    let values = vals![limits.practice, limits.therapist, limits.client, limit.max(1), sight, one, other];
    tx.query(OWED_FIRST[way(limits)], values)?.iter().map(from_row).collect()
}

/// The cases of scope in which something is owed, as they stand at `now`.
pub fn cases(tx: &mut Tx<'_>, scope: &Scope<'_>, now: Instant) -> Result<Cases, DbError> {
    let limits = scope.limits();
    let sight = i64::from(may_know_of_risk(scope));
    let values = vals![limits.practice, limits.therapist, limits.client, now, sight];
    let row = tx.query_one(CASES[way(limits)], values)?;
    Ok(Cases {
        untold_overdue: row.get(0)?,
        untold_in_time: row.get(1)?,
        no_next_step: row.get(2)?,
        money: row.get(3)?,
        notes: row.get(4)?,
        all: row.get(5)?,
    })
}

/// How much is owed in scope, and how much of it is late at `now`.
pub fn counts(tx: &mut Tx<'_>, scope: &Scope<'_>, now: Instant) -> Result<Counts, DbError> {
    let limits = scope.limits();
    let sight = i64::from(may_know_of_risk(scope));
    let values = vals![limits.practice, limits.therapist, limits.client, now, sight];
    let row = tx.query_one(COUNTS[way(limits)], values)?;
    Ok(Counts { owed: row.get(0)?, overdue: row.get(1)?, escalated: row.get(2)? })
}

fn way(limits: Limits) -> usize {
    match limits {
        Limits { therapist: Some(_), .. } => 0,
        Limits { practice: Some(_), .. } => 1,
        _ => 2,
    }
}

/// `changed_at`, `words` and `times` of a state.
fn particulars(state: &ObligationState) -> [Value<'_>; 3] {
    let (at, words, times) = match state {
        ObligationState::Open => (None, None, None),
        ObligationState::Met { at, evidence: words } | ObligationState::Excused { at, reason: words } => {
            (Some(*at), Some(words.as_str()), None)
        }
        ObligationState::Escalated { at, times } => (Some(*at), None, Some(u32::from(*times))),
    };
    [Value::from(at), Value::from(words), Value::from(times)]
}

fn from_row(row: &Row) -> Result<Obligation, DbError> {
    let mut columns = Columns::of(row);
    Ok(Obligation {
        id: columns.parse("obligation.id")?,
        practice: columns.parse("obligation.practice")?,
        disruption: columns.parse_opt("obligation.disruption")?,
        relationship: columns.parse("obligation.relationship")?,
        appointment: columns.parse_opt("obligation.appointment")?,
        kind: columns.parse("obligation.kind")?,
        owner: Owner {
            role: columns.parse("obligation.owner_role")?,
            person: columns.parse_opt("obligation.owner_person")?,
        },
        opened_at: columns.get()?,
        due_at: columns.get()?,
        breach_at: columns.get()?,
        second_breach_at: columns.get()?,
        state: state(&mut columns)?,
    })
}

/// The state with what belongs to it, and nothing that belongs to another.
fn state(columns: &mut Columns<'_>) -> Result<ObligationState, DbError> {
    let word = columns.text()?;
    let (at, words, times): (Option<Instant>, Option<String>, Option<u32>) =
        (columns.get()?, columns.get()?, columns.get()?);
    let times = times.map(u8::try_from).transpose().map_err(|_| columns.corrupt("obligation.times"))?;
    match (word, at, words, times) {
        ("open", None, None, None) => Ok(ObligationState::Open),
        ("met", Some(at), Some(evidence), None) => Ok(ObligationState::Met { at, evidence }),
        ("excused", Some(at), Some(reason), None) => Ok(ObligationState::Excused { at, reason }),
        ("escalated", Some(at), None, Some(times)) => Ok(ObligationState::Escalated { at, times }),
        _ => Err(columns.corrupt("obligation.state")),
    }
}
