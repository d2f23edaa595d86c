//! The simulator: the product's own flows, store and worker in one thread, under a clock that moves from event to event,
//! with post that goes wrong in every way and people who act on what they were told (`reliability` 4.1, `rulings` 15).
//!
//! It stands where `outside` stands: the worker gives it a call, it gives an outcome back. So the product holds no mock,
//! and nothing here decides anything for it. What is judged is what people saw.
//!
//! A run is a [`Plan`]: a seed, days, a practice, what goes wrong and how often, what people do. The same plan gives the
//! same trace. Read `run.rs` first, then `workers.rs`, `people/` and `promises/`.

#![deny(missing_docs)]

pub mod chance;
mod clocks;
pub mod faults;
pub mod matrix;
pub mod minimise;
pub mod modes;
pub mod people;
pub mod plan;
pub mod promises;
pub mod run;
mod scheduler;
pub mod script;
pub mod sometimes;
pub mod stage;
pub mod trace;
mod workers;
pub mod world;

pub use plan::Plan;
pub use run::{Report, Run};
pub use stage::Stage;
