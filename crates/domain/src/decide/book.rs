//! T3 and the client's own booking: a time, an explicit yes, a policy snapshot with its cutoff (H-05, H-09, V-16).

use super::{
    Asker, BookNow, JobToWake, OccupancyChange, Outcome, Record, Situation, Wake, contact, live, money, notify,
    request, slot,
};
use crate::appointment::{Agreement, Appointment, MeetingKind, Payment, PaymentState, State};
use crate::attendance::Attendance;
use crate::disruption::Disruption;
use crate::id::Ids;
use crate::money::Money;
use crate::offer::{Offer, OfferState};
use crate::person::PersonRef;
use crate::practice::{AgreementHow, PolicyAcceptance, Relationship, RelationshipState};
use crate::refusal::Refusal;
use crate::time::{Instant, Interval, Span};
use serde_json::json;

/// A wish to book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Book {
    /// The start, UTC.
    pub start: Instant,
    /// In person, by video, by phone.
    pub kind: MeetingKind,
    /// How and when the client agreed; a client who books for themselves agrees by booking.
    pub agreement: Option<Agreement>,
}

pub(super) fn decide(
    situation: &Situation,
    asker: &Asker,
    book: Book,
    accepts: bool,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    if situation.is_stranger {
        situation.therapist.listing.admits_new_client(now)?;
    }
    let agreement = agreement(asker, book.agreement, "agreement", now)?;
    let only_asks = request::only_asks(situation, asker);
    let busy = if only_asks { situation.therapist_busy.clone() } else { without_own_offer(situation) };
    let slot = slot::check(situation, asker, book.kind, book.start, &busy, "start", now)?;
    let mut outcome = Outcome::default();
    let booked = make(situation, book.kind, slot, agreement, now, ids)?;
    accept_policy(situation, agreement_to_terms(asker, agreement, accepts), &mut outcome);
    let waiting = situation.appointment.as_ref().filter(|_| situation.disruption.is_some());
    let booked = match waiting {
        Some(ended) => {
            let booked = Appointment { replaces: Some(ended.id), ..booked };
            if only_asks { booked } else { money::follow(situation, asker, ended, booked, now, ids, &mut outcome) }
        }
        None => booked,
    };
    let booked = if only_asks { as_request(booked) } else { booked };
    take(situation, &situation.client_busy, &booked, &mut outcome)?;
    if only_asks {
        request::asked(situation, &booked, now, ids, &mut outcome);
    } else {
        notify::confirm(situation, &booked, now, &mut outcome);
        settle_open_case(situation, now, &mut outcome);
        contact::next_is_booked(situation, asker, now, &mut outcome);
    }
    outcome.because = money::booking_rules(situation, &situation.policy_today, &booked);
    let mut details = json!({ "start": booked.start, "end": booked.end, "kind": booked.kind, "price": booked.price,
        "policy": booked.policy, "agreement": booked.agreement });
    if let Some(accepted) = outcome.relationship.as_ref().and_then(|changed| changed.accepted_policy) {
        details["accepted_policy"] = json!(accepted);
    }
    let word = if only_asks { "appointment_requested" } else { "appointment_booked" };
    // The one in whose place it is, where its payment went along: the record names whatever changed (A1).
    let carried = outcome.appointment.iter().map(|ended| ended.id.to_string());
    let subjects = subjects(&booked).into_iter().chain(carried).collect();
    outcome.record = Record { word, subjects, details };
    match outcome.appointment.as_ref().or(waiting.filter(|_| only_asks)) {
        Some(_) => outcome.booked = Some(booked),
        None => outcome.appointment = Some(booked),
    }
    Ok(outcome)
}

/// Asked for only: nothing is planned to be paid until the therapist confirms.
fn as_request(booked: Appointment) -> Appointment {
    Appointment { state: State::Requested, payment: money::settled_payment(PaymentState::None), ..booked }
}

