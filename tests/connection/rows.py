# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A row of the table of privileges: a task, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field

from modules.harness import Outcome
from modules.server import Server

from connection.places import PASSWORD, ROLES, USERS

READ = {"names": ["source"], "privileges": ["read"]}
MESSAGES = {"names": [".ml-notifications*"], "privileges": ["read"]}
WRITE = {"names": ["a"], "privileges": ["read", "create_index", "index"]}
MORE_ROLES = {
    "monitors_and_reads_messages": {"cluster": ["monitor_ml"], "indices": [MESSAGES]},
    "manages_and_monitors": {"cluster": ["manage_ml", "monitor"]},
    "manages_and_reads": {"cluster": ["manage_ml"], "indices": [READ]},
    "manages_and_writes": {"cluster": ["manage_ml"], "indices": [READ, WRITE]},
}
MORE_USERS = {name: {"password": PASSWORD, "roles": [name]} for name in MORE_ROLES}
FEED = {"datafeed_id": "f", "state": "started"}
STOPPED_FEED = {"datafeed_id": "f"}


@dataclass(frozen=True)
class Row:
    """A task: what it finds, and since when servers can do it."""

    module: str
    state: str
    seed: dict
    options: dict = field(default_factory=dict)
    words: str = ""
    since: tuple[int, ...] = (7,)
    others: tuple[str, ...] = ()
    """Requests that somebody else has sent before: method and path."""

    role: str = "only_manage_ml"
    """What suffices for a change; `lacking`: what is said to somebody with `manage_ml` alone where that does not."""

    lacking: str = ""
    readers: tuple[str, ...] = ("only_monitor_ml", "only_monitor")
    """Roles that suffice to look."""

    sees_less: bool = False
    """Whether less than what suffices is no failure but a warning."""

    @property
    def reads_only(self) -> bool:
        return self.module.endswith("_info") or bool(self.others)

    def __str__(self) -> str:
        return " ".join(filter(None, (self.module, self.state, self.words)))

    def is_enough(self, outcome: Outcome) -> bool:
        return not (outcome.failed or (self.sees_less and outcome.warned))

    def arrange(self, server: Server) -> None:
        server.reset(**self.seed)
        for request in self.others:
            server.api(*request.split())
        roles = {name: {"cluster": privileges} for name, privileges in ROLES.items()}
        server.control("security", {"users": USERS | MORE_USERS, "roles": roles | MORE_ROLES})

    def run(self, server: Server, role: str, check: bool = False) -> Outcome:
        """What comes of it for somebody with only this role."""
        self.arrange(server)
        state = {"state": self.state} if self.state else {}
        credentials = {"username": role, "password": PASSWORD}
        return server.run(self.module, check=check, **state, **self.options, **credentials)


def jobs_in(state: str, **more) -> dict:
    return {"jobs": [{"job_id": "j", "state": state, "records": 12, **more}]}


def analytics_in(state: str) -> dict:
    return {"indices": ["source"], "analytics": [{"id": "a", "state": state}]}


JOB, DATAFEED, ANALYTICS = {"job_id": "j"}, {"datafeed_id": "f"}, {"id": "a"}
