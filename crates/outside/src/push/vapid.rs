//! The key by which push services know us (RFC 8292): it signs a short-lived word with each notice.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::time::{Instant, Span};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;
use std::fmt;

/// How long a word holds: services refuse more than a day (RFC 8292 2).
const HOLDS: Span = Span::hours(12);

/// These bytes are no private key of P-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these 32 bytes are not a P-256 private key")]
pub struct NotAKey;

/// Our key at push services.
#[derive(Clone)]
pub struct VapidKey(SigningKey);

impl VapidKey {
    /// The key of these bytes.
    ///
    /// # Errors
    /// All zero, or beyond the curve's order: two in 2^32 at most.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, NotAKey> {
        SigningKey::from_slice(bytes).map(Self).map_err(|_| NotAKey)
    }

    /// What browsers are given as `applicationServerKey`: 65 bytes in base64url.
    pub fn public_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.verifying_key().to_sec1_point(false).as_bytes())
    }

    /// The `Authorization` of a notice to this origin, for instance `https://push.example.org`; `contact` is a `mailto:` or
    /// `https:` address under which the service finds us.
    pub fn authorization(&self, origin: &str, contact: &str, now: Instant) -> String {
        let until = (now + HOLDS).micros() / 1_000_000;
        let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let claims = json!({ "aud": origin, "exp": until, "sub": contact }).to_string();
        let said = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature: Signature = self.0.sign(said.as_bytes());
        format!("vapid t={said}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public_text())
    }
}

impl fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VapidKey({})", self.public_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;

    #[test]
    fn the_word_is_signed_by_the_key_that_goes_with_it_and_holds_for_half_a_day() {
        let key = VapidKey::from_bytes(&[7; 32]).expect("a key");
        let now: Instant = "2026-11-24T09:12:00Z".parse().expect("a moment");
        let said = key.authorization("https://push.example.org", "mailto:help@alder.example", now);
        let (token, public) =
            said.strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k=")).expect("two parts");
        let (signed, signature) = token.rsplit_once('.').expect("three parts");
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
        let verifying = VerifyingKey::from_sec1_bytes(&bytes(public)).expect("a public key");
        let signature = Signature::from_slice(&bytes(signature)).expect("64 bytes");
        assert!(verifying.verify(signed.as_bytes(), &signature).is_ok());
        let claims: serde_json::Value =
            serde_json::from_slice(&bytes(signed.split_once('.').expect("a head").1)).expect("JSON");
        assert_eq!(claims["aud"], "https://push.example.org");
        assert_eq!(claims["exp"], now.micros() / 1_000_000 + 12 * 3_600);
    }

    #[test]
    fn nothing_is_no_key() {
        assert_eq!(VapidKey::from_bytes(&[0; 32]).map(|_| ()), Err(NotAKey));
        assert_eq!(VapidKey::from_bytes(&[255; 32]).map(|_| ()), Err(NotAKey));
    }
}
