# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Persistent tasks: what runs jobs, datafeeds and analytics, as the cluster's state and the list of tasks show it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator import nodes


@dataclass
class PersistentTask:
    """`state` is None until there is one; `number` is that of the task on its node."""

    id: str
    name: str
    params: dict
    state: dict | None
    started: int
    allocation_id: int = 0
    number: int = 0

    def document(self, cluster) -> dict:
        """One element of `metadata.persistent_tasks.tasks` (API: cluster state)."""
        state = {} if self.state is None else {"state": {**self.state, "allocation_id": self.allocation_id}}
        has_node = cluster.tasks_have_nodes
        explanation = "" if has_node else nodes.UPGRADING
        return {
            "id": self.id,
            "task": {self.name: {"params": self.params, **state}},
            "allocation_id": self.allocation_id,
            "assignment": {"executor_node": cluster.node if has_node else None, "explanation": explanation},
            "allocation_id_on_last_status_update": self.allocation_id,
        }


@dataclass
class Allocations:
    """The allocations made so far: each start of a task is one more."""

    last: int = 0
    _known: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)

    def assign(self, cluster, tasks: list[PersistentTask]) -> None:
        """Give each task its ids; a task that was started anew gets new ones."""
        known, self._known = self._known, {}
        for task in tasks:
            key = (task.id, task.started)
            if key not in known:
                self.last += 1
                known[key] = self.last, cluster.next_task_number()
            task.allocation_id, task.number = self._known[key] = known[key]


def running(cluster) -> list[PersistentTask]:
    """In the order of their ids."""
    found = sorted((*jobs(cluster), *datafeeds(cluster), *analytics(cluster)), key=lambda task: task.id)
    cluster.allocations.assign(cluster, found)
    return found


def jobs(cluster) -> Iterator[PersistentTask]:
    for job in cluster.jobs.values():
        if job.state != "closed":
            state = None if job.state == "opening" else {"state": job.state}
            params = {"job_id": job.job_id, "timeout": "30m", "job": job.opened_with}
            yield PersistentTask(f"job-{job.job_id}", "xpack/ml/job", params, state, job.opened_at)


def datafeeds(cluster) -> Iterator[PersistentTask]:
    for feed in cluster.datafeeds.values():
        if feed.state != "stopped":
            state = None if feed.state == "starting" else {"state": feed.state}
            end = {} if feed.end is None else {"end": str(feed.end)}
            indices = {name: feed.config[name] for name in ("indices", "indices_options") if name in feed.config}
            params = {"datafeed_id": feed.datafeed_id, "start": str(feed.begin), "timeout": "20s", **end}
            params |= {"job_id": feed.job_id, **indices}
            name = f"datafeed-{feed.datafeed_id}"
            yield PersistentTask(name, "xpack/ml/datafeed", params, state, feed.started_at)


def analytics(cluster) -> Iterator[PersistentTask]:
    for job in cluster.analytics.values():
        if job.state != "stopped":
            state = None if job.state == "starting" else {"state": job.reported_state}
            params = {"id": job.id, "version": job.config["version"]}
            name = f"data_frame_analytics-{job.id}"
            yield PersistentTask(name, "xpack/ml/data_frame/analytics", params, state, job.started_at)
