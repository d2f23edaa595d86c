//! The simulator at work: days by the thousand, set pieces with a worker killed at every label, and the same seed twice.

mod crashes;
mod days;
mod matrix;
mod mutants;
mod same;

/// A number that is said from outside.
#[allow(clippy::disallowed_methods, reason = "how long the tests are, is said from outside")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}
