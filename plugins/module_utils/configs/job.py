# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""Anomaly detection jobs: what they analyse and how, what they may take, how long they keep what.

Costs are those of the update anomaly detection job API: its documentation says which of its properties an open job
learns of when it is reopened, and JobUpdate.isAutodetectProcessUpdate which are passed on to it at once.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ansible_collections.mlops.elastic.plugins.module_utils.configs import detectors, forms
from ansible_collections.mlops.elastic.plugins.module_utils.configs.kind import (
    AT_NEXT_START,
    IMMUTABLE,
    IN_PLACE,
    WHILE_STOPPED,
    Field,
    Kind,
    nested,
)

_DETECTORS = "analysis_config.detectors"
_DETECTOR_PATH = re.compile(r"analysis_config\.detectors\[(\d+)\]\.(.+)")
# The update API's name for each of these, and what makes two of them equal.
_UPDATED = {
    "detector_description": ("description", Field(IN_PLACE, forms.text)),
    "custom_rules": ("custom_rules", Field(IN_PLACE, detectors.rules, [])),
}
# What the API requires beside the other members of these.
_REQUIRED = {"enabled": False}
_DAY = forms.length("1d")


def _results_index(name):
    """Return the alias that job ids share, or the prefixed one of an own index (Job.Builder.build)."""
    if name in ("", "shared"):
        return "shared"
    return name if str(name).startswith("custom-") else f"custom-{name}"


def _analyzer(value):
    """Return an analyzer as CategorizationAnalyzerConfig keeps it: definitions are settings, which are texts."""
    if not isinstance(value, dict):
        return value
    return {name: _settings(part) for name, part in value.items() if part}


def _settings(value):
    if isinstance(value, dict):
        return {name: _settings(member) for name, member in value.items()}
    return [_settings(member) for member in value] if isinstance(value, list) else forms.text(value)


