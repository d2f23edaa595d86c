//! When a therapist works: changed by the therapist, or by whoever runs the practice. Nothing is called off by it: what
//! is booked outside the new hours stays, and whoever changes them is told.

use super::settings::{entry, therapist_in_scope};
use super::{Ask, Flow, Tools};
use domain::appointment::{Appointment, State};
use domain::id::TherapistId;
use domain::practice::Therapist;
use domain::refusal::Refusal;
use domain::schedule::{Hours, Outside, Prices, Schedule};
use serde_json::json;
use store::appointment::Filter;
use store::{Done, Tx};

/// Bookings that are read at once.
const AT_ONCE: u32 = 200;

/// A therapist's hours, with what is booked outside them.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The therapist, with these hours.
    pub therapist: Therapist,
    /// What is booked from now on and outside the hours, and why it is.
    pub outside: Vec<(Appointment, Outside)>,
}

/// The hours as they are.
pub fn today(tx: &mut Tx, ask: &Ask, id: TherapistId) -> Flow<Planned> {
    let therapist = therapist_in_scope(tx, ask, id)?;
    let outside = outside(tx, ask, id, &therapist.schedule)?;
    Ok(Planned { therapist, outside })
}

/// What other hours would be, and what is booked outside them.
pub fn look(tx: &mut Tx, ask: &Ask, id: TherapistId, hours: &Hours, seen: Option<u32>) -> Flow<Planned> {
    let before = therapist_in_scope(tx, ask, id)?;
    changed(tx, ask, before, hours, seen)
}

/// Keeps other hours. Bookings of these people wait meanwhile, so none slips in between.
pub fn change(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: TherapistId,
    hours: &Hours,
    seen: Option<u32>,
) -> Flow<Done<Planned>> {
    let subject = id.to_string();
    therapist_in_scope(tx, ask, id)?;
    store::occupancy::lock(tx, &[&subject], ask.now)?;
    let before = therapist_in_scope(tx, ask, id)?;
    let (practice, was) = (before.person.practice, before.schedule.written());
    let after = changed(tx, ask, before, hours, seen)?;
    store::therapist::update_schedule(tx, id, &after.therapist.schedule)?;
    let outside: Vec<_> = after.outside.iter().map(|(booked, _)| booked.id).collect();
    let details = json!({ "before": was, "after": after.therapist.schedule.written(), "outside": outside });
    let entry = entry(tools, ask, practice, "hours_changed", &subject, details);
    Ok(Done::new(after, entry))
}

fn changed(tx: &mut Tx, ask: &Ask, before: Therapist, hours: &Hours, seen: Option<u32>) -> Flow<Planned> {
    if seen.is_some_and(|seen| seen != before.schedule.fingerprint()) {
        return Err(Refusal::stale().into());
    }
    let practice = store::practice::load(tx, before.person.practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let own = ask.who.scope().limits().therapist.is_some();
    let prices = if own { Prices::AsTheyAre } else { Prices::MaySet };
    let schedule = before.schedule.with_hours(hours.clone(), prices, practice.currency)?;
    let outside = outside(tx, ask, before.id, &schedule)?;
    Ok(Planned { therapist: Therapist { schedule, ..before }, outside })
}

fn outside(tx: &mut Tx, ask: &Ask, id: TherapistId, schedule: &Schedule) -> Flow<Vec<(Appointment, Outside)>> {
    let filter = Filter {
        therapist: Some(id),
        from: Some(ask.now),
        states: vec![State::Requested.word(), State::Booked.word()],
        ..Filter::default()
    };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = store::appointment::list(tx, &ask.who.scope(), &filter, after.as_ref(), AT_ONCE)?;
        let why = |booked: Appointment| schedule.outside(booked.kind, booked.interval()).map(|why| (booked, why));
        found.extend(page.items.into_iter().filter_map(why));
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}
