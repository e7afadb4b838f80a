# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Filters as declared: one update adds and removes items."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.configs.filter import FilterConfig
from ansible_collections.mlops.elastic.plugins.module_utils.listed import FILTERS
from ansible_collections.mlops.elastic.plugins.module_utils.presence.presence import Presence


class FilterPresence(Presence):
    """C(ml_filter) with C(state: present); everything can be changed in place."""

    CONFIG = FilterConfig()
    COLLECTION = FILTERS
    RESULT = "filters"
    PLURAL = "filters"

    def argument_spec(self):
        return dict(self.CONFIG.SPEC)

    def update(self, items, **changes):
        """The reply has the filter: what somebody else has added meanwhile is seen in it."""

        def settled(reply, params):
            return self._compared(items[reply["filter_id"]], reply) == "as declared"

        return super().update(items, settled=settled, **changes)

    def _compared(self, item, config):
        """Tell whether a filter is as declared; an update that is sent again removes only what is still there."""
        differences = self.CONFIG.differences(item.id, item.facts["declared"], config)
        if differences and item.state == "present":
            item.facts["body"] = self.CONFIG.update_body(item.id, item.facts["declared"], config, differences)
        return "different" if differences else "as declared"
