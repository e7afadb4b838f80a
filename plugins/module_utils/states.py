# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Work that brings what expressions name into a state of its table."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import expressions, targets
from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import dotted
from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, Refused
from ansible_collections.mlops.elastic.plugins.module_utils.plan import arrange
from ansible_collections.mlops.elastic.plugins.module_utils.report import Report


class States:
    """A Resource and the options of its module, with a state other than C(present)."""

    def __init__(self, resource, params):
        self.MODULE = resource.MODULE
        self.tokens = []
        self._resource = resource
        self._params = params

    def check(self):
        """Refuse what cannot be right whatever the server says.

        :raises BadOption:
        """
        resource, params = self._resource, self._params
        self.tokens = targets.parse(resource, params)
        if (
            params["state"] == "absent"
            and params["max_affected"] is None
            and any(expressions.is_all(token) for token in self.tokens)
        ):
            raise BadOption(
                resource.ID_OPTION,
                ",".join(self.tokens),
                f"with state: absent it would delete all {resource.PLURAL}",
                "Set max_affected to the number you expect to delete.",
            )
        resource.validate(params)

    def plan(self, cluster):
        """Observe, and return a Plan.

        :raises MlError: nothing was changed
        """
        resource, params = self._resource, self._params
        self._check_features(cluster)
        observed = resource.observe(cluster, self.tokens, params)
        items = targets.resolve(
            resource, params, self.tokens, cluster, observed, missing_is_fine=params["state"] == "absent"
        )
        resource.detail(cluster, [item for item in items.values() if not resource.is_settled(item, params)], params)
        planned = planned_items(items.values(), lambda item: resource.plan_item(item, params))
        plan = arrange(planned, resource.ACTIONS, self._lasting())
        check_number(plan, resource, params)
        return plan

    def examine(self, cluster, plan, check_mode):
        """Nothing more can be found out before the first write."""

    def report(self, plan):
        return Report(self._resource, self._params, plan, self.tokens)

    def _check_features(self, cluster):
        for feature, first in self._resource.features(self._params):
            version = cluster.version()
            if version and version < first:
                raise Refused(
                    f"{feature} needs Elasticsearch {dotted(first)} or later, and this server is {dotted(version)}; "
                    "nothing was changed",
                    type="unsupported_version",
                )

    def _lasting(self):
        """Return the expressions where sending them later cannot touch more than the plan, but what matches anew."""
        narrowed = self._params["exclude"] or self._params["max_affected"] is not None
        return () if narrowed else self.tokens


def planned_items(items, plan_item):
    """Return a list of ItemPlan.

    :arg plan_item: makes one of an item, or raises Refused
    :raises Refused: what was refused, all of it
    """
    planned, refusals = [], []
    for item in items:
        try:
            planned.append(plan_item(item))
        except Refused as refusal:
            refusals.append(refusal)
    if refusals:
        raise _joined(refusals)
    return planned


def check_number(plan, resource, params):
    """Refuse to change more than C(max_affected) items.

    :raises Refused:
    """
    most = params["max_affected"]
    if most is not None and len(plan.changed) > most:
        raise Refused(
            f"max_affected: {len(plan.changed)} of {len(plan.items)} {resource.PLURAL} would be changed "
            f"({named(entry.item.id for entry in plan.changed)}), and at most {most} may be; nothing was changed. "
            f"Narrow {resource.ID_OPTION}, or raise max_affected"
        )


def _joined(refusals):
    first = refusals[0]
    others = refusals[1:]
    more = f" (and {len(others)} more: {named(refusal.msg for refusal in others)})" if others else ""
    return Refused(f"{first.msg}{more}; nothing was changed", reason=first.reason, type=first.type, status=first.status)
