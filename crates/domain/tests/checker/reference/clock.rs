//! What happens by itself when its moment has come, and not before.

use super::Asked;
use super::day::expected_at;
use super::follows::{next_owner, owes};
use super::money::refund_rule;
use crate::broken::{Broken, hold, same};
use crate::invariants::Sums;
use domain::appointment::{Appointment, Initiator, PaymentState, State};
use domain::decide::{Due, Outcome};
use domain::ledger::EntryKind;
use domain::message::MessageKind;
use domain::obligation::{ObligationKind, ObligationState};
use domain::offer::OfferState;
use domain::policy::{CaptureAt, RefundRule};
use domain::time::Span;

pub fn due(asked: &Asked, about: &Appointment, due: Due, outcome: &Outcome) -> Result<(), Broken> {
    match due {
        Due::AppointmentEnd => ended(asked, about, outcome),
        Due::Capture => captured(asked, about, outcome),
        Due::OfferExpiry => lapsed(asked, about, outcome),
        Due::RefundChoice => chosen_by_silence(asked, about, outcome),
        Due::SlotRefilled { taken } => refilled(asked, about, taken, outcome),
        Due::ObligationClock(id) => handed_up(asked, id, outcome),
        Due::MoveUnanswered => unanswered(asked, about, outcome),
        Due::RequestExpiry => request_expired(asked, about, outcome),
        Due::Undeliverable(_) => Ok(()),
    }
}

/// T13, T17: strictly after the minutes the therapist is asked to check in; at the end the update is owed.
fn ended(asked: &Asked, about: &Appointment, outcome: &Outcome) -> Result<(), Broken> {
    let rules = asked.world.rules_of(about);
    if !matches!(about.state, State::Booked | State::InProgress) {
        return same(outcome.appointment.is_some(), false, "T17 once");
    }
    if asked.now >= about.end {
        let word = outcome.appointment.as_ref().map(|after| after.state.word());
        same(word, Some("awaiting_update"), "T17")?;
        let hours = if rules.attendance_update.required { Some(asked.now + Span::hours(24)) } else { None };
        return owes(outcome, ObligationKind::AttendanceUpdate, hours);
    }
    let late = rules
        .late
        .client_checkin_min
        .is_some_and(|minutes| asked.now > expected_at(about) + Span::minutes(minutes.into()));
    let known = asked
        .world
        .duties
        .iter()
        .any(|duty| duty.appointment == Some(about.id) && duty.kind == ObligationKind::CheckInWithClient);
    let here = about.attendance.client_arrived_at.is_some() || about.state == State::InProgress;
    let asks = outcome.obligations.iter().any(|duty| duty.kind == ObligationKind::CheckInWithClient);
    same(asks, late && !known && !here, "T13 strictly")?;
    reminded(asked, about, outcome)
}

/// Up to so long before its hour a reminder goes, so that not all go at once.
const EARLY: Span = Span::minutes(15);

/// Whoever was told so shortly before is not reminded.
const FRESH: Span = Span::hours(6);

/// One reminder for each hour of the schedule that has come since the client was last told; before the first and after the
/// start none.
fn reminded(asked: &Asked, about: &Appointment, outcome: &Outcome) -> Result<(), Broken> {
    let rules = asked.world.rules_of(about);
    let told = asked.world.client_told_at(about.id).unwrap_or(about.created_at);
    let stands = about.state == State::Booked && asked.now < about.start;
    let hours = || rules.reminder.at.iter().map(|before| about.start - Span::hours(i64::from(*before)));
    let must = stands && hours().any(|hour| hour <= asked.now && told + FRESH < hour - EARLY);
    let may = stands && hours().any(|hour| hour - EARLY <= asked.now && told + FRESH < hour);
    let reminders = outcome.notices.iter().filter(|notice| notice.kind == MessageKind::Reminder).count();
    hold(!must || reminders == 1, "C6 reminder", || format!("nobody reminds of {about:?}"))?;
    hold(may || reminders == 0, "C6 reminder", || format!("too early or again: {about:?}"))
}

/// The price, or the fee that stands, is taken once, at its moment and never before (H-06, M4).
fn captured(asked: &Asked, about: &Appointment, outcome: &Outcome) -> Result<(), Broken> {
    let planned = about.payment.state == PaymentState::Planned;
    let due = planned && about.payment.due_at.is_some_and(|at| asked.now >= at);
    let paid = Sums::of(outcome.ledger.iter()).paid;
    if !due {
        return same((paid, outcome.ledger.len()), (0, 0), "M4 capture");
    }
    let before = Sums::of(asked.world.entries_of(about.id));
    let charged = before.charged + Sums::of(outcome.ledger.iter()).charged;
    same(before.paid - before.returned + paid, charged, "M3 capture")?;
    let untouched = before == Sums::default();
    if untouched && (about.state.is_live() || about.state == State::Attended) {
        same(charged, about.price.amount_minor, "M7 capture")?;
    }
    hold(charged <= about.price.amount_minor, "M4 capture", || format!("{charged} for {about:?}"))
}

