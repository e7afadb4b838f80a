# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The APIs of data frame analytics that only read: get, statistics, explain."""

import json

from simulator import analytics, analytics_fields, analytics_stats, errors, listing, source_dest
from simulator.analytics_api import ROOT
from simulator.config import analytics as config_of
from simulator.rest import Request

GET = "cluster:monitor/xpack/ml/data_frame/analytics/get"
STATS = "cluster:monitor/xpack/ml/data_frame/analytics/stats/get"
EXPLAIN = "cluster:admin/xpack/ml/data_frame/analytics/explain"
BLANK_DEST = {"index": "blank_dest_index"}
BLANK_ID = "blank_data_frame_id"


def register(router) -> None:
    for path in ("", "/{id}"):
        router.add("GET", ROOT + path, get)
        router.add("GET", f"{ROOT}{path}/_stats", get_stats)
        router.add("GET", f"{ROOT}{path}/_explain", explain, since=(7, 5))
        router.add("POST", f"{ROOT}{path}/_explain", explain, since=(7, 5))


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


async def explain(request: Request) -> dict:
    config = explained_config(request)
    request.ready(EXPLAIN)
    if config is None:
        config = analytics.find(request.cluster, request.parts["id"]).config
    source_dest.require_sources(request.cluster, config)
    return {
        "field_selection": analytics_fields.selection(request.cluster, config),
        "memory_estimation": {
            "expected_memory_without_disk": "2097152b",
            "expected_memory_with_disk": "1048576b",
        },
    }


def explained_config(request: Request) -> dict | None:
    """The configuration in the body, or None where the path names a job. Raises ApiError 400 for both or neither."""
    by_id = "id" in request.parts
    if by_id and request.has_body:
        raise errors.illegal_argument("Please provide either a job [id] or the config object but not both")
    if not by_id and not request.has_body:
        raise errors.illegal_argument("Please provide a job [id] or the config object")
    return None if by_id else build_for_explain(request)


def build_for_explain(request: Request) -> dict:
    """A configuration to be explained needs neither an id nor a destination."""
    text = request.body_text()
    try:
        given = json.loads(text)
    except ValueError:
        given = text
    if isinstance(given, dict):
        given = {"dest": BLANK_DEST, **given}
    analytics_id = given.get("id", BLANK_ID) if isinstance(given, dict) else BLANK_ID
    return config_of.build(request.version.number, analytics_id, given, request.cluster.now())
