# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report says of each job, datafeed and analytics: rows of plain values, those with a problem on top."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.configs.forms import bytes_of, length
from ansible_collections.mlops.elastic.plugins.plugin_utils.report.words import clean

KINDS = {
    "failed": "Failed",
    "hard_memory_limit": "Memory limit reached",
    "audit_error": "Errors in the audit messages",
    "datafeed_not_started": "Datafeed not started",
    "lazily_unassigned": "Waiting for a node",
    "delayed_data": "Data missed because it came late",
    "stale": "No recent data",
}
"""The problems, the worst first."""

GRAVE = ("failed", "hard_memory_limit", "audit_error")
RESOURCES = {"job": "job", "datafeed": "datafeed", "data_frame_analytics": "analytics"}
TONES = {
    "failed": "bad",
    "opened": "good",
    "started": "good",
    "closed": "idle",
    "stopped": "idle",
}
"""How a state looks; every other one is under way."""

FULL = 0.9
"""The part of its limit at which a model counts as nearly full."""

LONGEST_DESCRIPTION = 160
LONGEST_MESSAGE = 500
_NANOS = 1_000_000_000


def troubled(problems):
    """Return the kinds of the problems of each (resource, id)."""
    found = {}
    for problem in problems:
        found.setdefault((problem["resource"], problem["id"]), []).append(problem["kind"])
    return found


def rank(kind):
    """Return the place of a kind of problem among the others; an unknown one comes last."""
    return list(KINDS).index(kind) if kind in KINDS else len(KINDS)


def tone(kind):
    """Return how a problem looks."""
    return "bad" if kind in GRAVE else "warn"


def headline(kind):
    """Return the words for a kind of problem."""
    return KINDS.get(kind) or clean(kind).replace("_", " ").capitalize()


def job_rows(jobs, troubles, now):
    """Return a row for each job."""
    return _sorted(_job(job, troubles, now) for job in jobs)


def datafeed_rows(jobs, troubles, now):
    """Return a row for each datafeed; it lags as its job does."""
    return _sorted(_datafeed(job, troubles, now) for job in jobs if job.get("datafeed"))


def analytics_rows(analytics, troubles, now):
    """Return a row for each analytics."""
    return _sorted(_analytics(one, troubles) for one in analytics)


def _sorted(rows):
    """Return rows, those with a problem first, the worst on top."""
    return sorted(rows, key=lambda row: (min(map(rank, row["problems"]), default=len(KINDS) + 1), row["id"]))


def _row(resource, id, one, troubles):
    return {
        "id": clean(id),
        "description": clean(one["config"].get("description") or "", LONGEST_DESCRIPTION),
        "state": clean(one["state"]),
        "tone": TONES.get(one["state"], "busy"),
        "problems": sorted(set(troubles.get((resource, id), [])), key=rank),
    }


def _job(job, troubles, now):
    counts, sizes = job["stats"].get("data_counts", {}), job["stats"].get("model_size_stats", {})
    config = job["config"]
    limit = sizes.get("model_bytes_memory_limit") or bytes_of(
        config.get("analysis_limits", {}).get("model_memory_limit")
    )
    datafeed = job.get("datafeed")
    row = _row("job", job["job_id"], job, troubles)
    feed = _row("datafeed", datafeed["datafeed_id"], datafeed, troubles) if datafeed else None
    return {
        **row,
        "problems": sorted({*row["problems"], *(feed["problems"] if feed else ())}, key=rank),
        "groups": [clean(group) for group in config.get("groups") or []],
        "datafeed": feed,
        "memory": _memory(sizes.get("model_bytes"), limit, sizes.get("memory_status")),
        "records": counts.get("processed_record_count"),
        **_timeliness(job, now, job["state"] == "opened"),
    }


def _timeliness(job, now, runs):
    """Return the time of a job's last record, and how long ago that is where more records are expected."""
    last = job["stats"].get("data_counts", {}).get("latest_record_timestamp")
    behind = runs and last is not None
    bucket = length(job["config"].get("analysis_config", {}).get("bucket_span"))
    lag = max(now - last, 0) / 1000 if behind else None
    return {
        "last": last,
        "lag": lag,
        "lag_buckets": lag * _NANOS / bucket if behind and bucket else None,
    }


def _datafeed(job, troubles, now):
    feed = job["datafeed"]
    timing = feed["stats"].get("timing_stats", {})
    searches = timing.get("search_count", 0)
    return {
        **_row("datafeed", feed["datafeed_id"], feed, troubles),
        "job": clean(job["job_id"]),
        "indices": [clean(index) for index in feed["config"].get("indices") or []],
        "searches": searches,
        "search_ms": timing.get("total_search_time_ms", 0) / searches if searches else None,
        **_timeliness(job, now, feed["state"] == "started"),
    }


def _analytics(one, troubles):
    stats, config = one["stats"], one["config"]
    usage, counts = stats.get("memory_usage", {}), stats.get("data_counts", {})
    return {
        **_row("data_frame_analytics", one["id"], one, troubles),
        "analysis": clean(next(iter(config.get("analysis") or {}), "")),
        "phases": [(clean(step["phase"]), step["progress_percent"]) for step in stats.get("progress") or []],
        "memory": _memory(
            usage.get("peak_usage_bytes"), bytes_of(config.get("model_memory_limit")), usage.get("status")
        ),
        "documents": counts.get("training_docs_count", 0) + counts.get("test_docs_count", 0),
        "last": usage.get("timestamp"),
    }


def _memory(used, limit, status):
    part = used / limit if used is not None and limit else None
    tone_of = {"hard_limit": "bad", "soft_limit": "warn"}
    return {
        "used": used,
        "limit": limit,
        "share": part,
        "status": clean(status or ""),
        "tone": tone_of.get(status, "warn" if (part or 0) >= FULL else "plain"),
    }
