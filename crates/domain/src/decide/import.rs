//! An appointment that was agreed elsewhere, taken over from another system: one that is to come is booked under
//! today's policy, one that is over becomes history. Nobody is told unless that is asked for.

use super::book::{agreement, drawn_up, subjects, take};
use super::{Asker, Outcome, Record, Situation, notify, slot};
use crate::appointment::{Agreement, Appointment, Cancellation, Initiator, MeetingKind, Payment, State};
use crate::id::Ids;
use crate::money::Money;
use crate::policy::money::PaymentState;
use crate::practice::AgreementHow;
use crate::refusal::Refusal;
use crate::time::{Instant, Interval, Span};
use serde_json::json;

/// No occupancy is longer, buffer included; the store's guard relies on it.
const LONGEST: Span = Span::hours(12);

/// What has become of an appointment elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Became {
    Booked,
    Attended,
    Cancelled(Initiator),
    ClientNoShow,
    LateNotSeen,
    TherapistNoShow,
    TechnicalFailure,
}

impl Became {
    /// Whether it takes, or took, the time of both: everything but a cancelled one.
    pub const fn takes_time(self) -> bool {
        !matches!(self, Self::Cancelled(_))
    }
}

/// An appointment as the other system has it. It need not fit the therapist's hours: it is agreed already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import {
    /// From when to when, UTC.
    pub time: Interval,
    /// In person, by video, by phone.
    pub kind: MeetingKind,
    /// What it costs.
    pub price: Money,
    /// What has become of it.
    pub became: Became,
    /// How and when the client agreed; required of what is still to come (H-09).
    pub agreement: Option<Agreement>,
    /// Whether both get a confirmation.
    pub tell: bool,
}

pub(super) fn decide(
    situation: &Situation,
    asker: &Asker,
    import: Import,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    check_state(&import, now)?;
    check_price(situation, import.price)?;
    let agreed = match import.time.from > now {
        true => agreement(asker, import.agreement, "agreed", now)?,
        // Of what has begun nobody asked: that they were there, or were to be, is all that is known.
        false => import.agreement.unwrap_or(Agreement { how: AgreementHow::InSession, at: import.time.from }),
    };
    let mut outcome = Outcome::default();
    let taken_over = if import.became == Became::Booked {
        booked(situation, &import, agreed, now, ids, &mut outcome)?
    } else {
        let drawn = drawn_up(situation, import.kind, import.time, import.price, Span::ZERO, agreed, now, ids);
        let payment = Payment { state: PaymentState::None, due_at: None };
        Appointment { state: over(situation, asker, import.became, now), payment, ..drawn }
    };
    outcome.record = Record {
        word: "appointment_imported",
        subjects: subjects(&taken_over),
        details: json!({ "start": taken_over.start, "end": taken_over.end, "kind": taken_over.kind,
            "state": taken_over.state.word(), "price": taken_over.price, "policy": taken_over.policy,
            "agreement": import.agreement }),
    };
    outcome.appointment = Some(taken_over);
    Ok(outcome)
}

fn booked(
    situation: &Situation,
    import: &Import,
    agreed: Agreement,
    now: Instant,
    ids: &mut Ids,
    outcome: &mut Outcome,
) -> Result<Appointment, Refusal> {
    super::book::check_active(&situation.relationship)?;
    let time = import.time;
    if situation.therapist_busy.iter().any(|busy| busy.meets(time)) {
        let name = situation.therapist.person.first_name();
        return Err(Refusal::conflict("slot_taken", format!("{name}'s time is already taken then. Choose another.")));
    }
    // The time kept free after it gives way to what is there already: both were agreed before we came.
    let wished = situation.therapist.schedule.kinds.get(&import.kind).map_or(Span::ZERO, slot::buffer);
    let next = situation.therapist_busy.iter().map(|busy| busy.from).filter(|from| *from >= time.to).min();
    let next = next.map_or(time.from + LONGEST, |next| next.min(time.from + LONGEST));
    let buffer = wished.min(next - time.to).max(Span::ZERO);
    let drawn = drawn_up(situation, import.kind, time, import.price, buffer, agreed, now, ids);
    take(situation, &situation.client_busy, &drawn, outcome)?;
    if import.tell {
        notify::confirm(situation, &drawn, now, outcome);
    }
    Ok(drawn)
}

/// What is said to have become of it must fit the clock.
fn check_state(import: &Import, now: Instant) -> Result<(), Refusal> {
    match import.became {
        Became::Booked if import.time.from <= now => {
            let detail = "It is booked but has begun already. Write what became of it, such as attended.";
            Err(Refusal::invalid("in_the_past", "state", detail))
        }
        Became::Booked | Became::Cancelled(_) => Ok(()),
        _ if import.time.to > now => {
            let detail = "It is not over yet. Write booked, or leave it out until it is over.";
            Err(Refusal::invalid("not_over", "state", detail))
        }
        _ => Ok(()),
    }
}

fn check_price(situation: &Situation, price: Money) -> Result<(), Refusal> {
    if price.currency != situation.practice.currency {
        let code = situation.practice.currency.code();
        let detail = format!("The practice charges in another currency. Write the price in {code}.");
        return Err(Refusal::invalid("wrong_currency", "price", detail));
    }
    match price.amount_minor {
        0.. => Ok(()),
        _ => Err(Refusal::invalid("not_an_amount", "price", "A price is nothing or more. Write 0 for no charge.")),
    }
}

/// History costs nobody anything: whether a word came late is not known, so it is not held against the client.
fn over(situation: &Situation, asker: &Asker, became: Became, now: Instant) -> State {
    match became {
        Became::Attended => State::Attended,
        Became::ClientNoShow => State::ClientNoShow,
        Became::LateNotSeen => State::LateNotSeen,
        Became::TherapistNoShow => State::TherapistNoShow,
        Became::TechnicalFailure => State::TechnicalFailure,
        Became::Booked => State::Booked,
        Became::Cancelled(initiator) => State::Cancelled(Cancellation {
            was_a_request: false,
            initiator,
            reason: None,
            note: Some("Imported: when the word came is not known.".to_owned()),
            received_at: now,
            recorded_at: now,
            recorded_by: asker.signature.clone(),
            label: super::cancel::label(situation, initiator),
            late: false,
            short_notice: false,
        }),
    }
}
