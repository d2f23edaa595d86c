//! The independent reader of calendars.

use holdspace_testkit::ics;

const INVITATION: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n\
    UID:apt_1@practice.test\r\nDTSTAMP:20261121T120000Z\r\nSEQUENCE:2\r\nSTATUS:CONFIRMED\r\n\
    DTSTART:20261124T090000Z\r\nDTEND:20261124T095000Z\r\nSUMMARY:Appointment\\, moved\r\n\
    ORGANIZER:mailto:post@practice.test\r\nATTENDEE:mailto:anna@clients.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn an_invitation_is_read_whole() {
    let calendar = ics::read(INVITATION);
    assert_eq!(calendar.faults, [""; 0]);
    assert_eq!(calendar.method, "REQUEST");
    let event = &calendar.events[0];
    assert_eq!((event.uid.as_str(), event.sequence, event.status.as_str()), ("apt_1@practice.test", 2, "CONFIRMED"));
    assert_eq!((event.start.as_str(), event.end.as_str()), ("2026-11-24T09:00:00Z", "2026-11-24T09:50:00Z"));
    assert_eq!(event.summary, "Appointment, moved");
    assert_eq!(event.attendees, ["mailto:anna@clients.test"]);
}

#[test]
fn what_the_standard_forbids_is_named() {
    let long = INVITATION.replace("Appointment\\, moved", &"x".repeat(80));
    assert_eq!(ics::read(&long).faults.len(), 1);
    let bare = INVITATION.replacen("\r\n", "\n", 1);
    assert_eq!(ics::read(&bare).faults, ["line 1 ends without CR (RFC 5545, 3.1)"]);
    let zone = INVITATION.replace("DTSTART:20261124T090000Z", "DTSTART;TZID=Europe/London:20261124T090000");
    assert!(ics::read(&zone).faults[0].contains("Europe/London"));
    let unstamped = INVITATION.replace("DTSTAMP:20261121T120000Z\r\n", "");
    assert_eq!(ics::read(&unstamped).faults, ["an event without DTSTAMP (RFC 5545, 3.6.1)"]);
}
