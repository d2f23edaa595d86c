//! Placeholder.
#![allow(clippy::disallowed_macros, reason = "what it prints is what it is for")]

fn main() {}
