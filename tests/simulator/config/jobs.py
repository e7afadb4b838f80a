# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Anomaly detection jobs: PUT, `_update` and `exclude_generated` as the server treats their configurations."""

from __future__ import annotations

import re
from typing import Any

from simulator.versions import Version

from . import datafeeds
from . import parser as p
from .analysis import ANALYSIS_CONFIG, with_defaults
from .checks import (
    LONGEST_ID,
    check_at_least,
    check_memory,
    choice,
    inconsistent_id,
    invalid_id,
    is_valid_id,
    maximum_memory,
    stored,
)
from .faults import Fault, as_reply, illegal_argument, status_fault
from .positions import NUMBER, SCALARS, STRING, TokenStream
from .values import ByteSize, TimeValue, byte_size

LAST_7 = ((0,), (8,))
DAYS = ("renormalization_window_days", "model_snapshot_retention_days", "results_retention_days")
DAILY = "daily_model_snapshot_retention_after_days"
_GENERATED = (
    "job_type",
    "job_version",
    "create_time",
    "finished_time",
    "model_snapshot_id",
    "model_snapshot_min_version",
    "deleting",
    "blocked",
    "datafeed_config",
)
_NOT_AT_CREATION = (
    "finished_time",
    "create_time",
    "last_data_time",
    "established_model_memory",
    "model_snapshot_id",
)
_PATTERN_LETTERS = frozenset("GuyDMLdQqYwWEecFaBhKkHmsSAnNVvzOXxZp")


def _read_memory(stream: TokenStream) -> int:
    """Megabytes: a number of them, or a size with its unit."""
    if stream.kind == STRING:
        return byte_size(stream.token.value, "model_memory_limit").megabytes
    if stream.kind == NUMBER:
        return int(stream.token.value)
    raise illegal_argument(f"Unsupported token [{stream.kind}]")


def _limits(release: Version, values: dict) -> dict:
    memory, examples = values.get("model_memory_limit"), values.get("categorization_examples_limit", 0)
    if memory is not None and memory < 1:
        raise status_fault(f"model_memory_limit must be at least 1 MiB. Value = {memory}")
    if examples < 0:
        raise status_fault(f"categorization_examples_limit cannot be less than 0. Value = {examples}")
    return values


LIMITS = p.ObjectParser(
    "analysis_limits",
    (
        p.Field("model_memory_limit", p.Kind(frozenset(SCALARS), _read_memory), argument=True),
        p.Field("categorization_examples_limit", p.INTEGER, argument=True),
    ),
    build=_limits,
)


def _time_format(release: Version, pattern: str) -> str:
    """`epoch`, `epoch_ms`, or a Java date pattern that yields a date and a time."""
    if pattern in ("epoch", "epoch_ms"):
        return pattern
    letters = set(re.findall("[A-Za-z]", re.sub("'[^']*'", "", pattern)))
    has_date = letters & set("yu") and (letters & set("ML") and letters & set("d") or "D" in letters)
    has_time = letters & set("HkAN") or letters & set("hK") and "a" in letters
    if pattern.count("'") % 2 or not letters <= _PATTERN_LETTERS or not has_date or not has_time:
        raise status_fault(f"Invalid Time format string '{pattern}'")
    return pattern


def _character(name: str):
    def convert(release: Version, text: str) -> str:
        if len(text) != 1:
            raise illegal_argument(f"String must be a single character, found [{text}]")
        return text

    return p.TEXT.then(convert)


def _data_description(release: Version, values: dict) -> dict:
    described = {"time_field": "time", "time_format": "epoch_ms", **values}
    delimited = described.pop("format", "xcontent") == "delimited"
    if release.since(8) or not delimited:
        return described
    return {"format": "delimited", "field_delimiter": "\t", "quote_character": '"', **described}


