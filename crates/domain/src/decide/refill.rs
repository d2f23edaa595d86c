//! A late fee falls away when somebody else takes the time (`waive_late_fee_if_slot_refilled`): the loss is made good.

use super::book::subjects;
use super::{JobToWake, Outcome, Record, Situation, Wake, money, notify};
use crate::appointment::{Appointment, Initiator, Payment, PaymentState, State};
use crate::id::Ids;
use crate::ledger::{Account, EntryKind};
use crate::money::Money;
use crate::policy::money::{MoneyDecision, PlannedEntry};
use crate::policy::{CaptureAt, RuleUse, explain};
use crate::refusal::Refusal;
use crate::time::Instant;
use serde_json::json;

/// Where the policy promises it and something is to be paid, the time is looked at when it begins, at the latest.
pub(super) fn watch(situation: &Situation, ended: &Appointment, decision: &MoneyDecision, outcome: &mut Outcome) {
    if situation.policy.parameters.waive_late_fee_if_slot_refilled && !decision.cost().is_zero() {
        outcome.wakes.push(Wake { job: JobToWake::SlotRefilled(ended.id), at: Some(ended.start) });
    }
}

/// Lets the fee go if somebody else has the time; looks again when it begins if nobody has it yet.
pub(super) fn decide(situation: &Situation, taken: bool, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let ended = situation.appointment()?;
    let mut outcome = Outcome::default();
    let fee = fee(situation, &ended);
    if !situation.policy.parameters.waive_late_fee_if_slot_refilled || !was_late(&ended) || fee.is_zero() {
        return Ok(outcome);
    }
    if !taken {
        let at = Some(ended.start).filter(|start| *start > now);
        outcome.wakes.push(Wake { job: JobToWake::SlotRefilled(ended.id), at });
        return Ok(outcome);
    }
    let Some((payment, kind)) = let_go(situation, &ended, fee) else { return Ok(outcome) };
    let why = RuleUse::of("fee.slot_refilled");
    let reason = explain(&why, situation.practice.locale.language(), &situation.practice.zone);
    if let Some(kind) = kind {
        let gone = PlannedEntry { kind, amount: fee.negated() };
        outcome.ledger.push(money::entry(situation, &ended, &money::clock("slot_refilled"), gone, reason, now, ids));
    }
    outcome.because.push(why);
    outcome.wakes.push(Wake { job: JobToWake::Capture(ended.id), at: None });
    tell(situation, ended, payment, fee, now, &mut outcome);
    Ok(outcome)
}

fn tell(
    situation: &Situation,
    ended: Appointment,
    payment: PaymentState,
    fee: Money,
    now: Instant,
    outcome: &mut Outcome,
) {
    let before = ended.payment.state;
    let after = ended.with_payment(Payment { state: payment, due_at: None });
    notify::fee_fell_away(situation, &after, fee, now, outcome);
    outcome.record = Record {
        word: "fee_waived",
        subjects: subjects(&after),
        details: json!({ "amount": fee, "why": "the time was taken by somebody else", "before": before,
            "after": payment }),
    };
    outcome.appointment = Some(after);
}

/// What of the fee still stands: a person may have let part of it go already.
fn fee(situation: &Situation, ended: &Appointment) -> Money {
    let (fee, account) = (money::fee_owed(situation, ended), Account::of(&situation.account, ended.id));
    let stands = if account.is_empty { fee.amount_minor } else { account.charged.clamp(0, fee.amount_minor.max(0)) };
    Money::new(stands, fee.currency)
}

fn was_late(ended: &Appointment) -> bool {
    matches!(&ended.state, State::Cancelled(how) if how.late && how.initiator == Initiator::Client)
}

/// The payment's state and the entry that lets the fee go; none where it is gone already or a person must look first.
fn let_go(situation: &Situation, ended: &Appointment, fee: Money) -> Option<(PaymentState, Option<EntryKind>)> {
    // A price that stands after a late word is posted only when it is taken; any other fee was posted at once.
    let by_cutoff = situation.policy.parameters.payment.capture_at == CaptureAt::Cutoff;
    let as_price = by_cutoff && fee.amount_minor >= ended.price.amount_minor;
    match ended.payment.state {
        PaymentState::Planned if as_price => Some((PaymentState::Waived, None)),
        PaymentState::Failed if as_price => Some((PaymentState::Waived, Some(EntryKind::Credit))),
        PaymentState::Captured if as_price => Some((PaymentState::RefundDue, Some(EntryKind::Credit))),
        PaymentState::Captured => Some((PaymentState::RefundDue, Some(EntryKind::Waiver))),
        PaymentState::Planned | PaymentState::Failed => Some((PaymentState::Waived, Some(EntryKind::Waiver))),
        PaymentState::None if !as_price => Some((PaymentState::Waived, Some(EntryKind::Waiver))),
        // Part of the price is on its way back already; the rest, which was the fee, goes along.
        PaymentState::RefundDue if by_cutoff && !as_price => Some((PaymentState::RefundDue, Some(EntryKind::Credit))),
        _ => None,
    }
}
