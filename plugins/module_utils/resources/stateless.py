# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Resources that are there or not: nothing of them runs, so that nothing is stopped, waited for, or forced."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item
from ansible_collections.mlops.elastic.plugins.module_utils.resource import Resource
from ansible_collections.mlops.elastic.plugins.module_utils.resources import shared_actions


def actions(collection):
    """Return the actions of a state table that only deletes."""
    delete = shared_actions.delete(collection, query=lambda params, insist: {})
    return {delete.name: delete}


class Stateless(Resource):
    """Base of calendars and filters."""

    TABLE = {"absent": {"present": ("delete",), "missing": ()}}
    WORDS = {"absent": ("delete", "deleted", "absent")}

    def argument_spec(self):
        return {name: rule for name, rule in super().argument_spec().items() if name != "force"}

    def observe(self, cluster, tokens, params):
        documents, missing = self.COLLECTION.fetch(cluster, tokens)
        return {id: Item(id, "present") for id in documents}, missing

    def actions_for(self, item, params):
        return self.TABLE[params["state"]][item.state]
