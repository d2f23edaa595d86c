//! Offers of times. The held times themselves are occupancy; here is what was offered and what was answered.

use crate::error::DbError;
use crate::read::{Columns, json};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::access::Scope;
use domain::id::{AppointmentId, OfferId};
use domain::offer::{Offer, OfferState};
use domain::time::Interval;

macro_rules! offer_columns {
    () => {
        "id, practice, relationship, therapist, client, appointment, disruption, kind, slots, buffer_after, expires_at, \
         state, answer, reason"
    };
}
macro_rules! in_scope {
    () => {
        " AND (CAST($1 AS TEXT) IS NULL OR practice = $1) AND (CAST($2 AS TEXT) IS NULL OR therapist = $2)
          AND (CAST($3 AS TEXT) IS NULL OR client = $3)"
    };
}
macro_rules! first_to_expire {
    () => {
        " ORDER BY expires_at, id LIMIT $4"
    };
}

const PUT: Sql = sql!(
    "INSERT INTO offer (id, practice, relationship, therapist, client, appointment, disruption, kind, slots,
         buffer_after, expires_at, state, answer, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     ON CONFLICT (id) DO UPDATE SET slots = excluded.slots, expires_at = excluded.expires_at, state = excluded.state,
         answer = excluded.answer"
);
const LOAD: Sql = sql!("SELECT ", offer_columns!(), " FROM offer WHERE id = $4", in_scope!());
const OPEN_OF: Sql = sql!(
    "SELECT ",
    offer_columns!(),
    " FROM offer WHERE appointment = $1 AND state = 'open' AND slots <> '[]' ORDER BY expires_at DESC, id DESC LIMIT 1"
);
const OPEN: Sql =
    sql!("SELECT ", offer_columns!(), " FROM offer WHERE state = 'open'", in_scope!(), first_to_expire!());
const OPEN_OF_CLIENT: Sql = sql!(
    "SELECT ",
    offer_columns!(),
    " FROM offer WHERE state = 'open' AND client = $3",
    in_scope!(),
    first_to_expire!()
);

/// Offers that `open_of_client` gives at most.
const MOST: u32 = 100;

/// Adds an offer, or keeps what changed in it.
pub fn put(tx: &mut Tx<'_>, offer: &Offer) -> Result<(), DbError> {
    tx.execute(
        PUT,
        vals![
            offer.id,
            offer.practice,
            offer.relationship,
            offer.therapist,
            offer.client,
            offer.appointment,
            offer.disruption,
            offer.kind.as_str(),
            json(&offer.slots)?,
            offer.buffer_after,
            offer.expires_at,
            offer.state.word(),
            json(&offer.state)?,
            offer.reason.map(|reason| reason.as_str())
        ],
    )
    .map(|_| ())
}

/// One offer, if it is in scope.
pub fn load(tx: &mut Tx<'_>, scope: &Scope<'_>, id: OfferId) -> Result<Option<Offer>, DbError> {
    let limits = scope.limits();
    let values = vals![limits.practice, limits.therapist, limits.client, id];
    tx.query_opt(LOAD, values)?.map(|row| from_row(&row)).transpose()
}

/// The newest offer in place of an appointment that is neither answered nor over; a make-up holds no times and is none. Whether it has expired meanwhile is
/// for the caller to see.
pub fn open_of(tx: &mut Tx<'_>, appointment: AppointmentId) -> Result<Option<Offer>, DbError> {
    tx.query_opt(OPEN_OF, vals![appointment])?.map(|row| from_row(&row)).transpose()
}

/// The open offers in scope, for a client or a link their own, the first to expire first.
pub fn open_of_client(tx: &mut Tx<'_>, scope: &Scope<'_>) -> Result<Vec<Offer>, DbError> {
    let limits = scope.limits();
    let sql = if limits.client.is_some() { OPEN_OF_CLIENT } else { OPEN };
    tx.query(sql, vals![limits.practice, limits.therapist, limits.client, MOST])?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Offer, DbError> {
    let mut columns = Columns::of(row);
    let offer = Offer {
        id: columns.parse("offer.id")?,
        practice: columns.parse("offer.practice")?,
        relationship: columns.parse("offer.relationship")?,
        therapist: columns.parse("offer.therapist")?,
        client: columns.parse("offer.client")?,
        appointment: columns.parse("offer.appointment")?,
        disruption: columns.parse_opt("offer.disruption")?,
        kind: columns.parse("offer.kind")?,
        slots: columns.json("offer.slots")?,
        buffer_after: columns.get()?,
        expires_at: columns.get()?,
        state: {
            let word = columns.text()?;
            let state: OfferState = columns.json("offer.answer")?;
            if state.word() != word {
                return Err(row.corrupt("offer.state"));
            }
            state
        },
        reason: columns.parse_opt("offer.reason")?,
    };
    let backwards = |slot: &Interval| slot.to <= slot.from;
    if offer.slots.iter().any(backwards) {
        return Err(row.corrupt("offer.slots"));
    }
    Ok(offer)
}
