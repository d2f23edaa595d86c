//! The clocks of the machines: the server's and each worker's. True time is the heap's; these may stand or leap back.

use crate::chance::Chance;
use crate::faults::Fault;
use crate::plan::Plan;
use domain::time::{Instant, Interval, Span};

/// What is wrong with a clock for a while.
#[derive(Debug, Clone, Copy)]
enum Wrong {
    /// It is an hour behind.
    Behind,
    /// It stands where it stood.
    Stands,
}

/// All clocks; number 0 is the server's, the others are the workers'.
#[derive(Debug, Clone, Default)]
pub struct Clocks(Vec<(usize, Interval, Wrong)>);

impl Clocks {
    /// The clocks of a plan.
    pub fn plan(plan: &Plan, luck: &mut Chance) -> Self {
        let mut wrong = Vec::new();
        for day in 0..i64::from(plan.days) {
            for (fault, kind) in [(Fault::ClockBack, Wrong::Behind), (Fault::ClockStall, Wrong::Stands)] {
                if plan.profile.rate(fault) > 0 && luck.happens(250) {
                    let node = luck.below(plan.workers as u64 + 1) as usize;
                    let from = plan.starts + Span::hours(24 * day) + luck.between(Span::hours(6), Span::hours(20));
                    let lasts = match kind {
                        Wrong::Behind => luck.between(Span::minutes(5), Span::hours(3)),
                        Wrong::Stands => luck.between(Span::seconds(30), Span::minutes(20)),
                    };
                    wrong.push((node, Interval::new(from, from + lasts), kind));
                }
            }
        }
        Self(wrong)
    }

    /// They are set right.
    pub fn calm(&mut self) {
        self.0.clear();
    }

    /// What the server's clock shows.
    pub fn of_the_server(&self, now: Instant) -> Instant {
        self.read(0, now)
    }

    /// What a worker's clock shows.
    pub fn of_worker(&self, worker: usize, now: Instant) -> Instant {
        self.read(worker + 1, now)
    }

    /// Which fault a worker's clock has, for the table of states.
    pub fn wrong(&self, worker: usize, now: Instant) -> Option<&'static str> {
        self.at(worker + 1, now).map(|(_, wrong)| match wrong {
            Wrong::Behind => "a clock was an hour behind",
            Wrong::Stands => "a clock stood still",
        })
    }

    fn at(&self, node: usize, now: Instant) -> Option<(Interval, Wrong)> {
        let found = self.0.iter().find(|(which, time, _)| *which == node && time.from <= now && now < time.to);
        found.map(|(_, time, wrong)| (*time, *wrong))
    }

    fn read(&self, node: usize, now: Instant) -> Instant {
        match self.at(node, now) {
            Some((_, Wrong::Behind)) => now - Span::hours(1),
            Some((time, Wrong::Stands)) => time.from,
            None => now,
        }
    }
}
