//! What a therapist asks of the team, and the team's answer: another time for what has begun (E-06), a new client's
//! money (E-04). Both names are kept: who asked and who did it.

use super::book::subjects;
use super::cancel::{CallOff, call_off, label};
use super::next_step::NextStep;
use super::{Asker, Outcome, Record, Reschedule, Situation, contact, money_act, notify, reschedule, who};
use crate::appointment::{Agreement, Appointment, Cancellation, Initiator, State};
use crate::change_request::{ChangeRequest, Wish};
use crate::id::Ids;
use crate::ledger::Account;
use crate::money::Money;
use crate::obligation::{Obligation, ObligationKind};
use crate::policy::RefundRule;
use crate::policy::money::{PaymentState, refund_rule};
use crate::policy::notice;
use crate::policy::obligations::{Given, Setting, Trigger, owed};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::time::Instant;
use serde_json::json;

/// Letters that a reason may have.
const REASON_MAX: usize = 500;

/// A wish that the team rearranges what has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskTeam {
    /// The new start, UTC.
    pub start: Instant,
    /// Why, in words.
    pub reason: String,
    /// The client's yes, where the therapist has it.
    pub agreement: Option<Agreement>,
}

/// A wish that the team gives the client their money back (E-04).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskRefund {
    /// Why, in words.
    pub reason: String,
    /// That a refund should be made.
    pub confirm_refund: bool,
}

/// The team's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerTeam {
    /// It is done. A move may take another start than the one asked for, with the client's yes.
    Approve {
        /// The start, UTC, where it differs.
        start: Option<Instant>,
        /// The client's yes, where the therapist did not have it.
        agreement: Option<Agreement>,
    },
    /// Not to be.
    Decline {
        /// Why; the therapist reads it.
        reason: String,
    },
}

pub(super) fn ask_move(
    situation: &Situation,
    asker: &Asker,
    wish: AskTeam,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let about = situation.appointment()?;
    who::may_handle(&about, asker)?;
    check_reason(&wish.reason, "Say why the time should change; the team reads it.")?;
    if now < about.start {
        let detail = "It has not begun: move it yourself, or ask the client for another time.";
        return Err(Refusal::conflict("not_started", detail));
    }
    if !matches!(about.state, State::Booked | State::InProgress | State::AwaitingUpdate) {
        return Err(Refusal::conflict("already_over", "How it went is on record. Ask the practice to correct that."));
    }
    if wish.start <= now {
        return Err(Refusal::invalid("in_the_past", "start", "Choose a time that is still to come."));
    }
    one_at_a_time(situation)?;
    let AskTeam { start, reason, agreement } = wish;
    open(situation, asker, &about, Wish::Move { start, agreement }, reason, Trigger::TeamAsked, now, ids)
}

pub(super) fn ask_refund(
    situation: &Situation,
    asker: &Asker,
    wish: AskRefund,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let about = situation.appointment()?;
    who::may_handle(&about, asker)?;
    check_reason(&wish.reason, "Say why the money should go back; the team reads it.")?;
    if !wish.confirm_refund {
        let detail = "Confirm that a refund should be made: send confirm_refund as true.";
        return Err(Refusal::invalid("confirm_refund_required", "confirm_refund", detail));
    }
    one_at_a_time(situation)?;
    let amount = refundable(situation, &about)?;
    open(situation, asker, &about, Wish::Refund { amount }, wish.reason, Trigger::NewClientRefund, now, ids)
}

/// What of this appointment's payment may still go back.
fn refundable(situation: &Situation, about: &Appointment) -> Result<Money, Refusal> {
    let account = Account::of(&situation.account, about.id);
    if about.payment.state != PaymentState::Captured || account.kept() == 0 {
        let detail = "Nothing of this payment is left to give back: none was taken, or it is on its way back already.";
        return Err(Refusal::invalid("exceeds_captured", "amount", detail));
    }
    Ok(Money::new(account.kept(), about.price.currency))
}

