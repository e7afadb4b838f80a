# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of resources as other users of the cluster see and treat them: without the collection's code."""

import json
from dataclasses import dataclass, field, replace

JOBS = "/_ml/anomaly_detectors"
FEEDS = "/_ml/datafeeds"
ANALYTICS = "/_ml/data_frame/analytics"
SETTLES = {"closing": "closed", "opening": "opened", "stopping": "stopped", "starting": "started"}
SETTLES |= dict.fromkeys(("reindexing", "analyzing"), "started")
PASSING = (
    "create_time",
    "finished_time",
    "blocked",
    "model_snapshot_id",
    "model_snapshot_min_version",
    "datafeed_config",
)
"""What of a configuration the server writes, or is a resource of its own."""


@dataclass(frozen=True)
class Condition:
    """How a resource stands: where its state will come to rest, what it holds, and how it is configured.

    `end`: of a look-back, in milliseconds.
    """

    state: str
    data: tuple
    config: str = field(repr=False)
    end: int | None = None

    def holds(self, wanted: dict) -> bool:
        """Whether it exists with these values."""
        return self != MISSING and _holds(json.loads(self.config), wanted)

    def runs_as(self, other: "Condition") -> bool:
        return (self.state, self.end) == (other.state, other.end)

    def differs(self, other: "Condition") -> bool:
        return (self.state, self.data) != (other.state, other.data)


MISSING = Condition("missing", (), "")


def _holds(there, wanted) -> bool:
    """Whether a value is another one, apart from members that this one doesn't have."""
    if not isinstance(wanted, dict):
        return there == wanted
    return isinstance(there, dict) and all(name in there and _holds(there[name], wanted[name]) for name in wanted)


async def documents(world, path: str, key: str, id_key: str) -> dict[str, dict]:
    reply = await world.ask("GET", f"{path}?size=100" if path.startswith(ANALYTICS) else path, [], b"")
    return {document[id_key]: document for document in reply.json[key]}


async def ends(world) -> dict[str, int]:
    """Where the look-backs that run end."""
    reply = await world.ask("GET", "/_cluster/state/metadata", [], b"")
    tasks = [entry["task"] for entry in reply.json["metadata"]["persistent_tasks"]["tasks"]]
    params = [task["params"] for of_task in tasks for task in of_task.values()]
    return {found["datafeed_id"]: int(found["end"]) for found in params if "datafeed_id" in found and "end" in found}


class Kind:
    """A kind of resource: where it lives, and what `others` do to one of it."""

    path = key = id_key = resource = ""
    changes: tuple[dict, ...] = ()

    async def present(self, world) -> dict[str, Condition]:
        """Everything of this kind."""
        configs = await documents(world, self.path, self.key, self.id_key)
        stats = await documents(world, f"{self.path}/_stats", self.key, self.id_key)
        return {id: self.condition(config, stats.get(id)) for id, config in configs.items()}

    def condition(self, config: dict, stats: dict | None) -> Condition:
        if stats is None:
            return MISSING
        state = SETTLES.get(stats["state"], stats["state"])
        lasting = {name: value for name, value in config.items() if name not in PASSING}
        return Condition(state, self.data_of(stats), json.dumps(lasting, sort_keys=True))

    def data_of(self, stats: dict) -> tuple:
        return ()

    def deletion(self, id: str) -> list[tuple[str, str]]:
        return [("POST", f"{self.path}/{id}/_stop?force=true"), ("DELETE", f"{self.path}/{id}")]

    def ending(self, id: str) -> list[tuple[str, str]]:
        return [("POST", f"{self.path}/{id}/_stop?force=true")]

    def beginning(self, id: str) -> list[tuple[str, str]]:
        return [("POST", f"{self.path}/{id}/_start")]

    def change(self, id: str) -> list[tuple[str, str, dict]]:
        """A change of what nobody else declares, and one of what somebody does."""
        return [("POST", f"{self.path}/{id}/_update", body) for body in self.changes]

    def reassigned(self, id: str, condition: Condition) -> list[tuple[str, str]]:
        """What the control endpoint is told when the node of one that runs goes away."""
        return [(f"{self.resource}/{id}", "starting")] if condition.state == "started" else []


