# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`GET _license`, and the root of what an unpaid licence allows."""

from simulator.rest import Request

GET = "cluster:monitor/xpack/license/get"
THIRTY_DAYS = 30 * 24 * 3600 * 1000


def register(router) -> None:
    router.add("GET", "/_license", get_license)


async def get_license(request: Request) -> dict:
    request.flag("local", False)
    if request.version.since(7, 10):
        request.flag("accept_enterprise", True)
    request.ready(GET)
    cluster = request.cluster
    is_expired = cluster.licence == "expired"
    licence = {
        "status": "expired" if is_expired else "active",
        "uid": cluster.uuid,
        "type": "platinum" if is_expired else cluster.licence,
        "issue_date_in_millis": cluster.started,
        "max_nodes": 1000,
        "issued_to": cluster.name,
        "issuer": "elasticsearch",
        "start_date_in_millis": -1,
    }
    if cluster.licence != "basic":
        licence["expiry_date_in_millis"] = cluster.started + (-THIRTY_DAYS if is_expired else THIRTY_DAYS)
    return {"license": licence}
