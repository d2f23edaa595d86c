//! What a change of plan costs: fees, charges that fall away, money that goes back (rulings 11 and 13).
//!
//! `planned` and `refund_due` are states of a payment, not entries. Amounts are signed from the client's side of the
//! account: what the client owes is positive, what is given back to the balance is negative.

use super::choices::words;
use super::notice::Notice;
use super::rule::{RuleUse, Value};
use super::{CaptureAt, Parameters, RefundRule, notice};
use crate::money::Money;
use crate::time::{Instant, Zone};
use serde::{Deserialize, Serialize};

mod fee;
pub use fee::{Fee, TherapistFees, fee};

words! {
    /// What has become of an appointment's payment.
    PaymentState {
        /// There is none.
        None = "none",
        /// It will be taken at its due moment.
        Planned = "planned",
        /// It was taken.
        Captured = "captured",
        /// It is on its way back.
        RefundDue = "refund_due",
        /// It went back.
        Refunded = "refunded",
        /// It was waived.
        Waived = "waived",
        /// It was refused: the charge stands on the account, unpaid.
        Failed = "failed",
        /// The processor has not said whether it was taken.
        Unknown = "unknown",
    }
}
words! {
    /// What an entry of a client's account is.
    EntryKind {
        /// The price of an appointment.
        Charge = "charge",
        /// The fee of a late cancellation.
        LateFee = "late_fee",
        /// The fee of a missed appointment.
        NoShowFee = "no_show_fee",
        /// Money that the client paid.
        Payment = "payment",
        /// A charge or fee that was let go.
        Waiver = "waiver",
        /// Money paid out to the client.
        Refund = "refund",
        /// A charge reversed.
        Credit = "credit",
        /// A payment that moves from one appointment to another; two entries that sum to nothing.
        CarryOver = "carry_over",
        /// An appointment at the therapist's expense.
        MakeUp = "make_up",
        /// One of the appointments that the payer allows.
        Allowance = "allowance",
        /// A debt given up.
        WriteOff = "write_off",
    }
}

/// What happened to the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The client cancelled (T7, T8).
    ClientCancels(Notice),
    /// The client moved it, or asked the therapist to (T4, T5).
    ClientMoves(Notice),
    /// The client did not come, or too late to be seen (T15, T16).
    ClientMisses,
    /// The therapist cancelled, or asks for a move (T6, T9).
    TherapistCancels,
    /// The practice cancelled (T10).
    PracticeCancels,
    /// The therapist did not come (T12).
    TherapistMisses,
    /// It failed technically (T21).
    TechnicalFailure,
}

/// What the decision depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Situation {
    /// What happened.
    pub event: Event,
    /// The price that was agreed at booking.
    pub price: Money,
    /// What has become of the payment so far.
    pub payment: PaymentState,
    /// No appointment of this client has been attended yet.
    pub new_client: bool,
    /// The client has cancelled late or missed an appointment before this one.
    pub late_before: bool,
    /// A late or missed fee was already charged for this appointment.
    pub fee_charged: bool,
    /// What the therapist charges.
    pub therapist_fees: TherapistFees,
    /// The most that the practice allows, if that differs from the policy's cap. The lower one holds.
    pub practice_cap: Option<Money>,
    /// The client's payer forbids fees (`Parameters::forbids_fee`).
    pub payer_forbids_fee: bool,
    /// Somebody else has taken the time.
    pub slot_refilled: bool,
    /// The client has asked for the money back.
    pub refund_asked: bool,
}

impl Situation {
    /// A plain case: planned payment, nothing special about the client, therapist or payer.
    pub const fn new(event: Event, price: Money, payment: PaymentState) -> Self {
        Self {
            event,
            price,
            payment,
            new_client: false,
            late_before: true,
            fee_charged: false,
            therapist_fees: TherapistFees { late_cancel: None, no_show: None },
            practice_cap: None,
            payer_forbids_fee: false,
            slot_refilled: false,
            refund_asked: false,
        }
    }
}

/// How money that was taken goes back, if any does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refund {
    /// Nothing goes back.
    None,
    /// It goes back by itself.
    Auto,
    /// The client chooses: back, or to the new time.
    ClientChoice,
    /// It is asked of the team, with the reason and a confirmation (E-04).
    TeamRequest,
    /// The client asked for it, and it goes back (E-02).
    Requested,
}

/// An entry to post to the client's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedEntry {
    /// What it is.
    pub kind: EntryKind,
    /// Signed from the client's side of the account.
    pub amount: Money,
}

