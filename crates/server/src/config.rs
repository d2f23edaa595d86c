//! Configuration: one TOML file, every key overridable by `HOLDSPACE_…`, parsed once into a struct for each concern.
//!
//! Nothing here reads the environment or the disk: the file's text and the environment are arguments.

mod keys;
mod reader;
#[cfg(test)]
mod tests;

pub use keys::{KEYS, Key};
pub use reader::{ConfigError, Source};

use domain::time::Span;
use outside::address::EmailAddress;
use outside::mail::Secret;
use outside::sms::GatewaySettings;
use reader::Reader;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The longest that a gateway may take over one text; two of them together end before the lease of the job does.
const GATEWAY_MOST: Span = Span::seconds(30);

/// Everything that an operator decides.
#[derive(Clone)]
pub struct Config {
    /// Where we listen.
    pub listen: SocketAddr,
    /// How people reach us, as links in messages begin.
    pub base_url: BaseUrl,
    /// Which database.
    pub database: Database,
    /// Where our own files live.
    pub data_dir: PathBuf,
    /// What to log, as `RUST_LOG` would say it.
    pub log: String,
    /// Files that hold the server's keys.
    pub keys: KeyFiles,
    /// The mail server; without one, messages wait in the outbox and `check` says so.
    pub smtp: Option<Smtp>,
    /// Gateways for short texts, in the order in which they are tried; none, and texts are letters instead.
    pub sms: Vec<GatewaySettings>,
    /// Notices to browsers.
    pub push: Push,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Limits that protect the machine and idle browsers.
    pub limits: Limits,
    shown: Vec<Shown>,
}

/// The address that people use, for example `https://alderhouse.example`: no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

/// Which database.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL URL; holds a password, so never print it.
    Postgres(String),
}

/// Files that hold the server's keys, made at first start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFiles {
    /// Makes links and form tokens.
    pub link: PathBuf,
    /// Signs exports of the record.
    pub signing: PathBuf,
    /// Push services know us by it.
    pub push: PathBuf,
}

/// Notices to browsers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Where a push service finds us: `mailto:…` or `https://…`.
    pub contact: String,
    /// Whether addresses of this network and in the clear are written to: tests only.
    pub private: bool,
}

/// The mail server that takes our messages.
#[derive(Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is protected.
    pub tls: Tls,
    /// The account there, if it wants one.
    pub user: Option<String>,
    /// That account's password.
    pub password: Option<String>,
    /// The address that messages come from.
    pub from: EmailAddress,
}

/// How the line to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Plain at first, then upgraded; refused where the server offers no upgrade.
    StartTls,
    /// Protected from the first byte.
    Implicit,
    /// Not at all: only for a server on this machine or in a test.
    None,
}

/// Limits that protect the machine and idle browsers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How many times as generous as the built-in rate limits.
    pub rate_factor: u32,
    /// The largest request body, in bytes.
    pub body_bytes: usize,
    /// How long a request may take, in real time.
    pub request: std::time::Duration,
    /// A staff or therapist's session ends after this long without a page.
    pub staff_idle: Span,
    /// A client's session ends after this long without a page.
    pub client_idle: Span,
    /// Every session ends after this long.
    pub session: Span,
    /// Letters a second that this process hands over at most, urgent ones apart; none is as many as there are.
    pub letters_per_second: Option<u32>,
    /// The same for texts.
    pub texts_per_second: Option<u32>,
    /// Parts of texts that one practice may send in a day (UTC).
    pub texts_per_day: u32,
    /// Texts that one number may get in an hour.
    pub texts_per_number: u32,
}

/// A key as it was chosen, for printing.
#[derive(Debug, Clone)]
struct Shown {
    key: &'static str,
    value: String,
    source: Source,
}

impl Config {
    /// Parses the file's text, if there is a file, and lets `environment` override it.
    ///
    /// # Errors
    /// [`ConfigError`] names the key, where it came from, and the remedy.
    pub fn parse(
        file: Option<&str>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(file, environment)?;
        let listen: SocketAddr = reader.get("listen")?;
        reader.fall_back("base_url", &format!("http://{listen}"));
        let data_dir: PathBuf = reader.get("data_dir")?;
        reader.fall_back("database", &data_dir.join("holdspace.sqlite").to_string_lossy());
        reader.fall_back("keys.link", &data_dir.join("link.key").to_string_lossy());
        reader.fall_back("keys.signing", &data_dir.join("signing.key").to_string_lossy());
        reader.fall_back("keys.push", &data_dir.join("push.key").to_string_lossy());
        let (base_url, smtp): (BaseUrl, _) = (reader.get("base_url")?, smtp(&mut reader)?);
        Ok(Self {
            listen,
            database: reader.get("database")?,
            keys: KeyFiles {
                link: reader.get("keys.link")?,
                signing: reader.get("keys.signing")?,
                push: reader.get("keys.push")?,
            },
            data_dir,
            log: reader.get("log")?,
            push: push(&reader, &base_url, smtp.as_ref())?,
            base_url,
            smtp,
            sms: gateways(&reader)?,
            trusted_proxies: reader.list("proxy.trusted")?,
            limits: limits(&mut reader)?,
            shown: reader.into_shown(),
        })
    }

    /// The same with the limits that a demo has: ten times as generous, and nobody is signed out when the time
    /// machine moves on.
    #[must_use]
    pub fn for_demo(mut self) -> Self {
        let long = Span::hours(24 * 3660);
        self.limits.rate_factor = self.limits.rate_factor.max(10);
        self.limits.staff_idle = long;
        self.limits.client_idle = long;
        self.limits.session = long;
        self
    }
}

