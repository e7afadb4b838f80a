# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator as the module tests need it: seeded, watched, and in transition when a module looks."""

import threading
from contextlib import contextmanager

from contract import server as processes
from contract import wire

from modules import harness

VERSIONS = ("7.3.0", "7.10.0", "7.17.29", "8.19.21", "9.5.3")
NEWEST = VERSIONS[-1]
POLL_SECONDS = 0.01
LOOKS = 2


class Server:
    """A running simulator."""

    def __init__(self, process: processes.Server, version: str, scheme: str = "http"):
        self.process = process
        self.release = release_of(version)
        self.url = f"{scheme}://{process.address[0]}:{process.address[1]}"

    def control(self, path: str, body: dict | list | None = None) -> dict:
        return self.process.control(path, body)

    def reset(self, **seed) -> None:
        """Empty the cluster and fill it again; security, faults and durations go."""
        self.control("security", {})
        self.control("reset", {"seed": seed})
        self.forget()

    def forget(self) -> None:
        wire.send(self.process.address, "DELETE", "/_simulator/journal")

    def journal(self) -> list[dict]:
        return self.control("journal")["requests"]

    def api(self, method: str, target: str, headers=()) -> wire.Reply:
        """Somebody else's request; it does not stay in the journal."""
        reply = wire.send(self.process.address, method, target, headers)
        self.forget()
        return reply

    def run(self, name: str, check: bool = False, diff: bool = False, **options) -> harness.Outcome:
        """Run a module against this server."""
        self.forget()
        stdout, status = harness.call(
            name, {"hosts": [self.url], **options, "_ansible_check_mode": check, "_ansible_diff": diff}
        )
        return harness.Outcome(stdout, status, self.journal())

    @contextmanager
    def once_waiting(self, action):
        """Do something on the server once a module that runs in this block looks at it again and again."""
        over = threading.Event()
        done = threading.Event()

        def watch():
            while not over.wait(POLL_SECONDS):
                if self._is_looked_at():
                    action()
                    done.set()
                    return

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
        assert done.is_set(), "the module never waited"

    def _is_looked_at(self) -> bool:
        last = [(entry["method"], entry["path"]) for entry in self.journal()[-LOOKS:]]
        return len(last) == LOOKS and len(set(last)) == 1 and last[0][0] == "GET"


def release_of(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
