# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tenth of what peers get wrong: "inconsistent result after apply". What a server adds, renames or leaves out of
what was declared is no difference.

Each row is declared, declared again (which changes nothing), exported, and what was exported is declared on an empty
cluster, where it comes to the same.
"""

import pytest
from contract.golden_files import VERSIONS

from present import doors
from present.clusters import CALENDARS, DATAFEEDS, FILTERS, JOBS

MEAN = {"function": "mean", "field_name": "x", "by_field_name": "b"}
ANALYSIS = {"bucket_span": "5m", "detectors": [MEAN]}
DATA = {"data_description": {"time_field": "time"}}
JOB = {"job_id": "j", "analysis_config": ANALYSIS, **DATA}
FEED = {"datafeed_id": "f", "job_id": "j", "indices": ["a"]}
CATEGORIES = {"categorization_field_name": "m", "detectors": [{"function": "count", "by_field_name": "mlcategory"}]}
SCOPED = {"scope": {"b": {"filter_id": "known"}}}
AT_TEN = {"applies_to": "actual", "operator": "gt", "value": 10}
LONGEST = "a" * 64


def job(**changes) -> dict:
    return {JOBS: {**JOB, **changes}}


def analysing(**changes) -> dict:
    return job(analysis_config={**ANALYSIS, **changes})


def categorizing(**changes) -> dict:
    return analysing(**CATEGORIES, **changes)


def ruled(*rules) -> dict:
    return analysing(detectors=[{**MEAN, "custom_rules": list(rules)}])


def feed(**changes) -> dict:
    return {JOBS: JOB, DATAFEEDS: {**FEED, **changes}}


ROWS = {
    "empty texts": job(description=""),
    "empty lists": job(groups=[]),
    "empty dictionaries": job(custom_settings={}),
    "no influencers": analysing(influencers=[]),
    "no rules": ruled(),
    "no filters of categories": categorizing(categorization_filters=[]),
    "filters of categories": categorizing(categorization_filters=["^a", "b$"]),
    "nulls": job(description=None, groups=None, model_plot_config=None),
    "a detector's description, which is made": analysing(detectors=[{**MEAN, "partition_field_name": "p"}]),
    "a detector's number, which is counted": analysing(detectors=[{**MEAN, "detector_index": 7}]),
    "stop_on_warn where it counts for nothing": categorizing(
        per_partition_categorization={"enabled": False, "stop_on_warn": False}
    ),
    "a block of which there is a default": categorizing(per_partition_categorization={"enabled": False}),
    "rules at creation": ruled({"conditions": [AT_TEN]}),
    "scopes of rules": ruled(SCOPED),
    "several rules, with all that they can have": ruled(
        {**SCOPED, "actions": ["skip_model_update"]}, {"conditions": [AT_TEN]}
    ),
    "a prefix of the index": job(results_index_name="mine"),
    "an index of the job's name": job(results_index_name="j"),
    "the limit of examples": job(analysis_limits={"categorization_examples_limit": 7}),
    "no examples": job(analysis_limits={"model_memory_limit": "20mb", "categorization_examples_limit": 0}),
    "amounts in another unit": job(analysis_limits={"model_memory_limit": "1gb"}),
    "durations in another unit": analysing(bucket_span="3600s", model_prune_window="720h"),
    "settings that look like others": job(
        custom_settings={"a": "1", "b": 1, "c": 1.0, "d": True, "e": "true", "f": [None]}
    ),
    "the longest id": {JOBS: {**JOB, "job_id": LONGEST}},
    "wildcards all": feed(indices_options={"expand_wildcards": ["all"]}),
    "part of what expands wildcards": feed(
        indices_options={"expand_wildcards": "open,closed", "allow_no_indices": False}
    ),
    "a short query": feed(query={"term": {"a": "b"}}),
    "a long query": feed(query={"term": {"a": {"value": "b", "boost": 1.0}}}),
    "script fields as short as can be": feed(script_fields={"s": {"script": "doc['a'].value"}}),
    "script fields with parameters": feed(script_fields={"s": {"script": {"source": "params.a", "params": {"a": 1}}}}),
    "a delay that is made": feed(),
    "a delay that would have been made": feed(query_delay="72314ms"),
    "chunks that are made": {
        JOBS: {**JOB, "analysis_config": {**ANALYSIS, "summary_count_field_name": "doc_count"}},
        DATAFEEDS: {
            **FEED,
            "aggs": {
                "buckets": {
                    "date_histogram": {"field": "time", "fixed_interval": "300s"},
                    "aggs": {"time": {"max": {"field": "time"}}, "x": {"avg": {"field": "x"}}},
                }
            },
        },
    },
    "members that do not exist": {CALENDARS: {"calendar_id": "c", "job_ids": ["nobody", "a-group"]}},
    "events in zones of time": {
        CALENDARS: {
            "calendar_id": "c",
            "events": [
                {"description": "e", "start_time": "2027-01-01T01:00:00+01:00", "end_time": "1798848000000"},
                {"description": "", "start_time": "2027-01-01T00:00:00Z", "end_time": "2027-01-01T00:00:01.500Z"},
            ],
        }
    },
    "items in any order": {FILTERS: {"filter_id": "n", "items": ["b", "a", "b", "B", "10", "9"]}},
}


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("version", VERSIONS)
def test_10_the_same_is_the_same(clusters, version, row):
    cluster = clusters(version)
    cluster.reset()
    estate = {kind.key: [config] for kind, config in ROWS[row].items()}
    assert doors.Modules.declare(cluster, estate) == len(estate)
    assert doors.Modules.declare(cluster, estate) == 0
    assert doors.Bundle.declare(cluster, estate) == 0
    before = cluster.estate()
    for door in doors.DOORS:
        exported = door.export(cluster)
        cluster.reset()
        assert door.declare(cluster, exported) == len(estate)
        assert cluster.estate() == before


STARTS = ("2018-01-01T00:07:13Z", "2018-01-01T01:07:13+01:00", "1514765233000")


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("version", VERSIONS)
def test_10_a_start_is_not_compared_with_where_the_server_begins(clusters, version, start):
    cluster = clusters(version)
    cluster.reset(jobs=[{**JOB, "state": "opened", "datafeed": {"datafeed_id": "f", "state": "stopped"}}])
    started = cluster.run("ml_datafeed", datafeed_id="f", state="started", start=start)
    assert started.changed, started.msg
    again = cluster.run("ml_datafeed", datafeed_id="f", state="started", start=start)
    assert (again.failed, again.changed, again.writes) == (False, False, [])
