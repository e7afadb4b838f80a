# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Datafeeds: what they search, how often, and how much at once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ansible_collections.mlops.elastic.plugins.module_utils.configs import forms
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import (
    IMMUTABLE,
    WHILE_STOPPED,
    Field,
    Kind,
)

_WILDCARDS = ("open", "closed", "hidden")
_INDICES_OPTIONS = {
    "expand_wildcards": list(_WILDCARDS[:1]),
    "ignore_unavailable": False,
    "allow_no_indices": True,
    "ignore_throttled": True,
}
"""SearchRequest.DEFAULT_INDICES_OPTIONS."""


def _expanded(values):
    chosen = set()
    for value in values.split(",") if isinstance(values, str) else values:
        chosen = set() if value == "none" else chosen | set(_WILDCARDS if value == "all" else [value])
    return [state for state in _WILDCARDS if state in chosen] + sorted(chosen.difference(_WILDCARDS))


def _chunking(config):
    mode = {"mode": forms.lower(config["mode"])} if "mode" in config else {}
    return dict(_with_duration(config, "time_span"), **mode)


def _delayed_data_check(config):
    return _with_duration(config, "check_window")


def _with_duration(config, name):
    return dict(config, **{name: forms.duration(config[name])}) if name in config else config


def _script_field(field):
    if not isinstance(field, dict):
        return field
    return {"ignore_failure": False, **field, "script": _script(field)}


def _script_fields(fields):
    return {name: _script_field(field) for name, field in fields.items()}


def _script(field):
    script = field.get("script")
    if isinstance(script, str):
        script = {"source": script}
    if not isinstance(script, dict):
        return script
    language = {"lang": "painless"} if "source" in script else {}
    return {**language, **{name: value for name, value in script.items() if value != {}}}


_updatable = partial(Field, WHILE_STOPPED)


class DatafeedConfig(Kind):
    """C(ml_datafeed). A datafeed takes updates only while it is stopped (TransportUpdateDatafeedAction)."""

    SPEC = {
        "job_id": {"type": "str"},
        "indices": {"type": "list", "elements": "str", "aliases": ["indexes"]},
        "query": {"type": "dict"},
        "aggregations": {"type": "dict", "aliases": ["aggs"]},
        "query_delay": {"type": "str"},
        "frequency": {"type": "str"},
        "scroll_size": {"type": "int"},
        "chunking_config": {
            "type": "dict",
            "options": {
                "mode": {"type": "str", "required": True, "choices": ["auto", "manual", "off"]},
                "time_span": {"type": "str"},
            },
        },
        "delayed_data_check_config": {
            "type": "dict",
            "options": {"enabled": {"type": "bool", "required": True}, "check_window": {"type": "str"}},
        },
        "indices_options": {
            "type": "dict",
            "options": {
                "expand_wildcards": {
                    "type": "list",
                    "elements": "str",
                    "choices": ["open", "closed", "hidden", "none", "all"],
                },
                "ignore_unavailable": {"type": "bool"},
                "allow_no_indices": {"type": "bool"},
                "ignore_throttled": {"type": "bool"},
            },
        },
        "max_empty_searches": {"type": "int"},
        "script_fields": {"type": "dict"},
        "runtime_mappings": {"type": "dict"},
        "project_routing": {"type": "str"},
    }
    FIELDS = {
        "job_id": Field(IMMUTABLE),
        "indices": _updatable(forms.indices),
        "query": _updatable(forms.query, {"match_all": {}}),
        "aggregations": _updatable(implied={}),
        "query_delay": _updatable(forms.duration),
        "frequency": _updatable(forms.duration),
        "scroll_size": _updatable(forms.whole, 1000),
        "chunking_config": _updatable(_chunking, {"mode": "auto"}),
        "delayed_data_check_config": _updatable(_delayed_data_check, {"enabled": True}),
        "indices_options.expand_wildcards": _updatable(_expanded, _INDICES_OPTIONS["expand_wildcards"]),
        **{
            f"indices_options.{name}": _updatable(implied=implied)
            for name, implied in _INDICES_OPTIONS.items()
            if isinstance(implied, bool)
        },
        "max_empty_searches": _updatable(forms.whole, -1),
        "script_fields": _updatable(_script_fields, {}),
        "runtime_mappings": _updatable(implied={}),
        "project_routing": _updatable(),
    }

    def differences(self, id, declared, observed):
        """Return a list of Difference; aggregations that are there cannot be updated to none (DatafeedUpdate)."""
        found = super().differences(id, declared, observed)
        return [
            replace(difference, cost=IMMUTABLE)
            if difference.path == "aggregations" and difference.after == {}
            else difference
            for difference in found
        ]

    def create_body(self, id, declared):
        """Return the body of the request that creates it, which does not take empty aggregations."""
        return {name: value for name, value in declared.items() if name != "aggregations" or value}

    def merged(self, id, declared, observed):
        return self.create_body(id, super().merged(id, declared, observed))

    def portable(self, config):
        """Return an observed datafeed as it can be declared: its id and the options of C(ml_datafeed)."""
        return {"datafeed_id": config["datafeed_id"], **self.declared(config)}
