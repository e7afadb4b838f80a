# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data frame analytics jobs as declared: created, changed while they run, and otherwise left alone."""

import math

import pytest

from modules.declared_analytics import (
    DECLARED,
    OUTLIERS,
    REGRESSION,
    ROOT,
    config,
    item,
    present,
    refused,
    seeded,
    started,
    state,
)
from modules.declaring import SECURED, VERSIONS, bodies, told_of_rights
from modules.test_permissions import as_user

pytestmark = pytest.mark.parametrize("server", VERSIONS, indirect=True)
REFUSAL = '{"error": {"type": "status_exception", "reason": "no"}, "status": 400}'


@pytest.fixture
def cluster(server):
    return seeded(server)


@pytest.fixture
def running(server):
    return started(server)


def test_creating(cluster):
    options = {
        **DECLARED,
        "model_memory_limit": "1.5gb",
        "analyzed_fields": {"includes": ["value"]},
        "description": "d",
    }
    created = present(cluster, **options)
    assert created.writes == [f"PUT {ROOT}/a"]
    assert bodies(created) == [
        {
            "source": {"index": ["source"]},
            "dest": {"index": "out"},
            "analysis": OUTLIERS,
            "analyzed_fields": {"includes": ["value"]},
            "model_memory_limit": "1536mb",
            "description": "d",
        }
    ]
    assert item(created) == {
        "id": "a",
        "state_before": "absent",
        "state": "present",
        "changed": True,
        "actions": ["create"],
    }
    assert created.msg == "created data frame analytics a"
    assert "model_memory_limit: 1536mb\n" in created.diff[0]["after"]
    assert created.diff[0]["before"] == ""
    assert state(cluster) == "stopped"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"id": "a", "description": "d"}, "a does not exist, and source and dest and analysis must be declared"),
        ({**DECLARED, "source": {"index": "nowhere"}}, "no such index [nowhere]"),
        ({**DECLARED, "dest": {"index": "Out"}}, "Destination index [Out] must be lowercase"),
        ({**DECLARED, "source": {"index": ["source"], "query": {"bogus": {}}}}, "bogus"),
        (
            {**DECLARED, "analysis": {}},
            "one of the following is required: outlier_detection, regression, classification",
        ),
        ({**DECLARED, "analysis": {**OUTLIERS, **REGRESSION}}, "mutually exclusive"),
        ({**DECLARED, "analysis": {"outlier_detection": {"method": "guess"}}}, "value of method must be one of"),
        ({**DECLARED, "analysis": {"regression": {}}}, "dependent_variable"),
        ({**DECLARED, "model_memory_limit": "many"}, "model_memory_limit"),
        ({**DECLARED, "analyzed_fields": True}, "analyzed_fields: True is refused: it is no dictionary"),
        ({**DECLARED, "analysis": 5}, "analysis: 5 is refused: it is no dictionary"),
        (
            {**DECLARED, "analysis": {"regression": {"dependent_variable": "y", "max_trees": math.inf}}},
            "max_trees",
        ),
        ({**DECLARED, "analysis": {"regression": {"dependent_variable": "y", "eta": math.nan}}}, "eta"),
        ({**DECLARED, "state": "stopped"}, "it belongs to state: present, and state is stopped"),
        ({**DECLARED, "wait_for": "finished"}, "it belongs to state: started"),
        ({**DECLARED, "id": "Not An Id"}, "Not An Id"),
    ],
    ids=str,
)
def test_what_cannot_be_created_is_one_error_and_no_change(cluster, options, words):
    outcome = cluster.run("ml_analytics", **options)
    assert outcome.failed
    assert words in outcome.msg
    assert outcome.result.get("changed", False) is False
    assert cluster.api("GET", f"{ROOT}/a").status == 404


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"source": {"index": "nowhere"}}, "index [nowhere] does not exist"),
        ({"analyzed_fields": {"includes": ["nothing"]}}, "nothing"),
    ],
    ids=str,
)
def test_check_mode_has_the_server_explain_it(cluster, options, words):
    """What is said against it is a warning: the index may come about before the job is run."""
    predicted = cluster.run("ml_analytics", check=True, **{**DECLARED, **options})
    assert not predicted.failed
    assert f"POST {ROOT}/_explain" in predicted.lines
    assert len(predicted.warned) == 1
    assert words in predicted.warned[0]
    assert cluster.run("ml_analytics", check=True, **DECLARED).warned == []
    cluster.run("ml_analytics", **DECLARED)
    assert f"POST {ROOT}/_explain" not in cluster.run("ml_analytics", check=True, **DECLARED).lines