fn check_reason(reason: &str, detail: &'static str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::invalid("reason_required", "reason", detail));
    }
    if reason.chars().count() > REASON_MAX {
        return Err(Refusal::invalid("too_long", "reason", format!("Keep the reason under {REASON_MAX} letters.")));
    }
    Ok(())
}

fn one_at_a_time(situation: &Situation) -> Result<(), Refusal> {
    match situation.request {
        Some(_) => {
            let detail = "The team has been asked about this appointment already and will answer.";
            Err(Refusal::conflict("already_asked", detail))
        }
        None => Ok(()),
    }
}

#[allow(clippy::too_many_arguments)]
fn open(
    situation: &Situation,
    asker: &Asker,
    about: &Appointment,
    wish: Wish,
    reason: String,
    trigger: Trigger,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let mut outcome = Outcome::default();
    let request = put_to_the_team(situation, asker, about, wish, reason, trigger, now, ids, &mut outcome)?;
    outcome.record = Record {
        word: "team_asked",
        subjects: [subjects(about), vec![request.id.to_string()]].concat(),
        details: json!({ "request": request.id, "wish": request.wish, "reason": request.reason }),
    };
    outcome.disruption = situation.disruption.clone().map(|case| super::book::settled(case, situation, &outcome, now));
    Ok(outcome)
}

