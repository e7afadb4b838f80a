# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small estate as ml_bundle takes it, and what the tests of bundles do with a cluster."""

import copy

INDEX = {
    "name": "source",
    "mappings": {
        "properties": {"time": {"type": "date"}, "host": {"type": "keyword"}, "responsetime": {"type": "float"}}
    },
    "documents": [{"time": 1500000000000 + 60000 * minute, "responsetime": minute} for minute in range(5)],
}
RULE = {"actions": ["skip_result"], "scope": {"host": {"filter_id": "safe", "filter_type": "include"}}}
ESTATE = {
    "filters": [{"filter_id": "safe", "items": ["a", "b"]}],
    "jobs": [
        {
            "job_id": f"web-{number}",
            "groups": ["web"],
            "description": f"web job {number}",
            "analysis_config": {
                "bucket_span": "15m",
                "detectors": [{"function": "high_count", "partition_field_name": "host", "custom_rules": [RULE]}],
            },
            "data_description": {"time_field": "time"},
        }
        for number in (1, 2)
    ],
    "calendars": [
        {
            "calendar_id": "sales",
            "job_ids": ["web"],
            "events": [
                {
                    "description": "black friday",
                    "start_time": "2026-11-27T00:00:00Z",
                    "end_time": "2026-11-28T00:00:00Z",
                }
            ],
        }
    ],
    "datafeeds": [
        {"datafeed_id": f"feed-{number}", "job_id": f"web-{number}", "indices": ["source"]} for number in (1, 2)
    ],
    "data_frame_analytics": [
        {
            "id": "churn",
            "source": {"index": "source"},
            "dest": {"index": "churned"},
            "analysis": {"outlier_detection": {}},
        }
    ],
}
KINDS = tuple(ESTATE)


def estate(**changes) -> dict:
    """The estate with changes by path: `jobs__0__description="other"`."""
    return changed(ESTATE, **changes)


def changed(original: dict, **changes) -> dict:
    """A copy with changes by path."""
    copied = copy.deepcopy(original)
    for path, value in changes.items():
        *parents, last = (int(part) if part.isdecimal() else part for part in path.split("__"))
        place = copied
        for part in parents:
            place = place[part]
        place[last] = value
    return copied


def build(server, **options) -> None:
    """Fill an empty cluster with the estate."""
    server.reset(indices=[INDEX])
    outcome = server.run("ml_bundle", **estate(), **options)
    assert not outcome.failed, outcome.msg


def start(server, *numbers: int) -> None:
    """Open web jobs and start their datafeeds in real time."""
    for number in numbers:
        for path in (f"anomaly_detectors/web-{number}/_open", f"datafeeds/feed-{number}/_start"):
            assert server.api("POST", f"/_ml/{path}").status == 200


def states(server) -> dict[str, str]:
    """The states of jobs and datafeeds."""
    jobs = server.run("ml_job_info").jobs
    feeds = server.run("ml_datafeed_info").datafeeds
    return {entry.get("job_id") or entry["datafeed_id"]: entry["state"] for entry in jobs + feeds}


def of(outcome, kind: str) -> dict[str, dict]:
    """The results of a kind by id."""
    keys = ("job_id", "datafeed_id", "id", "calendar_id", "filter_id")
    return {next(entry[key] for key in keys if key in entry): entry for entry in outcome.result[kind]}
