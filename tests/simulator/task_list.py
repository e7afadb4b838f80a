# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listing and cancelling tasks."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from simulator import errors, nodes, persistent, tasks
from simulator.rest import Request

LIST = "cluster:monitor/tasks/lists"
CANCEL = "cluster:admin/tasks/cancel"
GROUPS = ("nodes", "parents", "none")


def register(router) -> None:
    router.add("GET", "/_tasks", list_tasks)
    router.add("POST", "/_tasks/_cancel", cancel)
    router.add("POST", "/_tasks/{task_id}/_cancel", cancel)


async def list_tasks(request: Request) -> dict:
    wanted = read_choice(request)
    detailed = request.flag("detailed", False)
    request.duration("timeout", tasks.THIRTY_SECONDS)
    group_by = read_group(request)
    request.ready(LIST)
    cluster = request.cluster
    own = tasks.begin(cluster, LIST, "")
    try:
        found = [task for task in everything(cluster, own) if wanted(cluster, task)]
    finally:
        del cluster.tasks[own.id]
    return grouped(cluster, [shown(task, detailed) for task in found], group_by)


def read_choice(request: Request):
    """A test of `(cluster, task)` by `actions`, `nodes` and `parent_task_id`."""
    actions = split(request.text("actions"))
    node_names = split(request.text("nodes"))
    parent = request.text("parent_task_id")
    if parent:
        tasks.node_of(parent)
    request.flag("wait_for_completion", False)

    def wanted(cluster, task: dict) -> bool:
        return (
            (not actions or any(fnmatchcase(task["action"], action) for action in actions))
            and (not node_names or any(nodes.is_called(cluster, name) for name in node_names))
            and (parent is None or task.get("parent_task_id") == parent)
        )

    return wanted


def split(text: str | None) -> list[str]:
    return [part for part in (text or "").split(",") if part]


def read_group(request: Request) -> str:
    """Raises ApiError 400."""
    group_by = request.text("group_by", "nodes")
    if group_by not in GROUPS:
        raise errors.illegal_argument(f"Unsupported group_by parameter [{group_by}]")
    return group_by


def everything(cluster, own: tasks.Task) -> Iterator[dict]:
    """All that runs, the request that asks for it and its share on the node too."""
    for task in cluster.tasks.values():
        if not task.completed:
            listing = task is own and cluster.version.since(8)
            yield {**task.summary(cluster.now()), **(cancellable(cluster.version) if listing else {})}
    share = tasks.Task(cluster.node, cluster.next_task_number(), f"{LIST}[n]", "", own.started)
    kind = {} if cluster.version.since(8) else {"type": "direct"}
    yield {**share.summary(cluster.now()), **kind, "parent_task_id": own.id}
    if cluster.tasks_have_nodes:
        yield from (persistent_task(cluster, task) for task in persistent.running(cluster))


def persistent_task(cluster, task: persistent.PersistentTask) -> dict:
    summary = tasks.Task(cluster.node, task.number, f"{task.name}[c]", task.id, task.started).summary(cluster.now())
    return {
        **summary,
        "type": "persistent",
        "status": {"state": "STARTED"},
        **cancellable(cluster.version),
        "parent_task_id": f"cluster:{task.allocation_id}",
    }


def cancellable(version) -> dict:
    return {"cancellable": True, **({"cancelled": False} if version.since(7, 15) else {})}


def shown(task: dict, detailed: bool) -> dict:
    return task if detailed else {name: value for name, value in task.items() if name not in ("description", "status")}


def grouped(cluster, found: list[dict], group_by: str) -> dict:
    by_id = {f"{task['node']}:{task['id']}": task for task in found}
    if group_by == "none":
        return {"tasks": found}
    if group_by == "nodes":
        return {"nodes": {cluster.node: {**nodes.summary(cluster), "tasks": by_id}} if found else {}}
    children: dict[str, list[dict]] = {}
    for task in found:
        children.setdefault(task.get("parent_task_id", ""), []).append(task)
    roots = {name: task for name, task in by_id.items() if task.get("parent_task_id") not in by_id}
    nested = {name: {"children": children[name]} if name in children else {} for name in roots}
    return {"tasks": {name: {**task, **nested[name]} for name, task in roots.items()}}


async def cancel(request: Request) -> dict:
    """A task that isn't there, or that can't be cancelled, is a failure of its node (API: cancel tasks)."""
    wanted, task_id = read_choice(request), request.parts.get("task_id")
    node = tasks.node_of(task_id) if task_id else None
    group_by = read_group(request)
    request.ready(CANCEL)
    cluster = request.cluster
    running = {task.id: task for task in cluster.tasks.values() if not task.completed}
    persistent_ones = {f"{cluster.node}:{task.number}": task for task in persistent.running(cluster)}
    if task_id and task_id not in persistent_ones:
        return {"node_failures": [failure(cluster, task_id, node, task_id in running)], "nodes": {}}
    documents = {name: persistent_task(cluster, task) for name, task in persistent_ones.items()}
    chosen = [name for name in documents if name == task_id or (not task_id and wanted(cluster, documents[name]))]
    for name in chosen:
        end(cluster, persistent_ones[name])
    return grouped(cluster, [shown(documents[name], False) for name in chosen], group_by)


def failure(cluster, task_id: str, node: str, is_running: bool) -> dict:
    if node != cluster.node and not cluster.version.since(9):
        cause = {"type": "no_such_node_exception", "reason": f"No such node [{node}]", "node_id": node}
    elif is_running:
        cause = {"type": "illegal_argument_exception", "reason": f"task [{task_id}] doesn't support cancellation"}
    else:
        cause = {"type": "resource_not_found_exception", "reason": f"task [{task_id}] is not found"}
    own = {"type": "failed_node_exception", "reason": f"Failed node [{node}]", "node_id": node}
    return {**own, "caused_by": cause}


def end(cluster, task: persistent.PersistentTask) -> None:
    """A persistent task that is cancelled is removed, and with it goes what it ran."""
    kind, _hyphen, name = task.id.partition("-")
    if kind == "job":
        cluster.jobs[name].force_close()
    elif kind == "datafeed":
        cluster.datafeeds[name].force_stop()
    else:
        cluster.analytics[name].force_stop()
