# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The APIs of datafeeds that only read: get, statistics."""

from simulator import errors, expressions, nodes
from simulator.config import datafeeds as config_of
from simulator.datafeeds_api import OLD_NO_MATCH, ONE, ROOT
from simulator.options import allow_no_match
from simulator.rest import Request

GET = "cluster:monitor/xpack/ml/datafeeds/get"
STATS = "cluster:monitor/xpack/ml/datafeeds/stats/get"
SEARCH_TIME = 1.0  # milliseconds that a simulated search is said to have taken


def register(router) -> None:
    for path in (ROOT, ONE):
        router.add("GET", path, get)
        router.add("GET", path + "/_stats", get_stats)


async def get(request: Request) -> dict:
    generated = not (request.version.has_exclude_generated and request.flag("exclude_generated", False))
    chosen = expand(request, GET)
    return listed(
        feed.config if generated else config_of.exclude_generated(request.version.number, feed.config)
        for feed in chosen
    )


async def get_stats(request: Request) -> dict:
    return listed(stats(feed) for feed in expand(request, STATS))


def listed(documents) -> dict:
    found = list(documents)
    return {"count": len(found), "datafeeds": found}


def expand(request: Request, action: str) -> list:
    no_match = allow_no_match(request, OLD_NO_MATCH)
    request.ready(action)
    feeds = request.cluster.datafeeds
    names = expressions.expand(
        request.parts.get("datafeed_id"), feeds, allow_no_match=no_match, missing=errors.missing_datafeed
    )
    return [feeds[name] for name in names]


def stats(feed) -> dict:
    """One element of `datafeeds` (API: datafeed statistics)."""
    return {"datafeed_id": feed.datafeed_id, "state": feed.state, **assignment(feed), **timing(feed), **running(feed)}


def assignment(feed) -> dict:
    if feed.state == "stopped":
        return {}
    job = feed.cluster.jobs[feed.job_id]
    if feed.state == "starting" and job.state == "opening" and not feed.cluster.upgrade_mode:
        required = f"the job's [{job.job_id}] state is [opening] while state [opened] is required"
        return {"assignment_explanation": f"cannot start datafeed [{feed.datafeed_id}], because {required}"}
    return nodes.assignment(feed.cluster)


def timing(feed) -> dict:
    if not feed.cluster.version.has_datafeed_timing:
        return {}
    taken = feed.searches * SEARCH_TIME
    return {
        "timing_stats": {
            "job_id": feed.job_id,
            "search_count": feed.searches,
            "bucket_count": 0,
            "total_search_time_ms": taken,
            "exponential_average_search_time_per_hour_ms": taken,
        }
    }


def running(feed) -> dict:
    if not feed.cluster.version.has_running_state or feed.state != "started":
        return {}
    return {"running_state": {"real_time_configured": feed.end is None, "real_time_running": feed.real_time}}
