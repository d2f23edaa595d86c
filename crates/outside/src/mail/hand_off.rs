//! Handing one letter to the mail server, and saying exactly what became of it.

use super::pool::{Pool, Progress};
use super::settings::{MailSettings, Tls, duration};
use crate::address::EmailAddress;
use crate::handed::Handed;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use lettre::transport::smtp::{Error, extension};
use std::error::Error as _;
use std::sync::Arc;

/// Where one copy of a letter comes from and goes to. One recipient each, so that one answer is the whole truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Where bounces return to.
    pub from: EmailAddress,
    /// The one recipient.
    pub to: EmailAddress,
}

/// The settings cannot work.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// A password would travel readable by anybody on the way.
    #[error(
        "mail.tls is \"none\" but mail.user is set: set mail.tls to \"starttls\" or \"implicit\", or remove mail.user and mail.password"
    )]
    PasswordInTheClear,
    /// Only one half of the credentials is there.
    #[error("mail.user and mail.password belong together: set both or neither")]
    HalfCredentials,
    /// The extra certificate file cannot be read.
    #[error("mail.extra_ca: cannot read {path}: {source}")]
    ExtraCa {
        /// The file named in the settings.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The certificates cannot be used.
    #[error("mail.host or mail.extra_ca: {0}; give a PEM file with at least one certificate and a valid host name")]
    Certificates(String),
}

/// A client of one mail server. Share it between threads: each hand-off in flight has its own connection, and idle
/// connections are kept for the next.
pub struct Mailer {
    pool: Pool,
    name: String,
}

impl Mailer {
    /// Checks the settings; reads the extra certificate file; connects to nothing yet.
    pub fn new(settings: MailSettings) -> Result<Self, MailerError> {
        let name = format!("mail server {}", settings.host);
        Ok(Self { pool: Pool::new(Arc::new(Line::new(settings)?)), name })
    }

    /// What people call it: "mail server mail.example.org".
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Hands over one letter; blocks at most `timeouts.whole`. Never retries after the final dot.
    pub fn hand_off(&self, envelope: &Envelope, bytes: &[u8]) -> Handed {
        self.pool.hand_off(envelope.clone(), Arc::from(bytes))
    }
}

/// Everything needed to open a connection.
pub(super) struct Line {
    pub(super) settings: MailSettings,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello: ClientId,
}

/// Why a step did not succeed.
pub(super) enum Stopped {
    /// The server refused this letter.
    Refused { code: u16, reply: String, permanent: bool },
    /// Something else, before the final dot.
    Before(String),
    /// Something else, once the final dot may have left.
    After(String),
}

impl From<Stopped> for Handed {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            // "Service closing" is about the server, and a missing or wrong sign-in about us, not about this letter
            // (RFC 5321 3.8, RFC 4954 6).
            Stopped::Refused { code: 421 | 530 | 534 | 535 | 538, reply, .. } => Self::NotAccepted { why: reply },
            Stopped::Refused { code, reply, permanent } => Self::Refused { code, reply, permanent },
            Stopped::Before(why) => Self::NotAccepted { why },
            Stopped::After(why) => Self::Unknown { why },
        }
    }
}

impl Line {
    fn new(settings: MailSettings) -> Result<Self, MailerError> {
        let credentials = match (&settings.user, &settings.password) {
            (Some(_), _) if settings.tls == Tls::None => return Err(MailerError::PasswordInTheClear),
            (Some(user), Some(password)) => Some(Credentials::new(user.clone(), password.reveal().to_owned())),
            (None, None) => None,
            _ => return Err(MailerError::HalfCredentials),
        };
        let tls = if settings.tls == Tls::None { None } else { Some(tls_parameters(&settings)?) };
        let hello = settings.hello.clone().map_or_else(ClientId::default, ClientId::Domain);
        Ok(Self { settings, tls, credentials, hello })
    }

    /// Connects, turns to TLS and signs in. Nothing of any letter has been said yet, so every failure is `Before`.
    pub(super) fn open(&self) -> Result<SmtpConnection, String> {
        let timeouts = &self.settings.timeouts;
        let server = (self.settings.host.as_str(), self.settings.port);
        let at_once = if self.settings.tls == Tls::Implicit { self.tls.as_ref() } else { None };
        let mut line = SmtpConnection::connect(server, Some(duration(timeouts.connect)), &self.hello, at_once, None)
            .map_err(|e| format!("cannot reach {}:{}: {e}", server.0, server.1))?;
        line.set_timeout(Some(duration(timeouts.command))).map_err(|e| e.to_string())?;
        if let (Tls::StartTls, Some(tls)) = (self.settings.tls, &self.tls) {
            line.starttls(tls, &self.hello).map_err(|e| format!("the line could not be turned to TLS: {e}"))?;
        }
        if let Some(credentials) = &self.credentials {
            if !line.is_encrypted() {
                return Err("refused to send the password over a line in the clear".into());
            }
            let reply = line
                .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                .map_err(|e| format!("the mail server did not let us sign in: {e}"))?;
            expect(&reply, 235, "sign-in")
                .map_err(|_| "the mail server answered the sign-in out of turn".to_owned())?;
        }
        Ok(line)
    }

