//! Free times: where a therapist's hours leave room for an appointment.
//!
//! Starts count in wall time from a window's opening. A start that the clocks skip does not exist; one that they repeat
//! appears twice, each with its own offset. The appointment lasts its minutes of elapsed time and must end inside the
//! window; the time kept free after it may reach beyond. It is free if [start, end + buffer) meets nothing busy.

use crate::policy::Parameters;
use crate::schedule::{KindSetup, MeetingKind, Run, Schedule, merge};
use crate::time::{Instant, Interval, Span};

/// What is being looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    /// Starts from this moment on.
    pub from: Instant,
    /// Starts before this moment.
    pub to: Instant,
    /// The present moment.
    pub now: Instant,
    /// No start sooner than this from now.
    pub min_notice: Span,
    /// No start later than this from now.
    pub horizon: Span,
}

impl Search {
    /// What clients of this practice may book themselves between two moments.
    pub fn for_clients(parameters: &Parameters, from: Instant, to: Instant, now: Instant) -> Self {
        let min_notice = Span::hours(parameters.booking.min_notice_hours.into());
        Self { from, to, now, min_notice, horizon: Span::hours(24 * i64::from(parameters.slot.horizon_days)) }
    }

    /// What staff may offer: the same, at any notice.
    pub fn for_staff(parameters: &Parameters, from: Instant, to: Instant, now: Instant) -> Self {
        Self { min_notice: Span::ZERO, ..Self::for_clients(parameters, from, to, now) }
    }

    /// The starts that this search allows: from the first moment up to, not including, the second. What begins this very
    /// moment is over for booking at any notice.
    fn range(&self) -> Interval {
        let soonest = self.now + self.min_notice.max(Span::micros(1));
        let latest = self.now + self.horizon + Span::micros(1);
        Interval::new(self.from.max(soonest), self.to.min(latest))
    }
}

/// The free times for this kind of meeting, sorted. `busy` is what occupies the therapist, buffers and holds included,
/// in any order; what the therapist's diaries take is added here. A kind that the therapist does not offer has none.
pub fn free(schedule: &Schedule, kind: MeetingKind, busy: &[Interval], search: Search) -> Vec<Interval> {
    let range = search.range();
    let Some(setup) = schedule.kinds.get(&kind).filter(|setup| setup.minutes > 0 && range.from < range.to) else {
        return Vec::new();
    };
    let kept_free = Span::minutes(setup.buffer_after_minutes.into());
    let reach = Interval::new(range.from, range.to + Span::minutes(setup.minutes.into()) + kept_free);
    let taken = busy.iter().copied().filter(|taken| taken.from < taken.to);
    let busy = merge(taken.chain(schedule.away_during(reach)).collect());
    let mut found = Vec::new();
    let mut taken = Cursor { busy: &busy, next: 0 };
    schedule.each_run(kind, range, |runs| {
        let first = found.len();
        for run in runs {
            starts(run, setup, range, |start| found.push(start));
        }
        if runs.len() > 1 {
            found[first..].sort_unstable();
        }
        keep_free(&mut found, first, &mut taken, kept_free);
    });
    found
}

/// Whether exactly this start is among the free times.
pub fn is_free(schedule: &Schedule, kind: MeetingKind, busy: &[Interval], start: Instant, search: Search) -> bool {
    let inside = search.from <= start && start < search.to;
    let only = Search { from: start, to: start + Span::micros(1), ..search };
    inside && free(schedule, kind, busy, only).iter().any(|slot| slot.from == start)
}

fn starts(run: &Run, setup: &KindSetup, range: Interval, mut each: impl FnMut(Interval)) {
    let step = Span::minutes(setup.start_every_minutes.max(1).into()).as_micros();
    let length = Span::minutes(setup.minutes.into()).as_micros();
    let earliest = run.from.max(range.from.micros());
    let latest = run.to.min(range.to.micros()).min(run.closes - length + 1);
    let behind = (earliest - run.opening).max(0);
    let mut start = run.opening + (behind + step - 1) / step * step;
    while start < latest {
        each(Interval::new(Instant::from_micros(start), Instant::from_micros(start + length)));
        start += step;
    }
}

struct Cursor<'a> {
    busy: &'a [Interval],
    next: usize,
}

/// Drops from `found[first..]`, which is sorted, what is busy, and twins.
fn keep_free(found: &mut Vec<Interval>, first: usize, taken: &mut Cursor<'_>, buffer: Span) {
    let mut kept = first;
    for n in first..found.len() {
        let slot = found[n];
        while taken.busy.get(taken.next).is_some_and(|busy| busy.to <= slot.from) {
            taken.next += 1;
        }
        let blocked = taken.busy.get(taken.next).is_some_and(|busy| busy.from < slot.to + buffer);
        let twin = kept > first && found[kept - 1].from == slot.from;
        if !blocked && !twin {
            found[kept] = slot;
            kept += 1;
        }
    }
    found.truncate(kept);
}

#[cfg(test)]
mod tests;
