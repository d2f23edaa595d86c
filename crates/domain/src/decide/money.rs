//! Money follows fault and notice: what the policy decides becomes payment state and entries (`rulings` 11 and 13).

use super::{Asker, JobToWake, Outcome, Record, Situation, Wake, allowance, notify, refill};
use crate::appointment::{Appointment, Cancellation, Initiator, Payment, PaymentState, PolicySnapshot, State};
use crate::id::Ids;
use crate::ledger::{Account, EntryKind, LedgerEntry};
use crate::money::Money;
use crate::pathway::AllowanceUse;
use crate::policy::money::Situation as MoneyCase;
use crate::policy::money::{self, Booking, Event, MoneyDecision, PlannedEntry, Refund, TherapistFees};
use crate::policy::notice::{self, Act, Notice};
use crate::policy::{CaptureAt, Policy, RefundRule, RuleUse, Value, explain, self_service};
use crate::refusal::{Contact, Refusal};
use crate::time::{Instant, Interval, Span};
use serde_json::json;

/// What was agreed about notice and fees, for an appointment that begins at `start` under today's policy.
pub(super) fn snapshot(situation: &Situation, start: Instant) -> PolicySnapshot {
    let policy = &situation.policy_today;
    PolicySnapshot {
        preset: policy.preset,
        version: policy.version,
        cutoff: notice::cutoff(&policy.parameters, &situation.practice.zone, Act::Cancel, start),
        boundary: policy.parameters.client_cancel.boundary,
        late_cancel_fee: situation.therapist.late_cancel_fee,
        no_show_fee: situation.therapist.no_show_fee,
        cutoff_floor: None,
        terms: policy.key(),
    }
}

/// The same agreement for another start: the version stays, the cutoff follows, a missed cutoff stays missed.
pub(super) fn moved_snapshot(
    situation: &Situation,
    start: Instant,
    before: &Appointment,
    floor: Option<Instant>,
) -> PolicySnapshot {
    let cutoff = notice::cutoff(&situation.policy.parameters, &situation.practice.zone, Act::Cancel, start);
    PolicySnapshot { cutoff, cutoff_floor: floor, ..before.policy }
}

/// When the price will be taken, if the practice takes it.
pub(super) fn planned(situation: &Situation, slot: Interval, price: Money, now: Instant) -> Payment {
    let parameters = &situation.policy_today.parameters;
    let booking = Booking { booked_at: now, start: slot.from, end: slot.to, first: situation.new_client };
    match money::capture_due(parameters, &situation.practice.zone, &booking) {
        Some(due) if !price.is_zero() => Payment { state: PaymentState::Planned, due_at: Some(due) },
        _ => settled_payment(PaymentState::None),
    }
}

/// The payment of a moved appointment: what was taken stays taken, what is planned follows the new time.
pub(super) fn moved_payment(situation: &Situation, slot: Interval, before: &Appointment) -> Payment {
    if before.payment.state != PaymentState::Planned {
        return before.payment;
    }
    let booking = Booking { booked_at: before.created_at, start: slot.from, end: slot.to, first: situation.new_client };
    let due = money::capture_due(&situation.policy.parameters, &situation.practice.zone, &booking);
    Payment { state: PaymentState::Planned, due_at: due }
}

/// A payment that waits for nothing.
pub(super) const fn settled_payment(state: PaymentState) -> Payment {
    Payment { state, due_at: None }
}

/// The client's notice, judged by when their word arrived.
pub(super) fn judged(situation: &Situation, before: &Appointment, act: Act, received_at: Instant) -> Notice {
    let (parameters, zone) = (&situation.policy.parameters, &situation.practice.zone);
    notice::judge(parameters, zone, act, before.start, received_at, before.policy.cutoff_floor)
}

