"""Counts what happens in diaries, by another project's reader. Prints JSON: path -> list of UTC starts, or an error.

Usage: count_instances.py FROM TO FILE... with FROM and TO as YYYY-MM-DD. Times without a zone count as UTC.
"""

import datetime
import json
import pathlib
import sys

import icalendar
import recurring_ical_events


def utc(when):
    """The moment as text; days and times without a zone are meant in UTC."""
    if not isinstance(when, datetime.datetime):
        when = datetime.datetime.combine(when, datetime.time())
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.timezone.utc)
    return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def starts(path, first, last):
    """The starts of all events between two moments."""
    calendar = icalendar.Calendar.from_ical(pathlib.Path(path).read_bytes())
    events = recurring_ical_events.of(calendar, skip_bad_series=True, components=["VEVENT"]).between(first, last)
    return sorted(utc(event.start) for event in events)


def main():
    first, last = (
        datetime.datetime.fromisoformat(day).replace(tzinfo=datetime.timezone.utc) for day in sys.argv[1:3]
    )
    answers = {}
    for path in sys.argv[3:]:
        try:
            answers[path] = {"starts": starts(path, first, last)}
        except Exception as error:  # whatever the other reader cannot read is not compared
            answers[path] = {"error": f"{type(error).__name__}: {error}"[:200]}
    json.dump(answers, sys.stdout)


main()
