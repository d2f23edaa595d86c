//! The demo as programs and browsers meet it: the built command, over HTTP.

mod browser;
mod clock;
mod doors;
mod faults;
mod links;
mod people;
mod world;
