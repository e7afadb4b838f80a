# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server notes about its jobs in an index of its own (AnomalyDetectionAuditor)."""

import secrets

from simulator import nodes

INITIALS = {
    "ml": "l",
    "remote_cluster_client": "r",
    "data_content": "s",
    "data_hot": "h",
    "data_warm": "w",
    "data_cold": "c",
    "data_frozen": "f",
}


def note(cluster, job_id: str, message: str) -> None:
    """Each a millisecond later than the one before at least, so that sorting by time keeps their order."""
    last = cluster.notifications[-1]["source"]["timestamp"] if cluster.notifications else 0
    kind = {"job_type": "anomaly_detector"} if cluster.version.since(7, 7) else {}
    source = {
        "job_id": job_id,
        "message": message,
        "level": "info",
        "timestamp": max(cluster.now(), last + 1),
        "node_name": cluster.node_name,
        **kind,
    }
    cluster.notifications.append({"id": secrets.token_urlsafe(15), "source": source})


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


def closing(cluster, job_id: str) -> None:
    note(cluster, job_id, "Job is closing")
