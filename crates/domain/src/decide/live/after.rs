//! After a missed appointment: what came of it, whose doing it was, and whether there is a make-up.

use super::missed::judged;
use super::{CaseOutcome, MakeUpDecision, finish, for_colleague, open, setting};
use crate::appointment::Appointment;
use crate::decide::{Asker, JobToWake, NextStepTaken, Outcome, Situation, Wake, contact, notify, slot};
use crate::disruption::{Disruption, DisruptionKind};
use crate::id::Ids;
use crate::obligation::{Obligation, ObligationKind};
use crate::offer::{Offer, OfferState};
use crate::person::Role;
use crate::policy::lateness;
use crate::policy::obligations::{Given, Trigger, asks_for_makeup};
use crate::policy::reliability::EventKind;
use crate::reason::Fault;
use crate::refusal::Refusal;
use crate::time::{Instant, Span};
use serde_json::json;
use std::collections::BTreeSet;

/// How long a client may take up a make-up.
const MAKE_UP_LASTS: Span = Span::hours(24 * 60);
/// Letters that words of people may have here.
const WORDS_MAX: usize = 500;

/// the practice hears what came of it.
pub(super) fn outcome(
    situation: &Situation,
    asker: &Asker,
    became: CaseOutcome,
    text: Option<String>,
    now: Instant,
) -> Result<Outcome, Refusal> {
    let (about, case) = of_case(situation, asker)?;
    let text = words(text, "text")?;
    if became == CaseOutcome::Other && text.is_none() {
        return Err(Refusal::invalid("text_required", "text", "Say in a few words what came of it."));
    }
    let about = about.clone().noting(about.attendance);
    let mut outcome = Outcome::default();
    let plain = became.as_str().replace('_', " ");
    let evidence = text.as_ref().map_or_else(|| plain.clone(), |text| format!("{plain}: {text}"));
    contact::meet(situation, ObligationKind::ConfirmOutcome, &evidence, now, &mut outcome);
    if became == CaseOutcome::UnableToReach && ways_tried(situation) >= 2 {
        let why = "tried in two different ways without reaching them";
        contact::excuse(situation, ObligationKind::InformClient, why, now, &mut outcome);
    }
    let told = match became {
        CaseOutcome::Rescheduled => "There is another time.",
        CaseOutcome::UnableToReach => "The client could not be reached yet.",
        CaseOutcome::Other => "Something else came of it.",
    };
    let told = text.as_ref().map_or_else(|| told.to_owned(), |text| format!("{told} {text}"));
    notify::outcome(situation, &about, &told, now, &mut outcome);
    let case = Disruption { outcome: Some(became.as_str().to_owned()), ..case };
    let details = json!({ "outcome": became, "text": text });
    finish(situation, about, Some(case), "outcome_confirmed", details, now, &mut outcome);
    Ok(outcome)
}

/// Different ways in which somebody tried (`domain` 2.5).
fn ways_tried(situation: &Situation) -> usize {
    situation.live.attempts.iter().map(|made| made.channel.word()).collect::<BTreeSet<_>>().len()
}

/// the therapist proposes, the practice settles.
pub(super) fn attribute(
    situation: &Situation,
    asker: &Asker,
    fault: Fault,
    reason: &str,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let (about, case) = of_case(situation, asker)?;
    let Some(reason) = words(Some(reason.to_owned()), "reason")? else {
        return Err(Refusal::invalid("reason_required", "reason", "Say in a few words why you see it so."));
    };
    let mut outcome = Outcome::default();
    let case = Disruption { fault: Some(fault.as_str().to_owned()), ..case };
    weigh_fault(situation, asker, &about, &case, fault, &reason, now, ids, &mut outcome);
    let kind = match case.kind {
        DisruptionKind::TechnicalFailure => EventKind::TechnicalFailure,
        DisruptionKind::RunningLate => EventKind::Late,
        _ => EventKind::Missed,
    };
    outcome.reliability = Some(judged(situation, kind, fault));
    let details = json!({ "fault": fault, "reason": reason, "settled": asker.is_staff() });
    let word = if asker.is_staff() { "fault_settled" } else { "fault_proposed" };
    finish(situation, about, Some(case), word, details, now, &mut outcome);
    Ok(outcome)
}

/// What follows from whose doing it was. A make-up is asked about only where the therapist alone missed it, on their own
/// word or the practice's.
#[allow(clippy::too_many_arguments)]
pub(super) fn weigh_fault(
    situation: &Situation,
    asker: &Asker,
    about: &Appointment,
    case: &Disruption,
    fault: Fault,
    reason: &str,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    if asker.is_staff() && fault != Fault::Undetermined {
        let evidence = format!("{}: {reason}", fault.as_str().replace('_', " "));
        contact::meet(situation, ObligationKind::AttributeFault, &evidence, now, outcome);
        super::meet_opened(outcome, ObligationKind::AttributeFault, &evidence, now);
    }
    let parameters = &situation.policy.parameters;
    if case.kind != DisruptionKind::TherapistMissed || asker.is_client() {
        return;
    }
    if !asks_for_makeup(parameters, fault) {
        contact::excuse(situation, ObligationKind::ConsiderMakeup, "it was not the therapist alone", now, outcome);
        return;
    }
    outcome.because.push(lateness::make_up_suggested());
    let asked = situation.obligations.iter().any(|o| o.kind == ObligationKind::ConsiderMakeup && was_answered(o));
    if !asked {
        let setting = setting(about, Given::Nothing, false, now);
        open(situation, about, case, Trigger::TherapistAloneAtFault, &setting, ids, outcome);
    }
}

