//! One notice to one browser, by its maker's push service.

use super::guard::{PublicOnly, is_public};
use super::seal::{Secrets, seal};
use super::vapid::VapidKey;
use crate::handed::Handed;
use crate::sms::{answer, certificates};
use domain::time::{Instant, Span};
use std::time::Duration;
use ureq::Agent;
use ureq::http::Uri;
use ureq::unversioned::transport::DefaultConnector;

/// How we are known, and what is allowed.
#[derive(Debug, Clone)]
pub struct PushSettings {
    /// Our key.
    pub key: VapidKey,
    /// Under which address a push service finds us: `mailto:…` or `https://…`.
    pub contact: String,
    /// How long one notice may take from beginning to end; all browsers of one person together end before the lease of the
    /// job that calls.
    pub whole: Span,
    /// Whether addresses in the clear and of this network are written to as well: tests have their push service beside them.
    pub private: bool,
}

/// How soon a notice matters to a phone that saves its battery (RFC 8030 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// News of the moment.
    High,
    /// Anything else.
    Normal,
}

/// One notice.
#[derive(Clone, Copy)]
pub struct Notice<'a> {
    /// The address at the push service.
    pub endpoint: &'a str,
    /// The browser's public key.
    pub p256dh: &'a [u8],
    /// What the two share.
    pub auth: &'a [u8],
    /// What it says.
    pub payload: &'a [u8],
    /// Ours alone.
    pub secrets: &'a Secrets,
    /// How long the service keeps it for a browser that is away.
    pub keep: Span,
    /// How soon it matters.
    pub urgency: Urgency,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// There is no such browser any more: its address must not be used again (RFC 8030 7.3).
    Gone(String),
    /// Anything else.
    Handed(Handed),
}

/// Writes to push services. Share it between threads.
#[derive(Debug)]
pub struct PushSender {
    settings: PushSettings,
    agent: Agent,
}

impl PushSender {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// Where the certificates of this machine cannot be read: the sentence says so, and what to install.
    pub fn new(settings: PushSettings) -> Result<Self, String> {
        let limit = Duration::from_micros(settings.whole.as_micros().max(1_000).unsigned_abs());
        let tls = certificates().map_err(|why| why.to_string())?;
        let config = Agent::config_builder()
            .timeout_global(Some(limit))
            .http_status_as_error(false)
            // Where a service sends us on is another address that nobody has looked at.
            .max_redirects(0)
            // A proxy would look names up by itself, past the guard.
            .proxy(None)
            .max_idle_connections(0)
            .tls_config(tls)
            .build();
        let agent = match settings.private {
            true => config.into(),
            false => Agent::with_parts(config, DefaultConnector::default(), PublicOnly::default()),
        };
        Ok(Self { settings, agent })
    }

    /// Hands one notice over. Never retries.
    pub fn hand_off(&self, notice: &Notice<'_>, now: Instant) -> Answer {
        let origin = match origin(notice.endpoint, self.settings.private) {
            Ok(origin) => origin,
            Err(why) => return refused(0, why),
        };
        let sealed = match seal(notice.p256dh, notice.auth, notice.payload, notice.secrets) {
            Ok(sealed) => sealed,
            Err(why) => return refused(0, &why.to_string()),
        };
        let called = self
            .agent
            .post(notice.endpoint)
            .header("Authorization", self.settings.key.authorization(&origin, &self.settings.contact, now))
            .header("Content-Type", "application/octet-stream")
            .header("Content-Encoding", "aes128gcm")
            .header("TTL", (notice.keep.as_micros() / 1_000_000).max(0).to_string())
            .header("Urgency", if notice.urgency == Urgency::High { "high" } else { "normal" })
            .send(sealed.as_slice());
        match answer(called) {
            Ok((status, words)) => judged(status, &words),
            Err(handed) => Answer::Handed(handed),
        }
    }
}

/// What a status means. A notice that comes twice replaces itself on the screen, so what may have gone is tried again.
fn judged(status: u16, words: &str) -> Answer {
    let said: String = words.chars().take(200).collect();
    match status {
        200..=299 => Answer::Handed(Handed::Accepted { reply: format!("{status} {said}").trim().to_owned() }),
        404 | 410 => Answer::Gone(format!("{status} {said}").trim().to_owned()),
        408 | 429 | 500..=599 => Answer::Handed(Handed::Refused { code: status, reply: said, permanent: false }),
        _ => refused(status, &said),
    }
}

