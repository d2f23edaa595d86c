//! T6 without agreement: the therapist asks, the old time stands, and the client picks a time, keeps the old one or
//! asks for their money. Unanswered, it is called off in good time with a next step (`rulings` 4).

use super::book::{settled, subjects};
use super::cancel::{CallOff, call_off, label};
use super::next_step::{self, NextStep, Wanted};
use super::{
    Asker, JobToWake, Outcome, Record, Situation, Wake, clock, contact, money, notify, offer, reschedule, who,
};
use crate::appointment::{Agreement, Appointment, Cancellation, Initiator, State};
use crate::disruption::{Disruption, DisruptionKind};
use crate::id::Ids;
use crate::offer::{Offer, OfferState};
use crate::policy::obligations::{Given, Setting, Trigger};
use crate::policy::reliability;
use crate::policy::{NextStepKind, Parameters, notice};
use crate::practice::AgreementHow;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::time::{Instant, Span};
use serde_json::json;

/// With less time than this until the usual moment of answering, the client has half of what is left.
const ANSWER_AT_LEAST: Span = Span::hours(1);

/// A wish to ask the client for another time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskToMove {
    /// Starts to offer, UTC; held while the offer lives.
    pub offer_slots: Vec<Instant>,
    /// Who calls for it: therapist or practice.
    pub initiator: Initiator,
    /// Why, from the practice's list.
    pub reason: Option<Reason>,
    /// Words of the therapist's own for the message.
    pub words: Option<String>,
}

/// By when an offer that asks to move has its answer: the hours of the policy before the start, or when the offer ends
/// where it was asked later than that.
pub fn answer_by(parameters: &Parameters, appointment: &Appointment, offer: &Offer) -> Instant {
    usual_answer_by(parameters, appointment).max(offer.expires_at)
}

fn usual_answer_by(parameters: &Parameters, appointment: &Appointment) -> Instant {
    appointment.start - Span::hours(parameters.reschedule.unanswered_cancel_hours.into())
}

/// Until when times are held at the longest: while there is still time to answer.
fn held_until(parameters: &Parameters, before: &Appointment, now: Instant) -> Instant {
    let usual = usual_answer_by(parameters, before);
    if usual >= now + ANSWER_AT_LEAST { usual } else { now + Span::micros((before.start - now).as_micros() / 2) }
}

pub(super) fn ask(
    situation: &Situation,
    asker: &Asker,
    wish: AskToMove,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = situation.appointment()?;
    check(situation, &before, asker, &wish, now)?;
    let mut outcome = Outcome::default();
    let opened = Disruption::open(situation.disruption.clone(), &before, DisruptionKind::Rescheduled, now, ids);
    let case = Disruption { fault: reschedule::fault(wish.initiator), ..opened };
    let until = Some(held_until(&situation.policy.parameters, &before, now));
    let wanted = Wanted { field: "offer_slots", starts: wish.offer_slots, until, beside: Some(wish.reason) };
    let offer = next_step::offer(situation, asker, wanted, &before, case.id, now, ids, &mut outcome)?;
    let asked = before.clone().ask_to_move(offer.id)?;
    let answer_by = answer_by(&situation.policy.parameters, &asked, &offer);
    outcome.wakes.push(Wake { job: JobToWake::MoveUnanswered(offer.id), at: Some(answer_by) });
    let setting = Setting { now, start: before.start, end: before.end, given: Given::Settled, money_open: false };
    reschedule::open_duties(
        situation,
        asker,
        wish.initiator,
        Trigger::TherapistMoves,
        &setting,
        &asked,
        case.id,
        ids,
        &mut outcome,
    );
    let told = notify::Asked {
        offer: &offer,
        answer_by,
        by: wish.initiator,
        words: wish.words,
        refund: may_refund(situation, &asked),
    };
    notify::asked_to_move(situation, &asked, told, now, &mut outcome);
    let short = notice::short_notice(&situation.policy.parameters, before.start, now);
    let event = reschedule::event(wish.initiator, wish.reason, short);
    outcome.reliability = Some(reliability::judge(&situation.policy.parameters, &event));
    outcome.because = money::booking_rules(situation, &situation.policy, &asked);
    outcome.record = Record {
        word: "move_asked",
        subjects: [subjects(&asked), vec![case.id.to_string(), offer.id.to_string()]].concat(),
        details: json!({ "start": before.start, "offer": offer.id, "slots": offer.slots, "answer_by": answer_by,
            "initiator": wish.initiator, "reason": wish.reason }),
    };
    outcome.next_step = Some(super::NextStepTaken { offer: Some(offer), ..super::NextStepTaken::default() });
    outcome.disruption = Some(settled(case, situation, &outcome, now));
    outcome.appointment = Some(asked);
    Ok(outcome)
}

