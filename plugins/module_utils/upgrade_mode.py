# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Upgrade mode of a cluster: a switch, and the time until all that runs has left its nodes."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.mlops.elastic.plugins.module_utils import converge
from ansible_collections.mlops.elastic.plugins.module_utils.actions import Action
from ansible_collections.mlops.elastic.plugins.module_utils.apply import Outcome
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request
from ansible_collections.mlops.elastic.plugins.module_utils.collection import ANALYTICS, DATAFEEDS, JOBS
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item, ItemPlan, arrange
from ansible_collections.mlops.elastic.plugins.module_utils.report import listed
from ansible_collections.mlops.elastic.plugins.module_utils.waiting import waiting_spec

MODULE = "ml_upgrade_mode"
_SWITCH = "upgrade mode"
_WHERE_IT_RUNS = [replace(kind, stats_fields=(kind.id_key, "node.id")) for kind in (JOBS, DATAFEEDS, ANALYTICS)]

TABLE = {
    "enabled": {"disabled": ("enable",), "enabling": ("await_enabled",), "enabled": ()},
    "disabled": {"disabled": (), "enabling": ("disable",), "enabled": ("disable",)},
}
"""Wanted state to observed state to names of actions."""

_VERBS = {"enabled": "enable", "disabled": "disable"}

SPEC = {
    "state": {"type": "str", "choices": list(TABLE), "required": True},
    **{name: rule for name, rule in waiting_spec("1m").items() if name != "force"},
}


def run(params, check_mode=False, on_wait=None):
    """Bring the cluster into or out of upgrade mode, and return the module's result.

    :arg params: the module's options, complete
    :raises MlError: with everything that had been done in its C(result)
    """
    return converge.carry_out(UpgradeMode(params), params, check_mode, on_wait)


class UpgradeMode:
    """The one switch of a cluster, and the options of the module."""

    MODULE = MODULE

    def __init__(self, params):
        self.tokens = ()
        self._params = params

    def check(self):
        """Whatever the options say can be right."""

    def plan(self, cluster):
        """Observe, and return a Plan.

        :raises MlError: nothing was changed
        """
        wanted = self._params["state"]
        state = _look(cluster, [_SWITCH], self._params)[_SWITCH]
        names = TABLE[wanted][state]
        changes = any(ACTIONS[name].method for name in names)
        return arrange([ItemPlan(Item(_SWITCH, state), names, wanted, changes)], ACTIONS)

    def examine(self, cluster, plan, check_mode):
        """Nothing more can be found out before the first write."""

    def report(self, plan):
        return SwitchReport(plan.items[0])


class SwitchReport:
    """Turns what became of the switch into the module's result."""

    def __init__(self, planned):
        self._planned = planned

    def predicted(self, requests):
        """Return the result of check mode: what the plan says."""
        return self._result(self._planned.state, self._planned.changes, requests, would=True)

    def achieved(self, outcomes, requests):
        """Return the result of a run, finished or not."""
        outcome = outcomes[_SWITCH]
        changed = any(ACTIONS[name].method for name in outcome.actions)
        return self._result(self._state_after(outcome), changed, requests)

    def failure(self, errors, result):
        """Return the error of a run that failed, with everything that was done."""
        errors[0].result = result
        return errors[0]

    def _state_after(self, outcome: Outcome):
        if not outcome.error:
            return self._planned.state
        return outcome.state or ("unknown" if outcome.doubtful else self._planned.item.state)

    def _result(self, state, changed, requests, would=False):
        before, after = _is_on(self._planned.item.state), _is_on(state)
        return {
            "changed": changed,
            "msg": self._sentence(would),
            "upgrade_mode_before": before,
            "upgrade_mode": after,
            "requests": listed(requests),
            "diff": {
                "before": {"upgrade_mode": before} if changed else {},
                "after": {"upgrade_mode": after} if changed else {},
            },
        }

    def _sentence(self, would):
        wanted = self._planned.state
        if self._planned.changes:
            return f"would {_VERBS[wanted]} {_SWITCH}" if would else f"{wanted} {_SWITCH}"
        if not self._planned.actions:
            return f"{_SWITCH} was {wanted} already"
        return f"{_SWITCH} was {wanted} already; {'would wait' if would else 'waited'} until nothing ran on any node"


def _is_on(state):
    """Return what C(GET _ml/info) says in a state; None where nobody knows."""
    return None if state == "unknown" else state != "disabled"


def _look(cluster, subjects, params):
    """Tell the state of the switch; C(enabling) as long as a node still runs something (API: ml info, statistics).

    A server whose wait was cut short answers at once when it is asked again, whatever still runs.
    """
    request = Request(
        "GET", "/_ml/info", {"filter_path": "upgrade_mode"}, purpose=f"read {_SWITCH}", expects="upgrade_mode"
    )
    if not cluster.send(request)["upgrade_mode"]:
        return dict.fromkeys(subjects, "disabled")
    is_under_way = params["state"] == "enabled" and any(_runs(cluster, kind) for kind in _WHERE_IT_RUNS)
    return dict.fromkeys(subjects, "enabling" if is_under_way else "enabled")


def _runs(cluster, kind):
    return any("node" in stats for stats in kind.fetch(cluster, ["_all"], stats=True)[0].values())


def _row(name, done, **changes):
    return Action(name, look=_look, done=frozenset([done]), going=frozenset(["enabling"]), **changes)


def _request(enabled):
    return {
        "method": "POST",
        "path": "/_ml/set_upgrade_mode%.0s",  # no id in it
        "query": lambda params, insist: {"enabled": enabled, "timeout": params["timeout"]},
    }


ACTIONS = {
    action.name: action
    for action in (
        _row("await_enabled", "enabled"),
        _row("enable", "enabled", **_request("true")),
        _row("disable", "disabled", **_request("false")),
    )
}
