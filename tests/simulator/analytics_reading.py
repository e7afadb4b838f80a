# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The APIs of data frame analytics that only read: get, statistics."""

from simulator import analytics, analytics_stats, errors, listing
from simulator.analytics_api import ROOT
from simulator.config import analytics as config_of
from simulator.rest import Request

GET = "cluster:monitor/xpack/ml/data_frame/analytics/get"
STATS = "cluster:monitor/xpack/ml/data_frame/analytics/stats/get"


def register(router) -> None:
    for path in ("", "/{id}"):
        router.add("GET", ROOT + path, get)
        router.add("GET", f"{ROOT}{path}/_stats", get_stats)


async def get(request: Request) -> dict:
    version = request.version
    generated = not (version.has_exclude_generated and request.flag("exclude_generated", False))
    return page(
        request, GET, lambda job: job.config if generated else config_of.exclude_generated(version.number, job.config)
    )


async def get_stats(request: Request) -> dict:
    if request.version.has_verbose_analytics_stats:
        request.flag("verbose", False)
    return page(request, STATS, analytics_stats.document)


def page(request: Request, action: str, document) -> dict:
    """One page of what an expression names."""
    allow_no_match = request.flag("allow_no_match", True)
    wanted = listing.requested(request)
    request.ready(action)
    count, jobs = chosen(request, wanted, allow_no_match)
    return {"count": count, "data_frame_analytics": [document(job) for job in jobs]}


def chosen(request: Request, wanted: listing.Page, allow_no_match: bool) -> tuple[int, list[analytics.Analytics]]:
    return listing.resources(
        request.cluster.analytics,
        request.parts.get("id"),
        wanted,
        missing=errors.missing_analytics,
        allow_no_match=allow_no_match,
    )
