# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The APIs of data frame analytics that change something: put, update, start, stop, delete."""

from simulator import (
    analytics,
    analytics_fields,
    authorization,
    errors,
    expressions,
    index_privileges,
    nodes,
    source_dest,
)
from simulator.analytics import Analytics
from simulator.config import analytics as config_of
from simulator.options import Options, duration, flag, text
from simulator.rest import Request

ROOT = "/_ml/data_frame/analytics"
PUT = "cluster:admin/xpack/ml/data_frame/analytics/put"
UPDATE = "cluster:admin/xpack/ml/data_frame/analytics/update"
START = "cluster:admin/xpack/ml/data_frame/analytics/start"
STOP = "cluster:admin/xpack/ml/data_frame/analytics/stop"
DELETE = "cluster:admin/xpack/ml/data_frame/analytics/delete"
TASK = "xpack/ml/data_frame/analytics"
START_OPTIONS = Options(START, text("id"), duration("timeout", "20s"))
STOP_OPTIONS = Options(STOP, text("id"), flag("allow_no_match", True), flag("force", False), duration("timeout", "30s"))
ONE_MINUTE = 60_000
RESTART_FIELDS = ("model_memory_limit", "max_num_threads")


def register(router) -> None:
    router.add("PUT", ROOT + "/{id}", put)
    router.add("DELETE", ROOT + "/{id}", delete)
    router.add("POST", ROOT + "/{id}/_update", update, since=(7, 7))
    router.add("POST", ROOT + "/{id}/_start", start)
    router.add("POST", ROOT + "/{id}/_stop", stop)


async def put(request: Request) -> dict:
    cluster = request.cluster
    maximum = cluster.setting(nodes.MAXIMUM_MEMORY)
    config = config_of.build(request.version.number, request.parts["id"], request.body_text(), cluster.now(), maximum)
    request.ready(PUT)
    cluster.require_licence()
    source_dest.validate(cluster, config)
    wanted = {config["dest"]["index"]: ["read", "create_index", "index"]}
    wanted.update((index, ["read"]) for index in config["source"]["index"])
    index_privileges.require(request.user, f"data frame analytics [{config['id']}]", wanted)
    return analytics.create(cluster, {**config, **authorization.of(request)}).config


async def update(request: Request) -> dict:
    body = request.body_text()
    request.ready(UPDATE)
    job = analytics.find(request.cluster, request.parts["id"])
    changed = config_of.update(request.version.number, job.config, body)
    if job.state != "stopped" and any(changed[field] != job.config[field] for field in RESTART_FIELDS):
        raise errors.conflict(f"Cannot update analytics [{job.id}] unless it's stopped")
    job.config = {**changed, **authorization.of(request)}
    return job.config


async def start(request: Request) -> dict:
    options = read_with_id(request, START_OPTIONS)
    request.ready(START)
    cluster, timeout = request.cluster, options["timeout"]
    cluster.require_licence()
    job = analytics.find(cluster, request.parts["id"])
    check_can_start(cluster, job)
    job.start()
    if not (timeout > 0 and await cluster.wait_until(lambda: job.state != "starting", timeout)):
        raise errors.start_timed_out(request.version, f"Starting data frame analytics [{job.id}]", timeout.text)
    if not job.has_started:
        raise errors.conflict("the task has been stopped while waiting to be started")
    return {"acknowledged": True, **nodes.answering(cluster)}


def check_can_start(cluster, job: Analytics) -> None:
    """Raises ApiError: finished 400, source or destination unfit 400, running 409, no node 429."""
    version = cluster.version
    if job.is_finished:
        raise errors.status_error(400, "Cannot start because the job has already finished")
    source_dest.validate(cluster, job.config)
    if version.has_analytics_progress and job.state == "stopped":
        source_dest.require_empty_destination(cluster, job)
        analytics_fields.require_rows(cluster, job.config)
    if job.state != "stopped":
        verbs = ("start", "started") if version.since(7, 4) else ("open", "opened")
        reason = f"Cannot {verbs[0]} data frame analytics [{job.id}] because it has already been {verbs[1]}"
        cause = {
            "type": "resource_already_exists_exception",
            "reason": f"task with id {{data_frame_analytics-{job.id}}} already exist",
        }
        raise errors.conflict(reason, caused_by=cause, root_cause=cause)
    unassigned = nodes.why_unassigned(cluster, TASK)
    if unassigned:
        text = f"Could not start data frame analytics task, allocation explanation [{unassigned}]"
        raise errors.status_error(429, text)


