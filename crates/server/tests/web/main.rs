//! The surface as browsers and programs meet it: over HTTP, with a real database and an injected clock.

mod access;
mod api;
mod forms;
mod headers;
mod signin;
mod world;
