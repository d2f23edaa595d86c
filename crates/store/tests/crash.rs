//! What was acknowledged is still there after kill -9, after a full disk, and nothing is half there.

mod support;

use domain::audit::Entry;
use holdspace_store::{Config, DbError, Done, Migration, Pooler, Sql, Store, audit, sql, vals};
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use support::{Folder, Rig, entry, fresh_command, practice, write};

const ADD: Sql = sql!("INSERT INTO subject_lock (subject) VALUES ($1)");
const ALL: Sql = sql!("SELECT subject FROM subject_lock ORDER BY subject");

/// Where the child works; absent, the test below works in a place of its own and stops by itself.
const PLACE: &str = "CRASH_PLACE";
const WRITERS: usize = 16;

/// Starts this very program again, as the one test that is named.
fn child(test: &str, place: &str) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args([test, "--exact", "--nocapture"])
        .env(PLACE, place)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("a child")
}

fn config_of(place: &str) -> Config {
    if place.starts_with("postgres") {
        Config::Postgres { url: place.to_owned(), connections: 4, pooler: Pooler::None }
    } else {
        Config::sqlite(place)
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).expect("the parent listens");
}

fn about(subject: &str) -> Entry {
    entry(practice(1), fresh_command(), &[subject])
}

/// Writes from many threads and says each name once its commit is acknowledged: until it is killed, or a few.
#[test]
fn a_busy_writer() {
    let place = place();
    let folder = place.is_none().then(Folder::create);
    let path = place.clone().or_else(|| Some(folder.as_ref()?.file().display().to_string())).expect("a place");
    let store = Store::open(config_of(&path)).expect("opens");
    store.migrate().expect("migrates");
    let rounds = if place.is_some() { usize::MAX } else { 3 };
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store = &store;
            scope.spawn(move || {
                for round in 0..rounds {
                    let name = format!("{}_{writer}_{round}", std::process::id());
                    let row = name.clone();
                    let done = store.write(move |tx| {
                        tx.execute(ADD, vals![&row])?;
                        Ok::<_, DbError>(Done::new((), about(&row)))
                    });
                    done.expect("written");
                    say(&format!("ack {name}"));
                }
            });
        }
    });
}

/// Kills the writer once it has acknowledged `acks`, and gives every name that it acknowledged before it died.
fn kill_after(acks: usize, place: &str) -> HashSet<String> {
    let mut child = child("a_busy_writer", place);
    let mut out = BufReader::new(child.stdout.take().expect("its output"));
    let mut acknowledged = HashSet::new();
    let mut line = String::new();
    while out.read_line(&mut line).expect("its output") > 0 {
        if let Some(name) = line.strip_suffix('\n').and_then(|line| line.strip_prefix("ack ")) {
            acknowledged.insert(name.to_owned());
        }
        if acknowledged.len() == acks {
            child.kill().expect("killed");
        }
        line.clear();
    }
    child.wait().expect("gone");
    assert!(acknowledged.len() >= acks, "it wrote {} before it ended by itself", acknowledged.len());
    acknowledged
}

/// One snapshot for rows and record: a server may still finish a COMMIT of the dead process while we look.
fn check_survivors(store: &Store, acknowledged: &HashSet<String>, kills: usize) {
    let seen = store.read(|tx| Ok::<_, DbError>((tx.query(ALL, vals![])?, audit::check_chain(tx, practice(1))?)));
    let (stored, chain) = seen.expect("read");
    let stored: HashSet<String> = stored.iter().map(|row| row.get(0).expect("text")).collect();
    let lost: Vec<&String> = acknowledged.difference(&stored).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let unheard = stored.len() - acknowledged.len();
    assert!(unheard <= kills * WRITERS, "at most one per writer and kill was kept without its answer: {unheard}");
    let last = chain.expect("the chain holds").map(|last| last.seq);
    assert_eq!(last, Some(stored.len() as u64), "an entry for each row and no other");
}

#[test]
fn nothing_acknowledged_is_lost_by_kill_9_on_sqlite() {
    let folder = Folder::create();
    let place = folder.file();
    let mut acknowledged = HashSet::new();
    for round in 1..=8 {
        acknowledged.extend(kill_after(100 * round, &place.display().to_string()));
        check_sqlite_file(&place);
        let store = Store::open(Config::sqlite(&place)).expect("opens again");
        check_survivors(&store, &acknowledged, round);
    }
}

