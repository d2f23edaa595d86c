//! The clocks of the day itself: checking in, stepping away, calling it missed.

use super::rule::{RuleUse, Value};
use super::{FeeModel, Parameters};
use crate::time::{Instant, Span};
use serde::Serialize;

/// Minutes after the start, as a moment.
fn after(start: Instant, minutes: u32) -> Instant {
    start + Span::minutes(i64::from(minutes))
}

/// When a therapist checks in with a client who has not come; strictly after this moment. None where it is off.
pub fn check_in_after(parameters: &Parameters, start: Instant) -> Option<Instant> {
    parameters.late.client_checkin_min.map(|minutes| after(start, minutes))
}

/// Whether the client, expected at `start` and not here at `now`, is late enough to be checked in with: strictly more.
pub fn check_in_due(parameters: &Parameters, start: Instant, now: Instant) -> bool {
    check_in_after(parameters, start).is_some_and(|moment| now > moment)
}

/// From when on the therapist may step away; none where it is off.
pub fn step_away_from(parameters: &Parameters, start: Instant) -> Option<Instant> {
    parameters.late.client_stepaway_min.map(|minutes| after(start, minutes))
}

/// Whether the therapist may step away now.
pub fn step_away_ready(parameters: &Parameters, start: Instant, now: Instant) -> bool {
    step_away_from(parameters, start).is_some_and(|moment| now >= moment)
}

/// From when on a client may report that the therapist has not come.
pub fn client_may_report_from(parameters: &Parameters, start: Instant) -> Instant {
    after(start, parameters.therapist_no_show.client_report_min)
}

/// Whether a therapist this late tells the client.
pub fn therapist_is_late(parameters: &Parameters, late: Span) -> bool {
    late > Span::minutes(i64::from(parameters.late.therapist_threshold_min))
}

/// Why an appointment may not yet be called missed by the client; status 422.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NotMissedYet {
    /// The client may still come.
    #[error("the client may still come; it can be called missed from {until}")]
    GraceNotOver {
        /// Until then.
        until: Instant,
    },
    /// Nobody has tried to reach the client often enough.
    #[error("try to reach the client first, and record it")]
    ContactAttemptRequired {
        /// How often somebody must have tried.
        needed: u32,
    },
}

impl NotMissedYet {
    /// The stable code on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::GraceNotOver { .. } => "grace_not_over",
            Self::ContactAttemptRequired { .. } => "contact_attempt_required",
        }
    }

    /// The rule that decided.
    pub fn rule(self) -> RuleUse {
        match self {
            Self::GraceNotOver { until } => RuleUse::of("no_show.grace").with("until", Value::Moment(until)),
            Self::ContactAttemptRequired { needed } => {
                RuleUse::of("no_show.contact_attempts").with("needed", Value::Count(needed))
            }
        }
    }
}

/// Whether the appointment that began at `start` may be called missed by the client now, after so many attempts.
///
/// # Errors
/// What is still missing.
pub fn may_call_missed(
    parameters: &Parameters,
    start: Instant,
    now: Instant,
    attempts: u32,
) -> Result<RuleUse, NotMissedYet> {
    let until = after(start, parameters.no_show.grace_min);
    let needed = parameters.no_show.min_contact_attempts;
    if now < until {
        Err(NotMissedYet::GraceNotOver { until })
    } else if attempts < needed {
        Err(NotMissedYet::ContactAttemptRequired { needed })
    } else {
        Ok(RuleUse::of("no_show.may_be_called").with("until", Value::Moment(until)))
    }
}

/// After so many missed in a row: the words that ask whether to release the weekly time. Nothing is done by itself.
pub fn release_prompt(parameters: &Parameters, missed: u32) -> Option<RuleUse> {
    let due = parameters.no_show.release_prompt_after.is_some_and(|after| missed >= after);
    due.then(|| RuleUse::of("no_show.release_prompt").with("missed", Value::Count(missed)))
}

/// Why a make-up is asked about.
pub fn make_up_suggested() -> RuleUse {
    RuleUse::of("makeup.suggested")
}

/// What a make-up costs.
pub fn make_up_free() -> RuleUse {
    RuleUse::of("makeup.no_charge")
}

/// Whether a missed appointment costs a client of this practice anything at all.
pub fn missing_costs(parameters: &Parameters) -> bool {
    parameters.no_show.fee_model != FeeModel::None
}
