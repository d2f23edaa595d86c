//! Dev only: real servers, a real browser and independent parsers for the tests of the upper crates.
//!
//! Every harness starts its server as a child in the foreground on a free port of 127.0.0.1 and, when dropped, stops it
//! and waits for it. What a harness cannot do it says by panicking with the remedy: a test that cannot run has failed.

pub mod browser;
pub mod child;
pub mod cluster;
pub mod exim;
pub mod http_peer;
pub mod ics;
pub mod kannel;
pub mod letter;
pub mod lossy;
pub mod postgres;
pub mod push_service;
pub mod python;
pub mod scratch;
pub mod tls;
pub mod wait;
pub mod world;

use std::path::{Path, PathBuf};

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Whether this process runs as root; servers that refuse root are then started as their own user.
#[must_use]
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}
