//! PostgreSQL: one connection, its prepared statements, and what its errors mean.

use super::sqlite_tx::wrong_count;
use crate::error::DbError;
use crate::row::{Cell, Row};
use crate::sql::Sql;
use crate::store::Pooler;
use crate::tx::May;
use crate::value::{Kind, Value};
use postgres::error::SqlState;
use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type};
use postgres::{Client, NoTls, Statement};
use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

/// Oldest PostgreSQL that we run on.
const OLDEST: i64 = 150_000;
const LIMITS: &str = "SET lock_timeout = '4s'; SET statement_timeout = '15s'; SET client_min_messages = 'warning'";
const LIMITS_LOCAL: &str = "; SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '15s'";
const READ_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
const READ_ONLY: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

type Fault = Box<dyn Error + Sync + Send>;

struct Prepared {
    statement: Statement,
    kinds: Vec<Kind>,
}

/// A connection that a worker owns.
pub(crate) struct Session {
    client: Client,
    prepared: HashMap<&'static str, Prepared>,
    pooler: Pooler,
    /// The connection is gone.
    pub lost: bool,
}

impl Session {
    pub fn connect(url: &str, pooler: Pooler) -> Result<Self, DbError> {
        let unavailable = |e: postgres::Error| DbError::Unavailable(in_words(&e));
        let mut config: postgres::Config = url.parse().map_err(unavailable)?;
        config.application_name("holdspace").connect_timeout(Duration::from_secs(5));
        let mut client = config.connect(NoTls).map_err(unavailable)?;
        check_version(&mut client)?;
        if pooler == Pooler::None {
            client.batch_execute(LIMITS).map_err(unavailable)?;
        }
        Ok(Self { client, prepared: HashMap::new(), pooler, lost: false })
    }

    pub fn begin(&mut self, may: May) -> Result<(), DbError> {
        let begin = if may == May::Read { READ_ONLY } else { READ_WRITE };
        match self.pooler {
            Pooler::None => self.control(begin),
            Pooler::Transaction => self.control(&format!("{begin}{LIMITS_LOCAL}")),
        }
    }

    /// BEGIN, SAVEPOINT and the like, and migrations.
    pub fn control(&mut self, text: &str) -> Result<(), DbError> {
        self.client.batch_execute(text).map_err(|e| self.classify(&e, text))
    }

    /// Whether the connection is known to be gone.
    pub fn is_closed(&self) -> bool {
        self.lost || self.client.is_closed()
    }

    /// COMMIT. `Err(Unknown)`: the connection was lost on the way.
    pub fn commit(&mut self) -> Result<(), DbError> {
        self.client.batch_execute("COMMIT").map_err(|e| {
            let class = e.code().map_or("", |code| &code.code()[..2]);
            match class {
                "23" | "40" => self.classify(&e, "COMMIT"),
                _ => {
                    self.lost = true;
                    DbError::Unknown
                }
            }
        })
    }

