# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An anomaly detection job: its stored configuration, its data, and its state machine."""

from dataclasses import dataclass, field

from simulator import forecasts, nodes, notifications, snapshots, units
from simulator.buckets import IdleTimeline, Timeline
from simulator.forecasts import Forecast

RUNNING = ("opening", "opened", "closing", "failed")


@dataclass
class DataCounts:
    """The `data_counts` of a job, or of one upload; times are milliseconds since the epoch."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    times: dict[str, int] = field(default_factory=dict)

    def merge(self, upload: "DataCounts") -> None:
        for name, number in upload.counts.items():
            self.counts[name] += number
        latest = max(self.times.get("latest_record_timestamp", 0), upload.times.get("latest_record_timestamp", 0))
        self.times.update(upload.times)
        if latest:
            self.times["latest_record_timestamp"] = latest

    def render(self, job_id: str) -> dict:
        inputs = self.counts["processed_record_count"] + self.counts["invalid_date_count"]
        inputs += self.counts["out_of_order_timestamp_count"]
        return {"job_id": job_id, **self.counts, **self.times, "input_record_count": inputs}


COUNTED = (
    "processed_record_count",
    "processed_field_count",
    "input_bytes",
    "input_field_count",
    "invalid_date_count",
    "missing_field_count",
    "out_of_order_timestamp_count",
    "empty_bucket_count",
    "sparse_bucket_count",
    "bucket_count",
)


class Job:
    """A job; `state` is what `_stats` shows, `blocked` what deletes, resets or reverts it (7.14 and later show it)."""

    def __init__(self, cluster, config: dict):
        self.cluster = cluster
        self.config = config
        self.state = "closed"
        self.blocked: dict | None = None
        self.upgrade: snapshots.Upgrade | None = None
        self.open_fails = False
        self.awaits_node = False
        self.memory_status = "ok"
        self.opened_at = 0
        self.opened_with = config
        self._opened_at_the_earliest = 0
        self._has_process = False
        self._transition = 0
        self.empty()

    def empty(self) -> None:
        """Forget data and results, as a new or a reset job."""
        analysis = self.config["analysis_config"]
        self.counts = DataCounts()
        kind = Timeline if self.cluster.has_native else IdleTimeline
        self.timeline = kind(
            units.duration(analysis.get("bucket_span", "5m")), units.duration(analysis.get("latency", "0"))
        )
        self.snapshots: dict[str, dict] = {}
        self.forecasts: dict[str, Forecast] = {}
        for name in ("finished_time", "model_snapshot_id", "model_snapshot_min_version"):
            self.config.pop(name, None)

    @property
    def job_id(self) -> str:
        return self.config["job_id"]

    @property
    def groups(self) -> list[str]:
        return self.config.get("groups", [])

    @property
    def is_anomaly_detector(self) -> bool:
        return self.config["job_type"] == "anomaly_detector"

    @property
    def is_deleting(self) -> bool:
        return self.blocked is not None and self.blocked["reason"] == "delete"

    @property
    def is_ending(self) -> bool:
        """Whether it is closing and its native process still runs."""
        return self.state == "closing" and self._has_process

    def open(self) -> None:
        """closed -> opening -> opened, or failed where the process is set to fail; too big a job waits for a node."""
        if not nodes.has_room(self.config):
            self.set_state("opening")
            self.awaits_node = True
            notifications.without_node(self.cluster, self.job_id, nodes.AWAITING)
            return
        self.opened_with = dict(self.config)
        self._opened_at_the_earliest = self.cluster.now() + self._takes("opening")
        notifications.opening(self.cluster, self.job_id)
        self._go("opening", self._takes("opening"), self._opened)

    def close(self) -> None:
        """opening or opened -> closing -> closed; a process that is still being launched is waited for."""
        launch = max(0, self._opened_at_the_earliest - self.cluster.now()) if self.state == "opening" else 0
        notifications.closing(self.cluster, self.job_id)
        self._go("closing", launch + self._takes("closing"), self._process_ended)

    def force_close(self) -> None:
        """Any state -> closed at once; a process that is killed has finished."""
        had_process = self._has_process
        self.set_state("closed")
        if had_process:
            self.config["finished_time"] = self.cluster.now()

    def set_state(self, state: str) -> None:
        """Go to a state at once; a transition that is under way is given up."""
        self._transition += 1
        self.awaits_node = False
        if state == "opened" and self.state != "opened":
            self.opened_at = self.cluster.now()
        self._has_process = state == "opened" or (state == "closing" and self._has_process)
        self.state = state
        datafeed = self.cluster.datafeeds.of_job(self.job_id)
        if datafeed is not None and state in ("opened", "failed", "closed"):
            datafeed.job_became(state)
        self.cluster.clock.notify()

    def block(self, reason: str, task) -> None:
        """Mark it as being deleted, reset or reverted by a task."""
        self.blocked = {"reason": reason, "task_id": task.id}
        self.cluster.clock.notify()

    def control(self, wanted: dict) -> None:
        """What the control endpoint may set."""
        self.open_fails = wanted.get("open_fails", self.open_fails)
        self.timeline.finalized_end = wanted.get("last_finalized_bucket_end", self.timeline.finalized_end)
        self.counts.counts.update(wanted.get("counts", {}))
        self.memory_status = wanted.get("memory_status", self.memory_status)
        self.counts.times.update(wanted.get("times", {}))
        if "age" in wanted:
            self.config["create_time"] = self.cluster.now() - units.duration(wanted["age"], "age")
        if "idle" in wanted:
            self.counts.times["last_data_time"] = self.cluster.now() - units.duration(wanted["idle"], "idle")
        if "failure_reason" in wanted:
            notifications.failed(self.cluster, self.job_id, wanted["failure_reason"])
        if "state" in wanted:
            self._put_into(wanted["state"])

    def _put_into(self, state: str) -> None:
        """`opening` and `closing` last for ever, unless their duration was set."""
        transitions = {"opening": self.open, "closing": self.close}
        if state in transitions and self.cluster.durations.find("jobs", self.job_id, state) is not None:
            transitions[state]()
        else:
            self.set_state(state)

    def _takes(self, kind: str) -> int:
        return self.cluster.durations.get("jobs", self.job_id, kind)

    def _go(self, state: str, milliseconds: int, arrive) -> None:
        self.set_state(state)
        transition = self._transition

        def arrive_unless_overtaken() -> None:
            if self._transition == transition:
                arrive()

        self.cluster.clock.call_after(milliseconds, arrive_unless_overtaken)

    def _opened(self) -> None:
        if self.open_fails:
            self._go("failed", self._takes("releasing"), self.force_close)
        else:
            snapshot = self.config.get("model_snapshot_id")
            notifications.loading(self.cluster, self.job_id, self.timeline.latest_record, snapshot)
            self.set_state("opened")
            self.timeline.has_news = False
            self.config.pop("finished_time", None)

    def _process_ended(self) -> None:
        self._has_process = False
        snapshots.persist(self)
        self._go("closing", self._takes("releasing"), self._closed)

    def _closed(self) -> None:
        self.set_state("closed")
        self.config["finished_time"] = self.cluster.now()

    def stats(self) -> dict:
        """The job in `GET _stats`."""
        version = self.cluster.version
        stats = {
            "job_id": self.job_id,
            "data_counts": self.counts.render(self.job_id),
            "model_size_stats": self.model_size(),
            "forecasts_stats": forecasts.statistics(self.forecasts.values()),
            "state": self.state,
        }
        if version.since(8) and self.is_deleting:
            stats["deleting"] = True
        if self.state != "closed":
            stats.update(nodes.assignment(self.cluster))
        if self.awaits_node:
            stats["assignment_explanation"] = nodes.AWAITING
        if not self._has_process and not self.cluster.upgrade_mode:
            stats.pop("node", None)
        elif not self.cluster.upgrade_mode:
            stats["open_time"] = f"{(self.cluster.now() - self.opened_at) // 1000}s"
        stats["timing_stats"] = self._timing(version)
        return stats

    def model_size(self) -> dict:
        sizes = {
            "job_id": self.job_id,
            "result_type": "model_size_stats",
            "model_bytes": 0,
            "total_by_field_count": 0,
            "total_over_field_count": 0,
            "total_partition_field_count": 0,
            "bucket_allocation_failures_count": 0,
            "memory_status": self.memory_status,
        }
        if self.cluster.version.since(7, 10):
            kinds = ("categorized_doc", "total_category", "frequent_category")
            kinds += ("rare_category", "dead_category", "failed_category")
            sizes.update({f"{kind}_count": 0 for kind in kinds}, categorization_status="ok")
        return {**sizes, "log_time": self.config.get("create_time", 0)}

    def _timing(self, version) -> dict:
        timing = {"job_id": self.job_id, "bucket_count": self.timeline.final_count}
        if version.since(7, 10):
            timing["total_bucket_processing_time_ms"] = 0.0
            timing["exponential_average_bucket_processing_time_per_hour_ms"] = 0.0
        return timing
