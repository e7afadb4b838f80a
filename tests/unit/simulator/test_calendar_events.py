# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Events of calendars: rules from Elasticsearch's sources and specification that no recorded reply shows."""

import re

import pytest
from unit import calendar_replies
from unit.calendar_replies import missing

from simulator import date_math
from simulator.config import instants

CALENDARS = "/_ml/calendars"
EVERY_VERSION = ("7.3.0", "7.10.0", "7.17.29", "8.19.21", "9.5.3")
OLD, RECENT = EVERY_VERSION[:2], EVERY_VERSION[2:]
DAY = 86_400_000
JOBS = [{"job_id": "web-1", "groups": ["web", "all-sites"]}, {"job_id": "db-1"}]
HOLIDAYS = {
    "calendar_id": "holidays",
    "events": [
        {"description": "y", "start_time": DAY, "end_time": 2 * DAY - 5},
        {"description": "x", "start_time": DAY, "end_time": 3 * DAY},
        {"description": "first", "start_time": 0, "end_time": DAY},
    ],
}
ONE_EACH = [
    {"calendar_id": name, "events": [{"description": name, "start_time": 1, "end_time": 2}]} for name in ("n1", "n2")
]
ONLY_ALL = "Validation Failed: 1: If job_id is used calendar_id must be '_all';"


@pytest.fixture
def cluster(api):
    """A cluster with two jobs and the calendars asked for."""

    def seeded(version, *calendars):
        server = api(version)
        server.control("seed", {"jobs": JOBS, "calendars": list(calendars)})
        return server

    return seeded


def names(reply):
    """Descriptions of events, or the status and reason of a refusal."""
    return calendar_replies.names(reply, "events", "description")


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["first", "x", "y"]),
        ("?size=2", ["first", "x"]),
        ("?from=2", ["y"]),
        (f"?start={DAY}", ["x", "y"]),
        (f"?start={DAY - 1}", ["first", "x", "y"]),
        (f"?end={DAY}", ["first"]),
        (f"?end={DAY + 1}", ["first", "x", "y"]),
        (f"?start={2 * DAY}&end={2 * DAY}", ["x"]),
        ("?start=1970-01-02T00:00:00Z", ["x", "y"]),
        ("?start=1970-01-02", ["x"]),
        ("?end=1970-01-02", ["first"]),
        ("?start=1970-01-02%7C%7C%2B1d", ["x"]),
        ("?start=now-1h", []),
        ("?start=", ["first", "x", "y"]),
        ("?job_id=db-1", (400, ONLY_ALL)),
    ],
)
def test_events_between_two_times(cluster, version, query, expected):
    assert names(cluster(version, HOLIDAYS)("GET", f"{CALENDARS}/holidays/events{query}")) == expected


@pytest.mark.parametrize(
    ("versions", "job_id", "expected"),
    [
        (EVERY_VERSION[:1], "db-1", ["direct"]),
        (EVERY_VERSION[1:], "db-1", ["direct", "everybody"]),
        (EVERY_VERSION[:1], "web-1", ["group"]),
        (EVERY_VERSION[1:], "web-1", ["everybody", "group"]),
        (EVERY_VERSION[1:], "web", ["everybody", "group"]),
        (EVERY_VERSION, "w*", (404, "No known job with id 'w*'")),
    ],
)
def test_events_of_a_job_or_a_group(cluster, versions, job_id, expected):
    calendars = [
        {"calendar_id": name, "job_ids": [job], "events": [{"description": name, "start_time": 1, "end_time": 2}]}
        for name, job in (("direct", "db-1"), ("group", "web"), ("everybody", "_all"))
    ]
    for version in versions:
        server = cluster(version, *calendars)
        assert names(server("GET", f"{CALENDARS}/_all/events?job_id={job_id}")) == expected, version


@pytest.mark.parametrize(
    ("versions", "calendar_id", "expected"),
    [
        (EVERY_VERSION, "_all", ["n1", "n2"]),
        (EVERY_VERSION[1:], "*", ["n1", "n2"]),
        (RECENT, "n1,nope", ["n1"]),
        (RECENT, "n*", ["n1", "n2"]),
        (OLD, "n*", missing("n*")),
        (EVERY_VERSION, "nope", missing("nope")),
    ],
)
def test_events_of_several_calendars(cluster, versions, calendar_id, expected):
    for version in versions:
        server = cluster(version, *ONE_EACH)
        assert names(server("GET", f"{CALENDARS}/{calendar_id}/events")) == expected, version


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_deleted_calendar_takes_only_its_events_with_it(cluster, version):
    server = cluster(version, *ONE_EACH)
    assert server("DELETE", f"{CALENDARS}/n1").json() == {"acknowledged": True}
    assert names(server("GET", f"{CALENDARS}/_all/events")) == ["n2"]


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_an_event_is_added_each_time_it_is_posted(cluster, version):
    server = cluster(version, *ONE_EACH)
    event = {"description": "e", "start_time": 5, "end_time": 6}
    for _time in range(2):
        posted = server("POST", f"{CALENDARS}/n1/events", {"events": event}).json()["events"]
        assert [each["calendar_id"] for each in posted] == ["n1"]
        assert "event_id" not in posted[0]
    events = server("GET", f"{CALENDARS}/n1/events").json()["events"]
    assert [each["description"] for each in events] == ["n1", "e", "e"]
    ids = {each["event_id"] for each in events}
    assert len(ids) == 3
    assert all(re.fullmatch(r"[\w-]{20}", event_id) for event_id in ids)


