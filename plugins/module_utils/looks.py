# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Looks at resources: small readings of present states, by which an action's end is recognised."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.collection import DATAFEEDS, JOBS
from ansible_collections.mlops.elastic.plugins.module_utils.errors import Refused
from ansible_collections.mlops.elastic.plugins.module_utils.normalize import declarable


def live_states(collection):
    """Return a look that tells each existing subject's C(state) from its statistics."""

    def look(cluster, ids, params=None):
        return {id: stats["state"] for id, stats in collection.fetch_existing(cluster, ids, stats=True).items()}

    return look


def existence(collection):
    """Return a look that tells which subjects are C(present)."""

    def look(cluster, ids, params=None):
        return dict.fromkeys(collection.fetch_existing(cluster, ids), "present")

    return look


def configs_of(collection, cluster, items):
    """Return the configurations of observed items by id.

    :raises Refused: somebody has just deleted one
    """
    configs = collection.fetch_existing(cluster, [item.id for item in items])
    for item in items:
        if item.id not in configs:
            said = f"no known {collection.noun} with id '{item.id}'"
            raise Refused(
                f"{said}: somebody has just deleted it", reason=said, type="resource_not_found_exception", status=404
            )
    return configs


_BLOCKS = {"delete": "deleting", "reset": "resetting", "revert": "reverting"}


def block_of(config):
    """Return what a job is blocked with (C(deleting), C(resetting), C(reverting)), or C(free).

    C(deleting) alone is said before 7.14, C(blocked) since.
    """
    if config.get("deleting"):
        return "deleting"
    return _BLOCKS.get((config.get("blocked") or {}).get("reason"), "free")


def job_blocks(cluster, ids, params=None):
    """Tell what jobs are blocked with, C(free) where nothing blocks them."""
    return {id: block_of(config) for id, config in JOBS.fetch_existing(cluster, ids).items()}


def job_contents(cluster, ids, params=None):
    """Tell whether jobs are C(empty), C(full) or being reset."""
    blocks = job_blocks(cluster, ids)
    stats = JOBS.fetch_existing(cluster, [id for id in blocks if blocks[id] == "free"], stats=True)
    contents = {id: "full" if holds_data(stats[id]) else "empty" for id in stats}
    return {id: contents.get(id, block) for id, block in blocks.items()}


def holds_data(stats):
    """Tell from a job's statistics whether a reset would remove anything."""
    counts = stats.get("data_counts") or {}
    return any(counts.get(name) for name in ("input_record_count", "processed_record_count", "bucket_count"))


def datafeeds_of(cluster, job_ids):
    """Return for each of these jobs its datafeeds as a dict of id to state; jobs without one are left out."""
    found = {}
    for id, (config, stats) in datafeed_pairs(cluster, job_ids).items():
        found.setdefault(config["job_id"], {})[id] = stats["state"]
    return found


def datafeed_documents(cluster, job_ids):
    """Return for each of these jobs its datafeed as an information module shows it."""
    return {
        config["job_id"]: {
            "datafeed_id": id,
            "state": stats["state"],
            "config": declarable(config),
            "stats": stats,
        }
        for id, (config, stats) in datafeed_pairs(cluster, job_ids, whole=True).items()
    }


def datafeed_pairs(cluster, job_ids, whole=False):
    """Return (configuration, statistics) by id of the datafeeds of these jobs."""
    configs, _missing = DATAFEEDS.fetch(cluster, ["_all"], whole=whole)
    ours = {id: config for id, config in configs.items() if config["job_id"] in job_ids}
    stats = DATAFEEDS.fetch_existing(cluster, sorted(ours), stats=True, whole=whole)
    return {id: (config, stats[id]) for id, config in ours.items() if id in stats}
