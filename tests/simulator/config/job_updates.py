# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`_update` of anomaly detection jobs, as JobUpdate.mergeWithJob does it."""

from __future__ import annotations

from typing import Any

from simulator.versions import Version

from . import parser as p
from .analysis import PER_PARTITION, PER_PARTITION_PARSER, check_filters, check_prune_window
from .checks import stored
from .detectors import RULE, check_rules
from .faults import Fault, as_reply, status_fault
from .job_fields import SHARED_FIELDS, check_groups, check_numbers, check_retention, limits_with_defaults, stored_limits
from .values import byte_size, time_value

_REPLACED = frozenset(field.name for field in SHARED_FIELDS) - {"job_id", "analysis_limits", "groups"}


def _detector_update(release: Version, values: dict) -> dict:
    if "detector_index" not in values:
        reason = 'Cannot invoke "java.lang.Integer.intValue()" because "a[0]" is null'
        raise Fault("null_pointer_exception", reason)
    return values


_DETECTOR = p.ObjectParser(
    "detector_update",
    (
        p.Field("detector_index", p.INTEGER, argument=True),
        p.Field("description", p.TEXT_OR_NULL, argument=True),
        p.Field("custom_rules", p.many(RULE), argument=True),
    ),
    build=_detector_update,
)
_UPDATE = p.ObjectParser(
    "job_update",
    (
        *SHARED_FIELDS,
        p.Field("detectors", p.many(_DETECTOR)),
        p.Field("categorization_filters", p.TEXTS),
        p.Field(PER_PARTITION, p.one(PER_PARTITION_PARSER), releases=((7, 9), (99,))),
        p.Field("model_prune_window", p.duration("model_prune_window"), releases=((7, 16), (99,))),
    ),
)


def update(version: str, config: dict, body: str | dict, max_model_memory_limit: str | None = None) -> dict:
    """The stored document after `_update`. Raises ApiError as the server refuses."""
    release = Version(version)
    with as_reply():
        given = _UPDATE.read_body(release, body)
        updated = {**config, **{name: given[name] for name in _REPLACED & given.keys() if given[name] is not None}}
        if "analysis_limits" in given:
            limits = _limits(release, config["analysis_limits"], given["analysis_limits"])
            updated["analysis_limits"] = stored_limits(limits_with_defaults(limits, max_model_memory_limit))
        if given.get("groups"):
            updated["groups"] = given["groups"]
        elif "groups" in given:
            updated.pop("groups", None)
        updated["analysis_config"] = _analysis(config["analysis_config"], given)
        _check(config["job_id"], given, updated)
        return stored(updated)


def _check(job_id: str, given: dict, updated: dict) -> None:
    check_numbers(given)
    check_retention(updated)
    check_groups(job_id, given.get("groups", []))


def _limits(release: Version, current: dict, given: dict[str, int]) -> dict[str, int]:
    """Before 9.0 what is not given goes back to its default."""
    if not release.since(9):
        return given
    megabytes = byte_size(current["model_memory_limit"], "model_memory_limit").megabytes
    return {**current, "model_memory_limit": megabytes, **given}


def _analysis(current: dict, given: dict) -> dict:
    analysis: dict[str, Any] = {**current, "detectors": _detectors(current["detectors"], given.get("detectors", ()))}
    if given.get("categorization_filters") is not None:
        analysis["categorization_filters"] = given["categorization_filters"]
        check_filters(analysis)
    if PER_PARTITION in given:
        partition = given[PER_PARTITION]
        if partition["enabled"] != current.get(PER_PARTITION, {}).get("enabled", False):
            raise status_fault(f"analysis_config.{PER_PARTITION}.enabled cannot be updated")
        analysis[PER_PARTITION] = partition
    if "model_prune_window" in given:
        check_prune_window(given["model_prune_window"], time_value(current["bucket_span"], "bucket_span"))
        analysis["model_prune_window"] = given["model_prune_window"]
    return analysis


def _detectors(current: list[dict], updates: list[dict]) -> list[dict]:
    detectors = list(current)
    for change in updates:
        index = change["detector_index"]
        if index >= len(detectors):
            count = f"the number of detectors [{len(detectors)}]"
            raise status_fault(f"Supplied detector_index [{index}] is >= {count}")
        if index < 0:
            reason = f"Index {index} out of bounds for length {len(detectors)}"
            raise Fault("index_out_of_bounds_exception", reason, status=500)
        detectors[index] = _changed(detectors[index], change)
    return detectors


def _changed(detector: dict, change: dict) -> dict:
    changed = dict(detector)
    if change.get("description") is not None:
        changed["detector_description"] = change["description"]
    if "custom_rules" in change:
        changed["custom_rules"] = change["custom_rules"]
        check_rules(changed)
    if not changed.get("custom_rules"):
        changed.pop("custom_rules", None)
    return changed
