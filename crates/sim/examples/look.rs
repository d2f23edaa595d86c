use holdspace_sim::{Run, Stage, modes};
fn main() {
    let stage = Stage::new();
    let args: Vec<u64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let (from, seeds) = (args[0], args[1]);
    let start = std::time::Instant::now();
    let mut sometimes = holdspace_sim::sometimes::Sometimes::default();
    let mut bad = 0;
    for seed in from..from + seeds {
        let plan = modes::plan(seed, 10);
        let report = Run::new(&stage, &plan, seeds == 1).play();
        sometimes.add(&report.sometimes);
        if let Some(b) = &report.broken {
            bad += 1;
            println!("{seed} {} w{} lines {} {b}\n      {}", plan.preset, plan.workers, report.lines, plan.profile);
        }
        if seeds == 1 {
            println!("lines {} labels {}", report.lines, report.labels);
            for l in report.words.iter().rev().take(args.get(2).copied().unwrap_or(60) as usize).rev() {
                println!("{l}");
            }
        }
    }
    println!("{} days/s, {bad} bad", (seeds * 10) as f64 / start.elapsed().as_secs_f64());
    println!("missing {:#?}", sometimes.missing());
}
