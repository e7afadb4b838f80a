# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the cluster that machine learning follows."""

import pytest

EVERY_VERSION = ("7.3.0", "7.10.0", "7.17.29", "8.19.21", "9.5.3")
JOBS = "/_ml/anomaly_detectors"
JOB = {"analysis_config": {"detectors": [{"function": "count"}]}, "data_description": {}}
ANALYSIS = {"source": {"index": "source"}, "dest": {"index": "results"}, "analysis": {"outlier_detection": {}}}
MAXIMUM = "xpack.ml.max_model_memory_limit"
ALLOCATION = "cluster.persistent_tasks.allocation.enable"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([{"a.b": 1, "a.c": True}], {"a": {"b": "1", "c": "true"}}),
        ([{"a.b": 1, "a.c": 2}, {"a.b": None}], {"a": {"c": "2"}}),
        ([{"a.b": 1, "a.c": 2}, {"a.*": None}], {}),
        ([{"a.b": 1}, {"x": None}], {"a": {"b": "1"}}),
    ],
)
def test_null_unsets_a_setting(api, given, kept):
    server = api("9.5.3")
    for settings in given:
        shown = server("PUT", "/_cluster/settings", {"transient": settings}).json()["transient"]
        assert "None" not in str(shown)
    assert server("GET", "/_cluster/settings").json()["transient"] == kept


@pytest.mark.parametrize("version", EVERY_VERSION)
@pytest.mark.parametrize(
    ("scopes", "limit", "job", "largest"),
    [
        ({"persistent": "512mb"}, "512mb", "512mb", "600mb"),
        ({"persistent": "512mb", "transient": "2gb"}, "1gb", "1024mb", "3gb"),
        ({"persistent": "0"}, "1gb", "1024mb", None),
    ],
)
def test_the_maximum_of_memory_is_a_setting(api, version, scopes, limit, job, largest):
    server = api(version)
    server.control("seed", {"indices": ["source"]})
    server("PUT", "/_cluster/settings", {scope: {MAXIMUM: value} for scope, value in scopes.items()})
    info = server("GET", "/_ml/info").json()
    assert info["defaults"]["anomaly_detectors"]["model_memory_limit"] == limit
    counts = scopes.get("transient", scopes["persistent"])
    assert info["limits"].get("max_model_memory_limit") == (counts if counts != "0" else None)
    assert server("PUT", f"{JOBS}/j", JOB).json()["analysis_limits"]["model_memory_limit"] == job
    if largest is None:
        return
    reason = f"model_memory_limit [{largest}] must be less than the value of the {MAXIMUM} setting [{counts}]"
    for method, path, body in (
        ("PUT", f"{JOBS}/k", {**JOB, "analysis_limits": {"model_memory_limit": largest}}),
        ("POST", f"{JOBS}/j/_update", {"analysis_limits": {"model_memory_limit": largest}}),
        ("PUT", "/_ml/data_frame/analytics/a", {**ANALYSIS, "model_memory_limit": largest}),
    ):
        refused = server(method, path, body)
        assert (refused.status_code, refused.json()["error"]["reason"]) == (400, reason)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (
            f"{JOBS}/k/_open",
            f"Cannot open jobs because persistent task assignment is disabled by the [{ALLOCATION}] setting",
        ),
        (
            "/_ml/datafeeds/d/_start",
            "Could not start datafeed, allocation explanation [persistent task [xpack/ml/datafeed] cannot be assigned "
            "[no persistent task assignments are allowed due to cluster settings]]",
        ),
        (
            "/_ml/data_frame/analytics/a/_start",
            "Could not start data frame analytics task, allocation explanation [persistent task "
            "[xpack/ml/data_frame/analytics] cannot be assigned "
            "[no persistent task assignments are allowed due to cluster settings]]",
        ),
    ],
)
def test_nothing_starts_without_allocation(api, path, reason):
    server = api("9.5.3")
    jobs = [{"job_id": "j", "state": "opened", "datafeed": {"datafeed_id": "d"}}, {"job_id": "k"}]
    server.control("seed", {"indices": ["source"], "jobs": jobs, "analytics": [{"id": "a"}]})
    server("PUT", "/_cluster/settings", {"persistent": {ALLOCATION: "none"}})
    refused = server("POST", path)
    assert (refused.status_code, refused.json()["error"]["reason"]) == (429, reason)
    server("PUT", "/_cluster/settings", {"persistent": {ALLOCATION: None}})
    assert server("POST", path).status_code == 200


@pytest.mark.parametrize(
    ("version", "opened"), [("7.17.29", {"opened": True, "node": ""}), ("9.5.3", {"opened": True, "node": ""})]
)
def test_a_lazy_job_waits_for_a_node_with_room(api, version, opened):
    server = api(version)
    server("PUT", f"{JOBS}/j", {**JOB, "analysis_limits": {"model_memory_limit": "3000g"}, "allow_lazy_open": True})
    assert server("POST", f"{JOBS}/j/_open").json() == opened
    (stats,) = server("GET", f"{JOBS}/j/_stats").json()["jobs"]
    explanation = "persistent task is awaiting node assignment."
    assert (stats["state"], "node" in stats, stats["assignment_explanation"]) == ("opening", False, explanation)
    assert server("POST", f"{JOBS}/j/_close").json() == {"closed": True}
    assert server("GET", f"{JOBS}/j/_stats").json()["jobs"][0]["state"] == "closed"
