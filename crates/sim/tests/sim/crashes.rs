//! Every set piece with a worker killed at every label that it passes.

use crate::number;
use domain::policy::Preset;
use holdspace_sim::Stage;
use holdspace_sim::modes::crash_everywhere;
use holdspace_sim::script::pieces;
use holdspace_sim::sometimes::Sometimes;

/// In a slow build only every so many-th label.
const FEW: usize = 9;

#[test]
fn whichever_step_a_worker_dies_at_everybody_is_told() {
    let every = if number("SIM_DAYS").is_some() { 1 } else { FEW };
    let (stage, mut sometimes) = (Stage::new(), Sometimes::default());
    for piece in pieces() {
        match crash_everywhere(&stage, Preset::Clinic, &piece, every, &mut sometimes) {
            Ok(labels) => assert!(labels > 8, "{} passes only {labels} labels", piece.name),
            Err(failure) => panic!("{}: {failure}", piece.name),
        }
    }
    for state in [
        "a worker died with a job claimed",
        "a worker died with a message taken",
        "a worker died before the hand-off",
        "a worker died after the hand-off",
        "a worker died after the record",
        "a message was sent a second time",
    ] {
        assert!(every > 1 || !sometimes.missing().contains(&state), "never reached: {state}");
    }
}
