# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters, what jobs have to do with them, and who may use them and calendars; rules that no recorded reply shows."""

import pytest

FILTERS = "/_ml/filters"
JOBS = "/_ml/anomaly_detectors"
EVERY_VERSION = ("7.3.0", "7.10.0", "7.17.29", "8.19.21", "9.5.3")
SEED = {
    "filters": [
        {"filter_id": "safe", "items": ["b", "a"], "description": "d"},
        {"filter_id": "safe-2"},
        {"filter_id": "x"},
    ]
}
USERS = {
    "users": {
        name: {"password": "secret", "roles": [role]}
        for name, role in (("admin", "machine_learning_admin"), ("reader", "machine_learning_user"), ("nobody", "none"))
    },
    "roles": {"none": {"cluster": []}},
}
TOO_MANY = "Filter [full] contains too many items; up to [10000] items are allowed"
WITH_ID = "Validation Failed: 1: Params [from, size] are incompatible with [filter_id];"


@pytest.fixture
def cluster(api):
    def seeded(version, **more):
        server = api(version)
        server.control("seed", {**SEED, **more})
        return server

    return seeded


def job_with(*filter_ids, job_id="j"):
    """A job of a detector for each filter that it refers to."""
    detectors = [
        {
            "function": "count",
            "by_field_name": f"field-{number}",
            "custom_rules": [{"scope": {f"field-{number}": {"filter_id": filter_id}}}],
        }
        for number, filter_id in enumerate(filter_ids)
    ]
    return {"job_id": job_id, "analysis_config": {"detectors": detectors}}


def outcome(reply):
    """The body, or the status and reason of a refusal."""
    body = reply.json()
    return (reply.status_code, body["error"]["reason"]) if "error" in body else body


def found(reply):
    """The whole number and the ids on the page, or a refusal."""
    body = outcome(reply)
    return body if isinstance(body, tuple) else (body["count"], [each["filter_id"] for each in body["filters"]])


def missing(expression):
    return 404, f"Unable to find filter [{expression}]"


@pytest.mark.parametrize(
    ("versions", "target", "expected"),
    [
        (EVERY_VERSION, "", (3, ["safe", "safe-2", "x"])),
        (EVERY_VERSION, "/*", (3, ["safe", "safe-2", "x"])),
        (EVERY_VERSION, "/x,safe*", (3, ["safe", "safe-2", "x"])),
        (EVERY_VERSION, "/x,%20safe,", (2, ["safe", "x"])),
        (EVERY_VERSION, "/no*,x", (1, ["x"])),
        (EVERY_VERSION, "/no,x,gone", missing("no,gone")),
        (EVERY_VERSION, "/_all,x", missing("_all")),
        (EVERY_VERSION, "?size=2", (3, ["safe", "safe-2"])),
        (EVERY_VERSION, "?from=-1", (400, "Parameter [from] cannot be < 0")),
        (EVERY_VERSION[:1], "/x?size=1", (400, WITH_ID)),
        (EVERY_VERSION[1:], "/s*?from=1", (2, ["safe-2"])),
        (EVERY_VERSION[1:], "/safe,x?size=1", missing("x")),
    ],
)
def test_filters_that_an_expression_names(cluster, versions, target, expected):
    for version in versions:
        assert found(cluster(version)("GET", FILTERS + target)) == expected, version


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"add_items": "c", "remove_items": ["a", "a"]},
            {"filter_id": "safe", "description": "d", "items": ["b", "c"]},
        ),
        ({"description": None}, {"filter_id": "safe", "description": "d", "items": ["a", "b"]}),
        ({"description": ""}, {"filter_id": "safe", "description": "", "items": ["a", "b"]}),
        (
            {"add_items": ["n"], "remove_items": ["z", "y"]},
            (400, "Cannot remove item [y] as it is not present in filter [safe]"),
        ),
    ],
)
def test_updates(cluster, version, body, expected):
    server = cluster(version)
    before = server("GET", f"{FILTERS}/safe").json()["filters"]
    assert outcome(server("POST", f"{FILTERS}/safe/_update", body)) == expected
    kept = server("GET", f"{FILTERS}/safe").json()["filters"]
    assert kept == (before if isinstance(expected, tuple) else [expected])


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_no_filter_outgrows_its_limit(cluster, version):
    server = cluster(version)
    items = [str(number) for number in range(10_000)]
    assert server("PUT", f"{FILTERS}/full", {"items": [*items, "0"]}).status_code == 200
    assert outcome(server("POST", f"{FILTERS}/full/_update", {"add_items": ["more"]})) == (400, TOO_MANY)
    assert server("POST", f"{FILTERS}/full/_update", {"add_items": ["m"], "remove_items": ["0"]}).status_code == 200
    assert server("DELETE", f"{FILTERS}/full").json() == {"acknowledged": True}
    assert outcome(server("PUT", f"{FILTERS}/full", {"items": [*items, "more"]})) == (400, TOO_MANY)


