//! Rare states, and how often runs reached them: a promise that was never put to the test is no promise kept.

use std::collections::BTreeMap;

/// Every state that must have been reached by a set of runs that means anything.
pub const STATES: &[&str] = &[
    "a client booked by a link",
    "a client booked in the portal",
    "a client called off through a link",
    "a client moved through a link",
    "a client took an offered time",
    "a client declined every offered time",
    "a client opened the link of a message",
    "a client was told on the phone",
    "a client was not reached on the phone",
    "a client did not come",
    "a client came after a move",
    "a client answered that they wait",
    "a client reported that nobody came",
    "a therapist called off with times",
    "a therapist called off with a promise",
    "a therapist called off with a link",
    "a therapist asked for another time",
    "a therapist moved with agreement",
    "a therapist took an edit back",
    "a therapist was late",
    "a therapist did not come",
    "a practice called off",
    "a whole day was called off",
    "an attendance update was made",
    "a duty escalated",
    "a stale form was refused",
    "a second click was refused",
    "two wanted the same time",
    "a client was reminded",
    "a text went off",
    "a text was delivered",
    "a number had its fill of texts",
    "a text failed and the letter behind it went",
    "a text arrived and the letter behind it stayed",
    "a text stayed silent and the letter behind it went",
    "a text waited for the morning",
    "a receipt came twice",
    "a text came after a newer word",
    "a receipt came after the end of the story",
    "a number was refused for good",
    "a letter was refused for good",
    "a letter waited for the mail server",
    "a letter's fate was unknown and it arrived",
    "a letter's fate was unknown and it did not arrive",
    "a letter arrived twice",
    "a letter overtook an older one",
    "a letter named the one that it replaces",
    "a message was superseded unsent",
    "a message was sent a second time",
    "a worker died with a job claimed",
    "a worker died with a message taken",
    "a worker died before the hand-off",
    "a worker died after the hand-off",
    "a worker died after the record",
    "a worker lost its fence",
    "a lease ran out before the hand-off",
    "two workers held calls at once",
    "the mail server was down for hours",
    "the gateway was down for hours",
    "a clock stood still",
    "a clock was an hour behind",
    "a poison job was met",
    "the clocks changed",
];

/// How often each state was reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sometimes(BTreeMap<&'static str, u64>);

impl Sometimes {
    /// Counts a state.
    ///
    /// # Panics
    /// Where nobody listed it: a name that is misspelt would be counted and never looked for.
    pub fn reach(&mut self, state: &'static str) {
        assert!(STATES.contains(&state), "{state:?} is not in the table of states");
        *self.0.entry(state).or_default() += 1;
    }

    /// Adds what another run reached.
    pub fn add(&mut self, other: &Self) {
        for (state, times) in &other.0 {
            *self.0.entry(state).or_default() += times;
        }
    }

    /// Every state with its count, in the order of the table.
    pub fn table(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        STATES.iter().map(|state| (*state, self.0.get(state).copied().unwrap_or_default()))
    }

    /// Those that nobody reached.
    pub fn missing(&self) -> Vec<&'static str> {
        self.table().filter(|(_, times)| *times == 0).map(|(state, _)| state).collect()
    }
}
