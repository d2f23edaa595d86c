//! Loads what a decision may look at. Locks first, in sorted order, so that what is read stays true until the commit.

use super::{Ask, Flow, Tools};
use domain::appointment::Appointment;
use domain::decide::{LiveFacts, OnFile, Situation};
use domain::id::{AppointmentId, OfferId, RelationshipId};
use domain::listing::ListingState;
use domain::obligation::Obligation;
use domain::person::{PersonRef, Role};
use domain::policy::Policy;
use domain::practice::{Relationship, Therapist};
use domain::refusal::Refusal;
use domain::time::{Instant, Interval, Span};
use std::sync::Arc;
use store::Tx;

/// Whether the load is for a change, which locks, or for a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A change follows in the same transaction.
    Change,
    /// A preview: nothing is saved.
    Preview,
}

/// The situation of one appointment, with the diaries around `starts` (every time that the command names).
pub fn appointment(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    starts: &[Instant],
    mode: Mode,
) -> Flow<Situation> {
    let seen = store::appointment::load(tx, &ask.who.scope(), id)?.ok_or_else(|| Refusal::not_found("appointment"))?;
    lock(tx, ask, &seen, mode)?;
    let appointment = match mode {
        Mode::Change => store::appointment::load(tx, &ask.who.scope(), id)?,
        Mode::Preview => Some(seen),
    };
    let appointment = appointment.ok_or_else(|| Refusal::not_found("appointment"))?;
    let relationship = store::relationship::load(tx, &ask.who.scope(), appointment.relationship)?;
    let relationship = relationship.ok_or_else(|| Refusal::not_found("appointment"))?;
    let mut situation = base(tx, tools, ask, relationship, starts)?;
    let agreed = (appointment.policy.version, appointment.policy.terms);
    if agreed != (situation.policy.version, situation.policy.key()) {
        situation.policy = policy(tx, tools, &appointment)?;
    }
    situation.disruption = store::disruption::open_of(tx, appointment.id)?;
    situation.offer = store::offer::open_of(tx, appointment.id)?;
    situation.obligations = store::obligation::of_appointment(tx, appointment.id)?;
    situation.appointment = Some(appointment);
    Ok(situation)
}

/// The situation of one relationship for a new booking, with its latest open case if there is one.
pub fn relationship(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: RelationshipId,
    starts: &[Instant],
    mode: Mode,
) -> Flow<Situation> {
    let scope = ask.who.scope();
    let found = store::relationship::load(tx, &scope, id)?.ok_or_else(|| Refusal::not_found("relationship"))?;
    if mode == Mode::Change {
        lock_people(tx, &found, ask.now)?;
    }
    let mut situation = base(tx, tools, ask, found, starts)?;
    if let Some(case) = store::disruption::waiting_for_a_time(tx, id)? {
        situation.offer = store::offer::open_of(tx, case.appointment)?;
        situation.obligations = store::obligation::of_appointment(tx, case.appointment)?;
        situation.appointment = store::appointment::load(tx, &scope, case.appointment)?;
        situation.disruption = Some(case);
    }
    let known = |duty: &Obligation| situation.obligations.iter().all(|other| other.id != duty.id);
    let next = store::obligation::next_to_book(tx, id)?;
    let next: Vec<Obligation> = next.into_iter().filter(known).collect();
    situation.obligations.extend(next);
    Ok(situation)
}

/// The situation of one offer: the appointment that it would replace, and today's policy for the new one.
pub fn offer(tx: &mut Tx, tools: &Tools, ask: &Ask, id: OfferId, starts: &[Instant], mode: Mode) -> Flow<Situation> {
    let scope = ask.who.scope();
    let seen = store::offer::load(tx, &scope, id)?.ok_or_else(|| Refusal::not_found("offer"))?;
    let mut situation = appointment(tx, tools, ask, seen.appointment, starts, mode)?;
    // Read again under the lock: of two who answer at once, the second sees the first one's answer.
    situation.offer = store::offer::load(tx, &scope, id)?;
    if situation.disruption.is_none() {
        situation.disruption =
            seen.disruption.map(|case| store::disruption::load(tx, &scope, case)).transpose()?.flatten();
    }
    Ok(situation)
}

/// The situation of one appointment with what its account says, for acts about money.
pub fn with_account(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: AppointmentId,
    starts: &[Instant],
    mode: Mode,
) -> Flow<Situation> {
    let mut situation = appointment(tx, tools, ask, id, starts, mode)?;
    account(tx, &mut situation)?;
    Ok(situation)
}

/// What the appointment's account says, and whether the team has been asked about it.
pub fn account(tx: &mut Tx, situation: &mut Situation) -> Flow<()> {
    let about = situation.appointment()?.id;
    situation.account = store::ledger::of_appointment(tx, situation.relationship.client, about)?;
    situation.request = store::change_request::open_of(tx, about)?;
    Ok(())
}

