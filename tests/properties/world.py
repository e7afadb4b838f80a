# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster says of itself through its own API, and what expressions mean there; made without the modules."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from properties.clusters import Call
from properties.stage import Stage


@dataclass(frozen=True)
class Thing:
    """A job, datafeed or analytics job."""

    id: str
    state: str
    config: dict
    stats: dict = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        return {self.id, *self.config.get("groups", [])}

    @property
    def is_finished(self) -> bool:
        percents = [phase["progress_percent"] for phase in self.stats.get("progress", [])]
        return self.state == "stopped" and bool(percents) and min(percents) == 100

    @property
    def is_full(self) -> bool:
        counts = self.stats.get("data_counts", {})
        return any(counts.get(name) for name in ("input_record_count", "processed_record_count", "bucket_count"))

    @property
    def is_blocked(self) -> bool:
        return "blocked" in self.config or bool(self.config.get("deleting"))


@dataclass(frozen=True)
class World:
    """Everything of a cluster at one moment, by module and id."""

    version: tuple[int, ...]
    upgrading: bool
    things: dict[str, dict[str, Thing]]

    def of(self, call: Call) -> dict[str, Thing]:
        return self.things[call.module]

    def datafeeds_of(self, job_id: str) -> list[Thing]:
        return [feed for feed in self.things["ml_datafeed"].values() if feed.config["job_id"] == job_id]

    def job_of(self, datafeed: Thing) -> Thing | None:
        return self.things["ml_job"].get(datafeed.config["job_id"])


KINDS = {
    "ml_job": ("/_ml/anomaly_detectors", "jobs", "job_id"),
    "ml_datafeed": ("/_ml/datafeeds", "datafeeds", "datafeed_id"),
    "ml_analytics": ("/_ml/data_frame/analytics", "data_frame_analytics", "id"),
}


def look(stage: Stage) -> World:
    return World(
        stage.version,
        stage.ask("GET", "/_ml/info").body["upgrade_mode"],
        {module: _read(stage, *kind) for module, kind in KINDS.items()},
    )


def _read(stage: Stage, path: str, key: str, id_key: str) -> dict[str, Thing]:
    stats = {entry[id_key]: entry for entry in stage.ask("GET", f"{path}/_stats").body[key]}
    things = {}
    for config in stage.ask("GET", path).body[key]:
        id = config[id_key]
        deleting = config.get("deleting") or id not in stats
        things[id] = Thing(id, "deleting" if deleting else stats[id]["state"], config, stats.get(id, {}))
    return things


@dataclass(frozen=True)
class Meaning:
    """What a call's expressions mean in a world."""

    ids: set[str]
    unknown: list[str]
    unmatched: list[str]


def meaning(call: Call, world: World) -> Meaning:
    """A job that is being deleted is meant by its id; by groups and wildcards only to be deleted, or read."""
    chosen, unknown, unmatched = set(), [], []
    there = [thing for thing in world.of(call).values() if call.state in ("absent", None) or thing.state != "deleting"]
    for token in call.tokens:
        found = {thing.id for thing in there if _takes_in(token, thing.names)}
        if not found and not is_pattern(token):
            found = {thing.id for thing in world.of(call).values() if token in thing.names}
        chosen |= found
        if not found:
            (unmatched if is_pattern(token) else unknown).append(token)
    excluded = {
        thing.id
        for thing in world.of(call).values()
        if any(_takes_in(token, thing.names) for token in call.given("exclude") or [])
    }
    return Meaning(chosen - excluded, unknown, unmatched)


def is_pattern(token: str) -> bool:
    return "*" in token or token == "_all"


def _takes_in(token: str, names: set[str]) -> bool:
    return token == "_all" or any(fnmatchcase(name, token) for name in names)
