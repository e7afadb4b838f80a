# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between datafeeds, against what Elastic's own classes make of the same bodies."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.configs.datafeed import DatafeedConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import IMMUTABLE, WHILE_STOPPED
from simulator.config import datafeeds
from unit.configs.golden_cases import VERSIONS, Cases

KIND = DatafeedConfig()
CASES = Cases("datafeeds", KIND, datafeeds)
AGGREGATIONS = {
    "buckets": {
        "date_histogram": {"field": "t", "fixed_interval": "5m"},
        "aggregations": {"t": {"max": {"field": "t"}}},
    }
}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_put_is_as_declared(version):
    assert len(CASES.of(version)) >= 79
    assert CASES.differing(version) == {}


@pytest.mark.parametrize("version", VERSIONS)
def test_options_lead_to_the_same_and_can_be_declared_anew(version):
    assert CASES.read_otherwise(version) == {
        "chunking_config upper",
        "indices_options unknown",
        "scroll_size 1.5",
    }


def test_only_these_texts_mean_the_same():
    assert CASES.taken_for_the_same("9.5.3") == {
        "frequency": {'"60m"', '"3600s"', '"1h"'},
        "query_delay": {'"60s"', '"1m"'},
        "script_fields": {"null", "{}"},
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_updates_end_as_the_server_ends_them(version):
    updates = CASES.of(version, updates=True)
    assert len(updates) >= 17
    for name in updates.keys() - {"update: job_id other"}:
        expected, after, left = CASES.update(version, name)
        assert after == expected, name
        assert left == [], name


def observed(**options):
    return datafeeds.build("9.5.3", "d", {"job_id": "j", "indices": ["a", "b"], **options}, 0)


def compared(declared, **options):
    return [(found.path, found.before, found.after, found.cost) for found in KIND.differences("d", declared, options)]


@pytest.mark.parametrize(
    ("declared", "there"),
    [
        ({"indices": ["b", "a", "b"]}, {}),
        ({"indices": ["-b", "a"]}, {"indices": ["-b", "a"]}),
        ({"query": {"match_all": {}}}, {"query": {"match_all": {"boost": 1.0}}}),
        ({"query": {"match_all": {"boost": 1}}}, {}),
        ({"query_delay": "1 M".lower()}, {"query_delay": "60s"}),
        (
            {"chunking_config": {"mode": "manual", "time_span": "120m"}},
            {"chunking_config": {"mode": "manual", "time_span": "2h"}},
        ),
        (
            {"delayed_data_check_config": {"enabled": True, "check_window": "1d"}},
            {"delayed_data_check_config": {"enabled": True, "check_window": "24h"}},
        ),
        (
            {"indices_options": {"expand_wildcards": ["all"]}},
            {"indices_options": {"expand_wildcards": ["hidden", "closed", "open"]}},
        ),
        (
            {"indices_options": {"expand_wildcards": "closed,open"}},
            {"indices_options": {"expand_wildcards": ["open", "closed"]}},
        ),
        ({"indices_options": {"allow_no_indices": True}}, {"indices_options": {"ignore_unavailable": True}}),
        ({"max_empty_searches": -1, "runtime_mappings": {}, "script_fields": {}, "aggregations": {}}, {}),
        (
            {"script_fields": {"s": {"script": "1"}}},
            {"script_fields": {"s": {"script": {"source": "1", "params": {}}}}},
        ),
        ({"frequency": "150s"}, {"frequency": "150000ms"}),
    ],
    ids=str,
)
def test_the_same_in_other_words(declared, there):
    assert compared(declared, **observed(**there)) == []


@pytest.mark.parametrize(
    ("declared", "there", "differences"),
    [
        ({"indices": ["a"]}, {}, [("indices", ["a", "b"], ["a"], WHILE_STOPPED)]),
        (
            {"indices": ["a", "-b"]},
            {"indices": ["-b", "a"]},
            [("indices", ["-b", "a"], ["a", "-b"], WHILE_STOPPED)],
        ),
        (
            {"query": {"term": {"up": True}}},
            {"query": {"term": {"up": 1}}},
            [("query", {"term": {"up": 1}}, {"term": {"up": True}}, WHILE_STOPPED)],
        ),
        (
            {"query": {"term": {"a": {"value": "b"}}}},
            {"query": {"term": {"a": "b"}}},
            [("query", {"term": {"a": "b"}}, {"term": {"a": {"value": "b"}}}, WHILE_STOPPED)],
        ),
        ({"job_id": "k"}, {}, [("job_id", "j", "k", IMMUTABLE)]),
        ({"aggregations": {}}, {"aggregations": AGGREGATIONS}, [("aggregations", AGGREGATIONS, {}, IMMUTABLE)]),
        ({"aggregations": AGGREGATIONS}, {}, [("aggregations", {}, AGGREGATIONS, WHILE_STOPPED)]),
        ({"max_empty_searches": -1}, {"max_empty_searches": 5}, [("max_empty_searches", 5, -1, WHILE_STOPPED)]),
        (
            {"indices_options": {"expand_wildcards": ["none"]}},
            {},
            [("indices_options.expand_wildcards", ["open"], [], WHILE_STOPPED)],
        ),
        (
            {"delayed_data_check_config": {"enabled": True}},
            {"delayed_data_check_config": {"enabled": True, "check_window": "2h"}},
            [
                (
                    "delayed_data_check_config",
                    {"enabled": True, "check_window": "2h"},
                    {"enabled": True},
                    WHILE_STOPPED,
                )
            ],
        ),
    ],
    ids=str,
)
def test_another_value(declared, there, differences):
    assert compared(declared, **observed(**there)) == differences


def test_options_of_indices_that_are_not_declared_stay():
    there = observed(indices_options={"ignore_unavailable": True})
    declared = {"indices_options": {"expand_wildcards": ["all"]}, "scroll_size": 1000}
    body = KIND.update_body("d", declared, there, KIND.differences("d", declared, there))
    assert body.keys() == {"indices_options"}
    assert datafeeds.update("9.5.3", there, body)["indices_options"] == {
        "expand_wildcards": ["open", "closed", "hidden"],
        "ignore_unavailable": True,
        "allow_no_indices": True,
        "ignore_throttled": True,
    }


def test_another_job_or_no_aggregations_need_another_datafeed_with_all_the_rest():
    there = {**observed(aggregations=AGGREGATIONS, frequency="5m"), "authorization": {"roles": ["r"]}}
    whole = KIND.merged("d", {"job_id": "k", "aggregations": {}}, there)
    assert "aggregations" not in whole
    assert datafeeds.build("7.17.29", "d", whole, 0)["frequency"] == "5m"
    assert whole["job_id"] == "k"
    assert whole["chunking_config"] == there["chunking_config"]


def test_what_is_shown_is_what_is_declared():
    declared = {"query_delay": "120s", "indices_options": {"expand_wildcards": ["all"]}, "max_empty_searches": -1}
    assert KIND.view("d", declared, observed(query_delay="60000ms")) == {
        "query_delay": "1m",
        "indices_options": {"expand_wildcards": ["open"]},
        "max_empty_searches": -1,
    }