fn check_sqlite_file(path: &Path) {
    let connection = rusqlite::Connection::open(path).expect("a connection");
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("checked");
    assert_eq!(verdict, "ok");
    let broken: i64 =
        connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).expect("checked");
    assert_eq!(broken, 0);
}

#[test]
fn nothing_acknowledged_is_lost_by_kill_9_of_a_process_over_postgres() {
    let rig = Rig::postgres();
    let url = rig.database.as_ref().expect("a database").url().to_owned();
    let mut acknowledged = HashSet::new();
    for round in 1..=3 {
        acknowledged.extend(kill_after(60, &url));
        check_survivors(&rig.store, &acknowledged, round);
    }
}

/// Long enough to be killed inside: half a million rows in one step.
const LONG_STEP: Migration = Migration {
    number: 1,
    name: "long",
    text: "CREATE TABLE long (n {I} NOT NULL) {OPT};
        INSERT INTO long (n) WITH RECURSIVE count_up(n) AS (
            SELECT 1 UNION ALL SELECT n + 1 FROM count_up WHERE n < 500000
        ) SELECT n FROM count_up;",
    sqlite: "",
    postgres: "",
};

#[test]
fn a_long_migration() {
    let place = place();
    let folder = place.is_none().then(Folder::create);
    let path = place.or_else(|| Some(folder.as_ref()?.file().display().to_string())).expect("a place");
    let store = Store::open(config_of(&path)).expect("opens");
    say("begins");
    store.migrate_with(&[LONG_STEP]).expect("migrates");
    say("ends");
}

#[test]
fn a_migration_killed_in_the_middle_is_begun_again() {
    const COUNT: Sql = sql!("SELECT count(*) FROM long");
    const LOG: Sql = sql!("SELECT count(*) FROM migration");
    let folder = Folder::create();
    let database = support::postgres::TestDatabase::create();
    for place in [folder.file().display().to_string(), database.url().to_owned()] {
        let mut child = child("a_long_migration", &place);
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        assert!(lines.any(|line| line.is_ok_and(|line| line.ends_with("begins"))));
        child.kill().expect("killed");
        child.wait().expect("gone");
        assert!(lines.all(|line| !line.is_ok_and(|line| line.ends_with("ends"))), "it was killed on the way");
        let store = Store::open(config_of(&place)).expect("opens");
        let log = store.read(|tx| tx.query_one(LOG, vals![])?.get::<i64>(0));
        assert!(!matches!(log, Ok(1)), "nothing is logged: {log:?}");
        store.migrate_with(&[LONG_STEP]).expect("begun again");
        assert_eq!(store.read(|tx| tx.query_one(COUNT, vals![])?.get::<i64>(0)), Ok(500_000));
    }
}

#[test]
fn a_full_disk_refuses_writes_cleanly_and_recovers() {
    const SMALL: Sql = sql!(lite "PRAGMA max_page_count = 240");
    const LARGE: Sql = sql!(lite "PRAGMA max_page_count = 1000000");
    const COUNT: Sql = sql!("SELECT count(*) FROM subject_lock");
    let rig = Rig::sqlite();
    write(&rig.store, |tx| tx.query(SMALL, vals![])).expect("the disk shrinks");
    let add = |n: i32| write(&rig.store, move |tx| tx.execute(ADD, vals![format!("{n:04000}")]));
    let kept = (0..1_000).take_while(|n| add(*n).is_ok()).count();
    assert!(kept > 10 && kept < 1_000, "{kept}");
    let refused = add(5_000);
    assert!(matches!(refused, Err(DbError::NotCommitted(_))), "{refused:?}");
    let count = || rig.store.read(|tx| tx.query_one(COUNT, vals![])?.get::<i64>(0));
    assert_eq!(count(), Ok(kept as i64), "reading goes on, and what was kept is what was acknowledged");
    // There may be no room even for the entry about this; the setting itself stays.
    let _ = write(&rig.store, |tx| tx.query(LARGE, vals![]).map(|_| ()));
    add(6_000).expect("there is room again");
    check_sqlite_file(&rig.folder.as_ref().expect("a folder").file());
    let chain = rig.store.read(|tx| audit::check_chain(tx, practice(1))).expect("read");
    assert!(chain.is_ok(), "{chain:?}");
}

/// Where the parent told this process to work; nothing in the parent itself.
#[allow(clippy::disallowed_methods, reason = "the one way to tell a child test process that it is the child")]
fn place() -> Option<String> {
    std::env::var(PLACE).ok()
}
