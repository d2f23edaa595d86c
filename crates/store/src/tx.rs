//! One transaction, the same for both engines. A flow gets `&mut Tx`, runs statements, and returns.

use crate::bookkeeping;
use crate::engine::postgres_session::Session;
use crate::engine::sqlite_tx;
use crate::error::DbError;
use crate::row::Row;
use crate::sql::Sql;
use crate::value::Value;
use rusqlite::Connection;

/// The engine that a transaction runs on.
pub(crate) enum Engine<'a> {
    /// Inside a savepoint of the writer's transaction, or inside a read transaction.
    Sqlite(&'a Connection),
    /// Inside its own transaction.
    Postgres(&'a mut Session),
}

/// What a transaction may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum May {
    /// Everything, because an audit entry follows.
    Write,
    /// Only the tables of `bookkeeping`.
    KeepBooks,
    /// Nothing; the engine enforces it.
    Read,
}

/// A transaction in progress.
///
/// A statement that failed poisons it: PostgreSQL would silently roll back a transaction that goes on after an error
/// and SQLite would silently keep it, so the store refuses both with `Poisoned`. `attempt` is the way to go on.
pub struct Tx<'a> {
    engine: Engine<'a>,
    may: May,
    failed: Option<DbError>,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(engine: Engine<'a>, may: May) -> Self {
        Self { engine, may, failed: None }
    }

    /// The first statement that failed and was not taken back, if any.
    pub(crate) fn failed(&self) -> Option<&DbError> {
        self.failed.as_ref()
    }

    /// All rows that the statement gives, also of a write with RETURNING. `RETURNING` has no order of its own.
    pub fn query(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<Vec<Row>, DbError> {
        let may = self.may;
        self.run(sql, values, |engine| match engine {
            Engine::Sqlite(connection) => sqlite_tx::query(connection, sql, values, may),
            Engine::Postgres(session) => session.query(sql, values),
        })
    }

    /// The one row that the statement gives, or none; two or more are a `Shape` error.
    pub fn query_opt(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<Option<Row>, DbError> {
        let mut rows = self.query(sql, values)?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            n => Err(self.fail(DbError::Shape(format!("{n} rows where at most one is wanted, in: {sql}")))),
        }
    }

    /// The one row that the statement always gives, such as a count.
    pub fn query_one(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<Row, DbError> {
        let row = self.query_opt(sql, values)?;
        row.ok_or_else(|| self.fail(DbError::Shape(format!("no row where one is wanted, in: {sql}"))))
    }

    /// Runs the statement and says how many rows it wrote.
    pub fn execute(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<u64, DbError> {
        let may = self.may;
        self.run(sql, values, |engine| match engine {
            Engine::Sqlite(connection) => sqlite_tx::execute(connection, sql, values, may),
            Engine::Postgres(session) => session.execute(sql, values),
        })
    }

    /// Runs `act` so that its failure can be survived: where it ends in an error its work is taken back and the
    /// flow may go on. The outer error is for faults after which nothing can go on.
    pub fn attempt<R, E: From<DbError>>(
        &mut self,
        act: impl FnOnce(&mut Tx<'_>) -> Result<R, E>,
    ) -> Result<Result<R, E>, DbError> {
        self.control("SAVEPOINT attempt")?;
        let result = act(self);
        let failed = self.failed.take();
        if let Some(fatal @ (DbError::Retry(_) | DbError::NotCommitted(_))) = failed {
            return Err(self.fail(fatal));
        }
        let result = match (result, failed) {
            (Ok(_), Some(_)) => Err(DbError::Poisoned.into()),
            (result, _) => result,
        };
        if result.is_err() {
            self.control("ROLLBACK TO SAVEPOINT attempt")?;
        }
        self.control("RELEASE SAVEPOINT attempt")?;
        Ok(result)
    }

    #[cfg_attr(not(feature = "record"), allow(unused_variables, reason = "only a record wants the values"))]
    fn run<R>(
        &mut self,
        sql: Sql,
        values: &[Value<'_>],
        act: impl FnOnce(&mut Engine<'a>) -> Result<R, DbError>,
    ) -> Result<R, DbError> {
        if self.failed.is_some() {
            return Err(DbError::Poisoned);
        }
        #[cfg(feature = "record")]
        crate::record::note(sql, values);
        if self.may == May::KeepBooks {
            bookkeeping::check(sql).map_err(|e| self.fail(e))?;
        }
        act(&mut self.engine).map_err(|e| self.fail(e))
    }

    fn control(&mut self, text: &'static str) -> Result<(), DbError> {
        if self.failed.is_some() {
            return Err(DbError::Poisoned);
        }
        let done = match &mut self.engine {
            Engine::Sqlite(connection) => sqlite_tx::control(connection, text),
            Engine::Postgres(session) => session.control(text),
        };
        done.map_err(|e| self.fail(e))
    }

    fn fail(&mut self, error: DbError) -> DbError {
        self.failed.get_or_insert_with(|| error.clone());
        error
    }
}