class JobConfig(Kind):
    """C(ml_job)."""

    SPEC = {
        "description": {"type": "str"},
        "groups": {"type": "list", "elements": "str"},
        "analysis_config": {
            "type": "dict",
            "options": {
                "bucket_span": {"type": "str"},
                "detectors": detectors.SPEC,
                "influencers": {"type": "list", "elements": "str"},
                "categorization_field_name": {"type": "str"},
                "categorization_filters": {"type": "raw"},
                "categorization_analyzer": {"type": "raw"},
                "per_partition_categorization": {
                    "type": "dict",
                    "options": {"enabled": {"type": "bool"}, "stop_on_warn": {"type": "bool"}},
                },
                "summary_count_field_name": {"type": "str"},
                "latency": {"type": "str"},
                "multivariate_by_fields": {"type": "bool"},
                "model_prune_window": {"type": "str"},
            },
        },
        "analysis_limits": {
            "type": "dict",
            "options": {"model_memory_limit": {"type": "raw"}, "categorization_examples_limit": {"type": "int"}},
        },
        "data_description": {
            "type": "dict",
            "options": {
                "time_field": {"type": "str"},
                "time_format": {"type": "str"},
                "format": {"type": "str"},
                "field_delimiter": {"type": "str"},
                "quote_character": {"type": "str"},
            },
        },
        "model_plot_config": {
            "type": "dict",
            "options": {
                "enabled": {"type": "bool"},
                "annotations_enabled": {"type": "bool"},
                "terms": {"type": "str"},
            },
        },
        "custom_settings": {"type": "dict"},
        "results_index_name": {"type": "str"},
        "model_snapshot_retention_days": {"type": "int"},
        "daily_model_snapshot_retention_after_days": {"type": "int"},
        "results_retention_days": {"type": "int"},
        "renormalization_window_days": {"type": "int"},
        "background_persist_interval": {"type": "str"},
        "allow_lazy_open": {"type": "bool"},
    }
    FIELDS = {
        "description": Field(IN_PLACE, forms.text, ""),
        "groups": Field(IN_PLACE, forms.unordered, []),
        "analysis_config.bucket_span": Field(IMMUTABLE, forms.duration),
        _DETECTORS: Field(IMMUTABLE, detectors.identities),
        "analysis_config.influencers": Field(IMMUTABLE, forms.unordered, []),
        "analysis_config.categorization_field_name": Field(IMMUTABLE, forms.text),
        "analysis_config.categorization_filters": Field(AT_NEXT_START, forms.texts, []),
        "analysis_config.categorization_analyzer": Field(IMMUTABLE, _analyzer),
        "analysis_config.per_partition_categorization.enabled": Field(IMMUTABLE, forms.truth, False),
        "analysis_config.per_partition_categorization.stop_on_warn": Field(IN_PLACE, forms.truth, False),
        "analysis_config.summary_count_field_name": Field(IMMUTABLE, forms.text),
        "analysis_config.latency": Field(IMMUTABLE, forms.duration, "0s"),
        "analysis_config.multivariate_by_fields": Field(IMMUTABLE, forms.truth, False),
        "analysis_config.model_prune_window": Field(AT_NEXT_START, forms.duration),
        "analysis_limits.model_memory_limit": Field(WHILE_STOPPED, forms.megabytes),
        "analysis_limits.categorization_examples_limit": Field(WHILE_STOPPED, forms.whole),
        "data_description.time_field": Field(IMMUTABLE, forms.text),
        "data_description.time_format": Field(IMMUTABLE, forms.text),
        "data_description.format": Field(IMMUTABLE, forms.lower, "xcontent"),
        "data_description.field_delimiter": Field(IMMUTABLE, forms.text),
        "data_description.quote_character": Field(IMMUTABLE, forms.text),
        "model_plot_config.enabled": Field(IN_PLACE, forms.truth, False),
        "model_plot_config.annotations_enabled": Field(IN_PLACE, forms.truth, False),
        "model_plot_config.terms": Field(IN_PLACE, forms.text, ""),
        "custom_settings": Field(IN_PLACE, implied={}),
        "results_index_name": Field(IMMUTABLE, _results_index, "shared"),
        "model_snapshot_retention_days": Field(IN_PLACE, forms.whole),
        "daily_model_snapshot_retention_after_days": Field(IN_PLACE, forms.whole),
        "results_retention_days": Field(IN_PLACE, forms.whole),
        "renormalization_window_days": Field(AT_NEXT_START, forms.whole),
        "background_persist_interval": Field(AT_NEXT_START, forms.duration),
        "allow_lazy_open": Field(AT_NEXT_START, forms.truth, False),
    }

    def field(self, path):
        """Return the Field of a path that values() gave."""
        found = _DETECTOR_PATH.fullmatch(path)
        return _UPDATED[found[2]][1] if found else self.FIELDS[path]

    def values(self, id, config):
        """Return the canonical values of a configuration by path; what a detector isn't told by has its own path."""
        found = super().values(id, config)
        for index, detector in enumerate(_detectors_of(config)):
            for name, (_name, field) in _UPDATED.items():
                if detector.get(name) is not None:
                    found[f"{_DETECTORS}[{index}].{name}"] = field.form(detector[name])
        return found

    def differences(self, id, declared, observed):
        """Return a list of Difference: declared values that the observed configuration has otherwise."""
        there = _in_terms_of(declared, observed)
        return [_at_its_cost(difference, observed) for difference in super().differences(id, declared, there)]

    def create_body(self, id, declared):
        """Return the body of the request that creates it."""
        return self.merged(id, declared, {})

    def update_body(self, id, declared, observed, differences):
        """Return one body with what differs; options whose members the server would reset or forget are whole."""
        whole = self.merged(id, declared, observed)
        body, updates = {}, {}
        for difference in differences:
            found = _DETECTOR_PATH.fullmatch(difference.path)
            if found:
                index, name = int(found[1]), found[2]
                value = _detectors_of(declared)[index][name]
                updates.setdefault(index, {"detector_index": index})[_UPDATED[name][0]] = value
            else:
                option, _dot, member = difference.path.partition(".")
                holder, name = (whole[option], member) if option == "analysis_config" else (whole, option)
                name = name.partition(".")[0]
                body[name] = holder[name]
        return dict(body, detectors=list(updates.values())) if updates else body

    def merged(self, id, declared, observed):
        """Return the whole configuration that an update or another creation ends in, as PUT and _validate take it."""
        whole = super().merged(id, declared, _without_derived(declared, observed))
        if "analysis_config" in whole:
            analysis = _completed(whole["analysis_config"], "per_partition_categorization")
            if "detectors" in analysis:
                listed = forms.listed(analysis["detectors"])
                analysis["detectors"] = detectors.over(listed, _detectors_of(observed))
            whole["analysis_config"] = analysis
        return dict(_completed(whole, "model_plot_config"), job_id=id)

    def view(self, id, declared, config):
        """Return the canonical values that a configuration has where another one declares any, nested for people."""
        there = self.values(id, _in_terms_of(declared, config))
        shown = {path: there.get(path, self.field(path).implied) for path in self.values(id, declared)}
        tree = nested({path: value for path, value in shown.items() if not _DETECTOR_PATH.fullmatch(path)})
        listed = tree.get("analysis_config", {}).get("detectors", [])
        for path, value in shown.items():
            found = _DETECTOR_PATH.fullmatch(path)
            if found and int(found[1]) < len(listed) and value is not None:
                listed[int(found[1])][found[2]] = value
        return tree

    def portable(self, config):
        """Return an observed job as it can be declared: its id and the options of C(ml_job)."""
        declared = self.declared(config)
        analysis = declared["analysis_config"]
        analysis = dict(analysis, detectors=detectors.unnumbered(analysis["detectors"]))
        return {"job_id": config["job_id"], **declared, "analysis_config": analysis}


