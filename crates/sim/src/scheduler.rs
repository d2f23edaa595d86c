//! What is going to happen, in the order of the true time; what happens at one moment is in an order that the seed gives.

use crate::chance::Chance;
use crate::people::Intent;
use crate::script::Step;
use crate::world::{Post, Receipt};
use domain::id::AppointmentId;
use domain::time::Instant;
use std::collections::BTreeMap;

/// Something that is going to happen.
#[derive(Debug, Clone)]
pub enum Event {
    /// An idle worker looks for work. The number tells an old plan from a new one.
    Look(usize, u64),
    /// A worker that holds a call hands it over. The number is the life of the worker.
    HandOff(usize, u64),
    /// A worker writes down what came of it.
    Record(usize, u64),
    /// A letter or a text reaches somebody.
    Arrives(Box<Post>),
    /// A gateway says what became of a text.
    Reports(Receipt),
    /// Somebody does what they have in mind.
    Act(Intent),
    /// A morning in the practice.
    Morning(u32),
    /// A step of the script.
    Scripted(Step),
    /// A client who was told this time is at the door.
    ComesAt {
        /// Which client, by place.
        client: usize,
        /// For which appointment.
        appointment: AppointmentId,
        /// The time that they were told, UTC.
        told: Instant,
    },
    /// A poison job is put among the others.
    Poison,
    /// The faults stop.
    Calm,
    /// The run is over.
    Over,
}

/// The heap of everything that is going to happen.
#[derive(Debug)]
pub struct Queue {
    events: BTreeMap<(Instant, u64, u64), Event>,
    ties: Chance,
    count: u64,
}

impl Queue {
    /// An empty one.
    pub fn new(seed: u64) -> Self {
        Self { events: BTreeMap::new(), ties: Chance::of(seed, "ties"), count: 0 }
    }

    /// Adds an event.
    pub fn add(&mut self, at: Instant, event: Event) {
        self.count += 1;
        self.events.insert((at, self.ties.draw(), self.count), event);
    }

    /// The next event and its moment.
    pub fn next(&mut self) -> Option<(Instant, Event)> {
        self.events.pop_first().map(|((at, ..), event)| (at, event))
    }
}
