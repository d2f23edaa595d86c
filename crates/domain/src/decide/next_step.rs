//! No cancellation by therapist or practice leaves a client without a next step (V-07, V-08, G-08, E-02).

use super::{Asker, NextStepTaken, OccupancyChange, Outcome, Situation, book, slot};
use crate::appointment::{Agreement, Appointment};
use crate::id::{AppointmentId, DisruptionId, Ids};
use crate::offer::{Offer, OfferState};
use crate::person::PersonRef;
use crate::policy;
use crate::policy::NextStepKind;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::time::{Instant, Interval, Span};

/// At most this many times in one offer.
const OFFER_MAX: usize = 12;
/// A promise further away than this is no promise.
const PROMISE_DAYS_MAX: i64 = 31;

/// What the client is given to go on with. Times, a promise and a link may go together; the others stand alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NextStep {
    /// Starts to offer, UTC; held while the offer lives.
    pub offer_slots: Vec<Instant>,
    /// By when the client will be contacted, UTC.
    pub promise_contact_by: Option<Instant>,
    /// The client's own booking link.
    pub booking_link: bool,
    /// An appointment that is already in the diary.
    pub next_appointment: Option<AppointmentId>,
    /// A time agreed with the client just now.
    pub book: Option<BookNow>,
    /// The client asked for the money back.
    pub refund: bool,
}

/// A time agreed with the client just now, booked in the same step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookNow {
    /// The start, UTC.
    pub start: Instant,
    /// How and when they agreed (H-09).
    pub agreement: Agreement,
}

impl NextStep {
    /// The exits that are used.
    pub fn exits(&self) -> Vec<NextStepKind> {
        let used = [
            (NextStepKind::OfferSlots, !self.offer_slots.is_empty()),
            (NextStepKind::PromiseContactBy, self.promise_contact_by.is_some()),
            (NextStepKind::BookingLink, self.booking_link),
            (NextStepKind::NextAppointment, self.next_appointment.is_some()),
            (NextStepKind::Book, self.book.is_some()),
            (NextStepKind::Refund, self.refund),
        ];
        used.into_iter().filter(|(_, used)| *used).map(|(exit, _)| exit).collect()
    }

    /// Whether the client has their answer already, so that nothing more is owed (`rulings` 2).
    pub fn settles_at_once(&self) -> bool {
        self.next_appointment.is_some() || self.book.is_some() || self.refund
    }
}

/// Checks the exits against the policy, against each other, and against who gives them.
pub(super) fn check(situation: &Situation, asker: &Asker, step: &NextStep, required: bool) -> Result<(), Refusal> {
    let exits = step.exits();
    if exits.is_empty() {
        if !required {
            return Ok(());
        }
        let name = situation.client.first_name();
        let detail = format!("Choose what happens next for {name}: offer times, or promise to be in touch by a time.");
        return Err(Refusal::invalid("next_step_required", "next_step", detail));
    }
    if step.settles_at_once() && exits.len() > 1 {
        let detail = "A time that is already agreed, or a refund, stands alone: leave the other next steps out.";
        return Err(Refusal::invalid("next_step_conflict", "next_step", detail));
    }
    if asker.is_client() && (!step.offer_slots.is_empty() || step.promise_contact_by.is_some()) {
        let detail = "Choose a new time yourself, or leave it for now. Only your therapist can offer times.";
        return Err(Refusal::invalid("next_step_not_allowed", "next_step", detail));
    }
    policy::next_step::check(&situation.policy.parameters, &exits, situation.new_client && !asker.is_staff())
        .map_err(|problem| Refusal::invalid(problem.code(), "next_step", sentence(&problem.to_string())))
}

