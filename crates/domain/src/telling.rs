//! Telling people by other ways than a letter: what they wish and by which way it goes, how a
//! short text is written and counted, and what a short reply means.

pub mod address;
pub mod answer;
pub mod consent;
pub mod digest;
pub mod made;
pub mod pace;
pub mod push;
pub mod reply;
pub mod route;
pub mod short_text;
pub mod template;
