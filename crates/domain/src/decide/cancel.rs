//! T7 to T10: an appointment is called off, by whoever, and everything that follows from it.

use super::book::{settled, subjects};
use super::{
    Asker, JobToWake, NextStep, OccupancyChange, Outcome, Record, Situation, Wake, ask_to_move, contact, money,
    next_step, notify, request, undo, who,
};
use crate::appointment::{Appointment, Cancellation, Initiator, State};
use crate::disruption::{Disruption, DisruptionKind};
use crate::id::{DisruptionId, Ids};
use crate::obligation::{Obligation, ObligationKind};
use crate::policy;
use crate::policy::notice::Act;
use crate::policy::obligations::{Given, Setting, Trigger, owed};
use crate::policy::reliability::{self, Event, EventKind};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::time::{Instant, Span};
use serde_json::json;

/// Letters that a note may have.
const NOTE_MAX: usize = 500;

/// A wish to call an appointment off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// Who called for it; not who types it in.
    pub initiator: Initiator,
    /// Why, from the practice's list.
    pub reason: Option<Reason>,
    /// A short note for the file.
    pub note: Option<String>,
    /// When the client's word arrived, UTC; now where nothing is said.
    pub received_at: Option<Instant>,
    /// What the client is given to go on with.
    pub next_step: NextStep,
    /// Whether the message may name the reason.
    pub share_reason: bool,
    /// Words of the therapist's own for the message.
    pub words: Option<String>,
}

pub(super) fn decide(
    situation: &Situation,
    asker: &Asker,
    wish: Cancel,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let before = situation.appointment()?;
    check_time(&before, asker, &wish, now)?;
    who::may_call_for(&before, asker, wish.initiator)?;
    check_request(&before, wish.initiator)?;
    check_reason(situation, &wish)?;
    let how = cancellation(situation, &before, asker, &wish, now)?;
    next_step::check(situation, asker, &wish.next_step, how.initiator != Initiator::Client)?;
    if how.was_a_request {
        return request::taken_back(situation, before, how, now);
    }
    let off = CallOff { how, next_step: wish.next_step, share_reason: wish.share_reason, words: wish.words };
    let mut outcome = call_off(situation, asker, &before, off, now, ids)?;
    undo::hold(situation, asker, &before, now, &mut outcome);
    Ok(outcome)
}

/// A cancellation that was found to be in order.
pub(super) struct CallOff {
    pub how: Cancellation,
    pub next_step: NextStep,
    pub share_reason: bool,
    pub words: Option<String>,
}

/// Calls it off, whoever decided so: everything that follows.
pub(super) fn call_off(
    situation: &Situation,
    asker: &Asker,
    before: &Appointment,
    off: CallOff,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    let CallOff { how, next_step: step, share_reason, words } = off;
    let ended = before.clone().cancel(how.clone())?;
    let mut outcome = Outcome::default();
    outcome.occupancy.push(OccupancyChange::ReleaseAppointment(ended.id));
    outcome.wakes.push(Wake { job: JobToWake::AppointmentEnd(ended.id), at: None });
    ask_to_move::no_longer_asked(situation, before, now, &mut outcome);
    let case = open_case(situation, &ended, &how, now, ids);
    let (settles_at_once, refund_asked) = (step.settles_at_once(), step.refund);
    next_step::carry_out(situation, asker, step, &ended, case.id, now, ids, &mut outcome)?;
    let (ended, price) = money::on_cancel(situation, asker, ended, &how, refund_asked, now, ids, &mut outcome);
    open_obligations(situation, asker, &ended, &how, case.id, settles_at_once, price.open, now, ids, &mut outcome);
    for of_the_day in [ObligationKind::AttendanceUpdate, ObligationKind::CheckInWithClient, ObligationKind::ConfirmPlan]
    {
        contact::excuse(situation, of_the_day, "it was called off", now, &mut outcome);
    }
    let told = notify::Told {
        fee: price.fee,
        paid: price.paid,
        shared_reason: how.reason.filter(|_| share_reason).map(|reason| in_words(situation, reason)),
        words,
        send_link: sends_link(situation, &how),
    };
    notify::cancelled(situation, &ended, &how, told, now, &mut outcome);
    outcome.reliability = Some(reliability::judge(&situation.policy.parameters, &event(&how)));
    outcome.record = Record {
        word: "appointment_cancelled",
        subjects: [subjects(&ended), vec![case.id.to_string()]].concat(),
        details: json!({ "before": before.state.word(), "after": ended.state.word(), "start": ended.start,
            "cancellation": how, "payment": ended.payment.state, "rules": outcome.because }),
    };
    outcome.disruption = Some(settled(case, situation, &outcome, now));
    outcome.appointment = Some(ended);
    Ok(outcome)
}

