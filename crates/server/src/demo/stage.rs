//! Where the demo's past is played: a clock that begins days ago, the real flows, and ids that follow from the seed.

use super::cast::House;
use super::machine::{Stopped, run_to};
use crate::app::App;
use crate::flow::{Answer, Ask, Failed, Flow, Who};
use crate::work::Post;
use domain::access::{Actor, Via};
use domain::audit::Entry;
use domain::id::{AppointmentId, CommandId};
use domain::person::Person;
use domain::practice::{Practice, Relationship, Therapist};
use domain::time::{Instant, Interval, Span};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Done, Tx};

/// Everything that is planted of a practice, for the acts that follow.
pub struct Planted {
    /// Who they are.
    pub house: &'static House,
    /// The practice.
    pub practice: Practice,
    /// The office.
    pub staff: Vec<Person>,
    /// The therapists.
    pub therapists: Vec<Therapist>,
    /// The clients.
    pub clients: Vec<Person>,
    /// Who works with whom, in the order of the clients.
    pub relationships: Vec<Relationship>,
    /// What was booked: client and week.
    pub booked: BTreeMap<(usize, i64), (AppointmentId, Interval)>,
}

impl Planted {
    /// The therapist of a client.
    pub fn therapist_of(&self, client: usize) -> &Therapist {
        &self.therapists[self.house.clients[client].therapist]
    }

    /// The moment at which a client's hour begins in a week; week 0 begins on the demo's first day.
    pub fn hour_of(&self, client: usize, week: i64, now: Instant) -> Instant {
        let guest = &self.house.clients[client];
        self.wall(now, guest.day + 7 * week, guest.hour)
    }

    /// The moment at which the wall clock shows this hour, so many days after the demo's first day.
    pub fn wall(&self, now: Instant, days: i64, hour: i64) -> Instant {
        let zone = &self.practice.zone;
        let first = zone.day_of(now);
        let day = first.checked_add(jiff::Span::new().days(days)).unwrap_or(first);
        zone.start_of(day) + Span::hours(hour)
    }
}

/// Somebody at work in their portal.
pub fn actor(person: &Person) -> Actor {
    Actor {
        person: person.id,
        practice: person.practice,
        role: person.role,
        name: person.name.clone(),
        via: Via::Portal,
    }
}

/// The stage.
pub struct Stage {
    /// The application whose clock is moved.
    pub app: App,
    post: Arc<dyn Post>,
    seed: &'static str,
    acts: u64,
}

impl Stage {
    /// A stage for this application; letters go to `post`.
    pub fn new(app: App, post: Arc<dyn Post>, seed: &'static str) -> Self {
        Self { app, post, seed, acts: 0 }
    }

    /// The next command of this asker: its id follows from the seed and from how many there were.
    pub fn ask(&mut self, who: Who) -> Ask {
        self.acts += 1;
        let digest = Sha256::digest(format!("holdspace demo\n{}\n{}", self.seed, self.acts));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Ask { who, now: self.app.now(), command: CommandId::from_bytes(bytes) }
    }

    /// Moves time on; what falls due on the way is done.
    ///
    /// # Errors
    /// Faults of the store.
    pub fn wait_until(&self, at: Instant) -> Flow<()> {
        match run_to(&self.app, &*self.post, at.max(self.app.now()), &mut || {}) {
            Ok(()) => Ok(()),
            Err(Stopped::Worker(failed)) => Err(failed),
            Err(Stopped::Clock(error)) => Err(Failed::Fault(error.to_string())),
        }
    }

    /// Runs a flow that must work.
    ///
    /// # Errors
    /// What it refused; faults of the store.
    pub fn write<T: Send + 'static>(&self, flow: impl FnMut(&mut Tx<'_>) -> Flow<Done<T>> + Send + 'static) -> Flow<T> {
        Ok(self.app.store.write(flow)?.answer)
    }

    /// Runs an act that the rules may refuse on some days: nothing then.
    ///
    /// # Errors
    /// Faults of the store.
    pub fn act(&self, flow: impl FnMut(&mut Tx<'_>) -> Flow<Done<Answer>> + Send + 'static) -> Flow<Option<Answer>> {
        match self.write(flow) {
            Ok(answer) => Ok(Some(answer)),
            Err(Failed::Refused(refusal)) => {
                tracing::debug!(code = refusal.code, detail = refusal.detail, "an act of the demo's past was refused");
                Ok(None)
            }
            Err(failed) => Err(failed),
        }
    }
}

/// Takes the answer out and keeps the entries, for a flow that does several things at once.
pub fn keep<T>(done: Done<T>, entries: &mut Vec<Entry>) -> T {
    entries.push(done.audit);
    entries.extend(done.more);
    done.answer
}
