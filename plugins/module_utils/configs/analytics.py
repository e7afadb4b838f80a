# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Data frame analytics jobs: what they read, what they make of it, and where they write it."""

from __future__ import annotations

from functools import partial

from ansible_collections.mlops.elastic.plugins.module_utils.configs import forms
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import (
    IMMUTABLE,
    IN_PLACE,
    WHILE_STOPPED,
    Field,
    Kind,
)

_TREES = {
    "lambda": "float",
    "gamma": "float",
    "alpha": "float",
    "eta": "float",
    "eta_growth_rate_per_tree": "float",
    "max_trees": "int",
    "feature_bag_fraction": "float",
    "soft_tree_depth_limit": "float",
    "soft_tree_depth_tolerance": "float",
    "downsample_factor": "float",
    "max_optimization_rounds_per_hyperparameter": "int",
    "early_stopping_enabled": "bool",
    "num_top_feature_importance_values": "int",
    "training_percent": "float",
    "randomize_seed": "int",
}
_LOSSES = ("mse", "msle", "huber")
_OBJECTIVES = ("maximize_minimum_recall", "maximize_accuracy")
_METHODS = ("lof", "ldof", "distance_kth_nn", "distance_knn")


def _choice(*values):
    return {"type": "str", "choices": list(values)}


def _supervised(**others):
    numbers = {name: {"type": type_} for name, type_ in _TREES.items()}
    return {
        "type": "dict",
        "options": {
            "dependent_variable": {"type": "str", "required": True},
            "prediction_field_name": {"type": "str"},
            "feature_processors": {"type": "list", "elements": "dict"},
            **numbers,
            "max_trees": {"type": "int", "aliases": ["maximum_number_trees"]},
            **others,
        },
    }


_ANALYSES = {
    "outlier_detection": {
        "type": "dict",
        "options": {
            "method": _choice(*_METHODS),
            "n_neighbors": {"type": "int"},
            "feature_influence_threshold": {"type": "float"},
            "compute_feature_influence": {"type": "bool"},
            "outlier_fraction": {"type": "float"},
            "standardization_enabled": {"type": "bool"},
        },
    },
    "regression": _supervised(loss_function=_choice(*_LOSSES), loss_function_parameter={"type": "float"}),
    "classification": _supervised(class_assignment_objective=_choice(*_OBJECTIVES), num_top_classes={"type": "int"}),
}
_FIELD_NAMES = {"type": "list", "elements": "str"}
_FIELD_FILTER = {"type": "dict", "options": {"includes": _FIELD_NAMES, "excludes": _FIELD_NAMES}}


def _field_filter(value):
    """The server also takes a list of the fields to include, one of them, or a boolean that means nothing."""
    if isinstance(value, bool):
        value = {}
    if not isinstance(value, dict):
        value = {"includes": value}
    return {f"{verb}s": forms.unordered(value.get(f"{verb}s", value.get(verb, []))) for verb in ("include", "exclude")}


def _there(value):
    """That there is a kind of analysis says something already, whatever its parameters."""
    return {}


_FORMS = {"int": forms.whole, "float": forms.decimal}
_filtering = partial(Field, IMMUTABLE, _field_filter, _field_filter({}))


def _analysis_fields():
    fields = {}
    for kind, analysis in _ANALYSES.items():
        fields[f"analysis.{kind}"] = Field(IMMUTABLE, _there)
        for name, option in analysis["options"].items():
            form = forms.lower if "choices" in option else _FORMS.get(option["type"])
            fields[f"analysis.{kind}.{name}"] = Field(IMMUTABLE, form) if form else Field(IMMUTABLE)
    return fields


class AnalyticsConfig(Kind):
    """C(ml_analytics). What the update API takes is in DataFrameAnalyticsConfigUpdate; the rest never changes."""

    SPEC = {
        "description": {"type": "str"},
        "source": {
            "type": "dict",
            "options": {
                "index": {"type": "list", "elements": "str"},
                "query": {"type": "dict"},
                "runtime_mappings": {"type": "dict"},
                "_source": _FIELD_FILTER,
            },
        },
        "dest": {"type": "dict", "options": {"index": {"type": "str"}, "results_field": {"type": "str"}}},
        "analysis": {
            "type": "dict",
            "options": _ANALYSES,
            "mutually_exclusive": [list(_ANALYSES)],
            "required_one_of": [list(_ANALYSES)],
        },
        "analyzed_fields": _FIELD_FILTER,
        "model_memory_limit": {"type": "str"},
        "allow_lazy_start": {"type": "bool"},
        "max_num_threads": {"type": "int"},
        "_meta": {"type": "dict"},
    }
    FIELDS = {
        "description": Field(IN_PLACE, implied=""),
        "source.index": Field(IMMUTABLE, forms.indices),
        "source.query": Field(IMMUTABLE, forms.query, {"match_all": {}}),
        "source.runtime_mappings": Field(IMMUTABLE, implied={}),
        "source._source": _filtering(),
        "dest.index": Field(IMMUTABLE),
        "dest.results_field": Field(IMMUTABLE, implied="ml"),
        **_analysis_fields(),
        "analyzed_fields": _filtering(),
        "model_memory_limit": Field(WHILE_STOPPED, forms.size, "1gb"),
        "allow_lazy_start": Field(IN_PLACE, implied=False),
        "max_num_threads": Field(WHILE_STOPPED, forms.whole, 1),
        "_meta": Field(IN_PLACE, implied={}),
    }

    def view(self, id, declared, config):
        """Return what is declared as a configuration has it; an analysis of another kind is named."""
        tree = super().view(id, declared, config)
        others = config.get("analysis", {}).keys() - declared.get("analysis", config.get("analysis", {})).keys()
        return dict(tree, analysis={kind: {} for kind in sorted(others)}) if others else tree

    def create_body(self, id, declared):
        """Return the body of the request that creates it; a fraction of a unit is sent in bytes, rounded up."""
        limit = declared.get("model_memory_limit", "")
        return dict(declared, model_memory_limit=forms.size(limit)) if "." in limit else declared

    def merged(self, id, declared, observed):
        """Return the whole configuration: of another kind of analysis, or for another variable, nothing is kept."""
        if not _is_same_analysis(declared.get("analysis", {}), observed["analysis"]):
            observed = {name: value for name, value in observed.items() if name != "analysis"}
        return self.create_body(id, super().merged(id, declared, observed))

    def portable(self, config):
        """Return an observed analysis as it can be declared: its id and the options of C(ml_analytics)."""
        return {"id": config["id"], **self.declared(config)}


def _is_same_analysis(declared, observed):
    return all(
        kind in observed and parameters.get("dependent_variable") in (None, observed[kind].get("dependent_variable"))
        for kind, parameters in declared.items()
    )
