//! The risk screening of a client: a flag with a date on which somebody looks again (V-19, V-20). Nobody sees it but the
//! client's therapists, the clinical lead and whoever is on duty for risk.

use crate::id::{ClientId, PracticeId};
use crate::person::{PersonRef, Role};
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// What was found when somebody last looked. Nothing clinical is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screening {
    /// Whose practice.
    pub practice: PracticeId,
    /// Who.
    pub client: ClientId,
    /// Whether more care is to be taken: they come first in every queue.
    pub flagged: bool,
    /// Who set it.
    pub set_by: PersonRef,
    /// When, UTC.
    pub set_at: Instant,
    /// By when somebody looks again, UTC.
    pub review_by: Option<Instant>,
}

/// Whether somebody in this role may know of a screening at all. A therapist sees their own clients' only.
pub const fn may_see(role: Role) -> bool {
    matches!(role, Role::Therapist | Role::ClinicalLead | Role::RiskDuty)
}
