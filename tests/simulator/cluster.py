# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of the simulated cluster."""

import itertools
import secrets
from dataclasses import dataclass, field

from simulator import errors
from simulator.clock import Clock
from simulator.datafeed_store import Datafeeds
from simulator.licence import Licence
from simulator.persistent import Allocations
from simulator.versions import Version

DURATION_KINDS = (
    "opening",
    "closing",
    "releasing",
    "marking",
    "deleting",
    "storing",
    "resetting",
    "reverting",
    "forecasting",
    "upgrading",
    "flushing",
    "starting",
    "stopping",
    "creating",
    "reindexing",
    "analyzing",
    "run",
    "lookback",
)


@dataclass
class Durations:
    """How long transitions take, in milliseconds: by default, and for single resources."""

    default: dict[str, int] = field(default_factory=dict)
    of: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def get(self, resource: str, name: str, kind: str) -> int:
        return self.find(resource, name, kind) or 0

    def find(self, resource: str, name: str, kind: str) -> int | None:
        """None where no duration was set."""
        own = self.of.get((resource, name), {})
        return own.get(kind, self.default.get(kind))


class Cluster:
    """Everything the server remembers. `resource` names are `jobs`, `datafeeds` and `analytics`.

    Without the native processes (`has_native`) jobs open and take data, but no bucket is ever finalised.
    """

    def __init__(
        self,
        version: Version,
        *,
        durations: dict[str, int] | None = None,
        licence: str = "trial",
        has_ml: bool = True,
        has_native: bool = True,
    ):
        self.version = version
        self.clock = Clock()
        self.durations = Durations(dict(durations or {}))
        self.has_ml = has_ml
        self.has_native = has_native
        self.node = secrets.token_urlsafe(16)
        self.node_name = "node-0"
        self.ephemeral_id = secrets.token_urlsafe(16)
        self.name = "simulator"
        self.uuid = secrets.token_urlsafe(16)
        self.started = self.clock.now()
        self.had_trial = False
        self.set_licence(licence)
        self.upgrade_mode = False
        self.sets_upgrade_mode = False
        self.tasks_have_nodes = True
        self.jobs = {}
        self.datafeeds = Datafeeds()
        self.analytics = {}
        self.calendars = {}
        self.calendar_events = {}
        self.filters = {}
        self.indices = {}
        self.notifications = []
        self.settings = {}
        self.tasks = {}
        self.allocations = Allocations()
        self.background: set = set()
        self._task_numbers = itertools.count(1)

    def now(self) -> int:
        return self.clock.now()

    def after(self, resource: str, name: str, kind: str, action) -> None:
        """Run `action` when the transition `kind` of this resource has taken its time."""
        self.clock.call_after(self.durations.get(resource, name, kind), action)

    def next_task_number(self) -> int:
        return next(self._task_numbers)

    async def sleep(self, resource: str, name: str, kind: str) -> None:
        """Let a request take the time of its kind."""
        await self.pause(self.durations.get(resource, name, kind))

    async def pause(self, milliseconds: int) -> None:
        await self.wait_until(lambda: False, milliseconds)

    async def wait_until(self, reached, timeout: int | None = None) -> bool:
        return await self.clock.wait_until(reached, timeout)

    def set_licence(self, kind: str) -> None:
        """`trial`, `basic` or `expired`; a cluster has one trial in its life."""
        self.licence = Licence(kind, self.now())
        self.had_trial = self.had_trial or kind == "trial"

    def setting(self, name: str) -> str | None:
        """A setting of the cluster; transient ones count more. None where it has its default."""
        return {**self.settings.get("persistent", {}), **self.settings.get("transient", {})}.get(name)

    def require_licence(self) -> None:
        if not self.licence.allows_ml:
            raise errors.no_licence()

    def node_summary(self) -> dict:
        """The `node` of stats."""
        return {
            "id": self.node,
            "name": self.node_name,
            "ephemeral_id": self.ephemeral_id,
            "transport_address": "127.0.0.1:9300",
            "attributes": {"ml.max_open_jobs": "20"},
        }
