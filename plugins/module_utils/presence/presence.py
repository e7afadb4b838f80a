# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""How a kind of resource comes to be as declared: what is read, what is done in which order, what is refused."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.mlops.elastic.plugins.module_utils import looks
from ansible_collections.mlops.elastic.plugins.module_utils.actions import Action
from ansible_collections.mlops.elastic.plugins.module_utils.cluster import Request
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import IMMUTABLE
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError, Refused
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item, ItemPlan

AS_DECLARED = frozenset(["as declared"])

CHANGE_SPEC = {
    "on_immutable_change": {"type": "str", "choices": ["fail", "recreate"], "default": "fail"},
}
RESTART_SPEC = {
    "restart": {"type": "str", "choices": ["when_required", "never", "always"], "default": "when_required"},
}


class Presence:
    """Base of the other files in C(presence/); enough for a kind that has no state.

    An item's facts are: C(declared) and C(config) (what the server has), C(differences), C(body) (what is to be sent),
    C(warnings), and what detail() adds.

    :cvar CONFIG: the Kind that compares configurations
    :cvar COLLECTION: where it lives
    :cvar RESULT: the key of the per-item results
    :cvar PLURAL: the kind in a sentence
    :cvar REQUIRED: options without which none can be created
    :cvar OPTIONS: options besides those of the configuration
    """

    CONFIG = None
    COLLECTION = None
    RESULT = None
    PLURAL = None
    REQUIRED = ()
    OPTIONS = {}

    def argument_spec(self):
        """Return the options that C(state: present) has of its own."""
        return dict(self.CONFIG.SPEC, **CHANGE_SPEC, **self.OPTIONS)

    def observe(self, cluster, tokens):
        """Return observed items by id, and the concrete tokens that do not exist."""
        configs, missing = self.COLLECTION.fetch(cluster, tokens, whole=True)
        return {id: self.item(id, config) for id, config in configs.items()}, missing

    def observe_ids(self, cluster, ids):
        """Return observed items by id, of those ids that exist."""
        configs = self.COLLECTION.fetch_existing(cluster, ids, whole=True)
        return {id: self.item(id, config) for id, config in configs.items()}

    def item(self, id, config):
        """Return the Item of an observed configuration."""
        state = "deleting" if looks.block_of(config) == "deleting" else "present"
        return Item(id, state, {"config": config})

    def compare(self, item, declared):
        """Note on an item what is declared, and where the server has it otherwise."""
        item.facts["declared"] = declared
        item.facts["warnings"] = []
        item.facts["differences"] = (
            self.CONFIG.differences(item.id, declared, item.facts["config"]) if item.state == "present" else []
        )

    def is_settled(self, item):
        """Tell whether an item is as declared."""
        return item.state == "present" and not item.facts["differences"]

    def detail(self, cluster, items, params):
        """Read what more is needed about items that are about to be changed; called before the first write.

        :raises MlError:
        """

    def examine(self, cluster, planned, check_mode):
        """Have the server judge what is about to be sent; only requests that change nothing.

        :raises MlError: the server refuses it
        """

    def objections(self, cluster, planned, verb, given=lambda id: {}):
        """Return (Item, MlError) for each item against which, as it would become, the server says something.

        :arg verb: the API that judges configurations, C(validate) or C(explain)
        :arg given: what that API wants besides the configuration, by id
        """
        replies = cluster.send_all([self._judging(entry.item, verb, given) for entry in planned])
        return [(entry.item, reply) for entry, reply in zip(planned, replies) if isinstance(reply, MlError)]

    def _judging(self, item, verb, given):
        declared, observed = item.facts["declared"], item.facts.get("config")
        config = self.CONFIG.merged(item.id, declared, observed) if observed else item.facts["body"]
        return Request(
            "POST",
            f"{self.COLLECTION.path}/_{verb}",
            purpose=f"{verb} {self.COLLECTION.noun} {item.id}",
            body=dict(config, **given(item.id)),
            reads=True,
            subjects=[item.id],
        )

    def plan_item(self, item, params):
        """Return the ItemPlan of an item that was compared.

        :raises Refused: it cannot come to be as declared, or not without losing what it holds
        """
        names = () if self.is_settled(item) else self._steps(item, params)
        return ItemPlan(item, names, "present", bool(names))

    def _steps(self, item, params):
        declared = item.facts["declared"]
        if item.state == "deleting":
            raise Refused(
                f"{self.COLLECTION.noun} {item.id} is being deleted; wait for that with state: absent, then run again"
            )
        if item.state == "missing":
            self._check_required(item, declared)
            item.facts["body"] = self.CONFIG.create_body(item.id, declared)
            return self.creating(item)
        immutable = [difference for difference in item.facts["differences"] if difference.cost == IMMUTABLE]
        if immutable:
            if params["on_immutable_change"] == "fail":
                raise Refused(self._immutable(item, immutable))
            item.facts["body"] = self.CONFIG.merged(item.id, declared, item.facts["config"])
            return self.recreating(item, params)
        item.facts["body"] = self.CONFIG.update_body(item.id, declared, item.facts["config"], item.facts["differences"])
        return self.updating(item, params)

    def _check_required(self, item, declared):
        lacking = [name for name in self.REQUIRED if name not in declared]
        if lacking:
            raise Refused(
                f"{self.COLLECTION.noun} {item.id} does not exist, and {' and '.join(lacking)} must be declared to "
                "create it"
            )

    def _immutable(self, item, differences):
        paths = ", ".join(difference.path for difference in differences)
        return (
            f"{self.COLLECTION.noun} {item.id}: {paths} cannot be changed in place. {self.cost_of_recreating(item)}. "
            "Set on_immutable_change: recreate to delete and create it anew"
        )

    def cost_of_recreating(self, item):
        """Return in words what would be lost."""
        return "Creating it anew loses nothing but what is not declared"

    def lost(self, item, outcome):
        """Return what was deleted and not created again, as a bundle declares it.

        :arg outcome: what became of the item
        """
        return {self.RESULT: [self.CONFIG.portable(item.facts["config"])]} if is_left_out("", outcome) else {}

    def creating(self, item):
        """Return the names of the actions that create a missing item, in any order."""
        return ("create",)

    def updating(self, item, params):
        """Return the names of the actions that update an item, in any order.

        :raises Refused:
        """
        return ("update",)

    def recreating(self, item, params):
        """Return the names of the actions that replace an item, in any order.

        :raises Refused:
        """
        return ("delete", "create")

    def actions(self, items, params):
        """Return name to Action, in the order in which steps are carried out.

        :arg items: dict of id to Item
        """
        return {action.name: action for action in (self.create(items), self.update(items))}

    def create(self, items, **changes):
        """Return the row of the PUT that creates an item."""
        return self._writing(items, "create", "PUT", self.COLLECTION.path + "/%s", **changes)

    def update(self, items, **changes):
        """Return the row of the POST that updates an item."""
        return self._writing(items, "update", "POST", self.COLLECTION.path + "/%s/_update", **changes)

    def put_back(self, items):
        """Return the row of the PUT that creates again as it was what was deleted, where the new one was refused."""

        def body(id):
            config = items[id].facts["config"]
            return self.CONFIG.create_body(id, self.CONFIG.declared(config))

        existing = {"look": looks.existence(self.COLLECTION), "done": frozenset(["present"])}
        row = self._writing(items, "put_back", "PUT", self.COLLECTION.path + "/%s", body=body, **existing)
        return replace(row, instead_of="create")

    def _writing(self, items, name, method, path, **changes):
        row = {
            "look": self.declared_look(items),
            "done": AS_DECLARED,
            "method": method,
            "path": path,
            "noun": self.COLLECTION.noun,
            "body": lambda id: items[id].facts["body"],
        }
        return Action(name, **dict(row, **changes))

    def declared_look(self, items):
        """Return a look that tells which of the items are C(as declared), and which C(different)."""

        def look(cluster, ids, params):
            configs = self.COLLECTION.fetch_existing(cluster, ids, whole=True)
            return {id: self._compared(items[id], config) for id, config in configs.items()}

        return look

    def _compared(self, item, config):
        differences = self.CONFIG.differences(item.id, item.facts["declared"], config)
        return "different" if differences else "as declared"


def is_left_out(kind, outcome):
    """Tell whether something may be deleted, and was not created again; C(kind) is the end of actions' names."""
    return f"delete{kind}" in outcome.begun and not {f"create{kind}", f"put_back{kind}"}.intersection(outcome.actions)
