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
    request.duration("timeout", 30_000)
    request.ready(SET)
    request.cluster.upgrade_mode = enabled
    request.cluster.clock.notify()
    return {"acknowledged": True}


def require_allowed(cluster, action: str) -> None:
    if (
        cluster.upgrade_mode
        and cluster.version.since(7, 10)
        and action in (FORBIDDEN_SINCE_8 if cluster.version.since(8) else FORBIDDEN)
    ):
        raise errors.upgrade_mode(action)
