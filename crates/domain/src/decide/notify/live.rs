//! News of the day itself: the seeds' own words, in the order that the practice asks for.

use super::notice;
use crate::appointment::{Appointment, PaymentState};
use crate::attendance::LateAnswer;
use crate::decide::money::Price;
use crate::decide::{Outcome, Situation};
use crate::message::{CalendarMethod, Facts, LinkTo, MessageKind, Notice};
use crate::offer::Offer;
use crate::policy::{NoticeOrder, PracticeEvent};
use crate::telling::answer::ClientWord;
use crate::time::Instant;

/// T11: the client and, where it matters, the practice.
pub(in crate::decide) fn running_late(
    situation: &Situation,
    about: &Appointment,
    minutes: u32,
    matters: bool,
    now: Instant,
    outcome: &mut Outcome,
) {
    let parameters = &situation.policy.parameters;
    let facts = Facts { minutes: Some(minutes), ..Facts::about(about.interval()) };
    let link = Some(LinkTo::Appointment(about.id));
    let client = notice(situation.client.id, MessageKind::RunningLate, about, facts.clone(), link, None, now);
    let told = matters && parameters.practice_notified_on.contains(&PracticeEvent::TherapistLate);
    let practice = if told { to_practice(situation, MessageKind::RunningLate, about, &facts, now) } else { Vec::new() };
    outcome.notices.extend(in_order(parameters.order_of_notice.late, client, practice));
}

/// What the client answered, for the therapist.
pub(in crate::decide) fn late_answer(
    situation: &Situation,
    about: &Appointment,
    answer: LateAnswer,
    now: Instant,
    outcome: &mut Outcome,
) {
    let facts = Facts { answer: Some(answer), ..Facts::about(about.interval()) };
    let to = situation.therapist.person.id;
    outcome.notices.push(notice(to, MessageKind::LateAnswer, about, facts, None, None, now));
}

/// What the client wrote back, for the therapist; seconds matter where it is about now.
pub(in crate::decide) fn client_wrote(
    situation: &Situation,
    about: &Appointment,
    word: ClientWord,
    now: Instant,
    outcome: &mut Outcome,
) {
    let facts = Facts { said: Some(word), ..Facts::about(about.interval()) };
    let to = situation.therapist.person.id;
    outcome.notices.push(notice(to, MessageKind::ClientWrote, about, facts, None, None, now));
}

/// That a person will read it, for the client who wrote.
pub(in crate::decide) fn passed_on(situation: &Situation, about: &Appointment, now: Instant, outcome: &mut Outcome) {
    let facts = Facts::about(about.interval());
    outcome.notices.push(notice(situation.client.id, MessageKind::PassedOn, about, facts, None, None, now));
}

/// T12: practice and client, in the practice's order; then the therapist, whose calendar hears of it too.
pub(in crate::decide) fn missed(
    situation: &Situation,
    ended: &Appointment,
    price: &Price,
    now: Instant,
    outcome: &mut Outcome,
) {
    let parameters = &situation.policy.parameters;
    let (facts, link) = with_step(ended, price, outcome);
    let cancel = Some(CalendarMethod::Cancel);
    let (kind, client) = (MessageKind::Missed, situation.client.id);
    let client = notice(client, kind, ended, facts.clone(), link, cancel, now);
    let told = parameters.practice_notified_on.contains(&PracticeEvent::TherapistNoShow);
    let practice = if told { to_practice(situation, kind, ended, &facts, now) } else { Vec::new() };
    outcome.notices.extend(in_order(parameters.order_of_notice.missed, client, practice));
    let therapist = situation.therapist.person.id;
    outcome.notices.push(notice(therapist, kind, ended, facts, None, cancel, now));
}

/// T21: both.
pub(in crate::decide) fn technical(
    situation: &Situation,
    ended: &Appointment,
    price: &Price,
    now: Instant,
    outcome: &mut Outcome,
) {
    let (facts, link) = with_step(ended, price, outcome);
    let (kind, cancel) = (MessageKind::TechnicalFailure, Some(CalendarMethod::Cancel));
    let client = notice(situation.client.id, kind, ended, facts.clone(), link, cancel, now);
    let therapist = notice(situation.therapist.person.id, kind, ended, facts, None, cancel, now);
    outcome.notices.extend([client, therapist]);
}

/// are you coming?
pub(in crate::decide) fn client_late(situation: &Situation, about: &Appointment, now: Instant, outcome: &mut Outcome) {
    let facts = Facts::about(about.interval());
    let link = Some(LinkTo::Appointment(about.id));
    outcome.notices.push(notice(situation.client.id, MessageKind::ClientLate, about, facts, link, None, now));
}

