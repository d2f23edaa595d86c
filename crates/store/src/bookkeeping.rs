//! The tables that may be written without an audit entry: leases, attempts, counters, tokens (`rulings` 10).

use crate::error::DbError;
use crate::sql::Sql;
use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

/// Everything that `write_unaudited` may write. Each is bookkeeping: losing it loses no fact about a person. Of a
/// message only where it stands on its way; what came of it is recorded with an entry.
pub const TABLES: &[&str] = &[
    "job",
    "command",
    "message",
    "message_try",
    "session",
    "sign_in_token",
    "replay",
    "writing",
    "inbound",
    "tally",
    "link_request",
];

/// Statements that were found to be bookkeeping, by where their text lies in the program: each is read once.
static READ: RwLock<BTreeSet<[usize; 4]>> = RwLock::new(BTreeSet::new());

/// Refuses a statement that writes any other table.
pub(crate) fn check(sql: Sql) -> Result<(), DbError> {
    let place = [sql.sqlite.as_ptr() as usize, sql.sqlite.len(), sql.postgres.as_ptr() as usize, sql.postgres.len()];
    if READ.read().unwrap_or_else(PoisonError::into_inner).contains(&place) {
        return Ok(());
    }
    read(sql)?;
    READ.write().unwrap_or_else(PoisonError::into_inner).insert(place);
    Ok(())
}

fn read(sql: Sql) -> Result<(), DbError> {
    written_tables(sql.postgres)
        .chain(written_tables(sql.sqlite))
        .find(|table| !TABLES.contains(table))
        .map_or(Ok(()), |table| Err(DbError::NeedsAudit(table.to_owned())))
}

/// The tables that a statement inserts into, updates or deletes from, common table expressions included.
fn written_tables(text: &'static str) -> impl Iterator<Item = &'static str> {
    let words = || text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty());
    let before = std::iter::once("").chain(words());
    words().zip(before).zip(words().skip(1)).filter_map(|((word, before), after)| {
        let is = |w: &str, wanted: &str| w.eq_ignore_ascii_case(wanted);
        let writes = is(word, "INTO")
            || (is(word, "FROM") && is(before, "DELETE"))
            || (is(word, "UPDATE") && !["FOR", "KEY", "DO"].iter().any(|w| is(before, w)));
        writes.then_some(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql;

    #[test]
    fn the_written_table_is_found_in_every_kind_of_statement() {
        let of = |sql: Sql| written_tables(sql.postgres).collect::<Vec<_>>();
        assert_eq!(of(sql!("INSERT INTO job(a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET a = 1")), ["job"]);
        assert_eq!(of(sql!("update appointment set a = 1 where id = $1 returning a")), ["appointment"]);
        assert_eq!(of(sql!("DELETE FROM occupancy WHERE owner = $1")), ["occupancy"]);
        assert!(of(sql!("SELECT a FROM job WHERE id = $1", pg " FOR UPDATE SKIP LOCKED")).is_empty());
        assert!(of(sql!("SELECT a FROM subject_lock", pg " FOR NO KEY UPDATE")).is_empty());
    }

    #[test]
    fn a_table_that_is_not_listed_needs_an_audit_entry() {
        assert_eq!(check(sql!("UPDATE job SET fence = 1")), Ok(()));
        let refused = check(sql!("DELETE FROM occupancy"));
        assert_eq!(refused, Err(DbError::NeedsAudit("occupancy".to_owned())));
    }
}
