# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datafeeds: PUT, `_update` and `exclude_generated` as the server treats their configurations."""

from __future__ import annotations

from typing import Any

from simulator.versions import Version

from . import parser as p
from .aggregations import check_aggregations
from .checks import (
    check_not_negative,
    check_positive,
    check_runtime_mappings,
    check_whole_seconds,
    choice,
    invalid_id,
    is_valid_id,
    stored,
)
from .faults import as_reply, illegal_argument, parsing_fault, status_fault
from .histograms import histogram
from .positions import FIELD_NAME, START_OBJECT, TokenStream
from .queries import check_query
from .query_delay import default_query_delay
from .values import TimeValue, time_value

_DAY = TimeValue(24, "h")
_CHUNK_BUCKETS = 1000
_CHECKED_BUCKETS = 10_000
_WILDCARDS = ("open", "closed", "hidden")


def _chunking(release: Version, values: dict) -> dict:
    manual, span = values["mode"] == "manual", values.get("time_span")
    if manual and span is None:
        raise illegal_argument("when chunk mode is manual time_span is required")
    if span is not None and not manual:
        raise illegal_argument("chunk time_span may only be set when mode is manual")
    if span is not None and span.nanos <= 0:
        raise illegal_argument("chunk time_span has to be positive")
    return values


def _delayed_check(release: Version, values: dict) -> dict:
    window = values.get("check_window")
    if window is not None:
        check_positive(window, "check_window")
        if window.nanos > _DAY.nanos:
            raise illegal_argument(f"check_window [{window.stored}] must be less than or equal to [{_DAY.stored}]")
    return values


CHUNKING = p.ObjectParser(
    "chunking_config",
    (
        p.Field("mode", choice("datafeed.ChunkingConfig.Mode", "auto", "manual", "off"), argument=True, required=True),
        p.Field("time_span", p.duration("time_span"), argument=True),
    ),
    build=_chunking,
)
DELAYED_CHECK = p.ObjectParser(
    "delayed_data_check_config",
    (
        p.Field("enabled", p.TRUTH, argument=True, required=True),
        p.Field("check_window", p.duration("check_window"), argument=True),
    ),
    build=_delayed_check,
)


def _query(release: Version, query: dict) -> dict:
    return check_query(release, query, "Datafeed query is not parsable")


def _query_delay(release: Version, text: str) -> TimeValue:
    value = time_value(text, "query_delay")
    check_not_negative(value, "query_delay")
    return value


def _frequency(release: Version, text: str) -> TimeValue:
    value = time_value(text, "frequency")
    check_positive(value, "frequency")
    check_whole_seconds(value, "frequency")
    return value


def _option(name: str, least: int, *also: int):
    def convert(release: Version, value: int) -> int:
        if value < least and value not in also:
            raise status_fault(f"Invalid {name} value '{value}' in datafeed configuration")
        return value

    return p.INTEGER.then(convert)


def _read_script_fields(stream: TokenStream) -> dict:
    """SearchSourceBuilder.ScriptField: sorted by name, the language and `ignore_failure` filled in."""
    fields = {}
    while stream.next() == FIELD_NAME:
        name = stream.token.value
        stream.expect(START_OBJECT)
        fields[name] = _read_script_field(stream)
    return dict(sorted(fields.items()))


def _read_script_field(stream: TokenStream) -> dict:
    field: dict[str, Any] = {"script": None, "ignore_failure": False}
    while stream.next() == FIELD_NAME:
        name = stream.token.value
        stream.next()
        if name not in field:
            raise parsing_fault(stream.location, f"Unknown key for a {stream.kind} in [{name}].")
        field[name] = stream.read()
    script = {"source": field["script"]} if isinstance(field["script"], str) else field["script"]
    if not isinstance(script, dict):
        raise illegal_argument("must specify a script in script fields")
    return {**field, "script": {"lang": "painless", **script}}


