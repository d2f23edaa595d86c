//! The rules of Holdspace. Pure: same arguments, same result. No IO, no clock, no randomness, no SQL, no HTTP.

pub mod access;
pub mod appointment;
pub mod attendance;
pub mod audit;
pub mod contact;
pub mod decide;
pub mod disruption;
pub mod id;
pub mod ledger;
pub mod message;
pub mod money;
pub mod obligation;
pub mod offer;
pub mod person;
pub mod policy;
pub mod practice;
pub mod reason;
pub mod refusal;
pub mod reserved;
pub mod risk;
pub mod schedule;
pub mod slots;
pub mod statement;
pub mod time;
