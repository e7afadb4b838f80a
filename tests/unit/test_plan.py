# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions become requests and steps: as few, and in the order, that the API asks for."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item, ItemPlan, arrange
from ansible_collections.mlops.elastic.plugins.module_utils.resources.analytics import Analytics
from ansible_collections.mlops.elastic.plugins.module_utils.resources.datafeed import Datafeed
from ansible_collections.mlops.elastic.plugins.module_utils.resources.job import Job

JOBS = "/_ml/anomaly_detectors"
DATAFEEDS = "/_ml/datafeeds"
ANALYTICS = "/_ml/data_frame/analytics"
PARAMS = {
    "timeout": "5m",
    "force": False,
    "wait_for_completion": True,
    "delete_user_annotations": False,
    "calc_interim": None,
    "start": None,
    "end": None,
    "advance_time": None,
    "skip_time": None,
}


def lines(resource, action, subjects, insist=False, **params):
    requests = resource.ACTIONS[action].requests(subjects, dict(PARAMS, **params), insist)
    return [f"{request.method} {request.target}" for request in requests]


@pytest.mark.parametrize(
    ("resource", "action", "params", "expected"),
    [
        (Job(), "close", {}, f"POST {JOBS}/a,b/_close?timeout=5m"),
        (Job(), "close", {"force": True}, f"POST {JOBS}/a,b/_close?force=true&timeout=5m"),
        (Job(), "stop_datafeed", {}, f"POST {DATAFEEDS}/a,b/_stop?timeout=5m"),
        (Datafeed(), "stop", {"force": True}, f"POST {DATAFEEDS}/a,b/_stop?force=true&timeout=5m"),
        (Analytics(), "stop", {}, f"POST {ANALYTICS}/a,b/_stop?timeout=5m"),
    ],
)
def test_lists_where_the_api_takes_them(resource, action, params, expected):
    assert lines(resource, action, ["a", "b"], **params) == [expected]


@pytest.mark.parametrize(
    ("resource", "action", "params", "expected"),
    [
        (Job(), "open", {}, f"POST {JOBS}/x1/_open?timeout=5m"),
        (Job(), "open", {"force": True}, f"POST {JOBS}/x1/_open?timeout=5m"),
        (Job(), "flush", {}, f"POST {JOBS}/x1/_flush"),
        (Job(), "flush", {"calc_interim": True}, f"POST {JOBS}/x1/_flush?calc_interim=true"),
        (Job(), "flush", {"calc_interim": False}, f"POST {JOBS}/x1/_flush"),
        (
            Job(),
            "flush",
            {"calc_interim": True, "start": "1", "end": "2018-01-01 13:00:00+00:00"},
            f"POST {JOBS}/x1/_flush?start=1&end=2018-01-01T13:00:00%2B00:00&calc_interim=true",
        ),
        (
            Job(),
            "flush",
            {"skip_time": "10", "advance_time": "20"},
            f"POST {JOBS}/x1/_flush?advance_time=20&skip_time=10",
        ),
        (Job(), "reset", {}, f"POST {JOBS}/x1/_reset?wait_for_completion=true"),
        (Job(), "reset", {"wait_for_completion": False}, f"POST {JOBS}/x1/_reset?wait_for_completion=false"),
        (Job(), "delete", {}, f"DELETE {JOBS}/x1?wait_for_completion=false"),
        (Job(), "delete", {"insist": True}, f"DELETE {JOBS}/x1?wait_for_completion=true"),
        (
            Job(),
            "delete",
            {"force": True, "delete_user_annotations": True},
            f"DELETE {JOBS}/x1?force=true&wait_for_completion=false&delete_user_annotations=true",
        ),
        (Job(), "delete_datafeed", {}, f"DELETE {DATAFEEDS}/x1"),
        (Datafeed(), "start", {"start": None, "end": None}, f"POST {DATAFEEDS}/x1/_start?timeout=5m"),
        (
            Datafeed(),
            "start",
            {"start": "now-1h", "end": "now"},
            f"POST {DATAFEEDS}/x1/_start?start=now-1h&end=now&timeout=5m",
        ),
        (Datafeed(), "delete", {"force": True}, f"DELETE {DATAFEEDS}/x1?force=true"),
        (Analytics(), "start", {}, f"POST {ANALYTICS}/x1/_start?timeout=5m"),
        (Analytics(), "delete", {"force": True}, f"DELETE {ANALYTICS}/x1"),
    ],
)
def test_one_request_each_where_it_does_not(resource, action, params, expected):
    assert lines(resource, action, ["x1", "x2"], **params) == [expected, expected.replace("x1", "x2")]


