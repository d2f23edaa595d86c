//! How much notice there was, judged by when the client's message arrived (domain 2.6).

use super::rule::{RuleUse, Value};
use super::working::WorkingTime;
use super::{Boundary, Parameters};
use crate::time::{Instant, Span, Zone};
use serde::Serialize;

/// What a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// To cancel.
    Cancel,
    /// To move to another time.
    Move,
}

/// Which side of the cutoff it arrived on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// In time.
    Timely,
    /// Too late.
    Late,
}

/// The notice that a client gave, judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Which side of the cutoff.
    pub verdict: Verdict,
    /// The cutoff that it was judged by, grace not included: what the client is shown.
    pub cutoff: Instant,
    /// Which side the cutoff itself is on.
    pub boundary: Boundary,
    /// How long before the start the message arrived; negative after it.
    pub given: Span,
    act: Act,
    hours: u32,
    floored: bool,
}

impl Notice {
    /// Whether it was too late.
    pub fn is_late(&self) -> bool {
        self.verdict == Verdict::Late
    }

    /// The rule that decided.
    pub fn rule(&self) -> RuleUse {
        let id = match (self.act, self.verdict, self.floored) {
            (_, Verdict::Late, true) => "client_cancel.notice.after_late_move",
            (Act::Cancel, Verdict::Timely, _) => "client_cancel.notice.timely",
            (Act::Cancel, Verdict::Late, _) => "client_cancel.notice.late",
            (Act::Move, Verdict::Timely, _) => "client_reschedule.notice.timely",
            (Act::Move, Verdict::Late, _) => "client_reschedule.notice.late",
        };
        RuleUse::of(id).with("cutoff", Value::Moment(self.cutoff)).with("notice", Value::Hours(self.hours))
    }
}

/// The last moment for this act, before (or at, if inclusive) which it is in time: the start less the notice in elapsed
/// hours, or in hours of the practice's working days, whose zone this is.
pub fn cutoff(parameters: &Parameters, zone: &Zone, act: Act, start: Instant) -> Instant {
    let notice = Span::hours(i64::from(hours(parameters, act)));
    if parameters.client_cancel.business_days {
        WorkingTime::new(&parameters.practice, zone).back_from(start, notice)
    } else {
        start - notice
    }
}

/// The notice hours of this act.
pub fn hours(parameters: &Parameters, act: Act) -> u32 {
    let cancel = parameters.client_cancel.notice_hours;
    match act {
        Act::Cancel => cancel,
        Act::Move => parameters.client_reschedule.notice_hours.unwrap_or(cancel),
    }
}

/// Judges a message that arrived at `received_at` for an appointment that begins at `start`. `floor` is the first
/// cutoff that was missed, if the appointment was moved late before: a late move does not set the clock back.
pub fn judge(
    parameters: &Parameters,
    zone: &Zone,
    act: Act,
    start: Instant,
    received_at: Instant,
    floor: Option<Instant>,
) -> Notice {
    let own = cutoff(parameters, zone, act, start);
    let cutoff = floor.map_or(own, |floor| floor.min(own));
    let boundary = parameters.client_cancel.boundary;
    let last = cutoff + Span::minutes(i64::from(parameters.client_cancel.grace_minutes));
    let timely = match boundary {
        Boundary::Inclusive => received_at <= last,
        Boundary::Exclusive => received_at < last,
    };
    let verdict = if timely { Verdict::Timely } else { Verdict::Late };
    let hours = hours(parameters, act);
    Notice { verdict, cutoff, boundary, given: start - received_at, act, hours, floored: cutoff < own }
}

/// Whether a therapist or the practice who says so now gives short notice: less than the hours of the policy.
pub fn short_notice(parameters: &Parameters, start: Instant, now: Instant) -> bool {
    start - now < Span::hours(i64::from(parameters.therapist_cancel.short_notice_hours))
}

/// The rule behind `short_notice`, for the record.
pub fn short_notice_rule(parameters: &Parameters, start: Instant, now: Instant) -> RuleUse {
    let id =
        if short_notice(parameters, start, now) { "therapist_cancel.short_notice" } else { "therapist_cancel.in_time" };
    RuleUse::of(id).with("notice", Value::Hours(parameters.therapist_cancel.short_notice_hours))
}

#[cfg(test)]
#[path = "notice_tests.rs"]
mod tests;
