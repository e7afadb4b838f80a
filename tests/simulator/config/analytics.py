# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data frame analytics jobs: PUT, `_update` and `exclude_generated` as the server treats their configurations."""

from __future__ import annotations

import random
from typing import Any

from simulator import expressions
from simulator.versions import Version

from . import parser as p
from .analyses import ANALYSIS, SEEDED
from .checks import (
    LONGEST_ID,
    check_memory,
    check_runtime_mappings,
    inconsistent_id,
    invalid_id,
    is_valid_id,
    maximum_memory,
    validation_failed,
)
from .faults import as_reply, illegal_argument, status_fault
from .positions import SCALARS, TokenStream
from .queries import check_query
from .values import ByteSize, byte_size

_SINCE_8 = ((8,), (99,))
_LEAST_MEMORY = ByteSize(1, "kb")
_GENERATED = ("create_time", "version", "authorization")
_DEFAULT_MEMORY = ByteSize(1, "gb")
_INVALID_CHARACTERS = ' "*\\<|,>/?'


def _filter(release: Version, given: Any) -> dict[str, list[str]]:
    """Included and excluded fields, given as an object, a list, one name or a boolean."""
    if isinstance(given, bool):
        return {"includes": [], "excludes": []}
    if not isinstance(given, dict):
        return {"includes": _names(given), "excludes": []}
    return {f"{verb}s": _names(given.get(f"{verb}s", given.get(verb, []))) for verb in ("include", "exclude")}


