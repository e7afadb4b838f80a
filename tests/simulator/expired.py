# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting what no retention keeps any longer (API: delete expired data)."""

from simulator import errors, forecasts, jobs, results_index, snapshots
from simulator.config import parser as p
from simulator.rest import Request

ACTION = "cluster:admin/xpack/ml/delete_expired_data"
PATH = "/_ml/_delete_expired_data"
SINCE = (7, 8)
BODY = p.ObjectParser(
    "delete_expired_data_request",
    (
        p.Field("job_id", p.TEXT),
        p.Field("requests_per_second", p.DOUBLE),
        p.Field("timeout", p.duration("timeout")),
    ),
)


def register(router) -> None:
    router.add("DELETE", PATH, delete_expired_data)
    router.add("DELETE", PATH + "/{job_id}", delete_expired_data, since=SINCE)


async def delete_expired_data(request: Request) -> dict:
    expression = request.parts.get("job_id")
    if request.version.since(*SINCE):
        given = read_throttling(request)
        expression = expression or given.get("job_id")
    request.ready(ACTION)
    for job in jobs.expand(request.cluster, expression, True):
        expire(job)
    return {"deleted": True}


def read_throttling(request: Request) -> dict:
    """What a body says. `timeout` of a query is never looked at, `requests_per_second` must be a number."""
    if request.raw_body:
        return BODY.parse(request.version.number, request.body_text())
    request.text("timeout")
    rate = request.text("requests_per_second")
    try:
        float(rate or 0)
    except ValueError:
        cause = {"type": "number_format_exception", "reason": f'For input string: "{rate}"'}
        text = f"Failed to parse float parameter [requests_per_second] with value [{rate}]"
        raise errors.illegal_argument(text, caused_by=cause) from None
    return {}


def expire(job) -> None:
    snapshots.expire(job)
    forecasts.expire(job)
    days, latest = job.config.get("results_retention_days"), latest_result(job)
    if days is None or latest is None:
        return
    cutoff = latest - days * snapshots.DAY
    job.timeline.expire(cutoff)
    results_index.delete(job, lambda result: results_index.time_of(result) < cutoff)


def latest_result(job) -> int | None:
    """From which days count back: the latest bucket since 7.9, before that now (ExpiredResultsRemover)."""
    if not job.cluster.version.since(7, 9):
        return job.cluster.now()
    return job.timeline.latest_bucket
