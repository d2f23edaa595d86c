//! The record in the database: append, read, export, check. What the bytes mean is `domain::audit`'s business.

use crate::error::DbError;
use crate::row::Row;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use domain::audit::{self, Entry, Hash, Line, Opening, Receipt, Sealed, canonical_json, link};
use domain::id::{CommandId, PracticeId};
use domain::time::Instant;
use std::collections::BTreeMap;

macro_rules! entry_columns {
    () => {
        "e.seq, e.at, e.command, e.actor, e.on_behalf_of, e.word, e.subjects, e.details, e.salt, e.commitment, \
         e.digest, e.hash, e.practice"
    };
}

// Takes the practice's head for this transaction and gives the next number, the hash so far, and the last entry's moment.
const NEXT: Sql = sql!(
    "INSERT INTO audit_head (practice, seq, hash) VALUES ($1, 1, $2)
     ON CONFLICT (practice) DO UPDATE SET seq = audit_head.seq + 1
     RETURNING seq, hash, (SELECT e.at FROM audit_entry e WHERE e.practice = $1 AND e.seq = audit_head.seq - 1)"
);
const MOVE_HEAD: Sql = sql!("UPDATE audit_head SET seq = $2, hash = $3 WHERE practice = $1");
const INSERT: Sql = sql!(
    "INSERT INTO audit_entry (practice, seq, at, command, actor, on_behalf_of, word, subjects, details, salt,
         commitment, digest, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
);
const SUBJECTS: [Sql; 4] = [
    sql!("INSERT INTO audit_subject (practice, seq, subject) VALUES ($1, $2, $3)"),
    sql!("INSERT INTO audit_subject (practice, seq, subject) VALUES ($1, $2, $3), ($1, $2, $4)"),
    sql!("INSERT INTO audit_subject (practice, seq, subject) VALUES ($1, $2, $3), ($1, $2, $4), ($1, $2, $5)"),
    sql!(
        "INSERT INTO audit_subject (practice, seq, subject)
         VALUES ($1, $2, $3), ($1, $2, $4), ($1, $2, $5), ($1, $2, $6)"
    ),
];
const LOCK_HEAD: Sql = sql!("SELECT seq FROM audit_head WHERE practice = $1", pg " FOR UPDATE");
const HEAD: Sql = sql!("SELECT seq, hash FROM audit_head WHERE practice = $1");
const HASH_AT: Sql = sql!("SELECT hash FROM audit_entry WHERE practice = $1 AND seq = $2");
const OF_COMMAND: Sql = sql!("SELECT seq, hash FROM audit_entry WHERE command = $1 ORDER BY seq LIMIT 1");
const PRACTICES: Sql = sql!("SELECT practice FROM audit_head ORDER BY practice");
const ABOUT: Sql = sql!(
    "SELECT ",
    entry_columns!(),
    " FROM audit_subject s
     JOIN audit_entry e ON e.practice = s.practice AND e.seq = s.seq
     WHERE s.practice = $1 AND s.subject = $2 AND s.seq > $3 ORDER BY s.seq LIMIT $4"
);
const CHAIN: Sql = sql!(
    "SELECT ",
    entry_columns!(),
    " FROM audit_entry e WHERE e.practice = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3"
);
const DIGESTS: Sql = sql!(
    "SELECT e.seq, e.digest, s.seq FROM audit_entry e
     LEFT JOIN audit_subject s ON s.practice = e.practice AND s.seq = e.seq AND s.subject = $2
     WHERE e.practice = $1 AND e.seq > $3 ORDER BY e.seq LIMIT $4"
);
const ERASE: Sql = sql!(
    "UPDATE audit_entry SET details = NULL, salt = NULL WHERE practice = $1 AND details IS NOT NULL
         AND seq IN (SELECT seq FROM audit_subject WHERE practice = $1 AND subject = $2)"
);

/// Rows that are read at a time.
const PAGE: i64 = 1_000;

/// An entry with its place in the chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Number and hash.
    pub receipt: Receipt,
    /// What it says.
    pub entry: Sealed,
}

/// The chain does not hold at this entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the record of {practice} does not hold at entry {seq}: {why}")]
pub struct ChainBroken {
    /// Whose chain.
    pub practice: PracticeId,
    /// The first entry that is wrong.
    pub seq: u64,
    /// What is wrong.
    pub why: &'static str,
}

