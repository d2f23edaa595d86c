//! Policy documents. A version is written once and never changed: bookings point at the one that was agreed.

use crate::error::DbError;
use crate::read::{Columns, json};
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::appointment::PolicySnapshot;
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

const AGREE: Sql = sql!(
    "INSERT INTO agreed_policy (practice, name, document) VALUES ($1, $2, $3) ON CONFLICT (practice, name) DO NOTHING"
);
const AGREED: Sql = sql!("SELECT practice, document FROM agreed_policy WHERE practice = $1 AND name = $2");
const VERSIONS: Sql =
    sql!("SELECT practice, version, made_at, made_by FROM policy WHERE practice = $1 ORDER BY version DESC LIMIT $2");

/// A version without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionMade {
    /// Its number.
    pub version: u32,
    /// When it was made, UTC.
    pub made_at: Instant,
    /// By whom, as the record names them.
    pub made_by: String,
}

/// The newest versions, the newest first.
pub fn versions(tx: &mut Tx<'_>, practice: PracticeId, limit: u32) -> Result<Vec<VersionMade>, DbError> {
    let rows = tx.query(VERSIONS, vals![practice, limit])?;
    rows.iter()
        .map(|row| Ok(VersionMade { version: row.get(1)?, made_at: row.get(2)?, made_by: row.get(3)? }))
        .collect()
}

/// Keeps the document between two people, where a pathway or a therapist changed a version; once is enough. `Check` for
/// a practice's own version, which `insert` keeps.
pub fn agree(tx: &mut Tx<'_>, practice: PracticeId, policy: &Policy) -> Result<(), DbError> {
    let name = policy.key().ok_or_else(|| DbError::Check("agreed_policy.name".to_owned()))?;
    tx.execute(AGREE, vals![practice, name, json(policy)?]).map(|_| ())
}

/// The document that a booking points at: the one between two people where it names one, else the practice's version.
pub fn of_booking(tx: &mut Tx<'_>, practice: PracticeId, agreed: &PolicySnapshot) -> Result<Option<Policy>, DbError> {
    let Some(name) = agreed.terms else { return load(tx, practice, agreed.version) };
    tx.query_opt(AGREED, vals![practice, name])?.map(|row| between(&row, name)).transpose()
}

fn between(row: &Row, name: Hash) -> Result<Policy, DbError> {
    let policy: Policy = Columns::from(row, 1).json("agreed_policy.document")?;
    if policy.key() != Some(name) || !policy.is_what_it_says() {
        return Err(row.corrupt("agreed_policy.name"));
    }
    Ok(policy)
}

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

    /// As `policy::of_booking`, reading each document once.
    pub fn of_booking(
        &self,
        tx: &mut Tx<'_>,
        practice: PracticeId,
        agreed: &PolicySnapshot,
    ) -> Result<Option<Arc<Policy>>, DbError> {
        let Some(name) = agreed.terms else { return self.load(tx, practice, agreed.version) };
        if let Some(known) = self.known(&name.bytes()) {
            return Ok(Some(known));
        }
        let Some(policy) = of_booking(tx, practice, agreed)?.map(Arc::new) else { return Ok(None) };
        self.keep(name.bytes(), &policy);
        Ok(Some(policy))
    }

    fn known(&self, digest: &[u8; 32]) -> Option<Arc<Policy>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()
    }

    fn keep(&self, digest: [u8; 32], policy: &Arc<Policy>) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(digest, policy.clone());
    }

    fn found(&self, tx: &mut Tx<'_>, practice: PracticeId, row: Option<Row>) -> Result<Option<Arc<Policy>>, DbError> {
        let Some(row) = row else { return Ok(None) };
        let digest = row.get::<Hash>(1)?.bytes();
        if let Some(known) = self.known(&digest) {
            return Ok(Some(known));
        }
        let Some(policy) = load(tx, practice, row.get(0)?)?.map(Arc::new) else { return Ok(None) };
        self.keep(digest, &policy);
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