    /// One letter over an open connection. `progress` is told just before the body begins and before the final dot.
    pub(super) fn send(
        &self,
        line: &mut SmtpConnection,
        envelope: &Envelope,
        bytes: &[u8],
        progress: &Progress,
    ) -> Result<Handed, Stopped> {
        let options = mail_options(line.server_info(), envelope, bytes)?;
        // Whoever says no here does not want us, or nothing at all at present: no word about this letter or its reader.
        step(line, Mail::new(Some(envelope.from.lettre()), options), 250, "sender").map_err(
            |stopped| match stopped {
                Stopped::Refused { code, reply, .. } => Stopped::Before(format!("at sender: {code} {reply}")),
                other => other,
            },
        )?;
        step(line, Rcpt::new(envelope.to.lettre(), vec![]), 250, "recipient")?;
        step(line, Data, 354, "data")?;
        line.set_timeout(Some(duration(self.settings.timeouts.body))).map_err(|e| Stopped::Before(e.to_string()))?;
        if !progress.begin_body() {
            return Err(Stopped::Before("given up before the body: the server is too slow".into()));
        }
        let outcome = body(line, bytes, progress);
        let _ = line.set_timeout(Some(duration(self.settings.timeouts.command)));
        outcome
    }
}

/// The options that MAIL must carry, or why this server cannot take such a letter.
fn mail_options(
    server: &extension::ServerInfo,
    envelope: &Envelope,
    bytes: &[u8],
) -> Result<Vec<MailParameter>, Stopped> {
    let mut options = Vec::new();
    let wanted = [
        (!envelope.to.as_str().is_ascii() || !envelope.from.as_str().is_ascii(), Extension::SmtpUtfEight),
        (!bytes.is_ascii(), Extension::EightBitMime),
    ];
    for (needed, feature) in wanted.into_iter().filter(|(needed, _)| *needed) {
        if !server.supports_feature(feature) {
            return Err(Stopped::Before(format!("the mail server does not offer {feature}")));
        }
        options.push(match feature {
            Extension::SmtpUtfEight => MailParameter::SmtpUtfEight,
            _ => MailParameter::Body(MailBodyParameter::EightBitMime),
        });
        debug_assert!(needed);
    }
    Ok(options)
}

/// The body and its final dot. lettre asks for the next piece only when the one before is written, and writes the
/// dot when there is no next piece: that moment divides "not accepted" from "unknown".
fn body(line: &mut SmtpConnection, bytes: &[u8], progress: &Progress) -> Result<Handed, Stopped> {
    // lettre writes CRLF before the dot, so the letter's own last CRLF is left to it: the bytes arrive as stored.
    let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    let mut dot = false;
    let mut pieces = bytes.chunks(16 * 1024);
    let reply = line.message_iter(std::iter::from_fn(|| {
        let piece = pieces.next();
        dot = piece.is_none();
        if dot {
            progress.final_dot();
        }
        piece
    }));
    match reply {
        Ok(reply) => match expect(&reply, 250, "letter") {
            Ok(()) => Ok(Handed::Accepted { reply: words(&reply) }),
            Err(why) => Err(Stopped::After(why)),
        },
        Err(error) => Err(match stopped(&error, "letter") {
            Stopped::Before(why) if dot => Stopped::After(why),
            other => other,
        }),
    }
}

/// One command before the body. Only the code that this step calls for counts: a reply out of turn (for example
/// one slipped in before TLS began) ends the conversation.
fn step(line: &mut SmtpConnection, command: impl std::fmt::Display, code: u16, name: &str) -> Result<(), Stopped> {
    match line.command(command) {
        Ok(reply) if reply.has_code(251) && code == 250 => Ok(()),
        Ok(reply) => expect(&reply, code, name).map_err(Stopped::Before),
        Err(error) => Err(stopped(&error, name)),
    }
}

fn expect(reply: &Response, code: u16, name: &str) -> Result<(), String> {
    if reply.has_code(code) {
        return Ok(());
    }
    Err(format!("at {name} the mail server answered {} where {code} belongs", words(reply)))
}

fn stopped(error: &Error, name: &str) -> Stopped {
    let Some(code) = error.status() else { return Stopped::Before(format!("at {name}: {error}")) };
    let reply = error.source().map(ToString::to_string).unwrap_or_default();
    Stopped::Refused { code: code.into(), reply, permanent: error.is_permanent() }
}

fn words(reply: &Response) -> String {
    let text: Vec<&str> = reply.message().collect();
    format!("{} {}", reply.code(), text.join(" "))
}

/// Makes a connection ready for the next letter after a refusal. False: drop it.
pub(super) fn reset(line: &mut SmtpConnection) -> bool {
    !line.has_broken() && line.command(Rset).is_ok()
}

fn tls_parameters(settings: &MailSettings) -> Result<TlsParameters, MailerError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.extra_ca {
        let name = path.display().to_string();
        let pem = std::fs::read(path).map_err(|source| MailerError::ExtraCa { path: name, source })?;
        let certificate = Certificate::from_pem(&pem).map_err(|e| MailerError::Certificates(e.to_string()))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|e| MailerError::Certificates(e.to_string()))
}