/// Whether the client may do it alone at this notice; if not, whom to contact and what it may cost (G-03, G-04).
pub(super) fn may_act_alone(
    situation: &Situation,
    before: &Appointment,
    act: Act,
    now: Instant,
) -> Result<(), Refusal> {
    let notice = judged(situation, before, act, now);
    let decision = self_service::decide(&situation.policy.parameters, &notice);
    let self_service::SelfService::Refused(why) = decision else { return Ok(()) };
    let fee = late_fee(situation, before, notice);
    let name = situation.therapist.person.first_name();
    let detail = format!(
        "{} Please contact {name}, or the practice on {}.",
        explain(&self_service::rule(decision), situation.practice.locale.language(), &situation.client.zone),
        situation.practice.support_phone,
    );
    let contact = Contact {
        therapist: situation.therapist.person.name.clone(),
        phone: situation.practice.support_phone.clone(),
        email: situation.practice.support_email.clone(),
        fee: Some(fee).filter(|fee| !fee.is_zero()),
    };
    Err(Refusal { contact: Some(Box::new(contact)), ..Refusal::forbidden(why.code(), detail) })
}

/// What cancelling with this notice would cost the client, whatever has been paid.
pub(super) fn late_fee(situation: &Situation, before: &Appointment, notice: Notice) -> Money {
    if !notice.is_late() {
        return Money::new(0, before.price.currency);
    }
    // Whatever was posted meanwhile: this is what it costs, not what is still to be charged.
    let case = MoneyCase { fee_charged: false, ..case(situation, before, Event::ClientCancels(notice), false) };
    money::fee(&situation.policy.parameters, &case, EntryKind::LateFee, Some(&notice)).amount
}

/// What a cancellation message says of money.
pub(super) struct Price {
    /// What is charged, if anything.
    pub fee: Option<Money>,
    /// What was paid and goes back or to a new time.
    pub paid: Option<Money>,
    /// Whether the policy leaves the money to a person.
    pub open: bool,
}

