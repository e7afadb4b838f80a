# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Posting data to a job: records become data counts, and buckets."""

import json
from collections.abc import Iterator

from simulator import errors, flush, jobs, units
from simulator.config.analysis import analysed_fields
from simulator.date_math import from_date
from simulator.job import DataCounts
from simulator.rest import Reply, Request

POST = "cluster:admin/xpack/ml/job/data/post"
BLANK = " \t\r\n"
NO_CONTENT_TYPE = (
    'Cannot invoke "org.elasticsearch.common.xcontent.XContentType.equals(Object)" because "<parameter3>" is null'
)


def register(router) -> None:
    router.add("POST", jobs.ONE + "/_data", post_data)


async def post_data(request: Request) -> Reply:
    job_id, cluster = request.parts["job_id"], request.cluster
    resets = {name: request.text(f"reset_{name}") for name in ("start", "end")}
    text = request.body_text(required=False)
    request.ready(POST)
    job = flush.open_job(cluster, job_id, "process data")
    for name, given in resets.items():
        if given:
            units.moment(name, given, cluster.now())
    if request.content_type is None:
        raise errors.wrapped("NullPointerException", "null_pointer_exception", NO_CONTENT_TYPE)
    time_format = job.config["data_description"].get("time_format", "epoch_ms")
    upload = DataCounts()
    upload.counts["input_bytes"] = len(request.raw_body)
    upload.times["last_data_time"] = cluster.now()
    if (latest_empty := job.counts.times.get("latest_empty_bucket_timestamp")) is not None:
        upload.times["latest_empty_bucket_timestamp"] = latest_empty
    try:
        for record in records(text):
            take(job, record, upload, time_format)
    finally:
        job.counts.merge(upload)
    return Reply(202, upload.render(job_id))


def post(job, records_given: list[dict]) -> None:
    """Give records to a job as a datafeed does: one compact object a line, times in milliseconds."""
    if not records_given:
        return
    upload = DataCounts(times={"last_data_time": job.cluster.now()})
    lines = "\n".join(json.dumps(record, separators=(",", ":")) for record in records_given)
    upload.counts["input_bytes"] = len(lines)
    for record in records_given:
        take(job, record, upload, "epoch_ms")
    job.counts.merge(upload)


def records(text: str) -> Iterator[dict]:
    """The objects of a sequence of JSON values, in lists too; a malformed one counts as an empty record.

    Raises ApiError 400 where the text ends inside a value.
    """
    decoder, position = json.JSONDecoder(), 0
    while True:
        while position < len(text) and text[position] in BLANK:
            position += 1
        if position >= len(text):
            return
        try:
            value, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            position = text.find("}", error.pos + 1 if text[error.pos : error.pos + 1] == "}" else error.pos) + 1
            if not position:
                raise errors.ApiError(400, "parse_exception", "The input JSON data is malformed.") from error
            value = {}
        items = value if isinstance(value, list) else [value]
        yield from (item for item in items if isinstance(item, dict))


def take(job, record: dict, upload: DataCounts, time_format: str) -> None:
    """Count a record, and put it into its bucket unless its time is missing, unreadable or out of order."""
    time_field = job.config["data_description"].get("time_field", "time")
    fields = analysed_fields(job.config["analysis_config"])
    upload.counts["missing_field_count"] += sum(name not in record for name in (*fields, time_field))
    time = record_time(record.get(time_field), time_format)
    if time is None:
        upload.counts["invalid_date_count"] += 1
        return
    upload.counts["input_field_count"] += len(record) - 1
    if "earliest_record_timestamp" not in {**job.counts.times, **upload.times}:
        upload.times["earliest_record_timestamp"] = time
    if job.timeline.is_late(time):
        upload.counts["out_of_order_timestamp_count"] += 1
        upload.times.setdefault("latest_record_timestamp", time)
        return
    upload.counts["processed_record_count"] += 1
    upload.counts["processed_field_count"] += sum(name in record for name in fields)
    count_buckets(job, time, upload)
    job.timeline.add(time)
    upload.times["latest_record_timestamp"] = job.timeline.latest_record


def count_buckets(job, time: int, upload: DataCounts) -> None:
    """What the server counts itself as records pass bucket boundaries, whatever the process finalises."""
    timeline = job.timeline
    if timeline.latest_record is None:
        return
    latest = timeline.start_of(timeline.latest_record)
    passed = max(0, (timeline.start_of(time) - latest) // timeline.span)
    upload.counts["bucket_count"] += passed
    upload.counts["empty_bucket_count"] += max(0, passed - 1)
    if passed > 1:
        upload.times["latest_empty_bucket_timestamp"] = timeline.start_of(time) - timeline.span


def record_time(value, time_format: str) -> int | None:
    """Milliseconds of a record's time, None if it cannot be read."""
    if value is None or isinstance(value, (dict, list, bool)):
        return None
    try:
        if time_format in ("epoch", "epoch_ms"):
            return int(float(value) * 1000) if time_format == "epoch" else int(value)
        return from_date(str(value))
    except ValueError:
        return None
