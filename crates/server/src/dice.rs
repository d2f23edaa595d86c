//! The one place where chance enters: command ids and secrets.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::{CommandId, Ids};
use domain::time::Instant;
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where chance comes from.
#[derive(Debug)]
pub enum Dice {
    /// The operating system.
    System,
    /// A seed and a counter: the simulator and tests.
    Seeded {
        /// Two runs with one seed roll the same.
        seed: u64,
        /// How many rolls there were.
        rolled: AtomicU64,
    },
}

/// 256 random bits that someone shows us to be let in. Never printed, never stored; only its hash is at rest.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Dice {
    /// Dice that roll the same for the same seed.
    pub const fn seeded(seed: u64) -> Self {
        Self::Seeded { seed, rolled: AtomicU64::new(0) }
    }

    /// Thirty-two bytes nobody can guess (with a seed: that only the holder of the seed can).
    pub fn bytes(&self) -> [u8; 32] {
        match self {
            Self::System => system_bytes(),
            Self::Seeded { seed, rolled } => {
                let n = rolled.fetch_add(1, Ordering::SeqCst);
                let mut hash = Sha256::new();
                hash.update(b"holdspace dice");
                hash.update(seed.to_be_bytes());
                hash.update(n.to_be_bytes());
                hash.finalize().into()
            }
        }
    }

    /// A fresh command's id, beginning with the time so that commands sort by it.
    pub fn command(&self, now: Instant) -> CommandId {
        let mut seed = [0u8; 16];
        seed.copy_from_slice(&self.bytes()[..16]);
        Ids::new(CommandId::from_bytes(seed), now).mint()
    }

    /// Sixteen secret bytes, the salt of an audit entry.
    pub fn salt(&self) -> [u8; 16] {
        let mut salt = [0u8; 16];
        salt.copy_from_slice(&self.bytes()[..16]);
        salt
    }

    /// A fresh secret.
    pub fn secret(&self) -> Secret {
        Secret(self.bytes())
    }
}

/// Thirty-two bytes from the operating system.
#[allow(clippy::disallowed_methods, reason = "the dice edge: the only call for randomness")]
fn system_bytes() -> [u8; 32] {
    let mut bytes = [0u8; 32];
    // A machine without randomness must not hand out guessable secrets: stopping is the only safe answer.
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

impl Secret {
    /// The secret with these bytes, for one that is derived rather than rolled.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 43 letters that a cookie, a link or a header carries (base64url, no padding).
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is kept at rest.
    pub fn hash(&self) -> [u8; 32] {
        hash_of(&self.text())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// SHA-256 of a secret's text: how secrets are kept at rest and looked up. They have at least 128 random bits, so a
/// slow hash would add nothing.
pub fn hash_of(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_dice_roll_the_same_twice_and_never_the_same_in_a_row() {
        let (a, b) = (Dice::seeded(7), Dice::seeded(7));
        let first = a.secret();
        assert_eq!(first, b.secret());
        assert_ne!(first, a.secret());
        assert_ne!(first, Dice::seeded(8).secret());
        assert_eq!(first.text().len(), 43);
        assert_eq!(format!("{first:?}"), "Secret(…)");
    }

    #[test]
    fn the_system_rolls_different_commands() {
        let now = Instant::from_micros(1_800_000_000_000_000);
        assert_ne!(Dice::System.command(now), Dice::System.command(now));
    }
}
