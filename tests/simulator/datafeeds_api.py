# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The APIs of datafeeds that change something: put, update, start, stop, delete."""

import json

from simulator import (
    authorization,
    datafeed_source,
    datafeeds,
    date_math,
    errors,
    expressions,
    index_privileges,
    jobs,
    lifecycle,
    nodes,
)
from simulator.config import datafeeds as config_of
from simulator.config import parser as p
from simulator.config.faults import as_reply
from simulator.options import Option, Options, allows_no_match, duration, flag, no_match_flags, text
from simulator.rest import Request

ROOT = "/_ml/datafeeds"
ONE = ROOT + "/{datafeed_id}"
PUT = "cluster:admin/xpack/ml/datafeeds/put"
UPDATE = "cluster:admin/xpack/ml/datafeeds/update"
DELETE = "cluster:admin/xpack/ml/datafeeds/delete"
START = "cluster:admin/xpack/ml/datafeed/start"
STOP = "cluster:admin/xpack/ml/datafeed/stop"
TASK = "xpack/ml/datafeed"
OLD_NO_MATCH = "allow_no_datafeeds"
CLOSE_JOB = ((9, 3), (99,))
INDICES_OPTIONS = ("expand_wildcards", "ignore_unavailable", "allow_no_indices", "ignore_throttled")
THIRTY_SECONDS = 30_000


def time(name: str, default: str | None) -> Option:
    """A point in time; it is checked where it is read, and converted later, when the clock is at hand."""

    def checked(release, given: str) -> str:
        date_math.milliseconds(given, name, 0, release)
        return given

    def from_query(request: Request, parameter: str) -> str | None:
        given = request.text(parameter)
        return given if given is None else checked(request.version, given)

    return Option(name, p.TEXT.then(checked), from_query, default)


START_OPTIONS = Options(
    TASK,
    text("datafeed_id"),
    time("start", "0"),
    time("end", None),
    duration("timeout", "20s"),
    lenient=True,
)
STOP_OPTIONS = Options(
    STOP,
    text("datafeed_id"),
    *no_match_flags(OLD_NO_MATCH),
    flag("force", False),
    duration("timeout", "5m"),
    flag("close_job", False, releases=CLOSE_JOB),
)


def register(router) -> None:
    router.add("PUT", ONE, put)
    router.add("DELETE", ONE, delete)
    router.add("POST", ONE + "/_update", update)
    router.add("POST", ONE + "/_start", start)
    router.add("POST", ONE + "/_stop", stop)


async def put(request: Request) -> dict:
    cluster = request.cluster
    read_timeouts(request)
    body = with_indices_options(request, request.body_text())
    config = config_of.build(request.version.number, request.parts["datafeed_id"], body, cluster.now())
    request.ready(PUT)
    cluster.require_licence()
    wanted = {index: [index_privileges.SEARCH] for index in config["indices"]}
    index_privileges.require(request.user, f"datafeed [{config['datafeed_id']}]", wanted)
    return datafeeds.create(cluster, {**config, **authorization.of(request)}).config


async def update(request: Request) -> dict:
    read_timeouts(request)
    body = with_indices_options(request, request.body_text())
    request.ready(UPDATE)
    datafeed_id = request.parts["datafeed_id"]
    return datafeeds.update(request.cluster, datafeed_id, body, authorization.of(request))


async def start(request: Request) -> dict:
    options = START_OPTIONS.read(request)
    cluster, timeout = request.cluster, options["timeout"]
    begin, end = times(request, options)
    request.ready(START)
    cluster.require_licence()
    datafeed = datafeeds.find(cluster, request.parts["datafeed_id"])
    require_startable(datafeed)
    datafeed.start(begin, end)
    in_time = timeout > 0 and await cluster.wait_until(lambda: datafeed.state != "starting", timeout)
    if not in_time:
        raise errors.start_timed_out(cluster.version, f"Starting datafeed [{datafeed.datafeed_id}]", timeout.text)
    return {"started": True, **nodes.answering(cluster)}


