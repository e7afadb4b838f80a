# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ml_bundle removes what matches and isn't declared, and nothing else."""

import pytest

from modules.estates import build, estate, of, start, states

LESS = estate(jobs=estate()["jobs"][:1], datafeeds=estate()["datafeeds"][:1])
RENAMED = estate(datafeeds__0__datafeed_id="feed-new")


@pytest.fixture
def built(server):
    build(server)
    return server


@pytest.fixture
def cluster(newest):
    build(newest)
    return newest


def ids(server) -> set[str]:
    bundle = server.run("ml_bundle_info").bundle
    return {next(iter(item.values())) for items in bundle.values() for item in items}


@pytest.mark.parametrize("expression", ["web-*", "web", "_all", ["web-2", "nobody-*"]], ids=str)
def test_jobs_go_with_their_datafeeds(built, expression):
    start(built, 2)
    before = ids(built)
    options = {"prune": {"jobs": expression}, "max_affected": 1, **LESS}
    foretold = built.run("ml_bundle", check=True, diff=True, **options)
    assert (foretold.changed, foretold.writes) == (True, [])
    assert foretold.diff == [
        {
            "before_header": "jobs/web-2",
            "after_header": "jobs/web-2 (pruned)",
            "before": "state: opened\n",
            "after": "",
        }
    ]
    outcome = built.run("ml_bundle", **options)
    assert not outcome.failed, outcome.msg
    assert outcome.msg == "removed 1 job (web-2); 5 were as declared already"
    assert outcome.declared_writes == foretold.declared_writes
    assert of(outcome, "jobs")["web-2"]["state"] == "absent"
    assert ids(built) == before - {"web-2", "feed-2"}
    again = built.run("ml_bundle", **options)
    assert (again.changed, again.writes) == (False, [])


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("jobs", {"web-1", "web-2", "feed-1", "feed-2"}),
        ("datafeeds", {"feed-1", "feed-2"}),
        ("data_frame_analytics", {"churn"}),
        ("calendars", {"sales"}),
    ],
)
def test_every_kind_can_be_emptied(cluster, kind, gone):
    before = ids(cluster)
    outcome = cluster.run("ml_bundle", prune={kind: "*"}, max_affected=5, **{kind: []})
    assert not outcome.failed, outcome.msg
    assert ids(cluster) == before - gone


def test_filters_go_after_the_jobs_that_use_them(built):
    start(built, 1)
    options = {kind: [] for kind in estate()}
    outcome = built.run("ml_bundle", prune=dict.fromkeys(options, "_all"), max_affected=7, **options)
    assert not outcome.failed, outcome.msg
    assert outcome.msg.startswith("removed 2 jobs (web-1, web-2), 2 datafeeds (feed-1, feed-2)")
    assert ids(built) == set()


def test_a_filter_in_use_stays(cluster):
    outcome = cluster.run("ml_bundle", prune={"filters": "*"}, max_affected=1, filters=[])
    assert outcome.failed
    assert "safe" in ids(cluster)
    assert "safe" in outcome.msg


def test_a_datafeed_makes_room_for_the_other_one_of_its_job(cluster):
    refused = cluster.run("ml_bundle", **RENAMED)
    assert refused.writes == []
    assert "its job web-1 has the datafeed feed-1 already" in refused.msg
    start(cluster, 1)
    outcome = cluster.run("ml_bundle", prune={"datafeeds": "feed-*"}, max_affected=2, **RENAMED)
    assert not outcome.failed, outcome.msg
    assert outcome.writes[-2:] == ["DELETE /_ml/datafeeds/feed-1", "PUT /_ml/datafeeds/feed-new"]
    assert {"feed-new", "feed-2"} < ids(cluster)
    assert "feed-1" not in ids(cluster)


@pytest.mark.parametrize(
    "change",
    [{"analysis_limits": {"model_memory_limit": "64mb"}}, {"groups": ["web"], "results_index_name": "other"}],
    ids=["updated", "created anew"],
)
def test_a_job_changes_together_with_its_datafeeds_name(cluster, change):
    start(cluster, 1)
    declared = {**RENAMED, "jobs": [{**RENAMED["jobs"][0], **change}, RENAMED["jobs"][1]]}
    options = {"prune": {"datafeeds": "feed-1"}, "max_affected": 3, "on_immutable_change": "recreate", "force": True}
    outcome = cluster.run("ml_bundle", **options, **declared)
    assert not outcome.failed, outcome.msg
    assert "created 1 datafeed (feed-new)" in outcome.msg
    assert "removed 1 datafeed (feed-1)" in outcome.msg
    assert {"feed-new", "feed-2"} < ids(cluster)
    assert "feed-1" not in ids(cluster)
    assert states(cluster)["web-1"] == "opened"
    assert not cluster.run("ml_bundle", **options, **declared).changed


def test_datafeeds_exchange_their_jobs(cluster):
    swapped = [{"datafeed_id": "feed-1", "job_id": "web-2"}, {"datafeed_id": "feed-2", "job_id": "web-1"}]
    outcome = cluster.run("ml_bundle", datafeeds=swapped, on_immutable_change="recreate")
    assert not outcome.failed, outcome.msg
    assert outcome.msg == "recreated 2 datafeeds (feed-1, feed-2)"
    told = cluster.run("ml_bundle_info", datafeeds="_all").bundle["datafeeds"]
    assert {feed["datafeed_id"]: feed["job_id"] for feed in told} == {"feed-1": "web-2", "feed-2": "web-1"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"prune": {"jobs": "web-*"}, "max_affected": 1, **estate(jobs=[], datafeeds=[])}, "max_affected: 2 items"),
        ({"prune": {"jobs": "web-*"}, "max_affected": 9, **estate(jobs=[])}, "its job web-1 is pruned"),
        ({"datafeeds": [{"datafeed_id": "x", "job_id": "nobody", "indices": ["a"]}]}, "job nobody neither exists"),
        ({"datafeeds": [{"datafeed_id": "x", "job_id": "web-1", "indices": ["a"]}]}, "has the datafeed feed-1 already"),
        (
            {"datafeeds": [{"datafeed_id": "feed-2", "job_id": "web-1"}], "on_immutable_change": "recreate"},
            "datafeeds[feed-2]: its job web-1 has the datafeed feed-1 already",
        ),
    ],
    ids=["more than max_affected", "a datafeed without its job", "no such job", "a second datafeed", "one that moves"],
)
def test_refused_before_anything_is_written(cluster, options, said):
    before = ids(cluster)
    outcome = cluster.run("ml_bundle", **options)
    assert outcome.failed
    assert said in outcome.msg
    assert "nothing was changed" in outcome.msg
    assert outcome.writes == []
    assert ids(cluster) == before
