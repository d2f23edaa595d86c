//! What happens around the start: late, missed, here at last, not seen (T11 to T16, T21).

use super::{Appointment, State};
use crate::attendance::Attendance;
use crate::refusal::Refusal;
use crate::time::{Instant, Span};

impl Appointment {
    /// When the client is really expected: the start, or later by what the therapist said. UTC.
    pub fn expected_start(&self) -> Instant {
        self.attendance.late_notice.map_or(self.start, |late| self.start + Span::minutes(late.minutes.into()))
    }

    /// Whether the two have met today, as far as is known.
    pub fn has_begun(&self) -> bool {
        self.attendance.connected.is_some() || self.attendance.started_at.is_some()
    }

    /// The same with more known of the day; where it stands is the same.
    pub fn noting(self, attendance: Attendance) -> Self {
        let state = self.state.clone();
        Self { attendance, ..self }.changed(state, false)
    }

    /// booked -> in_progress: the client is here, or the two have connected (`rulings` 7). After the end only the arrival
    /// is noted.
    pub fn arrived(self, attendance: Attendance) -> Result<Self, Refusal> {
        let noted = |state| Self { attendance, ..self.clone() }.changed(state, false);
        match self.state {
            State::Booked | State::InProgress => Ok(noted(State::InProgress)),
            State::AwaitingUpdate => Ok(noted(State::AwaitingUpdate)),
            _ => Err(self.not_live()),
        }
    }

    /// T15: the client did not come.
    pub fn missed_by_client(self) -> Result<Self, Refusal> {
        self.ended_as(State::ClientNoShow, false)
    }

    /// T16: the client came too late to be seen.
    pub fn late_not_seen(self) -> Result<Self, Refusal> {
        self.ended_as(State::LateNotSeen, false)
    }

    /// T12: the therapist did not come. Calendars hear of it, so SEQUENCE goes up (`rulings` 5).
    pub fn missed_by_therapist(self) -> Result<Self, Refusal> {
        self.ended_as(State::TherapistNoShow, true)
    }

    /// T21: it failed technically.
    pub fn failed_technically(self, attendance: Attendance) -> Result<Self, Refusal> {
        Self { attendance, ..self }.ended_as(State::TechnicalFailure, true)
    }

    fn ended_as(self, state: State, off: bool) -> Result<Self, Refusal> {
        match self.state {
            State::Booked | State::InProgress | State::AwaitingUpdate => Ok(self.changed(state, off)),
            _ => Err(self.not_live()),
        }
    }

    /// Why nothing more can happen to it today.
    pub(crate) fn not_live(&self) -> Refusal {
        match self.state {
            State::Cancelled(_) => Refusal::conflict("already_cancelled", "This appointment is already cancelled."),
            State::Requested => Refusal::conflict("not_confirmed", "Confirm or decline the request first."),
            _ => super::already_over(),
        }
    }
}
