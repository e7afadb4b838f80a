# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events that a calendar takes from an iCalendar file."""

import sys

import pytest

from modules.test_present_calendar import event, present, seeded, stored

ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:1
SUMMARY:Holiday
DTSTART;VALUE=DATE:20260101
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Maintenance
DTSTART;TZID=Europe/Berlin:20260701T220000
DURATION:PT4H
END:VEVENT
END:VCALENDAR
"""


def test_events_from_a_file(server, tmp_path):
    file = tmp_path / "events.ics"
    file.write_text(ICS.replace("\n", "\r\n"))
    options = {"calendar_id": "c", "ics_file": str(file), "ics_start": "2026-01-01", "ics_end": "2028-01-01"}
    seeded(server, event("Holiday"), event("other", 5))
    changed = present(server, **options)
    assert changed.calendars[0]["actions"] == ["add_events", "remove_events"]
    summer = {"description": "Maintenance", "start_time": 1_782_936_000_000, "end_time": 1_782_950_400_000}
    assert stored(server)["events"] == [event("Holiday"), summer, event("Holiday", 365)]
    file.write_text(ICS.replace("SUMMARY:Maintenance", "SUMMARY:Upgrade"))
    assert present(server, **options).calendars[0]["actions"] == ["add_events", "remove_events"]
    endless = server.run("ml_calendar", **{**options, "ics_end": None})
    assert "event Holiday recurs for ever. Set ics_end" in endless.msg
    assert endless.writes == []


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("content", ["", "BEGIN:VCALENDAR", ICS[:200], ICS.replace("20260701T", "20261301T"), "hello"])
def test_a_file_that_is_none_changes_nothing(newest, tmp_path, content, check):
    file = tmp_path / "events.ics"
    file.write_text(content)
    seeded(newest, event())
    outcome = newest.run("ml_calendar", calendar_id="c", ics_file=str(file), ics_end="2028-01-01", check=check)
    assert outcome.failed
    assert f"ics_file: '{file}' is refused" in outcome.msg
    assert outcome.msg.count("\n") == 0
    assert outcome.writes == []


@pytest.mark.parametrize("library", ["icalendar", "recurring_ical_events"])
def test_the_libraries_are_needed_for_files_alone(newest, tmp_path, monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)
    file = tmp_path / "events.ics"
    file.write_text(ICS)
    seeded(newest)
    outcome = newest.run("ml_calendar", calendar_id="c", ics_file=str(file), ics_end="2028-01-01")
    assert outcome.error["type"] == "missing_library"
    assert "recurring-ical-events" in outcome.msg
    assert outcome.writes == []
    assert newest.run("ml_calendar", calendar_id="c", events=[event()]).changed
