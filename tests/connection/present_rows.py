# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks that declare configurations, as rows of the table of privileges."""

from connection.rows import ANALYTICS, DATAFEED, FEED, JOB, STOPPED_FEED, Row, analytics_in, jobs_in

LATER = 4_102_444_800_000
"""The end of a look-back that is under way, in milliseconds."""

CONFIG = {
    "analysis_config": {"bucket_span": "15m", "detectors": [{"function": "count"}]},
    "data_description": {"time_field": "time"},
}
MEMORY = {"analysis_limits": {"model_memory_limit": "64mb"}}
SOURCE = {"indices": ["source"]}
OUTLIERS = {"source": {"index": ["source"]}, "dest": {"index": "a"}, "analysis": {"outlier_detection": {}}}
FILTER = {"filters": [{"filter_id": "s", "items": ["x"]}]}
CALENDAR = {"calendars": [{"calendar_id": "c", "job_ids": ["j"]}]}
EVENT = {"description": "e", "start_time": "2018-01-01T00:00:00Z", "end_time": "2018-01-02T00:00:00Z"}
READS_FILTERS = {"readers": ()}
RUNNING_STATE = (7, 14)
"""Before, statistics do not tell a look-back from a datafeed in real time."""


def declares(module: str, seed: dict, options: dict, words: str, **more) -> Row:
    return Row(module, "present", seed, options, words, **more)


ROWS = (
    declares("ml_job", {}, {**JOB, **CONFIG}, "a new one"),
    declares("ml_job", jobs_in("opened"), {**JOB, "description": "d"}, "changed in place"),
    declares("ml_job", jobs_in("opened", datafeed=FEED), {**JOB, **MEMORY}, "restarted", since=RUNNING_STATE),
    declares(
        "ml_job",
        jobs_in("opened", datafeed={**FEED, "end": LATER}),
        {**JOB, **MEMORY},
        "restarted during a look-back",
        role="manages_and_monitors",
        readers=("only_monitor",),
        lacking=r"where the look-back of datafeed f ends.* Give the user the cluster privilege monitor",
    ),
    declares(
        "ml_job",
        jobs_in("closed", datafeed=STOPPED_FEED),
        {
            **JOB,
            **MEMORY,
            **CONFIG,
            "data_description": {"time_field": "t"},
            "force": True,
            "on_immutable_change": "recreate",
        },
        "created anew",
        role="manages_and_reads",
        lacking="datafeed f has to be created again, and the user lacks privileges on source",
    ),
    declares(
        "ml_datafeed",
        {**SOURCE, **jobs_in("closed")},
        {**DATAFEED, **SOURCE, "job_id": "j"},
        "a new one",
        role="manages_and_reads",
        lacking="lacks permissions on the indices",
    ),
    declares(
        "ml_datafeed",
        jobs_in("opened", datafeed=FEED),
        {**DATAFEED, "scroll_size": 9},
        "restarted",
        since=RUNNING_STATE,
    ),
    declares(
        "ml_analytics",
        {"indices": ["source"]},
        {**ANALYTICS, **OUTLIERS},
        "a new one",
        role="manages_and_writes",
        lacking="lacks permissions on the indices",
    ),
    declares(
        "ml_analytics", analytics_in("started"), {**ANALYTICS, "model_memory_limit": "64mb"}, "restarted", since=(7, 7)
    ),
    declares("ml_filter", {}, {"filter_id": "s", "items": ["x"]}, "a new one", **READS_FILTERS),
    declares("ml_filter", FILTER, {"filter_id": "s", "items": ["y"]}, "changed", **READS_FILTERS),
    declares("ml_calendar", jobs_in("closed"), {"calendar_id": "c", "job_ids": ["j"], "events": [EVENT]}, "a new one"),
    declares(
        "ml_calendar",
        {**jobs_in("closed"), **CALENDAR},
        {"calendar_id": "c", "job_ids": [], "events": [EVENT]},
        "changed",
    ),
    Row("ml_filter", "absent", FILTER, {"filter_id": "s"}, **READS_FILTERS),
    Row("ml_calendar", "absent", {**jobs_in("closed"), **CALENDAR}, {"calendar_id": "c"}),
    Row(
        "ml_bundle",
        "",
        {},
        {"jobs": [{**JOB, **CONFIG}], "calendars": [{"calendar_id": "c", "job_ids": ["j"]}]},
        "jobs and calendars",
    ),
    Row("ml_bundle", "", {}, {"filters": [{"filter_id": "s", "items": ["x"]}]}, "with filters", **READS_FILTERS),
    Row("ml_bundle_info", "", FILTER, **READS_FILTERS),
    Row("ml_calendar_info", "", {**jobs_in("closed"), **CALENDAR}),
    Row("ml_filter_info", "", FILTER, **READS_FILTERS),
)
