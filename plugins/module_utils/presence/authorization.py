# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Whose rights a datafeed or an analytics job runs with: an update stores those of who sends it (8.4 and later).

Creating one needs rights on indices, besides C(manage_ml).
"""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request
from ansible_collections.mlops.elastic.plugins.module_utils.errors import Refused, ServerError


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


def rights_of_datafeed(id, config):
    """Return what creating a datafeed asks for, as require() takes it (TransportPutDatafeedAction)."""
    return f"datafeed {id}", {name: ["indices:data/read/search"] for name in config["indices"]}


def rights_of_analytics(id, config):
    """Return what creating an analytics job asks for (TransportPutDataFrameAnalyticsAction)."""
    source = {name: ["read"] for name in config["source"]["index"]}
    return f"data frame analytics {id}", {**source, config["dest"]["index"]: ["read", "create_index", "index"]}


def require(cluster, creations, check_mode):
    """Refuse to delete what could not be created again (API: has privileges); in check mode that is a warning.

    :arg creations: list of triples: an item, what of it is to be created again, in words; privileges by index
    :raises Refused: some are missing
    """
    if not creations or not cluster.names_itself:
        return
    granted = _granted(cluster, [rights for _item, _what, rights in creations])
    for item, what, rights in creations:
        lacking = [name for name, asked in rights.items() if not all(granted.get(name, {}).get(one) for one in asked)]
        if granted and lacking:
            said = (
                f"{what} has to be created again, and the user lacks privileges on {', '.join(lacking)}: "
                f"{', '.join(rights[lacking[0]])}"
            )
            if not check_mode:
                raise Refused(said, type="security_exception", status=403)
            item.facts["warnings"].append(said)


def _granted(cluster, wanted):
    """Return privileges by index that the user has of those that are wanted; empty without security."""
    asked = [{"names": [name], "privileges": privileges} for rights in wanted for name, privileges in rights.items()]
    question = Request(
        "POST",
        "/_security/user/_has_privileges",
        purpose="ask which privileges on indices there are",
        body={"index": asked},
        reads=True,
    )
    try:
        return cluster.send(question).get("index", {})
    except ServerError:  # there is no such API
        return {}


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
