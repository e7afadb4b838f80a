# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datafeeds of which something is declared that no update can change."""

import pytest

from modules.declared_datafeeds import DECLARED, END, FEEDS, config, end, job_state, present, running, seeded, state
from modules.declaring import VERSIONS

SUMMED = {"bucket_span": "5m", "detectors": [{"function": "count"}], "summary_count_field_name": "doc_count"}
pytestmark = pytest.mark.parametrize("server", VERSIONS, indirect=True)


@pytest.fixture
def cluster(server):
    return seeded(server)


def test_another_job_needs_another_datafeed(cluster):
    cluster.run("ml_datafeed", datafeed_id="f", state="absent")
    cluster.run("ml_datafeed", **DECLARED, frequency="150s", query={"term": {"a": "b"}})
    before = config(cluster)
    refused = cluster.run("ml_datafeed", **{**DECLARED, "job_id": "k"})
    assert refused.failed
    assert "datafeed d: job_id cannot be changed in place. Creating it anew loses its statistics alone." in refused.msg
    assert "Set on_immutable_change: recreate" in refused.msg
    assert (refused.writes, config(cluster)) == ([], before)
    recreated = present(cluster, **{**DECLARED, "job_id": "k"}, on_immutable_change="recreate")
    assert recreated.writes == [f"DELETE {FEEDS}/d", f"PUT {FEEDS}/d"]
    assert recreated.msg == "recreated datafeed d"
    assert config(cluster) == {**before, "job_id": "k"}


def test_one_that_runs_is_recreated_and_started_again(cluster):
    aggregations = {
        "buckets": {
            "date_histogram": {"field": "time", "fixed_interval": "1m"},
            "aggregations": {"time": {"max": {"field": "time"}}},
        }
    }
    cluster.control("seed", {"jobs": [{"job_id": "s", "state": "opened", "analysis_config": SUMMED}]})
    declared = {**DECLARED, "job_id": "s"}
    cluster.run("ml_datafeed", **declared, aggregations=aggregations)
    assert cluster.api("POST", f"{FEEDS}/d/_start").status == 200
    assert cluster.run("ml_datafeed", **declared, aggregations={}).failed
    recreated = present(cluster, **declared, aggregations={}, on_immutable_change="recreate")
    assert recreated.datafeeds[0]["actions"] == ["stop_datafeed", "delete", "create", "start_datafeed"]
    assert "aggregations" not in config(cluster)
    assert state(cluster) == "started"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"job_id": "nobody"}, "No known job with id 'nobody'"),
        ({"job_id": "k"}, "A datafeed [f] already exists for job [k]"),
        ({"job_id": "l", "frequency": "1ms"}, "frequency has to be a multiple of 1s"),
    ],
    ids=str,
)
@pytest.mark.parametrize("query", [None, "", f"?end={END}"], ids=["stopped", "real time", "look-back"])
def test_a_datafeed_that_cannot_be_recreated_is_put_back(cluster, options, words, query):
    cluster.control("seed", {"jobs": [{"job_id": "l", "state": "opened"}]})
    running(cluster, query or "")
    if query is None:
        cluster.run("ml_datafeed", datafeed_id="d", state="stopped")
    before = config(cluster)
    refused = cluster.run("ml_datafeed", **{**DECLARED, **options}, on_immutable_change="recreate")
    assert refused.failed
    assert words in refused.msg
    assert config(cluster) == before
    assert state(cluster) == ("stopped" if query is None else "started")
    if query is not None:
        assert end(cluster) == (END if query else None)
        assert job_state(cluster) == "opened"
