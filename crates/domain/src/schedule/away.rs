//! Time that a therapist is not free, whatever their hours say: the busy times of a diary that they keep elsewhere.

use super::merge;
use crate::time::Interval;
use serde::{Deserialize, Serialize};

/// The busy times of one diary. Only when, never what: titles stay where they were written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Away {
    source: String,
    times: Vec<Interval>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    source: String,
    times: Vec<Interval>,
}

impl From<Written> for Away {
    fn from(written: Written) -> Self {
        Self::new(written.source, written.times)
    }
}

impl Away {
    /// These times of the diary that goes by the name `source`, in any order; what overlaps or touches is joined.
    pub fn new(source: impl Into<String>, times: Vec<Interval>) -> Self {
        let real = times.into_iter().filter(|time| time.from < time.to).collect();
        Self { source: source.into(), times: merge(real) }
    }

    /// The name of the diary: a later one of the same name takes its place.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// When: sorted, apart from each other.
    pub fn times(&self) -> &[Interval] {
        &self.times
    }

    /// Those times that share a moment with the range.
    pub fn during(&self, range: Interval) -> &[Interval] {
        let first = self.times.partition_point(|time| time.to <= range.from);
        let behind = self.times.partition_point(|time| time.from < range.to);
        &self.times[first.min(behind)..behind]
    }
}

/// What is left of `open` without `closed`; both sorted and apart from each other, and so is the answer.
pub(super) fn without(open: Vec<Interval>, closed: &[Interval]) -> Vec<Interval> {
    let mut left = Vec::with_capacity(open.len());
    for piece in open {
        let mut from = piece.from;
        for gap in closed.iter().filter(|gap| gap.meets(piece)) {
            if from < gap.from {
                left.push(Interval::new(from, gap.from));
            }
            from = from.max(gap.to);
        }
        if from < piece.to {
            left.push(Interval::new(from, piece.to));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Instant;

    fn time(from: i64, to: i64) -> Interval {
        Interval::new(Instant::from_micros(from), Instant::from_micros(to))
    }

    #[test]
    fn times_are_joined_however_they_come_and_read_back_the_same() {
        let away = Away::new("work", vec![time(50, 60), time(10, 20), time(30, 30), time(15, 25), time(25, 28)]);
        assert_eq!(away.times(), [time(10, 28), time(50, 60)]);
        let text = serde_json::to_string(&away).expect("a document");
        assert_eq!(serde_json::from_str::<Away>(&text).expect("the same"), away);
    }

    #[test]
    fn a_range_gives_only_the_times_that_it_shares_a_moment_with() {
        let away = Away::new("work", vec![time(10, 20), time(30, 40), time(50, 60)]);
        assert_eq!(away.during(time(20, 30)), []);
        assert_eq!(away.during(time(19, 31)), [time(10, 20), time(30, 40)]);
        assert_eq!(away.during(time(60, 90)), []);
        assert_eq!(away.during(time(0, 90)).len(), 3);
        assert_eq!(away.during(time(35, 35)), [time(30, 40)]);
    }

    #[test]
    fn open_time_is_cut_by_what_closes_it() {
        let open = vec![time(0, 100), time(200, 300)];
        let closed = [time(10, 20), time(90, 210), time(290, 400)];
        assert_eq!(without(open, &closed), [time(0, 10), time(20, 90), time(210, 290)]);
    }
}
