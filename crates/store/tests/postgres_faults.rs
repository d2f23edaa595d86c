//! What the network and the server do to a command, and what its caller hears.

mod support;

use holdspace_store::{Config, DbError, Pooler, Sql, Store, audit, occupancy, sql, vals};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier};
use support::{Rig, fresh_command, noon, practice, time, write};

const ADD: Sql = sql!("INSERT INTO subject_lock (subject) VALUES ($1)");
const COUNT: Sql = sql!("SELECT count(*) FROM subject_lock");
const OWN_PID: Sql = sql!(pg "SELECT pg_backend_pid()", lite "SELECT 0");

fn count(store: &Store) -> i64 {
    store.read(|tx| tx.query_one(COUNT, vals![])?.get(0)).unwrap_or_else(|e: DbError| panic!("{e}"))
}

fn kill_all_backends(rig: &Rig) {
    rig.raw_postgres()
        .batch_execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .expect("killed");
}

#[test]
fn connections_that_died_while_idle_are_replaced_unseen() {
    let rig = Rig::postgres();
    for n in 0..16 {
        write(&rig.store, move |tx| tx.execute(ADD, vals![format!("before_{n}")])).expect("written");
    }
    kill_all_backends(&rig);
    for n in 0..16 {
        write(&rig.store, move |tx| tx.execute(ADD, vals![format!("after_{n}")])).expect("written");
    }
    assert_eq!(count(&rig.store), 32);
}

#[test]
fn a_flow_whose_connection_dies_under_it_is_run_again() {
    let rig = Rig::postgres();
    let runs = Arc::new(AtomicU32::new(0));
    let (seen, config) = (runs.clone(), rig.database.as_ref().expect("a database").url().to_owned());
    let written = write(&rig.store, move |tx| {
        tx.execute(ADD, vals!["a"])?;
        if seen.fetch_add(1, Ordering::Relaxed) == 0 {
            let pid: i64 = tx.query_one(OWN_PID, vals![])?.get(0)?;
            let url = config.clone();
            std::thread::spawn(move || {
                let mut killer = ::postgres::Client::connect(&url, ::postgres::NoTls).expect("a connection");
                killer.batch_execute(&format!("SELECT pg_terminate_backend({pid}, 5000)")).expect("killed");
            })
            .join()
            .expect("the killer");
        }
        tx.execute(ADD, vals!["b"])
    });
    assert_eq!(written, Ok(1));
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    assert_eq!(count(&rig.store), 2);
}

#[test]
fn a_deadlock_is_run_again_and_both_succeed() {
    let rig = Rig::postgres();
    write(&rig.store, |tx| occupancy::lock(tx, &["thp_a", "thp_b"], noon())).expect("both are known");
    let (both, tries) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let callers: Vec<_> = [("thp_a", "thp_b"), ("thp_b", "thp_a")]
        .into_iter()
        .map(|(first, second)| {
            let (store, both, tries) = (rig.store.clone(), both.clone(), tries.clone());
            std::thread::spawn(move || {
                write(&store, move |tx| {
                    occupancy::lock(tx, &[first], noon())?;
                    if tries.fetch_add(1, Ordering::Relaxed) < 2 {
                        both.wait();
                    }
                    occupancy::lock(tx, &[second], noon())
                })
            })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.join().expect("a caller"), Ok(()));
    }
    assert!(tries.load(Ordering::Relaxed) >= 3, "one of them was run again");
}

#[test]
fn locks_taken_in_sorted_order_never_deadlock() {
    let rig = Rig::postgres();
    let callers: Vec<_> = [["thp_a", "thp_b"], ["thp_b", "thp_a"]]
        .into_iter()
        .map(|pair| {
            let store = rig.store.clone();
            std::thread::spawn(move || {
                let runs = Arc::new(AtomicU32::new(0));
                for n in 0..20 {
                    let (runs, owner) = (runs.clone(), format!("{}_{n}", pair[0]));
                    write(&store, move |tx| {
                        runs.fetch_add(1, Ordering::Relaxed);
                        occupancy::lock(tx, &pair, noon())?;
                        occupancy::take(tx, &owner, &owner, time(0, 50), None)
                    })
                    .expect("written");
                }
                runs.load(Ordering::Relaxed)
            })
        })
        .collect();
    let runs: u32 = callers.into_iter().map(|caller| caller.join().expect("a caller")).sum();
    assert_eq!(runs, 40, "nothing had to be run again");
}

#[test]
fn a_plan_that_no_longer_fits_is_made_anew() {
    const STAR: Sql = sql!("SELECT * FROM subject_lock");
    let rig = Rig::postgres();
    let read = || rig.store.read(|tx| tx.query(STAR, vals![]).map(|rows| rows.len()));
    assert!((0..16).all(|_| read() == Ok(0)));
    rig.raw_postgres().batch_execute("ALTER TABLE subject_lock ADD COLUMN extra TEXT").expect("altered");
    assert!((0..16).all(|_| read() == Ok(0)));
}

#[test]
fn behind_a_pooler_no_statement_outlives_its_transaction() {
    const KEPT: Sql = sql!(pg "SELECT count(*) FROM pg_prepared_statements", lite "SELECT 0");
    let kept = |rig: &Rig| {
        (0..8).for_each(|n| {
            write(&rig.store, move |tx| tx.execute(ADD, vals![format!("{n}")])).expect("written");
        });
        rig.store.read(|tx| tx.query_one(KEPT, vals![])?.get::<i64>(0)).expect("read")
    };
    assert_eq!(kept(&Rig::pooled()), 0);
    assert!(kept(&Rig::postgres()) > 0, "without a pooler they are kept");
}

