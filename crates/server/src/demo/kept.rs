//! What a demo keeps beside its database: that it was set up whole, how often it was started, and its clock.

use domain::time::{Instant, Span};
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::Path;

/// The file's name in the data directory.
pub const FILE: &str = "demo.json";

/// The clock as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptClock {
    /// It stands at this moment.
    Standing(Instant),
    /// It runs this far ahead of the machine's.
    Ahead(Span),
}

/// What is kept. That the file is there says that the demo's data is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    format: u32,
    /// How often this demo was started: chance is rolled afresh each time.
    pub runs: u32,
    /// Its clock.
    pub clock: KeptClock,
}

impl Kept {
    /// What to keep.
    pub fn new(runs: u32, clock: KeptClock) -> Self {
        Self { format: 1, runs, clock }
    }

    /// What was kept; nothing where this directory holds no whole demo.
    ///
    /// # Errors
    /// What the machine says about the file, or that it is of another program.
    pub fn read(path: &Path) -> std::io::Result<Option<Self>> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let kept: Self = serde_json::from_str(&text).map_err(std::io::Error::other)?;
        match kept.format {
            1 => Ok(Some(kept)),
            _ => Err(std::io::Error::other("it was written by a newer holdspace")),
        }
    }

    /// Writes it down: wholly or not at all.
    ///
    /// # Errors
    /// What the machine says.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let beside = path.with_extension("json.new");
        std::fs::write(&beside, serde_json::to_vec(self).map_err(std::io::Error::other)?)?;
        std::fs::rename(&beside, path)
    }
}
