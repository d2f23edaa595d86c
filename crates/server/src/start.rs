//! Puts the application together for those who run it for real: `serve`, `work` and the commands of an operator.

use crate::app::{App, StartError};
use crate::clock::Clock;
use crate::config::{Config, Database, Smtp, Tls};
use crate::work::{Call, Outcome, Post, post_letter};
use outside::mail::{self, MailSettings, Mailer, MailerError, Secret, Timeouts};
use std::sync::Arc;
use store::{DbError, Store};

/// The application on the machine's clock, its tables up to date.
///
/// # Errors
/// [`StartError`] names what cannot be opened and the remedy.
pub fn app(config: Config) -> Result<App, StartError> {
    let app = App::open(config, Clock::System, false, post_letter())?;
    app.store.migrate().map_err(|source| database(&app.config, source))?;
    Ok(app)
}

/// The store of this configuration, for reading beside a server that runs.
///
/// # Errors
/// [`StartError::Database`] says why it cannot be opened.
pub fn readable(config: &Config) -> Result<Store, StartError> {
    Store::open_read_only(place(config)).map_err(|source| database(config, source))
}

/// The store of this configuration, for writing: refused while a server on SQLite has it.
///
/// # Errors
/// [`StartError::Database`] says why it cannot be opened.
pub fn writable(config: &Config) -> Result<Store, StartError> {
    Store::open(place(config)).map_err(|source| database(config, source))
}

fn place(config: &Config) -> store::Config {
    match &config.database {
        Database::Sqlite(path) => store::Config::sqlite(path),
        Database::Postgres(url) => store::Config::postgres(url),
    }
}

fn database(config: &Config, source: DbError) -> StartError {
    StartError::Database { database: config.database.redacted(), source }
}

/// Whoever takes this server's letters: its mail server, or nobody yet.
///
/// # Errors
/// [`MailerError`] names the setting.
pub fn post(config: &Config) -> Result<Arc<dyn Post>, MailerError> {
    match &config.smtp {
        Some(smtp) => Ok(Arc::new(Mailer::new(settings(smtp))?)),
        None => Ok(Arc::new(NoServer)),
    }
}

fn settings(smtp: &Smtp) -> MailSettings {
    MailSettings {
        host: smtp.host.clone(),
        port: smtp.port,
        tls: match smtp.tls {
            Tls::None => mail::Tls::None,
            Tls::StartTls => mail::Tls::StartTls,
            Tls::Implicit => mail::Tls::Implicit,
        },
        user: smtp.user.clone(),
        password: smtp.password.clone().map(Secret::new),
        from: smtp.from.clone(),
        // Each letter names its own practice.
        name: String::new(),
        extra_ca: None,
        hello: None,
        timeouts: Timeouts::default(),
    }
}

/// No mail server: letters wait, and whoever they were for becomes somebody's phone call in the end.
struct NoServer;

impl Post for NoServer {
    fn hand_off(&self, _: &Call) -> Outcome {
        Outcome::NotYet("no mail server is set up: write smtp.host and smtp.from into the configuration".into())
    }
}
