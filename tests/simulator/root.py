# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`GET /`, `GET _ml/info` and `POST _ml/set_upgrade_mode`."""

from simulator.rest import Reply, Request

MAIN = "cluster:monitor/main"
INFO = "cluster:monitor/xpack/ml/info/get"


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
            },
            "tagline": "You Know, for Search",
        },
    )


async def info(request: Request) -> dict:
    request.ready(INFO)
    cluster = request.cluster
    return {
        "defaults": {
            "anomaly_detectors": {
                "model_memory_limit": "1gb",
                "categorization_examples_limit": 4,
                "model_snapshot_retention_days": 10,
            },
            "datafeeds": {"scroll_size": 1000},
        },
        "upgrade_mode": cluster.upgrade_mode,
        "native_code": {"version": cluster.version.number, "build_hash": "unknown"},
        "limits": {},
    }
