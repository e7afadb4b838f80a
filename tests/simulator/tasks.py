# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks: what asynchronous requests leave behind, and `GET _tasks/{task_id}`."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass

from simulator import errors, indices
from simulator.clock import Stopped
from simulator.rest import Request

GET = "cluster:monitor/task/get"
RESULTS = ".tasks"
THIRTY_SECONDS = 30_000


@dataclass
class Task:
    """A task of this node; `response` or `error` is there once it is completed."""

    node: str
    number: int
    action: str
    description: str
    started: int
    ended: int | None = None
    response: dict | None = None
    error: dict | None = None

    @property
    def id(self) -> str:
        return f"{self.node}:{self.number}"

    @property
    def completed(self) -> bool:
        return self.ended is not None

    def summary(self, now: int) -> dict:
        return {
            "node": self.node,
            "id": self.number,
            "type": "transport",
            "action": self.action,
            "description": self.description,
            "start_time_in_millis": self.started,
            "running_time_in_nanos": ((self.ended or now) - self.started) * 1_000_000,
            "cancellable": False,
            "headers": {},
        }

    def result(self, now: int) -> dict:
        outcome = {name: value for name in ("response", "error") if (value := getattr(self, name)) is not None}
        return {"completed": self.completed, "task": self.summary(now), **outcome}


def register(router) -> None:
    router.add("GET", "/_tasks/{task_id}", get_task)


def begin(cluster, action: str, description: str) -> Task:
    task = Task(cluster.node, cluster.next_task_number(), action, description, cluster.now())
    cluster.tasks[task.id] = task
    return task


async def run(cluster, action: str, description: str, work) -> dict:
    """Await `work(task)` as a task that is forgotten when it is done."""
    task = begin(cluster, action, description)
    try:
        return await work(task)
    finally:
        del cluster.tasks[task.id]


def start(cluster, action: str, description: str, work) -> Task:
    """Run `work(task)` beside the request; its response or error stays in the task."""
    task = begin(cluster, action, description)

    async def run() -> None:
        with suppress(Stopped):
            await finish()

    async def finish() -> None:
        response, failure = None, None
        try:
            response = await work(task)
        except errors.ApiError as error:
            failure = {name: value for name, value in error.error().items() if name != "root_cause"}
        await cluster.sleep("tasks", task.id, "storing")
        task.response, task.error = response, failure
        task.ended = cluster.now()
        cluster.clock.notify()

    cluster.background.add(running := asyncio.create_task(run()))
    running.add_done_callback(cluster.background.discard)
    return task


async def get_task(request: Request) -> dict:
    task_id, cluster = request.parts["task_id"], request.cluster
    wait = request.flag("wait_for_completion", False)
    timeout = request.duration("timeout", THIRTY_SECONDS)
    node = node_of(task_id)
    request.ready(GET)
    task = cluster.tasks.get(task_id)
    if task is None:
        raise unknown_task(task_id, node, cluster)
    if wait and not await cluster.wait_until(lambda: task.completed, timeout):
        reason = f"Timed out waiting for completion of [{task.id}]"
        raise errors.ApiError(500 if not cluster.version.since(8) else 429, "timeout_exception", reason)
    return task.result(cluster.now())


def node_of(task_id: str) -> str:
    """Raises ApiError 400 for what isn't `node:number`, the number a Java long."""
    node, colon, number = task_id.partition(":")
    if not colon:
        raise errors.illegal_argument(f"malformed task id {task_id}")
    if not re.fullmatch(r"-?\d{1,19}", number) or abs(int(number)) >= 2**63:
        cause = {"type": "number_format_exception", "reason": f'For input string: "{number}"'}
        raise errors.illegal_argument(f"malformed task id {task_id}", caused_by=cause)
    if int(number) == -1:
        raise errors.ApiError(400, "action_request_validation_exception", "Validation Failed: 1: task id is required;")
    return node


def unknown_task(task_id: str, node: str, cluster) -> errors.ApiError:
    """Where no task has stored a result yet, the index of the results isn't there either."""
    unstored = f"task [{task_id}] isn't running and hasn't stored its results"
    has_index = any(task.completed for task in cluster.tasks.values())
    no_index = None if has_index else cause_of(indices.missing(RESULTS, cluster.version.single_index_kind))
    if node == cluster.node:
        return errors.not_found(unstored, caused_by=no_index, root_cause=no_index)
    cause = {"type": "resource_not_found_exception", "reason": unstored}
    reason = f"task [{task_id}] belongs to the node [{node}] which isn't part of the cluster "
    return errors.not_found(
        reason + "and there is no record of the task",
        caused_by={**cause, "caused_by": no_index} if no_index else cause,
        root_cause=no_index or cause,
    )


def cause_of(error: errors.ApiError) -> dict:
    return {"type": error.type, "reason": error.reason, **error.extra}
