# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""One action under way: send, look, wait, and send again what did not take hold."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.actions import named
from ansible_collections.mlops.elastic.plugins.module_utils.errors import (
    Busy,
    Fatal,
    Interrupted,
    MlError,
    NotFound,
    Overtaken,
    Stranger,
    Unfinished,
    Unreachable,
)

_GRACE = 2.0
"""Seconds beyond the budget in which the server's own "timed out" may still arrive."""

_PATIENCE = 3
"""Looks at an unmoved subject before its request is sent again: a server may take a moment to mark it."""

_PASSING = (Interrupted, Unreachable, Busy, Overtaken)
_SERVER_AT_FAULT = 500

_NAMED = 3
"""Names in a line about progress."""


class Stage:
    """One action on its subjects.

    :arg run: the Run that it is a step of
    :arg subjects: dict of subject to the key of the item that it belongs to
    :arg expression: what the user wrote, where it means exactly these subjects
    """

    def __init__(self, run, action, subjects, expression):
        self._run = run
        self._action = action
        self._expression = expression
        self._owner = subjects
        self._pending = dict.fromkeys(subjects, 0)
        self._seen = {}
        self._doubts = {}
        self._fatal = None
        self._cut = None
        self._uncertain = set()
        self._odd_answers = 0

    def run(self):
        """Bring the subjects to the end of the action, or note why not.

        :raises MlError: nothing more can be done
        """
        self._send(list(self._pending))
        for left in self._run.budget.looks():
            if not self._pending:
                return
            self._look(insisting=left > 0)
            if self._pending and self._run.on_wait:
                self._report(len(self._pending))
        for subject in list(self._pending):
            self._leave(subject)

    def give_up(self, error):
        """Note an error that leaves no hope for what is not done yet."""
        for subject in list(self._pending):
            self._fail(subject, error)

    def _send(self, subjects, insist=False, singly=False):
        requests = self._action.requests(subjects, self._run.params, insist, singly, () if insist else self._expression)
        replies = self._run.cluster.send_all(
            requests, self._run.budget.left() + _GRACE, self._tell if self._run.on_wait else None
        )
        refused_together = []
        for request, reply in zip(requests, replies):
            if isinstance(reply, MlError):
                refused_together += self._refused(request, reply)
            else:
                self._accepted(request, reply)
        if self._fatal:
            raise self._fatal
        if refused_together:
            self._send(list(dict.fromkeys(refused_together)), insist, singly=True)

    def _tell(self):
        """Tell of progress while answers are out: how many subjects are where they shall be."""
        if not self._run.on_wait.is_due(self._run.budget):
            return
        try:
            with self._run.cluster.unlisted():
                states = self._action.look(self._run.cluster, list(self._pending), self._run.params)
        except MlError as error:
            self._cut = error
            return
        still = [subject for subject in self._pending if states.get(subject, "missing") not in self._action.done]
        self._report(len(still))

    def _report(self, still):
        self._run.on_wait(self._doing(), len(self._owner) - still, len(self._owner), self._run.budget)

    def _doing(self):
        """Say what is done to which subjects: by id, or as the user named several."""
        subjects = list(self._owner)
        if len(subjects) > 1 and self._run.tokens and subjects == list(self._owner.values()):
            subjects = self._run.tokens
        return self._action.doing(named(subjects, _NAMED))

    def _refused(self, request, error):
        """Judge a failed request; return the subjects to be tried one at a time."""
        if self._is_passing(error, bool(self._action.restores)):
            self._cut = error
            if not isinstance(error, (Unreachable, Busy, Overtaken)):
                self._uncertain.update(request.subjects)
        elif isinstance(error, Fatal):
            self._fatal = self._fatal or error
        elif len(request.subjects) > 1:
            return list(request.subjects)
        else:
            self._doubts[request.subjects[0]] = error
        return []

    def _is_passing(self, error, may_be_repeated):
        """Tell whether to look again; once, even after an answer that cannot be the server's, or is its own fault."""
        if isinstance(error, _PASSING):
            return True
        if not isinstance(error, Stranger) and not (may_be_repeated and (error.status or 0) >= _SERVER_AT_FAULT):
            return False
        self._odd_answers += 1
        return self._odd_answers == 1

    def _accepted(self, request, reply):
        settled = self._action.settled(reply, self._run.params)
        for subject in request.subjects:
            self._doubts.pop(subject, None)
            self._run.outcomes[self._owner[subject]].extras.update(self._action.extras(reply))
            self._uncertain.add(subject)
            if settled:
                self._finish(subject)

    def _look(self, insisting):
        try:
            states = self._action.look(self._run.cluster, list(self._pending), self._run.params)
        except MlError as error:
            if not self._is_passing(error, True):
                raise
            self._cut = error
            return
        for subject in list(self._pending):
            self._judge(subject, states.get(subject, "missing"))
        unmoved = [subject for subject, looks in self._pending.items() if looks >= _PATIENCE]
        if unmoved and insisting:
            self._pending.update(dict.fromkeys(unmoved, 0))
            self._send(unmoved, insist=True)

    def _judge(self, subject, state):
        action = self._action
        self._seen[subject] = state
        if self._is_deleted_meanwhile(subject, state):
            self._pending.pop(subject)
            self._run.outcomes[self._owner[subject]].state = state
        elif state in action.done or (state in action.going and action.detached(self._run.params)):
            self._finish(subject, state)
        elif state in action.going or state in action.meanwhile:
            self._pending[subject] = 0
            self._doubts.pop(subject, None)
        elif state in action.broken or subject in self._doubts or (not action.method and self._is_unmoved(subject)):
            self._fail(subject, self._doubts.get(subject) or self._astray(subject, state))
        else:
            self._pending[subject] += 1

    def _is_deleted_meanwhile(self, subject, state):
        """Tell whether somebody else has reached the goal while this was on the way to it."""
        if state != "missing" or not self._shall_go(subject):
            return False
        came_too_late = isinstance(self._doubts.get(subject), NotFound) and subject not in self._uncertain
        return state not in self._action.done or came_too_late

    def _shall_go(self, subject):
        item = self._run.items[self._owner[subject]]
        wanted = self._run.params["state"] == "absent" or item.facts.get("pruned", False)
        return wanted and subject == item.id  # and no datafeed of a job

    def _is_unmoved(self, subject):
        self._pending[subject] += 1
        return self._pending[subject] >= _PATIENCE

    def _finish(self, subject, state=None):
        self._pending.pop(subject, None)
        outcome = self._run.outcomes[self._owner[subject]]
        outcome.state = state if state in self._action.going else None
        outcome.moved = outcome.moved or self._action.moved(self._run.items[self._owner[subject]], outcome.extras)
        outcome.begun.add(self._action.name)
        if self._action.name not in outcome.actions:
            outcome.actions.append(self._action.name)

    def _leave(self, subject):
        """Give up waiting; what is under way was changed by this task if this task began it."""
        state = self._seen.get(subject)
        if state in self._action.going:
            self._finish(subject, state)
        self._fail(subject, self._unfinished(subject))

    def _fail(self, subject, error):
        self._pending.pop(subject, None)
        outcome = self._run.outcomes[self._owner[subject]]
        outcome.fail(error)
        if subject in self._uncertain:
            outcome.doubtful = True
            outcome.begun.add(self._action.name)

    def _astray(self, subject, state):
        return MlError(
            f"could not {self._action.doing(subject)}: it is {state}",
            type="unexpected_state",
            reason=f"state {state}",
        )

    def _unfinished(self, subject):
        doubt = self._doubts.get(subject) or self._cut
        timeout = self._run.params["timeout"]
        waits = "" if self._action.restores else ", and running the task again waits for it"
        return Unfinished(
            f"could not {self._action.doing(subject)} within timeout {timeout}; the server goes on with what it has "
            f"begun{waits}{f'. Last answer: {doubt.msg}' if doubt else ''}",
            type="timeout",
            reason=f"not reached within {timeout}",
        )
