# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What can be wrong with a data frame analytics job: rules over its statistics and messages. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.mlops.elastic.plugins.module_utils.health import findings
from ansible_collections.mlops.elastic.plugins.module_utils.health.findings import Finding

_RUNNING = ("starting", "started", "reindexing", "analyzing")


@dataclass(frozen=True)
class AnalyticsFacts:
    """A job as the information module describes it, and what the server noted about it."""

    job: dict
    notes: list

    @property
    def of_this_run(self):
        return findings.after_last(self.notes, findings.ANALYTICS_STARTED)


def _failed(facts):
    if facts.job["state"] != "failed":
        return None
    reason = facts.job["stats"].get("failure_reason")
    told = facts.of_this_run or facts.notes
    return Finding(
        findings.newest(
            [note for note in told if note.level == "error" or note.text.startswith(findings.ANALYTICS_FAILED)]
        ),
        "It has failed{}: stop it with force: true and start it again, or let mlops.elastic.recover_failed do "
        "that.".format(f" ({reason})" if reason else ""),
        told,
    )


def _lazily_unassigned(facts):
    notes = findings.beginning_with(facts.of_this_run, findings.NO_NODE_FOR_ANALYTICS)
    return findings.lazily_unassigned(facts.job, _RUNNING, notes)


def _hard_memory_limit(facts):
    usage = facts.job["stats"].get("memory_usage") or {}
    if usage.get("status") != "hard_limit":
        return None
    needed = usage.get("memory_reestimate_bytes")
    return Finding(
        usage.get("timestamp"),
        "It needs more memory than its model_memory_limit{}: raise that, and start it again.".format(
            f" (about {needed} bytes)" if needed else ""
        ),
    )


def _audit_error(facts):
    if facts.job["state"] == "failed":
        return None
    return findings.errors(
        [note for note in facts.of_this_run if note.is_error],
        "The server has noted errors about it: read the messages.",
    )


RULES = {
    "failed": _failed,
    "lazily_unassigned": _lazily_unassigned,
    "hard_memory_limit": _hard_memory_limit,
    "audit_error": _audit_error,
}


def problems(job, notes):
    """Return the problems of a data frame analytics job.

    :arg job: as C(ml_analytics_info) describes it
    :arg notes: what the server noted about it, newest first
    """
    return findings.problems("data_frame_analytics", job["id"], RULES, AnalyticsFacts(job, notes))
