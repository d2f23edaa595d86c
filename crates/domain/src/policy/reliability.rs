//! Whether an event counts in a therapist's record, how much, and why (T-table of domain 2.3, E-08, E-11).

use super::rule::RuleUse;
use super::{Parameters, ReliabilityExclusion};
use crate::policy::choices::words;
use crate::reason::{Fault, Initiator, Reason, Treatment};
use serde::Serialize;

words! {
    /// What a therapist's record may count.
    EventKind {
        /// An appointment was called off.
        Cancelled = "cancelled",
        /// An appointment was moved, or a move was asked for.
        Moved = "moved",
        /// The therapist was late.
        Late = "late",
        /// The therapist did not come.
        Missed = "missed",
        /// It failed technically.
        TechnicalFailure = "technical_failure",
    }
}

/// An event to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// On whose initiative; for lateness and a missed appointment the therapist.
    pub initiator: Initiator,
    /// Whose doing it was, once settled.
    pub fault: Option<Fault>,
    /// The reason that was given.
    pub reason: Option<Reason>,
    /// With less notice than the policy's.
    pub short_notice: bool,
    /// It turned out to have been reported by mistake.
    pub mistaken: bool,
}

/// Whether it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// Whether it counts.
    pub counts: bool,
    /// How much: 0 where it does not count, 3 for a missed appointment, 2 at short notice, 1 otherwise.
    pub weight: u8,
    /// Whether the practice may excuse it.
    pub excusable: bool,
    /// Why.
    pub why: RuleUse,
}

fn counted(id: &'static str, weight: u8, excusable: bool) -> Counted {
    Counted { counts: weight > 0, weight, excusable, why: RuleUse::of(id) }
}

/// Judges an event. What was done on the client's or the practice's initiative never counts against a therapist.
pub fn judge(parameters: &Parameters, event: &Event) -> Counted {
    let rules = &parameters.reliability;
    let leaves_out = |what| rules.excludes.contains(&what);
    let no = |id| counted(id, 0, false);
    let fault = event.fault.unwrap_or(Fault::Undetermined);
    if !rules.enabled {
        return no("reliability.not_kept");
    }
    match event.initiator {
        Initiator::Client => return no("reliability.client_initiated"),
        Initiator::Practice => return no("reliability.practice_initiated"),
        Initiator::Therapist => {}
    }
    if event.mistaken && leaves_out(ReliabilityExclusion::MistakenReport) {
        return no("reliability.mistaken_report");
    }
    let technical = event.kind == EventKind::TechnicalFailure || fault == Fault::PlatformTechnical;
    if technical && leaves_out(ReliabilityExclusion::PlatformFault) {
        return no("reliability.technical");
    }
    if fault == Fault::Client || fault == Fault::PracticeAdmin {
        return no("reliability.other_fault");
    }
    let settled_otherwise = !matches!(fault, Fault::Therapist | Fault::Undetermined);
    if settled_otherwise && leaves_out(ReliabilityExclusion::FaultNotTherapist) {
        return no("reliability.other_fault");
    }
    match event.kind {
        EventKind::Missed => counted("reliability.missed", 3, false),
        EventKind::Late => counted("reliability.late", 1, true),
        EventKind::TechnicalFailure => counted("reliability.counted", 1, true),
        EventKind::Cancelled | EventKind::Moved => by_reason(parameters, event),
    }
}

fn by_reason(parameters: &Parameters, event: &Event) -> Counted {
    let weight = if event.short_notice { 2 } else { 1 };
    let id = match (event.kind, event.short_notice) {
        (EventKind::Moved, _) => "reliability.moved",
        (_, true) => "reliability.short_notice",
        (_, false) => "reliability.counted",
    };
    let treatment = event.reason.map_or(Treatment::Counted, |reason| parameters.reasons.of(reason).reliability);
    match treatment {
        Treatment::Counted => counted(id, weight, false),
        Treatment::CountedExcusable => counted("reliability.counted_excusable", weight, true),
        Treatment::CountedIfShortNotice if event.short_notice => counted(id, weight, false),
        Treatment::CountedIfShortNotice => counted("reliability.planned_in_time", 0, false),
        Treatment::ExcusedByDefault => counted("reliability.excused", 0, true),
        Treatment::NotCounted => counted("reliability.reason_not_counted", 0, false),
    }
}

#[cfg(test)]
#[path = "reliability_tests.rs"]
mod tests;
