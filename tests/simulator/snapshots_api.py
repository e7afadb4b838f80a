# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""APIs of model snapshots: get, update, revert, delete."""

from simulator import errors, expressions, jobs, listing, options, snapshots, tasks
from simulator.rest import Request

ALL = jobs.ONE + "/model_snapshots"
ONE = ALL + "/{snapshot_id}"
GET = "cluster:monitor/xpack/ml/job/model_snapshots/get"
ADMIN = "cluster:admin/xpack/ml/job/model_snapshots/"
REVERT, UPDATE, DELETE = ADMIN + "revert", ADMIN + "update", ADMIN + "delete"
SEARCH = listing.Search(snapshots.FIELDS)
GET_OPTIONS = options.Options(
    GET,
    options.text("job_id"),
    options.text("snapshot_id"),
    options.string("sort"),
    options.string("start"),
    options.string("end"),
    options.flag("desc", True),
    listing.page(),
)
IDS = (options.text("job_id"), options.text("snapshot_id"))
UPDATE_OPTIONS = options.Options(UPDATE, *IDS, options.string("description"), options.flag("retain"))
REVERT_OPTIONS = options.Options(
    REVERT,
    *IDS,
    options.flag("delete_intervening_results", False),
    options.in_body(options.flag("force", False, releases=((7, 12), (99,)))),
)


def register(router) -> None:
    for method in ("GET", "POST"):
        router.add(method, ALL, get_snapshots)
        router.add(method, ONE, get_snapshots)
    router.add("DELETE", ONE, delete_snapshot)
    router.add("POST", ONE + "/_update", update_snapshot)
    router.add("POST", ONE + "/_revert", revert_to_snapshot)


async def get_snapshots(request: Request) -> dict:
    wanted = GET_OPTIONS.read(request)
    request.ready(GET)
    job = jobs.find(request.cluster, request.parts["job_id"])
    expression = request.parts.get("snapshot_id")
    if expression in (None, "_all", "*"):
        expression = wanted["snapshot_id"]
    count, found = SEARCH.run(request.cluster, named(job, expression), wanted)
    return {"count": count, "model_snapshots": found}


def named(job, expression: str | None) -> list[dict]:
    """The snapshots that an expression names: an id, since 7.10 also a list of ids and wildcards."""
    known = snapshots.of(job)
    if expression in (None, "_all", "*") or not known:
        return list(known.values())
    lists = job.cluster.version.since(7, 10)
    tokens = expressions.tokens(expression) if lists else [expression]
    return expressions.select(tokens, known, wildcards=lists)


def missing(job_id: str, snapshot_id: str) -> errors.ApiError:
    return errors.not_found(f"No model snapshot with id [{snapshot_id}] exists for job [{job_id}]")


def require(request: Request):
    """The job of a snapshot, where both exist: these APIs look for the snapshot alone. Raises ApiError 404."""
    job_id, snapshot_id = request.parts["job_id"], request.parts["snapshot_id"]
    job = request.cluster.jobs.get(job_id)
    if job is None or snapshot_id not in snapshots.of(job):
        raise missing(job_id, snapshot_id)
    return job


async def update_snapshot(request: Request) -> dict:
    changes = UPDATE_OPTIONS.body.parse(request.version.number, request.body_text())
    request.ready(UPDATE)
    job, snapshot_id = require(request), request.parts["snapshot_id"]
    snapshots.change(job, snapshot_id, {name: changes[name] for name in ("description", "retain") if name in changes})
    return {"acknowledged": True, "model": snapshots.of(job)[snapshot_id]}


async def delete_snapshot(request: Request) -> dict:
    """Of several that an expression names the newest goes; only the very id of the current one is refused."""
    request.ready(DELETE)
    job_id, snapshot_id = request.parts["job_id"], request.parts["snapshot_id"]
    job = request.cluster.jobs.get(job_id)
    candidates = named(job, snapshot_id) if job else []
    if not candidates:
        raise missing(job_id, snapshot_id)
    if job.config.get("model_snapshot_id") == snapshot_id:
        raise errors.illegal_argument(
            f"Model snapshot '{snapshot_id}' is the active snapshot for job '{job_id}', so cannot be deleted"
        )
    snapshots.remove(job, max(candidates, key=lambda snapshot: snapshot["timestamp"])["snapshot_id"])
    return {"acknowledged": True}


async def revert_to_snapshot(request: Request) -> dict:
    wanted = REVERT_OPTIONS.read(request)
    request.duration("timeout", 30_000)
    request.duration("master_timeout", 30_000)
    request.ready(REVERT)
    job = jobs.find(request.cluster, request.parts["job_id"])
    if job.state != "closed" and not wanted["force"]:
        raise errors.conflict("Can only revert to a model snapshot when the job is closed.")

    if job.upgrade is not None and job.upgrade.snapshot_id == request.parts["snapshot_id"]:
        what = f"Cannot revert job [{job.job_id}] to snapshot [{job.upgrade.snapshot_id}]"
        raise errors.conflict(f"{what} as it is being upgraded")

    async def work(task) -> dict:
        return await revert(job, request.parts["snapshot_id"], wanted["delete_intervening_results"], task)

    return await tasks.run(request.cluster, REVERT, "", work)


async def revert(job, snapshot_id: str, delete_results: bool, task) -> dict:
    """Since 7.14 the job is blocked meanwhile, and stays so where there is no such snapshot, until the next revert."""
    cluster = job.cluster
    if cluster.version.has_blocked:
        require_unblocked(job, snapshot_id)
        job.block("revert", task)
    snapshot = find(job, snapshot_id)
    await cluster.sleep("jobs", job.job_id, "reverting")
    snapshots.revert(job, snapshot, delete_results)
    if not job.is_deleting:
        job.blocked = None
    return {"model": snapshot}


def require_unblocked(job, snapshot_id: str) -> None:
    """The block of a revert that is over doesn't count."""
    if not job.blocked or (job.blocked["reason"] == "revert" and job.blocked["task_id"] not in job.cluster.tasks):
        return
    raise errors.conflict(
        f"cannot revert job [{job.job_id}] to snapshot [{snapshot_id}] "
        f"while it is blocked with [{job.blocked['reason']}]"
    )


def find(job, snapshot_id: str) -> dict:
    if snapshot_id == snapshots.EMPTY and job.cluster.version.since(7, 11):
        return snapshots.empty(job)
    known = snapshots.of(job)
    if snapshot_id not in known:
        raise missing(job.job_id, snapshot_id)
    return known[snapshot_id]
