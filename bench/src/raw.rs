//! The bare loop on SQLite: the recorded statements with their values, prepared once, 64 acts in a transaction, every
//! commit flushed, nothing else. The connection has the product's own settings. No product can be faster than this on one connection.

use crate::load::Run;
use crate::machine;
use crate::recording::Act;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement, ToSql};
use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;
use store::Value;

/// Acts that one COMMIT carries, as many as the product's writer takes.
const GROUP: usize = 64;

struct Bound<'a>(&'a Value<'static>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null(_) => ValueRef::Null,
            Value::Int(n) => ValueRef::Integer(*n),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// A statement and which value goes to which of its places.
struct Prepared<'c> {
    statement: Statement<'c>,
    places: Vec<usize>,
}

/// Runs `before` untimed and then `timed` until they or the time run out.
pub fn run(
    database: &str,
    before: &[(usize, Act)],
    timed: &[(usize, Act)],
    at_most: Duration,
) -> Result<Run, Box<dyn Error>> {
    let connection = Connection::open(database)?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA busy_timeout = 5000;
         PRAGMA wal_autocheckpoint = 8000;",
    )?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let mut prepared = BTreeMap::new();
    for (_, act) in before.iter().chain(timed) {
        for sql in act.iter().map(|statement| statement.sqlite).filter(|sql| !sql.is_empty()) {
            if !prepared.contains_key(sql) {
                prepared.insert(sql, prepare(&connection, sql)?);
            }
        }
    }
    let mut statements: Vec<Prepared<'_>> = Vec::new();
    let mut numbers = BTreeMap::new();
    for (sql, one) in prepared {
        numbers.insert(sql, statements.len());
        statements.push(one);
    }
    for group in before.chunks(GROUP) {
        groups(&connection, &mut statements, &numbers, group)?;
    }
    let process = std::process::id();
    let (used, begun) = (machine::processor_time(process), machine::now());
    let mut done = 0;
    for group in timed.chunks(GROUP) {
        groups(&connection, &mut statements, &numbers, group)?;
        done += group.len();
        if begun.elapsed() >= at_most {
            break;
        }
    }
    let took = begun.elapsed();
    let processor = machine::processor_time(process).saturating_sub(used);
    Ok(Run { done, took, processor, ..Run::default() })
}

fn prepare<'c>(connection: &'c Connection, sql: &str) -> Result<Prepared<'c>, Box<dyn Error>> {
    let statement = connection.prepare(sql)?;
    let place = |n| statement.parameter_name(n).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
    let places = (1..=statement.parameter_count()).map(place).collect::<Option<Vec<_>>>();
    let places = places.ok_or_else(|| format!("a parameter that is not $1, $2, …, in: {sql}"))?;
    Ok(Prepared { statement, places })
}

fn groups(
    connection: &Connection,
    statements: &mut [Prepared<'_>],
    numbers: &BTreeMap<&str, usize>,
    group: &[(usize, Act)],
) -> Result<(), Box<dyn Error>> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    for act in group.iter().flat_map(|(_, act)| act) {
        let Some(number) = numbers.get(act.sqlite) else { continue };
        let Prepared { statement, places } = &mut statements[*number];
        for (position, place) in places.iter().enumerate() {
            statement.raw_bind_parameter(position + 1, Bound(&act.values[place - 1]))?;
        }
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
    }
    connection.execute_batch("COMMIT")?;
    Ok(())
}
