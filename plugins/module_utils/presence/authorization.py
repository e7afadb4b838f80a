# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Whose rights a datafeed or an analytics job runs with: an update stores those of who sends it (8.4 and later)."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request


def note(cluster, items, noun):
    """Warn of items whose update would change the authorization that the server has stored.

    :arg items: items that exist and are about to be changed
    :raises MlError: the server does not say who asks
    """
    guarded = [item for item in items if item.facts.get("config", {}).get("authorization")]
    if not guarded:
        return
    ours = _own(cluster)
    for item in guarded:
        stored = item.facts["config"]["authorization"]
        if _comparable(stored) != _comparable(ours):
            item.facts["consequences"] = {"authorization": (stored, ours)}
            item.facts["warnings"].append(
                f"{noun} {item.id}: it runs with the rights of {_words(stored)}, and the update makes that "
                f"{_words(ours)}"
            )


def _own(cluster):
    """Return the authorization that the server stores for whoever asks (API: authenticate)."""
    reply = cluster.send(Request("GET", "/_security/_authenticate", purpose="read who asks", expects="username"))
    if reply.get("api_key"):
        return {"api_key": {name: reply["api_key"].get(name) for name in ("id", "name")}}
    if reply.get("token", {}).get("type", "").startswith("_service_account"):
        return {"service_account": reply["username"]}
    return {"roles": sorted(reply.get("roles") or [])}


def _comparable(authorization):
    return dict(authorization, roles=sorted(authorization.get("roles") or []))


def _words(authorization):
    if "api_key" in authorization:
        return f"API key {authorization['api_key'].get('name')}"
    if "service_account" in authorization:
        return f"service account {authorization['service_account']}"
    return f"roles {', '.join(authorization['roles']) or 'none'}"
