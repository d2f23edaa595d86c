//! What an import says: a word on each line, what is wrong with it, and the sum.

use serde::Serialize;
use std::collections::BTreeMap;

/// Problems that are listed; a file with more has one fault that is repeated.
const LISTED: usize = 500;

/// Something that stops the import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The line of the file, from 1; 0 where the file or an option is meant.
    pub line: u64,
    /// The column: a header of the table, a character of the diary's line, or the option; may be empty.
    pub column: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Problem {
    /// A problem of one line.
    pub fn of_line(line: u64, column: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { line, column: column.to_owned(), what: what.into(), remedy: remedy.into() }
    }

    /// A problem of an option.
    pub fn of_option(option: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::of_line(0, option, what, remedy)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.line, self.column.as_str()) {
            (0, "") => {}
            (0, option) => write!(f, "{option}: ")?,
            (line, "") => write!(f, "line {line}: ")?,
            (line, column) => write!(f, "line {line}, column {column}: ")?,
        }
        write!(f, "{}. {}", self.what.trim_end_matches('.'), self.remedy)
    }
}

/// One word about a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The line of the file, from 1; 0 where the whole file is meant.
    pub line: u64,
    /// What is done, or worth knowing.
    pub said: String,
}

/// What was done, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `diary`, `clients` or `appointments`.
    pub what: &'static str,
    /// Whether nothing was to change.
    pub dry_run: bool,
    /// Whether anything was written.
    pub written: bool,
    /// The practice's name, once it is known.
    pub practice: Option<String>,
    /// How many of each thing.
    pub counts: BTreeMap<&'static str, u64>,
    /// What is done with each line.
    pub lines: Vec<Line>,
    /// What is worth knowing but stops nothing.
    pub notes: Vec<Line>,
    /// What stops it; then nothing was written.
    pub problems: Vec<Problem>,
    /// Where it stands on the record.
    pub receipt: Option<String>,
}

impl Report {
    pub(super) fn new(what: &'static str, dry_run: bool) -> Self {
        Self {
            what,
            dry_run,
            written: false,
            practice: None,
            counts: BTreeMap::new(),
            lines: Vec::new(),
            notes: Vec::new(),
            problems: Vec::new(),
            receipt: None,
        }
    }

    pub(super) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub(super) fn line(&mut self, line: u64, said: impl Into<String>) {
        self.lines.push(Line { line, said: said.into() });
    }

    pub(super) fn note(&mut self, line: u64, said: impl Into<String>) {
        self.notes.push(Line { line, said: said.into() });
    }

    /// In the order of the file; a list that is too long says so.
    pub(super) fn tidy(&mut self) {
        self.lines.sort_by_key(|line| line.line);
        self.notes.sort_by_key(|line| line.line);
        self.problems.sort_by_key(|problem| problem.line);
        if self.problems.len() > LISTED {
            let more = self.problems.len() - LISTED;
            self.problems.truncate(LISTED);
            let last = format!("there are {more} more problems than the {LISTED} listed");
            self.problems.push(Problem::of_line(0, "", last, "Mend the ones above first."));
        }
    }
}

/// Hears how far it has come.
pub trait Progress: Send + Sync {
    /// A part begins, of so many steps. It may begin again: what the database refuses at first is tried once more.
    fn begin(&self, what: &'static str, steps: u64);
    /// One step of it is done.
    fn step(&self);
}

/// Does not care how far it has come.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl Progress for Quiet {
    fn begin(&self, _: &'static str, _: u64) {}
    fn step(&self) {}
}
