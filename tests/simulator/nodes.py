# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one node of the cluster, as statistics of running jobs, datafeeds and analytics show it."""

from fnmatch import fnmatchcase

UPGRADING = "persistent task cannot be assigned while upgrade mode is enabled."
ADDRESS = "127.0.0.1:9300"
TIERS = ("data_cold", "data_content", "data_frozen", "data_hot", "data_warm")
SELECTORS = ("_all", "_local", "_master", "master:true", "data:true", "ingest:true", "ml:true")
MACHINE_MEMORY = "25276514304"
PROCESSORS = 4
AWAITING = "persistent task is awaiting node assignment."
ALLOCATION = "cluster.persistent_tasks.allocation.enable"
NOT_ALLOWED = "no persistent task assignments are allowed due to cluster settings"
MAXIMUM_MEMORY = "xpack.ml.max_model_memory_limit"
MEMORY_FOR_JOBS = 7191  # megabytes: 30 % of the machine, less the native overhead


def assignment(cluster, *, all_attributes: bool = False) -> dict:
    """`node` and `assignment_explanation` of a task; in upgrade mode no task has a node."""
    if not cluster.tasks_have_nodes:
        return {"assignment_explanation": UPGRADING}
    return {"node": document(cluster, all_attributes=all_attributes), "assignment_explanation": ""}


def allows_tasks(cluster) -> bool:
    return cluster.setting(ALLOCATION) != "none"


def why_unassigned(cluster, task: str) -> str | None:
    """The explanation of a new persistent task of this name that gets no node."""
    if not allows_tasks(cluster):
        return f"persistent task [{task}] cannot be assigned [{NOT_ALLOWED}]"
    return UPGRADING if cluster.upgrade_mode else None


def has_room(job: dict) -> bool:
    """Whether the limit of a job's configuration fits the node, other jobs left aside."""
    return int(job["analysis_limits"]["model_memory_limit"].removesuffix("mb")) <= MEMORY_FOR_JOBS


def document(cluster, *, all_attributes: bool = False) -> dict:
    """`node`; anomaly detection shows only the attributes that start with `ml.`, analytics show all."""
    known = attributes(cluster.version)
    shown = {name: value for name, value in known.items() if all_attributes or name.startswith("ml.")}
    return {**cluster.node_summary(), "attributes": shown}


def attributes(version) -> dict[str, str]:
    transform = {"transform.node": "true"} if version.since(7, 10) and not version.since(8) else {}
    open_jobs = "512" if version.since(7, 11) else "20"
    return {
        "ml.machine_memory": MACHINE_MEMORY,
        "xpack.installed": "true",
        **transform,
        "ml.max_open_jobs": open_jobs,
    }


def roles(version) -> list[str]:
    """Sorted, as servers since 7.9 show them."""
    if not version.since(7, 9):
        return ["ingest", "master", "data"]
    tiers = TIERS if version.since(7, 11) else ()
    return sorted(("data", *tiers, "ingest", "master", "ml", "remote_cluster_client", "transform"))


def summary(cluster) -> dict:
    """The node as lists of tasks show it."""
    return {
        "name": cluster.node_name,
        "transport_address": ADDRESS,
        "host": ADDRESS.partition(":")[0],
        "ip": ADDRESS,
        "roles": roles(cluster.version),
        "attributes": attributes(cluster.version),
    }


def is_called(cluster, name: str) -> bool:
    """Whether a name or filter of nodes means this one."""
    return name in (cluster.node, cluster.node_name, *SELECTORS) or fnmatchcase(cluster.node_name, name)


def answering(cluster) -> dict[str, str]:
    """`node` in the reply to open and start, since 7.8."""
    return {"node": cluster.node} if cluster.version.since(7, 8) else {}
