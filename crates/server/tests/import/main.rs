//! A practice brings its diaries, clients and appointments along: over a real database on each engine.

mod appointments;
mod clients;
mod diaries;
mod house;
mod large;
