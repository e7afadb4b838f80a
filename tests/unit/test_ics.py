# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of iCalendar files: time zones, whole days, recurrences, exceptions, and files that are none."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils import ics, units
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption

CUSTOM_ZONE = """BEGIN:VTIMEZONE
TZID:Ours
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0330
TZOFFSETTO:+0330
END:STANDARD
END:VTIMEZONE
"""
ROME = "X-WR-TIMEZONE:Europe/Rome\n"


def calendar(*events, head=""):
    """A file with events, whose lines are separated by blanks."""
    parts = [
        "BEGIN:VEVENT\n{}UID:{}\n{}\nEND:VEVENT\n".format(
            "" if "SUMMARY" in text else "SUMMARY:e\n", number, text.replace(" ", "\n")
        )
        for number, text in enumerate(events)
    ]
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t//\n{head}{''.join(parts)}END:VCALENDAR\n"


@pytest.fixture
def read(tmp_path):
    """A function from a text, or bytes, to (description, start, end) of its events."""
    file = tmp_path / "events.ics"

    def of(content, **options):
        file.write_bytes(content if isinstance(content, bytes) else content.replace("\n", "\r\n").encode())
        return [
            (event["description"], units.iso(event["start_time"]), units.iso(event["end_time"]))
            for event in ics.events(str(file), **options)
        ]

    return of


