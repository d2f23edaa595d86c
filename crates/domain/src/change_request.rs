//! What a therapist asks of the team, because it is not theirs to do: to rearrange what has begun (E-06), or to give a
//! new client the money back (E-04).

use crate::appointment::Agreement;
use crate::id::{AppointmentId, ChangeRequestId, ClientId, ObligationId, PracticeId, RelationshipId, TherapistId};
use crate::money::Money;
use crate::person::PersonRef;
use crate::refusal::Refusal;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "wish")]
pub enum Wish {
    /// Another time for an appointment whose start has passed.
    Move {
        /// The new start, UTC.
        start: Instant,
        /// The client's yes to it, where the therapist has it.
        agreement: Option<Agreement>,
    },
    /// The money back.
    Refund {
        /// How much.
        amount: Money,
    },
}

impl Wish {
    /// The word in storage and on the wire.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Move { .. } => "move",
            Self::Refund { .. } => "refund",
        }
    }
}

/// Where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum RequestState {
    /// Waits for the team.
    Open,
    /// Done.
    Done {
        /// When, UTC.
        at: Instant,
        /// By whom.
        by: PersonRef,
    },
    /// Not to be.
    Declined {
        /// When, UTC.
        at: Instant,
        /// By whom.
        by: PersonRef,
        /// Why.
        reason: String,
    },
}

impl RequestState {
    /// The word in storage and on the wire.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done { .. } => "done",
            Self::Declined { .. } => "declined",
        }
    }
}

/// One thing asked of the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRequest {
    /// Which.
    pub id: ChangeRequestId,
    /// Whose practice.
    pub practice: PracticeId,
    /// The relationship that it is about.
    pub relationship: RelationshipId,
    /// Its therapist.
    pub therapist: TherapistId,
    /// Its client.
    pub client: ClientId,
    /// The appointment.
    pub appointment: AppointmentId,
    /// The team's duty to answer it, with its clock.
    pub obligation: ObligationId,
    /// What is asked for.
    pub wish: Wish,
    /// Why, in words that the team reads.
    pub reason: String,
    /// Who asked.
    pub asked_by: PersonRef,
    /// When, UTC.
    pub asked_at: Instant,
    /// Where it stands.
    pub state: RequestState,
}

impl ChangeRequest {
    /// Done by one of the team.
    pub fn done(self, by: PersonRef, now: Instant) -> Result<Self, Refusal> {
        self.answered(RequestState::Done { at: now, by })
    }

    /// Not to be, with the reason.
    pub fn declined(self, by: PersonRef, reason: String, now: Instant) -> Result<Self, Refusal> {
        self.answered(RequestState::Declined { at: now, by, reason })
    }

    fn answered(self, state: RequestState) -> Result<Self, Refusal> {
        match self.state {
            RequestState::Open => Ok(Self { state, ..self }),
            RequestState::Done { .. } | RequestState::Declined { .. } => {
                Err(Refusal::conflict("already_answered", "Somebody has answered this already."))
            }
        }
    }
}
