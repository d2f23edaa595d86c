//! The record: one SHA-256 chain per practice over every change (`rulings` 9, `reliability` 5.1).
//!
//! What an entry says in detail enters the chain only as a salted commitment, so details can be erased and
//! the chain stays whole. The bytes that are hashed are defined here, once, and nowhere else:
//!
//! * commitment = SHA-256(`holdspace-audit-details-1`, salt of 16 bytes, details as canonical JSON)
//! * canonical entry = practice (16 bytes), command (16 bytes), moment (8 bytes, microseconds), actor, on behalf
//!   of (one byte 0, or 1 and the text), word, number of subjects (4 bytes), each subject, commitment. Texts are
//!   UTF-8 behind their length in 4 bytes; numbers are big-endian; subjects are sorted and named once.
//! * digest = SHA-256(`holdspace-audit-entry-1`, canonical entry)
//! * hash n = SHA-256(`holdspace-audit-chain-1`, practice, n (8 bytes), hash n-1, digest); hash 0 is 32 zero bytes.

mod export;
mod hash;
mod verify;

pub use export::{Line, export};
pub use hash::{Hash, NotAHash};
pub use verify::{Broken, Summary, Trusted, verify};

use crate::id::{CommandId, PracticeId};
use crate::time::Instant;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;

/// One thing that happened, as the flow that did it tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The practice whose chain this belongs to.
    pub practice: PracticeId,
    /// The command that did it.
    pub command: CommandId,
    /// When it was done, UTC.
    pub at: Instant,
    /// Who did it: a person's id, `system:<job>` or `token:<id>`.
    pub actor: String,
    /// For whom the actor did it, where support or a practice acted for another person.
    pub on_behalf_of: Option<String>,
    /// What was done, in snake case: `appointment_cancelled`.
    pub word: String,
    /// The ids of everything that this entry is about.
    pub subjects: Vec<String>,
    /// The particulars. They can be erased later; everything above cannot.
    pub details: Value,
    /// Sixteen secret random bytes, so that nobody can guess erased details from their commitment. Never derive
    /// them from anything that an export shows.
    pub salt: [u8; 16],
}

/// What opens a commitment: the particulars and their salt. Erasing removes both.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// The particulars.
    pub details: Value,
    /// The salt that was hashed in front of them.
    pub salt: [u8; 16],
}

/// An entry as the chain holds it: particulars behind a commitment.
#[derive(Debug, Clone, PartialEq)]
pub struct Sealed {
    /// The practice whose chain this belongs to.
    pub practice: PracticeId,
    /// The command that did it.
    pub command: CommandId,
    /// When it was done, UTC.
    pub at: Instant,
    /// Who did it.
    pub actor: String,
    /// For whom, where somebody acted for another.
    pub on_behalf_of: Option<String>,
    /// What was done, in snake case.
    pub word: String,
    /// The ids that it is about, sorted, each once.
    pub subjects: Vec<String>,
    /// SHA-256 over the salt and the particulars.
    pub commitment: Hash,
    /// The particulars and their salt, until they are erased.
    pub opening: Option<Opening>,
}

/// A place in a practice's chain, small enough to print in an e-mail: either party can check it later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The entry's number in the practice's chain, from 1.
    pub seq: u64,
    /// The chain's hash at that entry.
    pub hash: Hash,
}

impl Receipt {
    /// The first 80 bits of the hash in hexadecimal: what a message prints.
    pub fn prefix(&self) -> String {
        self.hash.to_string()[..20].to_owned()
    }
}

impl fmt::Display for Receipt {
    /// `1042-3f9a…`: the number and the first 80 bits of the hash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.seq, self.prefix())
    }
}

/// The entry cannot go on the record as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEntry {
    /// The word is not snake case.
    #[error("audit word {0:?} must be lower-case words joined by underscores, such as appointment_cancelled")]
    Word(String),
    /// Nobody is named as the actor.
    #[error("an audit entry must name its actor: a person's id, system:<job> or token:<id>")]
    Actor,
    /// It is about nothing.
    #[error("audit entry {0:?} must name at least one subject, and none may be empty or contain white space")]
    Subjects(String),
    /// The particulars hold a number with a fraction, which does not survive every way through text.
    #[error("the details of audit entry {0:?} may hold whole numbers and text, not fractions")]
    Fraction(String),
}

