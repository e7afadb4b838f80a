# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are late, lost, or a proxy's: work goes on while there is budget left."""

import pytest

JOBS = "/_ml/anomaly_detectors"
HTML = "<html><body>Bad Gateway</body></html>"
TIMED_OUT = {
    "error": {"type": "illegal_state_exception", "reason": "Timed out when waiting for persistent tasks after 1s"},
    "status": 500,
}
REJECTED = {"error": {"type": "es_rejected_execution_exception", "reason": "rejected execution"}, "status": 429}
LATE = {"error": {"type": "status_exception", "reason": "Opening job [j] timed out after [1s]"}, "status": 408}
NO_MASTER = {"error": {"type": "master_not_discovered_exception", "reason": None}, "status": 503}

FAULTS = {
    "bad-gateway": {"status": 502, "body": HTML, "content_type": "text/html"},
    "gateway-timeout": {"status": 504, "body": HTML, "content_type": "text/html"},
    "request-timeout": {"status": 408, "body": LATE},
    "proxy-request-timeout": {"status": 408, "body": "", "content_type": "text/plain"},
    "wait-timed-out": {"status": 500, "body": TIMED_OUT},
    "no-master": {"status": 503, "body": NO_MASTER},
    "queue-full": {"status": 429, "body": REJECTED},
    "dropped": {"drop": True},
}
FEED = {"datafeed": {"datafeed_id": "f"}}
TASKS = {
    "close": (
        "*/_close",
        {"jobs": [{"job_id": "j", "state": "opened"}]},
        ("ml_job", {"job_id": "j", "state": "closed"}),
    ),
    "force-close": (
        "*/_close",
        {"jobs": [{"job_id": "j", "state": "failed"}]},
        ("ml_job", {"job_id": "j", "state": "closed", "force": True}),
    ),
    "open": ("*/_open", {"jobs": [{"job_id": "j"}]}, ("ml_job", {"job_id": "j", "state": "opened"})),
    "delete": ("*/j", {"jobs": [{"job_id": "j"}]}, ("ml_job", {"job_id": "j", "state": "absent"})),
    "reset": ("*/_reset", {"jobs": [{"job_id": "j", "records": 3}]}, ("ml_job", {"job_id": "j", "state": "reset"})),
    "flush": (
        "*/_flush",
        {"jobs": [{"job_id": "j", "state": "opened", "records": 3}]},
        ("ml_job", {"job_id": "j", "state": "flushed", "advance_time": "1514775600"}),
    ),
    "start": ("*/_start", {"analytics": [{"id": "a"}]}, ("ml_analytics", {"id": "a", "state": "started"})),
    "stop": (
        "*/_stop",
        {"analytics": [{"id": "a", "state": "started"}]},
        ("ml_analytics", {"id": "a", "state": "stopped"}),
    ),
    "delete-analytics": ("*/a", {"analytics": [{"id": "a"}]}, ("ml_analytics", {"id": "a", "state": "absent"})),
    "start-datafeed": (
        "*/_start",
        {"jobs": [{"job_id": "j", "state": "opened", **FEED}]},
        ("ml_datafeed", {"datafeed_id": "f", "state": "started"}),
    ),
    "stop-datafeed": (
        "*/_stop",
        {"jobs": [{"job_id": "j", "state": "opened", "datafeed": {"datafeed_id": "f", "state": "started"}}]},
        ("ml_datafeed", {"datafeed_id": "f", "state": "stopped"}),
    ),
}


PAIRS = [(task, fault) for task in TASKS for fault in (FAULTS if task == "close" else ("bad-gateway", "dropped"))]


@pytest.mark.parametrize("carried_out", [False, True], ids=["in-vain", "carried-out"])
@pytest.mark.parametrize(("task", "fault"), PAIRS)
def test_an_interruption_is_survived(newest, task, fault, carried_out):
    path, seed, (module, options) = TASKS[task]
    newest.reset(indices=["source"], **seed)
    newest.control("faults", [{"method": "[PD]*", "path": path, "after": carried_out, **FAULTS[fault]}])
    outcome = newest.run(module, **options, max_retries=0)
    assert not outcome.failed, outcome.msg
    assert outcome.changed
    second = newest.run(module, **options)
    assert (second.changed, second.writes) == (False, [])


@pytest.mark.parametrize("server", ["7.3.0", "7.10.0", "7.17.29", "8.19.21"], indirect=True)
@pytest.mark.parametrize("task", [task for task in TASKS if task != "reset"])
def test_a_lost_answer_is_survived_on_older_servers(server, task):
    path, seed, (module, options) = TASKS[task]
    server.reset(indices=["source"], **seed)
    server.control("faults", [{"method": "[PD]*", "path": path, "after": True, "drop": True}])
    assert server.run(module, **options).changed
    assert server.run(module, **options).writes == []


def test_an_analysis_that_finished_before_its_start_was_answered(newest):
    newest.reset(indices=["source"], analytics=[{"id": "a"}])
    newest.control("analytics/a", {"finishes": True})
    newest.control("faults", [{"method": "POST", "path": "*/_start", "after": True, "drop": True}])
    outcome = newest.run("ml_analytics", id="a", state="started", max_retries=0)
    assert not outcome.failed
    assert outcome.changed