IN_PLACE = {
    "description": ({"description": "new"}, {"description": "new"}),
    "laziness": ({"allow_lazy_start": True}, {"allow_lazy_start": True}),
    "both": (
        {"description": "new", "allow_lazy_start": True, "max_num_threads": 1},
        {"description": "new", "allow_lazy_start": True},
    ),
}


@pytest.mark.parametrize(("options", "body"), IN_PLACE.values(), ids=IN_PLACE)
@pytest.mark.parametrize("restart", ["when_required", "never"])
def test_changed_in_place_while_it_runs(running, options, body, restart):
    updated = present(running, **DECLARED, **options, restart=restart)
    assert updated.writes == [f"POST {ROOT}/a/_update"]
    assert bodies(updated) == [body]
    assert item(updated)["differences"] == list(body)
    assert state(running) == "started"


WHILE_STOPPED = [{"model_memory_limit": "200mb"}, {"max_num_threads": 2}, {"max_num_threads": 2, "description": "new"}]


@pytest.mark.parametrize("options", WHILE_STOPPED, ids=str)
def test_stopped_and_started_again_for_what_needs_it(running, options):
    updated = present(running, **DECLARED, **options)
    assert updated.writes == [
        f"POST {ROOT}/a/_stop?timeout=20s",
        f"POST {ROOT}/a/_update",
        f"POST {ROOT}/a/_start?timeout=20s",
    ]
    assert item(updated)["actions"] == ["stop", "update", "start"]
    assert bodies(updated) == [options]
    assert state(running) == "started"


def test_restarted_for_any_change_if_that_is_wanted(running):
    assert item(present(running, **DECLARED, description="new", restart="always"))["actions"] == [
        "stop",
        "update",
        "start",
    ]
    assert state(running) == "started"


def test_never_restarted(running):
    said = refused(running, **DECLARED, model_memory_limit="200mb", description="new", restart="never")
    assert "model_memory_limit can be changed only while it is stopped, and it is " in said
    running.run("ml_analytics", id="a", state="stopped")
    assert present(running, **DECLARED, model_memory_limit="200mb", restart="never").changed
    assert state(running) == "stopped"


@pytest.mark.parametrize("limit", ["102400kb", "100MB", " 100 mb"])
def test_the_same_memory_in_another_unit_is_no_change(running, limit):
    assert running.run("ml_analytics", **DECLARED, model_memory_limit=limit).writes == []


def test_a_refusal_half_way_leaves_it_running(running):
    before = config(running)
    outcome = running.run("ml_analytics", diff=True, **DECLARED, model_memory_limit="1b")
    assert outcome.failed
    assert "model_memory_limit must be at least 1kb" in outcome.msg
    assert (outcome.changed, item(outcome)["state"], item(outcome)["actions"]) == (False, "present", ["stop", "start"])
    assert (config(running), state(running)) == (before, "started")


def test_a_failed_one_is_left_alone_but_for_what_changes_in_place(running):
    running.control("analytics/a", {"state": "failed"})
    said = refused(running, **DECLARED, model_memory_limit="200mb")
    assert "data frame analytics a is failed" in said
    assert "state: stopped, force: true" in said
    assert present(running, **DECLARED, description="new").writes == [f"POST {ROOT}/a/_update"]
    assert state(running) == "failed"


def test_a_finished_one_is_not_started_again(running):
    running.control("analytics/a", {"progress": 100, "state": "stopped"})
    updated = present(running, **DECLARED, model_memory_limit="200mb", restart="always")
    assert updated.writes == [f"POST {ROOT}/a/_update"]
    assert state(running) == "stopped"


