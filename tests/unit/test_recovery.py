# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why something failed, whether its datafeed ran, and whether an attempt has recovered it."""

import pytest

from ansible_collections.mlops.elastic.plugins.filter.recovery_plan import recovery_plan
from ansible_collections.mlops.elastic.plugins.filter.recovery_progress import recovery_progress
from ansible_collections.mlops.elastic.plugins.module_utils.health.findings import Note
from ansible_collections.mlops.elastic.plugins.module_utils.health.interrupted import by_notes

OPENING = ("info", "Opening job on node [n]")
LIVE = ("info", "Datafeed started (from: 1970-01-01T00:00:00.000Z to: real-time) with frequency [450s]")
BACK = ("info", "Datafeed started (from: 1970-01-01T00:00:00.000Z to: 2099-01-01T00:00:00.000Z) with frequency [450s]")
OLD_LIVE = ("info", "Datafeed started in real-time")
STOPPED = ("info", "Datafeed stopped")
FAILED = ("error", "Native process died")
OF_FEED = ("error", "Datafeed is encountering errors extracting data")
END = "2099-01-01T00:00:00.000Z"
SEARCHED = {"timing_stats": {"search_count": 3}}

HISTORIES = [  # oldest first
    ("stopped by the failure", [OPENING, LIVE, FAILED, STOPPED], True, True, None),
    ("up to an end", [OPENING, BACK, FAILED, STOPPED], True, True, END),
    ("as older servers note it", [OPENING, OLD_LIVE, FAILED, STOPPED], True, True, None),
    ("stopped before the failure", [OPENING, LIVE, STOPPED, FAILED], True, False, None),
    ("stopped before, older server", [OPENING, LIVE, STOPPED, FAILED], False, False, None),
    ("stopped by an attempt to recover", [OPENING, LIVE, FAILED, STOPPED, OPENING, FAILED], False, True, None),
    ("two attempts", [OPENING, BACK, FAILED, STOPPED, OPENING, FAILED, OPENING, FAILED], True, True, END),
    ("an earlier run", [OPENING, LIVE, FAILED, STOPPED, OPENING, LIVE, STOPPED, FAILED], True, False, None),
    ("no note of the failure", [OPENING, LIVE, STOPPED], True, True, None),
    ("no note of the failure, older server", [OPENING, LIVE, STOPPED], False, False, None),
    ("its own trouble is no failure", [OPENING, LIVE, STOPPED, OF_FEED], True, True, None),
    ("no note of the stop", [OPENING, LIVE, FAILED], True, True, None),
]


@pytest.mark.parametrize(
    ("history", "failure_stops", "ran", "end"), [case[1:] for case in HISTORIES], ids=[case[0] for case in HISTORIES]
)
def test_what_notes_tell_of_a_datafeed(history, failure_stops, ran, end):
    notes = [Note(time, *told) for time, told in enumerate(history)]
    expected = {"ran": ran, "end": end, "end_known": True}
    assert by_notes(notes[::-1], {}, failure_stops) == expected


@pytest.mark.parametrize(
    ("stats", "failure_stops", "ran", "end_known"),
    [({}, True, False, True), (SEARCHED, True, True, False), (SEARCHED, False, False, True)],
)
def test_without_notes_searches_tell(stats, failure_stops, ran, end_known):
    notes = [Note(1, *FAILED), Note(0, *OPENING)]
    assert by_notes(notes, stats, failure_stops) == {"ran": ran, "end": None, "end_known": end_known}


def found(state="failed", **more):
    return {"jobs": [{"job_id": "j", "state": state, "stats": {}, **more}]}


def feed(state="stopped", **interrupted):
    return {"datafeed": {"datafeed_id": "f", "state": state, "interrupted": interrupted}}


RAN = {"ran": True, "end": None, "end_known": True}
PLANS = [
    (found("opened"), None),
    (found(), ["close", "open"]),
    (found(**feed(**RAN)), ["close", "open", "start_datafeed"]),
    (found(**feed("started", **RAN)), ["stop_datafeed", "close", "open", "start_datafeed"]),
    (found(**feed(ran=False, end=None, end_known=True)), ["close", "open"]),
    ({"skipped": True}, None),
    ({"data_frame_analytics": [{"id": "a", "state": "failed", "stats": {}}]}, ["stop", "start"]),
    ({"data_frame_analytics": [{"id": "a", "state": "stopped", "stats": {}}]}, None),
]


