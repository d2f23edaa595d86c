//! Browsers that asked to be told when something is new (RFC 8030). What goes there says only that: it is read on lock
//! screens, and the words wait in the portal.

use crate::id::{PracticeId, PushDeviceId};
use crate::person::PersonRef;
use crate::refusal::Refusal;
use crate::time::Instant;

/// Browsers that one person may have; the oldest goes for an eleventh.
pub const DEVICES_MAX: usize = 10;
/// Bytes that an address at a push service may have.
const ENDPOINT_MAX: usize = 1_000;
/// Letters of a browser's name.
const LABEL_MAX: usize = 60;

/// What a browser gives us when its owner says yes: where to write, and with which keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The address at its maker's push service.
    pub endpoint: String,
    /// The browser's public key, P-256, uncompressed (RFC 8291 3.1).
    pub p256dh: Vec<u8>,
    /// The secret that the two share (RFC 8291 3.2).
    pub auth: Vec<u8>,
}

impl Subscription {
    /// A subscription as a browser sent it, its keys decoded. Whether the address may be written to is for `outside` to say
    /// as well, at every try.
    ///
    /// # Errors
    /// `not_a_subscription`, naming the field.
    pub fn checked(endpoint: &str, p256dh: Vec<u8>, auth: Vec<u8>) -> Result<Self, Refusal> {
        let wrong = |field: &'static str| {
            let detail = "This browser’s answer could not be understood. Reload the page and try again.";
            Refusal::invalid("not_a_subscription", field, detail)
        };
        let scheme = endpoint.starts_with("https://") || endpoint.starts_with("http://");
        let plain = endpoint.len() <= ENDPOINT_MAX && endpoint.bytes().all(|byte| byte.is_ascii_graphic());
        if !scheme || !plain {
            return Err(wrong("endpoint"));
        }
        if p256dh.len() != 65 || p256dh.first() != Some(&4) {
            return Err(wrong("p256dh"));
        }
        if auth.len() != 16 {
            return Err(wrong("auth"));
        }
        Ok(Self { endpoint: endpoint.to_owned(), p256dh, auth })
    }
}

/// One browser of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushDevice {
    /// Which.
    pub id: PushDeviceId,
    /// Their practice.
    pub practice: PracticeId,
    /// Whose.
    pub person: PersonRef,
    /// Where to write, and with which keys.
    pub subscription: Subscription,
    /// What its owner knows it by: "Firefox on Android".
    pub label: String,
    /// Since when, UTC.
    pub created_at: Instant,
}

/// What to call a browser that names itself so.
pub fn label(agent: &str) -> String {
    let first =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ]);
    let label = match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "A browser".to_owned(),
    };
    label.chars().take(LABEL_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_is_whole_or_refused() {
        let key = [&[4u8][..], &[7; 64]].concat();
        let whole = |endpoint: &str, key: &[u8], auth: usize| {
            Subscription::checked(endpoint, key.to_vec(), vec![1; auth]).map_err(|refused| refused.field)
        };
        assert!(whole("https://push.example.org/x", &key, 16).is_ok());
        assert_eq!(whole("ftp://push.example.org/x", &key, 16), Err(Some("endpoint")));
        assert_eq!(whole("https://push.example.org/x y", &key, 16), Err(Some("endpoint")));
        assert_eq!(whole("https://push.example.org/x", &key[1..], 16), Err(Some("p256dh")));
        assert_eq!(whole("https://push.example.org/x", &key, 15), Err(Some("auth")));
    }

    #[test]
    fn a_browser_is_called_what_its_owner_calls_it() {
        assert_eq!(label("Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0"), "Firefox on Android");
        let edge =
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0";
        assert_eq!(label(edge), "Edge on Windows");
        assert_eq!(label("curl/8"), "A browser");
    }
}
