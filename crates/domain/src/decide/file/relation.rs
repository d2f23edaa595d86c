//! T20: how two people work together: ended, reopened, paused (H-08, H-14, H-15).

use super::{about_both, banner, money, reserve};
use crate::appointment::{Appointment, Cancellation, Initiator};
use crate::decide::book::settled;
use crate::decide::{Asker, JobToWake, OccupancyChange, Outcome, Record, Situation, Wake, cancel, contact, notify};
use crate::id::{AppointmentId, Ids};
use crate::message::{CalendarMethod, Facts, MessageKind};
use crate::obligation::ObligationKind;
use crate::offer::Offer;
use crate::person::PersonRef;
use crate::policy::notice;
use crate::practice::{Ending, Referral, Relationship, RelationshipFile, RelationshipState};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::reserved::ReservedState;
use crate::time::Instant;
use serde_json::json;
use std::collections::BTreeSet;

/// Letters that the reason and the closing words may have.
const WORDS_MAX: usize = 500;

/// A wish to end a relationship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndRelationship {
    /// Why, for the file.
    pub reason: String,
    /// To whom the client goes from here.
    pub referral: Option<Referral>,
    /// The bookings that the person has seen will be called off; nothing is checked where none are named.
    pub confirm: Option<BTreeSet<AppointmentId>>,
    /// Words of the therapist's own for the closing message.
    pub words: Option<String>,
}

pub(super) fn end(
    situation: &Situation,
    asker: &Asker,
    wish: EndRelationship,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    may_change(asker)?;
    if situation.relationship.state == RelationshipState::Ended {
        return Err(Refusal::conflict("already_ended", "This relationship has ended already."));
    }
    let ending = ending(&wish, asker, now)?;
    check_confirmed(situation, &wish)?;
    let mut outcome = Outcome::default();
    for booked in &situation.file.upcoming {
        let ended = call_off(situation, asker, booked.clone(), now, ids, &mut outcome)?;
        outcome.others.push(ended);
    }
    for slot in reserve::own(situation) {
        outcome.reserved_banner = Some(banner::removed(situation, &slot, ""));
        outcome.reserved.push(slot.in_state(ReservedState::Removed));
    }
    let_wait_no_longer(situation, now, &mut outcome);
    close(situation, &wish, now, &mut outcome);
    let cancelled: Vec<AppointmentId> = outcome.others.iter().map(|a| a.id).collect();
    outcome.record = Record {
        word: "relationship_ended",
        subjects: [about_both(situation), cancelled.iter().map(ToString::to_string).collect()].concat(),
        details: json!({ "before": situation.relationship.state, "cancelled": cancelled,
            "referred": ending.referral.is_some(), "to": ending.referral.as_ref().and_then(|to| to.therapist) }),
    };
    let file = RelationshipFile { ending: Some(ending), ..situation.relationship.file.clone() };
    outcome.relationship = Some(changed(situation, RelationshipState::Ended, file));
    Ok(outcome)
}

pub(super) fn reopen(situation: &Situation, asker: &Asker) -> Result<Outcome, Refusal> {
    to_state(situation, asker, RelationshipState::Active, "relationship_reopened")
}

pub(super) fn pause(situation: &Situation, asker: &Asker) -> Result<Outcome, Refusal> {
    if situation.relationship.state == RelationshipState::Ended {
        return Err(Refusal::conflict("already_ended", "This relationship has ended. Reopen it first."));
    }
    to_state(situation, asker, RelationshipState::Paused, "relationship_paused")
}

fn to_state(
    situation: &Situation,
    asker: &Asker,
    state: RelationshipState,
    word: &'static str,
) -> Result<Outcome, Refusal> {
    may_change(asker)?;
    let before = situation.relationship.state;
    if before == state {
        return Err(Refusal::conflict("same_state", "That is so already."));
    }
    let details = json!({ "before": before, "after": state });
    let record = Record { word, subjects: about_both(situation), details };
    let relationship = changed(situation, state, situation.relationship.file.clone());
    Ok(Outcome { relationship: Some(relationship), record, ..Outcome::default() })
}

fn changed(situation: &Situation, state: RelationshipState, file: RelationshipFile) -> Relationship {
    Relationship { state, file, ..situation.relationship.clone() }
}