def default_indices_options() -> dict[str, Any]:
    """SearchRequest.DEFAULT_INDICES_OPTIONS."""
    return {
        "expand_wildcards": ["open"],
        "ignore_unavailable": False,
        "allow_no_indices": True,
        "ignore_throttled": True,
    }


def _indices_options(release: Version, given: dict) -> dict:
    options = default_indices_options()
    for name in options.keys() & given.keys():
        options[name] = _expanded(given[name]) if name == "expand_wildcards" else given[name] in (True, "true")
    return options


def _expanded(given: Any) -> list[str]:
    chosen: set[str] = set()
    for value in given if isinstance(given, list) else str(given).split(","):
        if value not in (*_WILDCARDS, "all", "none"):
            raise illegal_argument(f"No valid expand wildcard value [{value}]")
        chosen = set() if value == "none" else chosen | set(_WILDCARDS if value == "all" else [value])
    return [state for state in _WILDCARDS if state in chosen]


_FIELDS = (
    p.Field("datafeed_id", p.TEXT),
    p.Field("job_id", p.TEXT),
    p.Field("indices", p.TEXTS, aliases=("indexes",)),
    p.Field("query", p.MAP.then(_query)),
    p.Field("query_delay", p.TEXT.then(_query_delay)),
    p.Field("frequency", p.TEXT.then(_frequency)),
    p.Field(
        "aggregations",
        p.MAP.then(check_aggregations),
        aliases=("aggs",),
        twice="Found two aggregation definitions: [aggs] and [aggregations]",
    ),
    p.Field("script_fields", p.Kind(p.MAP.tokens, _read_script_fields)),
    p.Field("scroll_size", _option("scroll_size", 0)),
    p.Field("chunking_config", p.one(CHUNKING)),
    p.Field("delayed_data_check_config", p.one(DELAYED_CHECK)),
    p.Field("max_empty_searches", _option("max_empty_searches", 1, -1), releases=((7, 5), (99,))),
    p.Field("indices_options", p.MAP.then(_indices_options), releases=((7, 7), (99,))),
    p.Field("runtime_mappings", p.MAP, releases=((7, 12), (99,))),
    p.Field("project_routing", p.TEXT, releases=((9, 3), (99,))),
)
CONFIG = p.ObjectParser("datafeed_config", (*_FIELDS, p.Field("config_type", p.TEXT)))
_UPDATE = p.ObjectParser("datafeed_update", _FIELDS)


def build(version: str, datafeed_id: str, body: str | dict, now_ms: int, job: dict | None = None) -> dict:
    """The document that GET returns after PUT datafeed; `job` is the stored job it is checked against.

    Raises ApiError as the server refuses.
    """
    release = Version(version)
    with as_reply():
        given = CONFIG.read_body(release, body)
        return complete(release, {**given, "datafeed_id": datafeed_id}, job)


def update(version: str, config: dict, body: str | dict, job: dict | None = None) -> dict:
    """The stored document after `_update`: what is given replaces what was there. Raises ApiError."""
    release = Version(version)
    with as_reply():
        given = _UPDATE.read_body(release, body)
        if _keeps_job(release) and given.get("job_id", config["job_id"]) != config["job_id"]:
            raise status_fault("Datafeed's job_id cannot be changed.")
        given.pop("datafeed_id", None)
        return complete(release, {**config, **given}, job)


def _keeps_job(release: Version) -> bool:
    """The recorded 7.10 is a build of the branch that became 8.0; 7.17 still moves a datafeed to another job."""
    return release.since(8) or release.number == "7.10.0"


def exclude_generated(version: str, config: dict) -> dict:
    """GET with `exclude_generated=true`: without what equals its default."""
    defaults = {
        "query_delay": default_query_delay(config["job_id"]).stored,
        "chunking_config": stored(_default_chunking(config)),
        "indices_options": default_indices_options(),
    }
    kept = {name: value for name, value in config.items() if name != "authorization"}
    return {name: value for name, value in kept.items() if name not in defaults or value != defaults[name]}


