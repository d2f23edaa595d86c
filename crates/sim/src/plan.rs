//! What one run is: a seed and everything that follows from it. Two runs of one plan are the same run.

use crate::chance::Chance;
use crate::faults::Profile;
use crate::script::Step;
use domain::policy::Preset;
use domain::time::{Instant, Span};

/// How often people do something out of their own will, in a thousand: for each booking, or each day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habits {
    /// A client with nothing booked books, each morning.
    pub books: u16,
    /// A client calls a booking off.
    pub client_cancels: u16,
    /// A client moves a booking.
    pub client_moves: u16,
    /// The therapist calls a booking off.
    pub therapist_cancels: u16,
    /// The therapist asks for another time.
    pub therapist_asks: u16,
    /// The therapist moves a booking, having asked.
    pub therapist_moves: u16,
    /// The practice calls a booking off.
    pub practice_cancels: u16,
    /// The therapist takes a staff edit back.
    pub undoes: u16,
    /// The therapist is late.
    pub late: u16,
    /// The therapist does not come.
    pub misses: u16,
    /// The client does not come.
    pub no_show: u16,
    /// A client opens the link of a message.
    pub opens: u16,
    /// A client takes one of the offered times.
    pub accepts: u16,
}

impl Habits {
    /// What people of a lively practice do.
    pub const fn lively() -> Self {
        Self {
            books: 800,
            client_cancels: 80,
            client_moves: 60,
            therapist_cancels: 70,
            therapist_asks: 30,
            therapist_moves: 20,
            practice_cancels: 15,
            undoes: 150,
            late: 60,
            misses: 20,
            no_show: 30,
            opens: 700,
            accepts: 600,
        }
    }

    /// People who only follow what they are told.
    pub const fn quiet() -> Self {
        Self {
            books: 0,
            client_cancels: 0,
            client_moves: 0,
            therapist_cancels: 0,
            therapist_asks: 0,
            therapist_moves: 0,
            practice_cancels: 0,
            undoes: 0,
            late: 0,
            misses: 0,
            no_show: 0,
            opens: 0,
            accepts: 1000,
        }
    }
}

/// Where workers are killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crashes {
    /// As the profile says.
    ByChance,
    /// At the label that is passed as the so many-th, from 1; never again.
    At(u64),
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where all chance comes from.
    pub seed: u64,
    /// Days on which faults happen and people have plans of their own.
    pub days: u32,
    /// Which practice.
    pub preset: Preset,
    /// Its first midnight, UTC.
    pub starts: Instant,
    /// Workers that race.
    pub workers: usize,
    /// What goes wrong.
    pub profile: Profile,
    /// What people do.
    pub habits: Habits,
    /// What is done besides, at set moments.
    pub script: Vec<(Span, Step)>,
    /// Which client the script is about, by their place in the practice.
    pub client: usize,
    /// Where workers are killed.
    pub crashes: Crashes,
    /// Whether the faults stop at the end and everything must come to rest.
    pub to_rest: bool,
}

/// Weeks in which nothing is strange about the clocks, and three in which they change.
const QUIET_WEEKS: [&str; 3] = ["2026-05-04T00:00:00Z", "2026-07-06T00:00:00Z", "2026-11-09T00:00:00Z"];
const BRITISH_CHANGES: [&str; 2] = ["2026-03-26T00:00:00Z", "2026-10-22T00:00:00Z"];
const AMERICAN_CHANGES: [&str; 2] = ["2026-03-05T00:00:00Z", "2026-10-29T00:00:00Z"];

impl Plan {
    /// The run of this seed: a swarm of faults, a lively practice, the weekend of the clocks in one of three.
    pub fn of(seed: u64, days: u32) -> Self {
        let mut chance = Chance::of(seed, "plan");
        let preset = Preset::ALL[chance.below(Preset::ALL.len() as u64) as usize];
        let changes = if preset == Preset::Insurance { AMERICAN_CHANGES } else { BRITISH_CHANGES };
        let weeks: &[&str] = if seed.is_multiple_of(3) { &changes } else { &QUIET_WEEKS };
        let starts = chance.pick(weeks).and_then(|text| text.parse().ok());
        Self {
            seed,
            days,
            preset,
            // The texts above are moments; a test reads each.
            starts: starts.unwrap_or(Instant::from_micros(0)),
            workers: 1 + chance.below(3) as usize,
            profile: Profile::swarm(seed),
            habits: Habits::lively(),
            script: Vec::new(),
            client: 0,
            crashes: Crashes::ByChance,
            to_rest: true,
        }
    }

    /// A quiet practice in which only the script happens.
    pub fn scripted(seed: u64, preset: Preset, script: Vec<(Span, Step)>) -> Self {
        Self {
            preset,
            starts: QUIET_WEEKS[0].parse().unwrap_or(Instant::from_micros(0)),
            workers: 2,
            profile: Profile::calm(),
            habits: Habits::quiet(),
            script,
            ..Self::of(seed, 2)
        }
    }

    /// When the faults stop, UTC.
    pub fn ends(&self) -> Instant {
        self.starts + Span::hours(24 * i64::from(self.days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_week_that_a_run_may_begin_in_is_a_moment() {
        for text in QUIET_WEEKS.iter().chain(&BRITISH_CHANGES).chain(&AMERICAN_CHANGES) {
            assert!(text.parse::<Instant>().is_ok(), "{text}");
        }
    }
}