impl Entry {
    /// Hides the particulars behind their commitment. Refuses an entry that names no actor, no subject, or a
    /// word that is not snake case.
    pub fn seal(self) -> Result<Sealed, NotAnEntry> {
        let mut subjects = self.subjects;
        subjects.sort_unstable();
        subjects.dedup();
        if !is_snake_case(&self.word) {
            return Err(NotAnEntry::Word(self.word));
        }
        if self.actor.is_empty() {
            return Err(NotAnEntry::Actor);
        }
        if subjects.is_empty() || subjects.iter().any(|s| s.is_empty() || s.contains(char::is_whitespace)) {
            return Err(NotAnEntry::Subjects(self.word));
        }
        if has_fraction(&self.details) {
            return Err(NotAnEntry::Fraction(self.word));
        }
        let opening = Opening { details: self.details, salt: self.salt };
        Ok(Sealed {
            practice: self.practice,
            command: self.command,
            at: self.at,
            actor: self.actor,
            on_behalf_of: self.on_behalf_of,
            word: self.word,
            subjects,
            commitment: opening.commitment(),
            opening: Some(opening),
        })
    }
}

fn is_snake_case(word: &str) -> bool {
    let tidy = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    word.starts_with(|c: char| c.is_ascii_lowercase()) && word.chars().all(tidy) && !word.ends_with('_')
}

fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(map) => map.values().any(has_fraction),
        _ => false,
    }
}

impl Opening {
    /// SHA-256 over the salt and the particulars.
    pub fn commitment(&self) -> Hash {
        let mut sha = Sha256::new();
        sha.update(b"holdspace-audit-details-1");
        sha.update(self.salt);
        sha.update(canonical_json(&self.details));
        Hash::from_bytes(sha.finalize().into())
    }
}

impl Sealed {
    /// SHA-256 over the canonical entry.
    pub fn digest(&self) -> Hash {
        let mut sha = Sha256::new();
        sha.update(b"holdspace-audit-entry-1");
        sha.update(self.canonical());
        Hash::from_bytes(sha.finalize().into())
    }

    /// The bytes that the chain covers; the head of this file defines them.
    pub fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        bytes.extend(self.practice.bytes());
        bytes.extend(self.command.bytes());
        bytes.extend(self.at.micros().to_be_bytes());
        put_text(&mut bytes, &self.actor);
        match &self.on_behalf_of {
            None => bytes.push(0),
            Some(person) => {
                bytes.push(1);
                put_text(&mut bytes, person);
            }
        }
        put_text(&mut bytes, &self.word);
        bytes.extend((self.subjects.len() as u32).to_be_bytes());
        for subject in &self.subjects {
            put_text(&mut bytes, subject);
        }
        bytes.extend(self.commitment.bytes());
        bytes
    }

    /// Whether the particulars, where they are still there, are the ones that were committed to.
    pub fn opens(&self) -> bool {
        self.opening.as_ref().is_none_or(|opening| opening.commitment() == self.commitment)
    }
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u32).to_be_bytes());
    bytes.extend(text.as_bytes());
}

/// The chain's hash at entry `n` of `practice`, given the hash before it and the entry's digest.
pub fn link(practice: PracticeId, n: u64, previous: Hash, digest: Hash) -> Hash {
    let mut sha = Sha256::new();
    sha.update(b"holdspace-audit-chain-1");
    sha.update(practice.bytes());
    sha.update(n.to_be_bytes());
    sha.update(previous.bytes());
    sha.update(digest.bytes());
    Hash::from_bytes(sha.finalize().into())
}

/// JSON with the keys of every object sorted and no white space, whatever order the value keeps them in.
pub fn canonical_json(value: &Value) -> String {
    let mut text = String::new();
    write_json(value, &mut text);
    text
}

fn write_json(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            let fields = keys.into_iter().map(|key| (Some(key), &map[key]));
            write_list(fields, ('{', '}'), text);
        }
        Value::Array(items) => write_list(items.iter().map(|item| (None, item)), ('[', ']'), text),
        plain => text.push_str(&plain.to_string()),
    }
}

fn write_list<'a>(
    items: impl Iterator<Item = (Option<&'a String>, &'a Value)>,
    (open, close): (char, char),
    text: &mut String,
) {
    text.push(open);
    for (position, (key, item)) in items.enumerate() {
        if position > 0 {
            text.push(',');
        }
        if let Some(key) = key {
            text.push_str(&Value::from(key.as_str()).to_string());
            text.push(':');
        }
        write_json(item, text);
    }
    text.push(close);
}

#[cfg(test)]
mod tests;