def test_items_in_the_order_of_java(cluster):
    """By UTF-16 units: what lies beyond them begins with a unit below that of a full-width letter."""
    reply = cluster("9.5.3")("PUT", f"{FILTERS}/n", {"items": ["\uff21", "\U0001f600", "z"]})
    assert reply.json()["items"] == ["z", "\U0001f600", "\uff21"]


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_filter_is_kept_for_the_jobs_that_refer_to_it(cluster, version):
    jobs = [job_with("x", "safe", job_id="second"), job_with("safe", job_id="first"), {"job_id": "other"}]
    server = cluster(version, jobs=jobs)
    used = "Cannot delete filter [safe] currently used by jobs [{}]"
    assert outcome(server("DELETE", f"{FILTERS}/safe")) == (409, used.format("first, second"))
    update = {"detectors": [{"detector_index": 1, "custom_rules": []}]}
    assert server("POST", f"{JOBS}/second/_update", update).status_code == 200
    assert outcome(server("DELETE", f"{FILTERS}/safe")) == (409, used.format("first"))
    assert server("DELETE", f"{JOBS}/first").status_code == 200
    assert server("DELETE", f"{FILTERS}/safe").json() == {"acknowledged": True}
    assert found(server("GET", FILTERS)) == (2, ["safe-2", "x"])


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_a_filter_that_jobs_miss_is_used_all_the_same(cluster, version):
    server = cluster(version, jobs=[job_with("gone")])
    assert outcome(server("DELETE", f"{FILTERS}/gone"))[0] == 409


@pytest.mark.parametrize(
    ("versions", "filter_ids", "expected"),
    [
        (EVERY_VERSION[:3], ["gone"], 200),
        (EVERY_VERSION[3:], ["gone", "x", "also-gone"], missing("also-gone,gone")),
        (EVERY_VERSION, ["x"], 200),
    ],
)
def test_opening_a_job_whose_filters_are_missing(cluster, versions, filter_ids, expected):
    for version in versions:
        server = cluster(version, jobs=[job_with(*filter_ids)])
        reply = server("POST", f"{JOBS}/j/_open")
        assert (reply.status_code if expected == 200 else outcome(reply)) == expected, version
        state = server("GET", f"{JOBS}/j/_stats").json()["jobs"][0]["state"]
        assert state == ("opened" if expected == 200 else "closed")


REQUESTS = (
    ("GET", "/_ml/filters", None, "filters/get", "admin"),
    ("PUT", "/_ml/filters/n", {}, "filters/put", "admin"),
    ("POST", "/_ml/filters/x/_update", {}, "filters/update", "admin"),
    ("DELETE", "/_ml/filters/x", None, "filters/delete", "admin"),
    ("GET", "/_ml/calendars", None, "calendars/get", "monitor"),
    ("PUT", "/_ml/calendars/n", None, "calendars/put", "admin"),
    ("DELETE", "/_ml/calendars/c", None, "calendars/delete", "admin"),
    ("PUT", "/_ml/calendars/c/jobs/j", None, "calendars/jobs/update", "admin"),
    ("DELETE", "/_ml/calendars/c/jobs/k", None, "calendars/jobs/update", "admin"),
    ("GET", "/_ml/calendars/c/events", None, "calendars/events/get", "monitor"),
    (
        "POST",
        "/_ml/calendars/c/events",
        {"events": [{"description": "e", "start_time": 1, "end_time": 2}]},
        "calendars/events/post",
        "admin",
    ),
    ("DELETE", "/_ml/calendars/c/events/e", None, "calendars/events/delete", "admin"),
)


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(("method", "target", "body", "name", "kind"), REQUESTS, ids=lambda part: str(part)[:30])
def test_privileges(cluster, version, method, target, body, name, kind):
    server = cluster(version, calendars=[{"calendar_id": "c", "job_ids": ["k"]}])
    server.control("security", USERS)
    action = f"action [cluster:{kind}/xpack/ml/{name}] is unauthorized"
    for user, is_allowed in (("nobody", False), ("reader", kind == "monitor"), ("admin", True)):
        reply = server(method, target, body, auth=(user, "secret"))
        assert (reply.status_code != 403) is is_allowed, user
        assert is_allowed or outcome(reply)[1].startswith(action)


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(("method", "target", "body", "name", "kind"), REQUESTS, ids=lambda part: str(part)[:30])
def test_upgrade_mode(cluster, version, method, target, body, name, kind):
    server = cluster(version, calendars=[{"calendar_id": "c", "job_ids": ["k"]}])
    server("POST", "/_ml/set_upgrade_mode?enabled=true")
    refused = f"Cannot perform cluster:admin/xpack/ml/{name} action while upgrade mode is enabled"
    is_refused = method != "GET" and version != "7.3.0"
    reply = server(method, target, body)
    assert (outcome(reply) == (429, refused)) is is_refused
    assert (reply.status_code == 429) is is_refused


@pytest.mark.parametrize(
    ("method", "target", "body", "first"),
    [
        ("PUT", "/_ml/calendars/X?bogus=1", None, "unrecognized parameter"),
        ("PUT", "/_ml/calendars/X", None, "Invalid calendar_id"),
        ("PUT", "/_ml/filters/X?bogus=1", {}, "Invalid filter_id"),
        ("GET", "/_ml/calendars/c?size=1", None, "incompatible"),
        ("PUT", "/_ml/calendars/c", None, "unauthorized"),
    ],
)
def test_what_is_checked_first(cluster, method, target, body, first):
    server = cluster("9.5.3", calendars=[{"calendar_id": "c"}])
    server.control("security", USERS)
    assert first in outcome(server(method, target, body, auth=("nobody", "secret")))[1]


@pytest.mark.parametrize(
    ("method", "path", "writing"),
    [
        ("POST", "/_ml/calendars", False),
        ("POST", "/_ml/calendars/events", False),
        ("POST", "/_ml/calendars/c/events", True),
        ("PUT", "/_ml/calendars/new", True),
        ("POST", "/_ml/filters/x/_update", True),
    ],
)
def test_what_the_journal_calls_writing(cluster, method, path, writing):
    server = cluster("9.5.3")
    server(method, path, None)
    assert server.server.journal.entries[-1]["writing"] is writing
