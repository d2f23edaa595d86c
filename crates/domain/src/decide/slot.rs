//! Whether a start may be taken, with the answer a person can use: not a working time, or just gone.

use super::{Asker, Situation};
use crate::appointment::MeetingKind;
use crate::id::ReservedSlotId;
use crate::refusal::Refusal;
use crate::schedule::KindSetup;
use crate::slots::{self, Search};
use crate::time::{Instant, Interval, Span};

/// The time that begins at `start`, if it is one of the therapist's and nothing in `busy` takes it.
pub(super) fn check(
    situation: &Situation,
    asker: &Asker,
    kind: MeetingKind,
    start: Instant,
    busy: &[Interval],
    field: &'static str,
    now: Instant,
) -> Result<Interval, Refusal> {
    let setup = setup(situation, kind)?;
    if start <= now {
        return Err(Refusal::invalid("in_the_past", field, "Choose a time that is still to come."));
    }
    let (parameters, end) = (&situation.policy_today.parameters, start + Span::micros(1));
    let search = match asker.is_client() {
        true => Search::for_clients(parameters, start, end, now),
        false => Search::for_staff(parameters, start, end, now),
    };
    let schedule = &situation.therapist.schedule;
    if !slots::is_free(schedule, kind, &[], start, search) {
        let detail = "That is not a time that this therapist works. Choose one of the free times.";
        return Err(Refusal::invalid("outside_availability", field, detail));
    }
    let slot = Interval::new(start, start + Span::minutes(setup.minutes.into()));
    let wanted = Interval::new(slot.from, slot.to + buffer(&setup));
    let kept = situation.therapist.kept_for_others(slot, Some(situation.relationship.id));
    if busy.iter().chain(&kept).any(|taken| taken.meets(wanted)) {
        let detail = "That time has just gone. See the times that are free now.";
        return Err(Refusal { field: Some(field), ..Refusal::conflict("slot_taken", detail) });
    }
    Ok(slot)
}

/// The client's own weekly time that this one fills, if it does (H-03).
pub(super) fn filled(situation: &Situation, slot: Interval) -> Option<ReservedSlotId> {
    let zone = &situation.therapist.schedule.zone;
    let mut own = situation.therapist.reserved.iter().filter(|kept| kept.relationship == situation.relationship.id);
    own.find(|kept| kept.day_of_start(zone, slot.from).is_some()).map(|kept| kept.id)
}

/// How the therapist gives this kind of appointment.
pub(super) fn setup(situation: &Situation, kind: MeetingKind) -> Result<KindSetup, Refusal> {
    situation.therapist.schedule.kinds.get(&kind).copied().ok_or_else(|| {
        let given: Vec<&str> = situation.therapist.schedule.kinds.keys().map(|kind| kind.as_str()).collect();
        let detail =
            format!("This therapist does not give that kind of appointment. Choose one of: {}.", given.join(", "));
        Refusal::invalid("kind_not_offered", "kind", detail)
    })
}

/// Time that the therapist keeps free after it.
pub(super) fn buffer(setup: &KindSetup) -> Span {
    Span::minutes(setup.buffer_after_minutes.into())
}

/// The therapist's diary without what one appointment takes of it.
pub(super) fn without(busy: &[Interval], own: Interval) -> Vec<Interval> {
    busy.iter().copied().filter(|taken| *taken != own).collect()
}
