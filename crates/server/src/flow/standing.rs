//! A therapist's record and listing: drawn from what is on file, appealed, decided by people (E-08 to E-11).

use super::letter::{entry, person_of};
use super::settings::therapist_in_scope;
use super::{Ask, Failed, Flow, Tools, jobs};
use domain::access::Scope;
use domain::appointment::{Appointment, State};
use domain::attendance::TechnicalSide;
use domain::id::{AppealId, AppointmentId, Ids, TherapistId};
use domain::listing::{Listing, Wish};
use domain::person::Role;
use domain::policy::notice;
use domain::policy::reliability::{Event, EventKind, judge};
use domain::policy::{Parameters, Policy};
use domain::practice::Therapist;
use domain::reason::{Fault, Initiator, Reason};
use domain::refusal::Refusal;
use domain::standing::{Appeal, AppealState, Happened, Report, Sample, checked, report};
use domain::time::{Instant, Interval, Span};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::job::{Job, Priority};
use store::{Done, Tx};

/// A therapist with their record.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The therapist.
    pub therapist: Therapist,
    /// Today's policy of their practice.
    pub policy: Arc<Policy>,
    /// The record.
    pub report: Report,
}

/// The record of a therapist, if whoever asks may see it: themselves, and those who run the practice.
pub fn standing(tx: &mut Tx, tools: &Tools, ask: &Ask, id: TherapistId) -> Flow<Standing> {
    let therapist = theirs(tx, ask, id)?;
    of(tx, tools, therapist, ask.now)
}

/// The therapist, for themselves and for those who run the practice.
fn theirs(tx: &mut Tx, ask: &Ask, id: TherapistId) -> Flow<Therapist> {
    let therapist = therapist_in_scope(tx, ask, id)?;
    let may = |role| matches!(role, Role::Therapist | Role::Admin | Role::Owner);
    match person_of(ask) {
        Some((_, role)) if may(role) => Ok(therapist),
        _ => Err(Refusal::not_found("therapist").into()),
    }
}

/// The record of a therapist that is loaded already.
pub fn of(tx: &mut Tx, tools: &Tools, therapist: Therapist, now: Instant) -> Flow<Standing> {
    let practice = therapist.person.practice;
    let policy = tools.policies.latest(tx, practice)?.ok_or_else(|| Refusal::not_found("policy"))?;
    let rules = &policy.parameters.reliability;
    let back = Span::hours(24 * i64::from(rules.window_days.max(rules.clean_days)));
    let since = now - back;
    let mut events = appointments(tx, tools, &therapist, since, now)?;
    events.extend(moves(tx, tools, &therapist, since)?);
    let window = now - Span::hours(24 * i64::from(rules.window_days));
    let came_due = store::standing::came_due(tx, therapist.id, window, now)?.into_iter().collect();
    let appeals = store::standing::appeals(tx, therapist.id)?;
    let report = report(&policy.parameters, events, &appeals, &Sample { came_due }, false, now);
    Ok(Standing { therapist, policy, report })
}

/// What went another way, from the appointments themselves: a correction changes what is counted.
fn appointments(
    tx: &mut Tx,
    tools: &Tools,
    therapist: &Therapist,
    since: Instant,
    now: Instant,
) -> Flow<Vec<Happened>> {
    let (mut events, mut seen) = (Vec::new(), BTreeSet::new());
    for row in store::standing::troubled(tx, therapist.id, since)? {
        if !seen.insert(row.appointment) {
            continue;
        }
        let Some(about) = store::appointment::load(tx, &Scope::System("standing"), row.appointment)? else { continue };
        let policy = agreed(tx, tools, &about)?;
        let fault = row.fault.as_deref().and_then(|fault| fault.parse::<Fault>().ok());
        for (at, event) in of_one(&about, fault, row.opened_at) {
            let judged = judge(&policy.parameters, &event);
            if at >= since && at <= now {
                events.push(Happened { appointment: about.id, kind: event.kind, at, judged });
            }
        }
    }
    Ok(events)
}

