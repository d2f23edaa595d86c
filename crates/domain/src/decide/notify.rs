//! Who is told what. Every notice of a change is drawn from one set of facts (C7), so that no two can differ.

use super::{Outcome, Situation};
use crate::appointment::{Appointment, Cancellation, Initiator, PaymentState};
use crate::message::{CalendarMethod, Facts, LinkTo, MessageKind, Notice};
use crate::money::Money;
use crate::obligation::Obligation;
use crate::person::{Channel, Person, PersonRef};
use crate::time::{Instant, Interval};

/// Both are told that a time is booked (V-16, T1, T3).
pub(super) fn confirm(situation: &Situation, booked: &Appointment, now: Instant, outcome: &mut Outcome) {
    let facts = Facts { free_until: Some(booked.policy.effective_cutoff()), ..Facts::about(booked.interval()) };
    let link = Some(LinkTo::Appointment(booked.id));
    tell_both(situation, booked, MessageKind::Confirmation, facts, link, Some(CalendarMethod::Request), now, outcome);
}

/// Both are told that the time has changed (T4, T5).
pub(super) fn moved(
    situation: &Situation,
    before: Interval,
    moved: &Appointment,
    by: Initiator,
    now: Instant,
    outcome: &mut Outcome,
) {
    let facts = Facts {
        old_time: Some(before),
        initiator: Some(by),
        free_until: Some(moved.policy.effective_cutoff()),
        ..Facts::about(moved.interval())
    };
    let link = Some(LinkTo::Appointment(moved.id));
    tell_both(situation, moved, MessageKind::Rescheduled, facts, link, Some(CalendarMethod::Request), now, outcome);
}

/// What a cancellation message says beside the time.
pub(super) struct Told {
    /// What is charged.
    pub fee: Option<Money>,
    /// What stands to the client's good.
    pub paid: Option<Money>,
    /// The reason in plain words, where the therapist shares it.
    pub shared_reason: Option<String>,
    /// Words that the therapist added.
    pub words: Option<String>,
    /// Whether the link to choose a new time goes along (G-11).
    pub send_link: bool,
}

/// Both are told that it is off, whoever called it off (G-10), with what happens next (G-08).
pub(super) fn cancelled(
    situation: &Situation,
    ended: &Appointment,
    how: &Cancellation,
    told: Told,
    now: Instant,
    outcome: &mut Outcome,
) {
    let step = outcome.next_step.clone().unwrap_or_default();
    let next = situation.next_appointment.as_ref().map(|a| a.start);
    let facts = Facts {
        initiator: Some(how.initiator),
        shared_reason: told.shared_reason,
        offered: step.offer.as_ref().map(|offer| offer.slots.clone()).unwrap_or_default(),
        offer_expires_at: step.offer.as_ref().map(|offer| offer.expires_at),
        promise_by: step.promise_contact_by,
        next_start: outcome.booked.as_ref().map(|a| a.start).or(next),
        fee: told.fee,
        paid: told.paid,
        refund_asked: step.refund,
        words: told.words,
        ..Facts::about(ended.interval())
    };
    let link = match (&step.offer, told.send_link || step.booking_link) {
        (Some(offer), _) => Some(LinkTo::Offer(offer.id)),
        (None, true) => Some(LinkTo::Booking(ended.relationship)),
        (None, false) => None,
    };
    tell_both(situation, ended, MessageKind::Cancellation, facts, link, Some(CalendarMethod::Cancel), now, outcome);
}

/// The therapist learns what the client answered to an offer.
pub(super) fn declined(ended: &Appointment, refund: bool, now: Instant, outcome: &mut Outcome) {
    let paid = Some(ended.price).filter(|_| refund && ended.payment.state == PaymentState::Captured);
    let initiator = Some(Initiator::Client);
    let facts = Facts { refund_asked: refund, paid, initiator, ..Facts::about(ended.interval()) };
    let kind = if refund { MessageKind::Refund } else { MessageKind::Promise };
    let to = PersonRef::Therapist(ended.therapist);
    outcome.notices.push(notice(to, kind, ended, facts, None, None, now));
}

/// The client learns that their money comes back without their asking (E-02).
pub(super) fn money_comes_back(situation: &Situation, ended: &Appointment, now: Instant, outcome: &mut Outcome) {
    let facts = Facts { paid: Some(ended.price), ..Facts::about(ended.interval()) };
    outcome.notices.push(notice(situation.client.id, MessageKind::Refund, ended, facts, None, None, now));
}

/// A duty has run out of time: whoever takes it over is written to, with what is owed and whom to call.
pub(super) fn escalated(
    situation: &Situation,
    about: &Appointment,
    duty: &Obligation,
    words: &str,
    now: Instant,
    outcome: &mut Outcome,
) {
    let people: &[Person] =
        if duty.owner.role == crate::person::Role::Owner { &situation.owners } else { &situation.admins };
    for person in people {
        let facts = Facts { owed: Some(words.to_owned()), ..Facts::about(about.interval()) };
        let mut notice = notice(person.id, MessageKind::Escalation, about, facts, None, None, now);
        notice.urgent = true;
        outcome.notices.push(notice);
    }
}

#[allow(clippy::too_many_arguments)]
fn tell_both(
    situation: &Situation,
    about: &Appointment,
    kind: MessageKind,
    facts: Facts,
    link: Option<LinkTo>,
    calendar: Option<CalendarMethod>,
    now: Instant,
    outcome: &mut Outcome,
) {
    let client = notice(situation.client.id, kind, about, facts.clone(), link, calendar, now);
    let therapist = notice(situation.therapist.person.id, kind, about, facts, None, calendar, now);
    outcome.notices.extend([client, therapist]);
}

/// One e-mail. Until text messages can be sent an e-mail goes whatever the preference, and the duty to tell the client
/// stays with a person who has the number before them (`rulings` 17).
pub(super) fn notice(
    to: PersonRef,
    kind: MessageKind,
    about: &Appointment,
    facts: Facts,
    link: Option<LinkTo>,
    calendar: Option<CalendarMethod>,
    now: Instant,
) -> Notice {
    let urgent = kind == MessageKind::Cancellation;
    Notice {
        to,
        channel: Channel::Email,
        kind,
        appointment: about.id,
        revision: about.revision,
        urgent,
        send_at: now,
        facts,
        link,
        calendar,
    }
}
