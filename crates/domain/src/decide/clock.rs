//! What happens by itself: an appointment ends, an offer lapses, a payment falls due, a duty runs out of time.

use super::book::{settled, subjects};
use super::{
    JobToWake, OccupancyChange, Outcome, Record, Situation, Wake, ask_to_move, contact, live, money, notify, refill,
    remind, request,
};
use crate::appointment::{PaymentState, State};
use crate::id::{Ids, ObligationId};
use crate::obligation::{Obligation, ObligationKind, ObligationState};
use crate::offer::OfferState;
use crate::person::PersonRef;
use crate::policy;
use crate::policy::OwnerRole;
use crate::policy::obligations::{Given, Setting, Trigger, next_step_after_offer, owed};
use crate::refusal::Refusal;
use crate::time::Instant;
use serde_json::json;

/// A moment that was waited for. Each is an idempotent look: when nothing is due, nothing happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The scheduled end of the appointment (T17).
    AppointmentEnd,
    /// The moment to take the payment.
    Capture,
    /// The end of an offer.
    OfferExpiry,
    /// Until when the client may choose what becomes of their money.
    RefundChoice,
    /// A time that was cancelled late is looked at: whether somebody else has it.
    SlotRefilled {
        /// Whether somebody else has.
        taken: bool,
    },
    /// By when the client should have answered whether it moves (`rulings` 4).
    MoveUnanswered,
    /// By when a time that was asked for should have been confirmed or declined (T2).
    RequestExpiry,
    /// The clock of a duty.
    ObligationClock(ObligationId),
    /// A message could not be delivered: whoever it was for has not been told (U3).
    Undeliverable(PersonRef),
}

pub(super) fn decide(situation: &Situation, due: Due, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    match due {
        Due::AppointmentEnd => appointment_end(situation, now, ids),
        Due::Capture => capture(situation, now, ids),
        Due::OfferExpiry => offer_expiry(situation, now, ids),
        Due::RefundChoice => refund_choice(situation, now, ids),
        Due::SlotRefilled { taken } => refill::decide(situation, taken, now, ids),
        Due::ObligationClock(id) => obligation_clock(situation, id, now),
        Due::Undeliverable(to) => undeliverable(situation, to, now, ids),
        Due::MoveUnanswered => ask_to_move::unanswered(situation, now, ids),
        Due::RequestExpiry => request::expired(situation, now),
    }
}

fn appointment_end(situation: &Situation, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let before = situation.appointment()?;
    let mut outcome = Outcome::default();
    if !matches!(before.state, State::Booked | State::InProgress) {
        return Ok(outcome);
    }
    if let Some(checked) = live::check_in_due(situation, now, ids).filter(|_| now < before.end) {
        return Ok(checked);
    }
    if let Some(reminded) = remind::due(situation, now) {
        return Ok(reminded);
    }
    if now < live::first_look(&situation.policy.parameters, &before) {
        let next = remind::next_look(&situation.policy.parameters, &before, now);
        return Ok(look_again(JobToWake::AppointmentEnd(before.id), Some(next)));
    }
    if now < before.end {
        return Ok(look_again(JobToWake::AppointmentEnd(before.id), Some(before.end)));
    }
    let was = before.state.word();
    let ended = before.end_reached()?;
    let setting = Setting { now, start: ended.start, end: ended.end, given: Given::Nothing, money_open: false };
    for owed in owed(&situation.policy.parameters, &situation.practice.zone, Trigger::Ended, &setting) {
        contact::put(Obligation::open(owed, &ended, None, now, ids), &mut outcome);
    }
    // From here on the update says whether the client came.
    contact::excuse(situation, ObligationKind::CheckInWithClient, "it is over", now, &mut outcome);
    outcome.disruption = situation
        .disruption
        .clone()
        .filter(|_| !outcome.obligations.is_empty())
        .map(|case| settled(case, situation, &outcome, now));
    outcome.record = Record {
        word: "appointment_ended",
        subjects: subjects(&ended),
        details: json!({ "before": was, "after": ended.state.word() }),
    };
    outcome.appointment = Some(ended);
    Ok(outcome)
}

