# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Model snapshots of a job: how they come into being, how a job goes back to one, which ones expire."""

from dataclasses import dataclass
from datetime import datetime, timezone

from simulator import errors, results_index

EMPTY = "empty"
DAY = 86_400_000
FIELDS = frozenset(
    {
        "job_id",
        "min_version",
        "timestamp",
        "description",
        "snapshot_id",
        "snapshot_doc_count",
        "latest_record_time_stamp",
        "latest_result_time_stamp",
        "retain",
    }
)


@dataclass
class Upgrade:
    """The upgrade of a snapshot that is under way, or failed."""

    snapshot_id: str
    has_failed: bool = False


def of(job) -> dict[str, dict]:
    """A job's snapshots by id, the written ones among them."""
    written = {snapshot["snapshot_id"]: snapshot for snapshot in results_index.results(job, "model_snapshots")}
    return {**written, **job.snapshots}


def change(job, snapshot_id: str, changes: dict) -> None:
    for source in sources(job, snapshot_id):
        source.update(changes)


def sources(job, snapshot_id: str) -> list[dict]:
    found = [source for _index, _id, source in results_index.written(job) if source.get("snapshot_id") == snapshot_id]
    return found + ([job.snapshots[snapshot_id]] if snapshot_id in job.snapshots else [])


def remove(job, snapshot_id: str) -> None:
    job.snapshots.pop(snapshot_id, None)
    for index, document_id, source in results_index.written(job):
        if source.get("snapshot_id") == snapshot_id:
            del index.documents[document_id]


def persist(job) -> None:
    """Keep the model as a closing process does that handled records or moved time on (CAnomalyJob, all versions).

    The id is the time in seconds, so that a second close within it replaces the snapshot.
    """
    if not job.timeline.has_news:
        return
    seconds = job.cluster.now() // 1000
    moment = datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+0000")
    snapshot = {"timestamp": seconds * 1000, "description": f"State persisted due to job close at {moment}"}
    add(job, {"snapshot_id": str(seconds), **snapshot, **latest_times(job.timeline)})


def latest_times(timeline) -> dict[str, int]:
    times = {
        "latest_record_time_stamp": timeline.latest_record,
        "latest_result_time_stamp": timeline.latest_bucket,
    }
    return {name: time for name, time in times.items() if time is not None}


def add(job, given: dict) -> None:
    """Store a snapshot with at least `snapshot_id` and `timestamp`, and make it the job's current one."""
    snapshot = {
        "job_id": job.job_id,
        "min_version": job.cluster.version.snapshot_min_version,
        "snapshot_doc_count": 1,
        "model_size_stats": job.model_size(),
        "retain": False,
        **given,
    }
    job.snapshots[snapshot["snapshot_id"]] = snapshot
    use(job, snapshot)


def require_readable(job) -> None:
    """Raises ApiError 400: this version can't read the model that the job would go on with (open job, since 8.0)."""
    current = of(job).get(job.config.get("model_snapshot_id"))
    limits = job.cluster.version.oldest_snapshots
    if current is None or limits is None or release_of(current["min_version"]) >= release_of(limits.readable):
        return
    reason = f"[{job.job_id}] job model snapshot [{current['snapshot_id']}] has min version before [{limits.named}]"
    raise errors.status_error(400, f"{reason}, please revert to a newer model snapshot or reset the job")


def release_of(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def use(job, snapshot: dict) -> None:
    job.config["model_snapshot_id"] = snapshot["snapshot_id"]
    job.config["model_snapshot_min_version"] = snapshot["min_version"]


def empty(job) -> dict:
    """What stands for a job that hasn't learned anything (ModelSnapshot.emptySnapshot, 7.11 and later)."""
    return {
        "job_id": job.job_id,
        "min_version": job.cluster.version.config_version,
        "timestamp": job.cluster.now(),
        "description": "empty snapshot",
        "snapshot_id": EMPTY,
        "snapshot_doc_count": 0,
        "model_size_stats": job.model_size(),
        "retain": False,
    }


def revert(job, snapshot: dict, delete_results: bool) -> None:
    """Go back to a snapshot; records from then on are taken again only if their results are deleted."""
    use(job, snapshot)
    latest_result, latest_record = (snapshot.get(f"latest_{kind}_time_stamp") for kind in ("result", "record"))
    end = None if latest_result is None else latest_result + job.timeline.span
    job.timeline.revert(end)
    if not delete_results:
        return
    job.timeline.forget_from(end, latest_record)
    results_index.delete(job, lambda result: results_index.time_of(result) > (latest_result or 0))
    job.counts.times.pop("latest_record_timestamp", None)
    if latest_record is not None:
        job.counts.times["latest_record_timestamp"] = latest_record


def expire(job) -> None:
    """Delete what its retention is over for, never the current one or one to be retained.

    Days count back from the newest snapshot since 7.8, which also keeps one a day beyond the daily limit; before, from
    now (ExpiredModelSnapshotsRemover).
    """
    current, days = job.config.get("model_snapshot_id"), job.config.get("model_snapshot_retention_days")
    known = of(job)
    if not known or current is None or days is None:
        return
    relative = job.cluster.version.since(7, 8)
    latest = max(snapshot["timestamp"] for snapshot in known.values()) if relative else job.cluster.now()
    daily = job.config.get("daily_model_snapshot_retention_after_days", days)
    keep_next = latest - days * DAY
    for snapshot in sorted(known.values(), key=lambda one: one["timestamp"]):
        time = snapshot["timestamp"]
        if time >= latest - daily * DAY or snapshot["snapshot_id"] == current or snapshot["retain"]:
            continue
        if time < keep_next:
            remove(job, snapshot["snapshot_id"])
        else:
            keep_next += ((time - keep_next) // DAY + 1) * DAY