@pytest.mark.parametrize("fault", ["bad-gateway", "gateway-timeout", "dropped", "no-master"])
def test_a_reading_request_is_repeated(newest, fault):
    newest.reset(jobs=[{"job_id": "j", "state": "opened"}])
    newest.control("faults", [{"method": "GET", "path": "*/_stats", "times": 3, **FAULTS[fault]}])
    assert newest.run("ml_job", job_id="j", state="closed", max_retries=3).changed


def test_a_proxy_that_never_answers_for_the_server(newest):
    newest.control("faults", [{"times": 100, **FAULTS["bad-gateway"]}])
    outcome = newest.run("ml_job", job_id="j", state="closed", max_retries=0)
    assert outcome.failed
    assert "a proxy or load balancer at http://127.0.0.1" in outcome.msg
    assert "answered 502" in outcome.msg
    assert outcome.error["type"] == "proxy"
    assert outcome.writes == []


def test_looks_are_interrupted_too(newest):
    newest.reset(jobs=[{"job_id": "j", "state": "closing"}])
    first_look = {"path": "*/_stats", "delay": "0"}
    newest.control("faults", [first_look, {"path": "*/_stats", "times": 2, **FAULTS["queue-full"]}])
    with newest.once_waiting(lambda: newest.control("jobs/j", {"state": "closed"})):
        outcome = newest.run("ml_job", job_id="j", state="closed", max_retries=0)
    assert [entry["status"] for entry in outcome.journal if entry["path"].endswith("_stats")][1:3] == [429, 429]
    assert outcome.jobs[0]["state"] == "closed"


SLOW = {
    "close": (
        {"jobs": [{"job_id": "j", "state": "opened", "durations": {"closing": "1d"}}]},
        ("ml_job", {"job_id": "j", "state": "closed"}, "jobs", "await_closed"),
        "could not close job j within timeout 1s",
    ),
    "open": (
        {"jobs": [{"job_id": "j", "durations": {"opening": "1d"}}]},
        ("ml_job", {"job_id": "j", "state": "opened"}, "jobs", "await_opened"),
        "could not open job j within timeout 1s",
    ),
    "delete": (
        {"jobs": [{"job_id": "j", "durations": {"deleting": "1d"}}]},
        ("ml_job", {"job_id": "j", "state": "absent"}, "jobs", "await_deleted"),
        "could not delete job j within timeout 1s",
    ),
    "stop": (
        {"analytics": [{"id": "a", "state": "started", "durations": {"stopping": "1d"}}]},
        ("ml_analytics", {"id": "a", "state": "stopped"}, "data_frame_analytics", "await_stopped"),
        "could not stop data frame analytics a within timeout 1s",
    ),
    "stop-datafeed": (
        {
            "jobs": [{"job_id": "j", "state": "opened"}],
            "datafeeds": [{"datafeed_id": "f", "job_id": "j", "state": "started", "durations": {"stopping": "1d"}}],
        },
        ("ml_datafeed", {"datafeed_id": "f", "state": "stopped"}, "datafeeds", "await_stopped"),
        "could not stop datafeed f within timeout 1s",
    ),
}


@pytest.mark.parametrize("server", ["7.10.0", "9.5.3"], indirect=True)
@pytest.mark.parametrize("task", SLOW)
def test_what_outlasts_the_budget_is_awaited_by_the_next_run(server, task):
    seed, (module, options, result, wait), words = SLOW[task]
    server.reset(indices=["source"], **seed)
    spent = server.run(module, **options, timeout="1s")
    assert spent.failed
    assert words in spent.msg
    assert "running the task again waits for it" in spent.msg
    assert spent.error["type"] == "timeout"
    assert spent.result[result][0]["error"]["type"] == "timeout"
    assert spent.summary["failed"] == 1
    with server.once_waiting(lambda: server.control("clock", {"advance": "2d"})):
        joined = server.run(module, **options)
    assert (joined.failed, joined.changed, joined.writes) == (False, False, [])
    assert joined.result[result][0]["actions"] == [wait]


def test_one_of_several_fails_and_nothing_is_lost(newest):
    newest.reset(jobs=[{"job_id": "a"}, {"job_id": "b"}, {"job_id": "c", "state": "opened"}])
    newest.control("jobs/b", {"open_fails": True})
    outcome = newest.run("ml_job", job_id="_all", state="opened", diff=True)
    assert outcome.failed
    assert outcome.changed
    assert "could not open job b" in outcome.msg
    assert "opened 1 of 3 jobs (a)" in outcome.msg
    assert outcome.summary == {"matched": 3, "changed": 1, "unchanged": 1, "failed": 1}
    assert [item["job_id"] for item in outcome.jobs if "error" in item] == ["b"]
    assert outcome.diff["after"] == {"a": {"state": "opened"}}
    assert outcome.requests


def test_no_room_for_a_job(server):
    server.reset(jobs=[{"job_id": "big", "analysis_limits": {"model_memory_limit": "1000gb"}}])
    outcome = server.run("ml_job", job_id="big", state="opened")
    assert outcome.failed
    assert "429" in outcome.msg
    assert "Free or add capacity on the ML nodes" in outcome.msg
    assert outcome.error["status"] == 429
    assert len(outcome.writes) == 1
    assert outcome.jobs[0]["state"] == "closed"
