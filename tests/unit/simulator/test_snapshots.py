# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Model snapshots: how they come, how they are read, changed, gone back to, and deleted."""

import pytest
from unit.job_apis import EVERY_VERSION, JOBS, START_OF_2018, job_of, stats_of, summary

ALL = f"{JOBS}/j/model_snapshots"
DAY = 86_400_000
NOT_CLOSED = "Can only revert to a model snapshot when the job is closed."
THREE = [{"snapshot_id": str(number), "timestamp": START_OF_2018 + number * DAY} for number in (1, 2, 3)]
MIN_VERSIONS = {"7.3.0": "6.4.0", "7.10.0": "6.4.0", "7.17.29": "7.11.0", "8.19.21": "8.3.0", "9.5.3": "8.3.0"}


def missing(snapshot_id, job_id="j"):
    return 404, f"No model snapshot with id [{snapshot_id}] exists for job [{job_id}]"


def ids(reply):
    assert reply.status_code == 200, reply.text
    return [snapshot["snapshot_id"] for snapshot in reply.json()["model_snapshots"]]


@pytest.fixture
def with_three(job_cluster):
    """The job has three snapshots, a day between them; the newest is in use."""
    return lambda version="9.5.3", **job: job_cluster(version, snapshots=THREE, **job)


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_closing_a_job_with_data_leaves_one(job_cluster, version):
    server = job_cluster(version, "opened", records=20)
    now = server("GET", "/_simulator/clock").json()["now"]
    assert server("POST", f"{JOBS}/j/_close").status_code == 200
    (snapshot,) = server("GET", ALL).json()["model_snapshots"]
    assert snapshot["snapshot_id"] == str(now // 1000) == job_of(server)["model_snapshot_id"]
    assert snapshot["min_version"] == MIN_VERSIONS[version] == job_of(server)["model_snapshot_min_version"]
    assert snapshot["timestamp"] == now // 1000 * 1000
    assert snapshot["description"].startswith("State persisted due to job close at 20")
    assert snapshot["latest_record_time_stamp"] == START_OF_2018 + 19 * 300_000
    assert snapshot["latest_result_time_stamp"] == START_OF_2018 + 5 * 900_000
    assert snapshot["retain"] is False
    assert snapshot["model_size_stats"]["job_id"] == "j"


@pytest.mark.parametrize(
    ("steps", "count"),
    [
        (["_close"], 0),
        (["_close?force=true"], 0),
        (["_flush", "_close"], 0),
        (["_flush?advance_time=now", "_close"], 1),
        (["_flush?advance_time=now", "_close?force=true"], 0),
        (["_flush?advance_time=now", "_close", "_open", "_close"], 1),
        (["_flush?advance_time=now", "_close", "_reset"], 0),
    ],
)
def test_what_leaves_a_snapshot(job_cluster, steps, count):
    server = job_cluster(state="opened")
    for step in steps:
        assert server("POST", f"{JOBS}/j/{step}").status_code == 200
    assert server("GET", ALL).json()["count"] == count
    assert ("model_snapshot_id" in job_of(server)) is (count == 1)


@pytest.mark.parametrize(
    ("query", "body", "shown"),
    [
        ("", None, ["3", "2", "1"]),
        ("?desc=false", None, ["1", "2", "3"]),
        ("?size=1", None, ["3"]),
        ("?from=1", None, ["2", "1"]),
        ("?from=3", None, []),
        ("?sort=snapshot_id&desc=false", None, ["1", "2", "3"]),
        (f"?start={START_OF_2018 + 2 * DAY}", None, ["3", "2"]),
        (f"?end={START_OF_2018 + 2 * DAY}", None, ["1"]),
        ("?start=2018-01-03T00:00:00Z&end=2018-01-04T00:00:00Z", None, ["2"]),
        ("?start=2018-01-02||%2B1d", None, ["3", "2"]),
        ("/_all", None, ["3", "2", "1"]),
        ("/*", None, ["3", "2", "1"]),
        ("/2", None, ["2"]),
        ("/4", None, []),
        ("/1,3", None, ["3", "1"]),
        ("", {}, ["3", "2", "1"]),
        ("", {"snapshot_id": "2"}, ["2"]),
        ("/1", {"snapshot_id": "2"}, ["1"]),
        ("", {"desc": False, "page": {"from": 1, "size": 1}}, ["2"]),
        ("", {"end": str(START_OF_2018 + 2 * DAY)}, ["1"]),
    ],
)
def test_reading(with_three, query, body, shown):
    server = with_three()
    assert ids(server("GET" if body is None else "POST", ALL + query, body)) == shown


@pytest.mark.parametrize(("version", "shown"), [("7.3.0", []), ("7.10.0", ["3", "1"]), ("8.19.21", ["3", "1"])])
def test_lists_came_later(with_three, version, shown):
    assert ids(with_three(version)("GET", f"{ALL}/1,3")) == shown


@pytest.mark.parametrize(
    ("target", "body", "status", "reason"),
    [
        (f"{JOBS}/missing/model_snapshots", None, 404, "No known job with id 'missing'"),
        (f"{ALL}?size=-1", None, 400, "Parameter [size] cannot be < 0"),
        (f"{ALL}?from=-1", None, 400, "Parameter [from] cannot be < 0"),
        (f"{ALL}?from=x", None, 400, "Failed to parse int parameter [from] with value [x]"),
        (f"{ALL}?desc=x", None, 400, "Failed to parse value [x] as only [true] or [false] are allowed."),
        (f"{ALL}?size=10001", None, 400, "all shards failed"),
        (f"{ALL}?start=xyz", None, 400, "all shards failed"),
        (f"{ALL}?sort=bogus", None, 400, "all shards failed"),
        (f"{ALL}?bogus=1", None, 400, f"request [{ALL}] contains unrecognized parameter: [bogus]"),
        (f"{ALL}?size=1", {}, 400, f"request [{ALL}] contains unrecognized parameter: [size]"),
        (ALL, {"bogus": 1}, 400, "[1:2] [cluster:monitor/xpack/ml/job/model_snapshots/get] unknown field [bogus]"),
    ],
)
def test_refused_readings(with_three, target, body, status, reason):
    assert summary(with_three()("POST" if body is not None else "GET", target, body)) == (status, reason)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"description": "before the holidays"}, ("before the holidays", False)),
        ({"retain": True}, (None, True)),
        ({"retain": "true", "description": "x"}, ("x", True)),
        ({}, (None, False)),
        ({"snapshot_id": "1", "job_id": "other"}, (None, False)),
    ],
)
def test_update(with_three, body, shown):
    server = with_three()
    reply = server("POST", f"{ALL}/2/_update", body).json()
    assert reply["acknowledged"] is True
    (read,) = server("GET", f"{ALL}/2").json()["model_snapshots"]
    assert reply["model"] == read
    assert (read.get("description"), read["retain"]) == shown


