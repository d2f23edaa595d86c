//! Risk screenings (V-19, V-20). Every read names who asks, and gives nothing to whoever may not know: neither the row nor
//! that there is one.

use crate::error::DbError;
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::{Actor, Scope};
use domain::id::ClientId;
use domain::person::{PersonRef, Role};
use domain::risk::{EmergencyContact, Screening, may_see};
use domain::time::Instant;
use std::collections::BTreeSet;

const PUT: Sql = sql!(
    "INSERT INTO risk_screening (client, practice, flagged, set_by, set_at, review_by) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (client) DO UPDATE SET flagged = excluded.flagged, set_by = excluded.set_by,
         set_at = excluded.set_at, review_by = excluded.review_by"
);
const LOAD: Sql = sql!(
    "SELECT client, practice, flagged, set_by, set_at, review_by FROM risk_screening
     WHERE client = $3 AND practice = $1
         AND (CAST($2 AS TEXT) IS NULL OR client IN (SELECT client FROM relationship WHERE therapist = $2))"
);
const FLAGGED: Sql = sql!(
    "SELECT client FROM risk_screening WHERE practice = $1 AND flagged = 1
         AND (CAST($2 AS TEXT) IS NULL OR client IN (SELECT client FROM relationship WHERE therapist = $2))"
);

const PUT_CONTACT: Sql = sql!(
    "INSERT INTO emergency_contact (client, practice, name, phone, relation, set_by, set_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (client) DO UPDATE SET name = excluded.name, phone = excluded.phone, relation = excluded.relation,
         set_by = excluded.set_by, set_at = excluded.set_at"
);
const DROP_CONTACT: Sql = sql!("DELETE FROM emergency_contact WHERE client = $1");
const CONTACT: Sql = sql!(
    "SELECT client, practice, name, phone, relation, set_by, set_at FROM emergency_contact
     WHERE client = $2 AND practice = $1"
);
const CONTACT_SINCE: Sql = sql!("SELECT set_at FROM emergency_contact WHERE client = $1");
const IS_FLAGGED: Sql = sql!("SELECT client FROM risk_screening WHERE client = $1 AND flagged = 1");

/// Keeps what somebody found, in place of what was found before; the record keeps that they looked.
pub fn put(tx: &mut Tx<'_>, screening: &Screening) -> Result<(), DbError> {
    tx.execute(
        PUT,
        vals![
            screening.client,
            screening.practice,
            i64::from(screening.flagged),
            screening.set_by.to_string(),
            screening.set_at,
            screening.review_by
        ],
    )
    .map(|_| ())
}

/// The last screening of a client, for somebody who may know of it.
pub fn load(tx: &mut Tx<'_>, scope: &Scope<'_>, client: ClientId) -> Result<Option<Screening>, DbError> {
    let Some(actor) = insider(scope) else { return Ok(None) };
    let limits = scope.limits();
    tx.query_opt(LOAD, vals![actor.practice, limits.therapist, client])?.map(|row| from_row(&row)).transpose()
}

/// The clients who come first in every queue of whoever asks; nobody for those who may not know.
pub fn flagged(tx: &mut Tx<'_>, scope: &Scope<'_>) -> Result<BTreeSet<ClientId>, DbError> {
    let Some(actor) = insider(scope) else { return Ok(BTreeSet::new()) };
    let limits = scope.limits();
    let rows = tx.query(FLAGGED, vals![actor.practice, limits.therapist])?;
    rows.iter().map(|row| row.parse(0, "risk_screening.client")).collect()
}

/// Whether this client is flagged: for the rules of the no-show follow-up alone, never for a page (`domain` 2.5).
pub fn is_flagged(tx: &mut Tx<'_>, client: ClientId) -> Result<bool, DbError> {
    Ok(tx.query_opt(IS_FLAGGED, vals![client])?.is_some())
}

/// Keeps whom to turn to when the client may be in danger, in place of whoever it was before.
pub fn put_contact(tx: &mut Tx<'_>, contact: &EmergencyContact) -> Result<(), DbError> {
    tx.execute(
        PUT_CONTACT,
        vals![
            contact.client,
            contact.practice,
            &contact.name,
            &contact.phone,
            &contact.relation,
            contact.set_by.to_string(),
            contact.set_at
        ],
    )
    .map(|_| ())
}

/// Takes it away; false where there was none.
pub fn drop_contact(tx: &mut Tx<'_>, client: ClientId) -> Result<bool, DbError> {
    Ok(tx.execute(DROP_CONTACT, vals![client])? == 1)
}

/// Since when there is one: not who. Anybody who may see the client may know that.
pub fn contact_since(tx: &mut Tx<'_>, client: ClientId) -> Result<Option<Instant>, DbError> {
    tx.query_opt(CONTACT_SINCE, vals![client])?.map(|row| row.get(0)).transpose()
}

/// Whom to turn to, for somebody in a role that may read it; nothing for anybody else. That a decision about the risk was
/// made, and that the reading goes on record, is the flow's to see to.
pub fn contact(tx: &mut Tx<'_>, scope: &Scope<'_>, client: ClientId) -> Result<Option<EmergencyContact>, DbError> {
    let Some(actor) = insider(scope).filter(|actor| matches!(actor.role, Role::ClinicalLead | Role::RiskDuty)) else {
        return Ok(None);
    };
    let Some(row) = tx.query_opt(CONTACT, vals![actor.practice, client])? else { return Ok(None) };
    let mut columns = Columns::of(&row);
    Ok(Some(EmergencyContact {
        client: columns.parse("emergency_contact.client")?,
        practice: columns.parse("emergency_contact.practice")?,
        name: columns.get()?,
        phone: columns.get()?,
        relation: columns.get()?,
        set_by: columns.parse("emergency_contact.set_by")?,
        set_at: columns.get()?,
    }))
}

/// Whoever asks, if they may know of screenings at all.
fn insider<'a>(scope: &'a Scope<'_>) -> Option<&'a Actor> {
    match scope {
        Scope::Actor(actor) if may_see(actor.role) && !matches!(actor.person, PersonRef::Client(_)) => Some(actor),
        _ => None,
    }
}

fn from_row(row: &Row) -> Result<Screening, DbError> {
    let mut columns = Columns::of(row);
    Ok(Screening {
        client: columns.parse("risk_screening.client")?,
        practice: columns.parse("risk_screening.practice")?,
        flagged: columns.get()?,
        set_by: columns.parse("risk_screening.set_by")?,
        set_at: columns.get()?,
        review_by: columns.get()?,
    })
}
