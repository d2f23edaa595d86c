//! The heart: a situation, a command and a moment go in; the new state and every consequence come out, as values.
//!
//! Nothing here awaits, reads a clock or rolls dice. A preview is the same call whose outcome nobody saves.

mod allowance;
mod ask_to_move;
mod book;
mod cancel;
mod clock;
mod contact;
mod file;
mod import;
mod live;
mod money;
mod money_act;
mod moves;
mod next_step;
mod notify;
mod offer;
mod outcome;
mod refill;
mod remind;
mod reply;
mod request;
mod reschedule;
mod situation;
mod slot;
mod team;
mod undo;
mod who;

pub use ask_to_move::{AskToMove, answer_by as move_answer_by};
pub use book::Book;
pub use cancel::Cancel;
pub use clock::Due;
pub use contact::{Attempt, Settle, WriteNote, voicemail_needs_a_reason};
pub use file::{Checked, Correct, EndRelationship, FileAct, Keep, Said, Screen, UpdateAttendance, slot_name};
pub use import::{Became, Import};
pub use live::{CaseOutcome, Connection, Live, MakeUpDecision, Missed, around};
pub use money_act::{CarryPayment, GiveBack, SettleByHand, SettledHow};
pub use moves::{MoneyAct, Moves};
pub use next_step::{BookNow, NextStep};
pub use outcome::{JobToWake, NextStepTaken, OccupancyChange, Outcome, Record, Spared, UndoChange, Wake};
pub use request::{DeclineRequest, answer_by as request_answer_by};
pub use reschedule::Reschedule;
pub use situation::{Asker, LiveFacts, OnFile, Situation};
pub use team::{AnswerTeam, AskRefund, AskTeam};

use crate::id::Ids;
use crate::refusal::Refusal;
use crate::telling::answer::ClientWord;
use crate::time::Instant;

/// One thing that somebody asked for, or that a clock says is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Book a time (T2, T3).
    Book(Book),
    /// The same, with the client's yes to today's policy and terms, given as their yes to the time was (H-05).
    BookAccepting(Book),
    /// Call an appointment off (T7 to T10).
    Cancel(Cancel),
    /// Move an appointment (T4, T5, T6 with agreement).
    Reschedule(Reschedule),
    /// Take one of the offered times (T1).
    Accept {
        /// The start that the client chose, UTC.
        start: Instant,
    },
    /// Want none of the offered times; perhaps the money back (E-02).
    Decline {
        /// Whether the client asks for the money back.
        refund: bool,
    },
    /// Asking to move, requests, and taking an edit back.
    Moves(Moves),
    /// What a person decides about money.
    Money(MoneyAct),
    /// The client has seen it with their own eyes.
    Seen,
    /// The client has opened in the portal what they were told there.
    ReadInPortal,
    /// The client has written back, and this is what it means.
    Reply(ClientWord),
    /// Somebody tried to reach the client.
    Attempt(Attempt),
    /// The same by a way that the client does not prefer, and why (V-10).
    AttemptBecause(Attempt, String),
    /// A contact note is written (V-15).
    Note(WriteNote),
    /// One duty is said to be done, or no longer owed.
    Settle(Settle),
    /// Something about the record: what came of an appointment, a correction, a relationship, a reserved time.
    File(FileAct),
    /// Something happens on the day itself, or is settled after it (T11 to T16, T21).
    Live(Live),
    /// Take over what was agreed elsewhere.
    Import(Import),
    /// A moment that was waited for has come.
    Due(Due),
}

/// Decides. The outcome holds everything that must be saved together; a refusal changes nothing.
pub fn decide(
    situation: &Situation,
    asker: &Asker,
    command: Command,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    match command {
        Command::Book(book) => book::decide(situation, asker, book, false, now, ids),
        Command::BookAccepting(book) => book::decide(situation, asker, book, true, now, ids),
        Command::Cancel(cancel) => cancel::decide(situation, asker, cancel, now, ids),
        Command::Reschedule(wish) => reschedule::decide(situation, asker, wish, now, ids),
        Command::Accept { start } => offer::accept(situation, asker, start, now, ids),
        Command::Decline { refund } => offer::decline(situation, asker, refund, now, ids),
        Command::Moves(act) => moves::decide(situation, asker, act, now, ids),
        Command::Money(act) => moves::decide_money(situation, asker, act, now, ids),
        Command::Seen => contact::seen(situation, now),
        Command::ReadInPortal => contact::read_in_portal(situation, now),
        Command::Reply(word) => reply::decide(situation, asker, word, now, ids),
        Command::Attempt(attempt) => contact::attempt(situation, asker, attempt, None, now, ids),
        Command::AttemptBecause(attempt, why) => contact::attempt(situation, asker, attempt, Some(why), now, ids),
        Command::Note(note) => contact::note(situation, asker, note, now, ids),
        Command::Settle(settle) => contact::settle(situation, asker, settle, now),
        Command::File(act) => file::decide(situation, asker, act, now, ids),
        Command::Live(live) => live::decide(situation, asker, live, now, ids),
        Command::Import(import) => import::decide(situation, asker, import, now, ids),
        Command::Due(due) => clock::decide(situation, due, now, ids),
    }
}
