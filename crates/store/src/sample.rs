//! Sample rows: every migration is tested over the data of the ones before it, and tests of the surfaces begin with
//! the people in them.

use crate::error::DbError;
use crate::migrate::MIGRATIONS;
use crate::row::Cell;
use crate::sql::Sql;
use crate::store::Store;
use crate::vals;
use std::collections::BTreeMap;

/// One person of each role, and one who may no longer sign in, in one practice.
pub const PEOPLE: &str = include_str!("../migrations/sample/0003.sql");

impl Store {
    /// Adds sample rows. For tests only: nothing of it goes on record.
    #[doc(hidden)]
    pub fn load_sample(&self, script: &str) -> Result<(), DbError> {
        self.on_target(|target| {
            let script = target.dialect().render(script);
            target.run(&script)
        })
    }

    /// Makes a SQLite file behave as on a full disk, or lets it grow again. For tests only.
    #[doc(hidden)]
    pub fn fill_the_disk(&self, full: bool) -> Result<(), DbError> {
        // One page is less than there is: SQLite takes the present number instead.
        let text = if full { "PRAGMA max_page_count = 1" } else { "PRAGMA max_page_count = 1000000" };
        self.write_unaudited(move |tx| tx.query(Sql::new(text, ""), vals![]).map(drop))
    }

    /// Every row of every table as text, by table: what a test compares before and after something that must change
    /// nothing. For tests only.
    #[doc(hidden)]
    pub fn all_rows(&self) -> Result<BTreeMap<&'static str, Vec<String>>, DbError> {
        self.on_target(|target| {
            let mut all = BTreeMap::new();
            for (table, columns) in tables() {
                // A few dozen short texts in the life of a test process.
                let text: &'static str = Box::leak(format!("SELECT {columns} FROM {table} ORDER BY {columns}").into());
                let rows = target.tx().query(Sql::new(text, text), vals![])?;
                all.insert(table, rows.iter().map(|row| shown(&row.cells)).collect());
            }
            Ok(all)
        })
    }
}

/// Every table that the steps make, with its columns.
fn tables() -> impl Iterator<Item = (&'static str, String)> {
    let texts = MIGRATIONS.iter().flat_map(|step| step.text.split("CREATE TABLE ").skip(1));
    texts.filter_map(|text| {
        let (table, body) = text.split_once(" (\n")?;
        let lines = body.lines().take_while(|line| !line.starts_with(')'));
        let columns = lines.filter_map(|line| line.trim_start().split_once(" {")).map(|(column, _)| column);
        Some((table, columns.collect::<Vec<_>>().join(", ")))
    })
}

fn shown(cells: &[Cell]) -> String {
    let cells: Vec<String> = cells
        .iter()
        .map(|cell| match cell {
            Cell::Null => "-".to_owned(),
            Cell::Int(n) => n.to_string(),
            Cell::Text(text) => format!("{text:?}"),
            Cell::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
        .collect();
    cells.join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_found_with_all_its_columns() {
        let tables: BTreeMap<_, _> = tables().collect();
        assert_eq!(tables["audit_head"], "practice, seq, hash");
        assert!(tables.len() > 20 && tables.values().all(|columns| !columns.is_empty()), "{tables:?}");
        let store = Store::memory().expect("a store");
        store.load_sample(PEOPLE).expect("people");
        let rows = store.all_rows().expect("rows");
        assert_eq!(rows["practice"].len(), 1);
        assert!(rows["appointment"].is_empty());
    }
}