/// Appends entries in their order, the practices' heads taken in sorted order. The receipt is the first entry's.
pub(crate) fn append(tx: &mut Tx<'_>, first: Entry, more: Vec<Entry>) -> Result<Receipt, DbError> {
    let wanted = first.practice;
    let mut practices: BTreeMap<PracticeId, Vec<Entry>> = BTreeMap::new();
    for entry in std::iter::once(first).chain(more) {
        practices.entry(entry.practice).or_default().push(entry);
    }
    let mut receipt = None;
    for (practice, entries) in practices {
        let first = append_to(tx, practice, entries)?;
        receipt = if practice == wanted { first } else { receipt };
    }
    receipt.ok_or_else(|| DbError::Shape("a write without an audit entry".to_owned()))
}

/// Appends entries to one chain, whose head is taken once for all of them. The receipt is the first entry's.
fn append_to(tx: &mut Tx<'_>, practice: PracticeId, entries: Vec<Entry>) -> Result<Option<Receipt>, DbError> {
    let head = tx.query_one(NEXT, vals![practice, Hash::ZERO])?;
    let (mut seq, mut previous): (i64, Hash) = (head.get(0)?, head.get(1)?);
    let mut before: Option<Instant> = head.get(2)?;
    let (mut first, mut last) = (None, None);
    for mut entry in entries {
        // A clock that leaps back never takes the record with it (A11).
        entry.at = before.map_or(entry.at, |before| entry.at.max(before));
        before = Some(entry.at);
        let receipt = append_one(tx, entry, seq, previous)?;
        (seq, previous) = (seq + 1, receipt.hash);
        first = first.or(Some(receipt));
        last = Some(receipt);
    }
    if let Some(Receipt { seq, hash }) = last {
        tx.execute(MOVE_HEAD, vals![practice, seq as i64, hash])?;
    }
    Ok(first)
}

fn append_one(tx: &mut Tx<'_>, entry: Entry, seq: i64, previous: Hash) -> Result<Receipt, DbError> {
    let sealed = entry.seal().map_err(|e| DbError::Shape(e.to_string()))?;
    let practice = sealed.practice.to_string();
    let digest = sealed.digest();
    let hash = link(sealed.practice, seq as u64, previous, digest);
    let (details, salt) = match &sealed.opening {
        Some(opening) => (Some(canonical_json(&opening.details)), Some(opening.salt)),
        None => (None, None),
    };
    tx.execute(
        INSERT,
        vals![
            &practice,
            seq,
            sealed.at,
            sealed.command,
            &sealed.actor,
            sealed.on_behalf_of.as_deref(),
            &sealed.word,
            sealed.subjects.join(" "),
            details,
            salt,
            sealed.commitment,
            digest,
            hash
        ],
    )?;
    for few in sealed.subjects.chunks(SUBJECTS.len()) {
        let mut values = vals![&practice, seq].to_vec();
        values.extend(few.iter().map(|subject| subject.into()));
        tx.execute(SUBJECTS[few.len() - 1], &values)?;
    }
    Ok(Receipt { seq: seq as u64, hash })
}

/// Whether this receipt is on the record, waiting for whoever holds the practice's head now.
pub(crate) fn is_on_record(tx: &mut Tx<'_>, practice: PracticeId, receipt: Receipt) -> Result<bool, DbError> {
    tx.query(LOCK_HEAD, vals![practice])?;
    let found = tx.query_opt(HASH_AT, vals![practice, receipt.seq as i64])?;
    Ok(found.map(|row| row.get::<Hash>(0)).transpose()? == Some(receipt.hash))
}

/// The last entry's place, or nothing where the practice has no record yet.
pub fn head(tx: &mut Tx<'_>, practice: PracticeId) -> Result<Option<Receipt>, DbError> {
    tx.query_opt(HEAD, vals![practice])?.map(|row| receipt(&row, 0, 1)).transpose()
}

/// The receipt of what a command did, if it did anything.
pub fn receipt_of(tx: &mut Tx<'_>, command: CommandId) -> Result<Option<Receipt>, DbError> {
    tx.query_opt(OF_COMMAND, vals![command])?.map(|row| receipt(&row, 0, 1)).transpose()
}

/// Every practice that has a record, sorted.
pub fn practices(tx: &mut Tx<'_>) -> Result<Vec<PracticeId>, DbError> {
    tx.query(PRACTICES, vals![])?.iter().map(|row| row.get(0)).collect()
}

/// The entries about `subject` after number `after`, oldest first, at most `limit`.
pub fn entries(
    tx: &mut Tx<'_>,
    practice: PracticeId,
    subject: &str,
    after: u64,
    limit: u32,
) -> Result<Vec<Recorded>, DbError> {
    tx.query(ABOUT, vals![practice, subject, after as i64, limit])?.iter().map(recorded).collect()
}

