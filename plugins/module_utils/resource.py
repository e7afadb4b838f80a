# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What a kind of resource has to say of itself; the flow in M(converge) knows no more of it than this."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.errors import BadOption, Refused
from ansible_collections.mlops.elastic.plugins.module_utils.expressions import MAX_AFFECTED_SPEC, TARGETING_SPEC
from ansible_collections.mlops.elastic.plugins.module_utils.plan import Item, ItemPlan
from ansible_collections.mlops.elastic.plugins.module_utils.waiting import waiting_spec

RETURN_SPEC = {"return_items": {"type": "str", "choices": ["all", "changed", "none"], "default": "all"}}

FORCE = "force"
"""In a state table: only with C(force: true)."""


class Resource:
    """Base of the files in C(resources/).

    :cvar MODULE: name of the module
    :cvar PRESENCE: how C(state: present) is reached, a Presence
    :cvar SPEC: options that no other resource has
    :cvar TIMEOUT: default of C(timeout)
    :cvar COLLECTION: where it lives
    :cvar ID_OPTION: the option that names the targets
    :cvar RESULT: the key of the per-item results
    :cvar PLURAL: the kind in a sentence
    :cvar MAX_ID_LENGTH: characters of an id, None where the server sets no limit
    :cvar TABLE: wanted state to observed state to names of actions; a string is a refusal, a pair (FORCE, actions)
        needs C(force)
    :cvar ACTIONS: name to Action, in the order in which steps are carried out
    :cvar SHOWN: words of TABLE that a user sees under the API's name
    :cvar UNDER_WAY: states of a result in which the work goes on after the task
    :cvar ENDS: wanted states that C(force) reaches without waiting for what hangs
    :cvar ENDED_BY_FORCE: waiting action to the action that C(force) takes in its place
    :cvar WORDS: wanted state to (verb, past, how an item is said to be there already)
    """

    MODULE = None
    PRESENCE = None
    SPEC = {}
    TIMEOUT = "20s"
    COLLECTION = None
    ID_OPTION = None
    RESULT = None
    PLURAL = None
    MAX_ID_LENGTH = 64
    TABLE = {}
    ACTIONS = {}
    ENDS = ()
    ENDED_BY_FORCE = {}
    UNDER_WAY = ()
    SHOWN = {"missing": "absent"}
    WORDS = {}

    def argument_spec(self):
        """Return the module's options besides those of the connection."""
        return dict(
            targets_spec(self.ID_OPTION),
            state={"type": "str", "default": "present", "choices": ["present", *self.TABLE]},
            **MAX_AFFECTED_SPEC,
            **RETURN_SPEC,
            **waiting_spec(self.TIMEOUT),
            **self.SPEC,
            **self.PRESENCE.argument_spec(),
        )

    def info_spec(self):
        """Return the options of the sister module that only reads."""
        return dict(targets_spec(self.ID_OPTION, required=False), allow_missing={"type": "bool", "default": False})

    def validate(self, params):
        """Refuse options that cannot be right whatever the server says.

        :raises BadOption:
        """
        if params["state"] != "present":
            for name in self.PRESENCE.CONFIG.declared(params):
                raise BadOption(
                    name,
                    params[name],
                    f"it belongs to state: present, and state is {params['state']}",
                    "Remove it, or declare it in a task of its own.",
                )

    def features(self, params):
        """Return (feature, first version) pairs that what is asked for depends on."""
        return []

    def observe(self, cluster, tokens, params):
        """Return observed items by id, and the concrete tokens that do not exist."""
        documents, missing = self.COLLECTION.fetch(cluster, tokens, stats=True)
        items = {id: Item(id, self.state_of(document), {"stats": document}) for id, document in documents.items()}
        return items, missing

    def state_of(self, stats):
        """Return the state that a stats document tells, in the words of TABLE."""
        return stats["state"]

    def names(self, cluster, items):
        """Return for each id the names by which an expression takes it in."""
        return {id: {id} for id in items}

    def related(self, cluster, items, params):
        """Return for each id what an information module adds to its description."""
        return {}

    def detail(self, cluster, items, params):
        """Read what more is needed about items that are about to be changed; called before the first write.

        :raises Refused: something forbids the change
        """

    def is_settled(self, item, params):
        """Tell whether an item is as declared, from what observing it showed."""
        return self.TABLE[params["state"]].get(item.state) == ()

    def actions_for(self, item, params):
        """Return the names of the actions that bring an item to the wanted state.

        :raises Refused: the table or a fact forbids it
        """
        cell = self.TABLE[params["state"]].get(item.state, f"it is {item.state}, which is not expected here")
        if isinstance(cell, str):
            raise Refused(f"{self.COLLECTION.noun} {item.id}: {cell}")
        if cell and cell[0] == FORCE:
            if not params["force"]:
                raise Refused(
                    f"{self.COLLECTION.noun} {item.id} is {item.state}; set force: true to end what has failed"
                )
            return cell[1:]
        if params["force"] and params["state"] in self.ENDS:
            return tuple(self.ENDED_BY_FORCE.get(name, name) for name in cell)
        return cell

    def plan_item(self, item, params):
        wanted = () if self.is_settled(item, params) else self.actions_for(item, params)
        actions = tuple(name for name in self.ACTIONS if name in wanted)
        return ItemPlan(
            item,
            actions,
            self.state_after(item, actions, params),
            any(self.ACTIONS[name].method for name in actions),
        )

    def state_after(self, item, actions, params):
        """Return the state of an item once its actions are carried out."""
        return params["state"] if actions else item.state

    def remark(self, params):
        """Return what has to be said of items that were as declared already."""
        return ""

    def result_of(self, planned, outcome):
        """Return what an item's result holds besides the keys that every resource has."""
        return {}


def targets_spec(id_option, required=True):
    """Return the options that say what is meant; the information modules mean all where nothing is said."""
    ids = {"type": "list", "elements": "str"}
    ids.update({"required": True} if required else {"default": ["_all"]})
    return dict(TARGETING_SPEC, **{id_option: ids})