fn refused(code: u16, why: &str) -> Answer {
    Answer::Handed(Handed::Refused { code, reply: why.to_owned(), permanent: true })
}

/// Whether an address may be written to as far as it can be told before its name is looked up; at the moment of writing it
/// is looked at again.
pub fn may_be_written_to(endpoint: &str, private: bool) -> bool {
    let Ok(origin) = origin(endpoint, private) else { return false };
    let host = origin.split_once("://").map_or("", |(_, rest)| rest);
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or(six),
        None => host.split(':').next().unwrap_or(host),
    };
    private || host.parse().map_or(host.contains('.') && !host.ends_with(".local"), is_public)
}

/// `https://push.example.org` of an address there.
fn origin(endpoint: &str, private: bool) -> Result<String, &'static str> {
    let uri: Uri = endpoint.parse().map_err(|_| "this is no address")?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return Err("this is no address") };
    if authority.as_str().contains('@') {
        return Err("an address with a name and password is not written to");
    }
    match scheme {
        "https" => Ok(format!("https://{authority}")),
        "http" if private => Ok(format!("http://{authority}")),
        _ => Err("a push service is written to under https:// only"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::elliptic_curve::sec1::ToSec1Point;

    #[test]
    fn a_service_is_written_to_in_the_open_only_in_tests() {
        assert_eq!(origin("https://push.example.org:8443/a/b?c", false), Ok("https://push.example.org:8443".into()));
        assert!(origin("http://push.example.org/a", false).is_err());
        assert_eq!(origin("http://127.0.0.1:9/a", true), Ok("http://127.0.0.1:9".into()));
        assert!(origin("https://me:secret@push.example.org/a", true).is_err());
        assert!(origin("/a", true).is_err());
        assert!(may_be_written_to("https://updates.push.services.mozilla.com/wpush/v2/x", false));
        for shut in [
            "https://localhost/x",
            "https://10.0.0.1/x",
            "https://[::1]/x",
            "http://push.example.org/x",
            "https://printer.local/",
        ] {
            assert!(!may_be_written_to(shut, false), "{shut}");
        }
    }

    #[test]
    fn what_the_service_says_is_what_it_means() {
        assert!(matches!(judged(201, ""), Answer::Handed(Handed::Accepted { .. })));
        assert!(matches!(judged(410, ""), Answer::Gone(_)) && matches!(judged(404, ""), Answer::Gone(_)));
        for later in [429, 500, 503] {
            assert!(matches!(judged(later, ""), Answer::Handed(Handed::Refused { permanent: false, .. })), "{later}");
        }
        for never in [400, 403, 413] {
            assert!(matches!(judged(never, ""), Answer::Handed(Handed::Refused { permanent: true, .. })), "{never}");
        }
    }

    #[test]
    fn a_machine_of_this_network_is_not_written_to() {
        let settings = PushSettings {
            key: VapidKey::from_bytes(&[7; 32]).expect("a key"),
            contact: "mailto:help@alder.example".into(),
            whole: Span::seconds(2),
            private: false,
        };
        let sender = PushSender::new(settings).expect("this machine has certificates");
        let key = p256::SecretKey::from_slice(&[9; 32]).expect("a key").public_key().to_sec1_point(false);
        for endpoint in
            ["https://127.0.0.1:1/x", "https://localhost:1/x", "https://[::1]:1/x", "https://169.254.169.254/x"]
        {
            let notice = Notice {
                endpoint,
                p256dh: key.as_bytes(),
                auth: &[0; 16],
                payload: b"x",
                secrets: &Secrets { key: [7; 32], salt: [1; 16] },
                keep: Span::hours(1),
                urgency: Urgency::Normal,
            };
            let now = "2026-11-24T09:12:00Z".parse().expect("a moment");
            let answered = sender.hand_off(&notice, now);
            let unwritten =
                matches!(&answered, Answer::Handed(Handed::NotAccepted { why }) if why.contains("host not found"));
            assert!(unwritten, "{endpoint}: {answered:?}");
        }
    }
}
