# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The indices in which the server keeps configurations and notifications, as searches see them."""

from collections.abc import Callable, Iterator
from functools import cached_property

from simulator.index import Document, Index
from simulator.licence import dated

CONFIG = ".ml-config"
CONFIG_MAPPING = {"properties": {"job_id": {"type": "keyword"}, "create_time": {"type": "date"}}}
NOTIFICATIONS_MAPPING = {
    "properties": {
        "job_id": {"type": "keyword"},
        "message": {"type": "text", "fields": {"raw": {"type": "keyword", "ignore_above": 1024}}},
        "level": {"type": "keyword"},
        "timestamp": {"type": "date"},
        "node_name": {"type": "keyword"},
        "job_type": {"type": "keyword"},
        "cleared": {"type": "boolean"},
    }
}


class SystemIndex(Index):
    """An index whose documents are made when somebody asks for them."""

    def __init__(self, mapping: dict, made: Callable[[], Iterator[tuple[str, dict]]]):
        super().__init__(mapping, settings={"number_of_replicas": "0"}, is_hidden=True)
        del self.documents
        self._made = made

    @cached_property
    def documents(self) -> dict[str, Document]:
        return {name: Document(source, seq_no=number) for number, (name, source) in enumerate(self._made())}


def view(cluster) -> dict[str, Index]:
    """Indices by name; each is there once something is in it."""
    found = {}
    if cluster.jobs or cluster.datafeeds or cluster.analytics:
        found[CONFIG] = SystemIndex(CONFIG_MAPPING, lambda: configurations(cluster))
    if cluster.notifications:
        found[notifications_name(cluster.version)] = SystemIndex(
            NOTIFICATIONS_MAPPING, lambda: ((entry["id"], entry["source"]) for entry in cluster.notifications)
        )
    return found


def notifications_name(version) -> str:
    if not version.since(7, 9):
        return ".ml-notifications"
    return ".ml-notifications-000002" if version.since(7, 16) else ".ml-notifications-000001"


def configurations(cluster) -> Iterator[tuple[str, dict]]:
    """Documents by id, those of jobs in the order in which they were written last."""
    for job in cluster.analytics.values():
        yield (
            f"data_frame_analytics_config-{job.id}",
            {**job.config, "config_type": "data_frame_analytics_config"},
        )
    for feed in cluster.datafeeds.values():
        yield f"datafeed-{feed.datafeed_id}", {**feed.config, "config_type": "datafeed"}
    jobs = sorted(cluster.jobs.values(), key=lambda job: job.config.get("finished_time", job.config["create_time"]))
    for job in jobs:
        yield f"anomaly_detector-{job.job_id}", stored_job(job)


def stored_job(job) -> dict:
    """A job as it was put has no `detector_index`; opening it anew after it was closed writes it, and the time."""
    stored = dict(job.config)
    if "finished_time" not in job.opened_with:
        detectors = stored["analysis_config"]["detectors"]
        bare = [{name: value for name, value in one.items() if name != "detector_index"} for one in detectors]
        stored["analysis_config"] = {**stored["analysis_config"], "detectors": bare}
    if "finished_time" in stored:
        stored["finished_time"] = dated("finished_time", stored["finished_time"])["finished_time"]
    return stored
