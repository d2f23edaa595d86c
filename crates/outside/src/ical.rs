//! iCalendar text (RFC 5545): invitations and feeds that we write, diaries that others wrote.

pub mod read;
mod text;
pub mod write;

pub use text::{escape, fold, unescape};
