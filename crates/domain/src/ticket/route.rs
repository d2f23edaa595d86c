//! How fast a request goes, whom to phone, and its clock (V-11, V-18, V-19).

use super::TicketKind;
use crate::person::{Person, Role};
use crate::policy::choices::words;
use crate::policy::obligations::{Given, Setting, Trigger, owed};
use crate::policy::working::WorkingTime;
use crate::policy::{Deadline, Parameters};
use crate::practice::Practice;
use crate::time::{Instant, Interval, Span};
use serde::{Deserialize, Serialize};

words! {
    /// Whether there is time for a written answer.
    Route {
        /// It goes into the queue.
        Ticket = "ticket",
        /// It cannot wait: phone as well.
        Urgent = "urgent",
    }
}

/// Whom to turn to beside the request itself; always shown, so that it works when messages do not (V-11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// A number.
    pub phone: String,
    /// An address.
    pub email: String,
}

impl Contact {
    /// The people for this kind: risk duty's own number where somebody on duty has one, else the practice's.
    pub fn of(kind: TicketKind, practice: &Practice, team: &[Person]) -> Self {
        let on_duty = team.iter().filter(|person| person.role == Role::RiskDuty).find_map(|p| p.phone.clone());
        let support = || practice.support_phone.clone();
        match kind {
            TicketKind::Technical | TicketKind::Admin => {
                Self { phone: support(), email: practice.support_email.clone() }
            }
            TicketKind::Clinical => Self { phone: support(), email: practice.clinical_email.clone() },
            TicketKind::Risk => Self { phone: on_duty.unwrap_or_else(support), email: practice.risk_email.clone() },
        }
    }
}

/// Something technical is urgent while less time is left than the practice's rule, up to the end of the appointment;
/// worry about safety always is.
pub fn route(parameters: &Parameters, kind: TicketKind, about: Option<Interval>, now: Instant) -> Route {
    let least = Span::hours(parameters.support.ticket_vs_urgent_hours.into());
    let short = about.is_some_and(|time| now < time.to && time.from - now < least);
    match kind {
        TicketKind::Risk => Route::Urgent,
        TicketKind::Technical if short => Route::Urgent,
        _ => Route::Ticket,
    }
}

/// When a request should be taken, and who hears when it is not. Moments are UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// The target.
    pub due: Instant,
    /// When the admins hear.
    pub breach: Option<Instant>,
    /// When the owner hears.
    pub second_breach: Option<Instant>,
}

/// The clock of a request. Worries have the times of their duties. What is urgent must be taken as fast as a client must
/// know at short notice; what is about an appointment, while there is still time to write; anything else within a
/// working day.
pub fn deadlines(
    parameters: &Parameters,
    practice: &Practice,
    kind: TicketKind,
    about: Option<Interval>,
    now: Instant,
) -> Deadlines {
    let trigger = match kind {
        TicketKind::Clinical => Some(Trigger::ClinicalWorry),
        TicketKind::Risk => Some(Trigger::RiskWorry),
        TicketKind::Technical | TicketKind::Admin => None,
    };
    let time = about.unwrap_or(Interval::new(now, now));
    let setting = Setting { now, start: time.from, end: time.to, given: Given::Nothing, money_open: false };
    let duty = trigger.and_then(|trigger| owed(parameters, &practice.zone, trigger, &setting).into_iter().next());
    if let Some(duty) = duty {
        return Deadlines { due: duty.due, breach: duty.breach, second_breach: duty.second_breach };
    }
    let after = |minutes: u32| now + Span::minutes(minutes.into());
    if route(parameters, kind, about, now) == Route::Urgent {
        let inform = &parameters.inform;
        return Deadlines {
            due: after(inform.short_notice_minutes),
            breach: Some(after(inform.short_notice_breach_minutes)),
            second_breach: Some(after(inform.short_notice_escalate_minutes)),
        };
    }
    let working = WorkingTime::new(&parameters.practice, &practice.zone);
    let day = Deadline::WorkingDays(1).after(now, &working);
    let least = Span::hours(parameters.support.ticket_vs_urgent_hours.into());
    let in_time = about.filter(|time| time.from - now >= least).map(|time| time.from - least);
    let due = in_time.map_or(day, |at| at.min(day));
    Deadlines { due, breach: Some(due), second_breach: None }
}
