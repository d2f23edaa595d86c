//! "What if": what one version of a policy makes of one thing that happens to one appointment.

use super::money::{self, Booking, Event, MoneyDecision, PaymentState, Situation, TherapistFees};
use super::notice::{self, Act};
use super::reliability::{self, Counted, EventKind};
use super::rule::RuleUse;
use super::self_service::{self, SelfService};
use super::{CaptureAt, Policy};
use crate::appointment::Initiator;
use crate::money::Money;
use crate::policy::choices::words;
use crate::reason::Reason;
use crate::time::{Instant, Zone};

words! {
    /// What happens to the appointment.
    Happening {
        /// The client cancels.
        ClientCancels = "client_cancels",
        /// The client moves it.
        ClientMoves = "client_moves",
        /// The client does not come.
        ClientMisses = "client_misses",
        /// The therapist cancels.
        TherapistCancels = "therapist_cancels",
        /// The practice cancels.
        PracticeCancels = "practice_cancels",
        /// The therapist does not come.
        TherapistMisses = "therapist_misses",
    }
}

/// An appointment and what is known around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// What happens.
    pub what: Happening,
    /// When the word of it arrives, UTC.
    pub at: Instant,
    /// When it was booked.
    pub booked_at: Instant,
    /// The start.
    pub start: Instant,
    /// The end.
    pub end: Instant,
    /// The price.
    pub price: Money,
    /// It is this client's first.
    pub new_client: bool,
    /// The client was late before.
    pub late_before: bool,
    /// What the therapist charges.
    pub therapist_fees: TherapistFees,
    /// Why a therapist cancels.
    pub reason: Option<Reason>,
}

/// What a policy makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Until when the client could have changed it at no charge.
    pub cutoff: Instant,
    /// Whether the client may do it alone; none where it is not the client who does it.
    pub self_service: Option<SelfService>,
    /// Money.
    pub money: MoneyDecision,
    /// What the payment's state was when it happened, under this policy.
    pub payment: PaymentState,
    /// Whether it counts in the therapist's record; none where it is the client's doing.
    pub counted: Option<Counted>,
    /// Every rule that decided, in order.
    pub because: Vec<RuleUse>,
}

/// Judges the case by this policy; `zone` is the practice's.
pub fn judge(policy: &Policy, zone: &Zone, case: &Case) -> Verdict {
    let parameters = &policy.parameters;
    let judged = |act| notice::judge(parameters, zone, act, case.start, case.at, None);
    let acts = match case.what {
        Happening::ClientCancels => Some(judged(Act::Cancel)),
        Happening::ClientMoves => Some(judged(Act::Move)),
        _ => None,
    };
    let self_service = acts.map(|notice| self_service::decide(parameters, &notice));
    let payment = payment_at(policy, zone, case);
    let event = match (case.what, acts) {
        (Happening::ClientCancels, Some(notice)) => Event::ClientCancels(notice),
        (Happening::ClientMoves, Some(notice)) => Event::ClientMoves(notice),
        (Happening::TherapistCancels, _) => Event::TherapistCancels,
        (Happening::PracticeCancels, _) => Event::PracticeCancels,
        (Happening::TherapistMisses, _) => Event::TherapistMisses,
        _ => Event::ClientMisses,
    };
    let decision = money::decide(parameters, &situation(policy, case, event, payment));
    let counted = event_of(policy, case).map(|event| reliability::judge(parameters, &event));
    let mut because: Vec<RuleUse> = self_service.map(self_service::rule).into_iter().collect();
    if by_therapist(case.what) {
        because.push(notice::short_notice_rule(parameters, case.start, case.at));
    }
    because.extend(decision.because.iter().cloned());
    because.extend(counted.iter().map(|counted| counted.why.clone()));
    let cutoff = notice::cutoff(parameters, zone, Act::Cancel, case.start);
    Verdict { cutoff, self_service, money: decision, payment, counted, because }
}

fn by_therapist(what: Happening) -> bool {
    matches!(what, Happening::TherapistCancels | Happening::PracticeCancels)
}

fn situation(policy: &Policy, case: &Case, event: Event, payment: PaymentState) -> Situation {
    Situation {
        new_client: case.new_client,
        late_before: case.late_before,
        therapist_fees: case.therapist_fees,
        payer_forbids_fee: policy.payer_forbids_fee(),
        ..Situation::new(event, case.price, payment)
    }
}

/// What would have become of the payment by then.
pub(super) fn payment_at(policy: &Policy, zone: &Zone, case: &Case) -> PaymentState {
    let parameters = &policy.parameters;
    if parameters.payment.capture_at == CaptureAt::None || case.price.is_zero() {
        return PaymentState::None;
    }
    let booking = Booking { booked_at: case.booked_at, start: case.start, end: case.end, first: case.new_client };
    match money::capture_due(parameters, zone, &booking) {
        Some(due) if due <= case.at => PaymentState::Captured,
        Some(_) => PaymentState::Planned,
        None => PaymentState::None,
    }
}

fn event_of(policy: &Policy, case: &Case) -> Option<reliability::Event> {
    let (kind, initiator) = match case.what {
        Happening::TherapistCancels => (EventKind::Cancelled, Initiator::Therapist),
        Happening::PracticeCancels => (EventKind::Cancelled, Initiator::Practice),
        Happening::TherapistMisses => (EventKind::Missed, Initiator::Therapist),
        _ => return None,
    };
    let short_notice = notice::short_notice(&policy.parameters, case.start, case.at);
    Some(reliability::Event { kind, initiator, fault: None, reason: case.reason, short_notice, mistaken: false })
}
