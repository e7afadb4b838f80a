# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Detectors of anomaly detection jobs, which the server tells apart by their position."""

from __future__ import annotations

from ansible_collections.mlops.elastic.plugins.module_utils.configs import forms

RULES = {
    "type": "list",
    "elements": "dict",
    "options": {
        "actions": {"type": "list", "elements": "str"},
        "scope": {"type": "dict"},
        "conditions": {
            "type": "list",
            "elements": "dict",
            "options": {
                "applies_to": {"type": "str", "required": True},
                "operator": {"type": "str", "required": True},
                "value": {"type": "float", "required": True},
            },
        },
        "params": {
            "type": "dict",
            "options": {
                "force_time_shift": {"type": "dict", "options": {"time_shift_amount": {"type": "int"}}},
            },
        },
    },
}
SPEC = {
    "type": "list",
    "elements": "dict",
    "options": {
        "function": {"type": "str"},
        "field_name": {"type": "str"},
        "by_field_name": {"type": "str"},
        "over_field_name": {"type": "str"},
        "partition_field_name": {"type": "str"},
        "exclude_frequent": {"type": "str"},
        "use_null": {"type": "bool"},
        "detector_description": {"type": "str"},
        "custom_rules": RULES,
        "detector_index": {"type": "int"},
    },
}
# DetectorFunction knows these by two names, and returns the long one.
_LONG_NAMES = {
    f"{side}{short}": f"{side}{long}"
    for side in ("", "high_", "low_")
    for short, long in (("nzc", "non_zero_count"), ("dc", "distinct_count"))
}
_ACTIONS = ("skip_result", "skip_model_update", "force_time_shift")


def _function(name):
    return _LONG_NAMES.get(name, name)


def _frequent(value):
    return forms.lower(value) if forms.lower(value) != "none" else None


_IDENTITY = {
    "function": _function,
    "field_name": forms.text,
    "by_field_name": forms.text,
    "over_field_name": forms.text,
    "partition_field_name": forms.text,
    "use_null": forms.truth,
    "exclude_frequent": _frequent,
}


def identity(detector):
    """Return what makes a detector this one, in canonical form: what it computes, of what, split by what."""
    if not isinstance(detector, dict):
        return detector
    given = dict({"function": "metric"}, **detector)
    formed = {name: form(given[name]) for name, form in _IDENTITY.items() if name in given}
    return {name: value for name, value in formed.items() if value}


def identities(detectors):
    """Return what makes detectors these, in their order."""
    return [identity(detector) for detector in forms.listed(detectors)]


def rules(value):
    """Return rules as DetectionRule returns them."""
    return [_rule(rule) for rule in forms.listed(value)]


def over(declared, observed):
    """Return declared detectors with what they don't declare as it is observed, where they are the same ones."""
    beside = forms.listed(observed) + [None] * len(declared)
    return [
        _unnumbered(dict(there, **detector) if identity(there) == identity(detector) else detector)
        for detector, there in zip(declared, beside)
    ]


def unnumbered(detectors):
    """Return detectors without their positions, which the server counts itself."""
    return [_unnumbered(detector) for detector in detectors]


def _unnumbered(detector):
    return {name: value for name, value in detector.items() if name != "detector_index"}


def _rule(rule):
    if not isinstance(rule, dict):
        return rule
    formed = {name: form(rule[name]) for name, form in _RULE.items() if rule.get(name)}
    return dict(formed, actions=_actions(rule.get("actions", ["skip_result"])))


def _actions(names):
    given = {forms.lower(name) for name in forms.listed(names)}
    return [name for name in _ACTIONS if name in given] + sorted(given.difference(_ACTIONS))


def _scope(fields):
    if not isinstance(fields, dict):
        return fields
    return {name: _filter(reference) for name, reference in fields.items()}


def _filter(reference):
    if not isinstance(reference, dict):
        return reference
    return dict(reference, filter_type=forms.lower(reference.get("filter_type", "include")))


def _condition(condition):
    if not isinstance(condition, dict):
        return condition
    return {name: _CONDITION.get(name, forms.text)(value) for name, value in condition.items()}


_CONDITION = {"applies_to": forms.lower, "operator": forms.lower, "value": forms.decimal}
_RULE = {
    "scope": _scope,
    "conditions": lambda conditions: [_condition(condition) for condition in forms.listed(conditions)],
    "params": lambda params: params,
}