@pytest.mark.parametrize(
    ("versions", "event_id", "calendar_id", "expected"),
    [
        (EVERY_VERSION, "nope", "n1", (404, "No event with id [nope]")),
        (EVERY_VERSION, "nope", "gone", missing("gone")),
    ],
)
def test_deleting_an_event_that_is_not_there(cluster, versions, event_id, calendar_id, expected):
    for version in versions:
        server = cluster(version, *ONE_EACH)
        assert names(server("DELETE", f"{CALENDARS}/{calendar_id}/events/{event_id}")) == expected, version


@pytest.mark.parametrize(("version", "kept"), [("7.17.29", False), ("9.5.3", True)])
def test_events_before_1970_are_answered_but_not_kept_by_old_servers(cluster, version, kept):
    server = cluster(version, {"calendar_id": "old"})
    event = {"description": "e", "start_time": -2, "end_time": -1}
    assert server("POST", f"{CALENDARS}/old/events", {"events": [event]}).status_code == 200
    assert names(server("GET", f"{CALENDARS}/old/events")) == (["e"] if kept else [])


@pytest.mark.parametrize(
    ("version", "time", "expected"),
    [
        ("7.3.0", "1514764800", 1_514_764_800_000),
        ("7.3.0", "15147648000", 15_147_648_000),
        ("7.3.0", "2018-01-01", 1_514_764_800_000),
        ("7.10.0", "15147648000", 15_147_648_000),
        ("9.5.3", "2018-01-01T01:00+0100", 1_514_764_800_000),
        ("9.5.3", "2018-01-01T00Z", 1_514_764_800_000),
        ("9.5.3", 1514764800000.7, 1_514_764_800_000),
        ("7.10.0", "2018-01-01", "{},ISO resolved to 2018-01-01 of type java.time.format.Parsed"),
        ("7.10.0", "2018-01-01T10", "{},ISO resolved to 2018-01-01T10:00 of type java.time.format.Parsed"),
        (
            "9.5.3",
            "2018-01-01T10:11:12",
            "DateTime[years=2018, months=1, days=1, hours=10, minutes=11, seconds=12, nanos=null, zoneId=null, "
            "offset=null] of type org.elasticsearch.common.time.DateTime",
        ),
        ("9.5.3", "2018-13-01T00:00:00Z", "failed to parse date field [2018-13-01T00:00:00Z]"),
        ("9.5.3", True, "unexpected token [VALUE_BOOLEAN] for [start_time]"),
    ],
)
def test_times_of_events(cluster, version, time, expected):
    server = cluster(version, {"calendar_id": "c"})
    event = {"description": "e", "start_time": time, "end_time": 1_600_000_000_000}
    reply = server("POST", f"{CALENDARS}/c/events", {"events": [event]})
    if isinstance(expected, int):
        assert reply.json()["events"][0]["start_time"] == expected
    else:
        assert reply.status_code == 400
        assert expected in reply.json()["error"]["caused_by"]["caused_by"]["reason"]


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1_582_934_400_120, "2020-02-29T00:00:00.120Z"),
        (253_402_300_800_000, "+10000-01-01T00:00:00Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00Z"),
        (-62_198_755_200_000, "-0001-01-01T00:00:00Z"),
    ],
)
def test_instants_as_text(milliseconds, expected):
    assert instants.text_of(milliseconds) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018", "2018-01-01T23:59:59.999Z"),
        ("2018-03", "2018-03-01T23:59:59.999Z"),
        ("2018-03-04", "2018-03-04T23:59:59.999Z"),
        ("2018-03-04T05", "2018-03-04T05:59:59.999Z"),
        ("2018-03-04T05:06:07", "2018-03-04T05:06:07.999Z"),
        ("2018-03-04T05:06:07.1", "2018-03-04T05:06:07.100Z"),
        ("2018-03-04||/M", "2018-03-31T23:59:59.999Z"),
        ("2018-03-04||+1d", "2018-03-05T00:00:00Z"),
        ("1520140000000", "2018-03-04T05:06:40Z"),
    ],
)
def test_times_at_their_latest(text, expected):
    assert instants.text_of(date_math.latest(text, 0)) == expected
