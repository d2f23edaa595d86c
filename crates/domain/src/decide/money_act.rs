//! What people decide about money: a fee let go, money given back, and what was settled by hand (E-02, E-04, E-07, G-04,
//! `rulings` 11). One ledger for every way in: nothing goes back that is not there.

use super::book::subjects;
use super::money::{entry, settled_payment};
use super::{Asker, JobToWake, Outcome, Record, Situation, Wake, contact, notify, who};
use crate::appointment::{Appointment, Payment, PaymentState};
use crate::id::Ids;
use crate::ledger::{Account, EntryKind};
use crate::money::Money;
use crate::obligation::{Obligation, ObligationKind};
use crate::policy::choices::words;
use crate::policy::money::{PlannedEntry, refund_rule};
use crate::policy::obligations::{Given, Setting, Trigger, owed};
use crate::policy::{RefundRule, RuleUse, Value, WaiverBy};
use crate::refusal::Refusal;
use crate::time::Instant;
use serde_json::json;

/// An amount to let go or give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveBack {
    /// Why; it stands on the account.
    pub reason: String,
    /// How much; everything where nothing is said.
    pub amount: Option<Money>,
}

words! {
    /// How money was settled by hand.
    SettledHow {
        /// The client paid by transfer.
        PaidByTransfer = "paid_by_transfer",
        /// The client paid in person.
        PaidInPerson = "paid_in_person",
        /// It went back to the card.
        ReturnedToCard = "returned_to_card",
        /// It went back by transfer.
        ReturnedByTransfer = "returned_by_transfer",
        /// The client leaves it on their account for another time.
        KeptAsCredit = "kept_as_credit",
        /// The debt is given up.
        WriteOff = "write_off",
    }
}

/// What was settled by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleByHand {
    /// How.
    pub how: SettledHow,
    /// How much; everything where nothing is said.
    pub amount: Option<Money>,
    /// Why, where a debt is given up.
    pub reason: Option<String>,
}

/// The payment of a past appointment goes to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarryPayment {
    /// Why; it stands on the account.
    pub reason: String,
}

/// Lets a fee or price go.
pub(super) fn waive(
    situation: &Situation,
    asker: &Asker,
    wish: GiveBack,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = situation.appointment()?;
    who::may_handle(&before, asker)?;
    if situation.policy.parameters.waiver.who == WaiverBy::Team {
        who::must_be_team(asker)?;
    }
    let reason = reason(&wish.reason)?;
    let account = Account::of(&situation.account, before.id);
    let mut outcome = Outcome::default();
    // A price that was still to be taken is charged first, so that the account shows what was let go.
    let planned = before.payment.state == PaymentState::Planned && account.is_empty && !before.state.is_live();
    let account = if planned { Account { charged: before.price.amount_minor, ..account } } else { account };
    let amount = amount(wish.amount, account.charged, &before, "This is more than stands charged for it.")?;
    let goes_back = (amount.amount_minor - account.owed()).max(0);
    if goes_back > 0 {
        must_ask_the_team(situation, asker)?;
    }
    if planned {
        let charge = PlannedEntry { kind: EntryKind::Charge, amount: before.price };
        outcome.ledger.push(entry(situation, &before, asker, charge, "The price agreed at booking".into(), now, ids));
    }
    let waiver = PlannedEntry { kind: EntryKind::Waiver, amount: amount.negated() };
    outcome.ledger.push(entry(situation, &before, asker, waiver, reason.clone(), now, ids));
    let payment = match (goes_back > 0, account.owed() == amount.amount_minor) {
        (true, _) => settled_payment(PaymentState::RefundDue),
        (false, true) => settled_payment(PaymentState::Waived),
        (false, false) => before.payment,
    };
    let after = with_payment(before, payment, &mut outcome);
    let back = Some(Money::new(goes_back, amount.currency)).filter(|back| !back.is_zero());
    notify::waived(situation, asker, &after, amount, back, &reason, now, &mut outcome);
    tell_practice(situation, asker, &after, now, ids, &mut outcome);
    finish(situation, after, "fee_waived", json!({ "amount": amount, "reason": reason }), now, outcome)
}

