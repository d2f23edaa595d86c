//! Practices. A practice is the tenant: every other row belongs to one.

use crate::error::DbError;
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::id::PracticeId;
use domain::practice::Practice;

const INSERT: Sql = sql!(
    "INSERT INTO practice (id, name, zone, locale, currency, support_phone, support_email, clinical_email, risk_email)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
);
const LOAD: Sql = sql!(
    "SELECT id, name, zone, locale, currency, support_phone, support_email, clinical_email, risk_email, templates
     FROM practice WHERE id = $1"
);
const IDS: Sql = sql!("SELECT id FROM practice ORDER BY id");

/// Adds a practice.
pub fn insert(tx: &mut Tx<'_>, practice: &Practice) -> Result<(), DbError> {
    tx.execute(
        INSERT,
        vals![
            practice.id,
            &practice.name,
            practice.zone.name(),
            practice.locale.tag(),
            practice.currency.code(),
            &practice.support_phone,
            &practice.support_email,
            &practice.clinical_email,
            &practice.risk_email
        ],
    )
    .map(|_| ())
}

/// One practice, if there is such a one.
pub fn load(tx: &mut Tx<'_>, id: PracticeId) -> Result<Option<Practice>, DbError> {
    tx.query_opt(LOAD, vals![id])?.map(|row| from_row(&row)).transpose()
}

/// Every practice, sorted by id.
pub fn ids(tx: &mut Tx<'_>) -> Result<Vec<PracticeId>, DbError> {
    tx.query(IDS, vals![])?.iter().map(|row| row.parse(0, "practice.id")).collect()
}

fn from_row(row: &Row) -> Result<Practice, DbError> {
    let mut columns = Columns::of(row);
    Ok(Practice {
        id: columns.parse("practice.id")?,
        name: columns.get()?,
        zone: columns.parse("practice.zone")?,
        locale: columns.parse("practice.locale")?,
        currency: columns.parse("practice.currency")?,
        support_phone: columns.get()?,
        support_email: columns.get()?,
        clinical_email: columns.get()?,
        risk_email: columns.get()?,
        templates: columns.parse_opt("practice.templates")?,
    })
}