#[test]
fn a_server_that_takes_no_writes_is_not_available_for_them() {
    let rig = Rig::postgres();
    rig.raw_postgres()
        .batch_execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'standby' USING ERRCODE = '25006'; END $$;
             CREATE TRIGGER standby BEFORE INSERT ON subject_lock EXECUTE FUNCTION refuse()",
        )
        .expect("a standby");
    let refused = write(&rig.store, |tx| tx.execute(ADD, vals!["a"]));
    assert!(matches!(refused, Err(DbError::Unavailable(_))), "{refused:?}");
}

/// COMMIT dies in the server: nothing was kept, and the store cannot know.
#[test]
fn a_commit_without_an_answer_is_unknown() {
    let rig = Rig::postgres();
    rig.raw_postgres()
        .batch_execute(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER bomb AFTER INSERT ON subject_lock
                 DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
        )
        .expect("a bomb");
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let unknown = write(&rig.store, move |tx| {
        counted.fetch_add(1, Ordering::Relaxed);
        tx.execute(ADD, vals!["a"])
    });
    assert_eq!(unknown, Err(DbError::Unknown));
    assert_eq!(runs.load(Ordering::Relaxed), 1, "never run again blindly");
    assert_eq!(count(&rig.store), 0);
}

/// Stands between the store and the server and swallows the answer to one COMMIT.
struct Swallower {
    port: u16,
    armed: Arc<AtomicBool>,
}

/// A way to the server, in halves, and how to end it.
type Way = (Box<dyn Read + Send>, Box<dyn Write + Send>, Box<dyn FnOnce() + Send>);

/// `where_to` is what stands between `@` and the database: a socket's folder, or host and port.
fn reach(where_to: &str) -> Way {
    if where_to.contains("%2F") {
        let socket = format!("{}/.s.PGSQL.5432", where_to.replace("%2F", "/"));
        let stream = UnixStream::connect(socket).expect("the server");
        let (read, end) = (stream.try_clone().expect("a copy"), stream.try_clone().expect("a copy"));
        (Box::new(read), Box::new(stream), Box::new(move || drop(end.shutdown(Shutdown::Both))))
    } else {
        let address = if where_to.contains(':') { where_to.to_owned() } else { format!("{where_to}:5432") };
        let stream = TcpStream::connect(address).expect("the server");
        let (read, end) = (stream.try_clone().expect("a copy"), stream.try_clone().expect("a copy"));
        (Box::new(read), Box::new(stream), Box::new(move || drop(end.shutdown(Shutdown::Both))))
    }
}

impl Swallower {
    fn in_front_of(where_to: &str) -> Self {
        let where_to = where_to.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let (port, armed) = (listener.local_addr().expect("an address").port(), Arc::new(AtomicBool::new(false)));
        let shared = armed.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (armed, tripped) = (shared.clone(), Arc::new(AtomicBool::new(false)));
                let (swallow, from) = (tripped.clone(), client.try_clone().expect("a copy"));
                let (answers, requests, end) = reach(&where_to);
                std::thread::spawn(move || {
                    pass_to_server(from, requests, &armed, &swallow);
                    end();
                });
                std::thread::spawn(move || pass_to_client(answers, client, &tripped));
            }
        });
        Self { port, armed }
    }
}

fn pass_to_server(mut client: TcpStream, mut server: impl Write, armed: &AtomicBool, tripped: &AtomicBool) {
    let mut buffer = [0; 65_536];
    while let Ok(n @ 1..) = client.read(&mut buffer) {
        let commits = buffer[..n].windows(7).any(|window| window == b"COMMIT\0");
        if commits && armed.swap(false, Ordering::SeqCst) {
            tripped.store(true, Ordering::SeqCst);
        }
        if server.write_all(&buffer[..n]).is_err() {
            return;
        }
    }
}

fn pass_to_client(mut server: impl Read, mut client: TcpStream, tripped: &AtomicBool) {
    let mut buffer = [0; 65_536];
    while let Ok(n @ 1..) = server.read(&mut buffer) {
        if tripped.load(Ordering::SeqCst) || client.write_all(&buffer[..n]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
}

/// COMMIT succeeded and only its answer was lost: the entry on the record proves it.
#[test]
fn a_commit_whose_answer_is_lost_is_found_on_the_record() {
    let rig = Rig::postgres();
    let url = rig.database.as_ref().expect("a database").url();
    let (user, rest) = url.split_once('@').expect("a user");
    let (where_to, name) = rest.split_once('/').expect("a database");
    let swallower = Swallower::in_front_of(where_to);
    let through = format!("{user}@127.0.0.1:{}/{name}", swallower.port);
    let config = Config::Postgres { url: through, connections: 1, pooler: Pooler::None };
    let store = Store::open(config).expect("opens");
    swallower.armed.store(true, Ordering::SeqCst);
    let command = fresh_command();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let done = store.write(move |tx| {
        counted.fetch_add(1, Ordering::Relaxed);
        tx.execute(ADD, vals!["a"])?;
        Ok::<_, DbError>(holdspace_store::Done::new((), support::entry(practice(1), command, &["thp_a"])))
    });
    assert_eq!(done.map(|done| done.receipt.seq), Ok(1));
    assert!(!swallower.armed.load(Ordering::SeqCst), "the answer was swallowed");
    assert_eq!((count(&store), runs.load(Ordering::Relaxed)), (1, 1));
    assert!(store.read(move |tx| audit::receipt_of(tx, command)).expect("read").is_some());
    swallower.armed.store(true, Ordering::SeqCst);
    const FORGET: Sql = sql!("DELETE FROM command WHERE created_at < $1");
    let books = store.write_unaudited(|tx| tx.execute(FORGET, vals![1_i64]));
    assert_eq!(books, Err(DbError::Unknown), "without an entry there is no proof");
}
