//! T4, T5 and T6 with agreement: an appointment takes another time; same id, same UID, SEQUENCE + 1.

use super::book::{agreement, settled, subjects};
use super::{Asker, JobToWake, OccupancyChange, Outcome, Record, Situation, Wake, contact, money, notify, slot, who};
use crate::appointment::{Agreement, Appointment, Initiator, State};
use crate::disruption::{Disruption, DisruptionKind};
use crate::id::{DisruptionId, Ids};
use crate::obligation::{Obligation, ObligationKind};
use crate::person::{PersonRef, Role};
use crate::policy::OwnerRole;
use crate::policy::notice::{self, Act};
use crate::policy::obligations::{Given, Owed, Setting, Trigger, owed};
use crate::policy::reliability::{self, Event, EventKind};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::time::{Instant, Interval};
use serde_json::json;

/// A wish to move an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reschedule {
    /// The new start, UTC.
    pub start: Instant,
    /// Who called for it.
    pub initiator: Initiator,
    /// How and when the client agreed to the new time (H-09).
    pub agreement: Option<Agreement>,
    /// Why.
    pub reason: Option<Reason>,
}

pub(super) fn decide(
    situation: Situation,
    asker: &Asker,
    wish: Reschedule,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = situation.appointment()?;
    check(&situation, &before, asker, &wish, now)?;
    let agreed = agreement(asker, wish.agreement, "agreement", now)?;
    let slot = new_slot(&situation, asker, &before, wish.start, now)?;
    let late =
        wish.initiator == Initiator::Client && money::judged(&situation, &before, Act::Move, agreed.at).is_late();
    let floor = if late { Some(before.policy.effective_cutoff()) } else { before.policy.cutoff_floor };
    let snapshot = money::moved_snapshot(&situation, slot.from, &before, floor);
    let payment = money::moved_payment(&situation, slot, &before);
    let was = before.interval();
    let moved = before.clone().move_to(slot, snapshot, payment, agreed)?;
    let moved = Appointment { reserved_slot: slot::filled(&situation, slot), ..moved };

    let mut outcome = Outcome::default();
    retake(&moved, &mut outcome);
    notify::moved(&situation, was, &moved, wish.initiator, now, &mut outcome);
    outcome.because = money::booking_rules(&situation, &situation.policy, &moved);
    let short = notice::short_notice(&situation.policy.parameters, before.start, now);
    outcome.reliability = Some(reliability::judge(&situation.policy.parameters, &event(&wish, short)));
    let case = case(&situation, &moved, wish.initiator, now, ids);
    if wish.initiator != Initiator::Client {
        open_obligations(&situation, asker, &wish, &before, &moved, case.id, now, ids, &mut outcome);
    }
    contact::excuse(&situation, ObligationKind::AttendanceUpdate, "it was moved to another time", now, &mut outcome);
    outcome.record = Record {
        word: "appointment_rescheduled",
        subjects: [subjects(&moved), vec![case.id.to_string()]].concat(),
        details: json!({ "before": was, "after": moved.interval(), "initiator": wish.initiator, "reason": wish.reason,
            "agreement": agreed, "late": late, "cutoff": moved.policy.effective_cutoff() }),
    };
    outcome.disruption = Some(settled(case, &situation, &outcome, now));
    outcome.appointment = Some(moved);
    Ok(outcome)
}

fn check(
    situation: &Situation,
    before: &Appointment,
    asker: &Asker,
    wish: &Reschedule,
    now: Instant,
) -> Result<(), Refusal> {
    who::may_call_for(before, asker, wish.initiator)?;
    if matches!(before.state, State::Cancelled(_)) {
        return Err(Refusal::conflict("already_cancelled", "This appointment is already cancelled. Book a new time."));
    }
    if let Some(reason) = wish.reason {
        who::may_give(situation, reason, wish.initiator)?;
    }
    if now >= before.start && !asker.role.is_some_and(Role::is_team) {
        let detail = "This appointment has begun. Ask the practice to change it.";
        return Err(Refusal::forbidden("team_only_after_start", detail));
    }
    if asker.is_client() {
        money::may_act_alone(situation, before, Act::Move, now)?;
    }
    Ok(())
}

fn new_slot(
    situation: &Situation,
    asker: &Asker,
    before: &Appointment,
    start: Instant,
    now: Instant,
) -> Result<Interval, Refusal> {
    if start == before.start {
        return Err(Refusal::invalid("same_time", "start", "It is already at that time. Choose another."));
    }
    let busy = slot::without(&situation.therapist_busy, before.interval_with_buffer());
    let slot = slot::check(situation, asker, before.kind, start, &busy, "start", now)?;
    let mine = before.interval();
    if situation.client_busy.iter().any(|busy| *busy != mine && busy.meets(slot)) {
        let name = situation.client.first_name();
        return Err(Refusal::conflict("slot_taken", format!("{name} already has an appointment at that time.")));
    }
    Ok(slot)
}

fn retake(moved: &Appointment, outcome: &mut Outcome) {
    let (therapist, client) = (PersonRef::Therapist(moved.therapist), PersonRef::Client(moved.client));
    outcome.occupancy.push(OccupancyChange::ReleaseAppointment(moved.id));
    outcome.occupancy.push(OccupancyChange::Take(therapist, moved.id, moved.interval_with_buffer()));
    outcome.occupancy.push(OccupancyChange::Take(client, moved.id, moved.interval()));
    outcome.wakes.push(Wake { job: JobToWake::AppointmentEnd(moved.id), at: Some(moved.end) });
    if let Some(at) = moved.payment.due_at {
        outcome.wakes.push(Wake { job: JobToWake::Capture(moved.id), at: Some(at) });
    }
}

/// What a move owes that the client did not ask for: their yes shows that they know, and at short notice it is noted on
/// their file (V-12, T6).
#[allow(clippy::too_many_arguments)]
fn open_obligations(
    situation: &Situation,
    asker: &Asker,
    wish: &Reschedule,
    before: &Appointment,
    moved: &Appointment,
    case: DisruptionId,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    let by_practice = wish.initiator == Initiator::Practice;
    let setting = Setting { now, start: before.start, end: before.end, given: Given::Settled, money_open: false };
    for duty in owed(&situation.policy.parameters, &situation.practice.zone, Trigger::TherapistMoves, &setting) {
        let duty = if by_practice { Owed { owner: OwnerRole::Admin, ..duty } } else { duty };
        let opened = Obligation::open(duty, moved, Some(case), now, ids);
        let evidence = match opened.kind {
            ObligationKind::InformClient => Some(format!("agreed to the new time ({})", moved.agreement.how)),
            ObligationKind::NotifyPractice if asker.is_staff() => Some(format!("entered by {}", asker.signature)),
            _ => None,
        };
        let settled = evidence.and_then(|evidence| opened.clone().meet(evidence, now).ok());
        contact::put(settled.unwrap_or(opened), outcome);
    }
}

fn case(situation: &Situation, moved: &Appointment, by: Initiator, now: Instant, ids: &mut Ids) -> Disruption {
    let case = Disruption::open(situation.disruption.clone(), moved, DisruptionKind::Rescheduled, now, ids);
    let fault = match by {
        Initiator::Client => None,
        Initiator::Therapist => Some("therapist".to_owned()),
        Initiator::Practice => Some("practice_admin".to_owned()),
    };
    Disruption { fault, outcome: Some("rescheduled".into()), ..case }
}

fn event(wish: &Reschedule, short_notice: bool) -> Event {
    let (initiator, reason) = (wish.initiator, wish.reason);
    Event { kind: EventKind::Moved, initiator, fault: None, reason, short_notice, mistaken: false }
}
