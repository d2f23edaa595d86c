//! Who is told what. Every notice of a change is drawn from one set of facts (C7), so that no two can differ.

use super::{Asker, Outcome, Situation};
use crate::appointment::{Appointment, Cancellation, Initiator, PaymentState, State};
use crate::change_request::{ChangeRequest, Wish};
use crate::message::{CalendarMethod, Facts, LinkTo, MessageKind, Notice};
use crate::money::Money;
use crate::obligation::Obligation;
use crate::offer::Offer;
use crate::person::{Channel, Person, PersonRef};
use crate::policy::WaiverNotice;
use crate::time::{Instant, Interval};

/// Both are told that a time is booked (V-16, T1, T3).
pub(super) fn confirm(situation: &Situation, booked: &Appointment, now: Instant, outcome: &mut Outcome) {
    let facts = Facts { free_until: Some(booked.policy.effective_cutoff()), ..Facts::about(booked.interval()) };
    let link = Some(LinkTo::Appointment(booked.id));
    tell_both(situation, booked, MessageKind::Confirmation, facts, link, Some(CalendarMethod::Request), now, outcome);
}

/// That it is near: when, how, and the way to change it.
pub(super) fn reminder(situation: &Situation, about: &Appointment, now: Instant, outcome: &mut Outcome) {
    let facts = Facts { free_until: Some(about.policy.effective_cutoff()), ..Facts::about(about.interval()) };
    let link = Some(LinkTo::Appointment(about.id));
    outcome.notices.push(notice(situation.client.id, MessageKind::Reminder, about, facts, link, None, now));
}

/// What a client reads who is asked for another time.
pub(super) struct Asked<'a> {
    /// The times that are held.
    pub offer: &'a Offer,
    /// By when they answer.
    pub answer_by: Instant,
    /// Who asks.
    pub by: Initiator,
    /// Words that the therapist added.
    pub words: Option<String>,
    /// Whether they may have their money instead.
    pub refund: bool,
}

/// T6: the client is asked for another time; the therapist sees what was asked.
pub(super) fn asked_to_move(
    situation: &Situation,
    asked: &Appointment,
    told: Asked<'_>,
    now: Instant,
    outcome: &mut Outcome,
) {
    let facts = Facts {
        initiator: Some(told.by),
        offered: told.offer.slots.clone(),
        offer_expires_at: Some(told.offer.expires_at),
        answer_by: Some(told.answer_by),
        refund_is_a_choice: told.refund,
        words: told.words,
        ..Facts::about(asked.interval())
    };
    let link = Some(LinkTo::Offer(told.offer.id));
    tell_both(situation, asked, MessageKind::Offer, facts, link, None, now, outcome);
    outcome.notices.iter_mut().for_each(|notice| notice.urgent = true);
}

/// Both are told that the time stands as it was.
pub(super) fn time_kept(situation: &Situation, kept: &Appointment, now: Instant, outcome: &mut Outcome) {
    let link = Some(LinkTo::Appointment(kept.id));
    let facts = Facts::about(kept.interval());
    tell_both(situation, kept, MessageKind::TimeKept, facts, link, None, now, outcome);
}

/// T2: the client waits, the therapist is asked.
pub(super) fn requested(situation: &Situation, asked: &Appointment, by: Instant, now: Instant, outcome: &mut Outcome) {
    let facts = Facts { answer_by: Some(by), ..Facts::about(asked.interval()) };
    let link = Some(LinkTo::Appointment(asked.id));
    tell_both(situation, asked, MessageKind::Requested, facts, link, None, now, outcome);
}

/// Both are told that a time that was asked for is not to be, the client with the way to another one.
pub(super) fn request_declined(
    situation: &Situation,
    declined: &Appointment,
    words: Option<String>,
    now: Instant,
    outcome: &mut Outcome,
) {
    let initiator = match &declined.state {
        State::Cancelled(how) => Some(how.initiator),
        _ => None,
    };
    let facts = Facts { initiator, words, ..Facts::about(declined.interval()) };
    let link = Some(LinkTo::Booking(declined.relationship));
    tell_both(situation, declined, MessageKind::RequestDeclined, facts, link, None, now, outcome);
}

