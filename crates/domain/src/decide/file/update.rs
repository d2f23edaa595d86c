//! T17 to T19: the attendance update, "just a minute or two" after each appointment (H-01, H-02, H-07 to H-13, E-07).

use super::{banner, money, reserve};
use crate::appointment::{Appointment, State};
use crate::attendance::{Attendance, Attended, TechnicalSide, Update, WeeklySpace};
use crate::decide::book::{self, settled, subjects};
use crate::decide::live::{self, Live, Missed};
use crate::decide::money::Price;
use crate::decide::next_step::BookNow;
use crate::decide::{Asker, JobToWake, OccupancyChange, Outcome, Record, Situation, Wake, contact, notify, slot};
use crate::disruption::{Disruption, DisruptionKind};
use crate::id::{DisruptionId, Ids};
use crate::message::{Facts, LinkTo, MessageKind};
use crate::obligation::{Obligation, ObligationKind, ObligationState};
use crate::person::{PersonRef, Role};
use crate::policy::NoFollowUp;
use crate::policy::obligations::{Given, Setting, Trigger, owed};
use crate::practice::RelationshipState;
use crate::reason::Fault;
use crate::refusal::Refusal;
use crate::reserved::ReservedState;
use crate::time::{Instant, Interval, Span};
use serde_json::json;

/// The therapist's answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateAttendance {
    /// What came of it.
    pub attended: Attended,
    /// When the therapist was ready, UTC; at the start where nothing is said.
    pub therapist_ready_at: Option<Instant>,
    /// When the client arrived, UTC.
    pub client_arrived_at: Option<Instant>,
    /// When it really began, UTC.
    pub started_at: Option<Instant>,
    /// When it really ended, UTC.
    pub ended_at: Option<Instant>,
    /// Whether the client goes on; `Some(false)` is also for unsure (H-07).
    pub continues: Option<bool>,
    /// At which weekly time.
    pub weekly_space: Option<WeeklySpace>,
    /// Whether to keep the weekly time for them.
    pub reserve_slot: bool,
    /// Whether the money goes back (E-07).
    pub refund: bool,
    /// A next time that the client has said yes to (H-09).
    pub next: Option<BookNow>,
}

pub(super) fn decide(
    situation: &Situation,
    asker: &Asker,
    wish: UpdateAttendance,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = situation.appointment()?;
    let on_behalf_of = on_behalf_of(situation, asker, &before)?;
    let attendance = attendance(&before, asker, &wish, on_behalf_of, now)?;
    if now < before.end {
        before.clone().conclude(state_of(wish.attended), attendance.clone(), now)?;
    }
    if wish.attended.is_our_side() && !wish.refund {
        return on_our_side(situation, asker, &wish, attendance, on_behalf_of, now, ids);
    }
    let ended = before.clone().conclude(state_of(wish.attended), attendance, now)?;

    let mut outcome = Outcome { on_behalf_of, ..Outcome::default() };
    outcome.wakes.push(Wake { job: JobToWake::AppointmentEnd(ended.id), at: None });
    outcome.occupancy.extend(free_after(&before, &ended));
    let (ended, price) = money::on_update(situation, asker, ended, wish.attended, wish.refund, now, ids, &mut outcome)?;
    let case = case(situation, &ended, wish.attended, now, ids, &mut outcome);
    settle_duties(situation, wish.attended, now, &mut outcome);
    book_next(situation, asker, &wish, now, ids, &mut outcome)?;
    next_to_book(situation, &ended, &wish, now, ids, &mut outcome);
    weekly_time(situation, &ended, &wish, now, ids, &mut outcome)?;
    if wish.attended.is_seen() {
        notify::receipt(situation, &ended, now, &mut outcome);
        tell_how_to_return(situation, &ended, &wish, now, &mut outcome);
    } else if let Some(case) = &case {
        tell_of_absence(situation, &ended, case, &wish, &price, now, ids, &mut outcome);
    }
    outcome.record = Record {
        word: "attendance_updated",
        subjects: subjects(&ended),
        details: json!({ "before": before.state.word(), "after": ended.state.word(), "attendance": ended.attendance,
            "nhs_code": ended.attendance_code(), "payment": ended.payment.state,
            "next": outcome.booked.as_ref().map(|a| a.id) }),
    };
    outcome.disruption = case.map(|case| settled(case, situation, &outcome, now));
    outcome.appointment = Some(ended);
    Ok(outcome)
}

