# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting and resetting jobs: both block the job while they run, alone or as a task."""

from simulator import calendars, errors, jobs, results_index, tasks
from simulator.rest import Request

DELETE = "cluster:admin/xpack/ml/job/delete"
RESET = "cluster:admin/xpack/ml/job/reset"


def register(router) -> None:
    router.add("DELETE", jobs.ONE, delete_job)
    router.add("POST", jobs.ONE + "/_reset", reset_job, since=(7, 14))


async def delete_job(request: Request) -> dict:
    job_id = request.parts["job_id"]
    force = request.flag("force", False)
    wait = read_common_parameters(request)
    jobs.require_valid_id(job_id)

    async def work(task) -> dict:
        return await delete(request.cluster, job_id, force, task)

    return await run(request, DELETE, f"delete-job-{job_id}", wait, work)


async def reset_job(request: Request) -> dict:
    job_id = request.parts["job_id"]
    wait = read_common_parameters(request)

    async def work(task) -> dict:
        return await reset(request.cluster, job_id, task)

    return await run(request, RESET, f"reset-job-{job_id}", wait, work)


def read_common_parameters(request: Request) -> bool:
    if request.version.has_delete_user_annotations:
        request.flag("delete_user_annotations", False)
    request.duration("timeout", 30_000)
    request.duration("master_timeout", 30_000)
    return request.flag("wait_for_completion", True)


async def run(request: Request, action: str, description: str, wait: bool, work) -> dict:
    """Do the work now, or as a task that also carries the refusal of a user without the privilege."""
    if wait:
        request.ready(action)
        return await tasks.run(request.cluster, action, description, work)
    request.check_parameters()

    async def authorized_work(task) -> dict:
        request.authorize(action)
        return await work(task)

    return {"task": tasks.start(request.cluster, action, description, authorized_work).id}


async def delete(cluster, job_id: str, force: bool, task) -> dict:
    job = jobs.find(cluster, job_id)
    if job.state != "closed" and not force:
        raise errors.conflict(f"Cannot delete job [{job_id}] because the job is {job.state}")
    if job.is_deleting:
        return await gone(cluster, job)
    await delete_datafeed(cluster, job_id, force)
    start_delete(cluster, job, task)
    return await gone(cluster, job)


def start_delete(cluster, job, task) -> None:
    """Mark the job, then delete it; its task goes with it at the end. A new job of that id is not its business."""

    def is_there() -> bool:
        return cluster.jobs.get(job.job_id) is job

    def mark() -> None:
        if is_there():
            job.block("delete", task)
            cluster.after("jobs", job.job_id, "deleting", remove)

    def remove() -> None:
        if not is_there():
            return
        job.force_close()
        cluster.jobs.pop(job.job_id, None)
        results_index.forget(job)
        calendars.forget_job(cluster, job.job_id)
        cluster.clock.notify()

    cluster.after("jobs", job.job_id, "marking", mark)


async def gone(cluster, job) -> dict:
    await cluster.wait_until(lambda: cluster.jobs.get(job.job_id) is not job)
    return {"acknowledged": True}


async def delete_datafeed(cluster, job_id: str, force: bool) -> None:
    feed = cluster.datafeeds.of_job(job_id)
    if feed is None:
        return
    if not cluster.version.delete_removes_datafeed:
        raise errors.conflict(f"Cannot delete job [{job_id}] because datafeed [{feed.datafeed_id}] refers to it")
    if feed.state != "stopped" and not force:
        raise errors.conflict(
            f"failed to delete job [{job_id}] as its datafeed [{feed.datafeed_id}] could not be deleted"
        )
    if feed.state != "stopped":
        await feed.stop_for_job(force)
    cluster.datafeeds.pop(feed.datafeed_id, None)


async def reset(cluster, job_id: str, task) -> dict:
    job = jobs.find(cluster, job_id)
    if job.state != "closed":
        raise errors.conflict("Can only reset a job when it is closed.")
    if cluster.upgrade_mode:
        raise errors.conflict("cannot reset job while indices are being upgraded")
    if job.blocked and job.blocked["reason"] != "reset":
        raise errors.conflict(f"cannot reset job while it is blocked with [{job.blocked['reason']}]")
    if not job.blocked:
        start_reset(cluster, job, task)
    await cluster.wait_until(lambda: not job.blocked or job.is_deleting)
    return {"acknowledged": not job.is_deleting}


def start_reset(cluster, job, task) -> None:
    job.block("reset", task)

    def finish() -> None:
        if job.blocked and job.blocked["reason"] == "reset":
            job.empty()
            results_index.forget(job)
            job.blocked = None

    cluster.after("jobs", job.job_id, "resetting", finish)
