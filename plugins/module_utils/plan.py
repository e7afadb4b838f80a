# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What is to be done, as data: items with their actions, and the steps that carry them out."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Item:
    """One resource as observed: its id, its state ("missing" where there is none), and what else decides.

    C(kind) tells it from others of the same id, where a plan has several kinds.
    """

    id: str
    state: str
    facts: dict = field(default_factory=dict)
    kind: str = ""

    @property
    def key(self):
        return f"{self.kind}/{self.id}" if self.kind else self.id


@dataclass
class ItemPlan:
    """What one item needs: names of actions in order, and whether carrying them out changes it."""

    item: Item
    actions: tuple
    state: str
    changes: bool


@dataclass
class Step:
    """One action on several subjects; C(subjects) pairs the id that is acted on with the item it belongs to.

    C(expression) means these subjects and no other that the action would touch; empty where there is none.
    """

    action: object
    subjects: list
    expression: tuple = ()


@dataclass
class Plan:
    """Items with what they need, and the steps that carry it out; C(actions) has the Action of each name.

    C(needs) has for an item's key those of the items that must not have failed before it is written; C(stops) tells
    whether nothing more is begun once an item has failed.
    """

    items: list
    steps: list
    actions: dict
    needs: dict = field(default_factory=dict)
    stops: bool = False

    @property
    def changed(self):
        return [planned for planned in self.items if planned.changes]


def arrange(planned, actions, expression=()):
    """Gather the items' actions into steps, and put both in the order in which the actions are declared.

    :arg planned: list of ItemPlan
    :arg actions: dict of name to Action, in the order of a resource's life
    :arg expression: what the user wrote, where it means exactly the planned items
    """
    for entry in planned:
        entry.actions = tuple(name for name in actions if name in entry.actions)
    steps = []
    for name, action in actions.items():
        subjects = [
            (subject, entry.item.key)
            for entry in planned
            if name in entry.actions or _may_be_needed(action, entry.actions)
            for subject in action.subjects_of(entry.item)
        ]
        if subjects:
            whole = all(
                name in entry.actions or (not entry.actions and entry.item.state != "missing") for entry in planned
            )
            own = all(subject == owner for subject, owner in subjects)
            steps.append(Step(action, subjects, tuple(expression) if whole and own else ()))
    return Plan(planned, steps, actions)


def _may_be_needed(action, names):
    return action.instead_of in names and "delete" in names