/// Gives money back: it is due to the client from now on, and paid out by hand or by card.
pub(super) fn refund(
    situation: &Situation,
    asker: &Asker,
    wish: GiveBack,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = situation.appointment()?;
    who::may_handle(&before, asker)?;
    let reason = reason(&wish.reason)?;
    must_ask_the_team(situation, asker)?;
    let account = Account::of(&situation.account, before.id);
    let words = "This is more than was taken for it and is not yet on its way back.";
    let amount = amount(wish.amount, account.kept(), &before, words)?;
    let mut outcome = Outcome::default();
    let credit = PlannedEntry { kind: EntryKind::Credit, amount: amount.negated() };
    outcome.ledger.push(entry(situation, &before, asker, credit, reason.clone(), now, ids));
    let after = with_payment(before, settled_payment(PaymentState::RefundDue), &mut outcome);
    notify::refunded(situation, &after, amount, now, &mut outcome);
    outcome.because.push(RuleUse::of("payment.goes_back").with("amount", Value::Money(amount)));
    finish(situation, after, "refund_due", json!({ "amount": amount, "reason": reason }), now, outcome)
}

/// Puts down what was settled by hand; the office does that.
pub(super) fn settle(
    situation: &Situation,
    asker: &Asker,
    wish: SettleByHand,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    use SettledHow::{KeptAsCredit, PaidByTransfer, PaidInPerson, ReturnedByTransfer, ReturnedToCard, WriteOff};
    let before = situation.appointment()?;
    if !asker.is_staff() {
        return Err(Refusal::not_found("appointment"));
    }
    let account = Account::of(&situation.account, before.id);
    let given_back = matches!(before.payment.state, PaymentState::RefundDue | PaymentState::Refunded);
    let (limit, kind, sign) = match wish.how {
        PaidByTransfer | PaidInPerson => (account.owed(), Some(EntryKind::Payment), -1),
        WriteOff => (account.owed(), Some(EntryKind::WriteOff), -1),
        ReturnedToCard | ReturnedByTransfer => (account.due_back(), Some(EntryKind::Refund), 1),
        KeptAsCredit => (account.due_back(), None, 1),
    };
    let words = match wish.how {
        PaidByTransfer | PaidInPerson | WriteOff => "The client does not owe that much for it.",
        _ => "This is more than is due back for it.",
    };
    let amount = amount(wish.amount, limit, &before, words)?;
    let given = wish.reason.filter(|reason| !reason.trim().is_empty());
    let reason = match (given, wish.how) {
        (Some(given), _) => reason(&given)?,
        (None, WriteOff) => reason("")?,
        (None, how) => how.as_str().replace('_', " "),
    };
    let mut outcome = Outcome::default();
    if let Some(kind) = kind {
        let planned = PlannedEntry { kind, amount: Money::new(sign * amount.amount_minor, amount.currency) };
        outcome.ledger.push(entry(situation, &before, asker, planned, reason.clone(), now, ids));
    }
    let whole = amount.amount_minor == limit;
    let state = match wish.how {
        PaidByTransfer | PaidInPerson if whole && !given_back => PaymentState::Captured,
        WriteOff if whole && !given_back => PaymentState::Waived,
        ReturnedToCard | ReturnedByTransfer if whole => PaymentState::Refunded,
        KeptAsCredit if whole => PaymentState::None,
        _ => before.payment.state,
    };
    let due_at = before.payment.due_at.filter(|_| state == before.payment.state);
    let after = with_payment(before, Payment { state, due_at }, &mut outcome);
    let details = json!({ "how": wish.how, "amount": amount, "reason": reason });
    finish(situation, after, "settled_by_hand", details, now, outcome)
}

/// The payment of a past appointment goes to another one of the same two people; the team's alone (`rulings` 11).
pub(super) fn carry(
    situation: &Situation,
    asker: &Asker,
    wish: CarryPayment,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    who::must_be_team(asker)?;
    let (from, to) = (situation.appointment()?, situation.next_appointment.clone());
    let reason = reason(&wish.reason)?;
    let to = to.filter(|to| to.relationship == from.relationship && to.id != from.id && to.state.is_pending());
    let to = to.ok_or_else(|| {
        let detail = "Name an appointment of the same two people that is still to come.";
        Refusal::invalid("not_a_next_appointment", "to", detail)
    })?;
    if from.state.is_live() && now < from.start {
        let detail = "This one is still to come: move it, and its payment goes along.";
        return Err(Refusal::conflict("not_started", detail));
    }
    let account = Account::of(&situation.account, from.id);
    let amount = Money::new(account.kept() + account.due_back(), from.price.currency);
    if amount.is_zero() {
        let detail = "Nothing of a payment is left on it to carry over.";
        return Err(Refusal::invalid("exceeds_captured", "amount", detail));
    }
    if amount != to.price || !matches!(to.payment.state, PaymentState::None | PaymentState::Planned) {
        let detail = "The other appointment has another price, or is paid already. Settle it by hand instead.";
        return Err(Refusal::conflict("payment_does_not_fit", detail));
    }
    let mut outcome = Outcome::default();
    if account.due_back() > 0 {
        let back = Money::new(account.due_back(), amount.currency);
        let again = PlannedEntry { kind: EntryKind::Charge, amount: back };
        outcome.ledger.push(entry(situation, &from, asker, again, reason.clone(), now, ids));
    }
    let [off, onto] = crate::policy::money::carry_over(amount);
    outcome.ledger.push(entry(situation, &from, asker, off, reason.clone(), now, ids));
    outcome.ledger.push(entry(situation, &to, asker, onto, reason.clone(), now, ids));
    let to = with_payment(to, settled_payment(PaymentState::Captured), &mut outcome);
    let after = with_payment(from, settled_payment(PaymentState::None), &mut outcome);
    let details = json!({ "amount": amount, "to": to.id, "reason": reason });
    outcome.booked = Some(to);
    finish(situation, after, "payment_carried", details, now, outcome)
}

