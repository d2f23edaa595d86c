//! Reading a diary that somebody else wrote: tolerant of what calendars really contain, exact about time, and
//! clear about what could not be understood (line and column).

mod event;
mod expand;
mod lines;
mod rule;
mod series;
mod value;
mod windows;
mod zones;

use domain::time::{Instant, Interval, Zone};
use expand::Budget;
use std::fmt;

/// One stretch of time in somebody's diary; a recurring event gives one of these for each time it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiaryEvent {
    /// The event's UID; empty where the diary gives none. All times of a recurring event share it.
    pub uid: String,
    /// First moment.
    pub start: Instant,
    /// First moment after; equal to `start` for an event without length.
    pub end: Instant,
    /// Whether it is a matter of whole days in the reader's zone.
    pub all_day: bool,
    /// Its title, cut at 500 characters.
    pub summary: String,
    /// Whether it takes the time up: neither transparent nor free nor cancelled.
    pub busy: bool,
    /// Whether the diary says that it is cancelled.
    pub cancelled: bool,
    /// The line where its VEVENT begins.
    pub line: u32,
}

/// Something in the diary that could not be understood. The rest is still read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, from 1.
    pub line: u32,
    /// The character of that line, from 1.
    pub column: u32,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}. {}", self.line, self.column, self.what, self.remedy)
    }
}

/// A diary as read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diary {
    /// Everything that meets the window, by start.
    pub events: Vec<DiaryEvent>,
    /// What could not be understood, in order of discovery.
    pub problems: Vec<Problem>,
}

/// How much of a diary we are willing to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file.
    pub bytes: usize,
    /// Events after expansion.
    pub events: usize,
    /// Steps of expanding recurrence rules over the whole file: bounds the work a hostile rule can cause.
    pub steps: u64,
    /// Problems listed; the last one then says that there are more.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 10 * 1024 * 1024, events: 50_000, steps: 5_000_000, problems: 500 }
    }
}

/// Reads a diary. Times without a zone, and whole days, are meant in `zone` (the therapist's). Only events that meet
/// `window` come back.
pub fn read(bytes: &[u8], zone: &Zone, window: Interval) -> Diary {
    read_within(bytes, zone, window, &Limits::default())
}

/// [`read`] with other limits.
pub fn read_within(bytes: &[u8], zone: &Zone, window: Interval, limits: &Limits) -> Diary {
    let mut problems = Problems::new(limits.problems);
    if bytes.len() > limits.bytes {
        let what = format!("the file has {} bytes, more than the {} that can be read", bytes.len(), limits.bytes);
        problems.add((1, 1), what, "Export a shorter stretch of time.");
        return Diary { events: Vec::new(), problems: problems.list };
    }
    let components = lines::components(bytes, &mut problems);
    let mut budget = Budget::new(limits.steps);
    let zones = zones::Zones::new(&components.zones, zone, window.to, &mut budget, &mut problems);
    let events: Vec<_> = components.events.iter().filter_map(|raw| event::parse(raw, &zones, &mut problems)).collect();
    let mut reader = series::Reader::new(zone, window, limits.events, &mut budget, &mut problems);
    for group in series::by_uid(&events) {
        reader.group(&group);
    }
    let mut events = reader.finish();
    events.sort_by(|a, b| (a.start, a.end, &a.uid, a.line).cmp(&(b.start, b.end, &b.uid, b.line)));
    Diary { events, problems: problems.list }
}

/// Where something stands: line and column from 1.
type Place = (u32, u32);

/// The problems so far, bounded.
struct Problems {
    list: Vec<Problem>,
    limit: usize,
}

impl Problems {
    fn new(limit: usize) -> Self {
        Self { list: Vec::new(), limit: limit.max(1) }
    }

    fn add(&mut self, (line, column): Place, what: impl Into<String>, remedy: &str) {
        if self.list.len() + 1 < self.limit {
            self.list.push(Problem { line, column, what: what.into(), remedy: remedy.into() });
        } else if self.list.len() < self.limit {
            let what = format!("there are more problems than the {} listed", self.limit - 1);
            self.list.push(Problem { line, column, what, remedy: "Mend the ones above first.".into() });
        }
    }
}
