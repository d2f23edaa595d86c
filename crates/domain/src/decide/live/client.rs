//! T13 to T16: the client is late. A clock wakes, the therapist asks, may step away, and only after the grace and a try
//! may it be called missed.

use super::{case, finish, for_colleague, free, let_go, open, open_one, setting};
use crate::appointment::{Appointment, State};
use crate::attendance::Attendance;
use crate::contact::{AttemptResult, ContactAttempt};
use crate::decide::{Asker, JobToWake, NextStepTaken, Outcome, Situation, Wake, contact, money, notify};
use crate::disruption::{Disruption, DisruptionKind};
use crate::id::Ids;
use crate::obligation::ObligationKind;
use crate::person::Channel;
use crate::policy::lateness::{self, NotMissedYet};
use crate::policy::money::Event as MoneyEvent;
use crate::policy::obligations::{Given, Trigger, next_step_while_offered};
use crate::policy::{OwnerRole, Parameters, RuleUse};
use crate::refusal::Refusal;
use crate::time::{Instant, Span};
use serde_json::json;

/// A client who is here this early has come.
const EARLY: Span = Span::hours(1);
/// The first moment that is strictly after the minutes of the policy, to the second.
const STRICTLY: Span = Span::seconds(1);

/// When the day of this appointment is first looked at: the moment to see whether the client has come, else its end.
pub(in crate::decide) fn first_look(parameters: &Parameters, about: &Appointment) -> Instant {
    let moment = lateness::check_in_after(parameters, about.expected_start()).map(|at| at + STRICTLY);
    moment.filter(|at| *at < about.end).unwrap_or(about.end)
}

/// T13: opens the case and the duty to ask. `None` where it is not the moment.
pub(in crate::decide) fn check_in_due(situation: &Situation, now: Instant, ids: &mut Ids) -> Option<Outcome> {
    let about = situation.appointment.clone()?;
    let expected = about.expected_start();
    let waits = about.state == State::Booked && about.attendance.client_arrived_at.is_none() && !about.has_begun();
    let asked = situation.obligations.iter().any(|o| o.kind == ObligationKind::CheckInWithClient);
    if !waits || asked || !lateness::check_in_due(&situation.policy.parameters, expected, now) {
        return None;
    }
    let mut outcome = Outcome::default();
    let case = case(situation, &about, DisruptionKind::ClientLate, now, ids);
    let setting = setting(&about, Given::Nothing, false, now);
    open(situation, &about, &case, Trigger::ClientLate, &setting, ids, &mut outcome);
    outcome.wakes.push(Wake { job: JobToWake::AppointmentEnd(about.id), at: Some(about.end) });
    let details = json!({ "start": about.start, "expected": expected });
    finish(situation, about, Some(case), "client_late", details, now, &mut outcome);
    Some(outcome)
}

pub(super) fn check_in(situation: &Situation, asker: &Asker, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let before = not_here_yet(situation, asker)?;
    let parameters = &situation.policy.parameters;
    let expected = before.expected_start();
    let ready = lateness::check_in_after(parameters, expected).map_or(now >= expected, |at| now > at);
    if !ready {
        let from = lateness::check_in_after(parameters, expected).unwrap_or(expected);
        return Err(too_early(situation, from));
    }
    let about = before.clone().noting(before.attendance);
    let mut outcome = Outcome::default();
    notify::client_late(situation, &about, now, &mut outcome);
    outcome.attempt = written(situation, asker, &about, now, ids);
    contact::meet(situation, ObligationKind::CheckInWithClient, "asked by e-mail", now, &mut outcome);
    let case = situation.disruption.clone();
    finish(situation, about, case, "checked_in_with_client", json!({ "by": asker.signature }), now, &mut outcome);
    Ok(outcome)
}

