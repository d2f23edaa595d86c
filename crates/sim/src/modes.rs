//! The ways of playing: many seeds in a row, and one set piece with a worker killed at every label in turn.

use crate::plan::{Crashes, Plan};
use crate::promises::Broken;
use crate::run::{Report, Run};
use crate::script::Piece;
use crate::sometimes::Sometimes;
use crate::stage::Stage;
use domain::policy::Preset;

/// Days of one run.
pub const RUN_DAYS: u32 = 10;

/// A run that broke a promise, and how to see it again.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The plan.
    pub plan: Plan,
    /// What broke.
    pub broken: Broken,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Plan { seed, days, preset, workers, profile, .. } = &self.plan;
        write!(f, "SEED={seed} days={days} {preset} workers={workers} faults: {profile}\n  {}", self.broken)?;
        if let Crashes::At(label) = self.plan.crashes {
            write!(f, "\n  with a worker killed at label {label}")?;
        }
        Ok(())
    }
}

/// What many runs came to.
#[derive(Debug, Clone, Default)]
pub struct Campaign {
    /// Practice-days that were played.
    pub days: u64,
    /// Runs.
    pub runs: u64,
    /// Rare states that were reached.
    pub sometimes: Sometimes,
    /// Runs that broke a promise.
    pub failures: Vec<Failure>,
}

/// Plays one plan.
pub fn play(stage: &Stage, plan: &Plan) -> Report {
    Run::new(stage, plan, false).play()
}

/// Plays as many practice-days, each run with the next seed, until a promise is broken. Every fourth run ends while the
/// faults go on (safety); in the others they stop, and everything must come to rest (liveness). `played` hears of each.
pub fn campaign(stage: &Stage, first: u64, days: u64, mut played: impl FnMut(&Report)) -> Campaign {
    let mut all = Campaign::default();
    while all.days < days && all.failures.is_empty() {
        let of_run = u64::from(RUN_DAYS).min(days - all.days);
        let plan = plan(first + all.runs, of_run as u32);
        let report = play(stage, &plan);
        all.runs += 1;
        all.days += of_run;
        all.sometimes.add(&report.sometimes);
        played(&report);
        all.failures.extend(report.broken.map(|broken| Failure { plan, broken }));
    }
    all
}

/// The plan of a seed in a campaign.
pub fn plan(seed: u64, days: u32) -> Plan {
    Plan { to_rest: seed % 4 != 1, ..Plan::of(seed, days) }
}

/// Plays a set piece once as it is and once for every label that its workers pass, with one of them killed there.
/// Gives the number of labels; `every` is 1 for all of them, or more to skip some.
///
/// # Errors
/// The first run that broke a promise.
pub fn crash_everywhere(
    stage: &Stage,
    preset: Preset,
    piece: &Piece,
    every: usize,
    sometimes: &mut Sometimes,
) -> Result<u64, Box<Failure>> {
    let mut plan = Plan::scripted(7, preset, piece.steps.clone());
    if piece.unreachable {
        plan.profile =
            plan.profile.with(crate::faults::Fault::MailRefused, 1000).with(crate::faults::Fault::TextFails, 1000);
    }
    let whole = play(stage, &plan);
    let failed = |plan: Plan, broken: Broken| Err(Box::new(Failure { plan, broken }));
    if let Some(broken) = whole.broken {
        return failed(plan, broken);
    }
    for label in (1..=whole.labels).step_by(every.max(1)) {
        let killed = Plan { crashes: Crashes::At(label), ..plan.clone() };
        let report = play(stage, &killed);
        sometimes.add(&report.sometimes);
        if let Some(broken) = report.broken {
            return failed(killed, broken);
        }
    }
    Ok(whole.labels)
}
