//! What it costs. Money follows fault and notice: whoever called it off, and whether their word came in time.

use super::Asked;
use crate::invariants::Sums;
use domain::appointment::{Appointment, PaymentState, State};
use domain::policy::{Boundary, CaptureAt, FeeModel, Parameters, RefundRule};
use domain::time::{Instant, Span};

/// The last moment that is free: the start less the notice, and once missed never later again (`rulings` 13).
pub fn cutoff(rules: &Parameters, about: &Appointment, moving: bool) -> Instant {
    let hours = rules.client_cancel.notice_hours;
    let hours = if moving { rules.client_reschedule.notice_hours.unwrap_or(hours) } else { hours };
    let own = about.start - Span::hours(hours.into());
    about.policy.cutoff_floor.map_or(own, |floor| floor.min(own))
}

/// Whether a word that reached us then is late. Inclusive counts the cutoff itself as in time; grace comes after it.
pub fn is_late(rules: &Parameters, about: &Appointment, moving: bool, received: Instant) -> bool {
    let last = cutoff(rules, about, moving) + Span::minutes(rules.client_cancel.grace_minutes.into());
    match rules.client_cancel.boundary {
        Boundary::Inclusive => received > last,
        Boundary::Exclusive => received >= last,
    }
}

/// Whether therapist or practice give less than the hours of the policy.
pub fn short(rules: &Parameters, about: &Appointment, now: Instant) -> bool {
    now > about.start - Span::hours(rules.therapist_cancel.short_notice_hours.into())
}

/// What a late word costs, before anything that was paid is looked at. Minor units.
pub fn late_fee(asked: &Asked, about: &Appointment, received: Instant) -> i64 {
    let rules = asked.world.rules_of(about);
    if forgiven(asked, about) {
        return 0;
    }
    let given = about.start - received;
    let inside = |hours: u32| match rules.client_cancel.boundary {
        Boundary::Inclusive => given < Span::hours(hours.into()),
        Boundary::Exclusive => given <= Span::hours(hours.into()),
    };
    let price = about.price.amount_minor;
    let fee = match rules.client_cancel.tiers.iter().find(|tier| inside(tier.within_hours)) {
        Some(tier) => price * i64::from(tier.percent) / 100,
        None => by_model(
            rules.late_cancel.fee_model,
            price,
            rules.late_cancel.fee_amount.map_or(0, |fee| fee.amount_minor),
            rules.late_cancel.percent.into(),
            about.policy.late_cancel_fee.map_or(0, |fee| fee.amount_minor),
        ),
    };
    rules.late_cancel.cap.map_or(fee, |cap| fee.min(cap.amount_minor))
}

/// What not coming costs.
pub fn missed_fee(asked: &Asked, about: &Appointment) -> i64 {
    let rules = asked.world.rules_of(about);
    if forgiven(asked, about) {
        return 0;
    }
    let fee = by_model(
        rules.no_show.fee_model,
        about.price.amount_minor,
        rules.no_show.fee_amount.map_or(0, |fee| fee.amount_minor),
        rules.no_show.percent.into(),
        about.policy.no_show_fee.map_or(0, |fee| fee.amount_minor),
    );
    rules.no_show.cap.map_or(fee, |cap| fee.min(cap.amount_minor))
}

/// The first time is forgiven where the practice says so, once.
fn forgiven(asked: &Asked, about: &Appointment) -> bool {
    asked.world.rules_of(about).first_time_forgiveness && !asked.world.was_late_before(about.relationship)
}

fn by_model(model: FeeModel, price: i64, fixed: i64, percent: i64, therapists: i64) -> i64 {
    match model {
        FeeModel::None => 0,
        FeeModel::Fixed => fixed,
        FeeModel::Percent => price * percent / 100,
        FeeModel::PerTherapist => therapists,
        FeeModel::Full => price,
    }
}

/// What must come of the money when an appointment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// How the charges change: more owed, or less.
    pub charged: i64,
    /// Where the payment then stands.
    pub payment: PaymentState,
}

