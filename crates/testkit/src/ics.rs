//! An independent reading of iCalendar: what another program makes of our invitations and feeds.

use serde::Deserialize;

/// A calendar stream.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Calendar {
    /// `METHOD` (RFC 5546), such as `REQUEST` or `CANCEL`; empty in a feed.
    pub method: String,
    /// Every `VEVENT`, in order.
    pub events: Vec<Event>,
    /// What breaks RFC 5545, in words; empty when all is well.
    pub faults: Vec<String>,
}

/// A `VEVENT`. Absent properties are empty. Times are ISO 8601: instants in UTC with `Z`, dates as dates.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Event {
    /// `UID`.
    pub uid: String,
    /// `SEQUENCE`; 0 when absent.
    pub sequence: u32,
    /// `STATUS`, such as `CONFIRMED` or `CANCELLED`.
    pub status: String,
    /// `DTSTART`.
    pub start: String,
    /// `DTEND`.
    pub end: String,
    /// `RECURRENCE-ID`.
    pub recurrence_id: String,
    /// `SUMMARY`, unescaped.
    pub summary: String,
    /// `DESCRIPTION`, unescaped.
    pub description: String,
    /// `LOCATION`, unescaped.
    pub location: String,
    /// `URL`.
    pub url: String,
    /// `ORGANIZER`.
    pub organizer: String,
    /// Every `ATTENDEE`.
    pub attendees: Vec<String>,
    /// `RRULE`.
    pub rrule: String,
}

/// Reads a stream with Python's `icalendar` package. Panics where that package refuses it.
#[must_use]
pub fn read(text: &str) -> Calendar {
    serde_json::from_value(crate::python::run("ics.py", text.as_bytes())).expect("ics.py answers a calendar")
}
