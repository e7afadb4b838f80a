# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of jobs: buckets (API: get buckets)."""

from itertools import chain, islice

from simulator import date_math, errors, jobs, units
from simulator.config.parser import INTEGER, TEXT, TRUTH, Field, ObjectParser
from simulator.rest import Request

RESULTS = "cluster:monitor/xpack/ml/job/results/"
GET = RESULTS + "buckets/get"
PATH = jobs.ONE + "/results/buckets"
NEVER_FOUND = ("records", "influencers", "categories", "overall_buckets")
BODY = ObjectParser(
    GET,
    (
        Field("job_id", TEXT),
        Field("timestamp", TEXT),
        Field("exclude_interim", TRUTH),
        Field("expand", TRUTH),
        Field("desc", TRUTH),
        Field("sort", TEXT),
        Field("start", TEXT),
        Field("end", TEXT),
        Field("anomaly_score", INTEGER),
        Field("page", TEXT),
    ),
)


def register(router) -> None:
    for method in ("GET", "POST"):
        router.add(method, PATH, get_buckets)
        router.add(method, PATH + "/{timestamp}", get_buckets)
        for kind in NEVER_FOUND:
            router.add(method, f"{jobs.ONE}/results/{kind}", nothing(kind))
        router.add(method, f"{jobs.ONE}/results/categories/{{category_id}}", nothing("categories"))


def nothing(kind: str):
    """A handler for results that the simulated analysis never has."""

    async def get_none(request: Request) -> dict:
        request.ready(f"{RESULTS}{kind}/get")
        jobs.find(request.cluster, request.parts["job_id"])
        name = "jobs" if kind == "overall_buckets" and request.version.names_overall_buckets_jobs else kind
        return {"count": 0, name: []}

    return get_none


async def get_buckets(request: Request) -> dict:
    if request.has_body:
        options = {"from": 0, "size": 100, **BODY.parse(request.version.number, request.body_text())}
    else:
        options = query_options(request)
    request.ready(GET)
    cluster = request.cluster
    job = jobs.find(cluster, request.parts["job_id"])
    timestamp = request.parts.get("timestamp", options.get("timestamp"))
    if timestamp is not None:
        return one_bucket(job, units.moment("timestamp", timestamp, cluster.now()))
    start, end = (bound(cluster, options.get(name)) for name in BOUNDS)
    found = job.timeline.starts(interim=not options.get("exclude_interim"), start=start, end=end)
    page = list(paged(found, options["from"], options["size"], options.get("desc", False)))
    return {"count": sum(len(span) for span in found), "buckets": [rendered(job, bucket) for bucket in page]}


BOUNDS = ("start", "end")


def bound(cluster, text: str | None) -> int | None:
    """Milliseconds. Raises ApiError as the search for the buckets does."""
    try:
        return date_math.from_math(text, cluster.now()) if text else None
    except ValueError:
        raise search_failed(cluster, date_math.not_a_date(text)) from None


def search_failed(cluster, fault) -> errors.ApiError:
    shard = {"shard": 0, "index": ".ml-anomalies-shared", "node": cluster.node, "reason": fault.rendered()}
    return errors.ApiError(
        400,
        "search_phase_execution_exception",
        "all shards failed",
        root_cause={"type": fault.type, "reason": fault.reason},
        phase="query",
        grouped=True,
        failed_shards=[shard],
    )


def query_options(request: Request) -> dict:
    options = {name: request.text(name) for name in (*BOUNDS, "sort")}
    options.update({name: request.flag(name, False) for name in ("exclude_interim", "expand", "desc")})
    request.text("anomaly_score")
    for name, default in (("from", 0), ("size", 100)):
        options[name] = request.integer(name, default)
        if options[name] < 0:
            raise errors.illegal_argument(f"Parameter [{name}] cannot be < 0")
    return options


def paged(spans: list, skipped: int, size: int, descending: bool):
    if descending:
        spans = [reversed(span) for span in reversed(spans)]
    return islice(chain.from_iterable(spans), skipped, skipped + size)


def one_bucket(job, timestamp: int) -> dict:
    found = job.timeline.starts(interim=True, start=timestamp, end=timestamp + 1)
    if not found:
        raise errors.not_found("Could not find requested buckets")
    return {"count": 1, "buckets": [rendered(job, timestamp)]}


def rendered(job, start: int) -> dict:
    timeline = job.timeline
    return {
        "job_id": job.job_id,
        "timestamp": start,
        "anomaly_score": 0.0,
        "bucket_span": timeline.span // 1000,
        "initial_anomaly_score": 0.0,
        "event_count": timeline.events.get(start, 0),
        "is_interim": start in timeline.interim,
        "bucket_influencers": [],
        "processing_time_ms": 0,
        "result_type": "bucket",
    }
