//! One gateway: where it is, how to sign in, and one text at a time.

use super::{kannel, twilio};
use crate::handed::Handed;
use crate::mail::Secret;
use domain::time::Span;
use serde::Deserialize;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, Error, Timeout, http};

/// Which language a gateway speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `POST …/Accounts/{account}/Messages.json`, as Twilio and those that follow it take it.
    Twilio,
    /// `GET …/cgi-bin/sendsms`, as Kannel takes it.
    Kannel,
}

impl Kind {
    /// The word in configuration, addresses and on the record.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Twilio => "twilio",
            Self::Kannel => "kannel",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Kind {
    type Err = &'static str;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "twilio" => Ok(Self::Twilio),
            "kannel" => Ok(Self::Kannel),
            _ => Err("use twilio or kannel"),
        }
    }
}

/// A gateway and who we are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewaySettings {
    /// Its language.
    pub kind: Kind,
    /// Where it is: `https://api.twilio.com`, or `http://127.0.0.1:13013` for Kannel's smsbox.
    pub url: String,
    /// The account, or Kannel's sendsms-user.
    pub user: String,
    /// Its token or password.
    pub password: Secret,
    /// The number or name that texts come from. Replies need a number.
    pub from: String,
    /// How long a hand-off may take from beginning to end; shorter than the lease of the job that calls.
    pub whole: Span,
}

impl GatewaySettings {
    /// What people call it: "twilio at api.twilio.com".
    pub fn name(&self) -> String {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        // A name and password before the host are nobody's business.
        format!("{} at {}", self.kind, host.rsplit('@').next().unwrap_or(host))
    }

    /// Whether its company has signed a call to this address with these fields; nothing where its language has no
    /// signatures.
    pub fn has_signed(&self, url: &str, fields: &[(String, String)], signature: &str) -> Option<bool> {
        match self.kind {
            Kind::Twilio => Some(twilio::is_signed(self.password.reveal(), url, fields, signature)),
            Kind::Kannel => None,
        }
    }
}

/// The settings cannot work.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// A password would travel readable by anybody on the way.
    #[error("sms.url is in the clear and not on this machine: use https://")]
    PasswordInTheClear,
    /// The machine's certificates cannot be read, so no gateway could prove who it is.
    #[error("the certificates of this machine cannot be used: {0}; install ca-certificates")]
    Certificates(String),
}

/// One text.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// The number, as `+447700900412`.
    pub to: &'a str,
    /// What it says.
    pub body: &'a str,
    /// Where the gateway reports what became of it; carries our own name for the text.
    pub report_to: &'a str,
}

/// A client of one gateway. Share it between threads.
#[derive(Debug)]
pub struct Gateway {
    pub(super) settings: GatewaySettings,
    agent: Agent,
}

impl Gateway {
    /// Checks the settings; connects to nothing yet.
    ///
    /// # Errors
    /// [`GatewayError`] names what to change.
    pub fn new(settings: GatewaySettings) -> Result<Self, GatewayError> {
        let tls = settings.url.starts_with("https://");
        if !tls && !is_local(&settings.url) {
            return Err(GatewayError::PasswordInTheClear);
        }
        let limit = Duration::from_micros(settings.whole.as_micros().max(1_000).unsigned_abs());
        let mut agent = Agent::config_builder()
            .timeout_global(Some(limit))
            .http_status_as_error(false)
            .max_redirects(0)
            // A kept connection that the other side has closed looks like a text that may have gone.
            .max_idle_connections(0);
        if tls {
            agent = agent.tls_config(certificates()?);
        }
        Ok(Self { settings, agent: agent.build().into() })
    }

    /// What people call it.
    pub fn name(&self) -> String {
        self.settings.name()
    }

    /// Which one.
    pub fn kind(&self) -> Kind {
        self.settings.kind
    }

    /// Hands over one text; blocks at most `whole`. Never retries.
    pub fn hand_off(&self, text: &Text<'_>) -> Handed {
        match self.settings.kind {
            Kind::Twilio => twilio::hand_off(self, text),
            Kind::Kannel => kannel::hand_off(self, text),
        }
    }

    pub(super) fn agent(&self) -> &Agent {
        &self.agent
    }
}

/// The status and the first few kilobytes of an answer, or what it means that there is none.
pub(crate) fn answer(called: Result<http::Response<Body>, Error>) -> Result<(u16, String), Handed> {
    let mut reply = called.map_err(|error| without_answer(&error))?;
    let status = reply.status().as_u16();
    // The status alone decides; words that are cut off are no reason to send it twice.
    let words = reply.body_mut().with_config().limit(8 * 1024).lossy_utf8(true).read_to_string().unwrap_or_default();
    Ok((status, words))
}

/// No answer: only what failed before a connection stood certainly did not go.
fn without_answer(error: &Error) -> Handed {
    use std::io::ErrorKind::{AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable};
    let why = error.to_string();
    let before = match error {
        Error::HostNotFound | Error::ConnectionFailed | Error::BadUri(_) | Error::Http(_) => true,
        Error::Timeout(at) => matches!(at, Timeout::Resolve | Timeout::Connect),
        Error::Io(io) => {
            matches!(io.kind(), ConnectionRefused | HostUnreachable | NetworkUnreachable | AddrNotAvailable)
        }
        // The line never became safe, so nothing was said over it.
        Error::Rustls(rustls::Error::InvalidCertificate(_)) => true,
        _ => false,
    };
    if before { Handed::NotAccepted { why } } else { Handed::Unknown { why } }
}

fn is_local(url: &str) -> bool {
    let host = url.strip_prefix("http://").unwrap_or_default();
    let host = host.split('/').next().unwrap_or_default();
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|local| host.strip_prefix(local).is_some_and(|port| port.is_empty() || port.starts_with(':')))
}

pub(crate) fn certificates() -> Result<TlsConfig, GatewayError> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let why = found.errors.first().map_or_else(|| "there are none".to_owned(), ToString::to_string);
        return Err(GatewayError::Certificates(why));
    }
    let known: Vec<Certificate<'static>> =
        found.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&known))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}