def times(request: Request, options: dict) -> tuple[int, int | None]:
    """Start and end in milliseconds. Raises ApiError 400."""
    now = request.cluster.now()
    with as_reply():
        begin, end = (
            None if options[name] is None else date_math.milliseconds(options[name], name, now, request.version)
            for name in ("start", "end")
        )
    if end is not None and end <= begin:
        reason = f"Validation Failed: 1: start [{begin}] must be earlier than end [{end}];"
        raise errors.ApiError(400, "action_request_validation_exception", reason)
    return begin, end


def require_startable(datafeed) -> None:
    cluster, datafeed_id = datafeed.cluster, datafeed.datafeed_id
    job = jobs.find(cluster, datafeed.job_id)
    if job.state not in ("opening", "opened"):
        reason = f"cannot start datafeed [{datafeed_id}] because job [{job.job_id}] is {job.state}"
        raise errors.conflict(reason)
    datafeed_source.require_fields(cluster, datafeed.config, job.config)
    if datafeed.state != "stopped":
        raise errors.conflict(f"cannot start datafeed [{datafeed_id}] because it has already been started")
    unassigned = nodes.why_unassigned(cluster, TASK)
    if unassigned:
        raise errors.status_error(429, f"Could not start datafeed, allocation explanation [{unassigned}]")


async def stop(request: Request) -> dict:
    options = STOP_OPTIONS.read(request)
    allow_no_match = allows_no_match(options, OLD_NO_MATCH)
    request.ready(STOP)
    cluster = request.cluster
    names = expressions.expand(
        request.parts["datafeed_id"],
        cluster.datafeeds,
        allow_no_match=allow_no_match,
        missing=errors.missing_datafeed,
    )
    chosen = [cluster.datafeeds[name] for name in names]
    if options["force"]:
        for datafeed in chosen:
            datafeed.force_stop()
    else:
        await stop_and_wait(cluster, chosen, options["timeout"])
    if options["close_job"]:
        for datafeed in chosen:
            lifecycle.close_later(jobs.find(cluster, datafeed.job_id))
    return {"stopped": True}


async def stop_and_wait(cluster, chosen: list, timeout) -> None:
    """Raises ApiError 500 when they don't stop in time; they go on stopping."""
    for datafeed in chosen:
        if datafeed.is_running:
            datafeed.stop()
    stopped = await cluster.wait_until(lambda: all(datafeed.state == "stopped" for datafeed in chosen), timeout)
    if not stopped:
        raise errors.wait_timed_out(timeout.text)


async def delete(request: Request) -> dict:
    force = request.flag("force", False)
    read_timeouts(request)
    request.ready(DELETE)
    datafeed = datafeeds.find(request.cluster, request.parts["datafeed_id"])
    if force:
        datafeed.force_stop()
    else:
        datafeeds.require_stopped(datafeed, "delete")
    del request.cluster.datafeeds[datafeed.datafeed_id]
    return {"acknowledged": True}


def with_indices_options(request: Request, body: str, member: str | None = None) -> str | dict:
    """The body with the `indices_options` that the query gives, which those of the body overrule (7.7).

    The datafeed is the body, or this member of it.
    """
    if not request.version.since(7, 7):
        return body
    given = {name: request.text(name) for name in INDICES_OPTIONS if request.text(name) is not None}
    try:
        parsed = json.loads(body)
    except ValueError:
        return body
    datafeed = parsed.get(member) if member and isinstance(parsed, dict) else parsed
    if not given or not isinstance(datafeed, dict):
        return body
    datafeed = {"indices_options": given, **datafeed}
    return {**parsed, member: datafeed} if member else datafeed


def read_timeouts(request: Request) -> None:
    for name in ("timeout", "master_timeout"):
        request.duration(name, THIRTY_SECONDS)
