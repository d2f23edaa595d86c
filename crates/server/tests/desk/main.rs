//! The desk of therapists and of the office, as people meet it: over HTTP, without JavaScript, read as text.

mod house;
mod page;
mod policy;
mod practice;
mod record;
mod therapist;
