# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: works, and the ways in which each of them is done."""

from __future__ import annotations

from dataclasses import dataclass, field

NO_TRANSFORM = {"error": {"type": "resource_not_found_exception", "reason": "none"}, "status": 404}


@dataclass(frozen=True)
class Way:
    """How a work is done: a playbook, or else the plain client; ``slow`` ones do fewer tasks of a long loop."""

    title: str
    playbook: str = ""
    env: dict = field(default_factory=dict, hash=False)
    slow: bool = False

    def playbook_of(self, verb: str) -> str:
        return self.playbook.format(verb=verb)


IN_PROCESS = Way("`mlops.elastic`, in process", "{verb}.yml")
MODULE = Way("`mlops.elastic`, as a module", "{verb}.yml", {"ML_ELASTIC_IN_PROCESS": "0"}, slow=True)
URI = Way("`ansible.builtin.uri`", "{verb}_uri.yml", slow=True)
CLIENT = Way("the same requests, plain client")
DEBUG = Way("nothing: `ansible.builtin.debug`", "debug.yml")
PING = Way("nothing on the target: `ansible.builtin.ping`", "ping.yml", slow=True)
PEER = Way("`community.elastic.elastic_transform`", "community_elastic.json", slow=True)


@dataclass(frozen=True)
class Work:
    """Something to be done to ``count`` jobs or analytics in ``state``, in one task or, ``looped``, in one each."""

    title: str
    verb: str
    count: int
    state: str
    ways: tuple[Way, ...]
    looped: bool = False

    def ids(self) -> list[str]:
        width = len(str(self.count - 1))
        return [f"load-{number:0{width}}" for number in range(self.count)]

    def seed(self) -> dict:
        if self.verb == "stop":
            return {"analytics": [{"id": name, "state": self.state} for name in self.ids()]}
        return {"many": {"jobs": self.count, "prefix": "load-", "state": self.state}}

    def tasks(self, way: Way, most: int) -> int:
        """How many tasks a way does, slow ones at most so many of a loop."""
        if not self.looped:
            return 1
        return min(self.count, most) if way.slow else self.count

    def variables(self, tasks: int) -> dict:
        return {"bench_ids": self.ids()[:tasks], "bench_expression": "load-*"}

    def faults(self, way: Way) -> list[dict]:
        """The simulator has no transforms; it answers about them what a server without any answers."""
        if way is not PEER:
            return []
        return [{"path": "/_transform/*", "times": self.count, "status": 404, "body": NO_TRANSFORM}]


SINGLE = Work("one job that is closed already", "close", 1, "closed", (IN_PROCESS, MODULE, URI, CLIENT, DEBUG, PING))
SETTLED = Work("1,000 jobs that are closed already", "close", 1000, "closed", (IN_PROCESS, MODULE, URI, CLIENT))
READ = Work(
    "40 looped tasks, each reads a job",
    "read",
    40,
    "opened",
    (IN_PROCESS, MODULE, URI, PEER, CLIENT, DEBUG, PING),
    looped=True,
)
CLOSE = Work(
    "50 looped tasks, each closes a job",
    "close_each",
    50,
    "opened",
    (IN_PROCESS, MODULE, URI, CLIENT, DEBUG),
    looped=True,
)
TASKS = (SINGLE, SETTLED, READ, CLOSE)

BULK_VERBS = {"close": ("jobs", "opened"), "delete": ("jobs", "closed"), "stop": ("analytics", "analyzing")}
SLOW_WAYS_AT = {"close": (1, 100, 1000)}


def bulk(largest: dict[str, int]) -> tuple[Work, ...]:
    """Each verb on 1, 10, ... things in one task, up to the largest number of its own."""
    works = []
    for verb, most in largest.items():
        noun, state = BULK_VERBS[verb]
        count = 1
        while count <= most:
            slow = (MODULE, URI) if count in SLOW_WAYS_AT.get(verb, ()) else ()
            works.append(Work(f"{verb} {count:,} {noun}", verb, count, state, (IN_PROCESS, *slow, CLIENT)))
            count *= 10
    return tuple(works)
