//! T1: the client takes one of the offered times, or none. One accept wins; the payment follows (E-02, `rulings` 5 and 11).

use super::book::{make, settled, subjects, take};
use super::{
    Asker, JobToWake, OccupancyChange, Outcome, Record, Situation, Wake, ask_to_move, contact, money, notify, slot,
    team,
};
use crate::appointment::{Agreement, Appointment, PaymentState};
use crate::id::Ids;
use crate::money::Money;
use crate::offer::Offer;
use crate::policy::lateness;
use crate::practice::AgreementHow;
use crate::refusal::Refusal;
use crate::time::Instant;
use serde_json::json;

pub(super) fn accept(
    situation: &Situation,
    asker: &Asker,
    start: Instant,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let (offer, ended) = (situation.offer()?, situation.appointment()?);
    if ask_to_move::is_asked(&offer, &ended) {
        return ask_to_move::accept(situation, asker, offer, ended, start, now);
    }
    if offer.is_make_up() {
        return take_make_up(situation, asker, offer, &ended, start, now, ids);
    }
    let slot = offer.slot(start);
    let how = if asker.is_client() { AgreementHow::Portal } else { AgreementHow::Phone };
    let chosen = offer.clone();
    let mut outcome = Outcome::default();
    let accepted_slot = slot.ok_or_else(|| not_offered(&offer, now))?;
    let made = make(situation, offer.kind, accepted_slot, Agreement { how, at: now }, now, ids)?;
    let booked = Appointment { replaces: Some(ended.id), price: ended.price, ..made };
    let accepted = chosen.accept(start, booked.id, now)?;
    release(&offer, &mut outcome);
    let booked = money::follow(situation, asker, &ended, booked, now, ids, &mut outcome);
    take(situation, &situation.client_busy, &booked, &mut outcome)?;
    notify::confirm(situation, &booked, now, &mut outcome);
    contact::client_settled(situation, "the client chose one of the offered times", now, &mut outcome);
    let case = situation.disruption.clone().map(|case| settled(case, situation, &outcome, now));
    outcome.disruption = case.map(|case| crate::disruption::Disruption { outcome: Some("rescheduled".into()), ..case });
    outcome.because = money::booking_rules(situation, &situation.policy_today, &booked);
    outcome.record = Record {
        word: "offer_accepted",
        subjects: [subjects(&booked), vec![offer.id.to_string(), ended.id.to_string()]].concat(),
        details: json!({ "offer": offer.id, "start": booked.start, "end": booked.end, "replaces": ended.id }),
    };
    outcome.offers.push(accepted);
    outcome.booked = Some(booked);
    Ok(outcome)
}

/// the client takes any free time, at no charge to them or the practice.
fn take_make_up(
    situation: &Situation,
    asker: &Asker,
    offer: Offer,
    missed: &Appointment,
    start: Instant,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let how = if asker.is_client() { AgreementHow::Portal } else { AgreementHow::Phone };
    let time = slot::check(situation, asker, offer.kind, start, &situation.therapist_busy, "start", now)?;
    let made = make(situation, offer.kind, time, Agreement { how, at: now }, now, ids)?;
    let booked = Appointment {
        replaces: Some(missed.id),
        price: Money::new(0, made.price.currency),
        payment: money::settled_payment(PaymentState::None),
        ..made
    };
    let accepted = offer.accept(start, booked.id, now)?;
    let mut outcome = Outcome::default();
    outcome.wakes.push(Wake { job: JobToWake::OfferExpiry(accepted.id), at: None });
    take(situation, &situation.client_busy, &booked, &mut outcome)?;
    outcome.ledger.push(money::make_up(situation, asker, &booked, missed.price, now, ids));
    notify::confirm(situation, &booked, now, &mut outcome);
    outcome.because.push(lateness::make_up_free());
    outcome.record = Record {
        word: "offer_accepted",
        subjects: [subjects(&booked), vec![accepted.id.to_string(), missed.id.to_string()]].concat(),
        details: json!({ "offer": accepted.id, "start": booked.start, "end": booked.end, "make_up_for": missed.id }),
    };
    outcome.offers.push(accepted);
    outcome.booked = Some(booked);
    Ok(outcome)
}

pub(super) fn decline(
    situation: &Situation,
    asker: &Asker,
    refund: bool,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let (offer, ended) = (situation.offer()?, situation.appointment()?);
    match (ask_to_move::is_asked(&offer, &ended), refund) {
        (true, true) => return ask_to_move::refund(situation, asker, offer, ended, now, ids),
        (true, false) => return ask_to_move::keep(situation, offer, ended, now),
        (false, _) => {}
    }
    let declined = offer.clone().decline(refund, now)?;
    let mut outcome = Outcome::default();
    release(&offer, &mut outcome);
    let evidence = if refund { "asked for the money back" } else { "wants none of the times" };
    let choice = money::is_the_clients_choice(situation, &ended);
    if refund {
        contact::client_settled(situation, evidence, now, &mut outcome);
    } else {
        contact::client_answered(situation, evidence, now, &mut outcome);
    }
    match (choice, refund) {
        (true, true) => money::refund_due(situation, asker, ended.clone(), now, ids, &mut outcome),
        // They have not said what is to become of their money: until the offer would have ended they still may.
        (true, false) => {
            outcome.wakes.push(Wake { job: JobToWake::RefundChoice(ended.id), at: Some(offer.expires_at) })
        }
        (false, true) => team::client_asks_for_money(situation, asker, &ended, now, ids, &mut outcome)?,
        (false, false) => {}
    }
    let ended = outcome.appointment.clone().unwrap_or(ended);
    notify::declined(&ended, refund, now, &mut outcome);
    outcome.disruption = situation.disruption.clone().map(|case| settled(case, situation, &outcome, now));
    outcome.record = Record {
        word: "offer_declined",
        subjects: [subjects(&ended), vec![offer.id.to_string()]].concat(),
        details: json!({ "offer": offer.id, "refund": refund }),
    };
    outcome.offers.push(declined);
    if outcome.appointment.is_none() {
        outcome.appointment = Some(ended);
    }
    Ok(outcome)
}

/// Frees every held time; the one that was chosen is taken again by its appointment in the same transaction.
pub(super) fn release(offer: &Offer, outcome: &mut Outcome) {
    outcome.occupancy.push(OccupancyChange::ReleaseOffer(offer.id));
    outcome.wakes.push(Wake { job: JobToWake::OfferExpiry(offer.id), at: None });
}

pub(super) fn not_offered(offer: &Offer, now: Instant) -> Refusal {
    match offer.clone().decline(false, now) {
        Err(over) => over,
        Ok(_) => {
            let detail = "That time is not among the ones offered. Choose one of those, or book from your link.";
            Refusal::invalid("not_offered", "start", detail)
        }
    }
}
