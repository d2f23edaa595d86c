//! The product as it is served: in a process of its own, so that its time and memory can be told from the client's.

use domain::time::Instant;
use outside::mail::{MailSettings, Mailer, Secret, Timeouts, Tls};
use server::app::{App, Parts};
use server::clock::{Clock, Pace};
use server::config::Config;
use server::dice::Dice;
use server::flow::Tools;
use server::keys::Keys;
use server::post::PostOffice;
use server::rate::Rates;
use server::work::{Nudge, THREADS, Worker};
use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use store::Store;
use testkit::child::Server;
use testkit::exim::Exim;
use testkit::wait;
use tokio::net::TcpListener;

/// Whom letters come from.
pub const FROM: &str = "hello@practice.example";

/// A server process.
pub struct Host {
    server: Server,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Host {
    /// Starts this very program as a server over the database.
    pub fn start(database: &str, folder: &Path) -> Result<Self, Box<dyn Error>> {
        Self::start_with(database, folder, None)
    }

    /// The same, with a worker that hands letters to this mail server.
    pub fn sending(database: &str, folder: &Path, exim: &Exim) -> Result<Self, Box<dyn Error>> {
        Self::start_with(database, folder, Some(exim))
    }

    fn start_with(database: &str, folder: &Path, exim: Option<&Exim>) -> Result<Self, Box<dyn Error>> {
        let address = SocketAddr::from(([127, 0, 0, 1], wait::free_port()));
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--database", database, "--listen", &address.to_string()]);
        if let Some(exim) = exim {
            command.args(["--mail", &exim.port.to_string()]).arg("--authority").arg(&exim.ca_pem);
        }
        let server = Server::start("holdspace-bench serve", "TERM", &mut command, &folder.join("serve.log"));
        let host = Self { server, address };
        wait::until("the server to listen", || std::net::TcpStream::connect(address).ok());
        Ok(host)
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.server.id()
    }
}

/// An application over this store. Limits are raised out of the way; keys are no secret.
pub fn app(store: Store, listen: SocketAddr) -> Result<App, Box<dyn Error>> {
    let settings = [("HOLDSPACE_LISTEN", listen.to_string()), ("HOLDSPACE_LIMITS_RATE_FACTOR", "1000000".to_owned())];
    let config = Config::parse(None, settings.map(|(name, value)| (name.to_owned(), value)))?;
    let keys = Keys::from_bytes([1; 32], [2; 32]);
    Ok(App::new(Parts {
        store,
        clock: Clock::System,
        pace: Pace::Real,
        dice: Dice::System,
        rates: Rates::new(config.limits.rate_factor),
        tools: Tools::new(&config, &keys),
        nudge: Nudge::default(),
        config,
        keys,
        post_letter: server::work::post_letter(),
        is_demo: false,
    }))
}

/// Serves until it is told to stop: the other end of [`Host`].
pub async fn serve(database: &str, listen: SocketAddr, mail: Option<(u16, PathBuf)>) -> Result<(), Box<dyn Error>> {
    let app = app(Store::open(crate::place::config(database))?, listen)?;
    let post = mail.map(|(port, authority)| mailer(port, authority)).transpose()?;
    let worker = post.map(|mailer| {
        let post = Arc::new(PostOffice::new(Some(mailer), Vec::new()));
        Worker::start(&app, post, THREADS.into())
    });
    let listener = TcpListener::bind(listen).await?;
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    server::serve::serve(app, listener, async move {
        terminate.recv().await;
    })
    .await?;
    drop(worker);
    Ok(())
}

/// A client of the mail server on this port.
pub fn mailer(port: u16, authority: PathBuf) -> Result<Mailer, Box<dyn Error>> {
    let settings = MailSettings {
        host: "localhost".into(),
        port,
        tls: Tls::StartTls,
        user: Some("app".into()),
        password: Some(Secret::new("secret")),
        from: FROM.parse()?,
        name: "Practice".into(),
        extra_ca: Some(authority),
        hello: None,
        timeouts: Timeouts::default(),
    };
    Ok(Mailer::new(settings)?)
}

/// Now, as the product's clock says it.
pub fn now() -> Instant {
    Clock::System.now()
}
