# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_cluster/health`, `_cluster/state` and `_cluster/settings`, as far as a cluster of one node has them."""

import fnmatch

from simulator import errors, index_api, index_requests, indices, nodes, persistent
from simulator.config.checks import maximum_memory
from simulator.config.faults import as_reply
from simulator.rest import Reply, Request

HEALTH = "cluster:monitor/health"
STATE = "cluster:monitor/state"
GET_SETTINGS = "cluster:monitor/settings"
UPDATE_SETTINGS = "cluster:admin/settings/update"
THIRTY_SECONDS = index_requests.THIRTY_SECONDS
STATUSES = ("green", "yellow", "red")
LEVELS = ("cluster", "indices", "shards")
METRICS = ("version", "master_node", "blocks", "nodes", "metadata", "routing_table", "routing_nodes", "customs")
SCOPES = ("persistent", "transient")


def register(router) -> None:
    router.add("GET", "/_cluster/health", health)
    router.add("GET", "/_cluster/health/{index}", health)
    for path in ("", "/{metric}", "/{metric}/{index}"):
        router.add("GET", f"/_cluster/state{path}", state)
    router.add("GET", "/_cluster/settings", get_settings)
    router.add("PUT", "/_cluster/settings", put_settings)


async def health(request: Request) -> Reply:
    """Raises ApiError 400. Waits for no longer than `timeout`; then 408, as the status of one node never changes."""
    timeout = request.duration("timeout", THIRTY_SECONDS)
    request.duration("master_timeout", THIRTY_SECONDS)
    request.flag("local", False)
    request.text("level", "cluster")
    options = index_requests.read_options(request, "all")
    waits = read_waits(request)
    names = index_requests.names(request)
    request.ready(HEALTH)
    cluster = request.cluster
    found = health_of(cluster, indices.resolve(cluster, names, options))
    if reached(found, waits):
        return Reply(200, found)
    await cluster.pause(timeout)
    return Reply(408, {**found, "timed_out": True})


def read_waits(request: Request) -> dict:
    """Raises ApiError 400."""
    status, number = request.text("wait_for_status"), request.text("wait_for_nodes")
    for name in ("wait_for_active_shards", "wait_for_events"):
        request.text(name)
    for name in ("wait_for_no_relocating_shards", "wait_for_no_initializing_shards"):
        request.flag(name, False)
    if status is not None and status.lower() not in STATUSES:
        kind = "org.elasticsearch.cluster.health.ClusterHealthStatus"
        raise errors.illegal_argument(f"No enum constant {kind}.{status.upper()}")
    comparison = (number or "").lstrip("<>=")
    if number is not None and not comparison.isdigit():
        raise errors.ApiError(400, "number_format_exception", f'For input string: "{comparison}"')
    return {"status": status, "nodes": number}


def reached(found: dict, waits: dict) -> bool:
    wanted = waits["status"]
    is_healthy = wanted is None or STATUSES.index(found["status"]) <= STATUSES.index(wanted.lower())
    return is_healthy and (waits["nodes"] is None or compares(1, waits["nodes"]))


def compares(number: int, condition: str) -> bool:
    """`2`, `>=2`, `<2` and so on."""
    operator = condition[: len(condition) - len(condition.lstrip("<>="))]
    bound = int(condition[len(operator) :])
    return {">=": number >= bound, "<=": number <= bound, ">": number > bound, "<": number < bound}.get(
        operator, number == bound
    )


def health_of(cluster, found: dict) -> dict:
    """API: cluster health. A replica has no node to be on."""
    unassigned = sum(index.replicas for index in found.values())
    active = len(found)
    primaries = {"unassigned_primary_shards": 0} if cluster.version.since(8) else {}
    percent = 100.0 * active / (active + unassigned) if active else 100.0
    return {
        "cluster_name": cluster.name,
        "status": "yellow" if unassigned else "green",
        "timed_out": False,
        "number_of_nodes": 1,
        "number_of_data_nodes": 1,
        "active_primary_shards": active,
        "active_shards": active,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": unassigned,
        **primaries,
        "delayed_unassigned_shards": 0,
        "number_of_pending_tasks": 0,
        "number_of_in_flight_fetch": 0,
        "task_max_waiting_in_queue_millis": 0,
        "active_shards_percent_as_number": percent,
    }


async def state(request: Request) -> dict:
    for name in ("local", "flat_settings"):
        request.flag(name, False)
    request.duration("master_timeout", THIRTY_SECONDS)
    options = index_requests.read_options(request)
    names = index_requests.names(request)
    metrics = request.parts.get("metric", "_all").split(",")
    request.ready(STATE)
    for metric in metrics:
        if metric not in (*METRICS, "_all"):
            raise errors.illegal_argument(f"request [{request.path}] contains unrecognized metric: [{metric}]")
    cluster = request.cluster
    parts = {
        "version": {"version": cluster.allocations.last, "state_uuid": cluster.uuid},
        "master_node": {"master_node": cluster.node},
        "blocks": {"blocks": {}},
        "nodes": {"nodes": {cluster.node: nodes.document(cluster, all_attributes=True)}},
        "metadata": {"metadata": metadata(cluster, indices.resolve(cluster, names, options))},
    }
    chosen = [part for name, part in parts.items() if name in metrics or "_all" in metrics]
    own = {"cluster_name": cluster.name, "cluster_uuid": cluster.uuid}
    return {name: value for part in (own, *chosen) for name, value in part.items()}


def metadata(cluster, found: dict) -> dict:
    tasks = persistent.running(cluster)
    described = {name: index_api.described(cluster, name, index) for name, index in found.items()}
    return {
        "cluster_uuid": cluster.uuid,
        "templates": {},
        "indices": {name: {"state": "open", **members} for name, members in described.items()},
        "persistent_tasks": {
            "last_allocation_id": cluster.allocations.last,
            "tasks": [task.document(cluster) for task in tasks],
        },
    }


async def get_settings(request: Request) -> dict:
    for name in ("include_defaults", "flat_settings"):
        request.flag(name, False)
    index_requests.read_acknowledgement(request)
    request.ready(GET_SETTINGS)
    return {scope: index_api.nested(request.cluster.settings.get(scope, {})) for scope in SCOPES}


async def put_settings(request: Request) -> dict:
    """Raises ApiError 400."""
    request.flag("flat_settings", False)
    index_requests.read_acknowledgement(request)
    body = index_requests.body(request)
    request.check_parameters()
    given = {scope: index_api.flat_settings(body.get(scope) or {}) for scope in SCOPES}
    if not any(given.values()):
        reason = "Validation Failed: 1: no settings to update;"
        raise errors.ApiError(400, "action_request_validation_exception", reason)
    request.authorize(UPDATE_SETTINGS)
    with as_reply():
        for settings in given.values():
            maximum_memory(settings.get(nodes.MAXIMUM_MEMORY))
    for scope, settings in given.items():
        keep_settings(request.cluster.settings.setdefault(scope, {}), settings)
    shown = {scope: {name: value for name, value in given[scope].items() if value is not None} for scope in SCOPES}
    return {"acknowledged": True, **{scope: index_api.nested(shown[scope]) for scope in SCOPES}}


def keep_settings(kept: dict[str, str], given: dict[str, str | None]) -> None:
    """What is given as null, also by a pattern, goes back to its default."""
    for name, value in given.items():
        if value is not None:
            kept[name] = value
            continue
        for unset in fnmatch.filter(kept, name):
            del kept[unset]
