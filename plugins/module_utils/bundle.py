# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Work that brings many kinds at once to what one declaration says of them: C(ml_bundle)."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import (
    bundle_declaration,
    bundle_feeds,
    bundle_order,
    bundle_prune,
    converge,
)
from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.bundle_kinds import KINDS, kind_spec
from ansible_collections.mlops.elastic.plugins.module_utils.bundle_report import BundleReport
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, Refused
from ansible_collections.mlops.elastic.plugins.module_utils.expressions import MAX_AFFECTED_SPEC
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item, Plan
from ansible_collections.mlops.elastic.plugins.module_utils.presence.presence import CHANGE_SPEC, RESTART_SPEC
from ansible_collections.mlops.elastic.plugins.module_utils.present import plan_of
from ansible_collections.mlops.elastic.plugins.module_utils.resource import RETURN_SPEC
from ansible_collections.mlops.elastic.plugins.module_utils.waiting import waiting_spec

MODULE = "ml_bundle"
_NOTHING = "; nothing was changed"
SPEC = dict(
    kind_spec({"type": "list", "elements": "dict"}),
    prune={"type": "dict", "options": kind_spec({"type": "list", "elements": "str"})},
    continue_on_error={"type": "bool", "default": False},
    **MAX_AFFECTED_SPEC,
    **CHANGE_SPEC,
    **RESTART_SPEC,
    **RETURN_SPEC,
    **waiting_spec("30m"),
)


def run(params, check_mode=False, on_wait=None):
    """Bring the cluster to what the options declare, and return the module's result.

    :arg params: the module's options, complete
    :raises MlError: with everything that had been done in its C(result)
    """
    params = dict(params, state="present")
    return converge.carry_out(Bundle(params), params, check_mode, on_wait)


class Bundle:
    """Declarations of several kinds, and the options of the module."""

    MODULE = MODULE

    def __init__(self, params):
        self.tokens = ()
        self._params = params
        self._declared = {}
        self._pruned = {}
        self._present = {}
        self._absent = {}

    def check(self):
        """Refuse what cannot be right whatever the server says.

        :raises BadOption:
        """
        most = self._params["max_affected"]
        if most is not None and most < 0:
            raise BadOption("max_affected", most, "it is below 0", "Give the largest number of items to change.")
        self._declared = bundle_declaration.declared(self._params)
        self._pruned = bundle_declaration.pruned(self._params, self._declared)

    def plan(self, cluster):
        """Observe, compare, and return the Plan of all kinds.

        :raises MlError: nothing was changed
        """
        present = self._present_plans(cluster)
        absent = bundle_prune.plans(cluster, self._pruned, self._declared, self._params)
        self._present, self._absent = present, absent
        in_the_way = bundle_feeds.check(cluster, present, absent)
        plan = Plan(
            [entry for plans in (present, absent) for plan in plans.values() for entry in plan.items],
            bundle_order.steps(present, absent, in_the_way),
            {},
            needs=bundle_order.needs(present),
            stops=not self._params["continue_on_error"],
        )
        self._check_number(plan)
        return plan

    def examine(self, cluster, plan, check_mode):
        """Have the server judge what is about to be sent.

        :raises MlError: the server refuses it
        """
        for kind, part in self._present.items():
            kind.PRESENCE.examine(cluster, part.changed, check_mode)

    def report(self, plan):
        parts = [(kind, plan, False) for kind, plan in self._present.items()]
        return BundleReport(self._params, parts + [(kind, plan, True) for kind, plan in self._absent.items()])

    def _present_plans(self, cluster):
        plans, refusals = {}, []
        for kind in KINDS:
            if kind.RESULT in self._declared:
                try:
                    plans[kind] = self._plan_of(kind, cluster)
                except Refused as refusal:
                    refusals.append(refusal)
        if refusals:
            first = refusals[0]
            first.msg = f"{'. '.join(refusal.msg.removesuffix(_NOTHING) for refusal in refusals)}{_NOTHING}"
            raise first
        return plans

    def _plan_of(self, kind, cluster):
        declarations = self._declared[kind.RESULT]
        observed = kind.PRESENCE.observe_ids(cluster, list(declarations))
        items = {id: observed.get(id) or Item(id, "missing") for id in declarations}
        for item in items.values():
            item.kind = kind.RESULT
        return plan_of(kind.PRESENCE, cluster, items, declarations, self._params)

    def _check_number(self, plan):
        most = self._params["max_affected"]
        if most is not None and len(plan.changed) > most:
            raise Refused(
                f"max_affected: {len(plan.changed)} items would be changed "
                f"({named(entry.item.key for entry in plan.changed)}), and at most {most} may be; nothing was changed. "
                "Narrow what is declared or pruned, or raise max_affected"
            )
