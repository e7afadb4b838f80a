# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health as the information modules tell it: which problems, from how many requests, what is said of the unseen."""

import time

import pytest

NOW = round(time.time() * 1000)
DAY = 86_400_000
LATE = (
    "Datafeed has missed 7 documents due to ingest latency, latest bucket with missing data is "
    "[2026-01-01T00:00:00.000Z]. Consider increasing query_delay"
)
FULL = "Job memory status changed to hard_limit; job exceeded model memory limit 1mb by 1kb."
TOO_BIG = {"analysis_limits": {"model_memory_limit": "9000mb"}}
SILENT = {"latest_record_timestamp": NOW - DAY, "last_data_time": NOW - DAY}
REALTIME = {"state": "started"}
SEARCH = "POST /.ml-notifications*/_search?ignore_unavailable=true"
ESTATE = {
    "indices": ["source"],
    "jobs": [
        {"job_id": "fine", "state": "opened", "records": 3, "datafeed": {"datafeed_id": "f-fine", **REALTIME}},
        {"job_id": "retired", "memory_status": "soft_limit", "datafeed": {"datafeed_id": "f-retired"}},
        {"job_id": "failed", "state": "failed", "failure_reason": "disk is full"},
        {"job_id": "idle", "state": "opened", "datafeed": {"datafeed_id": "f-idle"}},
        {"job_id": "full", "memory_status": "hard_limit"},
        {"job_id": "late", "state": "opened", "records": 3, "datafeed": {"datafeed_id": "f-late", **REALTIME}},
        {"job_id": "silent", "state": "opened", "times": SILENT, "datafeed": {"datafeed_id": "f-silent", **REALTIME}},
        {"job_id": "big", "state": "opening", "durations": {"opening": "1s"}, **TOO_BIG},
        {"job_id": "troubled"},
    ],
    "analytics": [
        {"id": "good"},
        {"id": "broken", "state": "failed", "failure_reason": "no space"},
        {"id": "wide", "memory_status": "hard_limit"},
        {"id": "noisy"},
    ],
    "notifications": [
        {"job_id": "full", "level": "error", "message": FULL, "ago": "3d"},
        {"job_id": "idle", "message": "Datafeed stopped", "ago": "3d"},
        {"job_id": "late", "level": "warning", "message": LATE, "ago": "1h"},
        {"job_id": "troubled", "level": "error", "message": "could not persist", "ago": "2h"},
        {"job_id": "troubled", "level": "error", "message": "cleared with a reset", "ago": "1h", "cleared": True},
        {"job_id": "retired", "level": "error", "message": "of the past", "ago": "3d"},
        {"job_id": "fine", "level": "warning", "message": "No quantiles", "ago": "1h"},
        {"job_id": "noisy", "level": "error", "message": "no mapping", "ago": "2h", "job_type": "data_frame_analytics"},
        {"job_id": "noisy", "level": "error", "message": "of a job", "ago": "1h"},
    ],
}
OF_JOBS = {
    ("failed", "job", "failed"),
    ("full", "job", "hard_memory_limit"),
    ("silent", "job", "stale"),
    ("big", "job", "lazily_unassigned"),
    ("troubled", "job", "audit_error"),
}
OF_FEEDS = {("f-idle", "datafeed", "datafeed_not_started"), ("f-late", "datafeed", "delayed_data")}
OF_ANALYTICS = {
    ("broken", "data_frame_analytics", "failed"),
    ("wide", "data_frame_analytics", "hard_memory_limit"),
    ("noisy", "data_frame_analytics", "audit_error"),
}


@pytest.fixture
def estate(server):
    server.reset(**ESTATE)
    server.control("clock", {"advance": "3h"})
    return server


def told(outcome):
    assert not outcome.failed, outcome.msg
    found = [(problem["id"], problem["resource"], problem["kind"]) for problem in outcome.problems]
    assert len(found) == len(set(found))
    return set(found)


def since(outcome, kind):
    (problem,) = (problem for problem in outcome.problems if problem["kind"] == kind)
    return problem["since"]


def test_every_kind_is_seen(estate):
    """In each version; what a server doesn't tell of analyses (before 7.4 usage of memory), it doesn't."""
    of_jobs = estate.run("ml_job_info", health=True, job_id="_all")
    assert told(of_jobs) == OF_JOBS | OF_FEEDS
    assert of_jobs.lines.count(SEARCH) == 2
    assert of_jobs.writes == []
    assert of_jobs.warned == []
    for kind in ("failed", "hard_memory_limit", "lazily_unassigned", "datafeed_not_started"):
        assert since(of_jobs, kind), kind
    of_feeds = estate.run("ml_datafeed_info", health=True)
    assert told(of_feeds) == OF_FEEDS
    assert all(problem in of_jobs.problems for problem in of_feeds.problems)
    of_analytics = estate.run("ml_analytics_info", health=True)
    tells_memory = estate.release >= (7, 4)
    kinds_by_job = estate.release >= (7, 7)
    assert told(of_analytics) == {one for one in OF_ANALYTICS if tells_memory or one[2] != "hard_memory_limit"}
    (noisy,) = (problem for problem in of_analytics.problems if problem["id"] == "noisy")
    assert [message.partition(" ")[2] for message in noisy["messages"]] == (
        ["no mapping"] if kinds_by_job else ["of a job", "no mapping"]
    )