fn may_change(asker: &Asker) -> Result<(), Refusal> {
    if asker.is_client() { Err(Refusal::not_found("relationship")) } else { Ok(()) }
}

fn ending(wish: &EndRelationship, asker: &Asker, now: Instant) -> Result<Ending, Refusal> {
    let reason = wish.reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Refusal::invalid("reason_required", "reason", "Say in a few words why it ends."));
    }
    for (field, text) in [("reason", reason.as_str()), ("words", wish.words.as_deref().unwrap_or_default())] {
        if text.chars().count() > WORDS_MAX {
            return Err(Refusal::invalid("too_long", field, format!("Keep it under {WORDS_MAX} letters.")));
        }
    }
    if let Some(referral) = wish.referral.as_ref().filter(|referral| referral.therapist.is_some())
        && (referral.agreed_how.is_none() || referral.agreed_at.is_none_or(|at| at > now))
    {
        let detail = "Say how and when the client agreed to see somebody else.";
        return Err(Refusal::invalid("agreement_required", "referral.agreement", detail));
    }
    Ok(Ending { at: now, by: asker.signature.clone(), reason, referral: wish.referral.clone() })
}

/// What the person confirmed is what is called off, no more and no less.
fn check_confirmed(situation: &Situation, wish: &EndRelationship) -> Result<(), Refusal> {
    let Some(confirmed) = &wish.confirm else { return Ok(()) };
    let booked: BTreeSet<AppointmentId> = situation.file.upcoming.iter().map(|a| a.id).collect();
    if *confirmed == booked {
        return Ok(());
    }
    let detail = "What is booked for the two has changed since you looked. See the list again and confirm it.";
    Err(Refusal::conflict("bookings_changed", detail))
}

fn call_off(
    situation: &Situation,
    asker: &Asker,
    booked: Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<Appointment, Refusal> {
    let initiator = if asker.is_staff() { Initiator::Practice } else { Initiator::Therapist };
    let how = Cancellation {
        initiator,
        reason: Some(Reason::RelationshipEnded),
        note: None,
        received_at: now,
        recorded_at: now,
        recorded_by: asker.signature.clone(),
        label: cancel::label(situation, initiator),
        late: false,
        was_a_request: false,
        short_notice: notice::short_notice(&situation.policy.parameters, booked.start, now),
    };
    let ended = booked.cancel(how)?;
    outcome.occupancy.push(OccupancyChange::ReleaseAppointment(ended.id));
    outcome.wakes.push(Wake { job: JobToWake::AppointmentEnd(ended.id), at: None });
    let ended = money::let_go(situation, asker, ended, now, ids, outcome);
    let facts = Facts { initiator: Some(initiator), ..Facts::about(ended.interval()) };
    for to in [situation.client.id, PersonRef::Therapist(ended.therapist)] {
        let calendar = Some(CalendarMethod::Cancel);
        let told = notify::notice(to, MessageKind::Cancellation, &ended, facts.clone(), None, calendar, now);
        outcome.notices.push(told);
    }
    Ok(ended)
}

/// What waited for a next time waits no longer: offered times are free again, and the case closes once the client knows.
fn let_wait_no_longer(situation: &Situation, now: Instant, outcome: &mut Outcome) {
    for kind in [ObligationKind::NextStep, ObligationKind::KeepPromise, ObligationKind::BookNext] {
        contact::excuse(situation, kind, "they no longer work together", now, outcome);
    }
    if let Some(withdrawn) = situation.offer.clone().and_then(Offer::withdraw) {
        outcome.occupancy.push(OccupancyChange::ReleaseOffer(withdrawn.id));
        outcome.wakes.push(Wake { job: JobToWake::OfferExpiry(withdrawn.id), at: None });
        outcome.offers.push(withdrawn);
    }
    outcome.disruption = situation.disruption.clone().map(|case| settled(case, situation, outcome, now));
}

/// The client's closing message. It stands with their last appointment; where there never was one, there is none.
fn close(situation: &Situation, wish: &EndRelationship, now: Instant, outcome: &mut Outcome) {
    let last = outcome.others.last().or(situation.appointment.as_ref());
    let Some(about) = last.cloned() else { return };
    let facts = Facts { words: wish.words.clone(), ..Facts::about(about.interval()) };
    outcome.notices.push(notify::notice(situation.client.id, MessageKind::Closing, &about, facts, None, None, now));
}