fn of_one(about: &Appointment, fault: Option<Fault>, opened_at: Option<Instant>) -> Vec<(Instant, Event)> {
    let plain = |kind| Event {
        kind,
        initiator: Initiator::Therapist,
        fault,
        reason: None,
        short_notice: true,
        mistaken: false,
    };
    let mut all = Vec::new();
    match &about.state {
        State::Cancelled(how) => {
            let (initiator, reason, short_notice) = (how.initiator, how.reason, how.short_notice);
            let event = Event { initiator, reason, short_notice, fault: None, ..plain(EventKind::Cancelled) };
            all.push((how.recorded_at, event));
        }
        State::TherapistNoShow => all.push((opened_at.unwrap_or(about.start), plain(EventKind::Missed))),
        State::TechnicalFailure => {
            let side = about.attendance.technical_side.map(|side| match side {
                TechnicalSide::Client => Fault::Client,
                TechnicalSide::Therapist => Fault::Therapist,
                TechnicalSide::Platform => Fault::PlatformTechnical,
            });
            let event = Event { fault: fault.or(side), ..plain(EventKind::TechnicalFailure) };
            all.push((opened_at.unwrap_or(about.start), event));
        }
        _ => {}
    }
    let late = about.attendance.late_notice.filter(|_| !matches!(about.state, State::TherapistNoShow));
    all.extend(late.map(|late| (late.at, Event { fault: None, ..plain(EventKind::Late) })));
    all
}

/// What an entry of a move says that matters here.
#[derive(Deserialize)]
struct Moved {
    before: Interval,
    initiator: Initiator,
    reason: Option<Reason>,
}

fn moves(tx: &mut Tx, tools: &Tools, therapist: &Therapist, since: Instant) -> Flow<Vec<Happened>> {
    let (mut events, mut seen) = (Vec::new(), BTreeSet::new());
    for row in store::standing::moves(tx, therapist.person.practice, therapist.id, since)? {
        let Ok(moved) = serde_json::from_value::<Moved>(row.details) else { continue };
        let Some(about) = store::appointment::load(tx, &Scope::System("standing"), row.appointment)? else { continue };
        // However often one appointment was moved by the same side, it counts once.
        if about.therapist != therapist.id || !seen.insert((about.id, moved.initiator)) {
            continue;
        }
        let policy = agreed(tx, tools, &about)?;
        let event = Event {
            kind: EventKind::Moved,
            initiator: moved.initiator,
            fault: None,
            reason: moved.reason,
            short_notice: notice::short_notice(&policy.parameters, moved.before.from, row.at),
            mistaken: false,
        };
        let judged = judge(&policy.parameters, &event);
        events.push(Happened { appointment: about.id, kind: EventKind::Moved, at: row.at, judged });
    }
    Ok(events)
}

/// The policy that an appointment was booked under.
fn agreed(tx: &mut Tx, tools: &Tools, about: &Appointment) -> Flow<Arc<Policy>> {
    let policy = tools.policies.of_booking(tx, about.practice, &about.policy)?;
    Ok(policy.ok_or_else(|| Refusal::not_found("policy"))?)
}

/// A therapist says why an event should not count.
pub fn appeal(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    id: TherapistId,
    event: (AppointmentId, EventKind),
    words: &str,
) -> Flow<Done<Appeal>> {
    let standing = standing(tx, tools, ask, id)?;
    let (by, _) = person_of(ask).ok_or_else(|| Refusal::not_found("therapist"))?;
    let words = checked("words", words, "Say in a few words why it should not count.")?;
    let (appointment, kind) = event;
    let its = |line: &&domain::standing::Line| line.event.appointment == appointment && line.event.kind == kind;
    let line = standing.report.lines.iter().find(its).ok_or_else(|| Refusal::not_found("event"))?;
    if !line.event.judged.counts {
        return Err(
            Refusal::conflict("does_not_count", "This does not count anyway; there is nothing to appeal.").into()
        );
    }
    if line.appeal.is_some() {
        return Err(Refusal::conflict("already_appealed", "There is an appeal about this already.").into());
    }
    let practice = standing.therapist.person.practice;
    let (state, at) = (AppealState::Open, ask.now);
    let appeal =
        Appeal { id: ids.mint(), practice, therapist: id, appointment, kind, words, by, at, state, decision: None };
    store::standing::add_appeal(tx, &appeal)?;
    let subjects = vec![id.to_string(), appeal.id.to_string(), appointment.to_string()];
    let details = json!({ "kind": kind, "words": appeal.words });
    let entry = entry(tools, ask, practice, "event_appealed", subjects, details);
    Ok(Done::new(appeal, entry))
}

