//! SQLite: connections, statements, and what its errors mean.

use crate::error::DbError;
use crate::row::{Cell, Row};
use crate::sql::Sql;
use crate::tx::May;
use crate::value::Value;
use rusqlite::backup::Backup;
use rusqlite::config::DbConfig;
use rusqlite::ffi;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement, ToSql};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// The words of the trigger that guards occupancy.
const OVERLAP: &str = "occupancy_overlap";
/// Instructions of SQLite's machine between two looks at the budget.
const STEP: i32 = 1_000_000;
/// Steps that one command may take, about a second: a runaway statement must not stop every writer.
const WRITE_STEPS: i64 = 50;
/// Steps that one reading may take; it stops nobody.
const READ_STEPS: i64 = 1_000;
const STATEMENTS_KEPT: usize = 512;

/// Whether this version of SQLite may be used (`reliability` decision 1). Versions before 3.51.3 can lose commits
/// in WAL mode, except the back-ports 3.50.7 and 3.44.6; 3.52.0 was withdrawn. The number is SQLite's own:
/// 3051003 is 3.51.3.
pub fn sqlite_is_safe(version: i32) -> Result<(), DbError> {
    let safe = match version {
        3_052_000 => false,
        3_044_006..3_045_000 | 3_050_007..3_051_000 => true,
        newer => newer >= 3_051_003,
    };
    let (major, minor, patch) = (version / 1_000_000, version / 1_000 % 1_000, version % 1_000);
    safe.then_some(()).ok_or_else(|| {
        DbError::Unavailable(format!(
            "SQLite {major}.{minor}.{patch} can lose committed work; use 3.51.3 or later (not 3.52.0)"
        ))
    })
}

/// An open connection and the budget of the transaction that runs on it.
pub(crate) struct Database {
    pub connection: Connection,
    steps_left: Arc<AtomicI64>,
}

impl Database {
    /// Opens (and creates) the file for the writer.
    pub fn writer(path: &Path) -> Result<Self, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|e| cannot_open(path, &e))?;
        let mode: String = connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
            .map_err(|e| cannot_open(path, &e))?;
        if mode != "wal" {
            return Err(DbError::Unavailable(format!("{} cannot use WAL (journal mode {mode})", path.display())));
        }
        // 32 MiB of log before it is folded into the file: a page that changes often is then written once for many.
        connection.pragma_update(None, "wal_autocheckpoint", 8_000).map_err(|e| cannot_open(path, &e))?;
        Self::prepare(connection)
    }

    /// Opens the file for reading alone.
    pub fn reader(path: &Path) -> Result<Self, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|e| cannot_open(path, &e))?;
        let database = Self::prepare(connection)?;
        database.connection.pragma_update(None, "query_only", true).map_err(|e| classify(&e))?;
        Ok(database)
    }

    /// An empty database in memory.
    pub fn memory() -> Result<Self, DbError> {
        Self::prepare(Connection::open_in_memory().map_err(|e| classify(&e))?)
    }

    /// A second database in memory with the data that this one has now.
    pub fn twin(&self) -> Result<Self, DbError> {
        let mut copy = Connection::open_in_memory().map_err(|e| classify(&e))?;
        let all = Backup::new(&self.connection, &mut copy).and_then(|backup| backup.step(-1));
        all.map_err(|e| classify(&e))?;
        Self::prepare(copy)
    }

    fn prepare(mut connection: Connection) -> Result<Self, DbError> {
        sqlite_is_safe(rusqlite::version_number())?;
        let steps_left = Arc::new(AtomicI64::new(i64::MAX));
        let left = steps_left.clone();
        let over_budget = move || left.fetch_sub(1, Ordering::Relaxed) <= 0;
        let settled = connection
            .execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;")
            // A plan must not hang on the values bound: else SQLite plans many statements anew at every run.
            .and_then(|()| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop))
            .and_then(|()| connection.busy_timeout(Duration::from_secs(5)))
            .and_then(|()| connection.progress_handler(STEP, Some(over_budget)));
        settled.map_err(|e| classify(&e))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        Ok(Self { connection, steps_left })
    }

    /// Gives the next command its full budget.
    pub fn renew_budget(&self, may: May) {
        let steps = if may == May::Read { READ_STEPS } else { WRITE_STEPS };
        self.steps_left.store(steps, Ordering::Relaxed);
    }

    /// Lets what follows take as long as it takes: commits, migrations.
    pub fn lift_budget(&self) {
        self.steps_left.store(i64::MAX, Ordering::Relaxed);
    }
}

fn cannot_open(path: &Path, error: &rusqlite::Error) -> DbError {
    DbError::Unavailable(format!("cannot open {}: {error}", path.display()))
}

