# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calendars and their members: rules from Elasticsearch's sources and specification that no recorded reply shows."""

import pytest
from unit import calendar_replies
from unit.calendar_replies import missing

from simulator.config import hash_sets

CALENDARS = "/_ml/calendars"
EVERY_VERSION = ("7.3.0", "7.10.0", "7.17.29", "8.19.21", "9.5.3")
OLD, RECENT = EVERY_VERSION[:2], EVERY_VERSION[2:]
SEED = {
    "jobs": [{"job_id": "web-1", "groups": ["web", "all-sites"]}, {"job_id": "db-1"}],
    "calendars": [
        {"calendar_id": "a", "job_ids": ["web-1", "gone"], "description": "one job"},
        {"calendar_id": "b", "job_ids": ["web"]},
        {"calendar_id": "c", "job_ids": ["_all"]},
        {"calendar_id": "holidays", "job_ids": ["db-1"]},
    ],
}
INCOMPATIBLE = "Validation Failed: 1: Params [from, size] are incompatible with [calendar_id].;"
NO_SOURCE_TYPE = "source and source_content_type parameters are required"


@pytest.fixture
def cluster(api):
    def seeded(version):
        server = api(version)
        server.control("seed", SEED)
        return server

    return seeded


def names(reply):
    """Ids of calendars, or the status and reason of a refusal."""
    return calendar_replies.names(reply, "calendars", "calendar_id")


@pytest.mark.parametrize(
    ("versions", "expression", "expected"),
    [
        (EVERY_VERSION, "_all", ["a", "b", "c", "holidays"]),
        (EVERY_VERSION[:1], "*", missing("*")),
        (EVERY_VERSION[1:], "*", ["a", "b", "c", "holidays"]),
        (OLD, "a,b", missing("a,b")),
        (RECENT, "b,a", ["a", "b"]),
        (RECENT, "a,nope", ["a"]),
        (RECENT, "nope,h*", ["holidays"]),
        (RECENT, "no*,nope", missing("no*,nope")),
        (RECENT, "a, b", ["a"]),
        (RECENT, "%2C", ["a", "b", "c", "holidays"]),
        (RECENT, "_all,a", ["a"]),
        (OLD, "%2C", missing(",")),
    ],
)
def test_calendars_that_an_expression_names(cluster, versions, expression, expected):
    for version in versions:
        assert names(cluster(version)("GET", f"{CALENDARS}/{expression}")) == expected, version


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("method", "target", "body", "expected"),
    [
        ("GET", "?from=3", None, ["holidays"]),
        ("GET", "?from=9", None, []),
        ("POST", "", {"page": {"from": 1, "size": 2}}, ["b", "c"]),
        ("GET", "", {"page": {"size": 1}}, ["a"]),
        ("POST", "", {"calendar_id": "b"}, ["b"]),
        ("POST", "/a", {"calendar_id": "b"}, ["a"]),
        ("GET", "/_all?size=1", None, (400, INCOMPATIBLE)),
        ("POST", "", {"calendar_id": "b", "page": {"from": 0}}, (400, INCOMPATIBLE)),
        ("GET", "?size=-1", None, (400, "Parameter [size] cannot be < 0")),
        ("GET", "?size=x", None, (400, "Failed to parse int parameter [size] with value [x]")),
        ("GET", "?from=1", {}, (400, "request [/_ml/calendars] contains unrecognized parameter: [from]")),
        ("GET", "?source=%7B%22page%22%3A%7B%22size%22%3A1%7D%7D&source_content_type=application/json", None, ["a"]),
    ],
)
def test_pages_in_query_and_body(cluster, version, method, target, body, expected):
    assert names(cluster(version)(method, CALENDARS + target, body)) == expected


@pytest.mark.parametrize(
    ("version", "status", "reason"),
    [
        ("7.17.29", 500, NO_SOURCE_TYPE),
        ("9.5.3", 400, f"Validation Failed: 1: {NO_SOURCE_TYPE};"),
    ],
)
def test_a_source_without_its_type(cluster, version, status, reason):
    assert names(cluster(version)("PUT", f"{CALENDARS}/z?source=%7B%7D")) == (status, reason)


