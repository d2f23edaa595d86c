//! Clients' pages as people without scripts meet them: over HTTP, with a real database and an injected clock.

mod book;
mod browser;
mod choose;
mod day;
mod house;
mod manage;
mod own;
