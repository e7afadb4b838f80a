# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server notes about its jobs in an index of its own (AnomalyDetectionAuditor, DataFrameAnalyticsAuditor).

Noted are a job's creation, opening and closing, a datafeed's start and stop. What comes of an analysis (failures,
limits of memory, late documents) is noted where a seed or a test says so.
"""

import secrets
from datetime import UTC, datetime

from simulator import nodes, units

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
INITIALS = {
    "ml": "l",
    "remote_cluster_client": "r",
    "data_content": "s",
    "data_hot": "h",
    "data_warm": "w",
    "data_cold": "c",
    "data_frozen": "f",
}


def note(cluster, job_id: str, message: str, level: str = "info") -> None:
    """Each a millisecond later than the one before at least, so that sorting by time keeps their order."""
    last = cluster.notifications[-1]["source"]["timestamp"] if cluster.notifications else 0
    _add(cluster, job_id, message, level, max(cluster.now(), last + 1))


def seed(cluster, entry: dict) -> None:
    """One of a seed: `{job_id, message, level, ago, job_type, cleared}`."""
    ago = units.duration(entry.get("ago", "0s"), "ago")
    more = {name: entry[name] for name in ("job_type", "cleared") if name in entry}
    _add(cluster, entry["job_id"], entry["message"], entry.get("level", "info"), cluster.now() - ago, **more)


def _add(cluster, job_id: str, message: str, level: str, timestamp: int, job_type="anomaly_detector", **more) -> None:
    source = {
        "job_id": job_id,
        "message": message,
        "level": level,
        "timestamp": timestamp,
        "node_name": cluster.node_name,
        **({"job_type": job_type} if cluster.version.since(7, 7) else {}),
        **more,
    }
    cluster.notifications.append({"id": secrets.token_urlsafe(15), "source": source})


def created(cluster, job_id: str) -> None:
    note(cluster, job_id, "Job created")


def opening(cluster, job_id: str) -> None:
    """The node in the form of its `toString`, as the recorded servers have it."""
    version = cluster.version
    initials = "".join(sorted(INITIALS.get(role, role[0]) for role in nodes.roles(version)))
    attributes = ", ".join(f"{name}={value}" for name, value in nodes.attributes(version).items())
    host = nodes.ADDRESS.partition(":")[0]
    parts = (cluster.node_name, cluster.node, cluster.ephemeral_id, host, nodes.ADDRESS, initials, attributes)
    described = "".join(f"{{{part}}}" for part in parts)
    note(cluster, job_id, f"Opening job on node [{described}]")


def loading(cluster, job_id: str, latest_record: int | None, snapshot_id: str | None) -> None:
    latest = "N/A" if latest_record is None else latest_record
    text = f"Loading model snapshot [{snapshot_id or 'N/A'}], job latest_record_timestamp [{latest}]"
    note(cluster, job_id, text)


def closing(cluster, job_id: str, *, forced: bool = False) -> None:
    note(cluster, job_id, "Job is closing (forced)" if forced else "Job is closing")


def without_node(cluster, job_id: str, explanation: str) -> None:
    note(cluster, job_id, f"No node found to open job. Reasons [{explanation}]", "warning")


def datafeed_stopped(cluster, job_id: str) -> None:
    note(cluster, job_id, "Datafeed stopped")


def datafeed_started(cluster, feed, span: int) -> None:
    """`span` is the job's bucket span in milliseconds (Messages.JOB_AUDIT_DATAFEED_STARTED_FROM_TO)."""
    until = "real-time" if feed.end is None else written(feed.end)
    frequency = feed.config.get("frequency", f"{default_frequency(span) // SECOND}s")
    times = f"from: {written(feed.begin)} to: {until}"
    note(cluster, feed.job_id, f"Datafeed started ({times}) with frequency [{frequency}]")


def datafeed_looked_back(cluster, feed) -> None:
    note(cluster, feed.job_id, "Datafeed lookback completed")
    if feed.end is None:
        note(cluster, feed.job_id, "Datafeed continued in real-time")


def failed(cluster, job_id: str, reason: str) -> None:
    """Noted before the datafeed is stopped (OpenJobPersistentTasksExecutor.failTask)."""
    note(cluster, job_id, reason, "error")


def default_frequency(span: int) -> int:
    """Milliseconds (DatafeedConfig.defaultFrequency)."""
    if span <= 2 * MINUTE:
        return MINUTE
    if span <= 20 * MINUTE:
        return span // 2
    return 10 * MINUTE if span <= 12 * HOUR else HOUR


def written(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / SECOND, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
