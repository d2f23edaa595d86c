//! The risk screening of a client: a flag with a date on which somebody looks again (V-19, V-20). Nobody sees it but the
//! client's therapists, the clinical lead and whoever is on duty for risk.

use crate::id::{ClientId, PracticeId};
use crate::person::{PersonRef, Role};
use crate::refusal::Refusal;
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

/// Whom to turn to when a client may be in danger. It is no address of the client's: it stands in no person's row, no
/// message can be written to it, and it is read only after somebody decided about the risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyContact {
    /// Whose practice.
    pub practice: PracticeId,
    /// Whose.
    pub client: ClientId,
    /// Their name.
    pub name: String,
    /// Their number, with `+`.
    pub phone: String,
    /// What they are to the client, in the client's words.
    pub relation: String,
    /// Who wrote it down.
    pub set_by: PersonRef,
    /// When, UTC.
    pub set_at: Instant,
}

/// Letters that a name, or what somebody is to the client, may have.
const WORDS_MAX: usize = 120;

impl EmergencyContact {
    /// The contact with its words looked at.
    ///
    /// # Errors
    /// `required`, `too_long`, `not_an_address`, each with its field.
    pub fn checked(mut self) -> Result<Self, Refusal> {
        for (field, words) in [("name", &mut self.name), ("relation", &mut self.relation)] {
            *words = words.trim().to_owned();
            if words.chars().count() > WORDS_MAX {
                return Err(Refusal::invalid("too_long", field, format!("Keep it under {WORDS_MAX} letters.")));
            }
        }
        if self.name.is_empty() {
            return Err(Refusal::invalid("required", "name", "Write who it is."));
        }
        self.phone.retain(|c| !matches!(c, ' ' | '(' | ')' | '-' | '.'));
        if !crate::person::is_phone(&self.phone) {
            let detail = "Write the number with its country, as in +44 20 7946 0018.";
            return Err(Refusal::invalid("not_an_address", "phone", detail));
        }
        Ok(self)
    }
}

/// Whether somebody in this role may read an emergency contact, given what was last decided about the client's risk.
///
/// # Errors
/// Not found for everybody but clinical lead and risk duty; `risk_decision_required` for them while the last screening asks
/// for no more care, or there is none.
pub fn may_read_contact(role: Role, screening: Option<&Screening>) -> Result<(), Refusal> {
    if !matches!(role, Role::ClinicalLead | Role::RiskDuty) {
        return Err(Refusal::not_found("emergency contact"));
    }
    if !screening.is_some_and(|screening| screening.flagged) {
        let detail = "It is read only after a decision about the risk. Note the screening first.";
        return Err(Refusal::forbidden("risk_decision_required", detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    fn screening(flagged: bool) -> Screening {
        Screening {
            practice: Id::from_bytes([1; 16]),
            client: Id::from_bytes([2; 16]),
            flagged,
            set_by: PersonRef::Staff(Id::from_bytes([3; 16])),
            set_at: Instant::from_micros(0),
            review_by: None,
        }
    }

    // proves: V-19
    #[test]
    fn an_emergency_contact_is_read_after_a_risk_decision_by_two_roles_only() {
        for role in Role::ALL {
            let code = may_read_contact(role, Some(&screening(true))).err().map(|refusal| refusal.code);
            let insider = matches!(role, Role::ClinicalLead | Role::RiskDuty);
            assert_eq!(code, (!insider).then_some("not_found"), "{role:?}");
        }
        for before in [None, Some(screening(false))] {
            let refused = may_read_contact(Role::RiskDuty, before.as_ref()).expect_err("no decision");
            assert_eq!(refused.code, "risk_decision_required");
        }
    }
}
