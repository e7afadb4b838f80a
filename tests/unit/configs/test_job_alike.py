# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs that are the same to the server, in other words."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.configs.job import JobConfig
from simulator.config import jobs

KIND = JobConfig()
RULE = {"conditions": [{"applies_to": "actual", "operator": "lt", "value": 10}]}
ANALYZER = {"tokenizer": "ml_standard", "filter": [{"type": "limit", "max_token_count": 7}]}
REPLACING = {"type": "pattern_replace", "pattern": "x+"}


def by_categories(**analysis_config):
    analyzed = {"detectors": [{"function": "count", "by_field_name": "mlcategory"}], "categorization_field_name": "m"}
    return {"analysis_config": {**analyzed, **analysis_config}}


def of_detector(**detector):
    return {"analysis_config": {"detectors": [detector]}}


# Two ways to say the same, and one to say something else.
ALIKE = {
    "no function": (
        of_detector(by_field_name="b"),
        of_detector(by_field_name="b", detector_description="metric by b"),
        of_detector(function="rare", by_field_name="b"),
    ),
    "nothing frequent excluded": (
        of_detector(function="count", by_field_name="b"),
        of_detector(function="count", by_field_name="b", exclude_frequent="NONE", use_null=False),
        of_detector(function="count", by_field_name="b", exclude_frequent="all"),
    ),
    "what a rule does": (
        of_detector(function="sum", field_name="x", custom_rules=[RULE]),
        of_detector(function="sum", field_name="x", custom_rules=[{**RULE, "actions": ["skip_result"] * 2}]),
        of_detector(function="sum", field_name="x", custom_rules=[{**RULE, "actions": []}]),
    ),
    "settings of an analyzer": (
        by_categories(categorization_analyzer={**ANALYZER, "char_filter": []}),
        by_categories(categorization_analyzer={**ANALYZER, "filter": [{"type": "limit", "max_token_count": "7"}]}),
        by_categories(categorization_analyzer={**ANALYZER, "filter": []}),
    ),
    "filters": (
        by_categories(categorization_filters="x+"),
        by_categories(categorization_filters=["x+"]),
        by_categories(categorization_filters=["x+", "y"]),
    ),
    "what only looks like a filter": (
        by_categories(categorization_filters=[]),
        by_categories(categorization_analyzer={**ANALYZER, "char_filter": [{**REPLACING, "replacement": "y"}]}),
        by_categories(categorization_analyzer={**ANALYZER, "char_filter": [REPLACING]}),
    ),
    "latency": (
        {"analysis_config": {**of_detector(function="count")["analysis_config"], "latency": "0m"}},
        of_detector(function="count"),
        {"analysis_config": {**of_detector(function="count")["analysis_config"], "latency": "1m"}},
    ),
}


@pytest.mark.parametrize(("declared", "alike", "other"), ALIKE.values(), ids=ALIKE)
def test_two_ways_to_say_the_same(declared, alike, other):
    for config, is_same in ((declared, True), (alike, True), (other, False)):
        there = jobs.build("9.5.3", "j", {**config, "data_description": {}}, 0)
        assert (KIND.differences("j", declared, there) == []) == is_same, config
