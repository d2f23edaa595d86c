//! The day itself: late, missed, not here yet, here at last, not seen (T11 to T16, T21), and what is settled after it.

mod after;
mod client;
mod late;
mod missed;
mod times;

pub(super) use client::{check_in_due, first_look, follow_up};
pub use times::around;

use super::book::{settled, subjects};
use super::{Asker, JobToWake, OccupancyChange, Outcome, Record, Situation, Wake, contact};
use crate::appointment::Appointment;
use crate::attendance::{LateAnswer, Plan, TechnicalSide};
use crate::disruption::{Disruption, DisruptionKind};
use crate::id::Ids;
use crate::obligation::{Obligation, ObligationKind};
use crate::person::Role;
use crate::policy::choices::words;
use crate::policy::obligations::{Given, Owed, Setting, Trigger, owed};
use crate::reason::Fault;
use crate::refusal::Refusal;
use crate::time::Instant;

words! {
    /// What came of a missed appointment, as the practice is told.
    CaseOutcome {
        /// Another time is found.
        Rescheduled = "rescheduled",
        /// The client could not be reached.
        UnableToReach = "unable_to_reach",
        /// Something else, in words.
        Other = "other",
    }
}
words! {
    /// What the therapist decides about a make-up: never required.
    MakeUpDecision {
        /// The client gets an appointment at no charge.
        Offer = "offer",
        /// Not this time, with the reason.
        Decline = "decline",
    }
}

/// What was agreed when the two connected after lateness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// Whether the therapist said sorry.
    pub apologised: bool,
    /// What they agreed.
    pub plan: Plan,
    /// When it ends by that plan, UTC; required where it is shortened.
    pub ends_at: Option<Instant>,
}

/// A missed appointment as it is reported (T12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missed {
    /// Whose word it is.
    pub reported_by: Role,
    /// Whose doing it was, as they say; the practice settles it.
    pub fault: Fault,
}

/// One act of the day itself, or of settling it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Live {
    /// The therapist will be late by so many minutes (T11).
    RunningLate(u32),
    /// The client waits, or would rather have another time.
    Answer(LateAnswer),
    /// The two have connected after lateness.
    Connected(Connection),
    /// The therapist did not come (T12).
    Missed(Missed),
    /// What came of it, and in words where it is something else.
    Outcome(CaseOutcome, Option<String>),
    /// Whose doing it was, and why one says so.
    Attribute(Fault, String),
    /// Whether there is a make-up, and why not.
    MakeUp(MakeUpDecision, Option<String>),
    /// The client is asked whether they are coming.
    CheckIn,
    /// The therapist steps away for now.
    StepAway,
    /// The client is here, since that moment, UTC; back-dated where it is typed later.
    Arrived(Instant),
    /// The client did not come (T15).
    ClientNoShow,
    /// It failed technically, on this side (T21).
    TechnicalFailure(TechnicalSide),
    /// Somebody of the practice has seen the case: they know.
    SeenByPractice,
}

pub(super) fn decide(
    situation: &Situation,
    asker: &Asker,
    act: Live,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    match act {
        Live::RunningLate(minutes) => late::running_late(situation, asker, minutes, now, ids),
        Live::Answer(answer) => late::answer(situation, asker, answer, now, ids),
        Live::Connected(connection) => late::connected(situation, asker, connection, now, ids),
        Live::Missed(missed) => missed::by_therapist(situation, asker, missed, now, ids),
        Live::TechnicalFailure(side) => missed::technical(situation, asker, side, now, ids),
        Live::Outcome(outcome, text) => after::outcome(situation, asker, outcome, text, now),
        Live::Attribute(fault, reason) => after::attribute(situation, asker, fault, &reason, now, ids),
        Live::MakeUp(decision, reason) => after::make_up(situation, asker, decision, reason, now, ids),
        Live::CheckIn => client::check_in(situation, asker, now, ids),
        Live::StepAway => client::step_away(situation, asker, now, ids),
        Live::Arrived(at) => client::arrived(situation, asker, at, now),
        Live::ClientNoShow => client::no_show(situation, asker, now, ids),
        Live::SeenByPractice => after::seen_by_practice(situation, asker, now),
    }
}

