//! Reaching the client: what they saw, who tried, what was noted, and which duties that settles (V-10, V-15, `domain` 2.4).

use super::book::settled;
use super::{Asker, JobToWake, Outcome, Record, Situation, Spared, Wake};
use crate::appointment::{Appointment, Initiator, State};
use crate::contact::{AttemptResult, ContactAttempt, Note};
use crate::disruption::DisruptionKind;
use crate::id::{Ids, ObligationId};
use crate::obligation::{Obligation, ObligationKind};
use crate::person::{Channel, ContactPreference, PersonRef, Role};
use crate::policy::Parameters;
use crate::policy::notice::short_notice;
use crate::refusal::Refusal;
use crate::telling::consent::Source;
use crate::time::{Instant, Span};
use serde_json::json;

/// Somebody tried to reach the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// By which way.
    pub channel: Channel,
    /// What came of it.
    pub result: AttemptResult,
    /// When, UTC.
    pub at: Instant,
    /// What was agreed.
    pub agreed: Option<String>,
}

/// A contact note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteNote {
    /// When the client was informed, UTC.
    pub informed_at: Instant,
    /// By which way.
    pub informed_how: Channel,
    /// What was agreed.
    pub agreed: String,
    /// Whose word it is, where somebody else types it (V-17).
    pub on_behalf_of: Option<PersonRef>,
}

/// A duty is said to be done, or no longer owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settle {
    /// Done, with what shows it.
    Meet(ObligationId, String),
    /// No longer owed, with the reason.
    Excuse(ObligationId, String),
}

/// The client has opened the page behind their link: they know.
pub(super) fn seen(situation: &Situation, now: Instant) -> Result<Outcome, Refusal> {
    let mut outcome = Outcome { spared: Some(Spared::Behind), ..Outcome::default() };
    informed(situation, "the client opened the link", now, &mut outcome);
    finish(situation, "client_informed", json!({ "how": "link opened" }), now, &mut outcome);
    Ok(outcome)
}

/// The client has opened in the portal what they were told there: delivered and read, so they know.
pub(super) fn read_in_portal(situation: &Situation, now: Instant) -> Result<Outcome, Refusal> {
    let mut outcome = Outcome { spared: Some(Spared::Behind), ..Outcome::default() };
    informed(situation, "the client read it in the portal", now, &mut outcome);
    finish(situation, "client_informed", json!({ "how": "read in the portal" }), now, &mut outcome);
    Ok(outcome)
}

/// Letters of the reason for a voicemail.
pub const REASON_MAX: usize = 300;

/// Whether a voicemail left now is one that the client may hear too late: they were not told yet of a cancellation at short
/// notice, and do not prefer voicemail. It may be left all the same, with a reason (V-10).
pub fn voicemail_needs_a_reason(
    parameters: &Parameters,
    about: &Appointment,
    preference: &ContactPreference,
    is_told: bool,
) -> bool {
    let State::Cancelled(how) = &about.state else { return false };
    let by_us = how.initiator != Initiator::Client;
    by_us
        && !is_told
        && !preference.voicemail
        && !parameters.inform.voicemail_counts
        && short_notice(parameters, about.start, how.recorded_at)
}

/// The reason as it is kept: said, and short.
fn checked_reason(why: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(why) = why else { return Ok(None) };
    let why = why.trim();
    if why.is_empty() {
        return Err(Refusal::invalid("required", "reason", "Say why a voicemail, for the file."));
    }
    if why.chars().count() > REASON_MAX {
        let detail = format!("Keep the reason under {REASON_MAX} letters.");
        return Err(Refusal::invalid("too_long", "reason", detail));
    }
    Ok(Some(why.to_owned()))
}

pub(super) fn attempt(
    situation: &Situation,
    asker: &Asker,
    attempt: Attempt,
    why: Option<String>,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let by = asker.person.ok_or_else(|| Refusal::not_found("person"))?;
    let reason = checked_reason(why)?;
    if attempt.at > now + Span::minutes(1) {
        return Err(Refusal::invalid("in_the_future", "at", "An attempt cannot lie in the future."));
    }
    let made = ContactAttempt {
        id: ids.mint(),
        practice: situation.practice.id,
        client: situation.relationship.client,
        appointment: situation.appointment.as_ref().map(|a| a.id),
        channel: attempt.channel,
        result: attempt.result,
        at: attempt.at,
        agreed: attempt.agreed,
        by,
        reason,
    };
    let mut outcome = Outcome { spared: spared(&made), ..Outcome::default() };
    let voicemail = situation.client.preference.voicemail || situation.policy.parameters.inform.voicemail_counts;
    if made.informs(voicemail) {
        let evidence = format!("{} {} {}", made.channel.word(), made.result, made.id);
        // The call that tells them of a promise cannot be the one that keeps it (V-08).
        let knew = !owes(situation, ObligationKind::InformClient);
        informed_by(situation, asker, &evidence, now, &mut outcome);
        meet(situation, ObligationKind::AnswerClient, &evidence, now, &mut outcome);
        if knew {
            meet(situation, ObligationKind::KeepPromise, &evidence, now, &mut outcome);
        }
    }
    if !matches!(made.result, AttemptResult::Failed | AttemptResult::WrongNumber) {
        let evidence = format!("{} {} {}", made.channel.word(), made.result, made.id);
        meet(situation, ObligationKind::CheckInWithClient, &evidence, now, &mut outcome);
    }
    if made.result == AttemptResult::WrongNumber {
        outcome.preference = without_number(situation, now);
    }
    let mut details = json!({ "channel": made.channel, "result": made.result, "at": made.at });
    if let Some(reason) = &made.reason {
        details["reason"] = json!(reason);
    }
    outcome.attempt = Some(made);
    finish(situation, "contact_attempted", details, now, &mut outcome);
    Ok(outcome)
}

