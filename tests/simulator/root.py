# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`GET /`, `GET _ml/info` and `POST _ml/set_upgrade_mode`."""

from simulator import nodes
from simulator.config.analysis import standard_analyzer
from simulator.config.checks import maximum_memory
from simulator.config.values import ByteSize, byte_size
from simulator.rest import Reply, Request

MAIN = "cluster:monitor/main"
INFO = "cluster:monitor/xpack/ml/info/get"

LUCENE = {
    number: {
        "lucene_version": lucene,
        "minimum_wire_compatibility_version": wire,
        "minimum_index_compatibility_version": index,
    }
    for number, lucene, wire, index in (
        ("7.3.0", "8.1.0", "6.8.0", "6.0.0-beta1"),
        ("7.10.0", "8.7.0", "6.8.0", "6.0.0-beta1"),
        ("7.17.29", "8.11.3", "6.8.0", "6.0.0-beta1"),
        ("8.19.21", "9.12.2", "7.17.0", "7.0.0"),
        ("9.5.3", "10.4.0", "8.19.0", "8.0.0"),
    )
}


def register(router) -> None:
    router.add("GET", "/", main)
    router.add("HEAD", "/", main)
    router.add("GET", "/_ml/info", info)


async def main(request: Request) -> Reply:
    request.ready(MAIN)
    cluster = request.cluster
    return Reply(
        200,
        {
            "name": cluster.name,
            "cluster_name": cluster.name,
            "cluster_uuid": cluster.uuid,
            "version": {
                "number": cluster.version.number,
                "build_flavor": "default",
                "build_type": "tar",
                "build_hash": "unknown",
                "build_date": "2026-01-01T00:00:00.000Z",
                "build_snapshot": False,
                **LUCENE[cluster.version.number],
            },
            "tagline": "You Know, for Search",
        },
    )


async def info(request: Request) -> dict:
    request.ready(INFO)
    cluster, version = request.cluster, request.version
    maximum = maximum_memory(cluster.setting(nodes.MAXIMUM_MEMORY))
    detectors = {
        "model_memory_limit": least("1gb", maximum),
        "categorization_examples_limit": 4,
        "model_snapshot_retention_days": 10 if version.since(7, 8) else 1,
    }
    limits = {"max_model_memory_limit": maximum.stored} if maximum else {}
    if version.since(7, 8):
        detectors["daily_model_snapshot_retention_after_days"] = 1
        detectors["categorization_analyzer"] = default_analyzer(version)
        limits["effective_max_model_memory_limit"] = least(f"{nodes.MEMORY_FOR_JOBS}mb", maximum)
    if version.since(7, 17):
        limits["total_ml_memory"] = f"{nodes.MEMORY_FOR_JOBS}mb"
    if version.since(8, 17):
        limits.update(dict.fromkeys(("total_ml_processors", "max_single_ml_node_processors"), nodes.PROCESSORS))
    return {
        "defaults": {"anomaly_detectors": detectors, "datafeeds": {"scroll_size": 1000}},
        "upgrade_mode": cluster.upgrade_mode,
        "native_code": {"version": version.number, "build_hash": "unknown"} if cluster.has_native else {},
        "limits": limits,
    }


def least(limit: str, maximum: ByteSize | None) -> str:
    """The text of the smaller one of a limit of memory and the cluster's maximum."""
    return maximum.stored if maximum and maximum.bytes < byte_size(limit, "model_memory_limit").bytes else limit


def default_analyzer(version) -> dict:
    standard = standard_analyzer(version, [])
    if version.since(7, 14):
        return standard
    return {"tokenizer": "ml_classic", "filter": standard["filter"]}
