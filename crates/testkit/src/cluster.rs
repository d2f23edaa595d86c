//! A PostgreSQL cluster of one test alone: to stop, kill, freeze and start again. For an ordinary test a database in the
//! cluster of the test run is enough, and quicker.
//!
//! Put `own_cluster` into the name of the test or of its module: such tests run one at a time.

use std::process::Command;

use postgres::{Client, NoTls};

use crate::child::{self, Server};
use crate::scratch::Scratch;
use crate::wait;

/// Where Debian keeps the server's programs.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// Quick: what was committed survives a killed process, not a lost machine.
const QUICK: &[&str] = &["shared_buffers=32MB", "fsync=off", "full_page_writes=off"];
/// As an operator would run it.
const DURABLE: &[&str] = &["shared_buffers=256MB", "fsync=on", "full_page_writes=on", "synchronous_commit=on"];

/// A whole cluster on its own port. What was committed survives a killed process, not a lost machine (`fsync=off`),
/// unless it is a durable one.
#[derive(Debug)]
pub struct Cluster {
    /// Port on 127.0.0.1; stays the same over a restart.
    pub port: u16,
    settings: &'static [&'static str],
    server: Option<Server>,
    folder: Scratch,
}

impl Cluster {
    /// Makes the files (one to two seconds) and starts the server.
    #[must_use]
    pub fn start() -> Self {
        Self::with(QUICK)
    }

    /// The same with every commit flushed to the disk: for measuring.
    #[must_use]
    pub fn durable() -> Self {
        Self::with(DURABLE)
    }

    fn with(settings: &'static [&'static str]) -> Self {
        let folder = Scratch::new("postgres");
        if crate::is_root() {
            folder.give_to("postgres");
        }
        let mut initdb = program("initdb");
        initdb.arg("-D").arg(folder.join("data")).args(["-U", "holdspace", "-A", "trust", "-E", "UTF8", "-N"]);
        child::run(initdb.arg("--locale=C.UTF-8"));
        let mut cluster = Self { port: wait::free_port(), settings, server: None, folder };
        cluster.resume();
        cluster
    }

    /// `postgres://…` of the superuser; `postgres` is the database that is always there.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://holdspace@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database and returns its address.
    #[must_use]
    pub fn create_database(&self, name: &str) -> String {
        let url = self.url("postgres");
        let mut client = Client::connect(&url, NoTls).unwrap_or_else(|error| panic!("{url}: {error}"));
        client.batch_execute(&format!("create database {name}")).unwrap_or_else(|error| panic!("{name}: {error}"));
        self.url(name)
    }

    /// Stops at once, as an operator would in a hurry: connections break, new ones are refused.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// `kill -9` of the server, as a crash would.
    pub fn kill(&mut self) {
        if let Some(server) = self.server.take() {
            server.kill();
        }
    }

    /// Process id of the server, while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.server.as_ref().map(Server::id)
    }

    /// Where its data lies.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Freezes the server: connections stay open and nothing answers, until [`Cluster::thaw`]. Only the listening
    /// process is frozen; sessions that are already open go on.
    pub fn freeze(&self) {
        if let Some(server) = &self.server {
            server.signal("STOP");
        }
    }

    /// Lets a frozen server go on.
    pub fn thaw(&self) {
        if let Some(server) = &self.server {
            server.signal("CONT");
        }
    }

    /// Starts again on the same files and port, and waits until it answers.
    pub fn resume(&mut self) {
        let (url, log) = (self.url("postgres"), self.folder.join("log"));
        // After a crash the former server's own children may hold its files for a moment more.
        let server = wait::until("PostgreSQL to start", || {
            let mut server = Server::start("postgres", "QUIT", &mut self.command(), &log);
            let ended = wait::until("PostgreSQL to answer", || {
                let ended = server.has_ended();
                (ended || Client::connect(&url, NoTls).is_ok()).then_some(ended)
            });
            (!ended).then_some(server)
        });
        self.server = Some(server);
    }

    fn command(&self) -> Command {
        let mut command = program("postgres");
        command.arg("-D").arg(self.folder.join("data")).arg("-p").arg(self.port.to_string());
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=50", "timezone=UTC"]
        {
            command.arg("-c").arg(setting);
        }
        for setting in self.settings {
            command.arg("-c").arg(setting);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A frozen process would never hear that it should end.
        self.thaw();
        self.server = None;
    }
}

fn program(name: &str) -> Command {
    child::command_as("postgres", &format!("{PROGRAMS}/{name}"))
}
