use domain::policy::Preset;
use holdspace_sim::{Plan, Run, Stage, plan::Crashes, script::pieces};
fn main() {
    let args: Vec<u64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let stage = Stage::new();
    let piece = &pieces()[args[0] as usize];
    let mut plan = Plan::scripted(7, Preset::Clinic, piece.steps.clone());
    plan.crashes = Crashes::At(args[1]);
    let report = Run::new(&stage, &plan, true).play();
    println!("{} {:?}", piece.name, report.broken);
    for line in &report.words {
        println!("{line}");
    }
}
