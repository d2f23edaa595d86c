//! Reading a row column by column, in the order of its statement, and distrusting what it says.

use crate::error::DbError;
use crate::row::{FromCell, Row};
use domain::money::{Currency, Money};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// A row and how far it was read.
pub(crate) struct Columns<'r> {
    row: &'r Row,
    next: usize,
}

impl<'r> Columns<'r> {
    /// The row from its first column.
    pub fn of(row: &'r Row) -> Self {
        Self::from(row, 0)
    }

    /// The row from this column.
    pub fn from(row: &'r Row, first: usize) -> Self {
        Self { row, next: first }
    }

    fn step(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    /// The next column as it is.
    pub fn get<T: FromCell>(&mut self) -> Result<T, DbError> {
        let index = self.step();
        self.row.get(index)
    }

    /// The next column's text.
    pub fn text(&mut self) -> Result<&'r str, DbError> {
        let index = self.step();
        self.row.text(index)
    }

    /// The next column as a word or id of ours; `column` is blamed where it is none.
    pub fn parse<T: FromStr>(&mut self, column: &'static str) -> Result<T, DbError> {
        let index = self.step();
        self.row.parse(index, column)
    }

    /// As `parse`, where the column may be empty.
    pub fn parse_opt<T: FromStr>(&mut self, column: &'static str) -> Result<Option<T>, DbError> {
        let index = self.step();
        self.row.parse_opt(index, column)
    }

    /// The next column as a document.
    pub fn json<T: DeserializeOwned>(&mut self, column: &'static str) -> Result<T, DbError> {
        let row = self.row;
        serde_json::from_str(self.text()?).map_err(|_| row.corrupt(column))
    }

    /// As `json`, where the column may be empty.
    pub fn json_opt<T: DeserializeOwned>(&mut self, column: &'static str) -> Result<Option<T>, DbError> {
        let text: Option<String> = self.get()?;
        text.map(|text| serde_json::from_str(&text).map_err(|_| self.row.corrupt(column))).transpose()
    }

    /// The fault of this row.
    pub fn corrupt(&self, column: &'static str) -> DbError {
        self.row.corrupt(column)
    }
}

/// A document as text. Fails only for a type that JSON cannot hold.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|why| DbError::Shape(format!("not a document: {why}")))
}

/// The minor units of an amount that must be in this currency, because its row has one currency for all.
pub(crate) fn minor_in(currency: Currency, money: Option<Money>, check: &str) -> Result<Option<i64>, DbError> {
    match money {
        Some(money) if money.currency != currency => Err(DbError::Check(check.to_owned())),
        money => Ok(money.map(|money| money.amount_minor)),
    }
}