/// Carries the exits out into the outcome: holds, promise, link, or a booking in the same step.
#[allow(clippy::too_many_arguments)]
pub(super) fn carry_out(
    situation: &Situation,
    asker: &Asker,
    step: NextStep,
    ended: &Appointment,
    disruption: DisruptionId,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<(), Refusal> {
    let mut taken = NextStepTaken { booking_link: step.booking_link, refund: step.refund, ..NextStepTaken::default() };
    if !step.offer_slots.is_empty() {
        let wanted = Wanted { field: "next_step.offer_slots", starts: step.offer_slots, until: None, beside: None };
        taken.offer = Some(offer(situation, asker, wanted, ended, disruption, now, ids, outcome)?);
    }
    if let Some(by) = step.promise_contact_by {
        taken.promise_contact_by = Some(promise(by, now)?);
    }
    if step.next_appointment.is_some() {
        taken.appointment = Some(already_booked(situation, ended, now)?.id);
    }
    if let Some(book_now) = step.book {
        let booked = book::in_place_of(situation, asker, book_now, ended, now, ids, outcome)?;
        taken.appointment = Some(booked.id);
    }
    outcome.next_step = Some(taken);
    Ok(())
}

fn promise(by: Instant, now: Instant) -> Result<Instant, Refusal> {
    if by <= now {
        let detail = "Promise a time that is still to come.";
        return Err(Refusal::invalid("in_the_past", "next_step.promise_contact_by", detail));
    }
    if by > now + Span::hours(24 * PROMISE_DAYS_MAX) {
        let detail = format!("Promise a time within the next {PROMISE_DAYS_MAX} days.");
        return Err(Refusal::invalid("too_far_ahead", "next_step.promise_contact_by", detail));
    }
    Ok(by)
}

fn already_booked<'a>(situation: &'a Situation, ended: &Appointment, now: Instant) -> Result<&'a Appointment, Refusal> {
    let next = situation.next_appointment.as_ref();
    next.filter(|next| {
        next.id != ended.id && next.relationship == ended.relationship && next.state.is_pending() && next.start > now
    })
    .ok_or_else(|| {
        let detail = "Name an appointment of the same two people that is still to come.";
        Refusal::invalid("not_a_next_appointment", "next_step.next_appointment", detail)
    })
}

/// Times to hold for the client.
pub(super) struct Wanted {
    /// The field of the request that names them.
    pub field: &'static str,
    /// Their starts, UTC.
    pub starts: Vec<Instant>,
    /// Not held beyond this moment, UTC.
    pub until: Option<Instant>,
    /// Why the client is asked, where their appointment stands meanwhile and keeps its time (T6).
    pub beside: Option<Option<Reason>>,
}

/// Holds times for the client in place of this appointment.
#[allow(clippy::too_many_arguments)]
pub(super) fn offer(
    situation: &Situation,
    asker: &Asker,
    wanted: Wanted,
    ended: &Appointment,
    disruption: DisruptionId,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<Offer, Refusal> {
    let Wanted { field, starts, until, beside } = wanted;
    if starts.len() > OFFER_MAX {
        let detail = format!("Offer at most {OFFER_MAX} times.");
        return Err(Refusal::invalid("too_many", field, detail));
    }
    let busy = slot::without(&situation.therapist_busy, ended.interval_with_buffer());
    let buffer_after = slot::buffer(&slot::setup(situation, ended.kind)?);
    let mut slots = Vec::with_capacity(starts.len());
    for start in starts {
        slots.push(slot::check(situation, asker, ended.kind, start, &busy, field, now)?);
    }
    slots.sort();
    if slots.windows(2).any(|pair| pair[1].from < pair[0].to + buffer_after) {
        let detail = "Two of these times overlap. Offer times that stand apart, so that each can be held.";
        return Err(Refusal::invalid("offered_times_overlap", field, detail));
    }
    let last = slots.last().map_or(now, |slot| slot.from);
    let expires_at = (now + Span::hours(situation.policy.parameters.offer.hold_hours.into())).min(last);
    let expires_at = until.map_or(expires_at, |until| until.min(expires_at));
    let offer = Offer {
        id: ids.mint(),
        practice: ended.practice,
        relationship: ended.relationship,
        therapist: ended.therapist,
        client: ended.client,
        appointment: ended.id,
        disruption: Some(disruption),
        kind: ended.kind,
        slots,
        buffer_after,
        expires_at,
        reason: beside.flatten(),
        state: OfferState::Open,
    };
    let held: Vec<Interval> = match beside {
        Some(_) => offer.held_beside(ended.interval_with_buffer()),
        None => offer.held().collect(),
    };
    for held in held {
        outcome.occupancy.push(OccupancyChange::Hold(
            PersonRef::Therapist(ended.therapist),
            offer.id,
            held,
            expires_at,
        ));
    }
    outcome.wakes.push(super::Wake { job: super::JobToWake::OfferExpiry(offer.id), at: Some(expires_at) });
    outcome.offers.push(offer.clone());
    Ok(offer)
}

/// As a sentence: a capital in front and a full stop behind.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}
