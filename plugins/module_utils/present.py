# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Work that brings the configuration of what expressions name to what is declared: C(state: present)."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils import targets
from ansible_collections.mlops.elastic.plugins.module_utils.plan import arrange
from ansible_collections.mlops.elastic.plugins.module_utils.present_report import PresentReport
from ansible_collections.mlops.elastic.plugins.module_utils.states import check_number, planned_items


class Present:
    """A Resource that has a Presence, and the options of its module.

    What does not exist is created, wildcards and groups mean what exists.
    """

    def __init__(self, resource, params):
        self.MODULE = resource.MODULE
        self.tokens = []
        self._resource = resource
        self._presence = resource.PRESENCE
        self._params = params

    def check(self):
        """Refuse what cannot be right whatever the server says.

        :raises BadOption:
        """
        self.tokens = targets.parse(self._resource, self._params)
        self._resource.validate(self._params)

    def plan(self, cluster):
        """Observe, compare, and return a Plan.

        :raises MlError: nothing was changed
        """
        resource, params = self._resource, self._params
        observed = self._presence.observe(cluster, self.tokens)
        items = targets.resolve(resource, params, self.tokens, cluster, observed, missing_is_fine=True)
        declared = self._presence.CONFIG.declared(params)
        plan = plan_of(self._presence, cluster, items, dict.fromkeys(items, declared), params)
        check_number(plan, resource, params)
        return plan

    def examine(self, cluster, plan, check_mode):
        """Have the server judge what is about to be sent.

        :raises MlError: the server refuses it
        """
        self._presence.examine(cluster, plan.changed, check_mode)

    def report(self, plan):
        return PresentReport(self._resource, self._params, plan, self.tokens)


def plan_of(presence, cluster, items, declarations, params):
    """Return the Plan that brings items to what is declared of them.

    :arg items: dict of id to Item
    :arg declarations: dict of id to configuration as declared
    :raises MlError: nothing was changed
    """
    for id, item in items.items():
        presence.compare(item, declarations[id])
    presence.detail(cluster, [item for item in items.values() if not presence.is_settled(item)], params)
    planned = planned_items(items.values(), lambda item: presence.plan_item(item, params))
    return arrange(planned, presence.actions(items, params))
