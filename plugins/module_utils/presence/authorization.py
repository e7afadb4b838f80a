# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Whose rights a datafeed or an analytics job runs with: an update stores those of who sends it (8.4 and later)."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request


def note(cluster, guarded):
    """Warn where an update would change the authorization that the server has stored.

    :arg guarded: triples: an item that is about to be changed, what it changes in words, the configuration of that
    :raises MlError: the server does not say who asks
    """
    stored = [(item, what, config["authorization"]) for item, what, config in guarded if config.get("authorization")]
    ours = _own(cluster) if stored else None
    for item, what, theirs in stored:
        if _comparable(theirs) != _comparable(ours):
            item.facts["consequences"] = {"authorization": (theirs, ours)}
            item.facts["warnings"].append(
                f"{what} runs with the rights of {_words(theirs)}, and this change makes that {_words(ours)}"
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
