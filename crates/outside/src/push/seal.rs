//! A payload that only the browser can read: RFC 8291 over the `aes128gcm` coding of RFC 8188, in one record.

use aes_gcm::aead::Aead;
use aes_gcm::{Aes128Gcm, Nonce};
use hmac::{Hmac, KeyInit, Mac};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use sha2::Sha256;

/// The record's size as the header says it: every push service takes this much (RFC 8030 7.2).
const RECORD: u32 = 4_096;
/// Bytes that a payload may have so that it fits, with header, padding mark and tag.
const PAYLOAD_MAX: usize = 3_900;

/// What is ours alone in one sealing. The same secrets and the same payload give the same bytes, so a second try sends what
/// the first one did; they are never used for another payload.
#[derive(Clone)]
pub struct Secrets {
    /// The private half of a key pair that is used once.
    pub key: [u8; 32],
    /// The salt.
    pub salt: [u8; 16],
}

/// It cannot be sealed for this browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotSeal {
    /// The browser's key is no point of the curve.
    #[error("the browser's key is not a P-256 public key")]
    Key,
    /// Ours is none: all zero, or beyond the curve's order.
    #[error("the secret is not a P-256 private key")]
    Secret,
    /// It is too long.
    #[error("the payload has more than {PAYLOAD_MAX} bytes")]
    Length,
}

/// Seals the payload for the browser with this public key (65 bytes, uncompressed) and shared secret (16 bytes).
///
/// # Errors
/// [`CannotSeal`].
pub fn seal(p256dh: &[u8], auth: &[u8], payload: &[u8], secrets: &Secrets) -> Result<Vec<u8>, CannotSeal> {
    if payload.len() > PAYLOAD_MAX {
        return Err(CannotSeal::Length);
    }
    let theirs = PublicKey::from_sec1_bytes(p256dh).map_err(|_| CannotSeal::Key)?;
    let ours = SecretKey::from_slice(&secrets.key).map_err(|_| CannotSeal::Secret)?;
    let our_public = ours.public_key().to_sec1_point(false);
    let shared = p256::ecdh::diffie_hellman(ours.to_nonzero_scalar(), theirs.as_affine());
    // RFC 8291 3.4: both public keys go into the key of the content.
    let info = [&b"WebPush: info\0"[..], p256dh, our_public.as_bytes()].concat();
    let input = hkdf(auth, shared.raw_secret_bytes(), &info);
    let key: [u8; 32] = hkdf(&secrets.salt, &input, b"Content-Encoding: aes128gcm\0");
    let nonce: [u8; 32] = hkdf(&secrets.salt, &input, b"Content-Encoding: nonce\0");
    // RFC 8188 2: a last record ends its text with 2.
    let text = [payload, &[2]].concat();
    let cipher = Aes128Gcm::new_from_slice(&key[..16]).map_err(|_| CannotSeal::Secret)?;
    let nonce = Nonce::try_from(&nonce[..12]).map_err(|_| CannotSeal::Secret)?;
    let sealed = cipher.encrypt(&nonce, text.as_slice()).map_err(|_| CannotSeal::Length)?;
    let key_length = our_public.as_bytes().len() as u8;
    Ok([&secrets.salt[..], &RECORD.to_be_bytes(), &[key_length], our_public.as_bytes(), &sealed].concat())
}

/// HKDF-SHA-256 (RFC 5869) of at most 32 bytes: one step of expanding is the whole of it.
fn hkdf(salt: &[u8], input: &[u8], info: &[u8]) -> [u8; 32] {
    let extracted = mac(salt, &[input]);
    mac(&extracted, &[info, &[1]])
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length, so this cannot fail.
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes any key length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).expect("base64url")
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn the_example_of_the_standard_is_sealed_byte_for_byte() {
        let secrets = Secrets {
            key: bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw").try_into().expect("32 bytes"),
            salt: bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().expect("16 bytes"),
        };
        let key = bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let auth = bytes("BTBZMqHH6r4Tts7J_aSIgg");
        let sealed = seal(&key, &auth, b"When I grow up, I want to be a watermelon", &secrets).expect("sealed");
        let standard = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(&sealed), standard);
    }

    #[test]
    fn what_is_no_key_is_refused_and_what_is_too_long_as_well() {
        let secrets = Secrets { key: [7; 32], salt: [1; 16] };
        assert_eq!(seal(&[4; 65], &[0; 16], b"x", &secrets), Err(CannotSeal::Key), "not on the curve");
        let own = SecretKey::from_slice(&[9; 32]).expect("a key").public_key().to_sec1_point(false);
        assert!(seal(own.as_bytes(), &[0; 16], b"x", &secrets).is_ok());
        let none = Secrets { key: [0; 32], ..secrets.clone() };
        assert_eq!(seal(own.as_bytes(), &[0; 16], b"x", &none), Err(CannotSeal::Secret));
        assert_eq!(seal(own.as_bytes(), &[0; 16], &[b'x'; 4_000], &secrets), Err(CannotSeal::Length));
    }

    proptest::proptest! {
        #[test]
        fn every_payload_is_longer_by_header_mark_and_tag_and_the_same_twice(
            payload in proptest::collection::vec(proptest::num::u8::ANY, 0..500),
        ) {
            let own = SecretKey::from_slice(&[9; 32]).expect("a key").public_key().to_sec1_point(false);
            let secrets = Secrets { key: [7; 32], salt: [1; 16] };
            let sealed = seal(own.as_bytes(), &[3; 16], &payload, &secrets).expect("sealed");
            proptest::prop_assert_eq!(sealed.len(), 16 + 4 + 1 + 65 + payload.len() + 1 + 16);
            let again = seal(own.as_bytes(), &[3; 16], &payload, &secrets).expect("sealed");
            proptest::prop_assert_eq!(sealed, again);
        }
    }
}
