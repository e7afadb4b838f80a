# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which differences between jobs are seen, what they cost, and what is sent because of them."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.configs.job import JobConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import (
    AT_NEXT_START,
    IMMUTABLE,
    IN_PLACE,
    WHILE_STOPPED,
)
from simulator.config import jobs

KIND = JobConfig()
RULE = {"conditions": [{"applies_to": "actual", "operator": "lt", "value": 10}]}
BODY = {
    "description": "old",
    "groups": ["a", "b"],
    "analysis_config": {
        "bucket_span": "15m",
        "detectors": [
            {"function": "high_nzc", "by_field_name": "mlcategory", "partition_field_name": "p"},
            {"function": "mean", "field_name": "x", "by_field_name": "b", "custom_rules": [RULE]},
        ],
        "influencers": ["b", "p"],
        "categorization_field_name": "msg",
        "categorization_filters": ["x+"],
        "per_partition_categorization": {"enabled": True},
    },
    "analysis_limits": {"model_memory_limit": "100mb", "categorization_examples_limit": 5},
    "data_description": {"time_field": "ts"},
    "model_plot_config": {"enabled": True, "terms": "a", "annotations_enabled": False},
    "custom_settings": {"created_by": "me", "urls": [1, True]},
}
PLAIN = {"analysis_config": {"detectors": [{"function": "count"}]}, "data_description": {}}
DETECTORS = "analysis_config.detectors"
SAME = [{"function": "high_non_zero_count", "by_field_name": "mlcategory", "partition_field_name": "p"}]
SAME += [{"function": "mean", "field_name": "x", "by_field_name": "b"}]


def observed(version="9.5.3", **changes):
    return jobs.build(version, "j", {**BODY, **changes}, 0)


def analysis(**declared):
    return {"analysis_config": declared}


def detectors(*declared):
    return analysis(detectors=[{**there, **own} for there, own in zip(SAME, declared, strict=True)])


# declared, {path: cost}, the body of the update if there can be one
DIFFERENT = {
    "description": ({"description": "new"}, {"description": IN_PLACE}, {"description": "new"}),
    "description taken away": ({"description": ""}, {"description": IN_PLACE}, {"description": ""}),
    "groups taken away": ({"groups": []}, {"groups": IN_PLACE}, {"groups": []}),
    "groups in any order, with one more": (
        {"groups": ["c", "b", "a"], "description": "old"},
        {"groups": IN_PLACE},
        {"groups": ["c", "b", "a"]},
    ),
    "memory alone, as a number": (
        {"analysis_limits": {"model_memory_limit": 200}},
        {"analysis_limits.model_memory_limit": WHILE_STOPPED},
        {"analysis_limits": {"model_memory_limit": 200, "categorization_examples_limit": 5}},
    ),
    "examples alone": (
        {"analysis_limits": {"categorization_examples_limit": 6}},
        {"analysis_limits.categorization_examples_limit": WHILE_STOPPED},
        {"analysis_limits": {"model_memory_limit": "100mb", "categorization_examples_limit": 6}},
    ),
    "plot alone": (
        {"model_plot_config": {"enabled": False}},
        {"model_plot_config.enabled": IN_PLACE},
        {"model_plot_config": {"enabled": False, "terms": "a", "annotations_enabled": False}},
    ),
    "terms of the plot taken away": (
        {"model_plot_config": {"terms": ""}},
        {"model_plot_config.terms": IN_PLACE},
        {"model_plot_config": {"enabled": True, "annotations_enabled": False}},
    ),
    "settings are whole": (
        {"custom_settings": {"urls": [1, True]}},
        {"custom_settings": IN_PLACE},
        {"custom_settings": {"urls": [1, True]}},
    ),
    "true is not 1": (
        {"custom_settings": {"created_by": "me", "urls": [1, 1]}},
        {"custom_settings": IN_PLACE},
        {"custom_settings": {"created_by": "me", "urls": [1, 1]}},
    ),
    "one detector's description": (
        detectors({}, {"detector_description": "d"}),
        {f"{DETECTORS}[1].detector_description": IN_PLACE},
        {"detectors": [{"detector_index": 1, "description": "d"}]},
    ),
    "descriptions and rules": (
        detectors({"detector_description": "c"}, {"detector_description": "d", "custom_rules": []}),
        {
            f"{DETECTORS}[0].detector_description": IN_PLACE,
            f"{DETECTORS}[1].detector_description": IN_PLACE,
            f"{DETECTORS}[1].custom_rules": IN_PLACE,
        },
        {
            "detectors": [
                {"detector_index": 0, "description": "c"},
                {"detector_index": 1, "description": "d", "custom_rules": []},
            ]
        },
    ),
    "another detector": (
        detectors({"function": "low_nzc"}, {}),
        {DETECTORS: IMMUTABLE},
        None,
    ),
    "one detector less": (analysis(detectors=SAME[:1]), {DETECTORS: IMMUTABLE}, None),
    "detectors the other way round": (analysis(detectors=SAME[::-1]), {DETECTORS: IMMUTABLE}, None),
    "warnings": (
        analysis(per_partition_categorization={"stop_on_warn": True}),
        {"analysis_config.per_partition_categorization.stop_on_warn": IN_PLACE},
        {"per_partition_categorization": {"enabled": True, "stop_on_warn": True}},
    ),
    "partitions": (
        analysis(per_partition_categorization={"enabled": False}),
        {"analysis_config.per_partition_categorization.enabled": IMMUTABLE},
        None,
    ),
    "filters within the analyzer": (
        analysis(categorization_filters=["x+", "y"]),
        {"analysis_config.categorization_filters": IMMUTABLE},
        None,
    ),
    "another analyzer": (
        analysis(categorization_analyzer="standard"),
        {"analysis_config.categorization_analyzer": IMMUTABLE},
        None,
    ),
    "prune window": (
        analysis(model_prune_window="60d"),
        {"analysis_config.model_prune_window": AT_NEXT_START},
        {"model_prune_window": "60d"},
    ),
    "bucket span": (analysis(bucket_span="1h"), {"analysis_config.bucket_span": IMMUTABLE}, None),
    "what the server has no value for": (
        {"background_persist_interval": "2h", "allow_lazy_open": True, "renormalization_window_days": 3},
        dict.fromkeys(("background_persist_interval", "allow_lazy_open", "renormalization_window_days"), AT_NEXT_START),
        {"background_persist_interval": "2h", "allow_lazy_open": True, "renormalization_window_days": 3},
    ),
    "index of the results": ({"results_index_name": "other"}, {"results_index_name": IMMUTABLE}, None),
    "time": ({"data_description": {"time_field": "t"}}, {"data_description.time_field": IMMUTABLE}, None),
}


