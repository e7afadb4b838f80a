# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of configurations: how the API writes and reads them, and which module declares them."""

from dataclasses import dataclass
from urllib.parse import quote

from modules import harness
from properties.alone import Alone
from properties.stage import Stage

GENERATED = ("create_time", "version", "job_version", "event_id")
"""What a server makes anew each time."""


@dataclass(frozen=True)
class Kind:
    module: str
    id: str
    path: str
    key: str
    listing: str = ""

    def place(self, id: str) -> str:
        return f"{self.path}/{quote(id, safe='')}"


JOBS = Kind("ml_job", "job_id", "/_ml/anomaly_detectors", "jobs")
DATAFEEDS = Kind("ml_datafeed", "datafeed_id", "/_ml/datafeeds", "datafeeds")
ANALYTICS = Kind("ml_analytics", "id", "/_ml/data_frame/analytics", "data_frame_analytics", "?size=1000")
FILTERS = Kind("ml_filter", "filter_id", "/_ml/filters", "filters", "?size=1000")
CALENDARS = Kind("ml_calendar", "calendar_id", "/_ml/calendars", "calendars", "?size=1000")
KINDS = (FILTERS, JOBS, CALENDARS, DATAFEEDS, ANALYTICS)
"""In the order in which one may refer to another."""


class Refused(Exception):
    """The API's answer to a request that it did not carry out."""


class Cluster:
    """A simulated cluster in this process that is spoken to through its API, as somebody without modules would.

    Modules run within `schedule.gated` only.
    """

    def __init__(self, version: str):
        self.stage = Stage(version)
        self._user = Alone(self.stage)

    def reset(self, **seed) -> None:
        self.stage.control("reset", {"seed": seed})
        self.stage.control("clock", {"freeze": True})

    def run(self, module: str, check: bool = False, diff: bool = False, **options) -> harness.Outcome:
        ansible = {"_ansible_check_mode": check, "_ansible_diff": diff}
        return self._user.run(module, {"hosts": ["http://gate:9200"], **options, **ansible})

    def ask(self, method: str, target: str, body: dict | None = None) -> dict:
        """Raises Refused."""
        reply = self.stage.ask(method, target, body)
        if reply.status != 200:
            raise Refused(f"{method} {target}: {reply.status} {reply.body}")
        return reply.body

    def put(self, kind: Kind, id: str, body: dict) -> None:
        """Create one, a calendar with its events. Raises Refused."""
        own = {name: value for name, value in body.items() if name not in (kind.id, "events")}
        self.ask("PUT", kind.place(id), own)
        if body.get("events"):
            self.ask("POST", f"{kind.place(id)}/events", {"events": body["events"]})

    def get(self, kind: Kind, id: str) -> dict | None:
        """The configuration, a calendar's with its events; None where there is none."""
        return self.all(kind).get(id)

    def all(self, kind: Kind) -> dict[str, dict]:
        found = {entry[kind.id]: entry for entry in self.ask("GET", f"{kind.path}{kind.listing}")[kind.key]}
        if kind is CALENDARS:
            for id, calendar in found.items():
                calendar["events"] = self.ask("GET", f"{kind.place(id)}/events?size=1000")["events"]
        return found

    def estate(self) -> dict[str, dict[str, dict]]:
        """Everything, without what a server makes anew each time."""
        return {kind.key: {id: lasting(config) for id, config in self.all(kind).items()} for kind in KINDS}

    def declare(self, kind: Kind, id: str, options: dict, **more):
        """Run the kind's module with these options of its configuration."""
        return self.run(kind.module, state="present", **{kind.id: [id]}, **options, **more)


def lasting(value):
    """A configuration without what a server makes anew each time."""
    if isinstance(value, dict):
        return {name: lasting(member) for name, member in value.items() if name not in GENERATED}
    return [lasting(member) for member in value] if isinstance(value, (list, tuple)) else value
