//! The same seed is the same run.

use holdspace_sim::modes::{plan, play};
use holdspace_sim::{Run, Stage};

#[test]
fn the_same_seed_gives_the_same_trace_and_another_seed_another() {
    let stage = Stage::new();
    let mut before = 0;
    for seed in 40..46 {
        let plan = plan(seed, 3);
        let first = play(&stage, &plan);
        let again = Run::new(&Stage::new(), &plan, true).play();
        assert_eq!((first.trace, first.lines), (again.trace, again.lines), "seed {seed} is two runs");
        assert_ne!(first.trace, before, "seed {seed} is the run of another seed");
        before = first.trace;
    }
}
