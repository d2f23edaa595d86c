//! The case that opens whenever an appointment deviates from plan, and closes when nothing is owed any more.

use crate::appointment::Appointment;
use crate::id::{AppointmentId, DisruptionId, Ids, PracticeId, RelationshipId};
use crate::obligation::Obligation;
use crate::policy::choices::words;
use crate::time::Instant;

words! {
    /// What went another way (`api-contract`).
    DisruptionKind {
        /// Cancelled by client.
        CancelledByClient = "cancelled_by_client",
        /// Cancelled by therapist.
        CancelledByTherapist = "cancelled_by_therapist",
        /// Cancelled by practice.
        CancelledByPractice = "cancelled_by_practice",
        /// Rescheduled.
        Rescheduled = "rescheduled",
        /// Running late.
        RunningLate = "running_late",
        /// Therapist missed.
        TherapistMissed = "therapist_missed",
        /// Client late.
        ClientLate = "client_late",
        /// Client no show.
        ClientNoShow = "client_no_show",
        /// Technical failure.
        TechnicalFailure = "technical_failure",
        /// Absence.
        Absence = "absence",
        /// Drift.
        Drift = "drift",
    }
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disruption {
    /// Which.
    pub id: DisruptionId,
    /// Whose practice.
    pub practice: PracticeId,
    /// The relationship that it touches.
    pub relationship: RelationshipId,
    /// The appointment that it is about.
    pub appointment: AppointmentId,
    /// What went another way.
    pub kind: DisruptionKind,
    /// When it opened, UTC.
    pub opened_at: Instant,
    /// When nothing was owed any more, UTC.
    pub closed_at: Option<Instant>,
    /// Whose side it was on, once somebody has said.
    pub fault: Option<String>,
    /// What came of it, once somebody has said.
    pub outcome: Option<String>,
}

impl Disruption {
    /// Opens the case of an appointment; one that is still open goes on, as what it has become.
    pub fn open(before: Option<Self>, about: &Appointment, kind: DisruptionKind, now: Instant, ids: &mut Ids) -> Self {
        let new = Self {
            id: ids.mint(),
            practice: about.practice,
            relationship: about.relationship,
            appointment: about.id,
            kind,
            opened_at: now,
            closed_at: None,
            fault: None,
            outcome: None,
        };
        match before.filter(|case| case.closed_at.is_none() && case.appointment == about.id) {
            Some(case) => Self { id: case.id, opened_at: case.opened_at, ..new },
            None => new,
        }
    }

    /// Closes it if every duty of it is met or excused (`rulings` 2); reopens nothing.
    pub fn settle(self, obligations: &[Obligation], now: Instant) -> Self {
        let owed = obligations.iter().any(|o| o.disruption == Some(self.id) && o.is_owed());
        // On a machine whose clock has leapt back a case still ends after it began.
        let closed_at = if owed { self.closed_at } else { self.closed_at.or(Some(now.max(self.opened_at))) };
        Self { closed_at, ..self }
    }
}
