//! What happened, line by line: a hash of all of it, and the last lines in words for whoever looks into a failure.

use domain::time::Instant;
use std::collections::VecDeque;
use std::fmt::{self, Write};

/// Lines that are kept in words.
const KEPT: usize = 400;

/// The trace of a run. Two runs of one plan have the same hash.
#[derive(Debug, Clone)]
pub struct Trace {
    hash: u64,
    lines: u64,
    line: String,
    kept: Option<VecDeque<String>>,
}

impl Trace {
    /// An empty trace, with words or without.
    pub fn new(in_words: bool) -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, lines: 0, line: String::new(), kept: in_words.then(VecDeque::new) }
    }

    /// Adds a line.
    pub fn note(&mut self, at: Instant, what: fmt::Arguments<'_>) {
        self.line.clear();
        // Writing into a string cannot fail.
        let _ = write!(self.line, "{} {what}", at.micros());
        for byte in self.line.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.lines += 1;
        if let Some(kept) = &mut self.kept {
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(format!("{at} {what}"));
        }
    }

    /// The hash of everything so far.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// How many lines there were.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The last lines, where words are kept.
    pub fn words(&self) -> Vec<String> {
        self.kept.iter().flatten().cloned().collect()
    }
}
