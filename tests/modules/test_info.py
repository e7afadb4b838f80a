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


@pytest.mark.parametrize(("module", "option", "result"), MODULES)
def test_what_is_missing_may_be_named_rather_than_refused(cluster, module, option, result):
    known = {"jobs": "db", "datafeeds": "feed-1", "data_frame_analytics": "churn"}[result]
    told = cluster.run(module, **{option: ["nobody", known, "none", "other-*"]}, exclude=["none"], allow_missing=True)
    assert [item[option] for item in told.result[result]] == [known]
    assert told.missing == ["nobody"]
    assert cluster.run(module, **{option: [known]}, allow_missing=True).missing == []
    assert cluster.run(module, **{option: ["nobody", known]}).error["status"] == 404


END = "2030-01-02T03:04:05Z"
ENDS = {"feed": END, "live": None, "idle": None}
FORBIDDEN = {"error": {"type": "security_exception", "reason": "action [cluster:monitor/state] is unauthorized"}}


@pytest.fixture
def feeds(server):
    server.reset(
        jobs=[{"job_id": id, "state": "opened", "datafeed": {"datafeed_id": id, "indices": ["source"]}} for id in ENDS],
        durations={"lookback": "1h"},
    )
    for id, query in (("feed", f"?end={END}"), ("live", "")):
        assert server.api("POST", f"/_ml/datafeeds/{id}/_start{query}").status == 200
    return server


def test_where_a_look_back_ends(feeds):
    told = feeds.run("ml_datafeed_info", look_back_end=True)
    assert {feed["datafeed_id"]: feed["end"] for feed in told.datafeeds} == ENDS
    states = [line for line in told.lines if "_cluster" in line]
    assert len(states) == 1
    assert "end" not in feeds.run("ml_datafeed_info").datafeeds[0]
    idle = feeds.run("ml_datafeed_info", datafeed_id="idle", look_back_end=True)
    assert not any("_cluster" in line for line in idle.lines)
    live = feeds.run("ml_datafeed_info", datafeed_id="live", look_back_end=True)
    assert any("_cluster" in line for line in live.lines) == (feeds.release < (7, 14))


def test_an_end_that_cannot_be_read_is_an_error(feeds):
    feeds.control("faults", [{"path": "/_cluster/state/*", "status": 403, "body": FORBIDDEN}])
    refused = feeds.run("ml_datafeed_info", datafeed_id="feed", look_back_end=True)
    assert refused.failed
    assert "could not read where the look-back of datafeed feed ends" in refused.msg
    assert "Give the user the cluster privilege monitor, or do not ask for look_back_end" in refused.msg