/// A client chose their money back where that is the team's to decide (E-04): it is asked of them, and nothing where
/// they have been asked already or none was taken.
pub(super) fn client_asks_for_money(
    situation: &Situation,
    asker: &Asker,
    ended: &Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<(), Refusal> {
    let rule = refund_rule(&situation.policy.parameters, situation.new_client);
    let (Ok(amount), RefundRule::TeamRequest, None) = (refundable(situation, ended), rule, &situation.request) else {
        return Ok(());
    };
    let (wish, reason) =
        (Wish::Refund { amount }, "They would rather have their money back than a new time.".to_owned());
    put_to_the_team(situation, asker, ended, wish, reason, Trigger::NewClientRefund, now, ids, outcome)?;
    Ok(())
}

#[allow(clippy::too_many_arguments)]
fn put_to_the_team(
    situation: &Situation,
    asker: &Asker,
    about: &Appointment,
    wish: Wish,
    reason: String,
    trigger: Trigger,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<ChangeRequest, Refusal> {
    let asked_by = who::person(asker)?;
    // What the therapist was to decide about the money is the team's to decide from now on.
    if matches!(wish, Wish::Refund { .. }) {
        contact::meet(situation, ObligationKind::DecideMoney, "asked of the team", now, outcome);
    }
    let (parameters, zone) = (&situation.policy.parameters, &situation.practice.zone);
    let setting = Setting { now, start: about.start, end: about.end, given: Given::Nothing, money_open: false };
    let case = situation.disruption.as_ref().map(|case| case.id);
    let mut answer = None;
    for duty in owed(parameters, zone, trigger, &setting) {
        let duty = Obligation::open(duty, about, case, now, ids);
        let told = duty.kind == ObligationKind::NotifyPractice;
        answer = Some(duty.id).filter(|_| !told).or(answer);
        // The request itself is what tells them.
        let duty = if told { duty.clone().meet("told by the request", now).unwrap_or(duty) } else { duty };
        contact::put(duty, outcome);
    }
    let obligation = answer.ok_or_else(|| Refusal::not_found("obligation"))?;
    let request = ChangeRequest {
        id: ids.mint(),
        practice: about.practice,
        relationship: about.relationship,
        therapist: about.therapist,
        client: about.client,
        appointment: about.id,
        obligation,
        wish,
        reason,
        asked_by,
        asked_at: now,
        state: crate::change_request::RequestState::Open,
    };
    // A revision of its own, so that a second request can be written about too.
    let about = about.clone().noted();
    notify::team_asked(situation, &about, &request, now, outcome);
    outcome.requests.push(request.clone());
    outcome.appointment = Some(about);
    Ok(request)
}

pub(super) fn answer(
    situation: &Situation,
    asker: &Asker,
    answer: AnswerTeam,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    who::must_be_team(asker)?;
    let request = situation.request.clone().ok_or_else(|| Refusal::not_found("request"))?;
    let by = who::person(asker)?;
    let (about, asked) = (situation.appointment()?, request.clone());
    let (mut outcome, request) = match answer {
        AnswerTeam::Decline { reason } => {
            check_reason(&reason, "Say why not; the therapist reads it.")?;
            (declined(situation, about, &request, &reason, now), request.declined(by, reason, now)?)
        }
        AnswerTeam::Approve { start, agreement } => {
            let done = request.clone().done(by, now)?;
            (carried_out(situation, asker, about, &request, start, agreement, now, ids)?, done)
        }
    };
    for duty in situation.obligations.iter().filter(|duty| duty.id == asked.obligation && duty.is_owed()).cloned() {
        contact::put(duty.meet(format!("{} by {}", request.state.word(), asker.signature), now)?, &mut outcome);
    }
    let case = outcome.disruption.take().or_else(|| situation.disruption.clone());
    outcome.disruption = case.map(|case| super::book::settled(case, situation, &outcome, now));
    outcome.record.subjects.push(request.id.to_string());
    outcome.record.details["request"] = json!({ "id": request.id, "asked_by": request.asked_by, "asked_at": request.asked_at, "answer": request.state });
    outcome.on_behalf_of = Some(request.asked_by);
    outcome.requests.push(request);
    Ok(outcome)
}

#[allow(clippy::too_many_arguments)]
fn carried_out(
    situation: &Situation,
    asker: &Asker,
    about: Appointment,
    request: &ChangeRequest,
    start: Option<Instant>,
    agreement: Option<Agreement>,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    match request.wish {
        Wish::Move { start: asked, agreement: known } => {
            let wish = Reschedule {
                start: start.unwrap_or(asked),
                initiator: Initiator::Therapist,
                agreement: agreement.or(known.filter(|_| start.is_none_or(|start| start == asked))),
                reason: Some(request.reason.parse().unwrap_or(Reason::TherapistOther)),
                received_at: None,
            };
            reschedule::decide(situation, asker, wish, now, ids)
        }
        Wish::Refund { .. } if about.state.is_pending() && now < about.start => {
            let how = for_the_therapist(situation, asker, &about, request, now);
            let next_step = NextStep { refund: true, ..NextStep::default() };
            let off = CallOff { how, next_step, share_reason: false, words: None };
            // The team decides about the money here and now, so that it is not asked of them again.
            let situation = Situation { new_client: false, ..situation.clone() };
            call_off(&situation, asker, &about, off, now, ids)
        }
        Wish::Refund { amount } => {
            let wish = money_act::GiveBack { reason: request.reason.clone(), amount: Some(amount) };
            money_act::refund(situation, asker, wish, now, ids)
        }
    }
}

fn for_the_therapist(
    situation: &Situation,
    asker: &Asker,
    about: &Appointment,
    request: &ChangeRequest,
    now: Instant,
) -> Cancellation {
    Cancellation {
        initiator: Initiator::Therapist,
        reason: request.reason.parse().ok().or(Some(Reason::TherapistOther)),
        note: Some(request.reason.clone()),
        received_at: now,
        recorded_at: now,
        recorded_by: asker.signature.clone(),
        label: label(situation, Initiator::Therapist),
        late: false,
        short_notice: notice::short_notice(&situation.policy.parameters, about.start, now),
        was_a_request: false,
    }
}

fn declined(situation: &Situation, about: Appointment, request: &ChangeRequest, reason: &str, now: Instant) -> Outcome {
    let about = about.noted();
    let mut outcome = Outcome::default();
    notify::team_declined(situation, &about, request, reason, now, &mut outcome);
    outcome.record = Record { word: "team_declined", subjects: subjects(&about), details: json!({ "reason": reason }) };
    outcome.appointment = Some(about);
    outcome
}
