# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the statistics of a data frame analytics job show, by version."""

from simulator import nodes

PEAK_USAGE = 1_000_000


def document(job) -> dict:
    """One element of `data_frame_analytics` (API: data frame analytics stats)."""
    failure = {"failure_reason": job.failure_reason} if job.failure_reason else {}
    own = {"id": job.id, "state": job.reported_state, **failure}
    return {**own, **progress(job), **assignment(job)}


def progress(job) -> dict:
    if not job.cluster.version.has_analytics_progress:
        return {"progress_percent": job.progress[2]} if job.state == "analyzing" else {}
    phases = zip(job.phases, job.progress, strict=True)
    return {
        "progress": [{"phase": phase, "progress_percent": percent} for phase, percent in phases],
        "data_counts": {
            "training_docs_count": job.training_documents,
            "test_docs_count": 0,
            "skipped_docs_count": 0,
        },
        "memory_usage": memory_usage(job),
    }


def memory_usage(job) -> dict:
    if job.memory_reported is None:
        return {"peak_usage_bytes": 0, "status": "ok"}
    return {"timestamp": job.memory_reported, "peak_usage_bytes": PEAK_USAGE, "status": job.memory_status}


def assignment(job) -> dict:
    return {} if job.state == "stopped" else nodes.assignment(job.cluster, all_attributes=True)
