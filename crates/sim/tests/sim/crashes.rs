//! Every set piece with a worker killed at every label that it passes.

use domain::policy::Preset;
use holdspace_sim::Stage;
use holdspace_sim::modes::crash_everywhere;
use holdspace_sim::script::pieces;
use holdspace_sim::sometimes::Sometimes;

#[test]
fn whichever_step_a_worker_dies_at_everybody_is_told() {
    let (stage, mut sometimes) = (Stage::new(), Sometimes::default());
    for piece in pieces() {
        match crash_everywhere(&stage, Preset::Clinic, &piece, &mut sometimes) {
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
        assert!(!sometimes.missing().contains(&state), "never reached: {state}");
    }
}