/// What need not go any more after this attempt.
fn spared(made: &ContactAttempt) -> Option<Spared> {
    match (made.result, made.channel) {
        (AttemptResult::Reached, _) => Some(Spared::NewsOfTheMoment),
        (AttemptResult::Sent, Channel::Sms) => Some(Spared::StuckTexts),
        _ => None,
    }
}

/// The number is somebody else's: nothing goes there until it is changed or somebody says that it is right.
fn without_number(situation: &Situation, now: Instant) -> Option<ContactPreference> {
    let (number, known) = (situation.client.phone.as_deref()?, &situation.client.preference);
    let file = known.file.clone().wrong(number, Source::Staff, now);
    Some(ContactPreference { file, ..known.clone() })
}

pub(super) fn note(
    situation: &Situation,
    asker: &Asker,
    note: WriteNote,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let by = asker.person.ok_or_else(|| Refusal::not_found("person"))?;
    let appointment = situation.appointment()?;
    if note.agreed.trim().is_empty() {
        return Err(Refusal::invalid("required", "agreed", "Write what was agreed with the client."));
    }
    if note.informed_at > now + Span::minutes(1) {
        return Err(Refusal::invalid(
            "in_the_future",
            "informed_at",
            "Say when the client was informed; not in the future.",
        ));
    }
    check_on_behalf(situation, asker, &appointment, note.on_behalf_of)?;
    let written = Note {
        id: ids.mint(),
        practice: appointment.practice,
        appointment: appointment.id,
        informed_at: note.informed_at,
        informed_how: note.informed_how,
        agreed: note.agreed,
        on_behalf_of: note.on_behalf_of,
        by,
        at: now,
    };
    let mut outcome = Outcome::default();
    meet(situation, ObligationKind::WriteContactNote, &format!("note {}", written.id), now, &mut outcome);
    let details = json!({ "note": written.id, "informed_how": written.informed_how });
    outcome.note = Some(written);
    finish(situation, "note_written", details, now, &mut outcome);
    Ok(outcome)
}

/// Whose word somebody else may write down: the therapist's of this appointment, and only where the practice lets its
/// office document for them (V-17).
fn check_on_behalf(
    situation: &Situation,
    asker: &Asker,
    about: &Appointment,
    on_behalf_of: Option<PersonRef>,
) -> Result<(), Refusal> {
    match on_behalf_of {
        None => Ok(()),
        Some(person) if person != PersonRef::Therapist(about.therapist) => {
            let detail = "A note is written for the therapist of this appointment, or in your own name.";
            Err(Refusal::invalid("not_the_therapist", "on_behalf_of", detail))
        }
        Some(_) if asker.is_staff() && !situation.policy.parameters.support.may_document_on_behalf => {
            let detail = "In this practice the therapist writes their own notes. Write it in your own name.";
            Err(Refusal::forbidden("not_on_behalf", detail))
        }
        Some(_) => Ok(()),
    }
}

pub(super) fn settle(situation: &Situation, asker: &Asker, settle: Settle, now: Instant) -> Result<Outcome, Refusal> {
    let (id, word) = match &settle {
        Settle::Meet(id, _) => (*id, "obligation_met"),
        Settle::Excuse(id, _) => (*id, "obligation_excused"),
    };
    let found = situation.obligations.iter().find(|o| o.id == id).cloned();
    let obligation = found.ok_or_else(|| Refusal::not_found("obligation"))?;
    let (kind, mut outcome) = (obligation.kind, Outcome::default());
    if asker.is_staff() && matches!(settle, Settle::Meet(..)) && is_the_therapists_own(situation, &obligation) {
        let detail = "The therapist still owes this word in person. Record your own contact with the client instead.";
        return Err(Refusal::forbidden("therapists_own", detail));
    }
    let settled = match settle {
        Settle::Meet(_, evidence) => obligation.meet(evidence, now)?,
        Settle::Excuse(_, reason) => obligation.excuse(reason, now)?,
    };
    let details = json!({ "obligation": id, "kind": kind, "state": settled.state });
    put(settled, &mut outcome);
    finish(situation, word, details, now, &mut outcome);
    Ok(outcome)
}