/// What was missed or failed on our side goes the way of the day itself: times for the client at once, their money theirs
/// to choose about, apology and duties (T12, T21). The update's own answers are kept with it.
fn on_our_side(
    situation: &Situation,
    asker: &Asker,
    wish: &UpdateAttendance,
    attendance: Attendance,
    on_behalf_of: Option<PersonRef>,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let act = match wish.attended {
        Attended::TherapistMissed => Live::Missed(Missed { reported_by: Role::Therapist, fault: Fault::Therapist }),
        _ => Live::TechnicalFailure(attendance.technical_side.unwrap_or(TechnicalSide::Platform)),
    };
    let mut outcome = live::decide(situation, asker, act, now, ids)?;
    contact::meet(situation, ObligationKind::AttendanceUpdate, "the update is made", now, &mut outcome);
    if let Some(ended) = outcome.appointment.take() {
        let technical_side = ended.attendance.technical_side;
        outcome.appointment = Some(Appointment { attendance: Attendance { technical_side, ..attendance }, ..ended });
    }
    outcome.on_behalf_of = on_behalf_of;
    Ok(outcome)
}

const fn state_of(attended: Attended) -> State {
    match attended {
        Attended::Yes | Attended::Late => State::Attended,
        Attended::No => State::ClientNoShow,
        Attended::LateNotSeen => State::LateNotSeen,
        Attended::TherapistMissed => State::TherapistNoShow,
        Attended::Technical => State::TechnicalFailure,
    }
}

/// The therapist whose word it is, where the office types it (V-17). Where the practice has the therapist alone make it,
/// the office may once it was handed up to them.
fn on_behalf_of(situation: &Situation, asker: &Asker, before: &Appointment) -> Result<Option<PersonRef>, Refusal> {
    if !asker.is_staff() {
        return Ok(None);
    }
    let handed_up = |o: &Obligation| {
        o.kind == ObligationKind::AttendanceUpdate && matches!(o.state, ObligationState::Escalated { .. })
    };
    let allowed = situation.policy.parameters.support.may_document_on_behalf;
    if !allowed && !situation.obligations.iter().any(handed_up) {
        let detail = "The therapist makes this update. The practice can once it is overdue, or correct the record.";
        return Err(Refusal::forbidden("therapist_only", detail));
    }
    Ok(Some(PersonRef::Therapist(before.therapist)))
}

/// What is known of the day, with what the update says. An appointment that took place ran as planned unless somebody
/// says otherwise.
fn attendance(
    before: &Appointment,
    asker: &Asker,
    wish: &UpdateAttendance,
    on_behalf_of: Option<PersonRef>,
    now: Instant,
) -> Result<Attendance, Refusal> {
    let known = &before.attendance;
    check_times(before, wish, now)?;
    let client_arrived_at = wish.client_arrived_at.or(known.client_arrived_at);
    let therapist_ready_at = wish.therapist_ready_at.or(known.therapist_ready_at);
    let began = [Some(before.start), client_arrived_at, therapist_ready_at].into_iter().flatten().max();
    let ends = known.connected.and_then(|connected| connected.ends_at).unwrap_or(before.end);
    let seen = wish.attended.is_seen();
    let started_at = wish.started_at.or(known.started_at).or(began.filter(|_| seen));
    let ended_at = wish.ended_at.or(known.ended_at).or(Some(ends.max(started_at.unwrap_or(ends))).filter(|_| seen));
    if let (Some(from), Some(to)) = (started_at, ended_at)
        && to < from
    {
        return Err(Refusal::invalid("ends_before_start", "ended_at", "It cannot have ended before it began."));
    }
    let update = Update {
        at: now,
        by: asker.signature.clone(),
        on_behalf_of,
        attended: wish.attended,
        continues: wish.continues,
        weekly_space: wish.weekly_space,
        refund: wish.refund,
    };
    Ok(Attendance {
        client_arrived_at,
        therapist_ready_at,
        started_at,
        ended_at,
        update: Some(update),
        ..known.clone()
    })
}

