//! Therapists: the person, when they work, and their fees, which are in the practice's currency.

use crate::error::DbError;
use crate::person;
use crate::read::{Columns, json, minor_in};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::id::{PracticeId, TherapistId};
use domain::listing::Listing;
use domain::money::{Currency, Money};
use domain::pathway::Overrides;
use domain::person::PersonRef;
use domain::practice::Therapist;
use domain::reserved::ReservedSlot;
use domain::schedule::{Schedule, TimeOfDay};
use domain::telling::digest::Digest;
use domain::time::Instant;

// The therapist's own columns, then the person's in the order of `person::from_columns`.
macro_rules! therapist_columns {
    () => {
        "t.id, t.schedule, t.late_cancel_fee_minor, t.no_show_fee_minor, t.reserved, t.overrides, t.listing, c.currency, p.id, p.practice, \
         p.role, p.name, p.email, p.phone, p.zone, p.locale, p.channels, p.voicemail, p.preference_at, p.active, \
         p.contact_file \
         FROM therapist t JOIN person p ON p.id = t.id JOIN practice c ON c.id = t.practice"
    };
}

const INSERT: Sql = sql!(
    "INSERT INTO therapist (id, practice, schedule, late_cancel_fee_minor, no_show_fee_minor, overrides, listing)
     VALUES ($1, $2, $3, $4, $5, $6, $7)"
);
const CURRENCY: Sql = sql!("SELECT id, currency FROM practice WHERE id = $1");
const CURRENCY_OF: Sql =
    sql!("SELECT c.id, c.currency FROM therapist t JOIN practice c ON c.id = t.practice WHERE t.id = $1");
const LOAD: Sql = sql!("SELECT ", therapist_columns!(), " WHERE t.id = $1");
const LIST: Sql = sql!("SELECT ", therapist_columns!(), " WHERE t.practice = $1 ORDER BY p.name_search, p.id");
const SCHEDULE: Sql = sql!("UPDATE therapist SET schedule = $2 WHERE id = $1");
const FEES: Sql = sql!("UPDATE therapist SET late_cancel_fee_minor = $2, no_show_fee_minor = $3 WHERE id = $1");

const RESERVED: Sql = sql!("UPDATE therapist SET reserved = $2 WHERE id = $1");
const LISTING: Sql = sql!("UPDATE therapist SET listing = $2 WHERE id = $1");
const OVERRIDES: Sql = sql!("UPDATE therapist SET overrides = $2 WHERE id = $1");

const DIGEST: Sql = sql!("SELECT digest_minute, digest_sent_at FROM therapist WHERE id = $1");
const DIGEST_AT: Sql = sql!("UPDATE therapist SET digest_minute = $2 WHERE id = $1");
const DIGEST_SENT: Sql = sql!("UPDATE therapist SET digest_sent_at = $2 WHERE id = $1");

/// The therapist's own columns; the person's come after them.
const OWN_COLUMNS: usize = 8;

/// Adds a therapist with their person. `Check` where a fee is not in the practice's currency.
pub fn insert(tx: &mut Tx<'_>, therapist: &Therapist) -> Result<(), DbError> {
    if therapist.person.id != PersonRef::Therapist(therapist.id) {
        return Err(DbError::Check("therapist.id".to_owned()));
    }
    let practice = therapist.person.practice;
    let row = tx.query_opt(CURRENCY, vals![practice])?.ok_or(DbError::ForeignKey)?;
    let (late, missed) = fees_in(row.parse(1, "practice.currency")?, therapist.late_cancel_fee, therapist.no_show_fee)?;
    person::insert(tx, &therapist.person)?;
    let overrides = document(&therapist.overrides)?;
    let (schedule, listing) = (json(&therapist.schedule)?, listing_of(&therapist.listing)?);
    tx.execute(INSERT, vals![therapist.id, practice, schedule, late, missed, overrides, listing]).map(|_| ())
}

/// One therapist, if there is such a one.
pub fn load(tx: &mut Tx<'_>, id: TherapistId) -> Result<Option<Therapist>, DbError> {
    tx.query_opt(LOAD, vals![id])?.map(|row| from_row(&row)).transpose()
}

/// Every therapist of a practice, by name, those who have left included.
pub fn list(tx: &mut Tx<'_>, practice: PracticeId) -> Result<Vec<Therapist>, DbError> {
    tx.query(LIST, vals![practice])?.iter().map(from_row).collect()
}

/// Keeps when a therapist works. Says whether there is such a therapist.
pub fn update_schedule(tx: &mut Tx<'_>, id: TherapistId, schedule: &Schedule) -> Result<bool, DbError> {
    Ok(tx.execute(SCHEDULE, vals![id, json(schedule)?])? == 1)
}

