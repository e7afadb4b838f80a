# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datafeeds as declared: created, changed while they run, put back, recreated, and otherwise left alone."""

import pytest

from modules.declared_datafeeds import (
    DECLARED,
    END,
    FEEDS,
    REFUSAL,
    config,
    end,
    job_state,
    present,
    running,
    seeded,
    state,
)
from modules.declaring import SECURED, VERSIONS, bodies, told_of_rights
from modules.test_permissions import as_user

pytestmark = pytest.mark.parametrize("server", VERSIONS, indirect=True)


@pytest.fixture
def cluster(server):
    return seeded(server)


def test_creating(cluster):
    options = {**DECLARED, "query_delay": "60s", "indices_options": {"expand_wildcards": "all"}, "aggs": None}
    created = present(cluster, **options)
    assert created.writes == [f"PUT {FEEDS}/d"]
    assert bodies(created) == [
        {"job_id": "j", "indices": ["source"], "query_delay": "60s", "indices_options": {"expand_wildcards": ["all"]}}
    ]
    assert created.msg == "created datafeed d"
    assert created.datafeeds == [
        {"datafeed_id": "d", "state_before": "absent", "state": "present", "changed": True, "actions": ["create"]}
    ]
    assert created.diff[0]["before"] == ""
    assert created.diff[0]["after"] == (
        "indices:\n- source\nindices_options:\n  expand_wildcards:\n  - open\n  - closed\n  - hidden\n"
        "job_id: j\nquery_delay: 1m\n"
    )
    assert cluster.run("ml_datafeed", **{**options, "query_delay": "1m"}).changed is False
    assert state(cluster) == "stopped"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"datafeed_id": "d", "job_id": "j"}, "datafeed d does not exist, and indices must be declared to create it"),
        ({"datafeed_id": "d", "scroll_size": 1}, "job_id and indices must be declared"),
        ({**DECLARED, "job_id": "nobody"}, "No known job with id 'nobody'"),
        ({**DECLARED, "job_id": "k"}, "A datafeed [f] already exists for job [k]"),
        ({**DECLARED, "frequency": "1ms"}, "frequency has to be a multiple of 1s"),
        ({**DECLARED, "query": {"bogus": {}}}, "bogus"),
        (
            {**DECLARED, "script_fields": {"s": {"script": "1"}}, "aggs": {"b": {"max": {"field": "x"}}}},
            "script_fields",
        ),
        ({**DECLARED, "scroll_size": "many"}, "scroll_size"),
        ({**DECLARED, "state": "stopped"}, "it belongs to state: present, and state is stopped"),
        ({**DECLARED, "end": "2018-01-01T00:00:00Z"}, "it belongs to state: started"),
    ],
    ids=str,
)
def test_what_cannot_be_created_is_one_error_and_no_change(cluster, options, words):
    refused = cluster.run("ml_datafeed", **options)
    assert refused.failed
    assert words in refused.msg
    assert refused.result.get("changed", False) is False
    assert cluster.api("GET", f"{FEEDS}/d").status == 404


def test_the_smallest_update_and_nothing_that_is_not_declared(cluster):
    cluster.run("ml_datafeed", **DECLARED, frequency="150s", indices_options={"ignore_unavailable": True})
    before = config(cluster)
    updated = present(
        cluster,
        **DECLARED,
        scroll_size=1000,
        query_delay="3m",
        indices_options={"expand_wildcards": ["open", "hidden"]},
    )
    assert updated.writes == [f"POST {FEEDS}/d/_update"]
    options = {**before["indices_options"], "expand_wildcards": ["open", "hidden"]}
    assert bodies(updated) == [{"query_delay": "3m", "indices_options": options}]
    assert config(cluster) == {**before, "query_delay": "3m", "indices_options": options}
    assert updated.datafeeds[0]["differences"] == ["query_delay", "indices_options.expand_wildcards"]
    header = "datafeeds/d (update): query_delay, indices_options.expand_wildcards"
    assert updated.diff[0]["after_header"] == header
    assert "frequency" not in updated.diff[0]["before"]


