# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an analysis would do: `_explain` and `_preview` of a stored or a given configuration."""

import json

from simulator import analytics_fields, errors, expressions
from simulator.analytics_api import ROOT
from simulator.config import analytics as config_of
from simulator.config import parser as p
from simulator.rest import Request

EXPLAIN = "cluster:admin/xpack/ml/data_frame/analytics/explain"
PREVIEW = "cluster:admin/xpack/ml/data_frame/analytics/preview"
BLANK_DEST = {"index": "blank_dest_index"}
BLANK_ID = "blank_data_frame_id"
PREVIEWED_ROWS = 100
PREVIEW_BODY = p.ObjectParser("preview_data_frame_analytics_response", (p.Field("config", p.MAP),))


def register(router) -> None:
    for path in ("", "/{id}"):
        for method in ("GET", "POST"):
            router.add(method, f"{ROOT}{path}/_explain", explain, since=(7, 5))
            router.add(method, f"{ROOT}{path}/_preview", preview, since=(7, 13))


async def explain(request: Request) -> dict:
    given = None if "id" in request.parts else request.body_or_source() if request.has_body else None
    require_one_source(request)
    config = None if given is None else blank_config(request, given)
    request.ready(EXPLAIN)
    cluster = request.cluster
    config = config or stored_config(request)
    chosen = analytics_fields.selection(cluster, config)
    if not analytics_fields.rows(cluster, config, chosen):
        problem = analytics_fields.NO_ROWS.format(",".join(config["source"]["index"]))
        task = f"memory_usage_estimation_{cluster.next_task_number()}"
        raise errors.status_error(400, f"[{task}] Unable to estimate memory usage as {problem}")
    memory = {"expected_memory_without_disk": "2097152b", "expected_memory_with_disk": "1048576b"}
    return {"field_selection": chosen, "memory_estimation": memory}


async def preview(request: Request) -> dict:
    given = None if "id" in request.parts else request.body_or_source() if request.has_body else None
    require_one_source(request)
    config = None if given is None else previewed_config(request, given)
    request.ready(PREVIEW)
    request.cluster.require_licence()
    config = config or stored_config(request)
    chosen = analytics_fields.selection(request.cluster, config)
    return {"feature_values": analytics_fields.rows(request.cluster, config, chosen)[:PREVIEWED_ROWS]}


def require_one_source(request: Request) -> None:
    """Raises ApiError 400 for both an id and a configuration, or neither."""
    by_id = "id" in request.parts
    if by_id and request.has_body:
        raise errors.status_error(400, "Please provide either a job [id] or the config object but not both")
    if not by_id and not request.has_body:
        raise errors.status_error(400, "Please provide a job [id] or the config object")


def stored_config(request: Request) -> dict:
    """Raises ApiError 404, 400 for a pattern that stands for several jobs."""
    known = request.cluster.analytics
    names = expressions.expand(request.parts["id"], known, allow_no_match=False, missing=errors.missing_analytics)
    if len(names) > 1:
        raise errors.status_error(400, f"expected only one config but matched [{', '.join(names)}]")
    return known[names[0]].config


def blank_config(request: Request, text: str) -> dict:
    """A configuration that needs neither an id nor a destination."""
    try:
        given = json.loads(text)
    except ValueError:
        given = text
    if isinstance(given, dict):
        given = {"dest": BLANK_DEST, **given}
    analytics_id = given.get("id", BLANK_ID) if isinstance(given, dict) else BLANK_ID
    return config_of.build(request.version.number, analytics_id, given, request.cluster.now())


def previewed_config(request: Request, text: str) -> dict:
    """Raises ApiError 400."""
    values = PREVIEW_BODY.parse(request.version.number, text)
    if "config" not in values:
        raise errors.illegal_argument("[config] must not be null.")
    given = {"dest": BLANK_DEST, **values["config"]}
    return config_of.build(request.version.number, given.get("id", BLANK_ID), given, request.cluster.now())
