# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between data frame analytics jobs, against what Elastic's own classes make of the same bodies."""

import pytest

from ansible_collections.mlops.elastic.plugins.module_utils.configs.analytics import AnalyticsConfig
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import IMMUTABLE, IN_PLACE, WHILE_STOPPED
from simulator.config import analytics
from unit.configs.golden_cases import VERSIONS, Cases

KIND = AnalyticsConfig()
CASES = Cases("analytics", KIND, analytics)
OUTLIERS = {"source": {"index": ["a"]}, "dest": {"index": "b"}, "analysis": {"outlier_detection": {}}}


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_put_is_as_declared(version):
    assert len(CASES.of(version)) >= 67
    assert CASES.differing(version) == {}


@pytest.mark.parametrize("version", VERSIONS)
def test_options_lead_to_the_same_and_can_be_declared_anew(version):
    assert CASES.read_otherwise(version) == {
        "analyzed_fields false",
        "analyzed_fields include alias",
        "analyzed_fields string",
        "analyzed_fields true",
        "outlier method LOF",
        "regression loss MSE",
        "source _source include alias",
        "source _source string",
        "source _source true",
        "source index comma",
    }


def test_only_these_texts_mean_the_same():
    assert CASES.taken_for_the_same("9.5.3") == {
        "_meta": {"null", "{}"},
        "analyzed_fields": {"null", '{"includes": [], "excludes": []}'},
        "description": {"null", '""'},
        "model_memory_limit": {'"1536mb"', '"1610612736b"'},
        "source._source": {"null", '{"includes": [], "excludes": []}'},
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_updates_end_as_the_server_ends_them(version):
    updates = CASES.of(version, updates=True)
    assert len(updates) >= 11
    for name in updates:
        expected, after, left = CASES.update(version, name)
        assert left == [], name
        if name == "update: model_memory_limit same other unit":
            assert after["model_memory_limit"] == "50mb"
        else:
            assert {key: after.get(key) for key in expected} == expected, name


def observed(**options):
    return analytics.build("9.5.3", "d", {**OUTLIERS, **options}, 0)


def compared(declared, **options):
    return [(found.path, found.before, found.after, found.cost) for found in KIND.differences("d", declared, options)]


@pytest.mark.parametrize(
    ("declared", "there"),
    [
        (OUTLIERS, {}),
        ({"source": {"index": ["b", "a"]}}, {"source": {"index": ["a", "b", "a"]}}),
        (
            {"source": {"query": {"match_all": {}}}},
            {"source": {"index": ["a"], "query": {"match_all": {"boost": 1.0}}}},
        ),
        ({"analyzed_fields": {"includes": ["b", "a"]}}, {"analyzed_fields": ["a", "b"]}),
        ({"analyzed_fields": {"includes": [], "excludes": []}}, {}),
        ({"source": {"_source": {"excludes": ["x"]}}}, {"source": {"index": ["a"], "_source": {"exclude": "x"}}}),
        ({"model_memory_limit": "1024mb", "max_num_threads": 1, "allow_lazy_start": False, "description": ""}, {}),
        ({"model_memory_limit": "1.1gb"}, {"model_memory_limit": "1181116007b"}),
        ({"dest": {"results_field": "ml"}, "_meta": {}}, {}),
        (
            {"analysis": {"regression": {"dependent_variable": "y", "training_percent": 80}}},
            {
                "analysis": {
                    "regression": {"dependent_variable": "y", "training_percent": 80.0, "loss_function": "huber"}
                }
            },
        ),
    ],
    ids=str,
)
def test_the_same_in_other_words(declared, there):
    assert compared(declared, **observed(**there)) == []


@pytest.mark.parametrize(
    ("declared", "there", "differences"),
    [
        ({"description": "x"}, {}, [("description", "", "x", IN_PLACE)]),
        ({"_meta": {"a": True}}, {"_meta": {"a": 1}}, [("_meta", {"a": 1}, {"a": True}, IN_PLACE)]),
        ({"model_memory_limit": "1000mb"}, {}, [("model_memory_limit", "1gb", "1000mb", WHILE_STOPPED)]),
        ({"max_num_threads": 2}, {}, [("max_num_threads", 1, 2, WHILE_STOPPED)]),
        ({"source": {"index": "c"}}, {}, [("source.index", ["a"], ["c"], IMMUTABLE)]),
        (
            {"analyzed_fields": {"includes": ["a"]}},
            {},
            [
                (
                    "analyzed_fields",
                    {"includes": [], "excludes": []},
                    {"includes": ["a"], "excludes": []},
                    IMMUTABLE,
                )
            ],
        ),
        (
            {"analysis": {"outlier_detection": {"outlier_fraction": 0.1}}},
            {},
            [("analysis.outlier_detection.outlier_fraction", 0.05, 0.1, IMMUTABLE)],
        ),
        (
            {"analysis": {"regression": {"dependent_variable": "y"}}},
            {},
            [
                ("analysis.regression", None, {}, IMMUTABLE),
                ("analysis.regression.dependent_variable", None, "y", IMMUTABLE),
            ],
        ),
    ],
    ids=str,
)
def test_another_value(declared, there, differences):
    assert compared(declared, **observed(**there)) == differences


REGRESSION = {"regression": {"dependent_variable": "y", "eta": 0.5, "randomize_seed": 7}}


@pytest.mark.parametrize(
    ("declared", "whole"),
    [
        (
            {"regression": {"dependent_variable": "y", "training_percent": 50}},
            {"eta": 0.5, "prediction_field_name": "y_prediction"},
        ),
        ({"regression": {"dependent_variable": "z"}}, {"eta": None, "prediction_field_name": "z_prediction"}),
        ({"outlier_detection": {}}, None),
    ],
    ids=str,
)
def test_what_is_kept_of_an_analysis_that_is_recreated(declared, whole):
    there = {**observed(analysis=REGRESSION), "authorization": {"roles": ["r"]}}
    made = analytics.build("9.5.3", "d", KIND.merged("d", {"analysis": declared}, there), 0)
    assert made["analysis"].keys() == declared.keys()
    assert whole is None or whole == {name: made["analysis"]["regression"].get(name) for name in whole}
    assert made["source"] == there["source"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_fraction_of_a_unit_is_the_same_number_of_bytes_on_every_server(version):
    declared = {**OUTLIERS, "model_memory_limit": "1.1gb"}
    made = analytics.build(version, "d", KIND.create_body("d", declared), 0)
    assert compared(declared, **made) == []


def test_what_is_shown_is_what_is_declared():
    declared = {"analysis": {"outlier_detection": {"n_neighbors": 3}}, "model_memory_limit": "512mb"}
    assert KIND.view("d", declared, observed()) == {"analysis": {"outlier_detection": {}}, "model_memory_limit": "1gb"}
    assert KIND.view("d", declared, declared) == declared
    assert KIND.view("d", {"analysis": REGRESSION}, observed()) == {"analysis": {"outlier_detection": {}}}
    assert KIND.view("d", {"description": "x"}, observed()) == {"description": ""}