/// Books in the same step as something else: the client said yes just now (`rulings` 3), or took an offered time.
pub(super) fn in_place_of(
    situation: &Situation,
    asker: &Asker,
    book: BookNow,
    ended: &Appointment,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<Appointment, Refusal> {
    let agreed = agreement(asker, Some(book.agreement), "next_step.book.agreement", now)?;
    let busy = slot::without(&situation.therapist_busy, ended.interval_with_buffer());
    let slot = slot::check(situation, asker, ended.kind, book.start, &busy, "next_step.book.start", now)?;
    let booked = make(situation, ended.kind, slot, agreed, now, ids)?;
    let booked = Appointment { replaces: Some(ended.id), price: ended.price, ..booked };
    take(situation, &slot::without(&situation.client_busy, ended.interval()), &booked, outcome)?;
    notify::confirm(situation, &booked, now, outcome);
    outcome.booked = Some(booked.clone());
    Ok(booked)
}

/// The appointment that a free time makes, under today's policy.
pub(super) fn make(
    situation: &Situation,
    kind: MeetingKind,
    slot: Interval,
    agreement: Agreement,
    now: Instant,
    ids: &mut Ids,
) -> Result<Appointment, Refusal> {
    check_active(&situation.relationship)?;
    let setup = slot::setup(situation, kind)?;
    Ok(drawn_up(situation, kind, slot, setup.price, slot::buffer(&setup), agreement, now, ids))
}

/// Nothing is booked between two who no longer work together.
pub(super) fn check_active(relationship: &Relationship) -> Result<(), Refusal> {
    if relationship.state == RelationshipState::Active {
        return Ok(());
    }
    let detail = "These two no longer work together. Reopen the relationship first.";
    Err(Refusal::conflict("relationship_not_active", detail))
}

/// An appointment of this time and price, booked under today's policy.
#[allow(clippy::too_many_arguments)]
pub(super) fn drawn_up(
    situation: &Situation,
    kind: MeetingKind,
    slot: Interval,
    price: Money,
    buffer_after: Span,
    agreement: Agreement,
    now: Instant,
    ids: &mut Ids,
) -> Appointment {
    let relationship = &situation.relationship;
    Appointment {
        id: ids.mint(),
        practice: situation.practice.id,
        relationship: relationship.id,
        therapist: relationship.therapist,
        client: relationship.client,
        start: slot.from,
        end: slot.to,
        buffer_after,
        zone: situation.therapist.schedule.zone.clone(),
        kind,
        state: State::Booked,
        revision: 1,
        sequence: 0,
        price,
        payment: money::planned(situation, slot, price, now),
        policy: money::snapshot(situation, slot.from),
        agreement,
        replaces: None,
        attendance: Attendance::default(),
        reserved_slot: slot::filled(situation, slot),
        pending_move: None,
        created_at: now,
    }
}

/// Takes the time in both diaries and sets the clocks that come with a booking. `client_busy` is the client's diary
/// without what the same step frees.
pub(super) fn take(
    situation: &Situation,
    client_busy: &[Interval],
    booked: &Appointment,
    outcome: &mut Outcome,
) -> Result<(), Refusal> {
    if client_busy.iter().any(|busy| busy.meets(booked.interval())) {
        let name = situation.client.first_name();
        return Err(Refusal::conflict("slot_taken", format!("{name} already has an appointment at that time.")));
    }
    let (therapist, client) = (PersonRef::Therapist(booked.therapist), PersonRef::Client(booked.client));
    outcome.occupancy.push(OccupancyChange::Take(therapist, booked.id, booked.interval_with_buffer()));
    outcome.occupancy.push(OccupancyChange::Take(client, booked.id, booked.interval()));
    let first = live::first_look(&situation.policy_today.parameters, booked);
    outcome.wakes.push(Wake { job: JobToWake::AppointmentEnd(booked.id), at: Some(first) });
    if let Payment { due_at: Some(at), .. } = booked.payment {
        outcome.wakes.push(Wake { job: JobToWake::Capture(booked.id), at: Some(at) });
    }
    Ok(())
}

/// The yes that a booking rests on (H-09): the client's own act, or what somebody recorded of it.
pub(super) fn agreement(
    asker: &Asker,
    given: Option<Agreement>,
    field: &'static str,
    now: Instant,
) -> Result<Agreement, Refusal> {
    if asker.is_client() {
        return Ok(Agreement { how: AgreementHow::Portal, at: now });
    }
    let agreement = given.ok_or_else(|| {
        let detail = "Say how and when the client agreed to this time. Nothing is booked without their yes.";
        Refusal::invalid("agreement_required", field, detail)
    })?;
    if agreement.at > now + Span::minutes(1) {
        let detail = "The client's agreement cannot lie in the future.";
        return Err(Refusal::invalid("agreement_required", field, detail));
    }
    Ok(agreement)
}

pub(super) fn subjects(appointment: &Appointment) -> Vec<String> {
    vec![
        appointment.id.to_string(),
        appointment.relationship.to_string(),
        appointment.client.to_string(),
        appointment.therapist.to_string(),
    ]
}

/// The yes to the terms: a client who books for themselves gives it, with the terms beside the button; of others it is
/// given where whoever books says so, and as the yes to the time was (H-05).
fn agreement_to_terms(asker: &Asker, agreement: Agreement, accepts: bool) -> Option<Agreement> {
    (accepts || asker.is_client()).then_some(agreement)
}

/// Today's policy and terms are accepted, unless they were before.
fn accept_policy(situation: &Situation, yes: Option<Agreement>, outcome: &mut Outcome) {
    let Some(Agreement { how, at }) = yes else { return };
    let version = situation.policy_today.version;
    if situation.relationship.accepted_policy.is_some_and(|accepted| accepted.version >= version) {
        return;
    }
    let accepted = PolicyAcceptance { version, at, how };
    outcome.relationship = Some(Relationship { accepted_policy: Some(accepted), ..situation.relationship.clone() });
}

/// A booking of the same two people answers an open case that waits for a time: the client has a next step.
pub(super) fn settle_open_case(situation: &Situation, now: Instant, outcome: &mut Outcome) {
    let Some(case) = situation.disruption.clone() else { return };
    let evidence = "a new time is booked";
    contact::client_settled(situation, evidence, now, outcome);
    if let Some(withdrawn) = situation.offer.clone().and_then(Offer::withdraw) {
        outcome.occupancy.insert(0, OccupancyChange::ReleaseOffer(withdrawn.id));
        outcome.wakes.push(Wake { job: JobToWake::OfferExpiry(withdrawn.id), at: None });
        if outcome.appointment.is_none() {
            // Money that did not follow is still the client's to choose about while the offer would have lived.
            let until = Some(withdrawn.expires_at);
            outcome.wakes.push(Wake { job: JobToWake::RefundChoice(withdrawn.appointment), at: until });
        }
        outcome.offers.push(withdrawn);
    }
    outcome.disruption = Some(settled(case, situation, outcome, now));
}

/// The therapist's diary without what is held for this very client: whoever books from the link may take an offered time.
fn without_own_offer(situation: &Situation) -> Vec<Interval> {
    let mut busy = situation.therapist_busy.clone();
    for held in situation.offer.iter().filter(|offer| offer.state == OfferState::Open).flat_map(Offer::held) {
        busy = slot::without(&busy, held);
    }
    busy
}

/// The case with the duties as the outcome leaves them.
pub(super) fn settled(case: Disruption, situation: &Situation, outcome: &Outcome, now: Instant) -> Disruption {
    let untouched = situation.obligations.iter().filter(|o| outcome.obligations.iter().all(|n| n.id != o.id));
    let all: Vec<_> = untouched.chain(outcome.obligations.iter()).cloned().collect();
    case.settle(&all, now)
}
