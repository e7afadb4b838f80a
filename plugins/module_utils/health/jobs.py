# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""What can be wrong with an anomaly detection job: rules over its configuration, statistics and messages. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.mlops.elastic.plugins.module_utils import units
from ansible_collections.mlops.elastic.plugins.module_utils.health import findings
from ansible_collections.mlops.elastic.plugins.module_utils.health.findings import Finding

_RUNNING = ("opening", "opened")
_EMPTY_SEARCHES = 10
"""After which the server itself warns that a datafeed retrieves no data (ProblemTracker)."""

_MINUTE, _HOUR = 60_000, 3_600_000
_FREQUENCIES = ((2 * _MINUTE, _MINUTE), (20 * _MINUTE, None), (12 * _HOUR, 10 * _MINUTE), (float("inf"), _HOUR))
"""Longest bucket span to default frequency, None for half of the span (DatafeedConfig.defaultFrequency)."""

_QUERY_DELAY = 2 * _MINUTE


@dataclass(frozen=True)
class JobFacts:
    """A job as the information module describes it; times in epoch milliseconds."""

    job: dict
    notes: list
    now: int
    stale_after: object = None

    @property
    def stats(self):
        return self.job["stats"]

    @property
    def feed(self):
        return self.job.get("datafeed")

    @property
    def of_this_run(self):
        """Notes since it was opened last: what went wrong before that is over."""
        return findings.after_last(self.notes, findings.OPENED)


def _failed(facts):
    if facts.job["state"] != "failed":
        return None
    told = facts.of_this_run or facts.notes
    errors = [note for note in told if note.level == "error" and not note.is_about_feed]
    return Finding(
        findings.newest(errors),
        "It has failed: close it with force: true and open it again, or let mlops.elastic.recover_failed do that.",
        told,
    )


def _lazily_unassigned(facts):
    notes = findings.beginning_with(facts.of_this_run, findings.NO_NODE_FOR_JOB)
    return findings.lazily_unassigned(facts.job, _RUNNING, notes)


def _hard_memory_limit(facts):
    sizes = facts.stats.get("model_size_stats") or {}
    if sizes.get("memory_status") != "hard_limit":
        return None
    notes = findings.beginning_with(facts.notes, findings.HARD_LIMIT)
    return Finding(
        findings.newest(notes),
        "Its model has reached model_memory_limit and no longer learns what is new: raise "
        "analysis_limits.model_memory_limit, or split the job.",
        notes,
    )


def _stale(facts):
    if facts.job["state"] != "opened" or not _is_fed_in_real_time(facts.feed):
        return None
    counts = facts.stats.get("data_counts") or {}
    latest = counts.get("latest_record_timestamp")
    seen = [time for time in (latest, counts.get("last_data_time"), _opened_at(facts)) if time is not None]
    longest = longest_silence(facts.job, facts.stale_after)
    if not seen or facts.now - max(seen) <= longest:
        return None
    return Finding(
        latest or max(seen),
        f"Its datafeed {facts.feed['datafeed_id']} runs and has brought no record for longer than "
        f"{longest // 1000} s: check the datafeed's indices and query, and whether data still arrives there.",
        [note for note in facts.of_this_run if note.is_about_feed],
    )


def _is_fed_in_real_time(feed):
    """Tell whether a datafeed runs without an end; before 7.14 statistics don't tell that, and a running one counts."""
    if not feed or feed["state"] != "started":
        return False
    return (feed["stats"].get("running_state") or {}).get("real_time_configured", True)


def _opened_at(facts):
    opened = facts.stats.get("open_time")
    return facts.now - units.duration_ms(opened) if opened else None


def longest_silence(job, stale_after=None):
    """Return for how many milliseconds a job may get no record before it is stale."""
    if stale_after is not None:
        return stale_after
    config = job["datafeed"]["config"]
    span = units.duration_ms(job["config"]["analysis_config"]["bucket_span"])
    delay = units.duration_ms(config["query_delay"]) if config.get("query_delay") else _QUERY_DELAY
    frequency = units.duration_ms(config["frequency"]) if config.get("frequency") else _default_frequency(span)
    return delay + _EMPTY_SEARCHES * frequency + span


def _default_frequency(span):
    return next(frequency for longest, frequency in _FREQUENCIES if span <= longest) or span // 2


def _audit_error(facts):
    if facts.job["state"] == "failed":
        return None
    found = [
        note
        for note in facts.of_this_run
        if note.is_error and not note.is_about_feed and not note.text.startswith(findings.HARD_LIMIT)
    ]
    return findings.errors(found, "The server has noted errors about it: read the messages.")


RULES = {
    "failed": _failed,
    "lazily_unassigned": _lazily_unassigned,
    "hard_memory_limit": _hard_memory_limit,
    "stale": _stale,
    "audit_error": _audit_error,
}


def problems(job, notes, now, stale_after=None):
    """Return the problems of a job, its datafeed's left aside.

    :arg job: as C(ml_job_info) describes it
    :arg notes: what the server noted about it, newest first
    :arg now: epoch milliseconds
    :arg stale_after: milliseconds, None for what fits the job
    """
    return findings.problems("job", job["job_id"], RULES, JobFacts(job, notes, now, stale_after))
