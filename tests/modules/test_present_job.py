# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ml_job with state: present: what is sent for which difference, and what is as before afterwards."""

import json
from dataclasses import dataclass

import pytest
import yaml

from ansible_collections.mlops.elastic.plugins.module_utils.normalize import declarable
from modules.declared_jobs import CONFIG, DETECTORS, JOBS, VERSIONS, declare, document, running, seed

pytestmark = pytest.mark.parametrize("server", VERSIONS, indirect=True)
STATES = ("closed", "opened", "real time", "look-back", "failed")
RULE = {"conditions": [{"applies_to": "actual", "operator": "lt", "value": 10}]}
AROUND = ("close_job", "update", "open_job")
AROUND_FEED = ("stop_datafeed", *AROUND, "start_datafeed")


def body_of(outcome, end):
    return next(json.loads(entry["body"]) for entry in outcome.journal if entry["path"].endswith(end))


@dataclass(frozen=True)
class Change:
    """Options, the body of the update, and whether an open job is closed and reopened for it."""

    declared: dict
    body: dict
    restarts: bool = False
    since: tuple = ()


def limits(**declared):
    whole = {"model_memory_limit": "512mb", "categorization_examples_limit": 7, **declared}
    return Change({"analysis_limits": declared}, {"analysis_limits": whole}, True)


def detectors(*changes):
    declared = [{**detector, **change} for detector, change in zip(DETECTORS, changes, strict=True)]
    sent = [
        {"detector_index": index, **{name.removeprefix("detector_"): value for name, value in change.items()}}
        for index, change in enumerate(changes)
        if change
    ]
    return Change({"analysis_config": {"detectors": declared}}, {"detectors": sent})


def plain(restarts=False, **declared):
    return Change(declared, declared, restarts)