class Jobs(Kind):
    path, key, id_key, resource = JOBS, "jobs", "job_id", "jobs"
    changes = ({"results_retention_days": 99}, {"description": "somebody else's"})

    def condition(self, config, stats):
        if config.get("deleting") or (config.get("blocked") or {}).get("reason") == "delete":
            return MISSING
        if (config.get("blocked") or {}).get("reason") == "reset":
            return replace(super().condition(config, stats), data=(0, 0))
        return super().condition(config, stats)

    def data_of(self, stats):
        return stats["data_counts"]["processed_record_count"], stats["timing_stats"]["bucket_count"]

    def deletion(self, id):
        feed = feed_of(id)
        return [
            ("POST", f"{FEEDS}/{feed}/_stop?force=true"),
            ("DELETE", f"{FEEDS}/{feed}"),
            ("DELETE", f"{JOBS}/{id}?force=true"),
        ]

    def ending(self, id):
        return [("POST", f"{FEEDS}/{feed_of(id)}/_stop?force=true"), ("POST", f"{JOBS}/{id}/_close?force=true")]

    def beginning(self, id):
        return [("POST", f"{JOBS}/{id}/_open")]

    def reassigned(self, id, condition):
        return [(f"jobs/{id}", "opening")] if condition.state == "opened" else []


class Feeds(Kind):
    path, key, id_key, resource = FEEDS, "datafeeds", "datafeed_id", "datafeeds"
    changes = ({"frequency": "99s"}, {"scroll_size": 99})

    async def present(self, world):
        """The data of a datafeed that has come to its end are those of its job."""
        found = await super().present(world)
        fed = await documents(world, f"{JOBS}/_stats", "jobs", "job_id")
        counts = {feed_of(id): Jobs().data_of(stats) for id, stats in fed.items()}
        ended = {id: counts[id] for id, condition in found.items() if id in counts and condition.state == "stopped"}
        return found | {id: replace(found[id], data=data) for id, data in ended.items()}

    def reassigned(self, id, condition):
        job = (f"jobs/{job_of(id)}", "opening")
        return [job, (f"datafeeds/{id}", "starting")] if condition.state == "started" else []


class Analytics(Kind):
    path, key, id_key, resource = ANALYTICS, "data_frame_analytics", "id", "analytics"
    changes = ({"allow_lazy_start": True}, {"description": "somebody else's"})

    def data_of(self, stats):
        percents = [phase["progress_percent"] for phase in stats.get("progress") or []]
        return (bool(percents) and min(percents) == 100,)


class Stateless(Kind):
    """What is there, and never runs."""

    def condition(self, config, stats):
        return Condition("present", (), json.dumps(config, sort_keys=True))

    async def present(self, world):
        found = await documents(world, self.path, self.key, self.id_key)
        return {id: self.condition(config, None) for id, config in found.items()}

    def deletion(self, id):
        return [("DELETE", f"{self.path}/{id}")]

    def ending(self, id):
        return []

    def beginning(self, id):
        return []


class Filters(Stateless):
    path, key, id_key = "/_ml/filters", "filters", "filter_id"
    changes = ({"description": "somebody else's"}, {"add_items": ["theirs"], "remove_items": ["old"]})


class Calendars(Stateless):
    path, key, id_key = "/_ml/calendars", "calendars", "calendar_id"

    async def present(self, world):
        """With their events, apart from what the server makes of them."""
        events = (await world.ask("GET", f"{self.path}/_all/events", [], b"")).json["events"]
        found = await documents(world, self.path, self.key, self.id_key)
        for id, config in found.items():
            spans = [
                (event["description"], event["start_time"], event["end_time"])
                for event in events
                if event["calendar_id"] == id
            ]
            config.update(job_ids=sorted(config["job_ids"]), events=sorted(spans))
        return {id: self.condition(config, None) for id, config in found.items()}

    def change(self, id):
        event = {"description": "theirs", "start_time": 1000, "end_time": 2000}
        return [("PUT", f"{self.path}/{id}/jobs/xweb-1"), ("POST", f"{self.path}/{id}/events", {"events": [event]})]


def feed_of(job_id: str) -> str:
    return f"datafeed-{job_id}"


def job_of(feed_id: str) -> str:
    return feed_id.removeprefix("datafeed-")


KINDS = {
    "ml_job": Jobs(),
    "ml_datafeed": Feeds(),
    "ml_analytics": Analytics(),
    "ml_filter": Filters(),
    "ml_calendar": Calendars(),
}