pub(super) fn step_away(situation: &Situation, asker: &Asker, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let before = not_here_yet(situation, asker)?;
    let parameters = &situation.policy.parameters;
    let Some(from) = lateness::step_away_from(parameters, before.expected_start()) else {
        let detail = "This practice has no time after which therapists step away. Stay until the end.";
        return Err(Refusal::conflict("stepping_away_off", detail));
    };
    if now < from {
        return Err(too_early(situation, from));
    }
    if before.attendance.stepped_away_at.is_some() {
        let detail = "The client was told already. They may still come back until the end.";
        return Err(Refusal::conflict("already_stepped_away", detail));
    }
    let minutes = (from - before.start).as_minutes();
    let known = Attendance { stepped_away_at: Some(now), ..before.attendance.clone() };
    let about = before.noting(known);
    let mut outcome = Outcome::default();
    notify::stepped_away(situation, &about, u32::try_from(minutes).unwrap_or_default(), now, &mut outcome);
    outcome.attempt = written(situation, asker, &about, now, ids);
    contact::meet(situation, ObligationKind::CheckInWithClient, "told by e-mail", now, &mut outcome);
    let case = situation.disruption.clone();
    finish(situation, about, case, "stepped_away", json!({ "minutes": minutes }), now, &mut outcome);
    Ok(outcome)
}

pub(super) fn arrived(situation: &Situation, asker: &Asker, at: Instant, now: Instant) -> Result<Outcome, Refusal> {
    let before = for_colleague(situation, asker)?;
    if now + EARLY < before.start {
        let detail = "It begins much later. Say that the client is here when they are.";
        return Err(Refusal::invalid("too_early", "at", detail));
    }
    if at > now + Span::minutes(1) || at + EARLY < before.start {
        let detail = "Say when the client arrived: not in the future, and not before the day of the appointment.";
        return Err(Refusal::invalid("out_of_range", "at", detail));
    }
    let known = Attendance { client_arrived_at: Some(at), ..before.attendance.clone() };
    let was = before.state.word();
    let about = before.arrived(known)?;
    let mut outcome = Outcome::default();
    contact::excuse(situation, ObligationKind::CheckInWithClient, "the client is here", now, &mut outcome);
    let case = situation.disruption.clone();
    let details = json!({ "at": at, "before": was, "after": about.state.word() });
    finish(situation, about, case, "client_arrived", details, now, &mut outcome);
    Ok(outcome)
}

pub(super) fn no_show(situation: &Situation, asker: &Asker, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let before = for_colleague(situation, asker)?;
    if before.attendance.client_arrived_at.is_some() || before.has_begun() || before.state == State::InProgress {
        return Err(Refusal::conflict("client_arrived", "The client came. Ask the practice to change the record."));
    }
    let because = may_be_called(situation, &before, now)?;
    let ended = before.missed_by_client()?;
    let mut outcome = Outcome { because: vec![because], ..Outcome::default() };
    free(&ended, &mut outcome);
    let case = case(situation, &ended, DisruptionKind::ClientNoShow, now, ids);
    let (ended, price) =
        money::on_end(situation, asker, ended, MoneyEvent::ClientMisses, false, now, ids, &mut outcome);
    let_go(situation, &[ObligationKind::AttendanceUpdate], "the client did not come", now, &mut outcome);
    let reply_by = follow_up(situation, &ended, &case, &price, true, now, ids, &mut outcome);
    let details = json!({ "after": ended.state.word(), "start": ended.start, "reply_by": reply_by,
        "attempts": tries(situation, &ended), "payment": ended.payment.state });
    finish(situation, ended, Some(case), "client_no_show", details, now, &mut outcome);
    Ok(outcome)
}