/// Whoever runs the practice decides an appeal, with a reason.
pub fn decide(tx: &mut Tx, tools: &Tools, ask: &Ask, id: AppealId, exclude: bool, reason: &str) -> Flow<Done<Appeal>> {
    let found = store::standing::appeal(tx, &ask.who.scope(), id)?.ok_or_else(|| Refusal::not_found("appeal"))?;
    let (by, role) = person_of(ask).ok_or_else(|| Refusal::not_found("appeal"))?;
    if !matches!(role, Role::Admin | Role::Owner) {
        return Err(Refusal::not_found("appeal").into());
    }
    let decided = found.decide(exclude, reason, by, ask.now)?;
    store::standing::decide_appeal(tx, &decided)?;
    let subjects = vec![decided.therapist.to_string(), id.to_string(), decided.appointment.to_string()];
    let details = json!({ "kind": decided.kind, "state": decided.state, "decision": decided.decision });
    let entry = entry(tools, ask, decided.practice, "appeal_decided", subjects, details);
    Ok(Done::new(decided, entry))
}

/// Changes how a therapist is listed. Clients they already see are never affected (E-10, E-11).
pub fn list(tx: &mut Tx, tools: &Tools, ask: &Ask, id: TherapistId, wish: Wish) -> Flow<Done<Therapist>> {
    let before = theirs(tx, ask, id)?;
    let (by, role) = person_of(ask).ok_or_else(|| Refusal::not_found("therapist"))?;
    let practice_id = before.person.practice;
    let practice = store::practice::load(tx, practice_id)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let policy = tools.policies.latest(tx, practice_id)?.ok_or_else(|| Refusal::not_found("policy"))?;
    let rules: &Parameters = &policy.parameters;
    let listing = before.listing.change(wish, by, role, rules, &practice.zone, ask.now)?;
    save_listing(tx, tools, ask, before, listing)
}

/// The time is over: the therapist is listed again, by itself (E-10).
pub fn listing_return(tx: &mut Tx, tools: &Tools, ask: &Ask, id: TherapistId) -> Flow<Done<Therapist>> {
    let before = store::therapist::load(tx, id)?.ok_or_else(|| Refusal::not_found("therapist"))?;
    match before.listing.come_back(ask.now) {
        Some(listing) => save_listing(tx, tools, ask, before, listing),
        None => Err(Failed::Nothing { look_again: before.listing.next_change(ask.now) }),
    }
}

fn save_listing(tx: &mut Tx, tools: &Tools, ask: &Ask, before: Therapist, listing: Listing) -> Flow<Done<Therapist>> {
    store::therapist::update_listing(tx, before.id, &listing)?;
    let (subject, practice) = (before.id.to_string(), before.person.practice);
    store::job::remove(tx, jobs::LISTING_RETURN, &subject)?;
    if let Some(due_at) = listing.next_change(ask.now) {
        let priority = Priority::Normal;
        let job = Job { kind: jobs::LISTING_RETURN, subject: &subject, practice, priority, due_at };
        store::job::enqueue(tx, &job)?;
    }
    let details = json!({ "before": before.listing, "after": listing });
    let entry = entry(tools, ask, practice, "listing_changed", vec![subject], details);
    Ok(Done::new(Therapist { listing, ..before }, entry))
}
