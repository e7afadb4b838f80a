# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening and closing jobs."""

import asyncio

from simulator import errors, filters, jobs, nodes, notifications, snapshots
from simulator.options import Options, allows_no_match, duration, flag, no_match_flags, text
from simulator.rest import Request
from simulator.units import Duration

OPEN = "cluster:admin/xpack/ml/job/open"
CLOSE = "cluster:admin/xpack/ml/job/close"
OPEN_OPTIONS = Options("xpack/ml/job", text("job_id"), duration("timeout", "30m"), lenient=True)
CLOSE_OPTIONS = Options(
    CLOSE, text("job_id"), duration("timeout", "30m"), flag("force", False), *no_match_flags("allow_no_jobs")
)


def register(router) -> None:
    router.add("POST", jobs.ONE + "/_open", open_job)
    router.add("POST", jobs.ONE + "/_close", close_jobs)


async def open_job(request: Request) -> dict:
    job_id = request.parts["job_id"]
    timeout = OPEN_OPTIONS.read(request)["timeout"]
    jobs.require_valid_id(job_id)
    request.ready(OPEN)
    cluster = request.cluster
    cluster.require_licence()
    job = jobs.find(cluster, job_id)
    filters.require_present(cluster, job.config)
    snapshots.require_readable(job)
    require_openable(job)
    require_allocation(cluster)
    require_room(job)
    if cluster.upgrade_mode:
        raise errors.status_error(429, "Cannot open jobs when upgrade mode is enabled")
    job.open()
    if job.awaits_node:
        return {"opened": True, "node": ""} if cluster.version.since(7, 10) else {"opened": True}
    in_time = timeout > 0 and await cluster.wait_until(lambda: job.state != "opening", timeout)
    return opened_reply(job, timeout, in_time)


def require_openable(job) -> None:
    job_id, version = job.job_id, job.cluster.version
    if job.blocked:
        executing = f"it is executing [{job.blocked['reason']}]" if version.has_blocked else "it is being deleted"
        raise errors.conflict(f"Cannot open job [{job_id}] because {executing}")
    if job.state != "closed":
        cause = {"type": "resource_already_exists_exception", "reason": f"task with id {{job-{job_id}}} already exist"}
        raise errors.conflict(
            f"Cannot open job [{job_id}] because it has already been opened", caused_by=cause, root_cause=cause
        )


def require_allocation(cluster) -> None:
    if not nodes.allows_tasks(cluster):
        reason = f"Cannot open jobs because persistent task assignment is disabled by the [{nodes.ALLOCATION}] setting"
        raise errors.status_error(429, reason)


def require_room(job) -> None:
    """Raises ApiError 429 for a job that is too big for the node, unless it may wait for a bigger one."""
    if nodes.has_room(job.config) or job.config.get("allow_lazy_open"):
        return
    megabytes = int(job.config["analysis_limits"]["model_memory_limit"].removesuffix("mb"))
    reason = (
        "Could not open job because no suitable nodes were found, allocation explanation "
        f"[Not opening job [{job.job_id}] on node [{{{job.cluster.node_name}}}], because this node has insufficient "
        f"available memory. Available memory for ML [{nodes.MEMORY_FOR_JOBS << 20}], memory required by existing jobs "
        f"[0], estimated memory required for this job [{megabytes << 20}]]"
    )
    raise errors.status_error(
        429,
        "Could not open job because no ML nodes with sufficient capacity were found",
        caused_by={"type": "illegal_state_exception", "reason": reason},
    )


def opened_reply(job, timeout: Duration, in_time: bool) -> dict:
    cluster = job.cluster
    if not in_time:
        status = cluster.version.start_timeout_status
        kind = "exception" if status == 500 else "status_exception"
        raise errors.ApiError(status, kind, f"Opening job [{job.job_id}] timed out after [{timeout.text}]")
    if job.state == "failed" or job.open_fails:
        raise errors.ApiError(500, "exception", "Unexpected job state [failed] while waiting for job to be opened")
    if job.state != "opened":
        raise errors.conflict("The job has been closed while waiting to be opened")
    return {"opened": True, "node": cluster.node} if cluster.version.since(7, 10) else {"opened": True}


async def close_jobs(request: Request) -> dict:
    options = CLOSE_OPTIONS.read(request)
    force, allow_no_match = options["force"], allows_no_match(options, "allow_no_jobs")
    request.ready(CLOSE)
    cluster = request.cluster
    expanded = jobs.expand(cluster, request.parts["job_id"], allow_no_match, with_deleting=False)
    if not cluster.version.close_stops_datafeed:
        require_stopped_datafeeds(cluster, expanded)
    if not force:
        require_no_failed(expanded)
    if cluster.version.close_stops_datafeed:
        await stop_datafeeds(cluster, expanded, force)
    if force:
        for job in expanded:
            notifications.closing(job.cluster, job.job_id, forced=True)
            job.force_close()
    else:
        await close_and_wait(cluster, expanded, options["timeout"])
    return {"closed": True}


def require_no_failed(expanded: list) -> None:
    failed = [job for job in expanded if job.state == "failed"]
    if failed and len(expanded) == 1:
        raise errors.conflict(f"cannot close job [{failed[0].job_id}] because it failed, use force close")
    if failed:
        raise errors.conflict("one or more jobs have state failed, use force close")


def running_datafeeds(cluster, expanded: list) -> list:
    feeds = [cluster.datafeeds.of_job(job.job_id) for job in expanded]
    return [feed for feed in feeds if feed is not None and feed.state != "stopped"]


def require_stopped_datafeeds(cluster, expanded: list) -> None:
    for feed in running_datafeeds(cluster, expanded):
        raise errors.conflict(f"cannot close job datafeed [{feed.datafeed_id}] hasn't been stopped")


async def stop_datafeeds(cluster, expanded: list, force: bool) -> None:
    feeds = running_datafeeds(cluster, expanded)
    try:
        await asyncio.gather(*(feed.stop_for_job(force) for feed in feeds))
    except errors.ApiError as error:
        names = ", ".join(feed.datafeed_id for feed in feeds)
        raise errors.conflict(
            "failed to close jobs as one or more had started datafeeds that could not be stopped: "
            f"started datafeeds [{names}], error stopping them [{error.reason}]"
        ) from error


async def close_and_wait(cluster, expanded: list, timeout: Duration) -> None:
    """Close what is open: the end of its processes is awaited without a limit, only what is left with one."""
    running = [job for job in expanded if job.state != "closed"]
    own = [job for job in running if job.state in ("opening", "opened")]
    for job in own:
        job.close()
    await cluster.wait_until(lambda: not any(job.is_ending for job in own))
    in_time = timeout > 0 and await cluster.wait_until(
        lambda: not any(job.state == "closing" for job in running), timeout
    )
    if running and not in_time:
        raise errors.wait_timed_out(timeout.text)


def close_later(job) -> None:
    """Close a job on behalf of its datafeed that has come to its end."""
    if job.state in ("opening", "opened"):
        job.close()
