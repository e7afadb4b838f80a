# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Data frame analytics jobs: states and actions."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.actions import Action
from ansible_collections.mlops.elastic.plugins.module_utils.collection import ANALYTICS
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption
from ansible_collections.mlops.elastic.plugins.module_utils.resource import FORCE, Resource
from ansible_collections.mlops.elastic.plugins.module_utils.resources import shared_actions

_RUNNING = ("starting", "started", "reindexing", "analyzing")


def _progress(stats):
    return [phase["progress_percent"] for phase in stats.get("progress") or []]


def is_finished(stats):
    """Tell whether an analysis ran to its end: stopped, and every phase at 100 percent (contract 4)."""
    percents = _progress(stats)
    return stats["state"] == "stopped" and bool(percents) and min(percents) == 100


def _progressing(cluster, ids, params):
    """Tell the present states; one that was started may have run to its end already."""
    stats = ANALYTICS.fetch_existing(cluster, ids, stats=True)
    return {id: "finished" if is_finished(stats[id]) else stats[id]["state"] for id in stats}


def _ends(cluster, ids, params):
    """Tell how analyses that were started go on.

    7.3 reports no progress of a stopped one, and then stopped is the end.
    """
    stats = ANALYTICS.fetch_existing(cluster, ids, stats=True)
    ended = {
        id for id in stats if is_finished(stats[id]) or (stats[id]["state"] == "stopped" and not _progress(stats[id]))
    }
    return {id: "finished" if id in ended else stats[id]["state"] for id in stats}


def _actions():
    noun = ANALYTICS.noun
    return (
        Action("await_stopped", **shared_actions.passing(ANALYTICS, "stopping", "stopped")),
        shared_actions.stop(ANALYTICS),
        Action(
            "start",
            look=_progressing,
            done=frozenset(["started", "reindexing", "analyzing", "finished"]),
            going=frozenset(["starting"]),
            meanwhile=frozenset(["stopping"]),
            method="POST",
            path=ANALYTICS.path + "/%s/_start",
            noun=noun,
            query=shared_actions.timeout_query,
            settled=shared_actions.settled_on_node,
        ),
        Action("await_finished", look=_ends, done=frozenset(["finished"]), going=frozenset(_RUNNING), noun=noun),
        shared_actions.delete(ANALYTICS, query=lambda params, insist: {}),
    )


def _row(running, **others):
    return dict(dict.fromkeys(_RUNNING, running), **others)


class Analytics(Resource):
    """C(ml_analytics)."""

    MODULE = "ml_analytics"
    SPEC = {"wait_for": {"type": "str", "choices": ["started", "finished"]}}
    COLLECTION = ANALYTICS
    ID_OPTION = "id"
    RESULT = "data_frame_analytics"
    PLURAL = "data frame analytics"
    ACTIONS = {action.name: action for action in _actions()}
    SHOWN = {"missing": "absent", "finished": "stopped"}
    ENDS = ("stopped", "absent")
    ENDED_BY_FORCE = {"await_stopped": "stop"}
    WORDS = {
        "started": ("start", "started", "started or finished"),
        "stopped": ("stop", "stopped", "stopped"),
        "absent": ("delete", "deleted", "absent"),
    }
    TABLE = {
        "started": _row(
            (), stopped=("start",), finished=(), stopping=("await_stopped", "start"), failed=(FORCE, "stop", "start")
        ),
        "stopped": _row(("stop",), stopped=(), finished=(), stopping=("await_stopped",), failed=(FORCE, "stop")),
        "absent": _row(
            ("stop", "delete"),
            stopped=("delete",),
            finished=("delete",),
            stopping=("await_stopped", "delete"),
            # not a forced delete, which servers before 7.7 refuse
            failed=(FORCE, "stop", "delete"),
            missing=(),
        ),
    }

    def validate(self, params):
        if params["wait_for"] is not None and params["state"] != "started":
            raise BadOption(
                "wait_for",
                params["wait_for"],
                "it belongs to state: started, and state is {}".format(params["state"]),
                "Remove it.",
            )

    def state_of(self, stats):
        return "finished" if is_finished(stats) else stats["state"]

    def is_settled(self, item, params):
        return super().is_settled(item, params) and not (self._waits(params) and item.state in _RUNNING)

    def actions_for(self, item, params):
        actions = super().actions_for(item, params)
        return (*actions, "await_finished") if self._waits(params) else actions

    def _waits(self, params):
        return params["wait_for"] == "finished"

    def state_after(self, item, actions, params):
        return "finished" if "await_finished" in actions else super().state_after(item, actions, params)

    def result_of(self, planned, outcome):
        stats = planned.item.facts.get("stats") or {}
        return {"failure_reason": stats["failure_reason"]} if stats.get("failure_reason") else {}
