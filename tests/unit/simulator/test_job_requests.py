# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests about jobs that change none: validation; and expired data, upgrades of snapshots."""

import asyncio

import pytest
from unit.job_apis import EVERY_VERSION, JOBS, START_OF_2018, summary

ANALYSIS = {"bucket_span": "15m", "detectors": [{"function": "count"}]}
JOB = {"analysis_config": ANALYSIS, "data_description": {"time_field": "time"}}
TWICE = {**ANALYSIS, "detectors": [{"function": "count"}] * 2}
EXPIRED = "/_ml/_delete_expired_data"
UPGRADE = f"{JOBS}/j/model_snapshots/1/_upgrade"
OLD = {"snapshot_id": "1", "timestamp": START_OF_2018, "min_version": "6.4.0"}


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (JOB, 200, None),
        ({**JOB, "job_id": "taken"}, 200, None),
        ({**JOB, "job_id": "NO"}, 400, "Invalid job_id; 'NO' can contain lowercase alphanumeric"),
        ({**JOB, "groups": ["ok"]}, 400, "job and group names must be unique but job [ok] and group [ok]"),
        ({"analysis_config": ANALYSIS}, 400, "A data_description must be set"),
        ({**JOB, "analysis_config": TWICE}, 400, "Duplicate detectors are not allowed: [count]"),
        ({"analysis_config": TWICE}, 400, "Duplicate detectors are not allowed: [count]"),
        ({"data_description": {}}, 500, 'Cannot invoke "org.elasticsearch.xpack.core.ml.job.config.AnalysisConfig'),
        ({**JOB, "results_retention_days": -1}, 400, "results_retention_days cannot be less than 0. Value = -1"),
        ({**JOB, "bogus": 1}, 400, "[1:"),
    ],
)
def test_validate(job_cluster, version, body, status, reason):
    server = job_cluster(version)
    server.control("seed", {"jobs": [{"job_id": "taken"}]})
    reply = server("POST", f"{JOBS}/_validate", body)
    found = summary(reply)
    assert found == (200, {"acknowledged": True}) if status == 200 else found[0] == status and reason in found[1]


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"function": "count"}, 200),
        ({"function": "mean", "field_name": "x", "detector_index": 7}, 200),
        ({"function": "mean"}, 400),
        ({"function": "nonsense"}, 400),
        ({"function": "count", "bogus": 1}, 400),
        (None, 400),
    ],
)
def test_validate_detector(api, version, body, status):
    assert api(version)("POST", f"{JOBS}/_validate/detector", body).status_code == status


@pytest.mark.parametrize(
    ("version", "target", "body", "status", "reason"),
    [
        *((version, "", None, 200, None) for version in EVERY_VERSION),
        ("7.3.0", "?timeout=1h", None, 400, f"request [{EXPIRED}] contains unrecognized parameter: [timeout]"),
        ("9.5.3", "?timeout=1h&requests_per_second=10.5", None, 200, None),
        ("9.5.3", "?timeout=whatever", None, 200, None),
        (
            "9.5.3",
            "?requests_per_second=x",
            None,
            400,
            "Failed to parse float parameter [requests_per_second] with value [x]",
        ),
        ("9.5.3", "", {"timeout": "10h", "requests_per_second": 100000.0}, 200, None),
        ("9.5.3", "", {"timeout": "x"}, 400, "[1:13] [delete_expired_data_request] failed to parse field [timeout]"),
        ("9.5.3", "/j", None, 200, None),
        ("9.5.3", "/j,k*", None, 200, None),
        ("9.5.3", "/missing", None, 404, "No known job with id 'missing'"),
        ("9.5.3", "", {"job_id": "missing"}, 404, "No known job with id 'missing'"),
    ],
)
def test_delete_expired_data(job_cluster, version, target, body, status, reason):
    found = summary(job_cluster(version)("DELETE", EXPIRED + target, body))
    assert found == ((200, {"deleted": True}) if status == 200 else (status, reason))


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_upgrade_of_a_snapshot(job_cluster, version):
    server = job_cluster(version, snapshots=[OLD])
    reply = server("POST", f"{UPGRADE}?wait_for_completion=true")
    assert reply.status_code == (200 if version in EVERY_VERSION[2:] else 400)
    if reply.status_code == 200:
        assert reply.json()["completed"] is True
        (snapshot,) = server("GET", f"{JOBS}/j/model_snapshots").json()["model_snapshots"]
        assert snapshot["min_version"] != "6.4.0"


