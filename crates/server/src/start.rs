//! Puts the application together for those who run it for real: `serve`, `work` and the commands of an operator.

use crate::app::{App, StartError};
use crate::clock::Clock;
use crate::config::{Config, Database, Smtp, Tls};
use crate::post::PostOffice;
use crate::work::{Post, post_letter};
use domain::time::Span;
use outside::mail::{self, MailSettings, Mailer, MailerError, Secret, Timeouts};
use outside::push::{PushSender, PushSettings};
use outside::sms::{Gateway, GatewayError};
use std::sync::Arc;
use store::{DbError, Store};

/// The longest that one notice to a browser may take; all of one person's together end before the lease of the job does.
const PUSH_MOST: Span = Span::seconds(8);

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

/// Whoever takes this server's letters, texts and notices to browsers: its mail server and gateways, as far as they are set up.
///
/// # Errors
/// [`PostError`] names the setting.
pub fn post(app: &App) -> Result<Arc<dyn Post>, PostError> {
    Ok(Arc::new(office(&app.config)?.with_push(push(app))))
}

/// The mail server and gateways of this configuration, connected to nothing yet.
///
/// # Errors
/// [`PostError`] names the setting.
pub fn office(config: &Config) -> Result<PostOffice, PostError> {
    let mailer = config.smtp.as_ref().map(|smtp| Mailer::new(settings(smtp))).transpose()?;
    let gateways = config.sms.iter().cloned().map(Gateway::new).collect::<Result<_, _>>()?;
    Ok(PostOffice::new(mailer, gateways))
}

/// Whoever writes to push services. Where this machine's certificates cannot be read, notices to browsers are not sent and
/// go by the next way.
fn push(app: &App) -> Option<PushSender> {
    let settings = PushSettings {
        key: app.keys.push().clone(),
        contact: app.config.push.contact.clone(),
        whole: PUSH_MOST,
        private: app.config.push.private,
    };
    PushSender::new(settings).inspect_err(|why| tracing::warn!(why, "no notices to browsers")).ok()
}

/// A setting of the mail server or of a gateway cannot work.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The mail server's.
    #[error(transparent)]
    Mail(#[from] MailerError),
    /// A gateway's.
    #[error(transparent)]
    Sms(#[from] GatewayError),
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
