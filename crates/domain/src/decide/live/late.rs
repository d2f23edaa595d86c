//! T11: the therapist is late. The client hears first, then the practice; the client waits or takes another time; once
//! connected, an apology and a plan.

use super::{case, finish, for_anyone, for_colleague, let_go, open, practice_knows_what_it_types, setting, times};
use crate::appointment::{Appointment, Cancellation, Initiator, State};
use crate::attendance::{Attendance, Connected, LateAnswer, LateNotice, Plan};
use crate::decide::cancel::CallOff;
use crate::decide::live::Connection;
use crate::decide::{Asker, Outcome, Situation, cancel, contact, notify};
use crate::disruption::DisruptionKind;
use crate::id::Ids;
use crate::obligation::ObligationKind;
use crate::policy::lateness;
use crate::policy::obligations::{Given, Trigger};
use crate::policy::reliability::{self, Event, EventKind};
use crate::refusal::Refusal;
use crate::time::{Instant, Span};
use serde_json::json;

/// How long before the start one can know to be late; before that an appointment is moved.
const AHEAD: Span = Span::hours(12);

pub(super) fn running_late(
    situation: &Situation,
    asker: &Asker,
    minutes: u32,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = for_colleague(situation, asker)?;
    check_late(&before, minutes, now)?;
    let notice = LateNotice { at: now, minutes, answer: None };
    let was = before.attendance.late_notice;
    let about = before.clone().noting(Attendance { late_notice: Some(notice), ..before.attendance.clone() });
    let mut outcome = Outcome::default();
    let parameters = &situation.policy.parameters;
    let matters = lateness::therapist_is_late(parameters, Span::minutes(minutes.into()));
    let case = matters.then(|| case(situation, &about, DisruptionKind::RunningLate, now, ids));
    if let Some(case) = &case {
        let setting = setting(&about, Given::Nothing, false, now);
        open(situation, &about, case, Trigger::TherapistLate, &setting, ids, &mut outcome);
        open(situation, &about, case, Trigger::Connected, &setting, ids, &mut outcome);
        practice_knows_what_it_types(asker, now, &mut outcome);
        // The client is not late while the therapist is.
        contact::excuse(situation, ObligationKind::CheckInWithClient, "the therapist is late", now, &mut outcome);
    }
    notify::running_late(situation, &about, minutes, case.is_some(), now, &mut outcome);
    let event = Event {
        kind: EventKind::Late,
        initiator: Initiator::Therapist,
        fault: None,
        reason: None,
        short_notice: true,
        mistaken: false,
    };
    outcome.reliability = matters.then(|| reliability::judge(parameters, &event));
    let details = json!({ "minutes": minutes, "before": was.map(|late| late.minutes), "start": about.start });
    finish(situation, about, case, "running_late", details, now, &mut outcome);
    Ok(outcome)
}

fn check_late(before: &Appointment, minutes: u32, now: Instant) -> Result<(), Refusal> {
    if before.state != State::Booked || before.has_begun() {
        return Err(before.not_live());
    }
    let length = (before.end - before.start).as_minutes();
    if minutes == 0 || i64::from(minutes) >= length {
        let detail = format!("Say 1 to {} minutes. If it is longer, cancel or move the appointment.", length - 1);
        return Err(Refusal::invalid("out_of_range", "minutes", detail));
    }
    if now + AHEAD < before.start {
        let detail = "There is time yet: move the appointment, or say this on the day.";
        return Err(Refusal::invalid("too_early", "minutes", detail));
    }
    if now >= before.end {
        return Err(Refusal::conflict("already_over", "This appointment is over. Say that it was missed instead."));
    }
    Ok(())
}

/// The client's answer. Who would rather have another time is not kept waiting: today's ends at once, with times held
/// for them.
pub(super) fn answer(
    situation: &Situation,
    asker: &Asker,
    answer: LateAnswer,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = for_anyone(situation, asker)?;
    let late = before.attendance.late_notice;
    let late = late.ok_or_else(|| Refusal::conflict("nothing_to_answer", "Nobody has said that they are late."))?;
    if before.state != State::Booked || before.has_begun() {
        return Err(before.not_live());
    }
    let attendance =
        Attendance { late_notice: Some(LateNotice { answer: Some(answer), ..late }), ..before.attendance.clone() };
    if answer == LateAnswer::Reschedule {
        // One change, one revision: calling it off makes it.
        let about = Appointment { attendance, ..before };
        return another_time(situation, asker, about, "the client would rather have another time", now, ids);
    }
    let about = before.noting(attendance);
    let mut outcome = Outcome::default();
    contact::meet(situation, ObligationKind::InformClient, "the client answered: they wait", now, &mut outcome);
    notify::late_answer(situation, &about, answer, now, &mut outcome);
    let (case, details) = (situation.disruption.clone(), json!({ "answer": answer, "minutes": late.minutes }));
    finish(situation, about, case, "late_answer", details, now, &mut outcome);
    Ok(outcome)
}

