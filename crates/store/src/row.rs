//! What comes back: rows of cells read by position. A cell that is not what the code expects is a loud error.

use crate::error::{Corrupt, DbError};
use crate::sql::Sql;
use domain::audit::Hash;
use domain::id::{Id, Kind as IdKind};
use domain::time::{Instant, Span};
use std::str::FromStr;

/// One cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// No value.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// One row, in the order of the statement's columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub(crate) cells: Vec<Cell>,
    pub(crate) sql: Sql,
}

/// A type that can be read out of one cell.
pub trait FromCell: Sized {
    /// The value, or nothing where the cell is of another kind or out of range.
    fn from_cell(cell: &Cell) -> Option<Self>;
}

impl Row {
    /// The value at `index`, counted from 0; an `Option` where the column may be empty.
    pub fn get<T: FromCell>(&self, index: usize) -> Result<T, DbError> {
        let cell = self.cell(index)?;
        T::from_cell(cell).ok_or_else(|| self.unexpected(index, cell, std::any::type_name::<T>()))
    }

    /// The text at `index`, without a copy.
    pub fn text(&self, index: usize) -> Result<&str, DbError> {
        match self.cell(index)? {
            Cell::Text(text) => Ok(text),
            other => Err(self.unexpected(index, other, "text")),
        }
    }

    /// The text at `index` read as a word of ours; `column` (`table.column`) is blamed where it is not one.
    /// By convention the row's id is its first column.
    pub fn parse<T: FromStr>(&self, index: usize, column: &'static str) -> Result<T, DbError> {
        self.text(index)?.parse().map_err(|_| self.corrupt(column))
    }

    /// As `parse`, where the column may be empty.
    pub fn parse_opt<T: FromStr>(&self, index: usize, column: &'static str) -> Result<Option<T>, DbError> {
        match self.cell(index)? {
            Cell::Null => Ok(None),
            _ => self.parse(index, column).map(Some),
        }
    }

    /// The fault of a row that says something impossible in `column` (`table.column`).
    pub fn corrupt(&self, column: &'static str) -> DbError {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        let id = match self.cells.first() {
            Some(Cell::Text(id)) => id.clone(),
            Some(Cell::Int(id)) => id.to_string(),
            _ => "?".to_owned(),
        };
        DbError::Corrupt(Corrupt { table, id, column })
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether the row has no column at all.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    fn cell(&self, index: usize) -> Result<&Cell, DbError> {
        self.cells
            .get(index)
            .ok_or_else(|| DbError::Shape(format!("column {index} of {} is read, in: {}", self.cells.len(), self.sql)))
    }

    fn unexpected(&self, index: usize, cell: &Cell, wanted: &str) -> DbError {
        let found = match cell {
            Cell::Null => "nothing",
            Cell::Int(_) => "a number",
            Cell::Text(_) => "text",
            Cell::Blob(_) => "bytes",
        };
        DbError::Shape(format!("column {index} holds {found} where {wanted} is wanted, in: {}", self.sql))
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: &Cell) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

impl FromCell for String {
    fn from_cell(cell: &Cell) -> Option<Self> {
        if let Cell::Text(text) = cell { Some(text.clone()) } else { None }
    }
}

impl FromCell for Vec<u8> {
    fn from_cell(cell: &Cell) -> Option<Self> {
        if let Cell::Blob(bytes) = cell { Some(bytes.clone()) } else { None }
    }
}

impl<const N: usize> FromCell for [u8; N] {
    fn from_cell(cell: &Cell) -> Option<Self> {
        if let Cell::Blob(bytes) = cell { bytes.as_slice().try_into().ok() } else { None }
    }
}

impl FromCell for Hash {
    fn from_cell(cell: &Cell) -> Option<Self> {
        <[u8; 32]>::from_cell(cell).map(Hash::from_bytes)
    }
}

impl FromCell for i64 {
    fn from_cell(cell: &Cell) -> Option<Self> {
        if let Cell::Int(n) = cell { Some(*n) } else { None }
    }
}

impl FromCell for u32 {
    fn from_cell(cell: &Cell) -> Option<Self> {
        i64::from_cell(cell)?.try_into().ok()
    }
}

impl FromCell for bool {
    fn from_cell(cell: &Cell) -> Option<Self> {
        match i64::from_cell(cell)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl FromCell for Instant {
    fn from_cell(cell: &Cell) -> Option<Self> {
        i64::from_cell(cell).map(Instant::from_micros)
    }
}

impl FromCell for Span {
    fn from_cell(cell: &Cell) -> Option<Self> {
        i64::from_cell(cell).map(Span::micros)
    }
}

impl<K: IdKind> FromCell for Id<K> {
    fn from_cell(cell: &Cell) -> Option<Self> {
        if let Cell::Text(text) = cell { text.parse().ok() } else { None }
    }
}
