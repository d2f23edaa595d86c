//! Acts about the record: what came of an appointment, what sets it right, how two people work together, and the weekly
//! times that are kept for a client.

mod banner;
mod checklist;
mod correct;
mod money;
mod relation;
mod reserve;
mod screen;
mod update;

pub use banner::name_of as slot_name;
pub use checklist::Checked;
pub use correct::Correct;
pub use relation::EndRelationship;
pub use reserve::Keep;
pub use screen::Screen;
pub use update::UpdateAttendance;

use super::{Asker, Outcome, Record, Situation};
use crate::id::Ids;
use crate::refusal::Refusal;
use crate::statement::{self, Statement};
use crate::time::Instant;
use serde_json::json;

/// One act about the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileAct {
    /// The attendance update (H-01, T18, T19).
    Update(Box<UpdateAttendance>),
    /// The record of an appointment is set right (T23).
    Correct(Correct),
    /// One side tells what happened, in their own words.
    Say(Said),
    /// Two people no longer work together (T20).
    End(EndRelationship),
    /// They work together again.
    Reopen,
    /// Nothing is booked between them for now.
    Pause,
    /// The checklist of the first appointment (H-04 to H-06, V-06).
    Check(Checked),
    /// Something about a reserved time (H-03, H-11 to H-13).
    Keep(Keep),
    /// The client's risk screening.
    Screen(Screen),
}

/// One side's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What happened, as they tell it.
    pub words: String,
}

pub(super) fn decide(
    situation: &Situation,
    asker: &Asker,
    act: FileAct,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    match act {
        FileAct::Update(wish) => update::decide(situation, asker, *wish, now, ids),
        FileAct::Correct(wish) => correct::decide(situation, asker, wish, now, ids),
        FileAct::Say(said) => say(situation, asker, &said, now, ids),
        FileAct::End(wish) => relation::end(situation, asker, wish, now, ids),
        FileAct::Reopen => relation::reopen(situation, asker),
        FileAct::Pause => relation::pause(situation, asker),
        FileAct::Check(checked) => checklist::decide(situation, asker, checked, now),
        FileAct::Keep(wish) => reserve::decide(situation, asker, wish, now, ids),
        FileAct::Screen(wish) => screen::decide(situation, asker, wish, now, ids),
    }
}

fn say(situation: &Situation, asker: &Asker, said: &Said, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let about = situation.appointment()?;
    let (Some(by), Some(role)) = (asker.person, asker.role) else { return Err(Refusal::not_found("person")) };
    let words = statement::words(&said.words)?;
    let made = Statement { id: ids.mint(), practice: about.practice, appointment: about.id, by, role, words, at: now };
    let subjects = super::book::subjects(&about);
    let details = json!({ "statement": made.id, "as": role });
    let record = Record { word: "statement_made", subjects, details };
    Ok(Outcome { statement: Some(made), record, ..Outcome::default() })
}

/// The ids that an entry about the two people is found under.
fn about_both(situation: &Situation) -> Vec<String> {
    let both = &situation.relationship;
    vec![both.id.to_string(), both.client.to_string(), both.therapist.to_string()]
}
