# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating jobs, and trying out their configurations (API: put job, validate job)."""

import json

from simulator import datafeeds, errors, jobs
from simulator.config import jobs as config
from simulator.config.detectors import DETECTOR
from simulator.job import Job
from simulator.rest import Request

PUT = "cluster:admin/xpack/ml/job/put"
VALIDATE = "cluster:admin/xpack/ml/job/validate"


def register(router) -> None:
    router.add("PUT", jobs.ONE, put_job)
    router.add("POST", jobs.ROOT + "/_validate", validate_job)
    router.add("POST", jobs.ROOT + "/_validate/detector", validate_detector)


async def put_job(request: Request) -> dict:
    job_id, cluster = request.parts["job_id"], request.cluster
    for name in ("timeout", "master_timeout"):
        request.duration(name, None)
    stored = config.build(request.version.number, job_id, request.body_text(), cluster.now())
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


async def validate_job(request: Request) -> dict:
    body = request.body_text()
    config.build(request.version.number, id_in(body), body, request.cluster.now())
    request.ready(VALIDATE)
    return {"acknowledged": True}


async def validate_detector(request: Request) -> dict:
    DETECTOR.parse(request.version.number, request.body_text())
    request.ready(VALIDATE + "/detector")
    return {"acknowledged": True}


def id_in(body: str) -> str:
    """The id that a configuration says it has, or any valid one."""
    try:
        given = json.loads(body)
    except ValueError:
        return "validated"
    return given.get("job_id", "validated") if isinstance(given, dict) else "validated"
