# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Events of iCalendar files (RFC 5545), read by icalendar and recurring-ical-events."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from itertools import islice, takewhile

from ansible.module_utils.basic import missing_required_lib

from ansible_collections.mlops.elastic.plugins.module_utils import units
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, MlError

SPEC = {
    "ics_file": {"type": "path"},
    "ics_start": {"type": "str"},
    "ics_end": {"type": "str"},
    "ics_timezone": {"type": "str"},
}
MOST_EVENTS = 10_000
"""What a server lists of them in one search."""

_TOO_OFTEN = {"SECONDLY", "MINUTELY"}
"""A few months of them are millions of events."""

_MARGIN_MS = 2 * 86_400_000
"""Days that have no time zone yet may belong to a window that begins or ends this much later or earlier."""

_MALFORMED = (ValueError, KeyError, OverflowError, TypeError, AttributeError)
"""What the libraries raise for files that break the rules."""


def events(ics_file, ics_start=None, ics_end=None, ics_timezone=None):
    """Return what happens according to a file, as events that can be declared, with times in milliseconds.

    Recurring events are returned one by one. Cancelled ones, and those that take no time, are left out.

    :arg ics_start: a time; what is over by then is left out
    :arg ics_end: a time; what begins only then is left out; needed where an event recurs for ever
    :arg ics_timezone: name of the zone of days, and of times, for which the file names none
    :raises BadOption: the file, or one of the times, cannot be read
    :raises MlError: a library is missing
    """
    first = units.event_time("ics_start", ics_start) if ics_start is not None else None
    last = units.event_time("ics_end", ics_end) if ics_end is not None else None
    try:
        found = [
            event
            for calendar in _calendars(ics_file)
            for event in _Reader(ics_file, calendar, _zone(ics_timezone, calendar)).events(first, last)
        ]
    except _MALFORMED as error:
        raise _refused(ics_file, f"it breaks the rules of iCalendar: {error}") from error
    if len(found) > MOST_EVENTS:
        raise BadOption(
            "ics_file", ics_file, f"it holds more than {MOST_EVENTS} events", "Narrow ics_start and ics_end."
        )
    return list({tuple(event.values()): event for event in found}.values())


def _refused(ics_file, problem, remedy="Give the path of a whole .ics file."):
    return BadOption("ics_file", ics_file, problem, remedy)


def _calendars(ics_file):
    try:
        import icalendar
        import recurring_ical_events  # noqa: F401
    except ImportError as error:
        raise MlError(missing_required_lib("recurring-ical-events"), type="missing_library") from error
    try:
        with open(ics_file, encoding="utf-8-sig") as file:
            text = file.read()
    except OSError as error:
        raise _refused(ics_file, f"it cannot be read where the task runs: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _refused(ics_file, "it is not a text in UTF-8") from error
    calendars = [part for part in icalendar.Calendar.from_ical(text, multiple=True) if part.name == "VCALENDAR"]
    if not calendars:
        raise _refused(ics_file, "it holds no whole VCALENDAR")
    return calendars


def _zone(ics_timezone, calendar):
    """Return the zone of what has none: the one that is asked for, or the calendar's own, or UTC."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    name = ics_timezone or str(calendar.get("X-WR-TIMEZONE", "UTC"))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # the last for a directory of zones
        raise BadOption(
            "ics_timezone", name, "no such time zone is known", "Write a name such as Europe/Paris."
        ) from error


class _Reader:
    """One calendar of a file.

    :arg zone: of days and times without one
    """

    def __init__(self, ics_file, calendar, zone):
        self._file = ics_file
        self._calendar = calendar
        self._zone = zone

    def events(self, first, last):
        """Return its events within a window in milliseconds, None where it is open."""
        import recurring_ical_events

        for event in self._calendar.walk("VEVENT"):
            self._check(event, last)
        query = recurring_ical_events.of(self._calendar)
        found = query.all() if first is None else query.after(_datetime(first - _MARGIN_MS))
        if last is not None:
            found = takewhile(lambda event: self._ms(event.start) < last + _MARGIN_MS, found)
        chosen = (event for event in map(self._event, filter(_takes_place, found)) if _is_within(event, first, last))
        return list(islice(chosen, MOST_EVENTS + 1))

    def _check(self, event, last):
        name = event.get("SUMMARY", event.get("UID", "without a name"))
        if event.errors:
            raise _refused(
                self._file, f"event {name}: {'; '.join(': '.join(map(str, error)) for error in event.errors)}"
            )
        if "DTSTART" not in event:
            raise _refused(self._file, f"event {name} has no DTSTART")
        for key in ("DTSTART", "DTEND"):
            zone = event[key].params.get("TZID") if key in event else None
            if zone and getattr(event[key].dt, "tzinfo", None) is None:
                raise _refused(self._file, f"event {name}: time zone {zone} is not known", "Define it as a VTIMEZONE.")
        rule = event.get("RRULE") or {}
        if _TOO_OFTEN.intersection(rule.get("FREQ", ())):
            raise _refused(self._file, f"event {name} recurs within an hour", "Let it last longer instead.")
        if last is None and rule and not {"COUNT", "UNTIL"} & set(rule):
            raise _refused(self._file, f"event {name} recurs for ever", "Set ics_end.")

    def _event(self, event):
        return {
            "description": str(event.get("SUMMARY") or event.get("UID") or ""),
            "start_time": self._ms(event.start),
            "end_time": self._ms(event.end),
        }

    def _ms(self, moment):
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment, time.min)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._zone)
        return round(moment.timestamp() * 1000)


def _datetime(ms):
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms)


def _takes_place(event):
    return str(event.get("STATUS", "")).upper() != "CANCELLED"


def _is_within(event, first, last):
    takes_time = event["start_time"] < event["end_time"]
    return takes_time and (first is None or event["end_time"] > first) and (last is None or event["start_time"] < last)
