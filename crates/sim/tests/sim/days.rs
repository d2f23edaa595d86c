//! Practice-days by the thousand: `SIM_DAYS=10000 cargo nextest run --cargo-profile sim -p holdspace-sim`. Without the
//! number there are only so many as a slow build plays in a minute.

use crate::number;
use holdspace_sim::Stage;
use holdspace_sim::minimise::minimise;
use holdspace_sim::modes::campaign;

/// Tests that share the days, each in a process of its own.
const SHARES: u64 = 4;
/// Days of all tests where nobody says how many.
const FEW: u64 = 120;
/// From this many days on a run must have reached every rare state.
const MANY: u64 = 2_000;
/// Seeds between the first ones of two shares.
const APART: u64 = 1_000_000;

fn play(share: u64) {
    let (stage, days) = (Stage::new(), number("SIM_DAYS").unwrap_or(FEW).div_ceil(SHARES));
    let played = campaign(&stage, 1 + share * APART, days, |_| {});
    if let Some(failure) = played.failures.first() {
        // Whoever counts mistakes wants to know that it broke, not how.
        let small = number("SIM_SMALLER").is_none_or(|wanted| wanted > 0).then(|| minimise(&stage, failure));
        panic!("{failure}\n{}", small.map(|small| format!("made smaller:\n{small}")).unwrap_or_default());
    }
    assert_eq!(played.days, days);
    let missing = played.sometimes.missing();
    assert!(days < MANY || missing.is_empty(), "never reached in {days} days: {missing:#?}");
}

// proves: V-16, G-08, G-10
#[test]
fn everybody_knows_whatever_goes_wrong_in_the_first_share() {
    play(0);
}

#[test]
fn everybody_knows_whatever_goes_wrong_in_the_second_share() {
    play(1);
}

#[test]
fn everybody_knows_whatever_goes_wrong_in_the_third_share() {
    play(2);
}

#[test]
fn everybody_knows_whatever_goes_wrong_in_the_fourth_share() {
    play(3);
}
