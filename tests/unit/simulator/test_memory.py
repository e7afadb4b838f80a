# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory: what a model is estimated to need, and what the node's is used for."""

import pytest
from unit.job_apis import EVERY_VERSION, JOBS, summary

PATH = f"{JOBS}/_estimate_model_memory"
PARSER = "cluster:admin/xpack/ml/job/estimate_model_memory"


def detector(function="max", **fields):
    needs_field = function not in ("count", "rare", "time_of_day")
    return {"function": function, **({"field_name": "f"} if needs_field else {}), **fields}


@pytest.mark.parametrize(
    ("detectors", "analysis", "cardinalities", "megabytes"),
    [
        ([detector("count")], {}, {}, 11),
        ([detector("max")] * 2, {}, {}, 11),
        ([detector("metric")], {}, {}, 11),
        ([detector("distinct_count")], {}, {}, 16),
        ([detector("low_info_content")], {}, {}, 16),
        ([detector("max", by_field_name="b")], {}, {"overall_cardinality": {"b": 50_000}}, 1573),
        ([detector("max", partition_field_name="b")], {}, {"overall_cardinality": {"b": 50_000}}, 2354),
        ([detector("count", partition_field_name="b")], {}, {"overall_cardinality": {"b": 0}}, 11),
        ([detector("max", over_field_name="b")], {}, {"overall_cardinality": {"b": 10_000}}, 18),
        (
            [detector("max", by_field_name="a", partition_field_name="c")],
            {"bucket_span": "1h"},
            {"overall_cardinality": {"a": 4000, "c": 600}},
            1979,
        ),
        ([detector("count")], {"influencers": ["i"]}, {"max_bucket_cardinality": {"i": 500}}, 15),
        (
            [detector("count", by_field_name="i")],
            {"influencers": ["i"]},
            {"overall_cardinality": {"i": 3}, "max_bucket_cardinality": {"i": 500}},
            11,
        ),
        ([detector("count", by_field_name="mlcategory")], {"categorization_field_name": "m"}, {}, 26),
        ([detector("rare", by_field_name="b")], {}, {"overall_cardinality": {"b": "30"}}, 11),
        ([detector("count", partition_field_name="b")], {}, {"overall_cardinality": {"b": 10**30}}, None),
    ],
)
def test_estimate(api, detectors, analysis, cardinalities, megabytes):
    duplicates = [{**one, "detector_description": str(number)} for number, one in enumerate(detectors)]
    body = {"analysis_config": {"bucket_span": "15m", "detectors": duplicates, **analysis}, **cardinalities}
    reply = api("9.5.3")("POST", PATH, body)
    if megabytes is None:
        assert reply.status_code == 400
    else:
        assert summary(reply) == (200, {"model_memory_estimate": f"{megabytes}mb"})


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({}, 400, "Validation Failed: 1: [analysis_config] was not specified;"),
        ({"bogus": 1}, 400, f"[1:2] [{PARSER}] unknown field [bogus]"),
        (
            {"analysis_config": {"detectors": [detector(by_field_name="b")]}},
            400,
            "[Overall] cardinality estimate required for [by_field_name] [b] but not supplied",
        ),
        (
            {"analysis_config": {"detectors": [detector("count")], "influencers": ["i"]}},
            400,
            "[Bucket max] cardinality estimate required for [influencers] [i] but not supplied",
        ),
        (
            {"overall_cardinality": {"b": -1}},
            400,
            f"[1:33] [{PARSER}] failed to parse field [overall_cardinality]",
        ),
        ({"analysis_config": {"detectors": []}}, 400, f"[1:37] [{PARSER}] failed to parse field [analysis_config]"),
    ],
)
def test_refused_estimates(api, body, status, reason):
    assert summary(api("9.5.3")("POST", PATH, body)) == (status, reason)


def test_estimates_came_with_7_7(api):
    assert api("7.3.0")("POST", PATH, {}).status_code == 405


@pytest.mark.parametrize("version", EVERY_VERSION)
def test_memory_statistics(job_cluster, version):
    server = job_cluster(version, "opened", analysis_limits={"model_memory_limit": "64mb"})
    reply = server("GET", "/_ml/memory/_stats")
    if version.startswith("7"):
        assert reply.status_code != 200
        return
    assert reply.json()["_nodes"] == {"total": 1, "successful": 1, "failed": 0}
    (node,) = reply.json()["nodes"].values()
    assert node["mem"]["ml"]["anomaly_detectors_in_bytes"] == 64 << 20
    assert "anomaly_detectors" not in node["mem"]["ml"]
    (node,) = server("GET", "/_ml/memory/_all/_stats?human").json()["nodes"].values()
    assert node["mem"]["ml"]["anomaly_detectors"] == "64mb"
    assert server("GET", "/_ml/memory/nobody/_stats").json()["nodes"] == {}
