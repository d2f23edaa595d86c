//! T1 and T2 where booking is by request: the client asks for a time, the therapist confirms or declines it, and one
//! that nobody answers is let go in time (`rulings` 18).

use super::book::subjects;
use super::{Asker, JobToWake, OccupancyChange, Outcome, Record, Situation, Wake, contact, money, notify, remind, who};
use crate::appointment::{Appointment, Cancellation, Initiator, Payment, State};
use crate::id::Ids;
use crate::obligation::{Obligation, ObligationKind};
use crate::policy::BookingMode;
use crate::policy::obligations::{Given, Setting, Trigger, owed};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::time::{Instant, Span};
use serde_json::json;

/// A therapist's no to a time that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclineRequest {
    /// Why, from the practice's list; it need not be said.
    pub reason: Option<Reason>,
    /// Words of the therapist's own for the message.
    pub words: Option<String>,
}

/// Whether this booking only asks for the time.
pub(super) fn only_asks(situation: &Situation, asker: &Asker) -> bool {
    asker.is_client() && situation.policy_today.parameters.booking.mode == BookingMode::Request
}

/// The therapist has as long as times are held, and never beyond the start.
pub fn answer_by(situation: &Situation, asked: &Appointment) -> Instant {
    let held = Span::hours(situation.policy_today.parameters.offer.hold_hours.into());
    (asked.created_at + held).min(asked.start)
}

/// What follows from a time that is asked for: its clock, the therapist's duty, and word to both.
pub(super) fn asked(situation: &Situation, asked: &Appointment, now: Instant, ids: &mut Ids, outcome: &mut Outcome) {
    let by = answer_by(situation, asked);
    outcome.wakes.push(Wake { job: JobToWake::RequestExpiry(asked.id), at: Some(by) });
    let (parameters, zone) = (&situation.policy_today.parameters, &situation.practice.zone);
    let setting = Setting { now, start: asked.start, end: asked.end, given: Given::Nothing, money_open: false };
    for duty in owed(parameters, zone, Trigger::TimeRequested, &setting) {
        let due = duty.due.min(by);
        let duty = crate::policy::obligations::Owed { due, breach: duty.breach.map(|at| at.min(by)), ..duty };
        contact::put(Obligation::open(duty, asked, None, now, ids), outcome);
    }
    notify::requested(situation, asked, by, now, outcome);
}

/// T2: booked. Where the client asked in place of a time that fell away, that case has its next step now.
pub(super) fn confirm(situation: &Situation, asker: &Asker, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let asked = situation.next_appointment.clone().ok_or_else(|| Refusal::not_found("appointment"))?;
    who::may_handle(&asked, asker)?;
    if now >= asked.start {
        return Err(Refusal::conflict("already_over", "This time has gone by. Offer another one."));
    }
    let payment = money::planned(situation, asked.interval(), asked.price, now);
    let mut outcome = Outcome::default();
    let confirmed = asked.confirm(payment)?;
    outcome.wakes.push(Wake { job: JobToWake::RequestExpiry(confirmed.id), at: None });
    let waiting = situation.appointment.as_ref().filter(|old| confirmed.replaces == Some(old.id));
    let confirmed = match waiting {
        Some(old) => money::follow(situation, asker, old, confirmed, now, ids, &mut outcome),
        None => confirmed,
    };
    if let Payment { due_at: Some(at), .. } = confirmed.payment {
        outcome.wakes.push(Wake { job: JobToWake::Capture(confirmed.id), at: Some(at) });
    }
    // A look that came while it was only asked for found nothing to do and went.
    let first = remind::next_look(&situation.policy_today.parameters, &confirmed, now);
    outcome.wakes.push(Wake { job: JobToWake::AppointmentEnd(confirmed.id), at: Some(first) });
    notify::confirm(situation, &confirmed, now, &mut outcome);
    answered(situation, &confirmed, "confirmed", now, &mut outcome);
    contact::next_is_booked(situation, asker, now, &mut outcome);
    if waiting.is_some() {
        super::book::settle_open_case(situation, now, &mut outcome);
    }
    outcome.because = money::booking_rules(situation, &situation.policy_today, &confirmed);
    outcome.record = Record {
        word: "request_confirmed",
        subjects: subjects(&confirmed),
        details: json!({ "start": confirmed.start, "asked_at": confirmed.created_at, "payment": confirmed.payment }),
    };
    outcome.booked = Some(confirmed);
    Ok(outcome)
}

