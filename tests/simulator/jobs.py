# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Anomaly detection jobs: their state machine and the APIs that create, list, open and close them."""

from simulator import errors, expressions
from simulator.rest import Request

ROOT = "/_ml/anomaly_detectors"
PUT = "cluster:admin/xpack/ml/job/put"
GET = "cluster:monitor/xpack/ml/job/get"
STATS = "cluster:monitor/xpack/ml/job/stats/get"
OPEN = "cluster:admin/xpack/ml/job/open"
CLOSE = "cluster:admin/xpack/ml/job/close"
THIRTY_MINUTES = 30 * 60_000


class Job:
    """A job: its stored configuration and where its state machine is."""

    def __init__(self, cluster, config: dict):
        self.cluster = cluster
        self.config = config
        self.state = "closed"

    @property
    def job_id(self) -> str:
        return self.config["job_id"]

    def open(self) -> None:
        self.state = "opening"
        self.cluster.after("jobs", self.job_id, "opening", self._opened)

    def close(self) -> None:
        self.state = "closing"
        self.cluster.after("jobs", self.job_id, "closing", self._closed)

    def _opened(self) -> None:
        if self.state == "opening":
            self.state = "opened"

    def _closed(self) -> None:
        if self.state == "closing":
            self.state = "closed"


def register(router) -> None:
    router.add("GET", ROOT, get_jobs)
    router.add("GET", ROOT + "/{job_id}", get_jobs)
    router.add("PUT", ROOT + "/{job_id}", put_job)
    router.add("GET", ROOT + "/_stats", get_stats)
    router.add("GET", ROOT + "/{job_id}/_stats", get_stats)
    router.add("POST", ROOT + "/{job_id}/_open", open_job)
    router.add("POST", ROOT + "/{job_id}/_close", close_jobs)


def expand(cluster, expression, allow_no_match: bool) -> list[Job]:
    names = expressions.expand(
        expression,
        cluster.jobs,
        allow_no_match=allow_no_match,
        missing=errors.missing_job,
        groups=lambda: groups(cluster),
    )
    return [cluster.jobs[name] for name in names]


def groups(cluster) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for job in cluster.jobs.values():
        for group in job.config.get("groups", ()):
            members.setdefault(group, []).append(job.job_id)
    return members


async def put_job(request: Request) -> dict:
    job_id = request.parts["job_id"]
    body = request.json()
    request.ready(PUT)
    request.cluster.require_licence()
    if job_id in request.cluster.jobs:
        raise errors.already_exists(f"The job cannot be created with the Id '{job_id}'. The Id is already used.")
    config = {"job_id": job_id, **body}
    request.cluster.jobs[job_id] = Job(request.cluster, config)
    return config


async def get_jobs(request: Request) -> dict:
    allow_no_match = request.flag("allow_no_match", True)
    request.ready(GET)
    jobs = expand(request.cluster, request.parts.get("job_id"), allow_no_match)
    return {"count": len(jobs), "jobs": [job.config for job in jobs]}


async def get_stats(request: Request) -> dict:
    allow_no_match = request.flag("allow_no_match", True)
    request.ready(STATS)
    jobs = expand(request.cluster, request.parts.get("job_id"), allow_no_match)
    return {"count": len(jobs), "jobs": [{"job_id": job.job_id, "state": job.state} for job in jobs]}


async def open_job(request: Request) -> dict:
    job_id = request.parts["job_id"]
    timeout = request.duration("timeout", THIRTY_MINUTES)
    request.ready(OPEN)
    cluster = request.cluster
    job = cluster.jobs.get(job_id)
    if job is None:
        raise errors.missing_job(job_id)
    if job.state != "closed":
        raise errors.conflict(f"Cannot open job [{job_id}] because it has already been opened")
    job.open()
    await cluster.wait_until(lambda: job.state != "opening", timeout)
    return {"opened": True, "node": cluster.node}


async def close_jobs(request: Request) -> dict:
    allow_no_match = request.flag("allow_no_match", True)
    timeout = request.duration("timeout", THIRTY_MINUTES)
    request.ready(CLOSE)
    cluster = request.cluster
    jobs = expand(cluster, request.parts["job_id"], allow_no_match)
    for job in jobs:
        if job.state == "opened":
            job.close()
    await cluster.wait_until(lambda: all(job.state == "closed" for job in jobs), timeout)
    return {"closed": True}