/// The practice's own entries after number `after`, oldest first, at most `limit`: for whoever follows the whole chain.
pub fn since(tx: &mut Tx<'_>, practice: PracticeId, after: u64, limit: u32) -> Result<Vec<Recorded>, DbError> {
    tx.query(CHAIN, vals![practice, after as i64, limit])?.iter().map(recorded).collect()
}

/// The signed file about `subject` that `domain::audit::verify` checks. `signing_key` is the practice's 32-byte
/// Ed25519 secret.
pub fn export(
    tx: &mut Tx<'_>,
    practice: PracticeId,
    subject: &str,
    signing_key: &[u8; 32],
) -> Result<Vec<u8>, DbError> {
    let mut lines = Vec::new();
    let mut whole = Vec::new().into_iter();
    let mut seen = 0;
    loop {
        let page = tx.query(DIGESTS, vals![practice, subject, lines.len() as i64, PAGE])?;
        if page.is_empty() {
            return Ok(audit::export(practice, subject, &lines, signing_key));
        }
        for row in &page {
            if row.get::<Option<i64>>(2)?.is_none() {
                lines.push(Line::Digest(row.get(1)?));
                continue;
            }
            if whole.len() == 0 {
                whole = entries(tx, practice, subject, seen, PAGE as u32)?.into_iter();
            }
            let recorded = whole.next().ok_or_else(|| row.corrupt("audit_subject.seq"))?;
            seen = recorded.receipt.seq;
            lines.push(Line::Whole(Box::new(recorded.entry)));
        }
    }
}

/// Checks every entry of a practice's chain against the one before it and against the head.
/// The inner error says where the chain breaks; the last entry's receipt is given where it holds.
pub fn check_chain(tx: &mut Tx<'_>, practice: PracticeId) -> Result<Result<Option<Receipt>, ChainBroken>, DbError> {
    let mut last = Receipt { seq: 0, hash: Hash::ZERO };
    loop {
        let page = tx.query(CHAIN, vals![practice, last.seq as i64, PAGE])?;
        if page.is_empty() {
            break;
        }
        for row in &page {
            let found = recorded(row)?;
            if let Err(why) = follows(&found, row.get(10)?, last) {
                return Ok(Err(ChainBroken { practice, seq: last.seq + 1, why }));
            }
            last = found.receipt;
        }
    }
    let expected = (last.seq > 0).then_some(last);
    if head(tx, practice)? != expected {
        return Ok(Err(ChainBroken { practice, seq: last.seq + 1, why: "the head is not the last entry" }));
    }
    Ok(Ok(expected))
}

fn follows(found: &Recorded, digest: Hash, last: Receipt) -> Result<(), &'static str> {
    let entry = &found.entry;
    if found.receipt.seq != last.seq + 1 {
        return Err("an entry is missing");
    }
    if !entry.opens() {
        return Err("the details are not the ones that were committed to");
    }
    if entry.digest() != digest {
        return Err("the entry was changed");
    }
    if link(entry.practice, found.receipt.seq, last.hash, digest) != found.receipt.hash {
        return Err("the hash does not follow from the entry before");
    }
    Ok(())
}

/// Erases the particulars of every entry about `subject`; the chain stays whole. Gives the number of entries.
pub fn erase_details(tx: &mut Tx<'_>, practice: PracticeId, subject: &str) -> Result<u64, DbError> {
    tx.execute(ERASE, vals![practice, subject])
}

fn receipt(row: &Row, seq: usize, hash: usize) -> Result<Receipt, DbError> {
    Ok(Receipt { seq: row.get::<i64>(seq)? as u64, hash: row.get(hash)? })
}

fn recorded(row: &Row) -> Result<Recorded, DbError> {
    let opening = match (row.get::<Option<String>>(7)?, row.get::<Option<[u8; 16]>>(8)?) {
        (Some(details), Some(salt)) => {
            let details = serde_json::from_str(&details).map_err(|_| row.corrupt("audit_entry.details"))?;
            Some(Opening { details, salt })
        }
        (None, None) => None,
        _ => return Err(row.corrupt("audit_entry.salt")),
    };
    let entry = Sealed {
        practice: row.get(12)?,
        at: row.get(1)?,
        command: row.get(2)?,
        actor: row.get(3)?,
        on_behalf_of: row.get(4)?,
        word: row.get(5)?,
        subjects: row.text(6)?.split(' ').map(str::to_owned).collect(),
        commitment: row.get(9)?,
        opening,
    };
    Ok(Recorded { receipt: receipt(row, 0, 11)?, entry })
}
