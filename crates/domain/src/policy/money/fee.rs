//! How much a late cancellation or a missed appointment costs.

use super::{EntryKind, Situation};
use crate::money::Money;
use crate::policy::notice::Notice;
use crate::policy::rule::{RuleUse, Value};
use crate::policy::{Boundary, FeeModel, Parameters, Tier};
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// What a therapist charges; none is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TherapistFees {
    /// For a late cancellation.
    pub late_cancel: Option<Money>,
    /// For a missed appointment.
    pub no_show: Option<Money>,
}

/// A fee and the rules that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fee {
    /// The amount, not negative.
    pub amount: Money,
    /// Why.
    pub because: Vec<RuleUse>,
}

struct Terms {
    model: FeeModel,
    amount: Option<Money>,
    percent: u32,
    cap: Option<Money>,
    therapist: Option<Money>,
}

/// The fee of a late cancellation (`EntryKind::LateFee`) or a missed appointment (any other kind).
pub fn fee(parameters: &Parameters, case: &Situation, kind: EntryKind, notice: Option<&Notice>) -> Fee {
    let nothing = Money::new(0, case.price.currency);
    let free = |id| Fee { amount: nothing, because: vec![RuleUse::of(id)] };
    if case.payer_forbids_fee {
        return free("fee.prohibited_payer");
    }
    if case.fee_charged {
        return free("fee.once_per_appointment");
    }
    if parameters.first_time_forgiveness && !case.late_before {
        return free("fee.first_time_forgiven");
    }
    if parameters.waive_late_fee_if_slot_refilled && case.slot_refilled && kind == EntryKind::LateFee {
        return free("fee.slot_refilled");
    }
    let terms = terms(parameters, case, kind);
    let tier = notice.and_then(|notice| tier(parameters, notice));
    let (amount, rule) = match tier {
        Some(tier) => share(case.price, tier.percent.into(), "fee.tier")
            .map_rule(|rule| rule.with("within", Value::Hours(tier.within_hours))),
        None => model(&terms, case.price),
    };
    capped(amount, rule, &terms, case.practice_cap)
}

fn terms(parameters: &Parameters, case: &Situation, kind: EntryKind) -> Terms {
    let (late, missed) = (&parameters.late_cancel, &parameters.no_show);
    if kind == EntryKind::LateFee {
        Terms {
            model: late.fee_model,
            amount: late.fee_amount,
            percent: late.percent,
            cap: late.cap,
            therapist: case.therapist_fees.late_cancel,
        }
    } else {
        Terms {
            model: missed.fee_model,
            amount: missed.fee_amount,
            percent: missed.percent,
            cap: missed.cap,
            therapist: case.therapist_fees.no_show,
        }
    }
}

fn model(terms: &Terms, price: Money) -> (Money, RuleUse) {
    let nothing = Money::new(0, price.currency);
    let plain = |amount, id| (amount, RuleUse::of(id).with("amount", Value::Money(amount)));
    match terms.model {
        FeeModel::None => (nothing, RuleUse::of("fee.none")),
        FeeModel::PerTherapist => match terms.therapist {
            Some(amount) if amount.amount_minor > 0 => plain(amount, "fee.per_therapist"),
            _ => (nothing, RuleUse::of("fee.per_therapist_none")),
        },
        FeeModel::Fixed => plain(terms.amount.unwrap_or(nothing), "fee.fixed"),
        FeeModel::Percent => share(price, terms.percent, "fee.percent"),
        FeeModel::Full => plain(price, "fee.full"),
    }
}

fn share(price: Money, percent: u32, id: &'static str) -> (Money, RuleUse) {
    let amount = price.percent(percent.into());
    (amount, RuleUse::of(id).with("percent", Value::Percent(percent)).with("amount", Value::Money(amount)))
}

trait MapRule {
    fn map_rule(self, change: impl FnOnce(RuleUse) -> RuleUse) -> Self;
}
impl MapRule for (Money, RuleUse) {
    fn map_rule(self, change: impl FnOnce(RuleUse) -> RuleUse) -> Self {
        (self.0, change(self.1))
    }
}

/// The lowest cap in the fee's own currency holds; a cap in another currency says nothing about it.
fn capped(amount: Money, rule: RuleUse, terms: &Terms, practice_cap: Option<Money>) -> Fee {
    let caps = [terms.cap, practice_cap];
    let lowest = caps.into_iter().flatten().filter(|cap| cap.currency == amount.currency).map(|cap| cap.amount_minor);
    match lowest.min() {
        Some(cap) if cap < amount.amount_minor => {
            let amount = Money::new(cap, amount.currency);
            Fee { amount, because: vec![rule, RuleUse::of("fee.cap").with("amount", Value::Money(amount))] }
        }
        _ => Fee { amount, because: vec![rule] },
    }
}

/// The shortest step that the notice falls under. On a step's own edge the policy's boundary decides.
fn tier(parameters: &Parameters, notice: &Notice) -> Option<Tier> {
    let rules = &parameters.client_cancel;
    rules.tiers.iter().copied().find(|tier| {
        let edge = Span::hours(tier.within_hours.into());
        match rules.boundary {
            Boundary::Inclusive => notice.given < edge,
            Boundary::Exclusive => notice.given <= edge,
        }
    })
}
