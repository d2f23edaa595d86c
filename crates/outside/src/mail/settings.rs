//! How to reach the practice's mail server.

use crate::address::EmailAddress;
use domain::time::Span;
use serde::Deserialize;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How the line to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// In the clear. Only for a server on the same machine; a password is refused.
    None,
    /// Begins in the clear and must turn to TLS at once (RFC 3207). Never falls back.
    #[default]
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Implicit,
}

/// A secret that never shows in logs.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps this text secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
    /// The secret itself, for the one place that must send it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// The longest that each step may take. `whole` bounds a hand-off however slowly the server drips its replies,
/// and must be shorter than the lease of the job that calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    /// To connect and be greeted.
    pub connect: Span,
    /// For each command's reply.
    pub command: Span,
    /// For the reply after the letter's final dot.
    pub body: Span,
    /// For a hand-off from beginning to end.
    pub whole: Span,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Span::seconds(10),
            command: Span::seconds(15),
            body: Span::seconds(30),
            whole: Span::seconds(45),
        }
    }
}

/// The mail server and who the mail is from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The server's name, which its certificate must bear.
    pub host: String,
    /// 587 with `starttls`, 465 with `implicit`.
    pub port: u16,
    /// How the line is protected.
    #[serde(default)]
    pub tls: Tls,
    /// Who to sign in as, where the server wants it.
    #[serde(default)]
    pub user: Option<String>,
    /// The password that belongs to `user`.
    #[serde(default)]
    pub password: Option<Secret>,
    /// The address that the mail comes from and bounces return to.
    pub from: EmailAddress,
    /// The name beside that address.
    pub name: String,
    /// A PEM file with certificate authorities to trust beside the machine's own. A server's own self-signed
    /// certificate works here only where it is marked `CA:FALSE`.
    #[serde(default)]
    pub extra_ca: Option<PathBuf>,
    /// The name that we say EHLO with; the machine's own name where absent.
    #[serde(default)]
    pub hello: Option<String>,
    /// How long each step may take.
    #[serde(default)]
    pub timeouts: Timeouts,
}

/// As the standard library's type; a span below one millisecond counts as one, because zero means no limit there.
pub(super) fn duration(span: Span) -> Duration {
    Duration::from_micros(span.as_micros().max(1_000).unsigned_abs())
}
