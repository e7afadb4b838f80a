# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an info module tells, and that it only reads."""

import pytest

CLUSTER = {
    "indices": ["source"],
    "jobs": [
        {
            "job_id": "web-1",
            "state": "opened",
            "records": 12,
            "groups": ["web"],
            "datafeed": {"datafeed_id": "feed-1", "state": "started"},
        },
        {"job_id": "db", "description": "the database"},
    ],
    "analytics": [{"id": "churn", "state": "started"}, {"id": "done"}],
}
GENERATED = {"create_time", "job_version", "job_type", "version", "authorization", "finished_time", "datafeed_config"}
MODULES = [
    ("ml_job_info", "job_id", "jobs"),
    ("ml_datafeed_info", "datafeed_id", "datafeeds"),
    ("ml_analytics_info", "id", "data_frame_analytics"),
]


@pytest.fixture
def cluster(server):
    server.reset(**CLUSTER)
    server.control("analytics/done", {"progress": 100})
    return server


@pytest.mark.parametrize(("module", "option", "result"), MODULES)
def test_everything_is_told_by_default(cluster, module, option, result):
    outcome = cluster.run(module)
    assert outcome.changed is False
    assert outcome.writes == []
    expected = {"jobs": ["db", "web-1"], "datafeeds": ["feed-1"], "data_frame_analytics": ["churn", "done"]}
    assert sorted(item[option] for item in outcome.result[result]) == expected[result]
    for item in outcome.result[result]:
        assert item["stats"][option] == item["config"][option] == item[option]
        assert not GENERATED.intersection(item["config"])
    assert [f"{entry['method']} {entry['path']}" for entry in outcome.requests] == outcome.lines


@pytest.mark.parametrize(("module", "option", "result"), MODULES)
def test_check_mode_tells_the_same(cluster, module, option, result):
    told, foretold = cluster.run(module), cluster.run(module, check=True)
    assert [item["config"] for item in told.result[result]] == [item["config"] for item in foretold.result[result]]


def test_a_job_comes_with_its_datafeed(cluster):
    jobs = {job["job_id"]: job for job in cluster.run("ml_job_info").jobs}
    assert jobs["web-1"]["state"] == "opened"
    assert jobs["web-1"]["config"]["groups"] == ["web"]
    assert jobs["web-1"]["stats"]["data_counts"]["input_record_count"] == 12
    assert jobs["web-1"]["datafeed"]["datafeed_id"] == "feed-1"
    assert jobs["web-1"]["datafeed"]["state"] == "started"
    assert jobs["web-1"]["datafeed"]["config"]["indices"] == ["source"]
    assert jobs["db"]["state"] == "closed"
    assert "datafeed" not in jobs["db"]


def test_finished_analytics_are_stopped_with_all_progress(cluster):
    jobs = {job["id"]: job for job in cluster.run("ml_analytics_info").data_frame_analytics}
    assert jobs["done"]["state"] == "stopped"
    if cluster.release >= (7, 4):
        assert {phase["progress_percent"] for phase in jobs["done"]["stats"]["progress"]} == {100}
    assert jobs["churn"]["state"] in ("started", "analyzing")


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({"job_id": "web-*"}, ["web-1"]),
        ({"job_id": "web"}, ["web-1"]),
        ({"job_id": ["web-1", "db"]}, ["db", "web-1"]),
        ({"job_id": "_all", "exclude": ["web"]}, ["db"]),
        ({"job_id": "nothing-*"}, []),
    ],
)
def test_targets(cluster, options, ids):
    outcome = cluster.run("ml_job_info", **options)
    assert sorted(job["job_id"] for job in outcome.jobs) == ids


def test_nothing_matches_and_must_not(cluster):
    outcome = cluster.run("ml_job_info", job_id="nothing-*", allow_no_match=False)
    assert outcome.failed
    assert "no known job with id 'nothing-*'" in outcome.msg


def test_a_job_that_is_being_deleted(newest):
    newest.reset(jobs=[{"job_id": "j", "durations": {"deleting": "1d"}}])
    newest.api("DELETE", "/_ml/anomaly_detectors/j?wait_for_completion=false")
    (job,) = newest.run("ml_job_info", job_id="j").jobs
    assert job["state"] == "deleting"
