//! Real PostgreSQL: a fresh database for each test, or a whole cluster to stop, kill and start again.

use std::process::Command;

use postgres::error::SqlState;
use postgres::{Client, NoTls};

use crate::child::{self, Server};
use crate::scratch::Scratch;
use crate::wait;

/// Where Debian keeps the server's programs.
const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";

/// A database of one test, dropped with this value.
#[derive(Debug)]
pub struct Database {
    url: String,
    name: String,
    server_url: String,
    // Last, so that a cluster of our own outlives the drop of its database.
    _own: Option<Cluster>,
}

/// An empty database in the cluster of the test run (`HOLDSPACE_TEST_PG`, set by scripts/test), or in one started for
/// this test alone where the variable is not set.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "the test run names its cluster in the environment")]
pub fn fresh_database() -> Database {
    match std::env::var("HOLDSPACE_TEST_PG") {
        Ok(server_url) => Database::create(&server_url, None),
        Err(_) => {
            let cluster = own_cluster();
            let server_url = cluster.url("postgres");
            Database::create(&server_url, Some(cluster))
        }
    }
}

/// A cluster of this test alone. Name such tests `own_cluster…` or put them in a module of that name: they run one at a
/// time.
#[must_use]
pub fn own_cluster() -> Cluster {
    Cluster::start()
}

impl Database {
    fn create(server_url: &str, own: Option<Cluster>) -> Self {
        let mut client = connect(server_url);
        let process = std::process::id();
        for count in 0.. {
            let name = format!("test_{process}_{count}");
            match client.batch_execute(&format!("create database {name}")) {
                Ok(()) => {
                    let url = with_database(server_url, &name);
                    return Self { url, name, server_url: server_url.to_owned(), _own: own };
                }
                Err(error) if error.code() == Some(&SqlState::DUPLICATE_DATABASE) => {}
                Err(error) => panic!("create database {name}: {error}"),
            }
        }
        unreachable!("the loop above ends only by returning")
    }

    /// `postgres://…` of the superuser.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Ok(mut client) = Client::connect(&self.server_url, NoTls) {
            let _ = client.batch_execute(&format!("drop database if exists {} with (force)", self.name));
        }
    }
}

fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// The same server, another database.
fn with_database(url: &str, name: &str) -> String {
    let (server, _) = url.rsplit_once('/').unwrap_or_else(|| panic!("{url} names no database"));
    format!("{server}/{name}")
}

/// A whole cluster on its own port. What was committed survives a killed process, not a lost machine (`fsync=off`).
#[derive(Debug)]
pub struct Cluster {
    /// Port on 127.0.0.1; stays the same over a restart.
    pub port: u16,
    server: Option<Server>,
    folder: Scratch,
}

impl Cluster {
    /// Makes the files (one to two seconds) and starts the server.
    fn start() -> Self {
        let folder = Scratch::new("postgres");
        if crate::is_root() {
            folder.give_to("postgres");
        }
        let mut initdb = program("initdb");
        initdb.arg("-D").arg(folder.join("data")).args(["-U", "holdspace", "-A", "trust", "-E", "UTF8", "-N"]);
        child::run(initdb.arg("--locale=C.UTF-8"));
        let mut cluster = Self { port: wait::free_port(), server: None, folder };
        cluster.resume();
        cluster
    }

    /// `postgres://…` of the superuser; `postgres` is the database that is always there.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://holdspace@127.0.0.1:{}/{database}", self.port)
    }

    /// An empty database in this cluster.
    #[must_use]
    pub fn fresh_database(&self) -> Database {
        Database::create(&self.url("postgres"), None)
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
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=50",
            "shared_buffers=32MB",
            "timezone=UTC",
            "fsync=off",
            "full_page_writes=off",
        ] {
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
