# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What a server has noted about jobs, and the form of a problem. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.mlops.elastic.plugins.module_utils import units

_SHOWN = 5

OPENED = ("Opening job",)
FEED_STARTED = ("Datafeed started",)
FEED_RECOVERED = ("Datafeed has recovered",)
FEED_STOPPED = ("Datafeed stopped",)
ANALYTICS_STARTED = ("Starting analytics", "Started analytics")
ANALYTICS_FAILED = ("Updated analytics task state to [failed]",)
NO_NODE_FOR_JOB = ("No node found to open job", "Awaiting capacity to open job")
NO_NODE_FOR_FEED = ("No node found to start datafeed", "Awaiting capacity to start datafeed")
NO_NODE_FOR_ANALYTICS = ("No node found to start analytics", "Awaiting capacity to start analytics")
DELAYED = ("Datafeed has missed",)
HARD_LIMIT = ("Job memory status changed to hard_limit",)
"""How messages begin, 7.3 to 9.x (Messages, MlAssignmentNotifier)."""

NOTED_AS_INFO = (
    *OPENED,
    *FEED_STARTED,
    *FEED_RECOVERED,
    *FEED_STOPPED,
    *ANALYTICS_STARTED,
    *ANALYTICS_FAILED,
)
"""What tells about problems although it is neither an error nor a warning."""

_ABOUT_FEEDS = ("Datafeed ", "Starting datafeed", *NO_NODE_FOR_FEED)


@dataclass(frozen=True)
class Note:
    """An audit message; lists of them begin with the newest.

    C(time) is in epoch milliseconds. One that is not C(recent) only tells since when something is so.
    """

    time: int
    level: str
    text: str
    recent: bool = True

    @property
    def is_error(self):
        return self.level == "error" and self.recent

    @property
    def is_about_feed(self):
        return self.text.startswith(_ABOUT_FEEDS)


@dataclass(frozen=True)
class Finding:
    """What a rule found: since when, in epoch milliseconds or None; one sentence; the notes that tell of it."""

    since: object
    hint: str
    notes: tuple = ()


def after_last(notes, beginnings):
    """Return the notes that are newer than the last one with one of these beginnings."""
    for place, note in enumerate(notes):
        if note.text.startswith(beginnings):
            return notes[:place]
    return notes


def beginning_with(notes, beginnings):
    return [note for note in notes if note.text.startswith(beginnings)]


def newest(notes):
    return notes[0].time if notes else None


def oldest(notes):
    return notes[-1].time if notes else None


def errors(found, hint):
    """Return the finding of audit errors, or None where there are none."""
    return Finding(oldest(found), hint, found) if found else None


def lazily_unassigned(item, running, notes):
    """Return the finding of a job that waits for a node, or None.

    :arg running: the states in which it should have one
    :arg notes: those that tell of the wait
    """
    reason = unassigned(item["stats"])
    if item["state"] not in running or not reason:
        return None
    return Finding(
        oldest(notes),
        f"It waits for a node ({reason}): free or add memory on the machine learning nodes, or lower its "
        "model_memory_limit.",
        notes,
    )


def unassigned(stats):
    """Return why a task that should run has no node, or an empty string."""
    return "" if stats.get("node") else (stats.get("assignment_explanation") or "").rstrip(".")


def problems(resource, id, rules, *facts):
    """Apply rules, kind by kind; each takes the facts and returns a Finding or None."""
    found = [(kind, rule(*facts)) for kind, rule in rules.items()]
    return [_problem(resource, id, kind, finding) for kind, finding in found if finding]


def _problem(resource, id, kind, finding):
    return {
        "id": id,
        "resource": resource,
        "kind": kind,
        "since": None if finding.since is None else units.iso(finding.since),
        "hint": finding.hint,
        "messages": [f"{units.iso(note.time)} {note.text}" for note in finding.notes[:_SHOWN]],
    }