def test_one_that_somebody_stops_is_waited_for_and_stays_stopped(running):
    running.control("analytics/a", {"state": "stopping"})
    with running.once_waiting(lambda: running.control("analytics/a", {"state": "stopped"})):
        updated = running.run("ml_analytics", **DECLARED, model_memory_limit="200mb")
    assert item(updated)["actions"] == ["await_stopped", "update"]
    assert (config(running)["model_memory_limit"], state(running)) == ("200mb", "stopped")


def test_wildcards_mean_what_exists(running):
    running.run("ml_analytics", **{**DECLARED, "id": "b", "dest": {"index": "out-b"}})
    none = running.run("ml_analytics", **{**DECLARED, "id": "x-*"})
    assert (none.changed, none.writes) == (False, [])
    most = running.run("ml_analytics", id="*", max_num_threads=2, max_affected=1)
    assert "max_affected: 2 of 2 data frame analytics would be changed (a, b)" in most.msg
    updated = present(running, id="*", max_num_threads=2)
    assert [entry["actions"] for entry in updated.data_frame_analytics] == [["stop", "update", "start"], ["update"]]
    assert [state(running, id) for id in "ab"] == ["started", "stopped"]


def test_one_of_several_that_is_refused_leaves_the_others_done(running):
    running.run("ml_analytics", **{**DECLARED, "id": "b", "dest": {"index": "out-b"}})
    running.control("faults", [{"method": "POST", "path": "*/a/_update", "times": 1, "status": 400, "body": REFUSAL}])
    outcome = running.run("ml_analytics", id=["a", "b"], max_num_threads=2)
    assert outcome.failed
    assert [config(running, id)["max_num_threads"] for id in "ab"] == [1, 2]
    assert [state(running, id) for id in "ab"] == ["started", "stopped"]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("method", "path"), [("PUT", "*/b"), ("POST", "*/a/_update"), ("POST", "*/a/_stop")])
def test_a_request_that_is_cut_is_looked_for(running, method, path, after):
    running.control("faults", [{"method": method, "path": path, "times": 1, "drop": True, "after": after}])
    both = {**DECLARED, "id": ["a", "b"], "max_num_threads": 2}
    outcome = running.run("ml_analytics", **both)
    assert not outcome.failed, outcome.msg
    assert [config(running, id)["max_num_threads"] for id in "ab"] == [2, 2]
    assert [state(running, id) for id in "ab"] == ["started", "stopped"]


META = {"owner": {"team": "sales"}, "since": [1, None, True]}


def test_what_one_keeps_with_it(cluster):
    """`_meta` came with Elasticsearch 8."""
    if cluster.release < (8,):
        outcome = cluster.run("ml_analytics", **DECLARED, _meta=META)
        assert outcome.failed
        assert "unknown field [_meta]" in outcome.msg
        return
    present(cluster, **DECLARED, _meta=META)
    assert config(cluster)["_meta"] == META
    assert present(cluster, id="a", _meta={"other": 1}).writes == [f"POST {ROOT}/a/_update"]
    assert present(cluster, id="a", _meta={}).changed
    assert not config(cluster).get("_meta")


def test_whose_rights_it_runs_with_does_not_change_silently(cluster):
    cluster.control("security", SECURED)
    created = cluster.run("ml_analytics", **DECLARED, **as_user("ann"))
    assert created.changed, created.msg
    same = cluster.run("ml_analytics", diff=True, **DECLARED, **as_user("root"))
    assert (same.changed, same.writes) == (False, [])
    assert told_of_rights(cluster, "ml_analytics", **DECLARED, description="new").changed


def test_who_may_only_look_learns_what_would_change(cluster):
    cluster.run("ml_analytics", **DECLARED)
    cluster.control("security", SECURED)
    looked = cluster.run("ml_analytics", check=True, **DECLARED, description="new", **as_user("rea"))
    assert not looked.failed, looked.msg
    assert looked.changed
    outcome = cluster.run("ml_analytics", **DECLARED, description="new", **as_user("rea"))
    assert outcome.failed
    assert "403" in outcome.msg
