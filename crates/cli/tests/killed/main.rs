//! A process or its database is killed at any moment, again and again: what was acknowledged is there, a retry gets the
//! same answer, and the books and the record hold.
//!
//! `STORY_ROUNDS` makes it as long as one likes; `STORY_SEED` begins elsewhere.

mod callers;

use callers::{Callers, Practice};
use domain::audit::Receipt;
use domain::id::{CommandId, PracticeId};
use domain::policy::Preset;
use domain::time::Instant;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use store::{Config, DbError, Store};
use testkit::child::Server;
use testkit::cluster::Cluster;
use testkit::scratch::Scratch;
use testkit::wait;
use testkit::world::{Api, House};

/// How often it is killed where nobody asks for more.
const ROUNDS: u64 = 2;

#[allow(clippy::disallowed_methods, reason = "the long form is chosen from outside")]
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[allow(clippy::disallowed_methods, reason = "the server under test runs on the machine's clock")]
fn now() -> Instant {
    jiff::Timestamp::now().into()
}

/// A small generator (splitmix64): when to kill, from a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// The program itself, serving this database.
fn serve(folder: &Path, database: &str, port: u16) -> Server {
    let mut command = holdspace(folder, database, port);
    let server = Server::start("holdspace", "TERM", command.arg("serve"), &folder.join("log"));
    let health = Api::new(&format!("http://127.0.0.1:{port}"), None);
    wait::until("holdspace to answer", || health.try_call("GET", "/sign-in", &[], "").ok());
    server
}

fn holdspace(folder: &Path, database: &str, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdspace"));
    // The tests' own variables begin as the program's do, and it refuses a setting that it does not know.
    command.env_clear().current_dir(folder).env("HOLDSPACE_LISTEN", format!("127.0.0.1:{port}"));
    command.env("HOLDSPACE_DATABASE", database).env("HOLDSPACE_LIMITS_RATE_FACTOR", "1000000");
    command.env("HOLDSPACE_LOG", "warn");
    command
}

/// `holdspace check` reads books and record with the program's own eyes; no mail server is set up, which it may say.
fn check(folder: &Path, database: &str, port: u16) {
    let output = holdspace(folder, database, port).args(["check", "--json"]).stdin(Stdio::null()).output();
    let output = output.expect("the program runs");
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = said["findings"].as_array().expect("findings").iter();
    let bad: Vec<_> = findings.filter(|finding| finding["ok"] != true && finding["what"] != "mail").collect();
    assert!(bad.is_empty(), "{bad:?}");
}

fn settle(store: &Store) -> House {
    store.migrate().expect("the tables are made");
    House::settle(store, Preset::Clinic, (None, None), now(), CommandId::from_bytes([9; 16]))
}

/// Every acknowledged booking and nothing else; the chain from its first entry.
fn books_hold(config: Config, practice: PracticeId, acknowledged: usize) {
    let store = Store::open_read_only(config).expect("the store opens");
    let rows = store.all_rows().expect("rows");
    assert_eq!(rows["appointment"].len(), acknowledged + 1, "and the one of long ago");
    assert_eq!(rows["occupancy"].len(), 2 * acknowledged);
    let chain = store.read(move |tx| store::audit::check_chain(tx, practice));
    let head: Option<Receipt> = chain.unwrap_or_else(|error: DbError| panic!("{error}")).expect("a whole chain");
    assert_eq!(head.map(|head| head.seq), Some(acknowledged as u64 + 1));
}

// proves: E-01, V-13
#[test]
fn a_server_that_is_killed_at_any_moment_loses_nothing_that_it_acknowledged() {
    let folder = Scratch::new("killed");
    let file = folder.join("practice.sqlite");
    let house = settle(&Store::open(Config::sqlite(&file)).expect("a store"));
    let (database, port) = (file.display().to_string(), wait::free_port());
    let mut chance = Chance(number("STORY_SEED", 1));
    let practice = Practice::new(&house, now(), &format!("http://127.0.0.1:{port}"));
    let mut server = serve(folder.path(), &database, port);
    for _ in 0..number("STORY_ROUNDS", ROUNDS) {
        let callers = Callers::start(&practice);
        callers.wait_for(1 + chance.below(24));
        server.kill();
        callers.join();
        server = serve(folder.path(), &database, port);
        practice.everything_acknowledged_is_there();
        practice.retry_everything();
    }
    let ended: ExitStatus = server.stop();
    assert!(ended.success(), "{ended}");
    books_hold(Config::sqlite(&file), house.practice.id, practice.acknowledged());
    check(folder.path(), &database, port);
}

// proves: E-01, V-13
#[test]
fn an_own_cluster_that_is_killed_loses_nothing_that_was_acknowledged() {
    let (folder, mut cluster) = (Scratch::new("killed"), Cluster::start());
    let database = cluster.create_database("practice");
    let house = settle(&Store::open(Config::postgres(&database)).expect("a store"));
    let port = wait::free_port();
    let mut chance = Chance(number("STORY_SEED", 1));
    let practice = Practice::new(&house, now(), &format!("http://127.0.0.1:{port}"));
    let server = serve(folder.path(), &database, port);
    for _ in 0..number("STORY_ROUNDS", ROUNDS) {
        let callers = Callers::start(&practice);
        callers.wait_for(1 + chance.below(24));
        cluster.kill();
        callers.join();
        cluster.resume();
        practice.everything_acknowledged_is_there();
        practice.retry_everything();
    }
    assert!(server.stop().success());
    books_hold(Config::postgres(&database), house.practice.id, practice.acknowledged());
    check(folder.path(), &database, port);
}
