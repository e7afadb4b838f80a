# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configurations of anomaly detection jobs: create, read, update, stats."""

import re

from simulator import errors, expressions, nodes
from simulator.config import job_updates
from simulator.config import jobs as config
from simulator.job import Job
from simulator.options import allow_no_match
from simulator.rest import Request

ROOT = "/_ml/anomaly_detectors"
ONE = ROOT + "/{job_id}"
UPDATE = "cluster:admin/xpack/ml/job/update"
GET = "cluster:monitor/xpack/ml/job/get"
STATS = "cluster:monitor/xpack/ml/job/stats/get"
VALID_ID = re.compile(r"[a-z0-9](?:[a-z0-9_\-.]*[a-z0-9])?")


def register(router) -> None:
    for path in (ROOT, ONE):
        router.add("GET", path, get_jobs)
        router.add("GET", path + "/_stats", get_stats)
    router.add("POST", ONE + "/_update", update_job)


def find(cluster, job_id: str) -> Job:
    if job_id not in cluster.jobs:
        raise errors.missing_job(job_id)
    return cluster.jobs[job_id]


def require_valid_id(job_id: str) -> None:
    """Of single-job APIs that check the syntax of the id in the path (open, update, delete)."""
    if not VALID_ID.fullmatch(job_id) or job_id == "_all":
        raise errors.illegal_argument(
            f"Invalid job_id; '{job_id}' can contain lowercase alphanumeric (a-z and 0-9), hyphens or underscores; "
            "must start and end with alphanumeric"
        )


def expand(cluster, expression: str | None, allow_no_match: bool, *, with_deleting: bool = True) -> list[Job]:
    """The jobs that an expression of ids, groups and wildcards names, by id; none of another `job_type`."""
    takes_job_type = cluster.version.takes_job_type

    def is_candidate(job: Job) -> bool:
        return (with_deleting or not job.is_deleting) and (not takes_job_type or job.is_anomaly_detector)

    candidates = expressions.Filtered(cluster.jobs, is_candidate)
    names = expressions.expand(
        expression,
        candidates,
        allow_no_match=allow_no_match,
        missing=errors.missing_job,
        groups=lambda: group_members(candidates.values()),
    )
    return [candidates[name] for name in names]


def group_members(jobs) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for job in jobs:
        for group in job.groups:
            members.setdefault(group, []).append(job.job_id)
    return members


def require_unused_groups(cluster, job_id: str, groups) -> None:
    for group in groups:
        if group in cluster.jobs or group == job_id:
            raise same_name(group)


def same_name(name: str) -> errors.ApiError:
    return errors.already_exists(
        f"job and group names must be unique but job [{name}] and group [{name}] have the same name"
    )


async def get_jobs(request: Request) -> dict:
    no_match = allow_no_match(request, "allow_no_jobs")
    generated = not (request.version.has_exclude_generated and request.flag("exclude_generated", False))
    request.ready(GET)
    jobs = expand(request.cluster, request.parts.get("job_id"), no_match)
    return {"count": len(jobs), "jobs": [rendered(job, generated) for job in jobs]}


def rendered(job: Job, generated: bool) -> dict:
    """A job's configuration as GET shows it."""
    version = job.cluster.version
    feed = job.cluster.datafeeds.of_job(job.job_id) if generated and version.embeds_datafeed else None
    shown = job.config if generated else config.exclude_generated(version.number, job.config)
    if job.is_deleting and generated:
        shown = {**shown, "deleting": True}
    if job.blocked and version.has_blocked:
        shown = {**shown, "blocked": job.blocked}
    return {**shown, "datafeed_config": feed.config} if feed else shown


async def get_stats(request: Request) -> dict:
    no_match = allow_no_match(request, "allow_no_jobs")
    request.ready(STATS)
    jobs = expand(request.cluster, request.parts.get("job_id"), no_match, with_deleting=False)
    return {"count": len(jobs), "jobs": [job.stats() for job in jobs]}


async def update_job(request: Request) -> dict:
    job_id, cluster = request.parts["job_id"], request.cluster
    body = request.body_text()
    require_valid_id(job_id)
    request.ready(UPDATE)
    job = find(cluster, job_id)
    updated = job_updates.update(request.version.number, job.config, body, cluster.setting(nodes.MAXIMUM_MEMORY))
    if job.state == "opened" and updated.get("analysis_limits") != job.config.get("analysis_limits"):
        raise errors.status_error(400, "Cannot update analysis_limits while the job is open")
    require_unused_groups(cluster, job_id, updated.get("groups", ()))
    job.config = updated
    return {**updated, "deleting": True} if job.is_deleting else updated
