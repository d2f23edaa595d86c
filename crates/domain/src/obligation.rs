//! A person's duty with a clock: who owes what to whom by when (`domain` 2.4, `rulings` 1 and 2).

use crate::appointment::Appointment;
use crate::id::{AppointmentId, DisruptionId, Ids, ObligationId, PracticeId, RelationshipId};
use crate::person::{PersonRef, Role};
use crate::policy::OwnerRole;
use crate::policy::obligations::Owed;
use crate::practice::Relationship;
use crate::refusal::Refusal;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

pub use crate::policy::ObligationKind;

/// Who owes it: a role, and the person where it is somebody's alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// In what capacity.
    pub role: Role,
    /// Who exactly; `None` is whoever of the role takes it.
    pub person: Option<PersonRef>,
}

/// Where a duty stands. Escalated stays open, under a new owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ObligationState {
    /// Owed.
    Open,
    /// Done.
    Met {
        /// When, UTC.
        at: Instant,
        /// What shows it.
        evidence: String,
    },
    /// No longer owed, with the reason.
    Excused {
        /// When, UTC.
        at: Instant,
        /// Why.
        reason: String,
    },
    /// Overdue and handed up; still owed.
    Escalated {
        /// When, UTC.
        at: Instant,
        /// Once to the admins, twice to the owner.
        times: u8,
    },
}

impl ObligationState {
    /// The word on the wire and in storage.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Met { .. } => "met",
            Self::Excused { .. } => "excused",
            Self::Escalated { .. } => "escalated",
        }
    }
}

/// One duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// Which.
    pub id: ObligationId,
    /// Whose practice.
    pub practice: PracticeId,
    /// The case that it belongs to, if any.
    pub disruption: Option<DisruptionId>,
    /// The relationship that it is about.
    pub relationship: RelationshipId,
    /// The appointment that it is about, if one.
    pub appointment: Option<AppointmentId>,
    /// What is owed.
    pub kind: ObligationKind,
    /// By whom.
    pub owner: Owner,
    /// When it opened, UTC.
    pub opened_at: Instant,
    /// The target, UTC.
    pub due_at: Instant,
    /// When it goes to the admins, UTC; never if none.
    pub breach_at: Option<Instant>,
    /// When it goes to the practice owner, UTC; never if none.
    pub second_breach_at: Option<Instant>,
    /// Where it stands.
    pub state: ObligationState,
}

impl Obligation {
    /// Opens a duty that the policy asks for, about this appointment.
    pub fn open(owed: Owed, about: &Appointment, case: Option<DisruptionId>, now: Instant, ids: &mut Ids) -> Self {
        let role = Role::from(owed.owner);
        let person = (role == Role::Therapist).then_some(PersonRef::Therapist(about.therapist));
        Self {
            id: ids.mint(),
            practice: about.practice,
            disruption: case,
            relationship: about.relationship,
            appointment: Some(about.id),
            kind: owed.kind,
            owner: Owner { role, person },
            opened_at: now,
            due_at: owed.due,
            breach_at: owed.breach,
            second_breach_at: owed.second_breach,
            state: ObligationState::Open,
        }
    }

    /// Opens a duty of the therapist about the two people themselves, whatever is booked.
    pub fn about(owed: Owed, relationship: &Relationship, now: Instant, ids: &mut Ids) -> Self {
        let role = Role::from(owed.owner);
        let person = (role == Role::Therapist).then_some(PersonRef::Therapist(relationship.therapist));
        Self {
            id: ids.mint(),
            practice: relationship.practice,
            disruption: None,
            relationship: relationship.id,
            appointment: None,
            kind: owed.kind,
            owner: Owner { role, person },
            opened_at: now,
            due_at: owed.due,
            breach_at: owed.breach,
            second_breach_at: owed.second_breach,
            state: ObligationState::Open,
        }
    }

    /// Whether somebody in this role may know of it: what a client's safety is about stays with the therapist and the
    /// clinical team.
    pub fn is_open_to(&self, role: Role) -> bool {
        self.kind != ObligationKind::ReviewRisk || crate::risk::may_see(role)
    }

    /// Whether somebody still owes it.
    pub const fn is_owed(&self) -> bool {
        matches!(self.state, ObligationState::Open | ObligationState::Escalated { .. })
    }

    /// The same duty with an earlier clock; never a later one.
    pub fn hurry(self, to: &Owed) -> Self {
        let earlier = |mine: Option<Instant>, other: Option<Instant>| mine.into_iter().chain(other).min();
        Self {
            due_at: self.due_at.min(to.due),
            breach_at: earlier(self.breach_at, to.breach),
            second_breach_at: earlier(self.second_breach_at, to.second_breach),
            ..self
        }
    }

    /// Done, with what shows it.
    pub fn meet(self, evidence: impl Into<String>, now: Instant) -> Result<Self, Refusal> {
        let evidence = evidence.into();
        if evidence.trim().is_empty() {
            return Err(Refusal::invalid("evidence_required", "evidence", "Say what shows that this is done."));
        }
        self.settle(ObligationState::Met { at: now, evidence })
    }

    /// No longer owed, with the reason.
    pub fn excuse(self, reason: impl Into<String>, now: Instant) -> Result<Self, Refusal> {
        let reason = reason.into();
        if reason.trim().is_empty() {
            return Err(Refusal::invalid("reason_required", "reason", "Say why this is no longer owed."));
        }
        self.settle(ObligationState::Excused { at: now, reason })
    }

    /// The clock has run: to the admins at the breach, to the owner at the second. `None` while neither is due.
    pub fn escalate(self, now: Instant) -> Option<Self> {
        let times = match self.state {
            ObligationState::Open => 0,
            ObligationState::Escalated { times, .. } => times,
            _ => return None,
        };
        let next = match (times, now) {
            (0 | 1, now) if self.second_breach_at.is_some_and(|at| now >= at) => (2, Role::Owner),
            (0, now) if self.breach_at.is_some_and(|at| now >= at) => (1, Role::Admin),
            _ => return None,
        };
        let owner = Owner { role: next.1, person: None };
        Some(Self { owner, state: ObligationState::Escalated { at: now, times: next.0 }, ..self })
    }

    /// When the clock should next look at it, UTC; `None` when nothing more happens by itself.
    pub fn next_look(&self) -> Option<Instant> {
        match self.state {
            ObligationState::Open => self.breach_at.or(self.second_breach_at),
            ObligationState::Escalated { times: 1, .. } => self.second_breach_at,
            _ => None,
        }
    }

    fn settle(self, state: ObligationState) -> Result<Self, Refusal> {
        if !self.is_owed() {
            return Err(Refusal::conflict("already_settled", "This is already done or no longer owed."));
        }
        Ok(Self { state, ..self })
    }
}

impl From<OwnerRole> for Role {
    fn from(owner: OwnerRole) -> Self {
        match owner {
            OwnerRole::Therapist => Self::Therapist,
            OwnerRole::Admin => Self::Admin,
            OwnerRole::Support => Self::Support,
            OwnerRole::ClinicalLead => Self::ClinicalLead,
            OwnerRole::RiskDuty => Self::RiskDuty,
            OwnerRole::Owner => Self::Owner,
        }
    }
}
