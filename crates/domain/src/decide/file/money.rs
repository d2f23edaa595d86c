//! What an update and a correction do to the money. Entries are only ever added (`rulings` 11).

use crate::appointment::{Appointment, Payment, PaymentState, State};
use crate::attendance::Attended;
use crate::decide::money::{
    Price, case, entry, fee_owed, missed_fee, on_end, payment_after, post, settled_payment, wake_for_payment,
};
use crate::decide::{Asker, JobToWake, Outcome, Situation, Wake, allowance, contact};
use crate::id::Ids;
use crate::ledger::{Account, EntryKind};
use crate::money::Money;
use crate::obligation::{Obligation, ObligationKind};
use crate::pathway::AllowanceUse;
use crate::policy::money::{self, Event, PlannedEntry};
use crate::policy::obligations::{Given, Setting, Trigger, owed};
use crate::policy::{CaptureAt, RefundEntryPoint, RefundRule};
use crate::refusal::Refusal;
use crate::time::Instant;

/// Settles the money of an update, and what it uses of a payer's allowance; answers the appointment with its payment as it
/// then stands, and what the client reads about it.
#[allow(clippy::too_many_arguments)]
pub(super) fn on_update(
    situation: &Situation,
    asker: &Asker,
    ended: Appointment,
    attended: Attended,
    refund: bool,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<(Appointment, Price), Refusal> {
    if refund {
        check_refund(situation, asker, &ended)?;
        return Ok(give_back(situation, asker, ended, attended, now, ids, outcome));
    }
    if attended.is_seen() {
        // As agreed at booking: the clock takes the payment, or has.
        allowance::spend(situation, asker, &ended, AllowanceUse::Attended, now, ids, outcome);
        return Ok((ended, Price { fee: None, paid: None, open: false }));
    }
    // What was missed or failed on our side went another way: this is the client's own absence (T15, T16).
    let (ended, price) = on_end(situation, asker, ended, Event::ClientMisses, false, now, ids, outcome);
    if price.open {
        ask_a_person(situation, &ended, now, ids, outcome);
    }
    Ok((ended, Price { open: false, ..price }))
}

/// The therapist gives the money back with the update (E-07): nothing is charged, whatever came of it. Where they met, it
/// is still one of the appointments that a payer allows.
fn give_back(
    situation: &Situation,
    asker: &Asker,
    ended: Appointment,
    attended: Attended,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> (Appointment, Price) {
    let event = match attended {
        Attended::TherapistMissed => Event::TherapistMisses,
        Attended::Technical => Event::TechnicalFailure,
        Attended::Yes | Attended::Late | Attended::No | Attended::LateNotSeen => Event::ClientMisses,
    };
    if attended.is_seen() {
        allowance::spend(situation, asker, &ended, AllowanceUse::Attended, now, ids, outcome);
    }
    let paid = Some(ended.price).filter(|_| ended.payment.state == PaymentState::Captured);
    let decision = money::refund_now(&case(situation, &ended, event, true));
    let payment = payment_after(&ended, &decision, now);
    wake_for_payment(&ended, &payment, outcome);
    post(situation, &ended, asker, decision, now, ids, outcome);
    (Appointment { payment, ..ended }, Price { fee: None, paid, open: false })
}

/// Whether the money may go back from here, and has not already gone back from anywhere else (E-04, E-07).
fn check_refund(situation: &Situation, asker: &Asker, ended: &Appointment) -> Result<(), Refusal> {
    let refund = &situation.policy.parameters.refund;
    if !refund.entry_points.contains(&RefundEntryPoint::Attendance) {
        let detail = "In this practice money is not given back from here. Ask the practice.";
        return Err(Refusal::invalid("refund_not_here", "refund", detail));
    }
    match ended.payment.state {
        PaymentState::RefundDue | PaymentState::Refunded => {
            let detail = "This money is already on its way back. It goes back once.";
            return Err(Refusal::conflict("already_refunded", detail));
        }
        PaymentState::None | PaymentState::Waived => {
            let detail = "Nothing was taken for this appointment, so nothing can go back.";
            return Err(Refusal::invalid("nothing_to_refund", "refund", detail));
        }
        PaymentState::Planned | PaymentState::Captured | PaymentState::Failed | PaymentState::Unknown => {}
    }
    let rule = money::refund_rule(&situation.policy.parameters, situation.new_client);
    if rule == RefundRule::TeamRequest && !asker.is_staff() {
        let detail = "A new client's refund is asked of the team, with the reason and a confirmation.";
        return Err(Refusal::invalid("team_request_required", "refund", detail));
    }
    Ok(())
}

/// Brings the account to what the corrected record costs, by entries that reverse or add; answers the appointment with its
/// payment as it then stands. Money that somebody gave back or waived stays as they decided: a person looks again.
pub(super) fn on_correction(
    situation: &Situation,
    asker: &Asker,
    after: Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Appointment {
    allowance_of(situation, asker, &after, now, ids, outcome);
    let (charged, paid) = stands(situation, &after);
    let due = due(situation, &after);
    let decided =
        matches!(after.payment.state, PaymentState::RefundDue | PaymentState::Refunded | PaymentState::Waived);
    if charged > due.amount_minor {
        let back =
            PlannedEntry { kind: EntryKind::Credit, amount: Money::new(due.amount_minor - charged, due.currency) };
        outcome.ledger.push(entry(situation, &after, asker, back, "The record was set right".into(), now, ids));
    } else if decided && charged < due.amount_minor {
        ask_a_person(situation, &after, now, ids, outcome);
        return after;
    }
    let still = due.amount_minor - paid;
    let payment = match (still, due.amount_minor) {
        (0, 0) => settled_payment(PaymentState::None),
        (0, _) => settled_payment(PaymentState::Captured),
        (still, _) if still < 0 => settled_payment(PaymentState::RefundDue),
        _ => Payment { state: PaymentState::Planned, due_at: Some(now) },
    };
    // What stands charged already is added to, not charged once more when it is taken.
    let later = payment.state == PaymentState::Planned && charged == 0 && charged_when_taken(situation, &after, due);
    if !later && charged < due.amount_minor {
        let amount = Money::new(due.amount_minor - charged, due.currency);
        let kind = if after.state == State::Attended { EntryKind::Charge } else { EntryKind::NoShowFee };
        let fee = PlannedEntry { kind, amount };
        outcome.ledger.push(entry(situation, &after, asker, fee, "The record was set right".into(), now, ids));
    }
    let before = after.payment;
    if before.due_at.is_some() || payment.due_at.is_some() {
        outcome.wakes.push(Wake { job: JobToWake::Capture(after.id), at: payment.due_at });
    }
    Appointment { payment, ..after }
}

/// What the corrected record uses of a payer's allowance, unless it stands there already. An appointment that counts no
/// longer is left out where they are counted.
fn allowance_of(
    situation: &Situation,
    asker: &Asker,
    after: &Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    let what = match after.state {
        State::Attended => AllowanceUse::Attended,
        State::ClientNoShow | State::LateNotSeen => AllowanceUse::NoShow,
        _ => return,
    };
    if situation.file.entries.iter().all(|entry| entry.kind != EntryKind::Allowance) {
        allowance::spend(situation, asker, after, what, now, ids, outcome);
    }
}

/// What stands charged for the appointment, and what was paid towards it; minor units. A carried payment has taken its
/// price along.
fn stands(situation: &Situation, about: &Appointment) -> (i64, i64) {
    let account = Account::of(&situation.file.entries, about.id);
    (account.charged, account.paid - account.returned)
}

/// What the appointment costs as the record now says.
fn due(situation: &Situation, about: &Appointment) -> Money {
    let nothing = Money::new(0, about.price.currency);
    if situation.policy.parameters.payment.capture_at == CaptureAt::None {
        return nothing;
    }
    match about.state {
        State::Attended => about.price,
        State::ClientNoShow | State::LateNotSeen => missed_fee(situation, about),
        State::Cancelled(_) => fee_owed(situation, about),
        _ => nothing,
    }
}

/// Whether the charge itself is posted at the moment of taking it: the price of an appointment, and a fee that is as high.
fn charged_when_taken(situation: &Situation, about: &Appointment, due: Money) -> bool {
    let by_cutoff = situation.policy.parameters.payment.capture_at == CaptureAt::Cutoff;
    about.state == State::Attended || (by_cutoff && due.amount_minor >= about.price.amount_minor)
}

fn ask_a_person(situation: &Situation, about: &Appointment, now: Instant, ids: &mut Ids, outcome: &mut Outcome) {
    if situation.obligations.iter().any(|o| o.kind == ObligationKind::DecideMoney && o.is_owed()) {
        return;
    }
    let setting = Setting { now, start: about.start, end: about.end, given: Given::Nothing, money_open: true };
    for duty in owed(&situation.policy.parameters, &situation.practice.zone, Trigger::ClientMissed, &setting) {
        contact::put(Obligation::open(duty, about, None, now, ids), outcome);
    }
}

/// The money of a booking that is called off because the two no longer work together: nothing is charged, and what was
/// taken goes back.
pub(super) fn let_go(
    situation: &Situation,
    asker: &Asker,
    ended: Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Appointment {
    let decision = money::refund_now(&case(situation, &ended, Event::TherapistCancels, true));
    let payment = payment_after(&ended, &decision, now);
    wake_for_payment(&ended, &payment, outcome);
    post(situation, &ended, asker, decision, now, ids, outcome);
    Appointment { payment, ..ended }
}
