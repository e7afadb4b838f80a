# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_preview` of a datafeed that is stored, or that the request describes (PreviewDatafeedAction)."""

from simulator import datafeed_source, datafeeds, date_math, errors, jobs
from simulator.config import datafeeds as datafeed_config
from simulator.config import jobs as job_config
from simulator.config import parser as p
from simulator.config.faults import as_reply, illegal_argument
from simulator.datafeeds_api import ONE, ROOT
from simulator.rest import Request
from simulator.versions import Version

PREVIEW = "cluster:admin/xpack/ml/datafeeds/preview"
LATEST = 2**63 - 1
DATAFEED_ID, JOB_ID = "preview_id", "preview_job_id"
WITH_TIMES = ((8, 3), (99,))
BODY = p.ObjectParser(
    "preview_datafeed_action",
    (
        p.Field("datafeed_config", p.one(datafeed_config.CONFIG)),
        p.Field("job_config", p.one(job_config.CONFIG)),
        p.Field("start", p.TEXT, releases=WITH_TIMES),
        p.Field("end", p.TEXT, releases=WITH_TIMES),
    ),
)


def register(router) -> None:
    router.add("GET", ONE + "/_preview", preview)
    router.add("POST", ONE + "/_preview", preview, since=(7, 12))
    for method in ("GET", "POST"):
        router.add(method, ROOT + "/_preview", preview, since=(7, 12))


async def preview(request: Request) -> list:
    """Documents as the job would get them: its time and the fields it analyses. Raises ApiError."""
    cluster, version = request.cluster, request.version
    times = {name: request.text(name) for name in ("start", "end")} if version.since(8, 3) else {}
    datafeed, job = given(request, times) if takes_body(request) else (None, None)
    begin, end = bounds(request, times)
    request.ready(PREVIEW)
    if datafeed is None:
        datafeed = datafeeds.find(cluster, request.parts["datafeed_id"]).config
    job = job or jobs.find(cluster, datafeed["job_id"]).config
    datafeed_source.require_fields(cluster, datafeed, job)
    return datafeed_source.records(cluster, datafeed, job, begin, end)[: datafeed["scroll_size"]]


def takes_body(request: Request) -> bool:
    """Raises ApiError 400 where neither path nor body says what to preview."""
    if not request.version.since(7, 12):
        return False
    if not request.has_body and "datafeed_id" not in request.parts:
        raise errors.illegal_argument("[datafeed_id] must not be null.")
    return request.has_body


def given(request: Request, times: dict) -> tuple[dict | None, dict | None]:
    """Datafeed and job of the body, whose times go into `times` unless the query has them. Raises ApiError 400."""
    release = Version(request.version.number)
    with as_reply():
        values = BODY.read_body(release, request.body_or_source())
        times.update({name: values[name] for name in ("start", "end") if name in values and not times.get(name)})
        datafeed, job = values.get("datafeed_config"), values.get("job_config")
        check(datafeed, job, request.parts.get("datafeed_id"))
        if job is not None:
            embedded = job.pop("datafeed_config", None)
            datafeed = datafeed or {**embedded, "job_id": JOB_ID}
            job = job_config.complete(release, {**job, "job_id": JOB_ID}, request.cluster.now())
        if datafeed is not None:
            datafeed = {"job_id": JOB_ID, **datafeed, "datafeed_id": DATAFEED_ID}
            datafeed = datafeed_config.complete(release, datafeed, job)
    return datafeed, job


def check(datafeed: dict | None, job: dict | None, datafeed_id: str | None) -> None:
    """Raises Fault for what doesn't go together."""
    has_embedded = job is not None and "datafeed_config" in job
    if datafeed is not None and "job_id" not in datafeed and job is None:
        raise illegal_argument("[datafeed_config.job_id] must be set or a [job_config] must be provided")
    if job is not None and datafeed is None and not has_embedded:
        raise illegal_argument("[datafeed_config] must be present when a [job_config.datafeed_config] is not present")
    if datafeed is not None and has_embedded:
        raise illegal_argument("[datafeed_config] must not be present when a [job_config.datafeed_config] is present")
    if datafeed_id is not None and (datafeed is not None or job is not None):
        reason = "[datafeed_id] cannot be supplied when either [job_config] or [datafeed_config] is present"
        raise illegal_argument(reason)
    if datafeed_id is None and datafeed is None and not has_embedded:
        raise illegal_argument("[datafeed_config] must not be null.")


def bounds(request: Request, times: dict) -> tuple[int, int]:
    """Start and end in milliseconds; all times where none is given. Raises ApiError 400."""
    now = request.cluster.now()
    with as_reply():
        begin, end = (
            None if not times.get(name) else date_math.milliseconds(times[name], name, now, request.version)
            for name in ("start", "end")
        )
    if begin is not None and end is not None and end <= begin:
        raise errors.invalid_request(f"start [{begin}] must be earlier than end [{end}]")
    return begin or 0, LATEST if end is None else end