/// As the practice called it when this was booked.
fn in_words(situation: &Situation, reason: Reason) -> String {
    situation.policy.parameters.reasons.words(reason).to_owned()
}

/// Before the start only, save for a client's word that came before it (`rulings` 18). Somebody else must have typed that
/// in: a client who acts alone acts now.
fn check_time(before: &Appointment, asker: &Asker, wish: &Cancel, now: Instant) -> Result<(), Refusal> {
    if matches!(before.state, State::Cancelled(_)) {
        return Err(Refusal::conflict("already_cancelled", "This appointment is already cancelled."));
    }
    let received = wish.received_at.unwrap_or(now);
    if received > now + Span::minutes(1) {
        return Err(Refusal::invalid("in_the_future", "received_at", "A message cannot have arrived in the future."));
    }
    if received < before.created_at {
        let detail = "The client's message cannot be older than the booking that it calls off.";
        return Err(Refusal::invalid("before_booking", "received_at", detail));
    }
    let on_record = wish.initiator == Initiator::Client && !asker.is_client();
    let moment = if on_record { received } else { now };
    if moment >= before.start {
        let detail = "This appointment has already begun or is over. Ask the practice to change the record.";
        return Err(Refusal::conflict("already_over", detail));
    }
    Ok(())
}

fn check_reason(situation: &Situation, wish: &Cancel) -> Result<(), Refusal> {
    if wish.note.as_ref().is_some_and(|note| note.chars().count() > NOTE_MAX) {
        return Err(Refusal::invalid("too_long", "note", format!("Keep the note under {NOTE_MAX} letters.")));
    }
    who::must_give(situation, wish.reason, wish.initiator)?;
    check_note(situation, wish)
}

/// A request is confirmed or declined; only the client may take it back.
fn check_request(before: &Appointment, initiator: Initiator) -> Result<(), Refusal> {
    if before.state == State::Requested && initiator != Initiator::Client {
        return Err(crate::appointment::not_confirmed());
    }
    Ok(())
}

fn check_note(situation: &Situation, wish: &Cancel) -> Result<(), Refusal> {
    let needed = wish.initiator != Initiator::Client && situation.policy.parameters.therapist_cancel.requires_note;
    if needed && wish.note.as_ref().is_none_or(|note| note.trim().is_empty()) {
        return Err(Refusal::invalid("note_required", "note", "Add a short note for the file."));
    }
    Ok(())
}

/// What is on record about it; refuses a client's own late act where the policy says so (G-02, G-03).
fn cancellation(
    situation: &Situation,
    before: &Appointment,
    asker: &Asker,
    wish: &Cancel,
    now: Instant,
) -> Result<Cancellation, Refusal> {
    let self_service = asker.is_client();
    let received_at = if self_service { now } else { wish.received_at.unwrap_or(now) };
    let by_client = wish.initiator == Initiator::Client;
    let was_a_request = before.state == State::Requested;
    if self_service && !was_a_request {
        money::may_act_alone(situation, before, Act::Cancel, now)?;
    }
    Ok(Cancellation {
        initiator: wish.initiator,
        reason: wish.reason,
        note: wish.note.clone().filter(|note| !note.trim().is_empty()),
        received_at,
        recorded_at: now,
        recorded_by: asker.signature.clone(),
        label: label(situation, wish.initiator),
        was_a_request,
        late: by_client && !was_a_request && money::judged(situation, before, Act::Cancel, received_at).is_late(),
        short_notice: !by_client && policy::notice::short_notice(&situation.policy.parameters, before.start, now),
    })
}

