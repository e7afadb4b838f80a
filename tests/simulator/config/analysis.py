# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`analysis_config` of anomaly detection jobs: its fields, the checks of AnalysisConfig.Builder.build, its defaults."""

from __future__ import annotations

import re

from simulator.versions import Version

from . import parser as p
from .checks import check_not_negative, check_positive, check_whole_seconds
from .detectors import DETECTOR, SPLITS, check_field_name
from .faults import illegal_argument, status_fault
from .positions import START_OBJECT
from .values import TimeValue, time_value

PER_PARTITION = "per_partition_categorization"
_CATEGORY = "mlcategory"
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun"
_MONTHS = (
    "January February March April May June July August September October November December "
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
)
_STOP_WORDS = f"{_DAYS} {_MONTHS} GMT UTC".split()


def _per_partition(release: Version, values: dict) -> dict:
    if values.get("stop_on_warn") and not values["enabled"]:
        raise status_fault(f"stop_on_warn cannot be true in {PER_PARTITION} when enabled is false")
    return {"enabled": True, "stop_on_warn": False, **values} if values["enabled"] else {"enabled": False}


PER_PARTITION_PARSER = p.ObjectParser(
    PER_PARTITION,
    (p.Field("enabled", p.TRUTH, argument=True, required=True), p.Field("stop_on_warn", p.TRUTH, argument=True)),
    build=_per_partition,
)


def _analyzer(release: Version, value: str | dict) -> str | dict:
    if isinstance(value, dict):
        value = {name: value[name] for name in ("char_filter", "tokenizer", "filter") if value.get(name)}
        if "tokenizer" not in value:
            unnamed = "categorization_analyzer that is not a global analyzer must specify a [tokenizer] field"
            raise illegal_argument(unnamed)
    return value


def _later(setting: str):
    """A duration whose text is only read when the object is built."""
    return {"kind": p.TEXT, "setter": lambda text: time_value(text, setting)}


FIELDS = (
    p.Field("detectors", p.many(DETECTOR), argument=True, required=True),
    p.Field("bucket_span", **_later("bucket_span")),
    p.Field("categorization_field_name", p.TEXT),
    p.Field("categorization_filters", p.TEXTS),
    p.Field("categorization_analyzer", p.MAP_OR_TEXT.then(_analyzer)),
    p.Field(PER_PARTITION, p.one(PER_PARTITION_PARSER), releases=((7, 9), (99,))),
    p.Field("latency", **_later("latency")),
    p.Field("summary_count_field_name", p.TEXT),
    p.Field("influencers", p.TEXTS),
    p.Field("multivariate_by_fields", p.TRUTH),
    p.Field("model_prune_window", **_later("model_prune_window"), releases=((7, 16), (99,))),
)
_PARSER = p.ObjectParser("analysis_config", FIELDS)


def check_prune_window(window: TimeValue | None, span: TimeValue) -> None:
    if window is None:
        return
    if window.seconds < 2 * span.seconds and (window.seconds < 0 or window.seconds % span.seconds == 0):
        least = f"must be at least 2 times greater than bucket_span [{span}]"
        raise status_fault(f"model_prune_window [{window}] {least}")
    if window.seconds % span.seconds:
        raise status_fault(f"model_prune_window [{window}] must be a multiple of bucket_span [{span}]")


def check_filters(config: dict) -> None:
    """Raises Fault unless `categorization_filters`, if any, are usable regular expressions without an analyzer."""
    filters = config.get("categorization_filters")
    if not filters:
        return
    name = "categorization_filters"
    if "categorization_analyzer" in config:
        instead = "instead specify them as pattern_replace char_filters in the analyzer"
        raise status_fault(f"{name} cannot be used with categorization_analyzer - {instead}")
    if "categorization_field_name" not in config:
        raise status_fault(f"{name} require setting categorization_field_name")
    if len(set(filters)) != len(filters):
        raise status_fault(f"{name} contain duplicates")
    if "" in filters:
        raise status_fault(f"{name} are not allowed to contain empty strings")
    for expression in filters:
        try:
            re.compile(expression)
        except re.error as error:
            raise status_fault(f"{name} contains invalid regular expression '{expression}'") from error


