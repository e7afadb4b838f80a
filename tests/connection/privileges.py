# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each state needs, found out by running it with roles that grant one cluster privilege each.

`PYTHONPATH=tests python -m connection.privileges` writes the table into docs/security.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from contract.server import running
from modules.harness import Outcome
from modules.server import NEWEST, Server

from connection.places import PASSWORD, ROLES, USERS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "security.md"
BEGIN, END = "<!-- table of privileges -->\n", "<!-- end of the table -->\n"
IN_ORDER = ("nothing", "only_monitor_ml", "only_manage_ml")
"""Roles from less to more."""

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

    def arrange(self, server: Server) -> None:
        server.reset(**self.seed)
        for request in self.others:
            server.api(*request.split())
        server.control("security", {"users": USERS, "roles": {n: {"cluster": p} for n, p in ROLES.items()}})

    def run(self, server: Server, role: str, check: bool = False) -> Outcome:
        """What comes of it for somebody with only this role."""
        self.arrange(server)
        state = {"state": self.state} if self.state else {}
        credentials = {"username": role, "password": PASSWORD}
        return server.run(self.module, check=check, **state, **self.options, **credentials)


def _jobs(state: str, **more) -> dict:
    return {"jobs": [{"job_id": "j", "state": state, "records": 12, **more}]}


def _analytics(state: str) -> dict:
    return {"indices": ["source"], "analytics": [{"id": "a", "state": state}]}


JOB, DATAFEED, ANALYTICS = {"job_id": "j"}, {"datafeed_id": "f"}, {"id": "a"}
SLOW = {**_jobs("closed"), "durations": {"deleting": "300ms"}}
DELETION = ("DELETE /_ml/anomaly_detectors/j?wait_for_completion=false",)
ROWS = (
    Row("ml_job", "opened", _jobs("closed"), JOB),
    Row("ml_job", "closed", _jobs("opened", datafeed=FEED), JOB, "with its datafeed"),
    Row("ml_job", "closed", _jobs("failed"), {**JOB, "force": True}, "by force"),
    Row("ml_job", "flushed", _jobs("opened"), {**JOB, "calc_interim": True}),
    Row("ml_job", "reset", _jobs("opened", datafeed=FEED), JOB, "with its datafeed", since=(7, 14)),
    Row("ml_job", "absent", _jobs("opened", datafeed=FEED), JOB, "with its datafeed"),
    Row("ml_job", "absent", _jobs("closed"), {**JOB, "wait_for_completion": False}, "without waiting"),
    Row("ml_job", "absent", SLOW, JOB, "joining a deletion", others=DELETION),
    Row("ml_datafeed", "started", _jobs("opened", datafeed=STOPPED_FEED), DATAFEED),
    Row("ml_datafeed", "stopped", _jobs("opened", datafeed=FEED), DATAFEED),
    Row("ml_datafeed", "absent", _jobs("opened", datafeed=FEED), {**DATAFEED, "force": True}),
    Row("ml_analytics", "started", _analytics("stopped"), ANALYTICS),
    Row("ml_analytics", "stopped", _analytics("started"), ANALYTICS),
    Row("ml_analytics", "absent", _analytics("started"), ANALYTICS),
    Row("ml_job_info", "", _jobs("opened", datafeed=FEED)),
    Row("ml_datafeed_info", "", _jobs("opened", datafeed=FEED)),
    Row("ml_analytics_info", "", _analytics("started")),
)

ID = r"/[^/_][^/]*|/_all"
ACTIONS = (
    (r"GET /_ml/info", "cluster:monitor/xpack/ml/info/get"),
    (rf"GET /_ml/anomaly_detectors({ID})", "cluster:monitor/xpack/ml/job/get"),
    (rf"GET /_ml/anomaly_detectors({ID})/_stats", "cluster:monitor/xpack/ml/job/stats/get"),
    (rf"GET /_ml/anomaly_detectors({ID})/results/buckets", "cluster:monitor/xpack/ml/job/results/buckets/get"),
    (rf"POST /_ml/anomaly_detectors({ID})/_(open|close|flush|reset)", r"cluster:admin/xpack/ml/job/\2"),
    (rf"DELETE /_ml/anomaly_detectors({ID})", "cluster:admin/xpack/ml/job/delete"),
    (rf"GET /_ml/datafeeds({ID})", "cluster:monitor/xpack/ml/datafeeds/get"),
    (rf"GET /_ml/datafeeds({ID})/_stats", "cluster:monitor/xpack/ml/datafeeds/stats/get"),
    (rf"POST /_ml/datafeeds({ID})/_(start|stop)", r"cluster:admin/xpack/ml/datafeed/\2"),
    (rf"DELETE /_ml/datafeeds({ID})", "cluster:admin/xpack/ml/datafeed/delete"),
    (rf"GET /_ml/data_frame/analytics({ID})", "cluster:monitor/xpack/ml/data_frame/analytics/get"),
    (rf"GET /_ml/data_frame/analytics({ID})/_stats", "cluster:monitor/xpack/ml/data_frame/analytics/stats/get"),
    (rf"POST /_ml/data_frame/analytics({ID})/_(start|stop)", r"cluster:admin/xpack/ml/data_frame/analytics/\2"),
    (rf"DELETE /_ml/data_frame/analytics({ID})", "cluster:admin/xpack/ml/data_frame/analytics/delete"),
)
"""Requests, as method and path, and the names by which privileges grant them (RestHandlers of Elasticsearch 9.5)."""


def actions_of(outcome: Outcome) -> set[str]:
    """The names of what the server was asked for. Raises KeyError for anything else than ML."""
    asked = set()
    for entry in outcome.journal:
        line = f"{entry['method']} {entry['path']}"
        found = [(match, name) for pattern, name in ACTIONS if (match := re.fullmatch(pattern, line))]
        if not found:
            raise KeyError(line)
        asked.add(found[0][0].expand(found[0][1]))
    return asked


def least(server: Server, row: Row, check: bool) -> str:
    """The least privilege with which a task succeeds."""
    role = next(role for role in IN_ORDER if not row.run(server, role, check).failed)
    return f"`{ROLES[role][0]}`"


def table(server: Server) -> str:
    """The table of docs/security.md."""
    lines = ["| module | state | nothing to do, or check mode | something to do |", "| --- | --- | --- | --- |"]
    for row in ROWS:
        what = f"`{row.state}` {row.words}".strip() if row.state else ""
        change = "" if row.module.endswith("_info") else least(server, row, check=False)
        lines.append(f"| `{row.module}` | {what} | {least(server, row, check=True)} | {change} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    before, _begin, rest = DOCUMENT.read_text().partition(BEGIN)
    _table, _end, after = rest.partition(END)
    with running(NEWEST) as process:
        DOCUMENT.write_text(f"{before}{BEGIN}{table(Server(process, NEWEST))}{END}{after}")


if __name__ == "__main__":
    main()
