# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three kinds of `analysis` a data frame analytics job can have, their ranges and defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.versions import Version

from . import parser as p
from .checks import choice
from .faults import parse_fault, status_fault, unknown_named
from .positions import END_ARRAY, END_OBJECT, FIELD_NAME, START_ARRAY, START_OBJECT, TokenStream

SEEDED = ("regression", "classification")
SINCE_7_11 = ((7, 11), (99,))
_PROCESSORS = ("frequency_encoding", "multi_encoding", "n_gram_encoding", "one_hot_encoding", "target_mean_encoding")
_NOT_NEGATIVE = (lambda value: value >= 0, "must be a non-negative double")
_FRACTION = (lambda value: 0 < value <= 1, "must be a double in (0, 1]")
_Range = tuple[Callable[[Any], bool], str]
_BOOSTED_TREE: dict[str, tuple[p.Kind, _Range]] = {
    "lambda": (p.DOUBLE, _NOT_NEGATIVE),
    "gamma": (p.DOUBLE, _NOT_NEGATIVE),
    "eta": (p.DOUBLE, (lambda value: 0.001 <= value <= 1, "must be a double in [0.001, 1]")),
    "max_trees": (p.INTEGER, (lambda value: 1 <= value <= 2000, "must be an integer in [1, 2000]")),
    "feature_bag_fraction": (p.DOUBLE, _FRACTION),
    "num_top_feature_importance_values": (p.INTEGER, (lambda value: value >= 0, "must be a non-negative integer")),
    "alpha": (p.DOUBLE, _NOT_NEGATIVE),
    "eta_growth_rate_per_tree": (p.DOUBLE, (lambda value: 0.5 <= value <= 2, "must be a double in [0.5, 2]")),
    "soft_tree_depth_limit": (p.DOUBLE, _NOT_NEGATIVE),
    "soft_tree_depth_tolerance": (
        p.DOUBLE,
        (lambda value: value >= 0.01, "must be a double greater than or equal to 0.01"),
    ),
    "downsample_factor": (p.DOUBLE, _FRACTION),
    "max_optimization_rounds_per_hyperparameter": (
        p.INTEGER,
        (lambda value: 0 <= value <= 20, "must be an integer in [0, 20]"),
    ),
}
_SINCE_7_11 = set(list(_BOOSTED_TREE)[6:])
_RANGES: dict[str, _Range] = {
    **{name: declared[1] for name, declared in _BOOSTED_TREE.items()},
    "training_percent": (lambda value: 0 < value <= 100, "must be a positive double in (0, 100]"),
    "num_top_classes": (lambda value: -1 <= value <= 1000, "must be an integer in [0, 1000] or a special value -1"),
    "loss_function_parameter": (lambda value: value > 0, "must be a positive double"),
    "feature_influence_threshold": (lambda value: 0 <= value <= 1, "must be in [0, 1]"),
    "outlier_fraction": (lambda value: 0 <= value <= 1, "must be in [0, 1]"),
    "n_neighbors": (lambda value: value > 0, "must be a positive integer"),
}


def _check_ranges(values: dict) -> None:
    for name in _RANGES.keys() & values.keys():
        accepts, text = _RANGES[name]
        if not accepts(values[name]):
            raise status_fault(f"[{name}] {text}")


def _outlier_detection(release: Version, values: dict) -> dict:
    _check_ranges(values)
    if not release.since(7, 5):
        return values
    defaults = {"compute_feature_influence": True, "outlier_fraction": 0.05, "standardization_enabled": True}
    return {**defaults, **values}


def _supervised(defaults: dict[str, Any]) -> Callable[[Version, dict], dict]:
    def build(release: Version, values: dict) -> dict:
        _check_ranges(values)
        dependent = values["dependent_variable"]
        common = {"prediction_field_name": f"{dependent}_prediction", "training_percent": 100.0}
        stopping = {"early_stopping_enabled": True} if release.since(7, 11) else {}
        return {**defaults, **common, **stopping, **values}

    return build


def _read_processors(stream: TokenStream) -> list[dict]:
    processors = []
    while stream.next() != END_ARRAY:
        stream.next()
        name, location = stream.token.value, stream.location
        if name not in _PROCESSORS:
            fault = unknown_named(stream.release, location, name, "PreProcessor")
            raise parse_fault(location, f"[feature_processors] failed to parse field [{name}]", fault)
        stream.next()
        processors.append({name: stream.read()})
        stream.next()
    return processors


def _argument(name: str, kind: p.Kind, **more: Any) -> p.Field:
    return p.Field(name, kind, argument=True, **more)


_COMMON = (
    _argument("dependent_variable", p.TEXT, required=True),
    *(
        _argument(
            name,
            kind,
            aliases=("maximum_number_trees",) if name == "max_trees" else (),
            releases=SINCE_7_11 if name in _SINCE_7_11 else p.ALWAYS,
        )
        for name, (kind, _range) in _BOOSTED_TREE.items()
    ),
    _argument("prediction_field_name", p.TEXT),
    _argument("training_percent", p.DOUBLE),
    _argument("randomize_seed", p.INTEGER),
    _argument("feature_processors", p.Kind(frozenset({START_ARRAY}), _read_processors), releases=SINCE_7_11),
    _argument("early_stopping_enabled", p.TRUTH, releases=SINCE_7_11),
)
_OBJECTIVES = ("maximize_accuracy", "maximize_minimum_recall")
_KINDS = {
    "outlier_detection": p.ObjectParser(
        "outlier_detection",
        (
            p.Field("n_neighbors", p.INTEGER),
            p.Field(
                "method",
                choice("dataframe.analyses.OutlierDetection.Method", "lof", "ldof", "distance_kth_nn", "distance_knn"),
            ),
            p.Field("feature_influence_threshold", p.DOUBLE),
            p.Field("compute_feature_influence", p.TRUTH),
            p.Field("outlier_fraction", p.DOUBLE),
            p.Field("standardization_enabled", p.TRUTH),
        ),
        build=_outlier_detection,
    ),
    "regression": p.ObjectParser(
        "regression",
        (
            *_COMMON,
            _argument("loss_function", choice("dataframe.analyses.Regression.LossFunction", "mse", "msle", "huber")),
            _argument("loss_function_parameter", p.DOUBLE),
        ),
        build=_supervised({"loss_function": "mse"}),
    ),
    "classification": p.ObjectParser(
        "classification",
        (
            *_COMMON,
            _argument(
                "class_assignment_objective",
                choice("dataframe.analyses.Classification.ClassAssignmentObjective", *_OBJECTIVES),
            ),
            _argument("num_top_classes", p.INTEGER),
        ),
        build=_supervised({"class_assignment_objective": _OBJECTIVES[1], "num_top_classes": 2}),
    ),
}


def _read_analysis(stream: TokenStream) -> dict:
    stream.expect(FIELD_NAME)
    name, location = stream.token.value, stream.location
    if name not in _KINDS or (name != "outlier_detection" and not stream.release.since(7, 4)):
        raise unknown_named(stream.release, location, name, "DataFrameAnalysis")
    stream.expect(START_OBJECT)
    analysis = {name: _KINDS[name].read(stream)}
    stream.expect(END_OBJECT)
    return analysis


ANALYSIS = p.Kind(frozenset({START_OBJECT}), _read_analysis)