def test_no_request_for_a_wait_or_for_nobody():
    assert lines(Job(), "await_closed", ["a"]) == []
    assert lines(Job(), "close", []) == []


def test_many_ids_fill_request_lines_to_the_limit():
    ids = [f"{number:064d}" for number in range(1000)]
    sent = lines(Job(), "close", ids)
    assert [line.count("0" * 60) for line in sent] == [62] * 16 + [8]
    assert max(len(f"{line} HTTP/1.1") for line in sent) <= 4095


@pytest.mark.parametrize(
    ("expression", "count"),
    [(["load-*"], 1), (["load-*", "other-*"], 1), ([f"{number:063d}*" for number in range(70)], 17), ([], 17)],
)
def test_the_expression_is_sent_where_it_fits_one_request_line(expression, count):
    """Each reply has to tell whose work is done."""
    ids = [f"{number:064d}" for number in range(1000)]
    requests = Job().ACTIONS["close"].requests(ids, PARAMS, expression=expression)
    assert len(requests) == count
    assert [id for request in requests for id in request.subjects] == ids


@pytest.mark.parametrize(
    ("path", "query", "target"),
    [
        ("/_ml/x/a,b*/_stats", {}, "/_ml/x/a,b*/_stats"),
        ("/_ml/x/a.b-c_d", {"from": 0, "size": 1000}, "/_ml/x/a.b-c_d?from=0&size=1000"),
        ("/_ml/x/a", {"end": "2018-01-01T13:00:00+02:00"}, "/_ml/x/a?end=2018-01-01T13:00:00%2B02:00"),
    ],
)
def test_target(path, query, target):
    assert Request("GET", path, query).target == target


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, ""), (1, "i0"), (3, "i0, i1, i2"), (10, ", ".join(f"i{n}" for n in range(10))), (12, "i9 and 2 more")],
)
def test_named(count, text):
    assert named(f"i{number}" for number in range(count)).endswith(text)


def test_steps_follow_the_order_of_actions_and_gather_items():
    feeding = Item("a", "opened", {"datafeeds": {"feed-a": "started", "feed-b": "stopped"}})
    planned = [
        ItemPlan(feeding, ("stop_datafeed", "close", "delete"), "absent", True),
        ItemPlan(Item("b", "closed"), ("delete",), "absent", True),
        ItemPlan(Item("c", "missing"), (), "missing", False),
        ItemPlan(Item("d", "closing"), ("await_closed", "delete"), "absent", True),
        ItemPlan(Item("e", "deleting"), ("await_deleted",), "absent", False),
    ]
    plan = arrange(planned, Job().ACTIONS)
    assert [(step.action.name, step.subjects) for step in plan.steps] == [
        ("stop_datafeed", [("feed-a", "a")]),
        ("await_closed", [("d", "d")]),
        ("close", [("a", "a")]),
        ("delete", [("a", "a"), ("b", "b"), ("d", "d")]),
        ("await_deleted", [("e", "e")]),
    ]
    assert [entry.item.id for entry in plan.changed] == ["a", "b", "d"]


def test_nothing_to_arrange():
    assert arrange([], Job().ACTIONS).steps == []