UNTIL_2028 = {"ics_start": "2026-01-01", "ics_end": "2028-01-01"}
CASES = {
    "UTC": (
        calendar("DTSTART:20260101T100000Z DTEND:20260101T113000Z"),
        {},
        ["2026-01-01T10:00:00Z/2026-01-01T11:30:00Z"],
    ),
    "a zone by name, in summer": (
        calendar("DTSTART;TZID=Europe/Berlin:20260701T100000 DURATION:PT1H"),
        {},
        ["2026-07-01T08:00:00Z/2026-07-01T09:00:00Z"],
    ),
    "a zone by the name that Windows gives it": (
        calendar("DTSTART;TZID=Romance_Standard_Time:20260101T100000 DURATION:PT1H")
        .replace("e_S", "e S")
        .replace("d_T", "d T"),
        {},
        ["2026-01-01T09:00:00Z/2026-01-01T10:00:00Z"],
    ),
    "a zone of its own": (
        calendar("DTSTART;TZID=Ours:20260101T100000 DURATION:PT1H", head=CUSTOM_ZONE),
        {},
        ["2026-01-01T06:30:00Z/2026-01-01T07:30:00Z"],
    ),
    "no zone is UTC": (
        calendar("DTSTART:20260101T100000 DTEND:20260101T110000"),
        {},
        ["2026-01-01T10:00:00Z/2026-01-01T11:00:00Z"],
    ),
    "no zone is the calendar's": (
        calendar("DTSTART:20260101T100000 DTEND:20260101T110000", head=ROME),
        {},
        ["2026-01-01T09:00:00Z/2026-01-01T10:00:00Z"],
    ),
    "no zone is the one asked for": (
        calendar("DTSTART:20260101T100000 DTEND:20260101T110000"),
        {"ics_timezone": "America/New_York"},
        ["2026-01-01T15:00:00Z/2026-01-01T16:00:00Z"],
    ),
    "a day": (calendar("DTSTART;VALUE=DATE:20260101"), {}, ["2026-01-01T00:00:00Z/2026-01-02T00:00:00Z"]),
    "three days": (
        calendar("DTSTART;VALUE=DATE:20260101 DTEND;VALUE=DATE:20260104"),
        {},
        ["2026-01-01T00:00:00Z/2026-01-04T00:00:00Z"],
    ),
    "a day in the calendar's zone": (
        calendar("DTSTART;VALUE=DATE:20260101", head=ROME),
        {},
        ["2025-12-31T23:00:00Z/2026-01-01T23:00:00Z"],
    ),
    "a day of 23 hours in the zone asked for": (
        calendar("DTSTART;VALUE=DATE:20260329", head="X-WR-TIMEZONE:Asia/Tokyo\n"),
        {"ics_timezone": "Europe/Paris"},
        ["2026-03-28T23:00:00Z/2026-03-29T22:00:00Z"],
    ),
    "every day through a change to summer time, without one": (
        calendar(
            "DTSTART;TZID=Europe/Berlin:20260327T100000 DURATION:PT1H RRULE:FREQ=DAILY;COUNT=4 "
            "EXDATE;TZID=Europe/Berlin:20260328T100000"
        ),
        {},
        [
            "2026-03-27T09:00:00Z/2026-03-27T10:00:00Z",
            "2026-03-29T08:00:00Z/2026-03-29T09:00:00Z",
            "2026-03-30T08:00:00Z/2026-03-30T09:00:00Z",
        ],
    ),
    "every year for ever, within a window": (
        calendar("DTSTART;VALUE=DATE:19990101 RRULE:FREQ=YEARLY"),
        UNTIL_2028,
        ["2026-01-01T00:00:00Z/2026-01-02T00:00:00Z", "2027-01-01T00:00:00Z/2027-01-02T00:00:00Z"],
    ),
    "until a day": (
        calendar("DTSTART:20260101T000000Z DURATION:PT1H RRULE:FREQ=MONTHLY;UNTIL=20260201T000000Z"),
        {},
        ["2026-01-01T00:00:00Z/2026-01-01T01:00:00Z", "2026-02-01T00:00:00Z/2026-02-01T01:00:00Z"],
    ),
    "further dates": (
        calendar("DTSTART:20260101T000000Z DURATION:PT1H RDATE:20260301T000000Z"),
        {},
        ["2026-01-01T00:00:00Z/2026-01-01T01:00:00Z", "2026-03-01T00:00:00Z/2026-03-01T01:00:00Z"],
    ),
    "one that was moved, one that was cancelled": (
        calendar("DTSTART:20260101T000000Z DURATION:PT1H RRULE:FREQ=DAILY;COUNT=3").replace(
            "END:VCALENDAR",
            "BEGIN:VEVENT\nUID:0\nSUMMARY:e\nRECURRENCE-ID:20260102T000000Z\nDTSTART:20260102T120000Z\n"
            "DURATION:PT2H\nEND:VEVENT\n"
            "BEGIN:VEVENT\nUID:0\nSUMMARY:e\nRECURRENCE-ID:20260103T000000Z\nDTSTART:20260103T000000Z\n"
            "DURATION:PT1H\nSTATUS:CANCELLED\nEND:VEVENT\nEND:VCALENDAR",
        ),
        {},
        ["2026-01-01T00:00:00Z/2026-01-01T01:00:00Z", "2026-01-02T12:00:00Z/2026-01-02T14:00:00Z"],
    ),
    "cancelled": (calendar("STATUS:CANCELLED DTSTART:20260101T000000Z DURATION:PT1H"), {}, []),
    "no time": (calendar("DTSTART:20260101T000000Z"), {}, []),
    "the window cuts what is over, and what begins only then": (
        calendar(
            "DTSTART:20251231T000000Z DTEND:20260101T000000Z",
            "DTSTART:20251231T000000Z DTEND:20260101T000001Z",
            "DTSTART:20271231T235959Z DTEND:20290101T000000Z",
            "DTSTART:20280101T000000Z DTEND:20280101T000001Z",
        ),
        UNTIL_2028,
        ["2025-12-31T00:00:00Z/2026-01-01T00:00:01Z", "2027-12-31T23:59:59Z/2029-01-01T00:00:00Z"],
    ),
    "days at the ends of a window": (
        calendar("DTSTART;VALUE=DATE:20251231", "DTSTART;VALUE=DATE:20260101", "DTSTART;VALUE=DATE:20280101"),
        {**UNTIL_2028, "ics_timezone": "Pacific/Kiritimati"},
        ["2025-12-31T10:00:00Z/2026-01-01T10:00:00Z", "2027-12-31T10:00:00Z/2028-01-01T10:00:00Z"],
    ),
    "two of the same": (
        calendar(*["DTSTART:20260101T000000Z DURATION:PT1H"] * 2),
        {},
        ["2026-01-01T00:00:00Z/2026-01-01T01:00:00Z"],
    ),
    "two calendars in a file": (
        calendar("DTSTART;VALUE=DATE:20260101", head=ROME) + calendar("DTSTART;VALUE=DATE:20260102"),
        {},
        ["2025-12-31T23:00:00Z/2026-01-01T23:00:00Z", "2026-01-02T00:00:00Z/2026-01-03T00:00:00Z"],
    ),
    "no events": (calendar(), {}, []),
    "things to do are none": (
        calendar().replace("END:VC", "BEGIN:VTODO\nUID:1\nDTSTART:20260101T000000Z\nEND:VTODO\nEND:VC"),
        {},
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_times(case, read):
    content, options, times = CASES[case]
    assert read(content, **options) == [("e", *time.split("/")) for time in times]


@pytest.mark.parametrize(
    ("lines", "description"),
    [
        ("SUMMARY:Plain", "Plain"),
        ("SUMMARY:One\\,two\\;three", "One,two;three"),
        ("SUMMARY:Fol\n ded", "Folded"),
        ("SUMMARY;LANGUAGE=fr:Été", "Été"),
        ("SUMMARY:", "u"),
        ("DESCRIPTION:not this", "u"),
    ],
)
def test_descriptions(lines, description, read):
    event = f"BEGIN:VEVENT\nUID:u\n{lines}\nDTSTART:20260101T000000Z\nDURATION:PT1H\nEND:VEVENT\n"
    assert read(calendar().replace("END:VC", f"{event}END:VC"))[0][0] == description


def test_a_mark_at_the_beginning_is_no_content(read):
    content = calendar("DTSTART;VALUE=DATE:20260101").encode("utf-8-sig")
    assert len(read(content)) == 1


REFUSED = {
    "": "holds no whole VCALENDAR",
    "hello": "breaks the rules of iCalendar",
    "BEGIN:VEVENT\nDTSTART:20260101T000000Z\nEND:VEVENT\n": "holds no whole VCALENDAR",
    calendar("DTSTART;VALUE=DATE:20260101")[:-20]: "holds no whole VCALENDAR",
    calendar("DTSTART:20261301T000000Z"): "event e: DTSTART: ",
    calendar("DTSTART:20260101T000000Z RRULE:FREQ=NEVER"): "event e: RRULE: ",
    calendar("DURATION:PT1H"): "event e has no DTSTART",
    calendar("DTSTART;TZID=Nowhere:20260101T000000 DURATION:PT1H"): "event e: time zone Nowhere is not known",
    calendar("SUMMARY:ever DTSTART:20260101T000000Z RRULE:FREQ=DAILY"): "event ever recurs for ever. Set ics_end",
    calendar("DTSTART:20260101T000000Z DURATION:PT1S RRULE:FREQ=HOURLY;COUNT=10001"): "more than 10000 events",
    calendar("DTSTART:20260101T000000Z DURATION:PT1S RRULE:FREQ=SECONDLY;COUNT=2"): "event e recurs within an hour",
    calendar("DTSTART:20260101T000000Z DURATION:PT1S RRULE:FREQ=MINUTELY;COUNT=2"): "event e recurs within an hour",
    calendar("DTSTART:20260101T000000Z DURATION:PT1S").replace("PRODID", "CALSCALE:JULIAN\nPRODID"): "breaks the rules",
}


@pytest.mark.parametrize("content", REFUSED)
def test_refused(content, read):
    with pytest.raises(BadOption, match=REFUSED[content]) as caught:
        read(content)
    assert caught.value.msg.startswith("ics_file: '/")


def test_not_a_text(read):
    with pytest.raises(BadOption, match="it is not a text in UTF-8"):
        read(b"\xff\xfe\x00")


@pytest.mark.parametrize("path", ["/no/such/file.ics", "/"])
def test_no_file(path):
    with pytest.raises(BadOption, match=f"ics_file: '{path}' is refused: it cannot be read where the task runs"):
        ics.events(path)


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "Europe", "../etc/passwd", ""])
def test_no_such_zone(zone, read):
    if zone:
        with pytest.raises(BadOption, match=f"ics_timezone: '{zone}' is refused: no such time zone is known"):
            read(calendar(), ics_timezone=zone)
    else:
        assert read(calendar(), ics_timezone=zone) == []


@pytest.mark.parametrize("option", ["ics_start", "ics_end"])
def test_windows_are_times(option, read):
    with pytest.raises(BadOption, match=f"{option}: 'soon' is refused: it cannot be read as a time"):
        read(calendar(), **{option: "soon"})
