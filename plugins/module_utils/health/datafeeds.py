# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What can be wrong with a datafeed: rules over its statistics, its job's state and messages. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.mlops.elastic.plugins.module_utils.health import findings
from ansible_collections.mlops.elastic.plugins.module_utils.health.findings import Finding


@dataclass(frozen=True)
class FeedFacts:
    """A datafeed as an information module describes it, its job's state, what the server noted about that job."""

    feed: dict
    job_id: str
    job_state: str
    notes: list

    @property
    def of_this_run(self):
        return findings.after_last(self.notes, findings.FEED_STARTED)


def _datafeed_not_started(facts):
    if facts.job_state != "opened" or facts.feed["state"] != "stopped":
        return None
    notes = [note for note in facts.notes if note.is_about_feed]
    return Finding(
        findings.newest(findings.beginning_with(notes, findings.FEED_STOPPED)),
        f"Its job {facts.job_id} is open and gets no data: start the datafeed, or close the job.",
        notes,
    )


def _lazily_unassigned(facts):
    """One that only waits until its job is open is no problem of its own."""
    reason = findings.unassigned(facts.feed["stats"])
    if facts.job_state != "opened" or facts.feed["state"] not in ("starting", "started") or not reason:
        return None
    notes = findings.beginning_with(facts.of_this_run, findings.NO_NODE_FOR_FEED)
    return Finding(findings.oldest(notes), f"It waits for a node ({reason}): look after what that names.", notes)


def _delayed_data(facts):
    found = [note for note in findings.beginning_with(facts.of_this_run, findings.DELAYED) if note.recent]
    return findings.errors(
        found, "Documents arrived after it had searched their time, and were missed: raise its query_delay."
    )


def _audit_error(facts):
    notes = findings.after_last(facts.of_this_run, findings.FEED_RECOVERED)
    return findings.errors(
        [note for note in notes if note.is_error and note.is_about_feed],
        f"The server has noted errors about it and its job {facts.job_id}: read the messages.",
    )


RULES = {
    "datafeed_not_started": _datafeed_not_started,
    "lazily_unassigned": _lazily_unassigned,
    "delayed_data": _delayed_data,
    "audit_error": _audit_error,
}


def problems(feed, job_id, job_state, notes):
    """Return the problems of a datafeed.

    :arg feed: as an information module describes it
    :arg notes: what the server noted about its job, newest first
    """
    return findings.problems("datafeed", feed["datafeed_id"], RULES, FeedFacts(feed, job_id, job_state, notes))
