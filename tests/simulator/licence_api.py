# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_license` and `_xpack`: which licence there is, changing it, and what it allows."""

from simulator import errors, index_requests
from simulator.licence import NEEDS_ACKNOWLEDGEMENT, losses
from simulator.rest import Reply, Request

GET = "cluster:monitor/xpack/license/get"
TRIAL_STATUS = "cluster:admin/xpack/license/trial_status"
BASIC_STATUS = "cluster:admin/xpack/license/basic_status"
START_TRIAL = "cluster:admin/xpack/license/start_trial"
START_BASIC = "cluster:admin/xpack/license/start_basic"
PUT = "cluster:admin/xpack/license/put"
DELETE = "cluster:admin/xpack/license/delete"
INFO = "cluster:monitor/xpack/info"
CATEGORIES = ("build", "license", "features")
TRIAL_TERMS = (
    "This API initiates a free 30-day trial for all platinum features. By starting this trial, you agree that it is "
    "subject to the terms and conditions at https://www.elastic.co/legal/trial_license/. To begin your free trial, "
    'call /start_trial again and specify the "acknowledge=true" parameter.'
)
FEATURES = (
    ("aggregate_metric", (7, 11)),
    ("analytics", (7, 4)),
    ("archive", (8, 3)),
    ("ccr", (0,)),
    ("data_streams", (7, 11)),
    ("data_tiers", (7, 10)),
    ("enrich", (7, 5)),
    ("enterprise_search", (8, 8)),
    ("eql", (7, 10)),
    ("esql", (8, 11)),
    ("frozen_indices", (7, 2)),
    ("gpu_vector_indexing", (9, 3)),
    ("graph", (0,)),
    ("ilm", (0,)),
    ("logsdb", (8, 15)),
    ("logstash", (0,)),
    ("ml", (0,)),
    ("monitoring", (0,)),
    ("rollup", (0,)),
    ("searchable_snapshots", (7, 10)),
    ("security", (0,)),
    ("slm", (7, 4)),
    ("spatial", (7, 4)),
    ("sql", (0,)),
    ("transform", (7, 5)),
    ("universal_profiling", (8, 9)),
    ("voting_only", (7, 3)),
    ("watcher", (0,)),
)
GONE = {"frozen_indices": (9,)}
PAID = ("ccr", "graph", "logstash", "ml", "watcher")
DEPRECATED = (
    "Including [accept_enterprise] in get license requests is deprecated. The parameter will be removed in the next "
    "major version"
)


def register(router) -> None:
    router.add("GET", "/_license", get_license)
    router.add("GET", "/_xpack/license", get_license, when=lambda version: version.has_xpack_paths)
    for method in ("PUT", "POST"):
        router.add(method, "/_license", put_license)
    router.add("DELETE", "/_license", delete_license)
    router.add("GET", "/_license/trial_status", trial_status)
    router.add("GET", "/_license/basic_status", basic_status)
    router.add("POST", "/_license/start_trial", start_trial)
    router.add("POST", "/_license/start_basic", start_basic)
    router.add("GET", "/_xpack", info)


async def get_license(request: Request) -> dict:
    request.flag("local", False)
    is_new = read_accept_enterprise(request)
    request.ready(GET)
    cluster = request.cluster
    return {"license": cluster.licence.document(cluster.name, shows_resource_units=is_new)}


def read_accept_enterprise(request: Request) -> bool:
    """Whether the licence is shown as clients see it that know enterprise licences (7.6), as all do since 8.0."""
    version = request.version
    if not version.since(7, 6):
        return False
    if "accept_enterprise" in request.query and not version.is_from_the_sources_of_7:
        request.warn(DEPRECATED)
    accepts = request.flag("accept_enterprise", not version.is_from_the_sources_of_7)
    if version.is_from_the_sources_of_7:
        return accepts
    if not accepts:
        raise errors.illegal_argument("The [accept_enterprise] parameters may not be false")
    return True