/// The therapist cannot: the client is told with the way to another time.
pub(super) fn decline(
    situation: &Situation,
    asker: &Asker,
    wish: DeclineRequest,
    now: Instant,
) -> Result<Outcome, Refusal> {
    let asked = situation.appointment()?;
    who::may_handle(&asked, asker)?;
    if let Some(reason) = wish.reason {
        who::may_give(situation, reason, Initiator::Therapist)?;
    }
    let how = Cancellation { reason: wish.reason, ..not_to_be(asker, Initiator::Therapist, "Request declined", now) };
    let declined = asked.decline(how)?;
    let mut outcome = let_go(situation, declined, "request_declined", wish.words, now);
    answered_in(situation, "declined", now, &mut outcome);
    Ok(outcome)
}

/// Nobody answered in time.
pub(super) fn expired(situation: &Situation, now: Instant) -> Result<Outcome, Refusal> {
    let asked = situation.appointment()?;
    if asked.state != State::Requested {
        return Ok(Outcome::default());
    }
    let by = answer_by(situation, &asked);
    if now < by {
        return Ok(super::clock::look_again(JobToWake::RequestExpiry(asked.id), Some(by)));
    }
    let clock = Asker { signature: "system:request_expiry".into(), person: None, role: None };
    let declined = asked.decline(not_to_be(&clock, Initiator::Practice, "Request not answered in time", now))?;
    let mut outcome = let_go(situation, declined, "request_expired", None, now);
    contact::excuse(situation, ObligationKind::AnswerRequest, "the time to answer has passed", now, &mut outcome);
    Ok(outcome)
}

/// The client no longer wants it: nothing was agreed, so nothing is owed.
pub(super) fn taken_back(
    situation: &Situation,
    asked: Appointment,
    how: Cancellation,
    now: Instant,
) -> Result<Outcome, Refusal> {
    let how = Cancellation { label: "Request taken back".into(), ..how };
    let mut outcome = let_go(situation, asked.decline(how)?, "request_taken_back", None, now);
    contact::excuse(situation, ObligationKind::AnswerRequest, "the client took it back", now, &mut outcome);
    Ok(outcome)
}

fn let_go(
    situation: &Situation,
    declined: Appointment,
    word: &'static str,
    words: Option<String>,
    now: Instant,
) -> Outcome {
    let mut outcome = Outcome::default();
    outcome.occupancy.push(OccupancyChange::ReleaseAppointment(declined.id));
    for job in [JobToWake::RequestExpiry(declined.id), JobToWake::AppointmentEnd(declined.id)] {
        outcome.wakes.push(Wake { job, at: None });
    }
    notify::request_declined(situation, &declined, words, now, &mut outcome);
    outcome.record = Record { word, subjects: subjects(&declined), details: json!({ "start": declined.start }) };
    outcome.appointment = Some(declined);
    outcome
}

fn not_to_be(asker: &Asker, initiator: Initiator, label: &str, now: Instant) -> Cancellation {
    Cancellation {
        initiator,
        reason: None,
        note: None,
        received_at: now,
        recorded_at: now,
        recorded_by: asker.signature.clone(),
        label: label.to_owned(),
        late: false,
        short_notice: false,
        was_a_request: true,
    }
}

fn answered_in(situation: &Situation, what: &str, now: Instant, outcome: &mut Outcome) {
    contact::meet(situation, ObligationKind::AnswerRequest, what, now, outcome);
}

/// The duty to answer this very request is done.
fn answered(situation: &Situation, asked: &Appointment, what: &str, now: Instant, outcome: &mut Outcome) {
    let own = |duty: &&Obligation| duty.appointment == Some(asked.id) && duty.kind == ObligationKind::AnswerRequest;
    for duty in situation.obligations.iter().filter(own).filter(|duty| duty.is_owed()).cloned() {
        if let Ok(met) = duty.meet(what, now) {
            contact::put(met, outcome);
        }
    }
}
