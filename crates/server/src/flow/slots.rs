//! Free times of one therapist, computed from their hours and what is taken; nothing is stored.

use super::{Ask, Flow, Tools, load};
use domain::id::{ClientId, RelationshipId, TherapistId};
use domain::listing::ListingState;
use domain::person::PersonRef;
use domain::policy::{Parameters, Policy};
use domain::practice::{Relationship, RelationshipState, Therapist};
use domain::refusal::Refusal;
use domain::schedule::MeetingKind;
use domain::slots::{self, Search};
use domain::time::{Instant, Interval, Span};
use store::Tx;

/// The longest window that one search may ask for.
pub const WINDOW_DAYS_MAX: i64 = 31;

/// A search for free times.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Whose.
    pub therapist: TherapistId,
    /// For which client: what is kept for them is free to them. Nobody's in particular where none is named.
    pub client: Option<ClientId>,
    /// What kind of appointment.
    pub kind: MeetingKind,
    /// Starts from this moment on, UTC.
    pub window: Interval,
}

/// Free times in the window, in order: what a booking of these two would be given just now, by their own terms. A client
/// finds those of their own therapists only.
pub fn free(tx: &mut Tx, tools: &Tools, ask: &Ask, wanted: Wanted) -> Flow<Vec<Interval>> {
    check(wanted.window)?;
    let (therapist, pair) = visible(tx, ask, &wanted)?;
    let by_client = ask.who.scope().limits().client.is_some();
    if by_client && !may_book(tx, ask, &therapist, pair.as_ref())? {
        return Ok(Vec::new());
    }
    let today = tools.policies.latest(tx, therapist.person.practice)?.ok_or_else(|| Refusal::not_found("policy"))?;
    let policy = pair.as_ref().map_or(today.clone(), |pair| load::between(today, pair, &therapist));
    let mut found = of(tx, ask.now, &therapist, pair.as_ref().map(|pair| pair.id), &policy, by_client, wanted)?;
    if let Some(pair) = pair {
        // Wherever the client is at that time, they cannot be here as well.
        let person = PersonRef::Client(pair.client).to_string();
        let busy = store::occupancy::busy(tx, &person, around(wanted.window), ask.now)?;
        found.retain(|slot| !busy.iter().any(|taken| taken.time.meets(*slot)));
    }
    Ok(found)
}

/// Whether a client may book with this therapist now: the two work together, and while the therapist takes nobody new,
/// they have before.
fn may_book(tx: &mut Tx, ask: &Ask, therapist: &Therapist, pair: Option<&Relationship>) -> Flow<bool> {
    let Some(pair) = pair.filter(|pair| pair.state == RelationshipState::Active) else { return Ok(false) };
    let open = therapist.listing.at(ask.now) == ListingState::Listed;
    Ok(open || store::appointment::has_any(tx, pair.id)?)
}

fn around(window: Interval) -> Interval {
    Interval::new(window.from - Span::hours(12), window.to + Span::hours(12))
}

/// Free times of a therapist that is loaded already. What is kept for clients is taken, save for those of `own`.
pub fn of(
    tx: &mut Tx,
    now: Instant,
    therapist: &Therapist,
    own: Option<RelationshipId>,
    policy: &Policy,
    for_client: bool,
    wanted: Wanted,
) -> Result<Vec<Interval>, store::DbError> {
    let around = around(wanted.window);
    let taken = store::occupancy::busy(tx, &therapist.id.to_string(), around, now)?;
    let mut busy: Vec<Interval> = taken.into_iter().map(|taken| taken.time).collect();
    busy.extend(therapist.kept_for_others(around, own));
    Ok(slots::free(&therapist.schedule, wanted.kind, &busy, search(&policy.parameters, for_client, wanted.window, now)))
}

fn search(parameters: &Parameters, for_client: bool, window: Interval, now: Instant) -> Search {
    match for_client {
        true => Search::for_clients(parameters, window.from, window.to, now),
        false => Search::for_staff(parameters, window.from, window.to, now),
    }
}

fn check(window: Interval) -> Result<(), Refusal> {
    if window.to <= window.from {
        return Err(Refusal::invalid("window_empty", "to", "End the window after it begins."));
    }
    if window.to - window.from > Span::hours(24 * WINDOW_DAYS_MAX) {
        let detail = format!("Ask for at most {WINDOW_DAYS_MAX} days at once.");
        return Err(Refusal::invalid("window_too_long", "to", detail));
    }
    Ok(())
}

/// The therapist, if whoever asks may know of them: the practice's own people, and clients who work with them. With the
/// relationship of the client that the times are for.
fn visible(tx: &mut Tx, ask: &Ask, wanted: &Wanted) -> Flow<(Therapist, Option<Relationship>)> {
    let limits = ask.who.scope().limits();
    let found = store::therapist::load(tx, wanted.therapist)?.ok_or_else(|| Refusal::not_found("therapist"))?;
    let same_practice = limits.practice.is_none_or(|practice| practice == found.person.practice);
    let pair = match limits.client.or(wanted.client) {
        Some(client) => store::relationship::of(tx, &ask.who.scope(), wanted.therapist, client)?,
        None => None,
    };
    let works_together = limits.client.is_none() || pair.is_some();
    if same_practice && works_together { Ok((found, pair)) } else { Err(Refusal::not_found("therapist").into()) }
}