/// Keeps a therapist's fees; none is no fee (G-04). Says whether there is such a therapist.
pub fn update_fees(
    tx: &mut Tx<'_>,
    id: TherapistId,
    late_cancel: Option<Money>,
    no_show: Option<Money>,
) -> Result<bool, DbError> {
    let Some(row) = tx.query_opt(CURRENCY_OF, vals![id])? else { return Ok(false) };
    let (late, missed) = fees_in(row.parse(1, "practice.currency")?, late_cancel, no_show)?;
    Ok(tx.execute(FEES, vals![id, late, missed])? == 1)
}

/// Keeps the weekly times that a therapist keeps for clients, those that are removed left out (H-03). Says whether there is
/// such a therapist.
pub fn update_reserved(tx: &mut Tx<'_>, id: TherapistId, reserved: &[ReservedSlot]) -> Result<bool, DbError> {
    let document = (!reserved.is_empty()).then(|| json(&reserved)).transpose()?;
    Ok(tx.execute(RESERVED, vals![id, document])? == 1)
}

/// Keeps what a therapist would like to differ from the practice's policy. Says whether there is such a therapist.
pub fn update_overrides(tx: &mut Tx<'_>, id: TherapistId, overrides: &Overrides) -> Result<bool, DbError> {
    Ok(tx.execute(OVERRIDES, vals![id, document(overrides)?])? == 1)
}

/// Keeps how a therapist is listed. Says whether there is such a therapist.
pub fn update_listing(tx: &mut Tx<'_>, id: TherapistId, listing: &Listing) -> Result<bool, DbError> {
    Ok(tx.execute(LISTING, vals![id, listing_of(listing)?])? == 1)
}

/// When this therapist reads of their day; nothing where they do not want to.
pub fn digest(tx: &mut Tx<'_>, id: TherapistId) -> Result<Option<Digest>, DbError> {
    let Some(row) = tx.query_opt(DIGEST, vals![id])? else { return Ok(None) };
    let minute: Option<i64> = row.get(0)?;
    let at = minute.and_then(|minute| u16::try_from(minute).ok()).and_then(TimeOfDay::from_minutes);
    let sent_at = row.get(1)?;
    Ok(at.map(|at| Digest { at, sent_at }))
}

/// Keeps when a therapist reads of their day, none for never. Says whether there is such a therapist.
pub fn update_digest(tx: &mut Tx<'_>, id: TherapistId, at: Option<TimeOfDay>) -> Result<bool, DbError> {
    Ok(tx.execute(DIGEST_AT, vals![id, at.map(|at| i64::from(at.minutes()))])? == 1)
}

/// Keeps when a therapist's day was last written to them, UTC.
pub fn digest_sent(tx: &mut Tx<'_>, id: TherapistId, at: Instant) -> Result<(), DbError> {
    tx.execute(DIGEST_SENT, vals![id, at]).map(|_| ())
}

/// None is listed, as everybody begins.
fn listing_of(listing: &Listing) -> Result<Option<String>, DbError> {
    (*listing != Listing::default()).then(|| json(listing)).transpose()
}

fn document(overrides: &Overrides) -> Result<Option<String>, DbError> {
    if overrides.is_empty() { Ok(None) } else { json(overrides).map(Some) }
}

fn fees_in(
    currency: Currency,
    late_cancel: Option<Money>,
    no_show: Option<Money>,
) -> Result<(Option<i64>, Option<i64>), DbError> {
    let minor = |fee| minor_in(currency, fee, "therapist.currency");
    Ok((minor(late_cancel)?, minor(no_show)?))
}

fn from_row(row: &Row) -> Result<Therapist, DbError> {
    let mut columns = Columns::of(row);
    let id = columns.parse("therapist.id")?;
    let schedule = columns.json("therapist.schedule")?;
    let (late, missed): (Option<i64>, Option<i64>) = (columns.get()?, columns.get()?);
    let reserved = columns.json_opt("therapist.reserved")?.unwrap_or_default();
    let overrides: Option<Overrides> = columns.json_opt("therapist.overrides")?;
    let listing = columns.json_opt("therapist.listing")?.unwrap_or_default();
    let currency: Currency = columns.parse("practice.currency")?;
    let fee = |minor: Option<i64>| minor.map(|minor| Money::new(minor, currency));
    Ok(Therapist {
        id,
        person: person::from_columns(row, OWN_COLUMNS)?,
        schedule,
        late_cancel_fee: fee(late),
        no_show_fee: fee(missed),
        reserved,
        overrides: overrides.unwrap_or_default(),
        listing,
    })
}