/// Settles the money of a cancellation into the outcome; answers the appointment with its payment as it then stands.
#[allow(clippy::too_many_arguments)]
pub(super) fn on_cancel(
    situation: &Situation,
    asker: &Asker,
    ended: Appointment,
    how: &Cancellation,
    refund_asked: bool,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> (Appointment, Price) {
    let event = match how.initiator {
        Initiator::Client => Event::ClientCancels(judged(situation, &ended, Act::Cancel, how.received_at)),
        Initiator::Therapist => Event::TherapistCancels,
        Initiator::Practice => Event::PracticeCancels,
    };
    on_end(situation, asker, ended, event, refund_asked, now, ids, outcome)
}

/// The same for any end of an appointment: called off, missed by either, failed technically.
#[allow(clippy::too_many_arguments)]
pub(super) fn on_end(
    situation: &Situation,
    asker: &Asker,
    ended: Appointment,
    event: Event,
    refund_asked: bool,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> (Appointment, Price) {
    let decision = money::decide(&situation.policy.parameters, &case(situation, &ended, event, refund_asked));
    let price = Price {
        fee: Some(decision.cost()).filter(|cost| !cost.is_zero()),
        paid: Some(ended.price).filter(|_| decision.refund != Refund::None),
        open: decision.refund == Refund::TeamRequest,
    };
    if matches!(decision.refund, Refund::ClientChoice | Refund::TeamRequest) && outcome.booked.is_some() {
        let ended = carry_to_booked(situation, asker, ended, now, ids, outcome);
        return (ended, Price { open: false, ..price });
    }
    if decision.refund == Refund::ClientChoice && outcome.next_step.as_ref().is_none_or(|step| step.offer.is_none()) {
        let until = now + Span::hours(situation.policy.parameters.offer.hold_hours.into());
        outcome.wakes.push(Wake { job: JobToWake::RefundChoice(ended.id), at: Some(until) });
    }
    let payment = payment_after(&ended, &decision, now);
    wake_for_payment(&ended, &payment, outcome);
    match event {
        Event::ClientCancels(notice) if notice.is_late() => {
            allowance::spend(situation, asker, &ended, AllowanceUse::LateCancel, now, ids, outcome);
            refill::watch(situation, &ended, &decision, outcome);
        }
        Event::ClientMisses => allowance::spend(situation, asker, &ended, AllowanceUse::NoShow, now, ids, outcome),
        _ => {}
    }
    post(situation, &ended, asker, decision, now, ids, outcome);
    (Appointment { payment, ..ended }, price)
}

/// The entry of a make-up: nothing for the client and the practice, at the therapist's expense.
pub(super) fn make_up(
    situation: &Situation,
    asker: &Asker,
    booked: &Appointment,
    worth: Money,
    now: Instant,
    ids: &mut Ids,
) -> LedgerEntry {
    let planned = PlannedEntry { kind: EntryKind::MakeUp, amount: Money::new(0, booked.price.currency) };
    let name = &situation.therapist.person.name;
    let reason = format!("Make-up appointment at no charge, at {name}'s own expense (worth {worth})");
    entry(situation, booked, asker, planned, reason, now, ids)
}

/// What was paid goes along to the time that was agreed in the same step.
fn carry_to_booked(
    situation: &Situation,
    asker: &Asker,
    ended: Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Appointment {
    if let Some(booked) = outcome.booked.take() {
        outcome.ledger.extend(carry_over(situation, asker, &ended, &booked, now, ids));
        outcome.wakes.push(Wake { job: JobToWake::Capture(booked.id), at: None });
        outcome.booked = Some(Appointment { payment: settled_payment(PaymentState::Captured), ..booked });
    }
    Appointment { payment: settled_payment(PaymentState::None), ..ended }
}

/// A planned fee is taken at once; everything else waits for nothing.
pub(super) fn payment_after(ended: &Appointment, decision: &MoneyDecision, now: Instant) -> Payment {
    let still_planned = decision.payment_after == PaymentState::Planned;
    let due_at = match (still_planned, decision.release_charge) {
        (true, false) => ended.payment.due_at.or(Some(now)),
        (true, true) => Some(now),
        (false, _) => None,
    };
    Payment { state: decision.payment_after, due_at }
}

pub(super) fn wake_for_payment(ended: &Appointment, payment: &Payment, outcome: &mut Outcome) {
    if ended.payment.due_at.is_some() || payment.due_at.is_some() {
        outcome.wakes.push(Wake { job: JobToWake::Capture(ended.id), at: payment.due_at });
    }
}

/// Whether the money of this cancelled appointment is the client's to choose about: back, or to a new time (E-02). It is
/// not after their own cancellation, and not where the team decides (E-04).
pub(super) fn is_the_clients_choice(situation: &Situation, ended: &Appointment) -> bool {
    let rule = money::refund_rule(&situation.policy.parameters, situation.new_client);
    let not_their_own = match &ended.state {
        State::Cancelled(how) => how.initiator != Initiator::Client,
        State::TherapistNoShow | State::TechnicalFailure => true,
        _ => false,
    };
    not_their_own && rule == RefundRule::ClientChoice && ended.payment.state == PaymentState::Captured
}

/// Whether what was paid goes along to a time that stands in for this one. After a late word of the client's it stands
/// as the price of that (H-10), or cancelling late and booking anew would cost nothing.
fn follows_to_a_new_time(ended: &Appointment) -> bool {
    let kept = match &ended.state {
        State::Cancelled(how) => how.initiator == Initiator::Client && how.late,
        State::ClientNoShow | State::LateNotSeen => true,
        _ => false,
    };
    ended.payment.state == PaymentState::Captured && !kept
}

/// The client asked for the money back, and it was taken: it is due to them (E-02).
pub(super) fn refund_due(
    situation: &Situation,
    asker: &Asker,
    ended: Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    if ended.payment.state != PaymentState::Captured {
        return;
    }
    let decision = money::refund_now(&case(situation, &ended, Event::TherapistCancels, true));
    let payment = settled_payment(decision.payment_after);
    post(situation, &ended, asker, decision, now, ids, outcome);
    outcome.wakes.push(Wake { job: JobToWake::RefundChoice(ended.id), at: None });
    outcome.appointment = Some(ended.with_payment(payment));
}

/// A payment that was taken follows the client to the new time; anything else begins anew (`rulings` 11).
pub(super) fn follow(
    situation: &Situation,
    asker: &Asker,
    ended: &Appointment,
    booked: Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Appointment {
    if !follows_to_a_new_time(ended) || ended.price != booked.price {
        return booked;
    }
    outcome.ledger = carry_over(situation, asker, ended, &booked, now, ids);
    outcome.wakes.push(Wake { job: JobToWake::RefundChoice(ended.id), at: None });
    outcome.appointment = Some(ended.clone().with_payment(settled_payment(PaymentState::None)));
    Appointment { payment: settled_payment(PaymentState::Captured), ..booked }
}

/// The entries by which a payment follows an accepted new time (`rulings` 11): two that sum to nothing.
fn carry_over(
    situation: &Situation,
    asker: &Asker,
    ended: &Appointment,
    booked: &Appointment,
    now: Instant,
    ids: &mut Ids,
) -> Vec<LedgerEntry> {
    let [off, onto] = money::carry_over(ended.price);
    let reason = "Carried to the new time";
    vec![
        entry(situation, ended, asker, off, reason.into(), now, ids),
        entry(situation, booked, asker, onto, reason.into(), now, ids),
    ]
}

/// The payment of an appointment that the team rearranges after its start goes along, and the account says so.
pub(super) fn carried_with(
    situation: &Situation,
    asker: &Asker,
    before: &Appointment,
    moved: &Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    if before.payment.state == PaymentState::Captured {
        outcome.ledger.extend(carry_over(situation, asker, before, moved, now, ids));
    }
}

/// The moment to take a payment has come. Until cards are connected the practice takes it in its own way, and the
/// account says so.
pub(super) fn capture(situation: &Situation, before: Appointment, now: Instant, ids: &mut Ids, outcome: &mut Outcome) {
    let asker = clock("capture");
    let account = Account::of(&situation.account, before.id);
    if account.charged > 0 || (!account.is_empty && matches!(before.state, State::Cancelled(_))) {
        return capture_the_rest(situation, before, account, now, ids, outcome);
    }
    let live = before.state.is_live() || before.state == State::Attended;
    let fee = if live { before.price } else { fee_owed(situation, &before) };
    // After a late word the price stands where the fee reaches it, and is charged now; a smaller fee was charged then.
    let by_cutoff = situation.policy.parameters.payment.capture_at == CaptureAt::Cutoff;
    let price_stands = live || (by_cutoff && fee.amount_minor >= before.price.amount_minor);
    let owed = if price_stands { before.price } else { fee };
    let charge = PlannedEntry { kind: EntryKind::Charge, amount: owed };
    let payment = PlannedEntry { kind: EntryKind::Payment, amount: owed.negated() };
    if price_stands {
        outcome.ledger.push(entry(situation, &before, &asker, charge, "The price agreed at booking".into(), now, ids));
    }
    outcome.ledger.push(entry(situation, &before, &asker, payment, "Taken as agreed at booking".into(), now, ids));
    outcome.record = Record {
        word: "payment_taken",
        subjects: super::book::subjects(&before),
        details: json!({ "amount": owed, "due_at": before.payment.due_at }),
    };
    outcome.appointment = Some(before.with_payment(settled_payment(PaymentState::Captured)));
}

/// What was charged and is still owed is taken, whatever was let go of it meanwhile.
fn capture_the_rest(
    situation: &Situation,
    before: Appointment,
    account: Account,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    let owed = Money::new(account.owed(), before.price.currency);
    let state = if owed.is_zero() { PaymentState::Waived } else { PaymentState::Captured };
    if !owed.is_zero() {
        let payment = PlannedEntry { kind: EntryKind::Payment, amount: owed.negated() };
        let words = "Taken as agreed at booking".to_owned();
        outcome.ledger.push(entry(situation, &before, &clock("capture"), payment, words, now, ids));
    }
    outcome.record = Record {
        word: "payment_taken",
        subjects: super::book::subjects(&before),
        details: json!({ "amount": owed, "due_at": before.payment.due_at }),
    };
    outcome.appointment = Some(before.with_payment(settled_payment(state)));
}

/// What a cancelled or missed appointment costs: the price where a late word came after the plan to take it stood. That a
/// fee of it is on the account already changes nothing about what it is.
pub(super) fn fee_owed(situation: &Situation, before: &Appointment) -> Money {
    let parameters = &situation.policy.parameters;
    let of = |event, kind, notice: Option<&Notice>| {
        let case = MoneyCase { fee_charged: false, ..case(situation, before, event, false) };
        money::fee(parameters, &case, kind, notice).amount
    };
    match &before.state {
        State::Cancelled(how) if how.late => {
            let notice = judged(situation, before, Act::Cancel, how.received_at);
            of(Event::ClientCancels(notice), EntryKind::LateFee, Some(&notice))
        }
        State::ClientNoShow | State::LateNotSeen => of(Event::ClientMisses, EntryKind::NoShowFee, None),
        _ => Money::new(0, before.price.currency),
    }
}

/// What not coming costs the client.
pub(super) fn missed_fee(situation: &Situation, before: &Appointment) -> Money {
    let case = case(situation, before, Event::ClientMisses, false);
    money::fee(&situation.policy.parameters, &case, EntryKind::NoShowFee, None).amount
}

/// The offer lapsed, or nobody chose: where the choice was the client's, the money goes back by itself.
pub(super) fn on_lapse(situation: &Situation, ended: Appointment, now: Instant, ids: &mut Ids, outcome: &mut Outcome) {
    if is_the_clients_choice(situation, &ended) {
        refund_due(situation, &clock("refund_choice"), ended, now, ids, outcome);
    }
    if let Some(ended) = outcome.appointment.clone() {
        notify::money_comes_back(situation, &ended, now, outcome);
    }
}

/// What a new or moved booking means for the client under the policy that it was agreed under: until when it is free, and
/// what it costs after.
pub(super) fn booking_rules(situation: &Situation, agreed: &Policy, booked: &Appointment) -> Vec<RuleUse> {
    let parameters = &agreed.parameters;
    let free = RuleUse::of("client_cancel.free_until").with("cutoff", Value::Moment(booked.policy.effective_cutoff()));
    let case = case(situation, booked, Event::ClientMisses, false);
    let payer_forbids_fee = agreed.payer_forbids_fee();
    let fee =
        money::fee(parameters, &MoneyCase { fee_charged: false, payer_forbids_fee, ..case }, EntryKind::LateFee, None);
    std::iter::once(free).chain(fee.because).collect()
}

pub(super) fn case(situation: &Situation, about: &Appointment, event: Event, refund_asked: bool) -> MoneyCase {
    let fees = TherapistFees { late_cancel: about.policy.late_cancel_fee, no_show: about.policy.no_show_fee };
    MoneyCase {
        new_client: situation.new_client,
        late_before: situation.late_before,
        therapist_fees: fees,
        payer_forbids_fee: situation.policy.payer_forbids_fee(),
        refund_asked,
        fee_charged: Account::of(&situation.account, about.id).has_fee,
        ..MoneyCase::new(event, about.price, about.payment.state)
    }
}

pub(super) fn post(
    situation: &Situation,
    about: &Appointment,
    asker: &Asker,
    decision: MoneyDecision,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    let why = decision.because.last();
    let reason = why
        .map(|rule| explain(rule, situation.practice.locale.language(), &situation.practice.zone))
        .unwrap_or_default();
    for planned in decision.entries {
        outcome.ledger.push(entry(situation, about, asker, planned, reason.clone(), now, ids));
    }
    outcome.because.extend(decision.because);
}

pub(super) fn entry(
    situation: &Situation,
    about: &Appointment,
    asker: &Asker,
    planned: PlannedEntry,
    reason: String,
    now: Instant,
    ids: &mut Ids,
) -> LedgerEntry {
    LedgerEntry {
        id: ids.mint(),
        practice: situation.practice.id,
        client: about.client,
        appointment: Some(about.id),
        kind: planned.kind,
        amount: planned.amount,
        reason,
        at: now,
        by: asker.signature.clone(),
    }
}

pub(super) fn clock(job: &str) -> Asker {
    Asker { signature: format!("system:{job}"), person: None, role: None }
}
