# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ml_job with state: present where it takes more than an update: another job, several jobs, or nothing at all."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.normalize import declarable
from modules.declared_jobs import CONFIG, DETECTORS, FEEDS, JOBS, VERSIONS, declare, document, running, seed

pytestmark = pytest.mark.parametrize("server", VERSIONS, indirect=True)
SPAN = {"analysis_config": {"bucket_span": "1h"}}
AROUND = {
    "closed": ("{}",),
    "opened": ("close_job", "{}", "open_job"),
    "real time": ("stop_datafeed", "close_job", "{}", "open_job", "start_datafeed"),
    "look-back": ("stop_datafeed", "close_job", "{}", "open_job", "start_datafeed"),
}
ANEW = ("delete_datafeed", "delete", "create", "create_datafeed")
IMMUTABLE = {
    "analysis_config.bucket_span": SPAN,
    "analysis_config.detectors": {"analysis_config": {"detectors": DETECTORS[:1]}},
    "analysis_config.influencers": {"analysis_config": {"influencers": ["host", "value"]}},
    "analysis_config.latency": {"analysis_config": {"latency": "10s"}},
    "analysis_config.summary_count_field_name": {"analysis_config": {"summary_count_field_name": "n"}},
    "data_description.time_format": {"data_description": {"time_format": "epoch"}},
    "results_index_name": {"results_index_name": "own"},
}


def refused(server, job_id="j", **options):
    """The refusal of check mode and of the real run, which is the same, before any change."""
    before = running(server), document(server)
    outcomes = [server.run("ml_job", job_id=job_id, check=check, **options) for check in (True, False)]
    assert all(outcome.failed and outcome.writes == [] for outcome in outcomes)
    assert outcomes[0].msg == outcomes[1].msg
    assert "nothing was changed" in outcomes[0].msg
    assert (running(server), document(server)) == before
    return outcomes[1].msg


@pytest.mark.parametrize(("path", "declared"), IMMUTABLE.items(), ids=IMMUTABLE)
def test_what_only_another_job_can_have_is_named_with_its_price(server, path, declared):
    seed(server, "real time")
    said = refused(server, description="new", **declared)
    assert f"job j: {path} cannot be changed in place" in said
    assert "12 records processed" in said
    assert "on_immutable_change: recreate" in said


def test_results_are_lost_only_by_force(server):
    seed(server, "look-back")
    said = refused(server, on_immutable_change="recreate", **SPAN)
    assert "12 records processed" in said
    assert "force: true" in said


@pytest.mark.parametrize("records", [0, 12])
@pytest.mark.parametrize("state", AROUND)
def test_a_job_is_created_anew_with_what_is_not_declared_as_it_was(server, state, records):
    seed(server, state, records)
    states, config, feed = running(server), document(server), document(server, f"{FEEDS}/f", "datafeeds")
    achieved = declare(server, on_immutable_change="recreate", force=records > 0, groups=["moved"], **SPAN)
    steps = [name for step in AROUND[state] for name in (ANEW if step == "{}" else (step,))]
    assert achieved.jobs[0]["actions"] == steps
    assert achieved.msg == "recreated job j"
    assert running(server) == states
    wanted = {**config, "groups": ["moved"], "analysis_config": {**config["analysis_config"], "bucket_span": "1h"}}
    assert declarable(document(server)) == declarable(wanted)
    kept = document(server, f"{FEEDS}/f", "datafeeds")
    assert {**kept, "authorization": None} == {**feed, "authorization": None}
    assert document(server, f"{JOBS}/j/_stats")["data_counts"]["processed_record_count"] == 0


INVALID = {
    "function": ({"function": "mode", "field_name": "value"}, "Unknown function 'mode'"),
    "field": ({"function": "mean"}, "Unless a count or temporal function is used"),
    "rule": (
        {"function": "count", "custom_rules": [{"scope": {"host": {"filter_id": "safe"}}}]},
        "detector has no available fields for scoping",
    ),
}


@pytest.mark.parametrize(("detector", "words"), INVALID.values(), ids=INVALID)
def test_the_server_judges_before_anything_is_lost(server, detector, words):
    seed(server, "opened")
    said = refused(server, on_immutable_change="recreate", force=True, analysis_config={"detectors": [detector]})
    assert words in said
    new = {"analysis_config": {"detectors": [detector]}, "data_description": {}}
    foretold = server.run("ml_job", job_id="new", check=True, **new)
    assert foretold.failed
    assert words in foretold.msg


REFUSED = {
    "nothing to create it from": (
        {"job_id": "new", "description": "n"},
        "job new does not exist, and analysis_config and data_description must be declared to create it",
    ),
    "options of another state": (
        {"job_id": "j", "state": "opened", "description": "n"},
        "belongs to state: present, and state is opened",
    ),
    "a wildcard that matches nothing": (
        {"job_id": "x-*", "allow_no_match": False, "description": "n"},
        "x-*",
    ),
    "too many": ({"job_id": "*", "max_affected": 0, "description": "n"}, "max_affected"),
    "no id": ({"job_id": "Not An Id", **CONFIG}, "Not An Id"),
}


@pytest.mark.parametrize(("options", "words"), REFUSED.values(), ids=REFUSED)
def test_refused_before_anything_is_sent(server, options, words):
    seed(server, "opened")
    before = document(server)
    for check in (True, False):
        outcome = server.run("ml_job", check=check, **options)
        assert outcome.failed
        assert outcome.writes == []
        assert words in outcome.msg
    assert document(server) == before


