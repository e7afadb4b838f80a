# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields that PUT job and its `_update` share, and the rules they have in common."""

from __future__ import annotations

from simulator.versions import Version

from . import parser as p
from . import time_patterns
from .checks import check_at_least, check_memory, choice, is_valid_id, maximum_memory
from .faults import Fault, illegal_argument, status_fault
from .positions import NUMBER, SCALARS, STRING, TokenStream
from .values import ByteSize, TimeValue, byte_size

LAST_7 = ((0,), (8,))
RETENTION = "model_snapshot_retention_days"
DAILY = "daily_model_snapshot_retention_after_days"


def _read_memory(stream: TokenStream) -> int:
    """Megabytes: a number of them, or a size with its unit."""
    if stream.kind == STRING:
        return byte_size(stream.token.value, "model_memory_limit", stream.release).megabytes
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
    if pattern not in ("epoch", "epoch_ms") and (fault := time_patterns.fault(pattern)) is not None:
        raise fault
    return pattern


def _character(release: Version, text: str) -> str:
    if len(text) != 1:
        raise illegal_argument(f"String must be a single character, found [{text}]")
    return text


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
        p.Field("field_delimiter", p.TEXT.then(_character), releases=LAST_7),
        p.Field("quote_character", p.TEXT.then(_character), releases=LAST_7),
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
    p.Field(RETENTION, p.INTEGER),
    p.Field(DAILY, p.INTEGER, releases=((7, 8), (99,))),
    p.Field("custom_settings", p.MAP),
    p.Field("allow_lazy_open", p.TRUTH, releases=((7, 5), (99,))),
)


def check_numbers(job: dict) -> None:
    interval: TimeValue | None = job.get("background_persist_interval")
    check_at_least(3600, interval.seconds if interval else None, "background_persist_interval")
    for name in ("renormalization_window_days", RETENTION, DAILY, "results_retention_days"):
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


def limits_with_defaults(limits: dict[str, int], maximum_setting: str | None) -> dict[str, int]:
    maximum = maximum_memory(maximum_setting)
    default = min(1024, maximum.megabytes) if maximum else 1024
    filled = {"model_memory_limit": default, "categorization_examples_limit": 4, **limits}
    check_memory(ByteSize(filled["model_memory_limit"], "mb"), maximum)
    return filled


def check_retention(job: dict) -> None:
    total, daily = job.get(RETENTION), job.get(DAILY)
    if total is not None and daily is not None and daily > total:
        raise illegal_argument(f"The value of {DAILY} [{daily}] cannot be greater than {RETENTION} [{total}]")


def stored_limits(limits: dict[str, int]) -> dict:
    return {**limits, "model_memory_limit": f"{limits['model_memory_limit']}mb"}
