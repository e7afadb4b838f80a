# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Detectors of anomaly detection jobs: functions, the fields they need, rules, generated descriptions."""

from __future__ import annotations

import re

from simulator.versions import Version

from . import parser as p
from .checks import choice
from .faults import illegal_argument, status_fault
from .positions import TokenStream, compact


def _with_sides(*names: str) -> set[str]:
    return {f"{side}{name}" for name in names for side in ("", "high_", "low_")}


_SHORT_NAMES = {
    f"{side}{short}": f"{side}{name}"
    for short, name in (("nzc", "non_zero_count"), ("dc", "distinct_count"))
    for side in ("", "high_", "low_")
}
_NO_FIELD = _with_sides("count", "non_zero_count") | {"time_of_day", "time_of_week"}
_NEEDS_FIELD = _with_sides("distinct_count", "info_content", "mean", "avg", "median", "sum", "non_null_sum", "varp") | {
    "metric",
    "min",
    "max",
    "lat_long",
}
_NEEDS_BY = {"rare", "freq_rare"}
_NEEDS_OVER = {"freq_rare"}
_ONLY_TIME_CONDITIONS = {"lat_long", "metric", "rare", "freq_rare"}
_FUNCTIONS = _NO_FIELD | _NEEDS_FIELD | _NEEDS_BY
_ACTIONS = ("skip_result", "skip_model_update", "force_time_shift")
SPLITS = ("by_field_name", "over_field_name", "partition_field_name")
_PROHIBITED = re.compile(r'["\\\x00-\x1f]')


def _function(release: Version, text: str) -> str:
    name = _SHORT_NAMES.get(text, text)
    if name not in _FUNCTIONS:
        raise illegal_argument(f"Unknown function '{text}'")
    return name


def _refuses_over(release: Version) -> set[str]:
    return _with_sides("non_zero_count", "non_null_sum") if release.since(9) else _with_sides("non_zero_count")


def check_field_name(name: str | None) -> None:
    if name and _PROHIBITED.search(name):
        raise status_fault(
            f"Invalid field name '{name}'. Field names including over, by and partition fields "
            'cannot contain any of these characters: ",\\'
        )


def _check_fields(release: Version, detector: dict) -> None:
    function = detector.get("function")
    given = {name for name in ("field_name", *SPLITS) if detector.get(name)}
    if not given - {"partition_field_name"} and function not in _NO_FIELD:
        raise status_fault(
            "Unless a count or temporal function is used one of "
            "field_name, by_field_name or over_field_name must be set"
        )
    if "field_name" in given and function not in _NEEDS_FIELD:
        raise status_fault(f"field_name cannot be used with function '{function or 'null'}'")
    needs = (("field_name", _NEEDS_FIELD), ("by_field_name", _NEEDS_BY), ("over_field_name", _NEEDS_OVER))
    for name, functions in needs:
        if name not in given and function in functions:
            raise status_fault(f"{name} must be set when the '{function}' function is used")
    if "over_field_name" in given and function in _refuses_over(release):
        raise status_fault(f"over_field_name cannot be used with function '{function}'")
    for name in ("field_name", *SPLITS):
        check_field_name(detector.get(name))


def _check_names_differ(detector: dict) -> None:
    for one, other in (
        ("partition_field_name", "by_field_name"),
        ("partition_field_name", "over_field_name"),
        ("by_field_name", "over_field_name"),
    ):
        if detector.get(one) and detector[one] == detector.get(other):
            raise status_fault(f"{one} and {other} cannot be the same: '{detector[one]}'")
    for word in ("count", "by", "over"):
        for name in ("by_field_name", "over_field_name"):
            if detector.get(name) == word:
                raise status_fault(f"'{word}' is not a permitted value for {name}")


def check_rules(detector: dict) -> None:
    """Rules may refer to the detector's own split fields, and conditions need a function that gives values."""
    available = sorted(detector[name] for name in SPLITS if detector.get(name))
    for rule in detector.get("custom_rules", ()):
        conditions = rule.get("conditions", ())
        only_time = detector["function"] in _ONLY_TIME_CONDITIONS
        if only_time and any(condition["applies_to"] != "time" for condition in conditions):
            supported = "only supports conditions that apply to time"
            raise status_fault(f"Invalid detector rule: function {detector['function']} {supported}")
        for name in rule.get("scope", ()):
            if name not in available:
                known = f"select from [{', '.join(available)}]"
                instead = known if available else "detector has no available fields for scoping"
                raise status_fault(f"Invalid detector rule: scope field '{name}' is invalid; {instead}")


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if re.search(r"\W", name) else name