fn check(
    situation: &Situation,
    before: &Appointment,
    asker: &Asker,
    wish: &AskToMove,
    now: Instant,
) -> Result<(), Refusal> {
    who::may_call_for(before, asker, wish.initiator)?;
    if wish.initiator == Initiator::Client || asker.is_client() {
        let detail = "A client who would like another time moves the appointment, or asks their therapist to.";
        return Err(Refusal::invalid("initiator_not_allowed", "initiator", detail));
    }
    if matches!(before.state, State::Cancelled(_)) {
        return Err(Refusal::conflict("already_cancelled", "This appointment is already cancelled. Book a new time."));
    }
    if now >= before.start {
        let detail = "This appointment has begun. Ask the practice to change it.";
        return Err(Refusal::forbidden("team_only_after_start", detail));
    }
    if wish.offer_slots.is_empty() {
        let detail = "Offer the client at least one other time.";
        return Err(Refusal::invalid("next_step_required", "offer_slots", detail));
    }
    if wish.offer_slots.contains(&before.start) {
        let detail = "It is already at that time. Offer the client others.";
        return Err(Refusal::invalid("same_time", "offer_slots", detail));
    }
    who::must_give(situation, wish.reason, wish.initiator)
}

/// Whether the client may have their money instead of another time: where the practice gives that (E-02).
pub(super) fn may_refund(situation: &Situation, about: &Appointment) -> bool {
    situation.policy.parameters.next_step.allowed.contains(&NextStepKind::Refund) && !about.price.is_zero()
}

/// The client takes one of the times: the same appointment moves, with its id and UID (`rulings` 5).
pub(super) fn accept(
    situation: &Situation,
    asker: &Asker,
    asked: Offer,
    before: Appointment,
    start: Instant,
    now: Instant,
) -> Result<Outcome, Refusal> {
    let slot = asked.slot(start).ok_or_else(|| offer::not_offered(&asked, now))?;
    let accepted = asked.clone().accept(start, before.id, now)?;
    let mine = before.interval();
    if situation.client_busy.iter().any(|busy| *busy != mine && busy.meets(slot)) {
        return Err(Refusal::conflict("slot_taken", "There is another appointment at that time by now."));
    }
    let how = if asker.is_client() { AgreementHow::Portal } else { AgreementHow::Phone };
    let snapshot = money::moved_snapshot(situation, slot.from, &before, before.policy.cutoff_floor);
    let payment = money::moved_payment(situation, slot, &before);
    let moved = before.clone().move_to(slot, snapshot, payment, Agreement { how, at: now })?;
    let mut outcome = Outcome::default();
    offer::release(&asked, &mut outcome);
    outcome.wakes.push(Wake { job: JobToWake::MoveUnanswered(asked.id), at: None });
    reschedule::retake(situation, &moved, now, &mut outcome);
    notify::moved(situation, mine, &moved, Initiator::Therapist, now, &mut outcome);
    contact::client_settled(situation, "the client chose one of the offered times", now, &mut outcome);
    outcome.because = money::booking_rules(situation, &situation.policy, &moved);
    close_case(situation, "rescheduled", now, &mut outcome);
    outcome.record = Record {
        word: "offer_accepted",
        subjects: [subjects(&moved), vec![asked.id.to_string()]].concat(),
        details: json!({ "offer": asked.id, "before": mine, "after": moved.interval() }),
    };
    outcome.offers.push(accepted);
    outcome.appointment = Some(moved);
    Ok(outcome)
}

/// The client keeps the old time.
pub(super) fn keep(situation: &Situation, asked: Offer, before: Appointment, now: Instant) -> Result<Outcome, Refusal> {
    let declined = match asked.state {
        // The times have lapsed, but the question stood until now.
        OfferState::Expired => None,
        _ if now >= asked.expires_at => asked.clone().lapse(now),
        _ => Some(asked.clone().decline(false, now)?),
    };
    let mut outcome = stands(situation, &asked, declined, before, now);
    contact::client_settled(situation, "the client keeps the old time", now, &mut outcome);
    close_case(situation, "kept", now, &mut outcome);
    outcome.record.word = "offer_declined";
    Ok(outcome)
}

/// The client would rather have their money than another time: it is called off by the therapist who asked.
pub(super) fn refund(
    situation: &Situation,
    asker: &Asker,
    asked: Offer,
    before: Appointment,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    if !may_refund(situation, &before) {
        let detail = "Keep your time, choose another, or talk to your therapist about it.";
        return Err(Refusal::invalid("next_step_not_allowed", "refund", detail));
    }
    let how = by_therapist(situation, asker, &asked, &before, "The client would rather have their money back", now);
    let next_step = NextStep { refund: true, ..NextStep::default() };
    let off = CallOff { how, next_step, share_reason: false, words: None };
    let mut outcome = call_off(situation, asker, &before, off, now, ids)?;
    if let Some(answered) = outcome.offers.iter_mut().find(|offer| offer.id == asked.id) {
        answered.state = OfferState::Declined { refund: true };
    }
    contact::client_settled(situation, "asked for the money back", now, &mut outcome);
    // Opened in this very step, and met by it: the client themselves called it off.
    for duty in outcome.obligations.clone() {
        if duty.kind == crate::obligation::ObligationKind::InformClient && duty.is_owed() {
            contact::put(duty.meet("the client answered", now)?, &mut outcome);
        }
    }
    outcome.disruption = outcome.disruption.take().map(|case| settled(case, situation, &outcome, now));
    Ok(outcome)
}

