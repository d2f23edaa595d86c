//! T12 and T21: the therapist did not come, or the connection failed. The client pays nothing and gets times at once.

use super::{
    Missed, case, finish, for_anyone, free, let_go, not_started, open, practice_knows_what_it_types, setting, times,
};
use crate::appointment::{Appointment, Initiator, State};
use crate::attendance::{Attendance, TechnicalSide};
use crate::decide::{Asker, Outcome, Situation, money, next_step, notify};
use crate::disruption::{Disruption, DisruptionKind};
use crate::id::Ids;
use crate::obligation::ObligationKind;
use crate::person::Role;
use crate::policy::lateness;
use crate::policy::money::Event as MoneyEvent;
use crate::policy::obligations::{Given, Trigger};
use crate::policy::reliability::{self, Event, EventKind};
use crate::reason::Fault;
use crate::refusal::Refusal;
use crate::time::Instant;
use serde_json::json;

/// What the day's clocks asked before.
const OF_THE_DAY: [ObligationKind; 3] =
    [ObligationKind::ConfirmPlan, ObligationKind::CheckInWithClient, ObligationKind::AttendanceUpdate];

pub(super) fn by_therapist(
    situation: &Situation,
    asker: &Asker,
    report: Missed,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = for_anyone(situation, asker)?;
    check_report(situation, asker, &before, report, now)?;
    let was = before.state.word();
    let ended = before.missed_by_therapist()?;
    let mut outcome = Outcome::default();
    free(&ended, &mut outcome);
    let case = case(situation, &ended, DisruptionKind::TherapistMissed, now, ids);
    let case = Disruption { fault: Some(report.fault.as_str().to_owned()), ..case };
    let given = give_times(situation, asker, &ended, &case, now, ids, &mut outcome)?;
    let (ended, price) =
        money::on_end(situation, asker, ended, MoneyEvent::TherapistMisses, false, now, ids, &mut outcome);
    let_go(situation, &OF_THE_DAY, "it was missed", now, &mut outcome);
    let setting = setting(&ended, given, price.open, now);
    open(situation, &ended, &case, Trigger::TherapistMissed, &setting, ids, &mut outcome);
    practice_knows_what_it_types(asker, now, &mut outcome);
    super::after::weigh_fault(situation, asker, &ended, &case, report.fault, "as reported", now, ids, &mut outcome);
    notify::missed(situation, &ended, &price, now, &mut outcome);
    outcome.reliability = Some(judged(situation, EventKind::Missed, report.fault));
    let details = json!({ "before": was, "after": ended.state.word(), "start": ended.start,
        "reported_by": report.reported_by.word(), "fault": report.fault, "payment": ended.payment.state });
    finish(situation, ended, Some(case), "therapist_missed", details, now, &mut outcome);
    Ok(outcome)
}

fn check_report(
    situation: &Situation,
    asker: &Asker,
    before: &Appointment,
    report: Missed,
    now: Instant,
) -> Result<(), Refusal> {
    if !matches!(before.state, State::Booked | State::InProgress | State::AwaitingUpdate) {
        return Err(before.not_live());
    }
    if now < before.start {
        return Err(not_started("reported_by"));
    }
    if before.has_begun() {
        let detail = "The two have met. Ask the practice to change the record.";
        return Err(Refusal::conflict("already_begun", detail));
    }
    if asker.is_client() && report.reported_by != Role::Client {
        let detail = "Speak for yourself here: say that it is your own word.";
        return Err(Refusal::forbidden("reporter_not_allowed", detail));
    }
    let from = lateness::client_may_report_from(&situation.policy.parameters, before.expected_start());
    if asker.is_client() && now < from {
        let detail = format!("Please wait until {}; your therapist may still come.", clock(situation, from));
        return Err(Refusal::invalid("too_early", "reported_by", detail));
    }
    Ok(())
}

fn clock(situation: &Situation, at: Instant) -> String {
    at.in_zone(&situation.client.zone).strftime("%H:%M").to_string()
}

/// Holds times for the client ahead of anybody else, or gives the booking link.
fn give_times(
    situation: &Situation,
    asker: &Asker,
    ended: &Appointment,
    case: &Disruption,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<Given, Refusal> {
    let step = times::priority(situation, ended, now);
    // Held for the client whoever reports it, so as the office would hold them.
    let office = Asker { signature: asker.signature.clone(), person: asker.person, role: None };
    next_step::carry_out(situation, &office, step, ended, case.id, now, ids, outcome)?;
    let taken = outcome.next_step.clone().unwrap_or_default();
    Ok(taken.offer.map_or(Given::Link, |offer| Given::OfferUntil(offer.expires_at)))
}

pub(super) fn technical(
    situation: &Situation,
    asker: &Asker,
    side: TechnicalSide,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = for_anyone(situation, asker)?;
    if !matches!(before.state, State::Booked | State::InProgress | State::AwaitingUpdate) {
        return Err(before.not_live());
    }
    if now < before.start {
        return Err(not_started("side"));
    }
    let was = before.state.word();
    let known = Attendance { technical_side: Some(side), ..before.attendance.clone() };
    let ended = before.failed_technically(known)?;
    let mut outcome = Outcome::default();
    free(&ended, &mut outcome);
    let case = case(situation, &ended, DisruptionKind::TechnicalFailure, now, ids);
    // Which side failed is known; whose doing it was is for the practice to say.
    let case = Disruption { fault: Some(Fault::PlatformTechnical.as_str().to_owned()), ..case };
    let given = give_times(situation, asker, &ended, &case, now, ids, &mut outcome)?;
    let (ended, price) =
        money::on_end(situation, asker, ended, MoneyEvent::TechnicalFailure, false, now, ids, &mut outcome);
    let_go(situation, &OF_THE_DAY, "the connection failed", now, &mut outcome);
    let setting = setting(&ended, given, price.open, now);
    open(situation, &ended, &case, Trigger::TechnicalFailure, &setting, ids, &mut outcome);
    notify::technical(situation, &ended, &price, now, &mut outcome);
    outcome.reliability = Some(judged(situation, EventKind::TechnicalFailure, Fault::PlatformTechnical));
    let details = json!({ "before": was, "after": ended.state.word(), "side": side, "payment": ended.payment.state });
    finish(situation, ended, Some(case), "technical_failure", details, now, &mut outcome);
    Ok(outcome)
}

/// Whether it counts in the therapist's record.
pub(super) fn judged(situation: &Situation, kind: EventKind, fault: Fault) -> reliability::Counted {
    let event = Event {
        kind,
        initiator: Initiator::Therapist,
        fault: Some(fault),
        reason: None,
        short_notice: true,
        mistaken: false,
    };
    reliability::judge(&situation.policy.parameters, &event)
}