def _check_categorization(config: dict) -> None:
    categorizes = any(detector.get(name) == _CATEGORY for detector in config["detectors"] for name in SPLITS)
    field = "categorization_field_name"
    if field in config and not categorizes:
        raise status_fault(f"{field} is set but mlcategory is not used in any detector by/over/partition field")
    if field not in config and categorizes:
        raise status_fault(f"{field} must be set for mlcategory to be available")
    if "categorization_analyzer" in config and field not in config:
        raise status_fault(f"categorization_analyzer requires setting {field}")
    check_filters(config)


def _check_partitions(config: dict) -> None:
    if not config.get(PER_PARTITION, {}).get("enabled"):
        return
    enabled = "when per-partition categorization is enabled"
    if "categorization_field_name" not in config:
        raise status_fault(f"categorization_field_name must be set {enabled}")
    used = None
    for detector in config["detectors"]:
        partition = detector.get("partition_field_name")
        if _CATEGORY in (detector.get("by_field_name"), detector.get("over_field_name")):
            if not partition:
                raise status_fault(
                    f"partition_field_name must be set for detectors that reference mlcategory {enabled}"
                )
            if used not in (None, partition):
                varies = f"[{used}] and [{partition}] are used"
                raise status_fault(f"partition_field_name cannot vary between detectors {enabled}: {varies}")
            used = partition


def _check_summary(config: dict) -> None:
    if config.get("summary_count_field_name") and any(d["function"] == "metric" for d in config["detectors"]):
        raise status_fault("The 'metric' function cannot be used in jobs that will take pre-summarized input")


def _build(release: Version, values: dict) -> dict:
    config = {"bucket_span": TimeValue(5, "m"), **values}
    check_positive(config["bucket_span"], "bucket_span")
    check_whole_seconds(config["bucket_span"], "bucket_span")
    if "latency" in config:
        check_not_negative(config["latency"], "latency")
        check_whole_seconds(config["latency"], "latency")
    if not config["detectors"]:
        raise status_fault("No detectors configured")
    check_field_name(config.get("summary_count_field_name"))
    check_field_name(config.get("categorization_field_name"))
    _check_categorization(config)
    _check_partitions(config)
    _check_summary(config)
    check_prune_window(config.get("model_prune_window"), config["bucket_span"])
    numbered = [{**detector, "detector_index": index} for index, detector in enumerate(config["detectors"])]
    return {"influencers": [], **config, "detectors": numbered}


ANALYSIS_CONFIG = p.Kind(frozenset({START_OBJECT}), _PARSER.read).then(_build)


def analysed_fields(config: dict) -> list[str]:
    """The fields of a record that an `analysis_config` names, each of them once."""
    named = [detector[kind] for detector in config["detectors"] for kind in ("field_name", *SPLITS) if kind in detector]
    named += config.get("influencers", [])
    named += [config[name] for name in ("summary_count_field_name", "categorization_field_name") if name in config]
    return list(dict.fromkeys(named))


def standard_analyzer(release: Version, filters: list[str]) -> dict:
    replaced = [{"type": "pattern_replace", "pattern": expression} for expression in filters]
    token_filters: list[dict] = [{"type": "stop", "stopwords": _STOP_WORDS}]
    if release.since(8):
        token_filters.append({"type": "limit", "max_token_count": "100"})
    return {
        "char_filter": ["first_line_with_letters", *replaced],
        "tokenizer": "ml_standard",
        "filter": token_filters,
    }


def with_defaults(release: Version, config: dict) -> dict:
    """What PUT job adds: a categorization analyzer since 7.14, the prune window since 8.0 (30d or 20 spans)."""
    filled = dict(config)
    if "categorization_field_name" in config:
        if release.since(7, 9):
            filled.setdefault(PER_PARTITION, {"enabled": False})
        if release.since(7, 14) and "categorization_analyzer" not in config:
            filled["categorization_analyzer"] = standard_analyzer(release, filled.pop("categorization_filters", []))
    if release.since(8) and "model_prune_window" not in config:
        days = max(30, -(-20 * config["bucket_span"].seconds // 86_400))
        filled["model_prune_window"] = TimeValue(days, "d")
    return filled