@pytest.mark.parametrize(("result", "actions"), PLANS)
def test_plan(result, actions):
    assert [entry["actions"] for entry in recovery_plan([result])] == ([] if actions is None else [actions])


def test_datafeeds_may_stay_stopped():
    (entry,) = recovery_plan([found(**feed("started", **RAN))], restart_datafeeds=False)
    assert entry["actions"] == ["stop_datafeed", "close", "open"]


SINCE = "2026-08-01T07:30:00Z"
REASONS = [
    ({"failure_reason": "a", "assignment_explanation": "b"}, [f"{SINCE} c"], "a"),
    ({"failure_reason": "", "assignment_explanation": "b"}, [f"{SINCE} c"], "b"),
    ({}, ["2026-08-01T07:31:00Z a warning", f"{SINCE} the process died"], "the process died"),
    ({}, ["2026-08-01T07:31:00Z Datafeed stopped", "2026-08-01T07:29:00Z a warning"], "a warning"),
    ({}, ["2026-08-01T07:31:00Z Datafeed stopped"], "the server gives no reason; its log may"),
    ({}, [], "the server gives no reason; its log may"),
]


@pytest.mark.parametrize(("stats", "messages", "why"), REASONS)
def test_why(stats, messages, why):
    problem = {"id": "j", "kind": "failed", "since": SINCE, "messages": messages}
    other = {"id": "j", "kind": "stale", "since": None, "messages": ["nothing"]}
    (entry,) = recovery_plan([{**found(stats=stats), "problems": [problem, other]}])
    assert (entry["why"], entry["messages"], entry["since"]) == (why, messages, SINCE)


BOUNDED = {**RAN, "end": END}
OPENED = {"jobs": [{"job_id": "j", "state": "opened"}]}
STARTED = {"datafeeds": [{"datafeed_id": "f", "state": "started"}]}
REFUSED = {"jobs": [{"job_id": "j", "error": {"msg": "no node"}}], "error": {}, "msg": "j: no node"}
FORBIDDEN = {"error": {"status": 403}, "msg": "not allowed"}
OUTCOMES = [
    (found(), [OPENED], found("opened"), ""),
    (found(), [OPENED], found("failed"), "it has failed again"),
    (found(), [REFUSED], found("closed"), "no node"),
    (found(), [FORBIDDEN], found("failed"), "not allowed"),
    (found(), [FORBIDDEN], found("closed"), "not allowed"),
    (found(), [OPENED], {"jobs": []}, "it is unknown"),
    (found(), [OPENED], FORBIDDEN, "not allowed"),
    (found(**feed(**RAN)), [OPENED, STARTED], found("opened", **feed("started")), ""),
    (found(**feed(**RAN)), [OPENED], found("opened", **feed("stopped")), "it is opened, its datafeed stopped"),
    (found(**feed(**BOUNDED)), [OPENED, {"results": [STARTED]}], found("closed", **feed("stopped")), ""),
    (found(**feed(**BOUNDED)), [OPENED], found("opened", **feed("stopped")), "it is opened, its datafeed stopped"),
    (
        found(**feed(**RAN)),
        [OPENED, {"results": [{"datafeeds": [{"datafeed_id": "f", "error": {"msg": "no index"}}], "error": {}}]}],
        found("opened", **feed("stopped")),
        "no index",
    ),
]


@pytest.mark.parametrize(("before", "done", "seen", "error"), OUTCOMES)
def test_progress(before, done, seen, error):
    (entry,) = recovery_progress(recovery_plan([before]), 2, [{"skipped": True}, *done], [seen])
    assert (entry["error"], entry["recovered"], entry["attempts"]) == (error, not error, 2)


def test_what_is_recovered_stays_so():
    entries = recovery_progress(recovery_plan([found()]), 1, [OPENED], [found("opened")])
    assert recovery_progress(entries, 2, [], [found("failed")]) == entries


@pytest.mark.parametrize(("state", "recovered"), [("started", True), ("stopped", True), ("failed", False)])
def test_progress_of_analytics(state, recovered):
    before, seen = ({"data_frame_analytics": [{"id": "a", "state": now, "stats": {}}]} for now in ("failed", state))
    (entry,) = recovery_progress(recovery_plan([before]), 1, [], [seen])
    assert entry["recovered"] == recovered
