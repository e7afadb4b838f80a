# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What was stopped or deleted for a change and could not be put back, in words: nobody else will know."""

from __future__ import annotations

_PUT_BACK = {
    "open_job": ("job", "closed"),
    "start_datafeed": ("datafeed", "stopped"),
    "start": ("data frame analytics", "stopped"),
    "start_again": ("data frame analytics", "stopped"),
    "create_datafeed": ("datafeed", "deleted"),
    "join_calendar": ("calendar", "without the job"),
    "put_back_events": ("calendar", "without its events"),
}
"""What is left, and how, where one of these is not done after what it restores."""


def left_behind(steps, outcomes):
    """Return phrases by the key of the item whose failure is to blame; of what is deleted nothing else is said.

    :arg steps: list of Step, all of them
    :arg outcomes: dict of key to Outcome
    """
    phrases = {}
    for step in steps:
        for subject, key in step.subjects:
            outcome = outcomes[key]
            if outcome.error and _is_undone(step.action, outcome):
                noun, how = _PUT_BACK.get(step.action.name, (step.action.noun, "deleted"))
                verb = "is" if _is_certain(step.action, outcome) else "may be"
                phrases.setdefault(key, {}).setdefault((noun, subject), f"{noun} {subject} {verb} left {how}")
    return {key: list(said.values()) for key, said in phrases.items()}


def _is_undone(action, outcome):
    done = {"create", "put_back"} if action.name == "create" else {action.name}
    return not done.intersection(outcome.actions) and _undone_by(action) in outcome.begun


def _is_certain(action, outcome):
    return _undone_by(action) in outcome.actions and action.name not in outcome.begun


def _undone_by(action):
    return "delete" if action.name == "create" else action.restores


def sentence(phrases):
    """Return them as one sentence, with what that means."""
    said = ", ".join(phrases)
    return f"{said[0].upper()}{said[1:]}; running this task again does not put that back"
