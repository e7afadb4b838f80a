# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of several jobs together (API: get overall buckets)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator import date_math, errors, jobs, options, results_index
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
    buckets = overall_buckets(found, wanted, start, end) if found else []
    name = "jobs" if not buckets and request.version.names_no_overall_buckets_jobs else "overall_buckets"
    return {"count": len(buckets), name: buckets}


@dataclass
class OverallBucket:
    """The highest anomaly score of each job in a stretch of time."""

    scores: dict[str, float] = field(default_factory=dict)
    is_interim: bool = False

    def take(self, job_id: str, score: float, is_interim: bool) -> None:
        self.scores[job_id] = max(score, self.scores.get(job_id, 0.0))
        self.is_interim = self.is_interim or is_interim

    def score(self, most: int) -> float:
        """The mean of the highest scores, of no more jobs than `most`."""
        highest = sorted(self.scores.values(), reverse=True)[:most]
        return sum(highest) / len(highest)


def overall_buckets(found: list, wanted: dict, start: int | None, end: int | None) -> list[dict]:
    """Buckets of the longest span among the jobs; where another span is asked for, the highest of those within it."""
    longest = max(job.timeline.span for job in found)
    asked = wanted["bucket_span"]
    if asked is not None and asked.millis < longest:
        span = next(job.config["analysis_config"]["bucket_span"] for job in found if job.timeline.span == longest)
        text = f"Param [bucket_span] must be greater or equal to the max bucket_span [{span}]"
        raise errors.status_error(400, text)
    most = wanted["top_n"]
    span = asked.millis if asked is not None and (most == 1 or len(found) == 1) else longest
    low = None if start is None else -(-start // span) * span
    high = None if end is None else end // span * span
    gathered = gather(found, span, wanted["exclude_interim"], low, high)
    least = wanted["overall_score"] or 0.0
    scored = {
        moment: (bucket.score(most), bucket) for moment, bucket in gathered.items() if bucket.score(most) >= least
    }
    if asked is not None and asked.millis != span:
        span, scored = asked.millis, widened(scored, asked.millis)
    if len(scored) > MOST:
        text = f"Unable to return more than [{MOST}] results; please use parameters [start] and [end] to limit"
        raise errors.status_error(400, f"{text} the time range")
    return [rendered(moment, span, *scored[moment]) for moment in sorted(scored)]


def gather(
    found: list, span: int, exclude_interim: bool, low: int | None, high: int | None
) -> dict[int, OverallBucket]:
    gathered: dict[int, OverallBucket] = {}
    for job in found:
        for moment, score, is_interim in scores(job, exclude_interim, low, high):
            gathered.setdefault(moment // span * span, OverallBucket()).take(job.job_id, score, is_interim)
    return gathered


def scores(job, exclude_interim: bool, low: int | None, high: int | None) -> Iterator[tuple[int, float, bool]]:
    """Start, anomaly score and whether it is interim, of each bucket of a job."""
    for moments in job.timeline.starts(interim=not exclude_interim, start=low, end=high):
        for moment in moments:
            yield moment, 0.0, moment in job.timeline.interim
    for bucket in results_index.results(job, "buckets"):
        moment = bucket["timestamp"]
        is_within = (low is None or moment >= low) and (high is None or moment < high)
        if is_within and not (exclude_interim and bucket["is_interim"]):
            yield moment, bucket["anomaly_score"], bucket["is_interim"]


def widened(scored: dict, span: int) -> dict:
    wide: dict[int, tuple[float, OverallBucket]] = {}
    for moment, (score, bucket) in scored.items():
        known, whole = wide.get(moment // span * span, (0.0, OverallBucket()))
        for job_id, highest in bucket.scores.items():
            whole.take(job_id, highest, bucket.is_interim)
        wide[moment // span * span] = (max(score, known), whole)
    return wide


def rendered(moment: int, span: int, score: float, bucket: OverallBucket) -> dict:
    return {
        "timestamp": moment,
        "bucket_span": span // 1000,
        "overall_score": score,
        "jobs": [{"job_id": job_id, "max_anomaly_score": highest} for job_id, highest in sorted(bucket.scores.items())],
        "is_interim": bucket.is_interim,
        "result_type": "overall_bucket",
    }