fn smtp(reader: &mut Reader) -> Result<Option<Smtp>, ConfigError> {
    let Some(host) = reader.optional("smtp.host")? else { return Ok(None) };
    Ok(Some(Smtp {
        host,
        port: reader.get("smtp.port")?,
        tls: reader.get("smtp.tls")?,
        user: reader.optional("smtp.user")?,
        password: reader.optional("smtp.password")?,
        from: reader.get("smtp.from")?,
    }))
}

/// The names of a gateway's settings.
const GATEWAYS: [[&str; 5]; 2] = [
    ["sms.kind", "sms.url", "sms.user", "sms.password", "sms.from"],
    ["sms.second.kind", "sms.second.url", "sms.second.user", "sms.second.password", "sms.second.from"],
];

fn gateways(reader: &Reader) -> Result<Vec<GatewaySettings>, ConfigError> {
    let mut gateways = Vec::new();
    for [kind, url, user, password, from] in GATEWAYS {
        let Some(kind) = reader.optional(kind)? else { continue };
        gateways.push(GatewaySettings {
            kind,
            url: reader.get(url)?,
            user: reader.get(user)?,
            password: Secret::new(reader.get::<String>(password)?),
            from: reader.get(from)?,
            whole: GATEWAY_MOST,
        });
    }
    Ok(gateways)
}

/// Where a push service finds us: as it is written, else the address that messages come from, else where people reach us.
fn push(reader: &Reader, base_url: &BaseUrl, smtp: Option<&Smtp>) -> Result<Push, ConfigError> {
    let contact = match (reader.optional("push.contact")?, smtp) {
        (Some(contact), _) => contact,
        (None, Some(smtp)) => format!("mailto:{}", smtp.from.as_str()),
        (None, None) => base_url.to_string(),
    };
    Ok(Push { contact, private: reader.get("push.private")? })
}

fn limits(reader: &mut Reader) -> Result<Limits, ConfigError> {
    Ok(Limits {
        rate_factor: reader.within("limits.rate_factor", 1..=1_000_000)?,
        body_bytes: reader.within("limits.body_bytes", 1_024..=16_777_216)? as usize,
        request: std::time::Duration::from_secs(u64::from(reader.within("limits.request_seconds", 1..=300)?)),
        staff_idle: Span::hours(i64::from(reader.within("limits.staff_idle_hours", 1..=720)?)),
        client_idle: Span::hours(24 * i64::from(reader.within("limits.client_idle_days", 1..=365)?)),
        session: Span::hours(24 * i64::from(reader.within("limits.session_days", 1..=365)?)),
        letters_per_second: Some(reader.within("limits.letters_per_second", 0..=10_000)?).filter(|many| *many > 0),
        texts_per_second: Some(reader.within("limits.texts_per_second", 0..=10_000)?).filter(|many| *many > 0),
        texts_per_day: reader.within("limits.texts_per_day", 1..=1_000_000)?,
        texts_per_number: reader.within("limits.texts_per_number", 1..=1_000)?,
    })
}

impl BaseUrl {
    /// Whether people reach us over https; decides cookies and HSTS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The origin that a browser sends with our own forms, which is the URL itself: it has no path.
    pub fn origin(&self) -> &str {
        &self.0
    }

    /// The name by which others reach us, without port.
    pub fn host(&self) -> &str {
        let host = self.0.split_once("://").map_or(self.0.as_str(), |(_, host)| host);
        match host.strip_prefix('[') {
            Some(six) => six.split(']').next().unwrap_or(six),
            None => host.split(':').next().unwrap_or(host),
        }
    }

    /// The address that messages come from where no mail server says otherwise.
    pub fn own_address(&self) -> EmailAddress {
        let named = format!("appointments@{}", self.host());
        let reserved = || "appointments@holdspace.invalid".parse();
        // The reserved name is well formed; a host that is a bare number or `localhost` may not be.
        named.parse().or_else(|_| reserved()).expect("a well-formed address of ours")
    }

    /// The full address of a path that begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BaseUrl {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(())?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
        let fits = !host.is_empty() && host.bytes().all(plain);
        if fits { Ok(Self(text.to_ascii_lowercase())) } else { Err(()) }
    }
}

impl Database {
    /// What may be printed: the password of a PostgreSQL URL is left out.
    pub fn redacted(&self) -> String {
        match self {
            Self::Sqlite(path) => path.display().to_string(),
            Self::Postgres(url) => redact_url(url),
        }
    }

    /// The SQLite file, if it is one.
    pub fn sqlite_path(&self) -> Option<&Path> {
        if let Self::Sqlite(path) = self { Some(path) } else { None }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

impl FromStr for Database {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        // Another scheme is a slip of the pen, not a file's name.
        if path.is_empty() || path.contains("://") { Err(()) } else { Ok(Self::Sqlite(path.into())) }
    }
}

impl FromStr for Tls {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        match word {
            "starttls" => Ok(Self::StartTls),
            "tls" => Ok(Self::Implicit),
            "none" => Ok(Self::None),
            _ => Err(()),
        }
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{}, {:?}, from {})", self.host, self.port, self.tls, self.from.as_str())
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One line for each key: its value with secrets hidden, and where it came from.
impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Shown { key, value, source } in &self.shown {
            writeln!(f, "{key:<24} {value}  ({source})")?;
        }
        Ok(())
    }
}

/// `postgres://name:secret@host/db` with the secret hidden, in the path form and as a parameter.
pub(crate) fn redact_url(url: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let shown = match (base.split_once("://"), base.rsplit_once('@')) {
        (Some((scheme, rest)), Some((_, host))) => {
            let user = rest.split_once([':', '@']).map_or("", |(user, _)| user);
            format!("{scheme}://{user}:***@{host}")
        }
        _ => base.to_owned(),
    };
    if query.is_empty() { shown } else { format!("{shown}?…") }
}
