# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A datafeed that is declared: the cluster it is in, and what is to be seen of it."""

from modules import declaring
from modules.declaring import read

FEEDS = "/_ml/datafeeds"
END = 4_102_444_800_000
RECORDS = [{"doc_count": 1, "time": 1_514_764_800_000 + minute * 60_000} for minute in range(0, 180, 10)]
REFUSAL = '{"error": {"type": "status_exception", "reason": "no"}, "status": 400}'
DECLARED = {"datafeed_id": "d", "job_id": "j", "indices": ["source"]}


def seeded(server):
    """A server with a job `j` without a datafeed, and `k` with one, `f`, that is stopped."""
    server.reset(
        indices=[{"name": "source", "documents": RECORDS}],
        jobs=[
            {"job_id": "j", "state": "opened"},
            {"job_id": "k", "state": "opened", "datafeed": {"datafeed_id": "f", "indices": ["source"]}},
        ],
    )
    return server


def present(server, **options):
    return declaring.present(server, "ml_datafeed", "datafeeds", **options)


def config(server, id="d"):
    return read(server, f"{FEEDS}/{id}")["datafeeds"][0]


def state(server, id="d"):
    return read(server, f"{FEEDS}/{id}/_stats")["datafeeds"][0]["state"]


def job_state(server, id="j"):
    return read(server, f"/_ml/anomaly_detectors/{id}/_stats")["jobs"][0]["state"]


def end(server, id="d"):
    """Where a running datafeed ends, None in real time; only the cluster's state tells."""
    tasks = read(server, "/_cluster/state/metadata")["metadata"]["persistent_tasks"]["tasks"]
    params = [task["task"]["xpack/ml/datafeed"]["params"] for task in tasks if "xpack/ml/datafeed" in task["task"]]
    (found,) = [task for task in params if task["datafeed_id"] == id]
    return int(found["end"]) if "end" in found else None


def running(server, query=""):
    created = server.run("ml_datafeed", **DECLARED)
    assert created.changed
    assert server.api("POST", f"{FEEDS}/d/_start{query}").status == 200
    assert state(server) == "started"
