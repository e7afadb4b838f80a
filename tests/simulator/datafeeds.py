# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state machine of a datafeed and what it does to its job."""

from simulator import data, datafeed_source, errors, jobs, lifecycle, notifications
from simulator.config import datafeeds as config_of

RESOURCE = "datafeeds"


class Datafeed:
    """A datafeed: its stored configuration, its state, and what it did since it was created."""

    def __init__(self, cluster, config: dict):
        self.cluster = cluster
        self.config = config
        self.state = "stopped"
        self.end: int | None = None
        self.real_time = False
        self.searches = 0
        self.begin = 0
        self.started_at = 0
        self._run: object | None = None

    @property
    def datafeed_id(self) -> str:
        return self.config["datafeed_id"]

    @property
    def job_id(self) -> str:
        return self.config["job_id"]

    @property
    def is_running(self) -> bool:
        return self.state in ("starting", "started")

    def start(self, begin: int, end: int | None) -> None:
        """Times are milliseconds since the epoch; without `end` it runs until it is stopped.

        While the job is still opening, the datafeed stays `starting`.
        """
        self.begin, self.end = begin, end
        self.real_time = False
        self._enter("starting")
        if jobs.find(self.cluster, self.job_id).state == "opened":
            self._after("starting", self._started)

    def stop(self) -> None:
        self._enter("stopping")
        self._after("stopping", self._stopped)

    def force_stop(self) -> None:
        """Stop at once; unlike a normal stop this leaves the job of a bounded datafeed open."""
        self._enter("stopped")

    async def stop_for_job(self, force: bool) -> None:
        """Stop before the job is closed or deleted (close job, 7.14; delete job, 7.15)."""
        if force:
            self.force_stop()
        elif self.is_running:
            self.end = None
            self.stop()
        await self.cluster.wait_until(lambda: self.state == "stopped")

    def job_became(self, state: str) -> None:
        """The job is now `opened`, `failed` or `closed`."""
        if state == "opened" and self.state == "starting":
            self._after("starting", self._started)
        elif state == "closed" or (state == "failed" and self.cluster.version.failed_job_stops_datafeed):
            self._enter("stopped")

    def control(self, wanted: dict) -> None:
        """What tests set: `state` and `end` (milliseconds)."""
        self.end = wanted.get("end", self.end)
        if "state" in wanted:
            self._set_state(wanted["state"])

    def _set_state(self, state: str) -> None:
        """Be in a state as for long: `started` is past the look-back, `stopping` lasts unless its duration is set."""
        if state == "stopping" and self.cluster.durations.find(RESOURCE, self.datafeed_id, state) is not None:
            self.stop()
            return
        self._enter(state)
        self.real_time = state == "started" and self.end is None
        if state == "started" and self.end is not None:
            self._look_back()

    def _enter(self, state: str) -> None:
        """Take a state and forget what the former one was waiting for."""
        if self.state == "stopped":
            self.started_at = self.cluster.now()
        elif state == "stopped":
            notifications.datafeed_stopped(self.cluster, self.job_id)
        self.state = state
        self._run = object()

    def _after(self, kind: str, action, least: int = 0) -> None:
        run = self._run
        taken = max(least, self.cluster.durations.get(RESOURCE, self.datafeed_id, kind))
        self.cluster.clock.call_after(taken, lambda: action() if self._run is run else None)

    def _started(self) -> None:
        self._enter("started")
        notifications.datafeed_started(self.cluster, self, jobs.find(self.cluster, self.job_id).timeline.span)
        self._look_back()

    def _look_back(self) -> None:
        self._after("lookback", self._looked_back, 0 if self.end is None else self.end - self.cluster.now())

    def _looked_back(self) -> None:
        self.searches += 1
        until = self.cluster.now() if self.end is None else self.end
        job = jobs.find(self.cluster, self.job_id)
        if job.state == "opened":
            self._feed(job, until)
        notifications.datafeed_looked_back(self.cluster, self)
        if self.end is None:
            self.real_time = True
        else:
            self.stop()

    def _feed(self, job, until: int) -> None:
        """Post what is newer than the job's data, then finalise what lies before the end, as the last flush does."""
        latest = job.timeline.latest_record
        begin = self.begin if latest is None else max(self.begin, latest + 1)
        data.post(job, datafeed_source.records(self.cluster, self.config, job.config, begin, until))
        job.timeline.advance(until)

    def _stopped(self) -> None:
        self._enter("stopped")
        job = self.cluster.jobs.get(self.job_id)
        if self.end is not None and job is not None:
            lifecycle.close_later(job)


def create(cluster, config: dict) -> Datafeed:
    """Store what config.datafeeds.build made (API: put datafeed; put job with a datafeed, 7.14).

    Raises ApiError: 409 for a second datafeed of a job, 404 for a missing job, 400 for what is unfit or a taken id.
    """
    require_no_datafeed(cluster, config["job_id"])
    job = jobs.find(cluster, config["job_id"])
    checked = config_of.update(cluster.version.number, config, {}, job.config)
    if config["datafeed_id"] in cluster.datafeeds:
        raise errors.already_exists(f"A datafeed with id [{config['datafeed_id']}] already exists")
    datafeed = cluster.datafeeds[config["datafeed_id"]] = Datafeed(cluster, checked)
    return datafeed


def update(cluster, datafeed_id: str, body: str | dict, more: dict) -> dict:
    """Raises ApiError: 404, 409 while it runs, 400 for an unfit value; another job must exist and have no datafeed."""
    datafeed = find(cluster, datafeed_id)
    require_stopped(datafeed, "update")
    changed = {**config_of.update(cluster.version.number, datafeed.config, body), **more}
    if changed["job_id"] != datafeed.job_id:
        move(cluster, datafeed, changed)
    datafeed.config = changed
    return changed


def move(cluster, datafeed: Datafeed, changed: dict) -> None:
    """Give a datafeed to another job, as servers before 8.0 allow; the recorded 7.10 is built from 8.0's sources."""
    if cluster.version.since(7, 10) and not cluster.version.since(7, 11):
        raise errors.status_error(400, "Datafeed's job_id cannot be changed.")
    require_no_datafeed(cluster, changed["job_id"])
    jobs.find(cluster, changed["job_id"])
    del cluster.datafeeds[datafeed.datafeed_id]
    datafeed.config = changed
    cluster.datafeeds[datafeed.datafeed_id] = datafeed


def require_no_datafeed(cluster, job_id: str) -> None:
    existing = cluster.datafeeds.of_job(job_id)
    if existing is not None:
        raise errors.conflict(f"A datafeed [{existing.datafeed_id}] already exists for job [{job_id}]")


def require_stopped(datafeed: Datafeed, verb: str) -> None:
    """Raises ApiError 409, whose text says started whatever the state is."""
    if datafeed.state != "stopped":
        raise errors.conflict(f"Cannot {verb} datafeed [{datafeed.datafeed_id}] while its status is started")


def find(cluster, datafeed_id: str) -> Datafeed:
    """Raises ApiError 404."""
    if datafeed_id not in cluster.datafeeds:
        raise errors.missing_datafeed(datafeed_id)
    return cluster.datafeeds[datafeed_id]
