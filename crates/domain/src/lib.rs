//! The rules of Holdspace. Pure: same arguments, same result. No IO, no clock, no randomness, no SQL, no HTTP.

pub mod access;
pub mod audit;
pub mod id;
pub mod money;
pub mod person;
pub mod refusal;
pub mod time;
