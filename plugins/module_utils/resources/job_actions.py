# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""The API calls on anomaly detection jobs: their parameters, and how the end of each is recognised."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import flush, looks
from ansible_collections.mlops.elastic.plugins.module_utils.actions import Action
from ansible_collections.mlops.elastic.plugins.module_utils.collection import DATAFEEDS, JOBS
from ansible_collections.mlops.elastic.plugins.module_utils.resources import shared_actions


def _annotations(params):
    return {"delete_user_annotations": "true"} if params["delete_user_annotations"] else {}


def _delete_query(params, insist):
    return dict(shared_actions.force(params), wait_for_completion="true" if insist else "false", **_annotations(params))


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
    opening = shared_actions.passing(JOBS, "opening", "opened")
    closing = shared_actions.passing(JOBS, "closing", "closed")
    deleting = {
        "look": looks.job_blocks,
        "going": frozenset(["deleting"]),
        "done": frozenset(["missing"]),
        "noun": JOBS.noun,
    }
    flushing = {
        "method": "POST",
        "path": path + "/_flush",
        "look": opening["look"],
        "done": frozenset(),
        "meanwhile": frozenset(["opening"]),
        "broken": frozenset(["failed", "closed"]),
        "noun": JOBS.noun,
    }
    return (
        shared_actions.stop(
            DATAFEEDS, "stop_datafeed", done=frozenset(["stopped", "missing"]), noun="", subjects_of=running
        ),
        Action(
            "await_unblocked",
            look=looks.job_blocks,
            done=frozenset(["free"]),
            going=frozenset(["resetting", "reverting"]),
            noun=JOBS.noun,
        ),
        Action("await_closed", **closing),
        Action(
            "close",
            method="POST",
            path=path + "/_close",
            bulk=True,
            query=shared_actions.force_and_timeout,
            settled=shared_actions.settled_unless_forced,
            **dict(closing, broken=frozenset()),
        ),
        Action(
            "open",
            method="POST",
            path=path + "/_open",
            meanwhile=frozenset(["closing"]),
            query=shared_actions.timeout_query,
            settled=shared_actions.settled_on_node,
            **opening,
        ),
        Action("await_opened", **opening),
        Action("flush_buffered", extras=flush.end_in("buffered_end"), moved=lambda item, extras: False, **flushing),
        Action(
            "flush",
            query=flush.query,
            extras=flush.end_in("last_finalized_bucket_end"),
            unneeded=flush.unneeded,
            moved=flush.moved,
            **flushing,
        ),
        Action(
            "reset",
            look=looks.job_contents,
            done=frozenset(["empty"]),
            going=frozenset(["resetting"]),
            method="POST",
            path=path + "/_reset",
            noun=JOBS.noun,
            query=_reset_query,
            settled=_acknowledged,
            detached=_detached,
            extras=_task,
        ),
        shared_actions.delete(DATAFEEDS, "delete_datafeed", noun="", subjects_of=datafeeds),
        Action(
            "delete",
            method="DELETE",
            path=path,
            query=_delete_query,
            meanwhile=frozenset(["resetting", "reverting"]),
            settled=_acknowledged,
            detached=_detached,
            extras=_task,
            **deleting,
        ),
        Action("await_deleted", detached=_detached, **deleting),
    )
