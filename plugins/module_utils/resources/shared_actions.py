# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Rows of action tables, and parts of them, that several resources have alike."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import looks
from ansible_collections.mlops.elastic.plugins.module_utils.actions import Action


def force(params):
    return {"force": "true"} if params["force"] else {}


def force_query(params, insist):
    return force(params)


def force_and_timeout(params, insist):
    return dict(force(params), timeout=params["timeout"])


def timeout_query(params, insist):
    return {"timeout": params["timeout"]}


def settled_unless_forced(reply, params):
    """Tell whether a reply proves the end: a forced close or stop returns without waiting (contract 2.8, 3.5)."""
    return not params["force"]


def settled_on_node(reply, params):
    """Tell whether a reply proves the start: an empty node means that one is still awaited; 7.3 names none."""
    return reply.get("node") != ""


def passing(collection, going, done):
    """Return the part of a row that says how a state is passed on the way to another."""
    return {
        "look": looks.live_states(collection),
        "done": frozenset([done]),
        "going": frozenset([going]),
        "noun": collection.noun,
    }


def await_stopped(collection):
    """Return the row that waits for somebody else's stop."""
    return Action("await_stopped", **passing(collection, "stopping", "stopped"))


def stop(collection, name="stop", **changes):
    """Return the row of C(_stop), which takes a list of ids; what has failed is no obstacle to being stopped."""
    row = dict(
        passing(collection, "stopping", "stopped"),
        broken=frozenset(),
        method="POST",
        path=collection.path + "/%s/_stop",
        bulk=True,
        query=force_and_timeout,
        settled=settled_unless_forced,
    )
    return Action(name, **dict(row, **changes))


def start(collection, name="start", **changes):
    """Return the row of C(_start)."""
    row = dict(
        passing(collection, "starting", "started"),
        meanwhile=frozenset(["stopping"]),
        method="POST",
        path=collection.path + "/%s/_start",
        query=timeout_query,
        settled=settled_on_node,
    )
    return Action(name, **dict(row, **changes))


def delete(collection, name="delete", **changes):
    """Return the row of a deletion that answers when it is done."""
    row = {
        "look": looks.existence(collection),
        "done": frozenset(["missing"]),
        "method": "DELETE",
        "path": collection.path + "/%s",
        "noun": collection.noun,
        "query": force_query,
    }
    return Action(name, **dict(row, **changes))
