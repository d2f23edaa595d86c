//! Writes down every statement with its values, in the order in which they ran, so that a benchmark can run the very
//! same ones in a bare loop. Only with the feature `record`; the product is built without it.

use crate::sql::Sql;
use crate::value::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// One statement as it ran.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its text on SQLite; empty where SQLite needs none.
    pub sqlite: &'static str,
    /// Its text on PostgreSQL; empty where PostgreSQL needs none.
    pub postgres: &'static str,
    /// Its values in the order of `$1`, `$2`, ….
    pub values: Vec<Value<'static>>,
}

static IS_ON: AtomicBool = AtomicBool::new(false);
static STATEMENTS: Mutex<Vec<Statement>> = Mutex::new(Vec::new());

/// From now on every statement of this process is written down.
pub fn start() {
    IS_ON.store(true, Ordering::SeqCst);
}

/// Takes what was written down so far, and goes on.
pub fn take() -> Vec<Statement> {
    std::mem::take(&mut *STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Writes no more down, and forgets what nobody took.
pub fn stop() {
    IS_ON.store(false, Ordering::SeqCst);
    take();
}

pub(crate) fn note(sql: Sql, values: &[Value<'_>]) {
    if !IS_ON.load(Ordering::Relaxed) {
        return;
    }
    let values = values.iter().cloned().map(Value::into_owned).collect();
    let statement = Statement { sqlite: sql.sqlite, postgres: sql.postgres, values };
    STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner).push(statement);
}
