//! Calendar text that we write: one appointment as an iMIP message (RFC 5546, RFC 6047), or many as a feed.
//!
//! Words are neutral: whoever looks over a shoulder at a calendar learns nothing (domain 6.5, N14).

use super::text::{escape, fold, quoted};
use crate::address::EmailAddress;
use domain::time::Instant;

/// The summary to use where a practice has not chosen another neutral one.
pub const NEUTRAL_SUMMARY: &str = "Appointment";

/// What an iMIP message asks of the reader's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Put this appointment in, or move it.
    Request,
    /// Take it out.
    Cancel,
}

impl Method {
    /// The word in `METHOD` and in the MIME parameter.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// A name and an address in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The name as people read it; may be empty.
    pub name: String,
    /// Their address.
    pub email: EmailAddress,
}

/// One appointment as an invitation or a cancellation. One UID per appointment, never a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Whether to put it in or take it out.
    pub method: Method,
    /// The same for the appointment's whole life.
    pub uid: String,
    /// The appointment's `sequence` (rulings 25): higher wins.
    pub sequence: u32,
    /// When this version was written: of two with equal sequence the later wins.
    pub stamp: Instant,
    /// When the appointment begins.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// Neutral words; see [`NEUTRAL_SUMMARY`].
    pub summary: String,
    /// The practice or therapist: the only one who may change or cancel (RFC 6047 2.2.1).
    pub organizer: Party,
    /// The reader.
    pub attendee: Party,
    /// Where, if that is neutral.
    pub location: Option<String>,
    /// A page that tells more to those who may know.
    pub url: Option<String>,
    /// Neutral words; empty for none.
    pub description: String,
}

/// One appointment in a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEvent {
    /// The same for the appointment's whole life.
    pub uid: String,
    /// The appointment's `sequence`.
    pub sequence: u32,
    /// When this version was written.
    pub stamp: Instant,
    /// When the appointment begins.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// Neutral words; see [`NEUTRAL_SUMMARY`].
    pub summary: String,
    /// Where, if that is neutral.
    pub location: Option<String>,
    /// A page that tells more to those who may know.
    pub url: Option<String>,
    /// Neutral words; empty for none.
    pub description: String,
    /// Whether it was called off; readers that follow the feed then strike it out.
    pub cancelled: bool,
}

/// The iMIP text for one appointment. A cancellation is of the whole event, so it has no RECURRENCE-ID.
pub fn invite(invite: &Invite) -> String {
    let mut calendar = Calendar::open(Some(invite.method), None);
    let event = FeedEvent {
        uid: invite.uid.clone(),
        sequence: invite.sequence,
        stamp: invite.stamp,
        start: invite.start,
        end: invite.end,
        summary: invite.summary.clone(),
        location: invite.location.clone(),
        url: invite.url.clone(),
        description: invite.description.clone(),
        cancelled: invite.method == Method::Cancel,
    };
    calendar.event(&event, Some((&invite.organizer, &invite.attendee)));
    calendar.close()
}

/// A calendar of several appointments for subscribers, without METHOD. `name` is shown as the calendar's title.
pub fn feed(name: &str, events: &[FeedEvent]) -> String {
    let mut calendar = Calendar::open(None, Some(name));
    for event in events {
        calendar.event(event, None);
    }
    calendar.close()
}

/// Text under construction, line by line.
struct Calendar(String);

impl Calendar {
    fn open(method: Option<Method>, name: Option<&str>) -> Self {
        let mut calendar = Self(String::with_capacity(1024));
        calendar.line("BEGIN:VCALENDAR");
        calendar.line("VERSION:2.0");
        calendar.line("PRODID:-//Holdspace//Holdspace//EN");
        calendar.line("CALSCALE:GREGORIAN");
        if let Some(method) = method {
            calendar.line(&format!("METHOD:{}", method.word()));
        }
        if let Some(name) = name {
            calendar.line(&format!("NAME:{}", escape(name)));
            calendar.line(&format!("X-WR-CALNAME:{}", escape(name)));
        }
        calendar
    }

    fn close(mut self) -> String {
        self.line("END:VCALENDAR");
        self.0
    }

    fn line(&mut self, text: &str) {
        fold(text, &mut self.0);
    }

    fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.line(&format!("{name}:{}", escape(value)));
        }
    }

    fn event(&mut self, event: &FeedEvent, parties: Option<(&Party, &Party)>) {
        self.line("BEGIN:VEVENT");
        self.text("UID", &event.uid);
        self.line(&format!("SEQUENCE:{}", event.sequence));
        self.line(&format!("DTSTAMP:{}", utc(event.stamp)));
        self.line(&format!("DTSTART:{}", utc(event.start)));
        self.line(&format!("DTEND:{}", utc(event.end)));
        self.text("SUMMARY", &event.summary);
        self.text("DESCRIPTION", &event.description);
        self.text("LOCATION", event.location.as_deref().unwrap_or_default());
        if let Some(url) = &event.url {
            // A URI is not TEXT: no escapes, and no character that could end the line.
            let url: String = url.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
            self.line(&format!("URL:{url}"));
        }
        self.line("CLASS:PRIVATE");
        self.line("TRANSP:OPAQUE");
        self.line(if event.cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        if let Some((organizer, attendee)) = parties {
            self.line(&format!("ORGANIZER{}:mailto:{}", common_name(organizer), organizer.email));
            let role = ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE";
            self.line(&format!("ATTENDEE{}{role}:mailto:{}", common_name(attendee), attendee.email));
        }
        self.line("END:VEVENT");
    }
}

fn common_name(party: &Party) -> String {
    if party.name.is_empty() { String::new() } else { format!(";CN={}", quoted(&party.name)) }
}

/// A moment in UTC, to the second: `20260309T080000Z`.
fn utc(at: Instant) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}