/// What follows where the client was not seen (T15, T16, `domain` 2.5): they are asked how they are, with the way back;
/// somebody sees to it that they have another time, where they are still to get one (`wants_a_time`); and where their file says that more
/// care is to be taken and they did not come at all, whoever is on duty for risk looks the same day. Gives the moment by
/// which a word is hoped for.
#[allow(clippy::too_many_arguments)]
pub(in crate::decide) fn follow_up(
    situation: &Situation,
    ended: &Appointment,
    case: &Disruption,
    price: &money::Price,
    wants_a_time: bool,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Option<Instant> {
    let came = ended.state == State::LateNotSeen;
    let why = if came { "there was no time left" } else { "the client did not come" };
    let_go(situation, &[ObligationKind::CheckInWithClient, ObligationKind::InformClient], why, now, outcome);
    let setting = setting(ended, Given::Link, price.open, now);
    open(situation, ended, case, Trigger::ClientMissed, &setting, ids, outcome);
    let parameters = &situation.policy.parameters;
    let reply_by = Some(now + Span::hours(parameters.unable_to_reach.reply_hours.into())).filter(|_| wants_a_time);
    if let Some(reply_by) = reply_by {
        outcome.next_step = Some(NextStepTaken { booking_link: true, ..NextStepTaken::default() });
        let duty = next_step_while_offered(parameters, &situation.practice.zone, OwnerRole::Therapist, reply_by);
        open_one(situation, ended, case, duty, now, ids, outcome);
    }
    if !came {
        if situation.live.client_at_risk {
            open(situation, ended, case, Trigger::RiskWorry, &setting, ids, outcome);
        }
        prompt_release(situation, outcome);
    }
    notify::client_no_show(situation, ended, price, reply_by, now, outcome);
    reply_by
}

fn may_be_called(situation: &Situation, before: &Appointment, now: Instant) -> Result<RuleUse, Refusal> {
    if !matches!(before.state, State::Booked | State::AwaitingUpdate) {
        return Err(before.not_live());
    }
    let (parameters, expected) = (&situation.policy.parameters, before.expected_start());
    lateness::may_call_missed(parameters, expected, now, tries(situation, before)).map_err(|why| {
        let detail = match why {
            NotMissedYet::GraceNotOver { until } => {
                format!("The client may still come. It can be called missed from {}.", clock(situation, until))
            }
            NotMissedYet::ContactAttemptRequired { .. } => "Try the client once first, and record it.".to_owned(),
        };
        Refusal { field: None, ..Refusal::invalid(why.code(), "attempts", detail) }
    })
}

/// Tries to reach the client since it should have begun; what did not go at all is none.
fn tries(situation: &Situation, before: &Appointment) -> u32 {
    let counts = |made: &&ContactAttempt| made.at >= before.start && made.result != AttemptResult::Failed;
    u32::try_from(situation.live.attempts.iter().filter(counts).count()).unwrap_or(u32::MAX)
}

/// After so many in a row the practice is asked whether to release the weekly time; nothing is done by itself.
fn prompt_release(situation: &Situation, outcome: &mut Outcome) {
    let missed = situation.live.missed_in_a_row + 1;
    outcome.because.extend(lateness::release_prompt(&situation.policy.parameters, missed));
}

/// The appointment of a client who has not come yet.
fn not_here_yet(situation: &Situation, asker: &Asker) -> Result<Appointment, Refusal> {
    let before = for_colleague(situation, asker)?;
    if before.state != State::Booked {
        return Err(match before.state {
            State::InProgress => Refusal::conflict("client_arrived", "The client is here."),
            _ => before.not_live(),
        });
    }
    Ok(before)
}

fn too_early(situation: &Situation, from: Instant) -> Refusal {
    let detail = format!("The client may still come in time. This is possible from {}.", clock(situation, from));
    Refusal { field: None, ..Refusal::invalid("too_early", "at", detail) }
}

fn clock(situation: &Situation, at: Instant) -> String {
    at.in_zone(&situation.therapist.schedule.zone).strftime("%H:%M:%S").to_string().trim_end_matches(":00").to_owned()
}

/// The message that goes with it is a try to reach the client, and stands on file as one.
fn written(
    situation: &Situation,
    asker: &Asker,
    about: &Appointment,
    now: Instant,
    ids: &mut Ids,
) -> Option<ContactAttempt> {
    Some(ContactAttempt {
        id: ids.mint(),
        practice: situation.practice.id,
        client: about.client,
        appointment: Some(about.id),
        channel: Channel::Email,
        result: AttemptResult::Sent,
        at: now,
        agreed: None,
        by: asker.person?,
        reason: None,
    })
}