fn capture(situation: &Situation, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let before = situation.appointment()?;
    let mut outcome = Outcome::default();
    match before.payment.due_at.filter(|_| before.payment.state == PaymentState::Planned) {
        Some(at) if at > now => return Ok(look_again(JobToWake::Capture(before.id), Some(at))),
        Some(_) => money::capture(situation, before, now, ids, &mut outcome),
        None => {}
    }
    Ok(outcome)
}

/// Nobody answered: the held times are free again, and where the policy says so the money goes back by itself.
fn offer_expiry(situation: &Situation, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let (offer, ended) = (situation.offer()?, situation.appointment()?);
    let mut outcome = Outcome::default();
    let (id, until, open) = (offer.id, offer.expires_at, offer.state == OfferState::Open);
    let Some(lapsed) = offer.lapse(now) else {
        return Ok(look_again(JobToWake::OfferExpiry(id), Some(until).filter(|_| open)));
    };
    outcome.occupancy.push(OccupancyChange::ReleaseOffer(lapsed.id));
    let subjects = [subjects(&ended), vec![lapsed.id.to_string()]].concat();
    let waiting = |o: &&Obligation| o.kind == ObligationKind::NextStep && o.is_owed() && o.due_at == lapsed.expires_at;
    for duty in situation.obligations.iter().filter(waiting).cloned() {
        let (parameters, zone) = (&situation.policy.parameters, &situation.practice.zone);
        let times = next_step_after_offer(parameters, zone, OwnerRole::Therapist, lapsed.expires_at);
        // While the offer lived it was due at its end; now it counts anew from there (`rulings` 2).
        let (breach_at, second_breach_at) = (times.breach, times.second_breach);
        contact::put(Obligation { due_at: times.due, breach_at, second_breach_at, ..duty }, &mut outcome);
    }
    // Where the appointment still stands the question does too: the client may keep it until the answer is due.
    if !ended.state.is_pending() {
        money::on_lapse(situation, ended, now, ids, &mut outcome);
    }
    outcome.record = Record { word: "offer_expired", subjects, details: json!({ "offer": lapsed.id }) };
    outcome.offers.push(lapsed);
    Ok(outcome)
}

/// Nobody chose in time what becomes of the money: it goes back by itself.
fn refund_choice(situation: &Situation, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let ended = situation.appointment()?;
    let (mut outcome, subjects) = (Outcome::default(), subjects(&ended));
    money::on_lapse(situation, ended, now, ids, &mut outcome);
    if outcome.appointment.is_some() {
        outcome.record = Record { word: "refund_due", subjects, details: json!({ "why": "no answer in time" }) };
    }
    Ok(outcome)
}

fn obligation_clock(situation: &Situation, id: ObligationId, now: Instant) -> Result<Outcome, Refusal> {
    let mut outcome = Outcome::default();
    let found = situation.obligations.iter().find(|o| o.id == id).cloned();
    let duty = found.ok_or_else(|| Refusal::not_found("obligation"))?;
    let Some(escalated) = duty.clone().escalate(now) else {
        return Ok(look_again(JobToWake::ObligationClock(id), duty.next_look()));
    };
    if situation.appointment.is_none() {
        return Ok(between_them(situation, escalated, &mut outcome));
    }
    let words = overdue_words(escalated.kind, situation.client.first_name());
    let phone = situation.client.phone.as_deref().filter(|_| concerns_client(escalated.kind));
    let words = phone.map_or(words.clone(), |phone| format!("{words} Their number is {phone}."));
    let about = situation.appointment()?;
    notify::escalated(situation, &about, &escalated, &words, now, &mut outcome);
    outcome.record = Record {
        word: "obligation_escalated",
        subjects: [subjects(&about), vec![id.to_string()]].concat(),
        details: json!({ "obligation": id, "kind": escalated.kind, "to": escalated.owner.role }),
    };
    contact::put(escalated, &mut outcome);
    outcome.disruption = situation.disruption.clone().map(|case| settled(case, situation, &outcome, now));
    Ok(outcome)
}

