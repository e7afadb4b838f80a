# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of several jobs together (API: get overall buckets)."""

from simulator import date_math, errors, jobs, options
from simulator.config import parser as p
from simulator.config.faults import as_reply, illegal_argument
from simulator.config.values import TimeValue, time_value
from simulator.rest import Request

GET = "cluster:monitor/xpack/ml/job/results/overall_buckets/get"
MOST = 10_000


def top_n(number: int) -> int:
    if number <= 0:
        raise illegal_argument(f"[topN] parameter must be positive, found [{number}]")
    return number


def bucket_span(text: str) -> TimeValue:
    return time_value(text, "bucket_span")


OPTIONS = options.Options(
    GET,
    options.text("job_id"),
    options.Option(
        "top_n",
        p.INTEGER.then(lambda release, number: top_n(number)),
        lambda request, name: top_n(request.integer(name, 1)),
        1,
    ),
    options.converted("bucket_span", p.TEXT, bucket_span),
    options.real("overall_score"),
    options.flag("exclude_interim", False),
    options.string("start"),
    options.string("end"),
    *options.no_match_flags("allow_no_jobs"),
)


def register(router) -> None:
    for method in ("GET", "POST"):
        router.add(method, jobs.ONE + "/results/overall_buckets", get_overall_buckets)


async def get_overall_buckets(request: Request) -> dict:
    wanted = OPTIONS.read(request)
    cluster = request.cluster
    with as_reply():
        start, end = (
            date_math.milliseconds(wanted[name], name, cluster.now(), request.version) if wanted[name] else None
            for name in ("start", "end")
        )
    request.ready(GET)
    no_match = options.allows_no_match(wanted, "allow_no_jobs")
    found = jobs.expand(cluster, request.parts["job_id"], no_match)
    name = "jobs" if request.version.names_overall_buckets_jobs else "overall_buckets"
    buckets = overall_buckets(found, wanted, start, end) if found else []
    return {"count": len(buckets), name: buckets}


def overall_buckets(found: list, wanted: dict, start: int | None, end: int | None) -> list[dict]:
    """Buckets of the longest span among the jobs, or of the span asked for, each with the jobs that have results."""
    longest = max(job.timeline.span for job in found)
    asked = wanted["bucket_span"]
    if asked is not None and asked.millis < longest:
        span = next(job.config["analysis_config"]["bucket_span"] for job in found if job.timeline.span == longest)
        text = f"Param [bucket_span] must be greater or equal to the max bucket_span [{span}]"
        raise errors.status_error(400, text)
    if (wanted["overall_score"] or 0.0) > 0:
        return []
    span = longest if asked is None else asked.millis
    starts = gathered(found, span, wanted["exclude_interim"], start, end)
    if len(starts) > MOST:
        text = f"Unable to return more than [{MOST}] results; please use parameters [start] and [end] to limit"
        raise errors.status_error(400, f"{text} the time range")
    return [rendered(moment, span, *starts[moment]) for moment in sorted(starts)]


def gathered(found: list, span: int, exclude_interim: bool, start: int | None, end: int | None) -> dict:
    """By the start of each overall bucket: the ids of the jobs, and whether any of their buckets is interim."""
    low = None if start is None else -(-start // span) * span
    high = None if end is None else end // span * span
    starts: dict[int, tuple[set, bool]] = {}
    for job in found:
        for moments in job.timeline.starts(interim=not exclude_interim, start=low, end=high):
            for moment in moments:
                ids, interim = starts.get(moment // span * span, (set(), False))
                ids.add(job.job_id)
                starts[moment // span * span] = (ids, interim or moment in job.timeline.interim)
    return starts


def rendered(moment: int, span: int, job_ids: set, interim: bool) -> dict:
    return {
        "timestamp": moment,
        "bucket_span": span // 1000,
        "overall_score": 0.0,
        "jobs": [{"job_id": job_id, "max_anomaly_score": 0.0} for job_id in sorted(job_ids)],
        "is_interim": interim,
        "result_type": "overall_bucket",
    }
