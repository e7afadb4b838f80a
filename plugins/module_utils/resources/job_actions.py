# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The API calls on anomaly detection jobs: their parameters, and how the end of each is recognised."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import flush, looks
from ansible_collections.mlops.elastic.plugins.module_utils.actions import Action
from ansible_collections.mlops.elastic.plugins.module_utils.collection import DATAFEEDS, JOBS

_STATES = looks.live_states(JOBS)


def _force(params):
    return {"force": "true"} if params["force"] else {}


def _close_query(params, insist):
    return dict(_force(params), timeout=params["timeout"])


def _annotations(params):
    return {"delete_user_annotations": "true"} if params["delete_user_annotations"] else {}


def _delete_query(params, insist):
    return dict(_force(params), wait_for_completion="true" if insist else "false", **_annotations(params))


def _reset_query(params, insist):
    waits = insist or params["wait_for_completion"]
    return dict(_annotations(params), wait_for_completion="true" if waits else "false")


def _task(reply):
    return {"task": reply["task"]} if "task" in reply else {}


def _acknowledged(reply, params):
    return bool(reply.get("acknowledged"))


def _detached(params):
    return not params["wait_for_completion"]


def running(item):
    """Return the ids of an item's datafeeds that are not stopped."""
    return [id for id, state in item.facts.get("datafeeds", {}).items() if state != "stopped"]


def datafeeds(item):
    """Return the ids of an item's datafeeds."""
    return list(item.facts.get("datafeeds", {}))


def actions():
    """Return the actions in the order in which steps are carried out."""
    path = JOBS.path + "/%s"
    opening = {"look": _STATES, "done": frozenset(["opened"]), "going": frozenset(["opening"]), "noun": "job"}
    closing = {"look": _STATES, "done": frozenset(["closed"]), "going": frozenset(["closing"]), "noun": "job"}
    flushing = {"look": _STATES, "done": frozenset(), "broken": frozenset(["failed", "closed"]), "noun": "job"}
    deleting = {
        "look": looks.job_blocks,
        "done": frozenset(["missing"]),
        "going": frozenset(["deleting"]),
        "noun": "job",
    }
    return (
        Action(
            "stop_datafeed",
            "stopped datafeed",
            looks.live_states(DATAFEEDS),
            done=frozenset(["stopped", "missing"]),
            going=frozenset(["stopping"]),
            method="POST",
            path=DATAFEEDS.path + "/%s/_stop",
            noun="",
            bulk=True,
            query=_close_query,
            settled=lambda reply, params: not params["force"],
            subjects_of=running,
        ),
        Action(
            "await_unblocked",
            "waited",
            looks.job_blocks,
            done=frozenset(["free"]),
            going=frozenset(["resetting", "reverting"]),
            noun="job",
        ),
        Action("await_closed", "waited", **closing),
        Action(
            "close",
            "closed",
            method="POST",
            path=path + "/_close",
            bulk=True,
            query=_close_query,
            settled=lambda reply, params: not params["force"],
            **dict(closing, broken=frozenset()),
        ),
        Action(
            "open",
            "opened",
            method="POST",
            path=path + "/_open",
            query=lambda params, insist: {"timeout": params["timeout"]},
            settled=lambda reply, params: reply.get("node") != "",
            **opening,
        ),
        Action("await_opened", "waited", **opening),
        Action(
            "flush_buffered",
            "flushed",
            method="POST",
            path=path + "/_flush",
            extras=flush.end_in("buffered_end"),
            moved=lambda item, extras: False,
            **flushing,
        ),
        Action(
            "flush",
            "flushed",
            method="POST",
            path=path + "/_flush",
            query=flush.query,
            extras=flush.end_in("last_finalized_bucket_end"),
            unneeded=flush.unneeded,
            moved=flush.moved,
            **flushing,
        ),
        Action(
            "reset",
            "reset",
            looks.job_contents,
            done=frozenset(["empty"]),
            going=frozenset(["resetting"]),
            method="POST",
            path=path + "/_reset",
            noun="job",
            query=_reset_query,
            settled=_acknowledged,
            detached=_detached,
            extras=_task,
        ),
        Action(
            "delete_datafeed",
            "deleted datafeed",
            looks.existence(DATAFEEDS),
            done=frozenset(["missing"]),
            method="DELETE",
            path=DATAFEEDS.path + "/%s",
            query=lambda params, insist: _force(params),
            subjects_of=datafeeds,
        ),
        Action(
            "delete",
            "deleted",
            method="DELETE",
            path=path,
            query=_delete_query,
            settled=_acknowledged,
            detached=_detached,
            extras=_task,
            **deleting,
        ),
        Action("await_deleted", "waited", detached=_detached, **deleting),
    )