@pytest.mark.parametrize(
    ("request_line", "body", "refusal"),
    [
        ("POST /j/model_snapshots/4/_update", {"retain": True}, missing("4")),
        ("POST /missing/model_snapshots/1/_update", {"retain": True}, missing("1", "missing")),
        ("POST /j/model_snapshots/1/_update", None, (400, "request body is required")),
        ("DELETE /j/model_snapshots/4", None, missing("4")),
        ("DELETE /missing/model_snapshots/1", None, missing("1", "missing")),
        (
            "DELETE /j/model_snapshots/3",
            None,
            (400, "Model snapshot '3' is the active snapshot for job 'j', so cannot be deleted"),
        ),
        ("POST /missing/model_snapshots/1/_revert", None, (404, "No known job with id 'missing'")),
        ("POST /j/model_snapshots/4/_revert", None, missing("4")),
    ],
)
def test_refusals(with_three, request_line, body, refusal):
    method, path = request_line.split()
    assert summary(with_three()(method, JOBS + path, body)) == refusal


@pytest.mark.parametrize(("expression", "left"), [("1", ["3", "2"]), ("1,2", ["3", "1"]), ("*", ["2", "1"])])
def test_delete(with_three, expression, left):
    """Of several the newest goes, of a wildcard even the one in use."""
    server = with_three()
    assert summary(server("DELETE", f"{ALL}/{expression}")) == (200, {"acknowledged": True})
    assert ids(server("GET", ALL)) == left


@pytest.mark.parametrize("state", ["opening", "opened", "closing", "failed"])
@pytest.mark.parametrize("version", EVERY_VERSION)
def test_no_revert_while_it_runs(with_three, version, state):
    assert summary(with_three(version, state=state)("POST", f"{ALL}/1/_revert")) == (409, NOT_CLOSED)


def test_forced_revert(with_three):
    server = with_three(state="opened")
    assert server("POST", f"{ALL}/1/_revert", {"force": True}).status_code == 200
    assert server("POST", f"{ALL}/1/_revert?force=true").status_code == 400


@pytest.mark.parametrize(("version", "status"), [("7.10.0", 404), ("7.17.29", 200), ("9.5.3", 200)])
def test_revert_to_nothing(with_three, version, status):
    server = with_three(version, records=20)
    reply = server("POST", f"{ALL}/empty/_revert?delete_intervening_results=true")
    assert reply.status_code == status
    if status == 200:
        assert reply.json()["model"]["description"] == "empty snapshot"
        assert job_of(server)["model_snapshot_id"] == "empty"
        assert server("GET", f"{JOBS}/j/results/buckets").json()["count"] == 0
        assert "latest_record_timestamp" not in stats_of(server)["data_counts"]