/// Ends today's appointment on the therapist's side and holds times for the client.
fn another_time(
    situation: &Situation,
    asker: &Asker,
    about: Appointment,
    why: &'static str,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let how = Cancellation {
        initiator: Initiator::Therapist,
        reason: None,
        note: Some(format!("Running late; {why}")),
        received_at: now,
        recorded_at: now,
        recorded_by: asker.signature.clone(),
        label: cancel::label(situation, Initiator::Therapist),
        late: false,
        short_notice: true,
        was_a_request: false,
    };
    let next_step = times::priority(situation, &about, now);
    let off = CallOff { how, next_step, share_reason: false, words: None };
    let mut outcome = cancel::call_off(situation, asker, &about, off, now, ids)?;
    let known = format!("the client knows: {why}");
    contact::meet(situation, ObligationKind::InformClient, &known, now, &mut outcome);
    super::meet_opened(&mut outcome, ObligationKind::InformClient, &known, now);
    let_go(situation, &[ObligationKind::ConfirmPlan], why, now, &mut outcome);
    outcome.disruption = outcome
        .disruption
        .map(|case| crate::decide::book::settled(case, situation, &outcome_of(&outcome.obligations), now));
    Ok(outcome)
}

fn outcome_of(obligations: &[crate::obligation::Obligation]) -> Outcome {
    Outcome { obligations: obligations.to_vec(), ..Outcome::default() }
}

pub(super) fn connected(
    situation: &Situation,
    asker: &Asker,
    connection: Connection,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = for_colleague(situation, asker)?;
    if before.attendance.late_notice.is_none() {
        let detail = "Nobody has said that they are late. Say that the client is here instead.";
        return Err(Refusal::conflict("not_running_late", detail));
    }
    if !matches!(before.state, State::Booked | State::InProgress) {
        return Err(before.not_live());
    }
    let ends_at = ends_at(&before, connection, now)?;
    let Connection { apologised, plan, .. } = connection;
    let known = Attendance {
        connected: Some(Connected { at: now, apologised, plan, ends_at }),
        therapist_ready_at: before.attendance.therapist_ready_at.or(Some(now)),
        started_at: before.attendance.started_at.or((plan != Plan::Rescheduled).then_some(now)),
        ..before.attendance.clone()
    };
    if plan == Plan::Rescheduled {
        let about = Appointment { attendance: known, ..before };
        let mut outcome = another_time(situation, asker, about, "the two agreed on another time", now, ids)?;
        if apologised {
            contact::meet(situation, ObligationKind::ConfirmPlan, "apologised; another time", now, &mut outcome);
        }
        return Ok(outcome);
    }
    let about = before.arrived(known)?;
    let mut outcome = Outcome::default();
    contact::meet(situation, ObligationKind::InformClient, "the two have connected", now, &mut outcome);
    if apologised {
        let evidence = format!("apologised; {}", plan.as_str().replace('_', " "));
        contact::meet(situation, ObligationKind::ConfirmPlan, &evidence, now, &mut outcome);
    }
    if let (Plan::Shortened, Some(case)) = (plan, &situation.disruption) {
        let setting = setting(&about, Given::Nothing, true, now);
        open(situation, &about, case, Trigger::CutShort, &setting, ids, &mut outcome);
    }
    let case = situation.disruption.clone();
    let details = json!({ "apologised": apologised, "plan": plan, "ends_at": ends_at });
    finish(situation, about, case, "connected_after_lateness", details, now, &mut outcome);
    Ok(outcome)
}

/// Until when it lasts by the plan. Shorter is shorter than the whole time counted from now, and not over yet.
fn ends_at(before: &Appointment, connection: Connection, now: Instant) -> Result<Option<Instant>, Refusal> {
    let full = now + (before.end - before.start);
    let sane = |at: Instant, latest: Instant| {
        if now < at && at <= latest {
            return Ok(Some(at));
        }
        Err(Refusal::invalid("out_of_range", "ends_at", "Say a time that is still to come, within the full length."))
    };
    match (connection.plan, connection.ends_at) {
        (Plan::Rescheduled, _) => Ok(None),
        (Plan::FullTime, given) => sane(given.unwrap_or(full), full),
        (Plan::Shortened, Some(at)) => sane(at, full - Span::micros(1)),
        (Plan::Shortened, None) => {
            Err(Refusal::invalid("ends_at_required", "ends_at", "Say until when you agreed to go on."))
        }
    }
}