/// The client's side, late or missed, for this fee. A price that was taken, or is due by the same clock, stands as far as
/// the fee reaches, and never with a fee on top (`rulings` 11).
pub fn client_pays(rules: &Parameters, about: &Appointment, fee: i64) -> Settled {
    let price = about.price.amount_minor;
    let by_cutoff = rules.payment.capture_at == CaptureAt::Cutoff;
    match about.payment.state {
        PaymentState::Captured if fee >= price => Settled { charged: 0, payment: PaymentState::Captured },
        // What somebody let go or gave back before stands as they decided.
        decided @ (PaymentState::RefundDue | PaymentState::Refunded | PaymentState::Waived) => {
            Settled { charged: 0, payment: decided }
        }
        PaymentState::Captured => Settled { charged: fee - price, payment: PaymentState::RefundDue },
        PaymentState::Planned if by_cutoff && fee >= price => Settled { charged: 0, payment: PaymentState::Planned },
        before => {
            let never = rules.payment.capture_at == CaptureAt::None;
            let after = match (fee, before) {
                (0, PaymentState::Planned) => PaymentState::None,
                (0, before) => before,
                (_, PaymentState::Planned) if never => PaymentState::None,
                (_, before) if never => before,
                _ => PaymentState::Planned,
            };
            Settled { charged: fee, payment: after }
        }
    }
}

/// In time: nothing is charged, and what was taken goes back by itself.
pub fn free_of_charge(about: &Appointment) -> Settled {
    match about.payment.state {
        PaymentState::Planned => Settled { charged: 0, payment: PaymentState::None },
        PaymentState::Captured => Settled { charged: -about.price.amount_minor, payment: PaymentState::RefundDue },
        other => Settled { charged: 0, payment: other },
    }
}

/// Not the client's doing: never a fee, and what was taken is theirs to choose about, or the team's (E-02, E-04).
pub fn not_their_doing(asked: &Asked, about: &Appointment, refund_asked: bool) -> Settled {
    if about.payment.state != PaymentState::Captured {
        return free_of_charge(about);
    }
    match refund_rule(asked, about) {
        RefundRule::Auto => free_of_charge(about),
        RefundRule::ClientChoice if refund_asked => free_of_charge(about),
        _ => Settled { charged: 0, payment: PaymentState::Captured },
    }
}

pub fn refund_rule(asked: &Asked, about: &Appointment) -> RefundRule {
    let rules = &asked.world.rules_of(about).refund;
    if asked.world.is_new(about.relationship) { rules.new_client } else { rules.on_therapist_cancel }
}

pub fn team_gives_back(asked: &Asked, about: &Appointment) -> bool {
    refund_rule(asked, about) == RefundRule::TeamRequest
}

/// When the price of a time is taken (H-06), if it is. `first` is the client's first appointment.
pub fn taken_at(rules: &Parameters, start: Instant, end: Instant, booked: Instant, first: bool) -> Option<Instant> {
    let due = match rules.payment.capture_at {
        CaptureAt::None => return None,
        _ if first && rules.payment.first_session_prepaid => booked,
        CaptureAt::Session => start,
        CaptureAt::AfterSession => end,
        CaptureAt::Cutoff => start - Span::hours(rules.client_cancel.notice_hours.into()),
    };
    Some(due.max(booked))
}

/// What the client still owes. Minor units.
pub fn left_to_pay(sums: Sums) -> i64 {
    (sums.charged - sums.paid + sums.returned).max(0)
}

/// What was taken, is not on its way back, and may still be given back.
pub fn may_still_go_back(sums: Sums) -> i64 {
    let kept = sums.paid - sums.returned;
    kept.min(sums.charged).max(0)
}

/// Whether the client's own late word or absence keeps what was paid with the old time (H-10).
pub fn stays_paid(ended: &Appointment) -> bool {
    match &ended.state {
        State::Cancelled(how) => how.initiator == domain::appointment::Initiator::Client && how.late,
        State::ClientNoShow | State::LateNotSeen => true,
        _ => false,
    }
}