/// A new client's money is the team's to give back, where the practice says so (E-04).
fn must_ask_the_team(situation: &Situation, asker: &Asker) -> Result<(), Refusal> {
    let by_team = refund_rule(&situation.policy.parameters, situation.new_client) == RefundRule::TeamRequest;
    if by_team && !asker.is_staff() {
        let detail = "A new client's refund is asked of the team, with the reason and a confirmation.";
        return Err(Refusal::invalid("team_request_required", "amount", detail));
    }
    Ok(())
}

fn reason(given: &str) -> Result<String, Refusal> {
    let given = given.trim();
    if given.is_empty() {
        return Err(Refusal::invalid("reason_required", "reason", "Say why; it stands on the account."));
    }
    if given.chars().count() > 300 {
        return Err(Refusal::invalid("too_long", "reason", "Keep the reason under 300 letters."));
    }
    Ok(given.to_owned())
}

/// The amount that was asked for, or all there is; more than that is refused.
fn amount(wanted: Option<Money>, limit: i64, about: &Appointment, words: &'static str) -> Result<Money, Refusal> {
    let currency = about.price.currency;
    let amount = wanted.unwrap_or(Money::new(limit, currency));
    if amount.currency != currency {
        let detail = format!("This appointment is in {}.", currency.code());
        return Err(Refusal::invalid("currency_differs", "amount", detail));
    }
    if wanted.is_some_and(|wanted| wanted.amount_minor <= 0) {
        return Err(Refusal::invalid("not_positive", "amount", "Give an amount above nothing."));
    }
    if amount.amount_minor > limit || amount.amount_minor <= 0 {
        let most = Money::new(limit.max(0), currency);
        let detail = format!("{words} At most {most}.");
        return Err(Refusal::invalid("exceeds_captured", "amount", detail));
    }
    Ok(amount)
}

fn with_payment(about: Appointment, payment: Payment, outcome: &mut Outcome) -> Appointment {
    if payment != about.payment {
        outcome.wakes.push(Wake { job: JobToWake::Capture(about.id), at: payment.due_at });
        outcome.wakes.push(Wake { job: JobToWake::RefundChoice(about.id), at: None });
    }
    about.with_payment(payment)
}

/// A waiver by a therapist is told to the practice where it wishes to hear of it.
fn tell_practice(
    situation: &Situation,
    asker: &Asker,
    about: &Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    let (parameters, zone) = (&situation.policy.parameters, &situation.practice.zone);
    let setting = Setting { now, start: about.start, end: about.end, given: Given::Nothing, money_open: false };
    let case = situation.disruption.as_ref().map(|case| case.id);
    for duty in owed(parameters, zone, Trigger::Waived, &setting) {
        let opened = Obligation::open(duty, about, case, now, ids);
        let by_office = asker.is_staff().then(|| format!("entered by {}", asker.signature));
        let told = by_office.or_else(|| notify::tells_of_waivers(situation).then(|| "told by email".to_owned()));
        let met = told.and_then(|evidence| opened.clone().meet(evidence, now).ok());
        contact::put(met.unwrap_or(opened), outcome);
    }
}

fn finish(
    situation: &Situation,
    after: Appointment,
    word: &'static str,
    details: serde_json::Value,
    now: Instant,
    mut outcome: Outcome,
) -> Result<Outcome, Refusal> {
    contact::meet(situation, ObligationKind::DecideMoney, &word.replace('_', " "), now, &mut outcome);
    outcome.disruption = situation.disruption.clone().map(|case| super::book::settled(case, situation, &outcome, now));
    outcome.record = Record { word, subjects: subjects(&after), details };
    outcome.appointment = Some(after);
    Ok(outcome)
}
