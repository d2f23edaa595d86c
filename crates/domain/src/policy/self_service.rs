//! What a client may do alone, at this notice.

use super::notice::Notice;
use super::rule::{RuleUse, Value};
use super::{Parameters, SelfCancel};
use crate::time::Instant;
use serde::Serialize;

/// Whether a client may cancel or move without asking anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SelfService {
    /// Yes, and it costs nothing.
    Allowed,
    /// Yes, with the consequences of being late shown first.
    AllowedWithFee {
        /// The cutoff that has passed.
        cutoff: Instant,
    },
    /// No.
    Refused(Refusal),
}

/// Why a client is asked to be in touch instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The cutoff has passed (G-03).
    InsideNoticeWindow {
        /// When that was.
        cutoff: Instant,
    },
    /// Clients of this practice always contact the therapist.
    ContactOnly,
}

impl Refusal {
    /// The stable code on the wire, status 403.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InsideNoticeWindow { .. } => "inside_notice_window",
            Self::ContactOnly => "contact_only",
        }
    }
}

/// Decides for a notice that was judged by the server's own time.
pub fn decide(parameters: &Parameters, notice: &Notice) -> SelfService {
    let cutoff = notice.cutoff;
    match (parameters.client_self_cancel, notice.is_late()) {
        (SelfCancel::ContactOnly, _) => SelfService::Refused(Refusal::ContactOnly),
        (_, false) => SelfService::Allowed,
        (SelfCancel::AllowedLateWithFee, true) => SelfService::AllowedWithFee { cutoff },
        (SelfCancel::AllowedBeforeCutoff, true) => SelfService::Refused(Refusal::InsideNoticeWindow { cutoff }),
    }
}

/// The rule that decided.
pub fn rule(decision: SelfService) -> RuleUse {
    let at = |id, cutoff| RuleUse::of(id).with("cutoff", Value::Moment(cutoff));
    match decision {
        SelfService::Allowed => RuleUse::of("client_self_cancel.allowed"),
        SelfService::AllowedWithFee { cutoff } => at("client_self_cancel.late_with_consequences", cutoff),
        SelfService::Refused(Refusal::InsideNoticeWindow { cutoff }) => {
            at("client_self_cancel.inside_notice_window", cutoff)
        }
        SelfService::Refused(Refusal::ContactOnly) => RuleUse::of("client_self_cancel.contact_only"),
    }
}