TARGETS = {"web-1": ["other"], "web-2": ["team"], "web-3": ["team"], "api": ["team"], "alone": ["other"]}
REQUIRED = ("analysis_config", "data_description")


def test_wildcards_and_groups_mean_what_exists_and_ids_are_created(server):
    jobs = [{"job_id": id, **CONFIG, "groups": groups} for id, groups in TARGETS.items()]
    server.reset(jobs=jobs)
    wanted = {"description": "new", "groups": ["team"], **{name: CONFIG[name] for name in REQUIRED}}
    outcome = server.run("ml_job", job_id=["web-*", "team", "fresh"], exclude=["web-3"], **wanted)
    assert {job["job_id"]: job["actions"] for job in outcome.jobs} == {
        "web-1": ["update"],
        "web-2": ["update"],
        "api": ["update"],
        "fresh": ["create"],
    }
    assert outcome.msg == "created 1 of 4 jobs (fresh); updated 3 of 4 jobs (api, web-1, web-2)"
    found = {job["job_id"]: job.get("description") for job in server.api("GET", JOBS).body["jobs"]}
    assert found == {**dict.fromkeys(TARGETS, "as it was"), **dict.fromkeys(("web-1", "web-2", "api", "fresh"), "new")}
    second = server.run("ml_job", job_id=["web-*", "team", "fresh"], exclude=["web-3"], **wanted)
    assert (second.changed, second.writes) == (False, [])


@pytest.mark.parametrize("job_id", ["x-*", "_all", "*"])
def test_a_wildcard_creates_nothing(server, job_id):
    outcome = server.run("ml_job", job_id=job_id, **CONFIG)
    assert (outcome.failed, outcome.changed, outcome.writes, outcome.jobs) == (False, False, [], [])


LOST = {"drop": True, "after": True, "times": 1}
ACCIDENTS = {
    "the answer to a creation": ("new", {"method": "PUT", "path": f"{JOBS}/new", **LOST}, ["create"]),
    "the answer to an update": ("j", {"method": "POST", "path": "*/_update", **LOST}, ["update"]),
}


@pytest.mark.parametrize(("job_id", "fault", "actions"), ACCIDENTS.values(), ids=ACCIDENTS)
def test_what_was_done_although_no_answer_came_is_done(server, job_id, fault, actions):
    seed(server)
    server.control("faults", [fault])
    wanted = {**CONFIG, "description": "new"}
    outcome = server.run("ml_job", job_id=job_id, **wanted)
    assert not outcome.failed
    assert outcome.jobs[0]["actions"] == actions
    assert len(outcome.writes) == 1
    second = server.run("ml_job", job_id=job_id, **wanted)
    assert (second.changed, second.writes) == (False, [])


def test_without_monitor_no_look_back_is_stopped(server):
    """Its end could not be put back."""
    seed(server, "look-back")
    body = '{"error": {"type": "security_exception", "reason": "action is unauthorized"}}'
    server.control("faults", [{"method": "GET", "path": "/_cluster/state*", "status": 403, "body": body}])
    outcome = server.run("ml_job", job_id="j", analysis_limits={"model_memory_limit": "1gb"})
    assert outcome.failed
    assert outcome.writes == []
    assert "monitor" in outcome.msg


def test_a_job_that_is_being_deleted_is_not_declared(server):
    seed(server)
    server.control("jobs/j", {"durations": {"deleting": "1d"}})
    server.api("DELETE", f"{FEEDS}/f")
    server.api("DELETE", f"{JOBS}/j?wait_for_completion=false")
    outcome = server.run("ml_job", job_id="j", description="new")
    assert outcome.failed
    assert outcome.writes == []
    assert "is being deleted" in outcome.msg


GONE = {"the job": f"{JOBS}/j", "its datafeed": f"{FEEDS}/f"}


def refusing(server, path, times):
    """A run in which a creation is refused after the deletion; what was there before, and the outcome."""
    seed(server, "look-back")
    before = running(server), declarable(document(server)), document(server, f"{FEEDS}/f", "datafeeds")
    body = '{"error": {"type": "status_exception", "reason": "no room"}}'
    server.control("faults", [{"method": "PUT", "path": path, "status": 400, "body": body, "times": times}])
    outcome = server.run("ml_job", job_id="j", on_immutable_change="recreate", force=True, **SPAN)
    server.api("DELETE", "/_simulator/faults")
    assert outcome.failed
    assert "no room" in outcome.msg
    return before, outcome


def test_a_job_whose_successor_is_refused_is_there_again(server):
    (states, config, feed), outcome = refusing(server, GONE["the job"], 1)
    assert (running(server), declarable(document(server))) == (states, config)
    assert {**document(server, f"{FEEDS}/f", "datafeeds"), "authorization": None} == {**feed, "authorization": None}
    assert "lost" not in outcome.jobs[0]


@pytest.mark.parametrize("path", GONE.values(), ids=GONE)
def test_what_could_not_be_created_again_is_told_as_a_bundle(server, path):
    (_states, config, feed), outcome = refusing(server, path, 100)
    lost = outcome.jobs[0]["lost"]
    assert list(lost) == (["jobs", "datafeeds"] if path == GONE["the job"] else ["datafeeds"])
    assert "lost" in outcome.msg
    assert not server.run("ml_bundle", **lost).failed
    assert {**document(server, f"{FEEDS}/f", "datafeeds"), "authorization": None} == {**feed, "authorization": None}
    if "jobs" in lost:
        assert declarable(document(server)) == config