/// Somebody has reached the client. Of a live case the therapist owes the word in person: what the office says helps, and
/// takes nothing off them while the duty is theirs.
fn informed_by(situation: &Situation, asker: &Asker, evidence: &str, now: Instant, outcome: &mut Outcome) {
    let own: Vec<Obligation> = owed(situation, ObligationKind::InformClient)
        .into_iter()
        .filter(|duty| asker.is_staff() && is_the_therapists_own(situation, duty))
        .collect();
    informed(situation, evidence, now, outcome);
    for duty in own {
        outcome.wakes.retain(|wake| wake.job != JobToWake::ObligationClock(duty.id));
        outcome.obligations.retain(|changed| changed.id != duty.id);
    }
}

/// Whether this is the therapist's own word in a live case: late or missed.
fn is_the_therapists_own(situation: &Situation, duty: &Obligation) -> bool {
    let kind = situation.disruption.as_ref().map(|case| case.kind);
    let live = matches!(kind, Some(DisruptionKind::RunningLate | DisruptionKind::TherapistMissed));
    live && duty.kind == ObligationKind::InformClient && duty.owner.role == Role::Therapist
}

/// The client knows: the duty to tell them is done, and a promise that they now know of is their next step.
pub(super) fn informed(situation: &Situation, evidence: &str, now: Instant, outcome: &mut Outcome) {
    meet(situation, ObligationKind::InformClient, evidence, now, outcome);
    if owes(situation, ObligationKind::KeepPromise) && situation.offer.is_none() {
        meet(situation, ObligationKind::NextStep, "told when they will hear", now, outcome);
    }
}

/// The client has answered: they know, and they have had their next step. A promise to be in touch still stands.
pub(super) fn client_answered(situation: &Situation, evidence: &str, now: Instant, outcome: &mut Outcome) {
    meet(situation, ObligationKind::InformClient, evidence, now, outcome);
    meet(situation, ObligationKind::NextStep, evidence, now, outcome);
}

/// The client has answered for good, with a time or with the wish for their money: no promise is owed any more.
pub(super) fn client_settled(situation: &Situation, evidence: &str, now: Instant, outcome: &mut Outcome) {
    client_answered(situation, evidence, now, outcome);
    let why = format!("the client answered first: {evidence}");
    excuse(situation, ObligationKind::KeepPromise, &why, now, outcome);
}

/// A next time is booked, so nobody owes it any more: whoever owed it has done it, or the client did it first.
pub(super) fn next_is_booked(situation: &Situation, asker: &Asker, now: Instant, outcome: &mut Outcome) {
    if asker.is_client() {
        excuse(situation, ObligationKind::BookNext, "the client booked it themselves", now, outcome);
    } else {
        meet(situation, ObligationKind::BookNext, "a next appointment is booked", now, outcome);
    }
}

/// Lets go of every open duty of this kind.
pub(super) fn excuse(situation: &Situation, kind: ObligationKind, why: &str, now: Instant, outcome: &mut Outcome) {
    for duty in owed(situation, kind) {
        if let Ok(excused) = duty.excuse(why, now) {
            put(excused, outcome);
        }
    }
}

/// Lets go of every open duty of the case.
pub(super) fn excuse_all(situation: &Situation, why: &str, now: Instant, outcome: &mut Outcome) {
    let Some(case) = situation.disruption.as_ref().map(|case| case.id) else { return };
    for duty in situation.obligations.iter().filter(|duty| duty.disruption == Some(case) && duty.is_owed()).cloned() {
        if let Ok(excused) = duty.excuse(why, now) {
            put(excused, outcome);
        }
    }
}

/// Meets every open duty of this kind.
pub(super) fn meet(situation: &Situation, kind: ObligationKind, evidence: &str, now: Instant, outcome: &mut Outcome) {
    for obligation in owed(situation, kind) {
        if let Ok(met) = obligation.meet(evidence, now) {
            put(met, outcome);
        }
    }
}

fn owes(situation: &Situation, kind: ObligationKind) -> bool {
    situation.obligations.iter().any(|o| o.kind == kind && o.is_owed())
}

fn owed(situation: &Situation, kind: ObligationKind) -> Vec<Obligation> {
    situation.obligations.iter().filter(|o| o.kind == kind && o.is_owed()).cloned().collect()
}

/// Puts a changed duty into the outcome and takes its clock off the list, or sets it.
pub(super) fn put(obligation: Obligation, outcome: &mut Outcome) {
    outcome.obligations.retain(|o| o.id != obligation.id);
    outcome.wakes.push(Wake { job: JobToWake::ObligationClock(obligation.id), at: obligation.next_look() });
    outcome.obligations.push(obligation);
}

fn finish(situation: &Situation, word: &'static str, details: serde_json::Value, now: Instant, outcome: &mut Outcome) {
    if let Some(case) = situation.disruption.clone() {
        outcome.disruption = Some(settled(case, situation, outcome, now));
    }
    let mut subjects = vec![situation.relationship.id.to_string(), situation.relationship.client.to_string()];
    subjects.extend(situation.appointment.as_ref().map(|a| a.id.to_string()));
    subjects.extend(situation.disruption.as_ref().map(|d| d.id.to_string()));
    let changed = !outcome.obligations.is_empty() || outcome.attempt.is_some() || outcome.note.is_some();
    outcome.record = Record { word: if changed { word } else { "" }, subjects, details };
}
