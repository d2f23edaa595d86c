//! What Holdspace promises, said once more in plain words, apart from the product.
//!
//! Nothing here calls the product's rules about notice, money, lateness or duties: it reads what is written down (states,
//! times, the policy's values) and says what must come of a command. Three questions:
//!
//! - `may`: is this allowed to this person at this moment? If not, with which word is it refused?
//! - `money`: was the notice short, what does it cost, and what becomes of what was paid?
//! - `follows`, with `after` for the update: what has changed, who is told, who owes what by when?

pub mod after;
pub mod clock;
pub mod day;
pub mod follows;
pub mod may;
pub mod money;

use crate::broken::{Broken, hold};
use crate::world::{About, World};
use domain::appointment::Appointment;
use domain::decide::{Asker, Command, Outcome};
use domain::person::{PersonRef, Role};
use domain::practice::Relationship;
use domain::refusal::Refusal;
use domain::time::Instant;

/// A command before it is decided.
pub struct Asked<'a> {
    pub world: &'a World,
    pub about: About,
    pub asker: &'a Asker,
    pub command: &'a Command,
    pub now: Instant,
}

/// What the pages say about a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// It is done.
    Done,
    /// It is refused, with one of these words.
    Refused(Vec<&'static str>),
    /// They are silent, or leave it to details that only the product knows: the invariants still hold.
    Unsaid,
}

impl Expected {
    /// Every reason against it; none is a yes.
    pub fn unless(reasons: Vec<&'static str>) -> Self {
        if reasons.is_empty() { Self::Done } else { Self::Refused(reasons) }
    }
}

impl<'a> Asked<'a> {
    pub fn appointment(&self) -> Option<&'a Appointment> {
        self.about.appointment.and_then(|id| self.world.find(id))
    }

    pub fn both(&self) -> &'a Relationship {
        &self.world.relationships[self.about.relationship]
    }

    pub fn is_client(&self) -> bool {
        self.asker.role == Some(Role::Client)
    }

    /// Of the practice's office.
    pub fn is_office(&self) -> bool {
        matches!(self.asker.role, Some(Role::Admin | Role::Support | Role::Owner))
    }

    /// One of the two, or of the office.
    pub fn is_theirs(&self) -> bool {
        let own = [PersonRef::Client(self.both().client), PersonRef::Therapist(self.both().therapist)];
        self.is_office() || self.asker.person.is_some_and(|person| own.contains(&person))
    }

    /// Its therapist, or of the office.
    pub fn is_colleague(&self) -> bool {
        self.is_theirs() && !self.is_client()
    }
}

pub fn expect(asked: &Asked) -> Expected {
    may::expect(asked)
}

/// The answer is the one that was expected, and what was done is what was promised.
pub fn compare(asked: &Asked, expected: &Expected, answer: &Result<Outcome, Refusal>) -> Result<(), Broken> {
    let said = || format!("{:?} asks {:?} at {}", asked.asker.role, asked.command, asked.now);
    match (expected, answer) {
        (Expected::Done, Err(refusal)) => {
            hold(false, "reference: allowed", || format!("{}: refused as {}", said(), refusal.code))
        }
        (Expected::Refused(words), Ok(_)) => {
            hold(false, "reference: refused", || format!("{}: should be refused as {words:?}", said()))
        }
        (Expected::Refused(words), Err(refusal)) => hold(words.contains(&refusal.code), "reference: word", || {
            format!("{}: refused as {}, not as {words:?}", said(), refusal.code)
        }),
        (Expected::Unsaid, Err(_)) => Ok(()),
        (_, Ok(outcome)) => follows::check(asked, outcome),
    }
}