/// An offer ends when it says, and not before; where the choice was the client's, silence gives the money back (E-02).
fn lapsed(asked: &Asked, about: &Appointment, outcome: &Outcome) -> Result<(), Broken> {
    let offer = asked.about.offer.and_then(|id| asked.world.offer(id)).expect("an offer that ends");
    let ends = offer.state == OfferState::Open && asked.now >= offer.expires_at;
    let expired = outcome.offers.iter().any(|known| known.id == offer.id && known.state == OfferState::Expired);
    same(expired, ends, "B11")?;
    if ends && !about.state.is_pending() { chosen_by_silence(asked, about, outcome) } else { Ok(()) }
}

fn chosen_by_silence(asked: &Asked, about: &Appointment, outcome: &Outcome) -> Result<(), Broken> {
    let ours = match &about.state {
        State::Cancelled(how) => how.initiator != Initiator::Client,
        State::TherapistNoShow | State::TechnicalFailure => true,
        _ => false,
    };
    let choice = ours && refund_rule(asked, about) == RefundRule::ClientChoice;
    let back = choice && about.payment.state == PaymentState::Captured;
    let charged = Sums::of(outcome.ledger.iter()).charged;
    same(charged, if back { -about.price.amount_minor } else { 0 }, "E-02 silence")?;
    let told = outcome.notices.iter().any(|notice| notice.kind == MessageKind::Refund);
    same(told, back, "E-02 told")
}

/// A late fee falls away where somebody else has the time and the practice promised so.
fn refilled(asked: &Asked, about: &Appointment, taken: bool, outcome: &Outcome) -> Result<(), Broken> {
    let rules = asked.world.rules_of(about);
    let late = matches!(&about.state, State::Cancelled(how) if how.late);
    let promised = taken && late && rules.waive_late_fee_if_slot_refilled;
    if !promised {
        return same(outcome.ledger.len(), 0, "7.5 refill");
    }
    let before = Sums::of(asked.world.entries_of(about.id)).charged;
    let change = Sums::of(outcome.ledger.iter()).charged;
    hold(change == -before || change == 0, "7.5 refill", || format!("{before} and {change} of {about:?}"))?;
    let posted = rules.payment.capture_at != CaptureAt::Cutoff && before > 0;
    let open = matches!(about.payment.state, PaymentState::None | PaymentState::Planned | PaymentState::Captured);
    hold(!posted || !open || change == -before, "7.5 refill", || format!("the fee of {before} stays"))
}

/// N15: at the breach to the admins, at the second to the owner, each told; before that nothing.
fn handed_up(asked: &Asked, id: domain::id::ObligationId, outcome: &Outcome) -> Result<(), Broken> {
    let duty = asked.world.duties.iter().find(|duty| duty.id == id).expect("a duty of this world");
    let next = next_owner(duty, asked.now);
    let after = outcome.obligations.iter().find(|known| known.id == id);
    let up = after.filter(|known| matches!(known.state, ObligationState::Escalated { .. }));
    same(up.map(|known| known.owner.role), next, "N15")?;
    let told = outcome.notices.iter().any(|notice| notice.kind == MessageKind::Escalation);
    same(told, next.is_some(), "N15 told")
}

/// `rulings` 4: unanswered, it is called off by the therapist with a next step, in good time before the start.
fn unanswered(asked: &Asked, about: &Appointment, outcome: &Outcome) -> Result<(), Broken> {
    let hours = asked.world.rules_of(about).reschedule.unanswered_cancel_hours;
    let offer = asked.about.offer.and_then(|id| asked.world.offer(id)).expect("the question");
    let open = about.pending_move == Some(offer.id) && about.state == State::Booked;
    let latest = (about.start - Span::hours(hours.into())).max(offer.expires_at);
    let off = outcome.appointment.as_ref().is_some_and(|after| after.state.word() == "cancelled_by_therapist");
    same(off, open && asked.now >= latest, "rulings 4")?;
    let fee = outcome.ledger.iter().any(|entry| matches!(entry.kind, EntryKind::LateFee | EntryKind::NoShowFee));
    same(fee, false, "M14 ours")
}

fn request_expired(asked: &Asked, about: &Appointment, outcome: &Outcome) -> Result<(), Broken> {
    let hours = asked.world.today().parameters.offer.hold_hours;
    let by = (about.created_at + Span::hours(hours.into())).min(about.start);
    let off = outcome.appointment.as_ref().is_some_and(|after| matches!(after.state, State::Cancelled(_)));
    same(off, about.state == State::Requested && asked.now >= by, "T2 expiry")?;
    same(outcome.ledger.len(), 0, "M4 request")?;
    Ok(())
}