/// The therapist no longer asks.
pub(super) fn withdraw(situation: &Situation, asker: &Asker, now: Instant) -> Result<Outcome, Refusal> {
    let (asked, before) = (situation.offer()?, situation.appointment()?);
    who::may_handle(&before, asker)?;
    if before.pending_move != Some(asked.id) || before.state != State::Booked {
        let detail = "This is not asked any more. See the appointment as it is now.";
        return Err(Refusal::conflict("not_asked", detail));
    }
    let withdrawn = asked.clone().withdraw();
    let mut outcome = stands(situation, &asked, withdrawn, before, now);
    contact::excuse_all(situation, "the question was taken back", now, &mut outcome);
    close_case(situation, "kept", now, &mut outcome);
    outcome.record.word = "move_withdrawn";
    Ok(outcome)
}

/// Nobody answered in time: it will not take place, and the client has the way to another time (`rulings` 4).
pub(super) fn unanswered(situation: &Situation, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let (asked, before) = (situation.offer()?, situation.appointment()?);
    if before.pending_move != Some(asked.id) || before.state != State::Booked {
        return Ok(Outcome::default());
    }
    let due = answer_by(&situation.policy.parameters, &before, &asked);
    if now < due {
        return Ok(clock::look_again(JobToWake::MoveUnanswered(asked.id), Some(due)));
    }
    let asker = Asker { signature: "system:move_unanswered".into(), person: None, role: None };
    let how = by_therapist(situation, &asker, &asked, &before, "No answer about another time", now);
    let off = CallOff { how, next_step: way_on(situation, now), share_reason: false, words: None };
    let mut outcome = call_off(situation, &asker, &before, off, now, ids)?;
    outcome.record.details["asked_to_move"] = json!(asked.id);
    Ok(outcome)
}

/// The link to choose another time, or a promise where the practice gives no links.
fn way_on(situation: &Situation, now: Instant) -> NextStep {
    let parameters = &situation.policy.parameters;
    if parameters.next_step.allowed.contains(&NextStepKind::BookingLink) {
        return NextStep { booking_link: true, ..NextStep::default() };
    }
    let by = crate::policy::obligations::next_step_after_offer(
        parameters,
        &situation.practice.zone,
        crate::policy::OwnerRole::Therapist,
        now,
    );
    NextStep { promise_contact_by: Some(by.due), ..NextStep::default() }
}

fn by_therapist(
    situation: &Situation,
    asker: &Asker,
    asked: &Offer,
    before: &Appointment,
    note: &str,
    now: Instant,
) -> Cancellation {
    Cancellation {
        initiator: Initiator::Therapist,
        reason: asked.reason,
        note: Some(note.to_owned()),
        received_at: now,
        recorded_at: now,
        recorded_by: asker.signature.clone(),
        label: label(situation, Initiator::Therapist),
        late: false,
        short_notice: notice::short_notice(&situation.policy.parameters, before.start, now),
        was_a_request: false,
    }
}

/// The time stands as it was: holds go, both are told.
fn stands(situation: &Situation, asked: &Offer, answered: Option<Offer>, before: Appointment, now: Instant) -> Outcome {
    let kept = before.keep_time();
    let mut outcome = Outcome::default();
    offer::release(asked, &mut outcome);
    outcome.wakes.push(Wake { job: JobToWake::MoveUnanswered(asked.id), at: None });
    notify::time_kept(situation, &kept, now, &mut outcome);
    outcome.record = Record {
        word: "move_withdrawn",
        subjects: [subjects(&kept), vec![asked.id.to_string()]].concat(),
        details: json!({ "offer": asked.id, "start": kept.start, "kept": true }),
    };
    outcome.offers.extend(answered);
    outcome.appointment = Some(kept);
    outcome
}

/// Whatever else becomes of the appointment, nobody is asked any more.
pub(super) fn no_longer_asked(situation: &Situation, before: &Appointment, now: Instant, outcome: &mut Outcome) {
    let Some(asked) = before.pending_move else { return };
    outcome.wakes.push(Wake { job: JobToWake::MoveUnanswered(asked), at: None });
    if let Some(open) = situation.offer.clone().filter(|offer| offer.id == asked) {
        offer::release(&open, outcome);
        outcome.offers.extend(open.clone().lapse(now).or_else(|| open.withdraw()));
    }
}

fn close_case(situation: &Situation, what: &str, now: Instant, outcome: &mut Outcome) {
    let case = situation.disruption.clone().map(|case| settled(case, situation, outcome, now));
    outcome.disruption = case.map(|case| Disruption { outcome: Some(what.to_owned()), ..case });
}

/// Whether this offer asks to move an appointment that stands.
pub(super) fn is_asked(offer: &Offer, about: &Appointment) -> bool {
    about.pending_move == Some(offer.id) && about.state == State::Booked
}
