# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of jobs (APIs: get buckets, records, influencers, categories).

Buckets come of data and flushes; everything else, and more buckets, was written into the indices of results.
"""

import re
from dataclasses import replace
from itertools import chain, islice

from simulator import errors, jobs, options, results_index
from simulator.config import parser as p
from simulator.config.faults import Fault, as_reply, illegal_argument
from simulator.listing import Page, Search, bound, page, require_window
from simulator.rest import Request

ACTION = "cluster:monitor/xpack/ml/job/results/{}/get"
PATH = jobs.ONE + "/results/"
RANGE = (options.string("start", nullable=True), options.string("end", nullable=True))
COMMON = (options.text("job_id"), *RANGE, options.flag("exclude_interim", False), options.string("sort"))


def _results_options(kind: str, score: str) -> options.Options:
    """Of records and influencers: the highest score first."""
    descending = (options.flag("desc", True), options.real(score))
    sort = replace(options.string("sort"), default=score)
    return options.Options(ACTION.format(kind), *COMMON[:-1], sort, *descending, page())


SCORES = {"records": "record_score", "influencers": "influencer_score"}
FIELDS = {
    "records": {
        "timestamp",
        "probability",
        "record_score",
        "initial_record_score",
        "bucket_span",
        "detector_index",
        "is_interim",
        "job_id",
        "function",
        "field_name",
        "by_field_name",
        "by_field_value",
        "over_field_name",
        "over_field_value",
        "partition_field_name",
        "partition_field_value",
        "actual",
        "typical",
    },
    "influencers": {
        "timestamp",
        "probability",
        "influencer_score",
        "initial_influencer_score",
        "influencer_field_name",
        "influencer_field_value",
        "bucket_span",
        "is_interim",
        "job_id",
    },
}
BUCKET_FIELDS = frozenset(
    {
        "job_id",
        "timestamp",
        "anomaly_score",
        "bucket_span",
        "initial_anomaly_score",
        "event_count",
        "is_interim",
        "processing_time_ms",
    }
)
BUCKETS = options.Options(
    ACTION.format("buckets"),
    *COMMON,
    options.in_body(options.string("timestamp")),
    options.flag("expand", False),
    options.flag("desc", False),
    options.real("anomaly_score"),
    page(None),
)
ONLY_OF_MANY = {"page": "from, size", "start": "start", "end": "end", "anomaly_score": "anomaly_score"}
SEARCH = Search(BUCKET_FIELDS, "anomaly_score")


def category_number(text: str) -> int:
    if not re.fullmatch(r"[-+]?\d{1,19}", text):
        raise Fault("number_format_exception", f'For input string: "{text}"')
    return int(text)


CATEGORIES = options.Options(
    ACTION.format("categories"),
    options.text("job_id"),
    options.Option("category_id", p.INTEGER, options.unread),
    options.string("partition_field_value", releases=((7, 9), (99,))),
    page(None),
)


def register(router) -> None:
    for method in ("GET", "POST"):
        router.add(method, PATH + "buckets", get_buckets)
        router.add(method, PATH + "buckets/{timestamp}", get_buckets)
        for kind, score in SCORES.items():
            router.add(method, PATH + kind, scored_results(kind, score))
        router.add(method, PATH + "categories", get_categories)
        router.add(method, PATH + "categories/{category_id}", get_categories)


def scored_results(kind: str, score: str):
    known, search = _results_options(kind, score), Search(frozenset(FIELDS[kind]), score)

    async def get_results(request: Request) -> dict:
        wanted = known.read(request)
        request.ready(ACTION.format(kind))
        job = jobs.find(request.cluster, request.parts["job_id"])
        count, found = search.run(request.cluster, results_index.results(job, kind), wanted)
        return {"count": count, kind: found}

    return get_results


async def get_categories(request: Request) -> dict:
    with as_reply():
        given = request.parts.get("category_id")
        number = None if given is None else category_number(given)
        wanted = CATEGORIES.read(request)
        number = only_category_or_page(request, number, wanted)
    request.ready(ACTION.format("categories"))
    job = jobs.find(request.cluster, request.parts["job_id"])
    value, asked = wanted["partition_field_value"], wanted["page"] or Page()
    found = [
        category
        for category in results_index.results(job, "categories")
        if number in (None, category["category_id"]) and value in (None, category.get("partition_field_value"))
    ]
    require_window(request.cluster, asked)
    found.sort(key=lambda category: category["category_id"])
    return {"count": len(found), "categories": found[asked.skipped : asked.end]}


def only_category_or_page(request: Request, in_path: int | None, wanted: dict) -> int | None:
    """The category asked for. Raises Fault: a category has no pages, and a body asks for one of the two."""
    number = wanted["category_id"] if in_path is None else in_path
    names = ("category_id", "from, size")
    if number is not None and wanted["page"] is not None:
        refused, given = names if request.has_body else reversed(names)
        raise illegal_argument(f"Param [{refused}] is incompatible with [{given}].")
    if number is None and wanted["page"] is None and request.has_body:
        raise errors.invalid_request("Both [category_id] and [from, size] cannot be null")
    return number


async def get_buckets(request: Request) -> dict:
    wanted = BUCKETS.read(request)
    timestamp = request.parts.get("timestamp") or wanted["timestamp"]
    if timestamp:
        require_only_timestamp(request, wanted)
    request.ready(ACTION.format("buckets"))
    cluster = request.cluster
    job = jobs.find(cluster, request.parts["job_id"])
    if timestamp:
        return one_bucket(job, bound(cluster, timestamp), wanted)
    return buckets(job, {**wanted, "page": wanted["page"] or Page()})


def require_only_timestamp(request: Request, wanted: dict) -> None:
    """Raises ApiError: one bucket is asked for, and several."""
    many = [text for name, text in ONLY_OF_MANY.items() if wanted[name] is not None]
    if many and request.has_body:
        raise errors.illegal_argument("Param [timestamp] is incompatible with [from,size,start,end,anomaly_score]")
    if many:
        raise errors.illegal_argument(f"Param [{many[0]}] is incompatible with [timestamp].")


def one_bucket(job, timestamp: int, wanted: dict) -> dict:
    moments = job.timeline.starts(interim=not wanted["exclude_interim"], start=timestamp, end=timestamp + 1)
    written = [bucket for bucket in results_index.results(job, "buckets") if bucket["timestamp"] == timestamp]
    found = [rendered(job, timestamp)] if moments else written
    if not found:
        raise errors.not_found("Could not find requested buckets")
    return {"count": 1, "buckets": found}


def buckets(job, wanted: dict) -> dict:
    """By time a page costs no more than its buckets; another order, a score or written ones take a search among all."""
    cluster, sort = job.cluster, wanted["sort"] or "timestamp"
    require_window(cluster, wanted["page"])
    written = results_index.results(job, "buckets")
    if written or sort != "timestamp" or wanted["anomaly_score"]:
        own = (rendered(job, start) for span in job.timeline.starts(interim=True) for start in span)
        count, found = SEARCH.run(cluster, chain(own, written), wanted)
        return {"count": count, "buckets": found}
    start, end = (bound(cluster, wanted[name]) for name in ("start", "end"))
    spans = job.timeline.starts(interim=not wanted["exclude_interim"], start=start, end=end)
    shown = [rendered(job, bucket) for bucket in paged(spans, wanted["page"], wanted["desc"])]
    return {"count": sum(len(span) for span in spans), "buckets": shown}


def paged(spans: list, wanted: Page, descending: bool):
    if descending:
        spans = [reversed(span) for span in reversed(spans)]
    return islice(chain.from_iterable(spans), wanted.skipped, wanted.end)


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
