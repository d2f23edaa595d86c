//! What a client may be given when an appointment is called off, and whether enough was given (rulings 3).

use super::rule::RuleUse;
use super::{NextStepKind, Parameters, RefundRule};
use serde::Serialize;

/// Why what was given will not do; status 422.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NextStepProblem {
    /// Nothing was given, and something must be.
    #[error("offer times, send the booking link, or promise when you will be in touch")]
    Required,
    /// This practice does not give that.
    #[error("this practice does not use {0} here; choose another next step")]
    NotAllowed(NextStepKind),
    /// A new client's refund goes through the team (E-04).
    #[error("a new client's refund is asked of the team, with the reason and a confirmation")]
    TeamRequestRequired,
}

impl NextStepProblem {
    /// The stable code on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "next_step_required",
            Self::NotAllowed(_) => "next_step_not_allowed",
            Self::TeamRequestRequired => "team_request_required",
        }
    }

    /// The rule that decided.
    pub const fn rule(self) -> RuleUse {
        match self {
            Self::Required => RuleUse::of("next_step.required"),
            Self::NotAllowed(_) => RuleUse::of("next_step.allowed"),
            Self::TeamRequestRequired => RuleUse::of("refund.new_client.team_request"),
        }
    }
}

/// Whether this practice gives that.
pub fn allows(parameters: &Parameters, kind: NextStepKind) -> bool {
    matches!(kind, NextStepKind::NextAppointment | NextStepKind::Book) || parameters.next_step.allowed.contains(&kind)
}

/// What this practice gives, in the order in which pages show it.
pub fn allowed(parameters: &Parameters) -> impl Iterator<Item = NextStepKind> + '_ {
    NextStepKind::ALL.iter().copied().filter(|kind| allows(parameters, *kind))
}

/// Checks what a therapist or the practice gives a client. `new_client`: none of the client's appointments was attended.
///
/// # Errors
/// The first thing that will not do.
pub fn check(parameters: &Parameters, given: &[NextStepKind], new_client: bool) -> Result<(), NextStepProblem> {
    if given.is_empty() && parameters.next_step.required {
        return Err(NextStepProblem::Required);
    }
    if let Some(kind) = given.iter().find(|kind| !allows(parameters, **kind)) {
        return Err(NextStepProblem::NotAllowed(*kind));
    }
    let by_team = new_client && parameters.refund.new_client == RefundRule::TeamRequest;
    if by_team && given.contains(&NextStepKind::Refund) {
        return Err(NextStepProblem::TeamRequestRequired);
    }
    Ok(())
}
