//! Taking a staff edit back (`rulings` 14): its messages and the freed time wait `undo.minutes`. Not for bookings,
//! clients' own acts, or what cannot wait.

use super::book::subjects;
use super::{Asker, JobToWake, OccupancyChange, Outcome, Record, Situation, UndoChange, Wake, contact, who};
use crate::appointment::{Appointment, Before, State};
use crate::disruption::Disruption;
use crate::id::Ids;
use crate::ledger::EntryKind;
use crate::offer::{Offer, OfferState, without};
use crate::person::PersonRef;
use crate::policy::money::PlannedEntry;
use crate::policy::notice::short_notice;
use crate::refusal::Refusal;
use crate::time::{Instant, Interval, Span};
use crate::undo::{Memory, Undo};
use serde_json::json;

/// Makes the messages of a staff edit wait, keeps the freed time, and remembers the way back; nothing of that where
/// the edit is urgent or not of this kind.
pub(super) fn hold(situation: &Situation, asker: &Asker, before: &Appointment, now: Instant, outcome: &mut Outcome) {
    let minutes = situation.policy.parameters.undo.minutes;
    let Some(after) = outcome.appointment.clone().filter(|_| minutes > 0) else { return };
    if !may_wait(situation, asker, before, &after, now) || outcome.booked.is_some() {
        return;
    }
    let until = now + Span::minutes(minutes.into());
    for notice in &mut outcome.notices {
        notice.send_at = notice.send_at.max(until);
    }
    for kept in freed(before, &after, outcome) {
        let therapist = PersonRef::Therapist(after.therapist);
        outcome.occupancy.push(OccupancyChange::KeepFreed(therapist, after.id, kept, until));
    }
    let posted = outcome.ledger.iter().map(|entry| PlannedEntry { kind: entry.kind, amount: entry.amount }).collect();
    let memory = Memory { before: Before::of(before), posted };
    let undo = Undo { appointment: after.id, practice: after.practice, revision: after.revision, until, memory };
    outcome.undo = Some(UndoChange::Open(Box::new(undo)));
}

/// A person of the practice, an appointment that was simply booked, and enough time on either side.
fn may_wait(situation: &Situation, asker: &Asker, before: &Appointment, after: &Appointment, now: Instant) -> bool {
    let parameters = &situation.policy.parameters;
    let simple = before.state == State::Booked && before.pending_move.is_none() && situation.disruption.is_none();
    let urgent = |start: Instant| start <= now || short_notice(parameters, start, now);
    simple && asker.person.is_some() && !asker.is_client() && !urgent(before.start) && !urgent(after.start)
}

/// What the edit freed of the therapist's diary and takes no part of again.
fn freed(before: &Appointment, after: &Appointment, outcome: &Outcome) -> Vec<Interval> {
    let taken_again: Vec<Interval> = outcome
        .occupancy
        .iter()
        .filter_map(|change| match change {
            OccupancyChange::Take(PersonRef::Therapist(_), _, time) => Some(*time),
            OccupancyChange::Hold(PersonRef::Therapist(_), _, time, _) => Some(*time),
            _ => None,
        })
        .collect();
    let was = before.interval_with_buffer();
    let stays = matches!(after.state, State::Booked) && after.interval_with_buffer() == was;
    if stays { Vec::new() } else { without(was, &taken_again) }
}

/// Takes the last edit back: booked as before, the messages never go, what was posted is reversed.
pub(super) fn undo(situation: &Situation, asker: &Asker, now: Instant, ids: &mut Ids) -> Result<Outcome, Refusal> {
    let edited = situation.appointment()?;
    who::may_handle(&edited, asker)?;
    let undo = situation.undo.clone().filter(|undo| undo.is_open(edited.revision, now)).ok_or_else(over)?;
    if situation.offer.iter().any(|offer| offer.state != OfferState::Open) {
        return Err(over());
    }
    let back = edited.clone().as_before(undo.memory.before);
    let mut outcome = Outcome::default();
    if let Some(withdrawn) = situation.offer.clone().and_then(Offer::withdraw) {
        super::offer::release(&withdrawn, &mut outcome);
        outcome.offers.push(withdrawn);
    }
    super::reschedule::retake(situation, &back, now, &mut outcome);
    outcome.wakes.push(Wake { job: JobToWake::RefundChoice(back.id), at: None });
    outcome.wakes.push(Wake { job: JobToWake::Capture(back.id), at: back.payment.due_at });
    for posted in &undo.memory.posted {
        let kind = if posted.amount.amount_minor > 0 { EntryKind::Credit } else { EntryKind::Charge };
        let reversed = PlannedEntry { kind, amount: posted.amount.negated() };
        let reason = "The change was taken back".to_owned();
        outcome.ledger.push(super::money::entry(situation, &back, asker, reversed, reason, now, ids));
    }
    contact::excuse_all(situation, "the change was taken back", now, &mut outcome);
    let case = situation.disruption.clone();
    let settled = case.map(|case| super::book::settled(case, situation, &outcome, now));
    outcome.disruption = settled.map(|case| Disruption { outcome: Some("undone".into()), ..case });
    outcome.record = Record {
        word: "edit_undone",
        subjects: subjects(&back),
        details: json!({ "before": edited.state.word(), "after": back.state.word(), "start": back.start,
            "was": edited.interval() }),
    };
    outcome.undo = Some(UndoChange::Taken(back.id, edited.revision));
    outcome.appointment = Some(back);
    Ok(outcome)
}

fn over() -> Refusal {
    let detail = "This can't be taken back any more. The messages have gone, or something has happened since.";
    Refusal::conflict("undo_over", detail)
}
