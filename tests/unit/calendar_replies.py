# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What replies about calendars and their events say, in short."""


def names(reply, kind: str, name: str):
    """Of each item its name, or the status and reason of a refusal."""
    body = reply.json()
    if "error" in body:
        return reply.status_code, body["error"]["reason"]
    return [each[name] for each in body[kind]]


def missing(expression):
    return 404, f"No calendar with id [{expression}]"