/// stepping away for now.
pub(in crate::decide) fn stepped_away(
    situation: &Situation,
    about: &Appointment,
    minutes: u32,
    now: Instant,
    outcome: &mut Outcome,
) {
    let facts = Facts { minutes: Some(minutes), ..Facts::about(about.interval()) };
    let link = Some(LinkTo::Appointment(about.id));
    outcome.notices.push(notice(situation.client.id, MessageKind::SteppedAway, about, facts, link, None, now));
}

/// T18: what the record says of an appointment that took place, what it cost, and when the next one is.
pub(in crate::decide) fn receipt(situation: &Situation, ended: &Appointment, now: Instant, outcome: &mut Outcome) {
    let price = Some(ended.price).filter(|price| !price.is_zero());
    let (fee, paid) = match ended.payment.state {
        PaymentState::Captured => (None, price),
        PaymentState::Planned => (price, None),
        PaymentState::RefundDue | PaymentState::Refunded => (None, price),
        PaymentState::None | PaymentState::Waived | PaymentState::Failed | PaymentState::Unknown => (None, None),
    };
    let minutes = ended.attendance.minutes().and_then(|minutes| u32::try_from(minutes).ok());
    let next_start = next_of(situation, outcome);
    let facts = Facts { fee, paid, minutes, next_start, ..Facts::about(ended.interval()) };
    outcome.notices.push(notice(situation.client.id, MessageKind::Receipt, ended, facts, None, None, now));
}

/// When these two meet next: what was just booked, else the soonest in the diary as far as the act looks at it.
fn next_of(situation: &Situation, outcome: &Outcome) -> Option<Instant> {
    outcome.booked.as_ref().or(situation.file.upcoming.first()).map(|next| next.start)
}

/// T15, T16: we missed you; the way back, and by when a word is hoped for (`domain` 2.5).
pub(in crate::decide) fn client_no_show(
    situation: &Situation,
    ended: &Appointment,
    price: &Price,
    reply_by: Option<Instant>,
    now: Instant,
    outcome: &mut Outcome,
) {
    let next_start = next_of(situation, outcome);
    let facts = Facts { fee: price.fee, reply_by, next_start, ..Facts::about(ended.interval()) };
    let link = Some(LinkTo::Booking(ended.relationship));
    outcome.notices.push(notice(situation.client.id, MessageKind::ClientNoShow, ended, facts, link, None, now));
}

/// what came of it, for the practice.
pub(in crate::decide) fn outcome(
    situation: &Situation,
    about: &Appointment,
    words: &str,
    now: Instant,
    outcome: &mut Outcome,
) {
    let facts = Facts { owed: Some(words.to_owned()), ..Facts::about(about.interval()) };
    outcome.notices.extend(to_practice(situation, MessageKind::Outcome, about, &facts, now));
}

/// a make-up, at any free time.
pub(in crate::decide) fn make_up(
    situation: &Situation,
    missed: &Appointment,
    offer: &Offer,
    now: Instant,
    outcome: &mut Outcome,
) {
    let facts = Facts { offer_expires_at: Some(offer.expires_at), ..Facts::about(missed.interval()) };
    let link = Some(LinkTo::Offer(offer.id));
    outcome.notices.push(notice(situation.client.id, MessageKind::MakeUp, missed, facts, link, None, now));
}

fn with_step(ended: &Appointment, price: &Price, outcome: &Outcome) -> (Facts, Option<LinkTo>) {
    let step = outcome.next_step.clone().unwrap_or_default();
    let facts = Facts {
        offered: step.offer.as_ref().map(|offer| offer.slots.clone()).unwrap_or_default(),
        offer_expires_at: step.offer.as_ref().map(|offer| offer.expires_at),
        paid: price.paid,
        ..Facts::about(ended.interval())
    };
    let booking = Some(LinkTo::Booking(ended.relationship));
    (facts, step.offer.map_or(booking, |offer| Some(LinkTo::Offer(offer.id))))
}

fn to_practice(
    situation: &Situation,
    kind: MessageKind,
    about: &Appointment,
    facts: &Facts,
    now: Instant,
) -> Vec<Notice> {
    situation.admins.iter().map(|admin| notice(admin.id, kind, about, facts.clone(), None, None, now)).collect()
}

fn in_order(order: NoticeOrder, client: Notice, practice: Vec<Notice>) -> Vec<Notice> {
    match order {
        NoticeOrder::ClientFirst => [vec![client], practice].concat(),
        NoticeOrder::PracticeFirst => [practice, vec![client]].concat(),
    }
}