/// What the attendance section calls it (V-14).
pub(super) fn label(situation: &Situation, initiator: Initiator) -> String {
    match initiator {
        Initiator::Client => "Cancelled by client".to_owned(),
        _ => situation.policy.parameters.therapist_cancel.attendance_label.clone(),
    }
}

fn open_case(
    situation: &Situation,
    ended: &Appointment,
    how: &Cancellation,
    now: Instant,
    ids: &mut Ids,
) -> Disruption {
    let (kind, fault) = match how.initiator {
        Initiator::Client => (DisruptionKind::CancelledByClient, None),
        Initiator::Therapist => (DisruptionKind::CancelledByTherapist, Some("therapist".to_owned())),
        Initiator::Practice => (DisruptionKind::CancelledByPractice, Some("practice_admin".to_owned())),
    };
    Disruption { fault, ..Disruption::open(situation.disruption.clone(), ended, kind, now, ids) }
}

#[allow(clippy::too_many_arguments)]
fn open_obligations(
    situation: &Situation,
    asker: &Asker,
    ended: &Appointment,
    how: &Cancellation,
    case: DisruptionId,
    settles_at_once: bool,
    money_open: bool,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) {
    let (parameters, zone) = (&situation.policy.parameters, &situation.practice.zone);
    let trigger = match how.initiator {
        Initiator::Client => Trigger::ClientCancels { late: how.late },
        Initiator::Therapist => Trigger::TherapistCancels,
        Initiator::Practice => Trigger::PracticeCancels,
    };
    let step = outcome.next_step.clone().unwrap_or_default();
    let given = match (&step.offer, step.booking_link) {
        (Some(offer), _) => Given::OfferUntil(offer.expires_at),
        (None, true) => Given::Link,
        (None, false) => Given::Nothing,
    };
    let setting = Setting { now, start: ended.start, end: ended.end, given, money_open };
    let mut duties = owed(parameters, zone, trigger, &setting);
    // A promise is owed from the moment that it is written down, whether or not the client has read it yet.
    duties.extend(step.promise_contact_by.map(|by| policy::obligations::promise(parameters, zone, by)));
    for duty in duties {
        let opened = Obligation::open(duty, ended, Some(case), now, ids);
        contact::put(settle_what_is_done(opened, asker, &step, settles_at_once, now), outcome);
    }
}

/// Some duties are done by the very act: the label is set, the agreed time is in the diary, the practice typed it.
fn settle_what_is_done(
    opened: Obligation,
    asker: &Asker,
    step: &super::NextStepTaken,
    settles_at_once: bool,
    now: Instant,
) -> Obligation {
    let evidence = match opened.kind {
        ObligationKind::MarkAttendance => Some("marked by the cancellation".to_owned()),
        ObligationKind::NotifyPractice if asker.is_staff() => Some(format!("entered by {}", asker.signature)),
        ObligationKind::NextStep if settles_at_once => Some(match step.appointment {
            Some(next) => format!("next appointment {next}"),
            None => "the client asked for the money back".to_owned(),
        }),
        _ => None,
    };
    match evidence {
        Some(evidence) => opened.clone().meet(evidence, now).unwrap_or(opened),
        None => opened,
    }
}

/// The link goes along where the reason says so, or where the client cancelled and may book again (G-11).
fn sends_link(situation: &Situation, how: &Cancellation) -> bool {
    match how.reason {
        Some(reason) => situation.policy.parameters.reasons.of(reason).sends_link,
        None => how.initiator == Initiator::Client,
    }
}

fn event(how: &Cancellation) -> Event {
    let (initiator, reason, short_notice) = (how.initiator, how.reason, how.short_notice);
    Event { kind: EventKind::Cancelled, initiator, fault: None, reason, short_notice, mistaken: false }
}