def complete(release: Version, given: dict, job: dict | None) -> dict:
    """Checks as DatafeedConfig.Builder.build and DatafeedJobValidator do, and fills the defaults. Raises Fault."""
    _check(given)
    config = {
        "query": {"match_all": {}},
        "scroll_size": 1000,
        "delayed_data_check_config": {"enabled": True},
        "query_delay": default_query_delay(given["job_id"]),
        **given,
    }
    config.pop("config_type", None)
    config.setdefault("chunking_config", _default_chunking(config))
    if release.since(7, 7):
        config.setdefault("indices_options", default_indices_options())
    if config.get("max_empty_searches") == -1:
        del config["max_empty_searches"]
    if not config.get("runtime_mappings"):
        config.pop("runtime_mappings", None)
    if job is not None:
        _check_against(config, job)
    return stored(config)


def _check(config: dict) -> None:
    if "project_routing" in config:
        raise status_fault(
            "project_routing requires cross-project search feature to be enabled for Datafeeds", status=403
        )
    if "job_id" not in config:
        raise illegal_argument("[job_id] must not be null.")
    if not is_valid_id(config["datafeed_id"]):
        raise status_fault(invalid_id("datafeed_id", config["datafeed_id"]))
    indices = config.get("indices", [])
    if not indices or "" in indices:
        raise status_fault(f"Invalid indices value '[{', '.join(indices)}]' in datafeed configuration")
    if config.get("aggregations") and config.get("script_fields"):
        raise status_fault("script_fields cannot be used in combination with aggregations")
    check_runtime_mappings(config.get("runtime_mappings", {}))


def _default_chunking(config: dict) -> dict:
    if not config.get("aggregations"):
        return {"mode": "auto"}
    top = histogram(config["aggregations"])
    if top.composite:
        return {"mode": "off"}
    return {"mode": "manual", "time_span": TimeValue(_CHUNK_BUCKETS * top.interval_ms, "ms")}


def _duration(value: TimeValue | str) -> TimeValue:
    return time_value(value, "duration") if isinstance(value, str) else value


def _check_against(config: dict, job: dict) -> None:
    analysis = job["analysis_config"]
    span = _duration(analysis["bucket_span"])
    if _duration(analysis.get("latency", "0")).seconds > 0:
        raise status_fault("A job configured with datafeed cannot support latency")
    if config.get("aggregations"):
        _check_aggregated(config, analysis, span)
    window = config["delayed_data_check_config"].get("check_window")
    if window is not None and config["delayed_data_check_config"]["enabled"]:
        window = _duration(window)
        prefix = f"delayed_data_check_config: check_window [{window}] must be"
        if window.nanos < span.nanos:
            raise status_fault(f"{prefix} greater than the bucket_span [{span}]")
        if window.seconds // span.seconds > _CHECKED_BUCKETS:
            raise status_fault(f"{prefix} less than {_CHECKED_BUCKETS:,}x the bucket_span [{span}]")


def _check_aggregated(config: dict, analysis: dict, span: TimeValue) -> None:
    if not analysis.get("summary_count_field_name"):
        raise status_fault(
            "A job configured with a datafeed with aggregations must set summary_count_field_name; "
            "use doc_count or suitable alternative"
        )
    interval = histogram(config["aggregations"]).interval_ms
    if interval > span.millis:
        limit = f"less than or equal to the bucket_span [{span.millis}ms]"
        raise status_fault(f"Aggregation interval [{interval}ms] must be {limit}")
    if span.millis % interval:
        raise status_fault(
            f"Aggregation interval [{interval}ms] must be a divisor of the bucket_span [{span.millis}ms]"
        )
    if "frequency" in config:
        frequency = _duration(config["frequency"])
        if frequency.millis % interval:
            multiple = f"must be a multiple of the aggregation interval [{interval}ms]"
            raise status_fault(f"Datafeed frequency [{frequency}] {multiple}")
