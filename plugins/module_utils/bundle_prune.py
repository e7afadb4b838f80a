# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Removing what matches and isn't declared."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.mlops.elastic.plugins.module_utils.bundle_kinds import KINDS
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Plan, arrange
from ansible_collections.mlops.elastic.plugins.module_utils.states import planned_items


def plans(cluster, pruned, declarations, params):
    """Return for each pruned kind the Plan that removes what expressions mean and nobody declares.

    :arg pruned: option to expressions
    :arg declarations: option to what is declared by id
    :raises MlError: nothing was changed
    """
    return {
        kind: _plan(kind, cluster, pruned[kind.RESULT], declarations[kind.RESULT], _absent(kind, params))
        for kind in KINDS
        if kind.RESULT in pruned
    }


def _absent(kind, params):
    """Return the options of the kind's own module with C(state: absent)."""
    defaults = {name: rule.get("default") for name, rule in kind.argument_spec().items()}
    return dict(defaults, **dict(params, state="absent"))


def _plan(kind, cluster, tokens, declarations, params):
    observed, _missing = kind.observe(cluster, tokens, params)
    items = [item for id, item in observed.items() if id not in declarations]
    for item in items:
        item.kind = kind.RESULT
        item.facts["pruned"] = True
    kind.detail(cluster, [item for item in items if not kind.is_settled(item, params)], params)
    plan = arrange(planned_items(items, lambda item: kind.plan_item(item, params)), kind.ACTIONS)
    return Plan(plan.items, [replace(step, action=_bound(step.action, params)) for step in plan.steps], plan.actions)


def _bound(action, params):
    """Return an action that is carried out with these options, whatever those of the rest of the plan are."""
    return replace(
        action,
        look=lambda cluster, ids, _params=None: action.look(cluster, ids, params),
        query=lambda _params, insist: action.query(params, insist),
        settled=lambda reply, _params: action.settled(reply, params),
        detached=lambda _params: action.detached(params),
    )
