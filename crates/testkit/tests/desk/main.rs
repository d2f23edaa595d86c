//! The desk in a real browser: accessible, quiet, and nothing wider than the screen.

extern crate server as holdspace_server;

mod day;
#[path = "../../../server/tests/desk/house.rs"]
mod house;
mod looks;
mod sent;