fn check_times(before: &Appointment, wish: &UpdateAttendance, now: Instant) -> Result<(), Refusal> {
    let around = Interval::new(before.start - Span::hours(12), before.end + Span::hours(12));
    let named = [
        ("therapist_ready_at", wish.therapist_ready_at),
        ("client_arrived_at", wish.client_arrived_at),
        ("started_at", wish.started_at),
        ("ended_at", wish.ended_at),
    ];
    for (field, at) in named.into_iter().filter_map(|(field, at)| at.map(|at| (field, at))) {
        if at > now {
            return Err(Refusal::invalid("in_the_future", field, "That time is still to come. Give the real one."));
        }
        if at < around.from || at > around.to {
            let detail = "That is not on the day of this appointment. Check the date.";
            return Err(Refusal::invalid("not_that_day", field, detail));
        }
    }
    Ok(())
}

/// An update before the clock has noticed the end frees what is left of the buffer no sooner than the end itself; time
/// that did not take place is nobody's any more.
fn free_after(before: &Appointment, ended: &Appointment) -> Option<OccupancyChange> {
    (before.state.is_live() && !ended.state.is_live()).then_some(OccupancyChange::ReleaseAppointment(ended.id))
}

/// The case that the update opens, where it was not the client's doing, or the one that is open already.
fn case(
    situation: &Situation,
    ended: &Appointment,
    attended: Attended,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Option<Disruption> {
    let (kind, trigger) = match attended {
        Attended::TherapistMissed => (DisruptionKind::TherapistMissed, Trigger::TherapistMissed),
        Attended::Technical => (DisruptionKind::TechnicalFailure, Trigger::TechnicalFailure),
        Attended::No | Attended::LateNotSeen => {
            return Some(Disruption::open(situation.disruption.clone(), ended, DisruptionKind::ClientNoShow, now, ids));
        }
        Attended::Yes | Attended::Late => return situation.disruption.clone(),
    };
    let case = Disruption::open(situation.disruption.clone(), ended, kind, now, ids);
    open_duties(situation, ended, case.id, trigger, now, ids, outcome);
    Some(case)
}

/// Who hears of an appointment that did not take place, and what is owed for it: as if it had been said on the day.
#[allow(clippy::too_many_arguments)]
fn tell_of_absence(
    situation: &Situation,
    ended: &Appointment,
    case: &Disruption,
    wish: &UpdateAttendance,
    price: &Price,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    match wish.attended {
        // Here the money goes back at once, so the client has nothing to choose; all else is as in `on_our_side`.
        Attended::TherapistMissed => notify::missed(situation, ended, price, now, outcome),
        Attended::Technical => notify::technical(situation, ended, price, now, outcome),
        _ => {
            let wants_a_time = wish.continues != Some(false) && !has_next(situation, outcome);
            live::follow_up(situation, ended, case, price, wants_a_time, now, ids, outcome);
        }
    }
}

/// Whether the two have a time in the diary, or have just booked one.
fn has_next(situation: &Situation, outcome: &Outcome) -> bool {
    outcome.booked.is_some() || !situation.file.upcoming.is_empty()
}

/// They met and go on, but nothing is in the diary: the therapist sees to it that something is (`domain` 2.4, BOOK_NEXT).
fn next_to_book(
    situation: &Situation,
    ended: &Appointment,
    wish: &UpdateAttendance,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    let goes_on = wish.continues == Some(true) && situation.relationship.state != RelationshipState::Ended;
    if !wish.attended.is_seen() || !goes_on || has_next(situation, outcome) {
        return;
    }
    let setting = Setting { now, start: ended.start, end: ended.end, given: Given::Nothing, money_open: false };
    let (parameters, zone) = (&situation.policy.parameters, &situation.practice.zone);
    for duty in owed(parameters, zone, Trigger::AgreedToRebook, &setting) {
        contact::put(Obligation::open(duty, ended, None, now, ids), outcome);
    }
}

fn open_duties(
    situation: &Situation,
    ended: &Appointment,
    case: DisruptionId,
    trigger: Trigger,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    let setting = Setting { now, start: ended.start, end: ended.end, given: Given::Nothing, money_open: false };
    for duty in owed(&situation.policy.parameters, &situation.practice.zone, trigger, &setting) {
        contact::put(Obligation::open(duty, ended, Some(case), now, ids), outcome);
    }
}

fn settle_duties(situation: &Situation, attended: Attended, now: Instant, outcome: &mut Outcome) {
    contact::meet(situation, ObligationKind::AttendanceUpdate, "the update is made", now, outcome);
    contact::meet(situation, ObligationKind::MarkAttendance, "marked by the update", now, outcome);
    if attended.is_seen() {
        for kind in [ObligationKind::CheckInWithClient, ObligationKind::InformClient] {
            contact::excuse(situation, kind, "they met", now, outcome);
        }
    }
}

/// Books the next time in the same step, only with the client's explicit yes (H-09).
fn book_next(
    situation: &Situation,
    asker: &Asker,
    wish: &UpdateAttendance,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<(), Refusal> {
    let Some(next) = wish.next else { return Ok(()) };
    if wish.continues == Some(false) {
        let detail = "The client does not want to rebook, so no time can be agreed. Leave the next time out.";
        return Err(Refusal::invalid("next_not_wanted", "next", detail));
    }
    let kind = situation.appointment()?.kind;
    let agreed = book::agreement(asker, Some(next.agreement), "next.agreement", now)?;
    // From now on they have attended, where they did.
    let new_client = situation.new_client && !wish.attended.is_seen();
    let situation = Situation { new_client, ..situation.clone() };
    let time = slot::check(&situation, asker, kind, next.start, &situation.therapist_busy, "next.start", now)?;
    let booked = book::make(&situation, kind, time, agreed, now, ids)?;
    book::take(&situation, &situation.client_busy, &booked, outcome)?;
    notify::confirm(&situation, &booked, now, outcome);
    contact::next_is_booked(&situation, asker, now, outcome);
    outcome.booked = Some(booked);
    Ok(())
}

/// What becomes of the weekly time (H-02, H-03, H-11): kept where it is wanted, made where it is asked for, removed as
/// the practice says where no follow-up is booked. After a fault of ours nothing is taken away.
fn weekly_time(
    situation: &Situation,
    ended: &Appointment,
    wish: &UpdateAttendance,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<(), Refusal> {
    let other_time = wish.weekly_space == Some(WeeklySpace::Different);
    let wanted = wish.reserve_slot && wish.continues != Some(false);
    if !wish.attended.is_our_side() && goes(situation, wish, outcome) {
        for slot in reserve::own(situation) {
            let why = if other_time { "" } else { " because no next session was booked" };
            if situation.policy.parameters.reserved_slot.on_no_followup == NoFollowUp::RemoveWithBanner || other_time {
                outcome.reserved_banner = Some(banner::removed(situation, &slot, why));
            }
            outcome.reserved.push(slot.in_state(ReservedState::Removed));
        }
    }
    if wanted {
        let time = match (other_time, &outcome.booked) {
            (true, Some(booked)) => booked.interval(),
            (true, None) => {
                let detail = "Book the next time first, or reserve the new time under reserved slots.";
                return Err(Refusal::invalid("reserve_needs_a_time", "reserve_slot", detail));
            }
            (false, _) => ended.interval(),
        };
        reserve::from_time(situation, time, now, ids, outcome)?;
    }
    Ok(())
}

/// Whether the weekly time goes with this answer.
fn goes(situation: &Situation, wish: &UpdateAttendance, outcome: &Outcome) -> bool {
    if situation.policy.parameters.reserved_slot.on_no_followup == NoFollowUp::Keep {
        return wish.weekly_space == Some(WeeklySpace::Different) && wish.continues == Some(true) && wish.reserve_slot;
    }
    let follow_up = has_next(situation, outcome);
    match (wish.continues, wish.weekly_space) {
        (Some(false), _) => true,
        (_, Some(WeeklySpace::Same)) => false,
        (_, Some(WeeklySpace::Different)) => true,
        (Some(true), None) => !follow_up && !wish.reserve_slot,
        (None, None) => false,
    }
}

/// "No, I don't want to rebook" is not the end (H-08): the client gets the link with which they can.
fn tell_how_to_return(
    situation: &Situation,
    ended: &Appointment,
    wish: &UpdateAttendance,
    now: Instant,
    outcome: &mut Outcome,
) {
    if wish.continues != Some(false) {
        return;
    }
    let (to, link) = (situation.client.id, Some(LinkTo::Booking(ended.relationship)));
    let facts = Facts::about(ended.interval());
    outcome.notices.push(notify::notice(to, MessageKind::BookingLink, ended, facts, link, None, now));
}
