//! A push service and a browser of the kind that people have, on this machine: what we seal is opened with the browser's own
//! key, by code that knows nothing of ours (RFC 8291, RFC 8292).

use crate::http_peer::{Act, Heard, HttpPeer};
use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes128Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::{Arc, Mutex, PoisonError};

/// A push service that does with each notice what it is told to.
pub struct PushService {
    peer: HttpPeer,
    act: Arc<Mutex<Act>>,
}

impl PushService {
    /// One that takes everything.
    #[must_use]
    pub fn start() -> Self {
        let act = Arc::new(Mutex::new(Act::Say(201, String::new())));
        let told = act.clone();
        let peer = HttpPeer::start(move |_| told.lock().unwrap_or_else(PoisonError::into_inner).clone());
        Self { peer, act }
    }

    /// From now on it does this.
    pub fn does(&self, act: Act) {
        *self.act.lock().unwrap_or_else(PoisonError::into_inner) = act;
    }

    /// Every notice that came in, however it was answered.
    #[must_use]
    pub fn notices(&self) -> Vec<Heard> {
        self.peer.heard()
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.peer.url
    }
}

/// A browser that somebody said yes in.
pub struct PushBrowser {
    key: SecretKey,
    auth: [u8; 16],
    name: &'static str,
}

impl PushBrowser {
    /// One with this name; its keys follow from it.
    #[must_use]
    pub fn named(name: &'static str) -> Self {
        let seed = <Sha256 as sha2::Digest>::digest(name);
        let mut auth = [0; 16];
        auth.copy_from_slice(&seed[..16]);
        Self { key: SecretKey::from_slice(&seed).expect("a key of the curve"), auth, name }
    }

    /// Its subscription at this service, as `PushSubscription.toJSON` gives it.
    #[must_use]
    pub fn subscription(&self, service: &PushService) -> Value {
        let public = self.key.public_key().to_sec1_point(false);
        json!({ "endpoint": format!("{}/send/{}", service.url(), self.name),
            "keys": { "p256dh": URL_SAFE_NO_PAD.encode(public.as_bytes()), "auth": URL_SAFE_NO_PAD.encode(self.auth) } })
    }

    /// Opens a notice, having checked that whoever sent it is whom its `Authorization` says.
    #[must_use]
    pub fn open(&self, heard: &Heard, service: &PushService) -> Value {
        signed(heard, service.url());
        assert_eq!(heard.header("content-encoding"), "aes128gcm");
        let (head, sealed) = heard.bytes.split_at(16 + 4 + 1);
        let (salt, length) = (&head[..16], usize::from(head[20]));
        let (theirs, sealed) = sealed.split_at(length);
        let own = self.key.public_key().to_sec1_point(false);
        let sender = PublicKey::from_sec1_bytes(theirs).expect("a public key");
        let shared = p256::ecdh::diffie_hellman(self.key.to_nonzero_scalar(), sender.as_affine());
        let info = [b"WebPush: info\0", own.as_bytes(), theirs].concat();
        let mut input = [0; 32];
        let first = Hkdf::<Sha256>::new(Some(&self.auth), shared.raw_secret_bytes());
        first.expand(&info, &mut input).expect("32 bytes");
        let second = Hkdf::<Sha256>::new(Some(salt), &input);
        let (mut key, mut nonce) = ([0; 16], [0; 12]);
        second.expand(b"Content-Encoding: aes128gcm\0", &mut key).expect("16 bytes");
        second.expand(b"Content-Encoding: nonce\0", &mut nonce).expect("12 bytes");
        let cipher = Aes128Gcm::new_from_slice(&key).expect("16 bytes");
        let nonce = Nonce::try_from(&nonce[..]).expect("12 bytes");
        let text = cipher.decrypt(&nonce, sealed).expect("sealed for this browser");
        let text = text.strip_suffix(&[2]).expect("the mark of the last record");
        serde_json::from_slice(text).expect("JSON")
    }
}

/// Checks the word that goes with a notice: for this service, not over yet, and signed by the key beside it.
fn signed(heard: &Heard, service: &str) {
    let said = heard.header("authorization");
    let (token, key) = said.strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k=")).expect("RFC 8292");
    let (words, signature) = token.rsplit_once('.').expect("three parts");
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let key = VerifyingKey::from_sec1_bytes(&bytes(key)).expect("a public key");
    let signature = Signature::from_slice(&bytes(signature)).expect("64 bytes");
    key.verify(words.as_bytes(), &signature).expect("signed by this key");
    let claims: Value = serde_json::from_slice(&bytes(words.split_once('.').expect("a head").1)).expect("JSON");
    assert_eq!(claims["aud"], service, "for this service and no other");
    let contact = claims["sub"].as_str().unwrap_or_default();
    assert!(contact.starts_with("mailto:") || contact.starts_with("http"), "{claims}");
}
