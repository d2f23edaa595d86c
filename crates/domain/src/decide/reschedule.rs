//! T4, T5 and T6 with agreement: an appointment takes another time; same id, same UID, SEQUENCE + 1.

use super::book::{agreement, settled, subjects};
use super::{
    Asker, JobToWake, OccupancyChange, Outcome, Record, Situation, Wake, ask_to_move, contact, money, notify, remind,
    slot, undo, who,
};
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
use crate::time::{Instant, Interval, Span};
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
    /// When the client's wish to move arrived, UTC, where somebody else types it in; their yes counts where nothing is
    /// said. It decides late or in time (M14).
    pub received_at: Option<Instant>,
}

pub(super) fn decide(
    situation: &Situation,
    asker: &Asker,
    wish: Reschedule,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = situation.appointment()?;
    check(situation, &before, asker, &wish, now)?;
    let agreed = agreement(asker, wish.agreement, "agreement", now)?;
    let slot = new_slot(situation, asker, &before, wish.start, now)?;
    who::must_give(situation, wish.reason, wish.initiator)?;
    let received = received(&before, asker, &wish, agreed, now)?;
    let late = wish.initiator == Initiator::Client && money::judged(situation, &before, Act::Move, received).is_late();
    let floor = if late { Some(before.policy.effective_cutoff()) } else { before.policy.cutoff_floor };
    let snapshot = money::moved_snapshot(situation, slot.from, &before, floor);
    let payment = money::moved_payment(situation, slot, &before);
    let was = before.interval();
    let moved = before.clone().move_to(slot, snapshot, payment, agreed)?;
    let moved = Appointment { reserved_slot: slot::filled(situation, slot), ..moved };

    let mut outcome = Outcome::default();
    ask_to_move::no_longer_asked(situation, &before, now, &mut outcome);
    retake(situation, &moved, now, &mut outcome);
    notify::moved(situation, was, &moved, wish.initiator, now, &mut outcome);
    outcome.because = money::booking_rules(situation, &situation.policy, &moved);
    let short = notice::short_notice(&situation.policy.parameters, before.start, now);
    outcome.reliability =
        Some(reliability::judge(&situation.policy.parameters, &event(wish.initiator, wish.reason, short)));
    let case = case(situation, &moved, wish.initiator, now, ids);
    if wish.initiator != Initiator::Client {
        let given = Given::Settled;
        let setting = Setting { now, start: before.start, end: before.end, given, money_open: false };
        let trigger = Trigger::TherapistMoves;
        open_duties(situation, asker, wish.initiator, trigger, &setting, &moved, case.id, ids, &mut outcome);
        know_by_agreeing(&moved, now, &mut outcome);
    }
    for of_the_day in [ObligationKind::AttendanceUpdate, ObligationKind::CheckInWithClient, ObligationKind::ConfirmPlan]
    {
        contact::excuse(situation, of_the_day, "it was moved to another time", now, &mut outcome);
    }
    outcome.record = Record {
        word: "appointment_rescheduled",
        subjects: [subjects(&moved), vec![case.id.to_string()]].concat(),
        details: json!({ "before": was, "after": moved.interval(), "initiator": wish.initiator, "reason": wish.reason,
            "agreement": agreed, "received_at": received, "late": late, "cutoff": moved.policy.effective_cutoff() }),
    };
    if now >= before.start {
        money::carried_with(situation, asker, &before, &moved, now, ids, &mut outcome);
    }
    outcome.disruption = Some(settled(case, situation, &outcome, now));
    outcome.appointment = Some(moved);
    undo::hold(situation, asker, &before, now, &mut outcome);
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

pub(super) fn retake(situation: &Situation, moved: &Appointment, now: Instant, outcome: &mut Outcome) {
    let (therapist, client) = (PersonRef::Therapist(moved.therapist), PersonRef::Client(moved.client));
    outcome.occupancy.push(OccupancyChange::ReleaseAppointment(moved.id));
    outcome.occupancy.push(OccupancyChange::Take(therapist, moved.id, moved.interval_with_buffer()));
    outcome.occupancy.push(OccupancyChange::Take(client, moved.id, moved.interval()));
    let first = remind::next_look(&situation.policy.parameters, moved, now);
    outcome.wakes.push(Wake { job: JobToWake::AppointmentEnd(moved.id), at: Some(first) });
    if let Some(at) = moved.payment.due_at {
        outcome.wakes.push(Wake { job: JobToWake::Capture(moved.id), at: Some(at) });
    }
}

/// What a move owes that the client did not ask for: their yes shows that they know, and at short notice it is noted on
/// their file (V-12, T6).
#[allow(clippy::too_many_arguments)]
pub(super) fn open_duties(
    situation: &Situation,
    asker: &Asker,
    by: Initiator,
    trigger: Trigger,
    setting: &Setting,
    about: &Appointment,
    case: DisruptionId,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    for duty in owed(&situation.policy.parameters, &situation.practice.zone, trigger, setting) {
        let duty = if by == Initiator::Practice { Owed { owner: OwnerRole::Admin, ..duty } } else { duty };
        let opened = Obligation::open(duty, about, Some(case), setting.now, ids);
        let typed_by_office = opened.kind == ObligationKind::NotifyPractice && asker.is_staff();
        let evidence = typed_by_office.then(|| format!("entered by {}", asker.signature));
        let settled = evidence.and_then(|evidence| opened.clone().meet(evidence, setting.now).ok());
        contact::put(settled.unwrap_or(opened), outcome);
    }
}

/// Whoever said yes to the new time knows of it.
fn know_by_agreeing(moved: &Appointment, now: Instant, outcome: &mut Outcome) {
    for duty in outcome.obligations.clone() {
        let evidence = format!("agreed to the new time ({})", moved.agreement.how);
        if duty.kind == ObligationKind::InformClient
            && duty.is_owed()
            && let Ok(met) = duty.meet(evidence, now)
        {
            contact::put(met, outcome);
        }
    }
}

/// When the client's word about the move reached us: their own act now, or what somebody typed in.
fn received(
    before: &Appointment,
    asker: &Asker,
    wish: &Reschedule,
    agreed: Agreement,
    now: Instant,
) -> Result<Instant, Refusal> {
    let received = match wish.received_at {
        _ if asker.is_client() => return Ok(now),
        Some(received) => received,
        None => return Ok(agreed.at),
    };
    if received > now + Span::minutes(1) {
        return Err(Refusal::invalid("in_the_future", "received_at", "A message cannot have arrived in the future."));
    }
    if received < before.created_at {
        let detail = "The client's message cannot be older than the booking that it is about.";
        return Err(Refusal::invalid("before_booking", "received_at", detail));
    }
    Ok(received)
}

fn case(situation: &Situation, moved: &Appointment, by: Initiator, now: Instant, ids: &mut Ids) -> Disruption {
    let case = Disruption::open(situation.disruption.clone(), moved, DisruptionKind::Rescheduled, now, ids);
    Disruption { fault: fault(by), outcome: Some("rescheduled".into()), ..case }
}

/// Whose side a move is on.
pub(super) fn fault(by: Initiator) -> Option<String> {
    match by {
        Initiator::Client => None,
        Initiator::Therapist => Some("therapist".to_owned()),
        Initiator::Practice => Some("practice_admin".to_owned()),
    }
}

pub(super) fn event(initiator: Initiator, reason: Option<Reason>, short_notice: bool) -> Event {
    Event { kind: EventKind::Moved, initiator, fault: None, reason, short_notice, mistaken: false }
}
