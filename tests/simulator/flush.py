# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flushing a job: finalising buckets, and interim results (API: flush job)."""

from simulator import errors, jobs, units
from simulator.config.parser import TEXT, TRUTH, Field, ObjectParser
from simulator.rest import Request

FLUSH = "cluster:admin/xpack/ml/job/flush"
TIMES = ("start", "end", "advance_time", "skip_time")
BODY = ObjectParser(
    FLUSH, (Field("job_id", TEXT), Field("calc_interim", TRUTH), *(Field(name, TEXT) for name in TIMES))
)


def register(router) -> None:
    router.add("POST", jobs.ONE + "/_flush", flush_job)


def job_with_task(cluster, job_id: str):
    """The job if it is not closed. Raises ApiError 409, for a job that does not exist too."""
    job = cluster.jobs.get(job_id)
    if job is None or job.state == "closed" or cluster.upgrade_mode:
        raise errors.conflict(f"Cannot perform requested action because job [{job_id}] is not open")
    return job


def open_job(cluster, job_id: str, purpose: str):
    """The job if it can do what needs its process. Raises ApiError 409."""
    job = job_with_task(cluster, job_id)
    if job.state != "opened":
        raise errors.conflict(
            f"Cannot {purpose} because job [{job_id}] does not have a corresponding autodetect process"
        )
    return job


async def flush_job(request: Request) -> dict:
    job_id, cluster = request.parts["job_id"], request.cluster
    if request.has_body:
        options = BODY.parse(request.version.number, request.body_text())
    else:
        options = {name: request.text(name) for name in TIMES if request.text(name) is not None}
        options["calc_interim"] = request.flag("calc_interim", False)
    request.ready(FLUSH)
    job = open_job(cluster, job_id, "flush")
    times = parsed_times(options, cluster.now())
    require_consistent(options.get("calc_interim", False), times)
    await cluster.sleep("jobs", job_id, "flushing")
    apply(job.timeline, options.get("calc_interim", False), times)
    end = job.timeline.finalized_end
    return {"flushed": True} if end is None else {"flushed": True, "last_finalized_bucket_end": end}


def parsed_times(options: dict, now: int) -> dict[str, int]:
    """The times given, in milliseconds; an empty text is none."""
    return {name: units.moment(name, options[name], now) for name in TIMES if options.get(name)}


def require_consistent(calc_interim: bool, times: dict[str, int]) -> None:
    start, end, advance, skip = (times.get(name) for name in TIMES)
    if start is not None and end is not None and end < start:
        seconds = f"end time '{end // 1000}' is earlier than start time '{start // 1000}'."
        raise invalid(f"Invalid time range: {seconds}")
    if not calc_interim:
        for name in ("start", "end"):
            if name in times:
                raise invalid(f"Invalid flush parameters: unexpected '{name}'.")
    if end is not None and start is None:
        raise invalid("Invalid flush parameters: 'start' has not been specified.")
    if advance is not None and skip is not None and advance <= skip:
        raise errors.status_error(
            400, f"advance_time [{advance // 1000}] must be later than skip_time [{skip // 1000}]"
        )


def invalid(reason: str) -> errors.ApiError:
    """As recorded of 7.3 and 7.10."""
    return errors.wrapped("IllegalArgumentException", "illegal_argument_exception", reason)


def apply(timeline, calc_interim: bool, times: dict[str, int]) -> None:
    if "skip_time" in times:
        timeline.skip(times["skip_time"])
    if "advance_time" in times:
        timeline.advance(times["advance_time"])
    if calc_interim:
        timeline.calculate_interim(times.get("start"), times.get("end"))