def _names(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


def _source_filter(release: Version, given: Any) -> dict | bool:
    return given if given is False else _filter(release, given)


def _query(release: Version, query: dict) -> dict:
    return check_query(release, query, "Data Frame Analytics config query is not parsable")


def _source(release: Version, values: dict) -> dict:
    if not values["index"]:
        raise illegal_argument("source.index must specify at least one index")
    if "" in values["index"]:
        raise illegal_argument("source.index must contain non-null and non-empty strings")
    if values.get("_source") is False:
        raise illegal_argument("source._source cannot be disabled")
    check_runtime_mappings(values.get("runtime_mappings", {}))
    source = {"query": {"match_all": {}}, **values}
    if not source.get("runtime_mappings"):
        source.pop("runtime_mappings", None)
    return source


def _dest(release: Version, values: dict) -> dict:
    if not values["index"]:
        raise status_fault("[index] must be non-empty")
    return {"results_field": "ml", **values}


_SOURCE = p.ObjectParser(
    "data_frame_analytics_source",
    (
        p.Field("index", p.TEXTS, argument=True, required=True),
        p.Field("query", p.MAP.then(_query), argument=True),
        p.Field("_source", p.FIELD_LIST.then(_source_filter), argument=True, releases=((7, 6), (99,))),
        p.Field("runtime_mappings", p.MAP, argument=True, releases=((7, 12), (99,))),
    ),
    build=_source,
)
_DEST = p.ObjectParser(
    "data_frame_analytics_dest",
    (p.Field("index", p.TEXT, argument=True, required=True), p.Field("results_field", p.TEXT, argument=True)),
    build=_dest,
)


def _read_memory(stream: TokenStream) -> ByteSize:
    return byte_size(p.read_text(stream), "model_memory_limit", stream.release)


_MEMORY = p.Kind(frozenset(SCALARS), _read_memory)
_UPDATABLE = (
    p.Field("id", p.TEXT),
    p.Field("model_memory_limit", _MEMORY),
    p.Field("allow_lazy_start", p.TRUTH, releases=((7, 5), (99,))),
    p.Field("max_num_threads", p.INTEGER, releases=((7, 9), (99,))),
    p.Field("_meta", p.MAP, releases=_SINCE_8),
)
_CONFIG = p.ObjectParser(
    "data_frame_analytics_config",
    (
        *_UPDATABLE,
        p.Field("description", p.TEXT, releases=((7, 4), (99,))),
        p.Field("source", p.one(_SOURCE)),
        p.Field("dest", p.one(_DEST)),
        p.Field("analysis", ANALYSIS),
        p.Field("analyzed_fields", p.FIELD_LIST.then(_filter)),
        p.Field("config_type", p.TEXT),
    ),
)
_UPDATE = p.ObjectParser("data_frame_analytics_config_update", (*_UPDATABLE, p.Field("description", p.TEXT_OR_NULL)))


def build(
    version: str, analytics_id: str, body: str | dict, now_ms: int, max_model_memory_limit: str | None = None
) -> dict:
    """The document that GET returns after PUT data frame analytics. Raises ApiError as the server refuses."""
    release = Version(version)
    with as_reply():
        given = _CONFIG.read_body(release, body)
        if given.setdefault("id", analytics_id) != analytics_id:
            raise inconsistent_id("id", given["id"], analytics_id)
        given.pop("config_type", None)
        _check(release, given)
        for kind, parameters in given["analysis"].items():
            if kind in SEEDED:
                parameters.setdefault("randomize_seed", random.Random(analytics_id).getrandbits(63))
        config = {
            "id": analytics_id,
            "create_time": now_ms,
            "version": "12.0.0" if release.since(8, 10) else version,
            **given,
            "model_memory_limit": _memory(given.get("model_memory_limit"), max_model_memory_limit),
        }
        if release.since(7, 5):
            config.setdefault("allow_lazy_start", False)
        if release.since(7, 9):
            config.setdefault("max_num_threads", 1)
        return config


def update(version: str, config: dict, body: str | dict) -> dict:
    """The stored document after `_update`. Raises ApiError as the server refuses."""
    release = Version(version)
    with as_reply():
        given = _UPDATE.read_body(release, body)
        if given.setdefault("id", config["id"]) != config["id"]:
            raise inconsistent_id("id", given["id"], config["id"])
        _check_threads(given)
        if "model_memory_limit" in given:
            given["model_memory_limit"] = _memory(given["model_memory_limit"], None)
        return {**config, **{name: value for name, value in given.items() if value is not None}}


def exclude_generated(version: str, config: dict) -> dict:
    """GET with `exclude_generated=true`."""
    return {name: value for name, value in config.items() if name not in _GENERATED}


def _memory(given: ByteSize | None, maximum_setting: str | None) -> str:
    maximum = maximum_memory(maximum_setting)
    if given is None:
        smaller = maximum is not None and maximum.bytes < _DEFAULT_MEMORY.bytes
        return (maximum if smaller else _DEFAULT_MEMORY).stored
    if given.bytes < _LEAST_MEMORY.bytes:
        raise status_fault(f"model_memory_limit must be at least {_LEAST_MEMORY}. Value = {given}")
    check_memory(given, maximum)
    return given.stored


def _check_threads(config: dict) -> None:
    if config.get("max_num_threads", 1) < 1:
        raise status_fault("[max_num_threads] must be a positive integer")


def _check(release: Version, config: dict) -> None:
    for name in ("source", "dest", "analysis"):
        if name not in config:
            raise illegal_argument(f"[{name}] must not be null.")
    _check_threads(config)
    problems = [*_id_problems(config["id"]), *_index_problems(release, config["dest"]["index"])]
    problems += _filter_problems(config)
    if problems and not release.since(7, 5):
        raise status_fault(problems[0])
    if problems:
        raise validation_failed(problems)


def _filter_problems(config: dict) -> list[str]:
    filtering = config["source"].get("_source", {})
    unread = [name for name in config.get("analyzed_fields", {}).get("includes", ()) if is_excluded(filtering, name)]
    return [f"field [{name}] is included in [analyzed_fields] but not in [source._source]" for name in unread[:1]]


def is_excluded(filtering: dict, path: str) -> bool:
    """Whether `source._source` leaves out a field, also for an object that it is in."""
    if _is_matched(path, filtering.get("excludes", ())):
        return True
    includes = filtering.get("includes")
    return bool(includes) and not _is_matched(path, includes)


def _is_matched(path: str, patterns: list[str]) -> bool:
    wider = [pattern if "*" in pattern else f"{pattern}.*" for pattern in patterns]
    return path in patterns or any(expressions.pattern(pattern).fullmatch(path) for pattern in wider)


def _id_problems(analytics_id: str) -> list[str]:
    if not is_valid_id(analytics_id):
        return [invalid_id("id", analytics_id)]
    if len(analytics_id) > LONGEST_ID:
        return [f"Invalid id; '{analytics_id}' cannot contain more than {LONGEST_ID} characters."]
    return []


def _index_problems(release: Version, index: str) -> list[str]:
    start = f"Invalid index name [{index}], must not"
    if set(index) & set(_INVALID_CHARACTERS):
        listed = '[ , ", *, \\, <, |, ,, >, /, ?]'
        if release.since(8):
            listed = "[" + ",".join(f"'{character}'" for character in sorted(_INVALID_CHARACTERS)) + "]"
        return [f"{start} contain the following characters {listed}"]
    if index[0] in "_-+":
        return [f"{start} start with '_', '-', or '+'"]
    if index != index.lower():
        return [f"Destination index [{index}] must be lowercase"]
    return []
