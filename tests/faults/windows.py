# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role maintenance_window, interrupted at each of its changes: prints what came of each, a line of JSON a case.

A process of its own, because Ansible's loader has to come before any module of the collection.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import NamedTuple

from contract.server import running
from modules.server import NEWEST, Server

END = "2030-01-02T03:04:05Z"
JOBS, FEEDS, ANALYTICS = "/_ml/anomaly_detectors", "/_ml/datafeeds", "/_ml/data_frame/analytics"
SEED = {
    "indices": ["source"],
    "durations": {"lookback": "1h"},
    "jobs": [
        {"job_id": "live", "state": "opened", "datafeed": {"datafeed_id": "feed-live", "state": "started"}},
        {"job_id": "past", "state": "opened", "datafeed": {"datafeed_id": "feed-past", "indices": ["source"]}},
        {"job_id": "idle"},
    ],
    "analytics": [{"id": "churn", "state": "started"}, {"id": "outliers"}],
}
NAMED = {"maintenance_window_jobs": ["_all"], "maintenance_window_data_frame_analytics": ["_all"]}
REFUSED = {"status": 403, "body": {"error": {"type": "security_exception", "reason": "not now"}, "status": 403}}


class Case(NamedTuple):
    """An interruption: the change at which it happens, whether that is carried out, and what is run afterwards."""

    state: str
    change: int
    is_done: bool
    then: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.state}-{'after' if self.is_done else 'at'}-{self.change}-then-{'-'.join(self.then)}"


PAUSES, RESUMPTIONS = 3, 5
"""How many changes a clean run makes: datafeeds, jobs and analytics, and each job and datafeed by itself."""


def points(changes: int) -> list[tuple[int, bool]]:
    """At the first change, and after each; what fails at a reading, or at the next change, comes to the same."""
    return [(1, False), *((change, True) for change in range(1, changes + 1))]


CASES = [
    *(Case("paused", *at, ("resumed",)) for at in points(PAUSES)),
    *(Case("resumed", *at, ("resumed",)) for at in points(RESUMPTIONS)),
    *(Case("paused", change, True, ("paused", "resumed")) for change in (1, 2)),
    Case("resumed", 3, True, ("paused", "resumed")),
]


def look(server) -> dict:
    """What runs, and where it ends."""
    seen = {}
    for path, key, id in ((JOBS, "jobs", "job_id"), (FEEDS, "datafeeds", "datafeed_id")):
        seen |= {stats[id]: stats["state"] for stats in server.api("GET", f"{path}/_stats").body[key]}
    analytics = server.api("GET", f"{ANALYTICS}/_stats").body["data_frame_analytics"]
    tasks = server.api("GET", "/_cluster/state/metadata").body["metadata"]["persistent_tasks"]["tasks"]
    feeds = [task["task"]["xpack/ml/datafeed"]["params"] for task in tasks if "xpack/ml/datafeed" in task["task"]]
    return {
        "states": seen | {stats["id"]: stats["state"] for stats in analytics},
        "ends": {params["datafeed_id"]: params["end"] for params in feeds if "end" in params},
    }


def tried(player, state: str, file: Path) -> str | None:
    from faults.role_player import RoleFailed

    named = NAMED if state == "paused" else {}
    try:
        player.play(maintenance_window_state=state, maintenance_window_file=str(file), **named)
    except RoleFailed as failure:
        return str(failure)
    return None


def outcome(server, player, case: Case, file: Path) -> dict:
    server.reset(**SEED)
    server.api("POST", f"{FEEDS}/feed-past/_start?end={END}")
    before = look(server)
    if case.state == "resumed":
        tried(player, "paused", file)
    passing = [{"method": "POST", "times": case.change - 1, "delay": "0"}] if case.change > 1 else []
    server.control("faults", [*passing, {"method": "POST", "after": case.is_done, **REFUSED}])
    failure = tried(player, case.state, file)
    pending = server.control("faults", [])["pending"]
    interrupted = look(server)
    failures = [tried(player, state, file) for state in case.then]
    return {
        "case": str(case),
        "failure": failure,
        "is_reached": not pending,
        "before": before,
        "interrupted": interrupted,
        "failures": failures,
        "after": look(server),
        "record": file.exists(),
    }


def main() -> None:
    from faults.role_player import RolePlayer

    with running(NEWEST) as process, tempfile.TemporaryDirectory() as folder:
        server = Server(process, NEWEST)
        player = RolePlayer(server, "maintenance_window")
        for case in CASES:
            print(json.dumps(outcome(server, player, case, Path(folder, "window.json"))), flush=True)


if __name__ == "__main__":
    main()