@pytest.mark.parametrize(("declared", "costs", "body"), DIFFERENT.values(), ids=DIFFERENT)
def test_differences_cost_and_one_small_update_removes_them(declared, costs, body):
    before = observed()
    differences = KIND.differences("j", declared, before)
    assert {difference.path: difference.cost for difference in differences} == costs
    if body is not None:
        assert KIND.update_body("j", declared, before, differences) == body
        assert KIND.differences("j", declared, jobs.update("9.5.3", before, body)) == []


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ({"model_plot_config": {"annotations_enabled": True}}, {"enabled": False, "annotations_enabled": True}),
        ({"model_plot_config": {"enabled": True}}, {"enabled": True}),
    ],
)
def test_what_the_api_requires_is_sent_besides(declared, sent):
    before = jobs.build("9.5.3", "j", PLAIN, 0)
    body = KIND.update_body("j", declared, before, KIND.differences("j", declared, before))
    assert body == {"model_plot_config": sent}
    assert KIND.differences("j", declared, jobs.update("9.5.3", before, body)) == []
    assert KIND.create_body("j", declared) == {"job_id": "j", **body}


def test_an_analyzer_takes_the_place_of_filters():
    there = analysis(categorization_field_name="m", categorization_filters=["x"])
    merged = KIND.merged("j", analysis(categorization_analyzer="standard"), there)
    assert merged["analysis_config"]["categorization_analyzer"] == "standard"
    assert "categorization_filters" not in merged["analysis_config"]


def test_an_export_counts_no_detectors():
    exported = KIND.portable(observed())
    assert all("detector_index" not in detector for detector in exported["analysis_config"]["detectors"])
    assert exported["job_id"] == "j"
    assert not exported.keys() & {"create_time", "job_type", "job_version"}


@pytest.mark.parametrize(("declared", "costs", "body"), DIFFERENT.values(), ids=DIFFERENT)
def test_whole_configurations_are_what_is_declared_over_what_is_there(declared, costs, body):
    anew = jobs.build("9.5.3", "j", KIND.merged("j", declared, observed()), 0)
    assert KIND.differences("j", declared, anew) == []
    kept = {name: value for name, value in observed().items() if name not in declared}
    assert {name: anew[name] for name in kept} == kept


def test_filters_beside_no_analyzer_are_updated():
    before = {**observed(), "analysis_config": {"categorization_field_name": "m", "categorization_filters": ["x"]}}
    declared = analysis(categorization_filters="y")
    (difference,) = KIND.differences("j", declared, before)
    assert difference.cost == AT_NEXT_START
    assert KIND.update_body("j", declared, before, [difference]) == {"categorization_filters": "y"}


def test_another_bucket_span_gets_the_window_that_the_server_chooses_for_it():
    assert "model_prune_window" not in KIND.merged("j", analysis(bucket_span="7d"), observed())["analysis_config"]
    long = observed(analysis_config={**BODY["analysis_config"], "bucket_span": "2d"})
    assert long["analysis_config"]["model_prune_window"] == "40d"
    assert "model_prune_window" not in KIND.merged("j", analysis(bucket_span="1h"), long)["analysis_config"]
    chosen = observed(analysis_config={**BODY["analysis_config"], "model_prune_window": "90d"})
    assert KIND.merged("j", analysis(bucket_span="1d"), chosen)["analysis_config"]["model_prune_window"] == "90d"


def test_people_are_shown_what_is_declared_in_one_form():
    declared = {
        "analysis_limits": {"model_memory_limit": "1gb"},
        **detectors({"detector_description": "d"}, {"custom_rules": []}),
        "groups": [],
    }
    assert KIND.view("j", declared, declared) == {
        "groups": [],
        "analysis_limits": {"model_memory_limit": "1024mb"},
        "analysis_config": {"detectors": [{**SAME[0], "detector_description": "d"}, {**SAME[1], "custom_rules": []}]},
    }
    seen = KIND.view("j", declared, observed())
    assert (seen["groups"], seen["analysis_limits"]) == (["a", "b"], {"model_memory_limit": "100mb"})
    rule = {"actions": ["skip_result"], "conditions": [{"applies_to": "actual", "operator": "lt", "value": 10.0}]}
    assert seen["analysis_config"]["detectors"][1] == {**SAME[1], "custom_rules": [rule]}


def test_what_is_declared_is_left_as_it_is():
    declared = {**detectors({}, {}), "model_plot_config": {"annotations_enabled": True}}
    before = str(declared)
    KIND.create_body("j", declared)
    KIND.view("j", declared, observed())
    assert str(declared) == before