@pytest.mark.parametrize(("delete", "buckets", "taken"), [("false", 6, 0), ("true", 3, 2)])
def test_revert_to_an_earlier_model(job_cluster, delete, buckets, taken):
    earlier = {
        "snapshot_id": "1",
        "timestamp": START_OF_2018,
        "latest_record_time_stamp": START_OF_2018 + 3 * 900_000,
        "latest_result_time_stamp": START_OF_2018 + 2 * 900_000,
    }
    server = job_cluster(records=20, snapshots=[earlier])
    reply = server("POST", f"{ALL}/1/_revert?delete_intervening_results={delete}&timeout=1m&master_timeout=1m")
    assert reply.json()["model"]["snapshot_id"] == "1" == job_of(server)["model_snapshot_id"]
    assert server("GET", f"{JOBS}/j/results/buckets").json()["count"] == buckets
    server("POST", f"{JOBS}/j/_open")
    records = [{"time": START_OF_2018 + number * 900_000} for number in (3, 4)]
    assert server("POST", f"{JOBS}/j/_data", records).json()["processed_record_count"] == taken


@pytest.mark.parametrize(("version", "blocked"), [("7.10.0", False), ("7.17.29", True), ("9.5.3", True)])
def test_a_revert_to_what_is_missing_blocks_until_the_next(with_three, version, blocked):
    server = with_three(version)
    server("POST", f"{ALL}/4/_revert")
    assert ("blocked" in job_of(server)) is blocked
    assert (server("POST", f"{JOBS}/j/_open").status_code == 409) is blocked
    server("POST", f"{JOBS}/j/_close")
    assert server("POST", f"{ALL}/1/_revert").status_code == 200
    assert server("POST", f"{JOBS}/j/_open").status_code == 200


@pytest.mark.parametrize(
    ("version", "retention", "left"),
    [
        ("9.5.3", {"model_snapshot_retention_days": 10}, ["3", "2", "1"]),
        ("9.5.3", {"model_snapshot_retention_days": 1}, ["3", "2"]),
        ("9.5.3", {"model_snapshot_retention_days": 0, "daily_model_snapshot_retention_after_days": 0}, ["3"]),
        ("7.3.0", {"model_snapshot_retention_days": 36500}, ["3", "2", "1"]),
        ("7.3.0", {}, ["3"]),
    ],
)
def test_expiry(with_three, version, retention, left):
    server = with_three(version, **retention)
    assert summary(server("DELETE", "/_ml/_delete_expired_data")) == (200, {"deleted": True})
    assert ids(server("GET", ALL)) == left


def test_those_to_be_retained_do_not_expire(with_three):
    server = with_three(model_snapshot_retention_days=0, daily_model_snapshot_retention_after_days=0)
    server("POST", f"{ALL}/1/_update", {"retain": True})
    server("DELETE", "/_ml/_delete_expired_data/j")
    assert ids(server("GET", ALL)) == ["3", "1"]


def test_written_as_a_document(job_cluster):
    server = job_cluster()
    document = {"job_id": "j", "snapshot_id": "7", "timestamp": "2018-01-01T00:00:00Z", "snapshot_doc_count": 1}
    server("PUT", "/.ml-anomalies-shared/_doc/j_model_snapshot_7", document)
    (read,) = server("GET", ALL).json()["model_snapshots"]
    assert read == {**document, "timestamp": START_OF_2018, "min_version": "6.3.0", "retain": False}
    server("POST", f"{ALL}/7/_update", {"description": "mine"})
    assert server("POST", f"{ALL}/7/_revert").json()["model"]["description"] == "mine"
    assert server("DELETE", f"{JOBS}/j").status_code == 200
    assert server("GET", "/.ml-anomalies-shared/_doc/j_model_snapshot_7").status_code == 404


@pytest.mark.parametrize(
    ("version", "min_version", "named"),
    [
        ("7.17.29", "6.3.0", None),
        ("8.19.21", "6.3.0", "7.0.0"),
        ("8.19.21", "6.4.0", None),
        ("9.5.3", "7.11.0", "8.3.0"),
        ("9.5.3", "8.3.0", None),
        ("9.5.3", "12.0.0", None),
    ],
)
def test_a_model_that_is_too_old(job_cluster, version, min_version, named):
    old = {"snapshot_id": "1", "timestamp": START_OF_2018, "min_version": min_version}
    reply = job_cluster(version, snapshots=[old])("POST", f"{JOBS}/j/_open")
    reason = f"[j] job model snapshot [1] has min version before [{named}]"
    advice = "please revert to a newer model snapshot or reset the job"
    assert reply.status_code == 200 if named is None else summary(reply) == (400, f"{reason}, {advice}")
