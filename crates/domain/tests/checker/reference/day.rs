//! The day itself (T11 to T16, T21): who may say what from which minute on.

use super::may::{tries, unless};
use super::{Asked, Expected};
use crate::invariants::is_owed;
use domain::appointment::{Appointment, State};
use domain::attendance::Plan;
use domain::decide::{CaseOutcome, Live, MakeUpDecision};
use domain::obligation::ObligationKind;
use domain::person::Role;
use domain::time::{Instant, Span};

/// When the client is really expected: later by what the therapist said.
pub fn expected_at(about: &Appointment) -> Instant {
    let late = about.attendance.late_notice.map_or(0, |late| late.minutes);
    about.start + Span::minutes(late.into())
}

fn have_met(about: &Appointment) -> bool {
    about.attendance.connected.is_some() || about.attendance.started_at.is_some()
}

/// Why nothing more can happen to it today.
fn not_live(about: &Appointment) -> &'static str {
    match about.state {
        State::Cancelled(_) => "already_cancelled",
        State::Requested => "not_confirmed",
        _ => "already_over",
    }
}

pub fn live(asked: &Asked, about: &Appointment, act: &Live) -> Expected {
    let mut reasons = Vec::new();
    let by_either = matches!(act, Live::Answer(_) | Live::Missed(_) | Live::TechnicalFailure(_));
    let allowed = if by_either { asked.is_theirs() } else { asked.is_colleague() };
    unless(&mut reasons, !allowed, "not_found");
    match act {
        Live::RunningLate(_) | Live::Answer(_) | Live::Connected(_) => lateness(asked, about, act, &mut reasons),
        Live::Missed(_) | Live::TechnicalFailure(_) => ours(asked, about, act, &mut reasons),
        Live::CheckIn | Live::StepAway | Live::Arrived(_) | Live::ClientNoShow => {
            theirs(asked, about, act, &mut reasons);
        }
        Live::Outcome(..) | Live::Attribute(..) | Live::MakeUp(..) => after(asked, about, act, &mut reasons),
        Live::SeenByPractice => {}
    }
    Expected::unless(reasons)
}

/// T11: on the day, for less than the whole time, and only while it has not begun.
fn lateness(asked: &Asked, about: &Appointment, act: &Live, reasons: &mut Vec<&'static str>) {
    let waiting = about.state == State::Booked && !have_met(about);
    let nobody_late = about.attendance.late_notice.is_none();
    match act {
        Live::RunningLate(minutes) => {
            unless(reasons, !waiting, not_live(about));
            unless(reasons, *minutes == 0 || *minutes >= 50, "out_of_range");
            unless(reasons, asked.now + Span::hours(12) < about.start, "too_early");
            unless(reasons, asked.now >= about.end, "already_over");
        }
        Live::Answer(_) => {
            unless(reasons, nobody_late, "nothing_to_answer");
            unless(reasons, !waiting, not_live(about));
        }
        Live::Connected(how) => {
            unless(reasons, nobody_late, "not_running_late");
            unless(reasons, !matches!(about.state, State::Booked | State::InProgress), not_live(about));
            let underway = how.plan == Plan::Rescheduled && about.state == State::InProgress;
            unless(reasons, underway, "already_over");
        }
        _ => {}
    }
}

/// T12, T21: from the start on; a client waits the minutes of the practice before they report it.
fn ours(asked: &Asked, about: &Appointment, act: &Live, reasons: &mut Vec<&'static str>) {
    let open = matches!(about.state, State::Booked | State::InProgress | State::AwaitingUpdate);
    unless(reasons, !open, not_live(about));
    unless(reasons, asked.now < about.start, "not_started");
    if matches!(act, Live::Missed(_)) {
        let wait = asked.world.rules_of(about).therapist_no_show.client_report_min;
        let from = expected_at(about) + Span::minutes(wait.into());
        unless(reasons, have_met(about), "already_begun");
        unless(reasons, asked.is_client() && asked.now < from, "too_early");
        unless(reasons, asked.is_client() && reporter(act) != Some(Role::Client), "reporter_not_allowed");
    }
}

fn reporter(act: &Live) -> Option<Role> {
    if let Live::Missed(report) = act { Some(report.reported_by) } else { None }
}

/// T13 to T16: check in strictly after the minutes, step away from theirs on, call it missed only after grace and a try.
fn theirs(asked: &Asked, about: &Appointment, act: &Live, reasons: &mut Vec<&'static str>) {
    let rules = asked.world.rules_of(about);
    let (now, expected) = (asked.now, expected_at(about));
    let after = |minutes: u32| expected + Span::minutes(minutes.into());
    let here = about.state == State::InProgress;
    match act {
        Live::CheckIn | Live::StepAway => {
            unless(reasons, here, "client_arrived");
            unless(reasons, about.state != State::Booked && !here, not_live(about));
        }
        _ => {}
    }
    match act {
        Live::CheckIn => match rules.late.client_checkin_min {
            Some(minutes) => unless(reasons, now <= after(minutes), "too_early"),
            None => unless(reasons, now < expected, "too_early"),
        },
        Live::StepAway => match rules.late.client_stepaway_min {
            Some(minutes) => {
                unless(reasons, now < after(minutes), "too_early");
                unless(reasons, about.attendance.stepped_away_at.is_some(), "already_stepped_away");
            }
            None => reasons.push("stepping_away_off"),
        },
        Live::Arrived(at) => {
            let open = matches!(about.state, State::Booked | State::InProgress | State::AwaitingUpdate);
            unless(reasons, !open, not_live(about));
            unless(reasons, now + Span::hours(1) < about.start, "too_early");
            unless(reasons, *at + Span::hours(1) < about.start, "out_of_range");
        }
        _ => {
            let came = about.attendance.client_arrived_at.is_some() || have_met(about) || here;
            unless(reasons, came, "client_arrived");
            let open = matches!(about.state, State::Booked | State::AwaitingUpdate);
            unless(reasons, !open, not_live(about));
            unless(reasons, now < after(rules.no_show.grace_min), "grace_not_over");
            let enough = tries(asked, about) >= rules.no_show.min_contact_attempts as usize;
            unless(reasons, !enough, "contact_attempt_required");
        }
    }
}

/// of an open case only; a make-up is the therapist's own to decide.
fn after(asked: &Asked, about: &Appointment, act: &Live, reasons: &mut Vec<&'static str>) {
    unless(reasons, asked.world.open_case(about.id).is_none(), "not_found");
    match act {
        Live::Outcome(outcome, text) => {
            unless(reasons, *outcome == CaseOutcome::Other && text.is_none(), "text_required");
        }
        Live::MakeUp(decision, reason) => {
            let asked_for = asked.world.duties.iter().any(|duty| {
                duty.appointment == Some(about.id) && duty.kind == ObligationKind::ConsiderMakeup && is_owed(duty)
            });
            unless(reasons, asked.asker.role != Some(Role::Therapist), "therapists_own");
            unless(reasons, !asked_for, "make_up_not_asked");
            unless(reasons, *decision == MakeUpDecision::Decline && reason.is_none(), "reason_required");
        }
        _ => {}
    }
}