    pub fn query(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<Vec<Row>, DbError> {
        if sql.postgres.is_empty() {
            return Ok(Vec::new());
        }
        let found = match self.pooler {
            Pooler::None => {
                let statement = self.prepare(sql, values)?;
                self.client.query(&statement, &as_parameters(values))
            }
            Pooler::Transaction => {
                check_count(sql, values)?;
                self.client.query_typed(sql.postgres, &as_typed(values))
            }
        };
        let rows = found.map_err(|e| self.classify(&e, sql.postgres))?;
        rows.iter().map(|row| to_row(row, sql)).collect()
    }

    pub fn execute(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<u64, DbError> {
        if sql.postgres.is_empty() {
            return Ok(0);
        }
        let done = match self.pooler {
            Pooler::None => {
                let statement = self.prepare(sql, values)?;
                self.client.execute(&statement, &as_parameters(values))
            }
            Pooler::Transaction => {
                check_count(sql, values)?;
                self.client.execute_typed(sql.postgres, &as_typed(values))
            }
        };
        done.map_err(|e| self.classify(&e, sql.postgres))
    }

    /// The statement, prepared with the types of its values. Untyped, PostgreSQL would take `$1 - 43200` for int4.
    fn prepare(&mut self, sql: Sql, values: &[Value<'_>]) -> Result<Statement, DbError> {
        if let Some(known) = self.prepared.get(sql.postgres) {
            if known.kinds.len() != values.len() {
                return Err(wrong_count(sql, known.kinds.len(), values.len()));
            }
            if let Some(n) = known.kinds.iter().zip(values).position(|(kind, value)| *kind != value.kind()) {
                return Err(DbError::Shape(format!("${} changes its type, in: {sql}", n + 1)));
            }
            return Ok(known.statement.clone());
        }
        check_count(sql, values)?;
        let kinds: Vec<Kind> = values.iter().map(Value::kind).collect();
        let types: Vec<Type> = kinds.iter().map(|kind| type_of(*kind)).collect();
        let statement = self.client.prepare_typed(sql.postgres, &types).map_err(|e| self.classify(&e, sql.postgres))?;
        self.prepared.insert(sql.postgres, Prepared { statement: statement.clone(), kinds });
        Ok(statement)
    }

    fn classify(&mut self, error: &postgres::Error, text: &str) -> DbError {
        let Some(db) = error.as_db_error() else {
            let converted = error.source().is_some_and(|source| source.is::<NotOurs>());
            if converted {
                return DbError::Shape(format!("{}, in: {text}", in_words(error)));
            }
            // Everything else that does not come from the server is a broken connection.
            self.lost = true;
            return DbError::Retry(in_words(error));
        };
        let constraint = || db.constraint().unwrap_or_default().to_owned();
        match db.code() {
            &SqlState::UNIQUE_VIOLATION if db.constraint() == Some("occupancy_pkey") => DbError::Overlap,
            &SqlState::UNIQUE_VIOLATION => DbError::Unique(constraint()),
            &SqlState::EXCLUSION_VIOLATION => DbError::Overlap,
            &SqlState::FOREIGN_KEY_VIOLATION => DbError::ForeignKey,
            &SqlState::CHECK_VIOLATION => DbError::Check(constraint()),
            &SqlState::NOT_NULL_VIOLATION => DbError::NotNull(db.column().unwrap_or_default().to_owned()),
            &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => DbError::Retry(in_words(error)),
            &SqlState::READ_ONLY_SQL_TRANSACTION => DbError::ReadOnly,
            &SqlState::LOCK_NOT_AVAILABLE | &SqlState::QUERY_CANCELED => DbError::Busy,
            &SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN | &SqlState::CANNOT_CONNECT_NOW => {
                self.lost = true;
                DbError::Retry(in_words(error))
            }
            // A cached plan that no longer fits, or a statement that a pooler forgot: begin afresh.
            &SqlState::FEATURE_NOT_SUPPORTED if db.message().contains("cached plan") => self.forget(error),
            &SqlState::INVALID_SQL_STATEMENT_NAME => self.forget(error),
            code if code.code().starts_with("53") => DbError::NotCommitted(in_words(error)),
            _ => DbError::Other(format!("{}, in: {text}", in_words(error))),
        }
    }

    fn forget(&mut self, error: &postgres::Error) -> DbError {
        self.prepared.clear();
        DbError::Retry(in_words(error))
    }
}

fn check_version(client: &mut Client) -> Result<(), DbError> {
    let found = client.simple_query("SHOW server_version_num").map_err(|e| DbError::Unavailable(in_words(&e)))?;
    let version = found.iter().find_map(|message| match message {
        postgres::SimpleQueryMessage::Row(row) => row.get(0)?.parse::<i64>().ok(),
        _ => None,
    });
    match version {
        Some(version) if version >= OLDEST => Ok(()),
        Some(version) => Err(DbError::Unavailable(format!("PostgreSQL {} is too old; 15 is needed", version / 10_000))),
        None => Err(DbError::Unavailable("the server does not say which PostgreSQL it is".to_owned())),
    }
}

/// The error with its causes; the crate's own text is only "db error".
fn in_words(error: &postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(db), _) => format!("{} ({})", db.message(), db.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

fn check_count(sql: Sql, values: &[Value<'_>]) -> Result<(), DbError> {
    let highest = sql
        .postgres
        .split('$')
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
        .max()
        .unwrap_or(0);
    if highest == values.len() { Ok(()) } else { Err(wrong_count(sql, highest, values.len())) }
}

fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Int => Type::INT8,
        Kind::Text => Type::TEXT,
        Kind::Blob => Type::BYTEA,
    }
}

fn as_parameters<'a>(values: &'a [Value<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn as_typed<'a>(values: &'a [Value<'a>]) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
    values.iter().map(|value| (value as &(dyn ToSql + Sync), type_of(value.kind()))).collect()
}

fn to_row(row: &postgres::Row, sql: Sql) -> Result<Row, DbError> {
    let cells = (0..row.len()).map(|index| {
        row.try_get::<_, Cell>(index)
            .map_err(|e| DbError::Shape(format!("column {index}: {}, in: {sql}", in_words(&e))))
    });
    Ok(Row { cells: cells.collect::<Result<_, _>>()?, sql })
}

/// A value or a column has a type that we do not use.
#[derive(Debug, thiserror::Error)]
#[error("type {0} is not one of ours; cast it to BIGINT, TEXT or BYTEA")]
struct NotOurs(Type);

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match self {
            Value::Null(_) => Ok(IsNull::Yes),
            Value::Int(n) if *ty == Type::INT8 => n.to_sql(ty, out),
            Value::Text(text) if *ty == Type::TEXT => text.as_ref().to_sql(ty, out),
            Value::Blob(bytes) if *ty == Type::BYTEA => bytes.as_ref().to_sql(ty, out),
            _ => Err(Box::new(NotOurs(ty.clone()))),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

impl<'a> FromSql<'a> for Cell {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(Cell::Int),
            Type::INT4 => i32::from_sql(ty, raw).map(|n| Cell::Int(n.into())),
            Type::INT2 => i16::from_sql(ty, raw).map(|n| Cell::Int(n.into())),
            Type::BOOL => bool::from_sql(ty, raw).map(|yes| Cell::Int(yes.into())),
            Type::TEXT | Type::VARCHAR => String::from_sql(ty, raw).map(Cell::Text),
            Type::BYTEA => Vec::from_sql(ty, raw).map(Cell::Blob),
            _ => Err(Box::new(NotOurs(ty.clone()))),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Fault> {
        Ok(Cell::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
