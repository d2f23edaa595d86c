//! The server's own keys: the one that makes links and form tokens, the one that signs the record, and the one by which
//! push services know us.

use crate::dice::{Dice, Secret};
use crate::links::LinkKey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::{MessageId, PushDeviceId, TokenId};
use ed25519_dalek::SigningKey;
use hmac::{Hmac, KeyInit, Mac};
use outside::push::{Secrets, VapidKey};
use sha2::Sha256;
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// The keys in memory.
pub struct Keys {
    link: [u8; 32],
    signing: SigningKey,
    push: VapidKey,
}

/// A key file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Reading or creating it did not work.
    #[error(
        "key file {path}: {source}. Check that the data directory exists and belongs to the user that runs holdspace"
    )]
    File {
        /// Which file.
        path: PathBuf,
        /// What the machine said.
        source: std::io::Error,
    },
    /// It does not hold a key.
    #[error(
        "key file {path} does not hold 32 bytes in base64url; restore it from the backup, or move it away to have a new key made (links already sent then stop working)"
    )]
    Content {
        /// Which file.
        path: PathBuf,
    },
    /// Others on this machine may read it.
    #[error("key file {path} can be read by others; run: chmod 600 {path}")]
    Open {
        /// Which file.
        path: PathBuf,
    },
}

impl Keys {
    /// Keys from these bytes: tests and the simulator.
    pub fn from_bytes(link: [u8; 32], signing: [u8; 32]) -> Self {
        let push =
            VapidKey::from_bytes(&derived(&link)).expect("a keyed code is a key of the curve, but for two in 2^32");
        Self { link, signing: SigningKey::from_bytes(&signing), push }
    }

    /// Reads both key files; one that is missing is made with permissions 0600.
    ///
    /// # Errors
    /// [`KeyError`] names the file and the remedy.
    pub fn load_or_create(link: &Path, signing: &Path, dice: &Dice) -> Result<Self, KeyError> {
        Ok(Self::from_bytes(read_or_create(link, dice)?, read_or_create(signing, dice)?))
    }

    /// With the key by which push services know us from its own file, which is made where it is missing. Browsers that said
    /// yes under one key are lost under another.
    ///
    /// # Errors
    /// [`KeyError`] names the file and the remedy.
    pub fn with_push(self, path: &Path, dice: &Dice) -> Result<Self, KeyError> {
        let wrong = |_| KeyError::Content { path: path.to_owned() };
        Ok(Self { push: VapidKey::from_bytes(&read_or_create(path, dice)?).map_err(wrong)?, ..self })
    }

    /// The key by which push services know us (RFC 8292).
    pub fn push(&self) -> &VapidKey {
        &self.push
    }

    /// What is ours alone in a notice to this browser: the same at every try, so that every try sends the same bytes.
    pub fn push_secrets(&self, message: MessageId, device: PushDeviceId) -> Secrets {
        let name = [message.bytes(), device.bytes()].concat();
        let mut salt = [0; 16];
        salt.copy_from_slice(&self.code(b"push salt", &name)[..16]);
        Secrets { key: self.code(b"push key", &name), salt }
    }

    /// The key that signs exports and checkpoints of the record (`rulings` 9).
    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// The key that makes links in messages.
    pub fn links(&self) -> LinkKey {
        LinkKey::new(self.link)
    }

    /// The secret of a sign-in link, 43 letters: a keyed code of its row's id, so that a retry sends the same bytes and
    /// only a hash is at rest (`rulings` 8).
    pub fn sign_in_text(&self, token: TokenId) -> String {
        Secret::from_bytes(self.code(b"sign-in", &token.bytes())).text()
    }

    /// The hidden `_csrf` field of forms that are sent within the session, link or form cookie with this hash.
    pub fn form_token(&self, binding: &[u8; 32]) -> String {
        URL_SAFE_NO_PAD.encode(self.code(b"form", binding))
    }

    /// What forms behind a link are bound to.
    pub fn link_binding(&self, token: TokenId) -> [u8; 32] {
        self.code(b"link form", &token.bytes())
    }

    /// A keyed code, 32 bytes. `purpose` keeps uses apart.
    pub fn code(&self, purpose: &[u8], message: &[u8]) -> [u8; 32] {
        // HMAC takes a key of any length, so this cannot fail.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.link).expect("HMAC takes any key length");
        mac.update(purpose);
        mac.update(&[0]);
        mac.update(message);
        mac.finalize().into_bytes().into()
    }
}

/// A key of its own kind for tests and the simulator, which keep no files.
fn derived(link: &[u8; 32]) -> [u8; 32] {
    // HMAC takes a key of any length, so this cannot fail.
    let mut mac = Hmac::<Sha256>::new_from_slice(link).expect("HMAC takes any key length");
    mac.update(b"push services know us by this");
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

fn read_or_create(path: &Path, dice: &Dice) -> Result<[u8; 32], KeyError> {
    let file = |source| KeyError::File { path: path.to_owned(), source };
    match fs::read_to_string(path) {
        Ok(text) => {
            refuse_open(path)?;
            let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok();
            bytes.and_then(|b| b.try_into().ok()).ok_or_else(|| KeyError::Content { path: path.to_owned() })
        }
        Err(error) if error.kind() == ErrorKind::NotFound => create(path, dice.bytes()).map_err(file),
        Err(error) => Err(file(error)),
    }
}

fn create(path: &Path, bytes: [u8; 32]) -> std::io::Result<[u8; 32]> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{}", URL_SAFE_NO_PAD.encode(bytes))?;
    file.sync_all()?;
    Ok(bytes)
}

#[cfg(unix)]
fn refuse_open(path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt;
    let file = |source| KeyError::File { path: path.to_owned(), source };
    let mode = fs::metadata(path).map_err(file)?.permissions().mode();
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeyError::Open { path: path.to_owned() }) }
}

#[cfg(not(unix))]
fn refuse_open(_: &Path) -> Result<(), KeyError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::Id;

    #[test]
    fn keys_are_made_once_and_read_after() {
        let dir = std::env::temp_dir().join(format!("holdspace-keys-{}", std::process::id()));
        let (link, signing) = (dir.join("link.key"), dir.join("signing.key"));
        let made = Keys::load_or_create(&link, &signing, &Dice::System).expect("made");
        let read = Keys::load_or_create(&link, &signing, &Dice::System).expect("read");
        assert_eq!(made.link, read.link);
        assert_eq!(made.signing().to_bytes(), read.signing().to_bytes());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
            assert_eq!((mode(&link), mode(&signing)), (0o600, 0o600));
            fs::set_permissions(&link, fs::Permissions::from_mode(0o644)).expect("loosened");
            let refused = Keys::load_or_create(&link, &signing, &Dice::System).expect_err("readable by others");
            assert!(refused.to_string().contains("chmod 600"), "{refused}");
        }
        fs::remove_dir_all(&dir).expect("cleaned up");
    }

    #[test]
    fn a_sign_in_secret_is_the_same_for_every_retry_and_differs_by_key() {
        let keys = Keys::from_bytes([1; 32], [2; 32]);
        let token = Id::from_bytes([3; 16]);
        assert_eq!(keys.sign_in_text(token), keys.sign_in_text(token));
        assert_eq!(keys.sign_in_text(token).len(), 43);
        assert_ne!(keys.sign_in_text(token), Keys::from_bytes([9; 32], [2; 32]).sign_in_text(token));
        assert_ne!(keys.form_token(&[3; 32]), keys.form_token(&[4; 32]));
    }
}
