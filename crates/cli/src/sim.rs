//! `holdspace sim`: plays practice-days with faulty post and people who act, and says which promise broke.

use crate::talk::{Failure, Told};
use ::sim::Stage;
use ::sim::minimise::minimise;
use ::sim::modes::{Campaign, campaign};
use clap::Args as Arguments;
use indicatif::{ProgressBar, ProgressStyle};

/// What the command takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace sim --seed 1 --days 1000\n\nEach run of ten days has the next seed, and the same seed is always the same run. Nothing is written and nothing leaves this machine. Exit code 0: every promise was kept; 1: one was broken, and the seed that shows it is printed."
)]
pub struct Args {
    /// The seed of the first run.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Practice-days to play.
    #[arg(long, default_value_t = 1_000)]
    days: u64,
    /// Do not print how often each rare state was reached.
    #[arg(long)]
    quiet: bool,
}

/// Plays.
///
/// # Errors
/// The promise that was broken, with the smallest run that shows it.
pub fn run(args: &Args) -> Told {
    let bar = bar(args.days);
    let stage = Stage::new();
    let played = campaign(&stage, args.seed, args.days, |report| bar.inc(u64::from(report.days)));
    bar.finish_and_clear();
    if !args.quiet {
        table(&played);
    }
    let Some(failure) = played.failures.first() else {
        println!("{} practice-days in {} runs: every promise was kept", played.days, played.runs);
        return Ok(());
    };
    println!("{failure}");
    println!("making it smaller ...");
    let small = minimise(&stage, failure);
    println!("{small}");
    let seed = failure.plan.seed;
    Err(Failure::new(format!(
        "promise {} was broken; see it again with: holdspace sim --seed {seed} --days {}",
        small.broken.promise, failure.plan.days
    )))
}

fn bar(days: u64) -> ProgressBar {
    let bar = ProgressBar::new(days).with_message("practice-days");
    match ProgressStyle::with_template("{msg:16} [{bar:32}] {pos}/{len} {per_sec}") {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}

fn table(played: &Campaign) {
    for (state, times) in played.sometimes.table() {
        println!("{times:>8}  {state}");
    }
}
