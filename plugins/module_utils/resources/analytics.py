# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Data frame analytics jobs: their states."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.collection import ANALYTICS
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption
from ansible_collections.mlops.elastic.plugins.module_utils.presence.analytics import AnalyticsPresence
from ansible_collections.mlops.elastic.plugins.module_utils.resource import FORCE, Resource
from ansible_collections.mlops.elastic.plugins.module_utils.resources import analytics_actions


def _row(running, **others):
    return dict(dict.fromkeys(analytics_actions.RUNNING, running), **others)


class Analytics(Resource):
    """C(ml_analytics)."""

    MODULE = "ml_analytics"
    PRESENCE = AnalyticsPresence()
    SPEC = {"wait_for": {"type": "str", "choices": ["started", "finished"]}}
    COLLECTION = ANALYTICS
    ID_OPTION = "id"
    RESULT = "data_frame_analytics"
    PLURAL = "data frame analytics"
    ACTIONS = {action.name: action for action in analytics_actions.actions()}
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
        super().validate(params)
        if params["wait_for"] is not None and params["state"] != "started":
            raise BadOption(
                "wait_for",
                params["wait_for"],
                "it belongs to state: started, and state is {}".format(params["state"]),
                "Remove it.",
            )

    def state_of(self, stats):
        return "finished" if analytics_actions.is_finished(stats) else stats["state"]

    def is_settled(self, item, params):
        return super().is_settled(item, params) and not (
            self._waits(params) and item.state in analytics_actions.RUNNING
        )

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
