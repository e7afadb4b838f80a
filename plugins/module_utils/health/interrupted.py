# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Datafeeds that ran when their jobs failed, and how far they were to read."""

from __future__ import annotations

import re

from ansible_collections.mlops.elastic.plugins.module_utils import units
from ansible_collections.mlops.elastic.plugins.module_utils.errors import Refused
from ansible_collections.mlops.elastic.plugins.module_utils.health import findings
from ansible_collections.mlops.elastic.plugins.module_utils.health.messages import Notebook
from ansible_collections.mlops.elastic.plugins.module_utils.presence import restart

_FAILURE_STOPS_DATAFEED = (7, 16)
_OTHERWISE = "or look up where it was to end"
_STARTED_UP_TO = re.compile(r"Datafeed started \(from: \S+ to: (\d\S*)\)")
"""Up to a time; otherwise the server writes real-time (Messages.JOB_AUDIT_DATAFEED_STARTED_FROM_TO, 7.3 to 9.x)."""


def tell(cluster, jobs, job_type):
    """Add C(interrupted) to the datafeeds of failed jobs, and return warnings.

    A server before 7.16 leaves the datafeed of a job that fails as it is; a later one notes the failure and stops it.
    What is stopped now may have been stopped since, by an attempt to recover the job.

    :arg jobs: as C(ml_job_info) describes them
    """
    feeds = {job["job_id"]: job["datafeed"] for job in jobs if job["state"] == "failed" and "datafeed" in job}
    running = {job_id: feed for job_id, feed in feeds.items() if feed["state"] != "stopped"}
    stopped = {job_id: feed for job_id, feed in feeds.items() if feed["state"] == "stopped"}
    warnings = _tell_running(cluster, running) if running else []
    return warnings + (_tell_stopped(cluster, stopped, job_type) if stopped else [])


def _tell_running(cluster, feeds):
    running = {feed["datafeed_id"]: feed["stats"] for feed in feeds.values() if feed["state"] in restart.RUNNING}
    try:
        ends, warnings = restart.ends_of(cluster, running, _OTHERWISE), []
    except Refused as refusal:
        ends, warnings = dict.fromkeys(running), [refusal.msg]
    for feed in feeds.values():
        end = ends.get(feed["datafeed_id"])
        ran = feed["datafeed_id"] in ends
        feed["interrupted"] = _interrupted(ran, None if end is None else units.iso(end), not warnings)
    return warnings


def _tell_stopped(cluster, feeds, job_type):
    version = cluster.version()
    failure_stops = version is None or version >= _FAILURE_STOPS_DATAFEED
    notebook = Notebook(cluster, job_type)
    notes = notebook.read(set(feeds))
    for job_id, feed in feeds.items():
        feed["interrupted"] = by_notes(notes.get(job_id, []), feed["stats"], failure_stops)
    return notebook.warnings


def by_notes(notes, stats, failure_stops):
    """Return how the failure of its job found a datafeed that is stopped now.

    :arg notes: about its job, the newest first
    :arg stats: of the datafeed; one that has searched has run, where no note tells of that any more
    :arg failure_stops: whether the server stops the datafeed of a job that fails
    """
    newer = findings.after_last(notes, findings.FEED_STARTED)
    if len(newer) == len(notes):
        searched = failure_stops and (stats.get("timing_stats") or {}).get("search_count")
        return _interrupted(bool(searched), end_known=not searched)
    run = _before_reopening(newer)
    failures = [place for place, note in enumerate(run) if note.level == "error" and not note.is_about_feed]
    stops = [place for place, note in enumerate(run) if note.text.startswith(findings.FEED_STOPPED)]
    was_stopped = stops and (stops[0] > failures[0] if failures else not failure_stops)
    if was_stopped:
        return _interrupted(False)
    end = _STARTED_UP_TO.match(notes[len(newer)].text)
    return _interrupted(True, end.group(1) if end else None)


def _before_reopening(notes):
    """Return the notes without those of attempts to open the job again."""
    openings = [place for place, note in enumerate(notes) if note.text.startswith(findings.OPENED)]
    return notes[openings[-1] + 1 :] if openings else notes


def _interrupted(ran, end=None, end_known=True):
    return {"ran": ran, "end": end, "end_known": end_known}
