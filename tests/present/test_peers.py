# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Eleven things that others who manage Elasticsearch's jobs as code get wrong, and that an Ansible collection did.

A test for each, under its number. 10 is in `test_same.py`; 9, that one task's trust in a server becomes the next
one's, is `test_whom_one_task_trusts_the_next_does_not` in `tests/connection`.
"""

import pytest
from contract.golden_files import VERSIONS

from present.clusters import ANALYTICS, CALENDARS, DATAFEEDS, FILTERS, JOBS

DETECTOR = {"function": "mean", "field_name": "x", "by_field_name": "b"}
JOB = {
    "job_id": "j",
    "groups": ["g"],
    "description": "old",
    "custom_settings": {"a": 1},
    "analysis_limits": {"model_memory_limit": "64mb"},
    "analysis_config": {"bucket_span": "5m", "detectors": [DETECTOR], "influencers": ["b"]},
    "data_description": {"time_field": "time"},
    "records": 60,
}
FEED = {"datafeed_id": "f", "indices": ["source"], "max_empty_searches": 10}
END = 4_102_444_800_000
LONG = "6m"
"""How long a large model takes to close."""

RULE = {"conditions": [{"applies_to": "actual", "operator": "lt", "value": 1}]}
REFUSAL = {"error": {"type": "status_exception", "reason": "not now"}, "status": 400}


@pytest.fixture(params=VERSIONS)
def cluster(request, clusters):
    return clusters(request.param)


def running(cluster, **feed):
    """A job with results that is fed, in real time unless there is an end."""
    cluster.reset(jobs=[{**JOB, "state": "opened", "datafeed": {**FEED, "state": "started", **feed}}])
    return cluster


def state(cluster, kind, id) -> str:
    return cluster.ask("GET", f"{kind.place(id)}/_stats")[kind.key][0]["state"]


def processed(cluster) -> int:
    return cluster.ask("GET", f"{JOBS.place('j')}/_stats")["jobs"][0]["data_counts"]["processed_record_count"]


def analysis(**changes) -> dict:
    return {"analysis_config": {**JOB["analysis_config"], **changes}}


@pytest.mark.parametrize(
    ("declared", "actions"),
    [
        (analysis(detectors=[{**DETECTOR, "detector_description": "new"}]), ["update"]),
        (analysis(detectors=[{**DETECTOR, "custom_rules": [RULE]}]), None),
        (analysis(model_prune_window="60d"), None),
        ({"description": "new"}, ["update"]),
    ],
    ids=str,
)
def test_1_what_can_be_changed_in_place_never_costs_the_model(cluster, declared, actions):
    running(cluster)
    learnt = processed(cluster)
    outcome = cluster.declare(JOBS, "j", declared)
    assert outcome.changed
    assert not any(line.startswith(("DELETE", "PUT")) for line in outcome.writes)
    assert actions in (None, outcome.jobs[0]["actions"])
    assert (processed(cluster), state(cluster, JOBS, "j"), state(cluster, DATAFEEDS, "f")) == (
        learnt,
        "opened",
        "started",
    )


@pytest.mark.parametrize(
    "declared",
    [
        analysis(bucket_span="10m"),
        analysis(detectors=[{**DETECTOR, "function": "max"}]),
        analysis(influencers=["c"]),
        {"data_description": {"time_field": "t"}},
        {"results_index_name": "elsewhere"},
    ],
    ids=str,
)
def test_1_what_cannot_be_is_refused_with_what_it_would_cost(cluster, declared):
    running(cluster)
    for more in ({}, {"on_immutable_change": "recreate"}):
        outcome = cluster.declare(JOBS, "j", declared, **more)
        assert (outcome.failed, outcome.writes) == (True, [])
        assert f"{processed(cluster)} records processed" in outcome.msg
    assert "force: true" in outcome.msg


def test_2_a_memory_limit_is_changed_while_the_job_is_closed_for_it(cluster):
    running(cluster)
    outcome = cluster.declare(JOBS, "j", {"analysis_limits": {"model_memory_limit": "128mb"}})
    assert outcome.jobs[0]["actions"] == ["stop_datafeed", "close_job", "update", "open_job", "start_datafeed"]
    assert cluster.get(JOBS, "j")["analysis_limits"]["model_memory_limit"] == "128mb"
    assert (state(cluster, JOBS, "j"), state(cluster, DATAFEEDS, "f")) == ("opened", "started")


@pytest.mark.parametrize(
    ("kind", "id", "declared", "gone"),
    [
        (JOBS, "j", {"description": ""}, ""),
        (JOBS, "j", {"groups": []}, []),
        (JOBS, "j", {"custom_settings": {}}, {}),
        (DATAFEEDS, "f", {"max_empty_searches": -1}, None),
        (DATAFEEDS, "f", {"runtime_mappings": {}}, None),
        (FILTERS, "n", {"items": []}, []),
        (FILTERS, "n", {"description": ""}, ""),
        (CALENDARS, "c", {"job_ids": []}, []),
        (CALENDARS, "c", {"events": []}, []),
    ],
    ids=str,
)
def test_3_what_is_declared_empty_is_emptied(cluster, kind, id, declared, gone):
    event = {"description": "e", "start_time": 1000, "end_time": 2000}
    feed = {**FEED, "runtime_mappings": {"r": {"type": "keyword"}}}
    cluster.reset(
        jobs=[{**JOB, "state": "closed", "datafeed": feed}],
        filters=[{"filter_id": "n", "items": ["a"], "description": "d"}],
        calendars=[{"calendar_id": "c", "job_ids": ["j"], "events": [event]}],
    )
    assert cluster.declare(kind, id, declared).changed
    (name,) = declared
    assert (cluster.get(kind, id).get(name) or gone) == gone
    assert not cluster.declare(kind, id, declared).changed


def test_4_a_job_that_takes_long_to_close_has_the_time(cluster):
    running(cluster)
    cluster.stage.control("jobs/j", {"durations": {"closing": LONG}})
    began = cluster.stage.now
    outcome = cluster.declare(JOBS, "j", {"analysis_limits": {"model_memory_limit": "128mb"}})
    assert not outcome.failed, outcome.msg
    assert cluster.stage.now - began > 300_000
    assert state(cluster, DATAFEEDS, "f") == "started"


def test_5_a_failed_job_is_named_as_such(cluster):
    cluster.reset(jobs=[{**JOB, "state": "failed", "datafeed": FEED}])
    for wanted in ("opened", "closed"):
        outcome = cluster.run("ml_job", job_id="j", state=wanted)
        assert (outcome.failed, outcome.writes) == (True, [])
        assert "job j is failed" in outcome.msg
    assert cluster.declare(JOBS, "j", {"description": "new"}).changed
    assert cluster.run("ml_job", job_id="j", state="opened", force=True).changed


def test_5_why_a_job_has_no_node_is_told(cluster):
    cluster.reset(jobs=[{**JOB, "state": "closed"}])
    forbid = {"persistent": {"cluster.persistent_tasks.allocation.enable": "none"}}
    cluster.ask("PUT", "/_cluster/settings", forbid)
    outcome = cluster.run("ml_job", job_id="j", state="opened", timeout="1m")
    assert outcome.failed
    assert "persistent task assignment is disabled" in outcome.msg


def test_6_nothing_is_forced_unless_that_is_asked_for(cluster):
    running(cluster)
    outcome = cluster.run("ml_job", job_id="j", state="absent")
    assert not outcome.failed, outcome.msg
    assert "force" not in " ".join(outcome.writes)


@pytest.mark.parametrize("status", [403, 500])
def test_6_a_deletion_that_is_refused_is_not_forced(cluster, status):
    running(cluster)
    body = {"error": {"type": "some_exception", "reason": "not now"}, "status": status}
    cluster.stage.control("faults", [{"method": "DELETE", "path": "*", "status": status, "body": body, "times": 9}])
    outcome = cluster.run("ml_job", job_id="j", state="absent")
    cluster.stage.control("faults", [])
    assert outcome.failed
    assert "not now" in outcome.msg
    assert "force" not in " ".join(outcome.writes)
    assert cluster.get(JOBS, "j") is not None


@pytest.mark.parametrize("end", [None, END], ids=["real time", "look-back"])
@pytest.mark.parametrize("refused", [False, True])
def test_7_a_datafeed_goes_on_as_it_ran(cluster, end, refused):
    running(cluster, **({"end": end} if end else {}))
    if refused:
        cluster.stage.control("faults", [{"method": "POST", "path": "*/_update", "status": 400, "body": REFUSAL}])
    outcome = cluster.declare(DATAFEEDS, "f", {"query_delay": "90s"})
    assert outcome.failed == refused
    starts = [entry["query"] for entry in outcome.journal if entry["path"].endswith("/_start")]
    assert len(starts) == 1
    assert ("end=" in starts[0]) == (end is not None)
    assert state(cluster, DATAFEEDS, "f") == "started"


def test_7_one_that_stops_is_waited_for(cluster):
    running(cluster)
    cluster.stage.control("datafeeds/f", {"state": "stopping", "durations": {"stopping": "1m"}})
    outcome = cluster.declare(DATAFEEDS, "f", {"query_delay": "90s"}, timeout="5m")
    assert not outcome.failed, outcome.msg
    assert outcome.datafeeds[0]["actions"] == ["await_stopped", "update"]
    assert state(cluster, DATAFEEDS, "f") == "stopped"


def test_8_a_start_that_comes_too_late_is_no_secret(cluster):
    running(cluster)
    outcome = cluster.run("ml_datafeed", datafeed_id="f", state="started", start="2018-01-02T00:00:00Z")
    assert not outcome.changed
    assert outcome.msg.endswith("already (start: only for one that has to be started)")


@pytest.mark.parametrize("job_id", ["j*", "g", "_all"])
def test_11_wildcards_and_groups_mean_what_is_there(cluster, job_id):
    cluster.reset(jobs=[{**JOB, "job_id": name} for name in ("j1", "j2")])
    outcome = cluster.declare(JOBS, job_id, {"description": "new"})
    assert outcome.summary == {"matched": 2, "changed": 2, "unchanged": 0, "failed": 0}


def test_11_analytics_resets_flushes_and_deletions_that_go_on_by_themselves(cluster):
    cluster.reset(indices=["source"], jobs=[{**JOB, "state": "opened"}, {**JOB, "job_id": "k", "state": "closed"}])
    odd = {"source": {"index": "source"}, "dest": {"index": "dest"}, "analysis": {"outlier_detection": {}}}
    assert cluster.declare(ANALYTICS, "odd", odd).changed
    assert cluster.run("ml_job", job_id="j", state="flushed", calc_interim=True).changed
    assert cluster.run("ml_job", job_id="j", state="reset").changed
    assert cluster.run("ml_job", job_id="k", state="absent", wait_for_completion=False).jobs[0]["task"]


def test_2b_changed_is_what_was_sent(cluster):
    running(cluster)
    declared = {"description": "new"}
    foretold = cluster.declare(JOBS, "j", declared, check=True)
    assert (foretold.changed, foretold.writes) == (True, [])
    outcome = cluster.declare(JOBS, "j", declared)
    assert (outcome.changed, outcome.writes) == (True, [f"POST {JOBS.place('j')}/_update"])
    assert cluster.get(JOBS, "j")["description"] == "new"
    again = cluster.declare(JOBS, "j", declared)
    assert (again.changed, again.writes) == (False, [])


@pytest.mark.parametrize(("kind", "wanted"), [(JOBS, "opened"), (DATAFEEDS, "started"), (ANALYTICS, "started")])
def test_2b_what_is_not_there_cannot_be_started(cluster, kind, wanted):
    cluster.reset()
    for check in (True, False):
        outcome = cluster.run(kind.module, state=wanted, check=check, **{kind.id: "nobody"})
        assert outcome.failed
        assert "nobody" in outcome.msg
