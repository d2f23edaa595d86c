//! Who may call for a change in whose name, and for which reason (`domain` 2.6.11, G-07).

use super::{Asker, Situation};
use crate::appointment::{Appointment, Initiator};
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

/// Whether the practice's list has this reason for that side.
pub(super) fn may_give(situation: &Situation, reason: Reason, initiator: Initiator) -> Result<(), Refusal> {
    if situation.policy.parameters.reasons.of(reason).enabled && reason.fits(initiator) {
        return Ok(());
    }
    let detail = "Choose a reason from the practice's list for the one who called for it.";
    Err(Refusal::invalid("reason_not_allowed", "reason", detail))
}
