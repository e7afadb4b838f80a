# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of a maintenance window, and what is told of one."""

import pytest

from ansible_collections.mlops.elastic.plugins.filter.window_record import window_record
from ansible_collections.mlops.elastic.plugins.filter.window_report import STRANGE, window_report

END = "2018-01-08T00:00:00Z"


def feed(id, job_id="a", end=None):
    return {"datafeed_id": id, "config": {"job_id": job_id}, "end": end}


def record(**kept):
    empty = {"jobs": [], "datafeeds": [], "data_frame_analytics": [], "upgrade_mode": False}
    return {"maintenance_window": 1, **empty, **kept}


FA = {"datafeed_id": "fa", "job_id": "a", "end": None}
FB = {"datafeed_id": "fb", "job_id": "b", "end": END}
RECORDS = {
    "nothing": ({}, {}, {}),
    "jobs": ({}, {"jobs": [{"job_id": "b"}, {"job_id": "a"}]}, record(jobs=["a", "b"])),
    "a look-back": ({}, {"datafeeds": [feed("fb", "b", END), feed("fa")]}, record(datafeeds=[FA, FB])),
    "what runs no more stays": (record(jobs=["a"], datafeeds=[FB]), {}, record(jobs=["a"], datafeeds=[FB])),
    "what runs is added": (
        record(jobs=["a"], data_frame_analytics=["x"]),
        {"jobs": [{"job_id": "b"}], "data_frame_analytics": [{"id": "x"}, {"id": "w"}]},
        record(jobs=["a", "b"], data_frame_analytics=["w", "x"]),
    ),
    "the present end counts": (
        record(datafeeds=[FB]),
        {"datafeeds": [feed("fb", "b")]},
        record(datafeeds=[{**FB, "end": None}]),
    ),
    "upgrade mode": ({}, {"upgrade_mode": True}, record(upgrade_mode=True)),
    "upgrade mode that was ours": (record(upgrade_mode=True), {"upgrade_mode": False}, record(upgrade_mode=True)),
}


@pytest.mark.parametrize("case", RECORDS)
def test_record(case):
    before, running, after = RECORDS[case]
    assert window_record(before, **running) == after


def job(id, state, **more):
    return {"job_id": id, "state": state, "changed": True, **more}


BOTH = record(jobs=["a", "b"], datafeeds=[FA])
CLOSED = {"jobs": [job("a", "closed"), job("b", "closed")], "missing": []}
STOPPED = {"datafeeds": [{"datafeed_id": "fa", "state": "stopped"}]}
OPENED = {"jobs": [job("a", "opened"), job("b", "opened")], "changed": True}
STARTED = {"datafeeds": [{"datafeed_id": "fa", "state": "started", "changed": True}], "changed": True}
UNOPENED = {"jobs": [job("a", "closed", error={"msg": "no"}), job("b", "opened")], "changed": True}
SKIPPED = {"changed": False, "skipped": True}
RESUMPTIONS = {
    "all": (BOTH, [OPENED, STARTED, SKIPPED], [CLOSED, STOPPED], "resumed job a, b, datafeed fa", 0),
    "in check mode": (BOTH, [OPENED], [CLOSED, STOPPED], "would have resumed job a, b, datafeed fa", 0),
    "not one job, nor its datafeed": (
        BOTH,
        [UNOPENED],
        [CLOSED, STOPPED],
        "resumed job b; left alone: job a: no; datafeed fa: its job a is not open",
        2,
    ),
    "one that has failed": (
        record(jobs=["a"]),
        [],
        [{"jobs": [job("a", "failed")]}],
        "nothing was resumed; left alone: job a: it has failed",
        1,
    ),
    "one that is deleted, and one that is being deleted": (
        record(jobs=["a", "b", "c"]),
        [{"jobs": [job("c", "opened")], "changed": True}],
        [{"jobs": [job("a", "deleting"), job("c", "closed")], "missing": ["b"]}],
        "resumed job c; job a, job b: deleted since",
        0,
    ),
    "another cluster": (
        record(jobs=["a"]),
        [],
        [{"jobs": [], "missing": ["a"]}],
        f"nothing was resumed; job a: deleted since; left alone: {STRANGE}",
        1,
    ),
    "a look-back that had come to its end": (
        BOTH,
        [OPENED, {"jobs": [job("a", "closed")], "changed": True}],
        [CLOSED, {"datafeeds": []}],
        "resumed job b; datafeed fa: deleted since",
        0,
    ),
    "no record": ({}, [SKIPPED], [SKIPPED], "nothing was paused", 0),
    "upgrade mode": (
        record(upgrade_mode=True),
        [{"upgrade_mode": False, "changed": True}],
        [],
        "resumed machine learning by upgrade mode",
        0,
    ),
}


@pytest.mark.parametrize("case", RESUMPTIONS)
def test_what_is_told_of_a_resumption(case):
    kept, results, found, msg, left = RESUMPTIONS[case]
    report = window_report(results, "resumed", kept, found, check=case == "in check mode")
    assert report["msg"] == msg
    assert len(report["left"]) == left
    assert report["changed"] == any(result["changed"] for result in results)


def test_what_is_told_of_a_pause():
    found = [{"jobs": [job("a", "opened"), job("c", "failed")]}]
    closed = {"jobs": [{**job("a", "closed"), "changed": False}, job("b", "closed")], "changed": True}
    report = window_report([closed, SKIPPED], "paused", record(jobs=["a", "b"]), found)
    assert report["msg"] == "paused job a, b; left alone: job c: it has failed"
    assert (report["jobs"], report["datafeeds"], report["changed"]) == (["a", "b"], [], True)