def test_values_are_taken_away(cluster):
    fields = {"script_fields": {"s": {"script": "1"}}, "max_empty_searches": 5}
    cluster.run("ml_datafeed", **DECLARED, **fields)
    assert config(cluster)["max_empty_searches"] == 5
    present(cluster, datafeed_id="d", script_fields={}, max_empty_searches=-1)
    assert "max_empty_searches" not in config(cluster)
    assert not config(cluster).get("script_fields")


@pytest.mark.parametrize("restart", ["when_required", "always"])
def test_one_that_runs_in_real_time_goes_on(cluster, restart):
    running(cluster)
    updated = present(cluster, **DECLARED, query_delay="2m", restart=restart)
    assert updated.writes == [
        f"POST {FEEDS}/d/_stop?timeout=20s",
        f"POST {FEEDS}/d/_update",
        f"POST {FEEDS}/d/_start?timeout=20s",
    ]
    assert updated.datafeeds[0]["actions"] == ["stop_datafeed", "update", "start_datafeed"]
    assert (state(cluster), end(cluster), job_state(cluster)) == ("started", None, "opened")


def test_a_look_back_goes_on_to_its_end(cluster):
    running(cluster, f"?end={END}")
    updated = present(cluster, **DECLARED, query_delay="2m")
    assert updated.datafeeds[0]["actions"][-1] == "start_datafeed"
    assert f"POST {FEEDS}/d/_start?timeout=20s&end={END}" in updated.writes
    assert config(cluster)["query_delay"] == "2m"
    assert (state(cluster), end(cluster), job_state(cluster)) == ("started", END, "opened")


@pytest.mark.parametrize("query", ["", f"?end={END}"], ids=["real time", "look-back"])
def test_a_refusal_half_way_leaves_it_as_it_was(cluster, query):
    running(cluster, query)
    before = config(cluster)
    refused = cluster.run("ml_datafeed", diff=True, **DECLARED, frequency="1ms")
    assert refused.failed
    assert "could not update datafeed d" in refused.msg
    assert "frequency has to be a multiple of 1s" in refused.msg
    assert refused.changed is False
    assert refused.datafeeds[0]["state"] == "present"
    assert refused.datafeeds[0]["actions"][-1] == "start_datafeed"
    assert config(cluster) == before
    assert (state(cluster), end(cluster), job_state(cluster)) == ("started", END if query else None, "opened")


@pytest.mark.parametrize("times", [1, 2])
def test_an_update_that_is_cut_is_looked_for(cluster, times):
    running(cluster)
    cluster.control(
        "faults", [{"method": "POST", "path": "*/_update", "times": times, "drop": True, "after": times == 2}]
    )
    updated = cluster.run("ml_datafeed", **DECLARED, query_delay="2m")
    assert not updated.failed, updated.msg
    assert (config(cluster)["query_delay"], state(cluster)) == ("2m", "started")


def test_never_restarting(cluster):
    running(cluster)
    before = config(cluster)
    refused = cluster.run("ml_datafeed", **DECLARED, query_delay="2m", restart="never")
    assert refused.failed
    assert "datafeed d can be changed only while it is stopped, and it is started" in refused.msg
    assert (refused.writes, config(cluster)) == ([], before)
    assert cluster.run("ml_datafeed", **DECLARED, restart="never").changed is False
    cluster.run("ml_datafeed", datafeed_id="d", state="stopped")
    assert present(cluster, **DECLARED, query_delay="2m", restart="never").changed
    assert state(cluster) == "stopped"


def test_a_stopped_one_stays_stopped(cluster):
    cluster.run("ml_datafeed", **DECLARED)
    updated = present(cluster, **DECLARED, query_delay="2m", restart="always")
    assert updated.writes == [f"POST {FEEDS}/d/_update"]
    assert state(cluster) == "stopped"


def test_one_that_somebody_stops_is_waited_for_and_stays_stopped(cluster):
    running(cluster)
    cluster.control("datafeeds/d", {"state": "stopping"})
    with cluster.once_waiting(lambda: cluster.control("datafeeds/d", {"state": "stopped"})):
        updated = cluster.run("ml_datafeed", **DECLARED, query_delay="2m")
    assert updated.datafeeds[0]["actions"] == ["await_stopped", "update"]
    assert updated.writes == [f"POST {FEEDS}/d/_update"]
    assert (config(cluster)["query_delay"], state(cluster)) == ("2m", "stopped")


