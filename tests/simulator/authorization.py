# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`authorization` of datafeeds and analyses: on whose behalf they read (8.4)."""

from simulator.rest import Request
from simulator.security.principals import SERVICE_ACCOUNTS


def of(request: Request) -> dict:
    """The member that a request to put or update leaves in a configuration; nothing without security."""
    user = request.user
    if user is None or not request.version.since(8, 4):
        return {}
    if user.api_key_id is not None:
        shown = {name: user.credential["api_key"][name] for name in ("id", "name")}
        return {"authorization": {"api_key": shown}}
    if user.realm is SERVICE_ACCOUNTS:
        return {"authorization": {"service_account": user.name}}
    return {"authorization": {"roles": list(user.roles)}}