/// The team is asked for something that is theirs to do.
pub(super) fn team_asked(
    situation: &Situation,
    about: &Appointment,
    request: &ChangeRequest,
    now: Instant,
    outcome: &mut Outcome,
) {
    let facts = Facts { words: Some(request.reason.clone()), ..wished(about, request) };
    for person in &situation.admins {
        let told = notice(person.id, MessageKind::ChangeRequest, about, facts.clone(), None, None, now);
        outcome.notices.push(Notice { urgent: true, ..told });
    }
}

/// Whoever asked the team hears why not.
pub(super) fn team_declined(
    situation: &Situation,
    about: &Appointment,
    request: &ChangeRequest,
    reason: &str,
    now: Instant,
    outcome: &mut Outcome,
) {
    let facts = Facts { words: Some(reason.to_owned()), ..wished(about, request) };
    let by_client = request.asked_by == PersonRef::Client(about.client);
    let to = if by_client { request.asked_by } else { situation.therapist.person.id };
    outcome.notices.push(notice(to, MessageKind::ChangeRequest, about, facts, None, None, now));
}

fn wished(about: &Appointment, request: &ChangeRequest) -> Facts {
    let (wished, paid) = match request.wish {
        Wish::Move { start, .. } => (Some(start), None),
        Wish::Refund { amount } => (None, Some(amount)),
    };
    let initiator = (request.asked_by == PersonRef::Client(about.client)).then_some(Initiator::Client);
    Facts { wished, paid, initiator, ..Facts::about(about.interval()) }
}

/// Whether the practice gets a letter of each waiver.
pub(super) fn tells_of_waivers(situation: &Situation) -> bool {
    situation.policy.parameters.waiver.notify != WaiverNotice::Nobody && !situation.admins.is_empty()
}

/// The client learns that a fee was let go, and the practice where it wishes to hear of that.
#[allow(clippy::too_many_arguments)]
pub(super) fn waived(
    situation: &Situation,
    asker: &Asker,
    about: &Appointment,
    amount: Money,
    back: Option<Money>,
    reason: &str,
    now: Instant,
    outcome: &mut Outcome,
) {
    let facts = Facts { fee: Some(amount), paid: back, ..Facts::about(about.interval()) };
    outcome.notices.push(notice(situation.client.id, MessageKind::Fee, about, facts.clone(), None, None, now));
    if asker.is_staff() || !tells_of_waivers(situation) {
        return;
    }
    for person in &situation.admins {
        let facts = Facts { words: Some(reason.to_owned()), ..facts.clone() };
        outcome.notices.push(notice(person.id, MessageKind::Fee, about, facts, None, None, now));
    }
}

/// The client learns that so much of their money comes back.
pub(super) fn refunded(situation: &Situation, about: &Appointment, amount: Money, now: Instant, outcome: &mut Outcome) {
    let facts = Facts { paid: Some(amount), ..Facts::about(about.interval()) };
    outcome.notices.push(notice(situation.client.id, MessageKind::Refund, about, facts, None, None, now));
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

/// The client learns that the fee of a late cancellation falls away, because somebody else has the time.
pub(super) fn fee_fell_away(
    situation: &Situation,
    ended: &Appointment,
    amount: Money,
    now: Instant,
    outcome: &mut Outcome,
) {
    let facts = Facts { fee: Some(amount), ..Facts::about(ended.interval()) };
    outcome.notices.push(notice(situation.client.id, MessageKind::FeeWaived, ended, facts, None, None, now));
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

mod live;
pub(super) use live::*;

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
    let urgent = kind == MessageKind::Cancellation || kind.is_live();
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
