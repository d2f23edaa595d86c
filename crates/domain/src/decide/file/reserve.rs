//! Reserved weekly times: made, given up, added back, paused, one week let go (H-03, H-11 to H-13).

use super::{about_both, banner};
use crate::decide::{Asker, Outcome, Record, Situation};
use crate::id::{Ids, ReservedSlotId};
use crate::practice::RelationshipState;
use crate::refusal::Refusal;
use crate::reserved::{Pattern, ReservedSlot, ReservedState};
use crate::schedule::TimeOfDay;
use crate::time::{Instant, Interval, Weekday};
use jiff::civil::Date;
use serde_json::json;

/// A wish about a reserved time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Keep a weekly time from now on.
    Add(Pattern),
    /// Give it up.
    Remove(ReservedSlotId),
    /// Add it back (H-13).
    Restore(ReservedSlotId),
    /// Let others have it for now.
    Pause(ReservedSlotId),
    /// Keep it again.
    Resume(ReservedSlotId),
    /// Let one of its days go; the others stay.
    Release(ReservedSlotId, Date),
}

pub(super) fn decide(
    situation: &Situation,
    asker: &Asker,
    wish: Keep,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    if asker.is_client() {
        return Err(Refusal::not_found("reserved slot"));
    }
    let mut outcome = Outcome::default();
    let (word, slot) = match wish {
        Keep::Add(pattern) => ("slot_reserved", add(situation, pattern, now, ids)?),
        Keep::Remove(id) => {
            let slot = found(situation, id)?.in_state(ReservedState::Removed);
            outcome.reserved_banner = Some(banner::removed(situation, &slot, ""));
            ("slot_removed", slot)
        }
        Keep::Restore(id) => ("slot_restored", back(situation, id, now)?),
        Keep::Resume(id) => ("slot_resumed", back(situation, id, now)?),
        Keep::Pause(id) => ("slot_paused", found(situation, id)?.in_state(ReservedState::Paused)),
        Keep::Release(id, day) => ("slot_week_released", found(situation, id)?.release(day)?),
    };
    if situation.file.reserved.contains(&slot) {
        return Err(Refusal::conflict("same_state", "That is so already."));
    }
    outcome.record = Record {
        word,
        subjects: [vec![slot.id.to_string()], about_both(situation)].concat(),
        details: json!({ "slot": slot, "called": banner::name_of(&slot) }),
    };
    outcome.reserved.push(slot);
    Ok(outcome)
}

/// What is kept for these two now, paused included.
pub(super) fn own(situation: &Situation) -> Vec<ReservedSlot> {
    let all = situation.therapist.reserved.iter();
    all.filter(|slot| slot.relationship == situation.relationship.id).cloned().collect()
}

/// Keeps the weekly time that this one lies at, unless it is kept for them already.
pub(super) fn from_time(
    situation: &Situation,
    time: Interval,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<(), Refusal> {
    let zone = &situation.therapist.schedule.zone;
    let begins = time.from.in_zone(zone);
    let minutes = u16::try_from(i32::from(begins.hour()) * 60 + i32::from(begins.minute())).unwrap_or_default();
    let pattern = Pattern {
        weekday: Weekday::from(begins.date().weekday()),
        local_time: TimeOfDay::from_minutes(minutes).unwrap_or(TimeOfDay::MIDNIGHT),
        minutes: u16::try_from((time.to - time.from).as_minutes()).unwrap_or(u16::MAX),
        every_weeks: 1,
        from: None,
    };
    let same = |slot: &ReservedSlot| slot.weekday == pattern.weekday && slot.local_time == pattern.local_time;
    if own(situation).iter().any(|slot| same(slot) && slot.is_kept()) {
        return Ok(());
    }
    outcome.reserved.push(add(situation, pattern, now, ids)?);
    Ok(())
}

fn add(situation: &Situation, pattern: Pattern, now: Instant, ids: &mut Ids) -> Result<ReservedSlot, Refusal> {
    let rules = &situation.policy_today.parameters.reserved_slot;
    if !rules.enabled {
        let detail = "This practice keeps no weekly times. Book the next appointments instead.";
        return Err(Refusal::invalid("reserved_slots_off", "relationship", detail));
    }
    check_worked_in(situation)?;
    pattern.check()?;
    let zone = &situation.therapist.schedule.zone;
    let slot = ReservedSlot {
        id: ids.mint(),
        practice: situation.practice.id,
        relationship: situation.relationship.id,
        weekday: pattern.weekday,
        local_time: pattern.local_time,
        minutes: pattern.minutes,
        every_weeks: pattern.every_weeks,
        first: pattern.first_day(zone, now),
        released: Default::default(),
        state: ReservedState::Active,
    };
    slot.check_gap(zone, rules.gap_rule, now)?;
    check_free(situation, &slot, now)?;
    Ok(slot)
}

fn back(situation: &Situation, id: ReservedSlotId, now: Instant) -> Result<ReservedSlot, Refusal> {
    check_worked_in(situation)?;
    let slot = found(situation, id)?.in_state(ReservedState::Active);
    check_free(situation, &slot, now)?;
    Ok(slot)
}

fn found(situation: &Situation, id: ReservedSlotId) -> Result<ReservedSlot, Refusal> {
    let slot = situation.file.reserved.iter().find(|slot| slot.id == id).cloned();
    slot.ok_or_else(|| Refusal::not_found("reserved slot"))
}

fn check_worked_in(situation: &Situation) -> Result<(), Refusal> {
    if situation.relationship.state != RelationshipState::Ended {
        return Ok(());
    }
    Err(Refusal::conflict(
        "relationship_not_active",
        "These two no longer work together. Reopen the relationship first.",
    ))
}

/// Nobody else's weekly time, and its next time not yet somebody else's booking. Later bookings of others stay as they are.
fn check_free(situation: &Situation, slot: &ReservedSlot, now: Instant) -> Result<(), Refusal> {
    let zone = &situation.therapist.schedule.zone;
    let others = situation.therapist.reserved.iter().filter(|other| other.id != slot.id && other.is_kept());
    let kept = others.into_iter().any(|other| slot.meets(other, zone, now));
    let next = slot.next_times(zone, now, 1).into_iter().map(|(_, time)| time);
    let booked = next.into_iter().any(|time| {
        let own = |taken: &Interval| situation.file.upcoming.iter().any(|a| a.interval_with_buffer() == *taken);
        situation.therapist_busy.iter().any(|taken| taken.meets(time) && !own(taken))
    });
    if !kept && !booked {
        return Ok(());
    }
    let why = if kept { "kept for another client" } else { "taken by another booking next time" };
    let detail = format!("That time is {why}. Choose another.");
    Err(Refusal { field: Some("local_time"), ..Refusal::conflict("slot_taken", detail) })
}