def _detectors_of(config):
    found = forms.listed((config.get("analysis_config") or {}).get("detectors") or [])
    return [detector if isinstance(detector, dict) else {} for detector in found]


def _completed(config, name):
    """Return a configuration with what the API requires in one of its options; no terms are none given."""
    if name not in config:
        return dict(config)
    option = dict(_REQUIRED, **config[name])
    return dict(config, **{name: {member: value for member, value in option.items() if value != ""}})


def _at_its_cost(difference, observed):
    """Return a difference at what it costs this job: an analyzer, which holds the filters, is never updated."""
    has_analyzer = "categorization_analyzer" in observed.get("analysis_config", {})
    if difference.path == "analysis_config.categorization_filters" and has_analyzer:
        return replace(difference, cost=IMMUTABLE)
    return difference


def _in_terms_of(declared, observed):
    """Return an observed configuration in the words of a declared one.

    Servers from 7.14 on put the filters of a job without an analyzer into one (AnalysisConfig), and those from 8.0 on
    take a format of data that they don't keep (DataDescription).
    """
    seen = dict(observed)
    analysis, data = observed.get("analysis_config", {}), observed.get("data_description", {})
    analyzer = analysis.get("categorization_analyzer")
    if isinstance(analyzer, dict):
        seen["analysis_config"] = dict(analysis, categorization_filters=_filters_of(analyzer))
    if "format" in declared.get("data_description", {}) and _forgets_format(observed):
        seen["data_description"] = dict(data, format=declared["data_description"]["format"])
    return seen


def _filters_of(analyzer):
    return [
        part["pattern"]
        for part in analyzer.get("char_filter", [])
        if isinstance(part, dict) and part.keys() == {"type", "pattern"} and part["type"] == "pattern_replace"
    ]


def _forgets_format(observed):
    return int(str(observed.get("job_version", "0")).partition(".")[0]) >= 8


def _without_derived(declared, observed):
    """Return an observed configuration without what the server derived from values that a declared one replaces."""
    ours, theirs = declared.get("analysis_config", {}), dict(observed.get("analysis_config", {}))
    if "categorization_filters" in ours:
        theirs.pop("categorization_analyzer", None)
    if "categorization_analyzer" in ours:
        theirs.pop("categorization_filters", None)
    spans = [forms.length(config.get("bucket_span")) for config in (ours, theirs)]
    if None not in spans and spans[0] != spans[1] and _is_default_window(theirs.get("model_prune_window"), spans[1]):
        del theirs["model_prune_window"]
    return dict(observed, analysis_config=theirs) if theirs else observed


def _is_default_window(window, span):
    """Return whether the server chose it: 30 days, or 20 bucket spans if that is longer (AnalysisConfig, 8.0)."""
    return window is not None and forms.length(window) == max(30, -(-20 * span // _DAY)) * _DAY