pub(crate) fn query(connection: &Connection, sql: Sql, values: &[Value<'_>], may: May) -> Result<Vec<Row>, DbError> {
    if sql.sqlite.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(sql.sqlite).map_err(|e| in_statement(sql, &e))?;
    check(&statement, may)?;
    bind(&mut statement, sql, values)?;
    let columns = statement.column_count();
    let mut found = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|e| in_statement(sql, &e))? {
        let mut cells = Vec::with_capacity(columns);
        for index in 0..columns {
            cells.push(cell(row.get_ref(index).map_err(|e| in_statement(sql, &e))?, sql)?);
        }
        found.push(Row { cells, sql });
    }
    Ok(found)
}

pub(crate) fn execute(connection: &Connection, sql: Sql, values: &[Value<'_>], may: May) -> Result<u64, DbError> {
    if sql.sqlite.is_empty() {
        return Ok(0);
    }
    let mut statement = connection.prepare_cached(sql.sqlite).map_err(|e| in_statement(sql, &e))?;
    check(&statement, may)?;
    bind(&mut statement, sql, values)?;
    statement.raw_execute().map(|rows| rows as u64).map_err(|e| in_statement(sql, &e))
}

/// Whoever reads writes nothing. SQLite itself knows of each statement whether it does; `PRAGMA query_only` would make it
/// plan every statement anew.
fn check(statement: &Statement<'_>, may: May) -> Result<(), DbError> {
    if may == May::Read && !statement.readonly() { Err(DbError::ReadOnly) } else { Ok(()) }
}

/// BEGIN, SAVEPOINT and the like.
pub(crate) fn control(connection: &Connection, text: &'static str) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(text).map_err(|e| classify(&e))?;
    statement.raw_execute().map(|_| ()).map_err(|e| classify(&e))
}

/// SQLite numbers `$n` by first appearance, so each is bound by the digits in its name.
fn bind(statement: &mut Statement<'_>, sql: Sql, values: &[Value<'_>]) -> Result<(), DbError> {
    let mut highest = 0;
    for position in 1..=statement.parameter_count() {
        let number = statement
            .parameter_name(position)
            .and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok())
            .ok_or_else(|| DbError::Shape(format!("parameters must be $1, $2, …, in: {sql}")))?;
        highest = highest.max(number);
        let Some(value) = values.get(number.wrapping_sub(1)) else { continue };
        statement.raw_bind_parameter(position, value).map_err(|e| in_statement(sql, &e))?;
    }
    if highest == values.len() { Ok(()) } else { Err(wrong_count(sql, highest, values.len())) }
}

pub(crate) fn wrong_count(sql: Sql, wanted: usize, given: usize) -> DbError {
    DbError::Shape(format!("{wanted} values are wanted and {given} given, in: {sql}"))
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null(_) => ValueRef::Null,
            Value::Int(n) => ValueRef::Integer(*n),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn cell(value: ValueRef<'_>, sql: Sql) -> Result<Cell, DbError> {
    match value {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(n) => Ok(Cell::Int(n)),
        ValueRef::Blob(bytes) => Ok(Cell::Blob(bytes.to_vec())),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes)
            .map(|text| Cell::Text(text.to_owned()))
            .map_err(|_| DbError::Shape(format!("text that is not UTF-8, in: {sql}"))),
        ValueRef::Real(_) => Err(DbError::Shape(format!("a number with a fraction, in: {sql}"))),
    }
}

fn in_statement(sql: Sql, error: &rusqlite::Error) -> DbError {
    match classify(error) {
        DbError::Other(text) => DbError::Other(format!("{text}, in: {}", sql.sqlite)),
        known => known,
    }
}

/// The kind of an error of SQLite's.
pub(crate) fn classify(error: &rusqlite::Error) -> DbError {
    let text = error.to_string();
    let Some(failure) = error.sqlite_error() else {
        return DbError::Other(text);
    };
    let name = || text.split_once("failed: ").map_or("", |(_, name)| name).to_owned();
    match failure.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            DbError::Unique(name())
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => DbError::ForeignKey,
        ffi::SQLITE_CONSTRAINT_CHECK => DbError::Check(name()),
        ffi::SQLITE_CONSTRAINT_NOTNULL => DbError::NotNull(name()),
        ffi::SQLITE_CONSTRAINT_TRIGGER if text.contains(OVERLAP) => DbError::Overlap,
        ffi::SQLITE_CONSTRAINT_TRIGGER => DbError::Check(text),
        ffi::SQLITE_CONSTRAINT_DATATYPE => DbError::Shape(text),
        code => match code & 0xff {
            ffi::SQLITE_READONLY => DbError::ReadOnly,
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => DbError::Busy,
            ffi::SQLITE_FULL | ffi::SQLITE_IOERR | ffi::SQLITE_NOMEM => DbError::NotCommitted(text),
            ffi::SQLITE_INTERRUPT => DbError::Other("the statement took too long and was stopped".to_owned()),
            ffi::SQLITE_CANTOPEN | ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => DbError::Unavailable(text),
            _ => DbError::Other(text),
        },
    }
}
