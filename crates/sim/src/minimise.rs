//! Makes a failure small: fewer days, fewer faults, fewer workers, people with fewer plans, as long as the same promise
//! breaks.

use crate::modes::{Failure, play};
use crate::plan::{Habits, Plan};
use crate::stage::Stage;

/// Runs that may be spent on it.
const TRIES: u32 = 80;

/// The smallest failure of the same promise that was found.
pub fn minimise(stage: &Stage, failure: &Failure) -> Failure {
    let mut best = failure.clone();
    let mut tries = TRIES;
    let mut attempt = |best: &mut Failure, plan: Plan| {
        if tries == 0 || plan == best.plan {
            return;
        }
        tries -= 1;
        let same = |broken: &crate::promises::Broken| broken.promise == best.broken.promise;
        if let Some(broken) = play(stage, &plan).broken.filter(same) {
            *best = Failure { plan, broken };
        }
    };
    for days in 1..failure.plan.days {
        if best.plan.days > days && days.is_power_of_two() {
            let plan = Plan { days, ..best.plan.clone() };
            attempt(&mut best, plan);
        }
    }
    let present: Vec<_> = best.plan.profile.present().collect();
    for (fault, _) in present {
        let profile = best.plan.profile.clone().with(fault, 0);
        let plan = Plan { profile, ..best.plan.clone() };
        attempt(&mut best, plan);
    }
    for workers in 1..best.plan.workers {
        if workers < best.plan.workers {
            let plan = Plan { workers, ..best.plan.clone() };
            attempt(&mut best, plan);
        }
    }
    for without in HABITS {
        let mut habits = best.plan.habits.clone();
        without(&mut habits);
        let plan = Plan { habits, ..best.plan.clone() };
        attempt(&mut best, plan);
    }
    best
}

/// Each takes one habit away.
const HABITS: [fn(&mut Habits); 10] = [
    |habits| habits.client_cancels = 0,
    |habits| habits.client_moves = 0,
    |habits| habits.therapist_cancels = 0,
    |habits| habits.therapist_asks = 0,
    |habits| habits.therapist_moves = 0,
    |habits| habits.practice_cancels = 0,
    |habits| habits.undoes = 0,
    |habits| habits.late = 0,
    |habits| habits.misses = 0,
    |habits| habits.no_show = 0,
];
