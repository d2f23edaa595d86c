//! Dev only: what tests stand on.

pub mod postgres;