/// What it costs and what becomes of the payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MoneyDecision {
    /// A fee that is posted now.
    pub fee: Money,
    /// What stands, or will be taken as planned, of the appointment's own price.
    pub kept: Money,
    /// The planned charge falls away.
    pub release_charge: bool,
    /// How money that was taken goes back.
    pub refund: Refund,
    /// The payment's state after this.
    pub payment_after: PaymentState,
    /// What to post.
    pub entries: Vec<PlannedEntry>,
    /// After a late move: the cutoff that stays missed (rulings 13).
    pub fee_cutoff_floor: Option<Instant>,
    /// The rules that decided.
    pub because: Vec<RuleUse>,
}

impl MoneyDecision {
    /// All that the client pays for what happened.
    pub const fn cost(&self) -> Money {
        Money::new(self.fee.amount_minor + self.kept.amount_minor, self.fee.currency)
    }

    fn unchanged(case: &Situation) -> Self {
        let nothing = Money::new(0, case.price.currency);
        Self {
            fee: nothing,
            kept: nothing,
            release_charge: false,
            refund: Refund::None,
            payment_after: case.payment,
            entries: Vec::new(),
            fee_cutoff_floor: None,
            because: Vec::new(),
        }
    }

    fn because(mut self, rule: RuleUse) -> Self {
        self.because.push(rule);
        self
    }

    fn post(&mut self, kind: EntryKind, amount: Money) {
        if !amount.is_zero() {
            self.entries.push(PlannedEntry { kind, amount });
        }
    }
}

/// Decides what a change of plan costs.
pub fn decide(parameters: &Parameters, case: &Situation) -> MoneyDecision {
    match case.event {
        Event::ClientMoves(notice) => client_moves(case, notice),
        Event::ClientCancels(notice) if !notice.is_late() => client_in_time(case, notice),
        Event::ClientCancels(notice) => client_pays(parameters, case, EntryKind::LateFee, Some(notice)),
        Event::ClientMisses => client_pays(parameters, case, EntryKind::NoShowFee, None),
        Event::TherapistCancels | Event::PracticeCancels | Event::TherapistMisses | Event::TechnicalFailure => {
            not_the_client(parameters, case)
        }
    }
}

fn client_moves(case: &Situation, notice: Notice) -> MoneyDecision {
    let mut decision = MoneyDecision::unchanged(case).because(notice.rule());
    if notice.is_late() {
        decision.fee_cutoff_floor = Some(notice.cutoff);
        decision.because.push(RuleUse::of("late_move.keeps_cutoff").with("cutoff", Value::Moment(notice.cutoff)));
    }
    decision.because(RuleUse::of("payment.follows_move"))
}

fn client_in_time(case: &Situation, notice: Notice) -> MoneyDecision {
    let decision = MoneyDecision::unchanged(case).because(notice.rule());
    give_back(case, decision, case.price, Refund::Auto)
}

/// Lets go of `amount` of the price: a planned charge is released, a posted one reversed, a captured one paid back.
fn give_back(case: &Situation, mut decision: MoneyDecision, amount: Money, how: Refund) -> MoneyDecision {
    let id = match case.payment {
        PaymentState::Planned => {
            decision.release_charge = true;
            decision.payment_after = PaymentState::None;
            "payment.released"
        }
        PaymentState::Failed => {
            decision.post(EntryKind::Credit, amount.negated());
            let all = amount == case.price;
            decision.payment_after = if all { PaymentState::None } else { PaymentState::Failed };
            "payment.released"
        }
        PaymentState::Captured => {
            decision.refund = how;
            decision.post(EntryKind::Credit, amount.negated());
            decision.payment_after = PaymentState::RefundDue;
            "payment.goes_back"
        }
        PaymentState::Unknown => {
            decision.release_charge = true;
            "payment.looked_up"
        }
        PaymentState::None | PaymentState::RefundDue | PaymentState::Refunded | PaymentState::Waived => {
            return decision;
        }
    };
    decision.because(RuleUse::of(id).with("amount", Value::Money(amount)))
}

fn client_pays(parameters: &Parameters, case: &Situation, kind: EntryKind, notice: Option<Notice>) -> MoneyDecision {
    let mut decision = MoneyDecision::unchanged(case);
    decision.because.extend(notice.map(|notice| notice.rule()));
    if matches!(case.payment, PaymentState::RefundDue | PaymentState::Refunded | PaymentState::Waived) {
        // Somebody let it go or gave it back before: that stands, or the same money would be taken twice (M4, M5).
        return decision;
    }
    let owed = fee(parameters, case, kind, notice.as_ref());
    decision.because.extend(owed.because);
    let planned_stands = case.payment == PaymentState::Planned && parameters.payment.capture_at == CaptureAt::Cutoff;
    let posted = matches!(case.payment, PaymentState::Captured | PaymentState::Failed | PaymentState::Unknown);
    if posted || planned_stands {
        return price_stands(case, decision, owed.amount, kind);
    }
    if case.payment == PaymentState::Planned {
        decision.release_charge = true;
        decision.payment_after = PaymentState::None;
    }
    if owed.amount.amount_minor > 0 {
        decision.fee = owed.amount;
        decision.post(kind, owed.amount);
        if parameters.payment.capture_at != CaptureAt::None {
            decision.payment_after = PaymentState::Planned;
        }
    }
    decision
}

