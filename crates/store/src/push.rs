//! Browsers that are told when something is new.

use crate::error::DbError;
use crate::read::Columns;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::id::PushDeviceId;
use domain::person::PersonRef;
use domain::telling::push::{DEVICES_MAX, PushDevice, Subscription};

macro_rules! device_columns {
    () => {
        "SELECT id, practice, person, endpoint, p256dh, auth, label, created_at FROM push_device "
    };
}
// The same browser for somebody else: whoever is signed in there now is told.
const PUT: Sql = sql!(
    "INSERT INTO push_device (id, practice, person, endpoint, p256dh, auth, label, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (endpoint) DO UPDATE SET id = excluded.id, practice = excluded.practice, person = excluded.person,
         p256dh = excluded.p256dh, auth = excluded.auth, label = excluded.label, created_at = excluded.created_at"
);
const OF: Sql = sql!(device_columns!(), "WHERE person = $1 ORDER BY created_at DESC, id DESC LIMIT $2");
const LOAD: Sql = sql!(device_columns!(), "WHERE id = $1");
const HAS: Sql = sql!("SELECT count(*) FROM push_device WHERE person = $1");
const REMOVE: Sql = sql!("DELETE FROM push_device WHERE id = $1");
const REMOVE_ENDPOINT: Sql = sql!("DELETE FROM push_device WHERE person = $1 AND endpoint = $2");
const TRIM: Sql = sql!(
    "DELETE FROM push_device WHERE person = $1 AND id NOT IN (
         SELECT id FROM push_device WHERE person = $1 ORDER BY created_at DESC, id DESC LIMIT $2)"
);

/// Keeps a browser; one whose address is known already is the same one. Of one person's too many the oldest goes.
pub fn put(tx: &mut Tx<'_>, device: &PushDevice) -> Result<(), DbError> {
    let Subscription { endpoint, p256dh, auth } = &device.subscription;
    let person = device.person.to_string();
    let values = vals![device.id, device.practice, &person, endpoint, p256dh, auth, &device.label, device.created_at];
    tx.execute(PUT, values)?;
    tx.execute(TRIM, vals![&person, DEVICES_MAX as u32]).map(|_| ())
}

/// One browser.
pub fn load(tx: &mut Tx<'_>, id: PushDeviceId) -> Result<Option<PushDevice>, DbError> {
    tx.query_opt(LOAD, vals![id])?.map(|row| from_row(&row)).transpose()
}

/// The browsers of a person, the newest first.
pub fn of(tx: &mut Tx<'_>, person: PersonRef) -> Result<Vec<PushDevice>, DbError> {
    tx.query(OF, vals![person.to_string(), DEVICES_MAX as u32])?.iter().map(from_row).collect()
}

/// Whether there is any.
pub fn has(tx: &mut Tx<'_>, person: PersonRef) -> Result<bool, DbError> {
    let many: u32 = tx.query_one(HAS, vals![person.to_string()])?.get(0)?;
    Ok(many > 0)
}

/// One is told no more. False where it was not.
pub fn remove(tx: &mut Tx<'_>, id: PushDeviceId) -> Result<bool, DbError> {
    Ok(tx.execute(REMOVE, vals![id])? == 1)
}

/// The browser of this person with this address is told no more; gives whether there was one.
pub fn remove_endpoint(tx: &mut Tx<'_>, person: PersonRef, endpoint: &str) -> Result<bool, DbError> {
    Ok(tx.execute(REMOVE_ENDPOINT, vals![person.to_string(), endpoint])? == 1)
}

fn from_row(row: &Row) -> Result<PushDevice, DbError> {
    let mut columns = Columns::of(row);
    Ok(PushDevice {
        id: columns.parse("push_device.id")?,
        practice: columns.parse("push_device.practice")?,
        person: columns.parse("push_device.person")?,
        subscription: Subscription { endpoint: columns.get()?, p256dh: columns.get()?, auth: columns.get()? },
        label: columns.get()?,
        created_at: columns.get()?,
    })
}
