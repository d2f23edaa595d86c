//! Appointments that a payer allows: what happened may use one up (T15, `domain` 3).

use super::{Asker, Outcome, Situation, money};
use crate::appointment::Appointment;
use crate::id::Ids;
use crate::ledger::EntryKind;
use crate::money::Money;
use crate::pathway::AllowanceUse;
use crate::policy::money::PlannedEntry;
use crate::policy::{RuleUse, Value};
use crate::time::Instant;

/// Puts it on the client's account if the pathway that was agreed counts it: an entry of no money.
pub(super) fn spend(
    situation: &Situation,
    asker: &Asker,
    about: &Appointment,
    what: AllowanceUse,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    let Some(pathway) = situation.policy.pathway() else { return };
    let Some(allowance) = pathway.allowance.as_ref().filter(|allowance| allowance.used_by.contains(&what)) else {
        return;
    };
    let how = match what {
        AllowanceUse::Attended => "attended",
        AllowanceUse::LateCancel => "cancelled late",
        AllowanceUse::NoShow => "missed",
    };
    let reason = format!("{}: one of {} appointments, {how}", pathway.name, allowance.appointments);
    let nothing = PlannedEntry { kind: EntryKind::Allowance, amount: Money::new(0, about.price.currency) };
    outcome.ledger.push(money::entry(situation, about, asker, nothing, reason, now, ids));
    outcome.because.push(RuleUse::of("allowance.used").with("allowed", Value::Count(allowance.appointments)));
}
