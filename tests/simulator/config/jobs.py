# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Anomaly detection jobs: PUT, `_update` and `exclude_generated` as the server treats their configurations."""

from __future__ import annotations

from typing import Any

from simulator.versions import Version

from . import datafeeds
from . import parser as p
from .analysis import ANALYSIS_CONFIG, analysed_fields, with_defaults
from .checks import LONGEST_ID, choice, inconsistent_id, invalid_id, is_valid_id, stored
from .faults import Fault, as_reply, illegal_argument
from .job_fields import (
    DAILY,
    DATA_DESCRIPTION,
    LAST_7,
    RETENTION,
    SHARED_FIELDS,
    check_groups,
    check_numbers,
    check_retention,
    limits_with_defaults,
    stored_limits,
)
from .job_updates import update

__all__ = ["build", "exclude_generated", "update"]

_GENERATED = (
    "job_type",
    "job_version",
    "create_time",
    "finished_time",
    "model_snapshot_id",
    "model_snapshot_min_version",
    "deleting",
    "datafeed_config",
)
_VALIDATED = "ok"
_NO_ANALYSIS = (
    'Cannot invoke "org.elasticsearch.xpack.core.ml.job.config.AnalysisConfig.getDetectors()" '
    'because "this.analysisConfig" is null'
)
_NOT_AT_CREATION = ("finished_time", "create_time", "model_snapshot_id")
_BLOCKED = p.ObjectParser(
    "blocked",
    (
        p.Field(
            "reason",
            choice("job.config.Blocked.Reason", "none", "delete", "reset", "revert"),
            argument=True,
            required=True,
        ),
        p.Field("task_id", p.TEXT, argument=True),
    ),
)
CONFIG = p.ObjectParser(
    "job_details",
    (
        *SHARED_FIELDS,
        p.Field("analysis_config", ANALYSIS_CONFIG),
        p.Field("data_description", p.one(DATA_DESCRIPTION)),
        p.Field("results_index_name", p.TEXT),
        p.Field("datafeed_config", p.one(datafeeds.CONFIG), releases=((7, 14), (99,))),
        p.Field("job_type", p.TEXT, releases=LAST_7),
        p.Field("job_version", p.TEXT, releases=LAST_7),
        p.Field("create_time", p.ANY_SCALAR, releases=LAST_7),
        p.Field("finished_time", p.ANY_SCALAR, releases=LAST_7),
        p.Field("model_snapshot_id", p.TEXT, releases=LAST_7),
        p.Field("model_snapshot_min_version", p.TEXT, releases=LAST_7),
        p.Field("deleting", p.TRUTH, releases=LAST_7),
        p.Field("blocked", p.one(_BLOCKED), releases=((7, 14), (8,))),
    ),
)


def build(version: str, job_id: str, body: str | dict, now_ms: int, max_model_memory_limit: str | None = None) -> dict:
    """The document that GET returns after PUT job. Raises ApiError as the server refuses."""
    release = Version(version)
    with as_reply():
        given = CONFIG.read_body(release, body)
        if given.setdefault("job_id", job_id) != job_id:
            raise inconsistent_id("job_id", given["job_id"], job_id)
        return complete(release, given, now_ms, max_model_memory_limit)


def complete(release: Version, given: dict, now_ms: int, max_model_memory_limit: str | None = None) -> dict:
    """Checks what CONFIG read as JobManager.putJob does, and fills the defaults. Raises Fault."""
    _check_input(given)
    _check_detectors_differ(given["analysis_config"]["detectors"])
    _check_settable(given)
    return stored(_completed(release, given, now_ms, max_model_memory_limit))


def validate(version: str, body: str | dict) -> None:
    """Raises ApiError as `_validate` refuses, which looks at the detectors first."""
    release = Version(version)
    with as_reply():
        given = CONFIG.read_body(release, body)
        given.setdefault("job_id", _VALIDATED)
        if "analysis_config" not in given:
            raise Fault("null_pointer_exception", _NO_ANALYSIS, status=500)
        _check_detectors_differ(given["analysis_config"]["detectors"])
        _check_settable(given)
        _check_input(given)
        _completed(release, given, 0, None)


def _completed(release: Version, given: dict, now_ms: int, max_model_memory_limit: str | None) -> dict:
    """What is given, with defaults and what the server generates."""
    job_id = given["job_id"]
    limits = limits_with_defaults(given.get("analysis_limits", {}), max_model_memory_limit)
    config = {
        **{name: value for name, value in given.items() if value is not None and value != []},
        "job_type": given.get("job_type", "anomaly_detector"),
        "job_version": release.config_version,
        "create_time": now_ms,
        "analysis_config": with_defaults(release, given["analysis_config"]),
        "analysis_limits": stored_limits(limits),
        "results_index_name": _results_index(given.get("results_index_name")),
        **_retention(release, given),
    }
    if release.since(7, 5):
        config.setdefault("allow_lazy_open", False)
    config |= _blocked(release, config.pop("blocked", {"reason": "none"}), config.pop("deleting", False))
    if "datafeed_config" in given:
        config["datafeed_config"] = _datafeed(release, job_id, given["datafeed_config"], config)
    return config


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
    if job["data_description"]["time_field"] in analysed_fields(job["analysis_config"]):
        raise illegal_argument("data_description.time_field may not be used in the analysis_config")
    check_numbers(job)
    if not is_valid_id(job["job_id"]):
        raise illegal_argument(invalid_id("job_id", job["job_id"]))
    if len(job["job_id"]) > LONGEST_ID:
        raise illegal_argument(f"The job id cannot contain more than {LONGEST_ID} characters.")
    check_groups(job["job_id"], job.get("groups", []))


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


def _retention(release: Version, job: dict) -> dict[str, int]:
    """10 days and daily after 1 since 7.8; before, 1 day and no daily retention."""
    if not release.since(7, 8):
        return {RETENTION: job.get(RETENTION, 1)}
    total = job.get(RETENTION, 10)
    retention: dict[str, Any] = {RETENTION: total, DAILY: job.get(DAILY, 1 if total else None)}
    check_retention(retention)
    return {key: value for key, value in retention.items() if value is not None}


def _blocked(release: Version, blocked: dict, is_deleting: bool) -> dict:
    """`blocked` and `deleting`, which before 8.0 may be given, and of which a deletion is both since 7.14."""
    if release.since(7, 14) and is_deleting and blocked["reason"] != "delete":
        blocked = {"reason": "delete"}
    shown = {"blocked": blocked} if blocked["reason"] != "none" else {}
    return {**shown, "deleting": True} if is_deleting or blocked["reason"] == "delete" else shown


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
