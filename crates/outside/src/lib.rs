//! The only network client of Holdspace, and the text formats that travel outside.
//!
//! Nothing here decides anything: callers pass moments, ids and bytes in, and get typed outcomes back.

pub mod address;
pub mod handed;
pub mod ical;
pub mod mail;
pub mod push;
pub mod sms;
pub mod table;
