//! The desk of therapists and of the office, as people meet it: over HTTP, without JavaScript, read as text.

mod contact;
mod day;
mod house;
mod moves;
mod page;
mod policy;
mod practice;
mod record;
mod templates;
mod therapist;
