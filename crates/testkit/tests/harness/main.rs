//! The harnesses themselves: what they promise to other tests, they keep.

mod browser;
mod ics;
mod mail;
mod own_cluster;
mod sms;
mod world;
