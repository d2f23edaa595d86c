//! A table as rows of named fields, with problems that say where.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;

/// Something in a table that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, from 1 (the header's).
    pub line: u64,
    /// The header of the column; empty where the whole line is meant.
    pub column: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = if self.column.is_empty() { String::new() } else { format!(", column {}", self.column) };
        write!(f, "line {}{column}: {}. {}", self.line, self.what, self.remedy)
    }
}

/// A table as read: good rows, and what is wrong with the others. Import only where `problems` is empty, or after
/// somebody has agreed to leave the others out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<R> {
    /// The rows without problems, in order.
    pub rows: Vec<R>,
    /// The problems, in order.
    pub problems: Vec<Problem>,
}

/// How much of a table we are willing to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file.
    pub bytes: usize,
    /// Rows, the header not counted.
    pub rows: usize,
    /// Problems listed; the last one then says that there are more.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 10 * 1024 * 1024, rows: 50_000, problems: 500 }
    }
}

/// One row under inspection.
pub(super) struct Row<'a> {
    /// The line where it begins.
    pub line: u64,
    columns: &'a HashMap<&'static str, usize>,
    record: &'a csv::ByteRecord,
    problems: &'a mut Vec<Problem>,
}

impl Row<'_> {
    /// Notes a problem of one column.
    pub(super) fn wrong(&mut self, column: &str, what: impl Into<String>, remedy: &str) {
        let (what, remedy) = (what.into(), remedy.to_owned());
        self.problems.push(Problem { line: self.line, column: column.into(), what, remedy });
    }

    /// The field without blanks around it; `None` where it is empty or (with a problem) unusable.
    pub(super) fn text(&mut self, column: &'static str, longest: usize) -> Option<String> {
        let bytes = self.columns.get(column).and_then(|index| self.record.get(*index)).unwrap_or_default();
        let Ok(text) = std::str::from_utf8(bytes) else {
            self.wrong(column, "this is not UTF-8", "Save the file as CSV in UTF-8.");
            return None;
        };
        let text = text.trim();
        if text.chars().count() > longest {
            self.wrong(column, format!("this is longer than {longest} characters"), "Shorten it.");
            return None;
        }
        if text.chars().any(|c| c.is_control()) {
            self.wrong(column, "this holds a line break or another control character", "Write it in one line.");
            return None;
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A field that must not be empty, made into a value; `remedy` says what belongs there.
    pub(super) fn value<T>(
        &mut self,
        column: &'static str,
        longest: usize,
        remedy: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let before = self.problems.len();
        let Some(text) = self.text(column, longest) else {
            if self.problems.len() == before {
                self.wrong(column, "this is empty", remedy);
            }
            return None;
        };
        let value = parse(&text);
        if value.is_none() {
            self.wrong(column, format!("{text:?} does not belong here"), remedy);
        }
        value
    }

    /// Whether nothing has been wrong with this row.
    pub(super) fn is_good(&self) -> bool {
        self.problems.last().is_none_or(|problem| problem.line != self.line)
    }
}

/// Remembers what has been seen, to name rows that say the same thing twice.
pub(super) struct Seen<K>(HashMap<K, u64>);

impl<K: Eq + Hash> Seen<K> {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }
    /// The line that had this key before.
    pub(super) fn before(&mut self, key: K, line: u64) -> Option<u64> {
        let first = *self.0.entry(key).or_insert(line);
        (first != line).then_some(first)
    }
}

/// Reads a table with exactly these headers, in any order; `make` turns a row into a value or notes problems.
pub(super) fn read<R>(
    bytes: &[u8],
    headers: &[&'static str],
    limits: &Limits,
    mut make: impl FnMut(&mut Row<'_>) -> Option<R>,
) -> Table<R> {
    let mut problems = Vec::new();
    let mut rows = Vec::new();
    if bytes.len() > limits.bytes {
        let what = format!("the file has {} bytes, more than the {} that can be read", bytes.len(), limits.bytes);
        problems.push(whole(1, what, "Split it into smaller files."));
        return Table { rows, problems };
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = reader.byte_headers().cloned().unwrap_or_default();
    let columns = columns(&header, headers, &mut problems);
    if !problems.is_empty() {
        return Table { rows, problems };
    }
    for (index, record) in reader.byte_records().enumerate() {
        // The source is memory and records are flexible, so an error cannot happen; were there one, the rest is lost.
        let Ok(record) = record else { break };
        let line = record.position().map_or(0, |position| line_of(position, bytes));
        if index >= limits.rows || problems.len() >= limits.problems {
            let what = "there are more rows or problems than can be read at once";
            problems.truncate(limits.problems.saturating_sub(1));
            problems.push(whole(line, what, "Mend the problems above, or split the file."));
            break;
        }
        if record.len() != header.len() {
            let what = format!("this row has {} fields where the header has {}", record.len(), header.len());
            problems.push(whole(line, what, "Put a value that holds a comma in quotation marks."));
            continue;
        }
        let mut row = Row { line, columns: &columns, record: &record, problems: &mut problems };
        rows.extend(make(&mut row));
    }
    Table { rows, problems }
}

/// The line where a record's first character stands: csv counts from the empty lines before it.
fn line_of(position: &csv::Position, bytes: &[u8]) -> u64 {
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(bytes.len());
    let empty = bytes[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + empty.filter(|byte| **byte == b'\n').count() as u64
}

fn whole(line: u64, what: impl Into<String>, remedy: &str) -> Problem {
    Problem { line, column: String::new(), what: what.into(), remedy: remedy.into() }
}

/// Where each header stands; problems for those unknown, missing or there twice.
fn columns(
    record: &csv::ByteRecord,
    headers: &[&'static str],
    problems: &mut Vec<Problem>,
) -> HashMap<&'static str, usize> {
    let remedy = format!("The header line is: {}", headers.join(","));
    let mut columns = HashMap::new();
    let mut wrong = |column: &str, what: String| {
        let column = column.chars().take(60).collect();
        problems.push(Problem { line: 1, column, what, remedy: remedy.clone() });
    };
    for (index, name) in record.iter().enumerate() {
        let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
        match headers.iter().find(|header| **header == name) {
            None => wrong(&name, "this header is not known".into()),
            Some(header) if columns.insert(*header, index).is_some() => {
                wrong(&name, "this header is there twice".into())
            }
            Some(_) => {}
        }
    }
    for header in headers.iter().filter(|header| !columns.contains_key(*header)) {
        wrong(header, "this header is missing".into());
    }
    columns
}
