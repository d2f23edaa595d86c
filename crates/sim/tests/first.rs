//! Being written.
use holdspace_sim::{Plan, Run, Stage, faults::Profile};
#[test]
fn calm() {
    let stage = Stage::new();
    let start = std::time::Instant::now();
    let from: u64 = std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    let seeds: u64 = std::env::var("SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(3);
    let calm = std::env::var("CALM").is_ok();
    let mut sometimes = holdspace_sim::sometimes::Sometimes::default();
    for seed in from..from + seeds {
        let mut plan = Plan::of(seed, 10);
        if calm { plan.profile = Profile::calm(); }
        let report = Run::new(&stage, &plan, seeds == 1).play();
        sometimes.add(&report.sometimes);
        println!("{seed} {} workers {} lines {} trace {:x} {:?} {}", plan.preset, plan.workers, report.lines, report.trace, report.broken.as_ref().map(|b| b.to_string()), if report.broken.is_some() { plan.profile.to_string() } else { String::new() });
        if seeds == 1 && report.broken.is_some() { for line in report.words.iter().rev().take(120).rev() { println!("{line}"); } }
    }
    let days = (seeds * 10) as f64;
    println!("{} days/s", days / start.elapsed().as_secs_f64());
    println!("missing: {:#?}", sometimes.missing());
}
