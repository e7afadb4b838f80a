# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each state needs, found out by running it with roles that grant one cluster privilege each.

`PYTHONPATH=tests python -m connection.privileges` writes the table into docs/security.md.
"""

from __future__ import annotations

import re
from pathlib import Path

from contract.server import running
from modules.harness import Outcome
from modules.server import NEWEST, Server

from connection import present_rows
from connection.rows import ANALYTICS, DATAFEED, FEED, JOB, STOPPED_FEED, Row, analytics_in, jobs_in

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "security.md"
BEGIN, END = "<!-- table of privileges -->\n", "<!-- end of the table -->\n"
IN_ORDER = {
    "nothing": "nothing",
    "only_monitor_ml": "`monitor_ml`",
    "only_monitor": "`monitor`",
    "monitors_and_reads_messages": "`monitor_ml`, `read` of `.ml-notifications*`",
    "only_manage_ml": "`manage_ml`",
    "manages_and_monitors": "`manage_ml`, `monitor`",
    "manages_and_reads": "`manage_ml`, `read` of the source",
    "manages_and_writes": "`manage_ml`, `read` of the source, `read`, `create_index`, `index` of the destination",
}
"""Roles from less to more, in words."""

SLOW = {**jobs_in("closed"), "durations": {"deleting": "300ms"}}
DELETION = ("DELETE /_ml/anomaly_detectors/j?wait_for_completion=false",)


def health(module: str, seed: dict) -> Row:
    role = "monitors_and_reads_messages"
    return Row(module, "", seed, {"health": True}, "with `health`", role=role, sees_less=True)


ROWS = (
    Row("ml_job", "opened", jobs_in("closed"), JOB),
    Row("ml_job", "closed", jobs_in("opened", datafeed=FEED), JOB, "with its datafeed"),
    Row("ml_job", "closed", jobs_in("failed"), {**JOB, "force": True}, "by force"),
    Row("ml_job", "flushed", jobs_in("opened"), {**JOB, "calc_interim": True}),
    Row("ml_job", "reset", jobs_in("opened", datafeed=FEED), JOB, "with its datafeed", since=(7, 14)),
    Row("ml_job", "absent", jobs_in("opened", datafeed=FEED), JOB, "with its datafeed"),
    Row("ml_job", "absent", jobs_in("closed"), {**JOB, "wait_for_completion": False}, "without waiting"),
    Row("ml_job", "absent", SLOW, JOB, "joining a deletion", others=DELETION),
    Row("ml_datafeed", "started", jobs_in("opened", datafeed=STOPPED_FEED), DATAFEED),
    Row("ml_datafeed", "stopped", jobs_in("opened", datafeed=FEED), DATAFEED),
    Row("ml_datafeed", "absent", jobs_in("opened", datafeed=FEED), {**DATAFEED, "force": True}),
    Row("ml_analytics", "started", analytics_in("stopped"), ANALYTICS),
    Row("ml_analytics", "stopped", analytics_in("started"), ANALYTICS),
    Row("ml_analytics", "absent", analytics_in("started"), ANALYTICS),
    *present_rows.ROWS,
    Row("ml_upgrade_mode", "enabled", jobs_in("opened", datafeed=FEED)),
    Row("ml_job_info", "", jobs_in("opened", datafeed=FEED)),
    Row("ml_datafeed_info", "", jobs_in("opened", datafeed=FEED)),
    Row("ml_analytics_info", "", analytics_in("started")),
    health("ml_job_info", jobs_in("opened", datafeed=FEED)),
    health("ml_datafeed_info", jobs_in("opened", datafeed=FEED)),
    health("ml_analytics_info", analytics_in("started")),
)

ID = r"/[^/_][^/]*|/_all"
ACTIONS = (
    (r"GET /_ml/info", "cluster:monitor/xpack/ml/info/get"),
    (r"POST /_ml/set_upgrade_mode", "cluster:admin/xpack/ml/upgrade_mode"),
    (rf"GET /_ml/anomaly_detectors({ID})", "cluster:monitor/xpack/ml/job/get"),
    (rf"GET /_ml/anomaly_detectors({ID})/_stats", "cluster:monitor/xpack/ml/job/stats/get"),
    (rf"GET /_ml/anomaly_detectors({ID})/results/buckets", "cluster:monitor/xpack/ml/job/results/buckets/get"),
    (rf"POST /_ml/anomaly_detectors({ID})/_(open|close|flush|reset)", r"cluster:admin/xpack/ml/job/\2"),
    (rf"DELETE /_ml/anomaly_detectors({ID})", "cluster:admin/xpack/ml/job/delete"),
    (rf"PUT /_ml/anomaly_detectors({ID})", "cluster:admin/xpack/ml/job/put"),
    (rf"POST /_ml/anomaly_detectors({ID})/_update", "cluster:admin/xpack/ml/job/update"),
    (r"POST /_ml/anomaly_detectors/_validate", "cluster:admin/xpack/ml/job/validate"),
    (r"GET /_cluster/state/metadata", "cluster:monitor/state"),
    (rf"GET /_ml/datafeeds({ID})", "cluster:monitor/xpack/ml/datafeeds/get"),
    (rf"GET /_ml/datafeeds({ID})/_stats", "cluster:monitor/xpack/ml/datafeeds/stats/get"),
    (rf"POST /_ml/datafeeds({ID})/_(start|stop)", r"cluster:admin/xpack/ml/datafeed/\2"),
    (rf"DELETE /_ml/datafeeds({ID})", "cluster:admin/xpack/ml/datafeed/delete"),
    (rf"PUT /_ml/datafeeds({ID})", "cluster:admin/xpack/ml/datafeeds/put"),
    (rf"POST /_ml/datafeeds({ID})/_update", "cluster:admin/xpack/ml/datafeeds/update"),
    (rf"GET /_ml/data_frame/analytics({ID})", "cluster:monitor/xpack/ml/data_frame/analytics/get"),
    (rf"GET /_ml/data_frame/analytics({ID})/_stats", "cluster:monitor/xpack/ml/data_frame/analytics/stats/get"),
    (rf"POST /_ml/data_frame/analytics({ID})/_(start|stop)", r"cluster:admin/xpack/ml/data_frame/analytics/\2"),
    (rf"DELETE /_ml/data_frame/analytics({ID})", "cluster:admin/xpack/ml/data_frame/analytics/delete"),
    (rf"PUT /_ml/data_frame/analytics({ID})", "cluster:admin/xpack/ml/data_frame/analytics/put"),
    (rf"POST /_ml/data_frame/analytics({ID})/_update", "cluster:admin/xpack/ml/data_frame/analytics/update"),
    (r"POST /_ml/data_frame/analytics/_explain", "cluster:admin/xpack/ml/data_frame/analytics/explain"),
    (rf"GET /_ml/filters({ID}|)", "cluster:admin/xpack/ml/filters/get"),
    (rf"PUT /_ml/filters({ID})", "cluster:admin/xpack/ml/filters/put"),
    (rf"POST /_ml/filters({ID})/_update", "cluster:admin/xpack/ml/filters/update"),
    (rf"DELETE /_ml/filters({ID})", "cluster:admin/xpack/ml/filters/delete"),
    (rf"GET /_ml/calendars({ID}|)", "cluster:monitor/xpack/ml/calendars/get"),
    (rf"GET /_ml/calendars({ID})/events", "cluster:monitor/xpack/ml/calendars/events/get"),
    (rf"PUT /_ml/calendars({ID})", "cluster:admin/xpack/ml/calendars/put"),
    (rf"(?:PUT|DELETE) /_ml/calendars({ID})/jobs/[^/]+", "cluster:admin/xpack/ml/calendars/jobs/update"),
    (rf"POST /_ml/calendars({ID})/events", "cluster:admin/xpack/ml/calendars/events/post"),
    (rf"DELETE /_ml/calendars({ID})/events/[^/]+", "cluster:admin/xpack/ml/calendars/events/delete"),
    (rf"DELETE /_ml/calendars({ID})", "cluster:admin/xpack/ml/calendars/delete"),
)
"""Requests, as method and path, and the names by which privileges grant them (RestHandlers of Elasticsearch 9.5)."""


OF_ONESELF = ("GET /_security/_authenticate", "POST /_security/user/_has_privileges")
"""What everybody may ask."""

OF_INDICES = ("POST /.ml-notifications*/_search",)
"""What index privileges grant."""

_DONE = (200, 404)


def actions_of(outcome: Outcome) -> set[str]:
    """The names of what the server was asked for, and did. Raises KeyError for anything that is not in the list."""
    asked = set()
    for entry in outcome.journal:
        line = f"{entry['method']} {entry['path']}"
        if line in OF_ONESELF + OF_INDICES:
            continue
        found = [(match, name) for pattern, name in ACTIONS if (match := re.fullmatch(pattern, line))]
        if not found:
            raise KeyError(line)
        if entry["status"] in _DONE:
            asked.add(found[0][0].expand(found[0][1]))
    return asked


def least(server: Server, row: Row, check: bool) -> str:
    """The least privilege with which a task succeeds."""
    return next(words for role, words in IN_ORDER.items() if row.is_enough(row.run(server, role, check)))


def table(server: Server) -> str:
    """The table of docs/security.md."""
    lines = ["| module | state | nothing to do, or check mode | something to do |", "| --- | --- | --- | --- |"]
    for row in ROWS:
        what = f"`{row.state}` {row.words}".strip() if row.state else row.words
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
