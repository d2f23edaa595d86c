//! Typed ids. Sixteen bytes shaped like a UUIDv7, written as a prefix and 26 letters, sorting by time of making.
//!
//! Ids are never rolled inside the core: they are derived from the command's id and a counter (`rulings` 20),
//! so running the same command again mints the same ids.

use crate::time::Instant;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

/// What a kind of id is called: its prefix in text, underscore included.
pub trait Kind: 'static {
    /// For example `apt_`.
    const PREFIX: &'static str;
}

/// An id of one kind of thing. `Id<AppointmentKind>` reads `apt_01k…`.
pub struct Id<K>([u8; 16], PhantomData<fn() -> K>);

/// The text is not an id of the kind that is wanted here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id that begins with {expected}")]
pub struct NotAnId {
    /// The prefix that was expected.
    pub expected: &'static str,
}

/// Crockford's alphabet in lower case: no i, l, o, u.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl<K> Id<K> {
    /// The id that has these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes, PhantomData)
    }

    /// The sixteen bytes.
    pub const fn bytes(&self) -> [u8; 16] {
        self.0
    }
}

impl<K: Kind> Id<K> {
    /// The same bytes as an id of another kind: a person who is a therapist has one id with two names.
    pub fn cast<L>(self) -> Id<L> {
        Id::from_bytes(self.0)
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; 26];
        let mut rest = u128::from_be_bytes(self.0);
        for letter in text.iter_mut().rev() {
            *letter = LETTERS[(rest & 31) as usize];
            rest >>= 5;
        }
        f.write_str(K::PREFIX)?;
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let refused = NotAnId { expected: K::PREFIX };
        let letters = text.strip_prefix(K::PREFIX).ok_or(refused.clone())?;
        if letters.len() != 26 || letters.as_bytes()[0] > b'7' {
            return Err(refused);
        }
        let mut value: u128 = 0;
        for letter in letters.bytes() {
            let digit = LETTERS.iter().position(|l| *l == letter).ok_or(refused.clone())?;
            value = (value << 5) | digit as u128;
        }
        Ok(Self::from_bytes(value.to_be_bytes()))
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:ident $prefix:literal;)*) => {$(
        #[doc = concat!("Marks ids that begin with `", $prefix, "`.")]
        pub enum $kind {}
        impl Kind for $kind { const PREFIX: &'static str = $prefix; }
        $(#[$doc])*
        pub type $name = Id<$kind>;
    )*};
}

kinds! {
    /// A pathway: who sends clients, who pays, and what that changes.
    PathwayKind PathwayId "pth_";
    /// A replay of a practice's past under two policies.
    ReplayKind ReplayId "rpl_";
    /// A practice: the tenant.
    PracticeKind PracticeId "prc_";
    /// A person of the practice who is neither therapist nor client, and the neutral name of any person.
    PersonKind PersonId "per_";
    /// A therapist; the same bytes as that person's id.
    TherapistKind TherapistId "thp_";
    /// A client; the same bytes as that person's id.
    ClientKind ClientId "cli_";
    /// A working relationship of one therapist and one client.
    RelationshipKind RelationshipId "rel_";
    /// An appointment.
    AppointmentKind AppointmentId "apt_";
    /// A disruption case.
    DisruptionKind DisruptionId "dis_";
    /// A duty of a person.
    ObligationKind ObligationId "obl_";
    /// One outbound notice.
    MessageKind MessageId "msg_";
    /// What somebody wrote back.
    InboundKind InboundId "inb_";
    /// An offer of times to one client.
    OfferKind OfferId "off_";
    /// A weekly time kept for one client.
    ReservedSlotKind ReservedSlotId "rsv_";
    /// What one side says about an appointment, in their own words.
    StatementKind StatementId "stm_";
    /// A ledger entry.
    LedgerKind LedgerEntryId "led_";
    /// A contact attempt.
    AttemptKind ContactAttemptId "att_";
    /// Something asked of the team (E-04, E-06). To whoever asks it is a ticket too, so it has a ticket's prefix; what can be
    /// done with it differs, so it is a noun and a table of its own.
    ChangeRequestKind ChangeRequestId "tkt_";
    /// A contact note.
    NoteKind NoteId "not_";
    /// A job of the worker.
    JobKind JobId "job_";
    /// A link token's row (never the secret itself).
    TokenKind TokenId "tok_";
    /// A request for help.
    TicketKind TicketId "tkt_";
    /// A guide.
    GuideKind GuideId "gui_";
    /// A file that goes with a guide.
    AttachmentKind AttachmentId "fil_";
    /// An appeal against an event in a therapist's record.
    AppealKind AppealId "apl_";
    /// A command: one thing that somebody asked for.
    CommandKind CommandId "cmd_";
    /// A new address or number of a client.
    AddressChangeKind AddressChangeId "adr_";
    /// A browser that is told when something is new.
    PushDeviceKind PushDeviceId "psh_";
}

/// Mints ids for one command: a time in front, then bytes derived from the command's id and a counter.
#[derive(Debug, Clone)]
pub struct Ids {
    command: CommandId,
    millis: u64,
    next: u32,
}

impl Ids {
    /// Ids for this command, run at this moment.
    pub fn new(command: CommandId, now: Instant) -> Self {
        Self { command, millis: now.millis().max(0) as u64, next: 0 }
    }

    /// The command whose ids these are.
    pub fn command(&self) -> CommandId {
        self.command
    }

    /// The next id, of the kind that the caller needs.
    pub fn mint<K: Kind>(&mut self) -> Id<K> {
        let mut hash = Sha256::new();
        hash.update(self.command.bytes());
        hash.update(self.next.to_be_bytes());
        self.next += 1;
        let digest = hash.finalize();
        let mut bytes = [0u8; 16];
        bytes[..6].copy_from_slice(&self.millis.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&digest[..10]);
        bytes[6] = (bytes[6] & 0x0f) | 0x70;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Id::from_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(seed: u8) -> Ids {
        Ids::new(Id::from_bytes([seed; 16]), Instant::from_micros(1_800_000_000_000_000))
    }

    #[test]
    fn the_same_command_mints_the_same_ids_and_another_mints_others() {
        let (mut a, mut b, mut c) = (ids(1), ids(1), ids(2));
        let first: AppointmentId = a.mint();
        assert_eq!(first, b.mint::<AppointmentKind>());
        assert_ne!(first, c.mint::<AppointmentKind>());
        assert_ne!(first, a.mint::<AppointmentKind>());
    }

    #[test]
    fn text_goes_round_and_a_foreign_prefix_is_refused() {
        let id: AppointmentId = ids(3).mint();
        assert_eq!(id.to_string().parse::<AppointmentId>(), Ok(id));
        assert!(id.to_string().parse::<ClientId>().is_err());
        assert!("apt_zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<AppointmentId>().is_err());
        assert!("apt_".parse::<AppointmentId>().is_err());
    }
}
