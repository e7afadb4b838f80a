# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_nodes`: what the one node is."""

from simulator import nodes
from simulator.rest import Request

INFO = "cluster:monitor/nodes/info"
METRICS = ("settings", "os", "process", "jvm", "thread_pool", "transport", "http", "plugins", "ingest", "indices")
LARGEST_BODY = 104_857_600
INTERNAL_VERSIONS = {
    8: {"transport_version": 8_841_096, "index_version": 8_537_000},
    9: {"transport_version": 9_458_007, "index_version": 9_111_000},
}
COMPONENTS = {"ml_config_version": 12_000_099, "api_key_version": 8_150_099, "transform_config_version": 10_000_099}


def register(router) -> None:
    for path in ("/_nodes", "/_nodes/{node}", "/_nodes/{node}/{metric}"):
        router.add("GET", path, info)


async def info(request: Request) -> dict:
    request.duration("timeout", 30_000)
    request.flag("flat_settings", False)
    wanted, metrics = read_choice(request)
    request.ready(INFO)
    cluster = request.cluster
    is_wanted = any(nodes.is_called(cluster, name) for name in wanted)
    found = {cluster.node: document(cluster, metrics)} if is_wanted else {}
    return {
        "_nodes": {"total": len(found), "successful": len(found), "failed": 0},
        "cluster_name": cluster.name,
        "nodes": found,
    }


def read_choice(request: Request) -> tuple[list[str], list[str]]:
    """Nodes and metrics: a single part of the path that names metrics means those, of all nodes."""
    named, metrics = request.parts.get("node", "_all").split(","), request.parts.get("metric", "_all").split(",")
    if "metric" not in request.parts and set(named) <= set(METRICS):
        return ["_all"], named
    return named, metrics


def document(cluster, metrics: list[str]) -> dict:
    summary = nodes.summary(cluster)
    build = {"build_flavor": "default", "build_type": "tar", "build_hash": "unknown"}
    ends = {name: summary.pop(name) for name in ("roles", "attributes")}
    summary["ip"] = summary["host"]
    versions = {"version": cluster.version.number, **internal_versions(cluster.version)}
    return {**summary, **versions, **build, **ends, **http(metrics), **plugins(cluster.version, metrics)}


def internal_versions(version) -> dict:
    numbers = INTERNAL_VERSIONS.get(version.parts[0])
    return {**numbers, "component_versions": COMPONENTS} if numbers else {}


def http(metrics: list[str]) -> dict:
    if not {"http", "_all"} & set(metrics):
        return {}
    address = "127.0.0.1:9200"
    ends = {"bound_address": [address], "publish_address": address}
    return {"http": {**ends, "max_content_length_in_bytes": LARGEST_BODY}}


def plugins(version, metrics: list[str]) -> dict:
    if not {"plugins", "_all"} & set(metrics):
        return {}
    machine_learning = {
        "name": "x-pack-ml",
        "version": version.number,
        "elasticsearch_version": version.number,
        "java_version": "21" if version.since(9) else "17" if version.since(8) else "1.8",
        "description": "Elasticsearch Expanded Pack Plugin - Machine Learning",
        "classname": "org.elasticsearch.xpack.ml.MachineLearning",
        "extended_plugins": ["x-pack-autoscaling", "lang-painless"] if version.since(7, 11) else ["x-pack-core"],
        "has_native_controller": True,
        **({"licensed": True} if version.since(7, 11) else {}),
    }
    return {"plugins": [], "modules": [machine_learning]}
