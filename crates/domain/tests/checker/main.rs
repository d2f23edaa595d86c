//! The model checker of the rules: seeded sequences of commands and passing time against a reference model that was
//! written apart from the product, and against the invariants of the catalogue.
//!
//! `CHECKER_FROM` and `CHECKER_SEEDS` choose the seeds of a longer run, `CHECKER_REPORTS` how many different
//! broken promises are shown before it stops.

extern crate holdspace_domain as domain;

mod broken;
mod invariants;
mod keep;
#[path = "../support/people.rs"]
#[allow(dead_code, reason = "the checker needs some of the people only")]
mod people;
mod play;
mod reference;
mod steps;
mod words;
mod world;

use broken::Broken;
use play::Play;
use std::collections::BTreeSet;
use steps::{Step, Story, story};
use world::World;

/// Seeds of one of the four tests.
const SEEDS: u64 = 25_000;

/// How far a sequence came, for the tallies.
#[derive(Default)]
struct Tally {
    accepted: u64,
    refused: u64,
}

fn play(story: &Story, steps: &[Step], tally: &mut Tally) -> Result<(), Broken> {
    let mut play = Play::new(World::new(story.preset, story.variant));
    let mut all = || {
        steps.iter().try_for_each(|step| play.step(step))?;
        play.go_to_the_end()
    };
    let kept = all();
    tally.accepted += play.accepted;
    tally.refused += play.refused;
    kept
}

/// The same failure of the same promise with as few steps as still show it.
fn shrink(story: &Story, broken: Broken) -> (Vec<Step>, Broken) {
    let (mut steps, mut broken) = (story.steps.clone(), broken);
    let mut n = 0;
    while n < steps.len() {
        let mut fewer = steps.clone();
        fewer.remove(n);
        match play(story, &fewer, &mut Tally::default()) {
            Err(still) if still.promise == broken.promise => (steps, broken) = (fewer, still),
            _ => n += 1,
        }
    }
    (steps, broken)
}

fn report(seed: u64, story: &Story, broken: Broken) -> String {
    let (steps, broken) = shrink(story, broken);
    let list: Vec<String> = steps.iter().map(|step| format!("  {step:?}")).collect();
    format!(
        "seed {seed} breaks [{}]: {}\npreset {:?} with {}\n{}",
        broken.promise,
        broken.words,
        story.preset,
        steps::changes(story.preset, story.variant),
        list.join("\n")
    )
}

fn number(name: &str) -> Option<u64> {
    #[allow(clippy::disallowed_methods, reason = "a longer run chooses its seeds")]
    std::env::var(name).ok()?.parse().ok()
}

#[allow(clippy::disallowed_macros, reason = "says how far it came, and which sequence breaks a promise")]
fn check(part: u64) {
    let count = number("CHECKER_SEEDS").unwrap_or(SEEDS);
    let from = number("CHECKER_FROM").unwrap_or(0) + part * count;
    let (mut tally, mut known) = (Tally::default(), BTreeSet::new());
    let most = number("CHECKER_REPORTS").unwrap_or(1);
    for seed in from..from + count {
        let story = story(seed);
        if let Err(broken) = play(&story, &story.steps, &mut tally)
            && known.insert(broken.promise)
        {
            eprintln!("{}\n", report(seed, &story, broken));
            if known.len() as u64 >= most {
                break;
            }
        }
    }
    assert!(known.is_empty(), "broken: {known:?}");
    println!("seeds {from} to {}: {} accepted, {} refused", from + count, tally.accepted, tally.refused);
    // A checker that only ever hears no has checked nothing.
    assert!(tally.accepted > count && tally.refused > count, "too little happened");
}

// proves: V-04, V-07, G-02, G-08, H-05, H-09, H-10, E-02, E-04, E-06
#[test]
fn the_first_quarter_of_the_sequences_keeps_every_promise() {
    check(0);
}

#[test]
fn the_second_quarter_of_the_sequences_keeps_every_promise() {
    check(1);
}

#[test]
fn the_third_quarter_of_the_sequences_keeps_every_promise() {
    check(2);
}

#[test]
fn the_last_quarter_of_the_sequences_keeps_every_promise() {
    check(3);
}
