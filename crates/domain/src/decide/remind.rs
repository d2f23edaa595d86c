//! Reminders, as the practice's schedule has them (`reminder.at`). Which is due follows from the appointment as it stands:
//! a move or a cancellation leaves nothing behind that could remind of what is no more (C6).

use super::book::subjects;
use super::{JobToWake, Outcome, Record, Situation, Wake, live, notify};
use crate::appointment::{Appointment, State};
use crate::policy::Parameters;
use crate::time::{Instant, Span};
use serde_json::json;

/// Reminders for the same hour are spread over so long before it, so that they do not all go in one second.
const SPREAD: Span = Span::minutes(15);

/// Whoever was told the time so shortly before a reminder does not need it.
const FRESH: Span = Span::hours(6);

/// When this appointment's client is reminded, UTC.
fn moments(parameters: &Parameters, about: &Appointment) -> impl Iterator<Item = Instant> {
    let bytes = about.id.bytes();
    let chance = i64::from(u16::from_be_bytes([bytes[14], bytes[15]]));
    let early = Span::micros(SPREAD.as_micros() * chance / i64::from(u16::MAX));
    let start = about.start;
    parameters.reminder.at.iter().map(move |hours| start - Span::hours(i64::from(*hours)) - early)
}

/// When the appointment is looked at next: the next reminder, else the day itself, UTC.
pub(super) fn next_look(parameters: &Parameters, about: &Appointment, now: Instant) -> Instant {
    let day = live::first_look(parameters, about);
    moments(parameters, about).filter(|at| *at > now && *at < day).min().unwrap_or(day)
}

/// Reminds the client, where it is time: not before the first moment of the schedule, not again for the same one, and not
/// where they were told the time since, or just before. After the start nobody is reminded.
pub(super) fn due(situation: &Situation, now: Instant) -> Option<Outcome> {
    let about = situation.appointment.as_ref().filter(|about| about.state == State::Booked && now < about.start)?;
    let parameters = &situation.policy.parameters;
    let reached = moments(parameters, about).filter(|at| *at <= now).max()?;
    let told = situation.live.client_told_at.unwrap_or(about.created_at);
    if reached <= told + FRESH {
        return None;
    }
    let mut outcome = Outcome::default();
    notify::reminder(situation, about, now, &mut outcome);
    let next = next_look(parameters, about, now);
    outcome.wakes.push(Wake { job: JobToWake::AppointmentEnd(about.id), at: Some(next) });
    outcome.record =
        Record { word: "client_reminded", subjects: subjects(about), details: json!({ "start": about.start }) };
    outcome.appointment = Some(about.clone());
    Some(outcome)
}
