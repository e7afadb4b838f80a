# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs of `state: present` that faults happen to: what is created, changed in place, restarted, created anew."""

from dataclasses import replace

from faults.resources import feed_of
from faults.run import OLDEST, Run
from faults.runs import BYSTANDERS, FEED, THREE, WEB, analysis, analytics, fed, feeds, job, jobs, run

LATER = 4_102_444_800_000
"""The end of a look-back that is under way, in milliseconds."""

ANALYSIS = {"bucket_span": "15m", "detectors": [{"function": "count"}]}
LONGER = {**ANALYSIS, "bucket_span": "1h"}
DATA = {"time_field": "time", "time_format": "epoch_ms"}
WHOLE_JOB = {"analysis_config": ANALYSIS, "data_description": DATA}
MEMORY = {"analysis_limits": {"model_memory_limit": "64mb"}}
OUTLIERS = {
    "source": {"index": ["source"]},
    "dest": {"index": "web-1-results"},
    "analysis": {"outlier_detection": {}},
}
DESCRIBED = {"description": "declared"}
LIMITED = {"model_memory_limit": "64mb"}
UPDATE = (7, 7)
"""Before, analytics cannot be updated."""
ANEW = {"on_immutable_change": "recreate", "force": True}


def looking_back(id: str) -> dict:
    return job(id, "opened", datafeed={"datafeed_id": feed_of(id), "state": "started", "end": LATER})


def declared(builder, name: str, ids, held: list[dict], targets: str, expected: dict, *, since=OLDEST, **options):
    return replace(builder(name, "present", ids, held, targets, **options), expected=expected, since=since)


EVENTS = [
    {"description": "kept", "start_time": 0, "end_time": 1000},
    {"description": "new", "start_time": 0, "end_time": 9},
]
SPANS = [["kept", 0, 1000], ["new", 0, 9]]


def filters(name: str, wanted: str, ids, held: list[dict], targets: str, **options):
    seed = {"filters": [*held, {"filter_id": "web", "items": ["old"]}]}
    return run(name, "ml_filter", wanted, "filter_id", ids, seed, targets, OLDEST, None, options)


def calendars(name: str, wanted: str, ids, held: list[dict], targets: str, **options):
    seed = {
        "indices": ["source"],
        "jobs": [job("web-1"), *BYSTANDERS],
        "calendars": [*held, {"calendar_id": "web", "job_ids": ["db-1"]}],
    }
    return run(name, "ml_calendar", wanted, "calendar_id", ids, seed, targets, OLDEST, None, options)


def calendar(id: str, *job_ids: str) -> dict:
    events = [EVENTS[0], {"description": "old", "start_time": 5, "end_time": 7}]
    return {"calendar_id": id, "job_ids": list(job_ids), "events": events}


JOB_RUNS = [
    declared(jobs, "create", "web-1", [job("web-2")], "web-1", DESCRIBED, **WHOLE_JOB, **DESCRIBED),
    declared(
        jobs,
        "several",
        WEB,
        [fed("web-1"), job("web-2", **DESCRIBED)],
        THREE,
        DESCRIBED,
        **WHOLE_JOB,
        **DESCRIBED,
    ),
    declared(jobs, "wildcard", "web-*", [fed("web-1"), job("web-2")], "web-1 web-2", DESCRIBED, **DESCRIBED),
    declared(jobs, "memory", "web-1", [fed("web-1"), fed("web-2")], "web-1", MEMORY, **WHOLE_JOB, **MEMORY),
    declared(
        jobs,
        "anew",
        "web-1",
        [fed("web-1")],
        "web-1",
        {"analysis_config": {"bucket_span": "1h"}},
        **{**WHOLE_JOB, "analysis_config": LONGER},
        **ANEW,
    ),
    declared(jobs, "look-back", "web-1", [looking_back("web-1")], "web-1", MEMORY, **WHOLE_JOB, **MEMORY),
]

FEED_RUNS = [
    declared(
        feeds,
        "create",
        FEED[0],
        [job("web-1")],
        FEED[0],
        {"scroll_size": 500},
        job_id="web-1",
        indices=["source"],
        scroll_size=500,
    ),
    declared(
        feeds,
        "wildcard",
        "datafeed-web-*",
        [fed("web-1"), fed("web-2", feed="stopped")],
        " ".join(FEED[:2]),
        {"scroll_size": 500},
        scroll_size=500,
    ),
    declared(
        feeds,
        "look-back",
        FEED[0],
        [looking_back("web-1")],
        FEED[0],
        {"scroll_size": 500},
        scroll_size=500,
    ),
]

ANALYTICS_RUNS = [
    declared(analytics, "create", "web-1", [], "web-1", LIMITED, **OUTLIERS, **LIMITED),
    declared(
        analytics,
        "several",
        WEB[:2],
        [analysis("web-1", "started"), analysis("web-2")],
        "web-1 web-2",
        LIMITED,
        since=UPDATE,
        **LIMITED,
    ),
    declared(
        analytics,
        "anew",
        "web-1",
        [analysis("web-1", "started")],
        "web-1",
        {"analyzed_fields": {"includes": ["number"]}},
        **OUTLIERS,
        analyzed_fields={"includes": ["number"]},
        **ANEW,
    ),
]

OTHER_RUNS = [
    declared(filters, "create", "web-1", [], "web-1", {"items": ["a", "b"]}, items=["b", "a"]),
    declared(
        filters,
        "wildcard",
        "web-*",
        [{"filter_id": "web-1", "items": ["old", "a"]}, {"filter_id": "web-2", "items": ["b"]}],
        "web-1 web-2",
        {"items": ["a", "b"]},
        items=["b", "a"],
    ),
    declared(
        calendars,
        "create",
        "web-1",
        [],
        "web-1",
        {"job_ids": ["db-1", "web-1"], "events": SPANS},
        job_ids=["web-1", "db-1"],
        events=EVENTS,
    ),
    declared(
        calendars,
        "wildcard",
        "web-*",
        [calendar("web-1", "db-1", "db-2")],
        "web-1",
        {"job_ids": ["db-1", "web-1"], "events": SPANS},
        job_ids=["web-1", "db-1"],
        events=EVENTS,
    ),
]
BUNDLE = Run(
    "ml_bundle-present-restart",
    "ml_bundle",
    {
        "jobs": [{"job_id": id, **WHOLE_JOB, **MEMORY} for id in WEB[:2]],
        "datafeeds": [{"datafeed_id": FEED[0], "job_id": "web-1", "indices": ["source"], "scroll_size": 500}],
        "timeout": "5m",
        "parallel": 1,
    },
    {"indices": ["source"], "jobs": [fed("web-1"), *BYSTANDERS]},
    ("web-1", "web-2"),
    expected=MEMORY,
)

ALL = [*JOB_RUNS, *FEED_RUNS, *ANALYTICS_RUNS, *OTHER_RUNS, BUNDLE]