DATA_DESCRIPTION = p.ObjectParser(
    "data_description",
    (
        p.Field("format", choice("job.config.DataDescription.DataFormat", "xcontent", "delimited")),
        p.Field("time_field", p.TEXT),
        p.Field("time_format", p.TEXT.then(_time_format)),
        p.Field("field_delimiter", _character("field_delimiter"), releases=LAST_7),
        p.Field("quote_character", _character("quote_character"), releases=LAST_7),
    ),
    build=_data_description,
)


def _plot(release: Version, values: dict) -> dict:
    return {"annotations_enabled": values["enabled"], **values} if release.since(7, 9) else values


MODEL_PLOT = p.ObjectParser(
    "model_plot_config",
    (
        p.Field("enabled", p.TRUTH, argument=True, required=True),
        p.Field("terms", p.TEXT, argument=True),
        p.Field("annotations_enabled", p.TRUTH, argument=True, releases=((7, 9), (99,))),
    ),
    build=_plot,
)
SHARED_FIELDS = (
    p.Field("job_id", p.TEXT),
    p.Field("groups", p.TEXTS),
    p.Field("description", p.TEXT_OR_NULL),
    p.Field("model_plot_config", p.one(MODEL_PLOT)),
    p.Field("analysis_limits", p.one(LIMITS)),
    p.Field("background_persist_interval", p.duration("background_persist_interval")),
    p.Field("renormalization_window_days", p.INTEGER),
    p.Field("results_retention_days", p.INTEGER),
    p.Field("model_snapshot_retention_days", p.INTEGER),
    p.Field(DAILY, p.INTEGER, releases=((7, 8), (99,))),
    p.Field("custom_settings", p.MAP),
    p.Field("allow_lazy_open", p.TRUTH, releases=((7, 5), (99,))),
)
_REST = p.ObjectParser(
    "job_details",
    (
        *SHARED_FIELDS,
        p.Field("analysis_config", ANALYSIS_CONFIG),
        p.Field("data_description", p.one(DATA_DESCRIPTION)),
        p.Field("results_index_name", p.TEXT),
        p.Field("datafeed_config", p.one(datafeeds.CONFIG), releases=((7, 15), (99,))),
        p.Field("job_type", p.TEXT, releases=LAST_7),
        p.Field("job_version", p.TEXT, releases=LAST_7),
        p.Field("create_time", p.ANY_SCALAR, releases=LAST_7),
        p.Field("finished_time", p.ANY_SCALAR, releases=LAST_7),
        p.Field("model_snapshot_id", p.TEXT, releases=LAST_7),
        p.Field("model_snapshot_min_version", p.TEXT, releases=LAST_7),
        p.Field("deleting", p.TRUTH, releases=LAST_7),
        p.Field("blocked", p.MAP, releases=((7, 14), (8,))),
    ),
)


def build(version: str, job_id: str, body: str | dict, now_ms: int, max_model_memory_limit: str | None = None) -> dict:
    """The document that GET returns after PUT job. Raises ApiError as the server refuses."""
    release = Version(version)
    with as_reply():
        given = _REST.read_body(release, body)
        if given.setdefault("job_id", job_id) != job_id:
            raise inconsistent_id("job_id", given["job_id"], job_id)
        _check_input(given)
        _check_detectors_differ(given["analysis_config"]["detectors"])
        _check_settable(given)
        limits = _limits_with_defaults(given.get("analysis_limits", {}), max_model_memory_limit)
        config = {
            **{name: value for name, value in given.items() if value is not None and value != []},
            "job_type": given.get("job_type", "anomaly_detector"),
            "job_version": "12.0.0" if release.since(8, 10) else version,
            "create_time": now_ms,
            "analysis_config": with_defaults(release, given["analysis_config"]),
            "analysis_limits": {**limits, "model_memory_limit": f"{limits['model_memory_limit']}mb"},
            "results_index_name": _results_index(given.get("results_index_name")),
            **_retention(release, given),
        }
        if release.since(7, 5):
            config.setdefault("allow_lazy_open", False)
        if "datafeed_config" in given:
            config["datafeed_config"] = _datafeed(release, job_id, given["datafeed_config"], config)
        return stored(config)


