//! What is said of an appointment once it is over, and what sets the record right later (T18, T19, T23).

use super::{Appointment, State, already_over};
use crate::attendance::Attendance;
use crate::refusal::Refusal;
use crate::time::Instant;

impl Appointment {
    /// T18, T19 and their like: the update says what came of it. Only once the scheduled end has passed, and once.
    pub fn conclude(self, state: State, attendance: Attendance, now: Instant) -> Result<Self, Refusal> {
        match self.state {
            State::Booked | State::InProgress | State::AwaitingUpdate if now >= self.end => {
                Ok(Self { attendance, ..self }.changed(state, false))
            }
            State::Booked | State::InProgress | State::AwaitingUpdate => {
                let detail = "This appointment is not over yet. Make the update once it has ended.";
                Err(Refusal { field: Some("attended"), ..Refusal::invalid("not_ended", "attended", detail) })
            }
            State::Cancelled(_) => {
                Err(Refusal::conflict("already_cancelled", "This appointment was cancelled: there is nothing to say."))
            }
            State::Requested => Err(already_over()),
            _ => {
                let detail = "What came of it is on record already. Correct the record instead, with a reason.";
                Err(Refusal::conflict("already_updated", detail))
            }
        }
    }

    /// T23: the record is set right. From a state that is over, or one that awaits its update; never of what is yet to
    /// be.
    pub fn correct(self, state: State) -> Result<Self, Refusal> {
        if self.state.is_pending() || self.state == State::InProgress {
            let detail = "There is nothing to correct before it is over. Cancel or move it instead.";
            return Err(Refusal::conflict("not_over", detail));
        }
        if self.state.word() == state.word() {
            return Err(Refusal::conflict("same_state", "That is what the record says already."));
        }
        Ok(self.changed(state, false))
    }
}
