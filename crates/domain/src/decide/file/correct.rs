//! T23: the record of an appointment is set right. Who, why, before and after stay on record; the other side is told.

use super::money;
use crate::appointment::{Appointment, Cancellation, Initiator, State};
use crate::decide::book::{settled, subjects};
use crate::decide::{Asker, OccupancyChange, Outcome, Record, Situation, cancel, contact, notify};
use crate::id::Ids;
use crate::message::{Facts, LinkTo, MessageKind};
use crate::obligation::ObligationKind;
use crate::person::{PersonRef, Role};
use crate::refusal::Refusal;
use crate::time::{Instant, Span};
use serde_json::json;

/// Letters that a reason may have.
const REASON_MAX: usize = 500;

/// A wish to set the record right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correct {
    /// The word of the state that it ought to have.
    pub state: String,
    /// Why.
    pub reason: String,
}

pub(super) fn decide(
    situation: &Situation,
    asker: &Asker,
    wish: Correct,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = situation.appointment()?;
    may_correct(situation, asker, &before, now)?;
    let reason = reason(&wish.reason)?;
    let state = state(situation, asker, &before, &wish.state, now)?;
    let after = before.clone().correct(state)?;

    let mut outcome = Outcome::default();
    outcome.occupancy.push(OccupancyChange::ReleaseAppointment(after.id));
    let after = money::on_correction(situation, asker, after, now, ids, &mut outcome);
    contact::meet(situation, ObligationKind::AttendanceUpdate, "the record was set right", now, &mut outcome);
    contact::meet(situation, ObligationKind::MarkAttendance, "the record was set right", now, &mut outcome);
    let was_absent = matches!(before.state, State::ClientNoShow | State::LateNotSeen);
    if was_absent {
        // Nobody waits any more for a word from a client who was there, or whose appointment never was.
        contact::excuse(situation, ObligationKind::NextStep, "the record was set right", now, &mut outcome);
        outcome.disruption = situation.disruption.clone().map(|case| settled(case, situation, &outcome, now));
    }
    tell(situation, asker, &before, &after, now, &mut outcome);
    outcome.record = Record {
        word: "appointment_corrected",
        subjects: subjects(&after),
        details: json!({ "before": before.state.word(), "after": after.state.word(), "why": reason,
            "payment_before": before.payment.state, "payment_after": after.payment.state,
            "nhs_code": after.attendance_code() }),
    };
    outcome.appointment = Some(after);
    Ok(outcome)
}

/// The therapist for so long after the end as the practice says; after that the team alone (E-06).
fn may_correct(situation: &Situation, asker: &Asker, before: &Appointment, now: Instant) -> Result<(), Refusal> {
    if asker.role.is_some_and(Role::is_team) {
        return Ok(());
    }
    let window = Span::hours(situation.policy.parameters.correction.therapist_hours.into());
    let own = asker.person == Some(PersonRef::Therapist(before.therapist));
    if own && now <= before.end + window {
        return Ok(());
    }
    let detail = format!(
        "The record can be changed by the practice's team only from here. Ask them on {}.",
        situation.practice.support_phone
    );
    Err(Refusal::forbidden("team_only", detail))
}

fn reason(given: &str) -> Result<String, Refusal> {
    let words = given.trim();
    if words.is_empty() {
        return Err(Refusal::invalid("reason_required", "reason", "Say why the record is changed."));
    }
    if words.chars().count() > REASON_MAX {
        return Err(Refusal::invalid("too_long", "reason", format!("Keep it under {REASON_MAX} letters.")));
    }
    Ok(words.to_owned())
}

fn state(
    situation: &Situation,
    asker: &Asker,
    before: &Appointment,
    word: &str,
    now: Instant,
) -> Result<State, Refusal> {
    let called_off = |initiator| State::Cancelled(cancellation(situation, asker, before, initiator, now));
    Ok(match word {
        "attended" => State::Attended,
        "client_no_show" => State::ClientNoShow,
        "late_not_seen" => State::LateNotSeen,
        "therapist_no_show" => State::TherapistNoShow,
        "technical_failure" => State::TechnicalFailure,
        "entered_in_error" => State::EnteredInError,
        "cancelled_by_client" => called_off(Initiator::Client),
        "cancelled_by_therapist" => called_off(Initiator::Therapist),
        "cancelled_by_practice" => called_off(Initiator::Practice),
        _ => {
            let detail = "Use attended, client_no_show, late_not_seen, therapist_no_show, technical_failure, \
                cancelled_by_client, cancelled_by_therapist, cancelled_by_practice or entered_in_error.";
            return Err(Refusal::invalid("unknown_state", "state", detail));
        }
    })
}

/// A cancellation that was never entered. Nobody knows any more when the word came, so it counts as in time: the kinder
/// reading.
fn cancellation(
    situation: &Situation,
    asker: &Asker,
    before: &Appointment,
    initiator: Initiator,
    now: Instant,
) -> Cancellation {
    Cancellation {
        initiator,
        reason: None,
        note: None,
        received_at: before.created_at,
        recorded_at: now,
        recorded_by: asker.signature.clone(),
        label: cancel::label(situation, initiator),
        late: false,
        was_a_request: false,
        short_notice: false,
    }
}

/// Client and therapist are told, save for the one who did it.
fn tell(
    situation: &Situation,
    asker: &Asker,
    before: &Appointment,
    after: &Appointment,
    now: Instant,
    outcome: &mut Outcome,
) {
    let corrected = Some((said(&before.state).to_owned(), said(&after.state).to_owned()));
    let facts = Facts { corrected, ..Facts::about(after.interval()) };
    for (to, link) in
        [(situation.client.id, Some(LinkTo::Appointment(after.id))), (situation.therapist.person.id, None)]
    {
        if asker.person != Some(to) {
            outcome.notices.push(notify::notice(to, MessageKind::Correction, after, facts.clone(), link, None, now));
        }
    }
}

/// What the record says, in words that blame nobody.
const fn said(state: &State) -> &'static str {
    match state {
        State::Attended => "it took place",
        State::ClientNoShow | State::LateNotSeen => "it did not take place",
        State::TherapistNoShow => "it did not take place, on our side",
        State::TechnicalFailure => "it did not take place because of a connection",
        State::Cancelled(_) => "it was called off",
        State::EnteredInError => "it was entered by mistake",
        State::Requested | State::Booked | State::InProgress | State::AwaitingUpdate => "nothing yet",
    }
}
