//! The calendar part of a message (RFC 5546, RFC 6047): neutral, and the same UID for the appointment's whole life.

use super::{About, clean};
use domain::message::{CalendarMethod, Notice};
use outside::address::EmailAddress;
use outside::ical::write::{Invite, Method, NEUTRAL_SUMMARY, Party, invite};

/// The calendar text for the reader; `None` where they have no address that a calendar could name. It carries no link:
/// its bytes are stored, and calendars are shared.
pub(super) fn part(method: CalendarMethod, notice: &Notice, about: &About<'_>, from: &EmailAddress) -> Option<String> {
    let attendee = about.to.email.as_ref()?.parse().ok()?;
    Some(invite(&Invite {
        method: match method {
            CalendarMethod::Request => Method::Request,
            CalendarMethod::Cancel => Method::Cancel,
        },
        uid: about.appointment.uid(),
        sequence: about.appointment.sequence,
        stamp: about.now,
        start: notice.facts.time.from,
        end: notice.facts.time.to,
        summary: NEUTRAL_SUMMARY.into(),
        organizer: Party { name: clean::line(&about.situation.practice.name), email: from.clone() },
        attendee: Party { name: clean::line(&about.to.name), email: attendee },
        location: None,
        url: None,
        description: String::new(),
    }))
}
