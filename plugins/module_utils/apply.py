# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Carrying out a plan step by step, and keeping what each item came to."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError
from ansible_collections.mlops.elastic.plugins.module_utils.leftovers import left_behind
from ansible_collections.mlops.elastic.plugins.module_utils.stage import Stage

_NAMED = 3
"""Names of items that failed, where others are not tried because of them."""

NOT_TRIED = "not_tried"
"""The type of error of an item that was left alone, because another one failed."""


class Outcome:
    """What became of one item; C(doubtful) where a request may have changed it and nobody knows.

    C(begun) has the names of the actions that were carried out, or may have been; C(left) says of what was stopped or
    deleted for it and could not be put back.
    """

    def __init__(self):
        self.actions = []
        self.begun = set()
        self.left = []
        self.extras = {}
        self.state = None
        self.error = None
        self.moved = False
        self.doubtful = False

    @property
    def is_gone(self):
        """Tell whether it was deleted, and neither created again nor put back."""
        return "delete" in self.actions and not {"create", "put_back"} & self.begun

    @property
    def is_replaced(self):
        """Tell whether it was deleted, if only to be created anew."""
        return "delete" in self.actions

    def fail(self, error):
        """Note why it failed; what else could not be put back afterwards is told besides."""
        if self.error and self.error.reason == error.reason:
            return
        if self.error:
            self.error.msg = f"{self.error.msg.rstrip('.')}. After that, {error.msg}"
        else:
            self.error = error


class Run:
    """One plan under way.

    :arg items: dict of id to observed Item
    :arg on_wait: called with (what is done to which subjects, subjects done, subjects in all, budget) each time a look
        finds work unfinished; its C(is_due(budget)) tells whether it would say anything
    :arg tokens: what the user wrote, for lines about progress
    """

    def __init__(self, cluster, params, budget, items, on_wait=None, tokens=()):
        self.cluster = cluster
        self.params = params
        self.budget = budget
        self.items = items
        self.on_wait = on_wait
        self.tokens = tokens
        self.outcomes = {id: Outcome() for id in items}

    def carry_out(self, plan):
        """Do the steps in order; an item that fails takes part in later ones only where these put something back.

        A refusal that every further request would meet too is the error of everything that is left. What needs an item
        that failed is not tried; nor is anything else, if the plan stops at the first failure.
        """
        hopeless = None
        for step in plan.steps:
            hopeless = hopeless or self._reason_to_stop(plan)
            self._forgo(step, plan.needs)
            subjects = {subject: key for subject, key in step.subjects if self._still_wanted(step.action, key)}
            if hopeless and not (step.action.restores or step.action.instead_of):
                subjects = self._without_hope(subjects, hopeless)
            if subjects:
                stage = Stage(self, step.action, subjects, self._expression_for(step, subjects))
                try:
                    stage.run()
                except MlError as error:
                    stage.give_up(error)
                    hopeless = hopeless or error
        for key, phrases in left_behind(plan.steps, self.outcomes).items():
            self.outcomes[key].left = phrases

    def _reason_to_stop(self, plan):
        failed = [key for key, outcome in self.outcomes.items() if outcome.error] if plan.stops else []
        return _not_tried(failed) if failed else None

    def _without_hope(self, subjects, error):
        """Note the error of items that are given up; return the others: what was deleted is still created anew."""
        going_on = {}
        for subject, key in subjects.items():
            if error.type == NOT_TRIED and self.outcomes[key].is_replaced:
                going_on[subject] = key
            else:
                self.outcomes[key].error = error
        return going_on

    def _forgo(self, step, needs):
        for _subject, key in step.subjects:
            outcome = self.outcomes[key]
            failed = [need for need in needs.get(key, ()) if self.outcomes[need].error]
            if failed and not outcome.error and not outcome.is_replaced:
                outcome.error = _not_tried(failed)

    def _expression_for(self, step, subjects):
        """Return the step's expression as long as it means the same subjects."""
        return step.expression if len(subjects) == len(step.subjects) else ()

    def _still_wanted(self, action, key):
        outcome = self.outcomes[key]
        if action.restores:
            return action.restores in outcome.begun and action.instead_of not in outcome.begun and not outcome.is_gone
        if action.instead_of:
            return outcome.is_gone
        if outcome.error or outcome.state == "missing":
            return False
        return not action.unneeded(self.items[key], outcome.extras)


def _not_tried(failed):
    said = f"not tried, because {named(failed, _NAMED)} failed"
    return MlError(said, type=NOT_TRIED, reason=said)
