//! The file that a party takes away: JSON Lines that anybody can check without the server.
//!
//! First a head line; then one line per entry of the practice's chain, whole where the entry is about the subject
//! and only its digest where it is about somebody else; last the chain's head and an Ed25519 signature over the tag
//! `holdspace-audit-export-1`, every byte before the last line, and the thirty-two bytes of the head.

use super::hash::to_hex;
use super::{Hash, Sealed, link};
use crate::id::{CommandId, PracticeId};
use crate::time::Instant;
use ed25519_dalek::{Signer, SigningKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What `format` in the head line says.
pub(super) const FORMAT: &str = "holdspace-audit-1";
const SIGNED: &[u8] = b"holdspace-audit-export-1";

/// One entry of the chain as an export shows it.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// An entry about the subject.
    Whole(Box<Sealed>),
    /// Somebody else's entry: its digest alone.
    Digest(Hash),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeadLine {
    pub format: String,
    pub practice: PracticeId,
    pub subject: String,
    pub entries: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryLine {
    pub n: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Hash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<WholeEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WholeEntry {
    pub at: Instant,
    pub command: CommandId,
    pub actor: String,
    pub on_behalf_of: Option<String>,
    pub word: String,
    pub subjects: Vec<String>,
    pub details: Option<Value>,
    pub salt: Option<String>,
    pub commitment: Hash,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LastLine {
    pub head: Hash,
    pub key: String,
    pub signature: String,
}

impl From<&Sealed> for WholeEntry {
    fn from(sealed: &Sealed) -> Self {
        let opening = sealed.opening.as_ref();
        Self {
            at: sealed.at,
            command: sealed.command,
            actor: sealed.actor.clone(),
            on_behalf_of: sealed.on_behalf_of.clone(),
            word: sealed.word.clone(),
            subjects: sealed.subjects.clone(),
            details: opening.map(|o| o.details.clone()),
            salt: opening.map(|o| to_hex(&o.salt)),
            commitment: sealed.commitment,
        }
    }
}

/// One line of JSON and its line feed. The shapes above always serialise: their keys are all text.
pub(super) fn to_line<T: Serialize>(value: &T) -> String {
    let mut text = serde_json::to_string(value).unwrap_or_default();
    text.push('\n');
    text
}

/// What the signature covers.
pub(super) fn signed_bytes(preceding: &[u8], head: Hash) -> Vec<u8> {
    [SIGNED, preceding, &head.bytes()].concat()
}

/// Writes the export of `subject`: `lines` are the practice's whole chain from entry 1. `signing_key` is the
/// practice's 32-byte Ed25519 secret.
pub fn export(practice: PracticeId, subject: &str, lines: &[Line], signing_key: &[u8; 32]) -> Vec<u8> {
    let head_line =
        HeadLine { format: FORMAT.to_owned(), practice, subject: subject.to_owned(), entries: lines.len() as u64 };
    let mut text = to_line(&head_line);
    let mut head = Hash::ZERO;
    for (n, line) in (1..).zip(lines) {
        let (digest, shown) = match line {
            Line::Whole(sealed) => {
                (sealed.digest(), EntryLine { n, digest: None, entry: Some(sealed.as_ref().into()) })
            }
            Line::Digest(digest) => (*digest, EntryLine { n, digest: Some(*digest), entry: None }),
        };
        text.push_str(&to_line(&shown));
        head = link(practice, n, head, digest);
    }
    let key = SigningKey::from_bytes(signing_key);
    let signature = key.sign(&signed_bytes(text.as_bytes(), head));
    let last = LastLine { head, key: to_hex(key.verifying_key().as_bytes()), signature: to_hex(&signature.to_bytes()) };
    text.push_str(&to_line(&last));
    text.into_bytes()
}