def exclude_generated(version: str, config: dict) -> dict:
    """GET with `exclude_generated=true`."""
    kept = {name: value for name, value in config.items() if name not in _GENERATED}
    if "custom_settings" in kept:
        settings = kept["custom_settings"].items()
        kept["custom_settings"] = {name: value for name, value in settings if name != "created_by"}
    return kept


def _check_input(job: dict) -> None:
    if "analysis_config" not in job:
        raise illegal_argument("An analysis_config must be set")
    if "data_description" not in job:
        raise illegal_argument("A data_description must be set")
    check_numbers(job)
    if not is_valid_id(job["job_id"]):
        raise illegal_argument(invalid_id("job_id", job["job_id"]))
    if len(job["job_id"]) > LONGEST_ID:
        raise illegal_argument(f"The job id cannot contain more than {LONGEST_ID} characters.")
    check_groups(job["job_id"], job.get("groups", []))


def check_numbers(job: dict) -> None:
    interval: TimeValue | None = job.get("background_persist_interval")
    check_at_least(3600, interval.seconds if interval else None, "background_persist_interval")
    for name in (*DAYS, DAILY):
        check_at_least(0, job.get(name), name)


def check_groups(job_id: str, groups: list[str]) -> None:
    for group in groups:
        if not is_valid_id(group):
            raise illegal_argument(
                f"Invalid group id '{group}'; must be non-empty string and may contain lowercase alphanumeric "
                "(a-z and 0-9), hyphens or underscores; must start and end with alphanumeric"
            )
    if job_id in groups:
        same = f"job and group names must be unique but job [{job_id}] and group [{job_id}] have the same name"
        raise Fault("resource_already_exists_exception", same)


def _check_detectors_differ(detectors: list[dict]) -> None:
    seen: list[dict] = []
    for detector in detectors:
        fields = {name: value for name, value in detector.items() if name != "detector_index"}
        if fields in seen:
            raise illegal_argument(f"Duplicate detectors are not allowed: [{detector['detector_description']}]")
        seen.append(fields)


def _check_settable(job: dict) -> None:
    refused = [name for name in _NOT_AT_CREATION if name in job]
    if refused:
        fields = f"fields [{','.join(refused)}]"
        raise illegal_argument(f"The job is configured with {fields} that are illegal to set at job creation")


def _limits_with_defaults(limits: dict[str, int], maximum_setting: str | None) -> dict[str, int]:
    maximum = maximum_memory(maximum_setting)
    default = min(1024, maximum.megabytes) if maximum else 1024
    filled = {"model_memory_limit": default, "categorization_examples_limit": 4, **limits}
    check_memory(ByteSize(filled["model_memory_limit"], "mb"), maximum)
    return filled


def _retention(release: Version, job: dict) -> dict[str, int]:
    """10 days and daily after 1 since 7.8; before, 1 day and no daily retention."""
    name = DAYS[1]
    if not release.since(7, 8):
        return {name: job.get(name, 1)}
    total = job.get(name, 10)
    retention: dict[str, Any] = {name: total, DAILY: job.get(DAILY, 1 if total else None)}
    check_retention(retention)
    return {key: value for key, value in retention.items() if value is not None}


def check_retention(job: dict) -> None:
    total, daily = job.get(DAYS[1]), job.get(DAILY)
    if total is not None and daily is not None and daily > total:
        raise illegal_argument(f"The value of {DAILY} [{daily}] cannot be greater than {DAYS[1]} [{total}]")


def _results_index(name: str | None) -> str:
    if name in (None, "", "shared"):
        return "shared"
    if not is_valid_id(name):
        raise illegal_argument(invalid_id("results_index_name", name))
    return name if name.startswith("custom-") else f"custom-{name}"


def _datafeed(release: Version, job_id: str, given: dict, job: dict) -> dict:
    if given.get("job_id", job_id) != job_id:
        raise illegal_argument(f"datafeed job_id [{given['job_id']}] does not equal job id [{job_id}}}")
    return datafeeds.complete(release, {"datafeed_id": job_id, **given, "job_id": job_id}, job)
