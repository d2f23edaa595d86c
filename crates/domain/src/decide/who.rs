//! Who may call for a change in whose name, and for which reason (`domain` 2.6.11, G-07).

use super::{Asker, Situation};
use crate::appointment::{Appointment, Initiator};
use crate::person::{PersonRef, Role};
use crate::reason::Reason;
use crate::refusal::Refusal;

/// Whether this person may say that it was called for by that side. What is not theirs they don't find.
pub(super) fn may_call_for(before: &Appointment, asker: &Asker, initiator: Initiator) -> Result<(), Refusal> {
    let role = asker.role;
    let own = asker.is_staff() || role.is_none() || asker.person.is_some_and(|person| before.belongs_to(person));
    if !own {
        return Err(Refusal::not_found("appointment"));
    }
    let allowed = match initiator {
        Initiator::Client => true,
        Initiator::Therapist => !asker.is_client(),
        Initiator::Practice => asker.is_staff() || role.is_none(),
    };
    if allowed {
        return Ok(());
    }
    let detail = "Say who called for it as it was: a client speaks for themselves, a therapist for either of the two.";
    Err(Refusal::forbidden("initiator_not_allowed", detail))
}

/// Why, where the policy asks therapist and practice for it; a client need not say (G-07, `rulings` 19).
pub(super) fn must_give(situation: &Situation, reason: Option<Reason>, initiator: Initiator) -> Result<(), Refusal> {
    let needed = initiator != Initiator::Client && situation.policy.parameters.therapist_cancel.requires_reason;
    match reason {
        None if needed => Err(Refusal::invalid("reason_required", "reason", "Choose why it can't go ahead.")),
        None => Ok(()),
        Some(reason) => may_give(situation, reason, initiator),
    }
}

/// Whose own it is, or the office: nobody else finds it.
pub(super) fn may_handle(about: &Appointment, asker: &Asker) -> Result<(), Refusal> {
    let own = asker.is_staff() || asker.role.is_none() || asker.person.is_some_and(|person| about.belongs_to(person));
    if own && !asker.is_client() { Ok(()) } else { Err(Refusal::not_found("appointment")) }
}

/// The person who acts: a clock decides nothing here.
pub(super) fn person(asker: &Asker) -> Result<PersonRef, Refusal> {
    asker.person.ok_or_else(|| Refusal::not_found("person"))
}

/// "The team" of the contract.
pub(super) fn must_be_team(asker: &Asker) -> Result<(), Refusal> {
    if asker.role.is_some_and(Role::is_team) {
        return Ok(());
    }
    Err(Refusal::forbidden("team_only", "This is for the practice's team. Ask them to do it."))
}

/// Whether the practice's list has this reason for that side.
pub(super) fn may_give(situation: &Situation, reason: Reason, initiator: Initiator) -> Result<(), Refusal> {
    if situation.policy.parameters.reasons.of(reason).enabled && reason.fits(initiator) {
        return Ok(());
    }
    let detail = "Choose a reason from the practice's list for the one who called for it.";
    Err(Refusal::invalid("reason_not_allowed", "reason", detail))
}