/// A duty of two people who have no appointment that it is about. Who has it now is told by a letter of its own.
fn between_them(situation: &Situation, escalated: Obligation, outcome: &mut Outcome) -> Outcome {
    let pair = &situation.relationship;
    outcome.record = Record {
        word: "obligation_escalated",
        subjects: vec![pair.id.to_string(), pair.client.to_string(), escalated.id.to_string()],
        details: json!({ "obligation": escalated.id, "kind": escalated.kind, "to": escalated.owner.role }),
    };
    contact::put(escalated, outcome);
    std::mem::take(outcome)
}

/// Nothing to do yet: when to look again, if ever.
pub(super) fn look_again(job: JobToWake, at: Option<Instant>) -> Outcome {
    Outcome { wakes: vec![Wake { job, at }], ..Outcome::default() }
}

fn concerns_client(kind: ObligationKind) -> bool {
    matches!(
        kind,
        ObligationKind::InformClient
            | ObligationKind::NextStep
            | ObligationKind::KeepPromise
            | ObligationKind::EscalateRisk
    )
}

/// The client was not told: a person must ring them now, and the practice hears of it if they don't.
fn undeliverable(situation: &Situation, to: PersonRef, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let about = situation.appointment()?;
    let mut outcome = Outcome::default();
    if to != PersonRef::Client(about.client) {
        return Ok(outcome);
    }
    let case = situation.disruption.as_ref().map(|case| case.id);
    let told = |o: &Obligation| o.disruption == case && matches!(o.state, ObligationState::Met { .. });
    let news = situation.obligations.iter().filter(|o| o.kind == ObligationKind::InformClient);
    if case.is_some() && news.clone().any(told) {
        // They know already, by another way: a letter that comes back changes nothing.
        return Ok(outcome);
    }
    // The duty of this case before one that an earlier letter left open.
    let owed = news.filter(|o| o.is_owed());
    let open = owed.clone().find(|o| o.disruption == case).or(owed.clone().next()).cloned();
    let urgent = policy::obligations::inform_now(&situation.policy.parameters, now);
    let duty = match open {
        Some(duty) => duty.hurry(&urgent),
        None => Obligation::open(urgent, &about, case, now, ids),
    };
    outcome.record = Record {
        word: "message_undeliverable",
        subjects: subjects(&about),
        details: json!({ "to": to, "obligation": duty.id, "due_at": duty.due_at }),
    };
    contact::put(duty, &mut outcome);
    Ok(outcome)
}

/// What is overdue, as the person who takes it over reads it.
fn overdue_words(kind: ObligationKind, client: &str) -> String {
    match kind {
        ObligationKind::InformClient => format!("{client} may not know yet. Please ring them."),
        ObligationKind::NextStep => format!("{client} has no next time yet and no promise of one. Please ring them."),
        ObligationKind::KeepPromise => format!("{client} was promised to hear from us by now. Please ring them."),
        ObligationKind::WriteContactNote => format!("The contact note about {client} has not been written yet."),
        ObligationKind::AttendanceUpdate => format!("The attendance update about {client} has not been made yet."),
        ObligationKind::AnswerRequest => format!("Somebody waits for an answer about {client}'s appointment."),
        ObligationKind::AnswerClient => format!("{client} wrote back, and nobody has answered yet. Please ring them."),
        ObligationKind::BookNext => format!("{client} would like to go on and has no next appointment yet."),
        ObligationKind::DecideMoney => format!("Somebody has to decide about {client}'s payment."),
        other => format!("Overdue about {client}: {}.", other.as_str().replace('_', " ")),
    }
}
