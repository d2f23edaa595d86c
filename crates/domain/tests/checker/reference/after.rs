//! What the update brings with it (T15, T16, T18; BOOK_NEXT): who is written to, and who sees to a next time.

use super::Asked;
use super::follows::{duty, owes, told};
use crate::broken::{Broken, hold, same};
use crate::invariants::is_owed;
use domain::appointment::Appointment;
use domain::attendance::Attended;
use domain::decide::{Outcome, UpdateAttendance};
use domain::message::MessageKind;
use domain::obligation::ObligationKind;
use domain::person::PersonRef;
use domain::practice::RelationshipState;
use domain::time::Span;

/// The client hears of it whatever it was: a receipt, how they are, or our apology. Who goes on and has no time in the
/// diary is the therapist's to book; who was not there is waited for.
pub fn told_of_the_update(
    asked: &Asked,
    about: &Appointment,
    wish: &UpdateAttendance,
    outcome: &Outcome,
) -> Result<(), Broken> {
    let kind = match wish.attended {
        Attended::Yes | Attended::Late => MessageKind::Receipt,
        Attended::No | Attended::LateNotSeen => MessageKind::ClientNoShow,
        Attended::TherapistMissed => MessageKind::Missed,
        Attended::Technical => MessageKind::TechnicalFailure,
    };
    let letter = told(outcome, PersonRef::Client(about.client), kind);
    hold(letter.is_some(), "T18 told", || format!("the client is not told of {kind}"))?;
    let in_the_diary = asked.world.of_both(about.relationship).any(|a| a.state.is_pending() && a.start >= asked.now);
    let has_time = in_the_diary || wish.next.is_some();
    let met = matches!(wish.attended, Attended::Yes | Attended::Late);
    let to_book = duty(outcome, ObligationKind::BookNext).is_some_and(is_owed);
    let goes_on = wish.continues == Some(true) && asked.both().state != RelationshipState::Ended;
    same(to_book, met && goes_on && !has_time, "2.4 BOOK_NEXT")?;
    if !matches!(wish.attended, Attended::No | Attended::LateNotSeen) {
        return Ok(());
    }
    if has_time || wish.continues == Some(false) {
        return same(duty(outcome, ObligationKind::NextStep).is_some_and(is_owed), false, "2.5 waits for nobody");
    }
    let hours = asked.world.rules_of(about).unable_to_reach.reply_hours;
    owes(outcome, ObligationKind::NextStep, Some(asked.now + Span::hours(hours.into())))
}

/// Once a time is booked nobody has to book one.
pub fn next_is_booked(asked: &Asked, outcome: &Outcome) -> Result<(), Broken> {
    let left = asked.world.next_to_book(asked.both().id).find(|known| {
        let now = outcome.obligations.iter().find(|duty| duty.id == known.id);
        now.is_none_or(is_owed)
    });
    hold(left.is_none(), "2.4 BOOK_NEXT", || format!("{left:?} after a booking"))
}