/// The price was taken, or is due by the same clock: it stands as far as the fee reaches, with no fee on top.
fn price_stands(case: &Situation, mut decision: MoneyDecision, owed: Money, kind: EntryKind) -> MoneyDecision {
    let over = case.price.amount_minor - owed.amount_minor.min(case.price.amount_minor);
    decision.kept = Money::new(case.price.amount_minor - over, case.price.currency);
    let back = Money::new(over, case.price.currency);
    if over == 0 {
        return decision.because(RuleUse::of("payment.stands").with("amount", Value::Money(case.price)));
    }
    if case.payment == PaymentState::Planned {
        let kept = decision.kept;
        decision.kept = Money::new(0, kept.currency);
        decision.release_charge = true;
        decision.fee = kept;
        decision.payment_after = if kept.is_zero() { PaymentState::None } else { PaymentState::Planned };
        decision.post(kind, kept);
        return decision;
    }
    give_back(case, decision, back, Refund::Auto)
}

fn not_the_client(parameters: &Parameters, case: &Situation) -> MoneyDecision {
    let decision = MoneyDecision::unchanged(case).because(RuleUse::of("fee.not_the_clients_doing"));
    if case.payment != PaymentState::Captured {
        return give_back(case, decision, case.price, Refund::Auto);
    }
    let rule = refund_rule(parameters, case.new_client);
    let price = ("amount", Value::Money(case.price));
    let waits = |mut decision: MoneyDecision, refund, id| {
        decision.refund = refund;
        decision.because(RuleUse::of(id).with(price.0, price.1.clone()))
    };
    match (rule, case.refund_asked) {
        (RefundRule::TeamRequest, _) => waits(decision, Refund::TeamRequest, "refund.team_request"),
        (RefundRule::ClientChoice, false) => waits(decision, Refund::ClientChoice, "refund.client_choice"),
        (RefundRule::ClientChoice, true) => {
            let decision = decision.because(RuleUse::of("refund.requested"));
            give_back(case, decision, case.price, Refund::Requested)
        }
        (RefundRule::Auto, _) => give_back(case, decision, case.price, Refund::Auto),
    }
}

/// How money goes back to this client when the client is not the one who called it off.
pub fn refund_rule(parameters: &Parameters, new_client: bool) -> RefundRule {
    if new_client { parameters.refund.new_client } else { parameters.refund.on_therapist_cancel }
}

/// The client chose the money, or did not answer while the offer lived: it goes back.
pub fn refund_now(case: &Situation) -> MoneyDecision {
    let decision = MoneyDecision::unchanged(case).because(RuleUse::of("refund.requested"));
    give_back(case, decision, case.price, Refund::Requested)
}

/// The entries by which a payment follows an accepted new time: off the old appointment, onto the new one.
pub fn carry_over(amount: Money) -> [PlannedEntry; 2] {
    let entry = |amount| PlannedEntry { kind: EntryKind::CarryOver, amount };
    [entry(amount), entry(amount.negated())]
}

/// What the moment of taking a payment depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booking {
    /// When it was booked.
    pub booked_at: Instant,
    /// The appointment's start.
    pub start: Instant,
    /// The appointment's end.
    pub end: Instant,
    /// It is the client's first.
    pub first: bool,
}

/// When the price is taken, never before it was booked; none where the practice never takes it. `zone` is the
/// practice's.
pub fn capture_due(parameters: &Parameters, zone: &Zone, booking: &Booking) -> Option<Instant> {
    let due = match parameters.payment.capture_at {
        CaptureAt::None => return None,
        _ if booking.first && parameters.payment.first_session_prepaid => booking.booked_at,
        CaptureAt::AfterSession => booking.end,
        CaptureAt::Session => booking.start,
        CaptureAt::Cutoff => notice::cutoff(parameters, zone, notice::Act::Cancel, booking.start),
    };
    Some(due.max(booking.booked_at))
}

impl Parameters {
    /// Whether clients of this kind of payer may never be charged a fee.
    pub fn forbids_fee(&self, payer: &str) -> bool {
        self.fee.prohibited_payers.contains(payer)
    }
}

#[cfg(test)]
mod tests;
