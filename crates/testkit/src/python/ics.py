"""Reads an iCalendar stream from standard input and writes what the icalendar package makes of it, as JSON."""

import datetime
import json
import sys

import icalendar

raw = sys.stdin.buffer.read()
faults = []
for number, line in enumerate(raw.split(b"\n")[:-1], 1):
    if not line.endswith(b"\r"):
        faults.append(f"line {number} ends without CR (RFC 5545, 3.1)")
    if len(line.rstrip(b"\r")) > 75:
        faults.append(f"line {number} is longer than 75 octets (RFC 5545, 3.1)")
if not raw.endswith(b"\n"):
    faults.append("the last line has no end (RFC 5545, 3.1)")

calendar = icalendar.Calendar.from_ical(raw.decode("utf-8"))
zones = {str(zone.get("TZID")) for zone in calendar.walk("VTIMEZONE")}


def text(component, name):
    value = component.get(name)
    return "" if value is None else str(value)


def moment(component, name):
    """ISO 8601; instants in UTC with Z, dates and floating times as they stand."""
    value = component.get(name)
    if value is None:
        return ""
    zone = value.params.get("TZID")
    if zone and zone not in zones:
        faults.append(f"{name} names the zone {zone}, which the stream does not define (RFC 5545, 3.6.5)")
    at = value.dt
    if isinstance(at, datetime.datetime) and at.tzinfo:
        return at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return at.isoformat()


def event(component):
    for name in ("UID", "DTSTAMP"):
        if component.get(name) is None:
            faults.append(f"an event without {name} (RFC 5545, 3.6.1)")
    for name, error in getattr(component, "errors", []):
        faults.append(f"{name}: {error}")
    attendees = component.get("ATTENDEE", [])
    return {
        "uid": text(component, "UID"),
        "sequence": int(component.get("SEQUENCE", 0)),
        "status": text(component, "STATUS"),
        "start": moment(component, "DTSTART"),
        "end": moment(component, "DTEND"),
        "recurrence_id": moment(component, "RECURRENCE-ID"),
        "summary": text(component, "SUMMARY"),
        "description": text(component, "DESCRIPTION"),
        "location": text(component, "LOCATION"),
        "url": text(component, "URL"),
        "organizer": text(component, "ORGANIZER"),
        "attendees": [str(one) for one in (attendees if isinstance(attendees, list) else [attendees])],
        "rrule": component["RRULE"].to_ical().decode() if "RRULE" in component else "",
    }


for name in ("PRODID", "VERSION"):
    if calendar.get(name) is None:
        faults.append(f"no {name} (RFC 5545, 3.6)")
events = [event(component) for component in calendar.walk("VEVENT")]
json.dump({"method": text(calendar, "METHOD"), "events": events, "faults": faults}, sys.stdout)