/// The appointment, for its therapist and the office; clients find none here.
fn for_colleague(situation: &Situation, asker: &Asker) -> Result<Appointment, Refusal> {
    let about = situation.appointment()?;
    let own = asker.person.is_some_and(|person| about.belongs_to(person));
    if asker.is_client() || !(own || asker.is_staff() || asker.role.is_none()) {
        return Err(Refusal::not_found("appointment"));
    }
    Ok(about)
}

/// The appointment, for either of the two and the office.
fn for_anyone(situation: &Situation, asker: &Asker) -> Result<Appointment, Refusal> {
    let about = situation.appointment()?;
    let own = asker.person.is_some_and(|person| about.belongs_to(person));
    if own || asker.is_staff() || asker.role.is_none() { Ok(about) } else { Err(Refusal::not_found("appointment")) }
}

fn not_started(field: &'static str) -> Refusal {
    Refusal::invalid("not_started", field, "It has not begun yet. Until then, cancel or move it.")
}

/// The setting in which duties open; the client has been given `given`.
fn setting(about: &Appointment, given: Given, money_open: bool, now: Instant) -> Setting {
    Setting { now, start: about.start, end: about.end, given, money_open }
}

/// Opens the duties of a trigger; one of the same kind that is still owed goes on with its own clock.
fn open(
    situation: &Situation,
    about: &Appointment,
    case: &Disruption,
    trigger: Trigger,
    setting: &Setting,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    for duty in owed(&situation.policy.parameters, &situation.practice.zone, trigger, setting) {
        open_one(situation, about, case, duty, setting.now, ids, outcome);
    }
}

fn open_one(
    situation: &Situation,
    about: &Appointment,
    case: &Disruption,
    duty: Owed,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    let same = |o: &&Obligation| o.kind == duty.kind && o.is_owed() && o.disruption == Some(case.id);
    let known = situation.obligations.iter().find(same).cloned();
    let duty = known.map_or_else(|| Obligation::open(duty, about, Some(case.id), now, ids), |o| o.hurry(&duty));
    contact::put(duty, outcome);
}

/// Meets the duties of this kind that the outcome has just opened.
fn meet_opened(outcome: &mut Outcome, kind: ObligationKind, evidence: &str, now: Instant) {
    let opened: Vec<Obligation> =
        outcome.obligations.iter().filter(|o| o.kind == kind && o.is_owed()).cloned().collect();
    for duty in opened {
        if let Ok(met) = duty.meet(evidence, now) {
            contact::put(met, outcome);
        }
    }
}

/// The office typed it itself, so it knows.
fn practice_knows_what_it_types(asker: &Asker, now: Instant, outcome: &mut Outcome) {
    if asker.is_staff() {
        let evidence = format!("entered by {}", asker.signature);
        meet_opened(outcome, ObligationKind::NotifyPractice, &evidence, now);
    }
}

/// What the day's clocks still ask is no longer owed once the appointment has ended one way or another.
fn let_go(situation: &Situation, kinds: &[ObligationKind], why: &str, now: Instant, outcome: &mut Outcome) {
    for kind in kinds {
        contact::excuse(situation, *kind, why, now, outcome);
    }
}

/// Frees the time of an appointment that has ended before its end, and stops its clock.
fn free(ended: &Appointment, outcome: &mut Outcome) {
    outcome.occupancy.push(OccupancyChange::ReleaseAppointment(ended.id));
    outcome.wakes.push(Wake { job: JobToWake::AppointmentEnd(ended.id), at: None });
}

/// The case of this appointment, as what it has become.
fn case(situation: &Situation, about: &Appointment, kind: DisruptionKind, now: Instant, ids: &mut Ids) -> Disruption {
    Disruption { fault: None, ..Disruption::open(situation.disruption.clone(), about, kind, now, ids) }
}

/// Puts case, appointment and record into the outcome.
fn finish(
    situation: &Situation,
    about: Appointment,
    case: Option<Disruption>,
    word: &'static str,
    details: serde_json::Value,
    now: Instant,
    outcome: &mut Outcome,
) {
    let mut about_these = subjects(&about);
    about_these.extend(case.as_ref().map(|case| case.id.to_string()));
    outcome.disruption = case.map(|case| settled(case, situation, outcome, now));
    outcome.record = Record { word, subjects: about_these, details };
    outcome.appointment = Some(about);
}
