# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state machine of a data frame analytics job."""

from simulator import analytics_progress as progress_of
from simulator import errors, indices, mappings

RESOURCE = "analytics"
RUNNING = ("starting", "started", "reindexing", "analyzing")
TRAINING_PHASES = 2  # reindexing and loading_data: once both are done the documents are counted


class Analytics:
    """A job: its stored configuration, its state, and the progress that stays when it is stopped.

    A run goes on until it is stopped, unless a duration `analyzing` (or `run`) was set for it or it `finishes`.
    """

    def __init__(self, cluster, config: dict):
        self.cluster = cluster
        self.config = config
        self.state = "stopped"
        self.failure_reason: str | None = None
        self.finishes = False
        self.crashes = False
        self.has_started = False
        self.memory_reported: int | None = None
        self.memory_status = "ok"
        self._run: object | None = None
        self.started_at = 0
        self._phase_began = 0
        self._kept = 0.0
        self._progress = progress_of.untouched(len(self.phases))

    @property
    def id(self) -> str:
        return self.config["id"]

    @property
    def analysis(self) -> str:
        return next(iter(self.config["analysis"]))

    @property
    def phases(self) -> tuple[str, ...]:
        return progress_of.phases(self.analysis, self.cluster.version)

    @property
    def reported_state(self) -> str:
        """`state` in statistics; since 7.11 both phases of a run count as started."""
        hidden = self.cluster.version.hides_analytics_phases and self.state in ("reindexing", "analyzing")
        return "started" if hidden else self.state

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def is_finished(self) -> bool:
        """Whether a start is refused; 7.3 keeps no progress and starts again."""
        return self.cluster.version.has_analytics_progress and min(self.progress) == 100

    @property
    def progress(self) -> list[int]:
        """Percent of each phase, now."""
        count = len(self.phases)
        if self.state == "reindexing":
            return progress_of.reindexing(count, self._fraction("reindexing"))
        if self.state != "analyzing":
            return self._progress
        if self.crashes or self._analyzing_time() is None:
            return self._progress
        return progress_of.analyzing(count, self._kept + (1 - self._kept) * self._fraction("analyzing"))

    @property
    def documents(self) -> int:
        """Documents in the source indices."""
        found = indices.present(self.cluster, self.config["source"]["index"])
        return sum(len(index.documents) for index in found.values())

    @property
    def training_documents(self) -> int:
        return self.documents if self.progress[:TRAINING_PHASES] == [100] * TRAINING_PHASES else 0

    def start(self) -> None:
        self.has_started = False
        self._enter("starting")
        self._after("starting", self._started)

    def stop(self) -> None:
        """Stop gracefully; progress stays as it is."""
        self._enter("stopping")
        self._after("stopping", self._stopped)

    def force_stop(self) -> None:
        self._enter("stopped")

    def fail(self, reason: str) -> None:
        self._enter("failed")
        self.failure_reason = reason

    def finish(self) -> None:
        self._enter("stopped")
        self._progress = progress_of.finished(len(self.phases))

    def control(self, wanted: dict) -> None:
        """What tests set.

        `finishes`, `crash`, `state`, `failure_reason`, `memory_status`, and `progress` as a number or by phase.
        """
        self.finishes = wanted.get("finishes", self.finishes)
        self.crashes = wanted.get("crash", self.crashes)
        if "memory_status" in wanted:
            self.memory_status, self.memory_reported = wanted["memory_status"], self.cluster.now()
        if "state" in wanted:
            self._set_state(wanted["state"], wanted.get("failure_reason"))
        if "progress" in wanted:
            self._set_progress(wanted["progress"])

    def _set_state(self, state: str, failure_reason: str | None) -> None:
        """`starting` and `stopping` last for ever, unless their duration was set."""
        timed = {"starting": self.start, "stopping": self.stop}
        if state in timed and self.cluster.durations.find(RESOURCE, self.id, state) is not None:
            timed[state]()
        elif state in ("started", "analyzing"):
            self._analyze()
        elif state == "failed":
            self.fail(failure_reason or f"[{self.id}] failed")
        else:
            self._enter(state)

    def _set_progress(self, wanted: int | dict[str, int]) -> None:
        if isinstance(wanted, dict):
            self._progress = [wanted.get(phase, now) for phase, now in zip(self.phases, self.progress, strict=True)]
        else:
            self._progress = progress_of.overall(len(self.phases), wanted)
        if self.is_running and min(self._progress) == 100:
            self.finish()

    def _enter(self, state: str) -> None:
        """Take a state, keep the progress made so far, and forget what the former state was waiting for."""
        self.started_at = self.cluster.now() if self.state == "stopped" else self.started_at
        self._progress = self.progress
        self.state = state
        self.failure_reason = None
        self._run = object()
        self._phase_began = self.cluster.now()

    def _after(self, kind: str, action, milliseconds: int | None = None) -> None:
        run = self._run
        taken = self.cluster.durations.get(RESOURCE, self.id, kind) if milliseconds is None else milliseconds
        self.cluster.clock.call_after(taken, lambda: action() if self._run is run else None)

    def _started(self) -> None:
        """Started, and about to create the destination index; a run that had that behind it goes on from there."""
        self.has_started = True
        if self._progress[0] == 100:
            self._analyze()
            return
        self._progress[0] = max(1, self._progress[0])
        self._enter("started")
        self._after("creating", self._created)

    def _created(self) -> None:
        self._enter("reindexing")
        self._after("reindexing", self._reindexed)

    def _reindexed(self) -> None:
        destination = indices.created(self.cluster, self.config["dest"]["index"])
        for index in indices.present(self.cluster, self.config["source"]["index"]).values():
            mappings.merge(destination.mappings, index.mappings)
            for document_id, document in index.documents.items():
                destination.add(document.source, document_id)
        self._analyze()

    def _analyze(self) -> None:
        count = len(self.phases)
        self._enter("analyzing")
        self._kept = progress_of.analyzed(self._progress)
        if self.crashes:
            self._progress = progress_of.loaded(count)
        elif self._analyzing_time() is None and not self._kept:
            self._progress = progress_of.stuck(count)
        if not self.crashes:
            self.memory_reported = self.memory_reported or self.cluster.now()
        if (taken := self._analyzing_time()) is not None:
            self._after("analyzing", self._analyzed, taken)

    def _analyzed(self) -> None:
        if self.crashes:
            self.fail(f"[{self.id}] simulated crash")
        else:
            self.finish()

    def _stopped(self) -> None:
        self._enter("stopped")

    def _analyzing_time(self) -> int | None:
        durations = self.cluster.durations
        for kind in ("analyzing", "run"):
            if (found := durations.find(RESOURCE, self.id, kind)) is not None:
                return found
        return 0 if self.finishes or self.crashes else None

    def _fraction(self, kind: str) -> float:
        """How much of the time of the present phase has passed."""
        whole = self._analyzing_time() if kind == "analyzing" else self.cluster.durations.get(RESOURCE, self.id, kind)
        return min(1.0, (self.cluster.now() - self._phase_began) / whole) if whole else 1.0


def create(cluster, config: dict) -> Analytics:
    """Store a job whose configuration is already checked. Raises ApiError 400 when the id is taken."""
    if config["id"] in cluster.analytics:
        raise errors.already_exists(f"A data frame analytics with id [{config['id']}] already exists")
    job = cluster.analytics[config["id"]] = Analytics(cluster, config)
    return job


def find(cluster, name: str) -> Analytics:
    """Raises ApiError 404."""
    if name not in cluster.analytics:
        raise errors.missing_analytics(name)
    return cluster.analytics[name]