fn base(tx: &mut Tx, tools: &Tools, ask: &Ask, relationship: Relationship, starts: &[Instant]) -> Flow<Situation> {
    let missing = |what: &'static str| move || Refusal::not_found(what);
    let practice = store::practice::load(tx, relationship.practice)?.ok_or_else(missing("practice"))?;
    if let Some(change) = practice.templates.filter(|change| !tools.writer.knows(*change)) {
        tools.writer.keep(change, store::template::latest(tx, practice.id)?);
    }
    let today = tools.policies.latest(tx, practice.id)?.ok_or_else(missing("policy"))?;
    let therapist = store::therapist::load(tx, relationship.therapist)?.ok_or_else(missing("therapist"))?;
    let today = between(today, &relationship, &therapist);
    let client = store::person::load(tx, PersonRef::Client(relationship.client))?.ok_or_else(missing("client"))?;
    let (mut therapist_busy, mut client_busy) = (Vec::new(), Vec::new());
    for around in windows(starts) {
        let (of_therapist, of_client) =
            (PersonRef::Therapist(relationship.therapist), PersonRef::Client(relationship.client));
        therapist_busy.extend(busy(tx, of_therapist, around, ask.now)?);
        client_busy.extend(busy(tx, of_client, around, ask.now)?);
    }
    let office = store::person::of_roles(tx, practice.id, &[Role::Admin, Role::Owner])?;
    let (admins, owners) = office.into_iter().partition(|person| person.role == Role::Admin);
    Ok(Situation {
        admins,
        owners,
        is_stranger: therapist.listing.at(ask.now) != ListingState::Listed
            && !store::appointment::has_any(tx, relationship.id)?,
        new_client: !store::appointment::has_attended(tx, relationship.id)?,
        late_before: store::appointment::has_late(tx, relationship.id)?,
        policy: today.clone(),
        policy_today: today,
        practice,
        therapist,
        client,
        relationship,
        appointment: None,
        next_appointment: None,
        offer: None,
        disruption: None,
        obligations: Vec::new(),
        file: OnFile::default(),
        request: None,
        account: Vec::new(),
        undo: None,
        live: LiveFacts::default(),
        therapist_busy,
        client_busy,
    })
}

/// Today's version as it holds between these two. What changes it came with their own rows.
pub(super) fn between(today: Arc<Policy>, relationship: &Relationship, therapist: &Therapist) -> Arc<Policy> {
    let pathway = relationship.pathway.as_deref();
    today.between(pathway, therapist.id, &therapist.overrides).map_or(today, Arc::new)
}

fn busy(tx: &mut Tx, who: PersonRef, around: Interval, now: Instant) -> Flow<Vec<Interval>> {
    let taken = store::occupancy::busy(tx, &who.to_string(), around, now)?;
    Ok(taken.into_iter().map(|taken| taken.time).collect())
}

fn policy(tx: &mut Tx, tools: &Tools, appointment: &Appointment) -> Flow<Arc<Policy>> {
    let agreed = tools.policies.of_booking(tx, appointment.practice, &appointment.policy)?;
    Ok(agreed.ok_or_else(|| Refusal::not_found("policy"))?)
}

fn lock(tx: &mut Tx, ask: &Ask, seen: &Appointment, mode: Mode) -> Flow<()> {
    if mode == Mode::Change {
        let (client, therapist) = (seen.client.to_string(), seen.therapist.to_string());
        store::occupancy::lock(tx, &[&client, &therapist], ask.now)?;
    }
    Ok(())
}

/// Locks the two people of an appointment before anything else of the flow is: whoever touches messages and jobs first and
/// people after would wait for others in a circle.
pub fn people_of(tx: &mut Tx, ask: &Ask, id: AppointmentId) -> Flow<()> {
    match store::appointment::load(tx, &ask.who.scope(), id)? {
        Some(seen) => lock(tx, ask, &seen, Mode::Change),
        None => Ok(()),
    }
}

fn lock_people(tx: &mut Tx, relationship: &Relationship, now: Instant) -> Flow<()> {
    let (client, therapist) = (relationship.client.to_string(), relationship.therapist.to_string());
    Ok(store::occupancy::lock(tx, &[&client, &therapist], now)?)
}

/// The stretches of the diaries that bear on these starts: half a day around each, joined where they touch.
fn windows(starts: &[Instant]) -> Vec<Interval> {
    let mut starts = starts.to_vec();
    starts.sort();
    let mut windows: Vec<Interval> = Vec::new();
    for start in starts {
        let around = Interval::new(start - Span::hours(12), start + Span::hours(12));
        match windows.last_mut() {
            Some(last) if around.from <= last.to => last.to = around.to,
            _ => windows.push(around),
        }
    }
    windows
}