CHANGES = {
    "description": plain(description="new"),
    "no description": plain(description=""),
    "groups": plain(groups=["team", "other"]),
    "no groups": plain(groups=[]),
    "settings": plain(custom_settings={"created_by": "somebody else"}),
    "no settings": plain(custom_settings={}),
    "retention": plain(results_retention_days=60, model_snapshot_retention_days=20),
    "plot": Change(
        {"model_plot_config": {"annotations_enabled": False}},
        {"model_plot_config": {"enabled": True, "terms": "a", "annotations_enabled": False}},
    ),
    "detector's description": detectors({"detector_description": "mine"}, {}),
    "detectors' rules": detectors({"custom_rules": [RULE]}, {"custom_rules": [RULE], "detector_description": "d"}),
    "memory": limits(model_memory_limit="2gb"),
    "examples": limits(categorization_examples_limit=9),
    "interval": plain(True, background_persist_interval="2h"),
    "renormalization": plain(True, renormalization_window_days=9),
    "lazy": plain(True, allow_lazy_open=True),
    "prune window": Change(
        {"analysis_config": {"model_prune_window": "60d"}}, {"model_prune_window": "60d"}, True, since=(7, 16)
    ),
    "both kinds": Change(
        {"description": "n", "analysis_limits": {"model_memory_limit": 600}},
        {"description": "n", "analysis_limits": {"model_memory_limit": 600, "categorization_examples_limit": 7}},
        True,
    ),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_difference_is_one_update_and_only_what_has_to_rests(server, change, state):
    seed(server, state)
    before, model = running(server), document(server)
    if server.release < change.since:
        for check in (True, False):
            outcome = server.run("ml_job", job_id="j", check=check, **change.declared)
            assert outcome.failed
            assert f"unknown field [{next(iter(change.body))}]" in outcome.msg
        assert (running(server), declarable(document(server))) == (before, declarable(model))
        return
    achieved = declare(server, **change.declared)
    steps = {"opened": AROUND, "real time": AROUND_FEED, "look-back": AROUND_FEED}
    assert achieved.jobs[0]["actions"] == list(steps.get(state, ["update"]) if change.restarts else ["update"])
    assert body_of(achieved, "/_update") == change.body
    assert running(server) == before
    kept = ("create_time", "job_id", "analysis_limits", "results_index_name")
    assert all(document(server)[name] == model[name] for name in kept if name not in change.body)
    assert achieved.changed
    assert achieved.msg == "updated job j"
    shown = achieved.diff[0]
    assert yaml.safe_load(shown["before"]).keys() <= yaml.safe_load(shown["after"]).keys() == change.declared.keys()


def test_nothing_is_sent_where_nothing_differs(server):
    """What a server keeps in another form than it was declared in."""
    seed(server, "real time", results_index_name="mine")
    same = {
        "groups": ["team", "team"],
        "analysis_config": {
            "bucket_span": "900s",
            "detectors": [{**DETECTORS[0], "custom_rules": []}, {"function": "count", "exclude_frequent": "none"}],
            "influencers": ["host"],
            "latency": "0s",
        },
        "analysis_limits": {"model_memory_limit": "524288kb"},
        "results_index_name": "custom-mine",
        "results_retention_days": "30",
        "allow_lazy_open": False,
    }
    outcome = server.run("ml_job", job_id="j", diff=True, **same)
    assert (outcome.changed, outcome.diff, outcome.msg) == (False, [], "job j was as declared already")
    assert outcome.lines == [f"GET {JOBS}/j"]


def test_a_job_is_created(server):
    new = {"analysis_config": CONFIG["analysis_config"], "data_description": {}, "groups": ["team"]}
    foretold = server.run("ml_job", job_id="new", check=True, **new)
    assert (foretold.writes, foretold.changed) == ([], True)
    assert foretold.msg == "would create job new"
    achieved = server.run("ml_job", job_id="new", diff=True, **new)
    assert achieved.writes == foretold.declared_writes == [f"PUT {JOBS}/new"]
    assert (achieved.jobs[0]["state_before"], achieved.jobs[0]["state"]) == ("absent", "present")
    assert achieved.diff[0]["before"] == ""
    shown = {"analysis_config": {**CONFIG["analysis_config"], "detectors": DETECTORS}, "groups": ["team"]}
    assert yaml.safe_load(achieved.diff[0]["after"]) == shown
    assert document(server, f"{JOBS}/new/_stats")["state"] == "closed"
    second = server.run("ml_job", job_id="new", **new)
    assert (second.changed, second.writes) == (False, [])


@pytest.mark.parametrize("state", ["opened", "real time"])
def test_restart_never_stops_nothing(server, state):
    seed(server, state)
    refused = server.run("ml_job", job_id="j", restart="never", **CHANGES["memory"].declared)
    assert refused.failed
    assert refused.writes == []
    assert "analysis_limits.model_memory_limit can be changed only while the job is closed" in refused.msg
    late = declare(server, restart="never", background_persist_interval="3h")
    assert late.jobs[0]["actions"] == ["update"]
    assert "background_persist_interval takes effect when the job is opened the next time" in late.stdout


def test_restart_always_restarts_for_everything_but_for_nothing(server):
    seed(server, "look-back")
    before = running(server)
    assert declare(server, restart="always", description="n").jobs[0]["actions"] == list(AROUND_FEED)
    assert running(server) == before


FAULTS = {
    "refused": {"status": 400, "body": '{"error": {"type": "status_exception", "reason": "less than it uses"}}'},
    "unable": {"status": 403, "body": '{"error": {"type": "security_exception", "reason": "not you"}}'},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("state", ["closed", "opened", "real time", "look-back"])
def test_a_refusal_halfway_puts_everything_back(server, state, fault):
    seed(server, state)
    before, config = running(server), document(server)
    server.control("faults", [{"method": "POST", "path": "*/_update", **fault}])
    outcome = server.run("ml_job", job_id="j", **CHANGES["memory"].declared)
    assert outcome.failed
    assert json.loads(fault["body"])["error"]["reason"] in outcome.msg
    assert not outcome.changed
    assert running(server) == before
    assert declarable(document(server)) == declarable(config)
