//! Telling people by other ways than a letter: how a short text is written and counted, and what a short reply means.

pub mod answer;
pub mod reply;
pub mod route;
pub mod short_text;
