# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating jobs (API: put job)."""

from simulator import datafeeds, datafeeds_api, errors, jobs, nodes, notifications
from simulator.config import jobs as config
from simulator.job import Job
from simulator.rest import Request

PUT = "cluster:admin/xpack/ml/job/put"


def register(router) -> None:
    router.add("PUT", jobs.ONE, put_job)


async def put_job(request: Request) -> dict:
    job_id, cluster = request.parts["job_id"], request.cluster
    for name in ("timeout", "master_timeout"):
        request.duration(name, None)
    maximum = cluster.setting(nodes.MAXIMUM_MEMORY)
    body = request.body_text()
    if request.version.since(7, 14):
        body = datafeeds_api.with_indices_options(request, body, "datafeed_config")
    stored = config.build(request.version.number, job_id, body, cluster.now(), maximum)
    request.ready(PUT)
    cluster.require_licence()
    return create(cluster, stored)


def create(cluster, stored: dict) -> dict:
    """Store what config.jobs.build made, and the datafeed in it. Raises ApiError: the id or a group is taken."""
    job_id, feed = stored["job_id"], stored.get("datafeed_config")
    require_unused(cluster, stored)
    cluster.jobs[job_id] = Job(cluster, {name: value for name, value in stored.items() if name != "datafeed_config"})
    try:
        if feed:
            datafeeds.create(cluster, feed)
    except errors.ApiError:
        del cluster.jobs[job_id]
        raise
    notifications.created(cluster, job_id)
    return stored


def require_unused(cluster, stored: dict) -> None:
    job_id, groups = stored["job_id"], stored.get("groups", ())
    if job_id in groups:
        raise jobs.same_name(job_id)
    if job_id in cluster.jobs:
        raise errors.already_exists(f"The job cannot be created with the Id '{job_id}'. The Id is already used.")
    jobs.require_unused_groups(cluster, job_id, groups)
    is_group = any(job_id in job.groups for job in cluster.jobs.values())
    if is_group and cluster.version.since(7, 10):
        raise jobs.same_name(job_id)