def test_without_health_nothing_more_is_asked(newest):
    newest.reset(**ESTATE)
    for module in ("ml_job_info", "ml_datafeed_info", "ml_analytics_info"):
        outcome = newest.run(module)
        assert "problems" not in outcome.result
        assert all(line.startswith("GET /_ml/") for line in outcome.lines)


def test_requests_do_not_depend_on_how_many_jobs_there_are(newest):
    newest.reset(many={"jobs": 700, "state": "failed"})
    outcome = newest.run("ml_job_info", health=True)
    assert len(told(outcome)) == 700
    assert outcome.lines.count(SEARCH) == 2


def test_one_search_where_nothing_began_before(newest):
    newest.reset(jobs=[{"job_id": "failed", "state": "failed", "failure_reason": "disk is full"}, {"job_id": "fine"}])
    outcome = newest.run("ml_job_info", health=True)
    assert told(outcome) == {("failed", "job", "failed")}
    assert outcome.lines.count(SEARCH) == 1
    assert told(newest.run("ml_job_info", health=True, job_id="fine")) == set()
    assert newest.run("ml_job_info", health=True, job_id="no-*").lines.count(SEARCH) == 0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"messages_since": "7d"}, {"audit_error"}),
        ({"messages_since": "4d"}, {"audit_error"}),
        ({"messages_since": "2d"}, set()),
        ({"messages_since": "1m"}, set()),
    ],
)
def test_how_old_messages_may_be(newest, options, expected):
    newest.reset(**ESTATE)
    outcome = newest.run("ml_job_info", health=True, job_id="retired", **options)
    assert {kind for _id, _resource, kind in told(outcome)} == expected


@pytest.mark.parametrize(("stale_after", "is_stale"), [("23h", True), ("25h", False)])
def test_when_a_job_is_stale(newest, stale_after, is_stale):
    newest.reset(**ESTATE)
    newest.control("clock", {"advance": "26h"})
    outcome = newest.run("ml_job_info", health=True, job_id="silent", stale_after=stale_after)
    assert bool(told(outcome)) == is_stale


@pytest.mark.parametrize(
    ("module", "options", "words"),
    [
        ("ml_job_info", {"health": True, "stale_after": "2"}, "stale_after: '2' is refused: it is not a duration"),
        ("ml_job_info", {"stale_after": "2h"}, "stale_after: '2h' is refused: it belongs to health: true"),
        ("ml_datafeed_info", {"health": True, "messages_since": "1M"}, "messages_since: '1M' is refused"),
        ("ml_analytics_info", {"messages_since": "0s"}, "messages_since: '0s' is refused: it is below a second"),
    ],
)
def test_what_is_refused(newest, module, options, words):
    outcome = newest.run(module, **options)
    assert outcome.failed
    assert words in outcome.msg
    assert outcome.lines == []


ROLES = {
    "looks": {"cluster": ["monitor_ml"]},
    "looks_elsewhere": {"cluster": ["monitor_ml"], "indices": [{"names": ["source"], "privileges": ["read"]}]},
    "reads": {"cluster": ["monitor_ml"], "indices": [{"names": [".ml-notifications*"], "privileges": ["read"]}]},
}
ROLES_AND_SIGHT = [("looks", False), ("looks_elsewhere", False), ("reads", True), ("machine_learning_user", True)]
"""To who may search elsewhere, a server that refuses to search messages says that there are none."""


@pytest.mark.parametrize(("role", "sees"), ROLES_AND_SIGHT)
def test_who_may_not_read_messages_is_told_what_is_not_seen(server, role, sees):
    server.reset(**ESTATE)
    server.control("security", {"users": {"ada": {"password": "secret", "roles": [role]}}, "roles": ROLES})
    outcome = server.run("ml_job_info", health=True, username="ada", password="secret")
    seen = {kind for _id, _resource, kind in told(outcome)}
    assert {"failed", "hard_memory_limit", "datafeed_not_started", "lazily_unassigned"} <= seen
    assert ({"audit_error", "delayed_data"} <= seen) == sees
    assert bool(outcome.warned) != sees
    for words in () if sees else ("delayed_data and audit_error can't be seen", "read on .ml-notifications*"):
        assert words in outcome.warned[0]


def test_a_job_that_works_again_has_no_problem(server):
    server.reset(jobs=[{"job_id": "j", "state": "failed", "failure_reason": "disk is full"}])
    assert told(server.run("ml_job_info", health=True)) == {("j", "job", "failed")}
    assert server.run("ml_job", job_id="j", state="opened", force=True).changed
    assert told(server.run("ml_job_info", health=True)) == set()
