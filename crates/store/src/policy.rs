//! Policy documents. A version is written once and never changed: bookings point at the one that was agreed.

use crate::error::DbError;
use crate::read::{Columns, json};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::audit::Hash;
use domain::id::PracticeId;
use domain::policy::Policy;
use domain::time::Instant;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

const INSERT: Sql =
    sql!("INSERT INTO policy (practice, version, document, digest, made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6)");
const LOAD: Sql = sql!("SELECT practice, version, document, digest FROM policy WHERE practice = $1 AND version = $2");
const LATEST: Sql = sql!(
    "SELECT practice, version, document, digest FROM policy WHERE practice = $1
     ORDER BY version DESC LIMIT 1"
);
const DIGEST: Sql = sql!("SELECT version, digest FROM policy WHERE practice = $1 AND version = $2");
const LATEST_DIGEST: Sql = sql!("SELECT version, digest FROM policy WHERE practice = $1 ORDER BY version DESC LIMIT 1");

/// Adds a version. `Unique` where the practice has that version already: somebody else changed the policy meanwhile.
pub fn insert(tx: &mut Tx<'_>, practice: PracticeId, policy: &Policy, at: Instant, by: &str) -> Result<(), DbError> {
    let document = json(policy)?;
    let digest = digest_of(&document);
    tx.execute(INSERT, vals![practice, policy.version, document, digest, at, by]).map(|_| ())
}

/// One version, if there is such a one.
pub fn load(tx: &mut Tx<'_>, practice: PracticeId, version: u32) -> Result<Option<Policy>, DbError> {
    tx.query_opt(LOAD, vals![practice, version])?.map(|row| from_row(&row)).transpose()
}

/// The newest version: what a new booking is under.
pub fn latest(tx: &mut Tx<'_>, practice: PracticeId) -> Result<Option<Policy>, DbError> {
    tx.query_opt(LATEST, vals![practice])?.map(|row| from_row(&row)).transpose()
}

/// The number of the newest version, without reading its document.
pub fn latest_version(tx: &mut Tx<'_>, practice: PracticeId) -> Result<Option<u32>, DbError> {
    tx.query_opt(LATEST_DIGEST, vals![practice])?.map(|row| row.get(0)).transpose()
}

/// Documents that were read already; clones share them. A document is known by its digest, so that one which was read
/// in a flow that failed can never be taken for another.
#[derive(Debug, Clone, Default)]
pub struct PolicyCache(Arc<RwLock<BTreeMap<[u8; 32], Arc<Policy>>>>);

/// Documents that a cache keeps; past that it begins anew.
const KEPT: usize = 1_000;

impl PolicyCache {
    /// As `policy::load`, reading each document once.
    pub fn load(&self, tx: &mut Tx<'_>, practice: PracticeId, version: u32) -> Result<Option<Arc<Policy>>, DbError> {
        let row = tx.query_opt(DIGEST, vals![practice, version])?;
        self.found(tx, practice, row)
    }

    /// As `policy::latest`, reading each document once.
    pub fn latest(&self, tx: &mut Tx<'_>, practice: PracticeId) -> Result<Option<Arc<Policy>>, DbError> {
        let row = tx.query_opt(LATEST_DIGEST, vals![practice])?;
        self.found(tx, practice, row)
    }

    fn found(&self, tx: &mut Tx<'_>, practice: PracticeId, row: Option<Row>) -> Result<Option<Arc<Policy>>, DbError> {
        let Some(row) = row else { return Ok(None) };
        let digest = row.get::<Hash>(1)?.bytes();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(policy) = load(tx, practice, row.get(0)?)?.map(Arc::new) else { return Ok(None) };
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(digest, policy.clone());
        Ok(Some(policy))
    }
}

fn digest_of(document: &str) -> Hash {
    Hash::from_bytes(Sha256::digest(document).into())
}

fn from_row(row: &Row) -> Result<Policy, DbError> {
    if row.get::<Hash>(3)? != digest_of(row.text(2)?) {
        return Err(row.corrupt("policy.digest"));
    }
    let mut columns = Columns::from(row, 1);
    let version: u32 = columns.get()?;
    let policy: Policy = columns.json("policy.document")?;
    if policy.version != version {
        return Err(row.corrupt("policy.version"));
    }
    Ok(policy)
}