fn was_answered(duty: &Obligation) -> bool {
    matches!(duty.state, crate::obligation::ObligationState::Met { .. })
}

/// the therapist offers a make-up at their own expense, or says why not. Never required.
pub(super) fn make_up(
    situation: &Situation,
    asker: &Asker,
    decision: MakeUpDecision,
    reason: Option<String>,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let (about, case) = of_case(situation, asker)?;
    if asker.role != Some(Role::Therapist) {
        let detail = "A make-up is at the therapist's own expense, so only they decide about it.";
        return Err(Refusal::forbidden("therapists_own", detail));
    }
    let asked = situation.obligations.iter().any(|o| o.kind == ObligationKind::ConsiderMakeup && o.is_owed());
    if !asked {
        let detail = "A make-up is asked about once, where the therapist alone missed the appointment.";
        return Err(Refusal::conflict("make_up_not_asked", detail));
    }
    let reason = words(reason, "reason")?;
    let about = about.clone().noting(about.attendance);
    let mut outcome = Outcome::default();
    match (decision, &reason) {
        (MakeUpDecision::Decline, None) => {
            return Err(Refusal::invalid("reason_required", "reason", "Say in a few words why not this time."));
        }
        (MakeUpDecision::Decline, Some(reason)) => {
            let evidence = format!("declined: {reason}");
            contact::meet(situation, ObligationKind::ConsiderMakeup, &evidence, now, &mut outcome);
        }
        (MakeUpDecision::Offer, _) => {
            contact::meet(situation, ObligationKind::ConsiderMakeup, "offered", now, &mut outcome);
            let offer = offered(situation, &about, &case, now, ids)?;
            outcome.wakes.push(Wake { job: JobToWake::OfferExpiry(offer.id), at: Some(offer.expires_at) });
            notify::make_up(situation, &about, &offer, now, &mut outcome);
            outcome.next_step = Some(NextStepTaken { offer: Some(offer.clone()), ..NextStepTaken::default() });
            outcome.offers.push(offer);
        }
    }
    let details = json!({ "decision": decision, "reason": reason });
    finish(situation, about, Some(case), "make_up_decided", details, now, &mut outcome);
    Ok(outcome)
}

/// An offer of any free time: it holds none, and takes one when the client chooses.
fn offered(
    situation: &Situation,
    about: &Appointment,
    case: &Disruption,
    now: Instant,
    ids: &mut Ids,
) -> Result<Offer, Refusal> {
    Ok(Offer {
        reason: None,
        id: ids.mint(),
        practice: about.practice,
        relationship: about.relationship,
        therapist: about.therapist,
        client: about.client,
        appointment: about.id,
        disruption: Some(case.id),
        kind: about.kind,
        slots: Vec::new(),
        buffer_after: slot::buffer(&slot::setup(situation, about.kind)?),
        expires_at: now + MAKE_UP_LASTS,
        state: OfferState::Open,
    })
}

/// Somebody of the office has opened the case: the practice knows.
pub(super) fn seen_by_practice(situation: &Situation, asker: &Asker, now: Instant) -> Result<Outcome, Refusal> {
    let about = for_colleague(situation, asker)?;
    let mut outcome = Outcome::default();
    if !asker.is_staff() {
        return Ok(outcome);
    }
    let evidence = format!("seen by {}", asker.signature);
    contact::meet(situation, ObligationKind::NotifyPractice, &evidence, now, &mut outcome);
    let word = if outcome.obligations.is_empty() { "" } else { "practice_informed" };
    finish(situation, about, situation.disruption.clone(), word, json!({}), now, &mut outcome);
    Ok(outcome)
}

fn of_case(situation: &Situation, asker: &Asker) -> Result<(Appointment, Disruption), Refusal> {
    let about = for_colleague(situation, asker)?;
    let case = situation.disruption.clone().ok_or_else(|| Refusal::not_found("case"))?;
    Ok((about, case))
}

/// Words of a person; `None` where there are none.
fn words(given: Option<String>, field: &'static str) -> Result<Option<String>, Refusal> {
    let given = given.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if given.as_ref().is_some_and(|text| text.chars().count() > WORDS_MAX) {
        return Err(Refusal::invalid("too_long", field, format!("Keep it under {WORDS_MAX} letters.")));
    }
    Ok(given)
}
