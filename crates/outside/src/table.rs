//! Tables that a practice brings along: clients and appointments as CSV with a header line.
//!
//! Every row is either a typed value or a list of problems that name line, column and remedy. Nothing is guessed.

mod appointments;
mod clients;
mod rows;

pub use appointments::{AppointmentRow, PastOrPlanned, SessionKind, Start, appointments};
pub use clients::{ClientRow, Prefers, clients};
pub use rows::{Limits, Problem, Table};
