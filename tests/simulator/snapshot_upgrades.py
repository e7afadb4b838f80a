# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upgrading model snapshots, and how that goes (APIs: upgrade snapshot 7.11, get upgrade statistics 7.16)."""

from simulator import errors, expressions, jobs, nodes, options, snapshots, snapshots_api
from simulator.rest import Request

UPGRADE = snapshots_api.ADMIN + "upgrade"
STATS = "cluster:monitor/xpack/ml/job/model_snapshots/upgrade/stats/get"
NO_MODEL = "no model state was found"
PATH = snapshots_api.ONE + "/_upgrade"


def register(router) -> None:
    router.add("POST", PATH, upgrade_snapshot, since=(7, 11))
    router.add("GET", PATH + "/_stats", get_upgrade_stats, since=(7, 16))


async def upgrade_snapshot(request: Request) -> dict:
    """The model is written again in the form of this version."""
    timeout = request.duration("timeout", 30 * 60_000)
    wait = request.flag("wait_for_completion", False)
    request.ready(UPGRADE)
    cluster, snapshot_id = request.cluster, request.parts["snapshot_id"]
    cluster.require_licence()
    job = jobs.find(cluster, request.parts["job_id"])
    require_upgradable(job, snapshot_id)
    start(job, snapshot_id)
    if wait and not await cluster.wait_until(lambda: job.upgrade is None or job.upgrade.has_failed, timeout):
        text = f"snapshot upgrader request [{job.job_id}] [{snapshot_id}] timed out after"
        raise errors.status_error(408, f"{text} [{getattr(timeout, 'text', '30m')}]")
    if wait and job.upgrade is not None:
        job.upgrade = None
        state = "Unexpected state [failed] while waiting for to be assigned to a node"
        raise errors.ApiError(500, "exception", f"{state}; recorded reason [{NO_MODEL}]")
    return {"completed": job.upgrade is None, "node": cluster.node}


def start(job, snapshot_id: str) -> None:
    """A snapshot that is a mere document has no model to be upgraded: its upgrade fails, and stays so."""
    job.upgrade = snapshots.Upgrade(snapshot_id)

    def finish() -> None:
        if snapshot_id not in job.snapshots:
            job.upgrade.has_failed = True
        else:
            job.upgrade = None
            snapshots.change(job, snapshot_id, {"min_version": job.cluster.version.snapshot_min_version})

    job.cluster.after("jobs", job.job_id, "upgrading", finish)


def require_upgradable(job, snapshot_id: str) -> None:
    what = f"Cannot upgrade job [{job.job_id}] snapshot [{snapshot_id}]"
    if job.upgrade is not None:
        raise errors.conflict(f"{what} as there is currently a snapshot for this job being upgraded")
    if job.config.get("model_snapshot_id") == snapshot_id and job.state != "closed":
        raise errors.conflict(
            f"Cannot upgrade snapshot [{snapshot_id}] for job [{job.job_id}] as it is the current primary job snapshot "
            f"and the job's state is [{job.state}]. Please close the job before upgrading the snapshot."
        )
    snapshot = snapshots.of(job).get(snapshot_id)
    if snapshot is None:
        raise snapshots_api.missing(job.job_id, snapshot_id)
    current = job.cluster.version.config_version
    if snapshot["min_version"] == current:
        raise errors.conflict(f"{what} as it is already compatible with current version {current}")


async def get_upgrade_stats(request: Request) -> dict:
    allow_no_match = options.allow_no_match(request, "allow_no_jobs")
    request.ready(STATS)
    cluster = request.cluster
    found = jobs.expand(cluster, request.parts["job_id"], allow_no_match)
    running = {job.upgrade.snapshot_id: job for job in found if job.upgrade is not None}
    chosen = expressions.expand(
        request.parts["snapshot_id"], running, allow_no_match=allow_no_match, missing=no_upgrade
    )
    stats = [statistics(running[snapshot_id], snapshot_id) for snapshot_id in chosen]
    return {"count": len(stats), "model_snapshot_upgrades": stats}


def no_upgrade(expression: str) -> errors.ApiError:
    return errors.not_found(f"no snapshot upgrade is running for snapshot_id [{expression}]")


def statistics(job, snapshot_id: str) -> dict:
    state = "failed" if job.upgrade.has_failed else "loading_old_state"
    identity = {"job_id": job.job_id, "snapshot_id": snapshot_id, "state": state}
    return {**identity, **nodes.assignment(job.cluster)}
