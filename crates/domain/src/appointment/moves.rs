//! Asking to move (T6), confirming and declining requests (T2), and taking a staff edit back (`rulings` 4 and 14).

use super::{Agreement, Appointment, Cancellation, Payment, PolicySnapshot, State, already_over};
use crate::id::OfferId;
use crate::refusal::Refusal;
use crate::time::Interval;
use serde::{Deserialize, Serialize};

/// An appointment as it stood before a staff edit: what taking the edit back restores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// When it was to be.
    pub time: Interval,
    /// What was agreed about notice and fees.
    pub policy: PolicySnapshot,
    /// Where the payment stood.
    pub payment: Payment,
    /// The client's yes to that time.
    pub agreement: Agreement,
}

impl Before {
    /// What to remember of this appointment.
    pub fn of(appointment: &Appointment) -> Self {
        Self {
            time: appointment.interval(),
            policy: appointment.policy,
            payment: appointment.payment,
            agreement: appointment.agreement,
        }
    }
}

impl Appointment {
    /// T6: the client is asked for another time. The old one stands until they answer, so nothing goes into calendars.
    pub fn ask_to_move(self, offer: OfferId) -> Result<Self, Refusal> {
        match (&self.state, self.pending_move) {
            (State::Booked, None) => Ok(Self { pending_move: Some(offer), ..self }.changed(State::Booked, false)),
            (State::Booked, Some(_)) => {
                let detail = "The client is asked to move it already. Take that back first, or wait for the answer.";
                Err(Refusal::conflict("already_asked", detail))
            }
            (State::Requested, _) => Err(not_confirmed()),
            (State::Cancelled(_), _) => {
                Err(Refusal::conflict("already_cancelled", "This appointment is already cancelled. Book a new time."))
            }
            _ => Err(already_over()),
        }
    }

    /// The question is settled and the time stands as it was.
    #[must_use]
    pub fn keep_time(self) -> Self {
        let state = self.state.clone();
        Self { pending_move: None, ..self }.changed(state, false)
    }

    /// The same appointment, said to have changed: something about it was asked or answered.
    #[must_use]
    pub fn noted(self) -> Self {
        let state = self.state.clone();
        self.changed(state, false)
    }

    /// T2: a time that the client asked for is booked, with its payment planned from now on.
    pub fn confirm(self, payment: Payment) -> Result<Self, Refusal> {
        match self.state {
            State::Requested => Ok(Self { payment, ..self }.changed(State::Booked, false)),
            _ => Err(not_requested()),
        }
    }

    /// A time that the client asked for is not to be: declined, or not answered in time.
    pub fn decline(self, how: Cancellation) -> Result<Self, Refusal> {
        match self.state {
            State::Requested => Ok(self.changed(State::Cancelled(how), true)),
            _ => Err(not_requested()),
        }
    }

    /// A staff edit is taken back: booked again as it was before (`rulings` 14).
    #[must_use]
    pub fn as_before(self, before: Before) -> Self {
        let Before { time, policy, payment, agreement } = before;
        let back = Self { start: time.from, end: time.to, policy, payment, agreement, pending_move: None, ..self };
        back.changed(State::Booked, true)
    }
}

fn not_requested() -> Refusal {
    Refusal::conflict("not_requested", "This was answered already. See the appointment as it is now.")
}

/// A request is answered before anything else is done with it.
pub(crate) fn not_confirmed() -> Refusal {
    Refusal::conflict("not_confirmed", "Confirm or decline the request first.")
}
