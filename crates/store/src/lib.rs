//! The only SQL in Holdspace. Flows are plain synchronous code, `FnMut(&mut Tx) -> Result<…>`, and run unchanged on
//! embedded SQLite and on PostgreSQL.
//!
//! To add a noun: a table in `migrations/`, sample rows in `migrations/sample/`, a module here with the statements
//! (`sql!`), a `from_row`, and functions that take `&mut Tx`. `tests/statements.rs` finds every `sql!` by itself and
//! prepares it on both engines.

pub mod address;
pub mod appointment;
pub mod audit;
pub mod bookkeeping;
pub mod change_request;
pub mod command;
pub mod contact;
pub mod conversation;
pub mod disruption;
mod engine;
mod error;
mod flow;
pub mod guide;
pub mod inbound;
pub mod job;
pub mod ledger;
pub mod link;
pub mod link_request;
pub mod message;
mod migrate;
pub mod obligation;
pub mod occupancy;
pub mod offer;
mod page;
pub mod pathway;
pub mod person;
pub mod policy;
pub mod practice;
pub mod push;
mod read;
#[cfg(feature = "record")]
pub mod record;
pub mod relationship;
pub mod replay;
pub mod reserved_slot;
pub mod risk;
mod row;
pub mod sample;
mod search;
pub mod session;
mod sql;
pub mod standing;
pub mod statement;
mod store;
pub mod tally;
pub mod template;
pub mod therapist;
pub mod ticket;
pub mod token;
mod tx;
pub mod undo;
mod value;
pub mod writing;

pub use engine::sqlite_tx::sqlite_is_safe;
pub use error::{Corrupt, DbError};
pub use flow::{Committed, Done};
pub use migrate::{Dialect, MIGRATIONS, Migration};
pub use page::{Cursor, LONGEST as LONGEST_PAGE, NotACursor, Page};
pub use row::{Cell, FromCell, Row};
pub use sql::Sql;
pub use store::{Config, Pooler, Store};
pub use tx::Tx;
pub use value::{Kind, Stored, Value};