def test_a_page_beyond_what_a_search_reaches(cluster):
    reply = cluster("9.5.3")("GET", f"{CALENDARS}?from=9999&size=2")
    error = reply.json()["error"]
    assert reply.status_code == 400
    assert error["type"] == "search_phase_execution_exception"
    assert error["root_cause"][0]["reason"].startswith("Result window is too large, from + size must be less than")
    assert error["failed_shards"][0]["index"] == ".ml-meta"


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("calendar_id", "body", "expected"),
    [
        ("n", {"job_ids": "single"}, {"calendar_id": "n", "job_ids": ["single"]}),
        ("n", {"job_ids": [1, True]}, {"calendar_id": "n", "job_ids": ["1", "true"]}),
        ("n", {"description": None, "type": "calendar"}, {"calendar_id": "n", "job_ids": []}),
        ("a.b-c_d", None, {"calendar_id": "a.b-c_d", "job_ids": []}),
        ("a", {"job_ids": []}, (400, "Cannot create calendar with id [a] as it already exists")),
        ("x" * 65, None, (400, "Validation Failed: 1: The job id cannot contain more than 64 characters.;")),
    ],
)
def test_put(cluster, version, calendar_id, body, expected):
    reply = cluster(version)("PUT", f"{CALENDARS}/{calendar_id}", body)
    assert (reply.json() if reply.status_code == 200 else names(reply)) == expected


def test_an_id_that_is_wrong_in_two_ways(cluster):
    reply = cluster("9.5.3")("PUT", f"{CALENDARS}/{'X' * 65}")
    first, second = reply.json()["error"]["reason"].removeprefix("Validation Failed: ").split(";2: ")
    assert first.startswith("1: Invalid calendar_id; 'XXX")
    assert second == "The job id cannot contain more than 64 characters.;"


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("method", "members", "expected"),
    [
        ("PUT", "new", {"web-1", "gone", "new"}),
        ("PUT", "new,%20other,,gone", {"web-1", "gone", "new", "other"}),
        ("DELETE", "gone", {"web-1"}),
        ("DELETE", "gone,web-1", set()),
        ("DELETE", "gone,nope", (400, "Cannot remove [nope] as it is not present in calendar [a]")),
    ],
)
def test_members(cluster, version, method, members, expected):
    server = cluster(version)
    reply = server(method, f"{CALENDARS}/a/jobs/{members}")
    assert (set(reply.json()["job_ids"]) if reply.status_code == 200 else names(reply)) == expected
    kept = server("GET", f"{CALENDARS}/a").json()["calendars"][0]
    assert set(kept["job_ids"]) == ({"web-1", "gone"} if isinstance(expected, tuple) else expected)
    assert kept["description"] == "one job"


@pytest.mark.parametrize(
    ("first", "added", "expected"),
    [
        (["b", "a"], [], ["a", "b"]),
        (["Aa", "BB"], [], ["Aa", "BB"]),
        (["BB", "Aa"], ["0"], ["BB", "Aa", "0"]),
        (list("abcdefghijklm"), [], list("abcdefghijklm")),
        (["a", "q"], [], ["a", "q"]),
        (["a"] * 24, ["q", "0"], ["a", "0", "q"]),
        (["web-server-1", "mail", "database"], ["cpu-usage"], ["database", "mail", "web-server-1", "cpu-usage"]),
    ],
    ids=[
        "by code",
        "same code",
        "one bucket as it came",
        "grown",
        "same bucket of 16",
        "sized by duplicates",
        "codes of more than 16 bits",
    ],
)
def test_the_order_of_a_java_set(first, added, expected):
    assert hash_sets.in_hash_order(first, added) == expected


def test_members_come_in_the_order_of_a_set_once_they_are_changed(cluster):
    server = cluster("9.5.3")
    put = server("PUT", f"{CALENDARS}/n", {"job_ids": ["web-server-1", "mail", "database"]})
    assert put.json()["job_ids"] == ["web-server-1", "mail", "database"]
    added = server("PUT", f"{CALENDARS}/n/jobs/cpu-usage")
    assert added.json()["job_ids"] == ["database", "mail", "web-server-1", "cpu-usage"]
    assert server("GET", f"{CALENDARS}/n").json()["calendars"] == [added.json()]


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_deleted_job_leaves_its_calendars_alone_otherwise(cluster, version):
    server = cluster(version)
    assert server("DELETE", "/_ml/anomaly_detectors/web-1").status_code == 200
    kept = {each["calendar_id"]: each["job_ids"] for each in server("GET", CALENDARS).json()["calendars"]}
    assert kept == {"a": ["gone"], "b": ["web"], "c": ["_all"], "holidays": ["db-1"]}
