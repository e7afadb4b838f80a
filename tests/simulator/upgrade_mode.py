# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upgrade mode: setting it, and what it forbids (MlUpgradeModeActionFilter, 7.10 and later)."""

from simulator import errors

SET = "cluster:admin/xpack/ml/upgrade_mode"
PREFIX = "cluster:admin/xpack/ml/"
FORBIDDEN = frozenset(
    PREFIX + name
    for name in (
        "job/put",
        "job/update",
        "job/delete",
        "job/open",
        "job/flush",
        "job/close",
        "job/persist",
        "job/data/post",
        "job/forecast",
        "job/forecast/delete",
        "job/model_snapshots/revert",
        "job/model_snapshots/update",
        "job/model_snapshots/delete",
        "job/model_snapshots/upgrade",
        "datafeeds/put",
        "datafeeds/update",
        "datafeeds/delete",
        "datafeed/start",
        "datafeed/stop",
        "filters/put",
        "filters/update",
        "filters/delete",
        "calendars/put",
        "calendars/delete",
        "calendars/jobs/update",
        "calendars/events/post",
        "calendars/events/delete",
        "delete_expired_data",
        "data_frame/analytics/put",
        "data_frame/analytics/delete",
        "data_frame/analytics/start",
        "data_frame/analytics/stop",
    )
)
FORBIDDEN_SINCE_8 = FORBIDDEN | {PREFIX + "data_frame/analytics/explain"}


def register(router) -> None:
    router.add("POST", "/_ml/set_upgrade_mode", set_upgrade_mode)


async def set_upgrade_mode(request) -> dict:
    enabled = request.flag("enabled", False)
    timeout = request.duration("timeout", 30_000)
    request.ready(SET)
    cluster = request.cluster
    if cluster.sets_upgrade_mode:
        raise errors.status_error(429, "Cannot change [upgrade_mode]. Previous request is still being processed.")
    if cluster.upgrade_mode != enabled:
        cluster.sets_upgrade_mode = True
        try:
            await _switch(cluster, enabled, timeout)
        finally:
            cluster.sets_upgrade_mode = False
    return {"acknowledged": True}


async def _switch(cluster, enabled: bool, timeout: int) -> None:
    """Sets the switch at once, and waits until no task has a node; later requests find it set and wait for nothing."""
    cluster.upgrade_mode = enabled
    cluster.tasks_have_nodes = True

    def leave() -> None:
        cluster.tasks_have_nodes = not cluster.upgrade_mode

    if enabled:
        cluster.after("cluster", "", "isolating", leave)
    cluster.clock.notify()
    if not await cluster.wait_until(lambda: not enabled or not cluster.tasks_have_nodes, timeout):
        raise errors.still_on_node(cluster.node, timeout)


def require_allowed(cluster, action: str) -> None:
    if (
        cluster.upgrade_mode
        and cluster.version.since(7, 10)
        and action in (FORBIDDEN_SINCE_8 if cluster.version.since(8) else FORBIDDEN)
    ):
        raise errors.upgrade_mode(action)