async def stop(request: Request) -> dict:
    options = read_with_id(request, STOP_OPTIONS)
    request.ready(STOP)
    cluster, timeout = request.cluster, options["timeout"]
    names = expressions.expand(
        request.parts["id"],
        cluster.analytics,
        allow_no_match=options["allow_no_match"],
        missing=errors.missing_analytics,
    )
    jobs = [cluster.analytics[name] for name in names if cluster.analytics[name].state != "stopped"]
    if options["force"]:
        force_stop(jobs)
    else:
        refuse_failed([job for job in jobs if job.state == "failed"])
        await stop_and_wait(cluster, jobs, timeout)
    return {"stopped": True}


def force_stop(jobs: list[Analytics]) -> None:
    for job in jobs:
        job.force_stop()


def refuse_failed(failed: list[Analytics]) -> None:
    if len(failed) == 1:
        reason = f"cannot close data frame analytics [{failed[0].id}] because it failed, use force stop instead"
        raise errors.conflict(reason)
    if failed:
        raise errors.conflict("one or more data frame analytics are in failed state, use force stop instead")


async def stop_and_wait(cluster, jobs: list[Analytics], timeout) -> None:
    """Raises ApiError 500 when they don't stop in time, which they never do when there is no time."""
    if not jobs:
        return
    stopped = False
    for job in jobs:
        if job.is_running:
            job.stop()
    if timeout > 0:
        stopped = await cluster.wait_until(lambda: all(job.state == "stopped" for job in jobs), timeout)
    if not stopped:
        raise stop_timed_out(cluster, timeout)


def stop_timed_out(cluster, timeout) -> errors.ApiError:
    if cluster.version.since(7, 4):
        return errors.wait_timed_out(timeout.text)
    address = f"[node-0][{nodes.ADDRESS}][{STOP}[n]]"
    cause = {
        "type": "receive_timeout_transport_exception",
        "reason": f"{address} request_id [1] timed out after [{int(timeout)}ms]",
    }
    return errors.ApiError(
        500,
        "failed_node_exception",
        f"Failed node [{cluster.node}]",
        caused_by=cause,
        root_cause=cause,
        node_id=cluster.node,
    )


async def delete(request: Request) -> dict:
    force, timeout = False, ONE_MINUTE
    if request.version.has_forced_analytics_delete:
        force = request.flag("force", False)
        timeout = request.duration("timeout", ONE_MINUTE)
    request.ready(DELETE)
    cluster = request.cluster
    job = analytics.find(cluster, request.parts["id"])
    if force:
        await stop_for_delete(cluster, job, timeout)
    elif job.state != "stopped":
        state = job.reported_state
        raise errors.conflict(f"Cannot delete data frame analytics [{job.id}] while its status is [{state}]")
    cluster.analytics.pop(job.id, None)
    return {"acknowledged": True}


async def stop_for_delete(cluster, job: Analytics, timeout: int) -> None:
    """First a normal stop; what doesn't stop in time, or failed, is stopped by force."""
    if job.is_running:
        job.stop()
        await cluster.wait_until(lambda: job.state == "stopped", timeout)
    job.force_stop()


def read_with_id(request: Request, options: Options) -> dict:
    """Raises ApiError 400 where the body names another id than the path."""
    values = options.read(request)
    path_id = request.parts["id"]
    if values["id"] not in (None, path_id):
        differs = f"'{values['id']}' specified in the body differs from '{path_id}' specified as a URL argument"
        raise errors.illegal_argument(f"Inconsistent id; {differs}")
    return values