def test_wildcards_mean_what_exists(cluster):
    running(cluster)
    none = cluster.run("ml_datafeed", datafeed_id="x-*", job_id="j", indices=["source"])
    assert (none.changed, none.writes) == (False, [])
    most = cluster.run("ml_datafeed", datafeed_id="*", scroll_size=7, max_affected=1)
    assert most.failed
    assert "max_affected: 2 of 2 datafeeds would be changed (d, f)" in most.msg
    assert most.writes == []
    updated = present(cluster, datafeed_id="*", scroll_size=7)
    assert [item["actions"] for item in updated.datafeeds] == [
        ["stop_datafeed", "update", "start_datafeed"],
        ["update"],
    ]
    assert updated.summary == {"matched": 2, "changed": 2, "unchanged": 0, "failed": 0}
    assert [state(cluster, id) for id in "df"] == ["started", "stopped"]


def test_one_of_several_that_is_refused_leaves_the_others_done(cluster):
    running(cluster)
    cluster.control("faults", [{"method": "POST", "path": "*/d/_update", "times": 1, "status": 400, "body": REFUSAL}])
    outcome = cluster.run("ml_datafeed", datafeed_id=["d", "f"], scroll_size=7)
    assert outcome.failed
    assert [config(cluster, id)["scroll_size"] for id in "df"] == [1000, 7]
    assert [state(cluster, id) for id in "df"] == ["started", "stopped"]
    assert cluster.run("ml_datafeed", datafeed_id=["d", "f"], scroll_size=7).summary["changed"] == 1


WRITTEN_OTHERWISE = [
    ({"query": {"term": {"service": "web"}}}, {}),
    ({"query": {"match_all": {}}}, {"query": {"match_all": {"boost": 1.0}}}),
    ({"query_delay": "90s", "frequency": "5m"}, {"query_delay": "90000ms", "frequency": "300s"}),
    ({"indices": ["b", "a"]}, {"indices": ["a", "b", "a"]}),
    ({"indices": "a,b"}, {"indices": ["a", "b"]}),
    ({"indexes": ["a"]}, {"indices": ["a"]}),
    ({"script_fields": {"z": {"script": "1"}, "a": {"script": {"source": "2"}}}}, {}),
    (
        {"indices_options": {"expand_wildcards": ["all"]}},
        {"indices_options": {"expand_wildcards": "open,closed,hidden"}},
    ),
    ({"max_empty_searches": -1, "script_fields": {}, "aggregations": {}}, {"scroll_size": "1000"}),
    ({"chunking_config": {"mode": "off"}}, {"chunking_config": {"mode": False}}),
    ({"delayed_data_check_config": {"enabled": True, "check_window": "2h"}}, {}),
]


@pytest.mark.parametrize(("first", "second"), WRITTEN_OTHERWISE, ids=str)
def test_written_otherwise_it_is_the_same(cluster, first, second):
    """Kinds of false differences that other tools have: shorthands, defaults of the server, order, units."""
    assert not present(cluster, **{**DECLARED, **first}).failed
    again = cluster.run("ml_datafeed", **{**DECLARED, **first, **second})
    assert (again.changed, again.writes) == (False, []), again.datafeeds


@pytest.fixture
def secured(cluster):
    cluster.control("security", SECURED)
    created = cluster.run("ml_datafeed", **DECLARED, **as_user("ann"))
    assert created.changed, created.msg
    return cluster


def test_whose_rights_it_runs_with_does_not_change_silently(secured):
    same = secured.run("ml_datafeed", diff=True, **DECLARED, **as_user("root"))
    assert (same.changed, same.writes) == (False, [])
    changed = told_of_rights(secured, "ml_datafeed", **DECLARED, query_delay="2m")
    assert changed.changed


def test_who_may_only_look_learns_what_would_change(secured):
    looked = secured.run("ml_datafeed", check=True, **DECLARED, query_delay="2m", **as_user("rea"))
    assert not looked.failed, looked.msg
    assert looked.changed
    refused = secured.run("ml_datafeed", **DECLARED, query_delay="2m", **as_user("rea"))
    assert refused.failed
    assert "403" in refused.msg
    assert refused.changed is False
