//! A throw-away PostgreSQL for tests, with one database per test. Needs nothing but the server's own programs.
//!
//! Where `TEST_POSTGRES_URL` names a server (the URL of a superuser), databases are made there and dropped afterwards.
//! Otherwise each test process starts a cluster of its own, reachable through a socket in its own folder, and a small
//! shell beside it stops the cluster and removes the folder when the test process is gone, however it went.
//! The cluster runs without fsync: killing processes loses nothing, only a power cut would.

#![allow(clippy::disallowed_methods, reason = "waits for a server that it started, and reads where one is given")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const USER: &str = "holdspace";
const MISSING: &str = "these tests need PostgreSQL 15 or later: `apt-get install -y postgresql-15`, \
     or set TEST_POSTGRES_URL to the URL of a superuser of a running server";

/// A database of its own for one test.
pub struct TestDatabase {
    url: String,
    name: String,
}

impl TestDatabase {
    /// An empty database on the shared server.
    ///
    /// # Panics
    /// Where there is no PostgreSQL to be had: a test that needs one must not pass without.
    pub fn create() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        server().statement(&format!("CREATE DATABASE {name}"));
        Self { url: server().url(&name), name }
    }

    /// Where the database is: `postgresql://…`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if matches!(server(), Server::Given { .. }) {
            server().statement(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

/// The server that this test process uses.
enum Server {
    /// Somebody else's.
    Given { url: String },
    /// Our own; the shell ends it when the pipe to it closes, that is, when we are gone.
    Own { folder: PathBuf, programs: PathBuf, _keeper: Child },
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| match std::env::var("TEST_POSTGRES_URL") {
        Ok(url) if !url.is_empty() => Server::Given { url },
        _ => start(),
    })
}

impl Server {
    fn url(&self, database: &str) -> String {
        match self {
            Self::Given { url } => {
                let (url, options) = url.split_once('?').map_or((url.as_str(), None), |(u, o)| (u, Some(o)));
                let server = url.match_indices('/').nth(2).map_or(url, |(end, _)| &url[..end]);
                format!("{server}/{database}{}", options.map(|o| format!("?{o}")).unwrap_or_default())
            }
            Self::Own { folder, .. } => {
                let host = folder.display().to_string().replace('/', "%2F");
                format!("postgresql://{USER}@{host}/{database}")
            }
        }
    }

    fn statement(&self, sql: &str) {
        let psql = match self {
            Self::Given { .. } => PathBuf::from("psql"),
            Self::Own { programs, .. } => programs.join("psql"),
        };
        run(Command::new(psql).args(["-qX", "-v", "ON_ERROR_STOP=1", "-d", &self.url("postgres"), "-c", sql]));
    }
}

fn start() -> Server {
    let programs = programs();
    let folder = std::env::temp_dir().join(format!("holdspace-pg-{}", std::process::id()));
    let template = template(&programs);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).expect("a folder for the cluster");
    run(Command::new("cp").arg("-a").arg(&template).arg(folder.join("data")));
    give_away(&folder);
    let keeper = keep(&programs, &folder);
    wait_until_ready(&programs, &folder);
    Server::Own { folder, programs, _keeper: keeper }
}

/// Starts the server under a shell that waits for our end, stops it and clears up.
fn keep(programs: &Path, folder: &Path) -> Child {
    let script = r#"
        "$@" >"$FOLDER/log" 2>&1 </dev/null &
        server=$!
        cat >/dev/null
        kill -QUIT $server
        wait $server
        rm -rf "$FOLDER"
    "#;
    let data = folder.join("data");
    let mut arguments: Vec<String> = as_server_user();
    arguments.push(programs.join("postgres").display().to_string());
    arguments.extend(["-D".to_owned(), data.display().to_string()]);
    let sockets = format!("unix_socket_directories={}", folder.display());
    for setting in [
        "listen_addresses=",
        sockets.as_str(),
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "shared_buffers=32MB",
        "max_connections=100",
        "deadlock_timeout=100ms",
        "timezone=UTC",
    ] {
        arguments.extend(["-c".to_owned(), setting.to_owned()]);
    }
    Command::new("sh")
        .args(["-c", script, "keeper"])
        .args(arguments)
        .env("FOLDER", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell that keeps the server")
}

fn wait_until_ready(programs: &Path, folder: &Path) {
    for _ in 0..600 {
        let ready = Command::new(programs.join("pg_isready"))
            .args(["-q", "-U", USER, "-d", "postgres", "-h"])
            .arg(folder)
            .status()
            .expect("pg_isready runs");
        if ready.success() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    panic!("the throw-away PostgreSQL did not start:\n{log}");
}

/// A fresh cluster, made once per machine and user and copied for each test process.
fn template(programs: &Path) -> PathBuf {
    let version = programs.parent().and_then(Path::file_name).map(|v| v.to_string_lossy().into_owned());
    let base = std::env::temp_dir().join(format!("holdspace-pg-template-{}", version.unwrap_or_default()));
    fs::create_dir_all(&base).expect("a folder for the template");
    give_away(&base);
    let lock = File::create(base.join("lock")).expect("the template's lock file");
    lock.lock().expect("the template's lock");
    let (ready, fresh) = (base.join("data"), base.join("fresh"));
    if !ready.exists() {
        let _ = fs::remove_dir_all(&fresh);
        let mut words = as_server_user();
        words.push(programs.join("initdb").display().to_string());
        run(Command::new(&words[0])
            .args(&words[1..])
            .args(["-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N", "-D"])
            .arg(&fresh));
        fs::rename(&fresh, &ready).expect("the template in its place");
    }
    ready
}

/// PostgreSQL refuses to run as root; `setpriv` becomes the server's own user and stays one process.
fn as_server_user() -> Vec<String> {
    let root = is_root();
    let words: &[&str] =
        if root { &["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] } else { &["env"] };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

fn give_away(folder: &Path) {
    if is_root() {
        run(Command::new("chown").arg("postgres:").arg(folder));
    }
}

fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(version, programs)| *version >= 15 && programs.join("initdb").exists())
        .max();
    newest.unwrap_or_else(|| panic!("{MISSING}")).1
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|e| panic!("{command:?}: {e}; {MISSING}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
