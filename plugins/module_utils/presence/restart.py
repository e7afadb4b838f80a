# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Stopping what runs for a change, and putting it back afterwards as it was: jobs with their datafeeds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ansible_collections.mlops.elastic.plugins.module_utils import looks
from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request
from ansible_collections.mlops.elastic.plugins.module_utils.collection import DATAFEEDS
from ansible_collections.mlops.elastic.plugins.module_utils.errors import Fatal, NotFound, Refused
from ansible_collections.mlops.elastic.plugins.module_utils.resources import job_actions, shared_actions

JOB_ACTIONS = {action.name: action for action in job_actions.actions()}
RUNNING = ("starting", "started")


@dataclass(frozen=True)
class Feed:
    """A datafeed as it was found; C(end) in epoch milliseconds, None in real time."""

    id: str
    state: str
    config: dict
    end: int | None = None

    @property
    def runs(self):
        return self.state in RUNNING


def feeds_by_job(cluster, job_ids):
    """Return for each of these jobs a list of Feed; those that run have their C(end).

    :raises Refused: a look-back's end cannot be read, so it could not be put back
    """
    pairs = looks.datafeed_pairs(cluster, job_ids, whole=True)
    running = {id: stats for id, (_config, stats) in pairs.items() if stats["state"] in RUNNING}
    ends = ends_of(cluster, running, "stop the datafeed first, or set restart: never")
    feeds = {}
    for id, (config, stats) in pairs.items():
        has_ended = id in running and id not in ends
        state = "stopped" if has_ended else stats["state"]
        feeds.setdefault(config["job_id"], []).append(Feed(id, state, config, ends.get(id)))
    return feeds


def ends_of(cluster, running, otherwise):
    """Return where datafeeds end that run, None in real time; without those that came to their end meanwhile.

    :arg running: dict of id to statistics
    :arg otherwise: what a user may do who lacks the privilege
    :raises Refused: a look-back's end cannot be read
    """
    doubtful = {id for id, stats in running.items() if _may_be_look_back(stats)}
    ends = _ends(cluster, doubtful, otherwise) if doubtful else {}
    return {id: ends.get(id) for id in running if id not in doubtful or id in ends}


def _may_be_look_back(stats):
    real_time = (stats.get("running_state") or {}).get("real_time_configured")
    return not real_time


def _ends(cluster, doubtful, otherwise):
    """Return the end of each datafeed that runs, None in real time (API: cluster state; nothing else has it)."""
    task = "metadata.persistent_tasks.tasks.task.*.params"
    request = Request(
        "GET",
        "/_cluster/state/metadata",
        {"filter_path": f"cluster_name,{task}.datafeed_id,{task}.end"},
        purpose=f"read where the look-back of datafeed {named(sorted(doubtful))} ends, so that it can be put back",
        expects="cluster_name",
    )
    try:
        reply = cluster.send(request)
    except (Fatal, NotFound) as error:
        raise Refused(
            f"{error.msg.partition('. ')[0]}. Give the user the cluster privilege monitor, {otherwise}",
            reason=error.reason,
            type=error.type,
            status=error.status,
        ) from error
    tasks = reply.get("metadata", {}).get("persistent_tasks", {}).get("tasks", [])
    params = [params for entry in tasks for task in entry.get("task", {}).values() for params in [task["params"]]]
    feeds = [entry for entry in params if "datafeed_id" in entry]
    return {entry["datafeed_id"]: int(entry["end"]) if entry.get("end") else None for entry in feeds}


def actions(feeds_of, job_of):
    """Return the rows that stop and put back, (before the change, after it).

    :arg feeds_of: the datafeeds to stop for an item, a list of Feed
    :arg job_of: the ids of the job to close for it, a list
    """
    ends = {}

    def subjects(item):
        ends.update((feed.id, feed.end) for feed in feeds_of(item) if feed.runs)
        return [feed.id for feed in feeds_of(item) if feed.runs]

    def end_of(id):
        return {} if ends.get(id) is None else {"end": str(ends[id])}

    plain = {"query": shared_actions.timeout_query, "noun": ""}
    before = (
        replace(
            shared_actions.stop(DATAFEEDS, "stop_datafeed"),
            subjects_of=subjects,
            settled=lambda reply, params: True,
            **plain,
        ),
        replace(
            JOB_ACTIONS["close"],
            name="close_job",
            subjects_of=job_of,
            settled=lambda reply, params: True,
            **plain,
        ),
    )
    after = (
        replace(JOB_ACTIONS["open"], name="open_job", subjects_of=job_of, restores="close_job", **plain),
        shared_actions.start(
            DATAFEEDS,
            "start_datafeed",
            noun="",
            own_query=end_of,
            restores="stop_datafeed",
            subjects_of=subjects,
        ),
    )
    return before, after
