# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_clear_cache` of users, roles, privileges, keys and tokens: there are no caches, and so nothing goes wrong."""

from simulator.rest import Request

AREA = "cluster:admin/xpack/security/"
CACHES = (
    ("/_security/realm/{realms}/_clear_cache", "realm/cache/clear", (0,)),
    ("/_security/role/{name}/_clear_cache", "roles/cache/clear", (0,)),
    ("/_security/privilege/{application}/_clear_cache", "privilege/cache/clear", (7, 10)),
    ("/_security/api_key/{ids}/_clear_cache", "api_key/cache/clear", (7, 10)),
    (
        "/_security/service/{namespace}/{service}/credential/token/{name}/_clear_cache",
        "service_account/token/cache/clear",
        (7, 13),
    ),
)


def register(router) -> None:
    for template, action, since in CACHES:
        router.add("POST", template, clearing(AREA + action), since=since)


def clearing(action: str):
    async def clear(request: Request) -> dict:
        request.text("usernames")
        request.ready(action)
        cluster = request.cluster
        counts = {"total": 1, "successful": 1, "failed": 0}
        return {"_nodes": counts, "cluster_name": cluster.name, "nodes": {cluster.node: {"name": cluster.node_name}}}

    return clear
