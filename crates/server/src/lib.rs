//! Flows, portals, API and workers of Holdspace: everything between a request and the store.

pub mod actor;
pub mod body;
pub mod call;
pub mod clock;
pub mod config;
pub mod dice;
pub mod error;
pub mod keys;
pub mod rate;
pub mod words;