def default_description(detector: dict) -> str:
    """DefaultDetectorDescription: function(field) by, over, usenull, partitionfield, excludefrequent."""
    field = f"({_quoted(detector['field_name'])})" if detector.get("field_name") else ""
    parts = [f"{detector['function']}{field}"]
    parts += [
        f"{key} {_quoted(detector[name])}"
        for key, name in (("by", SPLITS[0]), ("over", SPLITS[1]))
        if detector.get(name)
    ]
    parts += ["usenull=true"] if detector.get("use_null") else []
    parts += [f"partitionfield={_quoted(detector[SPLITS[2]])}"] if detector.get(SPLITS[2]) else []
    parts += [f"excludefrequent={detector['exclude_frequent']}"] if "exclude_frequent" in detector else []
    return " ".join(parts)


def _detector(release: Version, values: dict) -> dict:
    _check_fields(release, values)
    detector = {"function": "metric", **values}
    check_rules(detector)
    _check_names_differ(detector)
    detector.setdefault("detector_description", default_description(detector))
    dropped = {"use_null": not detector.get("use_null"), "custom_rules": not detector.get("custom_rules")}
    return {name: value for name, value in detector.items() if not dropped.get(name)}


def _rule(release: Version, values: dict) -> dict:
    if not values.get("scope") and not values.get("conditions"):
        raise status_fault("Invalid detector rule: at least scope or a condition is required")
    given = values.get("actions", ["skip_result"])
    if "force_time_shift" in given and "force_time_shift" not in values.get("params", ()):
        missing = "actions contain force_time_shift, but corresponding parameters are missing"
        raise status_fault(f"Invalid detector rule: {missing}")
    return {"actions": given, **{name: value for name, value in values.items() if value and name != "actions"}}


def _filter_reference(release: Version, values: dict) -> dict:
    return {"filter_type": "include", **values}


_FILTER_REFERENCE = p.ObjectParser(
    "filter_ref",
    (
        p.Field("filter_id", p.TEXT, argument=True, required=True),
        p.Field("filter_type", choice("job.config.FilterRef.FilterType", "include", "exclude"), argument=True),
    ),
    build=_filter_reference,
)


def _read_scope(stream: TokenStream) -> dict:
    """The server reads the whole map first, then parses each reference from its own text."""
    references = stream.read()
    return {name: _FILTER_REFERENCE.read_body(stream.release, compact(references[name])) for name in sorted(references)}


_CONDITION = p.ObjectParser(
    "rule_condition",
    (
        p.Field(
            "applies_to",
            choice("job.config.RuleCondition.AppliesTo", "actual", "typical", "diff_from_typical", "time"),
            argument=True,
            required=True,
        ),
        p.Field("operator", choice("job.config.Operator", "gt", "gte", "lt", "lte"), argument=True, required=True),
        p.Field("value", p.DOUBLE, argument=True, required=True),
    ),
)
_TIME_SHIFT = p.ObjectParser("force_time_shift_params", (p.Field("time_shift_amount", p.INTEGER),))
_PARAMS = p.ObjectParser("params", (p.Field("force_time_shift", p.one(_TIME_SHIFT)),))


def _actions(release: Version, given: list[str]) -> list[str]:
    names = _ACTIONS if release.since(8) else _ACTIONS[:2]
    for text in given:
        if text.lower() not in names:
            constant = f"org.elasticsearch.xpack.core.ml.job.config.RuleAction.{text.upper()}"
            raise illegal_argument(f"No enum constant {constant}")
    return [name for name in _ACTIONS if name in map(str.lower, given)]


RULE = p.ObjectParser(
    "detection_rule",
    (
        p.Field("actions", p.TEXTS.then(_actions)),
        p.Field("scope", p.Kind(p.MAP.tokens, _read_scope)),
        p.Field("conditions", p.many(_CONDITION)),
        p.Field("params", p.one(_PARAMS), releases=((8,), (99,))),
    ),
    build=_rule,
)
_FREQUENT = choice("job.config.Detector.ExcludeFrequent", "all", "none", "by", "over")
DETECTOR = p.ObjectParser(
    "detector",
    (
        p.Field("detector_description", p.TEXT),
        p.Field("function", p.TEXT.then(_function)),
        p.Field("field_name", p.TEXT),
        p.Field("by_field_name", p.TEXT),
        p.Field("over_field_name", p.TEXT),
        p.Field("partition_field_name", p.TEXT),
        p.Field("use_null", p.TRUTH),
        p.Field("exclude_frequent", _FREQUENT),
        p.Field("custom_rules", p.many(RULE)),
        p.Field("detector_index", p.INTEGER),
    ),
    build=_detector,
)
