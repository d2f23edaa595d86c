//! Who has which time taken, while a table is being checked.

use domain::time::{Instant, Interval, Span};
use std::collections::{BTreeMap, BTreeSet};

/// No stretch is longer (`store::occupancy::LONGEST`).
const LONGEST: Span = store::occupancy::LONGEST;

/// The taken time of everybody concerned, by their id.
#[derive(Debug, Default)]
pub(super) struct Calendars(BTreeMap<String, BTreeMap<Instant, Instant>>);

impl Calendars {
    /// What is taken already.
    pub fn of(taken: &BTreeMap<String, Vec<Interval>>) -> Self {
        let each = |times: &Vec<Interval>| times.iter().map(|time| (time.from, time.to)).collect();
        Self(taken.iter().map(|(who, times)| (who.clone(), each(times))).collect())
    }

    /// Takes more.
    pub fn take(&mut self, who: &str, time: Interval) {
        self.0.entry(who.to_owned()).or_default().insert(time.from, time.to);
    }

    /// What somebody has taken around a time: all that could meet it, and what comes within half a day of it.
    pub fn around(&self, who: &str, time: Interval) -> Vec<Interval> {
        let Some(taken) = self.0.get(who) else { return Vec::new() };
        let near = taken.range(time.from - LONGEST..time.to + LONGEST);
        near.map(|(from, to)| Interval::new(*from, *to)).collect()
    }
}

/// A line of the table and the time that it takes of somebody.
pub(super) struct Taken {
    /// Whose time.
    pub who: String,
    /// From when to when.
    pub time: Interval,
    /// The line.
    pub line: u64,
}

/// The lines that take time which another line takes too, each with that other line.
pub(super) fn overlaps(mut all: Vec<Taken>) -> BTreeSet<(u64, u64)> {
    all.sort_by(|a, b| (&a.who, a.time, a.line).cmp(&(&b.who, b.time, b.line)));
    let mut found = BTreeSet::new();
    let mut longest: Option<&Taken> = None;
    for taken in &all {
        match longest.filter(|before| before.who == taken.who) {
            Some(before) if taken.time.from < before.time.to => {
                found.insert((before.line.max(taken.line), before.line.min(taken.line)));
                if taken.time.to > before.time.to {
                    longest = Some(taken);
                }
            }
            _ => longest = Some(taken),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(who: &str, line: u64, from: i64, to: i64) -> Taken {
        let at = |minutes| Instant::from_micros(0) + Span::minutes(minutes);
        Taken { who: who.to_owned(), time: Interval::new(at(from), at(to)), line }
    }

    #[test]
    fn lines_that_take_the_same_time_are_found_in_pairs_and_neighbours_are_not() {
        let all = vec![
            taken("maya", 2, 0, 50),
            taken("maya", 3, 50, 100),
            taken("maya", 5, 90, 120),
            taken("maya", 4, 100, 110),
            taken("ruth", 6, 0, 50),
        ];
        assert_eq!(overlaps(all), BTreeSet::from([(5, 3), (5, 4)]));
    }

    #[test]
    fn a_long_time_is_held_against_everything_inside_it() {
        let all = vec![taken("maya", 2, 0, 500), taken("maya", 3, 10, 20), taken("maya", 4, 400, 450)];
        assert_eq!(overlaps(all), BTreeSet::from([(3, 2), (4, 2)]));
    }
}
