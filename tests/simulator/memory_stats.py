# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What machine learning takes of the node's memory (API: get memory stats, 8.2 and later)."""

from simulator import nodes
from simulator.config.values import ByteSize, byte_size
from simulator.rest import Request

GET = "cluster:monitor/xpack/ml/memory/stats/get"
PATH = "/_ml/memory"
SINCE = (8, 2)
MB = 1 << 20
OVERHEAD = 30 * MB
HEAP = 1 << 30
ROLES = ("data", "ingest", "master", "ml", "remote_cluster_client", "transform")


def register(router) -> None:
    router.add("GET", PATH + "/_stats", get_memory_stats, since=SINCE)
    router.add("GET", PATH + "/{node_id}/_stats", get_memory_stats, since=SINCE)


async def get_memory_stats(request: Request) -> dict:
    for name in ("timeout", "master_timeout"):
        request.duration(name, 30_000)
    human = request.flag("human", False)
    request.ready(GET)
    cluster, wanted = request.cluster, request.parts.get("node_id", "_all")
    names = {cluster.node, cluster.node_name, "_all", "_local", "_master", "ml:true", "*"}
    chosen = {cluster.node: statistics(cluster, human)} if names & set(wanted.split(",")) else {}
    counted = {"total": len(chosen), "successful": len(chosen), "failed": 0}
    return {"_nodes": counted, "cluster_name": cluster.name, "nodes": chosen}


def statistics(cluster, human: bool) -> dict:
    machine = int(nodes.MACHINE_MEMORY)
    open_jobs = [job for job in cluster.jobs.values() if job.state in ("opening", "opened", "closing")]
    limits = sum(byte_size(job.config["analysis_limits"]["model_memory_limit"], "").bytes for job in open_jobs)
    running = [job for job in cluster.analytics.values() if job.state != "stopped"]
    ml = {
        "max": nodes.MEMORY_FOR_JOBS * MB,
        "native_code_overhead": OVERHEAD if open_jobs or running else 0,
        "anomaly_detectors": limits,
        "data_frame_analytics": sum(byte_size(job.config["model_memory_limit"], "").bytes for job in running),
        "native_inference": 0,
    }
    jvm = {"heap_max": HEAP, "java_inference_max": HEAP * 4 // 10, "java_inference": 0}
    document = nodes.document(cluster)
    return {
        **{name: document[name] for name in ("name", "ephemeral_id", "transport_address", "attributes")},
        "roles": list(ROLES),
        "mem": {**sizes({"total": machine, "adjusted_total": machine}, human), "ml": sizes(ml, human)},
        "jvm": sizes(jvm, human),
    }


def sizes(amounts: dict[str, int], human: bool) -> dict:
    """Bytes, and a text beside them where a person reads."""
    shown: dict[str, object] = {}
    for name, amount in amounts.items():
        if human:
            shown[name] = str(ByteSize(amount, "b"))
        shown[f"{name}_in_bytes"] = amount
    return shown