async def put_license(request: Request) -> dict:
    """No licence that a client sends is signed by Elastic."""
    if not request.raw_body:
        raise errors.illegal_argument("The license must be provided in the request body")
    index_requests.body(request)
    request.flag("acknowledge", False)
    index_requests.read_acknowledgement(request)
    request.ready(PUT)
    return {"acknowledged": True, "license_status": "invalid"}


async def delete_license(request: Request) -> dict:
    """A cluster without a licence goes on with a basic one."""
    index_requests.read_acknowledgement(request)
    request.ready(DELETE)
    if request.cluster.licence.kind != "basic":
        request.cluster.set_licence("basic")
    return {"acknowledged": True}


async def trial_status(request: Request) -> dict:
    request.ready(TRIAL_STATUS)
    return {"eligible_to_start_trial": not request.cluster.had_trial}


async def basic_status(request: Request) -> dict:
    request.ready(BASIC_STATUS)
    return {"eligible_to_start_basic": request.cluster.licence.kind != "basic"}


async def start_trial(request: Request) -> Reply:
    kind = request.text("type", "trial")
    acknowledged = request.flag("acknowledge", False)
    index_requests.read_acknowledgement(request)
    request.ready(START_TRIAL)
    if kind != "trial":
        raise errors.illegal_argument(f"Cannot start trial of type [{kind}]. Valid trial types are [trial].")
    if request.cluster.had_trial:
        return refused("trial", "Trial was already activated.", 403, acknowledged=acknowledged)
    if not acknowledged:
        return unacknowledged("trial", {"message": TRIAL_TERMS})
    request.cluster.set_licence("trial")
    return Reply(200, {"acknowledged": True, "trial_was_started": True, "type": "trial"})


async def start_basic(request: Request) -> Reply:
    acknowledged = request.flag("acknowledge", False)
    index_requests.read_acknowledgement(request)
    request.ready(START_BASIC)
    if request.cluster.licence.kind == "basic":
        return refused("basic", "Current license is basic.", 403, acknowledged=True)
    if not acknowledged:
        return unacknowledged("basic", {"message": NEEDS_ACKNOWLEDGEMENT, **losses(request.version)})
    request.cluster.set_licence("basic")
    return Reply(200, {"acknowledged": True, "basic_was_started": True})


def unacknowledged(kind: str, notice: dict) -> Reply:
    return refused(kind, "Needs acknowledgement.", 200, acknowledged=False, acknowledge=notice)


def refused(kind: str, why: str, status: int, *, acknowledged: bool, **more) -> Reply:
    message = {"error_message": f"Operation failed: {why}"}
    return Reply(status, {"acknowledged": acknowledged, f"{kind}_was_started": False, **message, **more})


async def info(request: Request) -> dict:
    chosen = read_categories(request)
    is_human = request.query.get("human", "true") != "false"
    read_accept_enterprise(request)
    request.ready(INFO)
    cluster = request.cluster
    parts = {
        "build": {"hash": "unknown", "date": "2026-01-01T00:00:00.000Z"},
        "license": cluster.licence.summary(),
        "features": features(cluster),
    }
    tagline = {"tagline": "You know, for X"} if is_human else {}
    return {**{name: part for name, part in parts.items() if name in chosen}, **tagline}


def read_categories(request: Request) -> tuple[str, ...]:
    """Raises ApiError 400."""
    given = [name for name in request.text("categories", "_all").split(",") if name]
    for name in given:
        if name.lower() not in (*CATEGORIES, "_all", "_none"):
            kind = "org.elasticsearch.protocol.xpack.XPackInfoRequest.Category"
            raise errors.illegal_argument(f"No enum constant {kind}.{name.upper()}")
    return CATEGORIES if "_all" in given else tuple(name.lower() for name in given)


def features(cluster) -> dict:
    version = cluster.version
    known = [name for name, since in FEATURES if version.since(*since) and not version.since(*GONE.get(name, (99,)))]
    return {
        name: {"available": name not in PAID or cluster.licence.allows_ml, "enabled": name != "ml" or cluster.has_ml}
        for name in known
    }
