# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_cat/health`."""

from datetime import UTC, datetime

from simulator import cat_table, cluster_api, indices
from simulator.cat_columns import member
from simulator.cat_table import Column
from simulator.rest import Reply, Request

COLUMNS = tuple(
    Column(name, description, member(path), aliases, is_default=True, since=since)
    for name, path, aliases, description, since in (
        ("epoch", "epoch", ("t", "time"), "seconds since 1970-01-01 00:00:00", (0,)),
        ("timestamp", "timestamp", ("ts", "hms", "hhmmss"), "time in HH:MM:SS", (0,)),
        ("cluster", "cluster_name", ("cl",), "cluster name", (0,)),
        ("status", "status", ("st",), "health status", (0,)),
        ("node.total", "number_of_nodes", ("nt", "nodeTotal"), "total number of nodes", (0,)),
        ("node.data", "number_of_data_nodes", ("nd", "nodeData"), "number of nodes that can store data", (0,)),
        ("shards", "active_shards", ("t", "sh", "shards.total"), "total number of shards", (0,)),
        ("pri", "active_primary_shards", ("p", "shards.primary"), "number of primary shards", (0,)),
        ("relo", "relocating_shards", ("r", "shards.relocating"), "number of relocating nodes", (0,)),
        ("init", "initializing_shards", ("i", "shards.initializing"), "number of initializing nodes", (0,)),
        ("unassign", "unassigned_shards", ("u", "shards.unassigned"), "number of unassigned shards", (0,)),
        (
            "unassign.pri",
            "unassigned_primary_shards",
            ("up", "shards.unassigned.primary"),
            "number of unassigned primary shards",
            (8, 0),
        ),
        ("pending_tasks", "number_of_pending_tasks", ("pt", "pendingTasks"), "number of pending tasks", (0,)),
        ("max_task_wait_time", "longest_wait", ("mtwt",), "wait time of longest task pending", (0,)),
        ("active_shards_percent", "percent", ("asp",), "active number of shards in percent", (0,)),
    )
)


def register(router) -> None:
    router.add("GET", "/_cat/health", cat_health)


async def cat_health(request: Request) -> Reply:
    known = [column for column in COLUMNS if request.version.since(*column.since)]
    if cat_table.read_parameters(request):
        request.check_parameters()
        return cat_table.described(known)
    shows_times = request.flag("ts", True)
    request.ready(cluster_api.HEALTH)
    cluster = request.cluster
    found = cluster_api.health_of(cluster, indices.known(cluster))
    now = datetime.fromtimestamp(cluster.now() // 1000, UTC)
    row = {
        **found,
        "epoch": cluster.now() // 1000,
        "timestamp": f"{now:%H:%M:%S}",
        "longest_wait": "-",
        "percent": f"{found['active_shards_percent_as_number']:.1f}%",
    }
    shown = known if shows_times else known[2:]
    return cat_table.rendered(request, shown, [row])
