//! Checks an export on a machine that has never seen the server.

use super::export::{EntryLine, FORMAT, HeadLine, LastLine, WholeEntry, signed_bytes, to_line};
use super::hash::from_hex;
use super::{Hash, Opening, Sealed, link};
use crate::id::PracticeId;
use crate::time::Instant;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// What the reader already trusts, from a source other than the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trusted {
    /// The practice's Ed25519 public key.
    Key([u8; 32]),
    /// The SHA-256 of that public key.
    Fingerprint(Hash),
}

impl Trusted {
    /// The fingerprint of a public key.
    pub fn fingerprint_of(key: &[u8; 32]) -> Hash {
        Hash::from_bytes(Sha256::digest(key).into())
    }

    fn accepts(&self, key: &[u8; 32]) -> bool {
        match self {
            Self::Key(trusted) => trusted == key,
            Self::Fingerprint(trusted) => *trusted == Self::fingerprint_of(key),
        }
    }
}

/// What a file that holds says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The practice whose chain it is.
    pub practice: PracticeId,
    /// Whose or what's entries are whole.
    pub subject: String,
    /// How many entries the chain has.
    pub entries: u64,
    /// How many of them are about the subject.
    pub whole: u64,
    /// How many of those have had their particulars erased.
    pub erased: u64,
    /// The moments of the subject's first and last entry.
    pub period: Option<(Instant, Instant)>,
    /// The chain's hash at its last entry.
    pub head: Hash,
}

/// The file does not hold: where, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Broken {
    /// The line, from 1; of a fault that concerns the whole file, the last.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Checks an export: every line, the chain from its first entry, every commitment, and the signature.
pub fn verify(bytes: &[u8], trusted: Trusted) -> Result<Summary, Broken> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = 1 + bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count();
        broken(line, "not UTF-8 text")
    })?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let [head, entries @ .., last] = lines.as_slice() else {
        return Err(broken(1, "the file is too short to be an export"));
    };
    let mut summary = read_head(head, entries.len())?;
    for (n, line) in (1..).zip(entries) {
        add_entry(&mut summary, n, line)?;
    }
    check_last(&summary, &text.as_bytes()[..text.len() - last.len()], (lines.len(), last), trusted)?;
    Ok(summary)
}

fn broken(line: usize, why: impl Into<String>) -> Broken {
    Broken { line, why: why.into() }
}

fn parse<T: DeserializeOwned>(line: usize, text: &str) -> Result<T, Broken> {
    let json = text.strip_suffix('\n').ok_or_else(|| broken(line, "the line does not end in a line feed"))?;
    serde_json::from_str(json).map_err(|e| broken(line, e.to_string()))
}

fn read_head(text: &str, found: usize) -> Result<Summary, Broken> {
    let head: HeadLine = parse(1, text)?;
    if head.format != FORMAT {
        return Err(broken(1, format!("the format is {:?}; this program knows {FORMAT:?}", head.format)));
    }
    if head.entries != found as u64 {
        return Err(broken(1, format!("it promises {} entries and {found} follow", head.entries)));
    }
    Ok(Summary {
        practice: head.practice,
        subject: head.subject,
        entries: head.entries,
        whole: 0,
        erased: 0,
        period: None,
        head: Hash::ZERO,
    })
}

fn add_entry(summary: &mut Summary, n: u64, text: &str) -> Result<(), Broken> {
    let line = n as usize + 1;
    let read: EntryLine = parse(line, text)?;
    if read.n != n {
        return Err(broken(line, format!("entry {} stands where entry {n} belongs", read.n)));
    }
    let digest = match (read.digest, read.entry) {
        (Some(digest), None) => digest,
        (None, Some(entry)) => add_whole(summary, line, entry)?,
        _ => return Err(broken(line, "a line carries either an entry or a digest")),
    };
    summary.head = link(summary.practice, n, summary.head, digest);
    Ok(())
}

fn add_whole(summary: &mut Summary, line: usize, entry: WholeEntry) -> Result<Hash, Broken> {
    let opening = match (entry.details, entry.salt) {
        (None, None) => None,
        (Some(details), Some(salt)) => {
            let salt = from_hex(&salt).ok_or_else(|| broken(line, "the salt is not 32 hexadecimal digits"))?;
            Some(Opening { details, salt })
        }
        _ => return Err(broken(line, "details and salt stand or fall together")),
    };
    let sealed = Sealed {
        practice: summary.practice,
        command: entry.command,
        at: entry.at,
        actor: entry.actor,
        on_behalf_of: entry.on_behalf_of,
        word: entry.word,
        subjects: entry.subjects,
        commitment: entry.commitment,
        opening,
    };
    if !sealed.opens() {
        return Err(broken(line, "the details are not the ones that were committed to"));
    }
    if !sealed.subjects.contains(&summary.subject) {
        return Err(broken(line, format!("this entry is not about {}", summary.subject)));
    }
    summary.whole += 1;
    summary.erased += u64::from(sealed.opening.is_none());
    let first = summary.period.map_or(sealed.at, |(first, _)| first);
    summary.period = Some((first, sealed.at));
    Ok(sealed.digest())
}

fn check_last(summary: &Summary, preceding: &[u8], last: (usize, &str), trusted: Trusted) -> Result<(), Broken> {
    let (line, text) = last;
    let read: LastLine = parse(line, text)?;
    if to_line(&read) != text {
        return Err(broken(line, "the last line is not written as an export writes it"));
    }
    if read.head != summary.head {
        return Err(broken(line, "the chain does not lead to this head: an entry or a digest was changed"));
    }
    let key: [u8; 32] = from_hex(&read.key).ok_or_else(|| broken(line, "the key is not 64 hexadecimal digits"))?;
    if !trusted.accepts(&key) {
        return Err(broken(line, "signed with a key that is not the trusted one"));
    }
    let signature: [u8; 64] =
        from_hex(&read.signature).ok_or_else(|| broken(line, "the signature is not 128 hexadecimal digits"))?;
    VerifyingKey::from_bytes(&key)
        .and_then(|key| key.verify_strict(&signed_bytes(preceding, summary.head), &Signature::from_bytes(&signature)))
        .map_err(|_| broken(line, "the signature does not match: the file was changed after it was signed"))
}