def test_while_an_upgrade_runs(job_cluster):
    server = job_cluster(snapshots=[OLD])
    server.control("jobs/j", {"durations": {"upgrading": "5s"}})

    async def story():
        upgrade = await server.waiting("POST", f"{UPGRADE}?wait_for_completion=true&timeout=1m")
        seen = [await server.ask(*line) for line in lines]
        await server.ask("POST", "/_simulator/clock", {"advance": "5s"})
        return seen, await upgrade

    lines = [
        ("POST", UPGRADE),
        ("GET", f"{UPGRADE}/_stats"),
        ("POST", f"{JOBS}/j/model_snapshots/1/_revert"),
    ]
    (second, stats, revert), upgrade = asyncio.run(story())
    busy = "as there is currently a snapshot for this job being upgraded"
    assert summary(second) == (409, f"Cannot upgrade job [j] snapshot [1] {busy}")
    assert [one["state"] for one in stats.json()["model_snapshot_upgrades"]] == ["loading_old_state"]
    assert summary(revert) == (409, "Cannot revert job [j] to snapshot [1] as it is being upgraded")
    assert upgrade.json()["completed"] is True
    missing = "no snapshot upgrade is running for snapshot_id [1]"
    assert summary(server("GET", f"{UPGRADE}/_stats")) == (404, missing)


@pytest.mark.parametrize(
    ("state", "target", "status", "reason"),
    [
        ("closed", "j/model_snapshots/2", 404, "No model snapshot with id [2] exists for job [j]"),
        ("closed", "missing/model_snapshots/1", 404, "No known job with id 'missing'"),
        (
            "opened",
            "j/model_snapshots/1",
            409,
            "Cannot upgrade snapshot [1] for job [j] as it is the current primary job snapshot and the job's state is "
            "[opened]. Please close the job before upgrading the snapshot.",
        ),
    ],
)
def test_refused_upgrades(job_cluster, state, target, status, reason):
    server = job_cluster(state=state, snapshots=[OLD])
    assert summary(server("POST", f"{JOBS}/{target}/_upgrade")) == (status, reason)


def test_a_snapshot_without_a_model_cannot_be_upgraded(job_cluster):
    server = job_cluster()
    source = {"job_id": "j", **OLD, "snapshot_doc_count": 1}
    server("PUT", "/.ml-anomalies-shared/_doc/j_model_snapshot_1", source)
    assert server("POST", UPGRADE).json()["completed"] is False
    (stats,) = server("GET", f"{UPGRADE}/_stats").json()["model_snapshot_upgrades"]
    assert (stats["job_id"], stats["snapshot_id"], stats["state"]) == ("j", "1", "failed")


@pytest.mark.parametrize(("body", "status"), [(None, 500), ([], 202)])
def test_data_without_a_content_type(job_cluster, body, status):
    """The server only finds out where it would read the data."""
    assert job_cluster(state="opened")("POST", f"{JOBS}/j/_data", body).status_code == status
    assert job_cluster()("POST", f"{JOBS}/j/_data", body).status_code == 409


@pytest.mark.parametrize(
    ("detector", "analysis", "time_field", "is_refused"),
    [
        ({"function": "mean", "field_name": "time"}, {}, None, True),
        ({"function": "rare", "by_field_name": "@timestamp"}, {}, "@timestamp", True),
        ({"function": "count", "partition_field_name": "t"}, {}, "t", True),
        ({"function": "count"}, {"influencers": ["t"]}, "t", True),
        ({"function": "count"}, {"summary_count_field_name": "t"}, "t", True),
        ({"function": "mean", "field_name": "time"}, {}, "t", False),
    ],
)
def test_the_time_is_not_analysed(api, detector, analysis, time_field, is_refused):
    description = {"time_field": time_field} if time_field else {}
    body = {"analysis_config": {"detectors": [detector], **analysis}, "data_description": description}
    reply = api("9.5.3")("PUT", "/_ml/anomaly_detectors/j", body)
    assert reply.status_code == (400 if is_refused else 200)
    if is_refused:
        reason = "data_description.time_field may not be used in the analysis_config"
        assert reply.json()["error"]["reason"] == reason


@pytest.mark.parametrize(("version", "status"), [("7.10.0", 400), ("7.17.29", 200), ("9.5.3", 200)])
def test_options_of_a_datafeed_in_the_query(api, version, status):
    body = {
        "analysis_config": {"detectors": [{"function": "count"}]},
        "data_description": {},
        "datafeed_config": {"indices": ["i"]},
    }
    reply = api(version)("PUT", "/_ml/anomaly_detectors/j?ignore_throttled=false", body)
    assert reply.status_code == status
    if status == 200:
        assert reply.json()["datafeed_config"]["indices_options"]["ignore_throttled"] is False
