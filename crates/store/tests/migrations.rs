//! Migrations meet data, may be run twice, are never half done, and are never changed afterwards.

mod support;

use holdspace_store::{Config, DbError, Dialect, MIGRATIONS, Migration, Store, audit};
use std::fs;
use std::path::Path;
use support::postgres::TestDatabase;
use support::{Folder, practice, write};

/// An empty place on one engine, and a way to run a script there past the store.
enum Place {
    Sqlite(Folder),
    Postgres(TestDatabase),
}

impl Place {
    fn both() -> [Self; 2] {
        [Self::Sqlite(Folder::create()), Self::Postgres(TestDatabase::create())]
    }

    fn config(&self) -> Config {
        match self {
            Self::Sqlite(folder) => Config::sqlite(folder.file()),
            Self::Postgres(database) => Config::postgres(database.url()),
        }
    }

    fn run(&self, template: &str) {
        match self {
            Self::Sqlite(folder) => {
                let connection = rusqlite::Connection::open(folder.file()).expect("a connection");
                connection.execute_batch(&Dialect::Sqlite.render(template)).expect("the script runs");
            }
            Self::Postgres(database) => {
                let mut client = postgres::Client::connect(database.url(), postgres::NoTls).expect("a connection");
                client.batch_execute(&Dialect::Postgres.render(template)).expect("the script runs");
            }
        }
    }

    fn count(&self, table: &str) -> Option<i64> {
        let sql = format!("SELECT count(*) FROM {table}");
        match self {
            Self::Sqlite(folder) => {
                let connection = rusqlite::Connection::open(folder.file()).expect("a connection");
                connection.query_row(&sql, [], |row| row.get(0)).ok()
            }
            Self::Postgres(database) => {
                let mut client = postgres::Client::connect(database.url(), postgres::NoTls).expect("a connection");
                client.query_one(&sql, &[]).ok().map(|row| row.get(0))
            }
        }
    }
}

fn sample(number: u32) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("migrations/sample/{number:04}.sql"));
    fs::read_to_string(&path).unwrap_or_else(|_| panic!("every migration has sample data: {}", path.display()))
}

#[test]
fn every_migration_meets_the_data_of_those_before_it() {
    for place in Place::both() {
        let store = Store::open(place.config()).expect("opens");
        for (position, step) in MIGRATIONS.iter().enumerate() {
            assert_eq!(step.number as usize, position + 1, "numbers have no gaps");
            assert_eq!(store.migrate_with(&MIGRATIONS[..=position]), Ok(vec![step.name]));
            place.run(&sample(step.number));
            write(&store, |_| Ok(())).expect("the record goes on");
        }
        let chain = store.read(|tx| audit::check_chain(tx, practice(1))).expect("read");
        let last = chain.expect("it holds").expect("an entry");
        assert_eq!(last.seq as usize, MIGRATIONS.len());
    }
}

#[test]
fn running_them_again_changes_nothing() {
    for place in Place::both() {
        let store = Store::open(place.config()).expect("opens");
        assert_eq!(store.migrate().map(|names| names.len()), Ok(MIGRATIONS.len()));
        assert_eq!(store.migrate(), Ok(vec![]));
        assert_eq!(place.count("migration"), Some(MIGRATIONS.len() as i64));
    }
}

#[test]
fn processes_that_start_together_migrate_one_after_the_other() {
    let place = Place::Postgres(TestDatabase::create());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let config = place.config();
            std::thread::spawn(move || Store::open(config).expect("opens").migrate().expect("migrates").len())
        })
        .collect();
    let applied: usize = threads.into_iter().map(|thread| thread.join().expect("a process")).sum();
    assert_eq!(applied, MIGRATIONS.len());
}

const FIRST: Migration =
    Migration { number: 1, name: "first", text: "CREATE TABLE one (a {I}) {OPT};", sqlite: "", postgres: "" };

fn second(text: &'static str) -> Migration {
    Migration { number: 2, name: "second", text, sqlite: "", postgres: "" }
}

#[test]
fn a_migration_that_fails_leaves_nothing_of_itself() {
    for place in Place::both() {
        let store = Store::open(place.config()).expect("opens");
        let bad = second("CREATE TABLE two (a {I}) {OPT}; INSERT INTO one VALUES (1); INSERT INTO nowhere VALUES (1);");
        assert!(store.migrate_with(&[FIRST, bad]).is_err());
        assert_eq!((place.count("one"), place.count("two"), place.count("migration")), (Some(0), None, Some(1)));
        let good = second("CREATE TABLE two (a {I}) {OPT};");
        assert_eq!(store.migrate_with(&[FIRST, good]), Ok(vec!["second"]));
    }
}

#[test]
fn a_changed_step_and_a_newer_database_are_refused() {
    for place in Place::both() {
        let store = Store::open(place.config()).expect("opens");
        store.migrate_with(&[FIRST, second("CREATE TABLE two (a {I}) {OPT};")]).expect("applied");
        let changed = store.migrate_with(&[FIRST, second("CREATE TABLE two (a {I}, b {I}) {OPT};")]);
        assert!(matches!(changed, Err(DbError::Unavailable(ref why)) if why.contains("not the one")), "{changed:?}");
        let older = store.migrate_with(&[FIRST]);
        assert!(matches!(older, Err(DbError::Unavailable(ref why)) if why.contains("newer")), "{older:?}");
    }
}
